/*
 * apps/scenario.h: what shall happen to a simulated meter: a file of one line per happening.
 *
 * Owns: the words and their limits; docs/scenario.md tells them to people. It does nothing itself:
 * apps/virtual.h acts on the rows. Times are microseconds, UTC where they are instants.
 *
 * Called by: `blondel simulate`, tests, a fuzz target.
 */
#ifndef APPS_SCENARIO_H
#define APPS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/zone.h"

#define SCENARIO_ROWS_MAX  256
#define SCENARIO_NAME_MAX  40 /* of a row of the meter */
#define SCENARIO_ERROR_MAX 256
#define SCENARIO_PHASES    3

enum scenario_when { WHEN_AT, WHEN_EVERY_DAY, WHEN_EVERY, WHEN_RANDOM };

enum scenario_act {
    ACT_OUTAGE,       /* with warning, for duration_us */
    ACT_CUT,          /* without warning, in the middle of a write */
    ACT_LOAD,         /* p_mw and q_mvar in each of `phases` */
    ACT_LOAD_HOUSE,   /* `phases` carry what the house takes again */
    ACT_CLOCK_ADD,    /* set to what it shows, and value_us more */
    ACT_CLOCK_SET,    /* to value_us */
    ACT_CLOCK_SYNC,   /* to the true time */
    ACT_CLOCK_SHIFT,  /* method shift_time: value seconds */
    ACT_WRITE,        /* value into the row `name` */
    ACT_INVOKE,       /* method `value` of the row `name` */
    ACT_DISK_REFUSES, /* for duration_us */
};

struct scenario_row {
    unsigned line;
    enum scenario_when when;
    int64_t at_us;    /* WHEN_AT: the instant */
    int64_t every_us; /* WHEN_EVERY: from the start on; WHEN_EVERY_DAY: local time of day;
                         WHEN_RANDOM: between two on the average */
    enum scenario_act act;
    int64_t duration_us, duration_max_us; /* the second of random outages */
    unsigned phases;                      /* bit k: phase k */
    int64_t p_mw, q_mvar;
    int64_t value_us, value;
    char name[SCENARIO_NAME_MAX];
};

struct scenario {
    struct scenario_row row[SCENARIO_ROWS_MAX];
    unsigned rows;
    int64_t backup_us; /* what carries the clock ends after this; negative: as the model has it */
    int64_t commit_s;  /* negative: as the model has it */
};

/* What a line means depends on where and when. */
struct scenario_place {
    const char *file; /* for the error */
    struct zone zone;
    int64_t start_us;
};

/* An empty one. */
void scenario_init(struct scenario *self);

/* Reads a whole text. ERR_FORMAT, with "FILE:LINE: what is wrong; what would be right" in `error`.
 */
int scenario_parse(struct scenario *self, const char *text, size_t size,
                   const struct scenario_place *place, char error[SCENARIO_ERROR_MAX]) MUST_USE;

/* "90s", "15min", "3h", "1h30min", "2d", "500ms"; to 100 years. ERR_FORMAT. */
int scenario_duration(int64_t *duration_us, const char *text, size_t size) MUST_USE;

#endif
