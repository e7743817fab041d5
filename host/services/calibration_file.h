/*
 * services/calibration_file.h: what `blondel calibrate` found, as a text a person can read and
 * keep.
 *
 *   # Blondel calibration
 *   version = 1
 *   made = 2026-11-21T06:10:00Z
 *   nominal_hz = 50
 *
 *   [I1]
 *   full_scale = 150            A, peak: what the numbers below were found with
 *   offset = -12.5              counts of 24 bits, subtracted
 *   gain_ppb = 1250000
 *   delay_ns = 27780
 *   curve = 0.5:310:4100 5:120:800 50:0:0
 *                               A r.m.s. : reads too high, ppm : too early, ns
 *
 * One section per channel, named as in the recording's map (U1..U3, U12, U32, I1.., IN). Keys may
 * be left out (0). '#' begins a remark. Unknown keys, numbers out of range, a version other than 1
 * and anything said twice are refused, because a calibration that is half understood is worse than
 * none. Called by: calibrate (writes), measure and run (read).
 */
#ifndef APPS_CALIBRATION_FILE_H
#define APPS_CALIBRATION_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "metrology/calibrate.h"

#define CALIBRATION_VERSION      1
#define CALIBRATION_CHANNELS_MAX METROLOGY_CHANNELS_MAX
#define CALIBRATION_NAME_MAX     16
#define CALIBRATION_SIZE_MAX     65536 /* of a file */
#define CALIBRATION_ERROR_MAX    256

struct calibration_channel {
    char name[CALIBRATION_NAME_MAX];
    double full_scale; /* 0: not said */
    struct calibration is;
};

struct calibration_file {
    char made[32];     /* ISO 8601, or "" */
    double nominal_hz; /* 0: not said */
    unsigned channels;
    struct calibration_channel channel[CALIBRATION_CHANNELS_MAX];
};

/* Reads `size` bytes of text. On an error one line "NAME:LINE: what" in `error`, and `file` is
 * not to be used. */
int calibration_parse(struct calibration_file *file, const char *name, const char *text,
                      size_t size, char error[CALIBRATION_ERROR_MAX]) MUST_USE;

/* Opens, reads and parses. */
int calibration_load(struct calibration_file *file, const char *path,
                     char error[CALIBRATION_ERROR_MAX]) MUST_USE;

void calibration_print(const struct calibration_file *file, FILE *stream);

/* Writes beside `path` and renames, so that the old file stays whole until the new one is. */
int calibration_save(const struct calibration_file *file, const char *path,
                     char error[CALIBRATION_ERROR_MAX]) MUST_USE;

/* The channel of that name, or NULL. */
const struct calibration_channel *calibration_find(const struct calibration_file *file,
                                                   const char *name);

/* Puts the corrections of the channel of that name in force, if there are any; whether there were.
 */
bool calibration_apply_named(const struct calibration_file *file, const char *name,
                             struct metrology_channel *channel);

/* Puts the corrections into a channel of metrology. The curve is referred to, so `from` must
 * outlive the measuring. Voltages take no curve. */
void calibration_apply(const struct calibration_channel *from, struct metrology_channel *channel);

#endif
