#include "apps/measure_summary.h"

#include <math.h>
#include <string.h>

#define UJ_PER_J 1000000

enum averaging { AVERAGE_PLAIN, AVERAGE_SQUARE, AVERAGE_ANGLE };

static enum averaging averaging_of(const struct quantity_row *row)
{
    static const char *const squares[] = {"u",     "u1",       "i",     "i1",  "u_ll",
                                          "u_avg", "u_ll_avg", "i_avg", "i_n", "i_computed"};
    if (strcmp(row->unit, "deg") == 0) {
        return AVERAGE_ANGLE;
    }
    for (size_t k = 0; k < sizeof squares / sizeof squares[0]; k++) {
        if (strcmp(row->name, squares[k]) == 0) {
            return AVERAGE_SQUARE;
        }
    }
    return AVERAGE_PLAIN;
}

static size_t value_index(const struct quantity_row *row, unsigned k)
{
    return row->offset / sizeof(double) + k;
}

static double radians(double degrees)
{
    return degrees * (acos(-1) / 180);
}

static void mean_add(struct mean *mean, enum averaging averaging, double value, double t_s,
                     double length_s)
{
    if (length_s <= 0) {
        return;
    }
    if (mean->weight_s == 0 || value < mean->least) {
        mean->least = value;
        mean->least_t_s = t_s;
    }
    if (mean->weight_s == 0 || value > mean->most) {
        mean->most = value;
        mean->most_t_s = t_s;
    }
    mean->weight_s += length_s;
    if (averaging == AVERAGE_ANGLE) {
        mean->sum += cos(radians(value)) * length_s;
        mean->sum_sine += sin(radians(value)) * length_s;
    } else {
        mean->sum += (averaging == AVERAGE_SQUARE ? value * value : value) * length_s;
    }
}

static double mean_value(const struct mean *mean, enum averaging averaging)
{
    if (mean->weight_s == 0) {
        return NAN;
    }
    if (averaging == AVERAGE_ANGLE) {
        return atan2(mean->sum_sine, mean->sum) / radians(1);
    }
    const double plain = mean->sum / mean->weight_s;
    return averaging == AVERAGE_SQUARE ? sqrt(plain) : plain;
}

void summary_add_window(struct circuit_summary *summary, const struct quantities *window,
                        const struct span *span)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        for (unsigned k = 0; k < quantity_count(window, row); k++) {
            const double value = quantity_value(window, row, k);
            if (isfinite(value)) {
                mean_add(&summary->mean[value_index(row, k)], averaging_of(row), value, span->t_s,
                         span->fresh_s);
            }
        }
    }
    summary->windows++;
    summary->cycles += (uint64_t)lround(window->cycles * span->fresh_s / span->length_s);
    summary->length_s += span->fresh_s;
    summary->flags |= window->flags;
    summary->elements = window->elements;
    summary->lines = window->lines;
}

static void harmonics_add(struct harmonics_mean *mean, int which, const struct harmonics *of,
                          double length_s)
{
    for (unsigned order = 0; order <= HARMONICS_MAX; order++) {
        const double rms = (double)of->rms[order];
        if (isfinite(rms)) {
            mean->square[which][order] += rms * rms * length_s;
            mean->weight_s[which][order] += length_s;
        }
    }
}

void summary_add_harmonics(struct circuit_summary *summary, unsigned element,
                           const struct harmonics *u, const struct harmonics *i, double fresh_s)
{
    if (u) {
        harmonics_add(&summary->harmonics[element], 0, u, fresh_s);
    }
    if (i) {
        harmonics_add(&summary->harmonics[element], 1, i, fresh_s);
    }
}

double summary_harmonic(const struct circuit_summary *summary, unsigned element, int which,
                        unsigned order)
{
    const struct harmonics_mean *mean = &summary->harmonics[element];
    const double weight_s = mean->weight_s[which][order];
    return weight_s > 0 ? sqrt(mean->square[which][order] / weight_s) : NAN;
}

static void energy_add(struct energy_sum *energy, int64_t uj)
{
    energy->microjoule += uj % UJ_PER_J;
    energy->joule += uj / UJ_PER_J + energy->microjoule / UJ_PER_J;
    energy->microjoule %= UJ_PER_J;
}

void summary_add_slice(struct circuit_summary *summary, const struct slice *slice, uint32_t cycle)
{
    const int64_t p_uj = slice->total.p_uj, q1_uj = slice->total.q1_uj;
    if (slice->length >= cycle || !summary->has_direction) {
        summary->has_direction = true;
        summary->exports = p_uj < 0;
        summary->leads = q1_uj < 0;
    }
    const int quadrant = summary->leads ? (summary->exports ? 2 : 3) : (summary->exports ? 1 : 0);
    energy_add(summary->exports ? &summary->export : &summary->import,
               summary->exports ? -p_uj : p_uj);
    energy_add(&summary->quadrant[quadrant], summary->leads ? -q1_uj : q1_uj);
    energy_add(&summary->apparent, (int64_t)slice->total.s_uj);
}

double energy_wh(struct energy_sum energy)
{
    return (double)energy.joule / 3600 + (double)energy.microjoule / 3600e6;
}

const struct mean *summary_mean(const struct circuit_summary *summary,
                                const struct quantity_row *row, unsigned k)
{
    const struct mean *mean = &summary->mean[value_index(row, k)];
    return mean->weight_s > 0 ? mean : NULL;
}

static void power_factors(struct quantities *means)
{
    for (unsigned e = 0; e < means->elements; e++) {
        means->pf[e] = means->s[e] > 0 ? means->p[e] / means->s[e] : NAN;
    }
    means->pf_total = means->s_total > 0 ? means->p_total / means->s_total : NAN;
}

void summary_means(const struct circuit_summary *summary, struct quantities *means)
{
    *means = (struct quantities){
        .elements = summary->elements, .lines = summary->lines, .flags = summary->flags};
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        double *out = (double *)(void *)((char *)means + row->offset);
        for (unsigned k = 0; k < quantity_count(means, row); k++) {
            out[k] = mean_value(&summary->mean[value_index(row, k)], averaging_of(row));
        }
    }
    power_factors(means);
}
