/* Enertrek communication modules C10 C20 C30 C31 C32 C33: transparent pass-through. */
#include "common/enertrek.h"

static const struct model_mechanics c_mechanics = {
    .mounting = "DIN rail",
    .width_um = 18000,
    .din_modules_m = 1000,
};

#define C_ROWS(link)                                                                               \
    .kind = MODEL_COMMUNICATION_MODULE, .mechanics = &c_mechanics,                                 \
    GROUP(equipment, .ports = TEXTS("RS485", link), .supply = "12 VDC"),                           \
    .functions = FUNCTIONS(FUNCTION_COMM_PASS_THROUGH)

/* Of C31..C33 the list of products says only what the names say; size and supply are C30's. */
#define C_OURS .ours = TEXTS("mechanics", "equipment.supply")

const struct model model_c10 = {
    ENERTREK_ANNOUNCED,
    .name = "C10",
    .title = "communication module, Ethernet",
    C_ROWS("Ethernet"),
};

const struct model model_c20 = {
    ENERTREK_ANNOUNCED,
    .name = "C20",
    .title = "communication module, Wi-Fi",
    C_ROWS("Wi-Fi"),
};

const struct model model_c30 = {
    ENERTREK_ANNOUNCED,
    .name = "C30",
    .title = "communication module, 4G",
    C_ROWS("4G"),
};

const struct model model_c31 = {
    ENERTREK_ANNOUNCED,
    .name = "C31",
    .title = "communication module, 4G with Tuya, one to many MT53RST",
    C_ROWS("4G"),
    C_OURS,
};

const struct model model_c32 = {
    ENERTREK,     .name = "C32", .title = "communication module, 4G with Tuya, one to two MT53RST",
    C_ROWS("4G"), C_OURS,
};

const struct model model_c33 = {
    ENERTREK_ANNOUNCED,
    .name = "C33",
    .title = "communication module, 4G with Tuya, one to two MT88M",
    C_ROWS("4G"),
    C_OURS,
};
