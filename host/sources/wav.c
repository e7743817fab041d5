/* RIFF/WAVE and RF64 (EBU Tech 3306): PCM of 8 to 32 bits and IEEE float, any number of channels.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sources/input.h"
#include "sources/kinds.h"
#include "sources/pcm.h"
#include "sources/segments.h"
#include "sources/spec.h"

#define TAG_PCM        1
#define TAG_FLOAT      3
#define TAG_EXTENSIBLE 0xfffe
#define SIZE_UNKNOWN   UINT32_C(0xffffffff)
#define CHUNKS_MAX     10000

struct wav {
    struct input input;
    const struct pcm_format *format;
    uint64_t data_at, data_size; /* as declared; UINT64_MAX: up to the end */
    uint64_t frames, declared;   /* that are there; that the header speaks of */
    uint64_t taken;
    uint32_t frame_bytes;
    char path[SPEC_SIZE_MAX];
};

struct wav_fmt {
    bool found;
    unsigned tag, channels, bits, block;
    uint32_t rate;
};

static uint32_t le(const uint8_t *b, int bytes)
{
    uint32_t value = 0;
    while (bytes-- > 0) {
        value = value << 8 | b[bytes];
    }
    return value;
}

static uint64_t le64(const uint8_t *b)
{
    return (uint64_t)le(b + 4, 4) << 32 | le(b, 4);
}

static bool wav_accepts(const char *spec, const uint8_t *head, size_t size)
{
    (void)spec;
    return size >= 12 && (!memcmp(head, "RIFF", 4) || !memcmp(head, "RF64", 4)) &&
           !memcmp(head + 8, "WAVE", 4);
}

/* The tail of every sub-format GUID that stands for a plain tag. */
static const uint8_t guid_tail[14] = {0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                      0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71};

static int fmt_parse(struct source *source, struct wav *wav, uint64_t at, uint64_t size,
                     struct wav_fmt *fmt)
{
    size_t got;
    const uint8_t *b = input_view(&wav->input, at, size < 40 ? (size_t)size : 40, &got);
    if (got < 16) {
        return source_fail(source, ERR_TRUNCATED, "%.200s: the fmt chunk is cut short", wav->path);
    }
    *fmt =
        (struct wav_fmt){true, le(b, 2), le(b + 2, 2), le(b + 14, 2), le(b + 12, 2), le(b + 4, 4)};
    if (fmt->tag == TAG_EXTENSIBLE) {
        fmt->tag = got == 40 && !memcmp(b + 26, guid_tail, sizeof guid_tail) ? le(b + 24, 2) : 0;
    }
    return 0;
}

/* Walks the chunks up to the data. RF64 keeps the true size in its ds64 chunk. */
static int wav_find_data(struct source *source, struct wav *wav, struct wav_fmt *fmt)
{
    uint64_t at = 12, data_size_64 = UINT64_MAX;
    for (int chunk = 0; chunk < CHUNKS_MAX; chunk++) {
        size_t got;
        const uint8_t *b = input_view(&wav->input, at, 24, &got);
        if (got < 8) {
            break;
        }
        uint32_t size = le(b + 4, 4);
        if (!memcmp(b, "data", 4)) {
            wav->data_at = at + 8;
            wav->data_size = size == SIZE_UNKNOWN || size == 0 ? data_size_64 : size;
            return 0;
        }
        if (!memcmp(b, "ds64", 4) && got == 24) {
            data_size_64 = le64(b + 16);
        } else if (!memcmp(b, "fmt ", 4)) {
            int err = fmt_parse(source, wav, at + 8, size, fmt);
            if (err) {
                return err;
            }
        }
        at += 8 + (uint64_t)size + (size & 1);
    }
    return source_fail(source, ERR_TRUNCATED, "%.200s: there is no data chunk", wav->path);
}

static const struct pcm_format *fmt_format(const struct wav_fmt *fmt)
{
    static const struct {
        unsigned tag, bits;
        const char *name;
    } rows[] = {
        {TAG_PCM, 8, "u8"},   {TAG_PCM, 16, "s16"},   {TAG_PCM, 24, "s24"},
        {TAG_PCM, 32, "s32"}, {TAG_FLOAT, 32, "f32"}, {TAG_FLOAT, 64, "f64"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (fmt->tag == rows[i].tag && fmt->bits == rows[i].bits) {
            return pcm_format_find(rows[i].name);
        }
    }
    return NULL;
}

static int fmt_check(struct source *source, struct wav *wav, const struct wav_fmt *fmt)
{
    if (!fmt->found) {
        return source_fail(source, ERR_FORMAT, "%.200s: no fmt chunk before the data", wav->path);
    }
    wav->format = fmt_format(fmt);
    if (!wav->format) {
        return source_fail(
            source, ERR_UNSUPPORTED,
            "%.200s: %u bits of format %u are neither PCM of 8, 16, 24 or 32 bits nor "
            "float of 32 or 64",
            wav->path, fmt->bits, fmt->tag);
    }
    if (fmt->channels < 1 || fmt->channels > SOURCE_CHANNELS_MAX) {
        return source_fail(source, ERR_RANGE, "%.200s: %u channels; 1 to %u can be", wav->path,
                           fmt->channels, SOURCE_CHANNELS_MAX);
    }
    if (fmt->block != fmt->channels * wav->format->bytes) {
        return source_fail(source, ERR_FORMAT,
                           "%.200s: frames of %u bytes cannot hold %u x %u bits", wav->path,
                           fmt->block, fmt->channels, fmt->bits);
    }
    if (fmt->rate < 1 || fmt->rate > RATE_MAX_HZ) {
        return source_fail(source, ERR_RANGE, "%.200s: a rate of %u Hz", wav->path, fmt->rate);
    }
    return 0;
}

static void wav_count_frames(struct wav *wav)
{
    uint64_t there = wav->input.size > wav->data_at ? wav->input.size - wav->data_at : 0;
    uint64_t size = wav->data_size == UINT64_MAX ? there : wav->data_size;
    wav->declared = size / wav->frame_bytes;
    wav->frames = (there < size ? there : size) / wav->frame_bytes;
}

static int wav_describe(struct source *source, const struct wav *wav, const struct spec *spec,
                        const struct wav_fmt *fmt)
{
    uint32_t named;
    int err = spec_channels(spec, source, &named);
    if (err) {
        return err;
    }
    source->info.channels = fmt->channels; /* stays after a failure: who names them wants to know */
    if (named != fmt->channels) {
        return source_fail(source, ERR_ARGUMENT,
                           named ? "%.200s: %u channels, but channels= names %u"
                                 : "%.200s: %u channels: name them like channels=U1;U2;I1;I2",
                           wav->path, fmt->channels, (unsigned)named);
    }
    source->info.rate_hz = fmt->rate;
    source->info.frames = wav->frames;
    return spec_full_scales(spec, source);
}

static int wav_start(struct source *source, struct wav *wav, const struct spec *spec)
{
    struct wav_fmt fmt = {0};
    int err = input_open(&wav->input, spec->path);
    if (err) {
        return source_fail(source, err, "%.200s: %s", spec->path,
                           err == ERR_IO ? strerror(errno) : err_text(err));
    }
    err = wav_find_data(source, wav, &fmt);
    err = err ? err : fmt_check(source, wav, &fmt);
    if (err) {
        return err;
    }
    wav->frame_bytes = fmt.block;
    wav_count_frames(wav);
    if (wav->frames == 0) {
        return source_fail(source, ERR_TRUNCATED, "%.200s: there are no samples", wav->path);
    }
    return wav_describe(source, wav, spec, &fmt);
}

static void wav_close(struct source *source)
{
    struct wav *wav = source->self;
    input_close(&wav->input);
    free(wav);
    source->self = NULL;
}

static int wav_open(struct source *source, const char *text)
{
    struct spec spec;
    int err = spec_parse(&spec, source, text, NULL,
                         SPEC_BIT(SPEC_CHANNELS) | SPEC_BIT(SPEC_U_FULL_SCALE) |
                             SPEC_BIT(SPEC_I_FULL_SCALE));
    if (err) {
        return err;
    }
    struct wav *wav = calloc(1, sizeof *wav);
    if (!wav) {
        return source_fail(source, ERR_SPACE, "%.200s: out of memory", spec.path);
    }
    source->self = wav;
    memcpy(wav->path, spec.path, sizeof wav->path);
    err = wav_start(source, wav, &spec);
    if (err) {
        wav_close(source);
    }
    return err;
}

static int wav_read(struct source *source, int32_t *data, uint32_t frames)
{
    struct wav *wav = source->self;
    uint64_t left = wav->frames - wav->taken;
    uint64_t count = frames < left ? frames : left;
    uint64_t fit = INPUT_WINDOW / wav->frame_bytes;
    count = count < fit ? count : fit;
    size_t got = 0;
    const uint8_t *bytes = input_view(&wav->input, wav->data_at + wav->taken * wav->frame_bytes,
                                      (size_t)count * wav->frame_bytes, &got);
    count = got / wav->frame_bytes;
    if (count == 0 && frames > 0 && wav->taken < wav->declared) {
        return source_fail(source, ERR_TRUNCATED,
                           "%.200s: cut short: %llu of %llu frames are there", wav->path,
                           (unsigned long long)wav->taken, (unsigned long long)wav->declared);
    }
    pcm_decode(wav->format, bytes, data, count * source->info.channels);
    wav->taken += count;
    return (int)count;
}

static int wav_next_segment(struct source *source)
{
    (void)source;
    return 0;
}

const struct source_kind source_wav = {
    .name = "wav",
    .accepts = wav_accepts,
    .open = wav_open,
    .read = wav_read,
    .next_segment = wav_next_segment,
    .close = wav_close,
};
