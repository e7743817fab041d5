/*
 * metrology/wiring_load.h: how common a set of phase angles and currents is. Private to
 * wiring_check.
 *
 * The densities are judgements about loads, written down as tables in wiring_load.c: most loads lag
 * a little, motors much, few lead; generators stand near 180 degrees. Phases of one site come in
 * three kinds: one balanced load, similar ones, and strangers.
 */
#ifndef METROLOGY_WIRING_LOAD_H
#define METROLOGY_WIRING_LOAD_H

#include "metrology/wiring_check.h"

struct load_view {
    unsigned count;            /* 1..3 phases that carry current */
    double phi[ELEMENTS_MAX];  /* degrees, lagging positive */
    double size[ELEMENTS_MAX]; /* natural logarithm of the current */
};

/* Density in radians and nats, up to a factor that is the same for all views of one count. */
double load_density(const struct load_view *view, enum wiring_generation generation);

double load_angle_wrap(double degrees); /* to (-180, 180] */

#endif
