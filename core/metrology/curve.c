/* The error curve of a current transformer, followed cycle by cycle: linear between its points.
 */
#include "metrology/engine_p.h"

static int32_t between(int32_t a, int32_t b, uint64_t part, uint64_t whole)
{
    uint64_t size = (uint64_t)(b > a ? (int64_t)b - a : (int64_t)a - b);
    int32_t step = (int32_t)fixed_mul_div(size, part, whole);
    return b > a ? a + step : a - step;
}

/* Beyond its ends the curve stays at them. */
static void curve_at(const struct metrology_channel *channel, uint64_t current_ua, int32_t *ppm,
                     int32_t *delay_ns)
{
    const struct curve_point *point = channel->curve;
    unsigned k = 0;
    while (k + 1 < channel->curve_points && point[k + 1].current_ua < current_ua) {
        k++;
    }
    *ppm = point[k].ratio_ppm;
    *delay_ns = point[k].delay_ns;
    if (k + 1 < channel->curve_points && current_ua > point[k].current_ua) {
        uint64_t part = current_ua - point[k].current_ua;
        uint64_t whole = point[k + 1].current_ua - point[k].current_ua;
        part = part < whole ? part : whole;
        *ppm = between(*ppm, point[k + 1].ratio_ppm, part, whole);
        *delay_ns = between(*delay_ns, point[k + 1].delay_ns, part, whole);
    }
}

bool curve_exists(const struct metrology *self)
{
    bool any = false;
    for (unsigned k = self->config->voltages; k < self->channels; k++) {
        any = any || self->input[k].config->curve_points != 0;
    }
    return any;
}

void curve_follow(struct metrology *self)
{
    bool changed = false;
    for (unsigned k = self->config->voltages; k < self->channels; k++) {
        struct input *input = &self->input[k];
        if (input->config->curve_points == 0 || self->half.last_length == 0) {
            continue;
        }
        int32_t ppm, delay_ns;
        uint64_t current_ua = half_rms(input, (uint64_t)self->half.last[k], self->half.last_length);
        curve_at(input->config, current_ua, &ppm, &delay_ns);
        if (ppm != input->curve_ppm || delay_ns != input->curve_ns) {
            input->curve_ppm = ppm;
            input->curve_ns = delay_ns;
            input_reload(self, k);
            changed = true;
        }
    }
    if (changed) {
        energy_reload(self);
    }
}
