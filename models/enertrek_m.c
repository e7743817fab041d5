/* Enertrek energy sensors M10 M20 M30 M40 with built-in current transformers; M11 is announced. */
#include "common/enertrek.h"
#include "common/layouts.h"

/* Currents of class 0.5, direct connected, by IEC 61557-12; reactive energy by its class 2. */
#define M_RATINGS                                                                                  \
    ENERTREK_VOLTAGES, .ib_ma = 10000, .imax_ma = 63000, .imin_ma = 200, .itr_ma = 1000,           \
                       .start_active_ua = 10000, .start_reactive_ua = 50000

#define M_OURS                                                                                     \
    "ratings.un_ln", "ratings.un_ll", ENERTREK_VOLTAGES_OURS, "ratings.imin", "ratings.itr",       \
        "ratings.start_active", "ratings.start_reactive", "conventions"

static const struct model_classes m_classes = {
    .active = CLASS_0_5,
    .active_standard = "IEC 61557-12",
    .reactive = CLASS_2,
    .reactive_standard = "IEC 61557-12",
    .apparent = CLASS_2,
    .p = CLASS_0_5,
    .q = CLASS_1,
    .s = CLASS_1,
    .power_standard = "IEC 61557-12",
};

static const struct model_equipment m_equipment = {
    .connection = "the conductor passes through the built-in current transformer",
    .ports = TEXTS("bus RJ12"),
    .leds = TEXTS("run: green 1/s works, red flash traffic"),
    .protocols = TEXTS("Modbus RTU"),
    .standards = TEXTS(ENERTREK_STANDARDS),
};

#define M_ROWS                                                                                     \
    ENERTREK, .kind = MODEL_ENERGY_SENSOR, .voltage_unit = "V10", .classes = &m_classes,           \
              .conventions = &enertrek_conventions, .equipment = &m_equipment,                     \
              .functions = FUNCTIONS(ENERTREK_FUNCTIONS_ENERGY, ENERTREK_FUNCTIONS_POWER),         \
              .functions_ours = FUNCTIONS(FUNCTION_QUALITY_WIRING_FAULTS), .ours = TEXTS(M_OURS)

#define M_BUS(power_7_1, power_7_2)                                                                \
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = (power_7_1), .power_other_mw = (power_7_2))
#define M_MECHANICS(modules)                                                                       \
    GROUP(mechanics, .mounting = "DIN rail or backplane", .width_um = (modules)*18000,             \
          .din_modules_m = (modules)*1000)

const struct model model_m10 = {
    M_ROWS,
    .name = "M10",
    .title = "energy sensor, one pole",
    .layouts = LAYOUTS(&layout_1p2w),
    GROUP(ratings, M_RATINGS, .current_inputs = 1, .load_types = "1P, 1P+N"),
    M_BUS(200, 100),
    M_MECHANICS(1),
};

const struct model model_m20 = {
    M_ROWS,
    .name = "M20",
    .title = "energy sensor, two poles",
    .layouts = LAYOUTS(&layout_1p2w),
    GROUP(ratings, M_RATINGS, .current_inputs = 1, .load_types = "1P+N"),
    M_BUS(200, 100),
    M_MECHANICS(2),
    .notes = NOTES({"poles", "2P, one current input", "one circuit, L and N"}),
};

const struct model model_m30 = {
    M_ROWS,
    .name = "M30",
    .title = "energy sensor, three poles",
    .layouts = LAYOUTS(&layout_3p4w, &layout_3p3w),
    GROUP(ratings, M_RATINGS, .current_inputs = 3, .load_types = "3P, 3P+N"),
    M_BUS(350, 150),
    M_MECHANICS(3),
};

const struct model model_m40 = {
    M_ROWS,
    .name = "M40",
    .title = "energy sensor, four poles",
    .layouts = LAYOUTS(&layout_3p4w),
    GROUP(ratings, M_RATINGS, .current_inputs = 3, .load_types = "3P+N"),
    M_BUS(350, 150),
    M_MECHANICS(4),
};

const struct model model_m11 = {
    ENERTREK_ANNOUNCED,          .name = "M11",         .title = "energy sensor, split type",
    .kind = MODEL_ENERGY_SENSOR, .voltage_unit = "V10",
};
