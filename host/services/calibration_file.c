#include "services/calibration_file.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE     512
#define OFFSET_COUNTS (SAMPLE_FULL_SCALE / 4)

struct reader {
    struct calibration_file *file;
    struct calibration_channel *channel; /* of the present section, or NULL */
    unsigned seen;                       /* keys of the present section */
    bool versioned;
    const char *name;
    unsigned line;
    char *error;
};

__attribute__((format(printf, 2, 3))) static int reject(const struct reader *reader,
                                                        const char *format, ...)
{
    char reason[CALIBRATION_ERROR_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof reason, format, list);
    va_end(list);
    snprintf(reader->error, CALIBRATION_ERROR_MAX, "%.100s:%u: %.140s", reader->name, reader->line,
             reason);
    return ERR_FORMAT;
}

/* Takes one number off `*text`; false if there is none or it is not finite. */
static bool take_number(const char **text, double *value)
{
    char *end;
    if (!isdigit((unsigned char)**text) && **text != '-' && **text != '+' && **text != '.') {
        return false;
    }
    *value = strtod(*text, &end);
    if (end == *text || !isfinite(*value)) {
        return false;
    }
    *text = end;
    return true;
}

static int read_number(const struct reader *reader, const char *text, double limit, double *value)
{
    const char *at = text;
    if (!take_number(&at, value) || *at != '\0') {
        return reject(reader, "\"%.40s\" is not a number", text);
    }
    if (fabs(*value) > limit) {
        return reject(reader, "%.40s lies outside +-%.0f", text, limit);
    }
    return 0;
}

/* A whole number within +-limit into `*out`. */
static int read_whole(const struct reader *reader, const char *text, double limit, int32_t *out)
{
    double value = 0;
    int err = read_number(reader, text, limit, &value);
    if (err < 0) {
        return err;
    }
    if (value != floor(value)) {
        return reject(reader, "\"%.40s\" is not a whole number", text);
    }
    *out = (int32_t)value;
    return 0;
}

static int read_full_scale(struct reader *reader, const char *value)
{
    int err = read_number(reader, value, 1e9, &reader->channel->full_scale);
    return err == 0 && reader->channel->full_scale <= 0
               ? reject(reader, "a full scale is more than 0")
               : err;
}

static int read_offset(struct reader *reader, const char *value)
{
    double counts = 0;
    int err = read_number(reader, value, OFFSET_COUNTS, &counts);
    if (err == 0) {
        reader->channel->is.offset = (int32_t)lround(counts * 256);
    }
    return err;
}

static int read_gain(struct reader *reader, const char *value)
{
    return read_whole(reader, value, 500000000, &reader->channel->is.gain_ppb);
}

static int read_delay(struct reader *reader, const char *value)
{
    return read_whole(reader, value, 1000000, &reader->channel->is.delay_ns);
}

/* "A:ppm:ns" and the blanks after it. */
static bool take_point(const char **text, double number[3])
{
    for (unsigned k = 0; k < 3; k++) {
        if (!take_number(text, &number[k]) || (k < 2 && *(*text)++ != ':')) {
            return false;
        }
    }
    bool ended = **text == '\0' || isspace((unsigned char)**text);
    *text += strspn(*text, " \t");
    return ended;
}

static int read_curve(struct reader *reader, const char *value)
{
    struct calibration *is = &reader->channel->is;
    for (const char *at = value; *at != '\0';) {
        double number[3];
        if (is->curve_points == CALIBRATE_POINTS_MAX) {
            return reject(reader, "more than %d points", CALIBRATE_POINTS_MAX);
        }
        if (!take_point(&at, number)) {
            return reject(reader, "a curve is A:ppm:ns A:ppm:ns");
        }
        if (!(number[0] > 0 && number[0] < 1e6) || fabs(number[1]) > CALIBRATE_PPM_MAX ||
            fabs(number[2]) > 1000000) {
            return reject(reader, "point %d of the curve is out of range", is->curve_points + 1);
        }
        struct curve_point point = {.current_ua = (uint64_t)llround(number[0] * 1e6),
                                    .ratio_ppm = (int32_t)lround(number[1]),
                                    .delay_ns = (int32_t)lround(number[2])};
        if (is->curve_points > 0 &&
            point.current_ua <= is->curve[is->curve_points - 1].current_ua) {
            return reject(reader, "the points of a curve ascend");
        }
        is->curve[is->curve_points++] = point;
    }
    return 0;
}

static int read_version(struct reader *reader, const char *value)
{
    if (strcmp(value, "1") != 0) {
        return reject(reader, "version %.20s is not known; this is version %d", value,
                      CALIBRATION_VERSION);
    }
    reader->versioned = true;
    return 0;
}

static int read_made(struct reader *reader, const char *value)
{
    if (strlen(value) >= sizeof reader->file->made) {
        return reject(reader, "\"%.40s\" is no date", value);
    }
    snprintf(reader->file->made, sizeof reader->file->made, "%s", value);
    return 0;
}

static int read_nominal(struct reader *reader, const char *value)
{
    int err = read_number(reader, value, 100, &reader->file->nominal_hz);
    return err == 0 && reader->file->nominal_hz <= 0 ? reject(reader, "no frequency") : err;
}

static const struct key {
    const char *name;
    bool of_channel;
    int (*read)(struct reader *reader, const char *value);
} keys[] = {
    {"version", false, read_version},    {"made", false, read_made},
    {"nominal_hz", false, read_nominal}, {"full_scale", true, read_full_scale},
    {"offset", true, read_offset},       {"gain_ppb", true, read_gain},
    {"delay_ns", true, read_delay},      {"curve", true, read_curve},
};

static int read_pair(struct reader *reader, const char *key, const char *value)
{
    for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++) {
        if (strcmp(keys[k].name, key) != 0) {
            continue;
        }
        if (keys[k].of_channel != (reader->channel != NULL)) {
            return reject(reader, "%s belongs %s a [channel]", key,
                          keys[k].of_channel ? "into" : "before");
        }
        if ((reader->seen >> k & 1) != 0) {
            return reject(reader, "%s is said twice", key);
        }
        reader->seen |= 1u << k;
        return keys[k].read(reader, value);
    }
    return reject(reader, "there is no \"%.40s\"", key);
}

static int read_section(struct reader *reader, char *line)
{
    size_t length = strlen(line);
    if (!reader->versioned) {
        return reject(reader, "a calibration begins with \"version = %d\"", CALIBRATION_VERSION);
    }
    if (line[length - 1] != ']' || length < 3 || length - 2 >= CALIBRATION_NAME_MAX) {
        return reject(reader, "\"%.40s\" is no [channel]", line);
    }
    line[length - 1] = '\0';
    if (calibration_find(reader->file, line + 1) != NULL) {
        return reject(reader, "[%s] is there twice", line + 1);
    }
    if (reader->file->channels == CALIBRATION_CHANNELS_MAX) {
        return reject(reader, "more than %d channels", CALIBRATION_CHANNELS_MAX);
    }
    reader->channel = &reader->file->channel[reader->file->channels++];
    reader->seen = 0;
    memset(reader->channel, 0, sizeof *reader->channel);
    memcpy(reader->channel->name, line + 1, length - 1);
    return 0;
}

static char *trim(char *text)
{
    text += strspn(text, " \t\r");
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1])) {
        text[--length] = '\0';
    }
    return text;
}

static int read_line(struct reader *reader, char *line)
{
    line[strcspn(line, "#")] = '\0';
    line = trim(line);
    if (line[0] == '\0') {
        return 0;
    }
    if (line[0] == '[') {
        return read_section(reader, line);
    }
    char *equals = strchr(line, '=');
    if (equals == NULL) {
        return reject(reader, "\"%.40s\" is neither [channel] nor key = value", line);
    }
    *equals = '\0';
    return read_pair(reader, trim(line), trim(equals + 1));
}

int calibration_parse(struct calibration_file *file, const char *name, const char *text,
                      size_t size, char error[CALIBRATION_ERROR_MAX])
{
    struct reader reader = {.file = file, .name = name, .error = error};
    char line[LINE_SIZE];
    memset(file, 0, sizeof *file);
    for (size_t at = 0; at < size;) {
        const char *newline = memchr(text + at, '\n', size - at);
        size_t length = newline != NULL ? (size_t)(newline - text) - at : size - at;
        reader.line++;
        if (length >= sizeof line || memchr(text + at, '\0', length) != NULL) {
            return reject(&reader, "this is no text, or a line is longer than %d", LINE_SIZE - 1);
        }
        memcpy(line, text + at, length);
        line[length] = '\0';
        int err = read_line(&reader, line);
        if (err != 0) {
            return err;
        }
        at += length + 1;
    }
    return reader.versioned ? 0 : reject(&reader, "there is no \"version\"");
}

int calibration_load(struct calibration_file *file, const char *path,
                     char error[CALIBRATION_ERROR_MAX])
{
    static const char too_big[] = "is larger than a calibration can be";
    FILE *stream = fopen(path, "rb");
    char *text = malloc(CALIBRATION_SIZE_MAX + 1);
    size_t size =
        stream != NULL && text != NULL ? fread(text, 1, CALIBRATION_SIZE_MAX + 1, stream) : 0;
    int err = 0;
    if (stream == NULL || text == NULL || ferror(stream) || size > CALIBRATION_SIZE_MAX) {
        snprintf(error, CALIBRATION_ERROR_MAX, "%.180s: %s", path,
                 size > CALIBRATION_SIZE_MAX ? too_big : strerror(errno));
        err = ERR_IO;
    } else {
        err = calibration_parse(file, path, text, size, error);
    }
    if (stream != NULL) {
        fclose(stream);
    }
    free(text);
    return err;
}

static void print_curve(const struct calibration *is, FILE *stream)
{
    fprintf(stream, "curve =");
    for (unsigned k = 0; k < is->curve_points; k++) {
        fprintf(stream, " %.6f:%d:%d", (double)is->curve[k].current_ua / 1e6,
                is->curve[k].ratio_ppm, is->curve[k].delay_ns);
    }
    fprintf(stream, "   # A : reads too high, ppm : too early, ns\n");
}

void calibration_print(const struct calibration_file *file, FILE *stream)
{
    fprintf(stream, "# Blondel calibration\nversion = %d\n", CALIBRATION_VERSION);
    if (file->made[0] != '\0') {
        fprintf(stream, "made = %s\n", file->made);
    }
    if (file->nominal_hz > 0) {
        fprintf(stream, "nominal_hz = %g\n", file->nominal_hz);
    }
    for (unsigned k = 0; k < file->channels; k++) {
        const struct calibration_channel *channel = &file->channel[k];
        fprintf(stream, "\n[%s]\n", channel->name);
        if (channel->full_scale > 0) {
            fprintf(stream, "full_scale = %.9g\n", channel->full_scale);
        }
        fprintf(stream, "offset = %.8f   # counts\n", channel->is.offset / 256.0);
        fprintf(stream, "gain_ppb = %d\ndelay_ns = %d\n", channel->is.gain_ppb,
                channel->is.delay_ns);
        if (channel->is.curve_points > 0) {
            print_curve(&channel->is, stream);
        }
    }
}

int calibration_save(const struct calibration_file *file, const char *path,
                     char error[CALIBRATION_ERROR_MAX])
{
    char beside[4096];
    int length = snprintf(beside, sizeof beside, "%s.new", path);
    FILE *stream = length < (int)sizeof beside ? fopen(beside, "w") : NULL;
    bool written = false;
    if (stream != NULL) {
        calibration_print(file, stream);
        written = fflush(stream) == 0 && fsync(fileno(stream)) == 0;
        written = fclose(stream) == 0 && written && rename(beside, path) == 0;
    }
    if (!written) {
        snprintf(error, CALIBRATION_ERROR_MAX, "%.180s: %s", path, strerror(errno));
        if (stream != NULL) {
            unlink(beside);
        }
        return ERR_IO;
    }
    return 0;
}

const struct calibration_channel *calibration_find(const struct calibration_file *file,
                                                   const char *name)
{
    for (unsigned k = 0; k < file->channels; k++) {
        if (strcmp(file->channel[k].name, name) == 0) {
            return &file->channel[k];
        }
    }
    return NULL;
}

void calibration_apply(const struct calibration_channel *from, struct metrology_channel *channel)
{
    channel->offset = from->is.offset;
    channel->gain_ppb = from->is.gain_ppb;
    channel->delay_ns = from->is.delay_ns;
    channel->curve = from->is.curve_points > 0 && from->name[0] == 'I' ? from->is.curve : NULL;
    channel->curve_points = channel->curve != NULL ? from->is.curve_points : 0;
}

bool calibration_apply_named(const struct calibration_file *file, const char *name,
                             struct metrology_channel *channel)
{
    const struct calibration_channel *from = calibration_find(file, name);
    if (from != NULL) {
        calibration_apply(from, channel);
    }
    return from != NULL;
}
