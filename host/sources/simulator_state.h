/*
 * sources/simulator_state.h: the inside of the simulator, shared by its files and nobody else.
 *
 * Flow of one run of up to SIM_RUN frames: control (frequency, dips, appliances) -> one struct wave
 * per conductor -> one struct sim_output per channel (wiring, fault, front end) -> samples.
 */
#ifndef SOURCES_SIMULATOR_STATE_H
#define SOURCES_SIMULATOR_STATE_H

#include "sources/simulator.h"

#define SIM_BRANCH       SIM_PHASES /* the current behind those of the phases */
#define SIM_CURRENTS     (SIM_PHASES + 1)
#define SIM_CONDUCTORS   (SIM_PHASES + SIM_CURRENTS) /* u1 u2 u3 i1 i2 i3, branch */
#define SIM_TERMS        3                           /* conductors that meet in one channel */
#define SIM_CONTROL_S    0.02
#define SIM_HOUSE_STEP_S 0.2
#define SIM_APPLIANCES   24

/* Which conductors a channel shows, with their weights. */
struct sim_mix {
    const char *name, *phase;
    bool is_current;
    unsigned phase_index; /* whose front-end settings it has */
    double weight[SIM_CONDUCTORS];
};

struct sim_term {
    struct wave seen;  /* behind the linear front end */
    double gate_turns; /* burst: phase of the gate; < 0: no gate */
};

struct sim_output {
    struct sim_mix mix;
    struct frontend frontend;
    struct frontend_core core;
    unsigned terms;
    struct sim_term term[SIM_TERMS];
    struct wave tones; /* order k: tone k, u tones first */
    double noise;
    double x[SIM_RUN];
};

struct sim_appliance_state {
    double left_s; /* of the present step or pause */
    int step;      /* -1: off */
    int round;     /* of the programme */
    bool fresh;    /* the step has just begun: inrush */
};

struct sim_house {
    struct sim_random random;
    double time_s; /* of day, from midnight of the first day */
    double cloud;  /* 0 clear .. 1 covered */
    double cloud_wander;
    double u_wander[SIM_PHASES];
    struct sim_appliance_state appliance[SIM_APPLIANCES];
};

struct sim {
    struct sim_config config;
    struct sim_random random; /* of the converter and the signal noise */
    struct sim_random f_random;
    uint64_t frame, frames;                          /* next to compute; total, 0: endless */
    uint64_t control_frame, house_frame, edge_frame; /* when each acts next */
    double turns;                                    /* phase of the fundamental, [0, 1) */
    uint64_t cycles;                                 /* whole turns before that, for the burst */
    double f_hz, f_wander_hz;
    double rotation[2][SIM_RUN]; /* cos and sin of n steps of the fundamental */
    unsigned tones;
    double tone_f_hz[2 * SIM_TONES], tone_turns[2 * SIM_TONES];
    double tone_rotation[2 * SIM_TONES][2][SIM_RUN];
    unsigned order_max;
    struct wave base_u[SIM_PHASES], base_i[SIM_CURRENTS]; /* before dips and an open neutral */
    struct wave u[SIM_PHASES], i[SIM_CURRENTS];
    struct sim_truth truth; /* of u and i */
    double import_j[SIM_PHASES], export_j[SIM_PHASES];
    struct sim_house house;
    unsigned channels;
    struct sim_output output[SIM_CHANNELS_MAX];
    unsigned pending, pending_from; /* frames of the run not handed out yet */
    int32_t run[SIM_RUN * SIM_CHANNELS_MAX];
};

/* Where the voltages of a wiring stand against U1, and how large they are; 0: there is none. */
struct sim_star {
    double angle_deg[SIM_PHASES], scale[SIM_PHASES];
};

/* simulator_grid.c */
extern const struct sim_star sim_stars[];            /* by enum sim_wiring */
void sim_grid_build(struct sim *self);               /* base_u and base_i from the config */
void sim_grid_apply_events(struct sim *self);        /* u and i from the bases, at this frame */
uint64_t sim_grid_next_edge(const struct sim *self); /* the next frame where a dip begins or ends */
double sim_grid_frequency(struct sim *self); /* advances drift, steps and walk by one control */

/* simulator_wiring.c */
unsigned sim_mixes(const struct sim_config *config, struct sim_mix mix[SIM_CHANNELS_MAX]);
void sim_frontend_setup(const struct sim_config *config, const struct sim_mix *mix,
                        struct frontend *frontend);

/* simulator_house.c */
void sim_house_start(struct sim *self);
void sim_house_step(struct sim *self); /* one SIM_HOUSE_STEP_S */
void sim_house_waves(struct sim *self);

#endif
