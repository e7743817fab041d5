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
                                       n times that angle, so that 0 means crossing together */
    float subgroup[HARMONICS_MAX + 1]; /* V or A r.m.s. of the sub-group n */
};

struct spectrum {
    uint8_t order_max; /* highest order the rate allows, up to 63 */
    uint8_t voltages, currents;
    const struct harmonics *u[VOLTAGES_MAX]; /* per voltage channel of the configuration */
    const struct harmonics *i;               /* array, per current channel of the configuration */
};

#endif
