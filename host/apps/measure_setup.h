/*
 * apps/measure_setup.h: from a recording's channels and the person's wishes to a metrology_config.
 *
 * Owns the tables the configuration points to, so it must stay where it is while it is in use. The
 * channels of a frame are gathered: only those that are measured reach metrology, voltages first.
 * A current that the wiring wants and the recording lacks is fed as zeros and marked absent, and
 * whatever depends on it is reported as unknown, never as zero.
 */
#ifndef APPS_MEASURE_SETUP_H
#define APPS_MEASURE_SETUP_H

#include "apps/measure_options.h"
#include "apps/notes.h"
#include "sources/channels.h"

#define CIRCUIT_NAME_MAX 32

struct measure_circuit {
    char name[CIRCUIT_NAME_MAX];
    const char *label[ELEMENTS_MAX];   /* "L1"; "L12" in three wires */
    bool current_absent[ELEMENTS_MAX]; /* nobody recorded it */
    bool any_absent;
};

struct measure_setup {
    struct channel_map map;
    struct metrology_channel voltage[VOLTAGES_MAX];
    struct metrology_channel current[CURRENTS_MAX + 1]; /* and one of zeros */
    struct metrology_circuit circuit[CIRCUITS_MAX];
    struct measure_circuit about[CIRCUITS_MAX];
    int gather[METROLOGY_CHANNELS_MAX]; /* source channel of each input, or CHANNEL_ABSENT */
    int current_index[CURRENTS_MAX];    /* in current[] of I1.., or CHANNEL_ABSENT */
    int neutral_index;
    struct metrology_config config; /* without rate, frequency and nominal voltage */
    double u_scale, i_scale;        /* r.m.s. of a sine at full scale, the largest of each kind */
};

/* 0; ERR_ARGUMENT if the options are at fault, else what the recording lacks; `error` has a
 * sentence (MEASURE_ERROR_MAX bytes). Says in `notes` which channel was taken for what. */
int measure_setup_build(struct measure_setup *setup, const struct source_info *info,
                        const struct measure_options *options, struct notes *notes,
                        char *error) MUST_USE;

/* Picks the measured channels out of frames as the source gives them. */
void measure_setup_gather(const struct measure_setup *setup, uint32_t channels, uint32_t frames,
                          const int32_t *from, int32_t *to);

/* The factor that brings a channel's values to the side asked for. */
double measure_side_factor(const struct source_channel *channel, double user_ratio,
                           enum measure_side side);

/* The usual nominal voltage nearest to what was measured, or that itself if none is near. */
double measure_guess_nominal(double measured_v);

#endif
