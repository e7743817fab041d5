/*
 * services/product.h: what the measurement thread puts into the queue, and the event loop takes
 * out.
 *
 * A product is a copy: nothing in it points into metrology. It covers the meters of models/, up to
 * three voltages and five currents. Times are microseconds of Unix time at
 * the end of what the product describes, on the source's clock: with a simulator that runs faster
 * than life they run faster too.
 */
#ifndef SERVICES_PRODUCT_H
#define SERVICES_PRODUCT_H

#include <stdbool.h>
#include <stdint.h>

#include "metrology/harmonics.h"
#include "metrology/quantities.h"

#define PRODUCT_CURRENTS_MAX 5
#define PRODUCT_CHANNELS_MAX (VOLTAGES_MAX + PRODUCT_CURRENTS_MAX)
#define PRODUCT_FRAMES_MAX   1024
#define PRODUCT_TEXT_MAX     512

enum product_kind { PRODUCT_WINDOW, PRODUCT_SLICE, PRODUCT_WAVE, PRODUCT_STATE };

/* The half cycles that ended inside one window: the extremes a lamp or a dip hides between means.
 */
struct product_halves {
    uint32_t count;
    float u_min[VOLTAGES_MAX], u_max[VOLTAGES_MAX]; /* V r.m.s. of one cycle */
    float i_max[PRODUCT_CURRENTS_MAX];              /* A */
};

struct product_window {
    struct quantities quantities; /* .spectrum is NULL: it is below */
    struct product_halves halves;
    uint8_t order_max; /* 0: no harmonics */
    uint8_t voltages, currents;
    struct harmonics u[VOLTAGES_MAX];
    struct harmonics i[PRODUCT_CURRENTS_MAX];
};

/* A few cycles of every channel for the scope: voltages first, then currents. */
struct product_wave {
    double rate_hz; /* of these frames: every stride-th of the source */
    uint32_t frames;
    uint8_t voltages, currents;
    float value[PRODUCT_CHANNELS_MAX][PRODUCT_FRAMES_MAX]; /* V, A */
};

enum measure_state {
    MEASURE_STARTING,
    MEASURE_LIVE,
    MEASURE_ENDED,  /* the recording is over; the last values stay */
    MEASURE_FAILED, /* the source failed; text says how */
};

struct product_state {
    enum measure_state state;
    double rate_hz;
    char text[PRODUCT_TEXT_MAX];
};

struct product {
    enum product_kind kind;
    int64_t time_us;
    union {
        struct product_window window;
        struct slice slice;
        struct product_wave wave;
        struct product_state state;
    };
};

#endif
