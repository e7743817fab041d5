/* Enertrek voltage units: V10, and the announced units for direct voltage. */
#include "common/enertrek.h"

static const struct model_layout voltages_only = {
    .name = "3P4W",
    .voltages = 3,
    .voltage = {"UA", "UB", "UC"},
};

const struct model model_v10 = {
    ENERTREK,
    .name = "V10",
    .title = "voltage unit for the modules on its bus",
    .kind = MODEL_VOLTAGE_UNIT,
    .layouts = LAYOUTS(&voltages_only),
    GROUP(ratings, ENERTREK_VOLTAGES, .load_types = "1P 1x230 V, 3P 3x230 V, 3P+N 3x400 V"),
    .conventions = &enertrek_conventions,
    GROUP(equipment, .connection = "voltages and supply by terminals",
          .ports = TEXTS("RS485 upwards", "bus RJ12 downwards"),
          .leds = TEXTS("run: green 1/s works", "up: blue flash traffic",
                        "down: blue flash traffic, blue solid module missing or address anomaly"),
          .protocols = TEXTS("Modbus RTU"), .standards = TEXTS(ENERTREK_STANDARDS)),
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 800, .power_other_mw = 1100, .provides_mw = 15000,
          .circuits_max = 20,
          .systems = TEXTS(
              "1L+N: M10 per load",
              "2L+N split phase: 2 M10 for the two-phase load, 1 M10 for the single-phase one",
              "3L+N, three single-phase loads: 3 M10, 3 M20, or E with 3 CT",
              "3L+N, three-phase load: M30, M40, or E with 3 CT",
              "3L, three wires: M30, or E with 3 CT")),
    GROUP(mechanics, .mounting = "DIN rail", .width_um = 27000, .din_modules_m = 1500),
    .functions = FUNCTIONS(FUNCTION_LIVE_U, FUNCTION_LIVE_U_LINES, FUNCTION_LIVE_ZERO_SEQUENCE,
                           FUNCTION_LIVE_F, FUNCTION_COMM_MODBUS_RTU, FUNCTION_BUS_ADDRESSING),
    .functions_with_analyzer =
        FUNCTIONS(FUNCTION_QUALITY_THD, FUNCTION_QUALITY_HARMONICS, FUNCTION_QUALITY_MIN_MAX,
                  FUNCTION_QUALITY_U_UNBALANCE, FUNCTION_QUALITY_CREST, FUNCTION_LIVE_ANGLES,
                  FUNCTION_QUALITY_LIMIT_ALARMS),
    .ours = TEXTS(ENERTREK_VOLTAGES_OURS, ENERTREK_CONVENTIONS_OURS),
    .notes = NOTES({"quality", "with E31; E21 has it too", "E21 or E31 on the bus"},
                   {"harmonics", "THD to the 63rd, single harmonics 1..50", "both"},
                   {"power", "0.8 W (7.1), 1.1 W (7.2)", "the larger; either can be chosen"},
                   {"current classes", "11.2 copies 11.4", "ignored"}),
};

#define V_DC(volts)                                                                                \
    ENERTREK_ANNOUNCED, .title = "voltage unit for direct voltage", .kind = MODEL_VOLTAGE_UNIT,    \
                        GROUP(ratings, .un_dc_mv = (volts)*1000)

const struct model model_v10dc = {.name = "V10dc", V_DC(48)};
const struct model model_v11dc = {.name = "V11dc", V_DC(240)};
const struct model model_v500dc = {.name = "V500dc", V_DC(500)};
const struct model model_v1000dc = {.name = "V1000dc", V_DC(1000)};
const struct model model_v1500dc = {.name = "V1500dc", V_DC(1500)};
