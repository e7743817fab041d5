/* Which conductors each channel sees, what a wiring fault does to that, and its front end. */
#include <math.h>
#include <string.h>

#include "sources/simulator_state.h"

#define U_RANGE_OF_NOMINAL 2.6 /* peak full scale: a line voltage or a swell to 184 % fits */
#define I_RANGE_A          150.0
#define I_RANGE_OF_RATED   2.2
#define LOOSE_CT           0.3

const char *const sim_fault_names[SIM_FAULTS] = {
    [SIM_NO_FAULT] = "none",
    [SIM_REVERSED_CT] = "reversed-ct",
    [SIM_SWAPPED_VOLTAGES] = "swapped-voltages",
    [SIM_SWAPPED_CURRENTS] = "swapped-currents",
    [SIM_ROTATED_CURRENTS] = "rotated-currents",
    [SIM_NO_NEUTRAL] = "no-neutral",
    [SIM_NEUTRAL_SWAPPED] = "neutral-swapped",
    [SIM_NO_CURRENT] = "no-current",
    [SIM_CT_ON_NEUTRAL] = "ct-on-neutral",
    [SIM_LOOSE_CT] = "loose-ct",
    [SIM_NO_VOLTAGE] = "no-voltage",
};

static const struct sim_mix mixes_3p4w[] = {
    {"U1", "L1", false, 0, {1, 0, 0, 0, 0, 0}}, {"U2", "L2", false, 1, {0, 1, 0, 0, 0, 0}},
    {"U3", "L3", false, 2, {0, 0, 1, 0, 0, 0}}, {"I1", "L1", true, 0, {0, 0, 0, 1, 0, 0}},
    {"I2", "L2", true, 1, {0, 0, 0, 0, 1, 0}},  {"I3", "L3", true, 2, {0, 0, 0, 0, 0, 1}},
    {"IN", "N", true, 0, {0, 0, 0, 1, 1, 1}},
};
static const struct sim_mix mixes_3p3w[] = {
    {"U12", "L1", false, 0, {1, -1, 0, 0, 0, 0}},
    {"U32", "L3", false, 2, {0, -1, 1, 0, 0, 0}},
    {"I1", "L1", true, 0, {0, 0, 0, 1, 0, 0}},
    {"I3", "L3", true, 2, {0, 0, 0, 0, 0, 1}},
};
static const struct sim_mix mixes_1p2w[] = {
    {"U1", "L1", false, 0, {1, 0, 0, 0, 0, 0}},
    {"I1", "L1", true, 0, {0, 0, 0, 1, 0, 0}},
};
static const struct sim_mix mixes_1p3w[] = {
    {"U1", "L1", false, 0, {1, 0, 0, 0, 0, 0}}, {"U2", "L2", false, 1, {0, 1, 0, 0, 0, 0}},
    {"I1", "L1", true, 0, {0, 0, 0, 1, 0, 0}},  {"I2", "L2", true, 1, {0, 0, 0, 0, 1, 0}},
    {"IN", "N", true, 0, {0, 0, 0, 1, 1, 0}},
};
static const struct sim_mix mixes_aux[SIM_PHASES] = {
    {"I4", "L1", true, 0, {[SIM_PHASES + SIM_BRANCH] = 1}},
    {"I4", "L2", true, 1, {[SIM_PHASES + SIM_BRANCH] = 1}},
    {"I4", "L3", true, 2, {[SIM_PHASES + SIM_BRANCH] = 1}},
};
static const struct {
    const struct sim_mix *mix;
    unsigned count;
} wirings[] = {
    [SIM_3P4W] = {mixes_3p4w, 7}, [SIM_3P3W] = {mixes_3p3w, 4},  [SIM_1P2W] = {mixes_1p2w, 2},
    [SIM_1P3W] = {mixes_1p3w, 5}, [SIM_3P4WD] = {mixes_3p4w, 7},
};

static struct sim_mix *mix_find(struct sim_mix *mix, unsigned count, bool is_current,
                                unsigned phase)
{
    for (unsigned c = 0; c < count; c++) {
        if (mix[c].is_current == is_current && mix[c].phase_index == phase % SIM_PHASES) {
            return &mix[c];
        }
    }
    return NULL;
}

static void weights_swap(struct sim_mix *a, struct sim_mix *b)
{
    if (a != NULL && b != NULL) {
        double kept[SIM_CONDUCTORS];
        memcpy(kept, a->weight, sizeof kept);
        memcpy(a->weight, b->weight, sizeof kept);
        memcpy(b->weight, kept, sizeof kept);
    }
}

static void weights_scale(struct sim_mix *mix, double scale)
{
    for (unsigned s = 0; mix != NULL && s < SIM_CONDUCTORS; s++) {
        mix->weight[s] *= scale;
    }
}

/* The meter's N terminal sits on `phase`, and that phase's terminal on N. */
static void neutral_swap(struct sim_mix *mix, unsigned count, unsigned phase)
{
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        struct sim_mix *u = mix_find(mix, count, false, k);
        if (u != NULL) {
            u->weight[k] = k == phase ? 0 : 1;
            u->weight[phase] = -1;
        }
    }
}

static void clamp_on_neutral(struct sim_mix *clamp)
{
    for (unsigned k = 0; clamp != NULL && k < SIM_PHASES; k++) {
        clamp->weight[SIM_PHASES + k] = -1; /* the neutral carries the current back */
    }
}

static void fault_apply(const struct sim_config *config, struct sim_mix *mix, unsigned count)
{
    unsigned phase = config->fault_phase;
    struct sim_mix *u = mix_find(mix, count, false, phase);
    struct sim_mix *i = mix_find(mix, count, true, phase);
    switch (config->fault) {
    case SIM_REVERSED_CT:
        weights_scale(i, -1);
        break;
    case SIM_SWAPPED_VOLTAGES:
        weights_swap(u, mix_find(mix, count, false, phase + 1));
        break;
    case SIM_SWAPPED_CURRENTS:
        weights_swap(i, mix_find(mix, count, true, phase + 1));
        break;
    case SIM_ROTATED_CURRENTS:
        weights_swap(i, mix_find(mix, count, true, phase + 1));
        weights_swap(mix_find(mix, count, true, phase + 1), mix_find(mix, count, true, phase + 2));
        break;
    case SIM_NEUTRAL_SWAPPED:
        neutral_swap(mix, count, phase);
        break;
    case SIM_NO_CURRENT:
        weights_scale(i, 0);
        break;
    case SIM_CT_ON_NEUTRAL:
        clamp_on_neutral(i);
        break;
    case SIM_LOOSE_CT:
        weights_scale(i, LOOSE_CT);
        break;
    case SIM_NO_VOLTAGE:
        weights_scale(u, 0);
        break;
    case SIM_NO_NEUTRAL: /* the waves themselves change: sim_open_neutral() */
    case SIM_NO_FAULT:
    case SIM_FAULTS:
        break;
    }
}

unsigned sim_mixes(const struct sim_config *config, struct sim_mix mix[SIM_CHANNELS_MAX])
{
    unsigned count = wirings[config->wiring].count;
    memcpy(mix, wirings[config->wiring].mix, count * sizeof *mix);
    if (config->aux > 0) {
        mix[count++] = mixes_aux[config->aux - 1];
    }
    fault_apply(config, mix, count);
    return count;
}

static double largest(const double value[SIM_PHASES])
{
    return fmax(fmax(value[0], value[1]), value[2]);
}

static double full_scale(const struct sim_config *config, const struct sim_mix *mix)
{
    double chosen = config->value[mix->is_current ? SIM_I_RANGE : SIM_U_RANGE][0];
    if (chosen > 0) {
        return chosen;
    }
    if (!mix->is_current) {
        return U_RANGE_OF_NOMINAL * sqrt(3) * fmax(largest(config->value[SIM_U]), 1) /
               (config->wiring == SIM_1P2W || config->wiring == SIM_3P4W ? sqrt(3) : 1);
    }
    double rated = config->value[SIM_CT_RATED][0];
    if (config->sensor != NULL) {
        return I_RANGE_OF_RATED * (rated > 0 ? rated : config->sensor->rated_a);
    }
    return fmax(I_RANGE_A, I_RANGE_OF_RATED * largest(config->value[SIM_I]));
}

/* A sensor of the table brings the errors of its class; what the spec says replaces them. */
static void current_errors(const struct sim_config *config, unsigned phase,
                           struct frontend *frontend)
{
    double ratio = config->value[SIM_CT_RATIO][phase], minutes = config->value[SIM_CT_PHASE][phase];
    if (config->curve_points > 0) {
        frontend->points = config->curve_points;
        memcpy(frontend->curve, config->curve, sizeof frontend->curve);
    } else if (frontend->sensor != NULL) {
        double rated = frontend->rated_a > 0 ? frontend->rated_a : frontend->sensor->rated_a;
        frontend->points = frontend_sensor_curve(frontend->sensor, rated, frontend->curve);
    } else if (!isnan(ratio) || !isnan(minutes)) {
        frontend->points = 1;
    }
    for (unsigned k = 0; k < frontend->points; k++) {
        if (!isnan(ratio)) {
            frontend->curve[k].ratio_percent = ratio;
        }
        if (!isnan(minutes)) {
            frontend->curve[k].phase_min = minutes;
        }
    }
}

void sim_frontend_setup(const struct sim_config *config, const struct sim_mix *mix,
                        struct frontend *frontend)
{
    unsigned phase = mix->phase_index;
    bool is_current = mix->is_current;
    *frontend = (struct frontend){
        .phase_is_delay = config->ct_is_delay,
        .gain_percent = config->value[is_current ? SIM_I_GAIN : SIM_U_GAIN][phase],
        .offset = config->value[is_current ? SIM_I_OFFSET : SIM_U_OFFSET][phase],
        .delay_us = config->value[is_current ? SIM_I_DELAY : SIM_U_DELAY][phase],
        .nominal_hz = config->value[SIM_F][0] < 55 ? 50 : 60,
        .full_scale = full_scale(config, mix),
        .adc_bits = (unsigned)config->value[SIM_ADC][0],
        .noise_lsb = config->value[SIM_ADC_NOISE][0],
    };
    if (is_current) {
        frontend->sensor = config->sensor;
        frontend->expected = config->module_sensor;
        frontend->rated_a = config->value[SIM_CT_RATED][0];
        frontend->saturation = config->value[SIM_CT_SATURATION][0];
        current_errors(config, phase, frontend);
    }
}
