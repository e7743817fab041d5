/*
 * sources/input.h: a regular file of any size, read through one window of memory.
 *
 * Reads, never maps: a file that shrinks while it is read gives fewer bytes, not a signal. Bounded
 * memory whatever the file says. Called by the file readers of this room, one thread each.
 */
#ifndef SOURCES_INPUT_H
#define SOURCES_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sources/text.h"

#define INPUT_WINDOW (1u << 20) /* also the longest line */

struct input {
    int fd; /* -1: closed */
    uint64_t size;
    uint8_t *window;
    uint64_t window_at;
    size_t window_size;
};

/* 0, or ERR_IO with errno set, ERR_UNSUPPORTED if it is no regular file, ERR_SPACE. */
int input_open(struct input *self, const char *path) MUST_USE;
void input_close(struct input *self); /* also of one that was never opened, if it is zeroed */

/* Up to `size` (<= INPUT_WINDOW) bytes from `at`; *got says how many there are. Valid until the
 * next call. */
const uint8_t *input_view(struct input *self, uint64_t at, size_t size, size_t *got);

/* The line at *at without its end; moves *at behind it. 1: a line; 0: the end of the file;
 * ERR_RANGE: longer than the window. *ended tells whether a line feed ended it (not all last lines
 * have one). */
int input_line(struct input *self, uint64_t *at, struct text *line, bool *ended) MUST_USE;

#endif
