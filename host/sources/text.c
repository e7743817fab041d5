#include "sources/text.h"

#include <ctype.h>
#include <iconv.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DIGITS_MAX   19 /* that any uint64_t holds */
#define EXPONENT_MAX 400

struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\0' || c == '\x1a';
}

struct text text_trim(struct text text)
{
    while (text.size && is_blank(text.at[0])) {
        text.at++;
        text.size--;
    }
    while (text.size && is_blank(text.at[text.size - 1])) {
        text.size--;
    }
    return text;
}

bool text_begins(struct text text, const char *word)
{
    size_t size = strlen(word);
    return text.size >= size && !strncasecmp(text.at, word, size);
}

bool text_is(struct text text, const char *word)
{
    return text.size == strlen(word) && text_begins(text, word);
}

void text_copy(struct text text, char *to, size_t size)
{
    size_t n = text.size < size ? text.size : size - 1;
    memcpy(to, text.at, n);
    to[n] = '\0';
}

struct fields text_fields(struct text line, char separator)
{
    return (struct fields){.rest = line, .separator = separator};
}

bool fields_next(struct fields *fields, struct text *field)
{
    if (fields->done) {
        return false;
    }
    struct text rest = fields->rest;
    const char *end = rest.size ? memchr(rest.at, fields->separator, rest.size) : NULL;
    size_t size = end ? (size_t)(end - rest.at) : rest.size;
    *field = text_trim((struct text){rest.at, size});
    fields->done = !end;
    if (end) {
        fields->rest = (struct text){end + 1, rest.size - size - 1};
    }
    return true;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* mantissa x 10^exponent */
struct decimal {
    bool negative;
    uint64_t mantissa;
    int exponent;
    int last_digit; /* exponent of the last digit as written, also when it did not fit */
};

static void decimal_add_digit(struct decimal *decimal, int *digits, char c, bool fraction)
{
    if (*digits < DIGITS_MAX) {
        decimal->mantissa = decimal->mantissa * 10 + (uint64_t)(c - '0');
        *digits += decimal->mantissa != 0;
        decimal->exponent -= fraction;
    } else {
        decimal->exponent += !fraction;
    }
    decimal->last_digit -= fraction;
}

static bool decimal_parse_exponent(struct text text, struct decimal *decimal)
{
    bool negative = text.size && text.at[0] == '-';
    size_t at = text.size && (negative || text.at[0] == '+') ? 1 : 0;
    int exponent = 0;
    if (at == text.size || text.size > 12) {
        return false;
    }
    for (; at < text.size; at++) {
        if (!isdigit((unsigned char)text.at[at])) {
            return false;
        }
        exponent = exponent < EXPONENT_MAX ? exponent * 10 + (text.at[at] - '0') : exponent;
    }
    decimal->exponent += negative ? -exponent : exponent;
    decimal->last_digit += negative ? -exponent : exponent;
    return true;
}

static bool decimal_parse(struct text text, bool comma, struct decimal *decimal)
{
    *decimal = (struct decimal){.negative = text.size && text.at[0] == '-'};
    size_t at = text.size && (decimal->negative || text.at[0] == '+') ? 1 : 0;
    bool fraction = false, any = false;
    int digits = 0;
    if (text.size > 100000) {
        return false; /* exponents stay far inside int */
    }
    for (; at < text.size; at++) {
        char c = text.at[at];
        if (isdigit((unsigned char)c)) {
            decimal_add_digit(decimal, &digits, c, fraction);
            any = true;
        } else if (!fraction && (c == '.' || (comma && c == ','))) {
            fraction = true;
        } else if (any && (c == 'e' || c == 'E')) {
            struct text rest = {text.at + at + 1, text.size - at - 1};
            return decimal_parse_exponent(rest, decimal);
        } else {
            return false;
        }
    }
    return any;
}

static double decimal_to_double(const struct decimal *decimal)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    double value;
    if (decimal->mantissa < (UINT64_C(1) << 53) && abs(decimal->exponent) <= 22) {
        value = (double)decimal->mantissa; /* both factors exact: one rounding */
        value = decimal->exponent < 0 ? value / tens[-decimal->exponent]
                                      : value * tens[decimal->exponent];
    } else {
        char copy[48];
        snprintf(copy, sizeof copy, "%llue%d", (unsigned long long)decimal->mantissa,
                 decimal->exponent);
        value = strtod(copy, NULL);
    }
    return decimal->negative ? -value : value;
}

bool text_to_double(struct text text, bool comma, double *value)
{
    struct decimal decimal;
    if (!decimal_parse(text, comma, &decimal)) {
        return false;
    }
    *value = decimal_to_double(&decimal);
    return isfinite(*value);
}

bool text_to_int64(struct text text, int64_t *value)
{
    struct decimal decimal;
    if (!decimal_parse(text, false, &decimal) || decimal.exponent != 0 ||
        decimal.mantissa > INT64_MAX) {
        return false;
    }
    *value = decimal.negative ? -(int64_t)decimal.mantissa : (int64_t)decimal.mantissa;
    return true;
}

static uint64_t power_of_ten(int exponent)
{
    uint64_t power = 1;
    while (exponent-- > 0) {
        power *= 10;
    }
    return power;
}

bool text_to_nano(struct text text, bool comma, int scale_exponent, int64_t *value,
                  int64_t *resolution)
{
    struct decimal decimal;
    if (!decimal_parse(text, comma, &decimal)) {
        return false;
    }
    int shift = decimal.exponent + scale_exponent + 9;
    int last = decimal.last_digit + scale_exponent + 9;
    uint64_t nano = 0;
    if (decimal.mantissa == 0 || shift < -DIGITS_MAX) {
        nano = 0;
    } else if (shift >= 0) {
        uint64_t power = shift < DIGITS_MAX ? power_of_ten(shift) : 0;
        if (power == 0 || decimal.mantissa > (uint64_t)INT64_MAX / power) {
            return false;
        }
        nano = decimal.mantissa * power;
    } else {
        uint64_t power = power_of_ten(-shift);
        nano = decimal.mantissa / power + (decimal.mantissa % power >= power / 2);
        if (nano > INT64_MAX) {
            return false;
        }
    }
    *value = decimal.negative ? -(int64_t)nano : (int64_t)nano;
    *resolution = last <= 0 ? 1 : (int64_t)power_of_ten(last < 18 ? last : 18);
    return true;
}

/* --- names ------------------------------------------------------------------------------------ */

/* How many bytes the UTF-8 character at `at` has; 0 if it is none. */
static size_t utf8_size(const unsigned char *at, size_t left)
{
    unsigned char c = at[0];
    size_t size = c < 0x80                ? 1
                  : c >= 0xc2 && c < 0xe0 ? 2
                  : c >= 0xe0 && c < 0xf0 ? 3
                  : c >= 0xf0 && c < 0xf5 ? 4
                                          : 0;
    if (size == 0 || size > left) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (c == 0xe0 && at[1] < 0xa0) || (c == 0xf0 && at[1] < 0x90);
    bool outside = (c == 0xed && at[1] > 0x9f) || (c == 0xf4 && at[1] > 0x8f);
    return overlong || outside ? 0 : size;
}

static bool is_utf8(struct text text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    size_t at = 0;
    while (at < text.size) {
        size_t size = utf8_size(bytes + at, text.size - at);
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

/* High bytes only in pairs of 0xa1..0xfe: GB 2312, the heart of GBK. Latin-1 hardly ever looks so.
 */
static bool is_double_byte(struct text text)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    for (size_t i = 0; i < text.size; i++) {
        if (bytes[i] < 0x80) {
            continue;
        }
        if (bytes[i] < 0xa1 || i + 1 == text.size || bytes[i + 1] < 0xa1) {
            return false;
        }
        i++;
    }
    return true;
}

static bool gbk_to_utf8(struct text text, char *to, size_t size)
{
    iconv_t convert = iconv_open("UTF-8", "GBK");
    if (convert == (iconv_t)-1) {
        return false;
    }
    char *in = (char *)(uintptr_t)text.at, *out = to; /* iconv does not write its input */
    size_t in_left = text.size, out_left = size - 1;
    size_t done = iconv(convert, &in, &in_left, &out, &out_left);
    bool full = done == (size_t)-1 && out_left < 4;
    iconv_close(convert);
    *out = '\0';
    return done != (size_t)-1 || full;
}

static void latin1_to_utf8(struct text text, char *to, size_t size)
{
    size_t out = 0;
    for (size_t i = 0; i < text.size && out + 2 < size; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c >= 0x80) {
            to[out++] = (char)(0xc0 | (c >> 6));
            to[out++] = (char)(0x80 | (c & 0x3f));
        } else {
            to[out++] = (char)c;
        }
    }
    to[out] = '\0';
}

static void utf8_copy(struct text text, char *to, size_t size)
{
    size_t out = 0;
    while (out < text.size) {
        size_t next = utf8_size((const unsigned char *)text.at + out, text.size - out);
        if (out + next >= size) {
            break;
        }
        memcpy(to + out, text.at + out, next);
        out += next;
    }
    to[out] = '\0';
}

void text_to_utf8(struct text text, char *to, size_t size)
{
    if (is_utf8(text)) {
        utf8_copy(text, to, size);
    } else if (!is_double_byte(text) || !gbk_to_utf8(text, to, size)) {
        latin1_to_utf8(text, to, size);
    }
    for (char *c = to; *c; c++) {
        *c = (unsigned char)*c < 0x20 || *c == 0x7f ? ' ' : *c;
    }
}

/* --- units ------------------------------------------------------------------------------------ */

struct unit_row {
    const char *text;
    const char *unit;
    double factor;
    bool exact_case; /* m and M differ */
};

static const struct unit_row units[] = {
    {"V", "V", 1, false},
    {"kV", "V", 1e3, false},
    {"mV", "V", 1e-3, true},
    {"MV", "V", 1e6, true},
    {"uV", "V", 1e-6, false},
    {"volt", "V", 1, false},
    {"volts", "V", 1, false},
    {"A", "A", 1, false},
    {"kA", "A", 1e3, false},
    {"mA", "A", 1e-3, true},
    {"MA", "A", 1e6, true},
    {"uA", "A", 1e-6, false},
    {"amp", "A", 1, false},
    {"amps", "A", 1, false},
    {"ampere", "A", 1, false},
    {"Vrms", "V", 1, false},
    {"Arms", "A", 1, false},
    {"\xc2\xb5V", "V", 1e-6, true},
    {"\xc2\xb5"
     "A",
     "A", 1e-6, true},
};

static struct text without_brackets(struct text text)
{
    text = text_trim(text);
    if (text.size >= 2 && ((text.at[0] == '[' && text.at[text.size - 1] == ']') ||
                           (text.at[0] == '(' && text.at[text.size - 1] == ')'))) {
        text = text_trim((struct text){text.at + 1, text.size - 2});
    }
    return text;
}

double text_to_unit(struct text text, char *unit, size_t size)
{
    text = without_brackets(text);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        const struct unit_row *row = &units[i];
        if (text_is(text, row->text) &&
            (!row->exact_case || !memcmp(text.at, row->text, text.size))) {
            text_copy(text_of(row->unit), unit, size);
            return row->factor;
        }
    }
    text_to_utf8(text, unit, size);
    return 1;
}
