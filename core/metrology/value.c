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

static void channel_value(const struct window_sums *sums, double weight, double unit, double droop,
                          struct channel_value *value)
{
    /* weight is the sum of w, as a number. */
    value->rms = unit * sqrt(ldexp((double)sums->xx, -WEIGHED_BITS) / weight);
    value->dc = unit * ldexp((double)sums->x, -27) / weight;
    /* mean(u e^-jp) is half the amplitude: times sqrt 2 for the r.m.s. value. */
    double phasor = ldexp(unit * 1.4142135623730951 / weight / droop, -23 - WEIGHED_BITS);
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
    value->rms = sqrt(fmax(0, value->rms * value->rms - value->dc * value->dc));
    value->peak -= fabs(value->dc);
    value->dc = NAN;
}

void window_values(struct metrology *self, const struct window_result *result)
{
    struct window *window = &self->window;
    double weight = ldexp((double)window->weight, -27);
    double droop = window_droop(result->bins, result->power);
    for (unsigned k = 0; k < self->channels; k++) {
        channel_value(&window->sums[k], weight, self->input[k].unit_double, droop,
                      &window->value[k]);
        if (self->leaks) {
            forget_direct(&window->value[k]);
        }
    }
    for (unsigned k = 0; k < window->pairs; k++) {
        double unit =
            self->input[window->pair[k].a].unit_double * self->input[window->pair[k].b].unit_double;
        window->product[k] = unit * ldexp((double)window->cross[k], -WEIGHED_BITS) / weight;
    }
}
