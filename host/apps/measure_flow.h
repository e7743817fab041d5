/*
 * apps/measure_flow.h: one run of `blondel measure`, shared by the files that carry it.
 *
 *   measure.c          the whole: source, segments, summary
 *   measure_segment.c  one segment: where it lies, its head, its way through metrology
 *   measure_window.c   what metrology hands over: to the printer and to the summary
 *
 * Internal to these three. All memory is allocated while a source opens or a segment begins.
 */
#ifndef APPS_MEASURE_FLOW_H
#define APPS_MEASURE_FLOW_H

#include "apps/measure_calibration.h"
#include "apps/measure_print.h"
#include "apps/progress.h"
#include "metrology/aggregate.h"

#define CHUNK_FRAMES 1024
#define REASON_MAX   256

/* A stretch of the recording that has one rate. */
struct stretch {
    double rate_hz;
    uint64_t skip;   /* frames before --from */
    uint64_t limit;  /* frames to take after that; UINT64_MAX: to the end */
    double start_s;  /* of the first frame taken */
    uint32_t number; /* from 1 */
};

struct measure {
    struct measure_options options;
    struct source source;
    struct measure_setup setup;
    struct notes notes;
    struct calibration_file calibration; /* what setup's channels may refer to */
    struct report report;
    const struct printer *printer;
    struct progress progress;
    struct circuit_summary *summary; /* one per circuit */
    struct aggregator *aggregator;   /* one per circuit, with --every */
    int32_t *frames;                 /* as the source gives them */
    int32_t *inputs;                 /* as metrology takes them: room for the head of a segment */
    uint32_t inputs_frames;
    void *memory; /* metrology's */
    size_t memory_size;
    struct stretch stretch;
    uint64_t windows;               /* of all segments */
    uint64_t covered[CIRCUITS_MAX]; /* the sample up to which windows of this segment reach */
    bool table_on_terminal;
    bool begun; /* the first record is out */
    int broken; /* the source failed with this, after what it gave so far; 0: it did not */
    char reason[REASON_MAX]; /* why the first segment that was skipped was */
};

/* Callbacks of metrology; `ctx` is a struct measure. */
void measure_on_window(void *ctx, const struct quantities *window);
void measure_on_slice(void *ctx, const struct slice *slice);

/* A segment begins, or ends: what --every still has of it. */
void measure_begin_intervals(struct measure *self);
void measure_end_intervals(struct measure *self);

/* Measures the segment the source stands at, or says why not. Returns an exit status. */
int measure_segment(struct measure *self);

/* Ctrl-C was pressed, or nobody takes the results any more. */
bool measure_should_stop(void);
bool measure_interrupted(void);

/* Says what the source complains of; returns the exit status. */
int measure_fail_source(const struct measure *self, int err);

double measure_now_s(void); /* of a clock that only goes forward */

#endif
