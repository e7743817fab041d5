#include "apps/measure_summary.h"

#include <math.h>
#include <string.h>

#define UJ_PER_J 1000000

void summary_add_window(struct circuit_summary *summary, const struct quantities *window,
                        const struct span *span)
{
    aggregate_add(&summary->values, window, span->t_s, span->fresh_s,
                  span->fresh_s / span->length_s);
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

void summary_add_slice(struct circuit_summary *summary, const struct slice *slice)
{
    const int64_t p_uj = slice->total.p_uj, q1_uj = slice->total.q1_uj;
    if (!slice->brief || !summary->has_direction) {
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
