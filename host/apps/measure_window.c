#include <assert.h>
#include <math.h>
#include <string.h>

#include "apps/measure_flow.h"

/* Whether a quantity says anything about currents, by the naming rule of quantities.def. */
static bool row_needs_current(const char *name)
{
    const size_t length = strlen(name);
    const bool of_voltage = name[0] == 'u' || (length > 2 && strcmp(name + length - 2, "_u") == 0);
    return !of_voltage && name[0] != 'f';
}

/* What depends on a current nobody recorded is unknown, not zero. */
static void blank_absent(const struct measure_circuit *about, struct quantities *q)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        if (!row_needs_current(row->name)) {
            continue;
        }
        double *value = (double *)(void *)((char *)q + row->offset);
        for (unsigned k = 0; k < quantity_count(q, row); k++) {
            const bool known = row->scope == SCOPE_ELEMENT && !about->current_absent[k];
            value[k] = known ? value[k] : NAN;
        }
    }
}

/* The largest of a few values; `instead` if it is below a ten-thousandth of that, or unknown. */
static double largest_of(const double *values, unsigned count, double instead)
{
    double largest = 0;
    for (unsigned k = 0; k < count; k++) {
        largest = fmax(largest, values[k]);
    }
    return largest > instead * 1e-4 ? largest : instead;
}

static void begin_report(struct measure *self, const struct quantities *first)
{
    if (!self->begun) {
        self->begun = true;
        self->report.u_scale = largest_of(first->u, first->elements, self->setup.u_scale);
        self->report.i_scale = largest_of(first->i, first->elements, self->setup.i_scale);
        notes_release(&self->notes);
        self->printer->begin(&self->report);
    }
}

static void add_harmonics(struct measure *self, const struct quantities *q, double fresh_s)
{
    for (unsigned e = 0; q->spectrum && e < q->elements; e++) {
        summary_add_harmonics(&self->summary[q->circuit], e,
                              record_harmonics(&self->report, q, e, 0),
                              record_harmonics(&self->report, q, e, 1), fresh_s);
    }
}

/* Where the window lies, and how much of it no earlier window of its circuit has covered. */
static struct span span_of(struct measure *self, const struct quantities *window)
{
    const double rate_hz = self->stretch.rate_hz;
    uint64_t *covered = &self->covered[window->circuit];
    const uint64_t end = window->start + window->length;
    const uint64_t from = *covered > window->start ? *covered : window->start;
    const uint64_t fresh = end > from ? end - from : 0;
    *covered = end > *covered ? end : *covered;
    return (struct span){.t_s = self->stretch.start_s + (double)window->start / rate_hz,
                         .length_s = window->length / rate_hz,
                         .fresh_s = (double)fresh / rate_hz};
}

static void print_record(struct measure *self, const struct quantities *q, const struct span *span)
{
    const struct record record = {
        .q = q, .t_s = span->t_s, .length_s = span->length_s, .segment = self->stretch.number};
    if (self->table_on_terminal) {
        progress_clear(&self->progress);
    }
    self->printer->window(&self->report, &record);
}

static void on_interval(void *ctx, const struct aggregate_interval *interval)
{
    struct measure *self = ctx;
    const double rate_hz = self->stretch.rate_hz;
    const struct span span = {.t_s = self->stretch.start_s + (double)interval->start / rate_hz,
                              .length_s = (double)interval->length / rate_hz};
    struct quantities means = interval->means;
    means.flags = (uint16_t)(means.flags & ~FLAG_PARTIAL) | (interval->whole ? 0 : FLAG_PARTIAL);
    print_record(self, &means, &span);
}

void measure_begin_intervals(struct measure *self)
{
    const double rate_hz = self->stretch.rate_hz;
    const struct aggregator_config config = {
        .rate_hz = rate_hz,
        .samples = (uint64_t)llround(self->options.every_s * rate_hz),
        .ctx = self,
        .on_interval = on_interval,
    };
    for (unsigned c = 0; self->aggregator && c < self->setup.config.circuits; c++) {
        const int result = aggregator_init(&self->aggregator[c], &config);
        assert(result == 0);
        (void)result;
    }
}

void measure_end_intervals(struct measure *self)
{
    for (unsigned c = 0; self->aggregator && c < self->setup.config.circuits; c++) {
        aggregator_finish(&self->aggregator[c]);
    }
}

void measure_on_window(void *ctx, const struct quantities *window)
{
    struct measure *self = ctx;
    const struct measure_circuit *about = &self->setup.about[window->circuit];
    struct quantities masked;
    if (about->any_absent) {
        masked = *window;
        blank_absent(about, &masked);
        window = &masked;
    }
    const struct span span = span_of(self, window);
    begin_report(self, window);
    if (self->aggregator) {
        aggregator_push(&self->aggregator[window->circuit], window);
    } else {
        print_record(self, window, &span);
    }
    summary_add_window(&self->summary[window->circuit], window, &span);
    add_harmonics(self, window, span.fresh_s);
    self->windows++;
}

void measure_on_slice(void *ctx, const struct slice *slice)
{
    struct measure *self = ctx;
    summary_add_slice(&self->summary[slice->circuit], slice);
}
