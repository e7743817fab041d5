#include "meter/meter.h"

#include <string.h>

#include "base/assert.h"

#define SLICE_UJ_MAX (INT64_MAX / 4) /* 640 GWh: no slice comes near it */

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
    for (unsigned k = 0; k < config->circuits; k++)
        if (!circuit_is_valid(&config->circuit[k], config->sum))
            return ERR_ARGUMENT;
    return ERR_NONE;
}

int meter_init(struct meter *self, const struct meter_config *config)
{
    int err = check(config);
    if (err < 0)
        return err;
    int64_t roll_m = 1000000; /* mWh in a kWh */
    for (unsigned k = 0; k < config->digits; k++)
        roll_m *= 10;
    *self = (struct meter){.config = *config, .roll_m = roll_m};
    memset(config->memory, 0, config->circuits * sizeof config->memory[0]);
    for (unsigned k = 0; k < config->circuits; k++) {
        config->memory[k].active.constant = config->active_imp_per_kwh;
        config->memory[k].reactive.constant = config->reactive_imp_per_kvarh;
    }
    return ERR_NONE;
}

/* Adds with a remainder that is never negative; rolls over at either end. */
static void count(struct meter_register *reg, int64_t energy_uj, int64_t roll_m)
{
    ASSERT(energy_uj > -SLICE_UJ_MAX && energy_uj < SLICE_UJ_MAX);
    ASSERT(reg->rest_uj >= 0 && reg->rest_uj < METER_UJ_PER_MWH);
    int64_t sum = reg->rest_uj + energy_uj;
    int64_t rest = sum % METER_UJ_PER_MWH;
    if (rest < 0)
        rest += METER_UJ_PER_MWH;
    reg->value_m = (reg->value_m + (sum - rest) / METER_UJ_PER_MWH) % roll_m;
    reg->rest_uj = (int32_t)rest;
}

static enum energy quadrant(bool import, bool lagging)
{
    if (import)
        return lagging ? ENERGY_varh_q1 : ENERGY_varh_q4;
    return lagging ? ENERGY_varh_q2 : ENERGY_varh_q3;
}

/* Counts the energies of one element, or of the sum, into one set of registers. */
static void count_set(struct meter_register *set, const struct slice_energy *energy, int64_t roll_m)
{
    ASSERT(energy->s_uj < (uint64_t)SLICE_UJ_MAX);
    bool import = energy->p_uj >= 0;
    bool lagging = energy->q1_uj >= 0;
    int64_t p_uj = import ? energy->p_uj : -energy->p_uj;
    int64_t q_uj = lagging ? energy->q1_uj : -energy->q1_uj;
    count(&set[import ? ENERGY_wh_import : ENERGY_wh_export], p_uj, roll_m);
    count(&set[lagging ? ENERGY_varh_import : ENERGY_varh_export], q_uj, roll_m);
    count(&set[quadrant(import, lagging)], q_uj, roll_m);
    count(&set[import ? ENERGY_vah_import : ENERGY_vah_export], (int64_t)energy->s_uj, roll_m);
    count(&set[ENERGY_wh_absolute], p_uj, roll_m);
    count(&set[ENERGY_wh_net], energy->p_uj, roll_m);
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* Counts what belongs to the total: registers and pulse outputs. */
static void count_total(struct meter_circuit *circuit, const struct slice_energy *energy,
                        int64_t roll_m)
{
    count_set(circuit->energy[0], energy, roll_m);
    (void)pulse_add(&circuit->active, magnitude(energy->p_uj));
    (void)pulse_add(&circuit->reactive, magnitude(energy->q1_uj));
}

int meter_apply_slice(struct meter *self, const struct slice *slice)
{
    if (slice->circuit >= self->config.circuits ||
        slice->elements != self->config.circuit[slice->circuit].elements)
        return ERR_RANGE;
    struct meter_circuit *circuit = &self->config.memory[slice->circuit];
    bool sum = self->config.sum == ENERGY_SUM_PHASES;
    for (unsigned e = 0; e < slice->elements; e++) {
        count_set(circuit->energy[1 + e], &slice->element[e], self->roll_m);
        if (!sum)
            count_total(circuit, &slice->element[e], self->roll_m);
    }
    if (sum)
        count_total(circuit, &slice->total, self->roll_m);
    circuit->no_load = slice->no_load;
    circuit->slices++;
    return ERR_NONE;
}

int meter_apply_window(struct meter *self, const struct quantities *window)
{
    if (window->circuit >= self->config.circuits ||
        window->elements > self->config.circuit[window->circuit].elements)
        return ERR_RANGE;
    struct meter_circuit *circuit = &self->config.memory[window->circuit];
    circuit->window = *window;
    circuit->window.spectrum = NULL; /* it lives only during the callback */
    circuit->has_window = true;
    return ERR_NONE;
}
