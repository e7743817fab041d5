/*
 * metrology/wiring_check.h: whether voltages and currents are connected as the wiring says.
 *
 * Owns: the evidence of a few windows and the verdict drawn from it. Pure: no sample is touched,
 * nothing is corrected. Called by whoever reads windows: `blondel wiring`, the page's set-up.
 *
 * How it decides. Voltages speak for themselves (level, sequence, star point). For currents, every
 * way they may have been connected is tried: each order of three clamps with each set of turned
 * ones, one clamp on the neutral, two wires in one clamp. Under each hypothesis the loads that
 * would then be there get a density: how common such phase angles are for loads and generators, and
 * how alike three phases of one site are. Hypotheses are weighed by Bayes' rule against "as is"
 * with the prior rates of such faults. A measured neutral is the strongest witness: the currents
 * must add up to it.
 *
 * `certain` findings are accusations: "as is" is less likely than WIRING_DOUBT and one explanation
 * twice as likely as all others together. Others are hints: something to look at which may be
 * right. Negative power by itself is never a fault unless the caller says that nothing generates.
 * Balanced loads leave turns of 60 degrees that only the prior can tell: all currents moved on by a
 * phase with a power factor of 0.5 looks like a capacitor, and is let pass.
 *
 * Limits: 1P2W and 3P4W delta are checked for turned clamps only; fewer than three currents leave
 * the clamp on a neutral and two wires in a clamp out.
 *
 * Units: V, A, W, degrees (lagging positive). Phases count from 0 (L1); of 3P3W they are the
 * phases, not the elements, and of 1P2W the elements.
 */
#ifndef METROLOGY_WIRING_CHECK_H
#define METROLOGY_WIRING_CHECK_H

#include "base/err.h"
#include "metrology/metrology.h"

#define WIRING_FINDINGS_MAX   12
#define WIRING_HYPOTHESES_MAX 60
#define WIRING_DOUBT          0.03
#define WIRING_CERTAIN        0.667

enum wiring_fault {
    WIRING_NO_VOLTAGE,        /* a: its voltage is missing */
    WIRING_NO_VOLTAGES,       /* all of them */
    WIRING_SEQUENCE_REVERSED, /* the field turns the other way; certain: voltages and currents
                                 alike, else two voltages may be exchanged */
    WIRING_VOLTAGES_SWAPPED,  /* a, b: their voltages are exchanged */
    WIRING_VOLTAGES_ALIKE,    /* a, b: both terminals are on one phase */
    WIRING_VOLTAGES_ODD,      /* they form no three-phase system, and no single fault explains it */
    WIRING_NO_NEUTRAL,        /* the star point floats; value: u0 in percent */
    WIRING_L_N_SWAPPED,       /* a: exchanged with the neutral */
    WIRING_NO_CURRENT,        /* a: nothing flows while others carry; value: their mean, A */
    WIRING_NO_LOAD,           /* too little current to judge the currents by; value: the most, A */
    WIRING_CT_REVERSED,       /* a: its clamp sits the wrong way round */
    WIRING_CTS_REVERSED,      /* all clamps */
    WIRING_CURRENTS_SWAPPED,  /* a, b: clamps exchanged */
    WIRING_CURRENTS_ROTATED,  /* phase 0's element has the clamp of phase a: U and I of different
                                 phases, all moved on alike */
    WIRING_CT_ON_NEUTRAL,     /* a: its clamp is around the neutral */
    WIRING_CT_TWO_WIRES,      /* a: its clamp also holds the conductor of b */
    WIRING_CURRENTS_ODD,      /* they do not fit the voltages, and several exchanges explain it; the
                                 likeliest follows as a hint */
    WIRING_NEUTRAL_MISMATCH,  /* the currents do not add up to the neutral; value: percent missed */
    WIRING_FAULTS
};

enum wiring_generation {
    GENERATION_UNKNOWN,
    GENERATION_NONE,    /* nothing behind the meter can feed: negative power is a fault */
    GENERATION_PRESENT, /* photovoltaics, a generator or a battery is there */
};

struct wiring_finding {
    enum wiring_fault fault;
    uint8_t a, b;
    bool certain;
    double confidence; /* 0..1 */
    double power_w;    /* active power of a as measured, mean; NaN if there is none */
    double angle_deg;  /* between its voltage and current as measured */
    double value;      /* what the fault says of it; else NaN */
};

struct wiring_verdict {
    uint32_t windows;     /* that were looked at */
    bool currents_judged; /* false: too little load, or no voltage to judge by */
    double as_is;         /* probability that the currents are right; 1 if not judged */
    uint8_t count;
    struct wiring_finding finding[WIRING_FINDINGS_MAX];
};

struct wiring_check_config {
    enum wiring wiring;
    uint8_t elements;
    bool neutral_measured; /* quantities.i_n comes from a clamp of its own */
    enum wiring_generation generation;
    double u_nominal_v;
    double i_floor_a; /* below, a current says nothing: the starting current, or noise */
};

/* The caller's; all of it is private to wiring_*.c. */
struct wiring_check {
    struct wiring_check_config config;
    uint32_t windows;
    uint32_t judged;                    /* of them, with load enough */
    uint32_t no_voltage[ELEMENTS_MAX];  /* windows in which that was so */
    uint32_t active[ELEMENTS_MAX];      /* windows with a current worth the name */
    uint32_t voltage[WIRING_FAULTS][3]; /* windows with this fault of the voltages, by a */
    uint32_t neutral_misfit;            /* windows in which the sum misses the neutral */
    double neutral_missed;              /* sum of it, percent of the currents */
    double zero_sequence;               /* sum of u0 in percent */
    double power[ELEMENTS_MAX], sine[ELEMENTS_MAX], cosine[ELEMENTS_MAX]; /* sums */
    double current[ELEMENTS_MAX];
    double evidence[WIRING_HYPOTHESES_MAX]; /* sums of log likelihood against "as is" */
};

/* ERR_ARGUMENT if wiring or elements are none. */
int wiring_check_init(struct wiring_check *self, const struct wiring_check_config *config) MUST_USE;

/* Takes one window of the circuit. Windows that are still settling are left out. */
void wiring_check_add(struct wiring_check *self, const struct quantities *window);

void wiring_check_verdict(const struct wiring_check *self, struct wiring_verdict *verdict);

#endif
