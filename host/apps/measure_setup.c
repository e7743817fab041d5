#include "apps/measure_setup.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "apps/measure_circuits.h"
#include "metrology/wiring.h"

#define NOMINAL_TOLERANCE 0.1
#define SKEW_MAX_S        1e-3

double measure_side_factor(const struct source_channel *channel, double user_ratio,
                           enum measure_side side)
{
    const bool declared = channel->ratio_primary > 0 && channel->ratio_secondary > 0 &&
                          channel->ratio_primary != channel->ratio_secondary;
    const double of_file = declared ? channel->ratio_primary / channel->ratio_secondary : 1;
    const double ratio = user_ratio > 0 ? user_ratio : of_file;
    /* A file that knows of no transformer holds what stood at the meter: the secondary side. */
    const bool is_secondary = declared ? channel->is_secondary : user_ratio > 0;
    if (side == SIDE_AS_FILE) {
        side = user_ratio > 0 ? SIDE_PRIMARY : is_secondary ? SIDE_SECONDARY : SIDE_PRIMARY;
    }
    if (side == SIDE_PRIMARY) {
        return is_secondary ? ratio : 1;
    }
    return is_secondary ? 1 : 1 / ratio;
}

double measure_guess_nominal(double measured_v)
{
    static const double usual_v[] = {57.735, 63.509, 69.282, 100, 110, 120, 127, 208, 220,
                                     230,    240,    277,    347, 400, 415, 480, 600, 690};
    double nearest = measured_v, distance = NOMINAL_TOLERANCE;
    for (size_t k = 0; k < sizeof usual_v / sizeof usual_v[0]; k++) {
        const double off = fabs(measured_v / usual_v[k] - 1);
        if (off < distance) {
            distance = off;
            nearest = usual_v[k];
        }
    }
    return nearest;
}

/* Whether `name` ("I2") is one of the words of a comma list. */
static bool list_names(const char *list, const char *name)
{
    while (list && *list) {
        const size_t length = strcspn(list, ",");
        if (strlen(name) == length && strncmp(list, name, length) == 0) {
            return true;
        }
        list += length + (list[length] == ',');
    }
    return false;
}

struct build {
    struct measure_setup *setup;
    const struct source_info *info;
    const struct measure_options *options;
    struct notes *notes;
    char *error;
    unsigned inversions; /* words of --invert that were found */
};

/* One input: where it comes from, what it stands for, which way round it is. */
struct wish {
    const char *name;
    bool is_voltage;
    int channel;
    bool invert;
};

static const char *side_words(const struct measure_options *options,
                              const struct source_channel *channel, double factor)
{
    if (factor != 1) {
        return factor > 1 ? ", secondary values turned into primary"
                          : ", primary values turned into secondary";
    }
    const bool declared = channel->ratio_primary != channel->ratio_secondary;
    if (declared) {
        return channel->is_secondary ? ", secondary values" : ", primary values";
    }
    return options->side == SIDE_AS_FILE ? "" : ", no transformer ratio known";
}

static void note_channel(const struct build *build, const struct wish *wish, double factor,
                         double scale, bool invert)
{
    const struct source_channel *channel = &build->info->channel[wish->channel];
    const char *unit = wish->is_voltage ? "V" : "A";
    const bool odd_unit = channel->unit[0] != '\0' && strcmp(channel->unit, unit) != 0;
    char skew[48] = "";
    if (channel->skew_s != 0) {
        snprintf(skew, sizeof skew, ", sampled %.4g us late", channel->skew_s * 1e6);
    }
    notes_add(build->notes, "%-3s = channel %d%s%s%s, full scale %.6g %s%s%s%s%s%s%s", wish->name,
              wish->channel + 1, channel->name[0] ? " \"" : "", channel->name,
              channel->name[0] ? "\"" : "", scale, unit,
              side_words(build->options, channel, factor), invert ? ", sign turned" : "",
              odd_unit ? ", although its unit is " : "", odd_unit ? channel->unit : "", skew,
              build->options->map ? "" : " (by name and unit)");
}

/* The full scale in whole micro-units, and what that rounds away as a gain. */
static int set_scale(const struct build *build, const struct wish *wish, double scale,
                     struct metrology_channel *out)
{
    const double micro = scale * 1e6;
    if (!(micro >= 1) || micro > 9e18) {
        snprintf(build->error, MEASURE_ERROR_MAX, "%s: a full scale of %g %s cannot be measured",
                 wish->name, scale, wish->is_voltage ? "V" : "A");
        return ERR_RANGE;
    }
    out->full_scale_u = (uint64_t)llround(micro);
    out->gain_ppb = (int32_t)lround((micro / (double)out->full_scale_u - 1) * 1e9);
    return 0;
}

/* A channel that was sampled late shows what is yet to come: it is delayed by as much. */
static int set_skew(const struct build *build, const struct wish *wish, double skew_s,
                    struct metrology_channel *out)
{
    if (!(fabs(skew_s) <= SKEW_MAX_S)) {
        snprintf(build->error, MEASURE_ERROR_MAX, "%s: a skew of %g s; up to %g s can be taken out",
                 wish->name, skew_s, SKEW_MAX_S);
        return ERR_RANGE;
    }
    out->delay_ns = (int32_t)lround(skew_s * 1e9);
    return 0;
}

/* Adds the next input; inputs stand in the order of these calls. */
static int add_input(struct build *build, const struct wish *wish, struct metrology_channel *out)
{
    struct measure_setup *setup = build->setup;
    const struct source_channel *channel = &build->info->channel[wish->channel];
    const struct measure_options *options = build->options;
    const double user_ratio = wish->is_voltage ? options->vt_ratio : options->ct_ratio;
    const double user_scale = wish->is_voltage ? options->u_full_scale_v : options->i_full_scale_a;
    const double factor = measure_side_factor(channel, user_ratio, options->side);
    const double scale = (user_scale > 0 ? user_scale : channel->full_scale) * factor;
    const bool turned = list_names(options->invert, wish->name);
    const bool invert = wish->invert != turned;
    build->inversions += turned;
    *out = (struct metrology_channel){
        .input = setup->config.inputs, .invert = invert, .integrate = channel->is_derivative};
    int result = set_scale(build, wish, scale, out);
    if (result == 0) {
        result = set_skew(build, wish, channel->skew_s, out);
    }
    if (result < 0) {
        return result;
    }
    setup->gather[setup->config.inputs++] = wish->channel;
    double *largest = wish->is_voltage ? &setup->u_scale : &setup->i_scale;
    *largest = fmax(*largest, scale * sqrt(0.5));
    note_channel(build, wish, factor, scale, invert);
    return 0;
}

static int add_voltages(struct build *build)
{
    static const char *const phases[] = {"U1", "U2", "U3"}, *const lines[] = {"U12", "U32", ""};
    struct measure_setup *setup = build->setup;
    const bool aron = setup->map.wiring == WIRING_3P3W;
    for (int k = 0; k < setup->map.voltages; k++) {
        const struct wish wish = {aron ? lines[k] : phases[k], true, setup->map.voltage[k],
                                  setup->map.voltage_invert[k]};
        const int result = add_input(build, &wish, &setup->voltage[k]);
        if (result < 0) {
            return result;
        }
        setup->config.voltages++;
    }
    return 0;
}

static int add_current(struct build *build, const struct wish *wish, int *index)
{
    struct measure_setup *setup = build->setup;
    *index = CHANNEL_ABSENT;
    if (wish->channel == CHANNEL_ABSENT) {
        return 0;
    }
    if (setup->config.currents == CURRENTS_MAX) {
        snprintf(build->error, MEASURE_ERROR_MAX, "more than %d currents", CURRENTS_MAX);
        return ERR_RANGE;
    }
    const int result = add_input(build, wish, &setup->current[setup->config.currents]);
    if (result == 0) {
        *index = setup->config.currents++;
    }
    return result;
}

static int add_currents(struct build *build)
{
    struct measure_setup *setup = build->setup;
    for (int k = 0; k < CURRENTS_MAX; k++) {
        char name[8];
        snprintf(name, sizeof name, "I%d", k + 1);
        const struct wish wish = {name, false,
                                  k < setup->map.currents ? setup->map.current[k] : CHANNEL_ABSENT,
                                  k < setup->map.currents && setup->map.current_invert[k]};
        const int result = add_current(build, &wish, &setup->current_index[k]);
        if (result < 0) {
            return result;
        }
    }
    const struct wish wish = {"IN", false, setup->map.neutral, setup->map.neutral_invert};
    return add_current(build, &wish, &setup->neutral_index);
}

/* Metrology wants a current for every element; zeros stand in for what was not recorded. */
static int add_zeros(struct build *build)
{
    struct measure_setup *setup = build->setup;
    bool wanted = false;
    for (int k = 0; k < setup->config.circuits; k++) {
        wanted = wanted || setup->about[k].any_absent;
    }
    if (!wanted) {
        return 0;
    }
    if (setup->config.currents == CURRENTS_MAX) {
        snprintf(build->error, MEASURE_ERROR_MAX, "more than %d currents", CURRENTS_MAX);
        return ERR_RANGE;
    }
    setup->current[setup->config.currents++] =
        (struct metrology_channel){.input = setup->config.inputs, .full_scale_u = 1000000};
    setup->gather[setup->config.inputs++] = CHANNEL_ABSENT;
    notes_add(build->notes, "not every phase has a current; what depends on it is left out");
    return 0;
}

static int check_inversions(const struct build *build)
{
    unsigned words = build->options->invert && build->options->invert[0] ? 1 : 0;
    for (const char *at = build->options->invert; at && *at; at++) {
        words += *at == ',';
    }
    if (words == build->inversions) {
        return 0;
    }
    snprintf(build->error, MEASURE_ERROR_MAX,
             "--invert %s: names a channel that is not measured; write U1, I2 or IN",
             build->options->invert);
    return ERR_ARGUMENT;
}

static bool is_gathered(const struct measure_setup *setup, int channel)
{
    for (unsigned k = 0; k < setup->config.inputs; k++) {
        if (setup->gather[k] == channel) {
            return true;
        }
    }
    return false;
}

/* Voltages and currents by their unit that nothing came of: names we do not understand, or spares.
 */
static void note_unused(const struct build *build)
{
    char names[96] = "";
    for (uint32_t k = 0; k < build->info->channels; k++) {
        const struct source_channel *channel = &build->info->channel[k];
        const bool electric = strcmp(channel->unit, "V") == 0 || strcmp(channel->unit, "A") == 0;
        if (electric && !is_gathered(build->setup, (int)k)) {
            const size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, "%s%u \"%.20s\"", used ? ", " : "",
                     (unsigned)k + 1, channel->name);
        }
    }
    if (names[0] != '\0' && !build->options->map) {
        notes_add(build->notes, "not measured: channel %s%s; --map says what is what", names,
                  strlen(names) + 1 >= sizeof names ? "..." : "");
    }
}

static void note_wiring(const struct build *build)
{
    const struct measure_setup *setup = build->setup;
    const bool asked = build->options->wiring != CHANNELS_WIRING_ANY;
    notes_add(build->notes, "wiring %s (%s)", wiring_table[setup->map.wiring].name,
              asked ? "as asked for" : "by the voltages found");
    if (setup->config.circuits > 1) {
        notes_add(build->notes, "%d circuits", setup->config.circuits);
    }
}

static int map_channels(struct build *build)
{
    const int result = channels_map(&build->setup->map, build->info, build->options->wiring,
                                    build->options->map, build->error, MEASURE_ERROR_MAX);
    return (result == ERR_FORMAT || result == ERR_RANGE) && build->options->map ? ERR_ARGUMENT
                                                                                : result;
}

int measure_setup_build(struct measure_setup *setup, const struct source_info *info,
                        const struct measure_options *options, struct notes *notes, char *error)
{
    *setup = (struct measure_setup){.neutral_index = CHANNEL_ABSENT};
    struct build build = {setup, info, options, notes, error, 0};
    int result = map_channels(&build);
    if (result == 0) {
        result = add_voltages(&build);
    }
    if (result == 0) {
        result = add_currents(&build);
    }
    if (result == 0) {
        result = check_inversions(&build);
    }
    if (result == 0) {
        result = measure_circuits_build(setup, options, error);
    }
    if (result == 0) {
        result = add_zeros(&build);
    }
    if (result == 0) {
        note_unused(&build);
        note_wiring(&build);
    }
    setup->config.voltage = setup->voltage;
    setup->config.current = setup->current;
    setup->config.circuit = setup->circuit;
    setup->config.windows = true;
    setup->config.spectrum = true;
    return result;
}

void measure_setup_gather(const struct measure_setup *setup, uint32_t channels, uint32_t frames,
                          const int32_t *from, int32_t *to)
{
    const unsigned inputs = setup->config.inputs;
    for (uint32_t f = 0; f < frames; f++, from += channels, to += inputs) {
        for (unsigned k = 0; k < inputs; k++) {
            to[k] = setup->gather[k] == CHANNEL_ABSENT ? 0 : from[setup->gather[k]];
        }
    }
}
