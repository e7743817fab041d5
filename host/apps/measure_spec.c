#include "apps/measure_spec.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROLE_MAX 8

struct text {
    char *at;
    size_t used, size;
    bool fits;
};

__attribute__((format(printf, 2, 3))) static void append(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(text->at + text->used, text->size - text->used, format, list);
    va_end(list);
    text->fits = text->fits && length >= 0 && (size_t)length < text->size - text->used;
    if (text->fits) {
        text->used += (size_t)length;
    }
}

static bool has_option(const char *spec, const char *name)
{
    const size_t length = strlen(name);
    for (const char *comma = strchr(spec, ','); comma; comma = strchr(comma + 1, ',')) {
        if (strncmp(comma + 1, name, length) == 0 && comma[1 + length] == '=') {
            return true;
        }
    }
    return false;
}

static void append_number(struct text *text, const struct measure_options *options,
                          const char *name, double value)
{
    if (value > 0 && !has_option(options->spec, name)) {
        append(text, ",%s=%.17g", name, value);
    }
}

/* The role that the map gives to channel `number`, from entries like "U1=3" and "I2=-7". */
static bool role_of(const char *map, unsigned long number, char role[ROLE_MAX])
{
    while (*map) {
        const size_t entry = strcspn(map, ","), name = strcspn(map, "=,");
        if (map[name] == '=' && name < ROLE_MAX) {
            const char *value = map + name + 1 + (map[name + 1] == '-');
            char *end = NULL;
            if (strtoul(value, &end, 10) == number && end == map + entry) {
                snprintf(role, ROLE_MAX, "%.*s", (int)name, map);
                return true;
            }
        }
        map += entry + (map[entry] == ',');
    }
    return false;
}

/* Channels that the map leaves out get names of currents that it does not use. */
static void append_channels(struct text *text, const char *map, uint32_t channels)
{
    for (uint32_t k = 0; k < channels; k++) {
        char role[ROLE_MAX];
        append(text, "%s", k ? ";" : ",channels=");
        if (role_of(map, k + 1, role)) {
            append(text, "%s", role);
        } else {
            append(text, "spare%u I", (unsigned)k + 1);
        }
    }
}

bool measure_spec_complete(const struct measure_options *options, uint32_t channels, char *spec,
                           size_t size)
{
    struct text text = {.at = spec, .size = size, .fits = true};
    append(&text, "%s", options->spec);
    const size_t before = text.used;
    append_number(&text, options, "u-full-scale", options->u_full_scale_v);
    append_number(&text, options, "i-full-scale", options->i_full_scale_a);
    append_number(&text, options, "rate", options->rate_hz);
    if (options->map && channels > 0 && !has_option(options->spec, "channels")) {
        append_channels(&text, options->map, channels);
    }
    return text.fits && text.used > before;
}

int measure_spec_open(struct source *source, const struct measure_options *options)
{
    char spec[MEASURE_SPEC_MAX];
    const int result = source_open(source, options->spec);
    if (result != ERR_ARGUMENT ||
        !measure_spec_complete(options, source->info.channels, spec, sizeof spec)) {
        return result;
    }
    return source_open(source, spec);
}
