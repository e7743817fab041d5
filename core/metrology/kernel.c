#include "metrology/kernel.h"

#include "base/multiversion.h"

/* a*b / 2^20, rounded: both factors are raised by 2^6 so that the high word of the product is it,
 * which is one instruction on a Cortex-M4. */
static inline int32_t product_q20(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)(a * 64) * (b * 64) + 0x80000000) >> 32);
}

BASE_MULTIVERSION
int64_t kernel_square(const int32_t *x, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += (int64_t)x[k] * x[k];
    }
    return sum;
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
void kernel_phasor(const int32_t *x, const int32_t *c, const int32_t *s, uint32_t n,
                   struct phasor *out)
{
    int64_t real = 0;
    int64_t imaginary = 0;
    for (uint32_t k = 0; k < n; k++) {
        real += (int64_t)x[k] * c[k];
        imaginary += (int64_t)x[k] * s[k];
    }
    out->c += real;
    out->s += imaginary;
}

BASE_MULTIVERSION
void kernel_window(const int32_t *x, const int32_t *w, const int32_t *wc, const int32_t *ws,
                   uint32_t n, struct window_sums *sums)
{
    int64_t xx = 0;
    int64_t xc = 0;
    int64_t xs = 0;
    int64_t sum = 0;
    int32_t min = sums->min;
    int32_t max = sums->max;
    for (uint32_t k = 0; k < n; k++) {
        xx += (int64_t)w[k] * product_q20(x[k], x[k]);
        xc += (int64_t)x[k] * wc[k];
        xs += (int64_t)x[k] * ws[k];
        sum += (int64_t)x[k] * w[k];
        min = x[k] < min ? x[k] : min;
        max = x[k] > max ? x[k] : max;
    }
    sums->xx += xx;
    sums->xc += xc;
    sums->xs += xs;
    sums->x += sum;
    sums->min = min;
    sums->max = max;
}

BASE_MULTIVERSION
int64_t kernel_window_dot(const int32_t *a, const int32_t *b, const int32_t *w, uint32_t n)
{
    int64_t sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        sum += (int64_t)w[k] * product_q20(a[k], b[k]);
    }
    return sum;
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
