#include "metrology/engine_p.h"

void half_init(struct metrology *self)
{
    const struct metrology_config *config = self->config;
    self->half.wanted = config->on_half_cycle != NULL;
    for (unsigned k = 0; k < config->currents; k++) {
        self->half.wanted = self->half.wanted || config->current[k].curve_points != 0;
    }
}

void half_run(struct metrology *self, uint32_t n)
{
    if (!self->half.wanted) {
        return;
    }
    for (unsigned k = 0; k < self->channels; k++) {
        self->half.sum[k] += self->run_square[k];
    }
    self->half.length += n;
}

uint64_t half_rms(const struct input *input, uint64_t square, uint32_t length)
{
    uint64_t mean_q16 = ((square / length) << 16) + ((square % length) << 16) / length;
    uint64_t carry = 0;
    struct scale unit = input->unit;
    unit.shift += 8;
    return (uint64_t)scale_apply(unit, fixed_sqrt(mean_q16), &carry);
}

/* While the oscillator is drawn onto the line a half cycle may come out short or long; r.m.s.
 * values of something else than a cycle would look like a dip. */
static bool is_cycle(const struct metrology *self, uint32_t length)
{
    uint64_t cycle = UINT64_MAX / self->sync.step;
    return length * UINT64_C(16) > cycle * 15 && length * UINT64_C(16) < cycle * 17 + 32;
}

void half_end(struct metrology *self)
{
    struct half *half = &self->half;
    uint32_t length = half->length + half->last_length;
    if (is_cycle(self, length) && self->config->on_half_cycle != NULL) {
        for (unsigned k = 0; k < self->channels; k++) {
            half->rms[k] =
                half_rms(&self->input[k], (uint64_t)(half->sum[k] + half->last[k]), length);
        }
        struct half_cycle record = {
            .end = self->position,
            .length = length,
            .flags = self->sync.locked ? 0 : FLAG_NO_SYNC,
            .voltages = self->config->voltages,
            .currents = self->config->currents,
            .u_uv = half->rms,
            .i_ua = half->rms + self->config->voltages,
        };
        self->config->on_half_cycle(self->config->ctx, &record);
    }
    for (unsigned k = 0; k < self->channels; k++) {
        half->last[k] = half->sum[k];
        half->sum[k] = 0;
    }
    half->last_length = half->length;
    half->length = 0;
}
