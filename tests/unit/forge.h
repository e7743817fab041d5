/*
 * unit/forge.h: bytes of a store written by the letter of docs/spec/storage.md, not by the store:
 * what a later version, or somebody with ideas, might have written.
 *
 * Owns: nothing. Called by: tests of core/storage.
 */
#ifndef UNIT_FORGE_H
#define UNIT_FORGE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "storage/storage.h"

static inline void forge_le(uint8_t *at, uint64_t value, unsigned width)
{
    struct bytes_out out = {.data = at, .size = width};
    bytes_put_le(&out, value, width);
}

/* A delta with this body behind the last frame of a mounted store's image; false: no room. */
static inline bool forge_frame(uint8_t *image, const struct storage *storage, const uint8_t *body,
                               uint32_t size)
{
    uint8_t rest[13], place[8];
    const uint32_t sector = storage->config.device->sector_size;
    const uint32_t bank = storage->bank_sector + storage->bank * storage->bank_sectors;
    const uint32_t address = bank * sector + storage->end;
    uint8_t *at = image + address;
    if (storage->end + 16 + size > storage->bank_sectors * sector)
        return false;
    at[0] = 0xB5;
    at[1] = rest[0] = 'D';
    forge_le(rest + 1, size, 4);
    forge_le(rest + 5, storage->sequence + 1, 4);
    forge_le(rest + 9, address, 4);
    forge_le(at + 2, crc32(0, rest, sizeof rest) & 0xFFFF, 2);
    memcpy(at + 4, rest + 1, 8);
    memcpy(at + 12, body, size);
    forge_le(place, storage->generation, 4);
    forge_le(place + 4, address, 4);
    forge_le(at + 12 + size, crc32(crc32(0, place, 8), at, 12 + size), 4);
    return true;
}

#endif
