/*
 * unit/signal.h: closed-form voltages and currents, pushed through the metrology, and what came
 * out.
 *
 * A test fills a struct signal (per channel: direct component and harmonics as r.m.s. value and
 * phase of a sine), runs it, and compares struct outcome with its own formula.
 */
#ifndef UNIT_SIGNAL_H
#define UNIT_SIGNAL_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "metrology/harmonics.h"
#include "metrology/metrology.h"

#define PI              3.14159265358979323846
#define SIGNAL_CHANNELS 8
#define SIGNAL_ORDERS   64
#define OUTCOME_WINDOWS 1200
#define OUTCOME_SLICES  4000
#define U_FULL_SCALE    500.0 /* V peak */
#define I_FULL_SCALE    20.0  /* A peak */

struct tone {
    double rms, phase; /* phase in radians at t = 0, as a sine */
};

struct signal {
    double rate_hz, f_hz;
    uint32_t frames;
    struct {
        double dc;
        struct tone tone[SIGNAL_ORDERS];
    } channel[SIGNAL_CHANNELS]; /* voltages first */
    struct metrology_channel setting[SIGNAL_CHANNELS];
    struct metrology_circuit circuit[4];
    struct metrology_config config; /* tables are filled in by signal_run() */
    uint64_t cut[4];
    unsigned cuts;
    bool blind; /* start at the nominal frequency instead of looking for it */
    /* Called for each sample of each channel if set; returns volts or amperes. */
    double (*shape)(const struct signal *signal, unsigned channel, double t_s);
};

struct outcome {
    struct quantities window[OUTCOME_WINDOWS];
    struct harmonics u[3], i[4]; /* of the last full window */
    unsigned order_max;
    unsigned windows;
    struct slice slice[OUTCOME_SLICES];
    unsigned slices;
    unsigned halves;
    uint64_t half_min_u, half_max_u; /* microvolt, of the first voltage */
    double p_ws, q_vars, s_vas;      /* sums of all slices */
};

static inline void outcome_window(void *ctx, const struct quantities *q)
{
    struct outcome *o = ctx;
    assert_true(o->windows < OUTCOME_WINDOWS);
    o->window[o->windows] = *q;
    o->window[o->windows++].spectrum = NULL;
    if (q->spectrum != NULL && (q->flags & FLAG_PARTIAL) == 0) {
        o->order_max = q->spectrum->order_max;
        for (unsigned k = 0; k < q->spectrum->voltages; k++) {
            o->u[k] = *q->spectrum->u[k];
        }
        for (unsigned k = 0; k < q->spectrum->currents && k < 4; k++) {
            o->i[k] = q->spectrum->i[k];
        }
    }
}

static inline void outcome_slice(void *ctx, const struct slice *slice)
{
    struct outcome *o = ctx;
    assert_true(o->slices < OUTCOME_SLICES);
    o->slice[o->slices++] = *slice;
    o->p_ws += (double)slice->total.p_uj * 1e-6;
    o->q_vars += (double)slice->total.q1_uj * 1e-6;
    o->s_vas += (double)slice->total.s_uj * 1e-6;
}

static inline void outcome_half(void *ctx, const struct half_cycle *half)
{
    struct outcome *o = ctx;
    if (half->voltages > 0) {
        uint64_t u = half->u_uv[0];
        o->half_min_u = o->halves == 0 || u < o->half_min_u ? u : o->half_min_u;
        o->half_max_u = u > o->half_max_u ? u : o->half_max_u;
    }
    o->halves++;
}

/* A wye of 230 V and 5 A, lagging by `lag` radians, pure sines. */
static inline void signal_wye(struct signal *s, double rate_hz, double f_hz, double seconds,
                              double lag)
{
    memset(s, 0, sizeof *s);
    s->rate_hz = rate_hz;
    s->f_hz = f_hz;
    s->frames = (uint32_t)(seconds * rate_hz + 0.5);
    s->config.voltages = 3;
    s->config.currents = 3;
    s->config.circuits = 1;
    s->config.u_nominal_uv = 230000000;
    s->config.windows = true;
    s->config.spectrum = true;
    s->circuit[0] = (struct metrology_circuit){.wiring = WIRING_3P4W,
                                               .elements = 3,
                                               .element = {{0, 0}, {1, 1}, {2, 2}},
                                               .neutral = CHANNEL_NONE};
    for (unsigned k = 0; k < 3; k++) {
        s->channel[k].tone[1] = (struct tone){230, -2 * PI / 3 * k};
        s->channel[3 + k].tone[1] = (struct tone){5, -2 * PI / 3 * k - lag};
    }
}

static inline double signal_value(const struct signal *s, unsigned channel, double t_s)
{
    double value = s->channel[channel].dc;
    for (unsigned n = 1; n < SIGNAL_ORDERS; n++) {
        const struct tone *tone = &s->channel[channel].tone[n];
        if (tone->rms != 0) {
            value += sqrt(2) * tone->rms * sin(2 * PI * s->f_hz * n * t_s + tone->phase);
        }
    }
    return value;
}

static inline int32_t *signal_frames(const struct signal *s, unsigned channels)
{
    int32_t *data = malloc((size_t)s->frames * channels * sizeof *data);
    assert_non_null(data);
    for (uint32_t n = 0; n < s->frames; n++) {
        for (unsigned k = 0; k < channels; k++) {
            double full = k < s->config.voltages ? U_FULL_SCALE : I_FULL_SCALE;
            double x = s->shape != NULL ? s->shape(s, k, n / s->rate_hz)
                                        : signal_value(s, k, n / s->rate_hz);
            double counts = fmin(fmax(x / full * SAMPLE_FULL_SCALE, SAMPLE_MIN), SAMPLE_MAX);
            data[(size_t)n * channels + k] = (int32_t)lrint(counts);
        }
    }
    return data;
}

/* Fills what the test left open in the configuration. */
static inline void signal_config(struct signal *s, unsigned channels)
{
    for (unsigned k = 0; k < channels; k++) {
        struct metrology_channel *setting = &s->setting[k];
        setting->input = (uint8_t)k;
        double full = k < s->config.voltages ? U_FULL_SCALE : I_FULL_SCALE;
        if (setting->full_scale_u == 0) {
            setting->full_scale_u = (uint64_t)(full * 1e6);
        }
    }
    s->config.rate_uhz = (uint64_t)(s->rate_hz * 1e6 + 0.5);
    s->config.nominal_mhz = s->f_hz < 55 ? 50000 : 60000;
    s->config.inputs = (uint8_t)channels;
    s->config.voltage = s->setting;
    s->config.current = s->setting + s->config.voltages;
    s->config.circuit = s->circuit;
    s->config.on_window = outcome_window;
    s->config.on_slice = outcome_slice;
    s->config.on_half_cycle = outcome_half;
}

static inline void signal_push(struct metrology *self, const int32_t *data, uint32_t frames,
                               unsigned channels, uint32_t chunk)
{
    for (uint32_t n = 0; n < frames; n += chunk) {
        struct samples part = {data + (size_t)n * channels, channels,
                               frames - n < chunk ? frames - n : chunk};
        assert_int_equal(metrology_push(self, &part), 0);
    }
}

/* The caller frees the outcome. */
static inline struct outcome *signal_run(struct signal *s)
{
    unsigned channels = s->config.voltages + (unsigned)s->config.currents;
    struct outcome *outcome = calloc(1, sizeof *outcome);
    assert_non_null(outcome);
    signal_config(s, channels);
    s->config.ctx = outcome;
    int32_t *data = signal_frames(s, channels);
    struct samples all = {data, channels, s->frames};
    if (!s->blind) {
        s->config.start_mhz =
            (uint32_t)((metrology_acquire(&all, 0, s->config.rate_uhz) + 500) / 1000);
    }
    int64_t size = metrology_memory(&s->config);
    assert_true(size > 0);
    void *memory = malloc((size_t)size);
    struct metrology *self = metrology_init(memory, (size_t)size, &s->config);
    assert_non_null(self);
    for (unsigned k = 0; k < s->cuts; k++) {
        assert_int_equal(metrology_cut(self, s->cut[k]), 0);
    }
    signal_push(self, data, s->frames, channels, 777);
    metrology_finish(self);
    free(memory);
    free(data);
    return outcome;
}

/* Fails unless |value - truth| <= tolerance; prints what was seen. */
#define assert_near(value, truth, tolerance)                                                       \
    near_check((value), (truth), (tolerance), #value, __FILE__, __LINE__)

static inline void near_check(double value, double truth, double tolerance, const char *text,
                              const char *file, int line)
{
    if (!(fabs(value - truth) <= tolerance)) {
        printf("%s:%d: %s is %.10g, should be %.10g +- %.3g\n", file, line, text, value, truth,
               tolerance);
        fail();
    }
}

#endif
