/* See energy_scenario.h. The last line of each scenario is a hash over every slice and half cycle.
 */
#include "portable/energy_scenario.h"

#include <stdbool.h>
#include <stdint.h>

#include "metrology/metrology.h"

#define CHANNELS     7  /* U1 U2 U3 I1 I2 I3 IN */
#define CHUNK_FRAMES 97 /* no divisor of anything */
#define LINE_MAX     160
#define ONE_Q30      (INT64_C(1) << 30)

/* What is done to the channels and to the signal; a row of the table below is one scenario. */
struct scenario {
    const char *name;
    enum wiring wiring;
    enum apparent apparent;
    uint32_t rate_hz;
    uint32_t line_mhz;   /* at the start */
    int32_t drift_mhz_s; /* per second */
    uint32_t frames;
    uint32_t cut_every;  /* samples between cuts; 0: none */
    int32_t current_q15; /* amplitude of the currents, of full scale */
    bool harmonics, offsets, gains, delays, rogowski, curve, windows, clip, reverse;
    uint64_t start_p_uw;
};

static const struct scenario scenarios[] = {
    {.name = "plain",
     .wiring = WIRING_3P4W,
     .rate_hz = 8000,
     .line_mhz = 50000,
     .frames = 16000,
     .current_q15 = 16000},
    {.name = "calibrated",
     .wiring = WIRING_3P4W,
     .rate_hz = 8000,
     .line_mhz = 49870,
     .frames = 16000,
     .current_q15 = 16000,
     .harmonics = true,
     .offsets = true,
     .gains = true,
     .delays = true,
     .windows = true,
     .cut_every = 777},
    {.name = "rogowski",
     .wiring = WIRING_3P4W,
     .apparent = APPARENT_EFFECTIVE,
     .rate_hz = 6400,
     .line_mhz = 50130,
     .frames = 16000,
     .current_q15 = 12000,
     .harmonics = true,
     .rogowski = true,
     .windows = true},
    {.name = "curve",
     .wiring = WIRING_3P4W,
     .rate_hz = 4000,
     .line_mhz = 50000,
     .frames = 8000,
     .current_q15 = 900,
     .curve = true,
     .gains = true,
     .cut_every = 4001},
    {.name = "drift",
     .wiring = WIRING_1P2W,
     .rate_hz = 4800,
     .line_mhz = 59500,
     .drift_mhz_s = 500,
     .frames = 14400,
     .current_q15 = 20000,
     .harmonics = true,
     .windows = true},
    {.name = "aron",
     .wiring = WIRING_3P3W,
     .apparent = APPARENT_VECTOR,
     .rate_hz = 12800,
     .line_mhz = 50020,
     .frames = 25600,
     .current_q15 = 16000,
     .harmonics = true,
     .delays = true},
    {.name = "split",
     .wiring = WIRING_1P3W,
     .rate_hz = 8000,
     .line_mhz = 60000,
     .frames = 12000,
     .current_q15 = 10000,
     .reverse = true,
     .cut_every = 1333},
    {.name = "delta",
     .wiring = WIRING_3P4WD,
     .rate_hz = 8000,
     .line_mhz = 60050,
     .frames = 12000,
     .current_q15 = 10000,
     .harmonics = true,
     .gains = true},
    {.name = "no load",
     .wiring = WIRING_3P4W,
     .rate_hz = 8000,
     .line_mhz = 50000,
     .frames = 8000,
     .current_q15 = 3,
     .start_p_uw = 4600000},
    {.name = "clipped",
     .wiring = WIRING_3P4W,
     .rate_hz = 1600,
     .line_mhz = 47500,
     .frames = 4800,
     .current_q15 = 32767,
     .clip = true,
     .windows = true},
};

/* --- the signal ------------------------------------------------------------------------------ */

/* sin(2 pi phase / 2^32) in Q30, from the odd polynomial of a quarter wave; error below 1e-7. */
static int32_t sine_q30(uint32_t phase)
{
    static const int64_t taylor_q30[] = {1686629713, -693598668, 85569306, -5026995, 172272, -3864};
    int64_t z = (int32_t)phase; /* +-2^31 stand for +-half a turn */
    if (z > ONE_Q30) {
        z = 2 * ONE_Q30 - z;
    } else if (z < -ONE_Q30) {
        z = -2 * ONE_Q30 - z;
    }
    const int64_t square = (z * z) / ONE_Q30;
    int64_t sum = 0;
    for (int k = 5; k >= 0; k--) {
        sum = sum * square / ONE_Q30 + taylor_q30[k];
    }
    return (int32_t)(sum * z / ONE_Q30);
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

struct signal {
    const struct scenario *scenario;
    uint64_t phase; /* of U1, 2^64 a turn */
    uint32_t noise;
    uint32_t frame;
};

static uint64_t phase_step(const struct signal *signal)
{
    const struct scenario *s = signal->scenario;
    const int64_t drift = (int64_t)s->drift_mhz_s * signal->frame / s->rate_hz;
    const uint64_t frequency_mhz = (uint64_t)((int64_t)s->line_mhz + drift);
    return UINT64_MAX / (1000 * (uint64_t)s->rate_hz) * frequency_mhz;
}

/* One channel: a fundamental behind `lag` of a turn (2^32), and a fifth of it in harmonics. */
static int32_t channel_value(struct signal *signal, uint32_t lag, int32_t amplitude_q15)
{
    const uint32_t phase = (uint32_t)(signal->phase >> 32) - lag;
    int64_t wave = sine_q30(phase);
    if (signal->scenario->harmonics) {
        wave += sine_q30(3 * phase + 77777777u) / 8 + sine_q30(7 * phase) / 16;
    }
    const int64_t scaled = wave * amplitude_q15 / (1 << 22); /* Q30 x Q15 -> Q23 */
    const int64_t sample = scaled + (int32_t)(next_random(&signal->noise) % 17) - 8;
    if (sample > SAMPLE_MAX) {
        return SAMPLE_MAX;
    }
    return sample < SAMPLE_MIN ? SAMPLE_MIN : (int32_t)sample;
}

/* How far each phase lies behind U1: a third of a turn, or half of one in a split-phase system. */
static uint32_t phase_lag(enum wiring wiring, unsigned k)
{
    if (wiring == WIRING_1P3W) {
        return k == 1 ? UINT32_C(1) << 31 : 0;
    }
    if (wiring == WIRING_3P3W && k == 1) {
        return UINT32_C(4294967295) / 6 * 5; /* U32 is 60 degrees ahead of U12 */
    }
    return UINT32_C(1431655765) * k;
}

static void signal_frame(struct signal *signal, int32_t *frame)
{
    const struct scenario *s = signal->scenario;
    const int32_t voltage_q15 = s->clip ? 39000 : 22000;
    for (unsigned k = 0; k < 3; k++) {
        const uint32_t lag = phase_lag(s->wiring, k);
        frame[k] = channel_value(signal, lag, voltage_q15 - (int32_t)(700 * k));
        const uint32_t behind = lag + UINT32_C(250000000) * (k + 1); /* 21, 42, 63 degrees */
        frame[3 + k] = channel_value(signal, behind, s->current_q15);
    }
    frame[6] = channel_value(signal, UINT32_C(333333333), s->current_q15 / 5);
    signal->phase += phase_step(signal);
    signal->frame++;
}

/* --- the configuration ----------------------------------------------------------------------- */

struct tables {
    struct metrology_channel voltage[3], current[4];
    struct metrology_circuit circuit;
    struct curve_point curve[3];
};

static void fill_channel(struct metrology_channel *channel, const struct scenario *s, uint8_t input)
{
    const int32_t k = input + 1;
    *channel = (struct metrology_channel){
        .input = input,
        .full_scale_u = input < 3 ? UINT64_C(500000000) : UINT64_C(150000000),
        .offset = s->offsets ? 300 * k - 900 : 0,
        .gain_ppb = s->gains ? 1234567 * k - 4000000 : 0,
        .delay_ns = s->delays && input >= 3 ? 23456 * (k - 5) : 0,
        .integrate = s->rogowski && input >= 3,
        .invert = s->reverse && input == 4,
    };
}

static void fill_tables(struct tables *tables, const struct scenario *s)
{
    *tables = (struct tables){
        .curve = {{100000, 4000, 9000}, {1000000, 1500, 3000}, {5000000, 200, 500}}};
    for (uint8_t k = 0; k < CHANNELS; k++) {
        struct metrology_channel *channel = k < 3 ? &tables->voltage[k] : &tables->current[k - 3];
        fill_channel(channel, s, k);
        if (s->curve && k >= 3) {
            channel->curve = tables->curve;
            channel->curve_points = 3;
        }
    }
    static const uint8_t elements[WIRING_COUNT] = {1, 2, 2, 3, 3};
    tables->circuit = (struct metrology_circuit){.wiring = s->wiring,
                                                 .elements = elements[s->wiring],
                                                 .neutral = CHANNEL_NONE,
                                                 .apparent = s->apparent,
                                                 .start_p_uw = s->start_p_uw,
                                                 .start_q_uvar = s->start_p_uw};
    for (uint8_t k = 0; k < tables->circuit.elements; k++) {
        tables->circuit.element[k] = (struct metrology_element){.u = k, .i = k};
    }
    if (s->wiring == WIRING_3P4W || s->wiring == WIRING_3P4WD) {
        tables->circuit.neutral = 3;
    } else if (s->wiring == WIRING_3P3W) {
        tables->circuit.element[1].i = 2;
    }
}

/* --- what came out --------------------------------------------------------------------------- */

struct outcome {
    struct slice_energy element[ELEMENTS_MAX];
    struct slice_energy total;
    uint64_t hash; /* FNV-1a of all slices and half cycles */
    uint32_t slices, halves;
};

static void mix(struct outcome *outcome, uint64_t value)
{
    for (unsigned k = 0; k < 8; k++) {
        outcome->hash = (outcome->hash ^ (value >> (8 * k) & 0xFF)) * UINT64_C(0x100000001B3);
    }
}

static void add_energy(struct outcome *outcome, struct slice_energy *sum,
                       const struct slice_energy *energy)
{
    sum->p_uj += energy->p_uj;
    sum->q1_uj += energy->q1_uj;
    sum->s_uj += energy->s_uj;
    mix(outcome, (uint64_t)energy->p_uj);
    mix(outcome, (uint64_t)energy->q1_uj);
    mix(outcome, energy->s_uj);
}

static void on_slice(void *ctx, const struct slice *slice)
{
    struct outcome *outcome = ctx;
    outcome->slices++;
    mix(outcome, slice->start);
    mix(outcome, slice->length);
    mix(outcome, (uint64_t)slice->cut << 32 | (uint64_t)slice->no_load << 16 | slice->flags);
    for (unsigned k = 0; k < slice->elements; k++) {
        add_energy(outcome, &outcome->element[k], &slice->element[k]);
    }
    add_energy(outcome, &outcome->total, &slice->total);
}

static void on_half_cycle(void *ctx, const struct half_cycle *half)
{
    struct outcome *outcome = ctx;
    outcome->halves++;
    mix(outcome, half->end);
    for (unsigned k = 0; k < half->voltages; k++) {
        mix(outcome, half->u_uv[k]);
    }
    for (unsigned k = 0; k < half->currents; k++) {
        mix(outcome, half->i_ua[k]);
    }
}

static char *append_text(char *to, const char *end, const char *text)
{
    while (*text && to < end) {
        *to++ = *text++;
    }
    return to;
}

static char *append_hex(char *to, const char *end, uint64_t value)
{
    char digits[18] = " ";
    for (unsigned k = 0; k < 16; k++) {
        digits[1 + k] = "0123456789abcdef"[value >> (60 - 4 * k) & 15];
    }
    return append_text(to, end, digits);
}

static void print_energy(void (*line)(const char *text), const char *name, const char *what,
                         const struct slice_energy *energy)
{
    char text[LINE_MAX];
    const char *end = text + sizeof(text) - 1;
    char *to = append_text(text, end, name);
    to = append_text(append_text(to, end, " "), end, what);
    to = append_hex(to, end, (uint64_t)energy->p_uj);
    to = append_hex(to, end, (uint64_t)energy->q1_uj);
    *append_hex(to, end, energy->s_uj) = '\0';
    line(text);
}

static void print_outcome(void (*line)(const char *text), const char *name, unsigned elements,
                          const struct outcome *outcome)
{
    static const char *const names[ELEMENTS_MAX] = {"e1", "e2", "e3", "e4"};
    for (unsigned k = 0; k < elements; k++) {
        print_energy(line, name, names[k], &outcome->element[k]);
    }
    print_energy(line, name, "total", &outcome->total);
    char text[LINE_MAX];
    const char *end = text + sizeof(text) - 1;
    char *to = append_text(append_text(text, end, name), end, " slices, half cycles, hash");
    to = append_hex(append_hex(to, end, outcome->slices), end, outcome->halves);
    *append_hex(to, end, outcome->hash) = '\0';
    line(text);
}

/* --- the run --------------------------------------------------------------------------------- */

static int push_all(struct metrology *metrology, const struct scenario *s)
{
    struct signal signal = {.scenario = s, .phase = UINT64_C(1) << 60, .noise = 2463534242u};
    int32_t data[CHUNK_FRAMES * CHANNELS];
    uint64_t next_cut = s->cut_every;
    for (uint32_t done = 0; done < s->frames;) {
        const uint32_t left = s->frames - done;
        const struct samples samples = {data, CHANNELS, left < CHUNK_FRAMES ? left : CHUNK_FRAMES};
        for (uint32_t k = 0; k < samples.frames; k++) {
            signal_frame(&signal, &data[k * CHANNELS]);
        }
        if (s->cut_every && next_cut < done + samples.frames) {
            const int err = metrology_cut(metrology, next_cut);
            next_cut += s->cut_every;
            if (err < 0) {
                return err;
            }
        }
        const int err = metrology_push(metrology, &samples);
        if (err < 0) {
            return err;
        }
        done += samples.frames;
    }
    metrology_finish(metrology);
    return 0;
}

static int run_one(void *memory, size_t size, const struct scenario *s,
                   void (*line)(const char *text))
{
    struct tables tables;
    fill_tables(&tables, s);
    struct outcome outcome = {.hash = UINT64_C(0xCBF29CE484222325)};
    const struct metrology_config config = {
        .rate_uhz = s->rate_hz * UINT64_C(1000000),
        .nominal_mhz = s->line_mhz > 55000 ? 60000 : 50000,
        .u_nominal_uv = 230000000,
        .inputs = CHANNELS,
        .voltages = tables.circuit.elements,
        .currents = 4,
        .circuits = 1,
        .voltage = tables.voltage,
        .current = tables.current,
        .circuit = &tables.circuit,
        .windows = s->windows,
        .ctx = &outcome,
        .on_half_cycle = on_half_cycle,
        .on_slice = on_slice,
    };
    struct metrology *metrology = metrology_init(memory, size, &config);
    const int err = metrology ? push_all(metrology, s) : ERR_ARGUMENT;
    if (err == 0) {
        print_outcome(line, s->name, tables.circuit.elements, &outcome);
    }
    return err;
}

int energy_scenario_run(void *memory, size_t size, void (*line)(const char *text))
{
    for (size_t k = 0; k < sizeof(scenarios) / sizeof(scenarios[0]); k++) {
        const int err = run_one(memory, size, &scenarios[k], line);
        if (err < 0) {
            line(scenarios[k].name);
            return err;
        }
    }
    return 0;
}
