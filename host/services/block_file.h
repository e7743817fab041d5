/*
 * services/block_file.h: a block device in one file, for the store of a meter on Linux.
 *
 * Owns: the file (services/disk_file.h: private, locked) and the space it needs: a new file gets
 * its full size at once, so that a full disk shows at the start. A file of another size and one
 * that is no store are refused. sync() is fdatasync(): what the kernel promises, no more.
 *
 * Called by: whoever opens the store, on one thread. Errors come with one line of text, in
 * disk.error. After opening: ERR_STATE, the disk is full or read-only; ERR_IO, anything else.
 */
#ifndef SERVICES_BLOCK_FILE_H
#define SERVICES_BLOCK_FILE_H

#include <stdint.h>

#include "base/block.h"
#include "base/err.h"
#include "services/disk_file.h"

#define BLOCK_FILE_ERROR_MAX DISK_FILE_ERROR_MAX

struct block_file {
    struct block_device device; /* for the store; points to this object */
    struct disk_file disk;      /* its .error is the last one */
};

/* Opens or creates `path`. ERR_BUSY: another process has it; ERR_FORMAT: it is no store of this
 * size; ERR_STATE: disk full or read-only; ERR_ARGUMENT: a path too long; ERR_IO. */
int block_file_open(struct block_file *self, const char *path, uint32_t sector_size,
                    uint32_t sectors, uint32_t unit) MUST_USE;
void block_file_close(struct block_file *self);

#endif
