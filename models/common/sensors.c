#include "common/sensors.h"

#include "common/tables.h"

#define SPLIT_CORE(amps, aperture, minutes, cable_from, cable_to)                                  \
    .primary_ma = (amps)*1000, .primary_max_ma = (amps)*1200, .accuracy = CLASS_0_5,               \
    .phase_error_min = (minutes), .nonlinearity_mpercent = 300, .aperture_mm = (aperture),         \
    .cable_min_mm2 = (cable_from), .cable_max_mm2 = (cable_to), .frequency_min_hz = 50,            \
    .frequency_max_hz = 60, .withstand_v = 4000

#define CTO(output_milliampere, load)                                                              \
    .principle = "split core, current output", .output_ua = (output_milliampere)*1000,             \
    .load_max_ohm = (load), .fits = TEXTS("E10")

#define CTOV                                                                                       \
    .principle = "split core, voltage output", .output_uv = 333000, .load_min_ohm = 10000,         \
    .fits = TEXTS("E21")

#define CTF(amps, aperture)                                                                        \
    .principle = "Rogowski coil", .primary_ma = (amps)*1000, .output_uv = 100000,                  \
    .needs_integrator = true, .accuracy = CLASS_0_5, .aperture_mm = (aperture),                    \
    .frequency_min_hz = 1, .frequency_max_hz = 20000, .fits = TEXTS("E31")

const struct model_sensor sensor_cto_100 = {SPLIT_CORE(100, 16, 50, 3, 15), CTO(25, 20)};
const struct model_sensor sensor_cto_200 = {SPLIT_CORE(200, 24, 30, 10, 24), CTO(25, 10)};
const struct model_sensor sensor_cto_400 = {SPLIT_CORE(400, 36, 30, 20, 36), CTO(100, 10)};
const struct model_sensor sensor_cto_600 = {SPLIT_CORE(600, 45, 30, 25, 45), CTO(100, 10)};

const struct model_sensor sensor_ctov_100 = {SPLIT_CORE(100, 16, 50, 3, 15), CTOV};
const struct model_sensor sensor_ctov_200 = {SPLIT_CORE(200, 24, 30, 10, 24), CTOV};
const struct model_sensor sensor_ctov_400 = {SPLIT_CORE(400, 36, 30, 20, 36), CTOV};
const struct model_sensor sensor_ctov_600 = {SPLIT_CORE(600, 45, 30, 25, 45), CTOV};

const struct model_sensor sensor_ctf_800 = {CTF(800, 50)};
const struct model_sensor sensor_ctf_1000 = {CTF(1000, 80)};
const struct model_sensor sensor_ctf_2000 = {CTF(2000, 100)};
const struct model_sensor sensor_ctf_3000 = {CTF(3000, 150)};
const struct model_sensor sensor_ctf_6300 = {CTF(6300, 200)};
const struct model_sensor sensor_ctf_10000 = {CTF(10000, 300)};
