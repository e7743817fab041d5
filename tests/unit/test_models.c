#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "apps/model_json.h"
#include "apps/model_text.h"
#include "model/model.h"

/* Every product that Blondel promises, and whether its manual only announces it. */
static const char *const launched[] = {
    "SED102",   "SED302",   "SM306",     "SM307",    "SM120B2",      "V10",      "M10",
    "M20",      "M30",      "M40",       "E10-100",  "E10-200",      "E10-400",  "E10-600",
    "E21-100",  "E21-200",  "E21-400",   "E21-600",  "E31-800",      "E31-1000", "E31-2000",
    "E31-3000", "E31-6300", "E31-10k",   "DIO-4/2",  "G10",          "G20",      "G30",
    "C32",      "D10",      "P10",       "CTO-100",  "CTO-200",      "CTO-400",  "CTO-600",
    "CTOV-100", "CTOV-200", "CTOV-400",  "CTOV-600", "CTF-800",      "CTF-1000", "CTF-2000",
    "CTF-3000", "CTF-6300", "CTF-10000", "CTA-5A",   "RS485 buffer", "RJ12",     "Clip",
    "3CT-S",    "1CT-S",    "SEM3",
};
static const char *const announced[] = {
    "V10dc",   "V11dc", "V500dc", "V1000dc", "V1500dc", "M11", "E10dc", "CTH",
    "AIO-2/2", "R10",   "C10",    "C20",     "C30",     "C31", "C33",   "H10",
};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define CHECK(model, holds)                                                                        \
    do {                                                                                           \
        if (!(holds))                                                                              \
            fail_msg("%s: %s", (model)->name, #holds);                                             \
    } while (0)

static bool measures(const struct model *model)
{
    struct model_setup setup;
    return model_configure(&setup, model, NULL) == ERR_NONE;
}

static void test_every_product_is_there_and_no_other(void **state)
{
    (void)state;
    for (size_t k = 0; k < COUNT_OF(launched); k++) {
        const struct model *model = model_find(launched[k]);
        assert_non_null(model);
        assert_string_equal(model->name, launched[k]);
        assert_false(model->is_announced);
    }
    for (size_t k = 0; k < COUNT_OF(announced); k++) {
        const struct model *model = model_find(announced[k]);
        assert_non_null(model);
        assert_string_equal(model->name, announced[k]);
        assert_true(model->is_announced);
    }
    assert_int_equal(model_count, COUNT_OF(launched) + COUNT_OF(announced));
}

static void test_names_are_found_however_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *name;
    } names[] = {
        {"sm307", "SM307"},
        {"SM-307", "SM307"},
        {"Sensemi SM 307", "SM307"},
        {"SME102", "SED102"},
        {"enertrek_v10", "V10"},
        {"Enertrek V10", "V10"},
        {"dio42", "DIO-4/2"},
        {"DIO 4/2", "DIO-4/2"},
        {"E31-10000", "E31-10k"},
        {"e3110K", "E31-10k"},
        {"CTF-10k", "CTF-10000"},
        {"JA-IOT3PA", "SEM3"},
        {"jackery 3p", "SEM3"},
        {"ZDC2503", "3CT-S"},
        {"3cts", "3CT-S"},
        {"zendure 1ct-s", "1CT-S"},
        {"Enertrek-AP", "P10"},
        {"RJ12-300", "RJ12"},
        {"rs485 time-sharing buffer", "RS485 buffer"},
    };
    for (size_t k = 0; k < COUNT_OF(names); k++) {
        const struct model *model = model_find(names[k].typed);
        assert_non_null(model);
        assert_string_equal(model->name, names[k].name);
    }
    static const char *const strangers[] = {"",        " ",   "-",      "SM",      "SM37",
                                            "Sensemi", "E10", "SM3070", "V10 V10", "Sensemi V10"};
    for (size_t k = 0; k < COUNT_OF(strangers); k++)
        assert_null(model_find(strangers[k]));
}

static void test_layouts_are_found_by_name(void **state)
{
    (void)state;
    const struct model *sm306 = model_find("SM306");
    const struct model *sensor = model_find("1CT-S");
    assert_string_equal(model_layout_find(sm306, "3p3w")->name, "3P3W");
    assert_string_equal(model_layout_find(sm306, "3P4W neutral measured")->name,
                        "3P4W, neutral measured");
    assert_ptr_equal(model_layout_find(sensor, "Single phase, more clamps"), sensor->layouts[1]);
    assert_null(model_layout_find(sm306, "3P"));
    assert_null(model_layout_find(model_find("G30"), "3P4W"));
}

static void test_no_name_means_two_products(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        assert_ptr_equal(model_find(models[k]->name), models[k]);
        for (const char *const *alias = models[k]->aliases; alias && *alias; alias++)
            assert_ptr_equal(model_find(*alias), models[k]);
    }
}

/* ---- ratings ---- */

static bool is_meter(const struct model *model)
{
    switch (model->kind) {
    case MODEL_UTILITY_METER:
    case MODEL_HOME_METER:
    case MODEL_ENERGY_SENSOR:
    case MODEL_ENERGY_METER:
    case MODEL_ENERGY_ANALYZER:
        return true;
    default:
        return false;
    }
}

/* Each of the tests below passes over what measures nothing: no meter may get there by mistake. */
static void test_what_is_a_meter_measures(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++)
        CHECK(models[k], measures(models[k]) == (is_meter(models[k]) && !models[k]->is_announced));
}

static void test_currents_ascend(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        if (!measures(models[k]))
            continue;
        const struct model_ratings *r = models[k]->ratings;
        uint32_t base_ma = r->ib_ma != 0 ? r->ib_ma : r->in_ma;
        CHECK(models[k], (r->ib_ma == 0) != (r->in_ma == 0));
        CHECK(models[k], r->start_active_ua > 0);
        CHECK(models[k], r->start_active_ua <= r->start_reactive_ua);
        CHECK(models[k], r->start_reactive_ua < (uint64_t)r->imin_ma * 1000);
        CHECK(models[k], r->imin_ma < r->itr_ma);
        CHECK(models[k], r->itr_ma < base_ma);
        CHECK(models[k], base_ma <= r->imax_ma);
    }
}

/* IEC 62053-21, -22 and 61557-12: starting current of active energy, in millionths of Ib or In. */
static uint32_t start_limit_ppm(enum model_class class)
{
    return class == CLASS_0_5 || class == CLASS_0_5S ? 1000 : 4000;
}

static void test_starting_current_suits_the_class(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        if (!measures(models[k]))
            continue;
        const struct model_ratings *r = models[k]->ratings;
        uint64_t base_ma = r->ib_ma != 0 ? r->ib_ma : r->in_ma;
        uint64_t limit_ua = base_ma * start_limit_ppm(models[k]->classes->active) / 1000;
        CHECK(models[k], r->start_active_ua <= limit_ua);
    }
}

static void test_measuring_models_declare_what_they_must(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        const struct model *model = models[k];
        if (!measures(model))
            continue;
        CHECK(model, model->classes->active != CLASS_NONE);
        CHECK(model, model->classes->reactive != CLASS_NONE);
        CHECK(model, model->classes->active_standard != NULL);
        CHECK(model, model->classes->reactive_standard != NULL);
        CHECK(model, model->ratings->un_ln_mv > 0);
        CHECK(model, model->ratings->frequency_mhz == 50000);
        CHECK(model, model->ratings->un_high_percent != 0 || model->ratings->u_max_ln_mv != 0);
        CHECK(model, model->conventions->signs != NULL);
        CHECK(model, model->conventions->quadrants != NULL);
        if (model->kind == MODEL_UTILITY_METER)
            CHECK(model, model->constants != NULL && model->constants->active_imp_per_kwh > 0 &&
                             model->constants->reactive_imp_per_kvarh > 0);
        CHECK(model, (model->voltage_unit != NULL) == (model->bus != NULL));
    }
}

static uint64_t power_max_w(const struct model *model)
{
    const struct model_ratings *r = model->ratings;
    uint64_t phases = model->layouts[0]->circuit[0].wiring == WIRING_1P2W ? 1 : 3;
    return phases * r->un_ln_mv * r->imax_ma / 1000000;
}

/* IEC 62053-21 and -22: at Imax, Un and PF 1 a register takes 1500 h and more from zero. */
static void test_registers_last(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        if (!measures(models[k]))
            continue;
        uint64_t roll_kwh = 1;
        for (unsigned d = 0; d < models[k]->conventions->register_digits; d++)
            roll_kwh *= 10;
        CHECK(models[k], power_max_w(models[k]) * 1500 / 1000 < roll_kwh);
    }
}

static void test_displays_show_what_registers_hold(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        const struct model *model = models[k];
        if (model->display == NULL || !measures(model))
            continue;
        const struct model_conventions *conventions = model->conventions;
        const unsigned decimals = model->display->decimals_energy;
        CHECK(model, model->display->digits == conventions->register_digits + decimals);
        CHECK(model, decimals == conventions->register_decimals);
    }
}

/* ---- layouts and configuration ---- */

static void check_layout(const struct model *model, const struct model_layout *layout)
{
    assert_true(layout->voltages >= 1 && layout->voltages <= VOLTAGES_MAX);
    assert_true(layout->currents <= MODEL_CURRENTS_MAX);
    assert_true(layout->circuits <= MODEL_CIRCUITS_MAX);
    unsigned used = 0;
    for (unsigned c = 0; c < layout->circuits; c++) {
        const struct model_circuit *circuit = &layout->circuit[c];
        assert_non_null(circuit->name);
        for (unsigned e = 0; e < model_wiring_elements(circuit->wiring); e++) {
            assert_true(circuit->u[e] < layout->voltages);
            assert_true(circuit->i[e] < layout->currents);
            assert_int_equal(used & 1U << circuit->i[e], 0); /* a current counts once */
            used |= 1U << circuit->i[e];
        }
        if (circuit->neutral != CHANNEL_NONE)
            used |= 1U << circuit->neutral;
    }
    assert_int_equal(used, (1U << layout->currents) - 1);
    for (unsigned k = 0; k < layout->voltages; k++)
        assert_non_null(layout->voltage[k]);
    assert_non_null(model->ratings);
}

/* Everything that the meter of this layout can tell is found by its short name and by its code. */
static void check_rows(const struct meter *meter, unsigned circuit)
{
    struct meter_ref ref = {NULL, 0};
    while (meter_next_row(meter, circuit, &ref)) {
        struct meter_ref found;
        struct meter_value value;
        char name[METER_NAME_MAX], code[OBIS_TEXT_MAX];
        meter_ref_name(&ref, name);
        assert_int_equal(meter_find(meter, circuit, name, &found), ERR_NONE);
        assert_ptr_equal(found.row, ref.row);
        assert_int_equal(meter_read(meter, circuit, &ref, METER_VALUE, &value), ERR_NONE);
        if (ref.row->kind == METER_ROW_ENERGY || ref.row->kind == METER_ROW_QUANTITY)
            assert_int_equal(value.type,
                             ref.row->kind == METER_ROW_ENERGY ? METER_INTEGER : METER_UNKNOWN);
        assert_int_equal(meter_read(meter, circuit, &ref, METER_LOGICAL_NAME, &value), ERR_NONE);
        obis_print(&value.obis, code);
        assert_int_equal(meter_find(meter, circuit, code, &found), ERR_NONE);
        assert_string_equal(found.row->name, ref.row->name);
        assert_int_equal(found.index, ref.index);
    }
}

static void check_setup(const struct model *model, const struct model_layout *layout)
{
    struct model_setup setup;
    struct meter meter;
    struct meter_circuit memory[MODEL_CIRCUITS_MAX];
    assert_int_equal(model_configure(&setup, model, layout), ERR_NONE);
    setup.meter.memory = memory;
    setup.metrology.rate_uhz = UINT64_C(8000000000);
    const char *wrong = "";
    assert_int_equal(metrology_check(&setup.metrology, &wrong), ERR_NONE);
    CHECK(model, meter_init(&meter, &setup.meter) == ERR_NONE);
    for (unsigned c = 0; c < layout->circuits; c++)
        check_rows(&meter, c);
    assert_int_equal(setup.metrology.inputs, layout->voltages + layout->currents);
    uint64_t u_peak_uv = setup.metrology.u_nominal_uv * 1414 / 1000;
    for (unsigned k = 0; k < setup.metrology.voltages; k++)
        assert_true(setup.voltage[k].full_scale_u > u_peak_uv);
    for (unsigned k = 0; k < setup.metrology.currents; k++) {
        assert_int_equal(setup.current[k].input, setup.metrology.voltages + k);
        assert_true(setup.current[k].full_scale_u > (uint64_t)model->ratings->imax_ma * 1414);
    }
    for (unsigned c = 0; c < setup.metrology.circuits; c++) {
        uint64_t un_mv = model_element_un_mv(model, layout);
        assert_true(setup.circuit[c].start_p_uw * 1000 < un_mv * model->ratings->start_active_ua);
        assert_true(setup.circuit[c].start_p_uw > 0 && setup.circuit[c].start_q_uvar > 0);
    }
}

static void test_every_layout_configures_metrology_and_meter(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        for (size_t l = 0; models[k]->layouts && models[k]->layouts[l]; l++) {
            check_layout(models[k], models[k]->layouts[l]);
            if (measures(models[k]))
                check_setup(models[k], models[k]->layouts[l]);
        }
    }
}

static void test_sed302_configures_metrology_and_meter(void **state)
{
    (void)state;
    struct model_setup setup;
    assert_int_equal(model_configure(&setup, model_find("SED302"), NULL), ERR_NONE);
    const struct metrology_config *metrology = &setup.metrology;
    assert_int_equal(metrology->voltages, 3);
    assert_int_equal(metrology->currents, 4);
    assert_int_equal(metrology->nominal_mhz, 50000);
    assert_int_equal(metrology->u_nominal_uv, 230000000);
    assert_int_equal(metrology->circuit[0].elements, 3);
    assert_int_equal(metrology->circuit[0].neutral, 3);
    assert_int_equal(metrology->circuit[0].start_p_uw, 2300000);
    assert_int_equal(metrology->circuit[0].start_q_uvar, 2875000);
    assert_int_equal(metrology->current[3].input, 6);
    assert_int_equal(metrology->voltage[0].full_scale_u, 487903830); /* 230 x 1.2 x 1.25 x sqrt 2 */
    assert_int_equal(metrology->current[0].full_scale_u, 212132100); /* 100 x 1.5 x sqrt 2 */
    assert_int_equal(setup.meter.digits, 6);
    assert_int_equal(setup.meter.active_imp_per_kwh, 1000);
    assert_int_equal(setup.meter.reactive_imp_per_kvarh, 1000);
    assert_int_equal(setup.meter.sum, ENERGY_SUM_PHASES);
    assert_int_equal(setup.meter.circuit[0].phases, 3);
}

static void test_line_voltage_is_what_an_aron_element_sees(void **state)
{
    (void)state;
    struct model_setup setup;
    assert_int_equal(model_configure(&setup, model_find("SM307"), NULL), ERR_NONE);
    assert_int_equal(setup.metrology.u_nominal_uv, 110000000);
    assert_int_equal(setup.meter.circuit[0].phases, 0);
    assert_int_equal(setup.meter.circuit[0].lines, 3);
    assert_int_equal(model_configure(&setup, model_find("V10"), NULL), ERR_UNSUPPORTED);
    assert_int_equal(model_configure(&setup, model_find("G30"), NULL), ERR_UNSUPPORTED);
    assert_int_equal(model_configure(&setup, model_find("E31-10k"), NULL), ERR_NONE);
    assert_true(setup.current[0].integrate);
}

/* ---- the multi-circuit system ---- */

static void test_modules_take_the_sensor_that_fits_them(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        const struct model *model = models[k];
        if (model->sensor == NULL || model->kind == MODEL_CURRENT_SENSOR)
            continue;
        assert_int_equal(model->sensor->primary_ma, model->ratings->in_ma);
        assert_memory_equal(model->sensor->fits[0], model->name, strlen(model->sensor->fits[0]));
        assert_int_equal(model->sensor->needs_integrator, model->name[1] == '3');
    }
}

/* The example of the manual's chapter 7.2, by the figures of 7.1 and of 7.2. */
static void test_power_of_the_example_cabinet(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        uint32_t count;
    } cabinet[] = {{"G30", 1}, {"V10", 1}, {"M10", 3},     {"M20", 3},
                   {"M30", 3}, {"M40", 3}, {"E10-100", 3}, {"DIO-4/2", 2}};
    uint32_t modules = 0, power_mw = 0, other_mw = 0;
    for (size_t k = 0; k < COUNT_OF(cabinet); k++) {
        const struct model_bus *bus = model_find(cabinet[k].name)->bus;
        modules += cabinet[k].count;
        power_mw += bus->power_mw * cabinet[k].count;
        other_mw += bus->power_other_mw * cabinet[k].count;
    }
    assert_int_equal(modules, 19);
    assert_int_equal(power_mw, 8100);
    assert_int_equal(other_mw, 4750);
    assert_int_equal(model_find("V10")->bus->provides_mw - other_mw, 10250);
}

/* ---- provenance, functions, JSON ---- */

static void find_field(const char *path, const struct model_group **group,
                       const struct model_field **field)
{
    *group = NULL;
    *field = NULL;
    for (size_t g = 0; g < model_group_count; g++) {
        size_t length = strlen(model_groups[g].key);
        if (strncmp(path, model_groups[g].key, length) != 0)
            continue;
        if (path[length] == '\0')
            *group = &model_groups[g];
        if (path[length] != '.')
            continue;
        *group = &model_groups[g];
        for (size_t f = 0; f < model_groups[g].fields; f++)
            if (strcmp(path + length + 1, model_groups[g].field[f].key) == 0)
                *field = &model_groups[g].field[f];
    }
}

static void test_every_value_called_ours_is_there(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        for (const char *const *path = models[k]->ours; path && *path; path++) {
            const struct model_group *group;
            const struct model_field *field;
            find_field(*path, &group, &field);
            if (group == NULL || model_group_data(models[k], group) == NULL)
                fail_msg("%s: no group for \"%s\"", models[k]->name, *path);
            if (strchr(*path, '.') == NULL)
                continue;
            if (field == NULL || !model_field_is_stated(field, model_group_data(models[k], group)))
                fail_msg("%s: no value at \"%s\"", models[k]->name, *path);
            assert_true(model_is_ours(models[k], group, field));
        }
    }
}

static void check_functions(const enum model_function *list)
{
    bool seen[FUNCTION_COUNT] = {false};
    for (; list != NULL && *list != FUNCTION_END; list++) {
        assert_true(*list < FUNCTION_COUNT);
        assert_false(seen[*list]);
        seen[*list] = true;
    }
}

static void test_functions_are_listed_once(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        check_functions(models[k]->functions);
        check_functions(models[k]->functions_ours);
        check_functions(models[k]->functions_with_analyzer);
    }
    for (int a = 1; a < FUNCTION_COUNT; a++)
        for (int b = a + 1; b < FUNCTION_COUNT; b++)
            assert_string_not_equal(model_function_key((enum model_function)a),
                                    model_function_key((enum model_function)b));
    assert_true(model_has(model_find("SM120B2"), FUNCTION_ENERGY_NET));
    assert_false(model_has(model_find("SED302"), FUNCTION_DEMAND_APPARENT));
    assert_true(model_has(model_find("SED302"), FUNCTION_ENERGY_QUADRANTS)); /* ours */
}

static void check_group_json(const json_t *object, const struct model *model,
                             const struct model_group *group)
{
    const void *data = model_group_data(model, group);
    const json_t *values = json_object_get(object, group->key);
    assert_non_null(values);
    if (data == NULL) {
        assert_true(json_is_null(values));
        return;
    }
    assert_int_equal(json_object_size(values), group->fields); /* also: no key twice */
    for (size_t f = 0; f < group->fields; f++) {
        const json_t *value = json_object_get(values, group->field[f].key);
        assert_non_null(value);
        if (model_field_is_stated(&group->field[f], data))
            assert_false(json_is_null(value));
    }
}

static void test_json_has_every_field_of_every_model(void **state)
{
    (void)state;
    for (size_t k = 0; k < model_count; k++) {
        json_t *object = model_json(models[k]);
        assert_non_null(object);
        for (size_t g = 0; g < model_group_count; g++)
            check_group_json(object, models[k], &model_groups[g]);
        assert_string_equal(json_string_value(json_object_get(object, "name")), models[k]->name);
        json_decref(object);
    }
}

/* The path's number, as the manual of SM307 prints it. */
static double json_number_at(const json_t *object, const char *group, const char *key)
{
    return json_number_value(json_object_get(json_object_get(object, group), key));
}

static void test_sm307_json_says_what_its_manual_says(void **state)
{
    (void)state;
    static const struct {
        const char *group, *key;
        double value;
    } figures[] = {
        {"ratings", "un_ll", 110},
        {"ratings", "un_low_percent", 80},
        {"ratings", "in", 1},
        {"ratings", "imax", 10},
        {"ratings", "start_active", 0.001},
        {"ratings", "start_reactive", 0.004},
        {"ratings", "frequency", 50},
        {"constants", "active", 10000},
        {"constants", "reactive", 10000},
        {"display", "digits", 8},
        {"display", "digit_height", 10},
        {"display", "area", 14},
        {"tariff", "tariffs", 4},
        {"tariff", "special_days", 100},
        {"profile", "days", 100},
        {"profile", "channels", 16},
        {"billing", "months", 12},
        {"clock", "drift", 0.5},
        {"environment", "operating_min", -40},
        {"emc", "esd_air", 15},
        {"relay", "current", 5},
        {"conventions", "register_digits", 6},
    };
    json_t *object = model_json(model_find("SM307"));
    for (size_t k = 0; k < COUNT_OF(figures); k++) {
        double value = json_number_at(object, figures[k].group, figures[k].key);
        assert_true(value > figures[k].value - 1e-9 && value < figures[k].value + 1e-9);
    }
    const json_t *classes = json_object_get(object, "classes");
    assert_string_equal(json_string_value(json_object_get(classes, "active")), "0.5S");
    const json_t *conventions = json_object_get(object, "conventions");
    assert_string_equal(json_string_value(json_object_get(conventions, "apparent")), "arithmetic");
    assert_string_equal(json_string_value(json_object_get(conventions, "reporting")), "secondary");
    const json_t *units = json_object_get(object, "units");
    assert_string_equal(json_string_value(json_object_get(units, "clock.drift")), "s/day");
    json_decref(object);
}

static void test_numbers_print_without_needless_zeros(void **state)
{
    (void)state;
    char text[MODEL_TEXT_MAX];
    assert_string_equal(model_text_number(text, 57700, 1000), "57.7");
    assert_string_equal(model_text_number(text, 230000, 1000), "230");
    assert_string_equal(model_text_number(text, 1250, 1000000), "0.00125");
    assert_string_equal(model_text_number(text, 0, 1000), "0");
    assert_string_equal(model_text_number(text, 100, 1), "100");
    assert_string_equal(model_text_un(text, model_find("SM306")), "3x230/400 V");
    assert_string_equal(model_text_un(text, model_find("SM307")), "3x110 V");
    assert_string_equal(model_text_current(text, model_find("M10")), "10 (63) A");
    static const struct model_classes active_only = {.active = CLASS_1};
    assert_string_equal(model_text_classes(text, &(struct model){.classes = &active_only}), "1");
    assert_string_equal(model_text_classes(text, model_find("SED302")), "1 / 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_product_is_there_and_no_other),
        cmocka_unit_test(test_names_are_found_however_they_are_written),
        cmocka_unit_test(test_layouts_are_found_by_name),
        cmocka_unit_test(test_no_name_means_two_products),
        cmocka_unit_test(test_what_is_a_meter_measures),
        cmocka_unit_test(test_currents_ascend),
        cmocka_unit_test(test_starting_current_suits_the_class),
        cmocka_unit_test(test_measuring_models_declare_what_they_must),
        cmocka_unit_test(test_registers_last),
        cmocka_unit_test(test_displays_show_what_registers_hold),
        cmocka_unit_test(test_every_layout_configures_metrology_and_meter),
        cmocka_unit_test(test_sed302_configures_metrology_and_meter),
        cmocka_unit_test(test_line_voltage_is_what_an_aron_element_sees),
        cmocka_unit_test(test_modules_take_the_sensor_that_fits_them),
        cmocka_unit_test(test_power_of_the_example_cabinet),
        cmocka_unit_test(test_every_value_called_ours_is_there),
        cmocka_unit_test(test_functions_are_listed_once),
        cmocka_unit_test(test_json_has_every_field_of_every_model),
        cmocka_unit_test(test_sm307_json_says_what_its_manual_says),
        cmocka_unit_test(test_numbers_print_without_needless_zeros),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
