/*
 * apps/virtual.h: a whole meter, its house and what happens to both, in virtual time.
 *
 * Owns: the device, its memory (in this process), the house or feeder before it, the scenario's
 * progress, and the bookkeeping of power: when it goes, how, and what that cost. True time is
 * device time, and true UTC: the meter's own clock drifts away from it.
 *
 * What the logs hold passes by before it is overwritten: entries and events go to the sinks in
 * their order, each once; what a log shows is committed, so no cut takes it back.
 *
 * Called by: `blondel simulate`, tests, a benchmark.
 */
#ifndef APPS_VIRTUAL_H
#define APPS_VIRTUAL_H

#include "apps/scenario.h"
#include "device/device.h"
#include "model/model.h"
#include "services/fragile.h"
#include "services/vault.h"
#include "sources/household.h"

#define VIRTUAL_ERROR_MAX 320

struct virtual;

struct virtual_config {
    const struct model *model;
    const struct scenario *scenario;
    const char *file; /* the scenario's, for messages */
    uint64_t seed;
    int64_t start_us; /* UTC, a whole minute */
    uint32_t days;
    struct zone zone;
    void *ctx; /* of the sinks, each of which may be NULL */
    void (*entry)(void *ctx, const struct virtual *self, const struct meter_entry *entry);
    void (*event)(void *ctx, const struct virtual *self, const struct meter_event *event);
    void (*note)(void *ctx, const char *text);               /* the meter refused something */
    void (*progress)(void *ctx, const struct virtual *self); /* once a day */
};

struct virtual_counts {
    uint64_t steps, commits, outages, cuts, refused, clock_changes;
    int64_t off_us;     /* without power */
    int64_t lost_m;     /* |+A| + |-A| of circuit 0 that cuts took from the meter, mWh */
    int64_t lost_max_m; /* in one of them */
};

struct virtual
{
    struct virtual_config config;
    struct model_setup setup;
    const struct model_layout *layout;
    struct vault vault;
    struct fragile fragile;
    struct device device;
    struct device_circuit device_circuit[MODEL_CIRCUITS_MAX];
    struct meter_circuit circuit[MODEL_CIRCUITS_MAX];
    uint8_t scratch[METER_SCRATCH_BYTES(MODEL_CIRCUITS_MAX)];
    struct household household;
    struct sim_random random; /* of all that happens */
    int64_t now_us, end_us;
    int64_t on_us;      /* when power comes back; INT64_MAX: it is there */
    int64_t cut_off_us; /* how long it stays away after the cut that is due */
    int64_t disk_us;    /* when the disk takes writes again; INT64_MAX: it does */
    uint64_t commits;   /* of device.meter as last seen */
    struct {
        int64_t now_us, utc_us; /* of the last commit, by true time and by the meter's clock */
    } kept;
    int64_t due_us[SCENARIO_ROWS_MAX]; /* of the scenario's rows; INT64_MAX: no more */
    unsigned held;                     /* phases that the scenario gave a load of its own */
    int64_t held_p_mw[SIM_PHASES], held_q_mvar[SIM_PHASES];
    uint32_t entry_number, event_cursor; /* the next to pass on */
    struct virtual_counts count;
    char serial[24];
    char error[VIRTUAL_ERROR_MAX];
};

/* Any error has its line in self->error. ERR_UNSUPPORTED: the model measures no energy. */
int virtual_init(struct virtual *self, const struct virtual_config *config) MUST_USE;

/* Through all the days. */
void virtual_run(struct virtual *self);
void virtual_close(struct virtual *self);

/* ---- for virtual*.c ---- */

/* What flows now, into the device. */
void virtual_take_load(struct virtual *self);

/* Does what a row of the scenario says. */
void virtual_act(struct virtual *self, const struct scenario_row *row);

/* When a row is due first, or after `after_us`. */
int64_t virtual_due(struct virtual *self, const struct scenario_row *row, int64_t after_us);

/* Power goes, with warning, and is away for `off_us`. */
void virtual_power_fail(struct virtual *self, int64_t off_us);

/* Power will go in the middle of one of the next writes. */
void virtual_cut(struct virtual *self, int64_t off_us);

/* Passes on what the logs have that is new. */
void virtual_drain(struct virtual *self);

/* Takes note of commits; to be called after whatever may have made one. */
void virtual_watch(struct virtual *self);

bool virtual_is_on(const struct virtual *self);

/* 0 .. n - 1. */
uint64_t virtual_draw(struct virtual *self, uint64_t n);

#endif
