/*
 * apps/wiring_text.h: what the wiring check found, as a person says it.
 *
 * The words come from one table; the figures from the finding. Pure.
 */
#ifndef APPS_WIRING_TEXT_H
#define APPS_WIRING_TEXT_H

#include <stddef.h>

#include "metrology/wiring_check.h"

#define WIRING_TEXT_MAX 512

/* How the phases of this circuit are called: "L1"; of 1P2W the current ("I4"). */
struct wiring_names {
    const char *phase[ELEMENTS_MAX];
    const char *current[ELEMENTS_MAX];
};

/* One or two sentences: what, how one sees it, what to do next. Never more than WIRING_TEXT_MAX. */
void wiring_text(char *text, const struct wiring_finding *finding,
                 const struct wiring_names *names);

/* A word for machines: "ct-reversed". */
const char *wiring_fault_word(enum wiring_fault fault);

/* What a finding says besides its fault, by which of the values are meant. */
bool wiring_fault_has_phase(enum wiring_fault fault);
bool wiring_fault_has_other(enum wiring_fault fault);

/* "1.2 kW", three digits. */
void wiring_format_unit(char *text, size_t size, double value, const char *unit);

#endif
