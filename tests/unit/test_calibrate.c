/* The arithmetic of calibration, its file, and the whole way: a bad front end, calibrated, is good.
 */
#include "apps/calibrate_session.h" /* before cmocka, whose macro fail() would take our name */
#include "apps/command.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static void near_at(double a, double b, double tolerance, int line)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("line %d: %.12g is not %.12g +- %g", line, a, b, tolerance);
    }
}
#define assert_near(a, b, tolerance) near_at(a, b, tolerance, __LINE__)

/* ---- arithmetic --------------------------------------------------------------------------------
 */

static void test_gain_builds_on_what_is_in_force(void **state)
{
    (void)state;
    int32_t gain = 0;
    assert_int_equal(calibrate_gain(0, 100, 101, &gain), 0);
    assert_int_equal(gain, 10000000);
    assert_int_equal(calibrate_gain(10000000, 101, 101, &gain), 0);
    assert_int_equal(gain, 10000000);
    assert_int_equal(calibrate_gain(0, 1, 2, &gain), ERR_RANGE);
    assert_int_equal(calibrate_gain(0, 0, 2, &gain), ERR_RANGE);
    assert_int_equal(gain, 10000000); /* a refusal changes nothing */
}

static void test_a_lead_becomes_a_delay(void **state)
{
    (void)state;
    int32_t delay = 0;
    /* A load of 60 degrees that shows 59.5: the current is half a degree early. */
    double lead = calibrate_lead(60, cos(59.5 * M_PI / 180), sin(59.5 * M_PI / 180));
    assert_near(lead, 0.5, 1e-9);
    assert_int_equal(calibrate_delay(100, lead, 50, &delay), 0);
    assert_int_equal(delay, 27878); /* 0.5/360/50 s = 27.778 us, on top of 0.1 us */
    assert_near(calibrate_lead(-170, cos(M_PI * 175 / 180), sin(M_PI * 175 / 180)), 15, 1e-9);
    assert_int_equal(calibrate_delay(0, 30, 50, &delay), ERR_RANGE);
}

static void test_offset_follows_the_sign_of_the_channel(void **state)
{
    (void)state;
    int32_t offset = 0;
    assert_int_equal(calibrate_offset(12.5, false, &offset), 0);
    assert_int_equal(offset, 3200);
    assert_int_equal(calibrate_offset(12.5, true, &offset), 0);
    assert_int_equal(offset, -3200);
    assert_int_equal(calibrate_offset(4e6, false, &offset), ERR_RANGE);
    assert_int_equal(calibrate_offset(NAN, false, &offset), ERR_RANGE);
}

static void test_noise_adds_in_squares(void **state)
{
    (void)state;
    assert_near(calibrate_without_noise(5, 3), 4, 1e-12);
    assert_near(calibrate_without_noise(3, 5), 0, 0);
}

static void test_a_curve_holds_what_the_largest_load_leaves(void **state)
{
    (void)state;
    const struct calibrate_point points[] = {
        {.measured_a = 0.99 * 1.0, .reference_a = 1, .lead_deg = 1.5, .f_hz = 50},
        {.measured_a = 0.995 * 10, .reference_a = 10, .lead_deg = 0.5, .f_hz = 50}};
    struct calibration channel = {.offset = 7};
    assert_int_equal(calibrate_current(&channel, points, 2), 0);
    assert_int_equal(channel.offset, 7);
    assert_int_equal(channel.gain_ppb, 5025126);
    assert_int_equal(channel.delay_ns, 27778);
    assert_int_equal(channel.curve_points, 2);
    assert_int_equal(channel.curve[1].ratio_ppm, 0);
    assert_int_equal(channel.curve[1].delay_ns, 0);
    assert_int_equal(channel.curve[0].ratio_ppm, -5051); /* 1 - 1/(0.99/0.995) */
    assert_int_equal(channel.curve[0].delay_ns, 55555);
    assert_true(channel.curve[0].current_ua == 1000000);
    const struct calibrate_point twice[] = {points[1], points[1]};
    assert_int_equal(calibrate_current(&channel, twice, 2), ERR_RANGE);
    assert_int_equal(channel.curve_points, 2);
    assert_int_equal(calibrate_current(&channel, points, 1), 0);
    assert_int_equal(channel.curve_points, 0);
}

/* ---- references ---------------------------------------------------------------------------------
 */

static void test_references_inherit_and_convert(void **state)
{
    (void)state;
    struct reference points[REFERENCE_POINTS_MAX];
    char error[REFERENCE_ERROR_MAX];
    assert_int_equal(
        reference_parse(points, 8, "u=230,i=10,i2=9,pf=0.5,in=3/i=1/p=-575,q=995.9292,pf3=0.8lead",
                        error),
        3);
    assert_near(points[0].i_a[1], 9, 0);
    assert_near(points[0].phi_deg[0], 60, 1e-9);
    assert_near(points[0].neutral_a, 3, 0);
    assert_near(points[1].i_a[1], 1, 0);
    assert_near(points[1].u_v[0], 230, 0);
    assert_near(points[2].i_a[0], 5, 1e-6);
    assert_near(points[2].phi_deg[0], 120, 1e-5);
    assert_near(reference_power(&points[2], 0), -575, 1e-6);
}

static void test_bad_references_are_named(void **state)
{
    (void)state;
    static const char *const bad[][2] = {{"", "write u=230"},     {"u", "write u=230"},
                                         {"u=x", "not a number"}, {"pf=3", "power factor"},
                                         {"w=3", "is none of"},   {"p=100", "need the voltage"},
                                         {"u=-1", "no r.m.s."},   {"u=1/", "write u="},
                                         {"i5=3", "is none of"},  {"u=1e400", "not a number"}};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        struct reference points[2];
        char error[REFERENCE_ERROR_MAX] = "";
        if (reference_parse(points, 2, bad[k][0], error) >= 0 || !strstr(error, bad[k][1])) {
            fail_msg("%s: \"%s\"", bad[k][0], error);
        }
    }
    struct reference points[1];
    char error[REFERENCE_ERROR_MAX];
    assert_int_equal(reference_parse(points, 1, "u=1/u=2", error), ERR_FORMAT);
}

/* ---- the file -----------------------------------------------------------------------------------
 */

static struct calibration_file file, again;

static void test_a_file_reads_back_what_was_printed(void **state)
{
    (void)state;
    char path[] = "/tmp/test_calibrate_XXXXXX", error[CALIBRATION_ERROR_MAX] = "";
    int handle = mkstemp(path);
    assert_true(handle >= 0);
    close(handle);
    file = (struct calibration_file){
        .made = "2026-11-21T06:10:00Z",
        .nominal_hz = 50,
        .channels = 2,
        .channel = {{.name = "U1", .full_scale = 598, .is = {.offset = -3201, .gain_ppb = 12345}},
                    {.name = "I1",
                     .full_scale = 150,
                     .is = {.delay_ns = -27778,
                            .curve_points = 2,
                            .curve = {{500000, 310, 4100}, {10000001, -3, 0}}}}}};
    assert_int_equal(calibration_save(&file, path, error), 0);
    assert_int_equal(calibration_load(&again, path, error), 0);
    assert_memory_equal(&file, &again, sizeof file);
    unlink(path);
    struct metrology_channel channel = {.input = 3};
    calibration_apply(calibration_find(&again, "I1"), &channel);
    assert_int_equal(channel.delay_ns, -27778);
    assert_int_equal(channel.curve_points, 2);
    assert_int_equal(channel.input, 3);
    calibration_apply(calibration_find(&again, "U1"), &channel);
    assert_null(channel.curve);
    assert_null(calibration_find(&again, "U9"));
}

static void test_bad_files_are_named_with_their_line(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"", "no \"version\""},
        {"version = 2\n", "m:1: version 2"},
        {"[I1]\n", "begins with"},
        {"version=1\ngain_ppb=1\n", "m:2: gain_ppb belongs into"},
        {"version=1\n[I1]\nversion=1\n", "m:3: version belongs before"},
        {"version=1\n[I1]\ngain_ppb=1\ngain_ppb=2\n", "m:4: gain_ppb is said twice"},
        {"version=1\n[I1]\n[I1]\n", "[I1] is there twice"},
        {"version=1\n[I1\n", "no [channel]"},
        {"version=1\n[I1]\ngain_ppb=1e10\n", "outside"},
        {"version=1\n[I1]\ngain_ppb=1.5\n", "whole number"},
        {"version=1\n[I1]\ndelay_ns=x\n", "not a number"},
        {"version=1\n[I1]\ncurve=1:2\n", "a curve is"},
        {"version=1\n[I1]\ncurve=2:0:0 1:0:0\n", "ascend"},
        {"version=1\n[I1]\ncurve=1:0:0 2:0:0 3:0:0 4:0:0 5:0:0 6:0:0 7:0:0 8:0:0 9:0:0\n",
         "more than 8"},
        {"version=1\n[I1]\ncolour=red\n", "there is no \"colour\""},
        {"version=1\nnonsense\n", "neither"},
        {"version=1\n[I1]\nfull_scale=0\n", "more than 0"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        char error[CALIBRATION_ERROR_MAX] = "";
        int err = calibration_parse(&file, "m", bad[k][0], strlen(bad[k][0]), error);
        if (err >= 0 || strstr(error, bad[k][1]) == NULL) {
            fail_msg("%s: \"%s\" lacks \"%s\"", bad[k][0], error, bad[k][1]);
        }
    }
    char error[CALIBRATION_ERROR_MAX];
    assert_int_equal(calibration_parse(&file, "m", "version=1\n\0", 11, error), ERR_FORMAT);
}

/* ---- the whole way ------------------------------------------------------------------------------
 */

static struct calibrate_session session;

static void take_step(const char *spec, const char *reference, double seconds)
{
    static struct notes notes = {.quiet = true};
    struct calibrate_step *step = &session.step[session.steps];
    struct source source;
    char error[MEASURE_ERROR_MAX] = "";
    *step = (struct calibrate_step){.no_load = reference == NULL};
    if (reference != NULL) {
        assert_int_equal(reference_parse(&step->reference, 1, reference, error), 1);
    }
    if (source_open(&source, spec) != 0) {
        fail_msg("%s", source.error);
    }
    if (session.setup.config.inputs == 0) {
        struct measure_options options = {.spec = spec, .wiring = CHANNELS_WIRING_ANY};
        assert_int_equal(measure_setup_build(&session.setup, &source.info, &options, &notes, error),
                         0);
        session.setup.config.nominal_mhz = 50000;
        session.setup.config.u_nominal_uv = 230000000;
        session.setup.config.spectrum = false;
    }
    uint32_t frames = (uint32_t)(seconds * source.info.rate_hz);
    assert_int_equal(capture_read(&step->capture, &source, &session.setup, 0, frames, NULL), 0);
    source_close(&source);
    session.steps++;
}

static void session_start(void)
{
    calibrate_session_free(&session);
    memset(&session, 0, sizeof session);
}

#define BAD_INPUTS                                                                                 \
    "u-gain=0.8,u-gain2=-1.3,i-gain=-1.7,i-delay=-27,i-delay2=31,u-offset=1.2,i-offset=0.03,adc-"  \
    "noise=8"

/* 24 bits, PF 0.5: what comes out is right to 0.01 %, the goal of the issue. */
static void test_a_bad_front_end_is_calibrated_away(void **state)
{
    (void)state;
    session_start();
    take_step("sim:grid,i=0," BAD_INPUTS, NULL, 3);
    take_step("sim:grid,i=10,pf=0.5," BAD_INPUTS, "u=230,i=10,pf=0.5", 3);
    assert_int_equal(calibrate_solve(&session), 0);
    for (unsigned e = 0; e < 3; e++) {
        struct calibrate_errors before =
            calibrate_errors_of(&session.step[1].before, &session.step[1].reference, e);
        struct calibrate_errors after =
            calibrate_errors_of(&session.step[1].after, &session.step[1].reference, e);
        assert_true(fabs(before.p_percent) > 0.5 && fabs(before.phase_min) > 25);
        assert_near(after.u_percent, 0, 0.001);
        assert_near(after.i_percent, 0, 0.001);
        assert_near(after.p_percent, 0, 0.001);
        assert_near(after.phase_min, 0, 0.02);
    }
    /* Another load through the same front end, with harmonics: the delay is a true one. */
    take_step("sim:grid,i=7,pf=0.5,wave=fifth," BAD_INPUTS, "u=230,i=7,pf=0.5", 3);
    struct reading *reading = &session.step[2].after;
    assert_int_equal(reading_take(reading, &session.step[2].capture, &session.setup), 0);
    double p5 = 0.04 * cos(5 * M_PI / 3); /* of P1/cos: U5 with I5, five times 60 degrees */
    double truth = 230 * 7 * (0.5 + p5);
    for (unsigned e = 0; e < 3; e++) {
        assert_near(reading->p_w[e] / truth, 1, 1e-4);
    }
    session_start();
}

static void test_a_transformer_curve_is_found(void **state)
{
    (void)state;
    session_start();
    take_step("sim:grid,i=100,pf=0.5,ct=CTO-100,ct-model=delay", "u=230,i=100,pf=0.5", 2);
    take_step("sim:grid,i=5,pf=0.5,ct=CTO-100,ct-model=delay", "u=230,i=5,pf=0.5", 2);
    take_step("sim:grid,i=20,pf=0.5,ct=CTO-100,ct-model=delay", "u=230,i=20,pf=0.5", 2);
    assert_int_equal(calibrate_solve(&session), 0);
    const struct calibration *found = &session.current[0];
    assert_int_equal(found->curve_points, 3);
    assert_near(found->gain_ppb, 0.2 / 0.998 * 1e7, 5000);
    assert_near(found->delay_ns, 50 / 60.0 / 360 / 50 * 1e9, 20);   /* 50 minutes */
    assert_near(found->curve[0].delay_ns, 2 * found->delay_ns, 40); /* 150 at 5 A */
    assert_near(found->curve[1].ratio_ppm, -(0.9980 / 0.9965 - 1) * 1e6, 5);
    session_start();
}

static void test_a_reversed_clamp_is_said(void **state)
{
    (void)state;
    session_start();
    take_step("sim:fault-reversed-ct:2,i=10,pf=0.5", "u=230,i=10,pf=0.5", 1);
    assert_int_equal(calibrate_solve(&session), ERR_RANGE);
    assert_non_null(strstr(session.error, "L2"));
    assert_non_null(strstr(session.error, "wrong way round"));
    session_start();
    take_step("sim:grid,i=10,ct=CTO-100,module-ct=CTO-400", "u=230,i=2,pf=1", 1);
    assert_int_equal(calibrate_solve(&session), ERR_RANGE);
    assert_non_null(strstr(session.error, "wrong one"));
    session_start();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gain_builds_on_what_is_in_force),
        cmocka_unit_test(test_a_lead_becomes_a_delay),
        cmocka_unit_test(test_offset_follows_the_sign_of_the_channel),
        cmocka_unit_test(test_noise_adds_in_squares),
        cmocka_unit_test(test_a_curve_holds_what_the_largest_load_leaves),
        cmocka_unit_test(test_references_inherit_and_convert),
        cmocka_unit_test(test_bad_references_are_named),
        cmocka_unit_test(test_a_file_reads_back_what_was_printed),
        cmocka_unit_test(test_bad_files_are_named_with_their_line),
        cmocka_unit_test(test_a_bad_front_end_is_calibrated_away),
        cmocka_unit_test(test_a_transformer_curve_is_found),
        cmocka_unit_test(test_a_reversed_clamp_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
