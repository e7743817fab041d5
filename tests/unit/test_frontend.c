/* The front end as a model: every error is where and as large as it says. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "metrology/samples.h"
#include "sources/frontend.h"

#define DEGREE (M_PI / 180)

static void near_at(double a, double b, double tolerance, int line)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("line %d: %.12g is not %.12g +- %g", line, a, b, tolerance);
    }
}
#define assert_near(a, b, tolerance) near_at(a, b, tolerance, __LINE__)

static struct frontend plain(void)
{
    return (struct frontend){.nominal_hz = 50, .full_scale = 100, .adc_bits = 24};
}

static double magnitude(const struct frontend *self, double f_hz)
{
    double gain[2];
    frontend_gain(self, f_hz, 10, gain);
    return hypot(gain[0], gain[1]);
}

static double lead_deg(const struct frontend *self, double f_hz)
{
    double gain[2];
    frontend_gain(self, f_hz, 10, gain);
    return atan2(gain[1], gain[0]) / DEGREE;
}

static void test_an_ideal_front_end_changes_nothing(void **state)
{
    (void)state;
    struct frontend self = plain();
    struct wave in, out;
    wave_clear(&in);
    wave_add_order(&in, 0, 1.5, 0);
    wave_add_order(&in, 1, 10, 30);
    wave_add_order(&in, 63, 0.1, -170);
    frontend_transfer(&self, &in, 50, &out);
    assert_memory_equal(in.re, out.re, sizeof in.re);
    assert_memory_equal(in.im, out.im, sizeof in.im);
}

static void test_a_delay_grows_with_the_order(void **state)
{
    (void)state;
    struct frontend self = plain();
    self.delay_us = 10;
    assert_near(lead_deg(&self, 50), -0.18, 1e-9);
    assert_near(lead_deg(&self, 2500), -9, 1e-9);
    assert_near(magnitude(&self, 2500), 1, 1e-12);
}

static void test_a_transformer_leads_less_at_higher_orders_and_blocks_dc(void **state)
{
    (void)state;
    struct frontend self = plain();
    self.points = 1;
    self.curve[0] = (struct frontend_point){.ratio_percent = -0.5, .phase_min = 30};
    assert_near(lead_deg(&self, 50), 0.5, 1e-9);
    assert_near(magnitude(&self, 50), 0.995, 1e-9);
    assert_near(lead_deg(&self, 250), 0.1, 1e-5);
    assert_near(magnitude(&self, 0), 0, 0);
    self.phase_is_delay = true;
    assert_near(lead_deg(&self, 250), 2.5, 1e-9);
    assert_near(magnitude(&self, 0), 0.995, 1e-12);
}

static void test_a_curve_is_linear_between_its_points(void **state)
{
    (void)state;
    struct frontend self = plain();
    self.points = 2;
    self.curve[0] = (struct frontend_point){5, -1, 60};
    self.curve[1] = (struct frontend_point){15, 0, 20};
    assert_near(frontend_curve_at(&self, 10).ratio_percent, -0.5, 1e-12);
    assert_near(frontend_curve_at(&self, 10).phase_min, 40, 1e-12);
    assert_near(frontend_curve_at(&self, 1).phase_min, 60, 0);
    assert_near(frontend_curve_at(&self, 100).ratio_percent, 0, 0);
}

static void test_a_coil_gives_the_derivative(void **state)
{
    (void)state;
    struct frontend self = plain();
    self.sensor = frontend_sensor_find("ctf-800");
    assert_non_null(self.sensor);
    assert_true(frontend_is_derivative(&self));
    assert_near(lead_deg(&self, 50), 90, 1e-9);
    assert_near(magnitude(&self, 50), 1, 1e-12);
    assert_near(magnitude(&self, 250), 5, 1e-12);
    assert_near(magnitude(&self, 0), 0, 0);
}

static void test_a_wrong_sensor_reads_wrong_by_what_its_plate_says(void **state)
{
    (void)state;
    struct frontend self = plain();
    self.sensor = frontend_sensor_find("CTO-100");   /* 25 mA at 100 A */
    self.expected = frontend_sensor_find("CTO-200"); /* 25 mA at 200 A */
    assert_near(magnitude(&self, 50), 2, 1e-12);
    self.expected = frontend_sensor_find("CTO-400"); /* 100 mA at 400 A: the same mA per A */
    assert_near(magnitude(&self, 50), 1, 1e-12);
    self.sensor = frontend_sensor_find("CTA-5A");
    self.expected = NULL;
    assert_near(magnitude(&self, 50), 1, 1e-12);
    self.sensor = frontend_sensor_find("CTOV-100"); /* 333 mV source into 10 ohm */
    self.expected = frontend_sensor_find("CTO-100");
    assert_near(magnitude(&self, 50), 13.32 / 23.32, 1e-9);
    self.sensor = frontend_sensor_find("CTO-100"); /* open into a voltage input: far too high */
    self.expected = frontend_sensor_find("CTOV-100");
    assert_true(magnitude(&self, 50) > 100);
    assert_null(frontend_sensor_find("CTO-1"));
}

static void test_every_sensor_is_right_for_its_own_module(void **state)
{
    (void)state;
    for (const struct frontend_sensor *row = frontend_sensors; row->name != NULL; row++) {
        struct frontend self = plain();
        self.sensor = self.expected = row;
        assert_near(magnitude(&self, 50), 1, 1e-12);
        struct frontend_point curve[FRONTEND_CURVE_MAX];
        unsigned points = frontend_sensor_curve(row, row->rated_a, curve);
        assert_in_range(points, 2, FRONTEND_CURVE_MAX);
        for (unsigned k = 1; k < points; k++) {
            assert_true(curve[k].current_a > curve[k - 1].current_a);
        }
    }
}

static void test_the_converter_rounds_and_clips(void **state)
{
    (void)state;
    struct frontend self = plain();
    struct sim_random random;
    sim_random_seed(&random, 1);
    const double x[] = {0, 50, -50, 200, -200, 100 / 256.0 * 0.49, 100 / 256.0 * 2.51};
    int32_t out[7];
    frontend_convert(&self, &random, x, 7, out, 1);
    assert_int_equal(out[1], SAMPLE_FULL_SCALE / 2);
    assert_int_equal(out[3], SAMPLE_MAX);
    assert_int_equal(out[4], SAMPLE_MIN);
    self.adc_bits = 9; /* 256 steps each way */
    frontend_convert(&self, &random, x, 7, out, 1);
    assert_int_equal(out[5], 0);
    assert_int_equal(out[6], 3 * 32768);
    assert_int_equal(out[3], 255 * 32768);
    assert_int_equal(out[4], SAMPLE_MIN);
}

static void test_noise_has_the_size_it_says(void **state)
{
    (void)state;
    struct frontend self = plain();
    struct sim_random random;
    static double x[20000];
    static int32_t out[20000];
    double sum = 0, square = 0;
    sim_random_seed(&random, 7);
    self.noise_lsb = 50;
    frontend_convert(&self, &random, x, 20000, out, 1);
    for (unsigned n = 0; n < 20000; n++) {
        sum += out[n];
        square += (double)out[n] * out[n];
    }
    assert_near(sum / 20000, 0, 1.5);
    assert_near(sqrt(square / 20000), 50, 1);
}

/* A core that carries twice its limit passes the first part of each half wave and then nothing. */
static void test_a_saturated_core_drops_out(void **state)
{
    (void)state;
    struct frontend self = plain();
    struct frontend_core core = {0};
    double x[400], rms = 0, peak_late = 0;
    self.sensor = frontend_sensor_find("CTO-100");
    self.saturation = 0.5;
    for (unsigned n = 0; n < 400; n++) {
        x[n] = 100 * sqrt(2) * sin(2 * M_PI * n / 200.0);
    }
    frontend_saturate(&self, &core, x, 400, 1e-4);
    for (unsigned n = 200; n < 400; n++) {
        rms += x[n] * x[n] / 200;
    }
    for (unsigned n = 353; n < 395; n++) { /* the end of the negative half wave */
        peak_late = fmax(peak_late, fabs(x[n]));
    }
    assert_true(sqrt(rms) < 85 && sqrt(rms) > 30);
    assert_near(peak_late, 0, 1e-9);
    self.saturation = 10;
    core.flux = 0;
    double small[2] = {100, -100};
    frontend_saturate(&self, &core, small, 2, 1e-4);
    assert_near(small[0], 100, 0);
    assert_near(small[1], -100, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_ideal_front_end_changes_nothing),
        cmocka_unit_test(test_a_delay_grows_with_the_order),
        cmocka_unit_test(test_a_transformer_leads_less_at_higher_orders_and_blocks_dc),
        cmocka_unit_test(test_a_curve_is_linear_between_its_points),
        cmocka_unit_test(test_a_coil_gives_the_derivative),
        cmocka_unit_test(test_a_wrong_sensor_reads_wrong_by_what_its_plate_says),
        cmocka_unit_test(test_every_sensor_is_right_for_its_own_module),
        cmocka_unit_test(test_the_converter_rounds_and_clips),
        cmocka_unit_test(test_noise_has_the_size_it_says),
        cmocka_unit_test(test_a_saturated_core_drops_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
