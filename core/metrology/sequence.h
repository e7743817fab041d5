/*
 * metrology/sequence.h: symmetrical components of three phasors (Fortescue).
 *
 * U1 = (Ua + a Ub + a^2 Uc) / 3, U2 = (Ua + a^2 Ub + a Uc) / 3, U0 = (Ua + Ub + Uc) / 3, a = 1 at
 * 120 degrees. Phasors in any unit; magnitudes come back in it.
 */
#ifndef METROLOGY_SEQUENCE_H
#define METROLOGY_SEQUENCE_H

struct sequence_phasor {
    double re, im;
};

struct sequence {
    double positive, negative, zero; /* magnitudes */
};

struct sequence sequence_of(const struct sequence_phasor phase[3]);

/* From what two elements measure, u = {U12, U32} and i = {I1, I3}, to the three line voltages U12,
 * U23, U31 and the three currents I1, I2, I3, in place. */
void sequence_from_aron(struct sequence_phasor u[3], struct sequence_phasor i[3]);

#endif
