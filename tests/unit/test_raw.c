/* Raw frames: every format from a file, standard input and a named pipe, and a frame cut short. */
#include <pthread.h>
#include <sys/stat.h>

#include "unit/recording.h"

#define OPTIONS ",rate=8000,channels=U1;I1,u-full-scale=400,i-full-scale=50,format="

static struct bytes bytes;

static void open_raw(const char *file, const char *options)
{
    char spec[1024];
    snprintf(spec, sizeof spec, "raw:%s%s", strcmp(file, "-") ? recording_path(file) : "-",
             options);
    if (source_open(&recording, spec)) {
        fail_msg("%s: %s", spec, recording.error);
    }
}

static void put_be(int64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--) {
        bytes_int(&bytes, value >> 8 * i, 1);
    }
}

struct format_row {
    const char *options;
    int size;
    bool big;
    int64_t values[4];
    int32_t samples[4];
};

#define HALF_F32 0x3f000000
#define NAN_F32  0x7fc00000
#define TINY_F32 0x34000000 /* 2^-23 */

static const struct format_row formats[] = {
    {OPTIONS "s16", 2, false, {-32768, 32767, 1, -2}, {-8388608, 8388352, 256, -512}},
    {OPTIONS "s16be", 2, true, {-32768, 32767, 1, -2}, {-8388608, 8388352, 256, -512}},
    {OPTIONS "s24", 3, false, {-8388608, 8388607, 1, -2}, {-8388608, 8388607, 1, -2}},
    {OPTIONS "s24be", 3, true, {-8388608, 8388607, 1, -2}, {-8388608, 8388607, 1, -2}},
    {OPTIONS "s32", 4, false, {INT32_MIN, INT32_MAX, 256, -511}, {-8388608, 8388607, 1, -2}},
    {OPTIONS "s32be", 4, true, {INT32_MIN, INT32_MAX, 256, -511}, {-8388608, 8388607, 1, -2}},
    {OPTIONS "f32", 4, false, {HALF_F32, NAN_F32, TINY_F32, 0}, {4194304, -8388608, 1, 0}},
    {OPTIONS "f32be", 4, true, {HALF_F32, NAN_F32, TINY_F32, 0}, {4194304, -8388608, 1, 0}},
    {OPTIONS "u8", 1, false, {0, 255, 128, 127}, {-8388608, 8323072, 0, -65536}},
};

static void test_every_format_comes_through(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        const struct format_row *row = &formats[i];
        bytes.size = 0;
        for (int k = 0; k < 4; k++) {
            if (row->big) {
                put_be(row->values[k], row->size);
            } else {
                bytes_int(&bytes, row->values[k], row->size);
            }
        }
        recording_write("f.raw", bytes.at, bytes.size);
        recording_file_count -= i > 0;
        open_raw("f.raw", row->options);
        assert_true(recording.info.rate_hz == 8000);
        assert_int_equal(recording.info.frames, 2);
        recording_read_segment(2);
        assert_memory_equal(recording_data, row->samples, sizeof row->samples);
        assert_int_equal(source_next_segment(&recording), 0);
        recording_close();
    }
}

/* Writes a frame and a half, waits, and the rest: the reader must put them together. */
static void *write_slowly(void *path)
{
    FILE *pipe = fopen(path, "wb");
    for (int i = 0; pipe && i < 40; i++) {
        fputc(i, pipe);
        if (i % 7 == 5) {
            fflush(pipe);
            usleep(1000);
        }
    }
    return pipe && fclose(pipe) == 0 ? path : NULL;
}

static void test_a_named_pipe(void **state)
{
    (void)state;
    pthread_t writer;
    void *result;
    char path[512];
    snprintf(path, sizeof path, "%s", recording_path("pipe"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_slowly, path), 0);
    open_raw("pipe", OPTIONS "s16");
    assert_int_equal(recording.info.frames, 0); /* nobody can know */
    recording_read_segment(10);
    for (int i = 0; i < 20; i++) {
        assert_int_equal(recording_data[i], (2 * i + (2 * i + 1) * 256) * 256);
    }
    recording_close();
    assert_int_equal(pthread_join(writer, &result), 0);
    assert_non_null(result);
    unlink(path);
}

static void test_standard_input_and_a_frame_cut_short(void **state)
{
    (void)state;
    uint64_t frames;
    int ends[2], kept = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "0123456789", 10), 10);
    close(ends[1]);
    assert_true(dup2(ends[0], STDIN_FILENO) >= 0);
    close(ends[0]);
    open_raw("-", OPTIONS "s16");
    assert_int_equal(recording_read(&frames), ERR_TRUNCATED);
    assert_int_equal(frames, 2);
    assert_string_equal(recording.error, "standard input: cut short: frame 3 has 2 of 4 bytes");
    recording_close();
    assert_true(kept < 0 || dup2(kept, STDIN_FILENO) >= 0);
    close(kept);
}

static void test_nothing_is_guessed(void **state)
{
    (void)state;
    static const struct {
        const char *spec;
        int err;
        const char *line;
    } rows[] = {
        {"raw:-", ERR_ARGUMENT, "-: say how many frames a second come, like rate=8000"},
        {"raw:-,rate=8000", ERR_ARGUMENT, "-: say what a sample is, like format=s16"},
        {"raw:-,rate=8000,format=s16", ERR_ARGUMENT,
         "-: say what a frame holds, like channels=U1;U2;U3;I1;I2;I3"},
        {"raw:-,rate=8000,format=s16,channels=U1", ERR_ARGUMENT,
         "-: channel 1 (U1): say with u-full-scale= what full scale stands for"},
        {"raw:-,rate=8000,format=s12,channels=U1,u-full-scale=400", ERR_ARGUMENT,
         "-: format=s12 is none of u8, s16, s24, s32, f32, f64, or with \"be\" behind it"},
        {"raw:-,rate=-1,format=s16,channels=U1,u-full-scale=400", ERR_RANGE,
         "-: rate=-1 is not a number of frames a second up to 10000000"},
        {"raw:/nowhere/pipe,rate=1,format=s16,channels=U1,u-full-scale=400", ERR_IO,
         "/nowhere/pipe: No such file or directory"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(source_open(&recording, rows[i].spec), rows[i].err);
        assert_string_equal(recording.error, rows[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_comes_through),
        cmocka_unit_test(test_a_named_pipe),
        cmocka_unit_test(test_standard_input_and_a_frame_cut_short),
        cmocka_unit_test(test_nothing_is_guessed),
    };
    return cmocka_run_group_tests(tests, recording_setup, recording_teardown);
}
