#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "storage/storage_p.h"

int medium_read(const struct storage *self, uint32_t address, void *data, uint32_t size)
{
    const struct block_device *device = self->config.device;
    return device->read(device->ctx, address, data, size);
}

static int count_error(struct storage *self, int err)
{
    self->health.write_errors += err != 0;
    return err;
}

int medium_program(struct storage *self, uint32_t address, const void *data, uint32_t size)
{
    const struct block_device *device = self->config.device;
    self->health.programmed_bytes += size;
    return count_error(self, device->program(device->ctx, address, data, size));
}

int medium_erase(struct storage *self, uint32_t sector, uint32_t sectors)
{
    const struct block_device *device = self->config.device;
    int err = 0;
    for (uint32_t k = 0; k < sectors && err == 0; k++) {
        self->health.erases++;
        err = count_error(self, device->erase(device->ctx, sector + k));
    }
    return err;
}

int medium_sync(struct storage *self)
{
    const struct block_device *device = self->config.device;
    return count_error(self, device->sync(device->ctx));
}

uint32_t medium_round_up(const struct storage *self, uint32_t size)
{
    const uint32_t mask = self->config.device->unit - 1;
    return (size + mask) & ~mask;
}

int64_t medium_blank(const struct storage *self, uint32_t address, uint32_t size)
{
    uint8_t piece[PIECE];
    for (uint32_t done = 0; done < size; done += PIECE) {
        const uint32_t count = size - done < PIECE ? size - done : PIECE;
        const int err = medium_read(self, address + done, piece, count);
        if (err)
            return err;
        for (uint32_t k = 0; k < count; k++) {
            if (piece[k] != ERASED)
                return done + k;
        }
    }
    return size;
}

int medium_crc(const struct storage *self, uint32_t address, uint32_t size, uint32_t *crc)
{
    uint8_t piece[PIECE];
    for (uint32_t done = 0; done < size; done += PIECE) {
        const uint32_t count = size - done < PIECE ? size - done : PIECE;
        const int err = medium_read(self, address + done, piece, count);
        if (err)
            return err;
        *crc = crc32(*crc, piece, count);
    }
    return 0;
}

uint32_t medium_placed_crc(const struct storage *self, uint32_t address)
{
    uint8_t place[8];
    struct bytes_out out = {.data = place, .size = sizeof place};
    bytes_put_le(&out, self->generation, 4);
    bytes_put_le(&out, address, 4);
    return crc32(0, place, sizeof place);
}

void writer_open(struct writer *out, struct storage *self, uint32_t address)
{
    out->self = self;
    out->address = address;
    out->crc = medium_placed_crc(self, address);
    out->used = 0;
    out->err = 0;
}

static void flush(struct writer *out)
{
    if (out->err == 0)
        out->err = medium_program(out->self, out->address, out->buffer, out->used);
    out->address += out->used;
    out->used = 0;
}

void writer_put(struct writer *out, const void *data, uint32_t size)
{
    const uint8_t *byte = data;
    out->crc = crc32(out->crc, data, size);
    while (size > 0) {
        const uint32_t room = UNIT_MAX - out->used;
        const uint32_t count = size < room ? size : room;
        memcpy(out->buffer + out->used, byte, count);
        out->used += count;
        byte += count;
        size -= count;
        if (out->used == UNIT_MAX)
            flush(out);
    }
}

int writer_close(struct writer *out)
{
    const uint32_t full = medium_round_up(out->self, out->used);
    memset(out->buffer + out->used, ERASED, full - out->used);
    out->used = full;
    if (full > 0)
        flush(out);
    return out->err;
}
