/*
 * services/disk_file.h: a private file that is read and written at places, by one process.
 *
 * Owns: the descriptor, the path and the last error as one line of text, "FILE: reason". The file
 * is 0600; a symbolic link and what is no regular file are refused. The lock goes with the process,
 * whatever end that comes to. Called by: services that keep state in files, on one thread each.
 *
 * Errors: ERR_STATE, the disk is full or read-only; ERR_FORMAT, another kind of file; ERR_BUSY,
 * another process has it; ERR_ARGUMENT, a path too long; ERR_IO, anything else.
 */
#ifndef SERVICES_DISK_FILE_H
#define SERVICES_DISK_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DISK_FILE_ERROR_MAX (PATH_MAX + 128)

struct disk_file {
    int fd;
    char path[PATH_MAX];
    char error[DISK_FILE_ERROR_MAX]; /* the last one */
};

/* Opens or creates; `made` says which. */
int disk_file_open(struct disk_file *self, const char *path, bool *made) MUST_USE;
void disk_file_close(struct disk_file *self);

/* Keeps all other processes out, until the file is closed. */
int disk_file_lock(struct disk_file *self) MUST_USE;

int disk_file_size(struct disk_file *self, uint64_t *size) MUST_USE;
int disk_file_read(struct disk_file *self, uint64_t at, void *data, size_t size) MUST_USE;
int disk_file_write(struct disk_file *self, uint64_t at, const void *data, size_t size) MUST_USE;

/* fdatasync(): what the kernel promises, no more. */
int disk_file_sync(struct disk_file *self) MUST_USE;

/* After a file was made: all of it, and its name, which lies in a directory. */
int disk_file_sync_new(struct disk_file *self) MUST_USE;

/* Writes the line of text; both return an error: `err`, or what errno stands for. */
int disk_file_fail(struct disk_file *self, int err, const char *reason);
int disk_file_fail_errno(struct disk_file *self);

#endif
