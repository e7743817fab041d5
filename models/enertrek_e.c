/* Enertrek energy meters E10 and analyzers E21, E31 for external sensors; E10dc is announced. */
#include "common/enertrek.h"
#include "common/layouts.h"
#include "common/sensors.h"
#include "common/utility.h"

/* Currents of class 1, by sensor: IEC 61557-12; reactive energy by its class 2. All of In. */
#define E_CURRENTS(amps)                                                                           \
    .in_ma = (amps)*1000, .imin_ma = (amps)*10, .itr_ma = (amps)*50,                               \
    .start_active_ua = (amps)*2000, .start_reactive_ua = (amps)*3000

#define E_OURS                                                                                     \
    "ratings.un_ln", "ratings.un_ll", ENERTREK_VOLTAGES_OURS, "ratings.imin", "ratings.itr",       \
        "ratings.start_active", "ratings.start_reactive", ENERTREK_CONVENTIONS_OURS

#define E_NOTE_ACCURACY                                                                            \
    {                                                                                              \
        "accuracy", "3.3: P 1, kvarh 2; 3.4.4 and 11.4: 0.5, kvarh 1",                             \
            "3.3 with its sensor; 0.5 and 1 without"                                               \
    }
#define E_NOTE_SENSORS                                                                             \
    {                                                                                              \
        "sensors", "3.4.4 any kind; 2.1 and 5.3 one kind", "one kind; another is a wrong sensor"   \
    }

static const struct model_classes e_classes = {
    .active = CLASS_1,
    .active_standard = "IEC 61557-12",
    .reactive = CLASS_2,
    .reactive_standard = "IEC 61557-12",
    .apparent = CLASS_2,
    .p = CLASS_1,
    .q = CLASS_1,
    .s = CLASS_1,
    .i = CLASS_1,
    .active_without_ct = CLASS_0_5,
    .reactive_without_ct = CLASS_1,
    .power_standard = "IEC 61557-12",
};

static const struct model_equipment e_equipment = {
    .connection = "sensors by RJ45, P1 to the supply",
    .neutral = "computed",
    .ports = TEXTS("bus RJ12", "sensors RJ45"),
    .leds = TEXTS(ENERTREK_IO_LEDS),
    .protocols = TEXTS("Modbus RTU"),
    .standards = TEXTS(ENERTREK_STANDARDS),
};

static const struct model_tariff e_tariff = {.tariffs = 5};

static const struct model_mechanics e_mechanics = {.mounting = "DIN rail"};

#define E_ROWS(kind_of_module)                                                                     \
    ENERTREK, .kind = (kind_of_module), .voltage_unit = "V10",                                     \
              .layouts = LAYOUTS(&layout_3p4w, &layout_3p3w, &layout_3x1p2w),                      \
              .classes = &e_classes, .conventions = &enertrek_conventions,                         \
              .equipment = &e_equipment, .mechanics = &e_mechanics,                                \
              GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 500, .power_other_mw = 150),             \
              .functions_ours = FUNCTIONS(FUNCTION_QUALITY_WIRING_FAULTS)

#define E_FUNCTIONS ENERTREK_FUNCTIONS_ENERGY, ENERTREK_FUNCTIONS_POWER, FUNCTION_LIVE_I_NEUTRAL

#define ANALYZER_ROWS                                                                              \
    E_ROWS(MODEL_ENERGY_ANALYZER),                                                                 \
        .tariff = &e_tariff, .demand = &utility_demand,                                            \
        .functions = FUNCTIONS(                                                                    \
            E_FUNCTIONS, FUNCTION_TARIFF_TOU, FUNCTION_DEMAND_SLIDING, FUNCTION_DEMAND_MAXIMUM,    \
            FUNCTION_QUALITY_I_UNBALANCE, FUNCTION_QUALITY_THD, FUNCTION_QUALITY_HARMONICS,        \
            FUNCTION_QUALITY_MIN_MAX, FUNCTION_QUALITY_CREST, FUNCTION_QUALITY_K_FACTOR,           \
            FUNCTION_LIVE_ANGLES, FUNCTION_QUALITY_LIMIT_ALARMS)

#define ANALYZER_OURS E_OURS, "demand", "bus.power", "bus.power_other"

/* Split-core transformers carry 1.2 In; the coils are rated by their range. */
#define E_RATINGS_CT(amps)                                                                         \
    GROUP(ratings, ENERTREK_VOLTAGES, E_CURRENTS(amps), .imax_ma = (amps)*1200,                    \
          .current_inputs = 3, .load_types = "3L+N, 3L, three single-phase loads")
#define E_RATINGS_COIL(amps)                                                                       \
    GROUP(ratings, ENERTREK_VOLTAGES, E_CURRENTS(amps), .imax_ma = (amps)*1000,                    \
          .current_inputs = 3, .load_types = "3L+N, 3L, three single-phase loads")

#define E10(amps)                                                                                  \
    {                                                                                              \
        E_ROWS(MODEL_ENERGY_METER), .name = "E10-" #amps, .title = "energy meter for CTO-" #amps,  \
                                    E_RATINGS_CT(amps), .sensor = &sensor_cto_##amps,              \
                                    .functions = FUNCTIONS(E_FUNCTIONS), .ours = TEXTS(E_OURS),    \
                                    .notes = NOTES(E_NOTE_ACCURACY, E_NOTE_SENSORS),               \
    }

#define E21(amps)                                                                                  \
    {                                                                                              \
        ANALYZER_ROWS, .name = "E21-" #amps, .title = "energy analyzer for CTOV-" #amps,           \
                       E_RATINGS_CT(amps), .sensor = &sensor_ctov_##amps,                          \
                       .ours = TEXTS(ANALYZER_OURS, "classes.i"),                                  \
                       .notes = NOTES(E_NOTE_ACCURACY, E_NOTE_SENSORS),                            \
    }

#define E31(amps, ...)                                                                             \
    {                                                                                              \
        ANALYZER_ROWS, .title = "energy analyzer for CTF-" #amps, E_RATINGS_COIL(amps),            \
                       .sensor = &sensor_ctf_##amps, .ours = TEXTS(ANALYZER_OURS), __VA_ARGS__     \
    }

const struct model model_e10_100 = E10(100);
const struct model model_e10_200 = E10(200);
const struct model model_e10_400 = E10(400);
const struct model model_e10_600 = E10(600);

const struct model model_e21_100 = E21(100);
const struct model model_e21_200 = E21(200);
const struct model model_e21_400 = E21(400);
const struct model model_e21_600 = E21(600);

#define E31_NOTES .notes = NOTES(E_NOTE_ACCURACY, E_NOTE_SENSORS)

const struct model model_e31_800 = E31(800, .name = "E31-800", E31_NOTES);
const struct model model_e31_1000 = E31(1000, .name = "E31-1000", E31_NOTES);
const struct model model_e31_2000 = E31(2000, .name = "E31-2000", E31_NOTES);
const struct model model_e31_3000 = E31(3000, .name = "E31-3000", E31_NOTES);
const struct model model_e31_6300 = E31(6300, .name = "E31-6300", E31_NOTES);
const struct model model_e31_10k =
    E31(10000, .name = "E31-10k", .aliases = TEXTS("E31-10000"),
        .notes = NOTES(E_NOTE_ACCURACY, E_NOTE_SENSORS,
                       {"range", "chapter 1: to 6000 A; E31-10k", "10 kA"}));

const struct model model_e10dc = {
    ENERTREK_ANNOUNCED,
    .name = "E10dc",
    .title = "energy meter for direct current",
    .kind = MODEL_ENERGY_METER,
};
