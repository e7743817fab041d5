/*
 * sources/channels.h: which channel of a recording is U1, I1, IN.
 *
 * Owns: recognition of channels by name, unit and phase label, and the user's `--map`. Knows
 * nothing of samples. Called by programs after source_open(), before metrology is configured.
 *
 * A voltage or current is known by its unit where there is one ("V", "A") and by its name
 * otherwise: a kind (U, V, I, voltage, current, ...) with a phase (A B C, R S T, R Y B, U V W, L1
 * L2 L3, 1 2 3.., N), joined or apart, in any place: "Ua", "HV Bus VR", "UL1N", "I_L2", "Phase A
 * current", "MODAQ_Va_V". Two phases make a line voltage: "Uab", "U12", "V L1-L2". The file's phase
 * label decides where the name is silent. Computed rows (3U0, I0, ... rms) are left out. Channels
 * that share what stands around the role form a group; the first group with all its phases is
 * taken, and of the currents the complete group whose name begins most like that of the voltages.
 * Channels without any phase are taken in their order, as long as there are no more than three
 * voltages.
 *
 * The user's map reads "ROLE=CHANNEL,...": roles U1..U3, U12, U23, U32, U31, I1..I96, IN; a channel
 * is its number from 1 or its name; a minus in front of it ("I2=-7") turns its sign. Naming any
 * voltage replaces all voltages found, naming any current replaces all currents and the neutral.
 */
#ifndef SOURCES_CHANNELS_H
#define SOURCES_CHANNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "metrology/metrology.h"
#include "sources/source.h"

#define CHANNEL_ABSENT      (-1)
#define CHANNELS_WIRING_ANY (-1) /* let the voltages found decide */

/* Indices are source channels, from 0, or CHANNEL_ABSENT. */
struct channel_map {
    enum wiring wiring; /* as asked for, or what the voltages found allow */
    int voltages;       /* how many the wiring uses, from the first: 1, 2 or 3 */
    int voltage[3];     /* U1 U2 U3; of 3P3W: U12, U32 (voltages is 2) */
    bool voltage_invert[3];
    int currents;    /* the highest current found: I1 is 1; 0 if there is none */
    int current[96]; /* current[k] is I(k+1); there may be holes. 3P3W uses I1 and I3 */
    bool current_invert[96];
    int neutral; /* IN */
    bool neutral_invert;
};

/* Fills `map`. `wiring` is an enum wiring or CHANNELS_WIRING_ANY; `user` is the user's map or NULL.
 * On failure `error` has one line without a file name: ERR_FORMAT and ERR_RANGE tell of a bad
 * `user`, ERR_NOT_FOUND of voltages the wiring wants and nobody named. */
int channels_map(struct channel_map *map, const struct source_info *info, int wiring,
                 const char *user, char *error, size_t error_size) MUST_USE;

#endif
