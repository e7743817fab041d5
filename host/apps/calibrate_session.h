/*
 * apps/calibrate_session.h: the steps of one calibration and what follows from them.
 *
 * A step is a stretch of samples and what the reference standard said meanwhile; one step may be
 * without load, for offsets and noise. calibrate_solve() measures the steps, finds offset, gain,
 * delay and curve of every channel, and measures again with all of it in force. Knows no terminal
 * and no file. Called by: calibrate, tests.
 */
#ifndef APPS_CALIBRATE_SESSION_H
#define APPS_CALIBRATE_SESSION_H

#include "apps/calibrate_reading.h"
#include "apps/calibrate_reference.h"
#include "services/calibration_file.h"

#define CALIBRATE_STEPS_MAX (REFERENCE_POINTS_MAX + 1)

struct calibrate_step {
    bool no_load;
    struct reference reference;
    struct capture capture;
    struct reading before, after;
};

struct calibrate_session {
    struct measure_setup setup; /* must stay where it is */
    unsigned steps;
    struct calibrate_step step[CALIBRATE_STEPS_MAX];
    struct calibration voltage[VOLTAGES_MAX], current[CURRENTS_MAX + 1];
    char error[CALIBRATION_ERROR_MAX]; /* one sentence after a failure */
};

/* 0, or an error with its sentence: nothing to measure, or a reading so far off that the wiring or
 * the reference must be wrong. */
int calibrate_solve(struct calibrate_session *self) MUST_USE;

/* What was found, for keeping. */
void calibrate_result(const struct calibrate_session *self, struct calibration_file *file);

/* Errors of one element at one step, against the reference. */
struct calibrate_errors {
    double u_percent, i_percent, phase_min,
        p_percent; /* p of the apparent power where pf is tiny */
};
struct calibrate_errors calibrate_errors_of(const struct reading *reading,
                                            const struct reference *reference, unsigned element);

unsigned calibrate_elements(const struct calibrate_session *self);
const char *calibrate_label(const struct calibrate_session *self, unsigned element);

void calibrate_session_free(struct calibrate_session *self);

#endif
