/*
 * metrology/quantities.h: the three products of metrology, and all that its readers see of it.
 *
 *   struct half_cycle   U and I rms(1/2), every half cycle       -> supervision, dips
 *   struct quantities   one circuit over one window (10/12 cycles) -> people, protocols
 *   struct slice        gapless energy of one circuit            -> registers
 *
 * All are written by metrology, handed over by const pointer during a callback and never change
 * afterwards: copy what must stay. Times are sample indices from the first sample pushed.
 *
 * Sources: IEC 61000-4-30 (windows, rms(1/2)), IEC 61000-4-7 (sub-groups), IEC 62053-24
 * (fundamental reactive energy), IEC 62053-23 annex (quadrants), IEEE 1459-2010 (apparent power).
 */
#ifndef METROLOGY_QUANTITIES_H
#define METROLOGY_QUANTITIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ELEMENTS_MAX  4  /* of a circuit */
#define VOLTAGES_MAX  3  /* of a voltage unit */
#define CURRENTS_MAX  96 /* behind one voltage unit */
#define CIRCUITS_MAX  96
#define HARMONICS_MAX 63

/* Why a value is NaN or should be doubted. */
enum quantity_flag {
    FLAG_NO_VOLTAGE = 1 << 0,  /* an element has no voltage to refer to */
    FLAG_NO_SYNC = 1 << 1,     /* no input strong enough to follow: the window length is nominal */
    FLAG_PARTIAL = 1 << 2,     /* a short last window, measured over fewer whole cycles */
    FLAG_CLIPPED = 1 << 3,     /* a sample stood at its limit */
    FLAG_RATE_LOW = 1 << 4,    /* some harmonic orders, or the crest factor, lie beyond the rate */
    FLAG_NO_ZERO_SEQ = 1 << 5, /* three wires: zero sequence and U-N cannot be known */
    FLAG_SETTLING = 1 << 6,    /* filters had not settled, or frequency was still being found */
    FLAG_OFF_RANGE = 1 << 7,   /* frequency outside 42.5..69 Hz */
    FLAG_NO_SPECTRUM = 1 << 8, /* harmonics were not asked for or had no memory */
};

struct spectrum; /* harmonics.h */

struct quantities {
    uint64_t start;   /* index of the first sample */
    uint32_t length;  /* samples */
    uint16_t cycles;  /* whole cycles the window spans */
    uint16_t circuit; /* index in the configuration */
    uint8_t elements; /* how many of the ELEMENT values count */
    uint8_t lines;    /* how many of the LINE values count: 0, 1 or 3 */
    uint16_t flags;   /* enum quantity_flag, or-ed */
    uint16_t element_flags[ELEMENTS_MAX];
    const struct spectrum
        *spectrum; /* of this window, valid during the callback; NULL if not computed */
#define SCOPE_ELEMENT(name)                     double name[ELEMENTS_MAX];
#define SCOPE_LINE(name)                        double name[3];
#define SCOPE_SYSTEM(name)                      double name;
#define QUANTITY(name, scope, unit, obis, text) SCOPE_##scope(name)
#include "metrology/quantities.def"
#undef QUANTITY
#undef SCOPE_ELEMENT
#undef SCOPE_LINE
#undef SCOPE_SYSTEM
};

enum quantity_scope { SCOPE_ELEMENT, SCOPE_LINE, SCOPE_SYSTEM };

/* One row of quantities.def, for walkers (JSON, topics, tables). */
struct quantity_row {
    const char *name;
    const char *unit;
    const char *obis; /* "C.D" or "C.D.E" of the first phase, "" if none */
    const char *text;
    size_t offset; /* of the first double in struct quantities */
    enum quantity_scope scope;
};

extern const struct quantity_row quantity_rows[];
extern const size_t quantity_row_count;

/* Values the row has in `q` (elements, lines or 1) and the k-th of them. */
unsigned quantity_count(const struct quantities *q, const struct quantity_row *row);
double quantity_value(const struct quantities *q, const struct quantity_row *row, unsigned k);

/*
 * One cycle of r.m.s. values, refreshed every half cycle of the reference voltage. Values are in
 * micro-units (uV, uA) r.m.s., integers, the same on every machine.
 */
struct half_cycle {
    uint64_t end;    /* index of the sample after the last one of the cycle */
    uint32_t length; /* samples in the cycle */
    uint16_t flags;
    uint8_t voltages;
    uint8_t currents;
    const uint64_t *u_uv; /* per voltage */
    const uint64_t *i_ua; /* per current */
};

/* Energy of one element over one slice, microjoule (uWs, uvars, uVAs). */
struct slice_energy {
    int64_t p_uj;  /* active: import positive */
    int64_t q1_uj; /* reactive, fundamental: lagging positive */
    uint64_t s_uj; /* apparent: U rms x I rms x time */
};

/*
 * Gapless energy of one circuit: slices follow each other without a lost or doubled sample. A slice
 * ends with each window and at every sample where metrology_cut() asked for it. It is delivered
 * about three cycles late, because the fundamental of the voltage is looked at from both sides.
 */
struct slice {
    uint64_t start;
    uint32_t length;
    uint16_t circuit;
    uint8_t elements;
    bool brief; /* shorter than a cycle: the sign of its power says nothing of its direction */
    bool cut;   /* ends where metrology_cut() asked, not with a window */
    uint16_t
        no_load; /* bit e: element e is below its starting threshold and its energies are zero */
    uint16_t flags;
    struct slice_energy element[ELEMENTS_MAX];
    struct slice_energy total; /* sums; s_uj by the configured convention */
};

#endif
