/* The recording interval of the first profile: energies, means; and extremes since their reset. */
#include <math.h>
#include <string.h>

#include "meter/meter_p.h"

struct tracked_row {
    uint16_t offset; /* of the first double in struct quantities */
    uint8_t first, count;
    bool elements;
};

static const struct tracked_row tracked[] = {
#define ROW(name, count, elements)                                                                 \
    {offsetof(struct quantities, name), TRACKED_##name, count, elements},
#define ROW_ELEMENT(name)                                        ROW(name, ELEMENTS_MAX, true)
#define ROW_SYSTEM(name)                                         ROW(name, 1, false)
#define TRACKED(name, scope, unit, c, e, minimum, maximum, text) ROW_##scope(name)
#include "meter/tracked.def"
#undef TRACKED
#undef ROW
#undef ROW_ELEMENT
#undef ROW_SYSTEM
};

void extremes_reset(struct meter_circuit *circuit)
{
    for (unsigned k = 0; k < TRACKED_COUNT; k++) {
        circuit->minimum[k] = (struct meter_extreme){NAN, 0};
        circuit->maximum[k] = (struct meter_extreme){NAN, 0};
    }
    circuit->extremes_changed = true;
}

static void track(struct meter_circuit *circuit, unsigned slot, double value, double weight,
                  int64_t duration_us, uint32_t utc_s)
{
    const float single = (float)value;
    if (isnan(value))
        return;
    circuit->mean_sum[slot] += value * weight;
    circuit->mean_us[slot] += duration_us;
    if (!(single >= circuit->minimum[slot].value)) { /* also if there is none yet */
        circuit->minimum[slot] = (struct meter_extreme){single, utc_s};
        circuit->extremes_changed = true;
    }
    if (!(single <= circuit->maximum[slot].value)) {
        circuit->maximum[slot] = (struct meter_extreme){single, utc_s};
        circuit->extremes_changed = true;
    }
}

void interval_track(struct meter *self, struct meter_circuit *circuit, int64_t duration_us)
{
    const struct quantities *window = &circuit->window;
    const double weight = (double)duration_us;
    const uint32_t utc_s = self->is_running ? (uint32_t)(meter_utc_us(self) / US_PER_S) : 0;
    for (unsigned r = 0; r < sizeof tracked / sizeof tracked[0]; r++) {
        const struct tracked_row *row = &tracked[r];
        const unsigned count = row->elements ? window->elements : 1;
        for (unsigned k = 0; k < count; k++) {
            double value;
            memcpy(&value, (const char *)window + row->offset + k * sizeof value, sizeof value);
            track(circuit, row->first + k, value, weight, duration_us, utc_s);
        }
    }
}

void interval_begin(struct meter *self)
{
    for (unsigned c = 0; c < self->config.circuits; c++) {
        struct meter_circuit *circuit = &self->config.memory[c];
        for (unsigned k = 0; k < ENERGY_COUNT; k++)
            circuit->interval_start_m[k] = circuit->energy[0][k].value_m;
        memset(circuit->mean_sum, 0, sizeof circuit->mean_sum);
        memset(circuit->mean_us, 0, sizeof circuit->mean_us);
    }
    self->demands_changed = true; /* they are kept in one record */
}

void interval_close(struct meter *self)
{
    for (unsigned c = 0; c < self->config.circuits; c++) {
        struct meter_circuit *circuit = &self->config.memory[c];
        for (unsigned k = 0; k < ENERGY_COUNT; k++)
            circuit->interval_m[k] = register_difference_m(self, circuit->energy[0][k].value_m,
                                                           circuit->interval_start_m[k]);
        for (unsigned k = 0; k < TRACKED_COUNT; k++)
            circuit->mean[k] = circuit->mean_us[k] > 0
                                   ? (float)(circuit->mean_sum[k] / (double)circuit->mean_us[k])
                                   : NAN;
    }
}
