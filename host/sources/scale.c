#include "sources/scale.h"

#include <math.h>
#include <stdbool.h>

#include "metrology/samples.h"

#define MULTIPLIER_MIN 1e-30
#define VALUE_MAX      1e15
#define BITS           23

static bool is_quantity(double value)
{
    return isfinite(value) && fabs(value) <= VALUE_MAX;
}

int scale_init(struct scale *self, double multiplier, double offset, double largest)
{
    bool constant = multiplier == 0;
    double unit = constant ? 1 : multiplier;
    if (!is_quantity(multiplier) || !is_quantity(offset) || fabs(unit) < MULTIPLIER_MIN ||
        !isfinite(largest)) {
        return ERR_RANGE;
    }
    double shifted = offset / unit, reach = (constant ? 0 : largest) + fabs(shifted);
    if (!isfinite(reach) || !is_quantity(reach * unit)) {
        return ERR_RANGE;
    }
    int exponent = 0;
    double mantissa = frexp(reach, &exponent); /* reach < 2^exponent */
    int shift = BITS - (reach > 0 ? exponent : 0);
    shift -= ldexp(mantissa, BITS) > SAMPLE_MAX - 1; /* no good sample may sit at the limit */
    self->gain = ldexp(unit < 0 ? -1 : 1, shift);
    self->offset = shifted;
    self->full_scale = ldexp(fabs(unit), BITS - shift);
    self->multiplier = multiplier;
    return isfinite(self->full_scale) && self->full_scale > 0 ? 0 : ERR_RANGE;
}

int32_t scale_to_sample(const struct scale *self, double value)
{
    double v = self->multiplier == 0 ? 0 : value;
    double counts = (v + self->offset) * self->gain;
    if (isnan(value) || counts <= SAMPLE_MIN) {
        return SAMPLE_MIN;
    }
    return counts >= SAMPLE_MAX ? SAMPLE_MAX : (int32_t)lrint(counts);
}
