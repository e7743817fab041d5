/* The whole meter in virtual time: intervals, demands, clock, events, and what power leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit/device_words.h"

static void test_intervals_end_where_the_clock_says(void **state)
{
    (void)state;
    struct meter_entry entry[8];
    start();
    assert_int_equal(bench_load(&bench, 1200, 60), 0);
    bench_run(&bench, 1800 + 10);
    /* The interval that began with the invalid clock ended when the clock was set. */
    const unsigned count = read_profile(entry, 8, NULL);
    assert_int_equal(count, 3);
    assert_true(entry[0].status & INTERVAL_CLOCK_INVALID);
    assert_false(entry[1].status & INTERVAL_CLOCK_INVALID);
    assert_true(entry[1].utc_us == BENCH_UTC + 900 * BENCH_S);
    assert_true(entry[2].utc_us == BENCH_UTC + 1800 * BENCH_S);
    assert_int_equal(entry[2].status, 0);
    assert_true(entry[1].status & INTERVAL_CLOCK_ADJUSTED);
    assert_true(entry[2].value[0] == entry[2].utc_us / 1000);
    assert_true(entry[2].value[2] == 900000);  /* 3.6 kW for 15 min, mWh */
    assert_true(entry[2].value[3] == 225000);  /* a quarter of it, mvarh */
    assert_true(entry[2].value[4] == 1800000); /* the register itself */
    assert_true(entry[2].value[5] == 3600000); /* demand, mW */
    assert_true(entry[2].value[6] == 230000);
    assert_true(entry[2].value[7] == 50000);
    assert_true(entry[2].value[8] == 30000);
    assert_true(integer("wh_import") == 1810000); /* and ten seconds */
    assert_true(integer("power_failures") == 0);
}

static void test_profile_by_range_and_columns(void **state)
{
    (void)state;
    struct meter_entry entry[8];
    struct profile_cursor cursor;
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 20 * 900);
    struct meter_range range = {.by = RANGE_TIME,
                                .from_utc_us = BENCH_UTC + 900 * 5 * BENCH_S,
                                .to_utc_us = BENCH_UTC + 900 * 7 * BENCH_S};
    assert_int_equal(read_profile(entry, 8, &range), 3);
    assert_true(entry[0].utc_us == range.from_utc_us);
    range = (struct meter_range){.by = RANGE_ENTRIES, .from = 2, .to = 4};
    assert_int_equal(read_profile(entry, 8, &range), 3);
    assert_true(entry[2].utc_us == BENCH_UTC + 900 * 3 * BENCH_S);
    static const uint8_t column[] = {4, 0};
    assert_int_equal(profile_open(&cursor, &bench.device.meter, 0, &range, column, 2), 0);
    assert_int_equal(profile_next(&cursor, entry), 1);
    assert_int_equal(entry[0].values, 2);
    assert_true(entry[0].value[0] == 750000);
    assert_true(entry[0].value[1] == entry[0].utc_us / 1000);
    static const uint8_t beyond[] = {9};
    assert_int_equal(profile_open(&cursor, &bench.device.meter, 0, &range, beyond, 1), ERR_RANGE);
    range.from = 0;
    assert_int_equal(profile_open(&cursor, &bench.device.meter, 0, &range, NULL, 0), ERR_RANGE);
    assert_int_equal(profile_open(&cursor, &bench.device.meter, 1, &range, NULL, 0), ERR_NOT_FOUND);
}

/* What a face needs beside the cursors: columns, the newest events, the meter's own time. */
static void test_what_faces_ask(void **state)
{
    (void)state;
    const struct meter_column *column;
    struct meter_event event;
    const struct meter *meter = &bench.device.meter;
    start();
    assert_int_equal(meter_profile_columns(meter, 0, &column), 9);
    assert_true(meter_column_is_head(&column[0]) && meter_column_is_head(&column[1]));
    assert_false(meter_column_is_head(&column[2]));
    assert_int_equal(meter_profile_columns(meter, 1, &column), 0);
    uint32_t cursor = meter_newest_events(meter, 2); /* of four: power, clock, and its setting */
    assert_int_equal(meter_next_event(meter, &cursor, &event), 1);
    assert_int_equal(event.code, EVENT_clock_old);
    cursor = meter_newest_events(meter, 100);
    assert_int_equal(meter_next_event(meter, &cursor, &event), 1);
    assert_int_equal(event.number, 1);
    assert_int_equal(meter_local_time(meter, BENCH_UTC).offset_min, 60);
}

/* A cursor opened before the ring went round goes on with what is left, and ends where it would
 * have ended. */
static void test_cursor_survives_new_entries(void **state)
{
    (void)state;
    static const struct meter_range all = {.by = RANGE_ALL};
    struct profile_cursor cursor;
    struct meter_entry entry;
    start();
    bench_run(&bench, 99 * 900);
    assert_int_equal(profile_open(&cursor, &bench.device.meter, 0, &all, NULL, 0), 0);
    assert_int_equal(profile_next(&cursor, &entry), 1);
    assert_int_equal(entry.number, 1);
    bench_run(&bench, 50 * 900);
    uint32_t last = 1, count = 0;
    while (profile_next(&cursor, &entry) == 1) {
        assert_true(count == 0 || entry.number == last + 1);
        assert_true(entry.number > last);
        last = entry.number;
        count++;
    }
    assert_int_equal(last, 100); /* the newest when it was opened */
    assert_true(count >= 50 && count < 99);
    assert_int_equal(integer("profile_period"), 900);
    assert_int_equal(read_value(0, "load_profile", 7).integer, BENCH_ENTRIES);
}

static void test_sliding_demand(void **state)
{
    (void)state;
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 900);
    assert_true(integer("p_import_max") == 3000000);
    (void)bench_load(&bench, 2000, 0);
    bench_run(&bench, 300);
    /* two sub-periods of 3 kW and one of 6 */
    assert_true(integer("p_import_last") == 4000000);
    assert_true(integer("p_import_max") == 4000000);
    (void)bench_load(&bench, 0, 0);
    bench_run(&bench, 150);
    assert_true(integer("p_import_demand") == 3000000); /* 3 + 6 + nothing yet */
    bench_run(&bench, 150);
    const struct meter_value time = read_value(0, "p_import_max", 5);
    assert_true(time.time.utc_us == BENCH_UTC + 1200 * BENCH_S);
    assert_int_equal(time.time.offset_min, 60);
    assert_int_equal(read_value(0, "p_import_demand", 8).integer, 300);
    assert_int_equal(read_value(0, "p_import_demand", 9).integer, 3);
    assert_int_equal(invoke("p_import_max", 1, NULL), 0);
    assert_true(integer("p_import_max") == 0);
    assert_int_equal(count_events(EVENT_demand_reset), 1);
    assert_int_equal(write_integer("p_import_demand", 9, 1), 0);
    (void)bench_load(&bench, 500, 0);
    bench_run(&bench, 600);
    assert_true(integer("p_import_max") == 1500000);
    assert_int_equal(write_integer("p_import_demand", 9, 16), ERR_RANGE);
    assert_int_equal(write_integer("demand_period", 2, 7), ERR_RANGE);
    assert_int_equal(write_integer("wh_import", 2, 7), ERR_UNSUPPORTED);
    assert_int_equal(invoke("wh_import", 1, NULL), ERR_UNSUPPORTED);
}

/* Of 3 kW that flowed for so many seconds of a window of 900. */
static int64_t average_mw(int64_t seconds)
{
    return (seconds * 3000000 + 450) / 900;
}

/* A window of an hour ago is none of the next: periods without power count as periods. */
static void test_demand_window_over_an_outage(void **state)
{
    (void)state;
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 900 + 10);
    assert_true(integer("p_import_max") == 3000000);
    assert_int_equal(invoke("p_import_max", 1, NULL), 0);
    bench_run(&bench, 290 + 300 + 10);
    assert_true(integer("p_import_max") == average_mw(290 + 300));
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us + 3600 * BENCH_S, 3600 * BENCH_S), 1);
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 290);
    assert_true(integer("p_import_last") == average_mw(290));
    assert_true(integer("p_import_max") == average_mw(290 + 300 + 10));
    /* Nobody knows how long it was off: a window begins anew, also in the middle of a period. */
    bench_run(&bench, 600 + 100);
    assert_int_equal(device_power_fail(&bench.device, bench.device.now_us), 0);
    assert_int_equal(bench_restart(&bench, bench.device.now_us, -1), 1);
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 200);
    assert_true(integer("p_import_last") == average_mw(200));
}

/* A clock that is put back ends the sub-period: none is longer than its share of the window. */
static void test_demand_when_the_clock_goes_back(void **state)
{
    (void)state;
    const struct meter_value back = {.type = METER_INTEGER, .integer = -250};
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 290);
    assert_int_equal(invoke("clock", 6, &back), 0);
    bench_run(&bench, 3 * 300);
    assert_true(integer("p_import_max") == average_mw(260 + 300 + 300));
    const struct meter_value little = {.type = METER_INTEGER, .integer = -2};
    assert_int_equal(invoke("clock", 6, &little), 0);
    bench_run(&bench, 4 * 300);
    assert_true(integer("p_import_max") == 3000000);
}

static int64_t sum_of_intervals(void)
{
    static struct meter_entry entry[BENCH_ENTRIES];
    const unsigned count = read_profile(entry, BENCH_ENTRIES, NULL);
    int64_t sum = 0;
    for (unsigned k = 0; k < count; k++)
        sum += entry[k].value[2];
    return sum;
}

/* Whatever is done to the clock, every mWh is in one interval. */
static void test_no_interval_is_lost_or_doubled(void **state)
{
    (void)state;
    static const int shift_s[] = {1, -1, 40, -40, 800, -800, 900, -900};
    start();
    (void)bench_load(&bench, 1234, 0);
    for (unsigned k = 0; k < sizeof shift_s / sizeof shift_s[0]; k++) {
        const struct meter_value value = {.type = METER_INTEGER, .integer = shift_s[k]};
        bench_run(&bench, 1000);
        assert_int_equal(invoke("clock", 6, &value), 0);
    }
    bench_run(&bench, 700);
    assert_int_equal(set_clock(BENCH_UTC + 86400 * BENCH_S), 0);
    bench_run(&bench, 700);
    assert_int_equal(set_clock(BENCH_UTC), 0);
    bench_run(&bench, 2000);
    assert_int_equal(invoke("load_profile", 2, NULL), 0); /* capture what runs */
    assert_true(sum_of_intervals() == integer("wh_import"));
    assert_int_equal(count_events(EVENT_clock_old), count_events(EVENT_clock_new));
    assert_int_equal(count_events(EVENT_clock_old), 1 + 6 + 2); /* the first set, no 1 s, both */
    const struct meter_value late = {.type = METER_INTEGER, .integer = 901};
    assert_int_equal(invoke("clock", 6, &late), ERR_RANGE);
}

static void test_power_with_warning_loses_nothing(void **state)
{
    (void)state;
    struct meter_entry entry[8];
    start();
    (void)bench_load(&bench, 1111, 77);
    bench_run(&bench, 1000);
    const int64_t before = integer("wh_import");
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us + 3600 * BENCH_S, 3600 * BENCH_S), 1);
    assert_true(integer("wh_import") == before);
    assert_true(read_value(0, "clock", 2).time.utc_us == BENCH_UTC + 4600 * BENCH_S);
    assert_int_equal(integer("power_failures"), 1);
    assert_int_equal(count_events(EVENT_power_down), 1);
    assert_int_equal(count_events(EVENT_power_up), 2);
    /* The interval in which power went has its own end as its stamp. */
    assert_int_equal(read_profile(entry, 8, NULL), 3);
    assert_true(entry[2].utc_us == BENCH_UTC + 1800 * BENCH_S);
    assert_true(entry[2].status & INTERVAL_POWER_DOWN);
    (void)bench_load(&bench, 1111, 77);
    bench_run(&bench, 900);
    assert_int_equal(invoke("load_profile", 2, NULL), 0);
    assert_true(sum_of_intervals() == integer("wh_import"));
}

/* What a window saw before an outage is no part of the windows after it. */
static void test_demand_after_an_outage(void **state)
{
    (void)state;
    start();
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 900);
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us + 1800 * BENCH_S, 1800 * BENCH_S), 1);
    (void)bench_load(&bench, 1000, 0);
    bench_run(&bench, 300);
    assert_true(integer("p_import_last") == 1000000); /* one sub-period of three */
    assert_true(integer("p_import_max") == 3000000);
}

static void test_backup_runs_out(void **state)
{
    (void)state;
    start();
    bench_run(&bench, 100);
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us, 8 * 86400 * BENCH_S), 1);
    assert_int_equal(read_value(0, "clock", 4).integer & DATE_TIME_INVALID, DATE_TIME_INVALID);
    assert_int_equal(count_events(EVENT_clock_invalid), 2); /* when it was new, and now */
    assert_int_equal(integer("error_register"), METER_ERROR_CLOCK);
    assert_int_equal(set_clock(BENCH_UTC + 9 * 86400 * BENCH_S), 0);
    assert_int_equal(integer("error_register"), 0);
}

/* Without a warning: what was kept last comes back, at most commit_s old. */
static void test_power_without_warning_loses_the_bound(void **state)
{
    (void)state;
    start();
    bench.config.meter.commit_s = 60;
    assert_int_equal(bench_restart(&bench, BENCH_NOW + 10 * BENCH_S, 10 * BENCH_S), 1);
    (void)bench_load(&bench, 1200, 0); /* 1 mWh is 1 s */
    bench_run(&bench, 1234);
    const int64_t before = integer("wh_import");
    assert_int_equal(bench_restart(&bench, bench.device.now_us, -1), 1);
    const int64_t lost_m = before - integer("wh_import");
    assert_true(lost_m >= 0 && lost_m <= 60 * 1000);
    assert_int_equal(count_events(EVENT_power_down), 2);
    assert_int_equal(count_events(EVENT_power_up), 3);
}

static void test_store_that_refuses_is_said_once(void **state)
{
    (void)state;
    start();
    (void)bench_load(&bench, 1200, 0);
    bench_run(&bench, 1000);
    bench.faulty.refuse_from = bench.faulty.ops + 1;
    bench.faulty.refuse_to = UINT64_MAX;
    bench_run(&bench, 20 * 900);
    assert_int_equal(integer("error_register"), METER_ERROR_MEMORY);
    assert_true(integer("wh_import") == 19000000); /* it measured on */
    assert_int_equal(count_events(EVENT_memory_error), 0);
    bench.faulty.refuse_to = 0;
    bench_run(&bench, 900);
    assert_int_equal(integer("error_register"), 0);
    assert_int_equal(count_events(EVENT_memory_error), 1);
    assert_int_equal(count_events(EVENT_memory_recovered), 1);
    assert_true(bench.device.meter.lost == 0);
}

/* Entries that the log lacks are told by the log, even if power goes right after what it has. */
static void test_what_was_lost_is_in_the_same_commit(void **state)
{
    (void)state;
    struct meter_entry entry[32];
    for (unsigned cut = 36; cut < 52; cut++) {
        start();
        (void)bench_load(&bench, 1200, 0);
        bench_run(&bench, 1000);
        const unsigned before = read_profile(entry, 32, NULL);
        bench.faulty.refuse_from = bench.faulty.ops + 1;
        bench.faulty.refuse_to = UINT64_MAX;
        bench_run(&bench, 20 * 900);
        assert_true(bench.device.meter.lost > 0);
        bench.faulty.refuse_to = 0;
        bench.faulty.mode = FAULTY_WHOLE;
        bench.faulty.cut_at = bench.faulty.ops + cut;
        bench_run(&bench, 900);
        assert_int_equal(bench_restart(&bench, bench.device.now_us, BENCH_S), 1);
        const bool is_kept = read_profile(entry, 32, NULL) > before + 1;
        assert_int_equal(count_events(EVENT_memory_recovered), is_kept ? 1 : 0);
    }
}

/* A store that works again just when power fails is no reason to log that twice. */
static void test_store_recovers_with_the_warning(void **state)
{
    (void)state;
    start();
    bench.faulty.refuse_from = bench.faulty.ops + 1;
    bench.faulty.refuse_to = UINT64_MAX;
    bench_run(&bench, 2000);
    bench.faulty.refuse_to = 0;
    assert_int_equal(device_power_fail(&bench.device, bench.device.now_us), 0);
    assert_int_equal(bench_restart(&bench, bench.device.now_us, BENCH_S), 1);
    assert_int_equal(count_events(EVENT_memory_recovered), 1);
    assert_int_equal(count_events(EVENT_power_down), 1);
    assert_int_equal(count_events(EVENT_power_up), 2);
}

/* A commit in the middle of the journal rots: said once, and the later ones count. */
static void test_a_damaged_store_is_said_once(void **state)
{
    (void)state;
    start();
    (void)bench_load(&bench, 1200, 0);
    for (unsigned k = 0; k < 20; k++) {
        bench_run(&bench, 60);
        assert_int_equal(meter_commit(&bench.device.meter), 0);
    }
    const struct storage *store = &bench.device.storage;
    const uint32_t bank = (store->bank_sector + store->bank * store->bank_sectors) * BENCH_SECTOR;
    assert_true(store->end > 2500);
    bench.image[bank + store->end - 2500] ^= 1;
    const int64_t before = integer("wh_import"), now_us = bench.device.now_us;
    assert_int_equal(bench_restart(&bench, now_us, 0), 1);
    assert_true(integer("wh_import") == before);
    assert_int_equal(count_events(EVENT_memory_error), 1);
    assert_int_equal(bench_restart(&bench, now_us, 0), 1);
    assert_int_equal(count_events(EVENT_memory_error), 1); /* the journal has moved on since */
}

/* Another version of a record: the whole is refused, and nothing was taken over. */
static void test_foreign_records_are_refused(void **state)
{
    (void)state;
    static const uint8_t foreign[] = {2, 0, 0, 0};
    start();
    (void)bench_load(&bench, 1200, 0);
    bench_run(&bench, 1000);
    const struct store_change change = {STORE_PUT, METER_KEY_STATE, sizeof foreign, foreign};
    assert_int_equal(bench.device.store.commit(bench.device.store.ctx, &change, 1), 0);
    faulty_power_on(&bench.faulty);
    assert_int_equal(device_init(&bench.device, &bench.config), ERR_FORMAT);
    assert_true(integer("wh_import") == 0);
    assert_int_equal(integer("power_failures"), 0);
}

static void test_refused_parameter_says_so(void **state)
{
    (void)state;
    start();
    bench.faulty.refuse_from = bench.faulty.ops + 1;
    bench.faulty.refuse_to = UINT64_MAX;
    assert_int_equal(write_integer("ct_numerator", 2, 300), ERR_STATE);
    assert_int_equal(integer("ct_numerator"), 300);
    bench.faulty.refuse_to = 0;
    bench_run(&bench, 900);
    assert_int_equal(bench_restart(&bench, bench.device.now_us, -1), 1);
    assert_int_equal(integer("ct_numerator"), 300);
}

static void test_parameters_survive(void **state)
{
    (void)state;
    struct meter_column column[3];
    const char *reason;
    start();
    assert_int_equal(write_integer("ct_numerator", 2, 200), 0);
    assert_int_equal(write_integer("ct_denominator", 2, 5), 0);
    assert_int_equal(write_integer("ct_denominator", 2, 0), ERR_RANGE);
    assert_int_equal(write_integer("clock", 3, -120), 0);
    assert_int_equal(meter_find_column(&bench.device.meter, "clock", &column[0]), 0);
    assert_int_equal(meter_find_column(&bench.device.meter, "1-0:2.8.0", &column[1]), 0);
    assert_int_equal(meter_find_column(&bench.device.meter, "aux/i_mean", &column[2]), 0);
    assert_int_equal(meter_profile_configure(&bench.device.meter, 0, 300, column, 3, &reason), 0);
    assert_int_equal(meter_profile_configure(&bench.device.meter, 0, 299, column, 3, &reason),
                     ERR_RANGE);
    bench_run(&bench, 650);
    const int64_t now_us = bench.device.now_us;
    assert_int_equal(device_power_fail(&bench.device, now_us), 0);
    assert_int_equal(bench_restart(&bench, now_us, 0), 1);
    assert_int_equal(integer("ct_numerator"), 200);
    assert_int_equal(integer("ct_denominator"), 5);
    assert_int_equal(integer("profile_period"), 300);
    assert_int_equal(read_value(0, "clock", 3).integer, -120);
    assert_int_equal(integer("changes"), 4);
    struct meter_entry entry[4];
    assert_int_equal(read_profile(entry, 4, NULL), 2);
    assert_int_equal(entry[1].values, 3);
    assert_true(entry[1].value[2] == METER_UNKNOWN_M || entry[1].value[2] == 0);
    bench_run(&bench, 300);
    assert_int_equal(read_profile(entry, 4, NULL), 3);
}

/* A short slice says nothing of its direction. */
static void test_brief_slices_keep_direction(void **state)
{
    (void)state;
    start();
    struct slice slice = {.elements = 3};
    const int64_t uj[] = {5000000, -40000, -40000, 6000000};
    for (unsigned k = 0; k < 4; k++) {
        slice.brief = k == 1 || k == 2;
        slice.total.p_uj = uj[k];
        slice.element[0].p_uj = uj[k];
        assert_int_equal(meter_apply_slice(&bench.device.meter, &slice), 0);
    }
    const struct meter_register *import = &bench.meter_memory[0].energy[0][ENERGY_wh_import];
    const struct meter_register *export = &bench.meter_memory[0].energy[0][ENERGY_wh_export];
    assert_true(import->value_m * METER_UJ_PER_MWH + import->rest_uj == 10920000);
    assert_true(export->value_m == 0 && export->rest_uj == 0);
}

/* Live: slices of metrology end anywhere; one across the end of an interval is divided. */
static void test_live_slices_are_divided(void **state)
{
    (void)state;
    struct meter_entry entry[4];
    start();
    struct slice slice = {.elements = 3}, aux = {.elements = 1, .circuit = 1};
    for (unsigned k = 1; k <= 10; k++) {
        slice.total.p_uj = slice.element[0].p_uj = INT64_C(180000000000);
        assert_int_equal(device_slice(&bench.device, &slice, BENCH_NOW + k * 180 * BENCH_S), 0);
        assert_int_equal(device_slice(&bench.device, &aux, BENCH_NOW + k * 180 * BENCH_S), 0);
    }
    assert_int_equal(read_profile(entry, 4, NULL), 3);
    assert_true(entry[1].value[2] == 250000);
    assert_true(entry[2].value[2] == 250000);
    assert_true(integer("wh_import") == 500000);
}

/* Cuts at many writes; each comes back with what some commit had. */
static void test_cuts(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 120; k++) {
        start();
        bench.config.meter.commit_s = 60;
        assert_int_equal(bench_restart(&bench, BENCH_NOW, 0), 1);
        (void)bench_load(&bench, 1200, 0);
        bench.faulty.random = k + 1;
        bench.faulty.mode = (enum faulty_mode)(k % FAULTY_REORDER);
        bench.faulty.cut_at = bench.faulty.ops + 1 + k * 3;
        while (!bench.faulty.off)
            bench_run(&bench, 1);
        const int64_t before = integer("wh_import");
        assert_int_equal(bench_restart(&bench, bench.device.now_us, -1), 1);
        const int64_t lost_m = before - integer("wh_import");
        assert_true(lost_m >= 0 && lost_m <= 60 * 1000);
        (void)bench_load(&bench, 1200, 0);
        bench_run(&bench, 2000);
        assert_int_equal(invoke("load_profile", 2, NULL), 0);
        assert_true(sum_of_intervals() == integer("wh_import"));
        (void)count_events(0);
        assert_int_equal(bench.faulty.broken, 0);
    }
}

/* Intervals of an hour, and a zone of half an hour: the one that runs ends on the new grid. */
static void test_another_zone(void **state)
{
    (void)state;
    struct meter_entry entry[8];
    start();
    assert_int_equal(write_integer("profile_period", 2, 3600), 0);
    (void)bench_load(&bench, 1200, 0);
    bench_run(&bench, 3600 + 600);
    assert_int_equal(write_integer("clock", 3, -330), 0);
    bench_run(&bench, 3 * 3600);
    const unsigned count = read_profile(entry, 8, NULL);
    assert_int_equal(count, 4);
    assert_true(entry[1].utc_us == BENCH_UTC + (3600 + 1800) * BENCH_S);
    assert_true(entry[1].status & INTERVAL_CLOCK_ADJUSTED);
    assert_true(entry[2].utc_us == entry[1].utc_us + 3600 * BENCH_S);
    assert_int_equal(entry[2].status, 0);
    assert_true(entry[1].value[2] + entry[2].value[2] == 3600000 * 3 / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals_end_where_the_clock_says),
        cmocka_unit_test(test_profile_by_range_and_columns),
        cmocka_unit_test(test_what_faces_ask),
        cmocka_unit_test(test_cursor_survives_new_entries),
        cmocka_unit_test(test_sliding_demand),
        cmocka_unit_test(test_demand_window_over_an_outage),
        cmocka_unit_test(test_demand_when_the_clock_goes_back),
        cmocka_unit_test(test_no_interval_is_lost_or_doubled),
        cmocka_unit_test(test_power_with_warning_loses_nothing),
        cmocka_unit_test(test_demand_after_an_outage),
        cmocka_unit_test(test_backup_runs_out),
        cmocka_unit_test(test_power_without_warning_loses_the_bound),
        cmocka_unit_test(test_store_that_refuses_is_said_once),
        cmocka_unit_test(test_a_damaged_store_is_said_once),
        cmocka_unit_test(test_foreign_records_are_refused),
        cmocka_unit_test(test_refused_parameter_says_so),
        cmocka_unit_test(test_what_was_lost_is_in_the_same_commit),
        cmocka_unit_test(test_store_recovers_with_the_warning),
        cmocka_unit_test(test_parameters_survive),
        cmocka_unit_test(test_brief_slices_keep_direction),
        cmocka_unit_test(test_live_slices_are_divided),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_another_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
