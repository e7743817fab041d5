/*
 * apps/measure_keys.h: the list of keys that `blondel measure` prints, for people who read them.
 *
 * The quantities come from quantities.def; a test compares the whole with what is printed.
 */
#ifndef APPS_MEASURE_KEYS_H
#define APPS_MEASURE_KEYS_H

#include <stdio.h>

void measure_keys_print(FILE *out);

#endif
