#include "sources/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int input_open(struct input *self, const char *path)
{
    struct stat status;
    *self = (struct input){.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (self->fd < 0) {
        return ERR_IO;
    }
    int err = fstat(self->fd, &status) ? ERR_IO : !S_ISREG(status.st_mode) ? ERR_UNSUPPORTED : 0;
    if (!err) {
        self->size = (uint64_t)status.st_size;
        self->window = malloc(INPUT_WINDOW);
        err = self->window ? 0 : ERR_SPACE;
    }
    if (err) {
        int saved = errno;
        input_close(self);
        errno = saved;
    }
    return err;
}

void input_close(struct input *self)
{
    if (self->fd > 0 || self->window) { /* a zeroed one was never open */
        close(self->fd);
    }
    free(self->window);
    *self = (struct input){.fd = -1};
}

/* Fills the window from `at`; fewer bytes at the end of the file or when it cannot be read. */
static void window_load(struct input *self, uint64_t at)
{
    self->window_at = at;
    self->window_size = 0;
    while (self->window_size < INPUT_WINDOW && at + self->window_size < self->size) {
        ssize_t n = pread(self->fd, self->window + self->window_size,
                          INPUT_WINDOW - self->window_size, (off_t)(at + self->window_size));
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            break;
        }
        self->window_size += (size_t)n;
    }
}

const uint8_t *input_view(struct input *self, uint64_t at, size_t size, size_t *got)
{
    if (at < self->window_at || at + size > self->window_at + self->window_size) {
        bool at_end = self->window_at + self->window_size >= self->size && at >= self->window_at &&
                      at <= self->window_at + self->window_size && self->window_size;
        if (!at_end) {
            window_load(self, at);
        }
    }
    uint64_t skip = at - self->window_at;
    size_t left = skip < self->window_size ? self->window_size - (size_t)skip : 0;
    *got = left < size ? left : size;
    return self->window + (left ? skip : 0);
}

static bool line_cut(struct text *line, const uint8_t *bytes, size_t size)
{
    const uint8_t *end = size ? memchr(bytes, '\n', size) : NULL;
    *line = (struct text){(const char *)bytes, end ? (size_t)(end - bytes) : size};
    return end != NULL;
}

int input_line(struct input *self, uint64_t *at, struct text *line, bool *ended)
{
    /* First what the window holds already, so that lines do not make it move one by one. */
    uint64_t end = self->window_at + self->window_size;
    size_t size = *at >= self->window_at && *at < end ? (size_t)(end - *at) : INPUT_WINDOW;
    const uint8_t *bytes = input_view(self, *at, size, &size);
    *ended = line_cut(line, bytes, size);
    if (!*ended && size < INPUT_WINDOW) {
        bytes = input_view(self, *at, INPUT_WINDOW, &size);
        *ended = line_cut(line, bytes, size);
    }
    if (size == 0) {
        return 0;
    }
    if (!*ended && size == INPUT_WINDOW) {
        return ERR_RANGE;
    }
    *at += line->size + *ended;
    return 1;
}
