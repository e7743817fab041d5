#include "apps/measure_options.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "metrology/wiring.h"
#include "sources/channels.h"

const struct option_row measure_option_rows[] = {
    MEASURE_INPUT_OPTIONS,
    {"every", "S",
     "one record each so many seconds, put together from the windows (r.m.s.\n"
     "values by the mean of squares), instead of one a window"},
    {"harmonics", NULL,
     "every order to the 63rd: in json and csv of each window, in text of the\n"
     "whole; array index = order, 0 is the direct component"},
    {"format", "F", "text, json (one object a line) or csv; default text"},
    {"apparent", "HOW",
     "total apparent power and energy: arithmetic, vector or effective\n"
     "(IEEE 1459); default arithmetic"},
    {"keys", NULL, "only list every key and column with its unit and meaning"},
    {0},
};

struct parse {
    const struct args *args;
    char *error;
};

static int refuse(const struct parse *parse, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int refuse(const struct parse *parse, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(parse->error, MEASURE_ERROR_MAX, format, list);
    va_end(list);
    return ERR_ARGUMENT;
}

/* The number at the start of `text`; NULL if there is none, else what follows it. */
static const char *scan_number(const char *text, double *value)
{
    char *end = NULL;
    *value = strtod(text, &end);
    return end == text || !isfinite(*value) ? NULL : end;
}

/* An option that is one number of at least `least` (above it if `open`). */
static int parse_number(const struct parse *parse, const char *name, double least, bool open,
                        double *value)
{
    const char *text = args_get(parse->args, name);
    if (!text) {
        return 0;
    }
    const char *end = scan_number(text, value);
    if (!end || *end != '\0') {
        return refuse(parse, "--%s %s: not a number", name, text);
    }
    if (*value < least || (open && *value <= least)) {
        return refuse(parse, "--%s %s: must be %s %g", name, text, open ? "above" : "at least",
                      least);
    }
    return 0;
}

static int parse_ratio(const struct parse *parse, const char *name, double *ratio)
{
    const char *text = args_get(parse->args, name);
    if (!text) {
        return 0;
    }
    double primary = 0, secondary = 0;
    const char *end = scan_number(text, &primary);
    if (end && *end == '/') {
        end = scan_number(end + 1, &secondary);
    } else {
        end = NULL;
    }
    if (!end || *end != '\0' || primary <= 0 || secondary <= 0) {
        return refuse(parse, "--%s %s: not a ratio; write primary/secondary like 100/5", name,
                      text);
    }
    *ratio = primary / secondary;
    return 0;
}

/* One word out of a NULL-ended list; `*choice` is left alone if the option is not given. */
static int parse_choice(const struct parse *parse, const char *name, const char *const *words,
                        int *choice)
{
    const char *text = args_get(parse->args, name);
    if (!text) {
        return 0;
    }
    char all[128] = "";
    size_t used = 0;
    for (int k = 0; words[k]; k++) {
        if (strcasecmp(words[k], text) == 0) {
            *choice = k;
            return 0;
        }
        used += (size_t)snprintf(all + used, sizeof all - used, "%s%s", k ? ", " : "", words[k]);
    }
    return refuse(parse, "--%s %s: must be one of %s", name, text, all);
}

static int parse_nominal(const struct parse *parse, struct measure_options *options)
{
    const char *text = args_get(parse->args, "nominal");
    if (!text) {
        return 0;
    }
    double hz = 0;
    const char *end = text;
    if (*end != ',') {
        end = scan_number(text, &options->nominal_v);
        if (!end || options->nominal_v <= 0) {
            return refuse(parse, "--nominal %s: write volts and hertz like 230,50", text);
        }
        if (options->nominal_v < 1e-3 || options->nominal_v > 1e7) {
            return refuse(parse, "--nominal %s: a millivolt to ten megavolts can be", text);
        }
    }
    if (*end == ',') {
        end = scan_number(end + 1, &hz);
        if (!end || (hz != 50 && hz != 60)) {
            return refuse(parse, "--nominal %s: the frequency must be 50 or 60", text);
        }
    }
    if (*end != '\0') {
        return refuse(parse, "--nominal %s: write volts and hertz like 230,50", text);
    }
    options->nominal_mhz = (uint32_t)(hz * 1000);
    return 0;
}

static int parse_span(const struct parse *parse, struct measure_options *options)
{
    int result = parse_number(parse, "from", 0, false, &options->from_s);
    if (result == 0) {
        result = parse_number(parse, "to", 0, true, &options->to_s);
    }
    if (result == 0 && options->to_s <= options->from_s) {
        result = refuse(parse, "--to %s: must lie after --from %s", args_get(parse->args, "to"),
                        args_get(parse->args, "from"));
    }
    return result;
}

static int parse_every(const struct parse *parse, struct measure_options *options)
{
    int result = parse_number(parse, "every", 0.2, false, &options->every_s);
    if (result == 0 && options->every_s > 86400) {
        result = refuse(parse, "--every %s: at most a day", args_get(parse->args, "every"));
    }
    if (result == 0 && options->every_s > 0 && options->harmonics) {
        result =
            refuse(parse, "--every and --harmonics exclude each other: harmonics are of windows");
    }
    return result;
}

static int parse_sides(const struct parse *parse, struct measure_options *options)
{
    int result = parse_ratio(parse, "ct", &options->ct_ratio);
    if (result == 0) {
        result = parse_ratio(parse, "vt", &options->vt_ratio);
    }
    const bool primary = args_has(parse->args, "primary");
    const bool secondary = args_has(parse->args, "secondary");
    if (result == 0 && primary && secondary) {
        return refuse(parse, "--primary and --secondary exclude each other");
    }
    options->side = primary ? SIDE_PRIMARY : secondary ? SIDE_SECONDARY : SIDE_AS_FILE;
    return result;
}

static int parse_scales(const struct parse *parse, struct measure_options *options)
{
    int result = parse_number(parse, "u-full-scale", 0, true, &options->u_full_scale_v);
    if (result == 0) {
        result = parse_number(parse, "i-full-scale", 0, true, &options->i_full_scale_a);
    }
    if (result == 0) {
        result = parse_number(parse, "rate", 0, true, &options->rate_hz);
    }
    return result;
}

static int parse_choices(const struct parse *parse, struct measure_options *options)
{
    static const char *const formats[] = {
        [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv", NULL};
    static const char *const neutrals[] = {"default", "measured", "computed", NULL};
    static const char *const apparents[] = {"arithmetic", "vector", "effective", NULL};
    int format = FORMAT_TEXT, neutral = NEUTRAL_IF_THERE, apparent = APPARENT_ARITHMETIC;
    int result = parse_choice(parse, "format", formats, &format);
    if (result == 0) {
        result = parse_choice(parse, "neutral", neutrals, &neutral);
    }
    if (result == 0) {
        result = parse_choice(parse, "apparent", apparents, &apparent);
    }
    options->format = (enum measure_format)format;
    options->neutral = (enum measure_neutral)neutral;
    options->apparent = (enum apparent)apparent;
    return result;
}

static int parse_wiring(const struct parse *parse, struct measure_options *options)
{
    const char *text = args_get(parse->args, "wiring");
    if (!text) {
        return 0;
    }
    const struct wiring_row *row = wiring_find(text);
    if (!row) {
        return refuse(parse, "--wiring %s: must be one of 1p2w, 1p3w, 3p3w, 3p4w, 3p4wd", text);
    }
    options->wiring = (int)(row - wiring_table);
    return 0;
}

int measure_options_parse(struct measure_options *options, const struct args *args, char *error)
{
    *options = (struct measure_options){
        .spec = args->positional[0],
        .map = args_get(args, "map"),
        .circuits = args_get(args, "circuits"),
        .invert = args_get(args, "invert"),
        .calibration = args_get(args, "calibration"),
        .wiring = CHANNELS_WIRING_ANY,
        .to_s = INFINITY,
        .harmonics = args_has(args, "harmonics"),
        .quiet = args_has(args, "quiet"),
    };
    static int (*const parts[])(const struct parse *, struct measure_options *) = {
        parse_wiring, parse_nominal, parse_span,    parse_every,
        parse_sides,  parse_scales,  parse_choices,
    };
    const struct parse parse = {.args = args, .error = error};
    for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
        const int result = parts[k](&parse, options);
        if (result < 0) {
            return result;
        }
    }
    return 0;
}
