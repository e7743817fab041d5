/*
 * apps/measure_print.h: one window, or the summary, as text, JSON or CSV.
 *
 * A printer is one const row; it sees finished values only and keeps nothing but what struct report
 * holds for it. Unknown values are NaN: null in JSON, empty in CSV, a dash in text.
 */
#ifndef APPS_MEASURE_PRINT_H
#define APPS_MEASURE_PRINT_H

#include <stdio.h>

#include "apps/measure_setup.h"
#include "apps/measure_summary.h"

struct report {
    FILE *out;
    const struct measure_setup *setup;
    bool harmonics;
    bool colour;
    bool truncated; /* the recording breaks off: the summary is of what came before */
    double u_scale,
        i_scale; /* r.m.s. values that columns should show well: those of the first window */
    void *ctx;   /* the printer's own, from struct measure_job */
};

struct record {
    const struct quantities *q;
    double t_s; /* seconds after the start of the recording, of the window's first sample */
    double length_s;
    unsigned segment; /* from 1, as the notes count */
};

struct printer {
    void (*begin)(const struct report *report);
    void (*window)(const struct report *report, const struct record *record);
    void (*summary)(const struct report *report, unsigned circuit,
                    const struct circuit_summary *summary);
};

extern const struct printer printer_text, printer_json, printer_csv;

/* Harmonics of the voltage (0) or current (1) of an element, or NULL if there are none. */
const struct harmonics *record_harmonics(const struct report *report, const struct quantities *q,
                                         unsigned element, int which);

/* A word per bit of enum quantity_flag, with `separator` between them. */
size_t flags_format(char *text, size_t size, unsigned flags, const char *separator);

/* Flags of the window and of all its elements. */
unsigned record_flags(const struct quantities *q);

/* Ten significant digits: one part in a million shows with digits to spare. */
#define NUMBER_FORMAT "%.10g"

#endif
