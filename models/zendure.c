/* Zendure Smart Meter 3CT-S and 1CT-S: home meters with clamps. */
#include "common/tables.h"

#define CLAMPS .currents = 4, .current = {"IL1", "IL2", "IL3", "IL4"}
#define LINES  .voltages = 3, .voltage = {"L1", "L2", "L3"}

static const struct model_layout three_phase = {
    .name = "three-phase",
    LINES,
    CLAMPS,
    .circuits = 2,
    .circuit =
        {
            {"grid", WIRING_3P4W, {0, 1, 2}, {0, 1, 2}, CHANNEL_NONE},
            {"aux", WIRING_1P2W, {0}, {3}, CHANNEL_NONE},
        },
};

static const struct model_layout single_phase = {
    .name = "single-phase",
    .voltages = 1,
    .voltage = {"L3"},
    .currents = 1,
    .current = {"IL3"},
    .circuits = 1,
    .circuit = {{"grid", WIRING_1P2W, {0}, {0}, CHANNEL_NONE}},
};

/* IL1 and IL2 count against L1 and L2, which must be connected; IL4 against L3. */
static const struct model_layout single_phase_clamps = {
    .name = "single-phase, more clamps",
    LINES,
    CLAMPS,
    .circuits = 4,
    .circuit =
        {
            {"grid", WIRING_1P2W, {2}, {2}, CHANNEL_NONE},
            {"aux-1", WIRING_1P2W, {0}, {0}, CHANNEL_NONE},
            {"aux-2", WIRING_1P2W, {1}, {1}, CHANNEL_NONE},
            {"aux-4", WIRING_1P2W, {2}, {3}, CHANNEL_NONE},
        },
};

/* Currents of class 1, 20 (120) A, as its neighbours on the market declare them. */
static const struct model_ratings clamp_ratings = {
    .un_ln_mv = 230000,
    .un_ll_mv = 400000,
    .u_max_ln_mv = 265000,
    .in_ma = 20000,
    .imax_ma = 120000,
    .imin_ma = 600,
    .itr_ma = 2000,
    .start_active_ua = 80000,
    .start_reactive_ua = 100000,
    .frequency_mhz = 50000,
    .frequency_other_mhz = 60000,
    .current_inputs = 4,
    .load_types = "rooftop solar, home usage, heat pump",
    .category = "CAT III",
};

static const struct model_classes clamp_classes = {
    .active = CLASS_1,
    .active_standard = "IEC 61557-12",
    .reactive = CLASS_2,
    .reactive_standard = "IEC 61557-12",
    .p = CLASS_1,
    .power_standard = "IEC 61557-12",
};

static const struct model_conventions clamp_conventions = {
    CONVENTIONS_COMMON,
    .loss_s = 60,
    .total = ENERGY_SUM_PHASES,
    .apparent = APPARENT_ARITHMETIC,
    .register_digits = 8,
    .register_decimals = 2,
    .reporting = REPORTING_PRIMARY,
    .thd_order_max = 63,
    .harmonic_order_max = 63,
};

static const struct model_wireless clamp_wireless = {
    .wifi = "802.11 b/g/n, 2412..2472 MHz",
    .bluetooth = "5.0, 2402..2480 MHz",
    .power_dbm = 20,
};

#define ZENDURE_EQUIPMENT                                                                          \
    .connection = "L1 L2 L3 N by plug, clamps with the arrow from grid to home",                   \
    .ports = TEXTS("Ethernet (RJ45 shared with RS485)", "RS485 by bare wire", "Wi-Fi 2.4 GHz",     \
                   "Bluetooth"),                                                                   \
    .inputs = TEXTS("button: 3 s resets Wi-Fi and enters configuration, 10 s resets the meter"),   \
    .leds = TEXTS("power: green solid on, red blink error",                                        \
                  "IoT: green blink waiting, green fast blink configuration, "                     \
                  "green solid internet, yellow solid local only, red solid both down",            \
                  "RS485: flash traffic", "all off no power",                                      \
                  "all three in turn, green: firmware upgrade")

#define ZENDURE_ROWS                                                                               \
    .maker = "Zendure", .manual = "Smart Meter 3CT-S/1CT-S user manual", .kind = MODEL_HOME_METER, \
    .ratings = &clamp_ratings, .classes = &clamp_classes, .conventions = &clamp_conventions,       \
    .wireless = &clamp_wireless, GROUP(burden, .total_mw = 3000),                                  \
    GROUP(mechanics, .mounting = "DIN rail"),                                                      \
    .functions = FUNCTIONS(FUNCTION_LIVE_U, FUNCTION_LIVE_I, FUNCTION_LIVE_P, FUNCTION_HISTORY,    \
                           FUNCTION_HEMS, FUNCTION_COMM_CLOUD, FUNCTION_UPGRADE),                  \
    .functions_ours =                                                                              \
        FUNCTIONS(FUNCTION_ENERGY_IMPORT, FUNCTION_ENERGY_EXPORT, FUNCTION_ENERGY_REACTIVE_IMPORT, \
                  FUNCTION_ENERGY_REACTIVE_EXPORT, FUNCTION_LIVE_Q, FUNCTION_LIVE_PF,              \
                  FUNCTION_LIVE_F, FUNCTION_QUALITY_WIRING_FAULTS),                                \
    .ours = TEXTS("ratings.un_ll", "ratings.in", "ratings.imin", "ratings.itr",                    \
                  "ratings.start_active", "ratings.start_reactive", "classes", "conventions"),     \
    .notes = NOTES({"RS485", "two hardware variants; both ports drawn", "both ports, one line"},   \
                   {"clamps", "three and one in the box, four inputs", "more clamps by layout"},   \
                   {"voltage of IL4", "not said", "L1 in three phases, L3 in one"})

const struct model model_3ct_s = {
    ZENDURE_ROWS,
    .name = "3CT-S",
    .title = "three-phase home meter, three clamps and one more",
    .aliases = TEXTS("ZDC2503", "Smart Meter 3CT-S"),
    .layouts = LAYOUTS(&three_phase, &single_phase_clamps),
    GROUP(equipment, ZENDURE_EQUIPMENT, .in_the_box = TEXTS("3 clamps, 120 A")),
};

const struct model model_1ct_s = {
    ZENDURE_ROWS,
    .name = "1CT-S",
    .title = "single-phase home meter, one clamp and three more",
    .aliases = TEXTS("ZDC2502", "Smart Meter 1CT-S"),
    .layouts = LAYOUTS(&single_phase, &single_phase_clamps),
    GROUP(equipment, ZENDURE_EQUIPMENT, .in_the_box = TEXTS("1 clamp, 120 A")),
};
