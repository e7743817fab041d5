/*
 * apps/measure_calibration.h: a calibration file over the channels of a measure_setup.
 *
 * Channels are named by what they are to the circuit, not by what the recording calls them: U1..U3,
 * U12 and U32 in three wires, I1.., IN. Called by: measure (puts a file in force), calibrate (names
 * what it found).
 */
#ifndef APPS_MEASURE_CALIBRATION_H
#define APPS_MEASURE_CALIBRATION_H

#include "apps/measure_setup.h"
#include "services/calibration_file.h"

/* "" for a current that has no name of its own (the zeros of measure_setup). */
void measure_voltage_name(const struct measure_setup *setup, unsigned voltage,
                          char name[CALIBRATION_NAME_MAX]);
void measure_current_name(const struct measure_setup *setup, unsigned current,
                          char name[CALIBRATION_NAME_MAX]);

/* Loads the file and puts it in force; `file` must outlive the measuring. Says in `notes` which
 * channels it does not speak of. A negative error with a sentence (MEASURE_ERROR_MAX bytes) if it
 * cannot be read or speaks of none of them. */
int measure_calibrate(struct measure_setup *setup, struct calibration_file *file, const char *path,
                      struct notes *notes, char *error) MUST_USE;

#endif
