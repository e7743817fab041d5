#include "services/rig.h"

#include <math.h>
#include <stdio.h>

#include "sources/channels.h"

#define MICRO 1e6

static void fit_channel(struct metrology_channel *channel, const struct source_info *info,
                        int input, bool invert)
{
    const struct source_channel *from = &info->channel[input];
    const bool scaled = from->is_secondary && from->ratio_secondary > 0;
    const double ratio = scaled ? from->ratio_primary / from->ratio_secondary : 1;
    channel->input = (uint8_t)input;
    channel->invert = invert;
    channel->full_scale_u = (uint64_t)llround(from->full_scale * ratio * MICRO);
    channel->integrate = from->is_derivative; /* the source knows what it gives */
}

/* The channel of the source for terminal `k`. The model lists its currents phase by phase, the
 * neutral where a circuit says so; three wires have no middle current, so the second is I3. */
static int current_of(const struct model_setup *setup, const struct channel_map *map, unsigned k)
{
    unsigned role = k;
    for (unsigned c = 0; c < setup->metrology.circuits; c++) {
        if (setup->circuit[c].neutral == k)
            return map->neutral;
        if (setup->circuit[c].wiring == WIRING_3P3W && k == 1)
            role = 2;
    }
    return (int)role < map->currents ? map->current[role] : CHANNEL_ABSENT;
}

/* What the voltages on the terminals amount to: several loads on one phase each (3 x 1P2W) share
 * the voltages of a wye. */
static enum wiring wiring_of_voltages(const struct model_setup *setup)
{
    static const enum wiring by_count[] = {WIRING_1P2W, WIRING_1P2W, WIRING_1P3W, WIRING_3P4W};
    const enum wiring first = setup->circuit[0].wiring;
    return first == WIRING_1P2W ? by_count[setup->metrology.voltages] : first;
}

static void fit_voltages(struct model_setup *setup, const struct channel_map *map,
                         const struct source_info *info)
{
    for (int k = 0; k < map->voltages && k < setup->metrology.voltages; k++)
        fit_channel(&setup->voltage[k], info, map->voltage[k], map->voltage_invert[k]);
}

/* Leaves out a measured neutral that the source does not have: it is computed then. */
static void drop_neutral(struct model_setup *setup, unsigned k)
{
    for (unsigned c = 0; c < setup->metrology.circuits; c++) {
        if (setup->circuit[c].neutral == k && k + 1u == setup->metrology.currents) {
            setup->circuit[c].neutral = CHANNEL_NONE;
            setup->metrology.currents--;
        }
    }
}

static bool current_inverted(const struct channel_map *map, int input)
{
    for (int k = 0; k < map->currents; k++) {
        if (map->current[k] == input)
            return map->current_invert[k];
    }
    return map->neutral_invert;
}

static int fit_currents(struct model_setup *setup, const struct channel_map *map,
                        const struct source_info *info, char *error, size_t error_size)
{
    for (unsigned k = 0; k < setup->metrology.currents; k++) {
        const int input = current_of(setup, map, k);
        if (input != CHANNEL_ABSENT) {
            fit_channel(&setup->current[k], info, input, current_inverted(map, input));
            continue;
        }
        drop_neutral(setup, k);
        if (k >= setup->metrology.currents)
            break;
        snprintf(error, error_size, "the source gives no current for terminal I%u of this meter",
                 k + 1);
        return ERR_NOT_FOUND;
    }
    return ERR_NONE;
}

int rig_fit(struct rig *self, const struct model *model, const struct source_info *info,
            const char *map, char *error, size_t error_size)
{
    struct channel_map found;
    struct metrology_config *config = &self->setup.metrology;
    const char *field = "the number of channels";
    int err = model_configure(&self->setup, model, NULL);
    if (err < 0) {
        snprintf(error, error_size, "%s measures no energy", model->name);
        return err;
    }
    err = channels_map(&found, info, (int)wiring_of_voltages(&self->setup), map, error, error_size);
    if (err < 0)
        return err;
    fit_voltages(&self->setup, &found, info);
    err = fit_currents(&self->setup, &found, info, error, error_size);
    if (err < 0)
        return err;
    config->rate_uhz = (uint64_t)llround(info->rate_hz * MICRO);
    config->inputs = (uint8_t)info->channels;
    config->windows = true;
    config->spectrum = true;
    if (info->channels > METROLOGY_CHANNELS_MAX || metrology_check(config, &field) < 0) {
        snprintf(error, error_size, "metrology cannot use this source: %s is out of range", field);
        return ERR_RANGE;
    }
    return ERR_NONE;
}

static bool is_neutral(const struct model_setup *setup, unsigned current)
{
    for (unsigned c = 0; c < setup->metrology.circuits; c++) {
        if (setup->circuit[c].neutral == current)
            return true;
    }
    return false;
}

void rig_calibrate(struct rig *self, const struct calibration_file *file)
{
    static const char *const lines[] = {"U12", "U32", "U31"};
    struct model_setup *setup = &self->setup;
    const bool three_wires = setup->circuit[0].wiring == WIRING_3P3W;
    char name[CALIBRATION_NAME_MAX];
    if (!file)
        return;
    for (unsigned k = 0; k < setup->metrology.voltages; k++) {
        snprintf(name, sizeof name, "U%u", k + 1);
        (void)calibration_apply_named(file, three_wires ? lines[k % 3] : name, &setup->voltage[k]);
    }
    for (unsigned k = 0; k < setup->metrology.currents; k++) {
        snprintf(name, sizeof name, "I%u", three_wires && k == 1 ? 3 : k + 1);
        (void)calibration_apply_named(file, is_neutral(setup, k) ? "IN" : name, &setup->current[k]);
    }
}

double rig_unit_per_count(const struct metrology_channel *channel)
{
    const double unit = (double)channel->full_scale_u / MICRO / SAMPLE_FULL_SCALE;
    return channel->invert ? -unit : unit;
}
