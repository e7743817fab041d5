/*
 * meter/pulse_output.h: what stands before and behind the counter of meter/pulse.h when a pulse
 * leaves the meter: which energy counts, on which side of the transformers, and when.
 *
 * Owns: one output: a test lamp or an S0 output with a constant and a direction of its own. Knows
 * no pin, no clock and no pulse width: it tells how many pulses a slice brings and at which sample
 * each is due, power taken as steady within the slice.
 *
 * Exact: pulses, the counter's rest and the fraction of a microjoule left by the ratio together are
 * the energy that went in.
 *
 * Called by: whoever receives slices (on_slice); late by as much as slices are. Follows IEC
 * 62052-11 (test output) and IEC 62053-31 (S0).
 */
#ifndef METER_PULSE_OUTPUT_H
#define METER_PULSE_OUTPUT_H

#include "base/err.h"
#include "meter/pulse.h"
#include "metrology/quantities.h"

enum pulse_quantity { PULSE_ACTIVE, PULSE_REACTIVE, PULSE_APPARENT };

/* Which energy counts. Lagging reactive energy is the positive one. */
enum pulse_direction {
    PULSE_IMPORT,   /* the positive part */
    PULSE_EXPORT,   /* the negative part */
    PULSE_ABSOLUTE, /* both, without sign */
};

struct pulse_output_config {
    enum pulse_quantity quantity;
    enum pulse_direction direction;
    bool per_phase;    /* every phase decides its direction for itself; else their sum does */
    uint32_t constant; /* pulses per kWh, kvarh or kVAh of the secondary side */
    /* Slices' energy over the energy that the constant means, at least 1: transformer ratios where
     * slices are primary, and 10 : 1 for a pulse each 10 kWh. 0 stands for 1. */
    uint32_t primary, secondary;
};

struct pulse_output {
    struct pulse_output_config config;
    struct pulse pulse;
    uint32_t ratio_rest;  /* 0 .. primary - 1: microjoule x secondary not yet counted */
    uint64_t start;       /* of the last slice, for pulse_output_at() */
    uint32_t length;      /* samples in it */
    uint64_t energy_uj;   /* that it brought, secondary */
    uint64_t rest_before; /* the counter's */
};

/* ERR_RANGE: a constant of 0 or above PULSE_CONSTANT_MAX, or a ratio below 1. */
int pulse_output_init(struct pulse_output *self, const struct pulse_output_config *config) MUST_USE;

/* Takes the next slice; returns how many pulses it brings. */
uint64_t pulse_output_add(struct pulse_output *self, const struct slice *slice);

/* Sample index at which the k-th pulse of the last slice is due; k from 0 and below what
 * pulse_output_add() returned. */
uint64_t pulse_output_at(const struct pulse_output *self, uint64_t k);

#endif
