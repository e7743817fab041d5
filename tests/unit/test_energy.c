/* Gapless energy: slices, cuts, quadrants, starting; and the front end that must not disturb it. */
#include "unit/signal.h"

#define PPM 1e-6

/* Seconds that hold whole cycles. */
static double whole(double f_hz, double seconds)
{
    return round(seconds * f_hz) / f_hz;
}

static void test_energy_is_the_integral(void **state)
{
    (void)state;
    static const double f[] = {42.5, 50, 50.03, 63.3, 69};
    for (unsigned k = 0; k < 5; k++) {
        struct signal s;
        signal_wye(&s, 12800, f[k], whole(f[k], 12), PI / 3);
        for (unsigned n = 2; n < 40; n++) { /* harmonics that must not move Q1 */
            for (unsigned ph = 0; ph < 3; ph++) {
                double phase = n * s.channel[ph].tone[1].phase;
                s.channel[ph].tone[n] = (struct tone){23.0 / n, phase};
                s.channel[3 + ph].tone[n] = (struct tone){2.0 / n, phase - PI / 2};
            }
        }
        struct outcome *o = signal_run(&s);
        double seconds = s.frames / s.rate_hz;
        /* the last sample stands for up to one sample too much or too little */
        double edge = 2 / (12 * s.rate_hz);
        assert_near(o->p_ws / (1725 * seconds), 1, 0.1 * PPM + edge);
        assert_near(o->q_vars / (3450 * sin(PI / 3) * seconds), 1, 1 * PPM + edge);
        free(o);
    }
}

/* The known answers of IEC 62053-21: shapes whose power is known without a meter. Their corners
 * fall midway between two samples, where sampling does not move them. */
static double half_wave(const struct signal *s, unsigned channel, double t)
{
    double x = signal_value(s, channel, t + 0.5 / s->rate_hz);
    return channel >= 3 && x < 0 ? 0 : x;
}

static double phase_fired(const struct signal *s, unsigned channel, double t)
{
    t += 0.5 / s->rate_hz;
    double turn = s->f_hz * t + (channel % 3 == 0 ? 0 : channel % 3 == 1 ? 2.0 / 3 : 1.0 / 3);
    double quarter = fmod(turn * 4, 2); /* 0..1: fired off, 1..2: on */
    return channel >= 3 && quarter < 1 ? 0 : signal_value(s, channel, t);
}

static double burst(const struct signal *s, unsigned channel, double t)
{
    t += 0.5 / s->rate_hz;
    return channel >= 3 && fmod(s->f_hz * t, 4) >= 2 ? 0 : signal_value(s, channel, t);
}

static void test_known_answers(void **state)
{
    (void)state;
    double (*const shape[])(const struct signal *, unsigned, double) = {half_wave, phase_fired,
                                                                        burst};
    for (unsigned k = 0; k < 3; k++) {
        struct signal s;
        signal_wye(&s, 48000, 50, 4, 0);
        s.shape = shape[k];
        struct outcome *o = signal_run(&s);
        assert_near(o->p_ws / (3450 * 4), 0.5, 1 * PPM);
        free(o);
    }
    struct signal s;
    signal_wye(&s, 12800, 50, 4, 0);
    for (unsigned ph = 0; ph < 3; ph++) {
        double phase = 5 * s.channel[ph].tone[1].phase;
        s.channel[ph].tone[5] = (struct tone){23, phase};
        s.channel[3 + ph].tone[5] = (struct tone){2, phase};
    }
    struct outcome *o = signal_run(&s);
    assert_near(o->p_ws / (3450 * 4), 1.04, 0.1 * PPM);
    assert_near(o->q_vars / (3450 * 4), 0, 1 * PPM);
    free(o);
}

static void test_slices_leave_no_gap_and_cuts_fall_on_their_sample(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50.07, 2.0, 0.9);
    struct outcome *uncut = signal_run(&s);
    s.cuts = 4;
    const uint64_t cut[4] = {1, 4000, 4003, 11111};
    memcpy(s.cut, cut, sizeof cut);
    struct outcome *o = signal_run(&s);
    uint64_t at = 0;
    unsigned seen = 0;
    int64_t p = 0, p_uncut = 0, q = 0, q_uncut = 0;
    for (unsigned k = 0; k < o->slices; k++) {
        assert_int_equal(o->slice[k].start, at);
        at += o->slice[k].length;
        p += o->slice[k].total.p_uj;
        q += o->slice[k].total.q1_uj;
        if (o->slice[k].cut) {
            assert_int_equal(at, cut[seen++]);
        }
        assert_int_equal(o->slice[k].brief, o->slice[k].length < 159); /* 159.8 make a cycle */
    }
    for (unsigned k = 0; k < uncut->slices; k++) {
        p_uncut += uncut->slice[k].total.p_uj;
        q_uncut += uncut->slice[k].total.q1_uj;
    }
    assert_int_equal(seen, 4);
    assert_int_equal(at, s.frames);
    assert_int_equal(p, p_uncut); /* a remainder is carried, never dropped */
    assert_near((double)q, (double)q_uncut, 1000);
    assert_near(o->p_ws, uncut->p_ws, 1e-6);
    free(o);
    free(uncut);
}

static void test_cuts_are_refused_in_the_past_and_when_too_many(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50, 0.5, 0);
    signal_config(&s, 6);
    struct outcome *o = calloc(1, sizeof *o);
    s.config.ctx = o;
    int64_t size = metrology_memory(&s.config);
    void *memory = malloc((size_t)size);
    struct metrology *self = metrology_init(memory, (size_t)size, &s.config);
    int32_t *data = signal_frames(&s, 6);
    signal_push(self, data, 1000, 6, 100);
    assert_int_equal(metrology_cut(self, 999), ERR_RANGE);
    assert_int_equal(metrology_cut(self, 1000), 0); /* now */
    for (uint64_t k = 0; k < 8; k++) {
        assert_int_equal(metrology_cut(self, 1010 + 10 * k), 0);
    }
    assert_int_equal(metrology_cut(self, 1200), ERR_BUSY);
    assert_int_equal(metrology_cut(self, 1010), 0); /* it is there already */
    signal_push(self, data, 1000, 6, 1000);
    metrology_finish(self);
    unsigned cuts = 0;
    for (unsigned k = 0; k < o->slices; k++) {
        cuts += o->slice[k].cut;
    }
    assert_int_equal(cuts, 9);
    assert_int_equal(metrology_position(self), 2000);
    struct samples wrong = {data, 5, 1};
    assert_int_equal(metrology_push(self, &wrong), ERR_ARGUMENT);
    free(data);
    free(memory);
    free(o);
}

static void test_apparent_energy_by_convention(void **state)
{
    (void)state;
    static const double expected[] = {2760, 0, 0};
    for (int apparent = APPARENT_ARITHMETIC; apparent <= APPARENT_EFFECTIVE; apparent++) {
        struct signal s;
        signal_wye(&s, 8000, 50, 2, 0);
        s.channel[5].tone[1] = (struct tone){2, -2 * PI / 3 * 2 - PI / 2};
        s.circuit[0].apparent = (enum apparent)apparent;
        struct outcome *o = signal_run(&s);
        const struct quantities *q = &o->window[1];
        if (apparent == APPARENT_ARITHMETIC) {
            assert_near(q->s_total, expected[0], 0.01);
            assert_near(o->s_vas / 2, expected[0], 0.01);
        } else if (apparent == APPARENT_VECTOR) {
            assert_near(q->s_total, hypot(2300, 460), 0.01);
            assert_near(o->s_vas / 2, hypot(2300, 460), 0.01);
        } else {
            /* the neutral is computed for the window; the registers only take a measured one */
            double neutral = q->i_n * q->i_n;
            assert_near(q->s_total, 3 * 230 * sqrt((25 + 25 + 4 + neutral) / 3), 0.05);
            assert_near(o->s_vas / 2, 3 * 230 * sqrt((25 + 25 + 4) / 3.0), 0.05);
        }
        free(o);
    }
}

/* Channels of different ranges count alike, and two elements as the three phases they stand for. */
static void test_effective_energy_of_unlike_channels(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50, 2, 0);
    s.circuit[0].apparent = APPARENT_EFFECTIVE;
    s.setting[1].gain_ppb = 250000000;
    s.channel[1].tone[1].rms = 184; /* reads 230 */
    s.setting[5].gain_ppb = -400000000;
    s.channel[5].tone[1].rms = 5 / 0.6;
    s.setting[3].full_scale_u = 2000000000; /* a hundred times the range */
    s.channel[3].tone[1].rms = 0.05;
    struct outcome *o = signal_run(&s);
    assert_near(o->s_vas / 2, 3450, 0.05);
    free(o);
}

static void test_below_starting_nothing_is_registered(void **state)
{
    (void)state;
    for (int above = 0; above < 2; above++) {
        struct signal s;
        signal_wye(&s, 8000, 50, 2, 0);
        for (unsigned k = 0; k < 3; k++) { /* 0.4 % of 5 A is 20 mA: 4.6 W */
            s.channel[3 + k].tone[1].rms = above ? 0.020 : 0.008;
        }
        s.circuit[0].start_p_uw = 2300000;
        s.circuit[0].start_q_uvar = 2300000;
        struct outcome *o = signal_run(&s);
        assert_int_equal(o->slice[2].no_load, above ? 0 : 7);
        assert_near(o->p_ws, above ? 3 * 4.6 * 2 : 0, above ? 0.01 : 0);
        assert_near(o->window[0].i[0], above ? 0.020 : 0.008, 1e-5); /* still shown */
        free(o);
    }
}

/* U to 40 % from 0.4 s to 0.5 s. */
static double dip(const struct signal *s, unsigned channel, double t)
{
    double depth = channel == 0 && t >= 0.4 && t < 0.5 ? 0.4 : 1;
    return depth * signal_value(s, channel, t);
}

static void test_half_cycles_see_a_dip(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 50, 1, 0);
    struct outcome *o = signal_run(&s);
    assert_int_equal(o->halves, 99); /* of a hundred; the first cycle needs two */
    assert_near((double)o->half_min_u, 230e6, 300);
    assert_near((double)o->half_max_u, 230e6, 300);
    free(o);
    s.shape = dip;
    o = signal_run(&s);
    assert_near((double)o->half_min_u, 92e6, 300);
    assert_near((double)o->half_max_u, 230e6, 300);
    free(o);
}

/* ---- the front end ---- */

static void check_pf_half(const struct outcome *o, double tolerance)
{
    unsigned last = o->windows - 1;
    for (unsigned w = 1; w < last; w++) {
        assert_near(o->window[w].p_total / 3450, 0.5, tolerance);
        assert_near(o->window[w].q1_total / 3450, sin(PI / 3), tolerance);
        assert_near(o->window[w].i[0] / 5, 1, tolerance);
    }
}

static void test_a_phase_error_is_taken_out_by_delay(void **state)
{
    (void)state;
    static const int32_t delays_ns[] = {3000, -28333, 250000, -999000, 78125};
    for (unsigned k = 0; k < 5; k++) {
        struct signal s;
        signal_wye(&s, 8000, 50.03, 1.2, PI / 3);
        for (unsigned ph = 0; ph < 3; ph++) { /* the current comes early by the delay */
            s.channel[3 + ph].tone[1].phase += 2 * PI * 50.03 * delays_ns[k] * 1e-9;
            s.setting[3 + ph].delay_ns = delays_ns[k];
        }
        struct outcome *o = signal_run(&s);
        check_pf_half(o, 1 * PPM);
        assert_int_equal(o->slice[0].start, 0);
        free(o);
    }
}

/* A true delay: harmonics turn by their own angle. */
static void test_the_delay_is_good_at_harmonics(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 50, 1.0, 0);
    for (unsigned n = 3; n <= 63; n += 20) {
        s.channel[0].tone[n] = (struct tone){10, 0};
        s.channel[3].tone[n] = (struct tone){1, 2 * PI * 50 * n * 40e-6};
    }
    s.channel[3].tone[1].phase += 2 * PI * 50 * 40e-6;
    s.setting[3].delay_ns = 40000;
    struct outcome *o = signal_run(&s);
    assert_near(o->window[1].p[0], 1150 + 4 * 10, 0.003); /* all in phase again */
    for (unsigned n = 3; n <= 63; n += 20) {
        assert_near((double)o->i[0].angle[n], 0, 0.02);
        assert_near((double)o->i[0].rms[n], 1, n < 60 ? 2e-4 : 4e-4);
    }
    free(o);
}

/* At 2 % off nominal, and with harmonic power: what leads, leads alike in voltage and current. */
static void test_a_rogowski_coil_is_integrated(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 51, 10.0, PI / 3);
    for (unsigned ph = 0; ph < 3; ph++) {
        double phase = s.channel[ph].tone[1].phase;
        s.channel[ph].tone[5] = (struct tone){23, 5 * phase};
        struct tone *tone = s.channel[3 + ph].tone;
        tone[5] = (struct tone){1, 5 * phase + PI / 3};
        tone[25] = (struct tone){0.1, 0};
        for (unsigned n = 1; n < 30; n++) { /* the derivative, one at the nominal frequency */
            tone[n].rms *= n * 51 / 50.0;
            tone[n].phase += PI / 2;
        }
        s.setting[3 + ph].integrate = true;
    }
    struct outcome *o = signal_run(&s);
    assert_true((o->window[0].flags & FLAG_SETTLING) != 0);
    const struct quantities *q = &o->window[o->windows - 2];
    assert_int_equal(q->flags, 0);
    assert_near(q->p_total / 3450, 0.5 + 0.02 * 0.5, 10 * PPM);
    assert_near(q->q1_total / 3450, sin(PI / 3), 10 * PPM);
    assert_near(q->i[0] / sqrt(25 + 1 + 0.01), 1, 20 * PPM);
    assert_true(isnan(q->i_dc[0]) && isnan(q->u_dc[0]));
    assert_near((double)o->i[0].rms[5] / 1, 1, 5e-4);
    assert_near((double)o->i[0].rms[25] / 0.1, 1, 1e-3);
    free(o);
}

static void test_gain_offset_and_direction(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50, 0.8, 0.3);
    s.channel[0].dc = 2.5; /* volts of offset */
    s.setting[0].offset = (int32_t)lrint(2.5 / 500 * 8388608 * 256);
    s.channel[3].tone[1].rms *= 0.98;
    s.setting[3].gain_ppb = 20408163; /* 1 / 0.98 */
    s.channel[4].tone[1].phase += PI;
    s.setting[4].invert = true;
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[1];
    assert_near(q->u_dc[0], 0, 1e-4);
    assert_near(q->u[0], 230, 230 * PPM);
    assert_near(q->i[0], 5, 5 * PPM);
    assert_near(q->p_total, 3450 * cos(0.3), 3450 * PPM);
    free(o);
}

/* An offset of a quarter of full scale under a full-scale square: the filter must stay within its
 * bounds. */
static double square_wave(const struct signal *s, unsigned channel, double t)
{
    return signal_value(s, channel, t) > 0 ? 1e6 : -1e6;
}

static void test_an_offset_cannot_leave_24_bits(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50, 0.5, 0);
    s.shape = square_wave;
    for (unsigned k = 0; k < 6; k++) {
        s.setting[k].offset = SAMPLE_FULL_SCALE * 64;
        s.setting[k].delay_ns = k < 3 ? 0 : 61234;
    }
    struct outcome *o = signal_run(&s); /* undefined behaviour is for the sanitizer to see */
    assert_true((o->window[0].flags & FLAG_CLIPPED) != 0);
    assert_near(o->window[0].u[0], 500 * sqrt((1 + 0.75 * 0.75) / 2), 10);
    free(o);
}

static void test_a_curve_is_followed(void **state)
{
    (void)state;
    static const struct curve_point curve[] = {
        {.current_ua = 100000, .ratio_ppm = -8000, .delay_ns = 40000},
        {.current_ua = 1000000, .ratio_ppm = -2000, .delay_ns = 15000},
        {.current_ua = 10000000, .ratio_ppm = 1000, .delay_ns = 5000},
    };
    struct signal s;
    signal_wye(&s, 8000, 50, 2.0, PI / 3);
    for (unsigned ph = 0; ph < 3; ph++) { /* 5 A: between the last two points, by 4/9 */
        double ppm = -2000 + 3000 * 4 / 9.0;
        double delay_ns = 15000 - 10000 * 4 / 9.0;
        s.channel[3 + ph].tone[1].rms *= 1 + ppm * 1e-6;
        s.channel[3 + ph].tone[1].phase += 2 * PI * 50 * delay_ns * 1e-9;
        s.setting[3 + ph].curve = curve;
        s.setting[3 + ph].curve_points = 3;
    }
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[o->windows - 2];
    assert_near(q->i[0] / 5, 1, 3 * PPM);
    assert_near(q->p_total / 1725, 1, 5 * PPM);
    free(o);
}

static void test_many_circuits_share_the_voltages(void **state)
{
    (void)state;
    enum { CURRENTS = 96, CHANNELS = 99, FRAMES = 2400 };
    static struct metrology_channel channel[CHANNELS];
    static struct metrology_circuit circuit[CURRENTS];
    static int32_t data[FRAMES * CHANNELS];
    for (unsigned k = 0; k < CHANNELS; k++) {
        channel[k] = (struct metrology_channel){.input = (uint8_t)k,
                                                .full_scale_u = k < 3 ? 500000000 : 20000000};
        for (unsigned n = 0; n < FRAMES; n++) {
            double peak = k < 3 ? 230 / 500.0 : 0.05 * (k - 2) / 20.0;
            double turn = 50.0 * n / 4000 - (k % 3) / 3.0;
            data[n * CHANNELS + k] =
                (int32_t)lrint(peak * sqrt(2) * sin(2 * PI * turn) * SAMPLE_FULL_SCALE);
        }
    }
    for (unsigned k = 0; k < CURRENTS; k++) {
        circuit[k] = (struct metrology_circuit){.wiring = WIRING_1P2W,
                                                .elements = 1,
                                                .element = {{(uint8_t)(k % 3), (uint8_t)k}},
                                                .neutral = CHANNEL_NONE};
    }
    struct outcome *o = calloc(1, sizeof *o);
    struct metrology_config config = {.rate_uhz = UINT64_C(4000000000),
                                      .nominal_mhz = 50000,
                                      .start_mhz = 50000,
                                      .u_nominal_uv = 230000000,
                                      .inputs = CHANNELS,
                                      .voltages = 3,
                                      .currents = CURRENTS,
                                      .circuits = CURRENTS,
                                      .voltage = channel,
                                      .current = channel + 3,
                                      .circuit = circuit,
                                      .windows = true,
                                      .ctx = o,
                                      .on_window = outcome_window,
                                      .on_slice = outcome_slice};
    int64_t size = metrology_memory(&config);
    void *memory = malloc((size_t)size);
    struct metrology *self = metrology_init(memory, (size_t)size, &config);
    signal_push(self, data, FRAMES, CHANNELS, 500);
    metrology_finish(self);
    assert_int_equal(o->windows, 3 * CURRENTS);
    for (unsigned w = 0; w < o->windows; w++) {
        unsigned k = o->window[w].circuit;
        assert_near(o->window[w].p[0], 230 * 0.05 * (k + 1), 230 * 0.05 * (k + 1) * 20 * PPM);
    }
    free(memory);
    free(o);
}

static void test_bad_configurations_name_their_field(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        int what;
    } cases[] = {{"rate_uhz", 0},         {"nominal_mhz", 1},
                 {"channel.input", 2},    {"channel.full_scale_u", 3},
                 {"circuit.elements", 4}, {"circuit.element", 5},
                 {"circuit.neutral", 6},  {"channel.delay_ns", 7},
                 {"start_mhz", 8}};
    for (unsigned k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        struct signal s;
        signal_wye(&s, 8000, 50, 0.1, 0);
        signal_config(&s, 6);
        switch (cases[k].what) {
        case 0:
            s.config.rate_uhz = 1000;
            break;
        case 1:
            s.config.rate_uhz = UINT64_C(799) * 1000000;
            s.config.rate_uhz += 1000000;
            s.config.nominal_mhz = 60000;
            break;
        case 2:
            s.setting[1].input = 6;
            break;
        case 3:
            s.setting[4].full_scale_u = 0;
            break;
        case 4:
            s.circuit[0].elements = 2;
            break;
        case 5:
            s.circuit[0].element[2].i = 3;
            break;
        case 6:
            s.circuit[0].neutral = 3;
            break;
        case 7:
            s.setting[5].delay_ns = 1000001;
            break;
        default:
            s.config.start_mhz = 12;
            break;
        }
        const char *field;
        assert_int_equal(metrology_check(&s.config, &field), ERR_RANGE);
        assert_string_equal(field, cases[k].field);
        assert_int_equal(metrology_memory(&s.config), ERR_RANGE);
        uint64_t memory[8];
        assert_null(metrology_init(memory, sizeof memory, &s.config));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energy_is_the_integral),
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_slices_leave_no_gap_and_cuts_fall_on_their_sample),
        cmocka_unit_test(test_cuts_are_refused_in_the_past_and_when_too_many),
        cmocka_unit_test(test_apparent_energy_by_convention),
        cmocka_unit_test(test_effective_energy_of_unlike_channels),
        cmocka_unit_test(test_below_starting_nothing_is_registered),
        cmocka_unit_test(test_half_cycles_see_a_dip),
        cmocka_unit_test(test_a_phase_error_is_taken_out_by_delay),
        cmocka_unit_test(test_the_delay_is_good_at_harmonics),
        cmocka_unit_test(test_a_rogowski_coil_is_integrated),
        cmocka_unit_test(test_gain_offset_and_direction),
        cmocka_unit_test(test_an_offset_cannot_leave_24_bits),
        cmocka_unit_test(test_a_curve_is_followed),
        cmocka_unit_test(test_many_circuits_share_the_voltages),
        cmocka_unit_test(test_bad_configurations_name_their_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
