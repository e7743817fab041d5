/*
 * sources/csv.h: what csv.c (rows) and csv_header.c (columns) share. Internal to the two.
 *
 * One row is one frame. The first line that is neither blank nor a comment (#) may name the
 * columns, with units: "Va [V]", "Ia (A)", "U1/V", "I1_mA"; a line of units may follow it. What an
 * instrument says of itself before that (more than two lines without a row) is passed over.
 * Separators are semicolon, tab or comma; with the first two a comma is a decimal point as well.
 * One column is the time (named t, time..., date..., zeit...; the first if nothing is named):
 * seconds, or what its unit says, or a date with a time of day. Without one, rate= must be given.
 * The time's steps make the segments (segments.h). A row whose values are all empty or NaN is a
 * gap. Values are in the column's unit.
 */
#ifndef SOURCES_CSV_H
#define SOURCES_CSV_H

#include "sources/input.h"
#include "sources/scale.h"
#include "sources/segments.h"
#include "sources/spec.h"

#define CSV_NO_COLUMN (-1)

struct csv {
    struct input input;
    char path[SPEC_SIZE_MAX];
    uint64_t at;             /* of the next line */
    unsigned long long line; /* number of the line read last */
    char separator;
    bool comma; /* is a decimal point */
    int columns;
    int time_column;                    /* or CSV_NO_COLUMN */
    int time_exponent;                  /* of ten: -3 for ms */
    double factor[SOURCE_CHANNELS_MAX]; /* to the base unit */
    struct scale scale[SOURCE_CHANNELS_MAX];
    double largest[SOURCE_CHANNELS_MAX];
    double value[SOURCE_CHANNELS_MAX]; /* of the row read last */
    struct segments segments;
    char cut[200]; /* why the last line is no frame, or "" */
};

/* The next line with something on it: 1, 0 at the end, or an error. */
int csv_next_line(struct source *source, struct csv *csv, struct text *line, bool *ended) MUST_USE;

/* Takes header and units off the front, leaves csv->at on the first row, and describes the
 * channels. */
int csv_read_header(struct source *source, struct csv *csv, const struct spec *spec) MUST_USE;

/* Like fields_next(), without quotes around. */
bool csv_field(struct fields *fields, struct text *field);

#endif
