/* COMTRADE: every revision and data format there and back, and what a bad file is told. */
#include "unit/recording.h"

#define LINES_1999                                                                                 \
    "1,Ua,A,bus,kV,0.01,0,0,-32767,32767,110,0.1,S\n"                                              \
    "2,Ia,A,line,A,0.5,1.25,14.5,-32767,32767,1000,5,P\n"                                          \
    "1,trip,,,0\n"
#define LINES_1991                                                                                 \
    "1,Ua,A,bus,V,0.01,0,0,-32767,32767\n"                                                         \
    "2,Ia,A,line,mA,0.5,0,0,-32767,32767\n"                                                        \
    "1,trip,0\n"
#define TIMES_1999 "12/05/2021,10:11:12.000000\n12/05/2021,10:11:12.001000\n"
#define TIMES_1991 "05/12/21,10:11:12.000000\n05/12/21,10:11:12.001000\n"
#define MAY_12     INT64_C(1620814272000000) /* 2021-05-12 10:11:12 */

#define FRAMES 4
static const int raw[FRAMES][2] = {{0, 0}, {100, -3}, {32767, 32767}, {-32767, -32767}};

static const char ascii_dat[] = "1,0,0,0,0\n2,1000,100,-3,1\n3,2000,32767,32767,0\n"
                                "4,3000,-32767,-32767,1\n";

static struct bytes bytes;

static void put_record(int index, int size, const int *values)
{
    bytes_int(&bytes, index + 1, 4);
    bytes_int(&bytes, index * 1000, 4);
    bytes_int(&bytes, values[0], size);
    bytes_int(&bytes, values[1], size);
    bytes_int(&bytes, 1, 2);
}

static void put_records(int size)
{
    bytes.size = 0;
    for (int i = 0; i < FRAMES; i++) {
        put_record(i, size, raw[i]);
    }
}

static void write_cfg(const char *name, const char *revision, const char *rates, const char *format,
                      const char *tail)
{
    char text[4096];
    snprintf(text, sizeof text, "st,dev%s\n3,2A,1D\n%s50\n%s%s%s\n%s", revision,
             *revision ? LINES_1999 : LINES_1991, rates, *revision ? TIMES_1999 : TIMES_1991,
             format, tail);
    recording_write_text(name, text);
}

static void assert_1999_channels(void)
{
    const struct source_info *info = &recording.info;
    assert_int_equal(info->channels, 2);
    assert_string_equal(info->channel[0].name, "Ua");
    assert_string_equal(info->channel[0].unit, "V");
    assert_string_equal(info->channel[0].phase, "A");
    assert_true(info->channel[0].is_secondary);
    assert_true(info->channel[0].ratio_primary == 110 && info->channel[0].ratio_secondary == 0.1);
    assert_false(info->channel[1].is_secondary);
    assert_true(info->channel[1].skew_s == 14.5e-6);
    assert_true(info->nominal_hz == 50);
    assert_int_equal(info->start_unix_us, MAY_12);
}

/* Exact up to the one rounding of a * x, because scaling only shifts. */
static void assert_1999_values(void)
{
    for (uint64_t i = 0; i < FRAMES; i++) {
        assert_true(recording_value(i, 0) == raw[i][0] * (0.01 * 1000));
        assert_true(recording_value(i, 1) == raw[i][1] * 0.5 + 1.25);
    }
}

static void assert_round_trip(const char *spec)
{
    recording_open(spec);
    assert_1999_channels();
    assert_true(recording.info.rate_hz == 1000);
    assert_int_equal(recording.info.frames, FRAMES);
    recording_read_segment(FRAMES);
    assert_1999_values();
    assert_int_equal(source_next_segment(&recording), 0);
    recording_close();
}

static void test_every_format_comes_through_exactly(void **state)
{
    (void)state;
    const char *rates = "1\n1000,4\n";
    write_cfg("a.cfg", ",1999", rates, "ASCII", "1\n");
    recording_write_text("a.dat", ascii_dat);
    assert_round_trip("a.cfg");
    put_records(2);
    write_cfg("b.cfg", ",1999", rates, "BINARY", "1\n");
    recording_write("b.dat", bytes.at, bytes.size);
    assert_round_trip("b.dat");
    put_records(4);
    write_cfg("c.CFG", ",2013", rates, "binary32", "1\n0,0\n0,0\n");
    recording_write("c.DAT", bytes.at, bytes.size);
    assert_round_trip("c");
    assert_round_trip("c.DAT");
    bytes.size = 0;
    for (int i = 0; i < FRAMES; i++) {
        bytes_int(&bytes, i + 1, 4);
        bytes_int(&bytes, i * 1000, 4);
        bytes_float(&bytes, (float)raw[i][0]);
        bytes_float(&bytes, (float)raw[i][1]);
        bytes_int(&bytes, 0, 2);
    }
    write_cfg("d.cfg", ",2013", rates, "FLOAT32", "1\n0,0\n0,0\n");
    recording_write("d.dat", bytes.at, bytes.size);
    assert_round_trip("d");
}

static void test_large_integers_keep_24_bits(void **state)
{
    (void)state;
    static const int large[2] = {8388606, -8388606};
    bytes.size = 0;
    put_record(0, 4, large);
    recording_write("l.dat", bytes.at, bytes.size);
    recording_write_text("l.cfg", "s,d,2013\n3,2A,1D\n1,U1,,,V,1,0,0,0,0,1,1,P\n"
                                  "2,I1,,,A,-2,0,0,0,0,1,1,P\n1,x,,,0\n50\n1\n1000,1\n" TIMES_1999
                                  "BINARY32\n1\n");
    recording_open("l");
    recording_read_segment(1);
    assert_true(recording_value(0, 0) == 8388606);
    assert_true(recording_value(0, 1) == 2 * 8388606); /* a negative multiplier turns the sign */
    recording_close();
}

static void test_1991_has_its_own_lines_dates_and_missing_marks(void **state)
{
    (void)state;
    write_cfg("e.cfg", "", "1\n1000,3\n", "ASCII", "");
    recording_write_text("e.dat", "1,0,100,99999,0\r\n2,1000,-100,7,0\r\n3,2000,5,7,0\r\n\x1a");
    recording_open("e");
    assert_int_equal(recording.info.start_unix_us, MAY_12);
    assert_string_equal(recording.info.channel[1].unit, "A");
    assert_true(recording.info.channel[0].ratio_primary == 1);
    recording_read_segment(3);
    assert_int_equal(recording_data[1], -8388608);
    assert_true(recording_value(0, 0) == 1);
    assert_true(recording_value(1, 1) == 7 * (0.5 * 1e-3));
    recording_close();
}

static void test_missing_binary_values_clip_and_empty_records_are_gaps(void **state)
{
    (void)state;
    static const int values[6][2] = {{1, 2},           {-32768, 3}, {-32768, -32768},
                                     {-32768, -32768}, {4, 5},      {6, 7}};
    bytes.size = 0;
    for (int i = 0; i < 6; i++) {
        put_record(i, 2, values[i]);
    }
    write_cfg("g.cfg", ",1999", "1\n1000,6\n", "BINARY", "1\n");
    recording_write("g.dat", bytes.at, bytes.size);
    recording_open("g");
    recording_read_segment(2);
    assert_int_equal(recording_data[2], -8388608);
    assert_int_equal(source_next_segment(&recording), 1);
    assert_true(recording.info.start_s == 0.004);
    recording_read_segment(2);
    assert_true(recording_value(0, 0) == 4 * (0.01 * 1000));
    assert_int_equal(source_next_segment(&recording), 0);
    recording_close();
}

static void test_each_rate_is_a_segment(void **state)
{
    (void)state;
    put_records(2);
    write_cfg("r.cfg", ",1999", "2\n1000,1\n500,4\n", "BINARY", "1\n");
    recording_write("r.dat", bytes.at, bytes.size);
    recording_open("r");
    assert_int_equal(recording.info.frames, 1);
    /* An unread segment is passed over. */
    assert_int_equal(source_next_segment(&recording), 1);
    assert_int_equal(recording.info.segment, 1);
    assert_int_equal(recording.info.frames, 3);
    assert_true(recording.info.rate_hz == 500);
    assert_true(recording.info.start_s == 0.001);
    recording_read_segment(3);
    assert_true(recording_value(0, 0) == raw[1][0] * (0.01 * 1000));
    recording_close();
}

static void write_stamped(const char *name, const char *tail, const int *stamps, int count)
{
    char text[8192], rates[32], file[32];
    size_t n = 0;
    for (int i = 0; i < count; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%d,%d,%d,0,0\n", i + 1, stamps[i], i);
    }
    snprintf(rates, sizeof rates, "0\n0,%d\n", count);
    snprintf(file, sizeof file, "%s.cfg", name);
    write_cfg(file, ",1999", rates, "ASCII", tail);
    snprintf(file, sizeof file, "%s.dat", name);
    recording_write(file, text, n);
}

static void test_time_stamps_give_rate_gaps_and_changes(void **state)
{
    (void)state;
    int stamps[200];
    for (int i = 0; i < 200; i++) {
        int at = i < 60 ? i : i + 5;                                         /* five are missing */
        stamps[i] = i < 120 ? at * 250 / 3 : 125 * 250 / 3 + (i - 120) * 50; /* 12 kHz, 20 kHz */
    }
    write_stamped("s", "2\n", stamps, 200); /* ticks of 2 us: 6 kHz, then 10 kHz */
    recording_open("s");
    assert_true(recording.info.rate_hz == 6000);
    recording_read_segment(60);
    assert_int_equal(source_next_segment(&recording), 1);
    assert_true(recording.info.rate_hz == 6000);
    assert_near(recording.info.start_s, 65.0 / 6000, 3e-6);
    recording_read_segment(61); /* the step to the new rate's first frame is one of the old */
    assert_int_equal(source_next_segment(&recording), 1);
    assert_true(recording.info.rate_hz == 10000);
    recording_read_segment(79);
    assert_true(recording_value(0, 0) == 121 * (0.01 * 1000));
    assert_int_equal(source_next_segment(&recording), 0);
    recording_close();
}

static void test_bad_time_stamps(void **state)
{
    (void)state;
    static const int back[] = {0, 1000, 2000, 1500}, still[] = {5, 5, 5, 5};
    write_stamped("sb", "1\n", back, 4);
    recording_refused("sb", ERR_FORMAT, "sb.dat: record 4: the time goes back");
    write_stamped("ss", "0.001\n", still, 4);
    recording_refused("ss", ERR_UNSUPPORTED,
                      "ss.dat: record 5: the time stamps hardly advance (more than 10 MHz)");
}

static void test_2013_counts_nanoseconds_and_knows_utc(void **state)
{
    (void)state;
    recording_write_text("n.cfg", "s,d,2013\n1,1A,0D\n1,U1,,,V,1,0,0,0,0,1,1,P\n60\n0\n0,3\n"
                                  "12/05/2021,10:11:12.000000000\n12/05/2021,10:11:12.0\nASCII\n"
                                  "1\n+5h30,x\n0,0\n");
    recording_write_text("n.dat", "1,0,1\n2,100000,2\n3,200000,3\n");
    recording_open("n");
    assert_true(recording.info.rate_hz == 10000);
    assert_int_equal(recording.info.start_unix_us, MAY_12 - INT64_C(19800000000));
    recording_close();
}

static void test_cff_has_all_in_one(void **state)
{
    (void)state;
    const char *head = "--- file type: CFG ---\r\ns,d,2013\r\n3,2A,1D\r\n" LINES_1999
                       "50\r\n1\r\n1000,4\r\n" TIMES_1999;
    bytes.size = 0;
    bytes_text(&bytes, head);
    bytes_text(&bytes, "ASCII\n1\n--- file type: INF ---\n\n--- file type: HDR ---\nnotes\n"
                       "--- file type: DAT ASCII ---\n");
    bytes_text(&bytes, ascii_dat);
    recording_write("h.cff", bytes.at, bytes.size);
    assert_round_trip("h.cff");

    put_records(2);
    static struct bytes cff;
    cff.size = 0;
    bytes_text(&cff, head);
    bytes_text(&cff, "BINARY\n1\n--- file type: DAT BINARY: 56 ---\n");
    bytes_add(&cff, bytes.at, bytes.size);
    bytes_text(&cff, "trailing bytes that are no data");
    recording_write("i.CFF", cff.at, cff.size);
    assert_round_trip("i.CFF");
    assert_round_trip("i");

    recording_write_text("j.cff", "--- file type: CFG ---\nnothing more\n");
    recording_refused("j.cff", ERR_TRUNCATED, "j.cff:3: ends before the DAT section");
    recording_write_text("k.cff", "--- file type: DAT ASCII ---\n1,1,1\n");
    recording_refused("k.cff", ERR_FORMAT, "k.cff: no CFG section before the data");
}

static void test_names_become_utf8(void **state)
{
    (void)state;
    recording_write_text("u.cfg", "s,d,1999\n3,3A,0D\n"
                                  "1,\xb5\xe7\xd1\xb9 Ua,A,,V,1,0,0,0,0,1,1,P\n" /* GBK */
                                  "2,Spannung \xfc,B,,V,1,0,0,0,0,1,1,P\n"       /* Latin-1 */
                                  "3,\xe7\x94\xb5\xe5\x8e\x8b Uc,C,,V,1,0,0,0,0,1,1,P\n" /* UTF-8 */
                                  "50\n1\n1000,1\n" TIMES_1999 "ASCII\n1\n");
    recording_write_text("u.dat", "1,0,1,2,3\n");
    recording_open("u.cfg");
    assert_string_equal(recording.info.channel[0].name, "\xe7\x94\xb5\xe5\x8e\x8b Ua");
    assert_string_equal(recording.info.channel[1].name, "Spannung \xc3\xbc");
    assert_string_equal(recording.info.channel[2].name, "\xe7\x94\xb5\xe5\x8e\x8b Uc");
    recording_close();
}

static void assert_cut(const char *spec, uint64_t expected, const char *line)
{
    uint64_t frames;
    recording_open(spec);
    assert_int_equal(recording.info.frames, expected);
    assert_int_equal(recording_read(&frames), ERR_TRUNCATED);
    assert_int_equal(frames, expected);
    assert_string_equal(recording_error(), line);
    recording_close();
}

static void test_files_cut_short_give_what_is_there(void **state)
{
    (void)state;
    put_records(2);
    write_cfg("t.cfg", ",1999", "1\n1000,4\n", "BINARY", "1\n");
    recording_write("t.dat", bytes.at, bytes.size - 1);
    assert_cut("t", 3, "t.dat: cut short: 3 of 4 records are there");
    write_cfg("v.cfg", ",1999", "1\n1000,4\n", "ASCII", "1\n");
    recording_write("v.dat", ascii_dat, 35);
    assert_cut("v", 2, "v.dat: cut short: 2 of 4 records are there");
    write_cfg("w.cfg", ",1999", "1\n1000,999999999999\n", "BINARY", "1\n");
    recording_write("w.dat", bytes.at, bytes.size);
    assert_cut("w", 4, "w.dat: cut short: 4 of 999999999999 records are there");
    write_cfg("z.cfg", ",1999", "1\n1000,4\n", "BINARY", "1\n");
    recording_write("z.dat", "", 0);
    recording_refused("z.cfg", ERR_TRUNCATED, "z.dat: cut short: none of 4 records is there");
    write_cfg("y.cfg", ",1999", "1\n1000,4\n", "BINARY", "1\n");
    recording_refused("y.cfg", ERR_IO, "y.dat: No such file or directory");
}

static void test_bad_data_names_line_and_column(void **state)
{
    (void)state;
    write_cfg("p.cfg", ",1999", "1\n1000,2\n", "ASCII", "1\n");
    recording_write_text("p.dat", "1,0,5,6,0\n2,1000,5,six,0\n");
    recording_refused("p", ERR_FORMAT, "p.dat:2: column 4: \"six\" is not a number");
    write_cfg("q.cfg", ",1999", "1\n1000,2\n", "ASCII", "1\n");
    recording_write_text("q.dat", "1,0,5\n2,1000,5,6,0\n");
    recording_refused("q", ERR_FORMAT, "q.dat:1: 3 of 4 columns");
}

#define HEAD "s,d,1999\n3,2A,1D\n"
#define TAIL TIMES_1999 "ASCII\n1\n"

static void test_lying_configurations_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int err;
        const char *line;
    } rows[] = {
        {"", ERR_TRUNCATED, "x.cfg:1: ends before the station"},
        {"s,d,1812\n", ERR_FORMAT, "x.cfg:1: not a year of the standard: \"1812\""},
        {"s,d,1999\n", ERR_TRUNCATED, "x.cfg:2: ends before the number of channels"},
        {"s,d,1999\n4,2A,1D\n", ERR_FORMAT,
         "x.cfg:2: not a number of channels like \"7,6A,1D\": \"4,2A,1D\""},
        {"s,d,1999\n3,2A\n", ERR_FORMAT,
         "x.cfg:2: not a number of channels like \"7,6A,1D\": \"3,2A\""},
        {"s,d,1999\n1,0A,1D\n", ERR_RANGE,
         "x.cfg:2: 1 to 512 analogue and up to 65535 digital can be: \"1,0A,1D\""},
        {"s,d,1999\n999999,999999A,0D\n", ERR_RANGE,
         "x.cfg:2: 1 to 512 analogue and up to 65535 digital can be: \"999999,999999A,0D\""},
        {HEAD "1,Ua,A,,V\n", ERR_FORMAT, "x.cfg:3: channel 1: 5 fields; at least 10 belong there"},
        {HEAD "1,Ua,A,,V,abc,0,0,0,0,1,1,P\n", ERR_FORMAT,
         "x.cfg:3: channel 1: \"abc\" is not a number"},
        {HEAD "1,Ua,A,,V,,0,0,0,0,1,1,P\n", ERR_FORMAT, "x.cfg:3: channel 1: \"\" is not a number"},
        {HEAD "1,Ua,A,,V,1,0,0,0,0,1,1,P\n2,Ub,B,,V,1,0,0,0,0,nan,1,P\n", ERR_FORMAT,
         "x.cfg:4: channel 2: \"nan\" is not a number"},
        {HEAD "1,Ua,A,,V,1,0,0,0,0,1,1,P\n", ERR_TRUNCATED,
         "x.cfg:4: ends before the last analogue channel"},
        {HEAD LINES_1999 "fifty\n", ERR_FORMAT, "x.cfg:6: not a line frequency: \"fifty\""},
        {HEAD LINES_1999 "50\n-1\n", ERR_FORMAT, "x.cfg:7: not a number of sampling rates: \"-1\""},
        {HEAD LINES_1999 "50\n999999999\n", ERR_FORMAT,
         "x.cfg:7: not a number of sampling rates: \"999999999\""},
        {HEAD LINES_1999 "50\n1\n1000\n", ERR_FORMAT,
         "x.cfg:8: not a rate and its last sample: \"1000\""},
        {HEAD LINES_1999 "50\n1\n-1000,4\n", ERR_RANGE,
         "x.cfg:8: a rate or a last sample that cannot be: \"-1000,4\""},
        {HEAD LINES_1999 "50\n2\n1000,4\n500,4\n", ERR_RANGE,
         "x.cfg:9: a rate or a last sample that cannot be: \"500,4\""},
        {HEAD LINES_1999 "50\n1\n1000,4\n" TIMES_1999 "PDF\n", ERR_UNSUPPORTED,
         "x.cfg:11: neither ASCII, BINARY, BINARY32 nor FLOAT32: \"PDF\""},
        {HEAD LINES_1999 "50\n1\n1000,4\n" TIMES_1999 "ASCII\n-2\n", ERR_FORMAT,
         "x.cfg:12: not a factor for the time stamps: \"-2\""},
        {HEAD
         "1,Ua,A,,V,1e300,0,0,0,0,1,1,P\n2,Ub,B,,V,1,0,0,0,0,1,1,P\n1,d,,,0\n50\n1\n1000,4\n" TAIL,
         ERR_RANGE, "x.cfg: channel 1: 1e+300 times values up to 32767 cannot be"},
    };
    recording_write_text("x.dat", ascii_dat);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        recording_write_text("x.cfg", rows[i].text);
        recording_file_count--; /* one name, written again and again */
        recording_refused("x.dat", rows[i].err, rows[i].line);
    }
    recording_write_text("x.cfg", "");
}

static void test_control_characters_do_not_reach_a_terminal(void **state)
{
    (void)state;
    recording_write_text("o.cfg", "s,d,\x1b[31m\n");
    recording_write_text("o.dat", "");
    recording_refused("o.cfg", ERR_FORMAT, "o.cfg:1: not a year of the standard: \"?[31m\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_comes_through_exactly),
        cmocka_unit_test(test_large_integers_keep_24_bits),
        cmocka_unit_test(test_1991_has_its_own_lines_dates_and_missing_marks),
        cmocka_unit_test(test_missing_binary_values_clip_and_empty_records_are_gaps),
        cmocka_unit_test(test_each_rate_is_a_segment),
        cmocka_unit_test(test_time_stamps_give_rate_gaps_and_changes),
        cmocka_unit_test(test_bad_time_stamps),
        cmocka_unit_test(test_2013_counts_nanoseconds_and_knows_utc),
        cmocka_unit_test(test_cff_has_all_in_one),
        cmocka_unit_test(test_names_become_utf8),
        cmocka_unit_test(test_files_cut_short_give_what_is_there),
        cmocka_unit_test(test_bad_data_names_line_and_column),
        cmocka_unit_test(test_lying_configurations_are_refused),
        cmocka_unit_test(test_control_characters_do_not_reach_a_terminal),
    };
    return cmocka_run_group_tests(tests, recording_setup, recording_teardown);
}
