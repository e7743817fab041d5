/*
 * sources/kinds.h: the kinds of sources there are. source.c holds them in the order they are asked.
 */
#ifndef SOURCES_KINDS_H
#define SOURCES_KINDS_H

#include "sources/source.h"

extern const struct source_kind source_raw;
extern const struct source_kind source_comtrade;
extern const struct source_kind source_wav;
extern const struct source_kind source_csv;
extern const struct source_kind source_sim;

#endif
