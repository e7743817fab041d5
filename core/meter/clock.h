/*
 * meter/clock.h: the clock of the meter: which time it is, how sure that is, and how it is set.
 *
 * Owns: the way from device time to UTC (base, drift, fraction), validity and status, the zone, a
 * preset time, and the time that a backup carries over a power cut. It owns no source of time and
 * touches no interval and no log: a change comes back as a struct clock_change, and its caller
 * marks, closes and logs.
 *
 * Units: `now_us` is device time, int64_t microseconds of an oscillator that never steps while
 * power is on; `utc_us` as in base/civil.h. `drift_ppb` is how much faster than device time the
 * clock goes: 5787 gains 0.5 s a day. It is applied in integers and the fraction of a microsecond
 * is carried, so the error after years is still below one.
 *
 * The clock is set to 2000..2199 only. Until somebody sets it, it is invalid and starts at 2000.
 *
 * Status bits, change methods and their limits follow class 8 of the Blue Book (IEC 62056-6-2) as
 * remembered, with these readings of our own: halves are rounded up, as the method for minutes
 * says; measuring periods count from local midnight; a preset time is used once; and methods that
 * move the clock to a near mark or by seconds leave an invalid clock invalid.
 *
 * Errors: ERR_RANGE: a time, a shift, a period or a parameter outside its limits. ERR_STATE: power
 * is down, or there is no preset time whose interval holds now. The clock is then unchanged.
 *
 * Called by: the device, from the thread that owns the meter; COSEM, faces and time sources
 * through it.
 */
#ifndef METER_CLOCK_H
#define METER_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/date_time.h"
#include "base/err.h"
#include "base/zone.h"

#define CLOCK_UTC_MIN       INT64_C(946684800000000) /* 2000-01-01T00:00:00Z */
#define CLOCK_UTC_MAX       CIVIL_US_MAX
#define CLOCK_NEVER         INT64_MAX
#define CLOCK_DRIFT_MAX_PPB 1000000 /* either way: 86.4 s a day */
#define CLOCK_SHIFT_MAX_S   900
#define CLOCK_QUARTER_S     900
#define CLOCK_MINUTE_S      60
#define CLOCK_SYNC_LIMIT_S  3 /* usual limit of struct clock_config */

/* Attribute 9 of class 8. */
enum clock_base {
    CLOCK_BASE_NONE,
    CLOCK_BASE_CRYSTAL,
    CLOCK_BASE_MAINS_50_HZ,
    CLOCK_BASE_MAINS_60_HZ,
    CLOCK_BASE_GPS,
    CLOCK_BASE_RADIO,
};

struct clock_config {
    struct zone zone;
    enum clock_base base;
    int32_t drift_ppb;     /* -CLOCK_DRIFT_MAX_PPB .. CLOCK_DRIFT_MAX_PPB */
    uint32_t backup_s;     /* how long it goes on without power; 0: there is no backup */
    uint16_t sync_limit_s; /* changes up to this are synchronisations; 0: none is */
};

/* What a change was. */
enum clock_change_kind {
    CLOCK_SYNCHRONISED,     /* small: the interval gets a little longer or shorter, no mark */
    CLOCK_ADJUSTED,         /* its interval must be marked */
    CLOCK_SET_FROM_INVALID, /* what was counted till now has no time of its own */
};

struct clock_change {
    int64_t old_utc_us, new_utc_us;
    enum clock_change_kind kind;
};

struct clock_preset {
    int64_t utc_us, from_us, to_us; /* the time to take, and from when to when it may be taken */
    bool is_armed;
};

struct clock {
    struct clock_config config;
    int64_t base_now_us, base_utc_us; /* of one moment */
    uint32_t rest;                    /* 0..999 999 999: 1e-9 us that the clock was ahead then */
    uint8_t marks;                    /* status bits but DST */
    bool is_off;
    struct clock_preset preset;
};

/* ERR_RANGE: a zone, a base or a drift outside its limits. */
int clock_init(struct clock *self, const struct clock_config *config, int64_t now_us) MUST_USE;

/* The time; while power is down, the time at which it went. */
int64_t clock_utc(const struct clock *self, int64_t now_us);

/* The first device time at which clock_utc() is utc_us or later, if nobody touches the clock; it
 * may lie in the past. Without power CLOCK_NEVER. */
int64_t clock_now_of_utc(const struct clock *self, int64_t utc_us);

bool clock_is_valid(const struct clock *self);

/* DATE_TIME_* bits of attribute 4. */
uint8_t clock_status(const struct clock *self, int64_t now_us);

/* Sets or clears DATE_TIME_DOUBTFUL, _OTHER_BASE or _INVALID_STATUS for whoever knows the source
 * of time. A successful clock_set() clears the first. */
void clock_mark(struct clock *self, uint8_t bits, bool on);

/* Attribute 2: time, local, with deviation and status. ERR_RANGE: the clock ran past 2199. */
int clock_date_time(const struct clock *self, int64_t now_us, struct date_time *time) MUST_USE;

/* Device time of the next begin or end of daylight saving, or CLOCK_NEVER. */
int64_t clock_next_event(const struct clock *self, int64_t now_us);

/* Power goes. Twice is once. */
void clock_power_down(struct clock *self, int64_t now_us);

/* Power is back at device time now_us, which need not go on from before; off_us passed since
 * clock_power_down() or since what clock_load() read was saved, negative: unknown. Without backup,
 * after its end and after an unknown time the clock goes on from where it stopped and is invalid;
 * else with drift all the while. Does nothing if power was not down. */
void clock_power_up(struct clock *self, int64_t now_us, int64_t off_us);

/* Writing attribute 2, and every source of time: the one way to make an invalid clock valid,
 * besides clock_adjust_to_preset(). A change within the limit is a synchronisation. */
int clock_set(struct clock *self, int64_t now_us, int64_t utc_us,
              struct clock_change *change) MUST_USE;

/* Method 1 is clock_adjust_to_period() with CLOCK_QUARTER_S, method 3 with CLOCK_MINUTE_S and
 * method 2 with the capture period: to the nearest begin of such a period. ERR_RANGE: a period
 * that does not divide a day. */
int clock_adjust_to_period(struct clock *self, int64_t now_us, uint32_t period_s,
                           struct clock_change *change) MUST_USE;

/* Method 4: takes the preset time if now lies in its interval, ends included. */
int clock_adjust_to_preset(struct clock *self, int64_t now_us,
                           struct clock_change *change) MUST_USE;

/* Method 5. ERR_RANGE also for an interval that ends before it begins. */
int clock_preset(struct clock *self, int64_t utc_us, int64_t from_us, int64_t to_us) MUST_USE;

/* Method 6: -900..900 s. */
int clock_shift(struct clock *self, int64_t now_us, int32_t seconds,
                struct clock_change *change) MUST_USE;

/* Parameters. Attributes 3 and 5 to 8; the crystal, from now on. */
int clock_set_zone(struct clock *self, const struct zone *zone) MUST_USE;
int clock_set_drift(struct clock *self, int64_t now_us, int32_t drift_ppb) MUST_USE;

/* What must survive: time, validity, zone, preset time; CLOCK_SAVED_BYTES, little-endian, with a
 * version. Who stores them sees to their integrity. A clock that ran past 2199 comes back as it was
 * at the end of it, invalid. */
#define CLOCK_SAVED_BYTES 55
void clock_save(const struct clock *self, int64_t now_us, struct bytes_out *out);

/* Into an initialised clock, which then is as after clock_power_down() at the moment of saving.
 * ERR_UNSUPPORTED: another version; ERR_TRUNCATED, ERR_RANGE: damaged; `self` is unchanged. */
int clock_load(struct clock *self, struct bytes_in *in) MUST_USE;

#endif
