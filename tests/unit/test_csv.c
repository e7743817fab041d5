/* CSV: headers, units, separators and times as people write them, and what a bad file is told. */
#include "unit/recording.h"

static void write_rows(const char *name, const char *header, const char *row, int count)
{
    static char text[RECORDING_SAMPLES_MAX];
    size_t n = (size_t)snprintf(text, sizeof text, "%s", header);
    for (int i = 0; i < count; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, row, i);
    }
    recording_write(name, text, n);
}

static void test_a_plain_file(void **state)
{
    (void)state;
    recording_write_text("a.csv", "t,U1,I1\n0,100.5,-1\n0.001,-100.25,2.125\n0.002,0,3e-2\n");
    recording_open("a.csv");
    assert_int_equal(recording.info.channels, 2);
    assert_string_equal(recording.info.channel[0].name, "U1");
    assert_string_equal(recording.info.channel[0].unit, "V");
    assert_string_equal(recording.info.channel[1].unit, "A");
    assert_true(recording.info.rate_hz == 1000);
    assert_int_equal(recording.info.frames, 3);
    recording_read_segment(3);
    assert_true(recording_value(0, 0) == 100.5);
    assert_true(recording_value(1, 0) == -100.25);
    assert_true(recording_value(1, 1) == 2.125);
    assert_near(recording_value(2, 1), 0.03, 0.00002);
    assert_int_equal(source_next_segment(&recording), 0);
    recording_close();
}

struct header_row {
    const char *text;
    double rate_hz, value; /* of the second row "1,2" */
    const char *name, *unit;
};

static void test_headers_units_and_separators(void **state)
{
    (void)state;
    static const struct header_row rows[] = {
        {"t,Va [V]\n0,1\n1,2\n2,3\n", 1, 2, "Va", "V"},
        {"t [ms],Ia (mA)\n0,1\n1,2\n2,3\n", 1000, 0.002, "Ia", "A"},
        {"time_us,U1/kV\n0,1\n1,2\n2,3\n", 1e6, 2000, "U1", "V"},
        {"\xef\xbb\xbf# made by hand\n\nTime_ms,MODAQ_Va_V\n0,1\n1,2\n2,3\n", 1000, 2, "MODAQ_Va_V",
         "V"},
        {"Zeit;Spannung L1 [kV]\n0,0;1\n0,001;2,5\n0,002;3\n", 1000, 2500, "Spannung L1", "V"},
        {"\"t\",\"U1\"\r\n\"0\",\"1\"\r\n\"1\",\"2\"\r\n2,3\r\n", 1, 2, "U1", "V"},
        {"Time\tChannel A\n(ms)\t(mV)\n0\t1\n1\t2,5\n2\t3\n", 1000, 0.0025, "Channel A", "V"},
        {"t,V_A\n0,1\n1,2\n2,3\n", 1, 2, "V_A", "V"},
        {"U1,t\n1,0\n2,1\n3,2\n", 1, 2, "U1", "V"},
        {"t,f [Hz]\n0,1\n1,2\n2,3\n", 1, 2, "f", "Hz"},
        {"0,1\n1,2\n2,3\n", 1, 2, "", ""},
        {"Model,MDO3024\nSerial,12\n\nNote\nt [ms],U1 [V]\n0,1\n1,2\n2,3\n", 1000, 2, "U1", "V"},
        {"Recorder X;;\nStart;1.2.2024;\nZeit;U1\nms;kV\n0;1\n1;2\n2;3\n", 1000, 2000, "U1", "V"},
        {"t,U1,\n0,1,\n1,2,\n2,3,\n", 1, 2, "U1", "V"},
        {"t,U1\n1700000000.000,1\n1700000000.001,2\n1700000000.002,3\n", 1000, 2, "U1", "V"},
        {"t,U1\n18:15:21.5,1\n18:15:22.5,2\n18:15:23.5,3\n", 1, 2, "U1", "V"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        recording_write_text("h.csv", rows[i].text);
        recording_file_count--;
        recording_open("h.csv");
        assert_string_equal(recording.info.channel[0].name, rows[i].name);
        assert_string_equal(recording.info.channel[0].unit, rows[i].unit);
        assert_true(recording.info.rate_hz == rows[i].rate_hz);
        recording_read_segment(3);
        assert_near(recording_value(1, 0), rows[i].value, rows[i].value * 1e-6);
        recording_close();
    }
    recording_write_text("h.csv", "");
}

static void test_dates(void **state)
{
    (void)state;
    static const char *const dates[] = {
        "2020-02-24 18:15:21.%03d,1\n",       "2020-02-24T18:15:21.%03dZ,1\n",
        "2020-02-24T19:15:21.%03d+01:00,1\n", "2020/02/24 18:15:21.%03d,1\n",
        "24.02.2020 18:15:21.%03d,1\n",
    };
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
        write_rows("d.csv", "Time_UTC,U1\n", dates[i], 40);
        recording_file_count--;
        recording_open("d.csv");
        assert_true(recording.info.rate_hz == 1000);
        assert_int_equal(recording.info.start_unix_us, INT64_C(1582568121000000));
        recording_read_segment(40);
        recording_close();
    }
    recording_write_text("d.csv", "");
}

static void test_the_rate_is_robust(void **state)
{
    (void)state;
    static char text[RECORDING_SAMPLES_MAX];
    size_t n = (size_t)snprintf(text, sizeof text, "t,U1\n");
    /* 50 kHz with stamps of float-like jitter, and a clock set back by 2 us on the way. */
    for (int i = 0; i < 2000; i++) {
        double t = 21.5 + i * 20.0001e-6 + (i * 7 % 5) * 1e-9 - (i >= 1000 ? 2e-6 : 0);
        n += (size_t)snprintf(text + n, sizeof text - n, "%.9f,1\n", t);
    }
    recording_write("j.csv", text, n);
    recording_open("j.csv");
    assert_int_equal(recording.info.frames, 2000);
    assert_near(recording.info.rate_hz, 50000, 50000 * 60e-6);
    recording_close();
    /* Stamps of whole milliseconds at 1200 Hz: the steps are 0 and 1 ms. */
    n = (size_t)snprintf(text, sizeof text, "t_ms,U1\n");
    for (int i = 0; i < 2000; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,1\n", i * 1000 / 1200);
    }
    recording_write("k.csv", text, n);
    recording_open("k.csv");
    assert_int_equal(recording.info.frames, 2000);
    assert_true(recording.info.rate_hz == 1200);
    recording_close();
}

static void test_gaps_and_changes_of_rate_end_segments(void **state)
{
    (void)state;
    static const struct {
        uint64_t frames;
        double rate_hz, start_s, first;
    } expected[] = {{50, 1000, 0, 0},
                    {49, 1000, 0.051, 51},
                    {2, 1000, 0.101, 101},
                    {10, 1000, 0.2, 0},
                    {40, 2000, 0.2095, 0}};
    static char text[RECORDING_SAMPLES_MAX];
    size_t n = (size_t)snprintf(text, sizeof text, "t,U1\n");
    for (int i = 0; i < 103; i++) {
        const char *row = i == 50 ? "" : i == 100 ? "%.4f,\n" : "%.4f,%d\n"; /* left out; empty */
        n += *row ? (size_t)snprintf(text + n, sizeof text - n, row, i * 1e-3, i) : 0;
    }
    for (int i = 0; i < 50; i++) {
        double t = 0.2 + (i < 10 ? i * 1e-3 : 0.009 + (i - 9) * 0.5e-3);
        n += (size_t)snprintf(text + n, sizeof text - n, "%.4f,0\n", t);
    }
    recording_write("g.csv", text, n);
    recording_open("g.csv");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        assert_int_equal(recording.info.segment, i);
        assert_int_equal(recording.info.frames, expected[i].frames);
        assert_true(recording.info.rate_hz == expected[i].rate_hz);
        assert_near(recording.info.start_s, expected[i].start_s, 1e-9);
        recording_read_segment(expected[i].frames);
        assert_near(recording_value(0, 0), expected[i].first, 1e-4);
        assert_int_equal(source_next_segment(&recording), i < 4);
    }
    recording_close();
}

static void test_rate_instead_of_a_time_column(void **state)
{
    (void)state;
    recording_write_text("r.csv", "U1,I1\n1,2\n3,4\nnan,nan\n5,6\n");
    recording_open("r.csv,rate=12800");
    assert_true(recording.info.rate_hz == 12800);
    recording_read_segment(2);
    assert_int_equal(source_next_segment(&recording), 1);
    assert_true(recording.info.start_s == 3.0 / 12800);
    recording_read_segment(1);
    assert_true(recording_value(0, 1) == 6);
    recording_close();
    recording_open("r.csv,rate=100,channels=I2;U7");
    assert_string_equal(recording.info.channel[0].name, "I2");
    assert_string_equal(recording.info.channel[1].unit, "V");
    recording_close();
}

static void test_a_last_row_cut_short(void **state)
{
    (void)state;
    uint64_t frames;
    recording_write_text("s.csv", "t,U1,I1\n0,1,2\n1,1,2\n2,1");
    recording_open("s.csv");
    assert_int_equal(recording_read(&frames), ERR_TRUNCATED);
    assert_int_equal(frames, 2);
    assert_string_equal(recording_error(), "s.csv:4: 2 of 3 columns: cut short");
    recording_close();
    recording_write_text("w.csv", "t,U1,I1\n0,1,2\n1,1,2\n2,1,3"); /* whole, without a line feed */
    recording_open("w.csv");
    recording_read_segment(3);
    recording_close();
}

static void test_a_long_path(void **state)
{
    (void)state;
    uint64_t frames;
    char name[480] = "";
    for (size_t n = 0; n + 8 < sizeof name; n += 2) {
        memcpy(name + n, "./", 3);
    }
    memcpy(name + strlen(name), "s.csv", 6);
    char path[600];
    snprintf(path, sizeof path, "%s/%s", recording_folder, name);
    assert_int_equal(source_open(&recording, path), 0);
    assert_int_equal(recording_read(&frames), ERR_TRUNCATED);
    assert_non_null(strstr(recording.error, ":4: 2 of 3 columns: cut short"));
    recording_close();
}

static void test_bad_files_name_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int err;
        const char *line;
    } rows[] = {
        {"t,U1\n0,1\n1,abc\n2,1\n", ERR_FORMAT, "x.csv:3: column 2: \"abc\" is not a number"},
        {"t,U1\n0,1\nlater,1\n2,1\n", ERR_FORMAT, "x.csv:3: column 1: \"later\" is not a time"},
        {"t,U1\n0,1\n2020-02-30 00:00:00,1\n2,1\n", ERR_FORMAT,
         "x.csv:3: column 1: \"2020-02-30 00:00:00\" is not a time"},
        {"t,U1,U2\n0,1\n1,1,1\n", ERR_FORMAT, "x.csv:2: 2 of 3 columns"},
        {"t,U1\n0,1\n1,1,1\n", ERR_FORMAT, "x.csv:3: more than 2 columns"},
        {"t,U1,U2\n0,1,\n1,1,1\n", ERR_FORMAT, "x.csv:2: column 3: \"\" is not a number"},
        {"t,U1\n0,1\n2,1\n1,1\n", ERR_FORMAT, "x.csv:4: the time goes back"},
        {"t,U1\n0,1\n0,1\n0,1\n", ERR_UNSUPPORTED,
         "x.csv: the time stamps hardly advance (more than 10 MHz)"},
        {"U1,I1\n1,2\n", ERR_ARGUMENT,
         "x.csv:1: no column is a time: name one t, or say rate=8000"},
        {"t\n1\n", ERR_FORMAT, "x.csv:1: no column but the time"},
        {"# nothing\n", ERR_TRUNCATED, "x.csv: there are no rows"},
        {"t,U1\n", ERR_TRUNCATED, "x.csv: there are no rows"},
        {";;;\n", ERR_FORMAT, "x.csv:1: nothing between the separators"},
        {"t,U1\n0,1e40\n1,1\n", ERR_RANGE,
         "x.csv: channel 1: values up to 1e+40 are beyond reason"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        recording_write_text("x.csv", rows[i].text);
        recording_file_count--;
        recording_refused("x.csv", rows[i].err, rows[i].line);
    }
    recording_write_text("x.csv", "t,U1\n0,1\n1,2\n");
    recording_refused("x.csv,rate=0", ERR_RANGE,
                      "x.csv: rate=0 is not a number of frames a second up to 10000000");
    recording_refused("x.csv,channels=U1;U2", ERR_ARGUMENT,
                      "x.csv: channels= names 2 of 1 columns");
    recording_refused("x.csv,u-full-scale=3", ERR_ARGUMENT,
                      "x.csv: u-full-scale= does not apply to this kind of source");
}

static void test_too_much_of_anything(void **state)
{
    (void)state;
    static char text[2 << 20];
    memset(text, '1', sizeof text);
    recording_write("long.csv", text, sizeof text);
    recording_refused("long.csv", ERR_RANGE, "long.csv:1: longer than 1048576 bytes");
    for (size_t i = 0; i < 1200; i += 2) {
        memcpy(text + i, "a,", 2);
    }
    recording_write("wide.csv", text, 1199);
    recording_refused("wide.csv", ERR_RANGE, "wide.csv:1: more than 512 columns");
}

static void test_what_is_no_source(void **state)
{
    (void)state;
    recording_write("binary.bin",
                    "\x7f"
                    "ELF\0\1\2",
                    7);
    recording_refused("binary.bin", ERR_UNSUPPORTED,
                      "binary.bin: neither a COMTRADE, WAV or CSV file nor a source like "
                      "\"raw:-,...\" or \"sim:grid\"");
    assert_int_equal(source_open(&recording, "/dev/null"), ERR_UNSUPPORTED);
    assert_string_equal(recording.error,
                        "/dev/null: no regular file; frames from a pipe are read with "
                        "raw:/dev/null,...");
    recording_refused("absent.csv", ERR_IO, "absent.csv: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_plain_file),
        cmocka_unit_test(test_headers_units_and_separators),
        cmocka_unit_test(test_dates),
        cmocka_unit_test(test_the_rate_is_robust),
        cmocka_unit_test(test_gaps_and_changes_of_rate_end_segments),
        cmocka_unit_test(test_rate_instead_of_a_time_column),
        cmocka_unit_test(test_a_last_row_cut_short),
        cmocka_unit_test(test_a_long_path),
        cmocka_unit_test(test_bad_files_name_line_and_column),
        cmocka_unit_test(test_too_much_of_anything),
        cmocka_unit_test(test_what_is_no_source),
    };
    return cmocka_run_group_tests(tests, recording_setup, recording_teardown);
}
