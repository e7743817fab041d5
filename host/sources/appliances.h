/*
 * sources/appliances.h: THE list of what stands in the simulated house.
 *
 * Owns: a table. An appliance is a row: which phases it sits on, when it starts (expected starts in
 * each hour) and a programme of steps. All figures are whole numbers, so that integers can take
 * them too. Called by: the house of the simulator, which makes samples of it, and the house of a
 * year (sources/household.h), which makes energies.
 */
#ifndef SOURCES_APPLIANCES_H
#define SOURCES_APPLIANCES_H

#include <stdbool.h>

#include "sources/simulator_state.h"

#define ALL_PHASES    3
#define STEPS_MAX     8
#define STARTS_ALWAYS 250 /* in starts[]: begins again as soon as it has ended */

struct appliance_step {
    double seconds;
    double watts;
    double phi_deg;
    double inrush; /* the first SIM_HOUSE_STEP_S takes so many times the current; 0: none */
    const struct sim_harmonics *shape;
};

struct appliance {
    const char *name;
    unsigned phase;     /* 0..2, or ALL_PHASES */
    uint8_t starts[24]; /* expected starts in each hour of the day, in tenths */
    int rounds;         /* how often the programme runs after a start */
    unsigned steps;
    struct appliance_step step[STEPS_MAX];
};

extern const struct appliance appliances[];
extern const unsigned appliance_count; /* at most SIM_APPLIANCES */

bool appliance_is(const struct appliance *row, const char *name);

#endif
