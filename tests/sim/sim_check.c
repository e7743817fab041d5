/* The whole meter in virtual time against somebody else's bookkeeping, with everything going wrong
 * that can: power with and without warning, in the middle of writes, a medium that refuses, clocks
 * that are set about, parameters and profiles that change. A seed gives one life of one model. */
#include <string.h>
#include <time.h>

#include "sim/oracle.h"

#define START_UTC  INT64_C(1767225600) /* 2026-01-01 */
#define DAY_US     (86400 * RIG_S)
#define CUT_WRITES 40
#define SEEDS_SAID 100

static const char *const names[] = {"SED302", "SM307", "SM120B2", "SEM3", "3CT-S"};

struct check {
    struct rig rig;
    struct oracle oracle;
    int64_t end_us, fault_us, disk_us, sync_us; /* INT64_MAX: none is due */
    int64_t went_us, on_us;
    bool is_told; /* every fault, as it happens */
};

static void tell(const struct check *self, const char *what)
{
    char time[CIVIL_TEXT_MAX];
    if (self->is_told && civil_print(time, self->rig.now_us, 0) >= 0)
        printf("%s %s\n", time, what);
}

/* ---- power ---- */

static int64_t random_off_us(struct rig *rig)
{
    static const uint32_t most_s[] = {2, 60, 1000, 4000, 20000, 300000};
    return (1 + (int64_t)rig_draw(rig, most_s[rig_draw(rig, 6)])) * RIG_S + rig_draw(rig, 1000000);
}

static void power_went(struct check *self)
{
    self->rig.is_on = false;
    self->rig.device.is_on = false;
    self->went_us = self->rig.now_us;
    self->on_us = self->rig.now_us + random_off_us(&self->rig);
}

static void power_up(struct check *self)
{
    struct rig *rig = &self->rig;
    faulty_power_on(&rig->faulty);
    const int got = rig_open(rig);
    if (got != 1)
        oracle_fail(&self->oracle, "the memory cannot be read: %s", err_text(got));
    const int64_t off_us = oracle_restarted(&self->oracle, self->went_us);
    tell(self, "power up");
    device_power_up(&rig->device, rig->now_us, off_us);
    rig_load(rig);
    rig->is_on = true;
    self->on_us = INT64_MAX;
    if (!self->oracle.clock.is_known)
        self->sync_us = rig->now_us + rig_draw(rig, 7200) * RIG_S;
    oracle_check(&self->oracle);
}

static void outage(struct check *self)
{
    const int err = device_power_fail(&self->rig.device, self->rig.now_us);
    if (err < 0 && !self->oracle.is_refusing && !self->rig.faulty.off)
        oracle_fail(&self->oracle, "the warning came, and the memory said %s", err_text(err));
    oracle_check(&self->oracle);
    self->oracle.outages++;
    power_went(self);
}

static void cut_in_a_write(struct check *self)
{
    self->rig.faulty.mode = (enum faulty_mode)rig_draw(&self->rig, FAULTY_MODES);
    self->rig.faulty.cut_at = self->rig.faulty.ops + 1 + rig_draw(&self->rig, CUT_WRITES);
}

static void refuse(struct check *self)
{
    self->rig.faulty.refuse_from = self->rig.faulty.ops + 1;
    self->rig.faulty.refuse_to = UINT64_MAX;
    self->oracle.is_refusing = true;
    self->disk_us = self->rig.now_us + random_off_us(&self->rig);
}

/* ---- people at the meter ---- */

static struct meter_ref find(struct check *self, const char *name)
{
    struct meter_ref ref;
    if (meter_find(&self->rig.device.meter, 0, name, &ref) < 0)
        oracle_fail(&self->oracle, "there is no row %s", name);
    return ref;
}

/* Errors of the store are said elsewhere; here only the meter may not refuse. */
static void taken(struct check *self, int err, const char *what)
{
    if (err < 0 && !self->oracle.is_refusing && !self->rig.faulty.off)
        oracle_fail(&self->oracle, "%s: %s", what, err_text(err));
}

static void set_clock(struct check *self, int64_t utc_us)
{
    const char *reason;
    const struct meter_ref ref = find(self, "clock");
    const struct meter_value value = {.type = METER_TIME, .time = {.utc_us = utc_us}};
    const int err = meter_write(&self->rig.device.meter, 0, &ref, 2, &value, &reason);
    oracle_clock_set(&self->oracle, utc_us);
    taken(self, err, "clock set");
}

static void set_clock_about(struct check *self)
{
    static const uint32_t most_s[] = {3, 60, 1000, 90000, 1000000};
    const uint32_t most = most_s[rig_draw(&self->rig, 5)];
    const int64_t by_us =
        ((int64_t)rig_draw(&self->rig, 2 * most) - most) * RIG_S + rig_draw(&self->rig, 1000000);
    set_clock(self, clock_utc(&self->rig.device.meter.clock, self->rig.now_us) + by_us);
    self->sync_us = self->rig.now_us + rig_draw(&self->rig, 86400) * RIG_S;
}

static void shift_clock(struct check *self)
{
    const char *reason;
    const struct meter_ref ref = find(self, "clock");
    const int64_t shift_s = (int64_t)rig_draw(&self->rig, 1801) - 900;
    const struct meter_value value = {.type = METER_INTEGER, .integer = shift_s};
    const int64_t utc_us =
        clock_utc(&self->rig.device.meter.clock, self->rig.now_us) + shift_s * RIG_S;
    const int err = meter_invoke(&self->rig.device.meter, 0, &ref, 6, &value, &reason);
    if (self->oracle.clock.is_known)
        oracle_clock_set(&self->oracle, utc_us);
    taken(self, err, "clock shift");
}

static void write_number(struct check *self, const char *name, unsigned attribute, int64_t number)
{
    const char *reason;
    const struct meter_ref ref = find(self, name);
    const struct meter_value value = {.type = METER_INTEGER, .integer = number};
    taken(self, meter_write(&self->rig.device.meter, 0, &ref, attribute, &value, &reason), name);
}

static void write_something(struct check *self)
{
    static const int64_t period_s[] = {60, 300, 300, 900, 900, 1800, 3600};
    switch (rig_draw(&self->rig, 4)) {
    case 0:
        write_number(self, "ct_numerator", 2, 1 + rig_draw(&self->rig, 1000));
        break;
    case 1:
        write_number(self, "demand_period", 2, period_s[rig_draw(&self->rig, 7)]);
        oracle_demand_reset(&self->oracle);
        break;
    case 2:
        write_number(self, "p_import_demand", 9, 1 + rig_draw(&self->rig, METER_PERIODS_MAX));
        oracle_demand_reset(&self->oracle);
        break;
    default:
        write_number(self, "profile_period", 2, period_s[rig_draw(&self->rig, 7)]);
        oracle_profile_reset(&self->oracle);
    }
}

/* Other columns in another order; the two that the oracle reads are always there. */
static void configure_profile(struct check *self)
{
    static const char *const name[] = {"wh_import",  "wh_import_interval", "clock",
                                       "u_mean_l1",  "p_import_last",      "profile_status",
                                       "varh_export"};
    struct meter_column column[7];
    const char *reason;
    const unsigned columns = 2 + rig_draw(&self->rig, 6);
    const unsigned turn = rig_draw(&self->rig, columns);
    const bool three_wires = self->rig.layout->circuit[0].wiring == WIRING_3P3W;
    for (unsigned k = 0; k < columns; k++) {
        const char *one = name[(k + turn) % columns];
        one = three_wires && strcmp(one, "u_mean_l1") == 0 ? "f_mean" : one;
        if (meter_find_column(&self->rig.device.meter, one, &column[k]) < 0)
            oracle_fail(&self->oracle, "there is no column %s", one);
    }
    taken(self, meter_profile_configure(&self->rig.device.meter, 0, 900, column, columns, &reason),
          "profile");
    oracle_profile_reset(&self->oracle);
}

static void invoke_something(struct check *self)
{
    static const struct {
        const char *name;
        unsigned method;
    } methods[] = {{"p_import_demand", 1}, {"p_import_demand", 2}, {"load_profile", 1},
                   {"load_profile", 2},    {"p_import_max", 1},    {"f_max", 1}};
    const char *reason;
    const unsigned k = rig_draw(&self->rig, 6);
    const struct meter_ref ref = find(self, methods[k].name);
    if (k == 3)
        oracle_profile_captured(&self->oracle);
    const int err =
        meter_invoke(&self->rig.device.meter, 0, &ref, methods[k].method, NULL, &reason);
    taken(self, err, methods[k].name);
    if (k == 0 || k == 4)
        oracle_demand_reset(&self->oracle);
    if (k == 2)
        oracle_profile_reset(&self->oracle);
}

static void synchronise(struct check *self)
{
    const char *reason;
    const int err = meter_synchronise(&self->rig.device.meter, self->rig.now_us, &reason);
    oracle_clock_set(&self->oracle, self->rig.now_us);
    taken(self, err, "synchronise");
}

/* ---- the course of things ---- */

struct fault {
    const char *name;
    void (*act)(struct check *self);
};

static const struct fault faults[] = {
    {"outage", outage},
    {"outage", outage},
    {"cut", power_went},
    {"cut", power_went},
    {"cut in a write", cut_in_a_write},
    {"cut in a write", cut_in_a_write},
    {"cut in a write", cut_in_a_write},
    {"the medium refuses", refuse},
    {"clock set", set_clock_about},
    {"clock shift", shift_clock},
    {"synchronise", synchronise},
    {"write", write_something},
    {"profile", configure_profile},
    {"invoke", invoke_something},
    {"invoke", invoke_something},
};

static void something_happens(struct check *self)
{
    static const uint32_t most_s[] = {10, 1000, 10000, 100000};
    struct rig *rig = &self->rig;
    self->fault_us = rig->now_us + (1 + (int64_t)rig_draw(rig, most_s[rig_draw(rig, 4)])) * RIG_S +
                     (rig_draw(rig, 2) ? rig_draw(rig, 1000000) : 0);
    const struct fault *fault = &faults[rig_draw(rig, sizeof faults / sizeof faults[0])];
    if (!rig->is_on)
        return;
    tell(self, fault->name);
    fault->act(self);
    if (fault->act == power_went)
        self->oracle.cuts++;
    else if (rig->is_on && !rig->faulty.off)
        oracle_check(&self->oracle);
}

static int64_t earlier(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

static int64_t next_us(const struct check *self)
{
    const int64_t load_us = self->rig.household.next_s * RIG_S;
    int64_t due_us = earlier(earlier(self->end_us, load_us), earlier(self->fault_us, self->on_us));
    due_us = earlier(due_us, earlier(self->disk_us, self->sync_us));
    if (!self->rig.is_on)
        return due_us;
    const int64_t tick_us = meter_next(&self->rig.device.meter);
    return earlier(due_us, tick_us <= self->rig.now_us ? self->rig.now_us + 1 : tick_us);
}

static void advance(struct check *self)
{
    struct rig *rig = &self->rig;
    const int64_t to_us = next_us(self);
    if (rig->is_on && to_us > rig->now_us) {
        const int64_t duration_us = to_us - rig->now_us;
        rig->now_us = to_us;
        oracle_flow(&self->oracle, duration_us);
        device_step(&rig->device, to_us);
        if (!rig->faulty.off)
            oracle_check(&self->oracle);
    }
    rig->now_us = to_us;
}

static void cut_if_off(struct check *self)
{
    if (!self->rig.faulty.off || !self->rig.is_on)
        return;
    self->oracle.cuts++;
    power_went(self);
}

static void happen(struct check *self)
{
    struct rig *rig = &self->rig;
    cut_if_off(self);
    if (rig->now_us >= self->on_us)
        power_up(self);
    cut_if_off(self);
    if (rig->now_us >= self->disk_us) {
        rig->faulty.refuse_to = 0;
        self->disk_us = INT64_MAX;
    }
    if (rig->now_us >= rig->household.next_s * RIG_S) {
        household_step(&rig->household);
        if (rig->is_on)
            rig_load(rig);
    }
    if (rig->now_us >= self->sync_us) {
        self->sync_us = INT64_MAX;
        if (rig->is_on) {
            synchronise(self);
            if (!rig->faulty.off)
                oracle_check(&self->oracle);
        }
    }
    cut_if_off(self);
    if (rig->now_us >= self->fault_us)
        something_happens(self);
    cut_if_off(self);
}

struct totals {
    uint64_t lives, steps, commits, outages, cuts, entries, events, erases;
    int64_t age_max_us;
};

static void add_up(struct totals *totals, const struct check *check)
{
    totals->lives++;
    totals->steps += check->oracle.steps;
    totals->outages += check->oracle.outages;
    totals->cuts += check->oracle.cuts;
    totals->entries += check->oracle.entries;
    totals->events += check->oracle.events;
    totals->erases += check->rig.faulty.erases;
    if (check->oracle.lost_age_max_us > totals->age_max_us)
        totals->age_max_us = check->oracle.lost_age_max_us;
}

static void live(struct totals *totals, uint64_t seed, unsigned days, bool is_told)
{
    static struct check check;
    const char *name = names[seed % (sizeof names / sizeof names[0])];
    const int64_t start_us = (START_UTC + (int64_t)(seed * 31 % 365) * 86400) * RIG_S;
    rig_init(&check.rig, model_find(name), seed, start_us);
    oracle_init(&check.oracle, &check.rig, name, days);
    check.is_told = is_told;
    check.end_us = start_us + days * DAY_US;
    check.on_us = check.disk_us = check.sync_us = INT64_MAX;
    check.fault_us = start_us + 3600 * RIG_S;
    if (rig_open(&check.rig) != 0)
        oracle_fail(&check.oracle, "it does not start");
    device_power_up(&check.rig.device, start_us, -1);
    check.rig.is_on = true;
    rig_load(&check.rig);
    synchronise(&check);
    oracle_check(&check.oracle);
    while (check.rig.now_us < check.end_us) {
        advance(&check);
        happen(&check);
    }
    if (check.rig.faulty.broken > 0)
        oracle_fail(&check.oracle, "%u writes broke the rules of the medium",
                    check.rig.faulty.broken);
    add_up(totals, &check);
    rig_free(&check.rig);
}

static void say(const struct totals *totals, const char *what, double seconds)
{
    printf("%s%llu lives, %llu steps, %llu outages, %llu cuts, %llu entries, %llu events, "
           "%llu erases, longest loss %.1f s; %.0f s\n",
           what, (unsigned long long)totals->lives, (unsigned long long)totals->steps,
           (unsigned long long)totals->outages, (unsigned long long)totals->cuts,
           (unsigned long long)totals->entries, (unsigned long long)totals->events,
           (unsigned long long)totals->erases, (double)totals->age_max_us / 1e6, seconds);
    fflush(stdout);
}

static uint64_t number(int count, char **words, const char *option, uint64_t otherwise)
{
    for (int k = 1; k + 1 < count; k++)
        if (strcmp(words[k], option) == 0)
            return strtoull(words[k + 1], NULL, 10);
    return otherwise;
}

int main(int count, char **words)
{
    const uint64_t seeds = number(count, words, "--seeds", 20);
    const uint64_t one = number(count, words, "--seed", UINT64_MAX);
    const unsigned days = (unsigned)number(count, words, "--days", 20);
    const uint64_t first = one != UINT64_MAX ? one : number(count, words, "--from", 1);
    const uint64_t last = one != UINT64_MAX ? one : first + seeds - 1;
    struct totals totals = {0};
    const time_t start = time(NULL);
    for (uint64_t seed = first; seed <= last; seed++) {
        live(&totals, seed, days, one != UINT64_MAX);
        if (totals.lives % SEEDS_SAID == 0 && seed != last)
            say(&totals, "so far ", difftime(time(NULL), start));
    }
    say(&totals, "no fault in ", difftime(time(NULL), start));
    return 0;
}
