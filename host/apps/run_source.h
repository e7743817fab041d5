/*
 * apps/run_source.h: what `blondel run MODEL` measures when nobody names a source.
 *
 * A meter that carries a house's currents gets a simulated house in whose kitchen it is as late as
 * in the reader's; one for less (behind transformers) or much more sees a feeder that runs at its
 * rated values. Either has the wires and clamps of the model's first layout. Calls the clock.
 */
#ifndef APPS_RUN_SOURCE_H
#define APPS_RUN_SOURCE_H

#include "model/model.h"

#define RUN_SOURCE_MAX 128

/* "" for a model that measures no energy. */
void run_source_default(const struct model *model, char spec[RUN_SOURCE_MAX]);

#endif
