/*
 * sources/pcm.h: bare sample formats -> 24-bit samples.
 *
 * The largest value of a format is full scale: 2^15 of s16 and 1.0 of f32 become 2^23. Formats of
 * 24 bits or fewer come through exactly; s32 is rounded; floats beyond 1.0 clip and NaN is
 * SAMPLE_MIN. Pure; called by the readers of WAV and raw frames.
 */
#ifndef SOURCES_PCM_H
#define SOURCES_PCM_H

#include <stdint.h>

struct pcm_format {
    const char *name; /* "s16", "s16be", ... */
    uint32_t bytes;   /* of one sample */
    int32_t (*decode)(const uint8_t *bytes);
};

/* NULL if there is no such format. */
const struct pcm_format *pcm_format_find(const char *name);

void pcm_decode(const struct pcm_format *format, const uint8_t *bytes, int32_t *data,
                uint64_t samples);

#endif
