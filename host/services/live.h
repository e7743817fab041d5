/*
 * services/live.h: one running meter as the event loop sees it: the newest of everything.
 *
 * Owns: the meter (core/meter), the last harmonics, waveform and state. Products go in, faces read.
 * Time is an argument (milliseconds of the loop's monotonic clock). Called by: the event loop only.
 */
#ifndef SERVICES_LIVE_H
#define SERVICES_LIVE_H

#include "device/device.h"
#include "model/model.h"
#include "services/product.h"
#include "services/vault.h"

#define LIVE_OLD_MS   2000 /* a last value older than this is marked old */
#define LIVE_COMMIT_S 60   /* a killed process loses no more than this, whatever the model has */
#define LIVE_BACKUP_S (10 * 365 * 86400) /* the machine's clock carries on */

#define LIVE_ERROR_MAX (BLOCK_FILE_ERROR_MAX + 64)

#define LIVE_TREND 900 /* points of power kept, one a second of the loop's clock */

/* Power of the first circuit at one moment. */
struct live_point {
    int64_t time_us;
    float p_total_w;
    float p_w[ELEMENTS_MAX];
};

struct live_trend {
    struct live_point point[LIVE_TREND]; /* a ring */
    unsigned next, used;
    uint64_t last_ms;
};

struct live_config {
    const struct model *model;
    const char *id;     /* of the meter in the API, and its serial number */
    const char *source; /* spec, as the person gave it */
    double speed;
    const char *state; /* file where the meter's memory is; NULL: in this process only */
    struct zone zone;  /* of a new meter; one with a memory has its own */
};

struct live {
    struct live_config config;
    struct model_setup setup;
    struct vault vault; /* the meter's memory */
    struct device device;
    struct device_circuit device_circuit[MODEL_CIRCUITS_MAX];
    struct meter_circuit circuit[MODEL_CIRCUITS_MAX];
    uint8_t scratch[METER_SCRATCH_BYTES(MODEL_CIRCUITS_MAX)];
    char error[LIVE_ERROR_MAX]; /* why live_init() or a commit failed */
    unsigned damage;            /* commits that the file has lost, until it is said */
    bool store_failed;          /* said already */
    struct product_window window[MODEL_CIRCUITS_MAX]; /* for halves and harmonics */
    struct product_wave wave;
    struct live_trend trend;
    struct product_state state;
    int64_t time_us;    /* of the last window, on the source's clock */
    uint64_t window_ms; /* when it came, on the loop's clock; 0: none yet */
    uint64_t windows;   /* ever */
    uint64_t drops;     /* of the queue, as last told */
    uint64_t refused;   /* products or snapshots that did not fit: our own bugs, counted */
};

/* ERR_UNSUPPORTED if the model measures no energy; any other error has its line in self->error. 1:
 * the meter goes on with what it remembers; 0: it is new. */
int live_init(struct live *self, const struct live_config *config) MUST_USE;

/* The end: keeps everything. An error of the store has its line in self->error. */
int live_close(struct live *self) MUST_USE;

/* Whether the store began to fail, or works again, since the last call; self->error says which. */
bool live_store_news(struct live *self);

/* Takes one product; a window or slice of an unknown circuit gives ERR_RANGE. */
int live_take(struct live *self, const struct product *product, uint64_t now_ms) MUST_USE;

/* Whether what we show is no longer what is: no window for a while, or the source is over. */
bool live_is_old(const struct live *self, uint64_t now_ms);

const char *live_state_text(const struct live *self, uint64_t now_ms);

#endif
