#include "common/layouts.h"

#define PHASE_VOLTAGES .voltages = 3, .voltage = {"L1", "L2", "L3"}
#define PHASE_CURRENTS .currents = 3, .current = {"I1", "I2", "I3"}

const struct model_layout layout_1p2w = {
    .name = "1P2W",
    .voltages = 1,
    .voltage = {"L"},
    .currents = 1,
    .current = {"I"},
    .circuits = 1,
    .circuit = {{"", WIRING_1P2W, {0}, {0}, CHANNEL_NONE}},
};

const struct model_layout layout_1p2w_neutral = {
    .name = "1P2W, neutral measured",
    .voltages = 1,
    .voltage = {"L"},
    .currents = 2,
    .current = {"I", "IN"},
    .circuits = 1,
    .circuit = {{"", WIRING_1P2W, {0}, {0}, 1}},
};

const struct model_layout layout_1p3w = {
    .name = "1P3W",
    .voltages = 2,
    .voltage = {"L1", "L2"},
    .currents = 2,
    .current = {"I1", "I2"},
    .circuits = 1,
    .circuit = {{"", WIRING_1P3W, {0, 1}, {0, 1}, CHANNEL_NONE}},
};

const struct model_layout layout_3p3w = {
    .name = "3P3W",
    .voltages = 2,
    .voltage = {"L1-L2", "L3-L2"},
    .currents = 2,
    .current = {"I1", "I3"},
    .circuits = 1,
    .circuit = {{"", WIRING_3P3W, {0, 1}, {0, 1}, CHANNEL_NONE}},
};

const struct model_layout layout_3p4w = {
    .name = "3P4W",
    PHASE_VOLTAGES,
    PHASE_CURRENTS,
    .circuits = 1,
    .circuit = {{"", WIRING_3P4W, {0, 1, 2}, {0, 1, 2}, CHANNEL_NONE}},
};

const struct model_layout layout_3p4w_neutral = {
    .name = "3P4W, neutral measured",
    PHASE_VOLTAGES,
    .currents = 4,
    .current = {"I1", "I2", "I3", "IN"},
    .circuits = 1,
    .circuit = {{"", WIRING_3P4W, {0, 1, 2}, {0, 1, 2}, 3}},
};

const struct model_layout layout_3x1p2w = {
    .name = "3 x 1P2W",
    PHASE_VOLTAGES,
    PHASE_CURRENTS,
    .circuits = 3,
    .circuit =
        {
            {"l1", WIRING_1P2W, {0}, {0}, CHANNEL_NONE},
            {"l2", WIRING_1P2W, {1}, {1}, CHANNEL_NONE},
            {"l3", WIRING_1P2W, {2}, {2}, CHANNEL_NONE},
        },
};
