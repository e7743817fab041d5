/*
 * metrology/samples.h: what every source gives and metrology_push() takes.
 *
 * A frame is one sample of every channel, taken at one instant. A sample is a signed integer of at
 * most 24 significant bits: +-SAMPLE_FULL_SCALE stands for the full scale that the channel declares
 * (a peak value, in volts or amperes, see metrology_config). A source that cannot know its full
 * scale refuses; values beyond full scale are clipped by the source. A sample at either limit
 * counts as clipped and flags the window it falls in.
 */
#ifndef METROLOGY_SAMPLES_H
#define METROLOGY_SAMPLES_H

#include <stdint.h>

#define SAMPLE_FULL_SCALE 8388608 /* 2^23 */
#define SAMPLE_MAX        (SAMPLE_FULL_SCALE - 1)
#define SAMPLE_MIN        (-SAMPLE_FULL_SCALE)

struct samples {
    const int32_t *data; /* interleaved: frame 0 channel 0, frame 0 channel 1.. */
    uint32_t channels;   /* channels in each frame, 1..METROLOGY_CHANNELS_MAX */
    uint32_t frames;     /* how many frames; 0 is allowed */
};

#endif
