/*
 * sources/simulator.h: a grid, its loads and their front end, computed sample by sample from a
 * seed.
 *
 * Spec: "sim:SCENE[,key=value...]"; SCENE is
 *   grid           one clean known load
 *   house          a seeded house: appliances, heat pump, car, rooftop photovoltaics
 *   fault-NAME     the grid scene behind a wiring fault (sim_fault_names)
 * Keys are numbers (sim_keys) and words; sim_key_describe() and `blondel simulate --keys` tell
 * them; a key that ends in a digit 1..3 speaks of one phase only ("i2=7.5"). The order of keys does
 * not matter, save that the later of two wins. What a signal is made of is a Fourier series per
 * conductor (sources/wave.h), so the truth is known in closed form at every instant: sim_truth().
 * Signals are band limited to orders below 0.45 of the rate, as behind an anti-alias filter.
 *
 * "aux=1" adds a clamp I4 around a branch of phase 1, whose current is in I1 as well: the roof of a
 * house, half of the grid's load.
 *
 * Signs: import and lagging current are positive; angles in degrees, U1 = 0, counter-clockwise
 * positive, L2 at -120. Harmonic angles are against the zero crossing of the conductor's own
 * fundamental: 0 crosses upwards together. Units: V, A, Hz, s, degrees, percent.
 *
 * The stream depends on the spec alone, never on how it is read. Real-time pacing is the caller's
 * job. Called by: source_sim (the source kind), the tests, the tables of docs/.
 */
#ifndef SOURCES_SIMULATOR_H
#define SOURCES_SIMULATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sources/frontend.h"
#include "sources/sim_random.h"
#include "sources/source.h"
#include "sources/wave.h"

#define SIM_PHASES       3
#define SIM_CHANNELS_MAX 8
#define SIM_HARMONICS    24 /* entries of one list */
#define SIM_TONES        8
#define SIM_EVENTS       32
#define SIM_RUN          64 /* frames computed together; no parameter changes within */

/* Numbers of a spec, in the order of sim_keys. The first group may differ per phase. */
enum sim_key {
    SIM_U,
    SIM_U_ANGLE,
    SIM_I,
    SIM_PHI,
    SIM_P,
    SIM_Q,
    SIM_U_DC,
    SIM_I_DC,
    SIM_U_NOISE,
    SIM_I_NOISE,
    SIM_U_GAIN,
    SIM_I_GAIN,
    SIM_U_OFFSET,
    SIM_I_OFFSET,
    SIM_U_DELAY,
    SIM_I_DELAY,
    SIM_CT_RATIO,
    SIM_CT_PHASE,
    SIM_PHASE_KEYS, /* the rest is one for all */
    SIM_F = SIM_PHASE_KEYS,
    SIM_F_DRIFT,
    SIM_F_WALK,
    SIM_U_NEG,
    SIM_U_ZERO,
    SIM_RATE,
    SIM_DURATION,
    SIM_SEED,
    SIM_AT,
    SIM_DAY,
    SIM_PV,
    SIM_EV,
    SIM_U_RANGE,
    SIM_I_RANGE,
    SIM_ADC,
    SIM_ADC_NOISE,
    SIM_CT_RATED,
    SIM_CT_SATURATION,
    SIM_KEYS
};

struct sim_key_row {
    const char *name;
    double lowest, highest, standard;
    const char *unit;
    const char *help;
};
extern const struct sim_key_row sim_keys[SIM_KEYS];

/* One key of a spec, for people: numbers have their row, words an example. */
struct sim_key_text {
    const char *name;
    bool per_phase; /* may end in the digit of a phase */
    const struct sim_key_row *row;
    const char *example, *help;
};
/* The index-th key; false behind the last. */
bool sim_key_describe(unsigned index, struct sim_key_text *text);

enum sim_scene { SIM_GRID, SIM_HOUSE };
enum sim_wiring { SIM_3P4W, SIM_3P3W, SIM_1P2W, SIM_1P3W, SIM_3P4WD };
enum sim_waveform {
    SIM_SINE,
    SIM_FIFTH,      /* U5 10 %, I5 40 %: the 5th harmonic test, P = 1.04 P1 */
    SIM_HALF_WAVE,  /* half-wave rectified current: P = half */
    SIM_FIRED,      /* current fired at 90 degrees: P = half */
    SIM_BURST,      /* two cycles on, two off: P = half */
    SIM_QUADRIFORM, /* OIML R46 */
    SIM_PEAKED,     /* OIML R46 */
};
enum sim_fault {
    SIM_NO_FAULT,
    SIM_REVERSED_CT,
    SIM_SWAPPED_VOLTAGES, /* two voltages exchanged: the phase sequence turns */
    SIM_SWAPPED_CURRENTS, /* U and I of different phases */
    SIM_ROTATED_CURRENTS, /* all three currents moved on by one phase */
    SIM_NO_NEUTRAL,       /* the neutral is open: the star point moves */
    SIM_NEUTRAL_SWAPPED,  /* L and N exchanged at the voltage terminals */
    SIM_NO_CURRENT,       /* a clamp that sees nothing */
    SIM_CT_ON_NEUTRAL,
    SIM_LOOSE_CT, /* a clamp that does not close: reads 70 % too low */
    SIM_NO_VOLTAGE,
    SIM_FAULTS
};
extern const char *const sim_fault_names[SIM_FAULTS]; /* [0] is "none" */

struct sim_harmonic {
    unsigned order;
    double percent, angle_deg;
};
struct sim_harmonics {
    unsigned count;
    struct sim_harmonic entry[SIM_HARMONICS];
};
struct sim_tone { /* interharmonic: in percent of the fundamental of its conductor */
    double f_hz, percent, angle_deg;
};
struct sim_tones {
    unsigned count;
    struct sim_tone entry[SIM_TONES];
};
struct sim_event { /* a dip or swell: residual voltage in percent on a set of phases */
    double start_s, duration_s, percent;
    unsigned phases; /* bit k: phase k */
};
struct sim_step { /* frequency from an instant on */
    double start_s, f_hz;
};

struct sim_config {
    enum sim_scene scene;
    enum sim_wiring wiring;
    enum sim_waveform waveform;
    enum sim_fault fault;
    unsigned fault_phase; /* 0..2 */
    unsigned aux;         /* phase, from 1, of the branch that I4 is around; 0: there is no I4 */
    double value[SIM_KEYS][SIM_PHASES]; /* keys of all phases have their value in [0] */
    struct sim_harmonics u_harmonics[SIM_PHASES], i_harmonics[SIM_PHASES];
    struct sim_tones u_tones, i_tones;
    unsigned dips, steps;
    struct sim_event dip[SIM_EVENTS];
    struct sim_step step[SIM_EVENTS];
    const struct frontend_sensor *sensor, *module_sensor;
    unsigned curve_points;
    struct frontend_point curve[FRONTEND_CURVE_MAX];
    bool ct_is_delay;
};

/* Reads the part after "sim:". On bad input one line in `error` and a negative err. */
int sim_config_parse(struct sim_config *config, const char *spec, char *error,
                     size_t error_size) MUST_USE;
void sim_config_default(struct sim_config *config);

/* What flows at this instant, exactly; before any fault, front end or noise. */
struct sim_truth {
    double f_hz;
    double u[SIM_PHASES], i[SIM_PHASES]; /* r.m.s. with all orders and the direct component */
    double u1[SIM_PHASES], i1[SIM_PHASES];
    double p[SIM_PHASES], q1[SIM_PHASES], s[SIM_PHASES];
    double i_n;
    double p_total, q1_total;
    const struct wave *u_wave, *i_wave; /* per phase; valid until the next call of sim_read() */
};

struct sim; /* simulator_state.h */

struct sim *sim_open(const struct sim_config *config); /* NULL: no memory */
void sim_close(struct sim *self);
unsigned sim_channels(const struct sim *self);
void sim_channel_describe(const struct sim *self, unsigned channel, struct source_channel *out);
/* `frames` frames, interleaved; shorter only at the end of the duration. */
uint32_t sim_read(struct sim *self, int32_t *data, uint32_t frames);
void sim_truth(const struct sim *self, struct sim_truth *truth);
/* Energy that has flowed in each phase since the start, joule: exact sums of power x time. */
void sim_energy(const struct sim *self, double import_j[SIM_PHASES], double export_j[SIM_PHASES]);

#endif
