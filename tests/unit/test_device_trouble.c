/* The whole meter where things go wrong: clocks set back, stores that refuse, power that goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/device_words.h"

/* A sub-period made longer is too long for the windows that hold it later, too. */
static void test_sliding_demand_after_a_longer_period(void **state)
{
    (void)state;
    const struct meter_value back = {.type = METER_INTEGER, .integer = -200};
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 900 + 250);
    assert_int_equal(invoke("clock", 6, &back), 0);
    bench_run(&bench, 1500);
    assert_true(integer("p_import_max") == 3000000);
}

/* A sub-period with an outage can be made longer, too. */
static void test_demand_of_a_longer_period_with_an_outage(void **state)
{
    (void)state;
    const struct meter_value back = {.type = METER_INTEGER, .integer = -590};
    start();
    assert_int_equal(write_integer("p_import_demand", 8, 900), 0);
    assert_int_equal(write_integer("p_import_demand", 9, 1), 0);
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 900 + 600);
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us, 0), 1);
    (void)bench_load(&bench, 1000, 0);
    assert_int_equal(invoke("clock", 6, &back), 0);
    bench_run(&bench, 1200);
    assert_true(integer("p_import_max") == 3000000);
}

/* Power down is said once, also where the store fails or recovers with it. */
static void test_power_down_is_said_once(void **state)
{
    (void)state;
    for (unsigned fails = 0; fails < 2; fails++) {
        start();
        bench_run(&bench, 100);
        bench.faulty.refuse_from = bench.faulty.ops + 1;
        bench.faulty.refuse_to = UINT64_MAX;
        const int64_t now_us = bench.device.now_us + (fails ? 0 : 900 * BENCH_S);
        device_step(&bench.device, now_us);
        bench.faulty.refuse_to = fails ? UINT64_MAX : 0;
        assert_int_equal(device_power_fail(&bench.device, now_us) < 0, fails);
        bench.faulty.refuse_to = 0;
        if (fails)
            device_power_up(&bench.device, now_us + BENCH_S, BENCH_S);
        else
            assert_int_equal(bench_restart(&bench, now_us, 0), 1);
        bench_run(&bench, 900);
        assert_int_equal(count_events(EVENT_power_down), 1);
        assert_int_equal(count_events(EVENT_memory_error), 1);
        assert_int_equal(count_events(EVENT_memory_recovered), 1);
    }
}

/* A mean of a steady value is that value, however many windows it is of. */
static void test_mean_of_many_windows(void **state)
{
    (void)state;
    static struct quantities window; /* large for a small stack */
    start();
    assert_int_equal(write_integer("profile_period", 2, 3600), 0);
    window = (struct quantities){.elements = 3, .lines = 3, .u = {230, 230, 230}};
    for (unsigned k = 0; k < 3600 * 5; k++)
        assert_int_equal(meter_apply_window(&bench.device.meter, &window, 200000), 0);
    bench_run(&bench, 3600);
    const double mean = read_value(0, "u_mean_l1", 2).real;
    assert_true(mean > 229.9999 && mean < 230.0001);
}

/* A clear that the store refused comes with its next commit; till then nothing old is shown under
 * the new columns. */
static void test_refused_clear_comes_later(void **state)
{
    (void)state;
    struct meter_column column[METER_COLUMNS_MAX];
    struct meter_entry entry[4];
    const char *reason;
    struct meter *meter = &bench.device.meter;
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 1800);
    const unsigned columns = meter->profile[0].columns;
    memcpy(column, meter->profile[0].column, columns * sizeof column[0]);
    assert_int_equal(meter_find_column(meter, "wh_export", &column[4]), 0);
    bench.faulty.refuse_from = bench.faulty.ops + 1;
    bench.faulty.refuse_to = UINT64_MAX;
    assert_true(meter_profile_configure(meter, 0, 900, column, columns, &reason) < 0);
    assert_non_null(reason);
    assert_int_equal(integer("error_register"), METER_ERROR_MEMORY);
    assert_int_equal(read_profile(entry, 4, NULL), 0);
    assert_int_equal(read_value(0, "load_profile", 7).integer, 0);
    bench.faulty.refuse_to = 0;
    bench_run(&bench, 900);
    assert_int_equal(read_profile(entry, 4, NULL), 1);
    assert_int_equal(read_value(0, "load_profile", 7).integer, 1);
    assert_true(entry[0].value[4] == 0);
}

/* A profile made faster is due earlier. */
static void test_configured_profile_is_due(void **state)
{
    (void)state;
    struct meter_column column[METER_COLUMNS_MAX];
    struct meter_entry entry[8];
    const char *reason;
    struct meter *meter = &bench.device.meter;
    start();
    const unsigned columns = meter->profile[0].columns;
    memcpy(column, meter->profile[0].column, columns * sizeof column[0]);
    assert_int_equal(meter_profile_configure(meter, 0, 60, column, columns, &reason), 0);
    bench_run(&bench, 240);
    assert_int_equal(read_profile(entry, 8, NULL), 4);
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(meter_profile_configure(meter, 0, 60, column, columns, &reason), ERR_STATE);
}

/* What was reset stays reset, also without a warning. */
static void test_reset_extremes_are_kept(void **state)
{
    (void)state;
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 1000);
    assert_int_equal(read_value(0, "p_total_max", 2).type, METER_REAL);
    assert_int_equal(invoke("p_total_max", 1, NULL), 0);
    assert_int_equal(bench_restart(&bench, bench.device.now_us, 0), 1);
    assert_int_equal(read_value(0, "p_total_max", 2).type, METER_UNKNOWN);
}

/* A meter that never had power has no time, and nothing to keep. */
static void test_no_commit_before_power(void **state)
{
    (void)state;
    faulty_init(&bench.faulty, bench.image, bench.dirty, BENCH_SECTOR, BENCH_SECTORS, BENCH_UNIT);
    bench_config(&bench);
    assert_int_equal(device_init(&bench.device, &bench.config), 0);
    assert_int_equal(meter_commit(&bench.device.meter), ERR_STATE);
    assert_int_equal(device_init(&bench.device, &bench.config), 0);
}

/* Live: what waits for the slices of other circuits is counted when power goes. */
static void test_waiting_slices_count_at_power_fail(void **state)
{
    (void)state;
    start();
    struct slice slice = {.elements = 3};
    slice.total.p_uj = slice.element[0].p_uj = INT64_C(36000000000);
    const int64_t now_us = BENCH_NOW + BENCH_S;
    assert_int_equal(device_slice(&bench.device, &slice, now_us), 0);
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us, 0), 1);
    assert_true(integer("wh_import") == 10000);
}

/* Live: a slice after a gap of hours is spread over them, and none of it turns round. */
static void test_slice_after_a_long_gap(void **state)
{
    (void)state;
    start();
    struct slice slice = {.elements = 3}, aux = {.elements = 1, .circuit = 1};
    const int64_t gap_us = 43200 * BENCH_S;
    slice.total.p_uj = slice.element[0].p_uj = 2 * gap_us - 1;
    assert_int_equal(device_slice(&bench.device, &slice, BENCH_NOW + gap_us), 0);
    assert_int_equal(device_slice(&bench.device, &aux, BENCH_NOW + gap_us), 0);
    assert_true(integer("wh_export") == 0);
    assert_true(integer("wh_import") == 2 * gap_us / METER_UJ_PER_MWH - 1);
    assert_true(integer("p_import_max") == 2000);
}

/* Daylight saving in the status is that of the end of the interval, not of the day when power came
 * back. */
static void test_saving_of_an_interval_before_an_outage(void **state)
{
    (void)state;
    struct meter_entry entry[8];
    start();
    bench.config.meter.clock = (struct clock_config){
        .zone = {.offset_min = 60,
                 .dst_enabled = true,
                 .dst_deviation_min = 60,
                 .begin = {3, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60},
                 .end = {10, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60}},
        .backup_s = 200 * 86400,
    };
    assert_int_equal(clock_set_zone(&bench.device.meter.clock, &bench.config.meter.clock.zone), 0);
    bench_run(&bench, 1000);
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us, 120 * 86400 * BENCH_S), 1);
    bench_run(&bench, 900);
    const unsigned count = read_profile(entry, 8, NULL);
    assert_int_equal(count, 4);
    assert_int_equal(entry[2].status, INTERVAL_POWER_DOWN | INTERVAL_DST);
    assert_int_equal(entry[3].status, INTERVAL_POWER_DOWN);
}

static void test_profiles_need_their_table(void **state)
{
    (void)state;
    start();
    bench.config.meter.profile = NULL;
    assert_int_equal(device_init(&bench.device, &bench.config), ERR_ARGUMENT);
    bench.config.block = NULL;
    assert_int_equal(meter_init(&bench.device.meter, &bench.config.meter), ERR_ARGUMENT);
}

/* A clock may be set to its last second, and time goes on: what is kept then must come back. */
static void test_memory_of_a_clock_past_its_range(void **state)
{
    (void)state;
    start();
    (void)bench_load(&bench, 1200, 0);
    assert_int_equal(set_clock(CLOCK_UTC_MAX - 10 * BENCH_S), 0);
    bench_run(&bench, 3 * 86400);
    const int64_t energy = integer("wh_import");
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us, 0), 1);
    assert_true(integer("wh_import") == energy);
    assert_int_equal(integer("error_register"), METER_ERROR_CLOCK);
    assert_int_equal(set_clock(BENCH_UTC), 0);
    (void)bench_load(&bench, 1200, 0);
    bench_run(&bench, 1800);
    assert_int_equal(invoke("load_profile", 2, NULL), 0);
    assert_int_equal(bench_restart(&bench, bench.device.now_us, 0), 1);
    assert_true(integer("wh_import") == energy + 1800000);
}

/* The most that may flow in the longest step, and nothing beyond. */
static void test_load_has_limits(void **state)
{
    (void)state;
    const int64_t most_w = DEVICE_POWER_MAX_M / 1000;
    start();
    assert_int_equal(write_integer("p_import_demand", 9, 1), 0);
    assert_int_equal(write_integer("p_import_demand", 8, 86400), 0);
    assert_int_equal(write_integer("profile_period", 2, 86400), 0);
    assert_int_equal(bench_load(&bench, most_w + 1, 0), ERR_RANGE);
    assert_int_equal(bench_load(&bench, -most_w - 1, 0), ERR_RANGE);
    assert_int_equal(bench_load(&bench, most_w / 2, most_w), 0);
    bench_run(&bench, 2 * 86400);
    assert_true(integer("wh_import") == most_w / 2 * 3 * 48 * 1000 % INT64_C(1000000000000));
}

/* The current average of a sub-period made longer is none of a shorter one. */
static void test_current_demand_of_a_longer_period(void **state)
{
    (void)state;
    const struct meter_value back = {.type = METER_INTEGER, .integer = -3};
    start();
    assert_int_equal(write_integer("p_import_demand", 9, 1), 0);
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 300 + 250);
    for (unsigned k = 0; k < 60; k++) /* so little each time that it ends nothing */
        assert_int_equal(invoke("clock", 6, &back), 0);
    bench_run(&bench, 200);
    assert_true(integer("p_import_demand") == 3000000);
}

/* A store that works again for one commit only has failed twice, and the register says so. */
static void test_store_that_recovers_for_a_moment(void **state)
{
    (void)state;
    for (unsigned k = 1; k < 60; k++) {
        start();
        bench.faulty.refuse_from = bench.faulty.ops + 1;
        bench.faulty.refuse_to = UINT64_MAX;
        bench_run(&bench, 300);
        bench.faulty.refuse_from = bench.faulty.ops + k;
        bench_run(&bench, 300);
        const bool fails = bench.device.meter.store_error < 0;
        assert_int_equal(integer("error_register"), fails ? METER_ERROR_MEMORY : 0);
        bench.faulty.refuse_to = 0;
        bench_run(&bench, 300);
        assert_int_equal(count_events(EVENT_memory_error), count_events(EVENT_memory_recovered));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sliding_demand_after_a_longer_period),
        cmocka_unit_test(test_demand_of_a_longer_period_with_an_outage),
        cmocka_unit_test(test_power_down_is_said_once),
        cmocka_unit_test(test_mean_of_many_windows),
        cmocka_unit_test(test_refused_clear_comes_later),
        cmocka_unit_test(test_configured_profile_is_due),
        cmocka_unit_test(test_reset_extremes_are_kept),
        cmocka_unit_test(test_no_commit_before_power),
        cmocka_unit_test(test_waiting_slices_count_at_power_fail),
        cmocka_unit_test(test_slice_after_a_long_gap),
        cmocka_unit_test(test_saving_of_an_interval_before_an_outage),
        cmocka_unit_test(test_profiles_need_their_table),
        cmocka_unit_test(test_memory_of_a_clock_past_its_range),
        cmocka_unit_test(test_load_has_limits),
        cmocka_unit_test(test_current_demand_of_a_longer_period),
        cmocka_unit_test(test_store_that_recovers_for_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
