/*
 * sources/calendar.h: dates and times of day as recordings write them.
 *
 * Pure functions from text to nanoseconds since 1970-01-01 00:00 (proleptic Gregorian, no leap
 * seconds); local time is taken as it stands unless the text carries an offset from UTC.
 */
#ifndef SOURCES_CALENDAR_H
#define SOURCES_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "sources/text.h"

struct calendar_time {
    int64_t unix_ns; /* or since midnight if there is no date */
    int64_t resolution_ns;
    bool has_date;
};

/* Days since 1970-01-01; false if there is no such day in the years 1900..2200. */
bool calendar_days(int64_t year, int64_t month, int64_t day, int64_t *days);

/* "2020-02-24 18:15:21.499998208", "2020-02-24T18:15:21,5+01:00", "24.02.2020 18:15:21",
 * "18:15:21.25". */
bool calendar_parse(struct text text, struct calendar_time *time);

/* "hh:mm:ss[.fraction]"; 24:00:00 and second 60 are let through. */
bool calendar_parse_clock(struct text text, int64_t *ns, int64_t *resolution_ns);

#endif
