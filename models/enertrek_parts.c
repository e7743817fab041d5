/* Enertrek D10 panel, P10 supply, H10 adapter, bus sharing, cables and clips. */
#include "common/enertrek.h"

const struct model model_d10 = {
    ENERTREK,
    .name = "D10",
    .title = "display panel",
    .kind = MODEL_DISPLAY_PANEL,
    GROUP(equipment, .ports = TEXTS("RS485"), .protocols = TEXTS("Modbus RTU", "MQTT", "HTTP"),
          .supply = "12 VDC"),
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 2000),
    GROUP(mechanics, .mounting = "panel", .width_um = 86000, .height_um = 86000),
    .functions = FUNCTIONS(FUNCTION_HISTORY, FUNCTION_QUALITY_LIMIT_ALARMS, FUNCTION_CONFIGURATION,
                           FUNCTION_COMM_HTTP, FUNCTION_COMM_MODBUS_RTU),
};

const struct model model_p10 = {
    ENERTREK,
    .name = "P10",
    .title = "supply of the gateway and the bus",
    .kind = MODEL_SUPPLY,
    .aliases = TEXTS("Enertrek-AP", "AP"),
    GROUP(equipment, .supply = "mains to 12 VDC"),
    GROUP(bus, .bus = ENERTREK_BUS, .provides_mw = 25000),
    .ours = TEXTS("equipment.supply"),
    .notes = NOTES({"supply", "P10 (2.1), Enertrek-AP (7.1)", "one thing, 25 W"}),
};

const struct model model_h10 = {
    ENERTREK_ANNOUNCED,
    .name = "H10",
    .title = "data transmission adapter",
    .kind = MODEL_ACCESSORY,
};

const struct model model_rs485_buffer = {
    ENERTREK,
    .name = "RS485 buffer",
    .title = "time sharing of one RS485 bus by two masters",
    .kind = MODEL_ACCESSORY,
    .aliases = TEXTS("RS485 time-sharing buffer"),
    GROUP(equipment, .ports = TEXTS("RS485 to the panel", "RS485 to the host", "RS485 to the V")),
    .functions = FUNCTIONS(FUNCTION_BUS_SHARING),
    .ours = TEXTS("equipment.ports"),
};

const struct model model_rj12 = {
    ENERTREK,
    .name = "RJ12",
    .title = "cable of the bus, data and power",
    .kind = MODEL_ACCESSORY,
    .aliases =
        TEXTS("RJ12-06", "RJ12-10", "RJ12-20", "RJ12-50", "RJ12-100", "RJ12-200", "RJ12-300"),
    GROUP(mechanics,
          .variants = TEXTS("6 cm", "10 cm", "20 cm", "50 cm", "100 cm", "200 cm", "300 cm")),
};

const struct model model_clip = {
    ENERTREK,
    .name = "Clip",
    .title = "mounting clip",
    .kind = MODEL_ACCESSORY,
    .aliases = TEXTS("Clip-S", "Clip-L"),
    GROUP(mechanics, .variants = TEXTS("S", "L")),
};
