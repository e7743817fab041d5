/*
 * apps/progress.h: one line on stderr that says how much is done, how fast, and how long still.
 *
 * Shows itself only on a terminal, after a second, ten times a second at most. The clock is an
 * argument (seconds, monotonic), so that the line can be tested.
 */
#ifndef APPS_PROGRESS_H
#define APPS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool wanted;
    bool visible;
    double start_s, shown_s;
    uint64_t total; /* frames; 0: unknown */
};

void progress_start(struct progress *progress, bool wanted, double now_s);
void progress_update(struct progress *progress, uint64_t done, double rate_hz, double now_s);
void progress_clear(struct progress *progress); /* before anything else is printed */

/* The line itself: bar, percent, frames/s, times real time, time left. */
void progress_format(char *text, size_t size, uint64_t done, uint64_t total, double elapsed_s,
                     double rate_hz);

#endif
