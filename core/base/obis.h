/*
 * base/obis.h: OBIS codes, the names of everything a meter tells (IEC 62056-6-1).
 *
 * A code has six value groups A-B:C.D.E.F: medium, channel, quantity, processing, tariff or phase
 * detail, billing period. Text may be full ("1-0:1.8.0.255"), have `*` before F ("1-0:1.8.0*255"),
 * be six dotted numbers as a DLMS logical name ("1.0.1.8.0.255"), or leave groups away: "1.8.0" and
 * "1.8" stand for 1-0:1.8.0.255. In short forms the letters C, F, L and P may stand for 96, 97, 98
 * and 99, as optical readouts write them ("C.1.0", "F.F").
 */
#ifndef BASE_OBIS_H
#define BASE_OBIS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define OBIS_BYTES    6
#define OBIS_TEXT_MAX 24 /* "255-255:255.255.255.255" and its end */

struct obis {
    uint8_t a, b, c, d, e, f;
};

/* Reads `size` characters, all of them. ERR_FORMAT: not an OBIS code; ERR_RANGE: a group above 255.
 */
int obis_parse(struct obis *code, const char *text, size_t size) MUST_USE;

/* Writes "1-0:1.8.0.255" and a closing zero; returns its length. */
size_t obis_print(const struct obis *code, char text[OBIS_TEXT_MAX]);

/* Writes the shortest form that obis_parse() reads back to the same code: "1.8.0", "1-1:1.8.0". */
size_t obis_print_short(const struct obis *code, char text[OBIS_TEXT_MAX]);

void obis_from_bytes(struct obis *code, const uint8_t bytes[OBIS_BYTES]);
void obis_to_bytes(const struct obis *code, uint8_t bytes[OBIS_BYTES]);

/* Negative, 0 or positive, group by group from A to F. */
int obis_compare(const struct obis *left, const struct obis *right);

#endif
