#include "base/bytes.h"

#include <string.h>

#include "base/assert.h"

#define BITS_PER_BYTE 8

/* Room for `size` more bytes, or NULL and bad. */
static uint8_t *take_out(struct bytes_out *out, size_t size)
{
    if (out->bad || size > out->size - out->used) {
        out->bad = true;
        return NULL;
    }
    out->used += size;
    return out->data + out->used - size;
}

static const uint8_t *take_in(struct bytes_in *in, size_t size)
{
    if (in->bad || size > in->size - in->used) {
        in->bad = true;
        return NULL;
    }
    in->used += size;
    return in->data + in->used - size;
}

void bytes_put_le(struct bytes_out *out, uint64_t value, unsigned width)
{
    ASSERT(width >= 1 && width <= sizeof value);
    uint8_t *at = take_out(out, width);
    for (unsigned k = 0; at != NULL && k < width; k++)
        at[k] = (uint8_t)(value >> (BITS_PER_BYTE * k));
}

uint64_t bytes_get_le(struct bytes_in *in, unsigned width)
{
    ASSERT(width >= 1 && width <= sizeof(uint64_t));
    uint64_t value = 0;
    const uint8_t *at = take_in(in, width);
    for (unsigned k = 0; at != NULL && k < width; k++)
        value |= (uint64_t)at[k] << (BITS_PER_BYTE * k);
    return value;
}

int64_t bytes_get_le_signed(struct bytes_in *in, unsigned width)
{
    uint64_t value = bytes_get_le(in, width);
    const uint64_t sign = UINT64_C(1) << (BITS_PER_BYTE * width - 1);
    return (int64_t)((value ^ sign) - sign);
}

void bytes_put_be(struct bytes_out *out, uint64_t value, unsigned width)
{
    ASSERT(width >= 1 && width <= sizeof value);
    uint8_t *at = take_out(out, width);
    for (unsigned k = 0; at != NULL && k < width; k++)
        at[width - 1 - k] = (uint8_t)(value >> (BITS_PER_BYTE * k));
}

uint64_t bytes_get_be(struct bytes_in *in, unsigned width)
{
    ASSERT(width >= 1 && width <= sizeof(uint64_t));
    uint64_t value = 0;
    const uint8_t *at = take_in(in, width);
    for (unsigned k = 0; at != NULL && k < width; k++)
        value = value << BITS_PER_BYTE | at[k];
    return value;
}

void bytes_put(struct bytes_out *out, const void *data, size_t size)
{
    uint8_t *at = take_out(out, size);
    if (at != NULL && size > 0)
        memcpy(at, data, size);
}

void bytes_get(struct bytes_in *in, void *data, size_t size)
{
    const uint8_t *at = take_in(in, size);
    if (size == 0)
        return;
    if (at != NULL)
        memcpy(data, at, size);
    else
        memset(data, 0, size);
}
