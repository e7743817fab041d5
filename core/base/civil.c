#include "base/civil.h"

#define YEAR_MIN 1969 /* of local time; an instant has its own limits */
#define YEAR_MAX 2200

#define DAYS_TO_1970     719468 /* from 0000-03-01 */
#define DAYS_PER_CYCLE   146097 /* 400 years */
#define YEARS_PER_CYCLE  400
#define DAYS_PER_CENTURY 36524
#define DAYS_PER_4_YEARS 1461
#define DAYS_PER_YEAR    365
#define WEEKDAY_OF_DAY_0 3 /* Thursday, counted from Monday as 0 */
#define DAYS_PER_WEEK    7
#define OFFSET_PER_HOUR  60
#define FRACTION_DIGITS  6
#define MILLI_DIGITS     3

bool civil_is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % YEARS_PER_CYCLE == 0;
}

unsigned civil_days_in_month(int year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && civil_is_leap(year) ? 1u : 0u);
}

/* Years that begin in March have the leap day at their end, and their months a pattern of
 * 153 days in five. */
int32_t civil_days(int year, unsigned month, int day)
{
    const int shifted = year + YEARS_PER_CYCLE - (month <= 2 ? 1 : 0); /* never negative */
    const int cycle = shifted / YEARS_PER_CYCLE;
    const int year_of_cycle = shifted % YEARS_PER_CYCLE;
    const int month_from_march = (int)month + (month > 2 ? -3 : 9);
    const int day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    const int day_of_cycle =
        year_of_cycle * DAYS_PER_YEAR + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    return (cycle - 1) * DAYS_PER_CYCLE + day_of_cycle - DAYS_TO_1970;
}

void civil_set_date(struct civil *civil, int32_t days)
{
    const int shifted = days + DAYS_TO_1970 + DAYS_PER_CYCLE;
    const int cycle = shifted / DAYS_PER_CYCLE;
    const int day_of_cycle = shifted % DAYS_PER_CYCLE;
    const int year_of_cycle =
        (day_of_cycle - day_of_cycle / (DAYS_PER_4_YEARS - 1) + day_of_cycle / DAYS_PER_CENTURY -
         day_of_cycle / (DAYS_PER_CYCLE - 1)) /
        DAYS_PER_YEAR;
    const int day_of_year =
        day_of_cycle - (DAYS_PER_YEAR * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    const int month_from_march = (5 * day_of_year + 2) / 153;
    const int month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    civil->day = (uint8_t)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    civil->month = (uint8_t)month;
    civil->year = (int16_t)((cycle - 1) * YEARS_PER_CYCLE + year_of_cycle + (month <= 2 ? 1 : 0));
    civil->weekday = (uint8_t)civil_weekday(days);
}

unsigned civil_weekday(int32_t days)
{
    const int32_t from_monday = (days + WEEKDAY_OF_DAY_0) % DAYS_PER_WEEK;
    return (unsigned)(from_monday < 0 ? from_monday + DAYS_PER_WEEK : from_monday) + 1;
}

int32_t civil_split(int64_t us, int64_t *us_of_day)
{
    int64_t days = us / CIVIL_US_PER_DAY;
    if (us % CIVIL_US_PER_DAY < 0)
        days--;
    *us_of_day = us - days * CIVIL_US_PER_DAY;
    return (int32_t)days;
}

static bool offset_is_bad(int offset_min)
{
    return offset_min < -CIVIL_OFFSET_MAX || offset_min > CIVIL_OFFSET_MAX;
}

int civil_from_us(struct civil *civil, int64_t utc_us, int offset_min)
{
    if (utc_us < CIVIL_US_MIN || utc_us > CIVIL_US_MAX || offset_is_bad(offset_min))
        return ERR_RANGE;
    int64_t us_of_day;
    civil_set_date(civil, civil_split(utc_us + offset_min * CIVIL_US_PER_MIN, &us_of_day));
    const uint32_t second_of_day = (uint32_t)(us_of_day / CIVIL_US_PER_S);
    civil->microsecond = (uint32_t)(us_of_day % CIVIL_US_PER_S);
    civil->hour = (uint8_t)(second_of_day / 3600);
    civil->minute = (uint8_t)(second_of_day / 60 % 60);
    civil->second = (uint8_t)(second_of_day % 60);
    return ERR_NONE;
}

int civil_check(const struct civil *civil)
{
    if (civil->year < YEAR_MIN || civil->year > YEAR_MAX || civil->month < 1 || civil->month > 12 ||
        civil->day < 1 || civil->day > civil_days_in_month(civil->year, civil->month) ||
        civil->hour > 23 || civil->minute > 59 || civil->second > 59 ||
        civil->microsecond >= CIVIL_US_PER_S) {
        return ERR_RANGE;
    }
    const int32_t days = civil_days(civil->year, civil->month, civil->day);
    return civil->weekday == 0 || civil->weekday == civil_weekday(days) ? ERR_NONE : ERR_RANGE;
}

int64_t civil_local_us(const struct civil *civil)
{
    const int64_t second_of_day = (civil->hour * 60 + civil->minute) * 60 + civil->second;
    return civil_days(civil->year, civil->month, civil->day) * CIVIL_US_PER_DAY +
           second_of_day * CIVIL_US_PER_S + civil->microsecond;
}

int civil_to_us(int64_t *utc_us, const struct civil *civil, int offset_min)
{
    if (civil_check(civil) < 0 || offset_is_bad(offset_min))
        return ERR_RANGE;
    const int64_t us = civil_local_us(civil) - offset_min * CIVIL_US_PER_MIN;
    if (us < CIVIL_US_MIN || us > CIVIL_US_MAX)
        return ERR_RANGE;
    *utc_us = us;
    return ERR_NONE;
}

static char *put_digits(char *at, uint32_t value, unsigned digits)
{
    for (unsigned k = digits; k > 0; k--) {
        at[k - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    return at + digits;
}

static char *put(char *at, char mark, uint32_t value, unsigned digits)
{
    *at = mark;
    return put_digits(at + 1, value, digits);
}

int civil_print(char text[CIVIL_TEXT_MAX], int64_t utc_us, int offset_min)
{
    struct civil civil;
    if (civil_from_us(&civil, utc_us, offset_min) < 0)
        return ERR_RANGE;
    char *at = put_digits(text, (uint32_t)civil.year, 4);
    at = put(at, '-', civil.month, 2);
    at = put(at, '-', civil.day, 2);
    at = put(at, 'T', civil.hour, 2);
    at = put(at, ':', civil.minute, 2);
    at = put(at, ':', civil.second, 2);
    if (civil.microsecond % 1000 != 0)
        at = put(at, '.', civil.microsecond, FRACTION_DIGITS);
    else if (civil.microsecond != 0)
        at = put(at, '.', civil.microsecond / 1000, MILLI_DIGITS);
    if (offset_min == 0) {
        *at++ = 'Z';
    } else {
        const uint32_t size = (uint32_t)(offset_min < 0 ? -offset_min : offset_min);
        at = put(at, offset_min < 0 ? '-' : '+', size / OFFSET_PER_HOUR, 2);
        at = put(at, ':', size % OFFSET_PER_HOUR, 2);
    }
    *at = '\0';
    return (int)(at - text);
}

/* What is left to read; once bad it stays bad. */
struct cursor {
    const char *at, *end;
    bool bad;
};

static bool take(struct cursor *cursor, char mark, char other)
{
    if (cursor->at == cursor->end || (*cursor->at != mark && *cursor->at != other))
        return false;
    cursor->at++;
    return true;
}

static bool is_digit(const struct cursor *cursor)
{
    return cursor->at != cursor->end && *cursor->at >= '0' && *cursor->at <= '9';
}

static uint32_t number(struct cursor *cursor, unsigned digits)
{
    uint32_t value = 0;
    for (unsigned k = 0; k < digits; k++) {
        if (!is_digit(cursor)) {
            cursor->bad = true;
            return 0;
        }
        value = value * 10 + (uint32_t)(*cursor->at++ - '0');
    }
    return value;
}

/* `mark` and two digits. */
static uint8_t pair(struct cursor *cursor, char mark)
{
    cursor->bad |= !take(cursor, mark, mark);
    return (uint8_t)number(cursor, 2);
}

static uint32_t fraction(struct cursor *cursor)
{
    uint32_t value = number(cursor, 1);
    for (unsigned k = 1; k < FRACTION_DIGITS; k++)
        value = value * 10 + (is_digit(cursor) ? number(cursor, 1) : 0);
    return value;
}

static int zone(struct cursor *cursor)
{
    if (take(cursor, 'Z', 'z'))
        return 0;
    const bool west = take(cursor, '-', '-');
    cursor->bad |= !west && !take(cursor, '+', '+');
    const int hours = (int)number(cursor, 2);
    const int minutes = pair(cursor, ':');
    const int size = hours * OFFSET_PER_HOUR + minutes;
    /* 60 minutes and more are no offset, whatever they add up to. */
    return minutes >= OFFSET_PER_HOUR ? CIVIL_OFFSET_MAX + 1 : west ? -size : size;
}

int civil_parse(int64_t *utc_us, int16_t *offset_min, const char *text, size_t size)
{
    struct cursor cursor = {text, text + size, false};
    struct civil civil = {.year = (int16_t)number(&cursor, 4)};
    civil.month = pair(&cursor, '-');
    civil.day = pair(&cursor, '-');
    cursor.bad |= !take(&cursor, 'T', 't') && !take(&cursor, ' ', ' ');
    civil.hour = (uint8_t)number(&cursor, 2);
    civil.minute = pair(&cursor, ':');
    if (cursor.at != cursor.end && *cursor.at == ':') {
        civil.second = pair(&cursor, ':');
        if (take(&cursor, '.', ','))
            civil.microsecond = fraction(&cursor);
    }
    const int offset = zone(&cursor);
    if (cursor.bad || cursor.at != cursor.end)
        return ERR_FORMAT;
    const int err = civil_to_us(utc_us, &civil, offset);
    if (err == ERR_NONE)
        *offset_min = (int16_t)offset;
    return err;
}
