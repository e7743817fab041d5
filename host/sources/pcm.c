#include "sources/pcm.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "metrology/samples.h"

static uint32_t le32(const uint8_t *b)
{
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static uint32_t be32(const uint8_t *b)
{
    return b[3] | (uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24;
}

/* The top 24 bits of a 32-bit word, rounded; beyond the top it stays at the top. */
static int32_t from_word(uint32_t word)
{
    int64_t rounded = ((int64_t)(int32_t)word + 128) >> 8;
    return (int32_t)(rounded > SAMPLE_MAX ? SAMPLE_MAX : rounded);
}

static int32_t from_double(double value)
{
    double counts = value * SAMPLE_FULL_SCALE;
    if (isnan(counts) || counts <= SAMPLE_MIN) {
        return SAMPLE_MIN;
    }
    return counts >= SAMPLE_MAX ? SAMPLE_MAX : (int32_t)lrint(counts);
}

static double float_of(uint32_t word)
{
    float value;
    memcpy(&value, &word, sizeof value);
    return (double)value;
}

static double double_of(uint32_t high, uint32_t low)
{
    uint64_t word = (uint64_t)high << 32 | low;
    double value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static int32_t decode_u8(const uint8_t *b)
{
    return (b[0] - 128) * 65536;
}

static int32_t decode_s16(const uint8_t *b)
{
    return from_word((uint32_t)b[0] << 16 | (uint32_t)b[1] << 24);
}

static int32_t decode_s16be(const uint8_t *b)
{
    return from_word((uint32_t)b[1] << 16 | (uint32_t)b[0] << 24);
}

static int32_t decode_s24(const uint8_t *b)
{
    return from_word((uint32_t)b[0] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 24);
}

static int32_t decode_s24be(const uint8_t *b)
{
    return from_word((uint32_t)b[2] << 8 | (uint32_t)b[1] << 16 | (uint32_t)b[0] << 24);
}

static int32_t decode_s32(const uint8_t *b)
{
    return from_word(le32(b));
}

static int32_t decode_s32be(const uint8_t *b)
{
    return from_word(be32(b));
}

static int32_t decode_f32(const uint8_t *b)
{
    return from_double(float_of(le32(b)));
}

static int32_t decode_f32be(const uint8_t *b)
{
    return from_double(float_of(be32(b)));
}

static int32_t decode_f64(const uint8_t *b)
{
    return from_double(double_of(le32(b + 4), le32(b)));
}

static int32_t decode_f64be(const uint8_t *b)
{
    return from_double(double_of(be32(b), be32(b + 4)));
}

static const struct pcm_format formats[] = {
    {"u8", 1, decode_u8},       {"s16", 2, decode_s16},     {"s16be", 2, decode_s16be},
    {"s24", 3, decode_s24},     {"s24be", 3, decode_s24be}, {"s32", 4, decode_s32},
    {"s32be", 4, decode_s32be}, {"f32", 4, decode_f32},     {"f32be", 4, decode_f32be},
    {"f64", 8, decode_f64},     {"f64be", 8, decode_f64be},
};

const struct pcm_format *pcm_format_find(const char *name)
{
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (!strcmp(formats[i].name, name)) {
            return &formats[i];
        }
    }
    return NULL;
}

void pcm_decode(const struct pcm_format *format, const uint8_t *bytes, int32_t *data,
                uint64_t samples)
{
    for (uint64_t i = 0; i < samples; i++) {
        data[i] = format->decode(bytes + i * format->bytes);
    }
}
