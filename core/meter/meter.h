/*
 * meter/meter.h: the waist. Products of metrology in, registers out; every face reads here.
 *
 * Owns: the energy registers, the pulse outputs, the latest window of every circuit, the table of
 * rows. May not touch: samples, sockets, files, names of products. Of metrology it sees
 * quantities.h only. Called by: whoever assembles the device, from one thread (the event loop);
 * faces read from the same.
 *
 * Units: an energy register is an int64_t of mWh, mvarh or mVAh plus a carried remainder in
 * microjoule (1 mWh = 3 600 000 uJ): nothing is lost, nothing is rounded twice. A register rolls
 * over at the digits of the model. Instantaneous values are the doubles of struct quantities,
 * unchanged. Signs: import and lagging are positive. P = 0 counts as import, Q = 0 as lagging. Only
 * wh_net may be negative; it rolls over to 0 at either end.
 *
 * A row has an OBIS code and a short name; every call accepts both ("1.8.0", "1-0:21.8.0.255",
 * "wh_import", "wh_import_l1", "u_l2", "u_ll_12", "p_total").
 *
 * Follows IEC 62056-6-1 (codes), IEC 62053-23 annex and IEC 62053-24 (quadrants, fundamental
 * reactive energy).
 */
#ifndef METER_METER_H
#define METER_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/obis.h"
#include "meter/pulse.h"
#include "metrology/quantities.h"

#define METER_UJ_PER_MWH 3600000
#define METER_DIGITS_MAX 12 /* of kWh before the decimals: 10^18 mWh fit 63 bits */
#define METER_PHASES_MAX 3
#define METER_NAME_MAX   32

/* How the phases join in the total import and export of one slice. */
enum energy_sum {
    ENERGY_SUM_PHASES,    /* the phases are added with their signs, the sign of the sum decides */
    ENERGY_SUM_PER_PHASE, /* every phase decides for itself: import and export both count */
};

enum energy {
#define ENERGY(name, c, unit, text) ENERGY_##name,
#include "meter/energy.def"
#undef ENERGY
    ENERGY_COUNT
};

struct meter_register {
    int64_t value_m; /* mWh, mvarh or mVAh */
    int32_t rest_uj; /* 0 .. METER_UJ_PER_MWH - 1, always added, also to a negative value */
};

/* Registers of the total and of each element, and what the last window said. */
struct meter_circuit {
    struct meter_register energy[1 + ELEMENTS_MAX][ENERGY_COUNT]; /* [0] is the total */
    struct pulse active, reactive; /* |P| and |Q1| of the total, as wh_absolute counts them */
    struct quantities window;
    bool has_window;  /* a window has come since start */
    uint16_t no_load; /* of the last slice: bit e, element e is below its starting threshold */
    uint64_t slices;  /* applied since start */
};

struct meter_circuit_config {
    const char *name; /* "grid", "heat-pump"; "" if there is only one */
    uint8_t elements; /* 1..4, as metrology is configured */
    uint8_t
        phases; /* of the elements, how many are phases L1.. with codes of their own; 0 for 3P3W */
    uint8_t lines; /* line voltages that windows carry: 0, 1 or 3 */
};

struct meter_config {
    enum energy_sum sum;
    uint8_t digits; /* 1..METER_DIGITS_MAX: registers roll over at 10^digits kWh */
    /* Meter constants of the pulse outputs, up to PULSE_CONSTANT_MAX; 0: there is none. */
    uint32_t active_imp_per_kwh, reactive_imp_per_kvarh;
    uint8_t circuits;
    const struct meter_circuit_config *circuit; /* `circuits` of them; must outlive the meter */
    struct meter_circuit *memory;               /* `circuits` of them, the caller's, any content */
};

struct meter {
    struct meter_config config;
    int64_t roll_m; /* registers stay below this */
};

/* Starts with zero registers and no window. ERR_RANGE: a count, a constant or the digits;
 * ERR_ARGUMENT: a NULL, or ENERGY_SUM_PER_PHASE for elements that are no phases. */
int meter_init(struct meter *self, const struct meter_config *config) MUST_USE;

/* Counts a slice into the registers of its circuit. ERR_RANGE: no such circuit, other elements. */
int meter_apply_slice(struct meter *self, const struct slice *slice) MUST_USE;

/* Keeps a copy of a window as the latest of its circuit, without its spectrum. */
int meter_apply_window(struct meter *self, const struct quantities *window) MUST_USE;

/* ---- rows ---- */

enum meter_row_kind {
    METER_ROW_ENERGY,  /* total (index 0) and phases (1..3) */
    METER_ROW_ELEMENT, /* index 1..4 */
    METER_ROW_LINE,    /* index 1..3: 12, 23, 31 */
    METER_ROW_SYSTEM,  /* index 0 */
};

struct meter_row {
    const char *name; /* short name, without the ending for a phase */
    const char
        *obis; /* "C.D" or "C.D.E" of the total, system or first phase; "" if there is none */
    const char *unit; /* "" for a ratio */
    const char *text; /* what a person reads */
    enum meter_row_kind kind;
    int8_t scaler;   /* an integer value counts in 10^scaler of the unit */
    uint16_t source; /* enum energy, or offset in struct quantities */
};

extern const struct meter_row meter_rows[];
extern const size_t meter_row_count;

/* One readable value: a row, and which of its values. */
struct meter_ref {
    const struct meter_row *row;
    uint8_t index;
};

/* Attributes by the numbers of the COSEM register class. */
enum meter_attribute {
    METER_LOGICAL_NAME = 1,
    METER_VALUE = 2,
    METER_SCALER_UNIT = 3,
};

enum meter_type {
    METER_UNKNOWN, /* the meter cannot know it now (no window yet, or NaN): show it so, never as 0
                    */
    METER_INTEGER, /* integer x 10^scaler unit */
    METER_REAL,    /* real, in unit */
    METER_NAME,    /* obis */
    METER_UNIT,    /* scaler and unit only */
};

struct meter_value {
    enum meter_type type;
    int64_t integer;
    double real;
    struct obis obis;
    int8_t scaler;
    const char *unit;
};

/* Finds a row by short name or OBIS code. ERR_NOT_FOUND also if this circuit has no such phase. */
int meter_find(const struct meter *self, unsigned circuit, const char *name,
               struct meter_ref *ref) MUST_USE;

/* ERR_NOT_FOUND: no such row here; ERR_UNSUPPORTED: the row has no such attribute. */
int meter_read(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
               enum meter_attribute attribute, struct meter_value *value) MUST_USE;

/* Finds and reads the value at once. */
int meter_read_name(const struct meter *self, unsigned circuit, const char *name,
                    struct meter_value *value) MUST_USE;

/* Steps through everything a circuit can tell: start with ref->row NULL; false at the end. */
bool meter_next(const struct meter *self, unsigned circuit, struct meter_ref *ref);

/* The whole short name of a reference ("u_l2"). */
size_t meter_ref_name(const struct meter_ref *ref, char name[METER_NAME_MAX]);

/* Its OBIS code; ERR_NOT_FOUND if it has none: an element that is no phase, a line voltage. */
int meter_ref_obis(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                   struct obis *code) MUST_USE;

#endif
