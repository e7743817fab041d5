#include "sources/spec.h"

#include <string.h>
#include <sys/stat.h>

#include "sources/channel_role.h"
#include "sources/segments.h"
#include "sources/text.h"

static const char *const option_names[SPEC_OPTIONS] = {
    [SPEC_RATE] = "rate",
    [SPEC_FORMAT] = "format",
    [SPEC_CHANNELS] = "channels",
    [SPEC_U_FULL_SCALE] = "u-full-scale",
    [SPEC_I_FULL_SCALE] = "i-full-scale",
};

static bool file_exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

static int option_find(const char *text, size_t size)
{
    for (int i = 0; i < SPEC_OPTIONS; i++) {
        if (strlen(option_names[i]) == size && !memcmp(text, option_names[i], size)) {
            return i;
        }
    }
    return -1;
}

static bool prefix_exists(const char *text, size_t size)
{
    char path[SPEC_SIZE_MAX];
    text_copy((struct text){text, size}, path, sizeof path);
    return !strcmp(path, "-") || file_exists(path);
}

/* Where the options begin: the first comma behind which a known option stands or before which a
 * file exists. Everything is path if there is none. */
static size_t path_size(const char *text)
{
    size_t whole = strlen(text);
    if (file_exists(text)) {
        return whole;
    }
    for (const char *comma = strchr(text, ','); comma; comma = strchr(comma + 1, ',')) {
        size_t name = strcspn(comma + 1, "=,");
        bool option = comma[1 + name] == '=' && option_find(comma + 1, name) >= 0;
        if (option || prefix_exists(text, (size_t)(comma - text))) {
            return (size_t)(comma - text);
        }
    }
    return whole;
}

void spec_path(const char *text, char *path, size_t size)
{
    text_copy((struct text){text, path_size(text)}, path, size);
}

static int take_option(struct spec *spec, struct source *source, char *entry, unsigned allowed)
{
    size_t name = strcspn(entry, "=");
    int option = option_find(entry, name);
    if (option < 0 || entry[name] != '=') {
        return source_fail(source, ERR_ARGUMENT,
                           "%.100s: \"%.40s\" is no option; there are rate=, format=, channels=, "
                           "u-full-scale=, i-full-scale=",
                           spec->path, entry);
    }
    if (!(allowed & SPEC_BIT(option))) {
        return source_fail(source, ERR_ARGUMENT,
                           "%.100s: %s= does not apply to this kind of source", spec->path,
                           option_names[option]);
    }
    if (spec->value[option]) {
        return source_fail(source, ERR_ARGUMENT, "%.100s: %s= is given twice", spec->path,
                           option_names[option]);
    }
    spec->value[option] = entry + name + 1;
    return 0;
}

int spec_parse(struct spec *spec, struct source *source, const char *text, const char *kind,
               unsigned allowed)
{
    *spec = (struct spec){0};
    if (kind) {
        text_copy(text_of(kind), spec->kind, sizeof spec->kind);
        text += strlen(kind) + 1;
    }
    if (strlen(text) >= SPEC_SIZE_MAX) {
        return source_fail(source, ERR_ARGUMENT, "\"%.40s...\" is too long", text);
    }
    size_t size = path_size(text);
    text_copy((struct text){text, size}, spec->path, sizeof spec->path);
    if (!text[size]) {
        return 0;
    }
    text_copy(text_of(text + size + 1), spec->values, sizeof spec->values);
    char *entry = spec->values;
    for (int err = 0; entry;) {
        char *comma = strchr(entry, ',');
        if (comma) {
            *comma = '\0';
        }
        err = take_option(spec, source, entry, allowed);
        if (err) {
            return err;
        }
        entry = comma ? comma + 1 : NULL;
    }
    return 0;
}

int spec_rate(const struct spec *spec, struct source *source, double *rate_hz)
{
    const char *text = spec->value[SPEC_RATE];
    *rate_hz = 0;
    if (text && (!text_to_double(text_of(text), false, rate_hz) || *rate_hz <= 0 ||
                 *rate_hz > RATE_MAX_HZ)) {
        return source_fail(source, ERR_RANGE,
                           "%.100s: rate=%.40s is not a number of frames a second up to 10000000",
                           spec->path, text);
    }
    return 0;
}

double spec_name_channel(struct source_channel *channel, const char *name, size_t name_size,
                         const char *unit, size_t unit_size)
{
    *channel = (struct source_channel){.full_scale = 1, .ratio_primary = 1, .ratio_secondary = 1};
    text_to_utf8((struct text){name, name_size}, channel->name, sizeof channel->name);
    double factor =
        text_to_unit((struct text){unit, unit_size}, channel->unit, sizeof channel->unit);
    if (!channel->unit[0]) {
        enum role_kind kind = channel_role_find(channel).kind;
        const char *found = kind == ROLE_VOLTAGE ? "V" : kind == ROLE_CURRENT ? "A" : "";
        text_copy(text_of(found), channel->unit, sizeof channel->unit);
    }
    return factor;
}

int spec_channels(const struct spec *spec, struct source *source, uint32_t *count)
{
    *count = 0;
    if (!spec->value[SPEC_CHANNELS]) {
        return 0;
    }
    struct fields fields = text_fields(text_of(spec->value[SPEC_CHANNELS]), ';');
    struct text name;
    while (fields_next(&fields, &name)) {
        if (name.size == 0 || *count == SOURCE_CHANNELS_MAX) {
            return source_fail(source, ERR_ARGUMENT, "%.100s: channels=: name %u %s", spec->path,
                               (unsigned)*count + 1,
                               name.size ? "is more than 512 channels" : "is empty");
        }
        spec_name_channel(&source->info.channel[(*count)++], name.at, name.size, "", 0);
    }
    return 0;
}

/* The values of one option; returns how many. */
static int full_scale_list(const struct spec *spec, struct source *source, enum spec_option option,
                           double list[SOURCE_CHANNELS_MAX])
{
    int count = 0;
    struct fields fields = text_fields(text_of(spec->value[option]), ';');
    struct text text;
    while (fields_next(&fields, &text)) {
        double value = 0;
        if (count == SOURCE_CHANNELS_MAX || !text_to_double(text, false, &value) || value < 1e-9 ||
            value > 1e12) {
            return source_fail(source, ERR_RANGE, "%.100s: %s=: \"%.*s\" is not a value above 0",
                               spec->path, option_names[option], TEXT_ARG(text));
        }
        list[count++] = value;
    }
    return count;
}

static int full_scale_apply(const struct spec *spec, struct source *source, enum spec_option option,
                            const char *unit)
{
    double list[SOURCE_CHANNELS_MAX];
    int count = spec->value[option] ? full_scale_list(spec, source, option, list) : 0;
    int taken = 0;
    for (uint32_t i = 0; count >= 0 && i < source->info.channels; i++) {
        struct source_channel *channel = &source->info.channel[i];
        if (strcmp(channel->unit, unit)) {
            continue;
        }
        if (count == 0) {
            return source_fail(source, ERR_ARGUMENT,
                               "%.100s: channel %u (%s): say with %s= what full scale stands for",
                               spec->path, (unsigned)i + 1, channel->name, option_names[option]);
        }
        channel->full_scale = list[count == 1 ? 0 : taken < count ? taken : 0];
        taken++;
    }
    if (count > 1 && taken != count) {
        return source_fail(source, ERR_ARGUMENT, "%.100s: %s= has %d values for %d channels",
                           spec->path, option_names[option], count, taken);
    }
    return count < 0 ? count : 0;
}

int spec_full_scales(const struct spec *spec, struct source *source)
{
    for (uint32_t i = 0; i < source->info.channels; i++) {
        const char *unit = source->info.channel[i].unit;
        if (strcmp(unit, "V") && strcmp(unit, "A")) {
            return source_fail(source, ERR_ARGUMENT,
                               "%.100s: channel %u (%s): its name must tell voltage from current "
                               "(U1, I1, ...)",
                               spec->path, (unsigned)i + 1, source->info.channel[i].name);
        }
    }
    int err = full_scale_apply(spec, source, SPEC_U_FULL_SCALE, "V");
    return err ? err : full_scale_apply(spec, source, SPEC_I_FULL_SCALE, "A");
}
