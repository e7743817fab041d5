/*
 * apps/measure_circuits.h: the circuits of `--circuits`, or those that follow from the wiring.
 *
 * Part of measure_setup: called by it once the currents have their places.
 */
#ifndef APPS_MEASURE_CIRCUITS_H
#define APPS_MEASURE_CIRCUITS_H

#include "apps/measure_setup.h"

/* Fills setup->circuit and setup->about. Errors as measure_setup_build(). */
int measure_circuits_build(struct measure_setup *setup, const struct measure_options *options,
                           char *error) MUST_USE;

/* One circuit by the wiring, one more for each current beyond it. */
int measure_circuits_default(struct measure_setup *setup, const struct measure_options *options,
                             char *error) MUST_USE;

/* From the text of --circuits ('/' or line ends between circuits, '#' begins a remark). */
int measure_circuits_parse(struct measure_setup *setup, const struct measure_options *options,
                           const char *text, char *error) MUST_USE;

#endif
