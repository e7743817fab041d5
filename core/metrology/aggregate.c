#include "metrology/aggregate.h"

#include <math.h>
#include <string.h>

#define RADIANS (3.14159265358979323846 / 180)

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name);
    size_t tail = strlen(end);
    return length >= tail && strcmp(name + length - tail, end) == 0;
}

enum averaging aggregate_averaging(const struct quantity_row *row)
{
    if (strcmp(row->unit, "deg") == 0) {
        return AVERAGE_ANGLE;
    }
    if (strcmp(row->unit, "V") == 0 || strcmp(row->unit, "A") == 0) {
        return ends_with(row->name, "_dc") ? AVERAGE_PLAIN : AVERAGE_SQUARE;
    }
    bool factor = strncmp(row->name, "pf", 2) == 0 || strncmp(row->name, "dpf", 3) == 0;
    return factor ? AVERAGE_QUOTIENT : AVERAGE_PLAIN;
}

static size_t value_index(const struct quantity_row *row, unsigned k)
{
    return row->offset / sizeof(double) + k;
}

void aggregate_clear(struct aggregate *self)
{
    memset(self, 0, sizeof *self);
}

static void value_add(struct aggregate_value *self, enum averaging averaging, double value,
                      double t_s, double weight_s)
{
    if (self->weight_s == 0 || value < self->least) {
        self->least = value;
        self->least_t_s = t_s;
    }
    if (self->weight_s == 0 || value > self->most) {
        self->most = value;
        self->most_t_s = t_s;
    }
    self->weight_s += weight_s;
    if (averaging == AVERAGE_ANGLE) {
        self->sum += cos(value * RADIANS) * weight_s;
        self->sum_sine += sin(value * RADIANS) * weight_s;
    } else {
        self->sum += (averaging == AVERAGE_SQUARE ? value * value : value) * weight_s;
    }
}

static double value_mean(const struct aggregate_value *self, enum averaging averaging)
{
    if (self->weight_s == 0) {
        return NAN;
    }
    if (averaging == AVERAGE_ANGLE) {
        return atan2(self->sum_sine, self->sum) / RADIANS;
    }
    double mean = self->sum / self->weight_s;
    return averaging == AVERAGE_SQUARE ? sqrt(mean) : mean;
}

void aggregate_add(struct aggregate *self, const struct quantities *window, double t_s,
                   double weight_s, double share)
{
    self->elements = window->elements;
    self->lines = window->lines;
    self->circuit = window->circuit;
    for (size_t r = 0; r < quantity_row_count && weight_s > 0; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        enum averaging averaging = aggregate_averaging(row);
        for (unsigned k = 0; k < quantity_count(window, row); k++) {
            double value = quantity_value(window, row, k);
            if (isfinite(value)) {
                value_add(&self->value[value_index(row, k)], averaging, value, t_s, weight_s);
            }
        }
    }
    self->windows++;
    self->cycles += window->cycles * share;
    self->length_s += weight_s;
    self->flags |= window->flags;
    for (unsigned e = 0; e < ELEMENTS_MAX; e++) {
        self->element_flags[e] |= window->element_flags[e];
    }
}

const struct aggregate_value *aggregate_value(const struct aggregate *self,
                                              const struct quantity_row *row, unsigned k)
{
    const struct aggregate_value *value = &self->value[value_index(row, k)];
    return value->weight_s > 0 ? value : NULL;
}

/* Power factors of the means: where no window knew one, none is made up. */
static void quotient(double *factor, double numerator, double denominator)
{
    *factor = isfinite(*factor) && denominator > 0 ? numerator / denominator : (double)NAN;
}

static void power_factors(struct quantities *means)
{
    for (unsigned e = 0; e < means->elements; e++) {
        quotient(&means->pf[e], means->p[e], means->s[e]);
        quotient(&means->dpf[e], means->p1[e], hypot(means->p1[e], means->q1[e]));
    }
    quotient(&means->pf_total, means->p_total, means->s_total);
    quotient(&means->dpf_total, means->p1_total, hypot(means->p1_total, means->q1_total));
}

void aggregate_means(const struct aggregate *self, struct quantities *means)
{
    double cycles = nearbyint(self->cycles);
    *means = (struct quantities){.circuit = self->circuit,
                                 .elements = self->elements,
                                 .lines = self->lines,
                                 .flags = self->flags,
                                 .cycles = (uint16_t)(cycles < UINT16_MAX ? cycles : UINT16_MAX)};
    memcpy(means->element_flags, self->element_flags, sizeof means->element_flags);
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        double *out = (double *)(void *)((char *)means + row->offset);
        for (unsigned k = 0; k < quantity_count(means, row); k++) {
            out[k] = value_mean(&self->value[value_index(row, k)], aggregate_averaging(row));
        }
    }
    power_factors(means);
}

/* ---- intervals ---- */

int aggregator_init(struct aggregator *self, const struct aggregator_config *config)
{
    if (!(config->rate_hz > 0) || config->on_interval == NULL ||
        (config->windows == 0 && (config->samples == 0 || config->origin >= config->samples))) {
        return ERR_ARGUMENT;
    }
    *self = (struct aggregator){.config = *config};
    return ERR_NONE;
}

/* The first boundary after `sample`. */
static uint64_t next_boundary(const struct aggregator_config *config, uint64_t sample)
{
    if (config->windows > 0) {
        return UINT64_MAX;
    }
    if (sample < config->origin) {
        return config->origin;
    }
    return sample + config->samples - (sample - config->origin) % config->samples;
}

static void deliver(struct aggregator *self, uint64_t end)
{
    bool by_clock = self->config.windows == 0;
    bool complete = by_clock ? self->length == self->config.samples
                             : self->current.windows == self->config.windows &&
                                   self->length == end - self->start;
    struct aggregate_interval interval = {.start = self->start,
                                          .length = self->length,
                                          .whole = complete,
                                          .aggregate = &self->current};
    aggregate_means(&self->current, &interval.means);
    interval.means.start = self->start;
    interval.means.length = (uint32_t)(self->length < UINT32_MAX ? self->length : UINT32_MAX);
    self->config.on_interval(self->config.ctx, &interval);
    aggregate_clear(&self->current);
    self->length = 0;
}

static void add_part(struct aggregator *self, const struct quantities *window, uint64_t from,
                     uint64_t to)
{
    aggregate_add(&self->current, window, (double)window->start / self->config.rate_hz,
                  (double)(to - from) / self->config.rate_hz, (double)(to - from) / window->length);
    self->length += to - from;
}

/* A new interval holds `sample`. By the clock it began at the boundary before. */
static void open_interval(struct aggregator *self, uint64_t sample)
{
    uint64_t period = self->config.samples;
    uint64_t boundary = next_boundary(&self->config, sample);
    bool by_clock = self->config.windows == 0;
    self->start = !by_clock ? sample : boundary > period ? boundary - period : 0;
}

void aggregator_push(struct aggregator *self, const struct quantities *window)
{
    uint64_t end = window->start + window->length;
    uint64_t from = window->start > self->covered ? window->start : self->covered;
    while (from < end) {
        if (self->current.windows > 0 && from >= next_boundary(&self->config, self->start)) {
            deliver(self, self->covered); /* a gap, and the clock struck in it */
        }
        if (self->current.windows == 0) {
            open_interval(self, from);
        }
        uint64_t boundary = next_boundary(&self->config, from);
        uint64_t to = end < boundary ? end : boundary;
        add_part(self, window, from, to);
        from = self->covered = to;
        if (to == boundary || self->current.windows == self->config.windows) {
            deliver(self, to);
        }
    }
}

void aggregator_finish(struct aggregator *self)
{
    if (self->current.windows > 0) {
        deliver(self, self->covered);
    }
}
