#define _GNU_SOURCE
#include "services/block_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/storage.h"

#define PIECE 4096

static const uint8_t ones[16] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

/* ---- errors ---- */

static int explain(struct block_file *self, int err, const char *reason)
{
    snprintf(self->error, sizeof self->error, "%s: %s", self->path, reason);
    return err;
}

static int explain_errno(struct block_file *self)
{
    const int number = errno;
    const bool refused = number == ENOSPC || number == EDQUOT || number == EROFS ||
                         number == EACCES || number == EPERM || number == EFBIG;
    return explain(self, refused ? ERR_STATE : ERR_IO, strerror(number));
}

/* ---- whole reads and writes ---- */

static int read_all(struct block_file *self, uint64_t at, void *data, size_t size)
{
    uint8_t *byte = data;
    while (size > 0) {
        const ssize_t got = pread(self->fd, byte, size, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return explain_errno(self);
        if (got == 0)
            return explain(self, ERR_IO, "became shorter while it was in use");
        byte += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
    return 0;
}

static int write_all(struct block_file *self, uint64_t at, const void *data, size_t size)
{
    const uint8_t *byte = data;
    while (size > 0) {
        const ssize_t put = pwrite(self->fd, byte, size, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return explain_errno(self);
        byte += put;
        at += (uint64_t)put;
        size -= (size_t)put;
    }
    return 0;
}

static int write_ones(struct block_file *self, uint64_t from, uint64_t to)
{
    uint8_t piece[PIECE];
    int err = 0;
    memset(piece, 0xFF, sizeof piece);
    while (from < to && err == 0) {
        const uint64_t count = to - from < sizeof piece ? to - from : sizeof piece;
        err = write_all(self, from, piece, count);
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
    struct stat status;
    if (fstat(self->fd, &status) != 0)
        return explain_errno(self);
    if ((uint64_t)status.st_size != full_size(self))
        return explain(self, ERR_IO, "changed its size while it was in use");
    return 0;
}

static int device_read(void *ctx, uint32_t address, void *data, uint32_t size)
{
    return read_all(ctx, address, data, size);
}

/* A write behind the end of a file cut short would leave zeros between. */
static int device_program(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    const int err = check_size(ctx);
    return err ? err : write_all(ctx, address, data, size);
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
    return fdatasync(self->fd) == 0 ? 0 : explain_errno(self);
}

/* ---- opening ---- */

/* The process that holds the lock, by the kernel's list; 0: not found. */
static long lock_holder(const struct stat *file)
{
    FILE *locks = fopen("/proc/locks", "re");
    char line[256];
    long holder = 0;
    while (locks != NULL && holder == 0 && fgets(line, sizeof line, locks) != NULL) {
        char kind[16];
        long pid;
        uint64_t inode;
        if (sscanf(line, "%*s %15s %*s %*s %ld %*x:%*x:%" SCNu64, kind, &pid, &inode) == 3 &&
            strcmp(kind, "FLOCK") == 0 && inode == file->st_ino)
            holder = pid;
    }
    if (locks != NULL)
        fclose(locks);
    return holder;
}

static int take_lock(struct block_file *self, const struct stat *status)
{
    char reason[80] = "another process uses it";
    if (flock(self->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return explain_errno(self);
    const long holder = lock_holder(status);
    if (holder > 0)
        snprintf(reason, sizeof reason, "process %ld uses it", holder);
    return explain(self, ERR_BUSY, reason);
}

/* The name lies in a directory: that must be on the disk too. */
static int sync_directory(struct block_file *self)
{
    char copy[PATH_MAX];
    memcpy(copy, self->path, sizeof copy);
    const int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return explain_errno(self);
    const int result = fsync(fd);
    const int err = result == 0 || errno == EINVAL ? 0 : explain_errno(self);
    close(fd);
    return err;
}

/* Space is taken first, without the size; that grows with the ones, so that a file of full size has
 * been made whole. */
static int fill(struct block_file *self, uint64_t from)
{
    const uint64_t full = full_size(self);
    if (fallocate(self->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)full) != 0 && errno != EOPNOTSUPP &&
        errno != ENOSYS)
        return explain_errno(self);
    int err = write_ones(self, from, full);
    if (err == 0 && fsync(self->fd) != 0)
        err = explain_errno(self);
    return err ? err : sync_directory(self);
}

/* Whether all of a file shorter than a store is ones: left half made. */
static int is_half_made(struct block_file *self, uint64_t size)
{
    uint8_t piece[PIECE];
    for (uint64_t at = 0; at < size; at += sizeof piece) {
        const size_t count = size - at < sizeof piece ? (size_t)(size - at) : sizeof piece;
        const int err = read_all(self, at, piece, count);
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
        const int err =
            read_all(self, (uint64_t)copy * self->device.sector_size, start, sizeof start);
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
    struct stat status;
    if (fstat(self->fd, &status) != 0)
        return explain_errno(self);
    if (!S_ISREG(status.st_mode))
        return explain(self, ERR_FORMAT, "is no regular file");
    int err = take_lock(self, &status);
    if (err)
        return err;
    if (fstat(self->fd, &status) != 0) /* its maker may just have let go of it */
        return explain_errno(self);
    const uint64_t size = (uint64_t)status.st_size, full = full_size(self);
    int good = 0;
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
    return explain(self, ERR_FORMAT, reason);
}

int block_file_open(struct block_file *self, const char *path, uint32_t sector_size,
                    uint32_t sectors, uint32_t unit)
{
    const size_t length = strlen(path);
    *self = (struct block_file){.fd = -1};
    self->device = (struct block_device){.ctx = self,
                                         .sector_size = sector_size,
                                         .sectors = sectors,
                                         .unit = unit,
                                         .read = device_read,
                                         .program = device_program,
                                         .erase = device_erase,
                                         .sync = device_sync};
    memcpy(self->path, path, length < PATH_MAX ? length : PATH_MAX - 1);
    if (length >= PATH_MAX || sector_size < sizeof ones || sectors < 2)
        return explain(self, ERR_ARGUMENT, "is no place for a store");
    const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    self->fd = open(path, flags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    const bool made = self->fd >= 0;
    if (!made && errno == EEXIST)
        self->fd = open(path, flags);
    if (self->fd < 0)
        return errno == ELOOP ? explain(self, ERR_FORMAT, "is a symbolic link")
                              : explain_errno(self);
    const int err = take_file(self);
    if (err && made && err != ERR_BUSY)
        (void)unlink(path); /* a store half made is no use to anybody */
    if (err)
        block_file_close(self);
    return err;
}

void block_file_close(struct block_file *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    self->fd = -1;
}
