/*
 * model/fields.h: the fields of a model, group by group: THE lists from which its structs, its JSON
 * and its sheet are made, so that no field can be missing from one of them. One line a field:
 *
 *   F(S, kind, name, key, unit, text)
 *
 * S     the struct, handed through
 * kind  type and scale: COUNT uint32_t; MILLI and MICRO uint32_t, thousandths and millionths of
 *       `unit`; SIGNED int32_t; FLAG bool; TEXT a string; LIST strings up to NULL; enums by name
 * name  the member: an integer, its unit last
 * key   its name in JSON, in whole units
 * text  what a person reads
 *
 * Zero and NULL mean that nobody says anything. Seen through model/model.h only.
 */
#ifndef MODEL_FIELDS_H
#define MODEL_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "meter/meter.h"
#include "metrology/metrology.h"

/* Accuracy classes; the letter S extends a class to low currents. */
enum model_class {
    CLASS_NONE,
    CLASS_0_1S,
    CLASS_0_2S,
    CLASS_0_5S,
    CLASS_0_5,
    CLASS_1,
    CLASS_2,
    CLASS_3,
    CLASS_COUNT
};

enum model_reporting { REPORTING_PRIMARY, REPORTING_SECONDARY };

enum model_pf_sign {
    PF_SIGN_OF_P,    /* IEC: positive for import, negative for export */
    PF_SIGN_OF_PHASE /* IEEE: positive leading, negative lagging */
};

#define MODEL_RATINGS(F, S)                                                                        \
    F(S, MILLI, un_ln_mv, "un_ln", "V", "reference voltage, line to neutral")                      \
    F(S, MILLI, un_ll_mv, "un_ll", "V", "reference voltage, line to line")                         \
    F(S, MILLI, un_lowest_ln_mv, "un_lowest_ln", "V", "lowest reference voltage, line to neutral") \
    F(S, MILLI, un_lowest_ll_mv, "un_lowest_ll", "V", "lowest reference voltage, line to line")    \
    F(S, MILLI, un_highest_ln_mv, "un_highest_ln", "V",                                            \
      "highest reference voltage, line to neutral")                                                \
    F(S, MILLI, un_highest_ll_mv, "un_highest_ll", "V", "highest reference voltage, line to line") \
    F(S, MILLI, un_dc_mv, "un_dc", "V", "reference direct voltage")                                \
    F(S, COUNT, un_low_percent, "un_low_percent", "%", "lower end of the voltage range, of Un")    \
    F(S, COUNT, un_high_percent, "un_high_percent", "%", "upper end of the voltage range, of Un")  \
    F(S, MILLI, u_min_ln_mv, "u_min_ln", "V", "lowest voltage, line to neutral")                   \
    F(S, MILLI, u_max_ln_mv, "u_max_ln", "V", "highest voltage, line to neutral")                  \
    F(S, MILLI, u_min_ll_mv, "u_min_ll", "V", "lowest voltage, line to line")                      \
    F(S, MILLI, u_max_ll_mv, "u_max_ll", "V", "highest voltage, line to line")                     \
    F(S, MILLI, ib_ma, "ib", "A", "basic current Ib")                                              \
    F(S, MILLI, in_ma, "in", "A", "rated current In")                                              \
    F(S, MILLI, imax_ma, "imax", "A", "maximum current Imax")                                      \
    F(S, MILLI, imin_ma, "imin", "A", "minimum current Imin")                                      \
    F(S, MILLI, itr_ma, "itr", "A", "transitional current Itr")                                    \
    F(S, MICRO, start_active_ua, "start_active", "A", "starting current, active")                  \
    F(S, MICRO, start_reactive_ua, "start_reactive", "A", "starting current, reactive")            \
    F(S, MICRO, start_label_ua, "start_label", "A",                                                \
      "starting current on the label, if it differs")                                              \
    F(S, COUNT, overload_imax, "overload", "x Imax", "short overcurrent")                          \
    F(S, COUNT, overload_ms, "overload_ms", "ms", "duration of the short overcurrent")             \
    F(S, MILLI, frequency_mhz, "frequency", "Hz", "reference frequency")                           \
    F(S, MILLI, frequency_other_mhz, "frequency_other", "Hz", "other reference frequency")         \
    F(S, COUNT, frequency_percent, "frequency_percent", "%", "frequency range, either way")        \
    F(S, COUNT, current_inputs, "current_inputs", "", "current inputs")                            \
    F(S, TEXT, load_types, "load_types", "", "loads")                                              \
    F(S, TEXT, category, "category", "", "measurement category")

#define MODEL_CLASSES(F, S)                                                                        \
    F(S, CLASS, active, "active", "", "active energy")                                             \
    F(S, TEXT, active_standard, "active_standard", "", "standard for active energy")               \
    F(S, CLASS, reactive, "reactive", "", "reactive energy")                                       \
    F(S, TEXT, reactive_standard, "reactive_standard", "", "standard for reactive energy")         \
    F(S, CLASS, apparent, "apparent", "", "apparent energy")                                       \
    F(S, CLASS, p, "p", "", "active power")                                                        \
    F(S, CLASS, q, "q", "", "reactive power")                                                      \
    F(S, CLASS, s, "s", "", "apparent power")                                                      \
    F(S, CLASS, i, "i", "", "current")                                                             \
    F(S, CLASS, active_without_ct, "active_without_ct", "", "active energy without a CT's error")  \
    F(S, CLASS, reactive_without_ct, "reactive_without_ct", "", "reactive energy without a CT's")  \
    F(S, TEXT, power_standard, "power_standard", "", "standard for powers")                        \
    F(S, TEXT, u_error, "u_error", "", "error of voltage")                                         \
    F(S, TEXT, i_error, "i_error", "", "error of current")                                         \
    F(S, TEXT, f_error, "f_error", "", "error of frequency")                                       \
    F(S, TEXT, pf_error, "pf_error", "", "error of power factor")

#define MODEL_CONSTANTS(F, S)                                                                      \
    F(S, COUNT, active_imp_per_kwh, "active", "imp/kWh", "meter constant, active")                 \
    F(S, COUNT, reactive_imp_per_kvarh, "reactive", "imp/kvarh", "meter constant, reactive")

#define MODEL_CONVENTIONS(F, S)                                                                    \
    F(S, SUM, total, "total_import_export", "", "import and export of the total")                  \
    F(S, APPARENT, apparent, "apparent", "", "apparent power and kVAh of the total")               \
    F(S, TEXT, reactive, "reactive", "", "reactive power and energy")                              \
    F(S, PF_SIGN, pf_sign, "power_factor_sign", "", "sign of the power factor")                    \
    F(S, TEXT, signs, "signs", "", "signs of P and Q")                                             \
    F(S, TEXT, quadrants, "quadrants", "", "quadrants")                                            \
    F(S, TEXT, absolute, "absolute", "", "absolute energy")                                        \
    F(S, TEXT, net, "net", "", "net energy")                                                       \
    F(S, TEXT, no_load, "no_load", "", "no-load threshold")                                        \
    F(S, COUNT, register_digits, "register_digits", "", "digits of kWh before the roll-over")      \
    F(S, COUNT, register_decimals, "register_decimals", "", "decimals of kWh shown")               \
    F(S, TEXT, register_resolution, "register_resolution", "", "resolution of a register")         \
    F(S, REPORTING, reporting, "reporting", "", "values are")                                      \
    F(S, FLAG, hold_up, "hold_up", "", "a power-fail warning comes in time to keep all")           \
    F(S, COUNT, loss_s, "loss_bound", "s", "energy that a power cut can take at most")             \
    F(S, COUNT, thd_order_max, "thd_order_max", "", "highest order in THD")                        \
    F(S, COUNT, harmonic_order_max, "harmonic_order_max", "", "highest single harmonic reported")

#define MODEL_DISPLAY(F, S)                                                                        \
    F(S, TEXT, type, "type", "", "display")                                                        \
    F(S, COUNT, digits, "digits", "", "digits")                                                    \
    F(S, COUNT, decimals_energy, "decimals_energy", "", "decimals of energy")                      \
    F(S, COUNT, decimals_power, "decimals_power", "", "decimals of power and demand")              \
    F(S, FLAG, decimals_programmable, "decimals_programmable", "", "decimals can be programmed")   \
    F(S, COUNT, digit_height_mm, "digit_height", "mm", "height of a digit")                        \
    F(S, COUNT, area_cm2, "area", "cm2", "size, at least")                                         \
    F(S, TEXT, backlight, "backlight", "", "backlight")                                            \
    F(S, LIST, modes, "modes", "", "modes")

#define MODEL_RELAY(F, S)                                                                          \
    F(S, TEXT, type, "type", "", "relay")                                                          \
    F(S, COUNT, poles, "poles", "", "poles")                                                       \
    F(S, MILLI, current_ma, "current", "A", "switched current")                                    \
    F(S, COUNT, voltage_v, "voltage", "V", "switched voltage")                                     \
    F(S, COUNT, short_circuit_a, "short_circuit", "A", "short-circuit current")                    \
    F(S, COUNT, short_circuit_ms, "short_circuit_ms", "ms", "duration of the short circuit")       \
    F(S, COUNT, life_electrical, "life_electrical", "operations", "electrical life")               \
    F(S, COUNT, life_mechanical, "life_mechanical", "operations", "mechanical or off-load life")   \
    F(S, COUNT, limiter_w, "limiter", "W", "limiter on active import, default")                    \
    F(S, COUNT, over_voltage_v, "over_voltage", "V", "opens above, default")                       \
    F(S, COUNT, restore_voltage_v, "restore_voltage", "V", "closes again below, default")          \
    F(S, LIST, opens_by, "opens_by", "", "opens by")                                               \
    F(S, LIST, never_by, "never_by", "", "never opens by")

#define MODEL_TARIFF(F, S)                                                                         \
    F(S, COUNT, tariffs, "tariffs", "", "tariffs")                                                 \
    F(S, COUNT, seasons, "seasons", "", "seasons")                                                 \
    F(S, COUNT, weeks, "weeks", "", "week profiles")                                               \
    F(S, COUNT, days, "days", "", "day profiles")                                                  \
    F(S, COUNT, switches, "switches", "", "switches a day")                                        \
    F(S, COUNT, special_days, "special_days", "", "special days")                                  \
    F(S, COUNT, energy_registers, "energy_registers", "", "tariff registers, energy")              \
    F(S, COUNT, demand_registers, "demand_registers", "", "tariff registers, demand")              \
    F(S, FLAG, passive_calendar, "passive_calendar", "", "active and passive calendar")

#define MODEL_DEMAND(F, S)                                                                         \
    F(S, TEXT, method, "method", "", "method")                                                     \
    F(S, COUNT, period_s, "period", "s", "sub-interval")                                           \
    F(S, COUNT, number_of_periods, "number_of_periods", "", "sub-intervals in the window")

#define MODEL_PROFILE(F, S)                                                                        \
    F(S, COUNT, period_s, "period", "s", "capture period, default")                                \
    F(S, COUNT, period_min_s, "period_min", "s", "shortest capture period")                        \
    F(S, COUNT, period_max_s, "period_max", "s", "longest capture period")                         \
    F(S, COUNT, days, "days", "", "days kept at the default period")                               \
    F(S, COUNT, channels, "channels", "", "channels")                                              \
    F(S, LIST, profiles, "profiles", "", "profiles")                                               \
    F(S, LIST, columns, "columns", "", "columns, as rows of the meter")                            \
    F(S, LIST, energy_columns, "energy_columns", "", "columns, energy")                            \
    F(S, LIST, quality_columns, "quality_columns", "", "columns, quality")

#define MODEL_BILLING(F, S)                                                                        \
    F(S, COUNT, months, "months", "", "months kept")                                               \
    F(S, COUNT, days, "days", "", "days kept")                                                     \
    F(S, TEXT, automatic, "automatic", "", "automatic reset")                                      \
    F(S, LIST, triggers, "triggers", "", "other resets")                                           \
    F(S, LIST, month_columns, "month_columns", "", "columns, month")                               \
    F(S, LIST, day_columns, "day_columns", "", "columns, day")

#define MODEL_CLOCK(F, S)                                                                          \
    F(S, MILLI, drift_ms_per_day, "drift", "s/day", "drift at reference temperature")              \
    F(S, TEXT, standard, "standard", "", "standard")                                               \
    F(S, LIST, backup, "backup", "", "backup")                                                     \
    F(S, LIST, backed, "backed", "", "carried by the backup")                                      \
    F(S, FLAG, last_gasp, "last_gasp", "", "last message on loss of mains")

#define MODEL_ENVIRONMENT(F, S)                                                                    \
    F(S, SIGNED, operating_min_c, "operating_min", "°C", "operating, from")                        \
    F(S, SIGNED, operating_max_c, "operating_max", "°C", "operating, to")                          \
    F(S, SIGNED, storage_min_c, "storage_min", "°C", "storage, from")                              \
    F(S, SIGNED, storage_max_c, "storage_max", "°C", "storage, to")                                \
    F(S, COUNT, humidity_percent, "humidity", "%", "humidity, up to")                              \
    F(S, COUNT, altitude_m, "altitude", "m", "altitude, up to")                                    \
    F(S, COUNT, pressure_min_kpa, "pressure_min", "kPa", "air pressure, from")                     \
    F(S, COUNT, pressure_max_kpa, "pressure_max", "kPa", "air pressure, to")                       \
    F(S, TEXT, ip, "ip", "", "protection against dust and water")                                  \
    F(S, TEXT, protective_class, "protective_class", "", "protective class")                       \
    F(S, COUNT, life_years, "life", "years", "service life, at least")                             \
    F(S, COUNT, battery_years, "battery_life", "years", "life of the battery, at least")

#define MODEL_EMC(F, S)                                                                            \
    F(S, COUNT, esd_contact_kv, "esd_contact", "kV", "electrostatic discharge, contact")           \
    F(S, COUNT, esd_air_kv, "esd_air", "kV", "electrostatic discharge, air")                       \
    F(S, COUNT, burst_kv, "burst", "kV", "fast transient burst")                                   \
    F(S, COUNT, surge_kv, "surge", "kV", "surge")                                                  \
    F(S, COUNT, impulse_kv, "impulse", "kV", "impulse voltage")                                    \
    F(S, COUNT, withstand_v, "withstand", "V", "withstand voltage")                                \
    F(S, COUNT, rf_loaded_v_per_m, "rf_loaded", "V/m", "RF field 80..2000 MHz, with current")      \
    F(S, COUNT, rf_unloaded_v_per_m, "rf_unloaded", "V/m",                                         \
      "RF field 80..2000 MHz, without current")                                                    \
    F(S, COUNT, rf_conducted_v, "rf_conducted", "V", "conducted RF 0.15..80 MHz")                  \
    F(S, TEXT, emission, "emission", "", "emission")                                               \
    F(S, LIST, standards, "standards", "", "standards")

#define MODEL_BURDEN(F, S)                                                                         \
    F(S, MILLI, voltage_mw, "voltage_active", "W", "voltage circuit, active")                      \
    F(S, MILLI, voltage_mva, "voltage_apparent", "VA", "voltage circuit, apparent")                \
    F(S, MILLI, current_mva, "current_apparent", "VA", "current circuit")                          \
    F(S, MILLI, total_mw, "total", "W", "whole product")

#define MODEL_MECHANICS(F, S)                                                                      \
    F(S, TEXT, mounting, "mounting", "", "mounting")                                               \
    F(S, MILLI, width_um, "width", "mm", "width")                                                  \
    F(S, MILLI, height_um, "height", "mm", "height")                                               \
    F(S, MILLI, depth_um, "depth", "mm", "depth")                                                  \
    F(S, MILLI, din_modules_m, "din_modules", "modules of 18 mm", "width on the rail")             \
    F(S, COUNT, weight_g, "weight", "g", "weight")                                                 \
    F(S, COUNT, cable_cm, "cable", "cm", "cable")                                                  \
    F(S, LIST, variants, "variants", "", "variants")                                               \
    F(S, LIST, materials, "materials", "", "materials")

#define MODEL_BUS(F, S)                                                                            \
    F(S, TEXT, bus, "bus", "", "bus")                                                              \
    F(S, MILLI, power_mw, "power", "W", "power budget, manual 7.1")                                \
    F(S, MILLI, power_other_mw, "power_other", "W", "power budget, manual 7.2")                    \
    F(S, MILLI, provides_mw, "provides", "W", "power provided")                                    \
    F(S, COUNT, circuits_max, "circuits_max", "", "current circuits behind one voltage unit")      \
    F(S, LIST, systems, "systems", "", "wiring systems, and their modules")

#define MODEL_SENSOR(F, S)                                                                         \
    F(S, TEXT, principle, "principle", "", "principle")                                            \
    F(S, MILLI, primary_ma, "primary", "A", "rated primary current")                               \
    F(S, MILLI, primary_max_ma, "primary_max", "A", "maximum primary current")                     \
    F(S, MICRO, output_ua, "output_current", "A", "output at the rated current")                   \
    F(S, MICRO, output_uv, "output_voltage", "V", "output at the rated current")                   \
    F(S, FLAG, needs_integrator, "needs_integrator", "",                                           \
      "output is the derivative of the current")                                                   \
    F(S, CLASS, accuracy, "class", "", "class")                                                    \
    F(S, COUNT, phase_error_min, "phase_error", "minutes",                                         \
      "phase error at the rated current, up to")                                                   \
    F(S, MILLI, nonlinearity_mpercent, "nonlinearity", "%", "non-linearity, up to")                \
    F(S, COUNT, load_max_ohm, "load_max", "Ohm", "load, up to")                                    \
    F(S, COUNT, load_min_ohm, "load_min", "Ohm", "load, at least")                                 \
    F(S, COUNT, aperture_mm, "aperture", "mm", "aperture")                                         \
    F(S, COUNT, cable_min_mm2, "cable_min", "mm2", "cable, from")                                  \
    F(S, COUNT, cable_max_mm2, "cable_max", "mm2", "cable, to")                                    \
    F(S, COUNT, frequency_min_hz, "frequency_min", "Hz", "frequency, from")                        \
    F(S, COUNT, frequency_max_hz, "frequency_max", "Hz", "frequency, to (-3 dB)")                  \
    F(S, COUNT, withstand_v, "withstand", "V", "withstand voltage, 1 min")                         \
    F(S, LIST, fits, "fits", "", "fits")

#define MODEL_IO(F, S)                                                                             \
    F(S, COUNT, digital_inputs, "digital_inputs", "", "digital inputs")                            \
    F(S, COUNT, digital_outputs, "digital_outputs", "", "relay outputs")                           \
    F(S, COUNT, analog_inputs, "analog_inputs", "", "analog inputs")                               \
    F(S, COUNT, analog_outputs, "analog_outputs", "", "analog outputs")                            \
    F(S, LIST, input_signals, "input_signals", "", "inputs take")                                  \
    F(S, LIST, output_signals, "output_signals", "", "outputs give")                               \
    F(S, LIST, input_functions, "input_functions", "", "inputs do")                                \
    F(S, LIST, output_functions, "output_functions", "", "outputs do")                             \
    F(S, COUNT, input_response_ms, "input_response", "ms", "input response, up to")                \
    F(S, COUNT, output_response_ms, "output_response", "ms", "output response, up to")             \
    F(S, COUNT, count_rate_max_hz, "count_rate_max", "Hz", "pulses counted below")

#define MODEL_GATEWAY_DATA(F, S)                                                                   \
    F(S, TEXT, level, "level", "", "level")                                                        \
    F(S, TEXT, processor, "processor", "", "processor")                                            \
    F(S, COUNT, clock_mhz, "clock", "MHz", "processor clock")                                      \
    F(S, COUNT, memory_mb, "memory", "MB", "memory")                                               \
    F(S, TEXT, system, "system", "", "operating system")                                           \
    F(S, LIST, crypto, "crypto", "", "encryption")                                                 \
    F(S, LIST, protocols, "protocols", "", "protocols")                                            \
    F(S, LIST, services, "services", "", "services")

#define MODEL_WIRELESS(F, S)                                                                       \
    F(S, TEXT, wifi, "wifi", "", "Wi-Fi")                                                          \
    F(S, TEXT, bluetooth, "bluetooth", "", "Bluetooth")                                            \
    F(S, COUNT, power_dbm, "power", "dBm", "transmitted power, up to")                             \
    F(S, COUNT, range_indoor_m, "range_indoor", "m", "range indoors")                              \
    F(S, COUNT, range_outdoor_m, "range_outdoor", "m", "range outdoors")

/* The equipment of the product in words, one list each. */
#define MODEL_EQUIPMENT(F, S)                                                                      \
    F(S, TEXT, connection, "connection", "", "connection")                                         \
    F(S, TEXT, neutral, "neutral", "", "neutral current")                                          \
    F(S, LIST, ports, "ports", "", "ports")                                                        \
    F(S, LIST, modules, "modules", "", "modules")                                                  \
    F(S, COUNT, module_places, "module_places", "", "places for modules")                          \
    F(S, LIST, inputs, "inputs", "", "buttons, keys and detectors")                                \
    F(S, LIST, leds, "leds", "", "LEDs")                                                           \
    F(S, FLAG, beeper, "beeper", "", "beeper")                                                     \
    F(S, LIST, protocols, "protocols", "", "protocols")                                            \
    F(S, LIST, standards, "standards", "", "standards")                                            \
    F(S, LIST, in_the_box, "in_the_box", "", "in the box")                                         \
    F(S, TEXT, supply, "supply", "", "supply")

/* The groups of a model: G(name of struct and member, list of its fields, text). */
#define MODEL_GROUPS(G)                                                                            \
    G(ratings, MODEL_RATINGS, "Ratings")                                                           \
    G(classes, MODEL_CLASSES, "Accuracy classes")                                                  \
    G(constants, MODEL_CONSTANTS, "Meter constants")                                               \
    G(conventions, MODEL_CONVENTIONS, "Conventions")                                               \
    G(equipment, MODEL_EQUIPMENT, "Equipment")                                                     \
    G(display, MODEL_DISPLAY, "Display")                                                           \
    G(relay, MODEL_RELAY, "Relay")                                                                 \
    G(tariff, MODEL_TARIFF, "Tariff")                                                              \
    G(demand, MODEL_DEMAND, "Demand")                                                              \
    G(profile, MODEL_PROFILE, "Load profile")                                                      \
    G(billing, MODEL_BILLING, "Billing")                                                           \
    G(clock, MODEL_CLOCK, "Clock and backup")                                                      \
    G(bus, MODEL_BUS, "Module bus")                                                                \
    G(sensor, MODEL_SENSOR, "Current sensor")                                                      \
    G(io, MODEL_IO, "Inputs and outputs")                                                          \
    G(gateway, MODEL_GATEWAY_DATA, "Gateway")                                                      \
    G(wireless, MODEL_WIRELESS, "Wireless")                                                        \
    G(burden, MODEL_BURDEN, "Burden")                                                              \
    G(environment, MODEL_ENVIRONMENT, "Environment")                                               \
    G(emc, MODEL_EMC, "EMC and insulation")                                                        \
    G(mechanics, MODEL_MECHANICS, "Mechanics")

#define MODEL_TYPE_COUNT     uint32_t
#define MODEL_TYPE_MILLI     uint32_t
#define MODEL_TYPE_MICRO     uint32_t
#define MODEL_TYPE_SIGNED    int32_t
#define MODEL_TYPE_FLAG      bool
#define MODEL_TYPE_TEXT      const char *
#define MODEL_TYPE_LIST      const char *const *
#define MODEL_TYPE_CLASS     enum model_class
#define MODEL_TYPE_SUM       enum energy_sum
#define MODEL_TYPE_APPARENT  enum apparent
#define MODEL_TYPE_PF_SIGN   enum model_pf_sign
#define MODEL_TYPE_REPORTING enum model_reporting

#define MODEL_MEMBER(S, kind, name, key, unit, text) MODEL_TYPE_##kind name;
#define MODEL_STRUCT(name, FIELDS, text)                                                           \
    struct model_##name {                                                                          \
        FIELDS(MODEL_MEMBER, )                                                                     \
    };
MODEL_GROUPS(MODEL_STRUCT)
#undef MODEL_STRUCT
#undef MODEL_MEMBER

#endif
