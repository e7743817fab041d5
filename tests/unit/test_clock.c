/* The clock: drift to the microsecond, its inverse, power cuts, every way to set it, saving. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/civil.h"
#include "meter/clock.h"

#define COUNT(a)   (sizeof(a) / sizeof((a)[0]))
#define S          CIVIL_US_PER_S
#define DAY        CIVIL_US_PER_DAY
#define YEARS(n)   ((n)*36525 * DAY / 100)
#define HALF_S_PPB 5787 /* 0.5 s a day, and 3.2 us */

static int64_t us_of(const char *text)
{
    int64_t utc_us = -1;
    int16_t offset_min;
    if (civil_parse(&utc_us, &offset_min, text, strlen(text)) < 0)
        fail_msg("%s\n", text);
    return utc_us;
}

static struct clock_config config_of(int32_t drift_ppb)
{
    return (struct clock_config){
        .zone = {.offset_min = 60,
                 .dst_enabled = true,
                 .dst_deviation_min = ZONE_DEVIATION,
                 .begin = {3, DST_DAY_LAST, CIVIL_SUNDAY, DST_WALL, 120},
                 .end = {10, DST_DAY_LAST, CIVIL_SUNDAY, DST_WALL, 180}},
        .base = CLOCK_BASE_CRYSTAL,
        .drift_ppb = drift_ppb,
        .backup_s = 7 * CIVIL_S_PER_DAY,
        .sync_limit_s = CLOCK_SYNC_LIMIT_S,
    };
}

/* A clock that was set to `text` at device time now_us. */
static struct clock clock_at(const char *text, int64_t now_us, int32_t drift_ppb)
{
    const struct clock_config config = config_of(drift_ppb);
    struct clock clock;
    struct clock_change change;
    assert_int_equal(clock_init(&clock, &config, now_us - S), ERR_NONE);
    assert_int_equal(clock_set(&clock, now_us, us_of(text), &change), ERR_NONE);
    assert_int_equal(change.kind, CLOCK_SET_FROM_INVALID);
    return clock;
}

static void check_time(const struct clock *clock, int64_t now_us, const char *text)
{
    char printed[CIVIL_TEXT_MAX] = "no time";
    const int64_t utc_us = clock_utc(clock, now_us);
    if (utc_us == us_of(text))
        return;
    if (civil_print(printed, utc_us, 0) < 0)
        printed[0] = '?';
    fail_msg("%s, not %s\n", printed, text);
}

static void check_change(const struct clock_change *change, int64_t size_us,
                         enum clock_change_kind kind)
{
    assert_true(change->new_utc_us - change->old_utc_us == size_us);
    assert_int_equal(change->kind, kind);
}

/* Three words of 32 bits are enough for any time times any drift, and are there on any machine:
 * floor(value * factor / 1e9) of positive numbers. */
static uint64_t mul_div_billion(uint64_t value, uint32_t factor)
{
    const uint64_t low = (value & UINT32_MAX) * factor;
    const uint64_t high = (value >> 32) * factor + (low >> 32);
    const uint64_t words[] = {high >> 32, high & UINT32_MAX, low & UINT32_MAX};
    uint64_t rest = 0, quotient = 0;
    for (unsigned k = 0; k < COUNT(words); k++) {
        rest = rest << 32 | words[k];
        quotient = quotient << 32 | rest / 1000000000;
        rest %= 1000000000;
    }
    return quotient;
}

static uint64_t next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 16;
}

static const int32_t drifts_ppb[] = {
    0, 1, -1, HALF_S_PPB, -HALF_S_PPB, 99991, CLOCK_DRIFT_MAX_PPB, -CLOCK_DRIFT_MAX_PPB,
};

/* Ten years in one go, and in a thousand steps whose fractions are carried by power cuts. */
static void test_drift_is_exact(void **state)
{
    (void)state;
    const int64_t start = 12345678901;
    for (unsigned k = 0; k < COUNT(drifts_ppb); k++) {
        struct clock whole = clock_at("2026-01-01T00:00:00Z", start, drifts_ppb[k]);
        struct clock parts = whole;
        const int64_t begin = clock_utc(&whole, start);
        const uint32_t pace = (uint32_t)(1000000000 + drifts_ppb[k]);
        int64_t elapsed = 0;
        uint64_t seed = k;
        unsigned wrong = 0;
        while (elapsed < YEARS(10)) {
            elapsed += (int64_t)(next(&seed) % (uint64_t)(YEARS(10) / 500));
            const int64_t want = begin + (int64_t)mul_div_billion((uint64_t)elapsed, pace);
            wrong += clock_utc(&whole, start + elapsed) != want;
            wrong += clock_utc(&parts, start + elapsed) != want;
            clock_power_down(&parts, start + elapsed);
            wrong += clock_utc(&parts, start + elapsed + DAY) != want;
            clock_power_up(&parts, start + elapsed, 0);
        }
        assert_int_equal(wrong, 0);
        assert_true(clock_is_valid(&parts));
    }
}

static void test_half_a_second_a_day(void **state)
{
    (void)state;
    const struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, HALF_S_PPB);
    check_time(&clock, DAY, "2026-01-02T00:00:00.499996Z");
    check_time(&clock, 365 * DAY, "2027-01-01T00:03:02.498832Z");
}

/* The inverse gives the first microsecond of the device at which the time is reached. */
static void test_inverse(void **state)
{
    (void)state;
    for (unsigned k = 0; k < COUNT(drifts_ppb); k++) {
        struct clock clock = clock_at("2026-01-01T00:00:00Z", 777, drifts_ppb[k]);
        clock_power_down(&clock, 1234567);
        clock_power_up(&clock, 1234567, 7654321); /* leaves a fraction */
        int64_t last = INT64_MIN;
        uint64_t seed = k;
        unsigned wrong = 0;
        int64_t utc = us_of("2025-12-31T00:00:00Z");
        for (unsigned n = 0; n < 2000; n++) {
            const int64_t now = clock_now_of_utc(&clock, utc);
            wrong += clock_utc(&clock, now) < utc || clock_utc(&clock, now - 1) >= utc;
            wrong += now < last;
            last = now;
            utc += n % 2 == 0 ? n % 3 : (int64_t)(next(&seed) % (uint64_t)(YEARS(160) / 1000));
        }
        assert_int_equal(wrong, 0);
        clock_power_down(&clock, 0);
        assert_true(clock_now_of_utc(&clock, utc) == CLOCK_NEVER);
    }
}

static void test_starts_invalid(void **state)
{
    (void)state;
    struct clock_config config = config_of(0);
    struct clock clock;
    struct clock_change change;
    assert_int_equal(clock_init(&clock, &config, 5), ERR_NONE);
    check_time(&clock, 5 + S, "2000-01-01T00:00:01Z");
    assert_int_equal(clock_status(&clock, 5), DATE_TIME_INVALID);
    assert_int_equal(clock_adjust_to_period(&clock, 5 + S, CLOCK_MINUTE_S, &change), ERR_NONE);
    check_change(&change, -S, CLOCK_SYNCHRONISED);
    assert_int_equal(clock_shift(&clock, 5 + S, 900, &change), ERR_NONE);
    check_change(&change, 900 * S, CLOCK_ADJUSTED);
    assert_false(clock_is_valid(&clock));
    assert_int_equal(clock_set(&clock, 6, us_of("2026-07-01T00:00:00Z"), &change), ERR_NONE);
    assert_int_equal(change.kind, CLOCK_SET_FROM_INVALID);
    assert_int_equal(clock_status(&clock, 6), DATE_TIME_DST);
    config.drift_ppb = CLOCK_DRIFT_MAX_PPB + 1;
    assert_int_equal(clock_init(&clock, &config, 0), ERR_RANGE);
    config.drift_ppb = 0;
    config.zone.begin.month = 13;
    assert_int_equal(clock_init(&clock, &config, 0), ERR_RANGE);
}

static void test_set_and_its_limits(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, HALF_S_PPB);
    struct clock_change change = {.kind = CLOCK_ADJUSTED};
    const int64_t utc = us_of("2026-01-01T00:00:00Z");
    assert_int_equal(clock_set(&clock, 0, utc + 3 * S, &change), ERR_NONE);
    check_change(&change, 3 * S, CLOCK_SYNCHRONISED);
    assert_int_equal(clock_set(&clock, 0, utc, &change), ERR_NONE);
    check_change(&change, -3 * S, CLOCK_SYNCHRONISED);
    assert_int_equal(clock_set(&clock, 0, utc + 3 * S + 1, &change), ERR_NONE);
    check_change(&change, 3 * S + 1, CLOCK_ADJUSTED);
    assert_int_equal(clock_set(&clock, 0, utc, &change), ERR_NONE);
    check_change(&change, -3 * S - 1, CLOCK_ADJUSTED);
    assert_int_equal(clock_set(&clock, 0, CLOCK_UTC_MIN - 1, &change), ERR_RANGE);
    assert_int_equal(clock_set(&clock, 0, CLOCK_UTC_MAX + 1, &change), ERR_RANGE);
    check_time(&clock, 0, "2026-01-01T00:00:00Z");
    assert_int_equal(clock_set(&clock, 0, CLOCK_UTC_MAX, &change), ERR_NONE);
    assert_int_equal(clock_shift(&clock, 0, 1, &change), ERR_RANGE);
    assert_int_equal(clock_set(&clock, 0, CLOCK_UTC_MIN, &change), ERR_NONE);
    assert_int_equal(clock_shift(&clock, 0, -1, &change), ERR_RANGE);
    clock.config.sync_limit_s = 0;
    assert_int_equal(clock_set(&clock, 0, utc, &change), ERR_NONE);
    assert_int_equal(clock_set(&clock, 0, utc + 1, &change), ERR_NONE);
    check_change(&change, 1, CLOCK_ADJUSTED);
}

/* The time that is set is exact: no fraction of the old one stays. */
static void test_set_drops_the_fraction(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, 1);
    struct clock_change change;
    clock_power_down(&clock, 999 * S);
    clock_power_up(&clock, 999 * S, 0);
    assert_int_equal(clock_set(&clock, 999 * S, us_of("2026-01-01T00:00:00Z"), &change), ERR_NONE);
    check_time(&clock, 1998 * S, "2026-01-01T00:16:39Z");
    check_time(&clock, 1999 * S, "2026-01-01T00:16:40.000001Z");
}

static void test_shift(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, 0);
    struct clock_change change = {0};
    static const int32_t bad[] = {-901, 901, INT32_MIN, INT32_MAX};
    for (unsigned k = 0; k < COUNT(bad); k++)
        assert_int_equal(clock_shift(&clock, 0, bad[k], &change), ERR_RANGE);
    check_time(&clock, 0, "2026-01-01T00:00:00Z");
    assert_int_equal(clock_shift(&clock, S, -900, &change), ERR_NONE);
    check_change(&change, -900 * S, CLOCK_ADJUSTED);
    check_time(&clock, S, "2025-12-31T23:45:01Z");
    assert_int_equal(clock_shift(&clock, 2 * S, 900, &change), ERR_NONE);
    check_time(&clock, 2 * S, "2026-01-01T00:00:02Z");
    assert_int_equal(clock_shift(&clock, 2 * S, -2, &change), ERR_NONE);
    check_change(&change, -2 * S, CLOCK_SYNCHRONISED);
}

static void test_adjust_to_period(void **state)
{
    (void)state;
    static const struct {
        uint32_t period_s;
        const char *from, *to;
    } rows[] = {
        {CLOCK_MINUTE_S, "2026-01-01T12:00:29.999999Z", "2026-01-01T12:00:00Z"},
        {CLOCK_MINUTE_S, "2026-01-01T12:00:30Z", "2026-01-01T12:01:00Z"},
        {CLOCK_MINUTE_S, "2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z"},
        {CLOCK_QUARTER_S, "2026-01-01T12:07:29.999999Z", "2026-01-01T12:00:00Z"},
        {CLOCK_QUARTER_S, "2026-01-01T12:07:30Z", "2026-01-01T12:15:00Z"},
        {CLOCK_QUARTER_S, "2026-01-01T12:45:00Z", "2026-01-01T12:45:00Z"},
        {3600, "2026-01-01T12:29:00Z", "2026-01-01T12:00:00Z"},
        /* Both ends of daylight saving: quarters and hours just go on. */
        {CLOCK_QUARTER_S, "2026-03-29T00:59:50Z", "2026-03-29T01:00:00Z"},
        {CLOCK_QUARTER_S, "2026-10-25T00:59:50Z", "2026-10-25T01:00:00Z"},
        {CLOCK_QUARTER_S, "2026-10-25T00:20:00Z", "2026-10-25T00:15:00Z"},
        {CLOCK_QUARTER_S, "2026-10-25T01:20:00Z", "2026-10-25T01:15:00Z"},
        /* Days begin at midnight of the local clock. */
        {CIVIL_S_PER_DAY, "2026-07-01T09:00:00Z", "2026-06-30T22:00:00Z"},
        {CIVIL_S_PER_DAY, "2026-07-01T11:00:00Z", "2026-07-01T22:00:00Z"},
        {CIVIL_S_PER_DAY, "2026-03-29T08:00:00Z", "2026-03-28T23:00:00Z"},
        {CIVIL_S_PER_DAY, "2026-10-25T08:00:00Z", "2026-10-24T22:00:00Z"},
    };
    for (unsigned k = 0; k < COUNT(rows); k++) {
        struct clock clock = clock_at(rows[k].from, 9 * S, HALF_S_PPB);
        struct clock_change change;
        assert_int_equal(clock_adjust_to_period(&clock, 9 * S, rows[k].period_s, &change),
                         ERR_NONE);
        check_time(&clock, 9 * S, rows[k].to);
        assert_true(change.old_utc_us == us_of(rows[k].from));
        assert_true(change.new_utc_us == us_of(rows[k].to));
    }
    struct clock clock = clock_at("2026-01-01T12:00:00Z", 0, 0);
    struct clock_change change;
    static const uint32_t bad[] = {0, 7, 2 * CIVIL_S_PER_DAY, UINT32_MAX};
    for (unsigned k = 0; k < COUNT(bad); k++)
        assert_int_equal(clock_adjust_to_period(&clock, 0, bad[k], &change), ERR_RANGE);
}

static void test_preset(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T12:00:00Z", 0, 0);
    struct clock_change change;
    const int64_t noon = us_of("2026-01-01T12:00:00Z");
    assert_int_equal(clock_adjust_to_preset(&clock, 0, &change), ERR_STATE);
    assert_int_equal(clock_preset(&clock, noon, noon + 1, noon), ERR_RANGE);
    assert_int_equal(clock_preset(&clock, CLOCK_UTC_MIN - 1, noon, noon), ERR_RANGE);
    assert_int_equal(clock_preset(&clock, noon, noon, CLOCK_UTC_MAX + 1), ERR_RANGE);
    assert_int_equal(clock_adjust_to_preset(&clock, 0, &change), ERR_STATE);
    assert_int_equal(clock_preset(&clock, noon + 60 * S, noon + 10 * S, noon + 20 * S), ERR_NONE);
    assert_int_equal(clock_adjust_to_preset(&clock, 10 * S - 1, &change), ERR_STATE);
    assert_int_equal(clock_adjust_to_preset(&clock, 20 * S + 1, &change), ERR_STATE);
    assert_int_equal(clock_adjust_to_preset(&clock, 20 * S, &change), ERR_NONE);
    check_change(&change, 40 * S, CLOCK_ADJUSTED);
    check_time(&clock, 20 * S, "2026-01-01T12:01:00Z");
    assert_int_equal(clock_preset(&clock, noon, noon, noon + 3600 * S), ERR_NONE);
    assert_int_equal(clock_adjust_to_preset(&clock, 20 * S, &change), ERR_NONE);
    assert_int_equal(clock_adjust_to_preset(&clock, 20 * S, &change), ERR_STATE); /* once */
}

static void test_power_cut_that_the_backup_carries(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, HALF_S_PPB);
    struct clock_change change;
    clock_power_down(&clock, DAY);
    clock_power_down(&clock, 2 * DAY); /* it is down already */
    check_time(&clock, 3 * DAY, "2026-01-02T00:00:00.499996Z");
    assert_int_equal(clock_set(&clock, DAY, us_of("2026-01-01T00:00:00Z"), &change), ERR_STATE);
    assert_int_equal(clock_shift(&clock, DAY, 1, &change), ERR_STATE);
    assert_int_equal(clock_adjust_to_period(&clock, DAY, 60, &change), ERR_STATE);
    clock_power_up(&clock, 17, 7 * DAY); /* device time began anew; the backup's very last moment */
    check_time(&clock, 17, "2026-01-09T00:00:03.999974Z");
    assert_true(clock_is_valid(&clock));
    clock_power_up(&clock, 1000, 5 * DAY); /* it is up already */
    check_time(&clock, 17, "2026-01-09T00:00:03.999974Z");
}

static void test_power_cut_that_is_too_long(void **state)
{
    (void)state;
    static const struct {
        uint32_t backup_s;
        int64_t off_us;
    } rows[] = {{7 * CIVIL_S_PER_DAY, 7 * DAY + 1}, {7 * CIVIL_S_PER_DAY, -1}, {0, 0}, {0, S}};
    for (unsigned k = 0; k < COUNT(rows); k++) {
        struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, 0);
        struct clock_change change;
        clock.config.backup_s = rows[k].backup_s;
        clock_power_down(&clock, DAY);
        clock_power_up(&clock, DAY + S, rows[k].off_us);
        check_time(&clock, DAY + S, "2026-01-02T00:00:00Z");
        assert_int_equal(clock_status(&clock, DAY + S), DATE_TIME_INVALID);
        const int64_t utc = us_of("2026-01-02T00:00:01Z");
        assert_int_equal(clock_set(&clock, DAY + S, utc, &change), ERR_NONE);
        check_change(&change, S, CLOCK_SET_FROM_INVALID);
    }
}

static void test_status_and_marks(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-07-01T00:00:00Z", 0, 0);
    struct clock_change change;
    struct date_time time;
    clock_mark(&clock, 0xff, true);
    assert_int_equal(clock_status(&clock, 0), DATE_TIME_DST | DATE_TIME_DOUBTFUL |
                                                  DATE_TIME_OTHER_BASE | DATE_TIME_INVALID_STATUS);
    clock_mark(&clock, DATE_TIME_INVALID_STATUS, false);
    assert_int_equal(clock_set(&clock, 0, us_of("2026-01-01T00:00:00Z"), &change), ERR_NONE);
    assert_int_equal(clock_status(&clock, 0), DATE_TIME_OTHER_BASE);
    assert_int_equal(clock_date_time(&clock, 12 * S, &time), ERR_NONE);
    assert_int_equal(time.hour, 1);
    assert_int_equal(time.second, 12);
    assert_int_equal(time.deviation_min, -60);
    assert_int_equal(time.status, DATE_TIME_OTHER_BASE);
}

/* At its device time, and not a microsecond before, saving begins. */
static void test_next_event(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, HALF_S_PPB);
    const int64_t begin = clock_next_event(&clock, 0);
    assert_int_equal(clock_status(&clock, begin - 1), 0);
    assert_int_equal(clock_status(&clock, begin), DATE_TIME_DST);
    check_time(&clock, begin, "2026-03-29T01:00:00Z");
    const int64_t end = clock_next_event(&clock, begin);
    check_time(&clock, end, "2026-10-25T01:00:00Z");
    assert_int_equal(clock_status(&clock, end), 0);
    struct zone zone = clock.config.zone;
    zone.dst_enabled = false;
    assert_int_equal(clock_set_zone(&clock, &zone), ERR_NONE);
    assert_true(clock_next_event(&clock, 0) == CLOCK_NEVER);
    zone.offset_min = 2000;
    assert_int_equal(clock_set_zone(&clock, &zone), ERR_RANGE);
    assert_int_equal(clock.config.zone.offset_min, 60);
}

static void test_drift_may_change(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, 1);
    assert_int_equal(clock_set_drift(&clock, 0, CLOCK_DRIFT_MAX_PPB + 1), ERR_RANGE);
    for (int k = 1; k <= 1000; k++) /* 1e6 us at 1 or -1 ppb: a thousandth of a microsecond */
        assert_int_equal(clock_set_drift(&clock, k * S, k < 999 ? 1 : -1), ERR_NONE);
    check_time(&clock, 1000 * S, "2026-01-01T00:16:40Z");
    assert_int_equal(clock.rest, 998000000);
    assert_int_equal(clock_set_drift(&clock, 1000 * S, 1), ERR_NONE);
    check_time(&clock, 1002 * S, "2026-01-01T00:16:42.000001Z");
}

static size_t save(const struct clock *clock, int64_t now_us, uint8_t data[CLOCK_SAVED_BYTES])
{
    struct bytes_out out = {.data = data, .size = CLOCK_SAVED_BYTES};
    clock_save(clock, now_us, &out);
    assert_false(out.bad);
    return out.used;
}

static int load(struct clock *clock, const uint8_t *data, size_t size)
{
    struct bytes_in in = {.data = data, .size = size};
    return clock_load(clock, &in);
}

static void test_save_and_load(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, HALF_S_PPB);
    const int64_t noon = us_of("2026-01-09T12:00:00Z");
    uint8_t data[CLOCK_SAVED_BYTES];
    struct zone zone = clock.config.zone;
    struct clock_change change;
    zone.offset_min = -210;
    zone.dst_deviation_min = -30;
    assert_int_equal(clock_set_zone(&clock, &zone), ERR_NONE);
    clock_mark(&clock, DATE_TIME_OTHER_BASE, true);
    assert_int_equal(clock_preset(&clock, noon, noon - 60 * S, noon), ERR_NONE);
    assert_int_equal(save(&clock, DAY, data), CLOCK_SAVED_BYTES);

    struct clock back;
    const struct clock_config config = config_of(HALF_S_PPB);
    assert_int_equal(clock_init(&back, &config, 99), ERR_NONE);
    assert_int_equal(load(&back, data, sizeof data), ERR_NONE);
    check_time(&back, 0, "2026-01-02T00:00:00.499996Z");
    assert_true(clock_now_of_utc(&back, noon) == CLOCK_NEVER);
    clock_power_up(&back, 17, 7 * DAY);
    check_time(&back, 17, "2026-01-09T00:00:03.999974Z");
    assert_int_equal(clock_status(&back, 17), clock_status(&clock, 8 * DAY));
    assert_int_equal(back.config.zone.offset_min, -210);
    assert_int_equal(back.config.zone.end.minute, 180);
    assert_true(clock_next_event(&back, 17) - 17 == clock_next_event(&clock, 0) - 8 * DAY);
    assert_int_equal(clock_adjust_to_preset(&back, clock_now_of_utc(&back, noon), &change),
                     ERR_NONE);
    clock_power_down(&back, 17 + DAY);
    uint8_t again[CLOCK_SAVED_BYTES], later[CLOCK_SAVED_BYTES];
    (void)save(&back, 17 + DAY, again);
    (void)save(&back, 17 + 2 * DAY, later); /* no time passes while power is down */
    assert_memory_equal(again, later, sizeof again);
}

/* Whatever is stored: it is refused and nothing changes, or the clock it makes is a sound one. */
static void test_damage(void **state)
{
    (void)state;
    struct clock clock = clock_at("2026-01-01T00:00:00Z", 0, HALF_S_PPB);
    const struct clock before = clock;
    uint8_t data[CLOCK_SAVED_BYTES];
    (void)save(&clock, DAY, data);
    for (size_t size = 0; size < sizeof data; size++) {
        assert_int_equal(load(&clock, data, size), ERR_TRUNCATED);
        assert_memory_equal(&clock, &before, sizeof clock);
    }
    unsigned refused = 0;
    for (unsigned bit = 0; bit < 8 * CLOCK_SAVED_BYTES; bit++) {
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        clock = before;
        if (load(&clock, data, sizeof data) == ERR_NONE) {
            clock_power_up(&clock, 0, S);
            assert_true(clock_utc(&clock, 0) >= CLOCK_UTC_MIN);
            assert_int_equal(zone_check(&clock.config.zone), ERR_NONE);
        } else {
            refused++;
            assert_memory_equal(&clock, &before, sizeof clock);
        }
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(refused > 80);
    clock = before;
    const uint8_t top_of_rest = data[13];
    data[13] = 0x7f;
    assert_int_equal(load(&clock, data, sizeof data), ERR_RANGE);
    data[13] = top_of_rest;
    data[0]++;
    assert_int_equal(load(&clock, data, sizeof data), ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drift_is_exact),
        cmocka_unit_test(test_half_a_second_a_day),
        cmocka_unit_test(test_inverse),
        cmocka_unit_test(test_starts_invalid),
        cmocka_unit_test(test_set_and_its_limits),
        cmocka_unit_test(test_set_drops_the_fraction),
        cmocka_unit_test(test_shift),
        cmocka_unit_test(test_adjust_to_period),
        cmocka_unit_test(test_preset),
        cmocka_unit_test(test_power_cut_that_the_backup_carries),
        cmocka_unit_test(test_power_cut_that_is_too_long),
        cmocka_unit_test(test_status_and_marks),
        cmocka_unit_test(test_next_event),
        cmocka_unit_test(test_drift_may_change),
        cmocka_unit_test(test_save_and_load),
        cmocka_unit_test(test_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
