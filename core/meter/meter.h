/*
 * meter/meter.h: the waist. Products of metrology and time in, registers out; every face reads,
 * writes and asks here.
 *
 * Owns: energy registers, pulse counters, demands, means and extremes, the load profiles, the event
 * log, the clock, the parameters, the latest window of every circuit; the table of rows. May not
 * touch: samples, sockets, files, names of products. Of metrology it sees quantities.h only. Called
 * by: whoever assembles the device, from one thread; faces read from the same.
 *
 * Units: an energy register is an int64_t of mWh, mvarh or mVAh plus a carried remainder in
 * microjoule (1 mWh = 3 600 000 uJ): nothing is lost, nothing is rounded twice. A register rolls
 * over at the digits of the model. Instantaneous values are the doubles of struct quantities,
 * unchanged. Signs: import and lagging are positive. P = 0 counts as import, Q = 0 as lagging. Only
 * wh_net may be negative; it rolls over to 0 at either end. Demands are integers of mW.
 *
 * Direction of a slice shorter than a cycle (slice.brief): that of the slice before, because the
 * sign of such a piece says nothing. What of it would count backwards waits for the next slice, so
 * energy is kept and no register falls.
 *
 * Time: `now_us` is device time, microseconds that only grow while the meter runs; the clock
 * (meter/clock.h) turns it into UTC. Whoever drives the meter integrates energy up to meter_next()
 * at most, then calls meter_tick() with exactly that time: so an interval ends where the clock
 * says.
 *
 * Memory of what was: through base/store.h, in one commit for all that belongs together. Commits
 * come with events, at the ends of periods, every commit_s seconds if that is not 0, and with
 * meter_power_fail(). A store that fails is an event, said once; the meter measures on.
 *
 * A row has an OBIS code and a short name; every call accepts both ("1.8.0", "1-0:21.8.0.255",
 * "wh_import", "wh_import_l1", "u_l2", "u_ll_12", "p_total", "p_import_max", "clock"). What has no
 * standard code has one from the manufacturer's range (a D or E of 128 and more).
 *
 * Follows IEC 62056-6-1 (codes), IEC 62056-6-2 (attributes and methods by their numbers), IEC
 * 62053-23 annex and IEC 62053-24 (quadrants, fundamental reactive energy).
 */
#ifndef METER_METER_H
#define METER_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/obis.h"
#include "base/store.h"
#include "meter/clock.h"
#include "meter/pulse.h"
#include "metrology/quantities.h"

#define METER_UJ_PER_MWH   3600000
#define METER_DIGITS_MAX   12 /* of kWh before the decimals: 10^18 mWh fit 63 bits */
#define METER_PHASES_MAX   3
#define METER_NAME_MAX     40
#define METER_PERIODS_MAX  15 /* of a sliding demand window */
#define METER_PROFILES_MAX 5
#define METER_CHANNELS_MAX 16 /* columns of a profile, beside time stamp and status */
#define METER_COLUMNS_MAX  (METER_CHANNELS_MAX + 2)
#define METER_PERIOD_MIN_S 60 /* of demand and profile; each divides a day */
#define METER_PERIOD_MAX_S 86400
#define METER_RATIO_MAX    1000000
#define METER_PERIOD_UJ_MAX                                                                        \
    INT64_C(8640000000000000000) /* 100 MW for a day; more counts as this                          \
                                  */

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

enum demand {
#define DEMAND(name, c, energy, unit, text) DEMAND_##name,
#include "meter/demand.def"
#undef DEMAND
    DEMAND_COUNT
};

enum meter_data {
#define DATA(name, obis, class, unit, scaler, text) METER_##name,
#include "meter/data.def"
#undef DATA
    METER_DATA_COUNT
};

enum meter_event_code {
#define EVENT(name, code, text) EVENT_##name = (code),
#include "meter/event.def"
#undef EVENT
};

/* Slots of what tracked.def lists: one per element, or one. */
enum meter_tracked {
#define TRACKED_ELEMENT(name)                                                                      \
    TRACKED_##name, TRACKED_##name##_end = TRACKED_##name + ELEMENTS_MAX - 1,
#define TRACKED_SYSTEM(name)                                     TRACKED_##name,
#define TRACKED(name, scope, unit, c, e, minimum, maximum, text) TRACKED_##scope(name)
#include "meter/tracked.def"
#undef TRACKED
#undef TRACKED_ELEMENT
#undef TRACKED_SYSTEM
    TRACKED_COUNT
};

/* Bits of a recording interval's status (profile_status, 0-0:96.10.1), as European utilities have
 * them. */
enum meter_interval_status {
    INTERVAL_CRITICAL = 1 << 0, /* a critical error of the meter */
    INTERVAL_CLOCK_INVALID = 1 << 1,
    INTERVAL_DATA_INVALID = 1 << 2,   /* only a part of it is meant: a reset, a capture between */
    INTERVAL_DST = 1 << 3,            /* daylight saving time is in force at its end */
    INTERVAL_CLOCK_ADJUSTED = 1 << 5, /* it is longer or shorter for it */
    INTERVAL_POWER_DOWN = 1 << 7,     /* power was off for some of it */
};

/* Bits of the error register (0-0:97.97.0). */
enum meter_error {
    METER_ERROR_CLOCK = 1 << 0,  /* the clock is not valid */
    METER_ERROR_MEMORY = 1 << 1, /* the store refuses to keep */
};

struct meter_register {
    int64_t value_m; /* mWh, mvarh or mVAh */
    int32_t rest_uj; /* 0 .. METER_UJ_PER_MWH - 1, always added, also to a negative value */
};

/* Which way an element's energy went, and what still waits to be counted. */
struct meter_direction {
    bool export, leading;
    int64_t p_uj, q_uj; /* waits */
};

/* A demand: energies of the whole sub-periods of its window, and what came of them. */
struct meter_demand {
    struct meter_register start;        /* the register when the current sub-period began */
    int64_t part_uj[METER_PERIODS_MAX]; /* ring of past sub-periods */
    int64_t last_mw, max_mw;
    int64_t last_utc_us, max_utc_us; /* ends of their windows; 0: there was none yet */
};

struct meter_extreme {
    float value;
    uint32_t utc_s; /* seconds of UTC since 1970 */
};

/* Everything of one circuit. [0] of energy is the total. */
struct meter_circuit {
    struct meter_register energy[1 + ELEMENTS_MAX][ENERGY_COUNT];
    struct meter_direction direction[1 + ELEMENTS_MAX];
    struct pulse active, reactive; /* |P| and |Q1| of the total, as wh_absolute counts them */
    struct quantities window;
    bool has_window;  /* a window has come since start */
    uint16_t no_load; /* of the last slice: bit e, element e is below its starting threshold */
    uint64_t slices;  /* applied since start */
    struct meter_demand demand[DEMAND_COUNT];
    int64_t interval_start_m[ENERGY_COUNT]; /* totals when the recording interval began */
    int64_t interval_m[ENERGY_COUNT];       /* energy of the last whole interval */
    double mean_sum[TRACKED_COUNT];         /* value x microseconds, of the current interval */
    int64_t mean_us[TRACKED_COUNT];         /* in which it was known */
    float mean[TRACKED_COUNT];              /* of the last whole interval; NaN: unknown */
    struct meter_extreme minimum[TRACKED_COUNT], maximum[TRACKED_COUNT]; /* since their reset */
    bool extremes_changed; /* since they were committed */
};

struct meter_circuit_config {
    const char *name; /* "grid", "heat-pump"; "" if there is only one */
    uint8_t elements; /* 1..4, as metrology is configured */
    uint8_t
        phases; /* of the elements, how many are phases L1.. with codes of their own; 0 for 3P3W */
    uint8_t lines; /* line voltages that windows carry: 0, 1 or 3 */
};

/* A load profile as it leaves the factory. Columns are names or codes of rows of circuit 0, or
 * "circuit/name" ("aux/wh_import"); the time stamp and the status are columns like others. */
struct meter_profile_config {
    uint32_t period_s;
    uint32_t entries;           /* how many the store keeps */
    const char *const *columns; /* up to NULL, at most METER_COLUMNS_MAX */
};

struct meter_config {
    enum energy_sum sum;
    uint8_t digits; /* 1..METER_DIGITS_MAX: registers roll over at 10^digits kWh */
    /* Meter constants of the pulse outputs, up to PULSE_CONSTANT_MAX; 0: there is none. */
    uint32_t active_imp_per_kwh, reactive_imp_per_kvarh;
    uint8_t circuits;
    const struct meter_circuit_config *circuit; /* `circuits` of them; must outlive the meter */
    struct meter_circuit *memory;               /* `circuits` of them, the caller's, any content */
    struct clock_config clock;
    uint32_t demand_period_s; /* sub-period; 0 stands for 900 */
    uint8_t demand_periods;   /* in the window, 1 (block) .. METER_PERIODS_MAX; 0 stands for 1 */
    uint8_t profiles;         /* 0..METER_PROFILES_MAX */
    const struct meter_profile_config *profile;
    uint32_t events;           /* that the store keeps; 0 stands for METER_EVENTS_KEPT */
    const struct store *store; /* NULL: nothing is remembered, there are no logs and profiles */
    uint32_t commit_s;         /* the longest time between two commits; 0: only when needed */
    void *scratch; /* of the caller; used within a call only, so meters of a thread may share it */
    size_t scratch_size; /* METER_SCRATCH_BYTES(circuits) with a store, else 0 will do */
    const char *serial, *type, *version; /* NULL: the row is absent */
};

/* ---- rows ---- */

/* Where a row's value comes from. */
enum meter_row_kind {
    METER_ROW_ENERGY,      /* D = 8 */
    METER_ROW_INTERVAL,    /* D = 29: energy of the last whole recording interval */
    METER_ROW_POWER,       /* D = 7: one direction of the instantaneous power, never negative */
    METER_ROW_DEMAND,      /* D = 4, class 5 */
    METER_ROW_DEMAND_LAST, /* D = 5 */
    METER_ROW_DEMAND_MAX,  /* D = 6, class 4 */
    METER_ROW_QUANTITY,    /* of the last window */
    METER_ROW_MEAN,        /* of the last whole recording interval */
    METER_ROW_MIN,
    METER_ROW_MAX,
    METER_ROW_DATA,    /* data.def */
    METER_ROW_PROFILE, /* the load profiles, class 7 */
};

/* Which values a row has. */
enum meter_row_shape {
    METER_SHAPE_PHASE,   /* index 0 the total, 1..3 the phases */
    METER_SHAPE_ELEMENT, /* index 1..4 */
    METER_SHAPE_LINE,    /* index 1..3: 12, 23, 31 */
    METER_SHAPE_SYSTEM,  /* index 0 */
    METER_SHAPE_METER,   /* index 0, of circuit 0 only */
    METER_SHAPE_PROFILE, /* index 0.., of circuit 0 only */
};

struct meter_row {
    const char *name; /* short name, without the ending for a phase */
    const char *obis; /* of the total, system or first phase; group A, B default to 1-0 */
    const char *unit; /* "" for a ratio */
    const char *text; /* what a person reads */
    enum meter_row_kind kind;
    enum meter_row_shape shape;
    uint8_t class_id; /* of IEC 62056-6-2: whose attributes it has */
    int8_t scaler;    /* an integer value counts in 10^scaler of the unit */
    uint16_t source;  /* enum energy, demand, meter_tracked or meter_data, or an offset */
};

extern const struct meter_row meter_rows[];
extern const size_t meter_row_count;

/* One readable value: a row, and which of its values. */
struct meter_ref {
    const struct meter_row *row;
    uint8_t index;
};

/* ---- profiles and events, as stored and as read ---- */

struct meter_column {
    struct meter_ref ref;
    uint8_t circuit;
};

struct meter_profile {
    struct meter_column column[METER_COLUMNS_MAX];
    uint8_t columns;
    uint32_t period_s;
    int64_t start_utc_us, end_utc_us; /* of the interval that runs; 0: none does */
    uint8_t status;                   /* marks of it so far, enum meter_interval_status */
    uint8_t last_status;              /* of the last whole interval */
    uint32_t disorder; /* number of the last entry that is older than the one before it; 0: none */
    int64_t last_utc_us;
};

#define METER_UNKNOWN_M INT64_MIN /* an integer that the meter could not know */

struct meter_entry {
    uint32_t number; /* for ever from 1 */
    int64_t utc_us;  /* end of the interval */
    uint8_t status;
    uint8_t values;                   /* columns asked for */
    int64_t value[METER_COLUMNS_MAX]; /* x 10^scaler of its row, times in ms of UTC */
};

struct meter_event {
    uint32_t number; /* for ever from 1 */
    int64_t utc_us;
    uint8_t clock_status;
    uint16_t code; /* enum meter_event_code */
    int64_t before, after;
};

#define METER_ENTRY_BYTES             (8 + 8 * METER_CHANNELS_MAX) /* of a profile's log */
#define METER_EVENT_BYTES             25                           /* of the event log */
#define METER_LOG_EVENTS              0 /* logs of the store: events, then profiles */
#define METER_LOG_PROFILE             1
#define METER_EVENTS_KEPT             512 /* of the event log, if the configuration says nothing */
#define METER_CHANGES_MAX             STORE_CHANGES_MAX
#define METER_CIRCUITS_STORED_MAX     ((METER_CHANGES_MAX - 9 - 2 * 8) / 3) /* with a store */
#define METER_SCRATCH_BYTES(circuits) (4096 + 4096 * (size_t)(circuits))
#define METER_RECORD_BYTES(circuits)  (1024 + 2432 * (size_t)(circuits)) /* all records together */
#define METER_PENDING_MAX             8 /* events, and entries, that wait for the store */

/* Keys of the store that are the meter's; a circuit adds its index. */
enum meter_key {
    METER_KEY_STATE = 1,
    METER_KEY_CLOCK,
    METER_KEY_PARAMETERS,
    METER_KEY_PERIODS,
    METER_KEY_ENERGY = 32,
    METER_KEY_DEMAND = 96,
    METER_KEY_EXTREMES = 160,
};

struct meter_parameters {
    uint32_t ct_numerator, ct_denominator, vt_numerator, vt_denominator;
    uint32_t demand_period_s;
    uint8_t demand_periods;
};

struct meter {
    struct meter_config config;
    int64_t roll_m; /* registers stay below this */
    struct clock clock;
    bool is_running;   /* between power up and power fail */
    int64_t now_us;    /* of the last tick */
    int64_t next_us;   /* cached: when the next tick is due */
    int64_t commit_us; /* when the next commit for its own sake is due */
    int64_t dst_us;    /* when daylight saving begins or ends next */
    struct meter_parameters parameters;
    int64_t demand_start_utc_us, demand_end_utc_us; /* of the current sub-period; 0: none runs */
    int64_t demand_begin_us;                        /* device time when it began */
    uint8_t demand_next;                            /* where the ring of parts is written next */
    struct meter_profile profile[METER_PROFILES_MAX];
    uint32_t power_failures, changes;
    int64_t change_utc_us;
    uint64_t operating_us;
    uint8_t errors; /* enum meter_error */
    uint16_t last_event;
    bool demands_changed, parameters_changed; /* since they were committed */
    struct meter_event event[METER_PENDING_MAX];
    uint8_t events;
    uint8_t entry[METER_PENDING_MAX][METER_ENTRY_BYTES];
    uint8_t entry_profile[METER_PENDING_MAX];
    uint8_t entries;
    uint8_t clear;    /* bit k: profile k is cleared with the next commit, and empty till then */
    int store_error;  /* 0, or why the last commit failed */
    uint32_t lost;    /* events and entries that found no room while the store failed */
    uint64_t commits; /* that succeeded, since start */
};

/* ---- life ---- */

/* Starts with zero registers and no window, not running. ERR_RANGE: a count, a constant, a period
 * or the digits; ERR_ARGUMENT: a NULL, or ENERGY_SUM_PER_PHASE for elements that are no phases;
 * ERR_NOT_FOUND: a column that no row has. */
int meter_init(struct meter *self, const struct meter_config *config) MUST_USE;

/* Takes over what the store has. 1: done; 0: it has nothing, the meter is new; ERR_FORMAT: it has
 * what this program cannot read, and nothing was taken over. Before meter_power_up() only. */
int meter_load(struct meter *self) MUST_USE;

/* Power is there at device time `now_us` after `off_us` without (negative: nobody knows). */
void meter_power_up(struct meter *self, int64_t now_us, int64_t off_us);

/* The power-fail warning: keeps everything now. 0, or the error of the store. Not running after. */
int meter_power_fail(struct meter *self, int64_t now_us) MUST_USE;

/* Device time at which meter_tick() is due; INT64_MAX: never. */
int64_t meter_next(const struct meter *self);

/* Time has come to `now_us`: ends periods, captures, commits. Time does not run backwards. */
void meter_tick(struct meter *self, int64_t now_us);

/* The store has lost `commits` of what it had: an event, kept at once. Running only. */
void meter_report_damage(struct meter *self, uint32_t commits);

/* Keeps everything now, at the time of the last tick. 0, ERR_STATE without power, or the error of
 * the store. */
int meter_commit(struct meter *self) MUST_USE;

/* Counts a slice into the registers of its circuit. ERR_RANGE: no such circuit, other elements. */
int meter_apply_slice(struct meter *self, const struct slice *slice) MUST_USE;

/* Keeps a copy of a window as the latest of its circuit, without its spectrum; it stands for
 * `duration_us` in means. ERR_RANGE: no such circuit, other elements. */
int meter_apply_window(struct meter *self, const struct quantities *window,
                       int64_t duration_us) MUST_USE;

/* ---- reading ---- */

/* Attributes 1..3 as data and register classes number them; the others are those of the row's
 * class: extended register 4 status, 5 time; demand register 2 current, 3 last, 4 scaler and unit,
 * 5 status, 6 time, 7 start of the current one, 8 period, 9 number of periods; clock 2 time, 3 time
 * zone, 4 status, 5, 6 daylight saving's begin and end, 7 its deviation, 8 enabled, 9 base; profile
 * 4 capture period, 5 sort method, 7 entries in use, 8 entries. */
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
    METER_TEXT,    /* text */
    METER_TIME,    /* time */
    METER_OCTETS,  /* octets: a date and time with open fields, as base/date_time.h has it */
};

struct meter_time {
    int64_t utc_us;
    int16_t offset_min; /* local time minus UTC, with daylight saving */
    uint8_t status;     /* DATE_TIME_* bits */
};

struct meter_value {
    enum meter_type type;
    int64_t integer;
    double real;
    struct obis obis;
    int8_t scaler;
    const char *unit;
    const char *text;
    struct meter_time time;
    uint8_t octets[DATE_TIME_BYTES];
};

/* Finds a row by short name or OBIS code. ERR_NOT_FOUND also if this circuit has no such phase. */
int meter_find(const struct meter *self, unsigned circuit, const char *name,
               struct meter_ref *ref) MUST_USE;

/* ERR_NOT_FOUND: no such row here; ERR_UNSUPPORTED: the row has no such attribute (the buffer of a
 * profile or a log is read with a cursor). */
int meter_read(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
               unsigned attribute, struct meter_value *value) MUST_USE;

/* Finds and reads attribute 2 at once. */
int meter_read_name(const struct meter *self, unsigned circuit, const char *name,
                    struct meter_value *value) MUST_USE;

/* An instant in the meter's own zone, with the status that its clock has now. */
struct meter_time meter_local_time(const struct meter *self, int64_t utc_us);

/* Steps through everything a circuit can tell: start with ref->row NULL; false at the end. */
bool meter_next_row(const struct meter *self, unsigned circuit, struct meter_ref *ref);

/* The whole short name of a reference ("u_l2"). */
size_t meter_ref_name(const struct meter_ref *ref, char name[METER_NAME_MAX]);

/* Its OBIS code. Elements that are no phase (of three wires) have an E of the manufacturer's: 128 +
 * the element where E of a phase is 0. */
int meter_ref_obis(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                   struct obis *code) MUST_USE;

/* ---- writing and asking ---- */

/* Checks the whole value, then takes and commits it, with events; else changes nothing and says why
 * in *reason. ERR_UNSUPPORTED: it cannot be written; ERR_RANGE, ERR_ARGUMENT: the value; ERR_STATE:
 * not now; ERR_NOT_FOUND. A parameter that the store refused to keep is in force, with ERR_IO. */
int meter_write(struct meter *self, unsigned circuit, const struct meter_ref *ref,
                unsigned attribute, const struct meter_value *value, const char **reason) MUST_USE;

/* What can be written: clock 2 (time), 3, 5, 6, 7, 8; demand register 8 and 9; profile 4; the
 * values of demand_period, profile_period and of the transformer ratios. Those of demands and
 * profiles begin anew: their windows, or their entries, are cleared.
 *
 * Methods by their numbers: clock 1 to the quarter, 2 to the measuring period, 3 to the minute, 4
 * to the preset time, 5 preset (value.time; integer: seconds of validity), 6 shift (integer: s);
 * registers 1 reset, which energy refuses; demand 1 reset, 2 next period; profile 1 reset, 2
 * capture. `value` may be NULL where none is wanted. Errors as for meter_write(). */
int meter_invoke(struct meter *self, unsigned circuit, const struct meter_ref *ref, unsigned method,
                 const struct meter_value *value, const char **reason) MUST_USE;

/* A better clock says what time it is: small differences leave no mark (clock.h). */
int meter_synchronise(struct meter *self, int64_t utc_us, const char **reason) MUST_USE;

/* Gives profile `k` a period and columns, and clears it, because old entries have others. Errors as
 * for meter_write(). */
int meter_profile_configure(struct meter *self, unsigned k, uint32_t period_s,
                            const struct meter_column *column, unsigned columns,
                            const char **reason) MUST_USE;

/* Resolves "name", "code" or "circuit/name" into a column. ERR_NOT_FOUND. */
int meter_find_column(const struct meter *self, const char *name,
                      struct meter_column *column) MUST_USE;

/* Columns of profile `k` and the table of them, which lasts until it is configured anew; 0: there
 * is no such profile. */
unsigned meter_profile_columns(const struct meter *self, unsigned k,
                               const struct meter_column **column);

/* Whether an entry has this column in its head: its time stamp or its status. */
bool meter_column_is_head(const struct meter_column *column);

/* ---- the profile's buffer ---- */

struct meter_range {
    enum { RANGE_ALL, RANGE_TIME, RANGE_ENTRIES } by;
    int64_t from_utc_us, to_utc_us; /* both included */
    uint32_t from, to; /* entries counted from the oldest, 1.., both included; to 0: last */
};

/* Stays valid whatever is captured meanwhile: it goes on where it is, or at the oldest that is
 * left, and ends with the entry that was the newest when it was opened. */
struct profile_cursor {
    const struct meter *meter;
    uint8_t profile;
    uint8_t column[METER_COLUMNS_MAX]; /* indices in the profile's columns */
    uint8_t columns;
    struct meter_range range;
    uint32_t number, end; /* the next, and the one where it stops */
    uint32_t damaged;     /* entries that could not be read, and were left out */
};

/* `column` NULL: all. ERR_NOT_FOUND: no such profile; ERR_RANGE: no such column, from beyond to;
 * ERR_STATE: there is no store. */
int profile_open(struct profile_cursor *self, const struct meter *meter, unsigned k,
                 const struct meter_range *range, const uint8_t *column, unsigned columns) MUST_USE;

/* 1: *entry is the next; 0: the end. */
int profile_next(struct profile_cursor *self, struct meter_entry *entry);

/* ---- the event log ---- */

/* 1: *event is the first one numbered *cursor or later, and *cursor is behind it; 0: there is none
 * yet. Start with 0. Events show when they are committed. */
int meter_next_event(const struct meter *self, uint32_t *cursor, struct meter_event *event);

/* Where a cursor starts that wants the newest `count` events. */
uint32_t meter_newest_events(const struct meter *self, uint32_t count);

const char *meter_event_name(uint16_t code); /* "power_down"; NULL: no such code */
const char *meter_event_text(uint16_t code);

#endif
