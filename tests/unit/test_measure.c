/* What `blondel measure` asks for, how it sets metrology up, and what it makes of windows. */
#include "apps/measure_circuits.h" /* before cmocka, whose macro fail() would take our name */
#include "apps/measure_print.h"
#include "apps/measure_spec.h"
#include "apps/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cmocka 1.1.5 compares float only. */
static void near_at(double a, double b, double tolerance, int line)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("line %d: %.12g is not %.12g", line, a, b);
    }
}

#define assert_near(a, b, tolerance) near_at(a, b, tolerance, __LINE__)

static char error[MEASURE_ERROR_MAX];
static struct measure_options options;
static struct measure_setup setup;
static struct source_info info;
static struct notes notes;

static const struct command measure = {.name = "measure", .options = measure_option_rows};

static int option_index(const char *name)
{
    for (int k = 0; measure_option_rows[k].name; k++) {
        if (strcmp(measure_option_rows[k].name, name) == 0) {
            return k;
        }
    }
    fail_msg("no option %s", name);
    return -1;
}

/* Options by pairs of name and value, ended by NULL. */
static int parse(const char *const *pairs)
{
    struct args args = {.command = &measure, .positional = {"file"}, .positionals = 1};
    for (; *pairs; pairs += 2) {
        args.value[option_index(pairs[0])] = pairs[1];
    }
    return measure_options_parse(&options, &args, error);
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

static void refuse(int result, const char *part)
{
    assert_int_equal(result, ERR_ARGUMENT);
    if (!strstr(error, part)) {
        fail_msg("\"%s\" does not say \"%s\"", error, part);
    }
}

static void test_options(void **state)
{
    (void)state;
    assert_int_equal(PARSE("wiring", "3P3W", "nominal", "57.7,60", "from", "0.5", "to", "2.25",
                           "ct", "100/5", "vt", "20000/100", "format", "csv", "apparent",
                           "effective", "harmonics", ""),
                     0);
    assert_int_equal(options.wiring, WIRING_3P3W);
    assert_near(options.nominal_v, 57.7, 0);
    assert_int_equal(options.nominal_mhz, 60000);
    assert_near(options.from_s, 0.5, 0);
    assert_near(options.to_s, 2.25, 0);
    assert_near(options.ct_ratio, 20, 0);
    assert_near(options.vt_ratio, 200, 0);
    assert_int_equal(options.format, FORMAT_CSV);
    assert_int_equal(options.apparent, APPARENT_EFFECTIVE);
    assert_true(options.harmonics);
    assert_int_equal(PARSE("nominal", "230"), 0);
    assert_int_equal(options.nominal_mhz, 0);
    assert_int_equal(options.wiring, CHANNELS_WIRING_ANY);
    assert_true(isinf(options.to_s));
    assert_int_equal(PARSE("nominal", ",50"), 0);
    assert_near(options.nominal_v, 0, 0);
    assert_int_equal(options.nominal_mhz, 50000);
}

static void test_option_refusals(void **state)
{
    (void)state;
    refuse(PARSE("wiring", "4p5w"), "--wiring 4p5w: must be one of");
    refuse(PARSE("nominal", "230,55"), "must be 50 or 60");
    refuse(PARSE("nominal", "230;50"), "like 230,50");
    refuse(PARSE("nominal", "-1,50"), "like 230,50");
    refuse(PARSE("from", "x"), "--from x: not a number");
    refuse(PARSE("from", "-1"), "at least 0");
    refuse(PARSE("from", "2", "to", "1"), "must lie after --from 2");
    refuse(PARSE("ct", "100A"), "100/5");
    refuse(PARSE("ct", "100/0"), "not a ratio");
    refuse(PARSE("vt", "1e999/1"), "not a ratio");
    refuse(PARSE("primary", "", "secondary", ""), "exclude each other");
    refuse(PARSE("format", "xml"), "text, json, csv");
    refuse(PARSE("u-full-scale", "0"), "above 0");
    refuse(PARSE("rate", "nan"), "not a number");
}

static void add_channel(const char *name, const char *unit, double full_scale)
{
    struct source_channel *channel = &info.channel[info.channels++];
    snprintf(channel->name, sizeof channel->name, "%s", name);
    snprintf(channel->unit, sizeof channel->unit, "%s", unit);
    channel->full_scale = full_scale;
    channel->ratio_primary = channel->ratio_secondary = 1;
}

static int start(void **state)
{
    (void)state;
    info = (struct source_info){.rate_hz = 8000};
    notes = (struct notes){.quiet = true};
    options = (struct measure_options){.wiring = CHANNELS_WIRING_ANY, .to_s = INFINITY};
    return 0;
}

static int build(void)
{
    return measure_setup_build(&setup, &info, &options, &notes, error);
}

static void add_three_phases(void)
{
    static const char *const names[] = {"I1", "I2", "I3", "U1", "U2", "U3"};
    for (int k = 0; k < 6; k++) {
        add_channel(names[k], names[k][0] == 'U' ? "V" : "A", names[k][0] == 'U' ? 500 : 20);
    }
}

static void test_setup_3p4w(void **state)
{
    (void)state;
    add_three_phases();
    add_channel("IN", "A", 1.0 / 3);
    options.invert = "I2,IN";
    assert_int_equal(build(), 0);
    assert_int_equal(setup.config.inputs, 7);
    assert_int_equal(setup.config.voltages, 3);
    assert_int_equal(setup.config.currents, 4);
    assert_int_equal(setup.config.circuits, 1);
    assert_int_equal(setup.circuit[0].elements, 3);
    assert_int_equal(setup.circuit[0].neutral, 3);
    assert_true(setup.current[1].invert);
    assert_false(setup.current[0].invert);
    assert_true(setup.voltage[0].full_scale_u == 500000000);
    /* A third of an ampere is no whole number of microamperes; the gain carries the rest. */
    const struct metrology_channel *n = &setup.current[3];
    const double amperes = (double)n->full_scale_u * 1e-6 * (1 + n->gain_ppb * 1e-9);
    assert_near(amperes * 3, 1, 2e-9);
    assert_non_null(strstr(notes.text, "I2  = channel 2 \"I2\""));
    const int32_t frame[] = {1, 2, 3, 4, 5, 6, 7};
    int32_t out[7];
    measure_setup_gather(&setup, 7, 1, frame, out);
    assert_memory_equal(out, ((int32_t[]){4, 5, 6, 1, 2, 3, 7}), sizeof out);
    options.neutral = NEUTRAL_COMPUTED;
    assert_int_equal(build(), 0);
    assert_int_equal(setup.circuit[0].neutral, CHANNEL_NONE);
}

static void test_setup_absent_current(void **state)
{
    (void)state;
    add_channel("U1", "V", 500);
    add_channel("U2", "V", 500);
    add_channel("U3", "V", 500);
    add_channel("I1", "A", 10);
    assert_int_equal(build(), 0);
    assert_true(setup.about[0].any_absent);
    assert_false(setup.about[0].current_absent[0]);
    assert_true(setup.about[0].current_absent[2]);
    assert_int_equal(setup.config.currents, 2);
    const int32_t frame[] = {1, 2, 3, 4};
    int32_t out[5];
    measure_setup_gather(&setup, 4, 1, frame, out);
    assert_memory_equal(out, ((int32_t[]){1, 2, 3, 4, 0}), sizeof out);
}

static void test_setup_refusals(void **state)
{
    (void)state;
    add_three_phases();
    options.invert = "I9";
    refuse(build(), "--invert I9");
    options.invert = NULL;
    options.neutral = NEUTRAL_MEASURED;
    refuse(build(), "there is no IN");
    options.neutral = NEUTRAL_IF_THERE;
    options.map = "U1=99";
    assert_int_equal(build(), ERR_ARGUMENT);
    options.map = NULL;
    info.channel[3].full_scale = 1e-9;
    assert_int_equal(build(), ERR_RANGE);
}

static void test_more_currents(void **state)
{
    (void)state;
    add_three_phases();
    add_channel("I4", "A", 20);
    add_channel("I5", "A", 20);
    assert_int_equal(build(), 0);
    assert_int_equal(setup.config.circuits, 3);
    assert_string_equal(setup.about[2].name, "I5");
    assert_int_equal(setup.circuit[2].elements, 1);
    assert_int_equal(setup.circuit[2].element[0].i, 4);
    options.circuits = "grid:3p4w:I1,I2,I3,N=I5 / pump : 1p2w : U3*I4";
    assert_int_equal(build(), 0);
    assert_int_equal(setup.config.circuits, 2);
    assert_int_equal(setup.circuit[0].neutral, 4);
    assert_string_equal(setup.about[1].name, "pump");
    assert_int_equal(setup.circuit[1].element[0].u, 2);
    assert_int_equal(setup.circuit[1].element[0].i, 3);
    assert_string_equal(setup.about[1].label[0], "L3");
}

static void test_circuit_refusals(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"grid", "NAME:WIRING"},
        {"a:2p2w:I1", "no wiring"},
        {"a:1p2w:I7", "there is no I7"},
        {"a:1p2w:X1", "not a current"},
        {"a:1p2w:I1,I2", "1 elements"},
        {"a:3p4w:I1,I2", "wants 3 currents"},
        {"a:1p2w:U4*I1", "no such voltage"},
        {"a:3p3w:I1,I2", "wired 3p4w"},
        {":1p2w:I1", "a name has"},
        {"a\"b:1p2w:I1", "may not be"},
        {"# nothing", "names no circuit"},
        {"@/nowhere/at all", "cannot be opened"},
    };
    add_three_phases();
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        options.circuits = wrong[k][0];
        refuse(build(), wrong[k][1]);
    }
}

static void test_sides(void **state)
{
    (void)state;
    const struct source_channel plain = {.ratio_primary = 1, .ratio_secondary = 1};
    const struct source_channel secondary = {
        .ratio_primary = 2000, .ratio_secondary = 5, .is_secondary = true};
    const struct source_channel primary = {.ratio_primary = 2000, .ratio_secondary = 5};
    assert_near(measure_side_factor(&plain, 0, SIDE_AS_FILE), 1, 0);
    assert_near(measure_side_factor(&plain, 20, SIDE_AS_FILE), 20, 0);
    assert_near(measure_side_factor(&plain, 20, SIDE_SECONDARY), 1, 0);
    assert_near(measure_side_factor(&secondary, 0, SIDE_AS_FILE), 1, 0);
    assert_near(measure_side_factor(&secondary, 0, SIDE_PRIMARY), 400, 0);
    assert_near(measure_side_factor(&secondary, 100, SIDE_PRIMARY), 100, 0);
    assert_near(measure_side_factor(&primary, 0, SIDE_AS_FILE), 1, 0);
    assert_near(measure_side_factor(&primary, 0, SIDE_SECONDARY), 1 / 400.0, 0);
    assert_near(measure_side_factor(&primary, 0, SIDE_PRIMARY), 1, 0);
}

static void test_nominal(void **state)
{
    (void)state;
    assert_near(measure_guess_nominal(228.3), 230, 0);
    assert_near(measure_guess_nominal(237), 240, 0);
    assert_near(measure_guess_nominal(59.95), 57.735, 0);
    assert_near(measure_guess_nominal(8123), 8123, 0);
}

static void test_spec(void **state)
{
    (void)state;
    char spec[MEASURE_SPEC_MAX];
    options.spec = "a.wav";
    assert_false(measure_spec_complete(&options, 4, spec, sizeof spec));
    options.u_full_scale_v = 600.5;
    options.map = "U1=4,I1=-2";
    assert_true(measure_spec_complete(&options, 4, spec, sizeof spec));
    assert_string_equal(spec, "a.wav,u-full-scale=600.5,channels=spare1 I;I1;spare3 I;U1");
    options.spec = "raw:-,u-full-scale=1,channels=U1;I1";
    options.rate_hz = 8000;
    assert_true(measure_spec_complete(&options, 2, spec, sizeof spec));
    assert_string_equal(spec, "raw:-,u-full-scale=1,channels=U1;I1,rate=8000");
    assert_false(measure_spec_complete(&options, 2, spec, 40));
}

/* ---- summary ------------------------------------------------------------------------------------
 */

static void test_means(void **state)
{
    (void)state;
    struct circuit_summary *summary = calloc(1, sizeof *summary);
    struct quantities q = {.elements = 1, .cycles = 10}, means;
    q.u[0] = 3, q.p[0] = 1, q.s[0] = 2, q.pf[0] = 0.5, q.u_angle[0] = 170, q.thd_u[0] = NAN;
    summary_add_window(summary, &q, &(struct span){0, 1, 1});
    q.u[0] = 5, q.p[0] = 4, q.s[0] = 4, q.pf[0] = 1, q.u_angle[0] = -170, q.thd_u[0] = 2;
    q.flags = FLAG_PARTIAL;
    summary_add_window(summary, &q, &(struct span){1, 6, 3}); /* half of it is seen again */
    aggregate_means(&summary->values, &means);
    assert_near(means.u[0], sqrt((9 + 75) / 4.0), 1e-12);
    assert_near(means.p[0], 13 / 4.0, 1e-12);
    assert_near(means.pf[0], 13.0 / 14, 1e-12);
    assert_near(fabs(means.u_angle[0]), 180 - 5.0376, 1e-3);
    assert_near(means.thd_u[0], 2, 1e-12);
    assert_int_equal(means.flags, FLAG_PARTIAL);
    assert_near(summary->values.cycles, 15, 1e-12);
    assert_near(summary->values.length_s, 4, 1e-12);
    for (size_t r = 0; r < quantity_row_count; r++) {
        if (strcmp(quantity_rows[r].name, "u") == 0) {
            const struct aggregate_value *mean =
                aggregate_value(&summary->values, &quantity_rows[r], 0);
            assert_near(mean->least, 3, 0);
            assert_near(mean->most, 5, 0);
            assert_near(mean->most_t_s, 1, 0);
        }
    }
    free(summary);
}

static void test_energy(void **state)
{
    (void)state;
    struct circuit_summary *summary = calloc(1, sizeof *summary);
    struct slice slice = {.elements = 1};
    const int64_t signs[4][2] = {{1, 1}, {-1, 1}, {-1, -1}, {1, -1}};
    for (int k = 0; k < 4; k++) {
        slice.total.p_uj = signs[k][0] * 3600000001;
        slice.total.q1_uj = signs[k][1] * 3600000000 * (k + 1);
        slice.total.s_uj = 7200000000;
        summary_add_slice(summary, &slice);
    }
    assert_true(summary->import.joule == 7200 && summary->import.microjoule == 2);
    assert_true(summary->export.joule == 7200 && summary->export.microjoule == 2);
    for (int k = 0; k < 4; k++) {
        assert_near(energy_wh(summary->quadrant[k]), k + 1, 1e-12);
    }
    assert_near(energy_wh(summary->apparent), 8, 1e-12);
    slice.total.p_uj = INT64_MAX; /* a sum far beyond 64 bits of microjoule */
    for (int k = 0; k < 100; k++) {
        summary_add_slice(summary, &slice);
    }
    assert_near(energy_wh(summary->import) / (100 * 9223372036854.775807 / 3600 + 2), 1, 1e-12);
    free(summary);
}

/* ---- printers -----------------------------------------------------------------------------------
 */

static char *printed(const struct printer *printer, const struct quantities *q)
{
    char *text = NULL;
    size_t size = 0;
    const struct report report = {.out = open_memstream(&text, &size), .setup = &setup};
    const struct record record = {.q = q, .t_s = 0.2, .length_s = 0.2, .segment = 1};
    printer->begin(&report);
    printer->window(&report, &record);
    fclose(report.out);
    return text;
}

static void expect_part(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        fail_msg("%s\ndoes not hold %s", text, part);
    }
}

static struct quantities sample_window(void)
{
    struct quantities q = {.elements = 3, .lines = 3, .cycles = 10, .flags = FLAG_PARTIAL};
    for (int k = 0; k < 3; k++) {
        q.u[k] = 230.0001234567;
        q.q1[k] = -0.0;
    }
    q.u0_percent = NAN;
    q.element_flags[1] = FLAG_NO_VOLTAGE;
    return q;
}

static void test_json(void **state)
{
    (void)state;
    add_three_phases();
    assert_int_equal(build(), 0);
    const struct quantities q = sample_window();
    char *text = printed(&printer_json, &q);
    expect_part(text, "{\"t\":0.2,");
    expect_part(text, "\"u\":[230.0001235,230.0001235,230.0001235]");
    expect_part(text, "\"q1\":[0,0,0]");
    expect_part(text, "\"u0_percent\":null");
    expect_part(text, "\"flags\":[\"no-voltage\",\"partial\"]");
    expect_part(text, "\"partial\":true");
    assert_null(strstr(text, "harmonics_u"));
    assert_null(strstr(text, "circuit"));
    assert_int_equal(text[strlen(text) - 2], '}');
    free(text);
}

static size_t count_commas(const char *line)
{
    size_t commas = 0;
    for (; *line && *line != '\n'; line++) {
        commas += *line == ',';
    }
    return commas;
}

static void test_csv(void **state)
{
    (void)state;
    add_three_phases();
    assert_int_equal(build(), 0);
    const struct quantities q = sample_window();
    char *text = printed(&printer_csv, &q);
    const char *line = strchr(text, '\n') + 1;
    expect_part(text, "record,circuit,t [s],");
    expect_part(text, ",u_L1 [V],u_L2 [V],u_L3 [V],");
    expect_part(line, "window,main,0.2,0.2,1,10,1,no-voltage partial,230.0001235,");
    assert_int_equal(count_commas(text), count_commas(line));
    free(text);
}

static void test_progress(void **state)
{
    (void)state;
    char line[128];
    progress_format(line, sizeof line, 2000000, 8000000, 4, 8000);
    assert_string_equal(line, "[######..................]  25 %, 0.50 M frames/s, "
                              "62 x real time, 12 s left");
    progress_format(line, sizeof line, 16000, 0, 2, 8000);
    assert_string_equal(line, "2.0 s measured, 0.01 M frames/s, 1 x real time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_option_refusals),
        cmocka_unit_test_setup(test_setup_3p4w, start),
        cmocka_unit_test_setup(test_setup_absent_current, start),
        cmocka_unit_test_setup(test_setup_refusals, start),
        cmocka_unit_test_setup(test_more_currents, start),
        cmocka_unit_test_setup(test_circuit_refusals, start),
        cmocka_unit_test(test_sides),
        cmocka_unit_test(test_nominal),
        cmocka_unit_test_setup(test_spec, start),
        cmocka_unit_test(test_means),
        cmocka_unit_test(test_energy),
        cmocka_unit_test_setup(test_json, start),
        cmocka_unit_test_setup(test_csv, start),
        cmocka_unit_test(test_progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
