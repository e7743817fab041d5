/* The metrology against closed-form truth: windows, in every wiring, at every rate and frequency.
 */
#include "unit/signal.h"

#define PPM 1e-6

/* Harmonics 2..63 of 10 %/n in voltage and 40 %/n in current, turned by 30 degrees. */
static void add_harmonics(struct signal *s)
{
    for (unsigned k = 0; k < 3; k++) {
        for (unsigned n = 2; n < SIGNAL_ORDERS; n++) {
            if (n * s->f_hz < 0.45 * s->rate_hz) {
                double phase = n * s->channel[k].tone[1].phase;
                s->channel[k].tone[n] = (struct tone){23.0 / n, phase};
                s->channel[3 + k].tone[n] = (struct tone){2.0 / n, phase - PI / 6};
            }
        }
    }
}

static double tones_rms(const struct signal *s, unsigned channel)
{
    double sum = s->channel[channel].dc * s->channel[channel].dc;
    for (unsigned n = 1; n < SIGNAL_ORDERS; n++) {
        sum += s->channel[channel].tone[n].rms * s->channel[channel].tone[n].rms;
    }
    return sqrt(sum);
}

static double tones_power(const struct signal *s, unsigned u, unsigned i, unsigned first,
                          double turn)
{
    double sum = first == 0 ? s->channel[u].dc * s->channel[i].dc : 0;
    for (unsigned n = first == 0 ? 1 : first; n < (first == 0 ? SIGNAL_ORDERS : first + 1); n++) {
        const struct tone *a = &s->channel[u].tone[n];
        const struct tone *b = &s->channel[i].tone[n];
        sum += a->rms * b->rms * cos(a->phase - b->phase - turn);
    }
    return sum;
}

static void check_window(const struct signal *s, const struct quantities *q)
{
    for (unsigned k = 0; k < 3; k++) {
        double u = tones_rms(s, k);
        double i = tones_rms(s, 3 + k);
        assert_near(q->u[k] / u, 1, PPM);
        assert_near(q->i[k] / i, 1, PPM);
        assert_near(q->p[k] / (u * i), tones_power(s, k, 3 + k, 0, 0) / (u * i), PPM);
        assert_near(q->q1[k] / (u * i), tones_power(s, k, 3 + k, 1, PI / 2) / (u * i), PPM);
        assert_near(remainder(q->u_angle[k] + 120.0 * k, 360), 0, 1e-4);
    }
    assert_near(q->f, s->f_hz, 0.05e-3);
    assert_near(q->u2_percent, 0, 1e-3);
}

static void test_every_window_is_right_to_a_ppm(void **state)
{
    (void)state;
    static const double frequencies[] = {42.5, 47.3, 49.37, 50, 50.03, 53.9, 57.5, 60, 63.3, 69};
    static const double rates[] = {1600, 4000, 8000, 12800, 50000};
    for (unsigned f = 0; f < sizeof frequencies / sizeof frequencies[0]; f++) {
        for (unsigned r = 0; r < sizeof rates / sizeof rates[0]; r++) {
            struct signal s;
            signal_wye(&s, rates[r], frequencies[f], 0.95, PI / 3 * (1 - 0.4 * r));
            add_harmonics(&s);
            struct outcome *o = signal_run(&s);
            assert_true(o->windows >= 4);
            for (unsigned w = 0; w < o->windows; w++) {
                check_window(&s, &o->window[w]);
            }
            free(o);
        }
    }
}

static void test_harmonics_to_the_63rd(void **state)
{
    (void)state;
    static const double frequencies[] = {42.5, 50.03, 57.4, 60, 68.9};
    for (unsigned f = 0; f < sizeof frequencies / sizeof frequencies[0]; f++) {
        struct signal s;
        signal_wye(&s, 12800, frequencies[f], 0.75, 0);
        add_harmonics(&s);
        struct outcome *o = signal_run(&s);
        assert_int_equal(o->order_max, 63);
        for (unsigned n = 1; n <= 63; n++) {
            assert_near((double)o->u[0].rms[n] / s.channel[0].tone[n].rms, 1, 2e-4);
            assert_near((double)o->i[2].rms[n] / s.channel[5].tone[n].rms, 1, 2e-4);
            assert_near((double)o->u[0].subgroup[n] / s.channel[0].tone[n].rms, 1, 2e-4);
            double turned = n == 1 ? 0 : -30;
            assert_near((double)o->i[0].angle[n], turned, 0.02);
        }
        free(o);
    }
}

static void test_a_pure_sine_has_no_distortion(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 49.37, 1.0, 0.5);
    struct outcome *o = signal_run(&s);
    for (unsigned w = 0; w < o->windows; w++) {
        assert_near(o->window[w].thd_u[0], 0, 0.002);
        assert_near(o->window[w].thd_i[1], 0, 0.002);
        assert_near(o->window[w].crest_u[2], sqrt(2), 0.001);
        assert_near(o->window[w].k_factor[0], 1, 1e-4);
    }
    free(o);
}

static void test_distortion_is_split_into_odd_and_even(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 50.01, 0.7, 0);
    s.channel[3].tone[2].rms = 0.3;
    s.channel[3].tone[3].rms = 0.4;
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[1];
    assert_near(q->thd_i[0], 10, 0.002);
    assert_near(q->thd_even_i[0], 6, 0.002);
    assert_near(q->thd_odd_i[0], 8, 0.002);
    assert_near(q->k_factor[0], (25 + 4 * 0.09 + 9 * 0.16) / (25 + 0.09 + 0.16), 1e-4);
    free(o);
}

static void test_low_rates_say_what_they_cannot_give(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 1000, 50, 1.0, 0.3);
    struct outcome *o = signal_run(&s);
    assert_int_equal(o->window[0].flags, FLAG_RATE_LOW);
    assert_int_equal(o->order_max, 8);
    assert_true(isnan((double)o->u[0].rms[9]));
    assert_near(o->window[0].u[0], 230, 230 * PPM);
    free(o);
}

static void test_direct_current_does_not_disturb_power(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50.02, 0.9, PI / 3);
    s.channel[3].dc = 4;
    struct outcome *o = signal_run(&s);
    for (unsigned w = 0; w < o->windows; w++) {
        assert_near(o->window[w].p[0], 575, 575 * 2 * PPM);
        assert_near(o->window[w].i_dc[0], 4, 4 * PPM);
        assert_near(o->window[w].i[0], sqrt(25 + 16), 7 * PPM);
    }
    free(o);
}

static void test_export_and_lead_have_their_signs(void **state)
{
    (void)state;
    static const double lags[] = {0.5, -0.5, PI - 0.5, PI + 0.5};
    for (unsigned k = 0; k < 4; k++) {
        struct signal s;
        signal_wye(&s, 8000, 50, 0.5, lags[k]);
        struct outcome *o = signal_run(&s);
        const struct quantities *q = &o->window[0];
        assert_near(q->p_total, 3450 * cos(lags[k]), 0.01);
        assert_near(q->q1_total, 3450 * sin(lags[k]), 0.01);
        assert_near(q->pf_total, cos(lags[k]), 1e-6);
        assert_near(remainder(q->phi[0] - lags[k] * 180 / PI, 360), 0, 1e-4);
        assert_near(remainder(q->i_angle[0] + lags[k] * 180 / PI, 360), 0, 1e-4);
        free(o);
    }
}

/* ---- wirings ---- */

static void test_split_phase(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 60, 0.7, 0);
    s.config.voltages = 2;
    s.config.currents = 2;
    s.config.u_nominal_uv = 120000000;
    s.circuit[0] = (struct metrology_circuit){
        .wiring = WIRING_1P3W, .elements = 2, .element = {{0, 0}, {1, 1}}, .neutral = CHANNEL_NONE};
    s.channel[0].tone[1] = (struct tone){120, 0};
    s.channel[1].tone[1] = (struct tone){121, PI};
    s.channel[2].tone[1] = (struct tone){6, -0.2};
    s.channel[3].tone[1] = (struct tone){4, PI - 0.2};
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[0];
    assert_int_equal(q->lines, 1);
    assert_near(q->u_ll[0], 241, 241 * PPM);
    assert_near(q->i_n, 2, 2e-5);
    assert_near(q->p_total, (720 + 484) * cos(0.2), 1e-3);
    assert_true(isnan(q->u2_percent));
    assert_near(fabs(q->u_angle[1]), 180, 1e-4);
    free(o);
}

/* Aron: a wye load without neutral, measured with two elements, gives the three-element power. */
static void test_two_elements_measure_three_wires(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 50.03, 35 / 50.03, 0); /* whole cycles, for the energy */
    s.config.voltages = 2;
    s.config.currents = 2;
    s.config.u_nominal_uv = 400000000;
    s.circuit[0] = (struct metrology_circuit){
        .wiring = WIRING_3P3W, .elements = 2, .element = {{0, 0}, {1, 1}}, .neutral = CHANNEL_NONE};
    double u = 200 * sqrt(3);
    s.setting[0].full_scale_u = s.setting[1].full_scale_u = 500000000;
    s.channel[0].tone[1] = (struct tone){u, PI / 6};              /* U12 */
    s.channel[1].tone[1] = (struct tone){u, PI / 6 + PI / 3};     /* U32 leads U12 by 60 degrees */
    s.channel[2].tone[1] = (struct tone){5, -PI / 4};             /* I1 */
    s.channel[3].tone[1] = (struct tone){5, 2 * PI / 3 - PI / 4}; /* I3 */
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[0];
    assert_near(q->p_total, 3000 * cos(PI / 4), 3000 * PPM);
    assert_near(q->q1_total, 3000 * sin(PI / 4), 3000 * PPM);
    assert_near(q->s_arith, 3000, 3000 * PPM);
    assert_near(o->s_vas, 3000 * s.frames / s.rate_hz, 3000 * 50 * PPM);
    assert_near(q->s_eff, 3000, 3000 * PPM);
    assert_near(q->u_ll[2], u, u * PPM);
    assert_near(q->i_computed, 5, 5 * PPM);
    assert_near(q->u_pos, 200, 200 * PPM);
    assert_near(q->u2_percent, 0, 1e-4);
    assert_true(isnan(q->u0_percent) && isnan(q->u_zero) && isnan(q->i_zero));
    assert_true((q->flags & FLAG_NO_ZERO_SEQ) != 0);
    free(o);
}

static void test_high_leg_delta(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 60, 0.7, 0);
    s.circuit[0].wiring = WIRING_3P4WD;
    s.config.u_nominal_uv = 120000000;
    s.channel[0].tone[1] = (struct tone){120, 0};
    s.channel[1].tone[1] = (struct tone){120 * sqrt(3), PI / 2};
    s.channel[2].tone[1] = (struct tone){120, PI};
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[0];
    for (unsigned k = 0; k < 3; k++) {
        assert_near(q->u_ll[k], 240, 240 * PPM);
    }
    assert_near(q->u[1], 120 * sqrt(3), 210 * PPM);
    free(o);
}

static void test_unbalance_and_neutral(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 49.9, 0.7, 0);
    s.channel[1].tone[1].rms = 207; /* 230, 207, 230 */
    s.channel[4].tone[1].rms = 0;   /* I2 open: In = 5 A */
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[0];
    double u1 = (230 + 207 + 230) / 3.0;
    double rest = 23.0 / 3; /* the missing part is all three sequences at once */
    assert_near(q->u2_percent, 100 * rest / u1, 1e-4);
    assert_near(q->u0_percent, 100 * rest / u1, 1e-4);
    assert_near(q->i_n, 5, 1e-5);
    assert_true(isnan(q->i_angle[1]) && isnan(q->pf[1]) && isnan(q->thd_i[1]));
    assert_near(q->pf_total, q->p_total / q->s_total, 1e-12);
    assert_near(q->i_unbalance, 100, 1e-3);
    free(o);
}

static void test_a_missing_voltage_is_flagged(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50.2, 0.9, 0.4);
    s.channel[0].tone[1].rms = 0;
    s.channel[1].tone[5] =
        (struct tone){23, 1.0 - 5 * 2 * PI / 3}; /* against U1: 1 radian less 600 degrees */
    s.blind = true;                              /* nothing to find on U1 */
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[o->windows - 1];
    assert_near((double)o->u[1].angle[5], remainder(1.0 * 180 / PI - 600, 360), 0.01);
    assert_near(q->pf_total, q->p_total / q->s_total, 1e-12);
    assert_int_equal(q->element_flags[0], FLAG_NO_VOLTAGE);
    assert_true(isnan(q->pf[0]) && isnan(q->u_angle[0]) && isnan(q->thd_u[0]));
    assert_near(q->f, 50.2, 0.05e-3); /* L2 leads now */
    assert_near(q->u_angle[1], -120, 1e-3);
    assert_near(q->p[1], 1150 * cos(0.4), 1150 * PPM);
    free(o);
}

static void test_nothing_to_follow(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50, 0.7, 0);
    for (unsigned k = 0; k < 3; k++) {
        s.channel[k].tone[1].rms = 0;
    }
    s.blind = true;
    struct outcome *o = signal_run(&s);
    const struct quantities *q = &o->window[0];
    assert_true((q->flags & FLAG_NO_SYNC) != 0 && isnan(q->f) && isnan(q->pf_total));
    assert_near(q->i[0], 5, 5 * PPM);
    assert_near(q->p_total, 0, 1e-6);
    free(o);
}

static void test_frequency_is_found_from_nowhere(void **state)
{
    (void)state;
    static const double frequencies[] = {42.6, 57.4, 50.9};
    for (unsigned k = 0; k < 3; k++) {
        struct signal s;
        signal_wye(&s, 6400, frequencies[k], 2.5, 0.3);
        s.blind = true;
        s.f_hz = frequencies[k];
        struct outcome *o = signal_run(&s);
        unsigned settled = 0;
        for (unsigned w = 0; w < o->windows; w++) {
            if ((o->window[w].flags & FLAG_SETTLING) == 0) {
                assert_near(o->window[w].f, frequencies[k], 0.05e-3);
                assert_near(o->window[w].p_total, 3450 * cos(0.3), 3450 * PPM);
                settled++;
            }
        }
        assert_true(settled + 3 >= o->windows);
        free(o);
    }
}

static void test_the_rest_of_a_recording_is_partial(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 12800, 50, 0.5, 0.7);
    struct outcome *o = signal_run(&s);
    assert_int_equal(o->windows, 3);
    const struct quantities *q = &o->window[2];
    assert_int_equal(q->flags, FLAG_PARTIAL);
    assert_int_equal(q->cycles, 6); /* five are left; fewer than six reach back */
    assert_int_equal(q->start + q->length, 6400);
    assert_near(q->p_total, 3450 * cos(0.7), 3450 * PPM);
    free(o);
}

static void test_clipping_is_flagged(void **state)
{
    (void)state;
    struct signal s;
    signal_wye(&s, 8000, 50, 0.5, 0);
    s.channel[4].tone[1].rms = 15; /* 21.2 A peak, range 20 A */
    struct outcome *o = signal_run(&s);
    assert_int_equal(o->window[0].element_flags[1], FLAG_CLIPPED);
    assert_int_equal(o->window[0].element_flags[0], 0);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_window_is_right_to_a_ppm),
        cmocka_unit_test(test_harmonics_to_the_63rd),
        cmocka_unit_test(test_a_pure_sine_has_no_distortion),
        cmocka_unit_test(test_distortion_is_split_into_odd_and_even),
        cmocka_unit_test(test_low_rates_say_what_they_cannot_give),
        cmocka_unit_test(test_direct_current_does_not_disturb_power),
        cmocka_unit_test(test_export_and_lead_have_their_signs),
        cmocka_unit_test(test_split_phase),
        cmocka_unit_test(test_two_elements_measure_three_wires),
        cmocka_unit_test(test_high_leg_delta),
        cmocka_unit_test(test_unbalance_and_neutral),
        cmocka_unit_test(test_a_missing_voltage_is_flagged),
        cmocka_unit_test(test_nothing_to_follow),
        cmocka_unit_test(test_frequency_is_found_from_nowhere),
        cmocka_unit_test(test_the_rest_of_a_recording_is_partial),
        cmocka_unit_test(test_clipping_is_flagged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
