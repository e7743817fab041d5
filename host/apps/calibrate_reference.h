/*
 * apps/calibrate_reference.h: what the reference standard said, as a person writes it.
 *
 *   u=230.0,i=5.000,pf=0.5          of every phase; lagging, or pf=0.5lead
 *   u=230,i1=5,i2=4.99,i3=5.01,phi=60
 *   u=230,p=575,q=995.9             active and reactive power instead of current and factor
 *   ...,in=1.5                      the neutral current
 *   POINT/POINT/POINT               several loads; a later point inherits what it does not say
 *
 * Pure. Loads are taken as sinusoidal. Units: V, A, W, var, degrees (lagging positive).
 */
#ifndef APPS_CALIBRATE_REFERENCE_H
#define APPS_CALIBRATE_REFERENCE_H

#include "base/err.h"
#include "metrology/quantities.h"

#define REFERENCE_POINTS_MAX 8
#define REFERENCE_ERROR_MAX  256

struct reference {
    double u_v[ELEMENTS_MAX];
    double i_a[ELEMENTS_MAX]; /* 0: this element carries no load at this point */
    double phi_deg[ELEMENTS_MAX];
    double neutral_a; /* 0: not said */
};

/* Reads 1..`max` points; their number, or ERR_FORMAT with a sentence in `error`. */
int reference_parse(struct reference *points, unsigned max, const char *text,
                    char error[REFERENCE_ERROR_MAX]) MUST_USE;

double reference_power(const struct reference *point, unsigned element); /* W */

#endif
