/*
 * metrology/harmonics.h: harmonics of one window, by synchronous resampling and a DFT, as in
 * IEC 61000-4-7.
 *
 * Per voltage and current: complex harmonics 0..63 (5 Hz bins at 10 n), and the harmonic
 * sub-groups. An order that the sampling rate cannot give is NaN.
 */
#ifndef METROLOGY_HARMONICS_H
#define METROLOGY_HARMONICS_H

#include "metrology/quantities.h"

struct harmonics {
    float rms[HARMONICS_MAX + 1];   /* V or A; [0] is the absolute direct component */
    float angle[HARMONICS_MAX + 1]; /* degrees against the fundamental of U1: n-th order referred to
                                       n times that angle, so that 0 means crossing together; NaN
                                       without any voltage */
    float subgroup[HARMONICS_MAX + 1]; /* V or A r.m.s. of the sub-group n */
};

struct spectrum {
    uint8_t order_max; /* highest order the rate allows, up to 63 */
    uint8_t voltages, currents;
    const struct harmonics *u[VOLTAGES_MAX]; /* per voltage channel of the configuration */
    const struct harmonics *i;               /* array, per current channel of the configuration */
};

/* Distortion of the orders first, first + step.. up to order_max (<= 63), percent of the
 * fundamental; NaN without a fundamental. */
double harmonics_distortion(const struct harmonics *h, unsigned order_max, unsigned first,
                            unsigned step);

/* K-factor of a current: sum (n I_n)^2 / sum I_n^2, n >= 1 (IEEE C57.110). */
double harmonics_k_factor(const struct harmonics *h, unsigned order_max);

#endif
