#include "sim/oracle.h"

#include <stdarg.h>

#define NJ_PER_MWH     INT64_C(3600000000)
#define TOLERANCE_NJ   INT64_C(1000000000) /* rests that device and meter carry: 0.3 mWh */
#define CLOCK_SLACK_US 2000
#define SYNC_S         4 /* a synchronisation lengthens a period by less */
#define US_PER_DAY     (86400 * RIG_S)
#define UJ_PER_MWH     INT64_C(3600000)

_Noreturn void oracle_fail(const struct oracle *self, const char *format, ...)
{
    va_list list;
    char time[CIVIL_TEXT_MAX];
    if (civil_print(time, self->rig->now_us, 0) < 0)
        time[0] = '\0';
    fflush(stdout);
    fprintf(stderr, "seed %llu, %s, %s: ", (unsigned long long)self->rig->seed, self->model, time);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, "\nreplay: sim_check --seed %llu --days %u\n",
            (unsigned long long)self->rig->seed, self->days);
    exit(1);
}

void oracle_init(struct oracle *self, struct rig *rig, const char *model, unsigned days)
{
    *self = (struct oracle){.rig = rig, .model = model, .days = days};
    self->period_s = rig->setup.profile[0].period_s;
    self->moment[0] = (struct oracle_moment){rig->now_us, 0};
    self->next = 1;
}

/* ---- energy ---- */

static void add_moment(struct oracle *self, int64_t import_uj)
{
    self->moment[self->next % ORACLE_HISTORY] = (struct oracle_moment){
        self->rig->now_us,
        self->moment[(self->next - 1) % ORACLE_HISTORY].import_uj + import_uj,
    };
    self->next++;
    if (self->next - self->first >= ORACLE_HISTORY)
        self->first = self->next - ORACLE_HISTORY + 1;
}

/* ---- the maximum demand ---- */

static int64_t import_at_uj(struct oracle *self, int64_t now_us)
{
    while (self->first + 1 < self->next &&
           self->moment[(self->first + 1) % ORACLE_HISTORY].now_us <= now_us)
        self->first++;
    const struct oracle_moment *from = &self->moment[self->first % ORACLE_HISTORY];
    if (self->first + 1 >= self->next || now_us <= from->now_us)
        return from->import_uj;
    const struct oracle_moment *to = &self->moment[(self->first + 1) % ORACLE_HISTORY];
    const __int128 part = (__int128)(to->import_uj - from->import_uj) * (now_us - from->now_us);
    return from->import_uj + (int64_t)(part / (to->now_us - from->now_us));
}

/* The window that ends now. */
static void average_demand(struct oracle *self)
{
    const struct meter *meter = &self->rig->device.meter;
    const int64_t periods = meter->parameters.demand_periods;
    const int64_t window_s = meter->parameters.demand_period_s * periods;
    const int64_t longer_us = (window_s + SYNC_S * periods) * RIG_S;
    const int64_t import_uj = self->moment[(self->next - 1) % ORACLE_HISTORY].import_uj -
                              import_at_uj(self, self->rig->now_us - longer_us);
    const int64_t average_mw = import_uj / (window_s * 1000) + 2;
    if (average_mw > self->highest_mw)
        self->highest_mw = average_mw;
}

static void check_demand(struct oracle *self)
{
    average_demand(self);
    const int64_t shown_mw = self->rig->circuit[0].demand[DEMAND_p_import].max_mw;
    if (shown_mw > self->highest_mw + self->highest_mw / 10000)
        oracle_fail(self, "the maximum demand is %lld mW, and no window had more than %lld",
                    (long long)shown_mw, (long long)self->highest_mw);
}

/* ---- flow ---- */

static void flow_circuit(struct oracle *self, unsigned c, int64_t duration_us)
{
    const struct rig *rig = self->rig;
    int64_t p_mw = 0, q_mvar = 0;
    for (unsigned e = 0; e < rig->setup.meter_circuit[c].elements; e++) {
        p_mw += rig->p_mw[c][e];
        q_mvar += rig->q_mvar[c][e];
    }
    const __int128 p_nj = (__int128)p_mw * duration_us, q_nj = (__int128)q_mvar * duration_us;
    self->energy.p_nj[c][p_nj < 0] += p_nj < 0 ? -p_nj : p_nj;
    self->energy.q_nj[c][q_nj < 0] += q_nj < 0 ? -q_nj : q_nj;
    if (c > 0)
        return;
    const __int128 import_nj = (p_nj < 0 ? 0 : p_nj) + self->rest_nj;
    self->rest_nj = (int64_t)(import_nj % 1000);
    add_moment(self, (int64_t)(import_nj / 1000));
}

void oracle_flow(struct oracle *self, int64_t duration_us)
{
    for (unsigned c = 0; c < self->rig->setup.meter.circuits; c++)
        flow_circuit(self, c, duration_us);
    average_demand(self); /* also when power goes in the commit that keeps it */
}

static __int128 shown_nj(const struct meter_register *shown)
{
    return (__int128)shown->value_m * NJ_PER_MWH + (__int128)shown->rest_uj * 1000;
}

static void compare_one(const struct oracle *self, unsigned c, enum energy which, __int128 must_nj)
{
    const struct rig *rig = self->rig;
    const __int128 roll_nj = (__int128)rig->device.meter.roll_m * NJ_PER_MWH;
    __int128 more_nj = shown_nj(&rig->circuit[c].energy[0][which]) - must_nj % roll_nj;
    if (more_nj > roll_nj / 2)
        more_nj -= roll_nj;
    else if (more_nj < -roll_nj / 2)
        more_nj += roll_nj;
    if (more_nj > TOLERANCE_NJ || more_nj < -TOLERANCE_NJ)
        oracle_fail(self, "circuit %u, energy %d shows %lld uWs more than flowed", c, (int)which,
                    (long long)(more_nj / 1000));
}

static void compare_energies(const struct oracle *self)
{
    for (unsigned c = 0; c < self->rig->setup.meter.circuits; c++) {
        compare_one(self, c, ENERGY_wh_import, self->energy.p_nj[c][0]);
        compare_one(self, c, ENERGY_wh_export, self->energy.p_nj[c][1]);
        compare_one(self, c, ENERGY_varh_import, self->energy.q_nj[c][0]);
        compare_one(self, c, ENERGY_varh_export, self->energy.q_nj[c][1]);
        compare_one(self, c, ENERGY_wh_absolute, self->energy.p_nj[c][0] + self->energy.p_nj[c][1]);
    }
}

/* Every register of every phase: none falls but by rolling over. */
static void no_register_falls(struct oracle *self)
{
    const struct rig *rig = self->rig;
    const int64_t roll_m = rig->device.meter.roll_m;
    for (unsigned c = 0; c < rig->setup.meter.circuits; c++)
        for (unsigned e = 0; e <= rig->setup.meter_circuit[c].elements; e++)
            for (unsigned k = 0; k < ENERGY_COUNT; k++) {
                const struct meter_register *now = &rig->circuit[c].energy[e][k];
                struct meter_register *last = &self->last[c][e][k];
                const int64_t up_m = now->value_m - last->value_m;
                const bool fell = up_m < 0 || (up_m == 0 && now->rest_uj < last->rest_uj);
                if (self->has_last && k != ENERGY_wh_net && fell && up_m > -roll_m / 2)
                    oracle_fail(self, "circuit %u, element %u, energy %u fell by %lld mWh", c, e, k,
                                (long long)-up_m);
                *last = *now;
            }
    self->has_last = true;
}

/* ---- the clock ---- */

int64_t oracle_clock_utc(const struct oracle *self)
{
    const int64_t elapsed_us = self->rig->now_us - self->clock.now_us;
    const __int128 gain = (__int128)elapsed_us * self->rig->setup.meter.clock.drift_ppb;
    return self->clock.utc_us + elapsed_us + (int64_t)(gain / 1000000000);
}

void oracle_clock_set(struct oracle *self, int64_t utc_us)
{
    self->clock = (struct oracle_clock){self->rig->now_us, utc_us, CLOCK_SLACK_US, true};
}

static void check_clock(const struct oracle *self)
{
    const struct clock *clock = &self->rig->device.meter.clock;
    const int64_t off_us = clock_utc(clock, self->rig->now_us) - oracle_clock_utc(self);
    if (clock_is_valid(clock) != self->clock.is_known)
        oracle_fail(self, "the clock says it is %svalid", clock_is_valid(clock) ? "" : "in");
    if (self->clock.is_known && (off_us > self->clock.slack_us || off_us < -self->clock.slack_us))
        oracle_fail(self, "the clock is off by %lld us beyond its drift", (long long)off_us);
}

/* ---- the event log ---- */

static void take_event(struct oracle *self, const struct meter_event *event)
{
    if (event->number != self->event_number + 1)
        oracle_fail(self, "event %u comes after event %u", event->number, self->event_number);
    self->event_number = event->number;
    self->events++;
    if (event->code == EVENT_memory_recovered && event->before > 0) {
        self->lost = (uint32_t)event->before; /* the log itself says that it is not whole */
        self->power_is_vague = true;
    }
    if (event->code != EVENT_power_up && event->code != EVENT_power_down)
        return;
    const bool up = event->code == EVENT_power_up;
    if (up == self->power_is_up && !self->power_is_vague)
        oracle_fail(self, "event %u: power %s twice", event->number, up ? "up" : "down");
    self->power_is_up = up;
    self->power_is_vague = false;
}

static void check_events(struct oracle *self)
{
    struct meter_event event;
    while (meter_next_event(&self->rig->device.meter, &self->cursor, &event) == 1)
        take_event(self, &event);
}

/* ---- the profile ---- */

static int column_of(const struct meter_profile *profile, enum meter_row_kind kind,
                     enum energy energy)
{
    for (int k = 0; k < profile->columns; k++) {
        const struct meter_column *column = &profile->column[k];
        if (column->circuit == 0 && column->ref.index == 0 && column->ref.row->kind == kind &&
            column->ref.row->source == energy)
            return k;
    }
    return -1;
}

/* Whether it is one that somebody captured by hand, off the grid. */
static bool is_by_hand(struct oracle *self, const struct meter_entry *entry)
{
    const int64_t period_us = self->period_s * RIG_S;
    const int64_t offset_us = self->rig->setup.meter.clock.zone.offset_min * 60 * RIG_S;
    if (self->captured == 0 || (entry->utc_us + offset_us) % period_us == 0)
        return false;
    self->captured--;
    return true;
}

static void check_stamp(const struct oracle *self, const struct meter_entry *entry, bool odd)
{
    const int64_t period_us = self->period_s * RIG_S;
    const int64_t offset_us = self->rig->setup.meter.clock.zone.offset_min * 60 * RIG_S;
    if (odd)
        return;
    if ((entry->utc_us + offset_us) % period_us != 0)
        oracle_fail(self, "entry %u, status %u, ends %lld s off the grid", entry->number,
                    entry->status, (long long)((entry->utc_us + offset_us) % period_us / RIG_S));
    if (self->has_entry && !self->entry_is_odd && entry->utc_us - self->entry_utc_us != period_us)
        oracle_fail(self, "entry %u ends %lld s after the one before it, and is not marked",
                    entry->number, (long long)((entry->utc_us - self->entry_utc_us) / RIG_S));
}

static void check_sums(const struct oracle *self, int64_t import_m, int64_t interval_m,
                       uint32_t number)
{
    const int64_t roll_m = self->rig->device.meter.roll_m;
    const int64_t more_m = (import_m - self->entry_import_m + roll_m) % roll_m;
    if (self->has_entry && more_m != interval_m)
        oracle_fail(self, "entry %u: its interval has %lld mWh, its registers differ by %lld",
                    number, (long long)interval_m, (long long)more_m);
}

/* Of an entry captured just now: its register is what flowed. */
static void check_register(const struct oracle *self, int64_t import_m, uint32_t number)
{
    const int64_t roll_m = self->rig->device.meter.roll_m;
    const int64_t must_m = (int64_t)(self->energy.p_nj[0][0] / NJ_PER_MWH % roll_m);
    const int64_t more_m = import_m - must_m;
    if (more_m > 1 && more_m < roll_m - 1)
        oracle_fail(self, "entry %u: its register has %lld mWh more than flowed", number,
                    (long long)more_m);
    if (more_m < -1 && more_m > 1 - roll_m)
        oracle_fail(self, "entry %u: its register has %lld mWh less than flowed", number,
                    (long long)-more_m);
}

static void take_entry(struct oracle *self, const struct meter_entry *entry, bool just_now)
{
    const struct meter_profile *profile = &self->rig->device.meter.profile[0];
    const int import = column_of(profile, METER_ROW_ENERGY, ENERGY_wh_import);
    const int interval = column_of(profile, METER_ROW_INTERVAL, ENERGY_wh_import);
    const unsigned marks =
        entry->status & (INTERVAL_CLOCK_ADJUSTED | INTERVAL_POWER_DOWN | INTERVAL_CLOCK_INVALID);
    const bool odd = marks != 0 || is_by_hand(self, entry);
    if (entry->number != self->entry_number + 1)
        oracle_fail(self, "entry %u comes after entry %u", entry->number, self->entry_number);
    check_stamp(self, entry, odd);
    check_sums(self, entry->value[import], entry->value[interval], entry->number);
    if (just_now)
        check_register(self, entry->value[import], entry->number);
    self->entry_number = entry->number;
    self->entry_utc_us = entry->utc_us;
    self->entry_import_m = entry->value[import];
    self->entry_is_odd = odd;
    self->has_entry = true;
    self->entries++;
}

static void check_profile(struct oracle *self)
{
    static const struct meter_range all = {.by = RANGE_ALL};
    const struct device *device = &self->rig->device;
    struct profile_cursor cursor;
    struct meter_entry entry;
    struct store_bounds bounds;
    if (device->store.bounds(device->store.ctx, METER_LOG_PROFILE, &bounds) < 0)
        return;
    if (bounds.next != self->entry_number + 1 &&
        profile_open(&cursor, &device->meter, 0, &all, NULL, 0) == ERR_NONE) {
        const uint32_t fresh = bounds.next - self->entry_number - 1;
        if (cursor.number <= self->entry_number)
            cursor.number = self->entry_number + 1;
        if (self->lost > 0)
            self->has_entry = false; /* some found no room */
        while (profile_next(&cursor, &entry) == 1)
            take_entry(self, &entry, fresh == 1 && !self->is_refusing);
        if (cursor.damaged > 0)
            oracle_fail(self, "%u entries cannot be read", cursor.damaged);
        if (self->lost > 0)
            self->has_entry = false;
    }
    if (device->meter.lost > 0)
        self->power_is_vague = true;
    self->lost = device->meter.lost;
}

/* A window may be longer now. */
static void look_back(struct oracle *self)
{
    self->first = self->next < ORACLE_HISTORY ? 0 : self->next - ORACLE_HISTORY + 1;
}

void oracle_demand_reset(struct oracle *self)
{
    self->highest_mw = 0;
    look_back(self);
}

void oracle_profile_reset(struct oracle *self)
{
    self->has_entry = false;
    self->captured = 0;
    self->period_s = self->rig->device.meter.profile[0].period_s;
}

void oracle_profile_captured(struct oracle *self)
{
    self->captured++;
}

/* ---- commits ---- */

static void take_commit(struct oracle *self)
{
    const struct meter *meter = &self->rig->device.meter;
    if (meter->commits == self->commits)
        return;
    self->commits = meter->commits;
    self->kept = (struct oracle_commit){
        .energy = self->energy,
        .clock = self->clock,
        .highest_mw = self->highest_mw,
        .now_us = self->rig->now_us,
        .utc_us = clock_utc(&meter->clock, self->rig->now_us),
    };
    self->is_refusing = false;
}

void oracle_check(struct oracle *self)
{
    self->steps++;
    compare_energies(self);
    no_register_falls(self);
    if (self->rig->is_on && !self->rig->faulty.off)
        check_clock(self);
    check_events(self);
    check_profile(self);
    check_demand(self);
    take_commit(self);
}

/* The longest time between two commits. */
static int64_t bound_us(const struct oracle *self)
{
    const struct meter *meter = &self->rig->device.meter;
    const uint32_t commit_s = self->rig->setup.meter.commit_s;
    uint32_t bound_s = meter->parameters.demand_period_s;
    if (meter->profile[0].period_s < bound_s)
        bound_s = meter->profile[0].period_s;
    if (commit_s != 0 && commit_s < bound_s)
        bound_s = commit_s;
    return bound_s * (RIG_S + RIG_S / 1000);
}

int64_t oracle_restarted(struct oracle *self, int64_t cut_us)
{
    const struct clock *clock = &self->rig->device.meter.clock;
    const bool is_kept = clock_utc(clock, 0) == self->kept.utc_us;
    const int64_t from_us = is_kept ? self->kept.now_us : cut_us;
    const int64_t off_us = self->rig->now_us - from_us;
    const int64_t backup_us = clock->config.backup_s * RIG_S;
    if (is_kept) {
        self->energy = self->kept.energy;
        self->clock = self->kept.clock;
        self->captured = 0;
        if (self->kept.highest_mw > self->highest_mw)
            self->highest_mw = self->kept.highest_mw;
        look_back(self);
    }
    if (cut_us - from_us > self->lost_age_max_us && !self->is_refusing)
        self->lost_age_max_us = cut_us - from_us;
    if (!self->is_refusing && cut_us - from_us > bound_us(self))
        oracle_fail(self, "the cut took %lld s of the meter's life",
                    (long long)((cut_us - from_us) / RIG_S));
    self->clock.slack_us += CLOCK_SLACK_US;
    if (off_us > backup_us || backup_us == 0)
        self->clock.is_known = false;
    self->period_s = self->rig->device.meter.profile[0].period_s;
    self->commits = 0;
    self->has_last = false;
    self->lost = 0;
    add_moment(self, 0);
    return off_us;
}
