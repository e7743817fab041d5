#include "base/zone.h"

#define MIN_PER_DAY   1440
#define DAYS_PER_WEEK 7
#define CHANGES_TRIED 4

int dst_rule_check(const struct dst_rule *rule)
{
    const bool day_is_good = (rule->day >= 1 && rule->day <= 31) || rule->day == DST_DAY_LAST ||
                             rule->day == DST_DAY_SECOND_LAST;
    if (rule->month < 1 || rule->month > 12 || !day_is_good || rule->weekday > CIVIL_SUNDAY ||
        rule->reference > DST_UTC || rule->minute >= MIN_PER_DAY) {
        return ERR_RANGE;
    }
    return ERR_NONE;
}

int zone_check(const struct zone *zone)
{
    if (zone->offset_min < -ZONE_OFFSET_MAX || zone->offset_min > ZONE_OFFSET_MAX ||
        zone->dst_deviation_min < -ZONE_DEVIATION_MAX ||
        zone->dst_deviation_min > ZONE_DEVIATION_MAX) {
        return ERR_RANGE;
    }
    if (!zone->dst_enabled)
        return ERR_NONE;
    const int err = dst_rule_check(&zone->begin);
    return err < 0 ? err : dst_rule_check(&zone->end);
}

/* The day of a rule in a year, since 1970-01-01. */
static int32_t day_of_rule(const struct dst_rule *rule, int year)
{
    const int last = (int)civil_days_in_month(year, rule->month);
    const bool from_end = rule->day == DST_DAY_LAST || rule->day == DST_DAY_SECOND_LAST;
    const int back = rule->day == DST_DAY_SECOND_LAST ? 1 : 0;
    int day = rule->day < last ? rule->day : last;
    if (from_end && rule->weekday == 0)
        day = last - back;
    else if (from_end) /* the last such weekday: the first on or after the last day but six */
        day = last - DAYS_PER_WEEK * (1 + back) + 1;
    const int32_t from = civil_days(year, rule->month, day);
    if (rule->weekday == 0)
        return from;
    const int wait = (int)rule->weekday - (int)civil_weekday(from);
    return from + (wait < 0 ? wait + DAYS_PER_WEEK : wait);
}

static int64_t instant_of_rule(const struct zone *zone, bool is_end, int year)
{
    const struct dst_rule *rule = is_end ? &zone->end : &zone->begin;
    int offset_min = 0;
    if (rule->reference != DST_UTC)
        offset_min = zone->offset_min;
    if (rule->reference == DST_WALL && is_end)
        offset_min += zone->dst_deviation_min;
    return day_of_rule(rule, year) * CIVIL_US_PER_DAY +
           (rule->minute - offset_min) * CIVIL_US_PER_MIN;
}

static bool has_saving(const struct zone *zone, int64_t utc_us)
{
    return zone->dst_enabled && zone->dst_deviation_min != 0 && utc_us >= CIVIL_US_MIN &&
           utc_us <= CIVIL_US_MAX;
}

static int year_of(int64_t utc_us)
{
    struct civil civil;
    int64_t us_of_day;
    civil_set_date(&civil, civil_split(utc_us, &us_of_day));
    return civil.year;
}

/* The latest begin or end that is not after the instant. It belongs to the instant's year or to the
 * one before; a rule that an offset or a weekday moves over new year, to one further away. */
static int64_t last_of(const struct zone *zone, bool is_end, int year, int64_t utc_us)
{
    int64_t at = instant_of_rule(zone, is_end, year + 1);
    for (int k = 0; k < 3 && at > utc_us; k++)
        at = instant_of_rule(zone, is_end, year - k);
    return at;
}

struct local_offset zone_offset(const struct zone *zone, int64_t utc_us)
{
    struct local_offset offset = {.min = zone->offset_min};
    if (!has_saving(zone, utc_us))
        return offset;
    const int year = year_of(utc_us);
    offset.is_dst = last_of(zone, false, year, utc_us) > last_of(zone, true, year, utc_us);
    if (offset.is_dst)
        offset.min = (int16_t)(offset.min + zone->dst_deviation_min);
    return offset;
}

static int64_t next_of(const struct zone *zone, bool is_end, int64_t utc_us)
{
    const int year = year_of(utc_us);
    int64_t at = instant_of_rule(zone, is_end, year - 1);
    for (int k = 0; k < 3 && at <= utc_us; k++)
        at = instant_of_rule(zone, is_end, year + k);
    return at;
}

bool zone_next_change(const struct zone *zone, int64_t utc_us, int64_t *change_us)
{
    int64_t at = utc_us;
    /* Rules that fall together in a year change nothing in it: the next year's may. */
    for (int k = 0; k < CHANGES_TRIED && has_saving(zone, at); k++) {
        const int64_t begin = next_of(zone, false, at);
        const int64_t end = next_of(zone, true, at);
        at = begin < end ? begin : end;
        if (zone_offset(zone, at).is_dst != zone_offset(zone, at - 1).is_dst) {
            *change_us = at;
            return true;
        }
    }
    return false;
}

int zone_to_civil(const struct zone *zone, int64_t utc_us, struct civil *civil)
{
    return civil_from_us(civil, utc_us, zone_offset(zone, utc_us).min);
}

int zone_to_us(const struct zone *zone, const struct civil *local, enum zone_pick pick,
               int64_t *utc_us)
{
    const int with_saving = zone->offset_min + (zone->dst_enabled ? zone->dst_deviation_min : 0);
    int64_t standard_us, saving_us;
    if (civil_to_us(&standard_us, local, zone->offset_min) < 0 ||
        civil_to_us(&saving_us, local, with_saving) < 0) {
        return ERR_RANGE;
    }
    const bool is_standard = !zone_offset(zone, standard_us).is_dst;
    const bool is_saving = zone_offset(zone, saving_us).is_dst;
    const bool standard_is_later = standard_us > saving_us;
    if (is_standard != is_saving || standard_us == saving_us) {
        *utc_us = is_saving ? saving_us : standard_us;
        return ZONE_ONCE;
    }
    /* Before a gap the clock goes slower to UTC than behind it: the later of both instants. */
    const bool later = is_standard ? pick == ZONE_SECOND : true;
    *utc_us = later == standard_is_later ? standard_us : saving_us;
    return is_standard ? ZONE_TWICE : ZONE_NEVER;
}
