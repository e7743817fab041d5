#include "sources/frontend.h"

#include <complex.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "metrology/samples.h"

#define MINUTE          (M_PI / 10800)
#define BURDEN_MA_OHM   10.0
#define INPUT_MV_OHM    10000.0
#define CTOV_OWN_MA     25.0
#define COIL_OHM        150.0
#define CLASS_RATIO_MIN 5.0      /* % of In where the class curve begins */
#define ROUNDER         0x1.8p52 /* adding it leaves no binary places: rounds to nearest */

const struct frontend_sensor frontend_sensors[] = {
    {"CTO-100", SENSOR_MILLIAMP, 100, 25, 50, "E10"},
    {"CTO-200", SENSOR_MILLIAMP, 200, 25, 30, "E10"},
    {"CTO-400", SENSOR_MILLIAMP, 400, 100, 30, "E10"},
    {"CTO-600", SENSOR_MILLIAMP, 600, 100, 30, "E10"},
    {"CTA-5A", SENSOR_MILLIAMP, 5, 1.25, 30, "E10"},
    {"CTOV-100", SENSOR_MILLIVOLT, 100, 333, 50, "E21"},
    {"CTOV-200", SENSOR_MILLIVOLT, 200, 333, 30, "E21"},
    {"CTOV-400", SENSOR_MILLIVOLT, 400, 333, 30, "E21"},
    {"CTOV-600", SENSOR_MILLIVOLT, 600, 333, 30, "E21"},
    {"CTF-800", SENSOR_ROGOWSKI, 800, 100, 30, "E31"},
    {"CTF-1000", SENSOR_ROGOWSKI, 1000, 100, 30, "E31"},
    {"CTF-2000", SENSOR_ROGOWSKI, 2000, 100, 30, "E31"},
    {"CTF-3000", SENSOR_ROGOWSKI, 3000, 100, 30, "E31"},
    {"CTF-6300", SENSOR_ROGOWSKI, 6300, 100, 30, "E31"},
    {"CTF-10000", SENSOR_ROGOWSKI, 10000, 100, 30, "E31"},
    {.name = NULL},
};

const struct frontend_sensor *frontend_sensor_find(const char *name)
{
    for (const struct frontend_sensor *row = frontend_sensors; row->name != NULL; row++) {
        if (strcasecmp(row->name, name) == 0) {
            return row;
        }
    }
    return NULL;
}

/* Class 0.5 of IEC 61869-2 for the phase; the ratio keeps within 0.5 % and 0.3 % of non-linearity.
 */
unsigned frontend_sensor_curve(const struct frontend_sensor *sensor, double rated_a,
                               struct frontend_point curve[FRONTEND_CURVE_MAX])
{
    static const double percent_of_rated[] = {CLASS_RATIO_MIN, 20, 100, 120};
    static const double ratio_percent[] = {-0.5, -0.35, -0.2, -0.2};
    static const double phase[] = {3, 1.5, 1, 1};
    for (unsigned k = 0; k < 4; k++) {
        curve[k] = (struct frontend_point){
            .current_a = rated_a * percent_of_rated[k] / 100,
            .ratio_percent = ratio_percent[k],
            .phase_min = sensor->kind == SENSOR_ROGOWSKI ? 0 : sensor->phase_min * phase[k],
        };
    }
    return 4;
}

struct frontend_point frontend_curve_at(const struct frontend *self, double current_a)
{
    if (self->points == 0) {
        return (struct frontend_point){.current_a = current_a};
    }
    unsigned k = 0;
    while (k < self->points && self->curve[k].current_a <= current_a) {
        k++;
    }
    if (k == 0 || k == self->points) {
        return self->curve[k == 0 ? 0 : k - 1];
    }
    const struct frontend_point *a = &self->curve[k - 1], *b = &self->curve[k];
    double w = (current_a - a->current_a) / (b->current_a - a->current_a);
    return (struct frontend_point){
        .current_a = current_a,
        .ratio_percent = a->ratio_percent + w * (b->ratio_percent - a->ratio_percent),
        .phase_min = a->phase_min + w * (b->phase_min - a->phase_min),
    };
}

/* Millivolts at an input of the kind `input` when the sensor carries one ampere. */
static double sensor_mv_per_ampere(const struct frontend_sensor *sensor, double rated_a,
                                   enum sensor_kind input)
{
    double load = input == SENSOR_MILLIAMP ? BURDEN_MA_OHM : INPUT_MV_OHM;
    double own = sensor->output / CTOV_OWN_MA;
    switch (sensor->kind) {
    case SENSOR_MILLIAMP:
        return sensor->output * load / rated_a;
    case SENSOR_MILLIVOLT:
        return CTOV_OWN_MA * (own * load / (own + load)) / rated_a;
    case SENSOR_ROGOWSKI:
    case SENSOR_KINDS:
        break;
    }
    return sensor->output * load / (load + COIL_OHM) / rated_a;
}

static double sensor_rated_a(const struct frontend *self)
{
    return self->rated_a > 0 ? self->rated_a : self->sensor->rated_a;
}

/* 1 for the right sensor; else how much too high the module reads. */
static double sensor_scale(const struct frontend *self)
{
    const struct frontend_sensor *expected = self->expected;
    if (self->sensor == NULL || expected == NULL || expected == self->sensor) {
        return 1;
    }
    return sensor_mv_per_ampere(self->sensor, sensor_rated_a(self), expected->kind) /
           sensor_mv_per_ampere(expected, expected->rated_a, expected->kind);
}

bool frontend_is_derivative(const struct frontend *self)
{
    const struct frontend_sensor *input = self->expected != NULL ? self->expected : self->sensor;
    return input != NULL && input->kind == SENSOR_ROGOWSKI;
}

/* A lead of `minutes` at the nominal frequency, of unit magnitude there. */
static double complex phase_error(const struct frontend *self, double f_hz, double minutes)
{
    double lead = minutes * MINUTE;
    if (lead == 0) {
        return 1;
    }
    if (self->phase_is_delay || lead < 0) {
        return cexp(I * lead * f_hz / self->nominal_hz);
    }
    if (f_hz == 0) {
        return 0;
    }
    return 1 / ((1 - I * tan(lead) * self->nominal_hz / f_hz) * cos(lead));
}

void frontend_gain(const struct frontend *self, double f_hz, double rms, double gain[2])
{
    struct frontend_point error = frontend_curve_at(self, rms);
    double complex g = (1 + self->gain_percent / 100) * (1 + error.ratio_percent / 100) *
                       sensor_scale(self) * cexp(-I * 2 * M_PI * f_hz * self->delay_us * 1e-6) *
                       phase_error(self, f_hz, error.phase_min);
    if (self->sensor != NULL && self->sensor->kind == SENSOR_ROGOWSKI) {
        g *= I * f_hz / self->nominal_hz;
    }
    gain[0] = creal(g);
    gain[1] = cimag(g);
}

void frontend_transfer(const struct frontend *self, const struct wave *ideal, double f_hz,
                       struct wave *seen)
{
    double rms = wave_rms(ideal);
    wave_clear(seen);
    seen->orders = ideal->orders | 1;
    for (uint64_t left = ideal->orders; left != 0; left &= left - 1) {
        unsigned order = (unsigned)__builtin_ctzll(left);
        double gain[2];
        frontend_gain(self, order * f_hz, rms, gain);
        seen->re[order] = ideal->re[order] * gain[0] - ideal->im[order] * gain[1];
        seen->im[order] = ideal->re[order] * gain[1] + ideal->im[order] * gain[0];
    }
    seen->im[0] = 0;
    seen->re[0] += self->offset;
}

void frontend_saturate(const struct frontend *self, struct frontend_core *core, double *x,
                       unsigned count, double period_s)
{
    if (self->saturation <= 0 || self->sensor == NULL || self->sensor->kind == SENSOR_ROGOWSKI) {
        return;
    }
    double peak_a = M_SQRT2 * self->saturation * sensor_rated_a(self);
    double limit = peak_a / (2 * M_PI * self->nominal_hz);
    for (unsigned n = 0; n < count; n++) {
        double flux = core->flux + x[n] * period_s;
        double clamped = fmin(fmax(flux, -limit), limit);
        if (flux != clamped) {
            x[n] = (clamped - core->flux) / period_s;
        }
        core->flux = clamped;
    }
}

void frontend_convert(const struct frontend *self, struct sim_random *random, const double *x,
                      unsigned count, int32_t *out, unsigned stride)
{
    double steps = ldexp(1, (int)self->adc_bits - 1);
    double scale = steps / self->full_scale;
    int32_t step = 1 << (24 - self->adc_bits);
    for (unsigned n = 0; n < count; n++) {
        double value = x[n] * scale;
        if (self->noise_lsb > 0) {
            value += self->noise_lsb * sim_random_normal(random);
        }
        value = value < -steps ? -steps : value;
        value = value > steps - 1 ? steps - 1 : value;
        out[n * stride] = (int32_t)(value + ROUNDER - ROUNDER) * step;
    }
}
