/*
 * services/measure.h: the measurement thread. It alone owns the source and the metrology object.
 *
 * Reads samples, keeps time (real, faster or as fast as it goes), pushes them through metrology and
 * copies each product into the queue, then wakes the reader. It never waits for the reader while it
 * follows a clock: a window or waveform that finds the queue full is dropped and counted, the
 * energy of a slice is added to the next one and never lost. When it runs as fast as it goes it
 * waits.
 *
 * Called by: the event loop's owner, which is also the queue's only consumer.
 */
#ifndef SERVICES_MEASURE_H
#define SERVICES_MEASURE_H

#include <pthread.h>
#include <stdatomic.h>

#include "services/product.h"
#include "services/queue.h"
#include "services/rig.h"

#define MEASURE_SPEED_MAX 0.0 /* as fast as it goes */

struct measure_config {
    const char *source; /* spec for source_open() */
    const char *map;    /* of the source's channels, or NULL: rig.h */
    const struct model *model;
    double speed;                               /* 1: real time; MEASURE_SPEED_MAX: no clock */
    bool loop;                                  /* begin again when the source ends */
    const struct calibration_file *calibration; /* or NULL; must outlive the measuring */
    struct queue *queue;
    void (*wake)(void *ctx); /* called on the measurement thread after each product */
    void *ctx;
};

/* Frames kept for the scope, and what was last sent. */
struct measure_ring {
    float *frame; /* capacity x channels */
    uint32_t capacity, used, next;
    uint32_t channels;
    uint32_t stride, phase; /* every stride-th frame is kept */
    int64_t sent_ns;        /* on the monotonic clock */
};

struct measure {
    struct measure_config config;
    struct source source;
    struct rig rig;
    struct metrology *metrology;
    void *memory;
    size_t memory_size;
    int32_t *chunk;
    uint32_t chunk_frames;
    struct measure_ring ring;
    struct product_halves halves;
    struct slice pending[MODEL_CIRCUITS_MAX]; /* what found no room, and all that came after it */
    bool is_pending[MODEL_CIRCUITS_MAX];
    int64_t cut_us;   /* where the next slice is to end, on the source's clock */
    int64_t base_us;  /* Unix time of the segment's first sample, after all that came before */
    int64_t end_us;   /* of the segment before; INT64_MIN: this is the first */
    int64_t clock_ns; /* when the next chunk is due, on the monotonic clock */
    atomic_bool stopping;
    pthread_t thread;
    bool running;
    bool is_open; /* the source */
};

/* Opens the source and fits it. On error `error` holds one sentence and nothing is left open. */
int measure_open(struct measure *self, const struct measure_config *config, char *error,
                 size_t error_size) MUST_USE;

int measure_start(struct measure *self) MUST_USE;

/* Stops and closes. A source that is blocked in a read gets a second; false says that it did not
 * come back, and that the process should end without it. */
bool measure_close(struct measure *self);

#endif
