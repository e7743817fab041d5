/*
 * apps/measure_options.h: what the person asked `blondel measure` for, checked and in numbers.
 *
 * Pure: from struct args to struct measure_options or one sentence. Strings are referred to.
 */
#ifndef APPS_MEASURE_OPTIONS_H
#define APPS_MEASURE_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#include "apps/command.h"
#include "base/err.h"
#include "metrology/metrology.h"

#define MEASURE_ERROR_MAX 512

enum measure_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };
enum measure_side { SIDE_AS_FILE, SIDE_PRIMARY, SIDE_SECONDARY };
enum measure_neutral { NEUTRAL_IF_THERE, NEUTRAL_MEASURED, NEUTRAL_COMPUTED };

struct measure_options {
    const char *spec;        /* of the source */
    const char *map;         /* NULL: by name and unit */
    const char *circuits;    /* NULL: one by the wiring, one more for every current beyond it */
    const char *invert;      /* "I2,U1" or NULL */
    const char *calibration; /* file of `blondel calibrate`, or NULL */
    int wiring;              /* enum wiring or CHANNELS_WIRING_ANY */
    double nominal_v;        /* r.m.s.; 0: guess */
    uint32_t nominal_mhz;    /* 50 000, 60 000 or 0: guess */
    double from_s, to_s;     /* of the recording; to_s may be infinite */
    double ct_ratio;         /* primary over secondary; 0: not given */
    double vt_ratio;
    double u_full_scale_v; /* that 2^23 counts stand for; 0: as the source says */
    double i_full_scale_a;
    double rate_hz; /* 0: as the source says */
    enum measure_side side;
    enum measure_neutral neutral;
    enum apparent apparent;
    enum measure_format format;
    bool harmonics;
    bool quiet;
};

extern const struct option_row measure_option_rows[];

/* 0, or ERR_ARGUMENT with a sentence in `error` (MEASURE_ERROR_MAX bytes). */
int measure_options_parse(struct measure_options *options, const struct args *args,
                          char *error) MUST_USE;

#endif
