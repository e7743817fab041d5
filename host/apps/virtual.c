#include "apps/virtual.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/fixed.h"

#define SECONDS_A_DAY 86400
#define HOUSE_IMAX_MA 40000 /* who meters less by itself sits behind transformers */
#define PV_W          8000
#define FEEDER_PART   3 /* a feeder is rated for that part of Imax */
#define CUT_WRITES    12
#define TORN_BYTES    512
#define HOUSE_SEED    0x686f757365
#define NEVER         INT64_MAX

uint64_t virtual_draw(struct virtual *self, uint64_t n)
{
    return fixed_mul_div(sim_random_next(&self->random) >> 1, n, UINT64_C(1) << 63);
}

bool virtual_is_on(const struct virtual *self)
{
    return self->on_us == NEVER;
}

/* ---- the start ---- */

static struct household_config house_of(const struct virtual *self)
{
    const struct model *model = self->config.model;
    const struct model_circuit *circuit = &self->layout->circuit[0];
    const unsigned elements = model_wiring_elements(circuit->wiring);
    const bool is_home = model->kind == MODEL_HOME_METER;
    const uint32_t u_mv = model->ratings->un_ln_mv != 0
                              ? model->ratings->un_ln_mv
                              : (uint32_t)((uint64_t)model->ratings->un_ll_mv * 1000 / 1732);
    return (struct household_config){
        .kind = is_home || (model->kind == MODEL_UTILITY_METER &&
                            model->ratings->imax_ma >= HOUSE_IMAX_MA)
                    ? HOUSEHOLD_HOUSE
                    : HOUSEHOLD_FEEDER,
        .seed = self->config.seed ^ HOUSE_SEED,
        .phases = (uint8_t)(circuit->wiring == WIRING_3P3W ? SIM_PHASES
                            : elements > SIM_PHASES        ? SIM_PHASES
                                                           : elements),
        .u_mv = u_mv,
        .f_mhz = model->ratings->frequency_mhz != 0 ? model->ratings->frequency_mhz : 50000,
        .pv_w = is_home ? PV_W : 0,
        .rated_w = (uint32_t)((uint64_t)u_mv * model->ratings->imax_ma / 1000000 / FEEDER_PART),
        .zone = self->config.zone,
    };
}

static void configure(struct virtual *self)
{
    const struct scenario *scenario = self->config.scenario;
    const struct model *model = self->config.model;
    struct meter_config *meter = &self->setup.meter;
    const int32_t drift_ms = model->clock != NULL ? (int32_t)model->clock->drift_ms_per_day : 0;
    const int32_t drift_ppb = drift_ms * 1000000 / SECONDS_A_DAY;
    snprintf(self->serial, sizeof self->serial, "%08llu",
             (unsigned long long)(self->config.seed % 100000000));
    meter->memory = self->circuit;
    meter->scratch = self->scratch;
    meter->scratch_size = sizeof self->scratch;
    meter->serial = self->serial;
    meter->version = BLONDEL_VERSION;
    meter->clock.zone = self->config.zone;
    meter->clock.drift_ppb = virtual_draw(self, 2) != 0 ? drift_ppb : -drift_ppb;
    if (scenario->backup_us >= 0)
        meter->clock.backup_s = (uint32_t)(scenario->backup_us / CIVIL_US_PER_S);
    if (scenario->commit_s >= 0)
        meter->commit_s = (uint32_t)scenario->commit_s;
}

static int open_device(struct virtual *self)
{
    const struct device_config config = {
        .meter = self->setup.meter,
        .memory = self->device_circuit,
        .block = &self->fragile.device,
        .store_memory = self->vault.store_memory,
        .store_memory_size = sizeof self->vault.store_memory,
    };
    self->commits = 0;
    return device_init(&self->device, &config);
}

/* The rows that a scenario names must be there. */
static int check_rows(struct virtual *self)
{
    for (unsigned k = 0; k < self->config.scenario->rows; k++) {
        const struct scenario_row *row = &self->config.scenario->row[k];
        struct meter_ref ref;
        if ((row->act != ACT_WRITE && row->act != ACT_INVOKE) ||
            meter_find(&self->device.meter, 0, row->name, &ref) == ERR_NONE)
            continue;
        snprintf(self->error, sizeof self->error,
                 "%.100s:%u: the %s has no row %s; registers.csv of a run lists what it has",
                 self->config.file, row->line, self->config.model->name, row->name);
        return ERR_NOT_FOUND;
    }
    return ERR_NONE;
}

static int start_device(struct virtual *self)
{
    const char *reason;
    const int got = open_device(self);
    if (got < 0) {
        snprintf(self->error, sizeof self->error, "the meter does not start: %s", err_text(got));
        return got;
    }
    device_power_up(&self->device, self->now_us, -1);
    virtual_take_load(self);
    const int err = meter_synchronise(&self->device.meter, self->now_us, &reason);
    virtual_watch(self);
    return err < 0 ? err : check_rows(self);
}

int virtual_init(struct virtual *self, const struct virtual_config *config)
{
    *self = (struct virtual){
        .config = *config,
        .now_us = config->start_us,
        .end_us = config->start_us + config->days * CIVIL_US_PER_DAY,
        .on_us = NEVER,
        .disk_us = NEVER,
    };
    sim_random_seed(&self->random, config->seed);
    int err = model_configure(&self->setup, config->model, NULL);
    if (err < 0) {
        snprintf(self->error, sizeof self->error, "%s measures no energy", config->model->name);
        return err;
    }
    self->layout = config->model->layouts[0];
    configure(self);
    err = vault_open(&self->vault, NULL, &self->setup.meter);
    if (err < 0) {
        snprintf(self->error, sizeof self->error, "not enough memory");
        return err;
    }
    fragile_init(&self->fragile, &self->vault.device);
    const struct household_config house = house_of(self);
    household_init(&self->household, &house, self->now_us / CIVIL_US_PER_S);
    for (unsigned k = 0; k < config->scenario->rows; k++)
        self->due_us[k] = virtual_due(self, &config->scenario->row[k], self->now_us - 1);
    return start_device(self);
}

void virtual_close(struct virtual *self)
{
    vault_close(&self->vault);
}

/* ---- the logs ---- */

void virtual_drain(struct virtual *self)
{
    static const struct meter_range all = {.by = RANGE_ALL};
    struct profile_cursor cursor;
    struct meter_entry entry;
    struct meter_event event;
    const struct meter *meter = &self->device.meter;
    if (profile_open(&cursor, meter, 0, &all, NULL, 0) == ERR_NONE) {
        if (cursor.number < self->entry_number)
            cursor.number = self->entry_number;
        while (profile_next(&cursor, &entry) == 1) {
            self->entry_number = entry.number + 1;
            if (self->config.entry != NULL)
                self->config.entry(self->config.ctx, self, &entry);
        }
    }
    while (meter_next_event(meter, &self->event_cursor, &event) == 1)
        if (self->config.event != NULL)
            self->config.event(self->config.ctx, self, &event);
}

/* ---- power ---- */

void virtual_watch(struct virtual *self)
{
    const struct meter *meter = &self->device.meter;
    if (meter->commits == self->commits)
        return;
    self->count.commits += meter->commits - self->commits;
    self->commits = meter->commits;
    self->kept.now_us = self->now_us;
    self->kept.utc_us = clock_utc(&meter->clock, self->now_us);
}

static void power_went(struct virtual *self, int64_t off_us)
{
    self->on_us = self->now_us + off_us;
    self->device.is_on = false;
}

void virtual_power_fail(struct virtual *self, int64_t off_us)
{
    const int err = device_power_fail(&self->device, self->now_us);
    virtual_watch(self);
    if (self->fragile.is_off)
        self->count.cuts++; /* it went while the meter kept its last */
    else
        self->count.outages++;
    (void)err; /* the disk refuses: what that loses shows when power comes back */
    power_went(self, off_us);
}

void virtual_cut(struct virtual *self, int64_t off_us)
{
    self->fragile.cut_in = 1 + (uint32_t)virtual_draw(self, CUT_WRITES);
    self->fragile.torn_bytes = (uint32_t)virtual_draw(self, TORN_BYTES);
    self->cut_off_us = off_us;
}

static int64_t counted_m(const struct virtual *self)
{
    const struct meter_register *energy = self->circuit[0].energy[0];
    return energy[ENERGY_wh_import].value_m + energy[ENERGY_wh_export].value_m;
}

/* Power is back. What the meter had in its head is gone; its clock's battery counted on from the
 * commit that is found now, which may be the one in which power went. */
static void power_up(struct virtual *self)
{
    const int64_t went_us = self->device.now_us;
    const int64_t before_m = counted_m(self);
    fragile_power_on(&self->fragile);
    const int got = open_device(self);
    ASSERT(got == 1); /* no cut takes the memory */
    const int64_t lost_m = before_m - counted_m(self);
    self->count.lost_m += lost_m;
    if (lost_m > self->count.lost_max_m)
        self->count.lost_max_m = lost_m;
    const bool is_kept = clock_utc(&self->device.meter.clock, 0) == self->kept.utc_us;
    self->on_us = NEVER;
    self->count.off_us += self->now_us - went_us;
    device_power_up(&self->device, self->now_us,
                    self->now_us - (is_kept ? self->kept.now_us : went_us));
    virtual_watch(self);
    virtual_take_load(self);
}

/* ---- time ---- */

/* The device goes on, commit by commit, to `to_us` at most; stops where power goes. */
static void advance(struct virtual *self, int64_t to_us)
{
    while (virtual_is_on(self) && self->now_us < to_us) {
        const int64_t due_us = meter_next(&self->device.meter);
        const int64_t next_us = due_us <= self->now_us ? self->now_us + 1 : due_us;
        self->now_us = next_us < to_us ? next_us : to_us;
        device_step(&self->device, self->now_us);
        self->count.steps++;
        virtual_watch(self);
        if (self->fragile.is_off) {
            self->count.cuts++;
            power_went(self, self->cut_off_us);
            return;
        }
    }
    if (!virtual_is_on(self) && self->now_us < to_us)
        self->now_us = to_us;
}

static int64_t earlier(int64_t left, int64_t right)
{
    return left < right ? left : right;
}

static int64_t next_happening(const struct virtual *self)
{
    int64_t next_us = earlier(self->end_us, self->household.next_s * CIVIL_US_PER_S);
    next_us = earlier(next_us, earlier(self->on_us, self->disk_us));
    for (unsigned k = 0; k < self->config.scenario->rows; k++)
        next_us = earlier(next_us, self->due_us[k]);
    return next_us;
}

static void house_goes_on(struct virtual *self)
{
    const struct household_load before = self->household.load;
    household_step(&self->household);
    if (virtual_is_on(self) && memcmp(&before, &self->household.load, sizeof before) != 0)
        virtual_take_load(self);
    if (self->now_us % CIVIL_US_PER_DAY != 0)
        return;
    virtual_drain(self);
    if (self->config.progress != NULL)
        self->config.progress(self->config.ctx, self);
}

static void happen(struct virtual *self)
{
    if (self->now_us >= self->on_us)
        power_up(self);
    if (self->now_us >= self->disk_us) {
        self->fragile.refuses = false;
        self->disk_us = NEVER;
    }
    if (self->now_us >= self->household.next_s * CIVIL_US_PER_S)
        house_goes_on(self);
    for (unsigned k = 0; k < self->config.scenario->rows; k++) {
        const struct scenario_row *row = &self->config.scenario->row[k];
        if (self->now_us < self->due_us[k])
            continue;
        self->due_us[k] = virtual_due(self, row, self->now_us);
        virtual_drain(self);
        virtual_act(self, row);
        virtual_watch(self);
        if (self->fragile.is_off && virtual_is_on(self)) {
            self->count.cuts++;
            power_went(self, self->cut_off_us);
        }
    }
}

void virtual_run(struct virtual *self)
{
    while (self->now_us < self->end_us) {
        advance(self, next_happening(self));
        happen(self);
    }
    virtual_drain(self);
}
