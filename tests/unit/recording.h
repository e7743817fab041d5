/*
 * unit/recording.h: files that a test writes into a directory of its own, opened and read as
 * sources.
 *
 * Used by the tests of the file readers. Paths in expected errors are written without the
 * directory.
 */
#ifndef UNIT_RECORDING_H
#define UNIT_RECORDING_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "sources/source.h"

#define RECORDING_SAMPLES_MAX 65536
#define RECORDING_FILES_MAX   200

static struct source recording;
static int32_t recording_data[RECORDING_SAMPLES_MAX];
static char recording_folder[64];
static char recording_files[RECORDING_FILES_MAX][160];
static int recording_file_count;

static inline int recording_setup(void **state)
{
    (void)state;
    snprintf(recording_folder, sizeof recording_folder, "/tmp/blondel-test-XXXXXX");
    return mkdtemp(recording_folder) ? 0 : -1;
}

static inline int recording_teardown(void **state)
{
    (void)state;
    for (int i = 0; i < recording_file_count; i++) {
        unlink(recording_files[i]);
    }
    return rmdir(recording_folder);
}

/* The path of a file in the test's directory. Lives until the next call. */
static inline const char *recording_path(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", recording_folder, name);
    return path;
}

static inline void recording_write(const char *name, const void *data, size_t size)
{
    assert_true(recording_file_count < RECORDING_FILES_MAX);
    char *path = recording_files[recording_file_count++];
    snprintf(path, sizeof recording_files[0], "%s/%s", recording_folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline void recording_write_text(const char *name, const char *text)
{
    recording_write(name, text, strlen(text));
}

static inline void recording_open(const char *spec)
{
    if (source_open(&recording, recording_path(spec))) {
        fail_msg("%s: %s", spec, recording.error);
    }
}

/* Without the directory in front. */
static inline const char *recording_error(void)
{
    size_t skip = strlen(recording_folder) + 1;
    return strncmp(recording.error, recording_folder, skip - 1) ? recording.error
                                                                : recording.error + skip;
}

static inline void recording_refused(const char *spec, int err, const char *line)
{
    int got = source_open(&recording, recording_path(spec));
    if (!got) {
        fail_msg("%s was opened, expected: %s", spec, line);
    }
    assert_string_equal(recording_error(), line);
    assert_int_equal(got, err);
}

/* Reads to the end of the segment in pieces of odd size; returns what ended it. */
static inline int recording_read(uint64_t *frames)
{
    uint32_t channels = recording.info.channels;
    int got;
    *frames = 0;
    while ((got = source_read(&recording, recording_data + *frames * channels, 7)) > 0) {
        *frames += (uint64_t)got;
        assert_true((*frames + 7) * channels <= RECORDING_SAMPLES_MAX);
    }
    return got;
}

static inline void recording_read_segment(uint64_t frames)
{
    uint64_t got;
    int err = recording_read(&got);
    if (err) {
        fail_msg("%s", recording.error);
    }
    assert_int_equal(got, frames);
}

static inline double recording_value(uint64_t frame, uint32_t channel)
{
    const struct source_info *info = &recording.info;
    return recording_data[frame * info->channels + channel] * info->channel[channel].full_scale /
           8388608.0;
}

static inline void assert_near(double actual, double expected, double tolerance)
{
    if (!(fabs(actual - expected) <= tolerance)) {
        fail_msg("%.12g is not within %g of %.12g", actual, tolerance, expected);
    }
}

static inline void recording_close(void)
{
    source_close(&recording);
}

/* Little-endian bytes, one after the other. */
struct bytes {
    uint8_t at[RECORDING_SAMPLES_MAX];
    size_t size;
};

static inline void bytes_add(struct bytes *bytes, const void *data, size_t size)
{
    assert_true(bytes->size + size <= sizeof bytes->at);
    memcpy(bytes->at + bytes->size, data, size);
    bytes->size += size;
}

static inline void bytes_text(struct bytes *bytes, const char *text)
{
    bytes_add(bytes, text, strlen(text));
}

static inline void bytes_int(struct bytes *bytes, int64_t value, int size)
{
    for (int i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)((uint64_t)value >> 8 * i);
        bytes_add(bytes, &byte, 1);
    }
}

static inline void bytes_float(struct bytes *bytes, float value)
{
    uint32_t word;
    memcpy(&word, &value, sizeof word);
    bytes_int(bytes, word, 4);
}

#endif
