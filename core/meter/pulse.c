#include "meter/pulse.h"

#include "base/assert.h"

uint64_t pulse_add(struct pulse *self, uint64_t energy_uj)
{
    ASSERT(self->constant <= PULSE_CONSTANT_MAX && self->rest < (uint64_t)PULSE_UJ_PER_KWH);
    /* Whole kilowatt-hours first, so that the product below has 42 + 20 bits. */
    uint64_t whole_kwh = energy_uj / PULSE_UJ_PER_KWH;
    uint64_t owed = energy_uj % PULSE_UJ_PER_KWH * self->constant + self->rest;
    uint64_t pulses = whole_kwh * self->constant + owed / PULSE_UJ_PER_KWH;
    self->rest = owed % PULSE_UJ_PER_KWH;
    self->count += pulses;
    return pulses;
}
