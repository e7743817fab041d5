/*
 * metrology/fit.h: the frequency of a few cycles, by least squares. Private to metrology_acquire().
 *
 * A window that keeps the fundamental apart from its mirror image needs three cycles and more. One
 * to five cycles are fitted instead with a direct component and the orders 1, 3, 5 and 7, which is
 * what a line voltage is made of. Below a cycle no frequency comes out, nor where the fit does not
 * pin it down: noise, a transient, a fault in the middle.
 */
#ifndef METROLOGY_FIT_H
#define METROLOGY_FIT_H

#include "metrology/samples.h"

/* Hz of a channel over its first n samples, or 0. */
double fit_frequency(const struct samples *samples, unsigned channel, uint32_t n, double rate_hz);

#endif
