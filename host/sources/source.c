#include "sources/source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sources/input.h"
#include "sources/kinds.h"
#include "sources/spec.h"

#define HEAD_SIZE 4096

/* The order matters: what is sure of itself (a prefix, a magic number) is asked before what
 * guesses. */
static const struct source_kind *const kinds[] = {
    &source_sim, &source_raw, &source_wav, &source_comtrade, &source_csv,
};

/* What files say ends up here: a control character must not reach a terminal or break the one line.
 */
static void make_printable(char *line)
{
    for (; *line; line++) {
        if ((unsigned char)*line < 0x20 || *line == 0x7f) {
            *line = '?';
        }
    }
}

int source_fail(struct source *source, int err, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(source->error, sizeof source->error, format, list);
    va_end(list);
    make_printable(source->error);
    return err;
}

/* The first bytes of the file the spec names. Returns what input_open() does, with errno kept. */
static int read_head(const char *spec, uint8_t *head, size_t *size)
{
    char path[SPEC_SIZE_MAX];
    struct input input;
    *size = 0;
    spec_path(spec, path, sizeof path);
    int err = input_open(&input, path);
    if (!err) {
        const uint8_t *bytes = input_view(&input, 0, HEAD_SIZE, size);
        memcpy(head, bytes, *size);
        input_close(&input);
    }
    return err;
}

static int nobody_accepts(struct source *source, const char *spec, int file_err, int file_errno)
{
    char path[SPEC_SIZE_MAX];
    spec_path(spec, path, sizeof path);
    if (file_err == ERR_IO) {
        return source_fail(source, ERR_IO, "%.200s: %s", path, strerror(file_errno));
    }
    if (file_err == ERR_UNSUPPORTED) {
        return source_fail(
            source, ERR_UNSUPPORTED,
            "%.200s: no regular file; frames from a pipe are read with raw:%.200s,...", path, path);
    }
    return source_fail(source, ERR_UNSUPPORTED,
                       "%.200s: neither a COMTRADE, WAV or CSV file nor a source like "
                       "\"raw:-,...\" or \"sim:grid\"",
                       path);
}

/* Spreadsheets on Windows like to write it, and every reader would stumble over it elsewhere. */
static bool is_utf16(const uint8_t *head, size_t size)
{
    return size >= 2 &&
           ((head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff));
}

int source_open(struct source *source, const char *spec)
{
    uint8_t head[HEAD_SIZE];
    size_t head_size;
    memset(source, 0, sizeof *source);
    int file_err = read_head(spec, head, &head_size), file_errno = errno;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (!kinds[i]->accepts(spec, head, head_size)) {
            continue;
        }
        if (is_utf16(head, head_size) && kinds[i] != &source_raw && kinds[i] != &source_sim) {
            return source_fail(source, ERR_UNSUPPORTED, "%.200s: UTF-16 text; save it as UTF-8",
                               spec);
        }
        int err = kinds[i]->open(source, spec);
        source->kind = err ? NULL : kinds[i];
        return err;
    }
    return nobody_accepts(source, spec, file_err, file_errno);
}

int source_read(struct source *source, int32_t *data, uint32_t frames)
{
    return source->kind->read(source, data, frames);
}

int source_next_segment(struct source *source)
{
    return source->kind->next_segment(source);
}

void source_close(struct source *source)
{
    if (source->kind) {
        source->kind->close(source);
    }
    source->kind = NULL;
}
