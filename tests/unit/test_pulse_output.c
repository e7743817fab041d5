#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "meter/pulse_output.h"

#define KWH INT64_C(3600000000000) /* uJ */

static struct slice slice_of(int64_t p_uj, int64_t q1_uj, uint64_t start, uint32_t length)
{
    struct slice slice = {.start = start, .length = length, .elements = 1};
    slice.element[0] = slice.total =
        (struct slice_energy){p_uj, q1_uj, (uint64_t)(p_uj < 0 ? -p_uj : p_uj)};
    return slice;
}

static struct pulse_output pulse_of(struct pulse_output_config config)
{
    struct pulse_output pulse;
    assert_int_equal(pulse_output_init(&pulse, &config), ERR_NONE);
    return pulse;
}

static uint64_t add(struct pulse_output *pulse, int64_t p_uj)
{
    const struct slice slice = slice_of(p_uj, 0, 0, 1000);
    return pulse_output_add(pulse, &slice);
}

/* A small generator with a long period: the test must be the same everywhere. */
static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 24;
}

/* pulses x quantum + what is left = energy, checked modulo 2^64 and in size. */
static void check_nothing_lost(uint32_t constant, uint32_t primary, uint32_t secondary,
                               uint64_t most_uj)
{
    struct pulse_output output = pulse_of((struct pulse_output_config){
        .constant = constant, .primary = primary, .secondary = secondary});
    uint64_t state = constant, sum_uj = 0, pulses = 0;
    double kwh = 0;
    for (unsigned k = 0; k < 20000; k++) {
        const uint64_t energy_uj = next(&state) % most_uj;
        pulses += add(&output, (int64_t)energy_uj);
        sum_uj += energy_uj;
        kwh += (double)energy_uj / (double)KWH;
    }
    assert_int_equal(pulses, output.pulse.count);
    assert_true(output.pulse.rest < (uint64_t)KWH);
    assert_true(output.ratio_rest < output.config.primary);
    const uint64_t counted = (pulses * (uint64_t)KWH + output.pulse.rest) * output.config.primary;
    const uint64_t left = (uint64_t)output.ratio_rest * constant;
    assert_true(counted + left == sum_uj * output.config.secondary * constant);
    const double expected = kwh * constant * output.config.secondary / output.config.primary;
    assert_true((double)pulses <= expected + 1e-3 && (double)pulses > expected - 1.001);
}

static void test_no_remainder_is_lost(void **state)
{
    (void)state;
    check_nothing_lost(1000, 0, 0, 200 * 3680 * UINT64_C(1000)); /* up to 3.68 kW, 0.2 s */
    check_nothing_lost(1600, 0, 0, 1000000007);
    check_nothing_lost(6400, 0, 0, 60000000000);
    check_nothing_lost(7, 0, 0, 123456789); /* a quantum that is no whole number of uJ */
    check_nothing_lost(999983, 0, 0, 999999937);
    check_nothing_lost(1000, 80000, 1, UINT64_C(20000000000000)); /* 100 MW on 20 kV */
    check_nothing_lost(1, 10, 1, 60000000000);                    /* a pulse each 10 kWh */
    check_nothing_lost(5000, 2000, 5, UINT64_C(300000000000));
}

static void test_quantum_to_the_microjoule(void **state)
{
    (void)state;
    struct pulse_output pulse = pulse_of((struct pulse_output_config){.constant = 1000});
    assert_int_equal(add(&pulse, KWH / 1000 - 1), 0);
    assert_int_equal(add(&pulse, 1), 1);
    assert_int_equal(pulse.pulse.rest, 0);
    assert_int_equal(add(&pulse, KWH), 1000);
    assert_int_equal(pulse.pulse.count, 1001);
}

static void test_directions(void **state)
{
    (void)state;
    struct pulse_output import = pulse_of((struct pulse_output_config){.constant = 1000});
    struct pulse_output export =
        pulse_of((struct pulse_output_config){.constant = 1000, .direction = PULSE_EXPORT});
    struct pulse_output both =
        pulse_of((struct pulse_output_config){.constant = 1000, .direction = PULSE_ABSOLUTE});
    struct pulse_output *const all[] = {&import, &export, &both};
    for (unsigned k = 0; k < 30; k++) {
        add(all[k % 3], KWH / 1000);
        add(all[k % 3], -KWH / 250);
    }
    assert_int_equal(import.pulse.count, 10);
    assert_int_equal(export.pulse.count, 40);
    assert_int_equal(both.pulse.count, 50);
}

static void test_phases_decide_for_themselves(void **state)
{
    (void)state;
    struct slice slice = slice_of(KWH / 1000, 0, 0, 100); /* 3 - 2 = 1 Wh */
    slice.elements = 2;
    slice.element[0].p_uj = 3 * KWH / 1000;
    slice.element[1].p_uj = -2 * KWH / 1000;
    struct pulse_output sum = pulse_of((struct pulse_output_config){.constant = 1000});
    struct pulse_output each =
        pulse_of((struct pulse_output_config){.constant = 1000, .per_phase = true});
    struct pulse_output absolute = pulse_of((struct pulse_output_config){
        .constant = 1000, .per_phase = true, .direction = PULSE_ABSOLUTE});
    assert_int_equal(pulse_output_add(&sum, &slice), 1);
    assert_int_equal(pulse_output_add(&each, &slice), 3);
    assert_int_equal(pulse_output_add(&absolute, &slice), 5);
}

static void test_reactive_and_apparent(void **state)
{
    (void)state;
    const struct slice slice = slice_of(-KWH / 1000, 2 * KWH / 1000, 0, 100);
    struct pulse_output reactive =
        pulse_of((struct pulse_output_config){.constant = 1000, .quantity = PULSE_REACTIVE});
    struct pulse_output apparent =
        pulse_of((struct pulse_output_config){.constant = 1000, .quantity = PULSE_APPARENT});
    assert_int_equal(pulse_output_add(&reactive, &slice), 2);
    assert_int_equal(pulse_output_add(&apparent, &slice), 1);
}

/* Steady power: pulses come at equal distances, also across slices. */
static void test_times_within_and_across_slices(void **state)
{
    (void)state;
    struct pulse_output pulse = pulse_of((struct pulse_output_config){.constant = 1000});
    uint64_t last = 0, seen = 0;
    for (unsigned k = 0; k < 100; k++) {
        const struct slice slice =
            slice_of(KWH / 1000 * 7 / 2, 0, k * 1400, 1400); /* 3.5 a slice */
        const uint64_t pulses = pulse_output_add(&pulse, &slice);
        assert_true(pulses == 3 || pulses == 4);
        for (uint64_t n = 0; n < pulses; n++) {
            const uint64_t at = pulse_output_at(&pulse, n);
            assert_true(at >= slice.start && at < slice.start + slice.length);
            if (seen++ > 0) {
                assert_true(at - last >= 399 && at - last <= 401);
            }
            last = at;
        }
    }
    assert_int_equal(seen, 350);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct pulse_output_config bad[] = {
        {.constant = 0},
        {.constant = PULSE_CONSTANT_MAX + 1},
        {.constant = 1000, .primary = 4, .secondary = 5},
        {.constant = 1000, .secondary = 5},
    };
    struct pulse_output output;
    for (unsigned k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_int_equal(pulse_output_init(&output, &bad[k]), ERR_RANGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_remainder_is_lost),
        cmocka_unit_test(test_quantum_to_the_microjoule),
        cmocka_unit_test(test_directions),
        cmocka_unit_test(test_phases_decide_for_themselves),
        cmocka_unit_test(test_reactive_and_apparent),
        cmocka_unit_test(test_times_within_and_across_slices),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
