/* Where the line frequency is, before anything follows it: a scan, then a few refinements; a fit
 * where there are few cycles. */
#include <math.h>

#include "metrology/fit.h"
#include "metrology/metrology.h"

#define TWO_PI 6.283185307179586
#define FEW    5.0 /* cycles of 42.5 Hz: fewer are fitted */

struct probe {
    double re, im;             /* S: windowed correlation */
    double slope_re, slope_im; /* S': with the window's derivative */
};

/* Hann-cubed correlation of n samples at a frequency in turns per sample, by rotation. */
static struct probe correlate(const struct samples *samples, unsigned channel, uint32_t n, double f)
{
    struct probe p = {0, 0, 0, 0};
    double c = 1, s = 0;
    double step_c = cos(TWO_PI * f), step_s = sin(TWO_PI * f);
    double half = 0.5 / n;
    double wc = cos(TWO_PI * half), ws = sin(TWO_PI * half);
    double w_step_c = cos(TWO_PI / n), w_step_s = sin(TWO_PI / n);
    const int32_t *x = samples->data + channel;
    for (uint32_t k = 0; k < n; k++, x += samples->channels) {
        double v = 0.5 * (1 - wc);
        double w = v * v * v;
        double slope = 3 * v * v * 0.5 * ws * TWO_PI / n;
        p.re += w * *x * c;
        p.im -= w * *x * s;
        p.slope_re += slope * *x * c;
        p.slope_im -= slope * *x * s;
        double next = c * step_c - s * step_s;
        s = s * step_c + c * step_s;
        c = next;
        next = wc * w_step_c - ws * w_step_s;
        ws = ws * w_step_c + wc * w_step_s;
        wc = next;
    }
    return p;
}

static double size_of(struct probe p)
{
    return p.re * p.re + p.im * p.im;
}

uint64_t metrology_acquire(const struct samples *samples, unsigned channel, uint64_t rate_uhz)
{
    double rate = (double)rate_uhz * 1e-6;
    uint32_t n = samples->frames;
    uint32_t most = (uint32_t)(rate / 2);
    n = n < most ? n : most;
    if (channel >= samples->channels) {
        return 0;
    }
    double fitted = n < FEW * rate / 42.5 ? fit_frequency(samples, channel, n, rate) : 0;
    if (fitted > 0 || n < 3 * rate / 69) {
        return (uint64_t)(fitted * 1e6 + 0.5);
    }
    double best = 0;
    double best_size = 0;
    double grid = 0.5 * rate / n < 2 ? 0.5 * rate / n : 2;
    for (double f = 42; f <= 69.5; f += grid) {
        double size = size_of(correlate(samples, channel, n, f / rate));
        if (size > best_size) {
            best_size = size;
            best = f;
        }
    }
    /* Less than a thousand counts of amplitude (the window's mean is 5/16) is nothing to follow. */
    if (sqrt(best_size) < 500.0 * 0.3125 * n) {
        return 0;
    }
    for (int round = 0; round < 4; round++) {
        struct probe p = correlate(samples, channel, n, best / rate);
        double error = -(p.slope_im * p.re - p.slope_re * p.im) / size_of(p) / TWO_PI * rate;
        best += error > 2 ? 2 : error < -2 ? -2 : error;
    }
    return best > 40 && best < 72 ? (uint64_t)(best * 1e6 + 0.5) : 0;
}
