#include "meter/pulse_output.h"

#include "base/fixed.h"

int pulse_output_init(struct pulse_output *self, const struct pulse_output_config *config)
{
    *self = (struct pulse_output){.config = *config, .pulse = {.constant = config->constant}};
    self->config.primary += config->primary == 0;
    self->config.secondary += config->secondary == 0;
    if (config->constant == 0 || config->constant > PULSE_CONSTANT_MAX ||
        self->config.primary < self->config.secondary) {
        return ERR_RANGE;
    }
    return ERR_NONE;
}

static uint64_t directed(enum pulse_direction direction, int64_t energy_uj)
{
    uint64_t size = energy_uj < 0 ? 0 - (uint64_t)energy_uj : (uint64_t)energy_uj;
    switch (direction) {
    case PULSE_IMPORT:
        return energy_uj > 0 ? size : 0;
    case PULSE_EXPORT:
        return energy_uj < 0 ? size : 0;
    default:
        return size;
    }
}

static uint64_t energy_of(const struct pulse_output_config *config,
                          const struct slice_energy *energy)
{
    switch (config->quantity) {
    case PULSE_ACTIVE:
        return directed(config->direction, energy->p_uj);
    case PULSE_REACTIVE:
        return directed(config->direction, energy->q1_uj);
    default:
        return energy->s_uj;
    }
}

static uint64_t energy_of_slice(const struct pulse_output_config *config, const struct slice *slice)
{
    if (!config->per_phase) {
        return energy_of(config, &slice->total);
    }
    uint64_t sum = 0;
    for (unsigned e = 0; e < slice->elements; e++) {
        sum += energy_of(config, &slice->element[e]);
    }
    return sum;
}

/* Primary energy to secondary; what is no whole microjoule waits for the next slice. */
static uint64_t secondary_energy(struct pulse_output *self, uint64_t energy_uj)
{
    uint64_t primary = self->config.primary;
    uint64_t secondary = self->config.secondary;
    uint64_t whole = fixed_mul_div(energy_uj, secondary, primary);
    /* The remainder is below `primary`, so it survives arithmetic modulo 2^64. */
    uint64_t rest = energy_uj * secondary - whole * primary + self->ratio_rest;
    self->ratio_rest = (uint32_t)(rest % primary);
    return whole + rest / primary;
}

uint64_t pulse_output_add(struct pulse_output *self, const struct slice *slice)
{
    self->start = slice->start;
    self->length = slice->length;
    self->energy_uj = secondary_energy(self, energy_of_slice(&self->config, slice));
    self->rest_before = self->pulse.rest;
    return pulse_add(&self->pulse, self->energy_uj);
}

uint64_t pulse_output_at(const struct pulse_output *self, uint64_t k)
{
    uint64_t constant = self->config.constant;
    if (self->energy_uj == 0 || self->length == 0) {
        return self->start;
    }
    uint64_t need_uj = ((uint64_t)PULSE_UJ_PER_KWH - self->rest_before) / constant +
                       fixed_mul_div(k, (uint64_t)PULSE_UJ_PER_KWH, constant);
    if (need_uj >= self->energy_uj) {
        return self->start + self->length - 1;
    }
    return self->start + fixed_mul_div(need_uj, self->length, self->energy_uj);
}
