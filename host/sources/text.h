/*
 * sources/text.h: slices of text from files, and the numbers, names and units in them.
 *
 * A slice is not terminated and belongs to whoever read it. Nothing here allocates, fails loudly or
 * depends on the locale. Called by the file readers of this room.
 */
#ifndef SOURCES_TEXT_H
#define SOURCES_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sources/source.h"

struct text {
    const char *at;
    size_t size;
};

/* For printf: TEXT_ARG(slice) fills "%.*s" with at most 40 bytes of it. */
#define TEXT_ARG(text) (int)((text).size < 40 ? (text).size : 40), (text).at

struct text text_of(const char *string);
struct text text_trim(struct text text);                 /* no blanks, tabs, CRs at the ends */
bool text_is(struct text text, const char *word);        /* ASCII case is ignored */
bool text_begins(struct text text, const char *word);    /* likewise */
void text_copy(struct text text, char *to, size_t size); /* cut to fit, always terminated */

/* Takes what stands before the next `separator`, trimmed, off the front; false when `rest` was used
 * up. Text that ends in a separator has an empty last field. Start with text_fields(). */
struct fields {
    struct text rest;
    char separator;
    bool done;
};
struct fields text_fields(struct text line, char separator);
bool fields_next(struct fields *fields, struct text *field);

/* All of `text` as a decimal number. Both refuse "", "nan" and "inf"; the comma is a decimal point
 * too if `comma`. At least 19 digits count; the result is the nearest double up to 15 digits and
 * within one unit in the last place beyond. */
bool text_to_double(struct text text, bool comma, double *value);
bool text_to_int64(struct text text, int64_t *value);

/* The same number times 10^9 as an integer (seconds as nanoseconds, if `scale_exponent` is 0; ms
 * with -3), exact to the nanosecond at any size. *resolution is the weight of its last digit, at
 * least 1. */
bool text_to_nano(struct text text, bool comma, int scale_exponent, int64_t *value,
                  int64_t *resolution);

/* A name in whatever encoding as UTF-8, cut at a character to fit: UTF-8 stays, text of double
 * bytes is GBK, the rest Latin-1; control characters become blanks. */
void text_to_utf8(struct text text, char *to, size_t size);

/* Unit text ("kV", "mA", "[V]", "volts") -> its base unit and the factor to it. What is not volts
 * or amperes keeps its name and the factor 1. */
double text_to_unit(struct text text, char *unit, size_t size);

#endif
