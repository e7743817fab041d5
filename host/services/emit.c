#include "services/emit.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX  340 /* bytes a double takes with 9 decimals, and some */
#define REAL_DIGITS 9

void emit_init(struct emit *self, char *data, size_t size)
{
    *self = (struct emit){.data = data, .size = size, .overflow = size == 0};
}

static void put(struct emit *self, const char *bytes, size_t count)
{
    if (self->overflow || count >= self->size - self->used) {
        self->overflow = true;
        return;
    }
    memcpy(self->data + self->used, bytes, count);
    self->used += count;
}

static void put_text(struct emit *self, const char *text)
{
    put(self, text, strlen(text));
}

static const char *short_escape(unsigned char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    default:
        return NULL;
    }
}

static void put_char(struct emit *self, unsigned char c)
{
    char hex[8];
    const char *escape = short_escape(c);
    if (escape) {
        put_text(self, escape);
    } else if (c < 0x20 || c == 0x7f) {
        snprintf(hex, sizeof hex, "\\u%04x", c);
        put_text(self, hex);
    } else {
        put(self, (const char *)&c, 1);
    }
}

/* Bytes of the UTF-8 character that begins at `text`, or 0 if none does. Overlong forms and
 * surrogates are left to the reader: they are harmless in JSON. */
static size_t utf8_size(const unsigned char *text)
{
    const size_t size = text[0] < 0x80       ? 1
                        : text[0] >> 5 == 6  ? 2
                        : text[0] >> 4 == 14 ? 3
                        : text[0] >> 3 == 30 ? 4
                                             : 0;
    for (size_t k = 1; k < size; k++) {
        if (text[k] >> 6 != 2)
            return 0;
    }
    return size;
}

static void put_quoted(struct emit *self, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    put(self, "\"", 1);
    while (*at) {
        const size_t size = utf8_size(at);
        if (size > 1)
            put(self, (const char *)at, size);
        else
            put_char(self, size == 1 ? *at : '?');
        at += size > 1 ? size : 1;
    }
    put(self, "\"", 1);
}

static void begin(struct emit *self, const char *key)
{
    if (self->comma)
        put(self, ",", 1);
    self->comma = true;
    if (!key)
        return;
    put_quoted(self, key);
    put(self, ":", 1);
}

static void open_with(struct emit *self, const char *key, const char *bracket)
{
    begin(self, key);
    put(self, bracket, 1);
    self->comma = false;
}

static void close_with(struct emit *self, const char *bracket)
{
    put(self, bracket, 1);
    self->comma = true;
}

void emit_object(struct emit *self, const char *key)
{
    open_with(self, key, "{");
}

void emit_object_end(struct emit *self)
{
    close_with(self, "}");
}

void emit_array(struct emit *self, const char *key)
{
    open_with(self, key, "[");
}

void emit_array_end(struct emit *self)
{
    close_with(self, "]");
}

void emit_null(struct emit *self, const char *key)
{
    begin(self, key);
    put_text(self, "null");
}

void emit_string(struct emit *self, const char *key, const char *value)
{
    if (!value) {
        emit_null(self, key);
        return;
    }
    begin(self, key);
    put_quoted(self, value);
}

void emit_int(struct emit *self, const char *key, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    begin(self, key);
    put_text(self, text);
}

void emit_bool(struct emit *self, const char *key, bool value)
{
    begin(self, key);
    put_text(self, value ? "true" : "false");
}

/* A locale may have written a comma; -0 is no number a person wants. */
static void settle_number(char *text)
{
    char *comma = strchr(text, ',');
    if (comma)
        *comma = '.';
    if (strcmp(text, "-0") == 0)
        memmove(text, "0", 2);
}

/* 1.500 -> 1.5, 2.000 -> 2; only for numbers without an exponent. */
static void drop_zeros(char *text)
{
    char *end = text + strlen(text);
    if (!strpbrk(text, ".,"))
        return;
    while (end[-1] == '0')
        *--end = '\0';
    if (end[-1] == '.' || end[-1] == ',')
        end[-1] = '\0';
}

static void put_number(struct emit *self, const char *key, char *text)
{
    settle_number(text);
    begin(self, key);
    put_text(self, text);
}

void emit_fixed(struct emit *self, const char *key, double value, int decimals)
{
    char text[NUMBER_MAX];
    if (!isfinite(value)) {
        emit_null(self, key);
        return;
    }
    snprintf(text, sizeof text, "%.*f", decimals, value);
    drop_zeros(text);
    put_number(self, key, text);
}

void emit_real(struct emit *self, const char *key, double value)
{
    char text[NUMBER_MAX];
    if (!isfinite(value)) {
        emit_null(self, key);
        return;
    }
    snprintf(text, sizeof text, "%.*g", REAL_DIGITS, value);
    put_number(self, key, text);
}

void emit_milli(struct emit *self, const char *key, int64_t value)
{
    char text[32];
    const uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    snprintf(text, sizeof text, "%s%" PRIu64 ".%03" PRIu64, value < 0 ? "-" : "", size / 1000,
             size % 1000);
    drop_zeros(text);
    put_number(self, key, text);
}

int64_t emit_done(struct emit *self)
{
    if (self->overflow)
        return ERR_SPACE;
    self->data[self->used] = '\0';
    return (int64_t)self->used;
}
