/*
 * services/live.h: one running meter as the event loop sees it: the newest of everything.
 *
 * Owns: the meter (core/meter), the last harmonics, waveform and state. Products go in, faces read.
 * Time is an argument (milliseconds of the loop's monotonic clock). Called by: the event loop only.
 */
#ifndef SERVICES_LIVE_H
#define SERVICES_LIVE_H

#include "model/model.h"
#include "services/product.h"

#define LIVE_OLD_MS 2000 /* a last value older than this is marked old */

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
};

struct live {
    struct live_config config;
    struct model_setup setup;
    struct meter_circuit circuit[MODEL_CIRCUITS_MAX];
    struct meter meter;
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

/* ERR_UNSUPPORTED if the model measures no energy. */
int live_init(struct live *self, const struct live_config *config) MUST_USE;

/* Takes one product; a window or slice of an unknown circuit gives ERR_RANGE. */
int live_take(struct live *self, const struct product *product, uint64_t now_ms) MUST_USE;

/* Whether what we show is no longer what is: no window for a while, or the source is over. */
bool live_is_old(const struct live *self, uint64_t now_ms);

const char *live_state_text(const struct live *self, uint64_t now_ms);

#endif
