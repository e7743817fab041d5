/*
 * sim/oracle.h: what a meter must show, kept by somebody who is not the meter.
 *
 * Owns: exact energies by wall time, what was known at each commit, the course of the clock, what
 * the logs held so far, sliding averages of true power. Every oracle_ function that finds the meter
 * wrong says so with the seed and ends the program. Called by: sim_check.c.
 */
#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H

#include "sim/rig.h"

#define ORACLE_HISTORY (1u << 16)

/* Energies as the meter must have them, in nanojoule; [c][0] import and lagging, [c][1] the other
 * way. */
struct oracle_energy {
    __int128 p_nj[MODEL_CIRCUITS_MAX][2], q_nj[MODEL_CIRCUITS_MAX][2];
};

/* What the clock showed when it was set last, and how far off it may be since. */
struct oracle_clock {
    int64_t now_us, utc_us, slack_us;
    bool is_known;
};

struct oracle_commit {
    struct oracle_energy energy;
    struct oracle_clock clock;
    int64_t now_us, utc_us; /* true time, and the meter's */
    int64_t highest_mw;
};

/* True energy of circuit 0's import up to a moment, for sliding averages. */
struct oracle_moment {
    int64_t now_us, import_uj;
};

struct oracle {
    struct rig *rig;
    const char *model;
    unsigned days; /* of the whole run, for the replay */
    struct oracle_energy energy;
    struct oracle_commit kept;
    uint64_t commits;
    struct meter_register last[MODEL_CIRCUITS_MAX][1 + ELEMENTS_MAX][ENERGY_COUNT];
    bool has_last;
    struct oracle_clock clock;
    bool is_refusing; /* the medium takes no writes, or took none for a while since the commit */
    /* the event log */
    uint32_t cursor, event_number;
    bool power_is_up;    /* by the log */
    bool power_is_vague; /* events were lost */
    /* the profile */
    uint32_t entry_number, period_s;
    int64_t entry_utc_us, entry_import_m;
    unsigned captured; /* by hand, and not seen in the log yet */
    bool has_entry, entry_is_odd;
    uint32_t lost; /* of the meter, as last seen */
    /* the maximum demand */
    struct oracle_moment moment[ORACLE_HISTORY];
    uint32_t first, next; /* of the ring */
    int64_t rest_nj;      /* of the last */
    int64_t highest_mw;   /* that a true sliding average of the window had */
    /* counts for the summary */
    uint64_t steps, cuts, outages, entries, events, refusals;
    int64_t lost_age_max_us;
};

void oracle_init(struct oracle *self, struct rig *rig, const char *model, unsigned days);

/* Power flowed for `duration_us` up to rig->now_us. */
void oracle_flow(struct oracle *self, int64_t duration_us);

/* After each step and each action: commits, registers, logs, demand. */
void oracle_check(struct oracle *self);

/* The meter was read anew from its memory after power went at `cut_us`, and is not on yet: what it
 * lost is what it may lose. How long it was without, counted from the commit that it found. */
int64_t oracle_restarted(struct oracle *self, int64_t cut_us);

/* Whoever calls has changed these on purpose. */
void oracle_clock_set(struct oracle *self, int64_t utc_us);
int64_t oracle_clock_utc(const struct oracle *self); /* what it must show now */
void oracle_demand_reset(struct oracle *self);
void oracle_profile_reset(struct oracle *self);
void oracle_profile_captured(struct oracle *self);

/* The meter is wrong. */
_Noreturn void oracle_fail(const struct oracle *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
