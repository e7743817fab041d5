/*
 * sources/source.h: where samples come from. One const struct source per kind.
 *
 * A source is opened from a spec ("FILE", "sim:house,seed=3", "raw:-,rate=8000,...") and gives
 * segments: stretches of frames with one sample rate and no gap. A change of rate or a gap ends a
 * segment (read() returns 0) and next_segment() moves to the following one. Samples are
 * metrology/samples.h frames; the physical value of a sample is value * full_scale / 2^23 in the
 * channel's unit. File readers scale so that the largest value of the file (or the largest the file
 * declares) fits.
 *
 * Bad input gets one line in source->error that names file, place and reason ("x.cfg:14: channel 3:
 * \"abc\" is not a number"), and a negative enum err; never a crash, never a partial success. All
 * allocation happens in open(). Called from one thread.
 */
#ifndef SOURCES_SOURCE_H
#define SOURCES_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SOURCE_CHANNELS_MAX 512
#define SOURCE_NAME_MAX     64

struct source_channel {
    char name[SOURCE_NAME_MAX]; /* as the file has it, UTF-8, "" if it has none */
    char unit[8];         /* "V" or "A" after k/m prefixes are folded in; else as found, or "" */
    char phase[8];        /* the file's phase label ("A", "L1"), or "" */
    double full_scale;    /* volts or amperes (or `unit`) that 2^23 counts stand for, > 0 */
    double ratio_primary; /* transformer ratio the file declares; 1 and 1 if it has none */
    double ratio_secondary;
    double skew_s; /* sampled this much after the start of the frame, as far as the file tells */
    bool is_secondary;  /* the values are secondary values: multiply by the ratio for primary */
    bool is_derivative; /* a Rogowski coil: di/dt, scaled to read amperes at nominal_hz */
};

struct source_info {
    uint32_t channels;
    struct source_channel channel[SOURCE_CHANNELS_MAX];
    double rate_hz;        /* of the current segment, > 0 */
    double start_s;        /* of the current segment, seconds after the start of the recording */
    uint32_t segment;      /* 0 for the first */
    uint64_t frames;       /* in the current segment; 0 if it cannot be known (a pipe) */
    double nominal_hz;     /* line frequency the file declares; 0 if it has none */
    int64_t start_unix_us; /* of the recording; 0 if it has none */
};

struct source; /* an open source */

struct source_kind {
    const char *name; /* "comtrade", "wav", "csv", "raw", "sim" */
    /* Whether this kind takes the spec (by prefix "name:", file name ending or the file's first
     * bytes). */
    bool (*accepts)(const char *spec, const uint8_t *head, size_t head_size);
    int (*open)(struct source *source, const char *spec); /* fills source->info and source->self */
    /* Up to `frames` frames of info.channels samples into `data`; returns how many, 0 at the end of
     * the segment, negative on error. */
    int (*read)(struct source *source, int32_t *data, uint32_t frames);
    /* 1: there is one and info describes it; 0: the end. */
    int (*next_segment)(struct source *source);
    void (*close)(struct source *source);
};

struct source {
    const struct source_kind *kind;
    struct source_info info;
    char error[512]; /* one line, without a trailing newline; "" if all is well */
    void *self;      /* the kind's own */
};

/* Opens `spec` with the first kind that accepts it; `*source` is the caller's. Every opened source
 * must be closed, also after a failed read; a failed open needs no close. */
int source_open(struct source *source, const char *spec) MUST_USE;
int source_read(struct source *source, int32_t *data, uint32_t frames) MUST_USE;
int source_next_segment(struct source *source) MUST_USE;
void source_close(struct source *source);

/* printf into source->error; returns err, so that `return source_fail(s, ERR_FORMAT, ...)` reads
 * well. */
int source_fail(struct source *source, int err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
