/* common/utility.h: rows that the Sensemi SED and SM meters share. */
#ifndef MODELS_COMMON_UTILITY_H
#define MODELS_COMMON_UTILITY_H

#include "common/tables.h"

extern const struct model_demand utility_demand;       /* 15 min moving by 5 min */
extern const struct model_tariff utility_tariff;       /* 4 tariffs, 12 seasons, ... */
extern const struct model_profile utility_profile;     /* 15 min, 100 days, 16 channels */
extern const struct model_billing utility_billing_sed; /* 12 months, 62 days */

/* Columns of a load profile of energies and demands. */
#define UTILITY_COLUMNS                                                                            \
    TEXTS("clock", "profile_status", "wh_import_interval", "wh_export_interval",                   \
          "varh_import_interval", "varh_export_interval", "wh_import", "wh_export", "varh_import", \
          "varh_export", "p_import_last", "q_import_last", "pf_total_mean", "f_mean")

/* Direct connected, 5 (100) A, class 1 and 2; currents by IEC 62053-21 and EN 50470-3. */
#define UTILITY_CURRENTS_DIRECT      .ib_ma = 5000, .imax_ma = 100000, .imin_ma = 250, .itr_ma = 500
#define UTILITY_CURRENTS_DIRECT_OURS "ratings.imin", "ratings.itr"

/* By current transformer, 1 (10) A, class 0.5S; currents by IEC 62053-22. */
#define UTILITY_CURRENTS_CT      .in_ma = 1000, .imax_ma = 10000, .imin_ma = 10, .itr_ma = 50
#define UTILITY_CURRENTS_CT_OURS "ratings.imin", "ratings.itr"

#define UTILITY_FREQUENCY .frequency_mhz = 50000, .frequency_percent = 5

#define UTILITY_CLASSES_DIRECT                                                                     \
    .active = CLASS_1, .active_standard = "IEC 62053-21", .reactive = CLASS_2,                     \
    .reactive_standard = "IEC 62053-23"
#define UTILITY_CLASSES_CT                                                                         \
    .active = CLASS_0_5S, .active_standard = "IEC 62053-22", .reactive = CLASS_1,                  \
    .reactive_standard = "IEC 62053-24"

#define UTILITY_CONVENTIONS                                                                        \
    CONVENTIONS_COMMON, .total = ENERGY_SUM_PHASES, .apparent = APPARENT_ARITHMETIC,               \
                        .thd_order_max = 63, .harmonic_order_max = 63, .hold_up = true

#define UTILITY_STANDARDS                                                                          \
    "IEC 62052-11", "IEC 62056-21", "IEC 62056-42", "IEC 62056-46", "IEC 62056-4-7",               \
        "IEC 62056-5-3", "IEC 62056-6-1", "IEC 62056-6-2"

#define UTILITY_FUNCTIONS_LIVE                                                                     \
    FUNCTION_LIVE_U, FUNCTION_LIVE_I, FUNCTION_LIVE_P, FUNCTION_LIVE_Q, FUNCTION_LIVE_PF,          \
        FUNCTION_LIVE_F, FUNCTION_LIVE_CLOCK
#define UTILITY_FUNCTIONS_ENERGY                                                                   \
    FUNCTION_ENERGY_IMPORT, FUNCTION_ENERGY_EXPORT, FUNCTION_ENERGY_REACTIVE_IMPORT,               \
        FUNCTION_ENERGY_REACTIVE_EXPORT

/* What Blondel gives every utility meter, whether its manual names it or not. */
extern const enum model_function utility_functions[];

#endif
