/*
 * services/vault.h: where the memory of one meter lies: in a file, or in this process only.
 *
 * Owns: the block device and, in memory, its bytes. The geometry is fixed: sectors of 4 KiB, units
 * of 16 bytes, as many as the meter asks for and a quarter more, so that each is erased less often.
 * Called by: whoever makes a device, on the thread that steps it.
 */
#ifndef SERVICES_VAULT_H
#define SERVICES_VAULT_H

#include "device/device.h"
#include "services/block_file.h"

#define VAULT_SECTOR 4096
#define VAULT_UNIT   16

struct vault {
    struct block_device device;
    struct block_file file;
    bool is_file;
    uint8_t *bytes; /* in memory */
    uint64_t programmed_bytes, erases;
    uint32_t store_memory[DEVICE_STORE_MEMORY(4) / sizeof(uint32_t) + 1]; /* MODEL_CIRCUITS_MAX */
};

/* `path` NULL: in memory. Errors as of block_file_open(), with a line in file.disk.error;
 * ERR_SPACE. */
int vault_open(struct vault *self, const char *path, const struct meter_config *meter) MUST_USE;
void vault_close(struct vault *self);

#endif
