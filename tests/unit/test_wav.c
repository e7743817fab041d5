/* WAV: every sample format there and back, odd chunks, and what a bad file is told. */
#include "unit/recording.h"

#define OPTIONS ",channels=U1;I1,u-full-scale=400,i-full-scale=50"

static struct bytes bytes;

struct fmt {
    int tag, channels, bits, block;
    int64_t rate;
};

static void put_fmt(const struct fmt *fmt)
{
    bytes_text(&bytes, "fmt ");
    bytes_int(&bytes, 16, 4);
    bytes_int(&bytes, fmt->tag, 2);
    bytes_int(&bytes, fmt->channels, 2);
    bytes_int(&bytes, fmt->rate, 4);
    bytes_int(&bytes, fmt->rate * fmt->block, 4);
    bytes_int(&bytes, fmt->block, 2);
    bytes_int(&bytes, fmt->bits, 2);
}

static void begin(const char *riff)
{
    bytes.size = 0;
    bytes_text(&bytes, riff);
    bytes_int(&bytes, 0, 4);
    bytes_text(&bytes, "WAVE");
}

static void begin_data(int64_t size)
{
    bytes_text(&bytes, "data");
    bytes_int(&bytes, size, 4);
}

static void write_ints(const char *name, int bits, const int64_t *values, int count)
{
    struct fmt fmt = {1, 2, bits, bits / 4, 8000};
    begin("RIFF");
    put_fmt(&fmt);
    begin_data(count * bits / 8);
    for (int i = 0; i < count; i++) {
        bytes_int(&bytes, values[i], bits / 8);
    }
    recording_write(name, bytes.at, bytes.size);
}

static void assert_samples(const char *spec, const int32_t *expected, int count)
{
    recording_open(spec);
    assert_int_equal(recording.info.channels, 2);
    assert_true(recording.info.rate_hz == 8000);
    assert_int_equal(recording.info.frames, count / 2);
    assert_true(recording.info.channel[0].full_scale == 400);
    assert_true(recording.info.channel[1].full_scale == 50);
    assert_string_equal(recording.info.channel[1].unit, "A");
    recording_read_segment((uint64_t)count / 2);
    for (int i = 0; i < count; i++) {
        assert_int_equal(recording_data[i], expected[i]);
    }
    assert_int_equal(source_next_segment(&recording), 0);
    recording_close();
}

static void test_integers_come_through_exactly(void **state)
{
    (void)state;
    static const int64_t u8[] = {0, 255, 128, 129}, s16[] = {-32768, 32767, 1, -2};
    static const int64_t s24[] = {-8388608, 8388607, 1, -2};
    static const int64_t s32[] = {INT32_MIN, INT32_MAX, 128, 127};
    static const int32_t from_u8[] = {-8388608, 127 * 65536, 0, 65536};
    static const int32_t from_s16[] = {-8388608, 32767 * 256, 256, -512};
    static const int32_t from_s24[] = {-8388608, 8388607, 1, -2},
                         from_s32[] = {-8388608, 8388607, 1, 0};
    write_ints("u8.wav", 8, u8, 4);
    assert_samples("u8.wav" OPTIONS, from_u8, 4);
    write_ints("s16.wav", 16, s16, 4);
    assert_samples("s16.wav" OPTIONS, from_s16, 4);
    write_ints("s24.wav", 24, s24, 4);
    assert_samples("s24.wav" OPTIONS, from_s24, 4);
    write_ints("s32.wav", 32, s32, 4);
    assert_samples("s32.wav" OPTIONS, from_s32, 4);
}

static void put_double(double value)
{
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    bytes_int(&bytes, (int64_t)word, 8);
}

static void test_floats_come_through_exactly_and_clip(void **state)
{
    (void)state;
    static const double values[] = {0.5, -0.25, 1.5, -1.5, 1.0 / 8388608, 0.0};
    static const int32_t expected[] = {4194304, -2097152, 8388607, -8388608, 1, 0};
    struct fmt f32 = {3, 2, 32, 8, 8000}, f64 = {3, 2, 64, 16, 8000};
    begin("RIFF");
    put_fmt(&f32);
    begin_data(24);
    for (int i = 0; i < 6; i++) {
        bytes_float(&bytes, (float)values[i]);
    }
    recording_write("f32.wav", bytes.at, bytes.size);
    assert_samples("f32.wav" OPTIONS, expected, 6);
    begin("RIFF");
    put_fmt(&f64);
    begin_data(48);
    for (int i = 0; i < 6; i++) {
        put_double(values[i]);
    }
    recording_write("f64.wav", bytes.at, bytes.size);
    assert_samples("f64.wav" OPTIONS, expected, 6);
}

static void test_chunks_of_others_are_passed_over(void **state)
{
    (void)state;
    static const int32_t expected[] = {256, 512};
    struct fmt fmt = {1, 2, 16, 4, 8000};
    begin("RIFF");
    bytes_text(&bytes, "LIST");
    bytes_int(&bytes, 3, 4);
    bytes_text(&bytes, "abc"); /* an odd size has a byte of padding */
    bytes_int(&bytes, 0, 1);
    put_fmt(&fmt);
    bytes_text(&bytes, "fact");
    bytes_int(&bytes, 4, 4);
    bytes_int(&bytes, 1, 4);
    begin_data(4);
    bytes_int(&bytes, 1, 2);
    bytes_int(&bytes, 2, 2);
    bytes_text(&bytes, "id3 and more behind the data");
    recording_write("list.wav", bytes.at, bytes.size);
    assert_samples("list.wav" OPTIONS, expected, 2);
}

static void put_extensible(int sub_format)
{
    static const uint8_t tail[] = {0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71};
    struct fmt fmt = {0xfffe, 2, 32, 8, 8000};
    put_fmt(&fmt);
    bytes.at[bytes.size - 20] = 40;
    bytes_int(&bytes, 22, 2);
    bytes_int(&bytes, 24, 2);
    bytes_int(&bytes, 3, 4);
    bytes_int(&bytes, sub_format, 2);
    bytes_add(&bytes, tail, sizeof tail);
}

static void test_extensible_and_rf64(void **state)
{
    (void)state;
    static const int32_t expected[] = {5, -6};
    begin("RF64");
    bytes_text(&bytes, "ds64");
    bytes_int(&bytes, 28, 4);
    bytes_int(&bytes, 0, 8);
    bytes_int(&bytes, 8, 8);
    bytes_int(&bytes, 1, 8);
    bytes_int(&bytes, 0, 4);
    put_extensible(1);
    begin_data(0xffffffff);
    bytes_int(&bytes, 5 * 256, 4);
    bytes_int(&bytes, -6 * 256, 4);
    bytes_text(&bytes, "LIST....");
    recording_write("rf64.wav", bytes.at, bytes.size);
    assert_samples("rf64.wav" OPTIONS, expected, 2);
}

static void test_a_file_cut_short_gives_what_is_there(void **state)
{
    (void)state;
    struct fmt fmt = {1, 2, 16, 4, 8000};
    uint64_t frames;
    begin("RIFF");
    put_fmt(&fmt);
    begin_data(4000);
    bytes_text(&bytes, "0123456789");
    recording_write("cut.wav", bytes.at, bytes.size);
    recording_open("cut.wav" OPTIONS);
    assert_int_equal(recording.info.frames, 2);
    assert_int_equal(recording_read(&frames), ERR_TRUNCATED);
    assert_int_equal(frames, 2);
    assert_string_equal(recording_error(), "cut.wav: cut short: 2 of 1000 frames are there");
    recording_close();
}

static void refuse_fmt(const char *name, struct fmt fmt, int err, const char *line)
{
    char spec[128];
    begin("RIFF");
    put_fmt(&fmt);
    begin_data(8);
    bytes_text(&bytes, "01234567");
    recording_write(name, bytes.at, bytes.size);
    snprintf(spec, sizeof spec, "%s%s", name, OPTIONS);
    recording_refused(spec, err, line);
}

static void test_bad_headers_are_refused(void **state)
{
    (void)state;
    refuse_fmt("b1.wav", (struct fmt){1, 0, 16, 0, 8000}, ERR_RANGE,
               "b1.wav: 0 channels; 1 to 512 can be");
    refuse_fmt("b2.wav", (struct fmt){1, 600, 16, 1200, 8000}, ERR_RANGE,
               "b2.wav: 600 channels; 1 to 512 can be");
    refuse_fmt(
        "b3.wav", (struct fmt){1, 2, 12, 3, 8000}, ERR_UNSUPPORTED,
        "b3.wav: 12 bits of format 1 are neither PCM of 8, 16, 24 or 32 bits nor float of 32 "
        "or 64");
    refuse_fmt("b4.wav", (struct fmt){1, 2, 16, 5, 8000}, ERR_FORMAT,
               "b4.wav: frames of 5 bytes cannot hold 2 x 16 bits");
    refuse_fmt("b5.wav", (struct fmt){1, 2, 16, 4, 0}, ERR_RANGE, "b5.wav: a rate of 0 Hz");
    refuse_fmt("b6.wav", (struct fmt){1, 3, 16, 6, 8000}, ERR_ARGUMENT,
               "b6.wav: 3 channels, but channels= names 2");
    begin("RIFF");
    begin_data(4);
    recording_write("b7.wav", bytes.at, bytes.size);
    recording_refused("b7.wav", ERR_FORMAT, "b7.wav: no fmt chunk before the data");
    begin("RIFF");
    recording_write("b8.wav", bytes.at, bytes.size);
    recording_refused("b8.wav", ERR_TRUNCATED, "b8.wav: there is no data chunk");
}

static void test_options_are_needed_and_checked(void **state)
{
    (void)state;
    static const int64_t values[] = {1, 2, 3, 4};
    static const struct {
        const char *options;
        int err;
        const char *line;
    } rows[] = {
        {"", ERR_ARGUMENT, "o.wav: 2 channels: name them like channels=U1;U2;I1;I2"},
        {",channels=U1;I1", ERR_ARGUMENT,
         "o.wav: channel 1 (U1): say with u-full-scale= what full scale stands for"},
        {",channels=U1;I1,u-full-scale=400", ERR_ARGUMENT,
         "o.wav: channel 2 (I1): say with i-full-scale= what full scale stands for"},
        {",channels=left;right", ERR_ARGUMENT,
         "o.wav: channel 1 (left): its name must tell voltage from current (U1, I1, ...)"},
        {",channels=U1;U2,u-full-scale=1;2;3", ERR_ARGUMENT,
         "o.wav: u-full-scale= has 3 values for 2 channels"},
        {",channels=U1;I1,u-full-scale=-4", ERR_RANGE,
         "o.wav: u-full-scale=: \"-4\" is not a value above 0"},
        {",channels=U1;;I1", ERR_ARGUMENT, "o.wav: channels=: name 2 is empty"},
        {",gain=3", ERR_ARGUMENT,
         "o.wav: \"gain=3\" is no option; there are rate=, format=, channels=, u-full-scale=, "
         "i-full-scale="},
        {",rate=8000", ERR_ARGUMENT, "o.wav: rate= does not apply to this kind of source"},
        {",channels=U1;I1,channels=U1;I1", ERR_ARGUMENT, "o.wav: channels= is given twice"},
    };
    write_ints("o.wav", 16, values, 4);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char spec[256];
        snprintf(spec, sizeof spec, "o.wav%s", rows[i].options);
        recording_refused(spec, rows[i].err, rows[i].line);
    }
    recording_open("o.wav,channels=U1;U2,u-full-scale=230;400");
    assert_true(recording.info.channel[0].full_scale == 230);
    assert_true(recording.info.channel[1].full_scale == 400);
    recording_close();
}

static void test_a_name_with_commas_opens(void **state)
{
    (void)state;
    static const int64_t values[] = {1, 2, 3, 4};
    write_ints("a,rate=1,b.wav", 16, values, 4);
    recording_refused("a,rate=1,b.wav", ERR_ARGUMENT,
                      "a,rate=1,b.wav: 2 channels: name them like channels=U1;U2;I1;I2");
    write_ints("a,b.wav", 16, values, 4);
    recording_open("a,b.wav" OPTIONS);
    recording_read_segment(2);
    recording_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers_come_through_exactly),
        cmocka_unit_test(test_floats_come_through_exactly_and_clip),
        cmocka_unit_test(test_chunks_of_others_are_passed_over),
        cmocka_unit_test(test_extensible_and_rf64),
        cmocka_unit_test(test_a_file_cut_short_gives_what_is_there),
        cmocka_unit_test(test_bad_headers_are_refused),
        cmocka_unit_test(test_options_are_needed_and_checked),
        cmocka_unit_test(test_a_name_with_commas_opens),
    };
    return cmocka_run_group_tests(tests, recording_setup, recording_teardown);
}
