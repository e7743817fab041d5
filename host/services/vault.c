#include "services/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_bytes(void *ctx, uint32_t address, void *data, uint32_t size)
{
    const struct vault *self = ctx;
    memcpy(data, self->bytes + address, size);
    return ERR_NONE;
}

static int program_bytes(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    struct vault *self = ctx;
    const uint8_t *from = data;
    for (uint32_t k = 0; k < size; k++)
        self->bytes[address + k] &= from[k];
    self->programmed_bytes += size;
    return ERR_NONE;
}

static int erase_bytes(void *ctx, uint32_t sector)
{
    struct vault *self = ctx;
    memset(self->bytes + (size_t)sector * VAULT_SECTOR, 0xFF, VAULT_SECTOR);
    self->erases++;
    return ERR_NONE;
}

static int sync_bytes(void *ctx)
{
    (void)ctx;
    return ERR_NONE;
}

int vault_open(struct vault *self, const char *path, const struct meter_config *meter)
{
    *self = (struct vault){.is_file = path != NULL};
    self->device = (struct block_device){.ctx = self,
                                         .sector_size = VAULT_SECTOR,
                                         .unit = VAULT_UNIT,
                                         .read = read_bytes,
                                         .program = program_bytes,
                                         .erase = erase_bytes,
                                         .sync = sync_bytes};
    const int64_t sectors = device_sectors(meter, &self->device);
    if (sectors < 0)
        return (int)sectors;
    self->device.sectors = (uint32_t)(sectors + sectors / 4);
    if (path != NULL) {
        const int err =
            block_file_open(&self->file, path, VAULT_SECTOR, self->device.sectors, VAULT_UNIT);
        self->device = self->file.device;
        return err;
    }
    const size_t size = (size_t)self->device.sectors * VAULT_SECTOR;
    self->bytes = malloc(size);
    if (self->bytes == NULL) {
        snprintf(self->file.disk.error, sizeof self->file.disk.error, "not enough memory");
        return ERR_SPACE;
    }
    memset(self->bytes, 0xFF, size);
    return ERR_NONE;
}

void vault_close(struct vault *self)
{
    if (self->is_file)
        block_file_close(&self->file);
    free(self->bytes);
    self->bytes = NULL;
}
