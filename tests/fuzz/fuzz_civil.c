/* Any bytes as ISO 8601 text, as the 12 octets of DLMS and as a saved clock: what is taken writes
 * and reads back. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/civil.h"
#include "base/date_time.h"
#include "meter/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
    if (!condition)
        abort();
}

static void try_text(const char *text, size_t size)
{
    int64_t us = 0, back = 0;
    int16_t offset_min = 0, offset_back = 0;
    char printed[CIVIL_TEXT_MAX];
    const int err = civil_parse(&us, &offset_min, text, size);
    if (err < 0) {
        expect(err == ERR_FORMAT || err == ERR_RANGE);
        return;
    }
    const int length = civil_print(printed, us, offset_min);
    expect(length > 0 && length < CIVIL_TEXT_MAX);
    expect(civil_parse(&back, &offset_back, printed, (size_t)length) == ERR_NONE);
    expect(back == us && offset_back == offset_min);
}

/* A rule that is taken makes a zone that can be asked anything. */
static void try_rule(const struct date_time *time, const struct zone *usual, int64_t utc_us)
{
    struct zone zone = *usual;
    struct date_time written;
    struct dst_rule rule;
    int64_t change_us;
    if (date_time_to_rule(time, &zone, false, &zone.begin) < 0)
        return;
    expect(zone_check(&zone) == ERR_NONE);
    date_time_from_rule(&written, &zone, false);
    expect(date_time_check(&written) == ERR_NONE);
    expect(date_time_to_rule(&written, &zone, false, &rule) == ERR_NONE);
    expect(memcmp(&rule, &zone.begin, sizeof rule) == 0);
    if (zone_next_change(&zone, utc_us, &change_us))
        expect(zone_offset(&zone, change_us).is_dst != zone_offset(&zone, change_us - 1).is_dst);
}

/* Nothing is said of preset times that are not armed: they come back as they were. */
static void try_saved(const uint8_t *data, size_t size)
{
    const struct clock_config config = {.drift_ppb = 5787, .backup_s = 100};
    struct clock clock;
    struct bytes_in in = {.data = data, .size = size};
    uint8_t back[CLOCK_SAVED_BYTES];
    struct bytes_out out = {.data = back, .size = sizeof back};
    expect(clock_init(&clock, &config, 0) == ERR_NONE);
    if (clock_load(&clock, &in) < 0)
        return;
    expect(in.used == CLOCK_SAVED_BYTES);
    clock_save(&clock, 12345, &out);
    expect(!out.bad && out.used == sizeof back && memcmp(back, data, sizeof back) == 0);
    clock_power_up(&clock, 0, 50 * CIVIL_US_PER_S);
    const int64_t event_us = clock_next_event(&clock, 0);
    expect(event_us > 0 && clock_utc(&clock, 0) >= CLOCK_UTC_MIN);
    if (event_us != CLOCK_NEVER)
        expect(((clock_status(&clock, event_us) ^ clock_status(&clock, event_us - 1)) &
                DATE_TIME_DST) != 0);
}

static void try_octets(const uint8_t bytes[DATE_TIME_BYTES])
{
    static const struct zone zone = {60, true, 60, {3, 254, 7, 0, 120}, {10, 254, 7, 0, 180}};
    struct date_time time;
    uint8_t back[DATE_TIME_BYTES];
    int64_t us = 0, again = 0;
    if (date_time_decode(&time, bytes) < 0)
        return;
    date_time_encode(&time, back);
    expect(memcmp(back, bytes, sizeof back) == 0);
    if (date_time_to_us(&time, &zone, &us) == ERR_NONE) {
        expect(us >= CIVIL_US_MIN && us <= CIVIL_US_MAX);
        expect(date_time_from_us(&time, us, &zone, 0) == ERR_NONE);
        expect(date_time_to_us(&time, &zone, &again) == ERR_NONE && again == us);
    }
    try_rule(&time, &zone, us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_text((const char *)data, size);
    if (size >= DATE_TIME_BYTES)
        try_octets(data);
    try_saved(data, size);
    return 0;
}
