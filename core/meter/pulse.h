/*
 * meter/pulse.h: a pulse output: energy in, whole pulses out, at the meter constant.
 *
 * Owns: the pulses given so far and the part of one that is still owed. Nothing is lost or rounded:
 * the rest is energy times constant, an integer. Energy is a magnitude: an output that tells import
 * from export is two of them. Called by: meter.c, for each slice.
 *
 * Units: microjoule (uWs or uvars); the constant is in imp/kWh or imp/kvarh (IEC 62052-11). An
 * output of constant 0 never gives a pulse.
 */
#ifndef METER_PULSE_H
#define METER_PULSE_H

#include <stdint.h>

#define PULSE_UJ_PER_KWH   INT64_C(3600000000000)
#define PULSE_CONSTANT_MAX 1000000 /* with it, a rest and a kWh's pulses still fit 63 bits */

struct pulse {
    uint64_t count;    /* pulses since start */
    uint64_t rest;     /* 0 .. PULSE_UJ_PER_KWH - 1: uJ x imp/kWh owed */
    uint32_t constant; /* imp/kWh, 0 .. PULSE_CONSTANT_MAX */
};

/* Adds energy; returns how many pulses it makes due. */
uint64_t pulse_add(struct pulse *self, uint64_t energy_uj);

#endif
