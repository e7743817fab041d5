/*
 * sources/frontend.h: the analogue front end as a model: what an ideal voltage or current becomes
 * on its way through sensor, conditioning and converter.
 *
 * Owns: the table of current sensors (models.md, chapter 2), their errors, the converter. It knows
 * nothing of scenes, wiring or of how errors are taken out again (core/metrology does that).
 *
 * The linear part works on a Fourier series, so that phase errors, delays and the derivative of a
 * Rogowski coil are exact at every order. Saturation and the converter work on samples.
 *
 * Signs: ratio_percent > 0 reads too high; phase_min > 0 means the secondary leads (the usual error
 * of a current transformer); delay_us > 0 means the channel is late. Minutes are of arc, at
 * nominal_hz. A transformer's phase error comes from its magnetising current, so it is a
 * first-order high pass: it falls with 1/f and passes no direct current. With `phase_is_delay` it
 * is a pure lead in time.
 *
 * Electrical assumptions where the manuals are silent: inputs for mA sensors 10 ohm, for mV sensors
 * and coils 10 kohm; a 333 mV CT has 25 mA into its own 13.32 ohm; a coil has 150 ohm.
 */
#ifndef SOURCES_FRONTEND_H
#define SOURCES_FRONTEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sources/sim_random.h"
#include "sources/wave.h"

#define FRONTEND_CURVE_MAX 8

enum sensor_kind {
    SENSOR_MILLIAMP,  /* current transformer with a current output, burdened by the module */
    SENSOR_MILLIVOLT, /* current transformer with its own burden */
    SENSOR_ROGOWSKI,  /* coil: the output is the derivative of the current */
    SENSOR_KINDS
};

struct frontend_sensor {
    const char *name; /* "CTO-200" */
    enum sensor_kind kind;
    double rated_a;     /* In, r.m.s. */
    double output;      /* at In and 50 Hz: mA or mV r.m.s. */
    double phase_min;   /* largest phase error at In */
    const char *module; /* the module it belongs to */
};

struct frontend_point {
    double current_a; /* r.m.s.; points ascend */
    double ratio_percent;
    double phase_min;
};

struct frontend {
    const struct frontend_sensor *sensor;   /* NULL: the quantity itself */
    const struct frontend_sensor *expected; /* what the module is scaled for; NULL: the right one */
    double rated_a;    /* primary rated current behind an adapter; 0: the sensor's own */
    double saturation; /* symmetrical 50 Hz current at which the core saturates, in In; 0: never */
    bool phase_is_delay;
    unsigned points; /* of the curve; 1: constant errors */
    struct frontend_point curve[FRONTEND_CURVE_MAX];
    double gain_percent; /* of divider and amplifier, reads too high */
    double offset;       /* volts or amperes */
    double delay_us;     /* sequential sampling, anti-alias filter */
    double nominal_hz;
    double full_scale; /* volts or amperes, peak, that the converter's full scale stands for */
    unsigned adc_bits; /* 8..24 */
    double noise_lsb;  /* r.m.s., in steps of the converter */
};

/* The flux of a core, for saturation. */
struct frontend_core {
    double flux; /* ampere seconds */
};

extern const struct frontend_sensor frontend_sensors[];               /* ends with a NULL name */
const struct frontend_sensor *frontend_sensor_find(const char *name); /* NULL if unknown */

/* The errors a class 0.5 sensor may have at most, 5..120 % In; returns the number of points. */
unsigned frontend_sensor_curve(const struct frontend_sensor *sensor, double rated_a,
                               struct frontend_point curve[FRONTEND_CURVE_MAX]);

/* Ratio and phase error at a current: linear between points, constant outside. */
struct frontend_point frontend_curve_at(const struct frontend *self, double current_a);

/* seen = what the converter's input shows of `ideal` at line frequency `f_hz`. The output of a coil
 * is given in amperes at nominal_hz: di/dt / (2 pi nominal_hz). */
void frontend_transfer(const struct frontend *self, const struct wave *ideal, double f_hz,
                       struct wave *seen);

/* Complex gain at `f_hz` for a current of `rms`; gain[0] + j gain[1]. */
void frontend_gain(const struct frontend *self, double f_hz, double rms, double gain[2]);

/* Whether the module integrates what this front end gives it. */
bool frontend_is_derivative(const struct frontend *self);

/* Clamps the flux of the core: beyond it the secondary current collapses. In place. */
void frontend_saturate(const struct frontend *self, struct frontend_core *core, double *x,
                       unsigned count, double period_s);

/* Noise, rounding to the converter's steps, clipping: x in volts or amperes, out in samples of
 * metrology/samples.h, `stride` apart. */
void frontend_convert(const struct frontend *self, struct sim_random *random, const double *x,
                      unsigned count, int32_t *out, unsigned stride);

#endif
