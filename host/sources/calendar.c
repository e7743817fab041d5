#include "sources/calendar.h"

#include <ctype.h>
#include <string.h>

#define SECOND_NS INT64_C(1000000000)
#define DAY_NS    (86400 * SECOND_NS)

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool calendar_days(int64_t year, int64_t month, int64_t day, int64_t *days)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    int64_t leap = is_leap(year);
    int64_t length = before[month] - before[month - 1] + (month == 2 ? leap : 0);
    int64_t past = year - 1;
    *days = past * 365 + past / 4 - past / 100 + past / 400 - 719162 + before[month - 1] +
            (month > 2 ? leap : 0) + day - 1;
    return day <= length;
}

bool calendar_parse_clock(struct text text, int64_t *ns, int64_t *resolution_ns)
{
    struct fields fields = text_fields(text, ':');
    struct text hour, minute, second;
    int64_t h, m;
    if (!fields_next(&fields, &hour) || !fields_next(&fields, &minute) ||
        !fields_next(&fields, &second) || !fields.done || !text_to_int64(hour, &h) ||
        !text_to_int64(minute, &m) || !text_to_nano(second, true, 0, ns, resolution_ns)) {
        return false;
    }
    if (h < 0 || h > 24 || m < 0 || m > 59 || *ns < 0 || *ns >= 61 * SECOND_NS) {
        return false;
    }
    *ns += (h * 60 + m) * 60 * SECOND_NS;
    return true;
}

static bool parse_date(struct text text, int64_t *days)
{
    char separator = memchr(text.at, '-', text.size)   ? '-'
                     : memchr(text.at, '/', text.size) ? '/'
                                                       : '.';
    struct fields fields = text_fields(text, separator);
    struct text part[3];
    int64_t number[3];
    for (int i = 0; i < 3; i++) {
        if (!fields_next(&fields, &part[i]) || !text_to_int64(part[i], &number[i])) {
            return false;
        }
    }
    bool year_last = part[2].size == 4;
    return fields.done &&
           calendar_days(number[year_last ? 2 : 0], number[1], number[year_last ? 0 : 2], days);
}

/* "Z", "+01:00", "+0100", "+01" at the end; cut off. */
static bool take_offset(struct text *text, int64_t *offset_ns)
{
    *offset_ns = 0;
    if (text->size && toupper((unsigned char)text->at[text->size - 1]) == 'Z') {
        text->size--;
        return true;
    }
    size_t at = text->size;
    while (at > 0 && text->at[at - 1] != '+' && text->at[at - 1] != '-') {
        at--;
    }
    if (at == 0) {
        return true;
    }
    struct text offset = {text->at + at, text->size - at};
    int64_t hours = 0, minutes = 0;
    bool colon = offset.size == 5 && offset.at[2] == ':';
    bool good = (offset.size == 2 || offset.size == 4 || colon) &&
                text_to_int64((struct text){offset.at, 2}, &hours) && hours >= 0 && hours <= 14;
    if (good && offset.size > 2) {
        good = text_to_int64((struct text){offset.at + 2 + colon, 2}, &minutes) && minutes >= 0;
    }
    *offset_ns = (hours * 60 + minutes) * 60 * SECOND_NS * (text->at[at - 1] == '-' ? -1 : 1);
    text->size = at - 1;
    return good;
}

bool calendar_parse(struct text text, struct calendar_time *time)
{
    size_t date = 0;
    while (date < text.size && text.at[date] != ' ' && text.at[date] != 'T') {
        date++;
    }
    *time = (struct calendar_time){.has_date = date < text.size};
    if (!time->has_date) {
        return calendar_parse_clock(text, &time->unix_ns, &time->resolution_ns);
    }
    struct text clock = text_trim((struct text){text.at + date + 1, text.size - date - 1});
    int64_t days, offset;
    if (!parse_date((struct text){text.at, date}, &days) || !take_offset(&clock, &offset) ||
        !calendar_parse_clock(text_trim(clock), &time->unix_ns, &time->resolution_ns)) {
        return false;
    }
    time->unix_ns += days * DAY_NS - offset;
    return true;
}
