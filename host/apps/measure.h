/*
 * apps/measure.h: a recording through metrology into a printer. What `blondel measure` and its
 * sisters share: opening, channels, segments, progress, Ctrl-C.
 *
 * Called by commands whose option table holds MEASURE_INPUT_OPTIONS.
 */
#ifndef APPS_MEASURE_H
#define APPS_MEASURE_H

#include "apps/measure_print.h"

struct measure_job {
    const struct printer *printer[FORMAT_CSV + 1]; /* by format; NULL: not offered */
    double span_s; /* how much is looked at without --to; 0: all there is */
    void *ctx;     /* the printer's, as report->ctx */
};

/* Returns an exit status; what went wrong has been said. */
int measure_run(const struct args *args, const struct measure_job *job);

#endif
