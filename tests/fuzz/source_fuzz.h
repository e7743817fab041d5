/*
 * fuzz/source_fuzz.h: opens whatever the fuzzer made as a source, reads it to its end and checks
 * what every source promises (sources/source.h). Files lie in a directory of their own in memory.
 */
#ifndef FUZZ_SOURCE_FUZZ_H
#define FUZZ_SOURCE_FUZZ_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "metrology/samples.h"
#include "sources/source.h"

#define FUZZ_FRAMES 64

static char fuzz_folder[64];

static inline void fuzz_remove_folder(void)
{
    static const char *const names[] = {"x.cfg", "x.dat", "x.cff", "x.wav", "x.csv", "x.raw"};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", fuzz_folder, names[i]);
        unlink(path);
    }
    rmdir(fuzz_folder);
}

/* Writes one of the names above; returns its path. */
static inline const char *fuzz_write(const char *name, const void *data, size_t size)
{
    static char path[128];
    if (!fuzz_folder[0]) {
        snprintf(fuzz_folder, sizeof fuzz_folder, "%s/fuzz-XXXXXX",
                 access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm");
        ASSERT(mkdtemp(fuzz_folder));
        atexit(fuzz_remove_folder);
    }
    snprintf(path, sizeof path, "%s/%s", fuzz_folder, name);
    FILE *file = fopen(path, "wb");
    ASSERT(file);
    ASSERT(size == 0 || fwrite(data, 1, size, file) == size);
    ASSERT(fclose(file) == 0);
    return path;
}

/* One line, not empty, nothing that a terminal would obey. */
static inline void fuzz_check_error(const struct source *source)
{
    ASSERT(source->error[0] && memchr(source->error, '\0', sizeof source->error));
    for (const char *c = source->error; *c; c++) {
        ASSERT((unsigned char)*c >= 0x20 && *c != 0x7f);
    }
}

static inline void fuzz_check_info(const struct source_info *info)
{
    ASSERT(info->channels >= 1 && info->channels <= SOURCE_CHANNELS_MAX);
    ASSERT(isfinite(info->rate_hz) && info->rate_hz > 0 && isfinite(info->start_s));
    for (uint32_t i = 0; i < info->channels; i++) {
        const struct source_channel *channel = &info->channel[i];
        ASSERT(isfinite(channel->full_scale) && channel->full_scale > 0);
        ASSERT(channel->ratio_primary > 0 && channel->ratio_secondary > 0);
        ASSERT(memchr(channel->name, '\0', sizeof channel->name));
        ASSERT(memchr(channel->unit, '\0', sizeof channel->unit));
    }
}

static inline void fuzz_check_samples(const int32_t *data, size_t samples)
{
    for (size_t i = 0; i < samples; i++) {
        ASSERT(data[i] >= SAMPLE_MIN && data[i] <= SAMPLE_MAX);
    }
}

/* Reads one segment; false when the source broke off. */
static inline bool fuzz_read_segment(struct source *source)
{
    static int32_t data[FUZZ_FRAMES * SOURCE_CHANNELS_MAX];
    uint64_t frames = 0;
    int got;
    fuzz_check_info(&source->info);
    while ((got = source_read(source, data, FUZZ_FRAMES)) > 0) {
        ASSERT(got <= FUZZ_FRAMES);
        fuzz_check_samples(data, (size_t)got * source->info.channels);
        frames += (uint64_t)got;
    }
    ASSERT(!source->info.frames || frames == source->info.frames);
    if (got < 0) {
        fuzz_check_error(source);
    }
    return got == 0;
}

static inline void fuzz_source(const char *spec)
{
    static struct source source;
    if (source_open(&source, spec)) {
        fuzz_check_error(&source);
        return;
    }
    bool whole;
    do {
        whole = fuzz_read_segment(&source);
    } while (whole && source_next_segment(&source) > 0);
    source_close(&source);
}

#endif
