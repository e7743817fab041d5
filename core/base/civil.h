/*
 * base/civil.h: civil time: an instant as year, month, day and time of day, and as ISO 8601 text.
 *
 * An instant (`utc_us`) is int64_t microseconds since 1970-01-01T00:00:00Z, without leap seconds:
 * every day has 86 400 s. Supported are the instants of the years 1970..2199; their local time may
 * lie in the last day of 1969 or the first of 2200. The calendar is the proleptic Gregorian one.
 * An offset is local time minus UTC in minutes, east positive: CET is 60. (The deviation of DLMS
 * has the other sign; see base/date_time.h.) When an offset holds is the business of base/zone.h.
 *
 * Text is "2026-11-25T16:18:23.500+01:00", or Z for an offset of 0; ISO 8601-1, RFC 3339. The
 * parser also takes a comma for the point, 1 to 6 digits of fraction, no seconds at all, a blank
 * for T, small t and z; it wants a zone and takes neither 24:00 nor a leap second.
 *
 * Errors: ERR_RANGE: a field, an offset or the instant lies outside; the caller knows what of and
 * says it. ERR_FORMAT: no such text. Outputs are then unchanged.
 *
 * Called by: the clock, tariffs, profiles, and every face that shows or takes a time.
 */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define CIVIL_US_PER_S   INT64_C(1000000)
#define CIVIL_US_PER_MIN (60 * CIVIL_US_PER_S)
#define CIVIL_S_PER_DAY  86400
#define CIVIL_US_PER_DAY (CIVIL_S_PER_DAY * CIVIL_US_PER_S)

#define CIVIL_US_MIN     INT64_C(0)
#define CIVIL_US_MAX     INT64_C(7258118399999999) /* the last microsecond of 2199 */
#define CIVIL_OFFSET_MAX 1080 /* min, either way: 14 h of zone, 2 h of saving and some room */

#define CIVIL_TEXT_MAX 33 /* "2026-11-25T16:18:23.500000+01:00" and its end */

enum civil_weekday {
    CIVIL_MONDAY = 1,
    CIVIL_TUESDAY,
    CIVIL_WEDNESDAY,
    CIVIL_THURSDAY,
    CIVIL_FRIDAY,
    CIVIL_SATURDAY,
    CIVIL_SUNDAY,
};

struct civil {
    int16_t year;
    uint8_t month, day; /* 1..12, 1..31 */
    uint8_t weekday;    /* enum civil_weekday; on input 0 means: whichever it is */
    uint8_t hour, minute, second;
    uint32_t microsecond;
};

bool civil_is_leap(int year);
unsigned civil_days_in_month(int year, unsigned month); /* month 1..12 */

/* Days from 1970-01-01 to a date; its month must be 1..12 and its year 0..9999. A day outside the
 * month counts on into the next or back into the one before. */
int32_t civil_days(int year, unsigned month, int day);

/* The date of a day in the years 0..9999; the time of day is left alone. */
void civil_set_date(struct civil *civil, int32_t days);

/* Weekday of a day since 1970-01-01. */
unsigned civil_weekday(int32_t days);

/* The day since 1970-01-01 and the microsecond in it; negative instants too. */
int32_t civil_split(int64_t us, int64_t *us_of_day);

int civil_from_us(struct civil *civil, int64_t utc_us, int offset_min) MUST_USE;
int civil_to_us(int64_t *utc_us, const struct civil *civil, int offset_min) MUST_USE;

/* ERR_RANGE unless the fields are a date and a time of day in 1969..2200. */
int civil_check(const struct civil *civil) MUST_USE;

/* Microseconds from 1970-01-01 to a civil time that civil_check() took, read as if it were UTC. */
int64_t civil_local_us(const struct civil *civil);

/* Writes the text and a closing zero, with no fraction, milliseconds or microseconds, whatever it
 * needs; its length, or ERR_RANGE. */
int civil_print(char text[CIVIL_TEXT_MAX], int64_t utc_us, int offset_min) MUST_USE;

/* Reads `size` characters, all of them. *offset_min is what the text says. */
int civil_parse(int64_t *utc_us, int16_t *offset_min, const char *text, size_t size) MUST_USE;

#endif
