/*
 * sources/household.h: what flows into a house or a feeder, minute by minute through the years.
 *
 * Owns: the appliances that run (sources/appliances.h), the weather, the roof, the voltages of the
 * street. Not samples: powers per phase that hold until the next change, a few hundred a day. All
 * in integers and out of one seeded generator, so one seed gives the same energies on every
 * machine.
 *
 * Units: mW, mvar, mV, mHz; import and lagging positive; `utc_s` seconds since 1970. A house heats
 * by the season, and its roof follows the sun at 50 degrees north. A feeder works on weekdays, has
 * machines that start and stop, and a capacitor that makes it leading at night.
 *
 * Called by: the simulation of a year, its tests and its benchmark.
 */
#ifndef SOURCES_HOUSEHOLD_H
#define SOURCES_HOUSEHOLD_H

#include "base/zone.h"
#include "sources/simulator_state.h"

enum household_kind { HOUSEHOLD_HOUSE, HOUSEHOLD_FEEDER };

struct household_config {
    enum household_kind kind;
    uint64_t seed;
    uint8_t phases;   /* 1..3; what sits on a phase that is not there sits on another */
    uint32_t u_mv;    /* line to neutral */
    uint32_t f_mhz;   /* 50000 or 60000 */
    uint32_t pv_w;    /* peak power of the roof of a house; 0: it has none */
    uint32_t rated_w; /* of a feeder, per phase */
    struct zone zone; /* people live by the clock on the wall */
};

struct household_load {
    int64_t p_mw[SIM_PHASES], q_mvar[SIM_PHASES]; /* the roof is in it */
    int64_t roof_mw;                              /* what it gives, of all phases together */
    int64_t car_mw;                               /* likewise, what the car takes */
    int32_t u_mv[SIM_PHASES], f_mhz;
};

struct household_appliance {
    int64_t until_s;
    int16_t step; /* -1: off */
    int16_t round;
};

struct household {
    struct household_config config;
    struct sim_random random;
    int64_t now_s, next_s; /* UTC */
    int64_t offset_s;      /* local time minus UTC, as of the last whole hour */
    struct household_appliance appliance[SIM_APPLIANCES];
    int32_t cloud, cloud_day;   /* thousandths: now, and what the day tends to */
    int32_t warmth_mk;          /* how far the days are off the season's mean */
    int32_t wander[SIM_PHASES]; /* thousandths, of a feeder's load */
    int32_t u_wander_mv[SIM_PHASES], f_wander_mhz;
    uint32_t machines; /* bit k: machine k of a feeder runs */
    struct household_load load;
};

/* As of `utc_s`, a whole minute. */
void household_init(struct household *self, const struct household_config *config, int64_t utc_s);

/* Goes on to the next change: afterwards self->load holds from self->now_s to self->next_s. */
void household_step(struct household *self);

#endif
