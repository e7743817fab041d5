/*
 * metrology/engine_p.h: the inside of struct metrology. Private to this folder.
 *
 * One sample's way: input_run() makes planar, calibrated, aligned samples x[channel][k];
 * metrology.c cuts time into runs that end wherever anything ends (block, half cycle, cycle,
 * window, cut); each stage adds the run to its sums:
 *
 *   energy.c   entries (a cycle or a part of one): exact sums per element, phasor sums per current.
 *              Blocks (1/16 cycle) of voltage phasors form a ring, out of which a smooth four-cycle
 *              window gives the fundamental at the middle of each entry, seen from both sides.
 *   half.c     r.m.s. of a cycle, each half cycle
 *   window.c   smooth windowed sums over 10/12 cycles
 *   sync.c     the oscillator all of them share: phase, step, lengths
 *
 * Channels are numbered voltages first, then currents. Phase is a uint64_t of which 2^64 is a turn.
 */
#ifndef METROLOGY_ENGINE_P_H
#define METROLOGY_ENGINE_P_H

#include "base/fixed.h"
#include "metrology/harmonics.h"
#include "metrology/kernel.h"
#include "metrology/metrology.h"

#define DELAY_TAPS         16 /* of the fractional delay filters */
#define ENTRIES            32 /* pending entries: cycles that wait for their voltage, and cuts */
#define CUTS_MAX           8
#define PAGE               128 /* voltage blocks laid down as one wave */
#define PAGES              2
#define BLOCKS             (PAGES * PAGE) /* ring of voltage blocks, up to 38 a cycle */
#define HISTORY            160            /* samples before a run that a delay can reach back to */
#define HALF_TURN          ((uint64_t)1 << 63)
#define CORRECTION_MAX_PPM 100000

/* ---- input.c: from the frame to planar, calibrated, aligned samples ---- */

struct input {
    const struct metrology_channel *config;
    struct scale unit;          /* counts to micro-units, gain included */
    double unit_double;         /* counts to volts or amperes, curve correction included */
    int32_t curve_ppm;          /* ratio correction in force */
    int32_t curve_ns;           /* delay correction in force */
    int32_t offset_rest;        /* fraction of a count not yet subtracted, Q8 */
    int32_t last;               /* previous sample, for the integrator */
    int64_t integral_q24;       /* state of the integrator */
    int64_t rise_q30, leak_q40; /* its gain and leak per sample */
    int32_t whole;              /* whole samples of delay */
    uint32_t filled;            /* samples of the run before, behind HISTORY */
    uint32_t reach;             /* samples before a run that a delay may reach back to */
    bool fir;                   /* a fractional part or an equaliser follows */
    int32_t taps[DELAY_TAPS];   /* oldest sample first */
    int32_t *history;           /* HISTORY + RUN_MAX samples, NULL if nothing is delayed */
};

/* ---- sync.c ---- */

struct sync {
    uint64_t phase;       /* of the next sample */
    uint64_t step;        /* per sample */
    uint64_t next_step;   /* from the next window on */
    struct rotor rotor;   /* of step */
    uint64_t half_offset; /* plus phase: half cycles begin where the reference crosses zero */
    uint32_t angle;       /* of the reference in mid-window, without a jump */
    uint32_t angle_shift; /* what makes it so when the reference changes */
    uint32_t cycle_left;  /* samples until the cycle ends */
    uint32_t half_left;   /* and the half cycle */
    uint8_t reference;    /* voltage to follow from the next window on */
    uint8_t followed;     /* voltage that told the last window's angle */
    bool locked;          /* there is a voltage to follow */
    uint32_t settled;     /* windows since it was found */
};

/* ---- energy.c ---- */

struct entry {
    uint64_t start;
    uint32_t length;
    bool ends_window, ends_cut;
    int64_t *p;       /* per element, flat over circuits: sum u i */
    struct phasor *i; /* per current: sum i cos, sum i sin, Q23 */
    int64_t *square;  /* per channel: sum x x */
};

struct element_energy {  /* per element, flat */
    uint8_t u, i;        /* channel numbers: i counts from voltages on */
    struct scale unit;   /* counts x counts x samples to microjoule */
    struct scale unit_q; /* the same for the reduced phasor product */
    uint64_t carry_p, carry_q, carry_s;
    int64_t p_uj, q_uj; /* of the slice so far */
    uint64_t s_uj;      /* of the slice that ends */
    bool no_load;       /* last decision over a whole cycle or more */
};

struct energy {
    struct entry entry[ENTRIES];
    uint32_t entry_first,
        entry_count; /* resolved ones leave at first; the open one is not counted */
    struct entry open;
    struct element_energy *element;
    uint16_t elements;
    int64_t *slice_square; /* per channel, of the slice so far */
    uint64_t slice_start;
    uint64_t carry_total[CIRCUITS_MAX];
    uint64_t cut[CUTS_MAX];
    uint32_t cuts;
    uint32_t block_length; /* samples in a block */
    uint32_t block_fill;
    uint64_t blocks; /* finished so far */
    int block_shift; /* ring values are sums >> block_shift */
    int current_shift;
    struct phasor block[VOLTAGES_MAX];
    int32_t (*ring)[PAGES][2 * RUN_MAX]; /* per voltage: pages that are waves, see kernel.h */
    uint64_t mean_length, mean_step;     /* of the window over them: samples Q16, 2^64 / length */
    struct rotor mean_rotor;             /* of a block's mean_step */
};

/* ---- half.c ---- */

struct half {
    bool wanted;   /* by whoever takes the records, or by a curve */
    int64_t *sum;  /* per channel, of the half cycle so far */
    int64_t *last; /* per channel, of the half cycle before */
    uint32_t length, last_length;
    uint64_t *rms; /* per channel, micro-units */
};

/* ---- window.c ---- */

struct pair {
    uint8_t a, b;
};

struct window {
    uint64_t start;
    uint32_t length; /* planned */
    uint32_t filled;
    uint8_t cycles;
    uint8_t power;            /* sin^(2 power) window */
    uint64_t turn_step;       /* 2^64 / length */
    struct rotor rotor;       /* of turn_step */
    uint64_t phase;           /* of the oscillator at the start */
    uint64_t turns;           /* whole cycles in all windows before */
    double angle_turns;       /* of the reference against the oscillator, unwrapped */
    int64_t weight;           /* sum of w, Q27 */
    struct window_sums *sums; /* per channel */
    int64_t *cross;           /* per pair: sum of w*a b, Q2 */
    struct pair *pair;
    uint16_t pairs;
    struct channel_value *value;   /* per channel, of the window that ended */
    double *product;               /* per pair: mean of the product, V A, V V or A A */
    uint8_t reference;             /* voltage followed when the window began */
    struct phasor reference_slope; /* S' = sum w' x e^-jp of it */
    /* Without windows, out of blocks: S = sum w D per voltage and S' = sum w' D of the reference.
     */
    struct phasor track[VOLTAGES_MAX];
    struct rotor block_rotor; /* of a block's turn_step */
    uint64_t block_next;      /* the first block that is not in them yet */
};

/* One channel of a finished window, in volts or amperes. */
struct channel_value {
    double rms, dc, peak;
    double re, im; /* of the fundamental, r.m.s., against the oscillator */
    bool clipped;
};

/* A window whose sums are complete; what the report is written from. */
struct window_result {
    uint64_t start;
    uint32_t length;
    uint16_t cycles;
    uint8_t power;
    uint16_t flags;
    double f_hz;        /* NaN if unknown */
    double bins;        /* how far the oscillator was off, in 1/length */
    double phase_turns; /* of the reference at the middle, since the start; NaN if unknown */
};

struct spectra; /* spectrum.c */

struct metrology {
    const struct metrology_config *config;
    uint8_t channels;     /* voltages + currents */
    uint64_t position_in; /* frames taken */
    uint64_t position;    /* frames processed: index of the next sample */
    uint32_t latency;     /* frames by which processing lags */
    uint32_t skip;        /* outputs still to drop at the start */
    bool leaks;           /* a channel is integrated: no direct component survives in any */
    int32_t **x;          /* planar samples of the run, per channel: in `run` or in a history */
    int32_t (*run)[RUN_MAX];
    /* The oscillator (Q23), the angle within the window (Q30), and what comes of them. */
    int32_t wave[2 * RUN_MAX];
    int32_t window_wave[2 * RUN_MAX];
    struct weights weights;
    int32_t (*weighed)[RUN_MAX]; /* x times weights, Q2 */
    int64_t *run_square;         /* per channel */
    struct input *input;
    struct sync sync;
    struct energy energy;
    struct half half;
    struct window window;
    struct spectra *spectra; /* NULL without */
    double f_10s;            /* last 10 s value, NaN before */
    double mark_turns;       /* reference phase and time where the 10 s interval began */
    double mark_time;
};

int input_init(struct metrology *self);
void input_reload(struct metrology *self,
                  unsigned channel); /* after a change of curve_ppm, curve_ns */
/* Takes n <= RUN_MAX frames; returns how many aligned samples now stand in self->x. */
uint32_t input_run(struct metrology *self, const int32_t *frames, uint32_t n);

void sync_init(struct metrology *self);
void sync_oscillate(struct metrology *self, uint32_t n); /* fills wave[] */
/* Set cycle_left and half_left, which the phase, step and half_offset decide. */
void sync_plan_cycle(struct metrology *self);
void sync_plan_half(struct metrology *self);
/* Samples until the phase has reached the next whole turn. */
uint32_t sync_samples_to_turn(uint64_t phase, uint64_t step);
/* How far the oscillator is off, as a phase step per sample, from the block sums of a window. */
int64_t sync_error(struct phasor track, struct phasor slope, uint64_t turn_step);

/* A stretch of finished blocks and the smooth window laid over it. */
struct stretch {
    uint64_t first, count;
    uint64_t turn, step; /* of the window at the first block's middle, and per block; 2^64 a turn */
    struct rotor rotor;  /* of step */
    int power;
};

/* Where a block's phasor of a voltage lies: the cosine sum, and RUN_MAX behind it the sine sum. */
int32_t *energy_ring_slot(struct energy *energy, unsigned voltage, uint64_t block);
void energy_init(struct metrology *self);
/* Weights, into self->weights and with their slopes if asked, for the first blocks of a stretch, up
 * to the end of a page; the stretch goes on behind them. Returns how many; *at is where they stand
 * in a ring, *weight grows by their sum. */
uint32_t energy_weigh_blocks(struct metrology *self, struct stretch *stretch, bool slopes,
                             uint32_t *at, int64_t *weight);
void energy_follow(struct metrology *self); /* after a change of the oscillator's step */
void energy_run(struct metrology *self, uint32_t n);
void energy_close_entry(struct metrology *self, bool ends_window, bool ends_cut);
void energy_resolve(struct metrology *self, bool all);
void energy_finish(struct metrology *self); /* input ended: every slice leaves */
void energy_reload(struct metrology *self); /* after a change of an input's unit */

void half_init(struct metrology *self);
void half_run(struct metrology *self, uint32_t n);
void half_end(struct metrology *self);
/* Root of a mean square in micro-units: `square` is the sum over `length` samples. */
uint64_t half_rms(const struct input *input, uint64_t square, uint32_t length);

/* Takes the corrections that the present currents ask for, once a cycle. */
void curve_follow(struct metrology *self);
bool curve_exists(const struct metrology *self);

void window_init(struct metrology *self);
/* Whether the neutral, or the current without an element, comes out of products of currents. */
bool window_crosses_currents(const struct metrology_circuit *circuit);
void window_begin(struct metrology *self);
void window_clear(struct metrology *self);
void window_run(struct metrology *self, uint32_t n);
void window_blocks(struct metrology *self,
                   bool all); /* takes in new voltage blocks, when they are many or all must be */
void window_end(struct metrology *self, uint16_t flags);
void window_follow(struct metrology *self, struct window_result *result);
void window_values(struct metrology *self, const struct window_result *result);
/* Input ended inside a window: measures whole cycles of it out of the history, if there is one. */
void window_partial(struct metrology *self);

double value_root(double x); /* square root, good to 2^-47 */

void report_window(struct metrology *self, const struct window_result *result);
/* Whether a voltage of the window that ended is more than nothing. */
bool report_has_voltage(const struct metrology *self, unsigned u);

size_t spectra_memory(const struct metrology_config *config);
void spectra_init(struct metrology *self, void *memory);
const struct spectrum *spectra_result(const struct metrology *self); /* NULL without */
void spectra_run(struct metrology *self, uint32_t n);
void spectra_window(struct metrology *self,
                    const struct window_result *result); /* hands over for later */
void spectra_flush(struct metrology *self); /* input ended: what still waits is reported */
/* Copies samples of the current window back out of the history; false if it does not reach back. */
bool spectra_replay(struct metrology *self, uint64_t from, uint32_t n);

#endif
