/*
 * metrology/calibrate.h: from what a channel showed and what was really there to the numbers of
 * struct metrology_channel that take the difference out.
 *
 * Owns the arithmetic only: no measuring, no files, no talk with people. Readings come from windows
 * (metrology/quantities.h) averaged over a steady load, with the corrections `before` in force and
 * no curve; results replace those corrections whole. Double on the way, integers out, so that what
 * is measured with them is the same on every machine.
 *
 * Signs as in metrology.h: gain > 0 makes a reading larger; delay > 0 holds a channel back, so it
 * takes out a lead; the offset is subtracted. A curve point says how much too high and how much too
 * early the channel reads at that current once gain and delay are in force.
 *
 * Called by: host/apps (`blondel calibrate`), tests. Every function: 0, or ERR_RANGE when the
 * correction lies beyond what metrology takes, which means a wrong reference or a wrong sensor.
 */
#ifndef METROLOGY_CALIBRATE_H
#define METROLOGY_CALIBRATE_H

#include "base/err.h"
#include "metrology/metrology.h"

#define CALIBRATE_POINTS_MAX 8
#define CALIBRATE_PPM_MAX    100000 /* of a curve point */

/* What stands in struct metrology_channel, with the curve in place. */
struct calibration {
    int32_t offset; /* Q8 counts */
    int32_t gain_ppb;
    int32_t delay_ns;
    uint8_t curve_points;
    struct curve_point curve[CALIBRATE_POINTS_MAX];
};

/* One load on one current, with the voltage already right. */
struct calibrate_point {
    double measured_a, reference_a; /* r.m.s. */
    double lead_deg; /* the current shows this much too early; see calibrate_lead() */
    double f_hz;
};

/* Offset out of the mean of the raw samples of a channel that should show nothing, in counts, taken
 * as they come (before `invert`). */
int calibrate_offset(double mean_counts, bool invert, int32_t *offset) MUST_USE;

/* Gain out of a reading made with `before_ppb`. */
int calibrate_gain(int32_t before_ppb, double measured, double reference,
                   int32_t *gain_ppb) MUST_USE;

/* Delay out of a lead measured with `before_ns`. */
int calibrate_delay(int32_t before_ns, double lead_deg, double f_hz, int32_t *delay_ns) MUST_USE;

/* How much too early the current shows, degrees in (-180, 180]: the reference lag of the load less
 * the lag that p and q1 show. */
double calibrate_lead(double reference_phi_deg, double p_w, double q1_var);

/* r.m.s. without the noise that the channel shows by itself; never negative. */
double calibrate_without_noise(double measured, double noise);

/*
 * Gain, delay and curve of a current out of 1..8 loads in ascending order. Gain and delay are those
 * of the largest load; with more than one, the curve holds what is left at each. `channel` brings
 * gain and delay in force while measuring and takes the result; its offset stays.
 */
int calibrate_current(struct calibration *channel, const struct calibrate_point *points,
                      unsigned count) MUST_USE;

#endif
