/* From a window's integer sums to volts, amperes and phasors, once per window and channel. */
#include "metrology/engine_p.h"

#include <math.h>

#define PI 3.14159265358979323846

/*
 * What a sin^(2 power) window leaves of a tone `bins` off its middle: sinc(bins) divided by
 * (1 - bins^2/k^2) for k = 1..power. Small `bins` only: the oscillator follows the line.
 */
static double window_droop(double bins, int power)
{
    if (fabs(bins) > 0.9) {
        bins = 0.9; /* a wild transient: no correction can be right */
    }
    double x = PI * bins;
    double droop = fabs(x) < 1e-6 ? 1 : sin(x) / x;
    for (int k = 1; k <= power; k++) {
        droop /= 1 - bins * bins / (k * k);
    }
    return droop;
}

/* Where double precision is made of instructions, sqrt() takes 800 of them. One step of Newton from
 * the single-precision root is right to 2^-47. */
double value_root(double x)
{
    float seed = sqrtf((float)x);
    if (!(seed > 1e-15f && seed < 1e15f)) {
        return sqrt(x);
    }
    double root = (double)seed;
    return root + (double)((float)(x - root * root) / (2 * seed));
}

/* per_weight is 1 / sum of w; divisions are dear where they are made of instructions. */
static void channel_value(const struct window_sums *sums, double per_weight, double unit,
                          double per_droop, struct channel_value *value)
{
    value->rms = unit * value_root((double)sums->xx * ldexp(per_weight, -WEIGHED_BITS));
    value->dc = unit * (double)sums->x * ldexp(per_weight, -27);
    /* mean(u e^-jp) is half the amplitude: times sqrt 2 for the r.m.s. value. */
    double phasor = unit * ldexp(per_weight * per_droop, -23 - WEIGHED_BITS) * 1.4142135623730951;
    value->re = phasor * (double)sums->wave.c;
    value->im = -phasor * (double)sums->wave.s;
    int32_t peak = sums->max > -sums->min ? sums->max : -sums->min;
    value->peak = unit * peak;
    value->clipped = sums->max >= SAMPLE_MAX || sums->min <= SAMPLE_MIN + 1;
}

/* Behind an integrator there is no direct component to know; what is left of the start's is no part
 * of the current. */
static void forget_direct(struct channel_value *value)
{
    value->rms = value_root(fmax(0, value->rms * value->rms - value->dc * value->dc));
    value->peak -= fabs(value->dc);
    value->dc = NAN;
}

void window_values(struct metrology *self, const struct window_result *result)
{
    struct window *window = &self->window;
    double per_weight = ldexp(1 / (double)window->weight, 27);
    double per_droop = 1 / window_droop(result->bins, result->power);
    for (unsigned k = 0; k < self->channels; k++) {
        channel_value(&window->sums[k], per_weight, self->input[k].unit_double, per_droop,
                      &window->value[k]);
        if (self->leaks) {
            forget_direct(&window->value[k]);
        }
    }
    for (unsigned k = 0; k < window->pairs; k++) {
        double unit =
            self->input[window->pair[k].a].unit_double * self->input[window->pair[k].b].unit_double;
        window->product[k] = unit * (double)window->cross[k] * ldexp(per_weight, -WEIGHED_BITS);
    }
}
