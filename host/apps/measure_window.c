#include <math.h>
#include <string.h>

#include "apps/measure_flow.h"

#define SLOWEST_HZ 42.5 /* line frequency: the longest cycle */

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
    const struct record record = {
        .q = window, .t_s = span.t_s, .length_s = span.length_s, .segment = self->stretch.number};
    begin_report(self, window);
    if (self->table_on_terminal) {
        progress_clear(&self->progress);
    }
    self->printer->window(&self->report, &record);
    summary_add_window(&self->summary[window->circuit], window, &span);
    add_harmonics(self, window, span.fresh_s);
    self->windows++;
}

void measure_on_slice(void *ctx, const struct slice *slice)
{
    struct measure *self = ctx;
    const uint32_t cycle = (uint32_t)(self->stretch.rate_hz / SLOWEST_HZ);
    summary_add_slice(&self->summary[slice->circuit], slice, cycle);
}
