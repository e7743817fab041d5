/* What a configuration must hold before anything is built on it: one table-like walk, field by
 * field. */
#include "metrology/engine_p.h"

#include <stddef.h>

#include "metrology/wiring.h"

static int refuse(const char **field, const char *name)
{
    *field = name;
    return ERR_RANGE;
}

static int check_channel(const struct metrology_config *config,
                         const struct metrology_channel *channel, bool is_current,
                         const char **field)
{
    if (channel->input >= config->inputs) {
        return refuse(field, "channel.input");
    }
    if (channel->full_scale_u == 0 || channel->full_scale_u >> 48 != 0) {
        return refuse(field, "channel.full_scale_u");
    }
    if (channel->gain_ppb > 500000000 || channel->gain_ppb < -500000000) {
        return refuse(field, "channel.gain_ppb");
    }
    if (channel->delay_ns > 1000000 || channel->delay_ns < -1000000) {
        return refuse(field, "channel.delay_ns");
    }
    if (channel->offset > SAMPLE_FULL_SCALE * 64 || channel->offset < -SAMPLE_FULL_SCALE * 64) {
        return refuse(field, "channel.offset");
    }
    if (channel->curve_points > 8 || (channel->curve_points > 0 && !is_current) ||
        (channel->curve_points > 0 && channel->curve == NULL)) {
        return refuse(field, "channel.curve_points");
    }
    for (unsigned k = 0; k < channel->curve_points; k++) {
        const struct curve_point *point = &channel->curve[k];
        if (point->ratio_ppm > CORRECTION_MAX_PPM || point->ratio_ppm < -CORRECTION_MAX_PPM ||
            point->delay_ns > 1000000 || point->delay_ns < -1000000 ||
            (k > 0 && point->current_ua <= channel->curve[k - 1].current_ua)) {
            return refuse(field, "channel.curve");
        }
    }
    return 0;
}

static int check_circuit(const struct metrology_config *config,
                         const struct metrology_circuit *circuit, const char **field)
{
    if (circuit->wiring >= WIRING_COUNT) {
        return refuse(field, "circuit.wiring");
    }
    const struct wiring_row *row = &wiring_table[circuit->wiring];
    bool free_count = circuit->wiring == WIRING_1P2W; /* several loads between the same two wires */
    if (circuit->elements < 1 || circuit->elements > ELEMENTS_MAX ||
        (!free_count && circuit->elements != row->elements) || config->voltages < row->voltages) {
        return refuse(field, "circuit.elements");
    }
    for (unsigned e = 0; e < circuit->elements; e++) {
        if (circuit->element[e].u >= config->voltages ||
            circuit->element[e].i >= config->currents) {
            return refuse(field, "circuit.element");
        }
        if (row->lines > 0 && circuit->element[e].u != e) {
            return refuse(field, "circuit.element: voltages of this wiring come in order");
        }
    }
    if (circuit->neutral != CHANNEL_NONE && circuit->neutral >= config->currents) {
        return refuse(field, "circuit.neutral");
    }
    if (circuit->apparent > APPARENT_EFFECTIVE) {
        return refuse(field, "circuit.apparent");
    }
    return 0;
}

static int check_sizes(const struct metrology_config *config, const char **field)
{
    uint64_t rate_hz = config->rate_uhz / 1000000;
    if (rate_hz < METROLOGY_RATE_MIN_HZ ||
        config->rate_uhz > METROLOGY_RATE_MAX_HZ * UINT64_C(1000000)) {
        return refuse(field, "rate_uhz");
    }
    if (config->nominal_mhz < 42500 || config->nominal_mhz > 69000 ||
        config->rate_uhz / SAMPLES_PER_CYCLE_MIN < (uint64_t)config->nominal_mhz * 1000) {
        return refuse(field, "nominal_mhz");
    }
    if (config->start_mhz != 0 && (config->start_mhz < 40000 || config->start_mhz > 72000)) {
        return refuse(field, "start_mhz");
    }
    if (config->u_nominal_uv >> 48 != 0) {
        return refuse(field, "u_nominal_uv");
    }
    if (config->voltages > VOLTAGES_MAX || config->currents > CURRENTS_MAX ||
        config->circuits > CIRCUITS_MAX || config->voltages + config->currents == 0) {
        return refuse(field, "voltages, currents, circuits");
    }
    if ((config->voltages > 0 && config->voltage == NULL) ||
        (config->currents > 0 && config->current == NULL) ||
        (config->circuits > 0 && config->circuit == NULL)) {
        return refuse(field, "voltage, current, circuit");
    }
    return 0;
}

int metrology_check(const struct metrology_config *config, const char **field)
{
    *field = "";
    int err = check_sizes(config, field);
    for (unsigned k = 0; k < config->voltages && err == 0; k++) {
        err = check_channel(config, &config->voltage[k], false, field);
    }
    for (unsigned k = 0; k < config->currents && err == 0; k++) {
        err = check_channel(config, &config->current[k], true, field);
    }
    for (unsigned k = 0; k < config->circuits && err == 0; k++) {
        err = check_circuit(config, &config->circuit[k], field);
    }
    return err;
}
