/*
 * sources/channel_role.h: what the name, unit and phase label of one channel say about it.
 *
 * Internal to channels.c: a pure function from text to a role. See channels.h for what it knows.
 */
#ifndef SOURCES_CHANNEL_ROLE_H
#define SOURCES_CHANNEL_ROLE_H

#include <stdbool.h>
#include <stddef.h>

#include "sources/source.h"

enum role_kind {
    ROLE_NONE, /* neither voltage nor current, or computed from others */
    ROLE_VOLTAGE,
    ROLE_CURRENT,
};

#define ROLE_PHASE_UNKNOWN 0
#define ROLE_PHASE_NEUTRAL 255

#define ROLE_RED         1u
#define ROLE_YELLOW      2u
#define ROLE_BLUE        4u
#define ROLE_ALL_COLOURS 7u

struct role_phase {
    unsigned char first;  /* 1.., ROLE_PHASE_UNKNOWN or ROLE_PHASE_NEUTRAL */
    unsigned char second; /* of a line voltage first-second: 1..3; else 0 */
    char alphabet; /* how phases are written: 'A' (ABC), 'R' (RST), 'U' (UVW), '1'; 0 unknown */
};

struct channel_role {
    enum role_kind kind;
    struct role_phase phase;
    size_t prefix_size;   /* bytes of the name before the role */
    size_t suffix_offset; /* where the name goes on after it */
};

/* The coloured phases that the name speaks of ("VY", "I_B", "VRY"), as bits of ROLE_RED.. . A
 * source whose channels name all three has the phases R, Y, B, and B is not the second of A, B, C.
 */
unsigned channel_role_colours(const struct source_channel *channel);

/* As channel_role_find(), of a source whose phases are R, Y, B. */
struct channel_role channel_role_find_coloured(const struct source_channel *channel);

struct channel_role channel_role_find(const struct source_channel *channel);

#endif
