/*
 * unit/device_words.h: short words for what tests of a device say often.
 *
 * Owns: the bench of the test program that includes it. Called by: tests of the device, after
 * cmocka.h.
 */
#ifndef UNIT_DEVICE_WORDS_H
#define UNIT_DEVICE_WORDS_H

#include "unit/device_bench.h"

static struct device_bench bench; /* too large for a stack */

static inline struct meter_value read_value(unsigned circuit, const char *name, unsigned attribute)
{
    struct meter_ref ref;
    struct meter_value value;
    assert_int_equal(meter_find(&bench.device.meter, circuit, name, &ref), 0);
    assert_int_equal(meter_read(&bench.device.meter, circuit, &ref, attribute, &value), 0);
    return value;
}

static inline int64_t integer(const char *name)
{
    const struct meter_value value = read_value(0, name, 2);
    assert_int_equal(value.type, METER_INTEGER);
    return value.integer;
}

static inline int write_integer(const char *name, unsigned attribute, int64_t integer)
{
    struct meter_ref ref;
    const char *reason;
    const struct meter_value value = {.type = METER_INTEGER, .integer = integer};
    assert_int_equal(meter_find(&bench.device.meter, 0, name, &ref), 0);
    const int err = meter_write(&bench.device.meter, 0, &ref, attribute, &value, &reason);
    assert_int_equal(err < 0, reason != NULL);
    return err;
}

static inline int invoke(const char *name, unsigned method, const struct meter_value *value)
{
    struct meter_ref ref;
    const char *reason;
    assert_int_equal(meter_find(&bench.device.meter, 0, name, &ref), 0);
    const int err = meter_invoke(&bench.device.meter, 0, &ref, method, value, &reason);
    assert_int_equal(err < 0, reason != NULL);
    return err;
}

static inline int set_clock(int64_t utc_us)
{
    struct meter_ref ref;
    const char *reason;
    const struct meter_value value = {.type = METER_TIME, .time = {.utc_us = utc_us}};
    assert_int_equal(meter_find(&bench.device.meter, 0, "clock", &ref), 0);
    return meter_write(&bench.device.meter, 0, &ref, 2, &value, &reason);
}

static inline unsigned read_profile(struct meter_entry *entry, unsigned size,
                                    const struct meter_range *range)
{
    static const struct meter_range all = {.by = RANGE_ALL};
    struct profile_cursor cursor;
    unsigned count = 0;
    assert_int_equal(profile_open(&cursor, &bench.device.meter, 0, range ? range : &all, NULL, 0),
                     0);
    while (count < size && profile_next(&cursor, &entry[count]) == 1)
        count++;
    assert_int_equal(cursor.damaged, 0);
    return count;
}

static inline unsigned count_events(uint16_t code)
{
    struct meter_event event;
    uint32_t cursor = 0, number = 0;
    unsigned count = 0;
    while (meter_next_event(&bench.device.meter, &cursor, &event) == 1) {
        assert_true(number == 0 || event.number == number + 1);
        number = event.number;
        count += event.code == code;
    }
    return count;
}

static inline void start(void)
{
    assert_int_equal(bench_start(&bench), 0);
    assert_int_equal(bench.faulty.broken, 0);
}

#endif
