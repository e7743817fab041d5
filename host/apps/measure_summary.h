/*
 * apps/measure_summary.h: means, extremes and energy of a whole measurement, circuit by circuit.
 *
 * Means are weighted with the length of each window. R.m.s. values are averaged as squares, angles
 * as directions, power factors as the quotient of the mean powers; all else plainly. A window in
 * which a quantity is unknown does not count for it. Energy is what the gapless slices add up to:
 * import and export by the sign of the phases' sum in each slice, reactive energy by the quadrant
 * of P and Q1 (IEC 62053-23 annex: 1 lagging import, 2 lagging export, 3 leading export, 4 leading
 * import). The rest of a recording can be less than a cycle, whose sum may have either sign: it
 * goes where the slice before it went.
 */
#ifndef APPS_MEASURE_SUMMARY_H
#define APPS_MEASURE_SUMMARY_H

#include "metrology/aggregate.h"
#include "metrology/harmonics.h"
#include "metrology/quantities.h"

/* A sum of microjoules that does not overflow within a lifetime. */
struct energy_sum {
    int64_t joule;
    int64_t microjoule; /* within +-999 999 */
};

struct harmonics_mean {
    double square[2][HARMONICS_MAX + 1]; /* times seconds; U and I */
    double weight_s[2][HARMONICS_MAX + 1];
};

struct circuit_summary {
    struct aggregate values;
    struct harmonics_mean harmonics[ELEMENTS_MAX];
    struct energy_sum import, export, quadrant[4], apparent;
    uint64_t cycles;
    uint32_t windows;
    double length_s;
    bool has_direction, exports, leads; /* where the last whole slice went */
    uint16_t flags;                     /* of any window */
    uint8_t elements, lines;
};

/* Where a window lies. A short last one reaches back over the one before it to see enough cycles:
 * it weighs as much as it brings anew. */
struct span {
    double t_s;
    double length_s;
    double fresh_s;
};

void summary_add_window(struct circuit_summary *summary, const struct quantities *window,
                        const struct span *span);
void summary_add_harmonics(struct circuit_summary *summary, unsigned element,
                           const struct harmonics *u, const struct harmonics *i, double fresh_s);
void summary_add_slice(struct circuit_summary *summary, const struct slice *slice);

/* Mean r.m.s. of an order of the voltage (0) or current (1), NaN if no window knew it. */
double summary_harmonic(const struct circuit_summary *summary, unsigned element, int which,
                        unsigned order);

double energy_wh(struct energy_sum energy); /* or varh, VAh */

#endif
