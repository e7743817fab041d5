#include "base/date_time.h"

#include "base/bytes.h"

#define MIN_PER_HOUR     60
#define US_PER_HUNDREDTH 10000
#define DEVIATION_MAX    (ZONE_OFFSET_MAX + ZONE_DEVIATION_MAX) /* min, either way */

static bool is_in(unsigned value, unsigned low, unsigned high)
{
    return (value >= low && value <= high) || value == DATE_TIME_ANY;
}

/* The form has no year that is not a word of two octets; the calendar has no year 0. */
static bool year_is_good(unsigned year)
{
    return year == DATE_TIME_ANY_YEAR || (year >= 1 && year <= 9999);
}

static bool is_dated(const struct date_time *time)
{
    return time->year != DATE_TIME_ANY_YEAR && time->month <= 12 && time->day <= 31;
}

/* What single fields cannot tell: the day lies in its month and has that day of week. */
static bool date_is_good(const struct date_time *time)
{
    if (time->month > 12 || time->day > 31)
        return true;
    if (!is_dated(time)) {
        const int leap_year = 2000;
        return time->day <= civil_days_in_month(leap_year, time->month);
    }
    return time->day <= civil_days_in_month(time->year, time->month) &&
           (time->weekday == DATE_TIME_ANY ||
            time->weekday == civil_weekday(civil_days(time->year, time->month, time->day)));
}

int date_time_check(const struct date_time *time)
{
    const bool fields_are_good =
        year_is_good(time->year) &&
        (is_in(time->month, 1, 12) || time->month == DATE_TIME_MONTH_DST_BEGIN ||
         time->month == DATE_TIME_MONTH_DST_END) &&
        (is_in(time->day, 1, 31) || time->day == DST_DAY_LAST ||
         time->day == DST_DAY_SECOND_LAST) &&
        is_in(time->weekday, CIVIL_MONDAY, CIVIL_SUNDAY) && is_in(time->hour, 0, 23) &&
        is_in(time->minute, 0, 59) && is_in(time->second, 0, 59) &&
        is_in(time->hundredths, 0, 99) &&
        (time->deviation_min == DATE_TIME_ANY_DEVIATION ||
         (time->deviation_min >= -DEVIATION_MAX && time->deviation_min <= DEVIATION_MAX));
    return fields_are_good && date_is_good(time) ? ERR_NONE : ERR_RANGE;
}

int date_time_decode(struct date_time *time, const uint8_t bytes[DATE_TIME_BYTES])
{
    struct bytes_in in = {.data = bytes, .size = DATE_TIME_BYTES};
    struct date_time read;
    read.year = (uint16_t)bytes_get_be(&in, 2);
    read.month = (uint8_t)bytes_get_be(&in, 1);
    read.day = (uint8_t)bytes_get_be(&in, 1);
    read.weekday = (uint8_t)bytes_get_be(&in, 1);
    read.hour = (uint8_t)bytes_get_be(&in, 1);
    read.minute = (uint8_t)bytes_get_be(&in, 1);
    read.second = (uint8_t)bytes_get_be(&in, 1);
    read.hundredths = (uint8_t)bytes_get_be(&in, 1);
    read.deviation_min = (int16_t)bytes_get_be(&in, 2);
    read.status = (uint8_t)bytes_get_be(&in, 1);
    const int err = date_time_check(&read);
    if (err == ERR_NONE)
        *time = read;
    return err;
}

void date_time_encode(const struct date_time *time, uint8_t bytes[DATE_TIME_BYTES])
{
    struct bytes_out out = {.data = bytes, .size = DATE_TIME_BYTES};
    bytes_put_be(&out, time->year, 2);
    bytes_put_be(&out, time->month, 1);
    bytes_put_be(&out, time->day, 1);
    bytes_put_be(&out, time->weekday, 1);
    bytes_put_be(&out, time->hour, 1);
    bytes_put_be(&out, time->minute, 1);
    bytes_put_be(&out, time->second, 1);
    bytes_put_be(&out, time->hundredths, 1);
    bytes_put_be(&out, (uint16_t)time->deviation_min, 2);
    bytes_put_be(&out, time->status, 1);
}

int date_time_from_us(struct date_time *time, int64_t utc_us, const struct zone *zone,
                      uint8_t status)
{
    const struct local_offset offset = zone_offset(zone, utc_us);
    struct civil civil;
    const int err = civil_from_us(&civil, utc_us, offset.min);
    if (err < 0)
        return err;
    *time = (struct date_time){
        .year = (uint16_t)civil.year,
        .month = civil.month,
        .day = civil.day,
        .weekday = civil.weekday,
        .hour = civil.hour,
        .minute = civil.minute,
        .second = civil.second,
        .hundredths = (uint8_t)(civil.microsecond / US_PER_HUNDREDTH),
        .deviation_min = (int16_t)-offset.min,
        .status = (uint8_t)((status & ~DATE_TIME_DST) | (offset.is_dst ? DATE_TIME_DST : 0)),
    };
    return ERR_NONE;
}

/* ERR_UNSUPPORTED: it leaves something open. */
static int to_civil(const struct date_time *time, struct civil *civil)
{
    const int err = date_time_check(time);
    if (err < 0)
        return err;
    if (!is_dated(time) || time->hour == DATE_TIME_ANY || time->minute == DATE_TIME_ANY)
        return ERR_UNSUPPORTED;
    const unsigned hundredths = time->hundredths == DATE_TIME_ANY ? 0 : time->hundredths;
    *civil = (struct civil){
        .year = (int16_t)time->year,
        .month = time->month,
        .day = time->day,
        .hour = time->hour,
        .minute = time->minute,
        .second = time->second == DATE_TIME_ANY ? 0 : time->second,
        .microsecond = hundredths * US_PER_HUNDREDTH,
    };
    return ERR_NONE;
}

int date_time_to_us(const struct date_time *time, const struct zone *zone, int64_t *utc_us)
{
    struct civil civil;
    const int err = to_civil(time, &civil);
    if (err < 0)
        return err;
    if (time->deviation_min != DATE_TIME_ANY_DEVIATION)
        return civil_to_us(utc_us, &civil, -time->deviation_min);
    const bool wants_saving = (time->status & DATE_TIME_DST) != 0;
    const bool saving_is_first = zone->dst_deviation_min > 0;
    const bool first = time->status == DATE_TIME_ANY || wants_saving == saving_is_first;
    const int kind = zone_to_us(zone, &civil, first ? ZONE_FIRST : ZONE_SECOND, utc_us);
    return kind < 0 ? kind : ERR_NONE;
}

void date_time_from_rule(struct date_time *time, const struct zone *zone, bool is_end)
{
    const struct dst_rule *rule = is_end ? &zone->end : &zone->begin;
    *time = (struct date_time){
        .year = DATE_TIME_ANY_YEAR,
        .month = rule->month,
        .day = rule->day,
        .weekday = rule->weekday == 0 ? DATE_TIME_ANY : rule->weekday,
        .hour = (uint8_t)(rule->minute / MIN_PER_HOUR),
        .minute = (uint8_t)(rule->minute % MIN_PER_HOUR),
        .deviation_min = DATE_TIME_ANY_DEVIATION,
        .status = is_end ? DATE_TIME_DST : 0, /* of the wall clock that shows this time */
    };
    if (rule->reference == DST_UTC)
        time->deviation_min = 0;
    if (rule->reference == DST_STANDARD)
        time->deviation_min = (int16_t)-zone->offset_min;
    if (rule->reference != DST_WALL)
        time->status = 0;
}

/* Which clock a deviation speaks of: an enum dst_reference. */
static int reference_of(int deviation_min, const struct zone *zone, bool is_end)
{
    const int with_saving = zone->offset_min + zone->dst_deviation_min;
    if (deviation_min == DATE_TIME_ANY_DEVIATION)
        return DST_WALL;
    if (deviation_min == 0) /* first, where it is also one of the zone's: the instant is the same */
        return DST_UTC;
    if (deviation_min == -zone->offset_min)
        return DST_STANDARD;
    return is_end && deviation_min == -with_saving ? DST_WALL : ERR_UNSUPPORTED;
}

int date_time_to_rule(const struct date_time *time, const struct zone *zone, bool is_end,
                      struct dst_rule *rule)
{
    const int err = date_time_check(time);
    if (err < 0)
        return err;
    const int reference = reference_of(time->deviation_min, zone, is_end);
    const bool second_is_0 = time->second == 0 || time->second == DATE_TIME_ANY;
    const bool hundredths_are_0 = time->hundredths == 0 || time->hundredths == DATE_TIME_ANY;
    if (reference < 0 || time->year != DATE_TIME_ANY_YEAR || time->month > 12 ||
        time->day == DATE_TIME_ANY || time->hour == DATE_TIME_ANY ||
        time->minute == DATE_TIME_ANY || !second_is_0 || !hundredths_are_0) {
        return ERR_UNSUPPORTED;
    }
    *rule = (struct dst_rule){
        .month = time->month,
        .day = time->day,
        .weekday = time->weekday == DATE_TIME_ANY ? 0 : time->weekday,
        .reference = (uint8_t)reference,
        .minute = (uint16_t)(time->hour * MIN_PER_HOUR + time->minute),
    };
    return ERR_NONE;
}
