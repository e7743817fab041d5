/* Sensemi SM306 (by current transformer) and SM307 (by current and voltage transformer). */
#include "common/layouts.h"
#include "common/utility.h"

#define SM30X_EQUIPMENT                                                                            \
    .connection = "L1V1L1 L2V2L2 L3V3L3 NN", .ports = TEXTS("optical"),                            \
    .modules = TEXTS("PLC (G3, BPLC, HPLC)", "RF", "2G", "3G", "4G"), .module_places = 2,          \
    .inputs = TEXTS("display button", "demand reset button, sealed", "meter cover",                \
                    "terminal cover", "module cover", "magnetic field", "bypass"),                 \
    .leds = TEXTS("active pulse", "reactive pulse", "alarm"),                                      \
    .protocols = TEXTS("DLMS/COSEM", "IEC 62056-21"),                                              \
    .standards = TEXTS("IEC 62052-11", "IEC 62053-22", "IEC 62053-24", "DLMS/COSEM")

#define SM30X_FUNCTIONS                                                                            \
    UTILITY_FUNCTIONS_ENERGY, UTILITY_FUNCTIONS_LIVE, FUNCTION_ENERGY_ABSOLUTE,                    \
        FUNCTION_ENERGY_REACTIVE_ABSOLUTE, FUNCTION_ENERGY_WITHOUT_BATTERY,                        \
        FUNCTION_DEMAND_MAXIMUM, FUNCTION_DEMAND_CUMULATIVE, FUNCTION_LIVE_ANGLES,                 \
        FUNCTION_TARIFF_TOU, FUNCTION_PROFILE_LOAD, FUNCTION_BILLING_MONTHLY,                      \
        FUNCTION_BILLING_BUTTON, FUNCTION_BILLING_REMOTE, FUNCTION_QUALITY_U_UNBALANCE,            \
        FUNCTION_QUALITY_REVERSAL, FUNCTION_QUALITY_OVER_VOLTAGE, FUNCTION_QUALITY_UNDER_VOLTAGE,  \
        FUNCTION_QUALITY_LONG_OUTAGE, FUNCTION_QUALITY_SHORT_OUTAGE,                               \
        FUNCTION_QUALITY_OVER_CURRENT, FUNCTION_EVENTS, FUNCTION_TAMPER_METER_COVER,               \
        FUNCTION_TAMPER_TERMINAL_COVER, FUNCTION_TAMPER_MODULE_COVER, FUNCTION_TAMPER_MAGNET,      \
        FUNCTION_TAMPER_BYPASS, FUNCTION_TAMPER_REPORT, FUNCTION_DISPLAY_SCROLL,                   \
        FUNCTION_COMM_DLMS, FUNCTION_COMM_62056_21, FUNCTION_COMM_LAST_GASP, FUNCTION_UPGRADE

static const struct model_classes sm30x_classes = {UTILITY_CLASSES_CT};

static const struct model_constants sm30x_constants = {
    .active_imp_per_kwh = 10000,
    .reactive_imp_per_kvarh = 10000,
};

static const struct model_relay sm30x_relay = {
    .type = "auxiliary",
    .current_ma = 5000,
    .voltage_v = 250,
};

static const struct model_billing sm30x_billing = {
    .months = 12,
    .automatic = "00:00:00 on the 1st, configurable",
    .triggers = TEXTS("sealed demand reset button", "remote from the AMI central system"),
};

static const struct model_clock sm30x_clock = {
    .drift_ms_per_day = 500,
    .backup = TEXTS("battery or supercapacitor",
                    "supercapacitor in the RF, 2G, 3G and 4G module for the last gasp"),
    .backed = TEXTS("clock", "calendar"),
    .last_gasp = true,
};

static const struct model_environment sm30x_environment = {
    .operating_min_c = -40,
    .operating_max_c = 70,
    .humidity_percent = 95,
    .ip = "IP54",
    .protective_class = "II",
};

static const struct model_emc sm30x_emc = {
    .esd_contact_kv = 8,
    .esd_air_kv = 15,
    .burst_kv = 4,
    .surge_kv = 6,
    .rf_loaded_v_per_m = 10,
    .rf_unloaded_v_per_m = 30,
};

#define SM30X_ROWS                                                                                 \
    .classes = &sm30x_classes, .constants = &sm30x_constants, .relay = &sm30x_relay,               \
    .tariff = &utility_tariff, .demand = &utility_demand, .profile = &utility_profile,             \
    .billing = &sm30x_billing, .clock = &sm30x_clock, .environment = &sm30x_environment,           \
    .emc = &sm30x_emc, .functions_ours = utility_functions

#define SM30X_OURS                                                                                 \
    UTILITY_CURRENTS_CT_OURS, "conventions", "demand", "tariff.days", "tariff.passive_calendar",   \
        "equipment.leds"

const struct model model_sm306 = {
    .name = "SM306",
    .maker = "Sensemi",
    .title = "three-phase meter for current transformers",
    .manual = "SED family, THREE PHASE CT (SM306)",
    .kind = MODEL_UTILITY_METER,
    .layouts = LAYOUTS(&layout_3p4w, &layout_3p4w_neutral, &layout_3p3w),
    GROUP(ratings, .un_ln_mv = 230000, .un_ll_mv = 400000, .un_lowest_ln_mv = 57700,
          .un_lowest_ll_mv = 100000, .un_highest_ln_mv = 240000, .un_highest_ll_mv = 415000,
          .un_low_percent = 80, .un_high_percent = 120, UTILITY_CURRENTS_CT,
          .start_active_ua = 1000, .start_reactive_ua = 4000, .start_label_ua = 2000,
          UTILITY_FREQUENCY),
    GROUP(conventions, UTILITY_CONVENTIONS, .register_digits = 8, .register_decimals = 2,
          .reporting = REPORTING_SECONDARY),
    GROUP(equipment, SM30X_EQUIPMENT, .neutral = "measured, optional"),
    GROUP(display, .type = "LCD", .digits = 10, .decimals_energy = 2, .decimals_power = 3,
          .decimals_programmable = true, .digit_height_mm = 12, .area_cm2 = 24,
          .modes = TEXTS("automatic scroll", "manual")),
    SM30X_ROWS,
    .functions = FUNCTIONS(SM30X_FUNCTIONS, FUNCTION_LIVE_I_NEUTRAL),
    .ours = TEXTS(SM30X_OURS, "ratings.un_ln", "ratings.un_ll"),
    .notes = NOTES({"wiring", "terminals with N", "3P4W; 3P3W is ours"},
                   {"reference voltage", "3x57.7/100 .. 3x240/415 V", "3x230/400 V unless set"},
                   {"starting current, active", "0.2 %, but its IEC 62053-22 asks 0.001 In",
                    "registers from 0.1 %, label 0.2 %"}),
};

const struct model model_sm307 = {
    .name = "SM307",
    .maker = "Sensemi",
    .title = "three-phase meter for current and voltage transformers",
    .manual = "THREE PHASE CT/VT (SM307), own sheet",
    .kind = MODEL_UTILITY_METER,
    .layouts = LAYOUTS(&layout_3p3w, &layout_3p4w),
    GROUP(ratings, .un_ln_mv = 63508, .un_ll_mv = 110000, .un_low_percent = 80,
          .un_high_percent = 120, UTILITY_CURRENTS_CT, .start_active_ua = 1000,
          .start_reactive_ua = 4000, UTILITY_FREQUENCY),
    GROUP(conventions, UTILITY_CONVENTIONS, .register_digits = 6, .register_decimals = 2,
          .reporting = REPORTING_SECONDARY),
    GROUP(equipment, SM30X_EQUIPMENT),
    GROUP(display, .type = "LCD", .digits = 8, .decimals_energy = 2, .decimals_power = 3,
          .decimals_programmable = true, .digit_height_mm = 10, .area_cm2 = 14,
          .modes = TEXTS("automatic scroll", "manual")),
    SM30X_ROWS,
    .functions = FUNCTIONS(SM30X_FUNCTIONS),
    .ours = TEXTS(SM30X_OURS, "ratings.un_ln"),
    .notes =
        NOTES({"wiring", "terminals with N, service not said", "3P3W and 3P4W, both ours"},
              {"3x110 V", "phase or line not said; NN terminal drawn",
               "line voltage, the secondary of a voltage transformer"},
              {"starting current, active", "family brochure 0.2 %, own sheet 0.1 %", "own sheet"},
              {"LCD", "family brochure 10 digits of 12 mm, 24 cm2; own sheet 8 of 10 mm, 14 cm2",
               "own sheet"}),
};
