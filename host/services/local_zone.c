#define _GNU_SOURCE
#include "services/local_zone.h"

#include <string.h>

#define HOUR_S       3600
#define YEAR_H       (366 * 24)
#define YEARS_HELD   4
#define US_PER_S     INT64_C(1000000)
#define DAYS_OF_WEEK 7

struct change {
    time_t when; /* the first second with the new offset */
    long before_s, after_s;
};

static long offset_s(time_t when)
{
    struct tm local;
    return localtime_r(&when, &local) ? local.tm_gmtoff : 0;
}

/* The second within this hour at which the offset changes. */
static time_t find_second(time_t low, time_t high)
{
    const long before_s = offset_s(low);
    while (high - low > 1) {
        const time_t middle = low + (high - low) / 2;
        if (offset_s(middle) == before_s)
            low = middle;
        else
            high = middle;
    }
    return high;
}

/* Changes of offset in the year after `from`; how many there are, of which two are kept. */
static unsigned find_changes(time_t from, struct change change[2])
{
    unsigned count = 0;
    for (unsigned hour = 0; hour < YEAR_H; hour++) {
        const time_t low = from + (time_t)hour * HOUR_S, high = low + HOUR_S;
        if (offset_s(low) == offset_s(high))
            continue;
        if (count < 2)
            change[count] = (struct change){find_second(low, high), offset_s(low), offset_s(high)};
        count++;
    }
    return count;
}

/* The n-th or the last such day of a month at that time, on the clock before the change. */
static void rule_of(const struct change *change, bool last, struct dst_rule *rule)
{
    const time_t wall = change->when + change->before_s;
    struct tm tm;
    (void)gmtime_r(&wall, &tm);
    const unsigned nth = (unsigned)(tm.tm_mday - 1) / DAYS_OF_WEEK + 1;
    *rule = (struct dst_rule){
        .month = (uint8_t)(tm.tm_mon + 1),
        .day = (uint8_t)(last ? DST_DAY_LAST : DST_DAY_OF_WEEK(nth)),
        .weekday = (uint8_t)(tm.tm_wday == 0 ? DAYS_OF_WEEK : tm.tm_wday),
        .reference = DST_WALL,
        .minute = (uint16_t)(tm.tm_hour * 60 + tm.tm_min),
    };
}

static bool holds(const struct zone *zone, time_t from)
{
    if (zone_check(zone) < 0)
        return false;
    for (unsigned hour = 0; hour < YEARS_HELD * YEAR_H; hour++) {
        const time_t when = from + (time_t)hour * HOUR_S;
        if (zone_offset(zone, (int64_t)when * US_PER_S).min * 60L != offset_s(when))
            return false;
    }
    return true;
}

void local_zone(struct zone *zone, time_t now)
{
    struct change change[2];
    *zone = (struct zone){.offset_min = (int16_t)(offset_s(now) / 60)};
    if (find_changes(now, change) != 2)
        return;
    const unsigned begin = change[0].after_s > change[0].before_s ? 0 : 1;
    for (unsigned k = 0; k < 4; k++) { /* each change by number or as the last */
        struct zone tried = {
            .offset_min = (int16_t)(change[begin].before_s / 60),
            .dst_enabled = true,
            .dst_deviation_min = (int16_t)((change[begin].after_s - change[begin].before_s) / 60),
        };
        rule_of(&change[begin], k & 1, &tried.begin);
        rule_of(&change[1 - begin], k & 2, &tried.end);
        if (holds(&tried, now)) {
            *zone = tried;
            return;
        }
    }
}
