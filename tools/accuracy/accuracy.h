/*
 * tools/accuracy/accuracy.h: the simulator's closed-form truth against what metrology measures.
 *
 * The program prints docs/accuracy.md: the engine by itself (accuracy_engine.c) and every model at
 * the test points of its classes (accuracy_models.c, points in accuracy_points.c). Nothing in it is
 * written down beforehand but the limits of the standards.
 */
#ifndef TOOLS_ACCURACY_H
#define TOOLS_ACCURACY_H

#include <stdbool.h>

#include "metrology/metrology.h"
#include "model/model.h"
#include "sources/simulator.h"

/* One stretch of simulated samples through metrology. */
struct accuracy_run {
    struct sim *sim;
    struct metrology_config *config;    /* callbacks and ctx are the caller's */
    int gather[METROLOGY_CHANNELS_MAX]; /* simulator channel of each input; -1: zeros */
    double seconds;
};

/* 0, or a negative error. */
int accuracy_run(const struct accuracy_run *run) MUST_USE;

/* Opens the simulator for a printf of a spec; ends the program on a bad one: it is our own. */
struct sim *accuracy_sim(struct sim_config *config, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints chapter 1; how many figures lie beyond what the engine has promised. */
unsigned accuracy_engine(bool whole_day);
/* Prints the table of chapter 3; how many figures are not what calibration promises. */
unsigned accuracy_frontend(void);
/* Prints chapter 2, or all points of one model; how many lie outside their limit. */
unsigned accuracy_models(const char *model_name);

/* ---- test points of the standards ---- */

enum accuracy_standard {
    STANDARD_62053_21,
    STANDARD_62053_22,
    STANDARD_61557_12,
    STANDARD_62053_23,
    STANDARD_62053_24,
    STANDARD_COUNT
};

/* What is changed while the error may move by so much. CONDITION_NONE: the error itself is judged.
 */
enum accuracy_condition {
    CONDITION_NONE,
    CONDITION_U, /* voltage times `by` */
    CONDITION_F, /* frequency times `by` */
    CONDITION_REVERSED,
    CONDITION_INTERRUPTED, /* the voltages of the second and third phase */
    CONDITION_WAVE,        /* enum sim_waveform `by` */
    CONDITION_DC,          /* direct current, `by` times the alternating one */
};

/* Currents are factors of Ib (direct) or In (by transformer), or of Imax where `of_imax`. */
struct accuracy_point {
    double direct, transformer;
    bool of_imax;
    double phi_deg;
    bool single; /* each phase alone */
    enum accuracy_condition condition;
    double by;
    const char *text;          /* of the condition */
    double limit[CLASS_COUNT]; /* percent; 0: not asked of the class */
};

struct accuracy_table {
    const char *name;
    bool reactive;
    const struct accuracy_point *point;
    unsigned points;
};
extern const struct accuracy_table accuracy_tables[STANDARD_COUNT];

#endif
