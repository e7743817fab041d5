#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "meter/meter.h"

#define WH INT64_C(3600000000) /* uJ */

struct bench {
    struct meter meter;
    struct meter_circuit memory[2];
    struct meter_circuit_config circuit[2];
};

static void start(struct bench *bench, uint8_t elements, enum energy_sum sum, uint8_t digits)
{
    uint8_t lines = elements == 3 ? 3 : 0;
    bench->circuit[0] = (struct meter_circuit_config){"grid", elements, elements, lines};
    bench->circuit[1] = (struct meter_circuit_config){"aux", 1, 1, 0};
    const struct meter_config config = {
        .sum = sum,
        .digits = digits,
        .circuits = 2,
        .circuit = bench->circuit,
        .memory = bench->memory,
    };
    memset(bench->memory, 0xA5, sizeof bench->memory);
    assert_int_equal(meter_init(&bench->meter, &config), ERR_NONE);
}

static struct slice_energy energy(int64_t p_uj, int64_t q1_uj, uint64_t s_uj)
{
    return (struct slice_energy){p_uj, q1_uj, s_uj};
}

static void apply(struct bench *bench, uint16_t circuit, const struct slice_energy *element,
                  uint8_t elements)
{
    struct slice slice = {.circuit = circuit, .elements = elements};
    for (unsigned e = 0; e < elements; e++) {
        slice.element[e] = element[e];
        slice.total.p_uj += element[e].p_uj;
        slice.total.q1_uj += element[e].q1_uj;
        slice.total.s_uj += element[e].s_uj;
    }
    assert_int_equal(meter_apply_slice(&bench->meter, &slice), ERR_NONE);
}

static int64_t read_integer(const struct bench *bench, unsigned circuit, const char *name)
{
    struct meter_value value;
    assert_int_equal(meter_read_name(&bench->meter, circuit, name, &value), ERR_NONE);
    assert_int_equal(value.type, METER_INTEGER);
    return value.integer;
}

static uint64_t active_pulses(const struct bench *bench)
{
    return bench->memory[0].active.count;
}

/* 1000 imp/kWh of 1 Wh each, in slices that are no part of a pulse: the rests make up the last. */
static void test_pulses_follow_the_constant_and_lose_nothing(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 1, ENERGY_SUM_PHASES, 6);
    bench.memory[0].active.constant = 1000;
    bench.memory[0].reactive.constant = 3;
    const struct slice_energy third = energy(WH / 3, -WH / 3, 0);
    for (int k = 0; k < 3000; k++)
        apply(&bench, 0, &third, 1);
    assert_int_equal(active_pulses(&bench), 1000);
    assert_int_equal(bench.memory[0].active.rest, 0);
    assert_int_equal(bench.memory[0].reactive.count, 3); /* 1000 varh at 3 imp/kvarh, leading */
    const struct slice_energy back = energy(-WH * 5 / 2, 0, 0);
    apply(&bench, 0, &back, 1);
    assert_int_equal(active_pulses(&bench), 1002); /* export blinks too */
    assert_int_equal(bench.memory[0].active.rest, PULSE_UJ_PER_KWH / 2);
    const struct slice_energy large = energy(WH * 1000000 + 1, 0, 0);
    apply(&bench, 0, &large, 1);
    assert_int_equal(active_pulses(&bench), 1001002);
    assert_int_equal(bench.memory[0].active.rest, PULSE_UJ_PER_KWH / 2 + 1000);
}

static void test_pulses_at_the_bounds(void **state)
{
    (void)state;
    struct pulse none = {0};
    assert_int_equal(pulse_add(&none, UINT64_MAX), 0);
    struct pulse most = {.constant = PULSE_CONSTANT_MAX, .rest = PULSE_UJ_PER_KWH - 1};
    assert_int_equal(pulse_add(&most, PULSE_UJ_PER_KWH - 1), PULSE_CONSTANT_MAX);
    assert_int_equal(most.rest, PULSE_UJ_PER_KWH - 1 - PULSE_CONSTANT_MAX);
    struct bench bench;
    start(&bench, 1, ENERGY_SUM_PHASES, 6);
    struct meter_config config = bench.meter.config;
    config.active_imp_per_kwh = PULSE_CONSTANT_MAX + 1;
    assert_int_equal(meter_init(&bench.meter, &config), ERR_RANGE);
}

struct quadrant_case {
    int64_t p, q; /* Wh, varh */
    const char *counted[5];
    const char *still[5];
};

static const struct quadrant_case quadrants[] = {
    {3,
     4,
     {"1.8.0", "3.8.0", "5.8.0", "9.8.0", "21.8.0"},
     {"2.8.0", "4.8.0", "6.8.0", "7.8.0", "8.8.0"}},
    {-3,
     4,
     {"2.8.0", "3.8.0", "6.8.0", "10.8.0", "22.8.0"},
     {"1.8.0", "4.8.0", "5.8.0", "7.8.0", "8.8.0"}},
    {-3,
     -4,
     {"2.8.0", "4.8.0", "7.8.0", "10.8.0", "27.8.0"},
     {"1.8.0", "3.8.0", "5.8.0", "6.8.0", "8.8.0"}},
    {3,
     -4,
     {"1.8.0", "4.8.0", "8.8.0", "9.8.0", "28.8.0"},
     {"2.8.0", "3.8.0", "5.8.0", "6.8.0", "7.8.0"}},
};

static void test_each_quadrant_counts_in_its_registers(void **state)
{
    (void)state;
    for (unsigned k = 0; k < 4; k++) {
        struct bench bench;
        start(&bench, 1, ENERGY_SUM_PHASES, 6);
        const struct slice_energy one = energy(quadrants[k].p * WH, quadrants[k].q * WH, 5 * WH);
        apply(&bench, 0, &one, 1);
        for (unsigned n = 0; n < 5; n++) {
            assert_true(read_integer(&bench, 0, quadrants[k].counted[n]) >= 3000);
            assert_int_equal(read_integer(&bench, 0, quadrants[k].still[n]), 0);
        }
        assert_int_equal(read_integer(&bench, 0, "15.8.0"), 3000);
        assert_int_equal(read_integer(&bench, 0, "16.8.0"), quadrants[k].p * 1000);
        assert_int_equal(read_integer(&bench, 1, "15.8.0"), 0);
    }
}

static void test_exactly_zero_counts_as_import_and_lagging(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 1, ENERGY_SUM_PHASES, 6);
    const struct slice_energy capacitor = energy(0, -WH, WH);
    const struct slice_energy heater = energy(WH, 0, WH);
    apply(&bench, 0, &capacitor, 1);
    apply(&bench, 0, &heater, 1);
    assert_int_equal(read_integer(&bench, 0, "varh_q4"), 1000);
    assert_int_equal(read_integer(&bench, 0, "vah_import"), 2000);
    assert_int_equal(read_integer(&bench, 0, "vah_export"), 0);
}

/* PV on L1 exports what L2 and L3 draw: the conventions differ, the phases do not. */
static void test_total_by_the_sum_of_the_phases(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 3, ENERGY_SUM_PHASES, 6);
    const struct slice_energy three[] = {energy(-5 * WH, 0, 5 * WH), energy(2 * WH, WH, 2 * WH),
                                         energy(4 * WH, WH, 4 * WH)};
    apply(&bench, 0, three, 3);
    assert_int_equal(read_integer(&bench, 0, "wh_import"), 1000);
    assert_int_equal(read_integer(&bench, 0, "wh_export"), 0);
    assert_int_equal(read_integer(&bench, 0, "wh_absolute"), 1000);
    assert_int_equal(read_integer(&bench, 0, "wh_net"), 1000);
    assert_int_equal(read_integer(&bench, 0, "vah_import"), 11000);
    assert_int_equal(read_integer(&bench, 0, "wh_export_l1"), 5000);
    assert_int_equal(read_integer(&bench, 0, "41.8.0"), 2000);
    assert_int_equal(read_integer(&bench, 0, "61.8.0"), 4000);
    assert_int_equal(read_integer(&bench, 0, "varh_q1"), 2000);
}

static void test_total_per_phase(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 3, ENERGY_SUM_PER_PHASE, 6);
    const struct slice_energy three[] = {energy(-5 * WH, 0, 5 * WH), energy(2 * WH, WH, 2 * WH),
                                         energy(4 * WH, WH, 4 * WH)};
    apply(&bench, 0, three, 3);
    assert_int_equal(read_integer(&bench, 0, "wh_import"), 6000);
    assert_int_equal(read_integer(&bench, 0, "wh_export"), 5000);
    assert_int_equal(read_integer(&bench, 0, "wh_absolute"), 11000);
    assert_int_equal(read_integer(&bench, 0, "wh_net"), 1000);
    assert_int_equal(read_integer(&bench, 0, "vah_export"), 5000);
}

static void test_no_remainder_is_lost(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 1, ENERGY_SUM_PHASES, 6);
    const struct slice_energy crumb = energy(3599999, -1, 7);
    for (int k = 0; k < 36000; k++)
        apply(&bench, 0, &crumb, 1);
    assert_int_equal(read_integer(&bench, 0, "1.8.0"), 35999);
    assert_int_equal(bench.memory[0].energy[0][ENERGY_wh_import].rest_uj, 3600000 - 36000);
    assert_int_equal(read_integer(&bench, 0, "4.8.0"), 0);
    assert_int_equal(bench.memory[0].energy[0][ENERGY_varh_export].rest_uj, 36000);
    assert_int_equal(bench.memory[0].energy[0][ENERGY_vah_import].rest_uj, 252000);
    assert_int_equal(bench.memory[0].slices, 36000);
}

static void test_net_returns_to_where_it_was(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 1, ENERGY_SUM_PHASES, 6);
    int64_t sum = 0;
    uint32_t seed = 7;
    for (int k = 0; k < 20000; k++) {
        seed = seed * 1664525U + 1013904223U;
        int64_t p = (int32_t)seed;
        struct slice_energy one = energy(p, 0, 0);
        apply(&bench, 0, &one, 1);
        sum += p;
        const struct meter_register *net = &bench.memory[0].energy[0][ENERGY_wh_net];
        assert_int_equal(net->value_m * METER_UJ_PER_MWH + net->rest_uj, sum);
    }
    struct slice_energy back = energy(-sum, 0, 0);
    apply(&bench, 0, &back, 1);
    assert_int_equal(read_integer(&bench, 0, "wh_net"), 0);
}

static void test_registers_roll_over_at_the_digits(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 1, ENERGY_SUM_PHASES, 2); /* 100 kWh */
    struct slice_energy most = energy(99999 * WH + WH - 1, 0, 0);
    struct slice_energy last = energy(1, 0, 0);
    struct slice_energy out = energy(-100001 * WH, 0, 0);
    apply(&bench, 0, &most, 1);
    assert_int_equal(read_integer(&bench, 0, "1.8.0"), 99999999);
    apply(&bench, 0, &last, 1);
    assert_int_equal(read_integer(&bench, 0, "1.8.0"), 0);
    apply(&bench, 0, &out, 1);
    assert_int_equal(read_integer(&bench, 0, "2.8.0"), 1000);
    assert_int_equal(read_integer(&bench, 0, "15.8.0"), 1000);
    assert_int_equal(read_integer(&bench, 0, "16.8.0"), -1000);
}

/* A 10 kA feeder for a day in 20 s slices. */
static void test_a_large_feeder_fits(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 3, ENERGY_SUM_PHASES, 9);
    const int64_t slice_uj = INT64_C(2300000) * 20000000; /* 2.3 MW for 20 s */
    const struct slice_energy three[] = {energy(slice_uj, 0, 0), energy(slice_uj, 0, 0),
                                         energy(slice_uj, 0, 0)};
    for (int k = 0; k < 4320; k++)
        apply(&bench, 0, three, 3);
    assert_int_equal(read_integer(&bench, 0, "1.8.0"), INT64_C(165600000) * 1000);
}

static void test_windows_are_read_by_name_and_by_code(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 3, ENERGY_SUM_PHASES, 6);
    struct meter_value value;
    assert_int_equal(meter_read_name(&bench.meter, 0, "u_l2", &value), ERR_NONE);
    assert_int_equal(value.type, METER_UNKNOWN);
    struct quantities window = {.elements = 3, .lines = 3, .f = 50.01, .p_total = 690.0};
    window.u[1] = 231.5;
    window.i[2] = NAN;
    window.u_ll[2] = 400.5;
    window.thd_i[0] = 7.5;
    window.spectrum = (const struct spectrum *)&window;
    assert_int_equal(meter_apply_window(&bench.meter, &window, 200000), ERR_NONE);
    assert_null(bench.memory[0].window.spectrum);
    static const struct {
        const char *name, *unit;
        double expected;
    } reads[] = {{"u_l2", "V", 231.5},    {"52.7.0", "V", 231.5}, {"1-0:52.7.0.255", "V", 231.5},
                 {"u_ll_31", "V", 400.5}, {"f", "Hz", 50.01},     {"14.7.0", "Hz", 50.01},
                 {"p_total", "W", 690.0}, {"16.7.0", "W", 690.0}, {"31.7.124", "%", 7.5}};
    for (size_t k = 0; k < sizeof reads / sizeof reads[0]; k++) {
        assert_int_equal(meter_read_name(&bench.meter, 0, reads[k].name, &value), ERR_NONE);
        assert_int_equal(value.type, METER_REAL);
        assert_true(fabs(value.real - reads[k].expected) < 1e-12);
        assert_string_equal(value.unit, reads[k].unit);
    }
    assert_int_equal(meter_read_name(&bench.meter, 0, "71.7.0", &value), ERR_NONE);
    assert_int_equal(value.type, METER_UNKNOWN);
}

static void test_what_is_not_there_is_not_found(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 3, ENERGY_SUM_PHASES, 6);
    static const char *const absent[] = {"u",         "u_l4",      "wh",     "wh_import_l4",
                                         "81.8.0",    "1.9.0",     "",       "u_ll_13",
                                         "2-0:1.8.0", "1-1:1.8.0", "1.8.0*1"};
    struct meter_value value;
    for (size_t k = 0; k < sizeof absent / sizeof absent[0]; k++)
        assert_int_equal(meter_read_name(&bench.meter, 0, absent[k], &value), ERR_NOT_FOUND);
    assert_int_equal(meter_read_name(&bench.meter, 2, "1.8.0", &value), ERR_NOT_FOUND);
    assert_int_equal(meter_read_name(&bench.meter, 1, "41.8.0", &value), ERR_NOT_FOUND);
    assert_int_equal(meter_read_name(&bench.meter, 1, "u", &value), ERR_NONE);
    assert_int_equal(meter_read_name(&bench.meter, 1, "1-1:1.8.0", &value), ERR_NONE);
}

static void test_every_row_is_read_by_its_name_and_its_code(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 3, ENERGY_SUM_PHASES, 6);
    struct meter_ref ref = {NULL, 0};
    size_t count = 0;
    while (meter_next_row(&bench.meter, 0, &ref)) {
        struct meter_ref found;
        struct meter_value value;
        struct obis code;
        char name[METER_NAME_MAX], text[OBIS_TEXT_MAX];
        meter_ref_name(&ref, name);
        assert_int_equal(meter_find(&bench.meter, 0, name, &found), ERR_NONE);
        assert_ptr_equal(found.row, ref.row);
        assert_int_equal(found.index, ref.index);
        assert_int_equal(meter_ref_obis(&bench.meter, 0, &ref, &code), ERR_NONE);
        assert_int_equal(meter_read(&bench.meter, 0, &ref, METER_LOGICAL_NAME, &value), ERR_NONE);
        assert_int_equal(obis_compare(&value.obis, &code), 0);
        assert_int_equal(meter_read(&bench.meter, 0, &ref, METER_VALUE, &value), ERR_NONE);
        assert_string_equal(value.unit, ref.row->unit);
        obis_print(&code, text);
        assert_int_equal(meter_find(&bench.meter, 0, text, &found), ERR_NONE);
        assert_string_equal(found.row->name, ref.row->name); /* no two rows share a code */
        assert_int_equal(found.index, ref.index);
        count++;
    }
    size_t expected = 4 * ENERGY_COUNT + ENERGY_COUNT + (4 + 3) * DEMAND_COUNT;
    for (size_t k = 0; k < quantity_row_count; k++)
        expected += quantity_rows[k].scope == SCOPE_SYSTEM ? 1 : 3;
#define VALUES_ELEMENT                                           3
#define VALUES_SYSTEM                                            1
#define TRACKED(name, scope, unit, c, e, minimum, maximum, text) expected += 3 * VALUES_##scope;
#include "meter/tracked.def"
#undef TRACKED
    expected += 12; /* data.def, without a log, profiles, constants and texts */
    assert_int_equal(count, expected);
}

static void test_elements_of_an_aron_circuit_have_codes_of_their_own(void **state)
{
    (void)state;
    struct bench bench;
    struct meter_value value;
    struct obis code;
    start(&bench, 2, ENERGY_SUM_PHASES, 6);
    bench.circuit[0].phases = 0;
    bench.circuit[0].lines = 3;
    struct meter_ref ref;
    assert_int_equal(meter_find(&bench.meter, 0, "u_l2", &ref), ERR_NONE);
    assert_int_equal(meter_ref_obis(&bench.meter, 0, &ref, &code), ERR_NONE);
    assert_int_equal(code.e, 130); /* of the manufacturer: the second element */
    assert_int_equal(meter_read(&bench.meter, 0, &ref, METER_VALUE, &value), ERR_NONE);
    static const char *const absent[] = {"32.7.0", "31.7.0", "21.8.0", "wh_import_l1"};
    for (size_t k = 0; k < sizeof absent / sizeof absent[0]; k++)
        assert_int_equal(meter_read_name(&bench.meter, 0, absent[k], &value), ERR_NOT_FOUND);
    static const char *const present[] = {"1.8.0", "16.7.0", "14.7.0", "u_ll_23"};
    for (size_t k = 0; k < sizeof present / sizeof present[0]; k++)
        assert_int_equal(meter_read_name(&bench.meter, 0, present[k], &value), ERR_NONE);
}

static void test_bad_configurations_and_strange_slices_are_refused(void **state)
{
    (void)state;
    struct bench bench;
    start(&bench, 3, ENERGY_SUM_PHASES, 6);
    struct meter meter;
    struct meter_config config = bench.meter.config;
    config.digits = METER_DIGITS_MAX + 1;
    assert_int_equal(meter_init(&meter, &config), ERR_RANGE);
    config = bench.meter.config;
    config.circuits = 0;
    assert_int_equal(meter_init(&meter, &config), ERR_RANGE);
    config = bench.meter.config;
    config.memory = NULL;
    assert_int_equal(meter_init(&meter, &config), ERR_ARGUMENT);
    struct meter_circuit_config aron = {"", 2, 0, 3};
    config = bench.meter.config;
    config.circuits = 1;
    config.circuit = &aron;
    assert_int_equal(meter_init(&meter, &config), ERR_NONE);
    config.sum = ENERGY_SUM_PER_PHASE; /* elements of an Aron circuit are no phases */
    assert_int_equal(meter_init(&meter, &config), ERR_ARGUMENT);
    struct slice slice = {.circuit = 2, .elements = 1};
    assert_int_equal(meter_apply_slice(&bench.meter, &slice), ERR_RANGE);
    slice = (struct slice){.circuit = 0, .elements = 2};
    assert_int_equal(meter_apply_slice(&bench.meter, &slice), ERR_RANGE);
    struct quantities window = {.circuit = 1, .elements = 3};
    assert_int_equal(meter_apply_window(&bench.meter, &window, 200000), ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pulses_follow_the_constant_and_lose_nothing),
        cmocka_unit_test(test_pulses_at_the_bounds),
        cmocka_unit_test(test_each_quadrant_counts_in_its_registers),
        cmocka_unit_test(test_exactly_zero_counts_as_import_and_lagging),
        cmocka_unit_test(test_total_by_the_sum_of_the_phases),
        cmocka_unit_test(test_total_per_phase),
        cmocka_unit_test(test_no_remainder_is_lost),
        cmocka_unit_test(test_net_returns_to_where_it_was),
        cmocka_unit_test(test_registers_roll_over_at_the_digits),
        cmocka_unit_test(test_a_large_feeder_fits),
        cmocka_unit_test(test_windows_are_read_by_name_and_by_code),
        cmocka_unit_test(test_what_is_not_there_is_not_found),
        cmocka_unit_test(test_every_row_is_read_by_its_name_and_its_code),
        cmocka_unit_test(test_elements_of_an_aron_circuit_have_codes_of_their_own),
        cmocka_unit_test(test_bad_configurations_and_strange_slices_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
