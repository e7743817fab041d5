/*
 * metrology/aggregate.h: windows put together: seconds, minutes, a whole recording.
 *
 * Owns: the means and extremes of every quantity of one circuit. How a quantity is averaged follows
 * from its row in quantities.def: r.m.s. values (V and A, but not direct components) by the root of
 * the mean of squares, angles as directions, power factors as the quotient of mean powers, all else
 * plainly; each window weighs as much as the time it brings. A value that is NaN does not count:
 * the mean is of the windows that knew it, and NaN if none did. Flags are or-ed.
 *
 * struct aggregator cuts time into intervals, by a number of windows (five make a second) or by the
 * sample clock, so that minutes stay minutes at any frequency; a window across a boundary is shared
 * by its parts.
 *
 * Called by: the meter's thread and programs. Follows IEC 61000-4-30 4.4, 4.5 (aggregation).
 */
#ifndef METROLOGY_AGGREGATE_H
#define METROLOGY_AGGREGATE_H

#include "base/err.h"
#include "metrology/quantities.h"

#define AGGREGATE_VALUES (sizeof(struct quantities) / sizeof(double) + 1)

enum averaging { AVERAGE_PLAIN, AVERAGE_SQUARE, AVERAGE_ANGLE, AVERAGE_QUOTIENT };

enum averaging aggregate_averaging(const struct quantity_row *row);

struct aggregate_value {
    double sum, sum_sine; /* the second for angles only */
    double weight_s;      /* time in which it was known; 0: never */
    double least, most;
    double least_t_s, most_t_s; /* start of the window that had it */
};

struct aggregate {
    struct aggregate_value value[AGGREGATE_VALUES]; /* by offset in struct quantities */
    double length_s;
    double cycles;
    uint32_t windows;
    uint16_t circuit;
    uint16_t flags; /* of any window */
    uint16_t element_flags[ELEMENTS_MAX];
    uint8_t elements, lines;
};

void aggregate_clear(struct aggregate *self);

/* Adds `weight_s` seconds of a window that begins at `t_s`, in any time scale; `share` of the
 * window that is (0..1), for the count of cycles. A weight of 0 adds its flags only. */
void aggregate_add(struct aggregate *self, const struct quantities *window, double t_s,
                   double weight_s, double share);

/* The means as one record; start and length are left 0, cycles are whole, there is no spectrum. */
void aggregate_means(const struct aggregate *self, struct quantities *means);

/* The k-th value of a row; NULL if no window knew it. */
const struct aggregate_value *aggregate_value(const struct aggregate *self,
                                              const struct quantity_row *row, unsigned k);

/* One interval of struct aggregator. */
struct aggregate_interval {
    uint64_t start;  /* first sample */
    uint64_t length; /* samples that windows covered */
    bool whole;      /* all of it was covered */
    struct quantities means;
    const struct aggregate *aggregate; /* extremes; times count from sample 0 */
};

struct aggregator_config {
    double rate_hz;
    uint32_t windows; /* an interval is so many windows; 0: by the clock */
    uint64_t samples; /* an interval ends at every multiple of this, counted from `origin` */
    uint64_t origin;  /* below `samples`: where the clock strikes in the count of samples */
    void *ctx;
    void (*on_interval)(void *ctx, const struct aggregate_interval *interval);
};

struct aggregator {
    struct aggregator_config config;
    struct aggregate current;
    uint64_t start;   /* of the current interval */
    uint64_t covered; /* sample up to which windows reach */
    uint64_t length;  /* samples of the current interval that windows covered */
};

/* ERR_ARGUMENT: no rate, no callback, or neither windows nor samples. */
int aggregator_init(struct aggregator *self, const struct aggregator_config *config) MUST_USE;

/* Takes the next window of the circuit; gaps are allowed, and a short last window that reaches back
 * over others counts with what is new in it. Intervals without any window are not told. */
void aggregator_push(struct aggregator *self, const struct quantities *window);

/* Hands over what the current interval has, if anything. */
void aggregator_finish(struct aggregator *self);

#endif
