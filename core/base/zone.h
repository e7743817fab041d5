/*
 * base/zone.h: local time: the offset of a zone, and the two days a year when it changes.
 *
 * Owns: the rules of one zone as a meter knows them, which are the attributes time_zone and
 * daylight_savings_* of the clock (Blue Book, class 8): one offset, one deviation, one begin and
 * one end that hold for every year. No history of zones and no table of them. base/date_time.h
 * turns the rules into the bytes of those attributes.
 *
 * Instants are `utc_us` of base/civil.h. Offsets are minutes, local minus UTC, east positive. A
 * deviation of saving is added to the offset from begin to end; it may be negative, and begin may
 * lie later in the year than end (the southern hemisphere). Outside 1970..2199 there is no saving.
 *
 * Called by: the clock, tariffs, profiles, faces.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/civil.h"
#include "base/err.h"

#define ZONE_OFFSET_MAX    840 /* min, either way */
#define ZONE_DEVIATION_MAX 120 /* min, either way; Blue Book, daylight_savings_deviation */
#define ZONE_DEVIATION     60  /* min, what nearly everybody uses */

/* In struct dst_rule .day; the values are those of the day of month in the Blue Book. */
#define DST_DAY_SECOND_LAST 0xfd
#define DST_DAY_LAST        0xfe
/* The n-th weekday of a month, n = 1..4, is the first on or after this day. */
#define DST_DAY_OF_WEEK(n) (1 + 7 * ((n)-1))

/* Which clock shows the time of a rule. */
enum dst_reference {
    DST_WALL,     /* the local time before the change: at begin without, at end with saving */
    DST_STANDARD, /* local time without saving */
    DST_UTC,
};

struct dst_rule {
    uint8_t month;     /* 1..12 */
    uint8_t day;       /* 1..31, clipped to the month, DST_DAY_LAST or DST_DAY_SECOND_LAST */
    uint8_t weekday;   /* enum civil_weekday: the first such on or after the day, of the last days
                          the last such in the month or the one a week before; 0: the day itself */
    uint8_t reference; /* enum dst_reference */
    uint16_t minute;   /* of the day, 0..1439 */
};

struct zone {
    int16_t offset_min; /* without saving */
    bool dst_enabled;
    int16_t dst_deviation_min; /* ZONE_DEVIATION; counts only if enabled */
    struct dst_rule begin, end;
};

struct local_offset {
    int16_t min; /* saving included */
    bool is_dst;
};

/* ERR_RANGE: an offset, a deviation or, if saving is enabled, a rule outside what is said above. */
int zone_check(const struct zone *zone) MUST_USE;
int dst_rule_check(const struct dst_rule *rule) MUST_USE;

struct local_offset zone_offset(const struct zone *zone, int64_t utc_us);

/* The first instant after utc_us at which saving begins or ends; false: there is none. */
bool zone_next_change(const struct zone *zone, int64_t utc_us, int64_t *change_us);

/* civil_from_us() with the offset of that instant. */
int zone_to_civil(const struct zone *zone, int64_t utc_us, struct civil *civil) MUST_USE;

/* A local time that a clock shows twice: which of both instants. */
enum zone_pick { ZONE_FIRST, ZONE_SECOND };

/* What kind of local time it was. */
enum zone_kind { ZONE_ONCE = 0, ZONE_TWICE = 1, ZONE_NEVER = 2 };

/* The instant of a local time; returns enum zone_kind or ERR_RANGE. A time in the gap that no
 * clock shows is taken by the offset before the gap: 02:30 that night is 03:30. */
int zone_to_us(const struct zone *zone, const struct civil *local, enum zone_pick pick,
               int64_t *utc_us) MUST_USE;

#endif
