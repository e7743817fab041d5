/* Writing and asking: each checks the whole value, then takes it, logs it and commits. */
#include "base/assert.h"
#include "meter/meter_p.h"

enum { CLASS_EXTENDED = 4, CLASS_DEMAND = 5, CLASS_PROFILE = 7, CLASS_CLOCK = 8 };

static int refuse(const char **reason, int err, const char *why)
{
    *reason = why;
    return err;
}

/* A parameter is in force: says so in the log and keeps it. */
static int finish(struct meter *self, int64_t before, int64_t after)
{
    event_add(self, EVENT_configuration, meter_utc_us(self), before, after);
    self->changes++;
    self->change_utc_us = meter_utc_us(self);
    self->parameters_changed = true;
    return meter_commit(self);
}

static bool is_integer(const struct meter_value *value, int64_t lowest, int64_t highest)
{
    return value->type == METER_INTEGER && value->scaler == 0 && value->integer >= lowest &&
           value->integer <= highest;
}

/* ---- parameters ---- */

static int write_ratio(struct meter *self, uint32_t *field, const struct meter_value *value,
                       const char **reason)
{
    if (!is_integer(value, 1, METER_RATIO_MAX))
        return refuse(reason, ERR_RANGE, "a transformer ratio has integers of 1 to 1000000");
    const uint32_t before = *field;
    *field = (uint32_t)value->integer;
    return finish(self, before, *field);
}

static int write_demand(struct meter *self, int64_t period_s, int64_t periods, const char **reason)
{
    struct meter_parameters *p = &self->parameters;
    if (period_s < 0 || period_s > UINT32_MAX || !period_is_valid((uint32_t)period_s))
        return refuse(reason, ERR_RANGE, "a demand period is 60 to 86400 s and divides a day");
    if (periods < 1 || periods > METER_PERIODS_MAX ||
        !demand_is_valid((uint32_t)period_s, (uint32_t)periods))
        return refuse(reason, ERR_RANGE, "a demand window has 1 to 15 periods, a day at most");
    const int64_t before = (int64_t)p->demand_period_s * p->demand_periods;
    p->demand_period_s = (uint32_t)period_s;
    p->demand_periods = (uint8_t)periods;
    demand_reset(self);
    return finish(self, before, period_s * periods);
}

static int write_profile_period(struct meter *self, unsigned k, const struct meter_value *value,
                                const char **reason)
{
    if (!is_integer(value, METER_PERIOD_MIN_S, METER_PERIOD_MAX_S))
        return refuse(reason, ERR_RANGE, "a period is 60 to 86400 s and divides a day");
    return meter_profile_configure(self, k, (uint32_t)value->integer, self->profile[k].column,
                                   self->profile[k].columns, reason);
}

/* ---- the clock ---- */

static int write_time(struct meter *self, int64_t utc_us, const char **reason)
{
    struct clock_change change;
    const int err = clock_set(&self->clock, self->now_us, utc_us, &change);
    if (err < 0)
        return refuse(reason, err,
                      err == ERR_STATE ? "the meter has no power"
                                       : "the clock takes the years 2000 to 2199");
    meter_take_clock_change(self, &change);
    return self->store_error;
}

/* Whatever failed without a reason of its own failed in the store. */
static int explain(int err, const char **reason)
{
    if (err < 0 && *reason == NULL)
        *reason = "it is in force, but the store refuses to keep it";
    return err;
}

int meter_synchronise(struct meter *self, int64_t utc_us, const char **reason)
{
    *reason = NULL;
    if (!self->is_running)
        return refuse(reason, ERR_STATE, "the meter has no power");
    return explain(write_time(self, utc_us, reason), reason);
}

static int write_zone(struct meter *self, const struct zone *zone, int64_t before, int64_t after,
                      const char **reason)
{
    if (clock_set_zone(&self->clock, zone) < 0)
        return refuse(reason, ERR_RANGE, "no such zone or rule of daylight saving");
    self->dst_us = clock_next_event(&self->clock, self->now_us);
    meter_regrid(self);
    return finish(self, before, after);
}

static int write_rule(struct meter *self, bool is_end, const struct meter_value *value,
                      const char **reason)
{
    struct zone zone = self->clock.config.zone;
    struct date_time time;
    if (value->type != METER_OCTETS || date_time_decode(&time, value->octets) < 0 ||
        date_time_to_rule(&time, &zone, is_end, is_end ? &zone.end : &zone.begin) < 0)
        return refuse(reason, ERR_RANGE, "12 octets that name a day of every year are wanted");
    return write_zone(self, &zone, is_end, is_end, reason);
}

static int write_clock(struct meter *self, unsigned attribute, const struct meter_value *value,
                       const char **reason)
{
    struct zone zone = self->clock.config.zone;
    switch (attribute) {
    case 2:
        if (value->type != METER_TIME)
            return refuse(reason, ERR_ARGUMENT, "a time is wanted");
        return write_time(self, value->time.utc_us, reason);
    case 3:
        if (!is_integer(value, -ZONE_OFFSET_MAX, ZONE_OFFSET_MAX))
            return refuse(reason, ERR_RANGE, "a time zone is -840 to 840 minutes");
        zone.offset_min = (int16_t)-value->integer;
        return write_zone(self, &zone, -self->clock.config.zone.offset_min, value->integer, reason);
    case 5:
    case 6:
        return write_rule(self, attribute == 6, value, reason);
    case 7:
        if (!is_integer(value, -ZONE_DEVIATION_MAX, ZONE_DEVIATION_MAX))
            return refuse(reason, ERR_RANGE, "daylight saving is -120 to 120 minutes");
        zone.dst_deviation_min = (int16_t)value->integer;
        return write_zone(self, &zone, self->clock.config.zone.dst_deviation_min, value->integer,
                          reason);
    case 8:
        if (!is_integer(value, 0, 1))
            return refuse(reason, ERR_RANGE, "0 or 1 is wanted");
        zone.dst_enabled = value->integer != 0;
        return write_zone(self, &zone, self->clock.config.zone.dst_enabled, value->integer, reason);
    default:
        return refuse(reason, ERR_UNSUPPORTED, "this attribute cannot be written");
    }
}

/* ---- what can be written ---- */

static int write_data(struct meter *self, const struct meter_ref *ref,
                      const struct meter_value *value, const char **reason)
{
    struct meter_parameters *p = &self->parameters;
    switch ((enum meter_data)ref->row->source) {
    case METER_ct_numerator:
        return write_ratio(self, &p->ct_numerator, value, reason);
    case METER_ct_denominator:
        return write_ratio(self, &p->ct_denominator, value, reason);
    case METER_vt_numerator:
        return write_ratio(self, &p->vt_numerator, value, reason);
    case METER_vt_denominator:
        return write_ratio(self, &p->vt_denominator, value, reason);
    case METER_demand_period:
        return write_demand(self, is_integer(value, 0, UINT32_MAX) ? value->integer : -1,
                            p->demand_periods, reason);
    case METER_profile_period:
        return write_profile_period(self, 0, value, reason);
    default:
        return refuse(reason, ERR_UNSUPPORTED, "this row cannot be written");
    }
}

static int write_demand_class(struct meter *self, unsigned attribute,
                              const struct meter_value *value, const char **reason)
{
    const struct meter_parameters *p = &self->parameters;
    const int64_t number = is_integer(value, 0, UINT32_MAX) ? value->integer : -1;
    if (attribute == 8)
        return write_demand(self, number, p->demand_periods, reason);
    if (attribute == 9)
        return write_demand(self, p->demand_period_s, number, reason);
    return refuse(reason, ERR_UNSUPPORTED, "this attribute cannot be written");
}

static int write_row(struct meter *self, unsigned circuit, const struct meter_ref *ref,
                     unsigned attribute, const struct meter_value *value, const char **reason)
{
    if (!meter_has_ref(self, circuit, ref))
        return refuse(reason, ERR_NOT_FOUND, "there is no such row");
    if (!self->is_running)
        return refuse(reason, ERR_STATE, "the meter has no power");
    if (ref->row->class_id == CLASS_CLOCK)
        return write_clock(self, attribute, value, reason);
    if (ref->row->class_id == CLASS_DEMAND)
        return write_demand_class(self, attribute, value, reason);
    if (ref->row->kind == METER_ROW_PROFILE && attribute == 4)
        return write_profile_period(self, ref->index, value, reason);
    if (ref->row->kind == METER_ROW_DATA && attribute == METER_VALUE)
        return write_data(self, ref, value, reason);
    return refuse(reason, ERR_UNSUPPORTED, "this attribute cannot be written");
}

int meter_write(struct meter *self, unsigned circuit, const struct meter_ref *ref,
                unsigned attribute, const struct meter_value *value, const char **reason)
{
    *reason = NULL;
    return explain(write_row(self, circuit, ref, attribute, value, reason), reason);
}

/* ---- methods ---- */

static int take_change(struct meter *self, int err, const struct clock_change *change,
                       const char **reason)
{
    if (err == ERR_STATE)
        return refuse(reason, err, "there is no preset time for now");
    if (err < 0)
        return refuse(reason, err, "the clock would leave its range");
    meter_take_clock_change(self, change);
    return self->store_error;
}

static int preset(struct meter *self, const struct meter_value *value, const char **reason)
{
    const int64_t now_utc_us = meter_utc_us(self);
    if (value == NULL || value->type != METER_TIME || value->integer < 0 ||
        value->integer > METER_PERIOD_MAX_S)
        return refuse(reason, ERR_ARGUMENT, "a time and its validity, 0 to 86400 s, are wanted");
    const int err = clock_preset(&self->clock, value->time.utc_us, now_utc_us,
                                 now_utc_us + value->integer * US_PER_S);
    return err < 0 ? refuse(reason, err, "the clock takes the years 2000 to 2199")
                   : meter_commit(self);
}

static int invoke_clock(struct meter *self, unsigned method, const struct meter_value *value,
                        const char **reason)
{
    struct clock_change change;
    const uint32_t measuring_s =
        self->config.profiles > 0 ? self->profile[0].period_s : CLOCK_QUARTER_S;
    int err;
    switch (method) {
    case 1:
        err = clock_adjust_to_period(&self->clock, self->now_us, CLOCK_QUARTER_S, &change);
        return take_change(self, err, &change, reason);
    case 2:
        err = clock_adjust_to_period(&self->clock, self->now_us, measuring_s, &change);
        return take_change(self, err, &change, reason);
    case 3:
        err = clock_adjust_to_period(&self->clock, self->now_us, CLOCK_MINUTE_S, &change);
        return take_change(self, err, &change, reason);
    case 4:
        err = clock_adjust_to_preset(&self->clock, self->now_us, &change);
        return take_change(self, err, &change, reason);
    case 5:
        return preset(self, value, reason);
    case 6:
        if (value == NULL || !is_integer(value, -CLOCK_SHIFT_MAX_S, CLOCK_SHIFT_MAX_S))
            return refuse(reason, ERR_RANGE, "a shift is -900 to 900 s");
        err = clock_shift(&self->clock, self->now_us, (int32_t)value->integer, &change);
        return take_change(self, err, &change, reason);
    default:
        return refuse(reason, ERR_UNSUPPORTED, "the clock has methods 1 to 6");
    }
}

static int reset_demand(struct meter *self)
{
    demand_reset(self);
    event_add(self, EVENT_demand_reset, meter_utc_us(self), 0, 0);
    return meter_commit(self);
}

static int invoke_demand(struct meter *self, unsigned method, const char **reason)
{
    switch (method) {
    case 1:
        return reset_demand(self);
    case 2: {
        const int64_t utc_us = meter_utc_us(self);
        demand_close(self, utc_us);
        demand_begin(self, utc_us);
        return meter_commit(self);
    }
    default:
        return refuse(reason, ERR_UNSUPPORTED, "a demand register has methods 1 and 2");
    }
}

static int invoke_extended(struct meter *self, unsigned circuit, const struct meter_ref *ref,
                           unsigned method, const char **reason)
{
    if (method != 1)
        return refuse(reason, ERR_UNSUPPORTED, "a register has method 1");
    if (ref->row->kind == METER_ROW_DEMAND_LAST || ref->row->kind == METER_ROW_DEMAND_MAX)
        return reset_demand(self);
    extremes_reset(&self->config.memory[circuit]);
    return meter_commit(self);
}

static int invoke_profile(struct meter *self, unsigned k, unsigned method, const char **reason)
{
    const int64_t utc_us = meter_utc_us(self);
    switch (method) {
    case 1:
        event_add(self, EVENT_profile_reset, utc_us, k, 0);
        persist_clear_profile(self, k);
        return meter_commit(self);
    case 2: /* two parts of one interval */
        self->profile[k].status |= INTERVAL_DATA_INVALID;
        profile_capture(self, k, utc_us);
        profile_begin(self, k, utc_us, INTERVAL_DATA_INVALID);
        return meter_commit(self);
    default:
        return refuse(reason, ERR_UNSUPPORTED, "a profile has methods 1 and 2");
    }
}

static int invoke_row(struct meter *self, unsigned circuit, const struct meter_ref *ref,
                      unsigned method, const struct meter_value *value, const char **reason)
{
    if (!meter_has_ref(self, circuit, ref))
        return refuse(reason, ERR_NOT_FOUND, "there is no such row");
    if (!self->is_running)
        return refuse(reason, ERR_STATE, "the meter has no power");
    switch (ref->row->class_id) {
    case CLASS_CLOCK:
        return invoke_clock(self, method, value, reason);
    case CLASS_DEMAND:
        return invoke_demand(self, method, reason);
    case CLASS_EXTENDED:
        return invoke_extended(self, circuit, ref, method, reason);
    case CLASS_PROFILE:
        if (ref->row->kind == METER_ROW_PROFILE)
            return invoke_profile(self, ref->index, method, reason);
        return refuse(reason, ERR_UNSUPPORTED, "the event log is nobody's to clear");
    default:
        return refuse(reason, ERR_UNSUPPORTED,
                      ref->row->kind == METER_ROW_ENERGY ? "an energy register is never reset"
                                                         : "this row has no methods");
    }
}

int meter_invoke(struct meter *self, unsigned circuit, const struct meter_ref *ref, unsigned method,
                 const struct meter_value *value, const char **reason)
{
    *reason = NULL;
    return explain(invoke_row(self, circuit, ref, method, value, reason), reason);
}
