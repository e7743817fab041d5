/* Time in the meter: power, periods, commits, and what a change of the clock means for them. */
#include "base/assert.h"
#include "meter/meter_p.h"

int64_t meter_utc_us(const struct meter *self)
{
    return clock_utc(&self->clock, self->now_us);
}

int64_t meter_next(const struct meter *self)
{
    return self->is_running ? self->next_us : INT64_MAX;
}

int64_t period_end_us(const struct meter *self, int64_t utc_us, uint32_t length_s)
{
    const int64_t offset_us =
        self->clock.config.zone.offset_min * CIVIL_US_PER_MIN; /* standard time, also in summer */
    const int64_t length_us = (int64_t)length_s * US_PER_S;
    const int64_t local_us = utc_us + offset_us;
    return local_us - local_us % length_us + length_us - offset_us;
}

static int64_t earlier(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

void meter_schedule(struct meter *self)
{
    int64_t end_utc_us = self->demand_end_utc_us;
    for (unsigned k = 0; k < self->config.profiles; k++)
        end_utc_us = earlier(end_utc_us, self->profile[k].end_utc_us);
    self->next_us = earlier(clock_now_of_utc(&self->clock, end_utc_us), self->commit_us);
    self->next_us = earlier(self->next_us, self->dst_us);
    if (self->next_us <= self->now_us) /* time must go on, whatever the clock says */
        self->next_us = self->now_us + 1;
}

/* The error register follows what is true now. */
static void set_error(struct meter *self, enum meter_error error, bool on)
{
    self->errors = (uint8_t)(on ? self->errors | error : self->errors & ~(unsigned)error);
}

/* ---- commits ---- */

/* The commit that succeeds after others failed carries the event that says so, and what was lost:
 * power may go right after it. */
static int commit_again(struct meter *self, bool everything)
{
    const uint8_t events = self->events;
    const uint16_t last_event = self->last_event;
    const uint32_t lost = self->lost;
    event_add(self, EVENT_memory_recovered, meter_utc_us(self), self->lost, 0);
    set_error(self, METER_ERROR_MEMORY, false);
    const int err = persist_commit(self, everything);
    if (err < 0) { /* then nothing was said */
        self->events = events;
        self->lost = lost;
        self->last_event = last_event;
    } else {
        self->lost = 0;
    }
    return err;
}

static int commit(struct meter *self, bool everything)
{
    const int before = self->store_error;
    const int err = before < 0 ? commit_again(self, everything) : persist_commit(self, everything);
    self->store_error = err;
    set_error(self, METER_ERROR_MEMORY, err < 0);
    if (err < 0 && before == ERR_NONE)
        event_add(self, EVENT_memory_error, meter_utc_us(self), 0, err);
    self->commit_us = self->config.commit_s == 0
                          ? INT64_MAX
                          : self->now_us + (int64_t)self->config.commit_s * US_PER_S;
    return self->store_error;
}

int meter_commit(struct meter *self)
{
    if (!self->is_running) /* before the first power up there is no time to keep */
        return ERR_STATE;
    const int err = commit(self, true);
    meter_schedule(self);
    return err;
}

void meter_report_damage(struct meter *self, uint32_t commits)
{
    event_add(self, EVENT_memory_error, meter_utc_us(self), commits, 0);
    (void)commit(self, false); /* an error is an event and a bit already */
    meter_schedule(self);
}

/* ---- the tick ---- */

static void advance(struct meter *self, int64_t now_us)
{
    ASSERT(now_us >= self->now_us);
    self->operating_us += (uint64_t)(now_us - self->now_us);
    self->now_us = now_us;
    if (now_us < self->dst_us)
        return;
    const bool is_dst = clock_status(&self->clock, now_us) & DATE_TIME_DST;
    event_add(self, EVENT_dst, meter_utc_us(self), !is_dst, is_dst);
    self->dst_us = clock_next_event(&self->clock, now_us);
}

/* Ends what is over at `utc_us`, whose stamp is its own end. Whether anything did. */
static bool end_periods(struct meter *self, int64_t utc_us)
{
    bool ended = false;
    if (utc_us >= self->demand_end_utc_us) {
        demand_close(self, self->demand_end_utc_us);
        demand_begin(self, utc_us);
        ended = true;
    }
    for (unsigned k = 0; k < self->config.profiles; k++) {
        if (utc_us < self->profile[k].end_utc_us)
            continue;
        profile_capture(self, k, self->profile[k].end_utc_us);
        profile_begin(self, k, utc_us, 0);
        ended = true;
    }
    return ended;
}

void meter_tick(struct meter *self, int64_t now_us)
{
    if (!self->is_running || now_us < self->now_us)
        return;
    advance(self, now_us);
    const bool ended = end_periods(self, meter_utc_us(self));
    const bool is_due = self->config.commit_s != 0 && now_us >= self->commit_us;
    if (ended || is_due || (self->events > 0 && self->store_error == ERR_NONE))
        (void)commit(self, false); /* an error is an event and a bit already */
    meter_schedule(self);
}

/* ---- changes of the clock ---- */

static void mark_all(struct meter *self, uint8_t status)
{
    for (unsigned k = 0; k < self->config.profiles; k++)
        self->profile[k].status |= status;
}

/* The sub-period of demands ends where it is, and another begins. */
static void end_demand(struct meter *self, int64_t old_utc_us, int64_t new_utc_us)
{
    demand_close(self, earlier(old_utc_us, self->demand_end_utc_us));
    demand_begin(self, new_utc_us);
}

/* Time stands elsewhere at once: goes on with intervals that hold it, ends the others. One that
 * ends before its time, because the clock went back, is stamped with the old time. */
static void move_profiles(struct meter *self, int64_t old_utc_us, int64_t new_utc_us,
                          uint8_t status)
{
    mark_all(self, status);
    for (unsigned k = 0; k < self->config.profiles; k++) {
        struct meter_profile *profile = &self->profile[k];
        if (new_utc_us >= profile->start_utc_us && new_utc_us < profile->end_utc_us)
            continue;
        const bool back = new_utc_us < profile->start_utc_us;
        profile_capture(self, k, back ? old_utc_us : profile->end_utc_us);
        profile_begin(self, k, new_utc_us, status);
    }
}

void meter_take_clock_change(struct meter *self, const struct clock_change *change)
{
    self->dst_us = clock_next_event(&self->clock, self->now_us);
    if (change->kind == CLOCK_SYNCHRONISED) {
        (void)end_periods(self, change->new_utc_us);
    } else {
        event_add(self, EVENT_clock_old, change->old_utc_us, 0, change->new_utc_us / US_PER_MS);
        event_add(self, EVENT_clock_new, change->new_utc_us, change->old_utc_us / US_PER_MS, 0);
        if (change->kind == CLOCK_SET_FROM_INVALID)
            mark_all(self, INTERVAL_CLOCK_INVALID); /* what ran till now has no time of its own */
        end_demand(self, change->old_utc_us, change->new_utc_us);
        move_profiles(self, change->old_utc_us, change->new_utc_us, INTERVAL_CLOCK_ADJUSTED);
    }
    set_error(self, METER_ERROR_CLOCK, !clock_is_valid(&self->clock));
    (void)commit(self, false);
    meter_schedule(self);
}

void meter_regrid(struct meter *self)
{
    const int64_t utc_us = meter_utc_us(self);
    self->demand_end_utc_us = period_end_us(self, utc_us, self->parameters.demand_period_s);
    for (unsigned k = 0; k < self->config.profiles; k++) {
        struct meter_profile *profile = &self->profile[k];
        const int64_t end_us = period_end_us(self, utc_us, profile->period_s);
        if (end_us == profile->end_utc_us)
            continue;
        profile->end_utc_us = end_us;
        profile->status |= INTERVAL_CLOCK_ADJUSTED; /* longer or shorter than the others */
    }
}

/* ---- power ---- */

/* A window of demands has the sub-periods without power in it too. Where nobody knows how many
 * those were, it begins anew. */
static void resume_demand(struct meter *self, int64_t old_utc_us, int64_t new_utc_us)
{
    const int64_t ahead_us = new_utc_us - self->demand_end_utc_us;
    const bool is_known = clock_is_valid(&self->clock);
    if (is_known && ahead_us < 0 && new_utc_us >= self->demand_start_utc_us)
        return;
    end_demand(self, old_utc_us, new_utc_us);
    demand_skip(self, is_known && ahead_us >= 0
                          ? ahead_us / ((int64_t)self->parameters.demand_period_s * US_PER_S)
                          : METER_PERIODS_MAX);
}

/* Begins what never ran, or goes on where power went. */
static void start_periods(struct meter *self, bool is_new, int64_t old_utc_us)
{
    const int64_t utc_us = meter_utc_us(self);
    if (!is_new && self->demand_end_utc_us != 0) {
        resume_demand(self, old_utc_us, utc_us);
        move_profiles(self, old_utc_us, utc_us, INTERVAL_POWER_DOWN);
        return;
    }
    demand_begin(self, utc_us);
    for (unsigned k = 0; k < self->config.profiles; k++)
        profile_begin(self, k, utc_us, INTERVAL_POWER_DOWN); /* it has not seen it from its start */
}

void meter_power_up(struct meter *self, int64_t now_us, int64_t off_us)
{
    const bool is_new = !self->clock.is_off; /* nothing was loaded, nor was power ever down */
    if (self->is_running)
        return;
    if (is_new) {
        const int err = clock_init(&self->clock, &self->config.clock, now_us);
        ASSERT(err == ERR_NONE); /* meter_init() has tried the same */
    }
    const int64_t old_utc_us = clock_utc(&self->clock, now_us);
    clock_power_up(&self->clock, now_us, off_us);
    self->is_running = true;
    self->now_us = now_us;
    self->demand_begin_us = now_us;
    if (old_utc_us > self->demand_start_utc_us) /* the sub-period had power before, too */
        self->demand_begin_us -= old_utc_us - self->demand_start_utc_us;
    if (!is_new) {
        self->power_failures++;
        if (self->last_event != EVENT_power_down) /* there was no warning */
            event_add(self, EVENT_power_down, old_utc_us, 0, 0);
    }
    event_add(self, EVENT_power_up, meter_utc_us(self), 0, 0);
    if (!clock_is_valid(&self->clock) && !(self->errors & METER_ERROR_CLOCK))
        event_add(self, EVENT_clock_invalid, meter_utc_us(self), 0, 0);
    set_error(self, METER_ERROR_CLOCK, !clock_is_valid(&self->clock));
    start_periods(self, is_new, old_utc_us);
    self->dst_us = clock_next_event(&self->clock, now_us);
    (void)commit(self, false);
    meter_schedule(self);
}

int meter_power_fail(struct meter *self, int64_t now_us)
{
    if (!self->is_running)
        return ERR_NONE;
    if (now_us > self->now_us)
        advance(self, now_us);
    mark_all(self, INTERVAL_POWER_DOWN);
    if (self->store_error < 0) /* says now if it works again, so that power_down stays the last */
        (void)commit(self, true);
    event_add(self, EVENT_power_down, meter_utc_us(self), 0, 0);
    const int err = commit(self, true);
    self->last_event = EVENT_power_down; /* a store that refused has its event behind it */
    clock_power_down(&self->clock, self->now_us);
    self->is_running = false;
    return err;
}
