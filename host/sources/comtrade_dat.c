/* The records of COMTRADE data, one after the other. */
#include "sources/comtrade.h"

#include <math.h>
#include <string.h>

#define ASCII_MISSING_1991 99999.0

static uint32_t word(const uint8_t *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static double decode_s16(const uint8_t *b)
{
    int16_t value = (int16_t)(b[0] | b[1] << 8);
    return value == INT16_MIN ? (double)NAN : (double)value;
}

static double decode_s32(const uint8_t *b)
{
    int32_t value = (int32_t)word(b);
    return value == INT32_MIN ? (double)NAN : (double)value;
}

static double decode_f32(const uint8_t *b)
{
    uint32_t bits = word(b);
    float value;
    memcpy(&value, &bits, sizeof value);
    return isfinite(value) ? (double)value : (double)NAN;
}

static const struct comtrade_format formats[] = {
    {"ASCII", 0, 0, NULL},
    {"BINARY", 2, INT16_MAX, decode_s16},
    {"BINARY32", 4, 0, decode_s32},
    {"FLOAT32", 4, 0, decode_f32},
};

const struct comtrade_format *comtrade_format_find(struct text name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (text_is(name, formats[i].name)) {
            return &formats[i];
        }
    }
    return NULL;
}

uint32_t comtrade_record_bytes(const struct comtrade_cfg *cfg)
{
    return 8 + cfg->analog * cfg->format->bytes + (cfg->digital + 15) / 16 * 2;
}

void comtrade_rewind(struct comtrade *self, uint64_t at)
{
    self->at = at;
    self->line = self->dat_line;
}

static int next_binary(struct comtrade *self)
{
    uint32_t bytes = comtrade_record_bytes(&self->cfg), step = self->cfg.format->bytes;
    size_t got;
    if (self->at + bytes > self->dat_end) {
        return 0;
    }
    const uint8_t *record = input_view(&self->input, self->at, bytes, &got);
    if (got < bytes) {
        return 0;
    }
    self->stamp = word(record + 4);
    for (uint32_t i = 0; i < self->cfg.analog; i++) {
        self->value[i] = self->cfg.format->decode(record + 8 + (size_t)i * step);
    }
    self->at += bytes;
    return 1;
}

static int fail_ascii(struct source *source, const struct comtrade *self, const char *what,
                      unsigned column, struct text field)
{
    return source_fail(source, ERR_FORMAT, "%.200s:%llu: column %u: \"%.*s\" is not a %s",
                       self->dat_path, self->line, column, TEXT_ARG(field), what);
}

static int parse_ascii_value(struct source *source, struct comtrade *self, uint32_t channel,
                             struct text field)
{
    double *value = &self->value[channel];
    if (field.size == 0) {
        *value = NAN;
        return 0;
    }
    if (!text_to_double(field, false, value)) {
        return fail_ascii(source, self, "number", channel + 3, field);
    }
    if (self->cfg.year < 1999 && *value == ASCII_MISSING_1991) {
        *value = NAN;
    }
    return 0;
}

static int parse_ascii(struct source *source, struct comtrade *self, struct text line)
{
    struct fields fields = text_fields(line, ',');
    struct text field;
    uint32_t columns = self->cfg.analog + 2, column = 0;
    int err = 0;
    for (; !err && column < columns && fields_next(&fields, &field); column++) {
        if (column >= 2) {
            err = parse_ascii_value(source, self, column - 2, field);
        } else if (column == 1 && self->cfg.stamped &&
                   !text_to_double(field, false, &self->stamp)) {
            err = fail_ascii(source, self, "time stamp", 2, field);
        }
    }
    if (!err && column < columns) {
        err = source_fail(source, ERR_FORMAT, "%.200s:%llu: %u of %u columns", self->dat_path,
                          self->line, (unsigned)column, (unsigned)columns);
    }
    return err;
}

static int next_ascii(struct source *source, struct comtrade *self)
{
    struct text line = {"", 0};
    bool ended = true;
    while (line.size == 0) {
        int more =
            self->at < self->dat_end ? input_line(&self->input, &self->at, &line, &ended) : 0;
        self->line++;
        if (more < 0) {
            return source_fail(source, ERR_RANGE, "%.200s:%llu: longer than %u bytes",
                               self->dat_path, self->line, INPUT_WINDOW);
        }
        if (more == 0) {
            return 0;
        }
        line = text_trim(line);
    }
    int err = parse_ascii(source, self, line);
    if (err && !ended) { /* the writer stopped here: no record, and the caller sees too few */
        source->error[0] = '\0';
        self->at = self->dat_end;
        return 0;
    }
    return err ? err : 1;
}

int comtrade_next_record(struct source *source, struct comtrade *self)
{
    return self->cfg.format->bytes ? next_binary(self) : next_ascii(source, self);
}
