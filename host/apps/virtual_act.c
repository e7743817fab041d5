/* What a scenario's rows do, and when. */
#include <stdio.h>

#include "apps/virtual.h"

#define HALVINGS 12 /* how much likelier short outages are */

/* ---- when ---- */

static int64_t next_day(const struct virtual *self, int64_t time_of_day_us, int64_t after_us)
{
    int64_t utc_us = after_us;
    for (unsigned day = 0; day < 3; day++) {
        struct civil local;
        if (zone_to_civil(&self->config.zone, after_us + day * CIVIL_US_PER_DAY, &local) < 0)
            return INT64_MAX;
        local.hour = (uint8_t)(time_of_day_us / (60 * CIVIL_US_PER_MIN));
        local.minute = (uint8_t)(time_of_day_us / CIVIL_US_PER_MIN % 60);
        local.second = 0;
        local.microsecond = 0;
        if (zone_to_us(&self->config.zone, &local, ZONE_FIRST, &utc_us) >= 0 && utc_us > after_us)
            return utc_us;
    }
    return INT64_MAX;
}

int64_t virtual_due(struct virtual *self, const struct scenario_row *row, int64_t after_us)
{
    const int64_t start_us = self->config.start_us;
    switch (row->when) {
    case WHEN_AT:
        return row->at_us > after_us ? row->at_us : INT64_MAX;
    case WHEN_EVERY_DAY:
        return next_day(self, row->every_us, after_us);
    case WHEN_EVERY:
        return after_us < start_us
                   ? start_us + row->every_us
                   : start_us + ((after_us - start_us) / row->every_us + 1) * row->every_us;
    case WHEN_RANDOM:
        return after_us + 1 + (int64_t)virtual_draw(self, (uint64_t)row->every_us * 2);
    }
    return INT64_MAX;
}

/* ---- what ---- */

static void refused(struct virtual *self, const struct scenario_row *row, const char *reason)
{
    char text[VIRTUAL_ERROR_MAX];
    self->count.refused++;
    if (self->config.note == NULL)
        return;
    snprintf(text, sizeof text, "%.100s:%u: the meter refused: %s", self->config.file, row->line,
             reason != NULL ? reason : "its memory does not take it");
    self->config.note(self->config.ctx, text);
}

static int64_t duration(struct virtual *self, const struct scenario_row *row)
{
    if (row->when != WHEN_RANDOM)
        return row->duration_us;
    const uint64_t span_us = (uint64_t)(row->duration_max_us - row->duration_us);
    const uint64_t limit_us = span_us >> virtual_draw(self, HALVINGS);
    return row->duration_us + (int64_t)virtual_draw(self, limit_us + 1);
}

static void hold_load(struct virtual *self, const struct scenario_row *row)
{
    if (row->act == ACT_LOAD_HOUSE)
        self->held &= ~row->phases;
    else
        self->held |= row->phases;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        if ((row->phases >> k & 1u) == 0)
            continue;
        self->held_p_mw[k] = row->p_mw;
        self->held_q_mvar[k] = row->q_mvar;
    }
    virtual_take_load(self);
}

static int set_clock(struct virtual *self, int64_t utc_us, const char **reason)
{
    struct meter_ref ref;
    const struct meter_value value = {.type = METER_TIME, .time = {.utc_us = utc_us}};
    const int err = meter_find(&self->device.meter, 0, "clock", &ref);
    return err < 0 ? err : meter_write(&self->device.meter, 0, &ref, METER_VALUE, &value, reason);
}

static int change_clock(struct virtual *self, const struct scenario_row *row, const char **reason)
{
    struct meter *meter = &self->device.meter;
    const struct meter_value shift = {.type = METER_INTEGER, .integer = row->value};
    struct meter_ref ref;
    self->count.clock_changes++;
    switch (row->act) {
    case ACT_CLOCK_ADD:
        return set_clock(self, clock_utc(&meter->clock, self->now_us) + row->value_us, reason);
    case ACT_CLOCK_SET:
        return set_clock(self, row->value_us, reason);
    case ACT_CLOCK_SYNC:
        return meter_synchronise(meter, self->now_us, reason);
    default:
        if (meter_find(meter, 0, "clock", &ref) < 0)
            return ERR_NOT_FOUND;
        return meter_invoke(meter, 0, &ref, 6, &shift, reason);
    }
}

static int ask(struct virtual *self, const struct scenario_row *row, const char **reason)
{
    const struct meter_value value = {.type = METER_INTEGER, .integer = row->value};
    struct meter_ref ref;
    const int err = meter_find(&self->device.meter, 0, row->name, &ref);
    if (err < 0)
        return err;
    if (row->act == ACT_WRITE)
        return meter_write(&self->device.meter, 0, &ref, METER_VALUE, &value, reason);
    return meter_invoke(&self->device.meter, 0, &ref, (unsigned)row->value, NULL, reason);
}

/* What somebody at the meter does. */
static void at_the_meter(struct virtual *self, const struct scenario_row *row)
{
    const char *reason = "it has no power";
    int err = ERR_STATE;
    if (virtual_is_on(self)) {
        reason = NULL;
        err = row->act == ACT_WRITE || row->act == ACT_INVOKE ? ask(self, row, &reason)
                                                              : change_clock(self, row, &reason);
    }
    if (err < 0)
        refused(self, row, reason);
}

void virtual_act(struct virtual *self, const struct scenario_row *row)
{
    switch (row->act) {
    case ACT_OUTAGE:
        if (virtual_is_on(self))
            virtual_power_fail(self, duration(self, row));
        break;
    case ACT_CUT:
        if (virtual_is_on(self))
            virtual_cut(self, duration(self, row));
        break;
    case ACT_LOAD:
    case ACT_LOAD_HOUSE:
        hold_load(self, row);
        break;
    case ACT_DISK_REFUSES:
        self->fragile.refuses = true;
        self->disk_us = self->now_us + row->duration_us;
        break;
    default:
        at_the_meter(self, row);
    }
}
