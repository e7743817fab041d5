/*
 * base/date_time.h: the 12 octets that DLMS writes a date and a time with.
 *
 * Owns: the form (Blue Book, date and time formats): year 2, month, day of month, day of week,
 * hour, minute, second, hundredths, deviation 2, clock status; big-endian, local time. Fields may
 * be left open ("not specified", 0xff, in words of two octets 0xffff and 0x8000), and months and
 * days have words for the changes of daylight saving and for the last and the last day but one of
 * a month. A filter or the rule of a change is such a pattern; an instant is one without gaps.
 *
 * The sign of the deviation: "deviation of local time to UTC in minutes" is read as what is added
 * to local time to get UTC, so CET is -60 and CEST -120; that is the opposite of an ISO offset and
 * of everything else in this project. So read it the Blue Book, IDIS and the meters that follow
 * them. Profiles of India, Saudi Arabia and Italy have the sign turned, and so have some meters of
 * the north: they must be turned outside. The attributes time_zone (-60 for CET) and the deviations
 * of daylight_savings_begin and _end follow the same sign; daylight_savings_deviation does not, it
 * is added to local time and is +60.
 *
 * Errors: ERR_RANGE: an octet that means nothing, or no such day; ERR_UNSUPPORTED: well formed, but
 * not what was asked for: a pattern where an instant is wanted, or a rule that no struct dst_rule
 * can hold. Outputs are then unchanged.
 *
 * Called by: COSEM clock, profiles, schedules; what is written here is from the Blue Book as
 * remembered and as open clients write it.
 */
#ifndef BASE_DATE_TIME_H
#define BASE_DATE_TIME_H

#include <stdint.h>

#include "base/err.h"
#include "base/zone.h"

#define DATE_TIME_BYTES 12

#define DATE_TIME_ANY             0xff /* every field of one octet */
#define DATE_TIME_ANY_YEAR        0xffff
#define DATE_TIME_ANY_DEVIATION   INT16_MIN
#define DATE_TIME_MONTH_DST_END   0xfd
#define DATE_TIME_MONTH_DST_BEGIN 0xfe
/* Days of month: DST_DAY_SECOND_LAST, DST_DAY_LAST of base/zone.h. With a day of week as well: the
 * last such; of a numbered day: the first such on or after it. */

/* Clock status, class 8 attribute 4 and the last octet. 0xff: not specified. */
#define DATE_TIME_INVALID        0x01 /* the time could not be recovered after an incident */
#define DATE_TIME_DOUBTFUL       0x02 /* recovered, but nobody vouches for it */
#define DATE_TIME_OTHER_BASE     0x04 /* not the usual base of time */
#define DATE_TIME_INVALID_STATUS 0x08 /* some of these bits may be wrong */
#define DATE_TIME_DST            0x80

struct date_time {
    uint16_t year;
    uint8_t month, day, weekday;
    uint8_t hour, minute, second, hundredths;
    int16_t deviation_min; /* UTC minus local */
    uint8_t status;
};

int date_time_decode(struct date_time *time, const uint8_t bytes[DATE_TIME_BYTES]) MUST_USE;
void date_time_encode(const struct date_time *time, uint8_t bytes[DATE_TIME_BYTES]);

/* ERR_RANGE for fields that date_time_decode() would refuse. */
int date_time_check(const struct date_time *time) MUST_USE;

/* The local time of an instant, hundredths cut; `status` gets the DST bit as the zone says. */
int date_time_from_us(struct date_time *time, int64_t utc_us, const struct zone *zone,
                      uint8_t status) MUST_USE;

/* The instant. Open hundredths and seconds are 0, an open weekday is whichever it is. An open
 * deviation is found by the zone; of an hour that comes twice the DST bit chooses, and an open
 * status the first. */
int date_time_to_us(const struct date_time *time, const struct zone *zone,
                    int64_t *utc_us) MUST_USE;

/* daylight_savings_begin, or _end, of a zone. DST_WALL leaves the deviation open, the others say
 * it. */
void date_time_from_rule(struct date_time *time, const struct zone *zone, bool is_end);

/* The rule that such octets hold; zone->offset_min and ->dst_deviation_min tell what their
 * deviation refers to. ERR_UNSUPPORTED: for one year only, not to the minute, or by a deviation
 * that is none of the zone's. */
int date_time_to_rule(const struct date_time *time, const struct zone *zone, bool is_end,
                      struct dst_rule *rule) MUST_USE;

#endif
