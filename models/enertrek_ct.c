/* Enertrek current sensors: CTO, CTOV split cores, CTF coils, CTA adapter; CTH is announced. */
#include "common/enertrek.h"
#include "common/sensors.h"

#define SENSOR(words) ENERTREK, .kind = MODEL_CURRENT_SENSOR, .title = (words)

#define CORE_SIZE(width, height, depth)                                                            \
    GROUP(mechanics, .mounting = "on the conductor, cable by RJ45", .width_um = (width),           \
          .height_um = (height), .depth_um = (depth))
#define SIZE_100 CORE_SIZE(38200, 49500, 30500)
#define SIZE_200 CORE_SIZE(44500, 64000, 41000)
#define SIZE_400 CORE_SIZE(66300, 81500, 55400)
#define SIZE_600 CORE_SIZE(72500, 92000, 61000)

static const struct model_environment core_environment_100 = {
    .operating_min_c = -25,
    .operating_max_c = 75,
    .humidity_percent = 90,
    .ip = "IP20",
};

static const struct model_environment core_environment = {
    .operating_min_c = -20,
    .operating_max_c = 75,
    .humidity_percent = 90,
    .ip = "IP20",
};

static const struct model_environment coil_environment = {
    .operating_min_c = -40,
    .operating_max_c = 85,
    .humidity_percent = 95,
    .ip = "IP20 or higher",
};

static const struct model_mechanics coil_mechanics = {
    .mounting = "round the conductor, cable by RJ45",
    .cable_cm = 200,
};

#define NOTES_APERTURE(said)                                                                       \
    {                                                                                              \
        "aperture", said, "4.6: 16, 24, 36, 45 mm"                                                 \
    }
#define NOTES_CTO                                                                                  \
    .notes = NOTES(NOTES_APERTURE("2.1: 22, 36, 36, 36 mm"),                                       \
                   {"output", "4.6.1: 100 mA or 1 A", "4.6.3: 25, 25, 100, 100 mA"})
#define NOTES_CTOV                                                                                 \
    .notes = NOTES(NOTES_APERTURE("2.1: 16, 24, 36, 50 mm"),                                       \
                   {"output", "4.6.2: 333 mV, 25, 100, 100 mA", "4.6.5: 333 mV"})
#define NOTES_CTF                                                                                  \
    .notes = NOTES({"loop", "also 50, 100, 150, 200, 300, 600 mm", "50, 80, 100, 150, 200, 300 mm"})

#define CTO(amps)                                                                                  \
    SENSOR("split-core current transformer, mA"),                                                  \
        .name = "CTO-" #amps, .sensor = &sensor_cto_##amps, SIZE_##amps, NOTES_CTO
#define CTOV(amps)                                                                                 \
    SENSOR("split-core current transformer, 333 mV"),                                              \
        .name = "CTOV-" #amps, .sensor = &sensor_ctov_##amps, SIZE_##amps, NOTES_CTOV
#define CTF(amps)                                                                                  \
    SENSOR("flexible Rogowski coil"), .name = "CTF-" #amps, .sensor = &sensor_ctf_##amps,          \
                                      .environment = &coil_environment,                            \
                                      .mechanics = &coil_mechanics, NOTES_CTF

const struct model model_cto_100 = {CTO(100), .environment = &core_environment_100};
const struct model model_cto_200 = {CTO(200), .environment = &core_environment};
const struct model model_cto_400 = {CTO(400), .environment = &core_environment};
const struct model model_cto_600 = {CTO(600), .environment = &core_environment};

const struct model model_ctov_100 = {CTOV(100), .environment = &core_environment_100};
const struct model model_ctov_200 = {CTOV(200), .environment = &core_environment};
const struct model model_ctov_400 = {CTOV(400), .environment = &core_environment};
const struct model model_ctov_600 = {CTOV(600), .environment = &core_environment};

const struct model model_ctf_800 = {CTF(800)};
const struct model model_ctf_1000 = {CTF(1000)};
const struct model model_ctf_2000 = {CTF(2000)};
const struct model model_ctf_3000 = {CTF(3000)};
const struct model model_ctf_6300 = {CTF(6300)};
const struct model model_ctf_10000 = {CTF(10000), .aliases = TEXTS("CTF-10k")};

const struct model model_cta_5a = {
    SENSOR("adapter for a foreign transformer's 5 A"),
    .name = "CTA-5A",
    .aliases = TEXTS("CTA"),
    GROUP(sensor, .principle = "current transformer", .primary_ma = 5000, .output_ua = 1250,
          .aperture_mm = 10, .fits = TEXTS("E10")),
    GROUP(mechanics, .mounting = "on the secondary of the transformer, cable by RJ45",
          .width_um = 28500, .height_um = 26500, .depth_um = 39800),
    .ours = TEXTS("sensor.fits"),
    .notes = NOTES({"output", "2.5 mA (4.6.2), 1.25 mA (4.6.6)", "1.25 mA, settable"}),
};

const struct model model_cth = {
    ENERTREK_ANNOUNCED,
    .name = "CTH",
    .title = "Hall-effect current sensor, 10 to 600 A",
    .kind = MODEL_CURRENT_SENSOR,
    GROUP(sensor, .principle = "Hall effect", .primary_max_ma = 600000),
};
