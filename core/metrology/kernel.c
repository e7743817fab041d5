#include "metrology/kernel.h"

#include <string.h>

#include "base/fixed.h"
#include "base/multiversion.h"

#ifndef KERNEL_M4 /* which has its own */

void kernel_gather(const int32_t *from, size_t stride, uint32_t n, int32_t *to)
{
    for (uint32_t k = 0; k < n; k++, from += stride) {
        to[k] = *from;
    }
}

BASE_MULTIVERSION
int64_t kernel_dot(const int32_t *a, const int32_t *b, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += (int64_t)a[k] * b[k];
    }
    return sum;
}

BASE_MULTIVERSION
void kernel_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out)
{
    int64_t real = 0;
    int64_t imaginary = 0;
    for (uint32_t k = 0; k < n; k++) {
        real += (int64_t)x[k] * wave[k];
        imaginary += (int64_t)x[k] * wave[k + RUN_MAX];
    }
    out->c += real;
    out->s += imaginary;
}

BASE_MULTIVERSION
int64_t kernel_square_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out)
{
    int64_t square = 0;
    int64_t real = 0;
    int64_t imaginary = 0;
    for (uint32_t k = 0; k < n; k++) {
        square += (int64_t)x[k] * x[k];
        real += (int64_t)x[k] * wave[k];
        imaginary += (int64_t)x[k] * wave[k + RUN_MAX];
    }
    out->c += real;
    out->s += imaginary;
    return square;
}

BASE_MULTIVERSION
int64_t kernel_blocks(const int32_t *x, const int32_t *wave, uint32_t length, uint32_t count,
                      int shift, int32_t *page)
{
    const int64_t half = (int64_t)1 << (shift - 1);
    int64_t total = 0;
    for (uint32_t block = 0; block < count; block++) {
        int64_t square = 0;
        int64_t real = half;
        int64_t imaginary = half;
        for (uint32_t k = 0; k < length; k++) {
            square += (int64_t)x[k] * x[k];
            real += (int64_t)x[k] * wave[k];
            imaginary += (int64_t)x[k] * wave[k + RUN_MAX];
        }
        page[block] = kernel_shift(real, shift);
        page[block + RUN_MAX] = kernel_shift(imaginary, shift);
        total += square;
        x += length;
        wave += length;
    }
    return total;
}

BASE_MULTIVERSION
void kernel_window(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                   int32_t *restrict weighed, struct window_sums *sums)
{
    int64_t square = 0;
    int64_t sum = 0;
    int32_t min = sums->min;
    int32_t max = sums->max;
    for (uint32_t k = 0; k < n; k++) {
        weighed[k] = kernel_weighed(x[k], w[k]);
        square += (int64_t)weighed[k] * x[k];
        sum += (int64_t)x[k] * w[k];
        min = x[k] < min ? x[k] : min;
        max = x[k] > max ? x[k] : max;
    }
    sums->xx += square;
    sums->x += sum;
    sums->min = min;
    sums->max = max;
}

BASE_MULTIVERSION
void kernel_fir16(const int32_t *x, const int32_t h[16], int32_t *y, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) {
        int64_t sum = 1 << 29;
        for (int j = 0; j < 16; j++) {
            sum += (int64_t)h[j] * x[k + (uint32_t)j];
        }
        y[k] = (int32_t)(sum >> 30);
    }
}

BASE_MULTIVERSION
void kernel_lanes(const struct rotor *restrict rotor, int32_t c[4], int32_t s[4], uint32_t n,
                  int shift, int32_t *restrict wave)
{
    const int32_t by_c = rotor->step_c;
    const int32_t by_s = rotor->step_s;
    for (uint32_t k = 0; k < n; k += 4) {
        for (unsigned j = 0; j < 4; j++) {
            wave[k + j] = c[j] >> shift;
            wave[k + j + RUN_MAX] = s[j] >> shift;
            int32_t next = kernel_turn(c[j], s[j], by_c, -by_s);
            s[j] = kernel_turn(s[j], c[j], by_c, by_s);
            c[j] = next;
        }
    }
}

void kernel_copy_down(int32_t *to, const int32_t *from, uint32_t n)
{
    memmove(to, from, n * sizeof *to);
}

BASE_MULTIVERSION
int64_t kernel_weights3(const int32_t *restrict wave, uint32_t n, struct weights *restrict out)
{
    int64_t total = 0;
    for (uint32_t k = 0; k < n; k++) {
        struct weight weight = kernel_weight(wave[k]);
        out->w[k] = weight.w;
        out->slope[k] = kernel_high_word(weight.below, wave[k + RUN_MAX]);
        total += weight.w;
    }
    return total;
}

#endif

BASE_MULTIVERSION
void kernel_weigh(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                  int32_t *restrict out)
{
    BASE_UNROLLED
    for (uint32_t k = 0; k < n; k++) {
        out[k] = kernel_weighed(x[k], w[k]);
    }
}

static void cos_sin_q31(uint64_t angle, int32_t *c, int32_t *s)
{
    fixed_cos_sin((uint32_t)(angle >> 32), c, s);
    *c = *c >= FIXED_ONE_Q30 ? INT32_MAX : *c <= -FIXED_ONE_Q30 ? -INT32_MAX : *c * 2;
    *s = *s >= FIXED_ONE_Q30 ? INT32_MAX : *s <= -FIXED_ONE_Q30 ? -INT32_MAX : *s * 2;
}

void kernel_rotor_init(struct rotor *rotor, uint64_t step)
{
    for (unsigned k = 1; k <= 3; k++) {
        cos_sin_q31(step * k, &rotor->start_c[k - 1], &rotor->start_s[k - 1]);
    }
    cos_sin_q31(step * 4, &rotor->step_c, &rotor->step_s);
}

void kernel_rotor(const struct rotor *rotor, uint32_t angle, uint32_t n, int shift, int32_t *wave)
{
    int32_t c[4];
    int32_t s[4];
    fixed_cos_sin(angle, &c[0], &s[0]);
    for (unsigned j = 1; j < 4; j++) {
        c[j] = kernel_turn(c[0], s[0], rotor->start_c[j - 1], -rotor->start_s[j - 1]);
        s[j] = kernel_turn(s[0], c[0], rotor->start_c[j - 1], rotor->start_s[j - 1]);
    }
    kernel_lanes(rotor, c, s, n, shift, wave);
}

/* Short windows, at the end of a recording. */
static int64_t weights_power(const int32_t *wave, int power, uint32_t n, struct weights *out)
{
    int64_t total = 0;
    for (uint32_t k = 0; k < n; k++) {
        int64_t v = FIXED_ONE_Q30 / 2 - (wave[k] >> 1);
        int64_t w = FIXED_ONE_Q30;
        int64_t below = 0;
        for (int p = 0; p < power; p++) {
            below = w;
            w = (w * v) >> 30;
        }
        out->w[k] = (int32_t)(w >> 3);
        out->slope[k] = (int32_t)(((below * wave[k + RUN_MAX]) >> 33) * power);
        total += out->w[k];
    }
    return total;
}

BASE_MULTIVERSION
int64_t kernel_smooth(const struct rotor *rotor, uint32_t angle, uint32_t n, int32_t *restrict w)
{
    int32_t before, c, s;
    fixed_cos_sin(angle, &before, &s);
    c = kernel_turn(before, s, rotor->start_c[0], -rotor->start_s[0]);
    uint64_t total = 0;
    BASE_UNROLLED
    for (uint32_t k = 0; k < n; k++) {
        w[k] = kernel_weight(before).w;
        total += (uint32_t)w[k];
        /* cos(a + d) = 2 cos a cos d - cos(a - d) */
        uint32_t next = (uint32_t)kernel_high_word(c, rotor->start_c[0]) * 4 - (uint32_t)before;
        before = c;
        c = (int32_t)next;
    }
    return (int64_t)total;
}

BASE_MULTIVERSION
int64_t kernel_weights(const int32_t *wave, int power, uint32_t n, struct weights *out)
{
    return power == 3 ? kernel_weights3(wave, n, out) : weights_power(wave, power, n, out);
}
