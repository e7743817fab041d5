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

/* Rows of every command that measures a recording: what it holds and which part of it counts. */
#define MEASURE_INPUT_OPTIONS                                                                      \
    {"wiring", "W",                                                                                \
     "1p2w, 1p3w, 3p3w (Aron), 3p4w or 3p4wd (delta with a centre tap);\n"                         \
     "default: by the channels found"},                                                            \
        {"map", "U1=3,I1=7,..",                                                                    \
         "which channel is what: U1..U3, U12, U32, I1..I96, IN; a channel is its\n"                \
         "number from 1 or its name, with a minus in front its sign is turned"},                   \
        {"nominal", "V,HZ",                                                                        \
         "nominal voltage and frequency (50 or 60: windows of 10 or 12 cycles);\n"                 \
         "default: from the first half second"},                                                   \
        {"from", "S", "begin this many seconds after the start of the recording"},                 \
        {"to", "S", "end there"},                                                                  \
        {"ct", "100/5", "ratio of the current transformers, where the file tells none"},           \
        {"vt", "20000/100", "ratio of the voltage transformers"},                                  \
        {"primary", NULL,                                                                          \
         "report values of the primary side; default with --ct or --vt, else the\n"                \
         "side the file is written in"},                                                           \
        {"secondary", NULL, "report values of the secondary side"},                                \
        {"invert", "I2,..", "turn the sign of these channels"},                                    \
        {"neutral", "HOW",                                                                         \
         "neutral current: measured (from IN) or computed (sum of the phases);\n"                  \
         "default: measured where there is an IN"},                                                \
        {"circuits", "SPEC",                                                                       \
         "more than one circuit: NAME:WIRING:I1,I2,.. joined by / ; an element is\n"               \
         "I4 or U2*I4, a measured neutral N=I7; @FILE has one a line. Default: one\n"              \
         "circuit by the wiring, and each current beyond it on U1 by itself"},                     \
        {"u-full-scale", "V", "peak volts that full scale of the voltage channels stands for"},    \
        {"i-full-scale", "A", "peak amperes that full scale of the current channels stands for"},  \
        {"rate", "HZ", "sampling rate, where the file tells none or a wrong one"},                 \
        {"calibration", "FILE", "take out what blondel calibrate found"},                          \
    {                                                                                              \
        "quiet", NULL, "no notes and no progress on stderr"                                        \
    }

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
    double every_s;          /* length of a record; 0: a window */
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
