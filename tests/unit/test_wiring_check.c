/* Windows made from phasors: each fault, and what looks like one and is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "metrology/wiring_check.h"

#define DEGREES 57.29577951308232
#define WINDOWS 5

struct conductor {
    double size, degrees;
};

struct scene {
    enum wiring wiring;
    unsigned elements;
    struct conductor u[3], i[3];
    double i_n; /* NaN: not measured */
    enum wiring_generation generation;
};

/* Three phases with the given currents and lags. */
static struct scene wye(double i1, double i2, double i3, double phi1, double phi2, double phi3)
{
    struct scene scene = {.wiring = WIRING_3P4W, .elements = 3, .i_n = NAN};
    const double i[3] = {i1, i2, i3}, phi[3] = {phi1, phi2, phi3};
    for (unsigned e = 0; e < 3; e++) {
        scene.u[e] = (struct conductor){230, -120.0 * e};
        scene.i[e] = (struct conductor){i[e], -120.0 * e - phi[e]};
    }
    return scene;
}

static struct scene balanced(double phi)
{
    return wye(10, 10, 10, phi, phi, phi);
}

static double sum_of(const struct conductor *c)
{
    double re = 0, im = 0;
    for (unsigned e = 0; e < 3; e++) {
        re += c[e].size * cos(c[e].degrees / DEGREES);
        im += c[e].size * sin(c[e].degrees / DEGREES);
    }
    return hypot(re, im);
}

static struct quantities window_of(const struct scene *scene)
{
    struct quantities q = {.elements = (uint8_t)scene->elements, .cycles = 10};
    q.i_n = isnan(scene->i_n) ? sum_of(scene->i) : scene->i_n;
    for (unsigned e = 0; e < scene->elements; e++) {
        const double phi = scene->u[e].degrees - scene->i[e].degrees;
        const bool voltage = scene->u[e].size > 10, current = scene->i[e].size > 1e-4;
        q.u[e] = q.u1[e] = scene->u[e].size;
        q.i[e] = q.i1[e] = scene->i[e].size;
        q.u_angle[e] = voltage ? remainder(scene->u[e].degrees, 360) : (double)NAN;
        q.i_angle[e] = current ? remainder(scene->i[e].degrees, 360) : (double)NAN;
        q.p[e] = q.p1[e] = q.u[e] * q.i[e] * cos(phi / DEGREES);
        q.q1[e] = q.u[e] * q.i[e] * sin(phi / DEGREES);
        q.element_flags[e] = voltage ? 0 : FLAG_NO_VOLTAGE;
    }
    return q;
}

static struct wiring_verdict judge(const struct scene *scene)
{
    struct wiring_check check;
    const struct wiring_check_config config = {.wiring = scene->wiring,
                                               .elements = (uint8_t)scene->elements,
                                               .neutral_measured = !isnan(scene->i_n),
                                               .generation = scene->generation,
                                               .u_nominal_v = 230,
                                               .i_floor_a = 0.05};
    assert_int_equal(wiring_check_init(&check, &config), ERR_NONE);
    const struct quantities q = window_of(scene);
    for (unsigned k = 0; k < WINDOWS; k++) {
        wiring_check_add(&check, &q);
    }
    struct wiring_verdict verdict;
    wiring_check_verdict(&check, &verdict);
    assert_int_equal(verdict.windows, WINDOWS);
    return verdict;
}

/* Named, certain or not; beside it stands at most that nothing is certain. */
static bool expect_named(const struct scene *scene, enum wiring_fault fault, unsigned a, unsigned b)
{
    const struct wiring_verdict verdict = judge(scene);
    const bool odd = verdict.count == 2 && verdict.finding[0].fault == WIRING_CURRENTS_ODD;
    assert_int_equal(verdict.count, odd ? 2 : 1);
    const struct wiring_finding *finding = &verdict.finding[verdict.count - 1];
    assert_int_equal(finding->fault, fault);
    assert_int_equal(finding->a, a);
    assert_int_equal(finding->b, b);
    assert_false(odd && finding->certain);
    return finding->certain;
}

static void expect_one(const struct scene *scene, enum wiring_fault fault, unsigned a, unsigned b,
                       bool certain)
{
    assert_int_equal(expect_named(scene, fault, a, b), certain);
}

static void expect_nothing(const struct scene *scene)
{
    assert_int_equal(judge(scene).count, 0);
}

static void swap(struct conductor *a, struct conductor *b)
{
    const struct conductor kept = *a;
    *a = *b;
    *b = kept;
}

static void test_right_wiring_is_let_pass(void **state)
{
    (void)state;
    static const double phis[] = {72.5, 60, 45, 30, 15, 0, -15, -30, -45, -60, 180, 170, -170};
    for (size_t k = 0; k < sizeof phis / sizeof phis[0]; k++) {
        struct scene scene = balanced(phis[k]);
        expect_nothing(&scene);
        scene.i_n = 0;
        expect_nothing(&scene);
    }
}

static void test_a_roof_on_one_phase_is_let_pass(void **state)
{
    (void)state;
    for (double phi = 100; phi <= 200; phi += 10) {
        for (double i2 = 1; i2 < 30; i2 *= 1.7) {
            struct scene scene = wye(4, i2, 6, 20, phi, 10);
            const struct wiring_verdict verdict = judge(&scene);
            for (unsigned k = 0; k < verdict.count; k++) {
                assert_false(verdict.finding[k].certain);
            }
            scene.i_n = sum_of(scene.i);
            expect_nothing(&scene);
        }
    }
}

static void test_a_load_between_two_phases_is_let_pass(void **state)
{
    (void)state;
    for (double phi = -30; phi <= 60; phi += 10) {
        struct scene scene = wye(20, 20, 3, phi - 30, phi + 30, 10);
        expect_nothing(&scene);
    }
}

static void test_reversed_clamp_of_each_phase(void **state)
{
    (void)state;
    for (unsigned e = 0; e < 3; e++) {
        for (double phi = -60; phi <= 75; phi += 15) {
            struct scene scene = balanced(phi);
            scene.i[e].degrees += 180;
            expect_one(&scene, WIRING_CT_REVERSED, e, 0, true);
        }
    }
}

/* Without the neutral, a reversed clamp and a generator of the same size are twins. */
static void test_the_neutral_tells_a_generator_from_a_reversed_clamp(void **state)
{
    (void)state;
    struct scene scene = balanced(0);
    scene.i[1].degrees += 180;
    scene.i_n = 20;
    expect_nothing(&scene);
    scene.i_n = 0;
    expect_one(&scene, WIRING_CT_REVERSED, 1, 0, true);
    const struct wiring_verdict verdict = judge(&scene);
    assert_true(fabs(verdict.finding[0].power_w + 2300) < 1e-6);
    assert_true(fabs(fabs(verdict.finding[0].angle_deg) - 180) < 1e-6);
}

static void test_all_clamps_reversed(void **state)
{
    (void)state;
    struct scene scene = balanced(-155);
    expect_nothing(&(struct scene){.wiring = WIRING_3P4W,
                                   .elements = 3,
                                   .i_n = NAN,
                                   .u = {{230, 0}, {230, -120}, {230, 120}},
                                   .i = {{10, 180}, {10, 60}, {10, -60}}});
    scene.generation = GENERATION_NONE;
    expect_one(&scene, WIRING_CTS_REVERSED, 0, 0, true);
}

static void test_exchanged_clamps(void **state)
{
    (void)state;
    static const uint8_t pairs[][2] = {{0, 1}, {1, 2}, {0, 2}};
    for (unsigned k = 0; k < 3; k++) {
        for (double phi = -30; phi <= 45; phi += 15) {
            struct scene scene = wye(10, 7, 12, phi, phi + 10, phi - 5);
            swap(&scene.i[pairs[k][0]], &scene.i[pairs[k][1]]);
            const bool certain =
                expect_named(&scene, WIRING_CURRENTS_SWAPPED, pairs[k][0], pairs[k][1]);
            assert_true(certain || phi > 30);
        }
    }
}

static void test_exchanged_voltages(void **state)
{
    (void)state;
    struct scene scene = wye(10, 7, 12, 20, 30, 15);
    swap(&scene.u[0], &scene.u[2]);
    expect_one(&scene, WIRING_VOLTAGES_SWAPPED, 0, 2, true);
    swap(&scene.i[0], &scene.i[2]); /* both: the field turns the other way, all pairs are right */
    expect_one(&scene, WIRING_SEQUENCE_REVERSED, 0, 0, true);
}

static void test_voltages_and_currents_of_different_phases(void **state)
{
    (void)state;
    struct scene scene = balanced(5);
    swap(&scene.i[0], &scene.i[1]);
    swap(&scene.i[1], &scene.i[2]); /* clamp 0 holds L2, clamp 1 L3, clamp 2 L1 */
    expect_one(&scene, WIRING_CURRENTS_ROTATED, 1, 0, true);
    swap(&scene.i[0], &scene.i[1]);
    swap(&scene.i[1], &scene.i[2]);
    expect_one(&scene, WIRING_CURRENTS_ROTATED, 2, 0, true);
}

static void test_two_faults_at_once(void **state)
{
    (void)state;
    struct scene scene = balanced(15);
    swap(&scene.i[0], &scene.i[1]);
    scene.i[2].degrees += 180;
    const struct wiring_verdict verdict = judge(&scene);
    assert_int_equal(verdict.count, 2);
    assert_int_equal(verdict.finding[0].fault, WIRING_CURRENTS_SWAPPED);
    assert_int_equal(verdict.finding[1].fault, WIRING_CT_REVERSED);
    assert_int_equal(verdict.finding[1].a, 2);
}

static void test_neutral_gone(void **state)
{
    (void)state;
    struct scene scene = balanced(0);
    const double re[] = {200, -145, -145}, im[] = {0, -199.2, 199.2}; /* star point 30 V off */
    for (unsigned e = 0; e < 3; e++) {
        scene.u[e] = (struct conductor){hypot(re[e], im[e]), atan2(im[e], re[e]) * DEGREES};
        scene.i[e].degrees = scene.u[e].degrees;
    }
    scene.i[0] = (struct conductor){10, 0}; /* the three add up to nothing */
    scene.i[1] = (struct conductor){10, -120};
    scene.i[2] = (struct conductor){10, 120};
    expect_one(&scene, WIRING_NO_NEUTRAL, 0, 0, true);
    assert_true(fabs(judge(&scene).finding[0].value - 100 * 30 / 230.0) < 0.1);
}

static void test_phase_and_neutral_exchanged(void **state)
{
    (void)state;
    for (unsigned e = 0; e < 3; e++) {
        struct scene scene = balanced(10);
        const struct conductor moved = scene.u[e];
        for (unsigned k = 0; k < 3; k++) {
            const double re = (k == e ? 0 : 230 * cos(scene.u[k].degrees / DEGREES)) -
                              230 * cos(moved.degrees / DEGREES);
            const double im = (k == e ? 0 : 230 * sin(scene.u[k].degrees / DEGREES)) -
                              230 * sin(moved.degrees / DEGREES);
            scene.u[k] = (struct conductor){hypot(re, im), atan2(im, re) * DEGREES};
        }
        expect_one(&scene, WIRING_L_N_SWAPPED, e, 0, true);
    }
}

static void test_missing_voltages(void **state)
{
    (void)state;
    struct scene scene = balanced(10);
    scene.u[1].size = 0;
    expect_one(&scene, WIRING_NO_VOLTAGE, 1, 0, true);
    scene.i[2].degrees += 180; /* still seen */
    assert_int_equal(judge(&scene).finding[1].fault, WIRING_CT_REVERSED);
    scene.u[0].size = scene.u[2].size = 0;
    expect_one(&scene, WIRING_NO_VOLTAGES, 0, 0, true);
}

static void test_same_voltage_twice(void **state)
{
    (void)state;
    struct scene scene = balanced(10);
    scene.u[2] = scene.u[0];
    expect_one(&scene, WIRING_VOLTAGES_ALIKE, 0, 2, true);
}

static void test_dead_clamp_and_idle_phase(void **state)
{
    (void)state;
    struct scene scene = balanced(10);
    scene.i[1].size = 0;
    expect_one(&scene, WIRING_NO_CURRENT, 1, 0, false);
    scene.i_n = sum_of(scene.i); /* the neutral agrees that nothing flows there */
    expect_nothing(&scene);
    scene.i_n = 0;
    expect_one(&scene, WIRING_NO_CURRENT, 1, 0, true);
}

static void test_clamp_on_the_neutral_and_around_two(void **state)
{
    (void)state;
    struct scene scene = wye(12, 8, 10, 15, 20, 10);
    struct scene wrong = scene;
    wrong.i_n = sum_of(scene.i);
    double re = 0, im = 0;
    for (unsigned e = 0; e < 3; e++) {
        re -= scene.i[e].size * cos(scene.i[e].degrees / DEGREES);
        im -= scene.i[e].size * sin(scene.i[e].degrees / DEGREES);
    }
    wrong.i[1] = (struct conductor){hypot(re, im), atan2(im, re) * DEGREES};
    expect_named(&wrong, WIRING_CT_ON_NEUTRAL, 1, 0);
    wrong = scene;
    wrong.i_n = sum_of(scene.i);
    re = im = 0;
    for (unsigned e = 0; e < 2; e++) {
        re += scene.i[e].size * cos(scene.i[e].degrees / DEGREES);
        im += scene.i[e].size * sin(scene.i[e].degrees / DEGREES);
    }
    wrong.i[0] = (struct conductor){hypot(re, im), atan2(im, re) * DEGREES};
    expect_one(&wrong, WIRING_CT_TWO_WIRES, 0, 1, true);
}

static void test_a_clamp_that_does_not_close(void **state)
{
    (void)state;
    struct scene scene = balanced(10);
    scene.i_n = 0;
    scene.i[0].size = 3;
    expect_one(&scene, WIRING_NEUTRAL_MISMATCH, 0, 0, true);
}

static void test_aron(void **state)
{
    (void)state;
    struct scene scene = {
        .wiring = WIRING_3P3W, .elements = 2, .i_n = NAN, .u = {{400, 30}, {400, 90}}};
    for (double phi = -30; phi <= 45; phi += 15) {
        scene.i[0] = (struct conductor){10, -phi};
        scene.i[1] = (struct conductor){10, 120 - phi};
        expect_nothing(&scene);
        scene.i[1].degrees += 180;
        expect_one(&scene, WIRING_CT_REVERSED, 2, 0, true);
        scene.i[1].degrees -= 180;
        swap(&scene.i[0], &scene.i[1]);
        expect_one(&scene, WIRING_CURRENTS_SWAPPED, 0, 2, true);
    }
}

static void test_single_phase(void **state)
{
    (void)state;
    struct scene scene = {
        .wiring = WIRING_1P2W, .elements = 1, .i_n = NAN, .u = {{230, 0}}, .i = {{10, -20}}};
    expect_nothing(&scene);
    scene.i[0].degrees = 180;
    expect_nothing(&scene); /* a roof, for all one knows */
    scene.generation = GENERATION_NONE;
    expect_one(&scene, WIRING_CT_REVERSED, 0, 0, true);
}

static void test_split_phase(void **state)
{
    (void)state;
    struct scene scene = {.wiring = WIRING_1P3W,
                          .elements = 2,
                          .i_n = NAN,
                          .u = {{120, 0}, {120, 180}},
                          .i = {{10, -15}, {9, 160}}};
    expect_nothing(&scene);
    scene.i[1].degrees += 180;
    scene.generation = GENERATION_NONE;
    expect_one(&scene, WIRING_CT_REVERSED, 1, 0, true);
    scene.u[1].degrees = 0;
    expect_one(&scene, WIRING_VOLTAGES_ALIKE, 0, 1, true);
}

static void test_too_little_load_is_said(void **state)
{
    (void)state;
    struct scene scene = wye(0.01, 0.02, 0.01, 10, 200, 10);
    expect_one(&scene, WIRING_NO_LOAD, 0, 0, false);
    assert_false(judge(&scene).currents_judged);
}

static void test_settling_windows_and_wrong_configurations(void **state)
{
    (void)state;
    struct wiring_check check;
    struct wiring_check_config config = {.wiring = WIRING_3P4W, .elements = 2};
    assert_int_equal(wiring_check_init(&check, &config), ERR_ARGUMENT);
    config.elements = 3;
    assert_int_equal(wiring_check_init(&check, &config), ERR_NONE);
    const struct scene scene = balanced(0);
    struct quantities q = window_of(&scene);
    q.flags = FLAG_SETTLING;
    wiring_check_add(&check, &q);
    struct wiring_verdict verdict;
    wiring_check_verdict(&check, &verdict);
    assert_int_equal(verdict.windows, 0);
    assert_int_equal(verdict.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_wiring_is_let_pass),
        cmocka_unit_test(test_a_roof_on_one_phase_is_let_pass),
        cmocka_unit_test(test_a_load_between_two_phases_is_let_pass),
        cmocka_unit_test(test_reversed_clamp_of_each_phase),
        cmocka_unit_test(test_the_neutral_tells_a_generator_from_a_reversed_clamp),
        cmocka_unit_test(test_all_clamps_reversed),
        cmocka_unit_test(test_exchanged_clamps),
        cmocka_unit_test(test_exchanged_voltages),
        cmocka_unit_test(test_voltages_and_currents_of_different_phases),
        cmocka_unit_test(test_two_faults_at_once),
        cmocka_unit_test(test_neutral_gone),
        cmocka_unit_test(test_phase_and_neutral_exchanged),
        cmocka_unit_test(test_missing_voltages),
        cmocka_unit_test(test_same_voltage_twice),
        cmocka_unit_test(test_dead_clamp_and_idle_phase),
        cmocka_unit_test(test_clamp_on_the_neutral_and_around_two),
        cmocka_unit_test(test_a_clamp_that_does_not_close),
        cmocka_unit_test(test_aron),
        cmocka_unit_test(test_single_phase),
        cmocka_unit_test(test_split_phase),
        cmocka_unit_test(test_too_little_load_is_said),
        cmocka_unit_test(test_settling_windows_and_wrong_configurations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
