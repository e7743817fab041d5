/*
 * sources/wave.h: a periodic signal as a finite Fourier series, with its exact r.m.s. and powers.
 *
 * Owns: struct wave and the closed forms over it. Everything the simulator says and everything its
 * truth says comes from the same series, so that truth has no error but rounding.
 *
 *   x(theta) = re[0] + sqrt(2) * sum_h ( re[h] sin(h theta) + im[h] cos(h theta) )
 *
 * theta is the phase of the fundamental; re + j im is the r.m.s. phasor of order h, in volts or
 * amperes; angle 0 crosses zero upwards together with theta. Order 0 is the direct component.
 * Called by: the simulator, the front end, tests and the accuracy tables. Pure functions, no state.
 */
#ifndef SOURCES_WAVE_H
#define SOURCES_WAVE_H

#include <stdint.h>

#define WAVE_ORDERS 64 /* 0..63 */

struct wave {
    uint64_t orders; /* bit h: order h is not zero */
    double re[WAVE_ORDERS], im[WAVE_ORDERS];
};

void wave_clear(struct wave *wave);

/* Adds a phasor of r.m.s. value `rms` at `angle_deg` to order `order` (0: a direct value). */
void wave_add_order(struct wave *wave, unsigned order, double rms, double angle_deg);

/* wave += scale * other, order by order. */
void wave_add(struct wave *wave, const struct wave *other, double scale);

/* wave += scale * other, its fundamental turned by `angle_deg` and order h by h times that: the
 * same shape, later or earlier. */
void wave_add_shifted(struct wave *wave, const struct wave *other, double scale, double angle_deg);

/* Drops every order above `order`. */
void wave_limit(struct wave *wave, unsigned order);

double wave_order_rms(const struct wave *wave, unsigned order);
double wave_order_angle_deg(const struct wave *wave, unsigned order);
double wave_rms(const struct wave *wave);                         /* with the direct component */
double wave_power(const struct wave *u, const struct wave *i);    /* W, all orders */
double wave_power_ac(const struct wave *u, const struct wave *i); /* W, without order 0 */
double wave_reactive(const struct wave *u, const struct wave *i); /* var, fundamental */

/* Standard test currents, band limited to `order_max`, for a full sine of r.m.s. value `rms` whose
 * zero crossing lies at theta = 0: what a converter behind its anti-alias filter sees. */
void wave_half_rectified(struct wave *wave, double rms, unsigned order_max);
void wave_phase_fired(struct wave *wave, double rms, double firing_deg, unsigned order_max);

#endif
