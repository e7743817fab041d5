/*
 * sources/spec.h: the one grammar of source specs.
 *
 *   [KIND:]PATH[,OPTION=VALUE]...
 *
 * KIND is "raw" for bare frames; files are known by their ending and first bytes. A file whose name
 * is the whole spec wins, so names with commas open as they are. Options:
 *
 *   rate=8000              frames a second (raw; CSV without a time column)
 *   format=s16             s16 s24 s32 f32 u8 f64, little endian, or with "be": s16be (raw)
 *   channels=U1;U2;I1      names of the channels, in the order of the file (raw, WAV, CSV)
 *   u-full-scale=400       volts, peak, that the largest sample stands for (raw, WAV); of float
 *                          samples the value 1.0. All voltages; or one for each: 400;400;230
 *   i-full-scale=50        amperes, likewise
 *
 * Which options a kind takes is its own table; others are refused by name.
 */
#ifndef SOURCES_SPEC_H
#define SOURCES_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#include "sources/source.h"

#define SPEC_SIZE_MAX 4096

enum spec_option {
    SPEC_RATE,
    SPEC_FORMAT,
    SPEC_CHANNELS,
    SPEC_U_FULL_SCALE,
    SPEC_I_FULL_SCALE,
    SPEC_OPTIONS
};

#define SPEC_BIT(option) (1u << (option))

struct spec {
    char kind[16];             /* before the colon; "" for a file */
    char path[SPEC_SIZE_MAX];  /* "-" is standard input where the kind takes it */
    char *value[SPEC_OPTIONS]; /* NULL: not given */
    char values[SPEC_SIZE_MAX];
};

/* Splits `text`. `kinds` is the prefix this caller expects ("raw") or NULL for files; only options
 * of `allowed` pass. On failure source->error is set. */
int spec_parse(struct spec *spec, struct source *source, const char *text, const char *kind,
               unsigned allowed) MUST_USE;

/* The path alone, without complaint: for accepts(). */
void spec_path(const char *text, char *path, size_t size);

/* rate= as a number of 0 < rate <= 10 MHz; 0 stays if it is not given. */
int spec_rate(const struct spec *spec, struct source *source, double *rate_hz) MUST_USE;

/* channels= into info.channel[].name and unit; *count is 0 if it is not given. */
int spec_channels(const struct spec *spec, struct source *source, uint32_t *count) MUST_USE;

/* u-full-scale= and i-full-scale= onto the channels by their unit. Every channel must get one. */
int spec_full_scales(const struct spec *spec, struct source *source) MUST_USE;

/* Name and unit of a channel as the file has them, made UTF-8; an absent unit follows from the
 * name. Returns the factor from the file's unit to the base unit. */
double spec_name_channel(struct source_channel *channel, const char *name, size_t name_size,
                         const char *unit, size_t unit_size);

#endif
