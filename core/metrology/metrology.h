/*
 * metrology/metrology.h: samples in; half cycles, windows and energy slices out.
 *
 * Owns: scaling, calibration, fractional delay, integration of Rogowski coils, synchronisation to
 * the line, gapless energy sums, windowed r.m.s. and power, harmonics, sequence components.
 *
 * May not touch: time of day, tariffs, storage, names of products.
 *
 * Called by: one thread (or the firmware's sample task). Callbacks run inside metrology_push().
 *
 * Exactness: energy comes from int64 sums of 24 x 24 bit products after fixed-point filters; no
 * libm result feeds it, so a laptop, a 32-bit build and a Cortex-M give the same bits. Reported
 * windows are int64 sums too, weighted with a smooth window, turned into double once per window.
 *
 * Memory: the caller's. metrology_memory() says how many bytes a configuration needs; the caller
 * hands them over, aligned to 8, and keeps them while the object lives. No call allocates.
 *
 * Follows IEC 61000-4-30 (10/12-cycle windows, gapless), IEC 62053-24 (fundamental Q), IEEE 1459.
 */
#ifndef METROLOGY_METROLOGY_H
#define METROLOGY_METROLOGY_H

#include "base/err.h"
#include "metrology/quantities.h"
#include "metrology/samples.h"

#define METROLOGY_CHANNELS_MAX (VOLTAGES_MAX + CURRENTS_MAX + 1)
#define METROLOGY_RATE_MIN_HZ  800
#define METROLOGY_RATE_MAX_HZ  50000
#define SAMPLES_PER_CYCLE_MIN  16
#define CHANNEL_NONE           255

/* Blondel's table: how many wires, how many elements, what the voltages are (see wiring.h). */
enum wiring {
    WIRING_1P2W,  /* one voltage, one current */
    WIRING_1P3W,  /* split phase: U1N and U2N, I1 and I2 */
    WIRING_3P3W,  /* Aron: U12 with I1, U32 with I3; I2 and U31 are computed */
    WIRING_3P4W,  /* wye: three elements */
    WIRING_3P4WD, /* delta with a centre tap (high leg): three elements */
    WIRING_COUNT
};

/* One point of a current transformer's error curve; points ascend by current. Between two points
 * the corrections are linear in the current, beyond the ends they stay; they are taken over at each
 * window. */
struct curve_point {
    uint64_t current_ua; /* r.m.s., as reported */
    int32_t ratio_ppm;   /* ratio error: reads this much too high; removed */
    int32_t delay_ns;    /* phase error as time: the signal leads by this much too early; removed */
};

/* One input. Reported value = (sample - offset) * full_scale * (1 + gain_ppb/1e9) / 2^23. */
struct metrology_channel {
    uint8_t input;  /* index in the frame */
    bool invert;    /* the clamp or winding sits the wrong way round */
    bool integrate; /* the input is the derivative of the current (Rogowski coil); no channel of
                       this configuration has a direct component then */
    /* Microvolt or microampere, peak, that 2^23 counts stand for; transformer ratios are already
     * multiplied in when values are reported primary. */
    uint64_t full_scale_u;
    int32_t offset;   /* counts x 256 (Q8), subtracted first */
    int32_t gain_ppb; /* +-500 000 000 */
    int32_t delay_ns; /* delays this channel against the others; +-1 ms; 0: untouched */
    const struct curve_point *curve; /* currents only; NULL for none */
    uint8_t curve_points;            /* 0..8 */
};

struct metrology_element {
    uint8_t u; /* index into voltage[] */
    uint8_t i; /* index into current[] */
};

enum apparent { APPARENT_ARITHMETIC, APPARENT_VECTOR, APPARENT_EFFECTIVE };

/* What a circuit's starting thresholds are measured against: per element, microwatt. */
struct metrology_circuit {
    enum wiring wiring;
    uint8_t elements; /* 1..4 */
    struct metrology_element element[ELEMENTS_MAX];
    uint8_t neutral; /* index into current[] of a measured neutral, or CHANNEL_NONE: computed */
    enum apparent apparent; /* of s_total and apparent energy */
    /* An element whose |P| and |Q1| both stay below counts as no load; 0: none. */
    uint64_t start_p_uw;
    uint64_t start_q_uvar;
};

struct metrology_config {
    uint64_t rate_uhz;     /* sampling rate in microhertz */
    uint32_t nominal_mhz;  /* line frequency: 50 000 (10 cycles a window) or 60 000 (12 cycles) */
    uint32_t start_mhz;    /* where to begin looking; 0: nominal. metrology_acquire() finds it */
    uint64_t u_nominal_uv; /* nominal r.m.s. voltage; below 5 % of it there is "no voltage" */
    uint8_t inputs;        /* channels in a frame */
    uint8_t voltages;      /* 1..3 */
    uint8_t currents;      /* 0..96 */
    uint8_t circuits;
    const struct metrology_channel *voltage;
    const struct metrology_channel *current;
    const struct metrology_circuit *circuit;
    bool windows;  /* report windows; energy and half cycles need none */
    bool spectrum; /* harmonics of every window */
    void *ctx;
    void (*on_half_cycle)(void *ctx, const struct half_cycle *half); /* any may be NULL */
    void (*on_window)(void *ctx, const struct quantities *window);   /* once per circuit */
    void (*on_slice)(void *ctx, const struct slice *slice);          /* once per circuit */
};

struct metrology; /* lives in the caller's memory */

/* Bytes that this configuration needs, or a negative error (ERR_RANGE, ERR_ARGUMENT). */
int64_t metrology_memory(const struct metrology_config *config) MUST_USE;

/* Places an object into `memory`. The tables the config points to must outlive it. NULL on a bad
 * config or too little memory; metrology_check() says which field. */
struct metrology *metrology_init(void *memory, size_t size,
                                 const struct metrology_config *config) MUST_USE;

/* 0, or a negative error with *field naming what is wrong ("voltage[1].full_scale_u"). */
int metrology_check(const struct metrology_config *config, const char **field) MUST_USE;

/* Takes frames, never loses one. 0, or ERR_ARGUMENT if channels differ from the config. */
int metrology_push(struct metrology *self, const struct samples *samples) MUST_USE;

/* Ends the current slice of every circuit before sample `index` (>= samples pushed so far).
 * ERR_RANGE if it is in the past, ERR_BUSY if 8 cuts are pending. */
int metrology_cut(struct metrology *self, uint64_t index) MUST_USE;

/* Input ends: measures what is left over whole cycles (FLAG_PARTIAL) and delivers every slice. The
 * object must not be used further. */
void metrology_finish(struct metrology *self);

uint64_t metrology_position(const struct metrology *self); /* samples pushed so far */

/* Line frequency of one channel of `samples` in microhertz, found by scanning 42.5..69 Hz and
 * refining; 0 if there is nothing to follow. One cycle is enough if little but a line voltage is in
 * it, three in any case; uses at most 0.5 s. */
uint64_t metrology_acquire(const struct samples *samples, unsigned channel, uint64_t rate_uhz);

#endif
