#include "meter/meter.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "meter/meter_p.h"

#define SLICE_UJ_MAX    (INT64_MAX / 4) /* 640 MWh: no slice comes near it */
#define DEMAND_PERIOD_S 900

static bool circuit_is_valid(const struct meter_circuit_config *circuit, enum energy_sum sum)
{
    if (circuit->elements < 1 || circuit->elements > ELEMENTS_MAX)
        return false;
    if (circuit->phases > circuit->elements || circuit->phases > METER_PHASES_MAX)
        return false;
    if (circuit->lines != 0 && circuit->lines != 1 && circuit->lines != 3)
        return false;
    return sum == ENERGY_SUM_PHASES || circuit->phases == circuit->elements;
}

static int check(const struct meter_config *config)
{
    if (config->circuit == NULL || config->memory == NULL)
        return ERR_ARGUMENT;
    if (config->circuits < 1 || config->circuits > CIRCUITS_MAX)
        return ERR_RANGE;
    if (config->digits < 1 || config->digits > METER_DIGITS_MAX)
        return ERR_RANGE;
    if (config->active_imp_per_kwh > PULSE_CONSTANT_MAX ||
        config->reactive_imp_per_kvarh > PULSE_CONSTANT_MAX)
        return ERR_RANGE;
    if (config->store != NULL &&
        (config->scratch == NULL || config->scratch_size < METER_SCRATCH_BYTES(config->circuits)))
        return ERR_ARGUMENT;
    if (config->store != NULL && config->circuits > METER_CIRCUITS_STORED_MAX)
        return ERR_RANGE;
    for (unsigned k = 0; k < config->circuits; k++)
        if (!circuit_is_valid(&config->circuit[k], config->sum))
            return ERR_ARGUMENT;
    if (config->profiles > METER_PROFILES_MAX)
        return ERR_RANGE;
    if (config->profiles > 0 && config->profile == NULL)
        return ERR_ARGUMENT;
    if (!demand_is_valid(config->demand_period_s ? config->demand_period_s : DEMAND_PERIOD_S,
                         config->demand_periods ? config->demand_periods : 1))
        return ERR_RANGE;
    return ERR_NONE;
}

static void start_circuit(struct meter *self, struct meter_circuit *circuit)
{
    *circuit = (struct meter_circuit){0};
    circuit->active.constant = self->config.active_imp_per_kwh;
    circuit->reactive.constant = self->config.reactive_imp_per_kvarh;
    for (unsigned k = 0; k < TRACKED_COUNT; k++)
        circuit->mean[k] = NAN;
    extremes_reset(circuit);
}

int meter_init(struct meter *self, const struct meter_config *config)
{
    int err = check(config);
    if (err < 0)
        return err;
    int64_t roll_m = 1000000; /* mWh in a kWh */
    for (unsigned k = 0; k < config->digits; k++)
        roll_m *= 10;
    *self = (struct meter){
        .config = *config,
        .roll_m = roll_m,
        .next_us = INT64_MAX,
        .parameters =
            {
                .ct_numerator = 1,
                .ct_denominator = 1,
                .vt_numerator = 1,
                .vt_denominator = 1,
                .demand_period_s =
                    config->demand_period_s ? config->demand_period_s : DEMAND_PERIOD_S,
                .demand_periods = config->demand_periods ? config->demand_periods : 1,
            },
    };
    if (self->config.events == 0)
        self->config.events = METER_EVENTS_KEPT;
    for (unsigned k = 0; k < config->circuits; k++)
        start_circuit(self, &config->memory[k]);
    err = clock_init(&self->clock, &config->clock, 0);
    return err < 0 ? err : profile_init(self);
}

int64_t register_difference_m(const struct meter *self, int64_t later_m, int64_t earlier_m)
{
    int64_t difference_m = later_m - earlier_m;
    if (difference_m < -self->roll_m / 2)
        return difference_m + self->roll_m;
    return difference_m > self->roll_m / 2 ? difference_m - self->roll_m : difference_m;
}

int64_t register_difference_uj(const struct meter *self, const struct meter_register *later,
                               const struct meter_register *earlier)
{
    int64_t difference_m = register_difference_m(self, later->value_m, earlier->value_m);
    const int64_t most_m = METER_PERIOD_UJ_MAX / METER_UJ_PER_MWH - 1;
    if (difference_m > most_m)
        difference_m = most_m;
    if (difference_m < -most_m)
        difference_m = -most_m;
    return difference_m * METER_UJ_PER_MWH + later->rest_uj - earlier->rest_uj;
}

/* What `sum_uj` has in whole mWh; *rest_uj is the rest, never negative. Few slices need the 64
 * bits, and small processors divide 32 at once. */
static int64_t whole_mwh(int64_t sum_uj, int32_t *rest_uj)
{
    if (sum_uj >= 0 && sum_uj <= UINT32_MAX) {
        *rest_uj = (int32_t)((uint32_t)sum_uj % METER_UJ_PER_MWH);
        return (uint32_t)sum_uj / METER_UJ_PER_MWH;
    }
    int64_t whole_m = sum_uj / METER_UJ_PER_MWH;
    whole_m -= sum_uj < whole_m * METER_UJ_PER_MWH;
    *rest_uj = (int32_t)(sum_uj - whole_m * METER_UJ_PER_MWH);
    return whole_m;
}

/* Adds with a remainder that is never negative; rolls over at either end. */
static void count(struct meter_register *reg, int64_t energy_uj, int64_t roll_m)
{
    ASSERT(energy_uj > -SLICE_UJ_MAX && energy_uj < SLICE_UJ_MAX);
    ASSERT(reg->rest_uj >= 0 && reg->rest_uj < METER_UJ_PER_MWH);
    reg->value_m += whole_mwh(reg->rest_uj + energy_uj, &reg->rest_uj);
    if (reg->value_m >= roll_m || reg->value_m <= -roll_m)
        reg->value_m %= roll_m;
}

static enum energy quadrant(bool import, bool lagging)
{
    if (import)
        return lagging ? ENERGY_varh_q1 : ENERGY_varh_q4;
    return lagging ? ENERGY_varh_q2 : ENERGY_varh_q3;
}

/* What goes the way that counts: energy and what waited; what would count backwards waits on. */
static int64_t take(int64_t energy_uj, int64_t *waits_uj, bool negative)
{
    int64_t sum_uj = energy_uj + *waits_uj;
    bool backwards = negative ? sum_uj > 0 : sum_uj < 0;
    *waits_uj = backwards ? sum_uj : 0;
    return backwards ? 0 : sum_uj;
}

static int64_t magnitude(int64_t value)
{
    return value < 0 ? -value : value;
}

/* Counts the energies of one element, or of the sum, into one set of registers. Gives back what was
 * counted. */
static struct slice_energy count_set(struct meter_register *set, struct meter_direction *direction,
                                     const struct slice_energy *energy, bool brief, int64_t roll_m)
{
    ASSERT(energy->s_uj < (uint64_t)SLICE_UJ_MAX);
    if (!brief) {
        direction->export = energy->p_uj + direction->p_uj < 0;
        direction->leading = energy->q1_uj + direction->q_uj < 0;
    }
    bool import = !direction->export;
    bool lagging = !direction->leading;
    int64_t p_uj = take(energy->p_uj, &direction->p_uj, !import);
    int64_t q_uj = take(energy->q1_uj, &direction->q_uj, !lagging);
    count(&set[import ? ENERGY_wh_import : ENERGY_wh_export], magnitude(p_uj), roll_m);
    count(&set[lagging ? ENERGY_varh_import : ENERGY_varh_export], magnitude(q_uj), roll_m);
    count(&set[quadrant(import, lagging)], magnitude(q_uj), roll_m);
    count(&set[import ? ENERGY_vah_import : ENERGY_vah_export], (int64_t)energy->s_uj, roll_m);
    count(&set[ENERGY_wh_absolute], magnitude(p_uj), roll_m);
    count(&set[ENERGY_wh_net], p_uj, roll_m);
    return (struct slice_energy){.p_uj = p_uj, .q1_uj = q_uj};
}

static void count_pulses(struct meter_circuit *circuit, const struct slice_energy *counted)
{
    (void)pulse_add(&circuit->active, (uint64_t)magnitude(counted->p_uj));
    (void)pulse_add(&circuit->reactive, (uint64_t)magnitude(counted->q1_uj));
}

/* The total where every phase decides for itself: each phase's own direction, one set of registers.
 */
static void count_phase_into_total(struct meter_circuit *circuit, const struct slice *slice,
                                   unsigned e, struct meter_direction *direction, int64_t roll_m)
{
    const struct slice_energy counted =
        count_set(circuit->energy[0], direction, &slice->element[e], slice->brief, roll_m);
    count_pulses(circuit, &counted);
}

int meter_apply_slice(struct meter *self, const struct slice *slice)
{
    if (slice->circuit >= self->config.circuits ||
        slice->elements != self->config.circuit[slice->circuit].elements)
        return ERR_RANGE;
    struct meter_circuit *circuit = &self->config.memory[slice->circuit];
    bool sum = self->config.sum == ENERGY_SUM_PHASES;
    for (unsigned e = 0; e < slice->elements; e++) {
        struct meter_direction before = circuit->direction[1 + e];
        (void)count_set(circuit->energy[1 + e], &circuit->direction[1 + e], &slice->element[e],
                        slice->brief, self->roll_m);
        if (!sum)
            count_phase_into_total(circuit, slice, e, &before, self->roll_m);
    }
    if (sum) {
        const struct slice_energy counted = count_set(circuit->energy[0], &circuit->direction[0],
                                                      &slice->total, slice->brief, self->roll_m);
        count_pulses(circuit, &counted);
    }
    circuit->no_load = slice->no_load;
    circuit->slices++;
    return ERR_NONE;
}

int meter_apply_window(struct meter *self, const struct quantities *window, int64_t duration_us)
{
    if (window->circuit >= self->config.circuits ||
        window->elements > self->config.circuit[window->circuit].elements)
        return ERR_RANGE;
    struct meter_circuit *circuit = &self->config.memory[window->circuit];
    circuit->window = *window;
    circuit->window.spectrum = NULL; /* it lives only during the callback */
    circuit->has_window = true;
    interval_track(self, circuit, duration_us);
    return ERR_NONE;
}
