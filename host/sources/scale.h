/*
 * sources/scale.h: values of a file -> 24-bit samples, exact where the file's numbers allow it.
 *
 * A file's value v stands for (v * multiplier + offset) units. The sample is (v + offset /
 * multiplier) shifted by a whole number of bits, so that integers and short fractions come through
 * to the last bit and only the full scale carries the multiplier. Values beyond the range clip; a
 * missing value becomes SAMPLE_MIN, which metrology flags.
 */
#ifndef SOURCES_SCALE_H
#define SOURCES_SCALE_H

#include <stdint.h>

#include "base/err.h"

struct scale {
    double gain;   /* 2^shift; negative for a negative multiplier */
    double offset; /* in units of v */
    double full_scale;
    double multiplier; /* kept for the constant channel (0) */
};

/* For values with |v| <= largest. ERR_RANGE if multiplier, offset or largest are beyond what can be
 * a quantity (1e-30..1e15). A multiplier of 0 makes every sample the offset. */
int scale_init(struct scale *self, double multiplier, double offset, double largest) MUST_USE;
int32_t scale_to_sample(const struct scale *self, double value);

#endif
