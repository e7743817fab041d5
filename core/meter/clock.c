#include "meter/clock.h"

#define PPB          1000000000 /* parts in one, and units of `rest` in a microsecond */
#define MARKS        (DATE_TIME_DOUBTFUL | DATE_TIME_OTHER_BASE | DATE_TIME_INVALID_STATUS)
#define SAVE_VERSION 1

#define SAVED_DST_ENABLED  0x01u
#define SAVED_PRESET_ARMED 0x02u

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

/* What the clock gains beyond `elapsed_us`, in whole microseconds; *rest is carried. In two parts,
 * because 200 years times the drift need more than 64 bits. */
static int64_t gain_us(int64_t elapsed_us, int32_t drift_ppb, uint32_t *rest)
{
    const int64_t blocks = floor_div(elapsed_us, PPB); /* each gains drift_ppb microseconds */
    const int64_t part = (elapsed_us - blocks * PPB) * drift_ppb + *rest;
    const int64_t whole = floor_div(part, PPB);
    *rest = (uint32_t)(part - whole * PPB);
    return blocks * drift_ppb + whole;
}

/* Moves the base on by elapsed_us, to device time now_us. */
static void rebase(struct clock *self, int64_t now_us, int64_t elapsed_us)
{
    self->base_utc_us += elapsed_us + gain_us(elapsed_us, self->config.drift_ppb, &self->rest);
    self->base_now_us = now_us;
}

static bool drift_is_good(int32_t drift_ppb)
{
    return drift_ppb >= -CLOCK_DRIFT_MAX_PPB && drift_ppb <= CLOCK_DRIFT_MAX_PPB;
}

static bool utc_is_good(int64_t utc_us)
{
    return utc_us >= CLOCK_UTC_MIN && utc_us <= CLOCK_UTC_MAX;
}

int clock_init(struct clock *self, const struct clock_config *config, int64_t now_us)
{
    if (zone_check(&config->zone) < 0 || !drift_is_good(config->drift_ppb) ||
        config->base < CLOCK_BASE_NONE || config->base > CLOCK_BASE_RADIO) {
        return ERR_RANGE;
    }
    *self = (struct clock){
        .config = *config,
        .base_now_us = now_us,
        .base_utc_us = CLOCK_UTC_MIN,
        .marks = DATE_TIME_INVALID,
    };
    return ERR_NONE;
}

int64_t clock_utc(const struct clock *self, int64_t now_us)
{
    if (self->is_off)
        return self->base_utc_us;
    const int64_t elapsed_us = now_us - self->base_now_us;
    uint32_t rest = self->rest;
    return self->base_utc_us + elapsed_us + gain_us(elapsed_us, self->config.drift_ppb, &rest);
}

/* The least e with floor((e * pace + rest) / PPB) >= u is ceil((u * PPB - rest) / pace), where pace
 * is what the clock makes of PPB microseconds. u is split by pace so that products fit. */
int64_t clock_now_of_utc(const struct clock *self, int64_t utc_us)
{
    if (self->is_off)
        return CLOCK_NEVER;
    const int64_t pace = (int64_t)PPB + self->config.drift_ppb;
    const int64_t ahead_us = utc_us - self->base_utc_us;
    const int64_t blocks = floor_div(ahead_us, pace);
    const int64_t part = (ahead_us - blocks * pace) * PPB - self->rest;
    return self->base_now_us + blocks * PPB + -floor_div(-part, pace);
}

bool clock_is_valid(const struct clock *self)
{
    return (self->marks & DATE_TIME_INVALID) == 0;
}

uint8_t clock_status(const struct clock *self, int64_t now_us)
{
    const bool is_dst = zone_offset(&self->config.zone, clock_utc(self, now_us)).is_dst;
    return (uint8_t)(self->marks | (is_dst ? DATE_TIME_DST : 0));
}

void clock_mark(struct clock *self, uint8_t bits, bool on)
{
    const unsigned others = self->marks & ~(unsigned)(bits & MARKS);
    self->marks = (uint8_t)(others | (on ? bits & MARKS : 0));
}

int clock_date_time(const struct clock *self, int64_t now_us, struct date_time *time)
{
    return date_time_from_us(time, clock_utc(self, now_us), &self->config.zone, self->marks);
}

int64_t clock_next_event(const struct clock *self, int64_t now_us)
{
    int64_t change_us;
    if (!zone_next_change(&self->config.zone, clock_utc(self, now_us), &change_us))
        return CLOCK_NEVER;
    return clock_now_of_utc(self, change_us);
}

void clock_power_down(struct clock *self, int64_t now_us)
{
    if (self->is_off)
        return;
    rebase(self, now_us, now_us - self->base_now_us);
    self->is_off = true;
}

void clock_power_up(struct clock *self, int64_t now_us, int64_t off_us)
{
    if (!self->is_off)
        return;
    const bool is_carried = off_us >= 0 &&
                            off_us <= (int64_t)self->config.backup_s * CIVIL_US_PER_S &&
                            self->config.backup_s > 0;
    if (!is_carried)
        self->marks |= DATE_TIME_INVALID;
    rebase(self, now_us, is_carried ? off_us : 0);
    self->is_off = false;
}

/* Steps to utc_us exactly and tells what that was. */
static int step(struct clock *self, int64_t now_us, int64_t utc_us, bool makes_valid,
                struct clock_change *change)
{
    if (self->is_off)
        return ERR_STATE;
    if (!utc_is_good(utc_us))
        return ERR_RANGE;
    const int64_t old_us = clock_utc(self, now_us);
    const int64_t size_us = utc_us < old_us ? old_us - utc_us : utc_us - old_us;
    *change = (struct clock_change){old_us, utc_us, CLOCK_ADJUSTED};
    if (makes_valid && !clock_is_valid(self))
        change->kind = CLOCK_SET_FROM_INVALID;
    else if (size_us <= self->config.sync_limit_s * CIVIL_US_PER_S)
        change->kind = CLOCK_SYNCHRONISED;
    if (makes_valid)
        self->marks &= (uint8_t) ~(DATE_TIME_INVALID | DATE_TIME_DOUBTFUL);
    self->base_now_us = now_us;
    self->base_utc_us = utc_us;
    self->rest = 0;
    return ERR_NONE;
}

int clock_set(struct clock *self, int64_t now_us, int64_t utc_us, struct clock_change *change)
{
    return step(self, now_us, utc_us, true, change);
}

/* The begin of a period that is nearest to utc_us. */
static int64_t nearest_us(const struct zone *zone, int64_t utc_us, int64_t period_us)
{
    const int64_t offset_us = zone_offset(zone, utc_us).min * CIVIL_US_PER_MIN;
    const int64_t local_us = utc_us + offset_us + period_us / 2;
    const int64_t mark_us = floor_div(local_us, period_us) * period_us - offset_us;
    /* Saving may begin or end between both. By whole periods: they just go on. Else, and so for a
     * day, the mark is what local clocks show then. */
    const int64_t turned_us = zone_offset(zone, mark_us).min * CIVIL_US_PER_MIN - offset_us;
    return turned_us % period_us == 0 ? mark_us : mark_us - turned_us;
}

int clock_adjust_to_period(struct clock *self, int64_t now_us, uint32_t period_s,
                           struct clock_change *change)
{
    if (period_s == 0 || CIVIL_S_PER_DAY % period_s != 0)
        return ERR_RANGE;
    const int64_t mark_us =
        nearest_us(&self->config.zone, clock_utc(self, now_us), (int64_t)period_s * CIVIL_US_PER_S);
    return step(self, now_us, mark_us, false, change);
}

int clock_adjust_to_preset(struct clock *self, int64_t now_us, struct clock_change *change)
{
    const int64_t utc_us = clock_utc(self, now_us);
    if (!self->preset.is_armed || utc_us < self->preset.from_us || utc_us > self->preset.to_us)
        return ERR_STATE;
    const int err = step(self, now_us, self->preset.utc_us, true, change);
    if (err == ERR_NONE)
        self->preset.is_armed = false;
    return err;
}

static bool preset_is_good(const struct clock_preset *preset)
{
    return utc_is_good(preset->utc_us) && utc_is_good(preset->from_us) &&
           utc_is_good(preset->to_us) && preset->from_us <= preset->to_us;
}

int clock_preset(struct clock *self, int64_t utc_us, int64_t from_us, int64_t to_us)
{
    const struct clock_preset preset = {utc_us, from_us, to_us, true};
    if (!preset_is_good(&preset))
        return ERR_RANGE;
    self->preset = preset;
    return ERR_NONE;
}

int clock_shift(struct clock *self, int64_t now_us, int32_t seconds, struct clock_change *change)
{
    if (seconds < -CLOCK_SHIFT_MAX_S || seconds > CLOCK_SHIFT_MAX_S)
        return ERR_RANGE;
    const int64_t shift_us = seconds * CIVIL_US_PER_S;
    return step(self, now_us, clock_utc(self, now_us) + shift_us, false, change);
}

int clock_set_zone(struct clock *self, const struct zone *zone)
{
    const int err = zone_check(zone);
    if (err == ERR_NONE)
        self->config.zone = *zone;
    return err;
}

int clock_set_drift(struct clock *self, int64_t now_us, int32_t drift_ppb)
{
    if (!drift_is_good(drift_ppb))
        return ERR_RANGE;
    if (!self->is_off)
        rebase(self, now_us, now_us - self->base_now_us);
    self->config.drift_ppb = drift_ppb;
    return ERR_NONE;
}

static void save_rule(struct bytes_out *out, const struct dst_rule *rule)
{
    bytes_put_le(out, rule->month, 1);
    bytes_put_le(out, rule->day, 1);
    bytes_put_le(out, rule->weekday, 1);
    bytes_put_le(out, rule->reference, 1);
    bytes_put_le(out, rule->minute, 2);
}

static struct dst_rule load_rule(struct bytes_in *in)
{
    struct dst_rule rule;
    rule.month = (uint8_t)bytes_get_le(in, 1);
    rule.day = (uint8_t)bytes_get_le(in, 1);
    rule.weekday = (uint8_t)bytes_get_le(in, 1);
    rule.reference = (uint8_t)bytes_get_le(in, 1);
    rule.minute = (uint16_t)bytes_get_le(in, 2);
    return rule;
}

void clock_save(const struct clock *self, int64_t now_us, struct bytes_out *out)
{
    struct clock at = *self;
    if (!at.is_off)
        rebase(&at, now_us, now_us - at.base_now_us);
    if (at.base_utc_us > CLOCK_UTC_MAX) {
        at.base_utc_us = CLOCK_UTC_MAX;
        at.marks |= DATE_TIME_INVALID;
    }
    const struct zone *zone = &at.config.zone;
    bytes_put_le(out, SAVE_VERSION, 1);
    bytes_put_le(out, at.marks, 1);
    bytes_put_le(out, (uint64_t)at.base_utc_us, 8);
    bytes_put_le(out, at.rest, 4);
    bytes_put_le(out,
                 (zone->dst_enabled ? SAVED_DST_ENABLED : 0u) |
                     (at.preset.is_armed ? SAVED_PRESET_ARMED : 0u),
                 1);
    bytes_put_le(out, (uint16_t)zone->offset_min, 2);
    bytes_put_le(out, (uint16_t)zone->dst_deviation_min, 2);
    save_rule(out, &zone->begin);
    save_rule(out, &zone->end);
    bytes_put_le(out, (uint64_t)at.preset.utc_us, 8);
    bytes_put_le(out, (uint64_t)at.preset.from_us, 8);
    bytes_put_le(out, (uint64_t)at.preset.to_us, 8);
}

static int read_saved(struct clock *to, struct bytes_in *in)
{
    struct zone *zone = &to->config.zone;
    if (bytes_get_le(in, 1) != SAVE_VERSION)
        return in->bad ? ERR_TRUNCATED : ERR_UNSUPPORTED;
    to->marks = (uint8_t)bytes_get_le(in, 1);
    to->base_utc_us = bytes_get_le_signed(in, 8);
    to->rest = (uint32_t)bytes_get_le(in, 4);
    const unsigned flags = (unsigned)bytes_get_le(in, 1);
    zone->dst_enabled = (flags & SAVED_DST_ENABLED) != 0;
    to->preset.is_armed = (flags & SAVED_PRESET_ARMED) != 0;
    zone->offset_min = (int16_t)bytes_get_le_signed(in, 2);
    zone->dst_deviation_min = (int16_t)bytes_get_le_signed(in, 2);
    zone->begin = load_rule(in);
    zone->end = load_rule(in);
    to->preset.utc_us = bytes_get_le_signed(in, 8);
    to->preset.from_us = bytes_get_le_signed(in, 8);
    to->preset.to_us = bytes_get_le_signed(in, 8);
    if (in->bad)
        return ERR_TRUNCATED;
    return (flags & ~(SAVED_DST_ENABLED | SAVED_PRESET_ARMED)) == 0 ? ERR_NONE : ERR_RANGE;
}

int clock_load(struct clock *self, struct bytes_in *in)
{
    struct clock loaded = *self;
    const int err = read_saved(&loaded, in);
    if (err < 0)
        return err;
    const unsigned known = MARKS | DATE_TIME_INVALID;
    if ((loaded.marks & ~known) != 0 || !utc_is_good(loaded.base_utc_us) || loaded.rest >= PPB ||
        zone_check(&loaded.config.zone) < 0 ||
        (loaded.preset.is_armed && !preset_is_good(&loaded.preset))) {
        return ERR_RANGE;
    }
    loaded.is_off = true;
    *self = loaded;
    return ERR_NONE;
}
