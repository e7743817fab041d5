/*
 * apps/calibrate_reading.h: a stretch of samples held in memory, and what metrology makes of it.
 *
 * A step of a calibration is measured several times over: with nothing taken out, with offsets,
 * with everything. So its samples are kept. Owns the samples of a step; refers to a measure_setup,
 * whose channels say what is taken out. Called by: calibrate, tools/accuracy, tests.
 */
#ifndef APPS_CALIBRATE_READING_H
#define APPS_CALIBRATE_READING_H

#include "apps/measure_setup.h"
#include "sources/source.h"

struct capture {
    struct samples samples; /* inputs of the setup */
    int32_t *data;
    double rate_hz;
    uint64_t discard; /* windows that begin before this frame are not looked at */
    double mean[METROLOGY_CHANNELS_MAX]; /* of each input in counts, the line frequency taken out */
};

/* Averages of the first circuit over the windows of a capture. */
struct reading {
    unsigned windows;
    double f_hz;
    double u_v[ELEMENTS_MAX], i_a[ELEMENTS_MAX]; /* r.m.s. over all windows */
    double p_w[ELEMENTS_MAX], p1_w[ELEMENTS_MAX], q1_var[ELEMENTS_MAX];
    double neutral_a;
    double p_total_w, q1_total_var;
};

/* Reads `frames` frames after `settle` frames. An integrator has to be fed while it settles, so
 * then those frames are kept and only their windows passed over. ERR_TRUNCATED if the source ends
 * before, ERR_STATE if `*stop` became true; other errors are the source's. */
int capture_read(struct capture *capture, struct source *source, const struct measure_setup *setup,
                 uint32_t settle, uint32_t frames, const volatile int *stop) MUST_USE;
void capture_free(struct capture *capture);

/* Measures with the channels of `setup` as they stand; nominal voltage and frequency are in
 * setup->config. ERR_STATE if not one whole window came out. */
int reading_take(struct reading *reading, const struct capture *capture,
                 struct measure_setup *setup) MUST_USE;

#endif
