/* Bare frames from standard input, a named pipe or a file: the way an ADC board feeds us. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sources/kinds.h"
#include "sources/pcm.h"
#include "sources/spec.h"
#include "sources/text.h"

#define BUFFER_SIZE 65536
#define OPTIONS_ALL ((1u << SPEC_OPTIONS) - 1)

struct raw {
    int fd;
    const struct pcm_format *format;
    uint32_t frame_bytes;
    uint64_t frames; /* delivered */
    size_t held;     /* bytes in the buffer */
    bool ended;
    char path[SPEC_SIZE_MAX];
    uint8_t buffer[BUFFER_SIZE];
};

static bool raw_accepts(const char *spec, const uint8_t *head, size_t size)
{
    (void)head, (void)size;
    return !strncmp(spec, "raw:", 4);
}

static int raw_need(struct source *source, const struct spec *spec, enum spec_option option,
                    const char *example)
{
    return spec->value[option]
               ? 0
               : source_fail(source, ERR_ARGUMENT, "%.200s: say %s", spec->path, example);
}

static int raw_describe(struct source *source, struct raw *raw, const struct spec *spec)
{
    struct source_info *info = &source->info;
    int err = raw_need(source, spec, SPEC_RATE, "how many frames a second come, like rate=8000");
    err = err ? err : raw_need(source, spec, SPEC_FORMAT, "what a sample is, like format=s16");
    err = err ? err
              : raw_need(source, spec, SPEC_CHANNELS,
                         "what a frame holds, like channels=U1;U2;U3;I1;I2;I3");
    err = err ? err : spec_rate(spec, source, &info->rate_hz);
    err = err ? err : spec_channels(spec, source, &info->channels);
    err = err ? err : spec_full_scales(spec, source);
    if (err) {
        return err;
    }
    raw->format = pcm_format_find(spec->value[SPEC_FORMAT]);
    if (!raw->format) {
        return source_fail(source, ERR_ARGUMENT,
                           "%.200s: format=%.40s is none of u8, s16, s24, s32, f32, f64, or with "
                           "\"be\" behind it",
                           spec->path, spec->value[SPEC_FORMAT]);
    }
    raw->frame_bytes = info->channels * raw->format->bytes;
    return 0;
}

static int raw_connect(struct source *source, struct raw *raw)
{
    struct stat status;
    bool standard_input = !strcmp(raw->path, "-");
    raw->fd = standard_input ? dup(STDIN_FILENO) : open(raw->path, O_RDONLY | O_CLOEXEC);
    if (standard_input) {
        text_copy(text_of("standard input"), raw->path, sizeof raw->path);
    }
    if (raw->fd < 0) {
        return source_fail(source, ERR_IO, "%.200s: %s", raw->path, strerror(errno));
    }
    if (fstat(raw->fd, &status) == 0 && S_ISREG(status.st_mode)) {
        source->info.frames = (uint64_t)status.st_size / raw->frame_bytes;
    }
    return 0;
}

static void raw_close(struct source *source)
{
    struct raw *raw = source->self;
    if (raw->fd >= 0) {
        close(raw->fd);
    }
    free(raw);
    source->self = NULL;
}

static int raw_open(struct source *source, const char *text)
{
    struct spec spec;
    int err = spec_parse(&spec, source, text, "raw", OPTIONS_ALL);
    if (err) {
        return err;
    }
    struct raw *raw = calloc(1, sizeof *raw);
    if (!raw) {
        return source_fail(source, ERR_SPACE, "%.200s: out of memory", spec.path);
    }
    raw->fd = -1;
    source->self = raw;
    memcpy(raw->path, spec.path, sizeof raw->path);
    err = raw_describe(source, raw, &spec);
    err = err ? err : raw_connect(source, raw);
    if (err) {
        raw_close(source);
    }
    return err;
}

/* Waits for some bytes; a writer that is slow is no end. */
static int raw_fill(struct source *source, struct raw *raw)
{
    for (;;) {
        ssize_t n = read(raw->fd, raw->buffer + raw->held, BUFFER_SIZE - raw->held);
        if (n >= 0) {
            raw->held += (size_t)n;
            raw->ended = n == 0;
            return 0;
        }
        struct pollfd ready = {.fd = raw->fd, .events = POLLIN};
        if (errno == EAGAIN) {
            poll(&ready, 1, -1);
        } else if (errno == EINTR) { /* the caller's own handler: Ctrl-C must end a silent pipe */
            return source_fail(source, ERR_BUSY, "%.200s: interrupted", raw->path);
        } else {
            return source_fail(source, ERR_IO, "%.200s: %s", raw->path, strerror(errno));
        }
    }
}

static int raw_read(struct source *source, int32_t *data, uint32_t frames)
{
    struct raw *raw = source->self;
    while (frames > 0 && raw->held < raw->frame_bytes && !raw->ended) {
        int err = raw_fill(source, raw);
        if (err) {
            return err;
        }
    }
    size_t count = raw->held / raw->frame_bytes;
    count = count < frames ? count : frames;
    if (count == 0 && raw->ended && raw->held) {
        return source_fail(
            source, ERR_TRUNCATED, "%.200s: cut short: frame %llu has %u of %u bytes", raw->path,
            (unsigned long long)raw->frames + 1, (unsigned)raw->held, (unsigned)raw->frame_bytes);
    }
    pcm_decode(raw->format, raw->buffer, data, (uint64_t)count * source->info.channels);
    raw->held -= count * raw->frame_bytes;
    memmove(raw->buffer, raw->buffer + count * raw->frame_bytes, raw->held);
    raw->frames += count;
    return (int)count;
}

static int raw_next_segment(struct source *source)
{
    (void)source;
    return 0;
}

const struct source_kind source_raw = {
    .name = "raw",
    .accepts = raw_accepts,
    .open = raw_open,
    .read = raw_read,
    .next_segment = raw_next_segment,
    .close = raw_close,
};
