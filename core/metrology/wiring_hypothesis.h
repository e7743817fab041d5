/*
 * metrology/wiring_hypothesis.h: the ways three clamps may sit. Private to wiring_check.
 *
 * A hypothesis is a number, 0 "as is". It tells how the true phase currents follow from the
 * measured ones, and how often installers do that.
 */
#ifndef METROLOGY_WIRING_HYPOTHESIS_H
#define METROLOGY_WIRING_HYPOTHESIS_H

#include "metrology/sequence.h"
#include "metrology/wiring_check.h"

enum hypothesis_order { ORDER_AS_IS, ORDER_SWAPPED, ORDER_ROTATED };

struct hypothesis {
    uint8_t source[3]; /* which clamp has the current of each phase */
    uint8_t turned;    /* bit per clamp */
    enum hypothesis_order order;
    bool on_neutral; /* clamp a holds the neutral */
    bool two_wires;  /* clamp a also holds the conductor of b */
    uint8_t a, b;    /* of these, or the swapped phases */
};

struct hypothesis hypothesis_of(unsigned number);

/* Whether it makes sense for this many phases, `active` (bit per clamp) of which carry current. */
bool hypothesis_applies(const struct hypothesis *h, enum wiring wiring, unsigned active);

double hypothesis_prior(const struct hypothesis *h, bool sequence_reversed, unsigned active);

/* The currents of the phases, out of those of the clamps. */
void hypothesis_apply(const struct hypothesis *h, enum wiring wiring,
                      const struct sequence_phasor clamp[3], struct sequence_phasor phase[3]);

#endif
