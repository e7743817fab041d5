#include "meter/pulse.h"

#include "base/assert.h"

uint64_t pulse_add(struct pulse *self, uint64_t energy_uj)
{
    ASSERT(self->constant <= PULSE_CONSTANT_MAX && self->rest < (uint64_t)PULSE_UJ_PER_KWH);
    uint64_t pulses = 0;
    /* Whole kilowatt-hours first, so that the product below has 42 + 20 bits. Most slices bring
     * neither one nor a pulse, and a division of 64 bits is dear on a small processor. */
    if (energy_uj >= (uint64_t)PULSE_UJ_PER_KWH) {
        pulses = energy_uj / PULSE_UJ_PER_KWH * self->constant;
        energy_uj %= PULSE_UJ_PER_KWH;
    }
    self->rest += energy_uj * self->constant;
    if (self->rest >= (uint64_t)PULSE_UJ_PER_KWH) {
        pulses += self->rest / PULSE_UJ_PER_KWH;
        self->rest %= PULSE_UJ_PER_KWH;
    }
    self->count += pulses;
    return pulses;
}
