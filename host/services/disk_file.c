#define _GNU_SOURCE
#include "services/disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- errors ---- */

int disk_file_fail(struct disk_file *self, int err, const char *reason)
{
    snprintf(self->error, sizeof self->error, "%s: %s", self->path, reason);
    return err;
}

int disk_file_fail_errno(struct disk_file *self)
{
    const int number = errno;
    const bool refused = number == ENOSPC || number == EDQUOT || number == EROFS ||
                         number == EACCES || number == EPERM || number == EFBIG;
    return disk_file_fail(self, refused ? ERR_STATE : ERR_IO, strerror(number));
}

/* ---- whole reads and writes ---- */

int disk_file_read(struct disk_file *self, uint64_t at, void *data, size_t size)
{
    uint8_t *byte = data;
    while (size > 0) {
        const ssize_t got = pread(self->fd, byte, size, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return disk_file_fail_errno(self);
        if (got == 0)
            return disk_file_fail(self, ERR_IO, "became shorter while it was in use");
        byte += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
    return 0;
}

int disk_file_write(struct disk_file *self, uint64_t at, const void *data, size_t size)
{
    const uint8_t *byte = data;
    while (size > 0) {
        const ssize_t put = pwrite(self->fd, byte, size, (off_t)at);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return disk_file_fail_errno(self);
        byte += put;
        at += (uint64_t)put;
        size -= (size_t)put;
    }
    return 0;
}

int disk_file_sync(struct disk_file *self)
{
    return fdatasync(self->fd) == 0 ? 0 : disk_file_fail_errno(self);
}

int disk_file_sync_new(struct disk_file *self)
{
    char copy[PATH_MAX];
    if (fsync(self->fd) != 0)
        return disk_file_fail_errno(self);
    memcpy(copy, self->path, sizeof copy);
    const int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return disk_file_fail_errno(self);
    const int result = fsync(fd);
    const int err = result == 0 || errno == EINVAL ? 0 : disk_file_fail_errno(self);
    close(fd);
    return err;
}

/* ---- opening ---- */

int disk_file_size(struct disk_file *self, uint64_t *size)
{
    struct stat status;
    if (fstat(self->fd, &status) != 0)
        return disk_file_fail_errno(self);
    *size = (uint64_t)status.st_size;
    return S_ISREG(status.st_mode) ? 0 : disk_file_fail(self, ERR_FORMAT, "is no regular file");
}

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

int disk_file_lock(struct disk_file *self)
{
    char reason[80] = "another process uses it";
    struct stat status;
    if (flock(self->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK || fstat(self->fd, &status) != 0)
        return disk_file_fail_errno(self);
    const long holder = lock_holder(&status);
    if (holder > 0)
        snprintf(reason, sizeof reason, "process %ld uses it", holder);
    return disk_file_fail(self, ERR_BUSY, reason);
}

int disk_file_open(struct disk_file *self, const char *path, bool *made)
{
    const size_t length = strlen(path);
    const int flags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    uint64_t size;
    *self = (struct disk_file){.fd = -1};
    *made = false;
    memcpy(self->path, path, length < PATH_MAX ? length : PATH_MAX - 1);
    if (length >= PATH_MAX)
        return disk_file_fail(self, ERR_ARGUMENT, "is too long a path");
    self->fd = open(path, flags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    *made = self->fd >= 0;
    if (!*made && errno == EEXIST)
        self->fd = open(path, flags);
    if (self->fd < 0)
        return errno == ELOOP ? disk_file_fail(self, ERR_FORMAT, "is a symbolic link")
                              : disk_file_fail_errno(self);
    const int err = disk_file_size(self, &size);
    if (err)
        disk_file_close(self);
    return err;
}

void disk_file_close(struct disk_file *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    self->fd = -1;
}
