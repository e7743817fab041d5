/* common/enertrek.h: rows that the products of the multi-circuit system share. */
#ifndef MODELS_COMMON_ENERTREK_H
#define MODELS_COMMON_ENERTREK_H

#include "common/tables.h"

#define ENERTREK .maker = "Enertrek", .manual = "Enertrek Series user manual, 11/2025"

/* A product that the manual only announces: what its list of products says is all there is. */
#define ENERTREK_ANNOUNCED ENERTREK, .is_announced = true

#define ENERTREK_BUS "12 VDC RJ12, Modbus RTU"

#define ENERTREK_STANDARDS "IEC 61557-12", "IEC 62053-21", "IEC 62053-22"

/* 230 V as every drawing of the manual shows it; the modules take their voltages from the V10. */
#define ENERTREK_VOLTAGES                                                                          \
    .un_ln_mv = 230000, .un_ll_mv = 400000, .un_high_percent = 120, .frequency_mhz = 50000,        \
    .frequency_other_mhz = 60000
#define ENERTREK_VOLTAGES_OURS                                                                     \
    "ratings.un_high_percent", "ratings.frequency", "ratings.frequency_other"

/* No display: nine digits of kWh last a 10 kA feeder for 16 years. */
#define ENERTREK_CONVENTIONS                                                                       \
    CONVENTIONS_COMMON, .total = ENERGY_SUM_PHASES, .apparent = APPARENT_ARITHMETIC, .loss_s = 60, \
                        .register_digits = 9, .register_decimals = 2,                              \
                        .reporting = REPORTING_PRIMARY, .thd_order_max = 63,                       \
                        .harmonic_order_max = 50

/* The manual names the orders of harmonics, and nothing else of these. */
#define ENERTREK_CONVENTIONS_OURS                                                                  \
    "conventions.total_import_export", "conventions.apparent", "conventions.reactive",             \
        "conventions.power_factor_sign", "conventions.signs", "conventions.quadrants",             \
        "conventions.absolute", "conventions.net", "conventions.no_load",                          \
        "conventions.register_digits", "conventions.register_decimals",                            \
        "conventions.register_resolution", "conventions.reporting", "conventions.loss_bound"

#define ENERTREK_FUNCTIONS_ENERGY                                                                  \
    FUNCTION_ENERGY_IMPORT, FUNCTION_ENERGY_EXPORT, FUNCTION_ENERGY_REACTIVE_IMPORT,               \
        FUNCTION_ENERGY_REACTIVE_EXPORT, FUNCTION_ENERGY_APPARENT
#define ENERTREK_FUNCTIONS_POWER                                                                   \
    FUNCTION_LIVE_I, FUNCTION_LIVE_P, FUNCTION_LIVE_Q, FUNCTION_LIVE_S, FUNCTION_LIVE_PF

#define ENERTREK_IO_LEDS                                                                           \
    "run: green 2/s works, red solid communication fault, red 2/s configuration problem",          \
        "COM: blue flash traffic"

extern const struct model_conventions enertrek_conventions;

#endif
