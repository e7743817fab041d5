#include "metrology/kernel.h"

#include "base/fixed.h"
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
    int64_t xc = 0;
    int64_t xs = 0;
    int64_t sum = 0;
    int32_t min = sums->min;
    int32_t max = sums->max;
    for (uint32_t k = 0; k < n; k++) {
        xc += (int64_t)x[k] * wc[k];
        xs += (int64_t)x[k] * ws[k];
        sum += (int64_t)x[k] * w[k];
        min = x[k] < min ? x[k] : min;
        max = x[k] > max ? x[k] : max;
    }
    sums->xc += xc;
    sums->xs += xs;
    sums->x += sum;
    sums->min = min;
    sums->max = max;
}

/* The products go through memory: only so do compilers see that 32 bits of them are multiplied
 * again. */
BASE_MULTIVERSION
int64_t kernel_window_dot(const int32_t *a, const int32_t *b, const int32_t *w, uint32_t n)
{
    int32_t product[RUN_MAX];
    int64_t sum = 0;
    for (uint32_t k = 0; k < n; k++) {
        product[k] = product_q20(a[k], b[k]);
    }
    for (uint32_t k = 0; k < n; k++) {
        sum += (int64_t)w[k] * product[k];
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

static inline int32_t turn_c(int32_t c, int32_t s, int32_t by_c, int32_t by_s)
{
    return (int32_t)(((int64_t)c * by_c - (int64_t)s * by_s + (1 << 29)) >> 30);
}

static inline int32_t turn_s(int32_t c, int32_t s, int32_t by_c, int32_t by_s)
{
    return (int32_t)(((int64_t)s * by_c + (int64_t)c * by_s + (1 << 29)) >> 30);
}

void kernel_rotor_init(struct rotor *rotor, uint64_t step)
{
    for (unsigned k = 1; k <= 3; k++) {
        fixed_cos_sin((uint32_t)(step * k >> 32), &rotor->start_c[k - 1], &rotor->start_s[k - 1]);
    }
    fixed_cos_sin((uint32_t)(step * 4 >> 32), &rotor->step_c, &rotor->step_s);
}

BASE_MULTIVERSION
void kernel_rotor(const struct rotor *rotor, uint32_t turn, uint32_t n, int32_t *c, int32_t *s)
{
    fixed_cos_sin(turn, &c[0], &s[0]);
    for (unsigned k = 1; k < 4; k++) {
        c[k] = turn_c(c[0], s[0], rotor->start_c[k - 1], rotor->start_s[k - 1]);
        s[k] = turn_s(c[0], s[0], rotor->start_c[k - 1], rotor->start_s[k - 1]);
    }
    for (uint32_t k = 4; k < n; k += 4) {
        for (unsigned j = 0; j < 4; j++) {
            c[k + j] = turn_c(c[k + j - 4], s[k + j - 4], rotor->step_c, rotor->step_s);
            s[k + j] = turn_s(c[k + j - 4], s[k + j - 4], rotor->step_c, rotor->step_s);
        }
    }
}

static inline int32_t high_q30(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b) >> 30);
}

BASE_MULTIVERSION
int64_t kernel_weights(const int32_t *window_c, const int32_t *window_s, const int32_t *c,
                       const int32_t *s, int power, uint32_t n, struct weights *out)
{
    int64_t total = 0;
    for (uint32_t k = 0; k < n; k++) {
        int32_t v = (FIXED_ONE_Q30 / 2 - window_c[k] / 2); /* sin^2, Q30 */
        int32_t below = power > 2 ? high_q30(v, v) : power > 1 ? v : power > 0 ? FIXED_ONE_Q30 : 0;
        int32_t w = (power > 0 ? high_q30(below, v) : FIXED_ONE_Q30) >> 6;
        int32_t slope = (high_q30(below, window_s[k]) >> 6) * power; /* Q24 */
        total += w;
        out->w[k] = w;
        out->wc[k] = (int32_t)(((int64_t)w * c[k]) >> 24);
        out->ws[k] = (int32_t)(((int64_t)w * s[k]) >> 24);
        out->slope_c[k] = (int32_t)(((int64_t)slope * c[k]) >> 24);
        out->slope_s[k] = (int32_t)(((int64_t)slope * s[k]) >> 24);
    }
    return total;
}
