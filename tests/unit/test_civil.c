/* Civil time: the calendar day by day, ISO text, zones against the tables of the time zone database
 * (2025b), and the 12 octets of DLMS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/civil.h"
#include "base/date_time.h"
#include "base/zone.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define S        CIVIL_US_PER_S

static const struct dst_rule last_sunday_of_march_2 = {3, DST_DAY_LAST, CIVIL_SUNDAY, DST_WALL,
                                                       120};

static struct zone cet(void)
{
    return (struct zone){
        .offset_min = 60,
        .dst_enabled = true,
        .dst_deviation_min = ZONE_DEVIATION,
        .begin = last_sunday_of_march_2,
        .end = {10, DST_DAY_LAST, CIVIL_SUNDAY, DST_WALL, 180},
    };
}

static struct zone sydney(void)
{
    return (struct zone){
        .offset_min = 600,
        .dst_enabled = true,
        .dst_deviation_min = 60,
        .begin = {10, DST_DAY_OF_WEEK(1), CIVIL_SUNDAY, DST_STANDARD, 120},
        .end = {4, DST_DAY_OF_WEEK(1), CIVIL_SUNDAY, DST_STANDARD, 120},
    };
}

static struct zone lord_howe(void)
{
    struct zone zone = sydney();
    zone.offset_min = 630;
    zone.dst_deviation_min = 30;
    zone.begin.reference = zone.end.reference = DST_WALL;
    return zone;
}

/* Irish law: standard time in summer, an hour less in winter; the instants of all Europe. */
static struct zone dublin(void)
{
    return (struct zone){
        .offset_min = 60,
        .dst_enabled = true,
        .dst_deviation_min = -60,
        .begin = {10, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60},
        .end = {3, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60},
    };
}

static const uint32_t cet_changes_s[] = {
    1585443600, 1603587600, 1616893200, 1635642000, 1648342800, 1667091600, 1679792400,
    1698541200, 1711846800, 1729990800, 1743296400, 1761440400, 1774746000, 1792890000,
    1806195600, 1824944400, 1837645200, 1856394000, 1869094800, 1887843600, 1901149200,
    1919293200, 1932598800, 1950742800, 1964048400, 1982797200, 1995498000, 2014246800,
    2026947600, 2045696400, 2058397200, 2077146000, 2090451600, 2108595600, 2121901200,
    2140045200, 2153350800, 2172099600, 2184800400, 2203549200, 2216250000, 2234998800,
};

static const uint32_t sydney_changes_s[] = {
    1586016000, 1601740800, 1617465600, 1633190400, 1648915200, 1664640000, 1680364800,
    1696089600, 1712419200, 1728144000, 1743868800, 1759593600, 1775318400, 1791043200,
    1806768000, 1822492800, 1838217600, 1853942400, 1869667200, 1885996800, 1901721600,
    1917446400, 1933171200, 1948896000, 1964620800, 1980345600, 1996070400, 2011795200,
    2027520000, 2043244800, 2058969600, 2075299200, 2091024000, 2106748800, 2122473600,
    2138198400, 2153923200, 2169648000, 2185372800, 2201097600, 2216822400, 2233152000,
};

static const uint32_t lord_howe_changes_s[] = {
    1586012400, 1601739000, 1617462000, 1633188600, 1648911600, 1664638200, 1680361200,
    1696087800, 1712415600, 1728142200, 1743865200, 1759591800, 1775314800, 1791041400,
    1806764400, 1822491000, 1838214000, 1853940600, 1869663600, 1885995000, 1901718000,
    1917444600, 1933167600, 1948894200, 1964617200, 1980343800, 1996066800, 2011793400,
    2027516400, 2043243000, 2058966000, 2075297400, 2091020400, 2106747000, 2122470000,
    2138196600, 2153919600, 2169646200, 2185369200, 2201095800, 2216818800, 2233150200,
};

static int64_t us_of(const char *text)
{
    int64_t utc_us = -1;
    int16_t offset_min;
    if (civil_parse(&utc_us, &offset_min, text, strlen(text)) < 0)
        fail_msg("%s\n", text);
    return utc_us;
}

/* Counts on by hand, day after day. */
static void test_every_day(void **state)
{
    (void)state;
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t days = 0;
    unsigned weekday = CIVIL_THURSDAY;
    unsigned wrong = 0;
    for (int year = 1970; year < 2200; year++) {
        const bool leap = year % 4 == 0 && year != 2100;
        for (unsigned month = 1; month <= 12; month++) {
            const int length = lengths[month - 1] + (leap && month == 2 ? 1 : 0);
            for (int day = 1; day <= length; day++) {
                struct civil civil = {0};
                civil_set_date(&civil, days);
                wrong += civil.year != year || civil.month != month || civil.day != day ||
                         civil.weekday != weekday || civil_days(year, month, day) != days;
                weekday = weekday % 7 + 1;
                days++;
            }
            wrong += civil_days_in_month(year, month) != (unsigned)length;
        }
        wrong += civil_is_leap(year) != leap;
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(days, 84006);
    assert_true(days * CIVIL_US_PER_DAY == CIVIL_US_MAX + 1);
}

static void test_round_trips(void **state)
{
    (void)state;
    static const int16_t offsets[] = {0, 60, -300, 345, 840, -720};
    for (int64_t us = 0; us <= CIVIL_US_MAX; us += INT64_C(7000007000007) + us / 999) {
        const int offset_min = offsets[(uint64_t)us % COUNT(offsets)];
        struct civil civil;
        char text[CIVIL_TEXT_MAX];
        int64_t back = -1, read = -1;
        int16_t offset_read;
        assert_int_equal(civil_from_us(&civil, us, offset_min), ERR_NONE);
        assert_int_equal(civil_to_us(&back, &civil, offset_min), ERR_NONE);
        assert_true(back == us);
        const int length = civil_print(text, us, offset_min);
        assert_int_equal(length, (int)strlen(text));
        assert_int_equal(civil_parse(&read, &offset_read, text, (size_t)length), ERR_NONE);
        assert_true(read == us);
        assert_int_equal(offset_read, offset_min);
    }
}

static void test_known_texts(void **state)
{
    (void)state;
    char text[CIVIL_TEXT_MAX];
    assert_true(us_of("1970-01-01T00:00:00Z") == 0);
    assert_true(us_of("2000-02-29T12:00:00Z") == 951825600 * S);
    assert_true(us_of("2026-11-25T16:18:23.500+01:00") == INT64_C(1795619903500000));
    assert_true(us_of("2026-11-25 15:18z") == INT64_C(1795619880) * S);
    assert_true(us_of("2026-11-25t10:18:23,000001-05:00") == INT64_C(1795619903000001));
    assert_true(us_of("2199-12-31T23:59:59.999999Z") == CIVIL_US_MAX);
    assert_true(us_of("2200-01-01T13:59:59.999999+14:00") == CIVIL_US_MAX);
    assert_int_equal(civil_print(text, INT64_C(1795619903500000), 60), 29);
    assert_string_equal(text, "2026-11-25T16:18:23.500+01:00");
    assert_int_equal(civil_print(text, 0, 0), 20);
    assert_string_equal(text, "1970-01-01T00:00:00Z");
    assert_int_equal(civil_print(text, 0, -1), 25);
    assert_string_equal(text, "1969-12-31T23:59:00-00:01");
    assert_int_equal(civil_print(text, CIVIL_US_MAX, 345), CIVIL_TEXT_MAX - 1);
    assert_string_equal(text, "2200-01-01T05:44:59.999999+05:45");
    assert_int_equal(civil_print(text, CIVIL_US_MAX + 1, 0), ERR_RANGE);
    assert_int_equal(civil_print(text, -1, 0), ERR_RANGE);
    assert_int_equal(civil_print(text, 0, CIVIL_OFFSET_MAX + 1), ERR_RANGE);
}

static void test_texts_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int err;
    } bad[] = {
        {"", ERR_FORMAT},
        {"2026-11-25", ERR_FORMAT},
        {"2026-11-25T16:18:23", ERR_FORMAT},
        {"2026-11-25T16:18:23.Z", ERR_FORMAT},
        {"2026-11-25T16:18:23.1234567Z", ERR_FORMAT},
        {"2026-11-25T16:18:23+0100", ERR_FORMAT},
        {"2026-11-25T16:18:23+01", ERR_FORMAT},
        {"2026-11-25T16:18:23ZZ", ERR_FORMAT},
        {"2026-11-25T16:18:Z", ERR_FORMAT},
        {"26-11-25T16:18:23Z", ERR_FORMAT},
        {"+2026-11-25T16:18:23Z", ERR_FORMAT},
        {"2026-11-25T16Z", ERR_FORMAT},
        {"2026-13-25T16:18:23Z", ERR_RANGE},
        {"2026-00-25T16:18:23Z", ERR_RANGE},
        {"2026-02-29T16:18:23Z", ERR_RANGE},
        {"2100-02-29T16:18:23Z", ERR_RANGE},
        {"2026-11-31T16:18:23Z", ERR_RANGE},
        {"2026-11-00T16:18:23Z", ERR_RANGE},
        {"2026-11-25T24:00:00Z", ERR_RANGE},
        {"2026-11-25T16:60:00Z", ERR_RANGE},
        {"2016-12-31T23:59:60Z", ERR_RANGE},
        {"1969-12-31T23:59:59Z", ERR_RANGE},
        {"2200-01-01T00:00:00Z", ERR_RANGE},
        {"0000-01-01T00:00:00Z", ERR_RANGE},
        {"2026-11-25T16:18:23+18:01", ERR_RANGE},
        {"2026-11-25T16:18:23+01:60", ERR_RANGE},
    };
    for (unsigned k = 0; k < COUNT(bad); k++) {
        int64_t us = 7;
        int16_t offset_min = 8;
        const int err = civil_parse(&us, &offset_min, bad[k].text, strlen(bad[k].text));
        if (err != bad[k].err || us != 7 || offset_min != 8)
            fail_msg("%s: %d\n", bad[k].text, err);
    }
}

static void test_weekday_must_fit(void **state)
{
    (void)state;
    struct civil civil = {.year = 2026, .month = 11, .day = 25, .weekday = CIVIL_WEDNESDAY};
    int64_t us = 0;
    assert_int_equal(civil_to_us(&us, &civil, 0), ERR_NONE);
    civil.weekday = CIVIL_TUESDAY;
    assert_int_equal(civil_to_us(&us, &civil, 0), ERR_RANGE);
    civil.weekday = 0;
    civil.microsecond = 1000000;
    assert_int_equal(civil_to_us(&us, &civil, 0), ERR_RANGE);
}

/* Walks from change to change, and looks at both sides of each. */
static void check_changes(struct zone zone, const uint32_t *table_s, unsigned count,
                          bool begins_first)
{
    assert_int_equal(zone_check(&zone), ERR_NONE);
    int64_t at = us_of("2020-01-01T00:00:00Z");
    bool is_dst = !begins_first;
    assert_int_equal(zone_offset(&zone, at).is_dst, is_dst);
    for (unsigned k = 0; k < count; k++) {
        int64_t change = 0;
        assert_true(zone_next_change(&zone, at, &change));
        assert_int_equal(change / S, table_s[k]);
        assert_int_equal(zone_offset(&zone, change - 1).is_dst, is_dst);
        is_dst = !is_dst;
        const struct local_offset offset = zone_offset(&zone, change);
        assert_int_equal(offset.is_dst, is_dst);
        assert_int_equal(offset.min, zone.offset_min + (is_dst ? zone.dst_deviation_min : 0));
        at = change;
    }
}

static void test_changes_of_zones(void **state)
{
    (void)state;
    check_changes(cet(), cet_changes_s, COUNT(cet_changes_s), true);
    check_changes(sydney(), sydney_changes_s, COUNT(sydney_changes_s), false);
    check_changes(lord_howe(), lord_howe_changes_s, COUNT(lord_howe_changes_s), false);
    check_changes(dublin(), cet_changes_s, COUNT(cet_changes_s), false);
}

static void test_no_saving(void **state)
{
    (void)state;
    struct zone zone = cet();
    int64_t change;
    zone.dst_enabled = false;
    zone.begin.month = 0; /* nobody looks */
    assert_int_equal(zone_check(&zone), ERR_NONE);
    assert_false(zone_next_change(&zone, us_of("2026-01-01T00:00:00Z"), &change));
    assert_int_equal(zone_offset(&zone, us_of("2026-07-01T00:00:00Z")).min, 60);
    zone = cet();
    zone.end = zone.begin;
    zone.end.minute = 180; /* the same instant */
    assert_false(zone_next_change(&zone, us_of("2026-01-01T00:00:00Z"), &change));
    zone = cet();
    assert_false(zone_next_change(&zone, CIVIL_US_MAX, &change));
    assert_false(zone_offset(&zone, INT64_MAX).is_dst);
    assert_false(zone_offset(&zone, INT64_MIN).is_dst);
}

static int64_t first_begin(struct dst_rule rule, const char *after)
{
    struct zone zone = {.dst_enabled = true, .dst_deviation_min = 60, .begin = rule};
    zone.end = (struct dst_rule){7, 1, 0, DST_UTC, 0};
    int64_t change = -1;
    assert_int_equal(zone_check(&zone), ERR_NONE);
    assert_true(zone_next_change(&zone, us_of(after), &change));
    return change;
}

static void test_forms_of_rules(void **state)
{
    (void)state;
    const char *start = "2026-01-01T00:00:00Z";
    static const struct {
        struct dst_rule rule;
        const char *begin;
    } good[] = {
        {{3, 29, 0, DST_UTC, 60}, "2026-03-29T01:00:00Z"},
        {{2, 30, 0, DST_UTC, 60}, "2026-02-28T01:00:00Z"}, /* clipped */
        {{2, DST_DAY_LAST, 0, DST_UTC, 60}, "2026-02-28T01:00:00Z"},
        {{2, DST_DAY_SECOND_LAST, 0, DST_UTC, 60}, "2026-02-27T01:00:00Z"},
        {{3, DST_DAY_LAST, CIVIL_TUESDAY, DST_UTC, 0}, "2026-03-31T00:00:00Z"},
        {{3, DST_DAY_LAST, CIVIL_WEDNESDAY, DST_UTC, 0}, "2026-03-25T00:00:00Z"},
        {{3, DST_DAY_SECOND_LAST, CIVIL_SUNDAY, DST_UTC, 0}, "2026-03-22T00:00:00Z"},
        {{3, DST_DAY_OF_WEEK(2), CIVIL_SUNDAY, DST_UTC, 0}, "2026-03-08T00:00:00Z"},
        {{3, DST_DAY_OF_WEEK(4), CIVIL_SATURDAY, DST_UTC, 0}, "2026-03-28T00:00:00Z"},
        {{3, 30, CIVIL_FRIDAY, DST_UTC, 0}, "2026-04-03T00:00:00Z"}, /* on or after */
    };
    for (unsigned k = 0; k < COUNT(good); k++)
        assert_true(first_begin(good[k].rule, start) == us_of(good[k].begin));
    static const struct dst_rule bad[] = {
        {0, 1, 1, DST_UTC, 0},  {13, 1, 1, DST_UTC, 0},   {1, 0, 1, DST_UTC, 0},
        {1, 32, 1, DST_UTC, 0}, {1, 0xff, 1, DST_UTC, 0}, {1, 1, 8, DST_UTC, 0},
        {1, 1, 1, 3, 0},        {1, 1, 1, DST_UTC, 1440},
    };
    for (unsigned k = 0; k < COUNT(bad); k++)
        assert_int_equal(dst_rule_check(&bad[k]), ERR_RANGE);
    struct zone zone = cet();
    zone.offset_min = ZONE_OFFSET_MAX + 1;
    assert_int_equal(zone_check(&zone), ERR_RANGE);
    zone = cet();
    zone.dst_deviation_min = -ZONE_DEVIATION_MAX - 1;
    assert_int_equal(zone_check(&zone), ERR_RANGE);
}

/* Rules that an offset or a weekday moves over new year, and rules that meet in one year only. */
static void test_changes_at_odd_places(void **state)
{
    (void)state;
    struct zone zone = {.offset_min = 600, .dst_enabled = true, .dst_deviation_min = 60};
    int64_t change = -1;
    zone.begin = (struct dst_rule){1, 1, 0, DST_WALL, 0};
    zone.end = (struct dst_rule){7, 1, 0, DST_UTC, 0};
    assert_false(zone_offset(&zone, us_of("2025-12-31T13:59:59Z")).is_dst);
    assert_true(zone_offset(&zone, us_of("2025-12-31T14:00:00Z")).is_dst);
    assert_true(zone_next_change(&zone, us_of("2025-12-31T13:00:00Z"), &change));
    assert_true(change == us_of("2025-12-31T14:00:00Z"));
    assert_true(zone_next_change(&zone, change, &change));
    assert_true(change == us_of("2026-07-01T00:00:00Z"));
    zone.begin = (struct dst_rule){12, 31, CIVIL_SATURDAY, DST_UTC, 0};
    assert_false(zone_offset(&zone, us_of("2026-01-02T23:59:59Z")).is_dst);
    assert_true(zone_offset(&zone, us_of("2026-01-03T00:00:00Z")).is_dst);
    assert_true(zone_next_change(&zone, us_of("2026-01-01T00:00:00Z"), &change));
    assert_true(change == us_of("2026-01-03T00:00:00Z"));
    zone.begin = (struct dst_rule){3, 29, 0, DST_UTC, 0};
    zone.end = (struct dst_rule){3, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 0}; /* 29 in 2026 */
    assert_true(zone_next_change(&zone, us_of("2026-01-01T00:00:00Z"), &change));
    assert_true(change == us_of("2027-03-29T00:00:00Z"));
}

static int64_t of_local(const struct zone *zone, const char *local, enum zone_pick pick, int kind)
{
    struct civil civil;
    int64_t us = -1;
    assert_int_equal(civil_from_us(&civil, us_of(local), 0), ERR_NONE);
    assert_int_equal(zone_to_us(zone, &civil, pick, &us), kind);
    return us;
}

static void test_gap_and_hour_that_comes_twice(void **state)
{
    (void)state;
    const struct zone zone = cet();
    assert_true(of_local(&zone, "2026-03-29T01:59:59Z", ZONE_FIRST, ZONE_ONCE) ==
                us_of("2026-03-29T00:59:59Z"));
    for (int pick = ZONE_FIRST; pick <= ZONE_SECOND; pick++) {
        assert_true(of_local(&zone, "2026-03-29T02:30:00Z", (enum zone_pick)pick, ZONE_NEVER) ==
                    us_of("2026-03-29T03:30:00+02:00"));
    }
    assert_true(of_local(&zone, "2026-03-29T03:00:00Z", ZONE_FIRST, ZONE_ONCE) ==
                us_of("2026-03-29T01:00:00Z"));
    assert_true(of_local(&zone, "2026-10-25T02:30:00Z", ZONE_FIRST, ZONE_TWICE) ==
                us_of("2026-10-25T00:30:00Z"));
    assert_true(of_local(&zone, "2026-10-25T02:30:00Z", ZONE_SECOND, ZONE_TWICE) ==
                us_of("2026-10-25T01:30:00Z"));
    assert_true(of_local(&zone, "2026-10-25T03:00:00Z", ZONE_FIRST, ZONE_ONCE) ==
                us_of("2026-10-25T02:00:00Z"));
    const struct zone irish = dublin();
    assert_true(of_local(&irish, "2026-10-25T01:30:00Z", ZONE_FIRST, ZONE_TWICE) ==
                us_of("2026-10-25T00:30:00Z"));
    assert_true(of_local(&irish, "2026-03-29T01:30:00Z", ZONE_FIRST, ZONE_NEVER) ==
                us_of("2026-03-29T01:30:00Z"));
}

/* Every half hour of a year there and back; what comes twice comes back by one of the picks. */
static void check_there_and_back(const struct zone *zone)
{
    const int64_t end = us_of("2027-01-02T00:00:00Z");
    unsigned twice = 0, wrong = 0;
    for (int64_t us = us_of("2026-01-01T00:00:00Z"); us < end; us += 1800 * S) {
        struct civil civil;
        int64_t first = -1, second = -1;
        wrong += zone_to_civil(zone, us, &civil) < 0;
        const int kind = zone_to_us(zone, &civil, ZONE_FIRST, &first);
        wrong += zone_to_us(zone, &civil, ZONE_SECOND, &second) != kind || kind == ZONE_NEVER;
        wrong += us != first && us != second;
        wrong += (kind == ZONE_TWICE) != (first < second);
        twice += kind == ZONE_TWICE;
    }
    assert_int_equal(wrong, 0);
    const int deviation = zone->dst_deviation_min;
    assert_int_equal(twice, 2 * (deviation < 0 ? -deviation : deviation) / 30);
}

static void test_local_there_and_back(void **state)
{
    (void)state;
    const struct zone zones[] = {cet(), sydney(), lord_howe(), dublin()};
    for (unsigned k = 0; k < COUNT(zones); k++)
        check_there_and_back(&zones[k]);
}

static int read_octets(struct date_time *time, const char *hex)
{
    uint8_t bytes[DATE_TIME_BYTES] = {0};
    for (unsigned k = 0; k < 2 * DATE_TIME_BYTES; k++) {
        const int c = hex[k];
        bytes[k / 2] = (uint8_t)(bytes[k / 2] << 4 | (c <= '9' ? c - '0' : c - 'a' + 10));
    }
    return date_time_decode(time, bytes);
}

/* The first is what a meter in Austria sent at 20:23:45 of a summer's evening. */
static void test_octets_of_instants(void **state)
{
    (void)state;
    static const struct {
        const char *hex, *text;
    } rows[] = {
        {"07e8060f0614172d00ff8880", "2024-06-15T20:23:45+02:00"},
        {"07ea0b1903101217"
         "32"
         "ffc400",
         "2026-11-25T16:18:23.500+01:00"},
        {"07ea0b1903101217"
         "ff"
         "ffc400",
         "2026-11-25T16:18:23+01:00"},
        {"07ea0b19ff1012ff"
         "ff"
         "012cff",
         "2026-11-25T16:18:00-05:00"},
        {"07ea0a1907021e0000800080", "2026-10-25T02:30:00+02:00"}, /* twice: with saving */
        {"07ea0a1907021e0000800000", "2026-10-25T02:30:00+01:00"},
        {"07ea0a1907021e00008000ff", "2026-10-25T02:30:00+02:00"},
        {"07ea031d07021e0000800000", "2026-03-29T03:30:00+02:00"}, /* never */
    };
    const struct zone zone = cet();
    for (unsigned k = 0; k < COUNT(rows); k++) {
        struct date_time time;
        int64_t us = -1;
        assert_int_equal(read_octets(&time, rows[k].hex), ERR_NONE);
        assert_int_equal(date_time_to_us(&time, &zone, &us), ERR_NONE);
        assert_true(us == us_of(rows[k].text));
    }
}

/* Where saving is an hour less in winter, the hour without it comes first. */
static void test_octets_of_an_hour_that_comes_twice(void **state)
{
    (void)state;
    static const struct {
        uint8_t status;
        const char *text;
    } rows[] = {
        {DATE_TIME_DST, "2026-10-25T01:30:00Z"},
        {0, "2026-10-25T00:30:00Z"},
        {DATE_TIME_ANY, "2026-10-25T00:30:00Z"},
    };
    const struct zone zone = dublin();
    struct date_time time;
    assert_int_equal(read_octets(&time, "07ea0a1907011e0000800000"), ERR_NONE);
    for (unsigned k = 0; k < COUNT(rows); k++) {
        int64_t us = -1;
        time.status = rows[k].status;
        assert_int_equal(date_time_to_us(&time, &zone, &us), ERR_NONE);
        assert_true(us == us_of(rows[k].text));
    }
}

static void test_octets_written(void **state)
{
    (void)state;
    const struct zone zone = cet();
    static const uint8_t summer[] = {7, 232, 6, 15, 6, 20, 0x17, 45, 0x32, 0xff, 0x88, 0x81};
    struct date_time time;
    uint8_t bytes[DATE_TIME_BYTES];
    const int64_t us = us_of("2024-06-15T18:23:45.509999Z");
    assert_int_equal(date_time_from_us(&time, us, &zone, DATE_TIME_INVALID), ERR_NONE);
    date_time_encode(&time, bytes);
    assert_memory_equal(bytes, summer, sizeof summer);
    assert_int_equal(date_time_from_us(&time, us_of("2024-01-15T00:00:00Z"), &zone,
                                       DATE_TIME_DST | DATE_TIME_DOUBTFUL),
                     ERR_NONE);
    assert_int_equal(time.status, DATE_TIME_DOUBTFUL);
    assert_int_equal(time.deviation_min, -60);
    assert_int_equal(date_time_from_us(&time, CIVIL_US_MAX + 1, &zone, 0), ERR_RANGE);
}

static void test_octets_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "00000b190310121732ffc400", "07ea0d190310121732ffc400", "07ea00190310121732ffc400",
        "07ea0b000310121732ffc400", "07ea0be00310121732ffc400", "07ea0b190010121732ffc400",
        "07ea0b190810121732ffc400", "07ea0b190318121732ffc400", "07ea0b1903103c1732ffc400",
        "07ea0b190310123c32ffc400", "07ea0b190310121764ffc400", "07ea0b190310121732fc3f00",
        "07ea0b190410121732ffc400", /* not a Thursday */
        "07ea021dff10121732ffc400", /* no leap year */
        "ffff021eff10121732ffc400", "ffff041fff10121732ffc400",
    };
    struct date_time time = {.year = 42};
    for (unsigned k = 0; k < COUNT(bad); k++) {
        if (read_octets(&time, bad[k]) != ERR_RANGE || time.year != 42)
            fail_msg("%s\n", bad[k]);
    }
    static const char *const patterns[] = {
        "ffff0b190310121732ffc400", "07eaff190310121732ffc400", "07ea0bff0310121732ffc400",
        "07ea0bfe0310121732ffc400", "07eafe190310121732ffc400", "07ea0b1903ff121732ffc400",
        "07ea0b190310ff1732ffc400",
    };
    const struct zone zone = cet();
    for (unsigned k = 0; k < COUNT(patterns); k++) {
        int64_t us = -1;
        assert_int_equal(read_octets(&time, patterns[k]), ERR_NONE);
        assert_int_equal(date_time_to_us(&time, &zone, &us), ERR_UNSUPPORTED);
        assert_true(us == -1);
    }
}

static void check_rule(const struct zone *zone, bool is_end, const char *hex,
                       const struct dst_rule *want)
{
    struct date_time time;
    struct dst_rule rule = {0};
    assert_int_equal(read_octets(&time, hex), ERR_NONE);
    assert_int_equal(date_time_to_rule(&time, zone, is_end, &rule), ERR_NONE);
    assert_int_equal(rule.month, want->month);
    assert_int_equal(rule.day, want->day);
    assert_int_equal(rule.weekday, want->weekday);
    assert_int_equal(rule.reference, want->reference);
    assert_int_equal(rule.minute, want->minute);
}

static void test_octets_of_rules(void **state)
{
    (void)state;
    const struct zone zone = cet(), irish = dublin();
    struct date_time time;
    uint8_t bytes[DATE_TIME_BYTES];
    static const uint8_t begin[] = {255, 255, 3, 0xfe, 7, 2, 0, 0, 0, 0x80, 0, 0};
    date_time_from_rule(&time, &zone, false);
    date_time_encode(&time, bytes);
    assert_memory_equal(bytes, begin, sizeof begin);
    check_rule(&zone, false,
               "ffff03fe070200000080"
               "0000",
               &zone.begin);
    check_rule(&zone, true,
               "ffff0afe070300000080"
               "0080",
               &zone.end);
    check_rule(&zone, true, "ffff0afe07030000ffff8880", &zone.end); /* by the deviation */
    const struct dst_rule standard = {10, DST_DAY_LAST, CIVIL_SUNDAY, DST_STANDARD, 120};
    check_rule(&zone, true, "ffff0afe07020000ffffc400", &standard);
    const struct dst_rule utc = {3, 29, 0, DST_UTC, 60};
    check_rule(&zone, false, "ffff031dff01000000000000", &utc);
    date_time_from_rule(&time, &irish, true);
    assert_int_equal(time.deviation_min, 0);
    struct dst_rule rule;
    assert_int_equal(date_time_to_rule(&time, &irish, true, &rule), ERR_NONE);
    assert_int_equal(rule.reference, DST_UTC);
}

static void test_rules_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "07ea031d0702000000800000", /* one year */
        "ffff03ff0702000000800000", "fffffffe0702000000800000", "ffff03fe07ff000000800000",
        "ffff03fe0702ff0000800000", "ffff03fe0702000100800000", "ffff03fe0702000001800000",
        "ffff03fe070200000000b400", /* west of the ocean */
    };
    const struct zone zone = cet();
    struct dst_rule rule = {.month = 42};
    for (unsigned k = 0; k < COUNT(bad); k++) {
        struct date_time time;
        assert_int_equal(read_octets(&time, bad[k]), ERR_NONE);
        assert_int_equal(date_time_to_rule(&time, &zone, false, &rule), ERR_UNSUPPORTED);
        assert_int_equal(rule.month, 42);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_day),
        cmocka_unit_test(test_round_trips),
        cmocka_unit_test(test_known_texts),
        cmocka_unit_test(test_texts_refused),
        cmocka_unit_test(test_weekday_must_fit),
        cmocka_unit_test(test_changes_of_zones),
        cmocka_unit_test(test_no_saving),
        cmocka_unit_test(test_forms_of_rules),
        cmocka_unit_test(test_changes_at_odd_places),
        cmocka_unit_test(test_gap_and_hour_that_comes_twice),
        cmocka_unit_test(test_local_there_and_back),
        cmocka_unit_test(test_octets_of_instants),
        cmocka_unit_test(test_octets_of_an_hour_that_comes_twice),
        cmocka_unit_test(test_octets_written),
        cmocka_unit_test(test_octets_refused),
        cmocka_unit_test(test_octets_of_rules),
        cmocka_unit_test(test_rules_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
