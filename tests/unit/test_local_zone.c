/* The zone of a machine becomes the rule of a meter; what no rule holds stays a fixed offset. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "services/local_zone.h"

#define NOW 1795623503 /* 2026-11-25T16:18:23Z */

/* POSIX rules, so that no data base of zones is needed. */
static struct zone zone_of(const char *tz)
{
    struct zone zone;
    setenv("TZ", tz, 1);
    tzset();
    local_zone(&zone, NOW);
    return zone;
}

static void test_rules(void **state)
{
    (void)state;
    struct zone zone = zone_of("CET-1CEST,M3.5.0,M10.5.0/3");
    assert_int_equal(zone.offset_min, 60);
    assert_true(zone.dst_enabled);
    assert_int_equal(zone.begin.month, 3);
    assert_int_equal(zone.begin.day, DST_DAY_LAST);
    assert_int_equal(zone.begin.weekday, CIVIL_SUNDAY);
    assert_int_equal(zone.begin.minute, 120);
    assert_int_equal(zone.end.minute, 180);
    zone = zone_of("EST5EDT,M3.2.0,M11.1.0");
    assert_int_equal(zone.offset_min, -300);
    assert_int_equal(zone.begin.day, DST_DAY_OF_WEEK(2));
    assert_int_equal(zone.end.day, DST_DAY_OF_WEEK(1));
    zone = zone_of("AEST-10AEDT,M10.1.0,M4.1.0/3");
    assert_int_equal(zone.offset_min, 600);
    assert_true(zone.dst_enabled);
    assert_int_equal(zone.begin.month, 10);
    zone = zone_of("LHST-10:30LHDT-11,M10.1.0,M4.1.0");
    assert_int_equal(zone.dst_deviation_min, 30);
}

static void test_fixed_offsets(void **state)
{
    (void)state;
    assert_false(zone_of("UTC0").dst_enabled);
    struct zone zone = zone_of("IST-5:30");
    assert_int_equal(zone.offset_min, 330);
    assert_false(zone.dst_enabled);
    zone = zone_of("QQQ-1RRR,J60,J300"); /* by the day of the year: no rule of a meter holds it */
    assert_int_equal(zone.offset_min, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_fixed_offsets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
