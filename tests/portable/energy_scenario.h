/*
 * portable/energy_scenario.h: one run of metrology that every machine must give bit for bit.
 *
 * Owns: a signal made of integers only (no libm, no float), pushed through metrology in every
 * wiring and with every treatment of a channel, and a line of hexadecimal energies for each.
 * Units: micro-watt-, var- and VA-seconds, as struct slice_energy has them.
 * Called by: energy_scenario_main.c on the host, in the 32-bit build and on the Cortex-M.
 */
#ifndef PORTABLE_ENERGY_SCENARIO_H
#define PORTABLE_ENERGY_SCENARIO_H

#include <stddef.h>

/* Runs every scenario in `memory` (aligned to 8) and hands out one line each, without a newline.
 * 0, or the negative error of the scenario that could not run. */
int energy_scenario_run(void *memory, size_t size, void (*line)(const char *text));

#endif
