/*
 * metrology/wiring.h: Blondel's table of services as data: N wires need N - 1 elements.
 *
 * Element by element, what its voltage is measured between, and which quantities the service can
 * know.
 */
#ifndef METROLOGY_WIRING_H
#define METROLOGY_WIRING_H

#include <stdbool.h>
#include <stdint.h>

#include "metrology/metrology.h"

struct wiring_row {
    const char *name; /* as in options and JSON: "3p4w" */
    const char *text; /* as a person says it */
    uint8_t wires;
    uint8_t elements;       /* 0: any number of single-phase elements */
    uint8_t voltages;       /* measured voltages */
    uint8_t lines;          /* line voltages known: 0, 1 or 3 */
    bool three_phase;       /* sequence components exist */
    bool neutral;           /* has a neutral wire */
    const char *element[3]; /* voltage and current of each element */
};

extern const struct wiring_row wiring_table[WIRING_COUNT];

/* The row of a name, any case ("3P4W"), or NULL. */
const struct wiring_row *wiring_find(const char *name);

#endif
