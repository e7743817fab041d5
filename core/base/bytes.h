/*
 * base/bytes.h: integers in bytes, both orders, and a cursor that cannot run over its end.
 *
 * Stored formats are little-endian, DLMS is big-endian. A cursor that meets its end sets `bad`,
 * gives zeros and writes nothing from then on, so a caller checks once, at the end.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes_out {
    uint8_t *data;
    size_t size, used;
    bool bad;
};

struct bytes_in {
    const uint8_t *data;
    size_t size, used;
    bool bad;
};

/* Little-endian, `width` bytes, 1..8. */
void bytes_put_le(struct bytes_out *out, uint64_t value, unsigned width);
uint64_t bytes_get_le(struct bytes_in *in, unsigned width);
int64_t bytes_get_le_signed(struct bytes_in *in, unsigned width);

/* Big-endian. */
void bytes_put_be(struct bytes_out *out, uint64_t value, unsigned width);
uint64_t bytes_get_be(struct bytes_in *in, unsigned width);

void bytes_put(struct bytes_out *out, const void *data, size_t size);
void bytes_get(struct bytes_in *in, void *data, size_t size);

#endif
