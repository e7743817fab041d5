#define _GNU_SOURCE
#include "services/block_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "storage/storage.h"

#define PIECE 4096

static const uint8_t ones[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

static int write_ones(struct block_file *self, uint64_t from, uint64_t to)
{
    uint8_t piece[PIECE];
    int err = 0;
    memset(piece, 0xFF, sizeof piece);
    while (from < to && err == 0) {
        const uint64_t count = to - from < sizeof piece ? to - from : sizeof piece;
        err = disk_file_write(&self->disk, from, piece, count);
        from += count;
    }
    return err;
}

/* ---- the device ---- */

static uint64_t full_size(const struct block_file *self)
{
    return (uint64_t)self->device.sector_size * self->device.sectors;
}

static int check_size(struct block_file *self)
{
    uint64_t size;
    const int err = disk_file_size(&self->disk, &size);
    if (err == 0 && size != full_size(self))
        return disk_file_fail(&self->disk, ERR_IO, "changed its size while it was in use");
    return err;
}

static int device_read(void *ctx, uint32_t address, void *data, uint32_t size)
{
    struct block_file *self = ctx;
    return disk_file_read(&self->disk, address, data, size);
}

/* A write behind the end of a file cut short would leave zeros between. */
static int device_program(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    struct block_file *self = ctx;
    const int err = check_size(self);
    return err ? err : disk_file_write(&self->disk, address, data, size);
}

static int device_erase(void *ctx, uint32_t sector)
{
    struct block_file *self = ctx;
    const uint64_t size = self->device.sector_size;
    const int err = check_size(self);
    return err ? err : write_ones(self, sector * size, (sector + 1) * size);
}

static int device_sync(void *ctx)
{
    struct block_file *self = ctx;
    return disk_file_sync(&self->disk);
}

/* ---- opening ---- */

/* Space is taken first, without the size; that grows with the ones, so that a file of full size has
 * been made whole. */
static int fill(struct block_file *self, uint64_t from)
{
    const uint64_t full = full_size(self);
    if (fallocate(self->disk.fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)full) != 0 && errno != EOPNOTSUPP &&
        errno != ENOSYS)
        return disk_file_fail_errno(&self->disk);
    const int err = write_ones(self, from, full);
    return err ? err : disk_file_sync_new(&self->disk);
}

/* Whether all of a file shorter than a store is ones: left half made. */
static int is_half_made(struct block_file *self, uint64_t size)
{
    uint8_t piece[PIECE];
    for (uint64_t at = 0; at < size; at += sizeof piece) {
        const size_t count = size - at < sizeof piece ? (size_t)(size - at) : sizeof piece;
        const int err = disk_file_read(&self->disk, at, piece, count);
        if (err)
            return err;
        for (size_t k = 0; k < count; k++) {
            if (piece[k] != 0xFF)
                return 0;
        }
    }
    return 1;
}

/* A store, formatted or not or on the way, has in one of its first two sectors its mark or nothing.
 */
static int is_store(struct block_file *self)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        uint8_t start[sizeof ones];
        const int err = disk_file_read(&self->disk, (uint64_t)copy * self->device.sector_size,
                                       start, sizeof start);
        if (err)
            return err;
        if (memcmp(start, STORAGE_MAGIC, STORAGE_MAGIC_SIZE) == 0 ||
            memcmp(start, ones, sizeof start) == 0)
            return 1;
    }
    return 0;
}

static int take_file(struct block_file *self)
{
    const uint64_t full = full_size(self);
    uint64_t size;
    int good = 0, err = disk_file_lock(&self->disk);
    if (err == 0)
        err = disk_file_size(&self->disk, &size); /* its maker may just have let go of it */
    if (err)
        return err;
    if (size < full) {
        good = is_half_made(self, size);
        err = good == 1 ? fill(self, size) : good < 0 ? good : 0;
    } else if (size == full) {
        good = is_store(self);
        err = good < 0 ? good : 0;
    }
    if (err || good)
        return err;
    char reason[96];
    snprintf(reason, sizeof reason, "is no store of %" PRIu64 " bytes (it has %" PRIu64 ")", full,
             size);
    return disk_file_fail(&self->disk, ERR_FORMAT, reason);
}

int block_file_open(struct block_file *self, const char *path, uint32_t sector_size,
                    uint32_t sectors, uint32_t unit)
{
    bool made;
    int err = disk_file_open(&self->disk, path, &made);
    self->device = (struct block_device){.ctx = self,
                                         .sector_size = sector_size,
                                         .sectors = sectors,
                                         .unit = unit,
                                         .read = device_read,
                                         .program = device_program,
                                         .erase = device_erase,
                                         .sync = device_sync};
    if (err)
        return err;
    if (sector_size < sizeof ones || sectors < 2)
        err = disk_file_fail(&self->disk, ERR_ARGUMENT, "is no place for a store");
    if (err == 0)
        err = take_file(self);
    if (err && made && err != ERR_BUSY)
        (void)unlink(path); /* a store half made is no use to anybody */
    if (err)
        block_file_close(self);
    return err;
}

void block_file_close(struct block_file *self)
{
    disk_file_close(&self->disk);
}
