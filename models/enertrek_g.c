/* Enertrek gateways G10 G20 G30. */
#include "common/enertrek.h"

#define G_GATEWAY(how)                                                                             \
    GROUP(gateway, .level = (how), .processor = "ARM926EJ-S", .clock_mhz = 300, .memory_mb = 64,   \
          .system = "Linux",                                                                       \
          .crypto = TEXTS("ECC-256", "AES-256", "RSA-2048", "SHA-512", "HMAC",                     \
                          "random number generator"),                                              \
          .protocols = TEXTS("Modbus RTU", "Modbus TCP", "MQTT", "HTTP"),                          \
          .services = TEXTS("data acquisition, storage and analysis", "local web page",            \
                            "configuration of V, M, E and alarms", "cloud"))

#define G_EQUIPMENT(...)                                                                           \
    GROUP(equipment, .ports = TEXTS("RS485", "ETH1", "ETH2", "USB 2.0", __VA_ARGS__),              \
          .inputs = TEXTS("reset button: 5-10 s DHCP, 15-20 s level 2"),                           \
          .leds = TEXTS("run: green solid starting or working, green 2/s reset level 1, "          \
                        "red 2/s reset level 2, red 1/s duplicate address below, "                 \
                        "red solid not working or fault, red-green 2/s firmware upgrade",          \
                        "4G: green works", "network: blue platform connected, orange not",         \
                        "RS485: blue flash traffic",                                               \
                        "ETH1, ETH2: yellow 10 Mbit/s, green 100 Mbit/s, flashing with activity"), \
          .supply = "12 VDC")

#define G_MECHANICS(modules)                                                                       \
    GROUP(mechanics, .mounting = "DIN rail", .width_um = (modules)*18000,                          \
          .din_modules_m = (modules)*1000)

#define G_FUNCTIONS                                                                                \
    .functions = FUNCTIONS(FUNCTION_HISTORY, FUNCTION_CONFIGURATION, FUNCTION_COMM_MODBUS_RTU,     \
                           FUNCTION_COMM_MQTT, FUNCTION_COMM_HTTP, FUNCTION_COMM_CLOUD,            \
                           FUNCTION_COMM_ENCRYPTION, FUNCTION_UPGRADE),                            \
    .functions_ours = FUNCTIONS(FUNCTION_COMM_MODBUS_TCP, FUNCTION_UPGRADE_MODULES)

#define G_NOTES                                                                                    \
    {"reset level 2", "effect not said", "factory settings"},                                      \
    {                                                                                              \
        "duplicate address", "V mends it; G: check and replace", "mended; G LED while it lasts"    \
    }

/* The manual gives no consumption of G10 and G20: that of the G30 is the bound. */
#define G_OURS TEXTS("gateway.protocols", "bus.power", "bus.power_other")

const struct model model_g10 = {
    ENERTREK,
    .name = "G10",
    .title = "gateway, Ethernet and Wi-Fi",
    .kind = MODEL_GATEWAY,
    G_EQUIPMENT("Wi-Fi"),
    G_GATEWAY("basic"),
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 1500, .power_other_mw = 1300),
    G_MECHANICS(3),
    G_FUNCTIONS,
    .ours = G_OURS,
    .notes = NOTES({"wireless", "2.1 Wi-Fi; 3.4.1 none", "2.1"}, G_NOTES),
};

const struct model model_g20 = {
    ENERTREK,
    .name = "G20",
    .title = "gateway, Ethernet and 4G",
    .kind = MODEL_GATEWAY,
    G_EQUIPMENT("4G"),
    G_GATEWAY("standard"),
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 1500, .power_other_mw = 1300),
    G_MECHANICS(4),
    G_FUNCTIONS,
    .ours = G_OURS,
    .notes = NOTES({"wireless", "2.1 4G; 3.4.1 Wi-Fi", "2.1"}, G_NOTES),
};

const struct model model_g30 = {
    ENERTREK,
    .name = "G30",
    .title = "gateway, Ethernet, 4G and Wi-Fi",
    .kind = MODEL_GATEWAY,
    G_EQUIPMENT("4G", "Wi-Fi"),
    G_GATEWAY("advanced"),
    GROUP(bus, .bus = ENERTREK_BUS, .power_mw = 1500, .power_other_mw = 1300),
    G_MECHANICS(5),
    G_FUNCTIONS,
    .ours = TEXTS("gateway.protocols"),
    .notes =
        NOTES({"power", "1.5 W (7.1), 1.3 W (7.2)", "the larger; either can be chosen"}, G_NOTES),
};
