/*
 * metrology/kernel.h: the inner loops over one run of one channel (at most RUN_MAX samples).
 *
 * Everything is an integer sum, so the order of summation, and with it the vector width, cannot
 * change a result. Bounds: |x| <= 2^23, |c|,|s| <= 2^23 (Q23), 0 <= w <= 2^24 (Q24). A product of
 * two samples has 46 bits; 131 072 of them fit an int64_t. Private to metrology.
 */
#ifndef METROLOGY_KERNEL_H
#define METROLOGY_KERNEL_H

#include <stdint.h>

#define RUN_MAX 128

struct phasor {
    int64_t c, s;
};

/* What the windowed sums of one channel hold. Products x*x are rounded to multiples of 2^20 first.
 */
struct window_sums {
    int64_t xx; /* sum of w * x*x / 2^20 */
    int64_t xc; /* sum of x * w*cos, Q23 */
    int64_t xs; /* sum of x * w*sin, Q23 */
    int64_t x;  /* sum of w * x */
    int32_t min, max;
};

int64_t kernel_square(const int32_t *x, uint32_t n);
int64_t kernel_dot(const int32_t *a, const int32_t *b, uint32_t n);
/* out->c += sum x c, out->s += sum x s */
void kernel_phasor(const int32_t *x, const int32_t *c, const int32_t *s, uint32_t n,
                   struct phasor *out);
/* Everything but xx, which kernel_window_dot(x, x, ..) gives. */
void kernel_window(const int32_t *x, const int32_t *w, const int32_t *wc, const int32_t *ws,
                   uint32_t n, struct window_sums *sums);
/* sum of w * (a*b / 2^20) */
int64_t kernel_window_dot(const int32_t *a, const int32_t *b, const int32_t *w, uint32_t n);
/*
 * A rotating phasor as arrays, Q30: c[k] = cos, s[k] = sin of turn + k * step, for k < n rounded up
 * to a multiple of four. Four interleaved recurrences from exact starts; 128 steps lose less than
 * 1e-7.
 */
struct rotor {
    int32_t start_c[3], start_s[3]; /* of 1, 2, 3 steps */
    int32_t step_c, step_s;         /* of 4 steps */
};

void kernel_rotor_init(struct rotor *rotor, uint64_t step);
void kernel_rotor(const struct rotor *rotor, uint32_t turn, uint32_t n, int32_t *c, int32_t *s);

/* What the samples of a run are multiplied with; c, s are Q30 from the oscillator. */
struct weights {
    int32_t w[RUN_MAX];                         /* Q24 */
    int32_t wc[RUN_MAX], ws[RUN_MAX];           /* w cos, w sin, Q23 */
    int32_t slope_c[RUN_MAX], slope_s[RUN_MAX]; /* w' cos, w' sin, Q23 */
};

/* Weights sin^(2 power) at the angles whose cosine and sine are window_c, window_s (Q30); returns
 * their sum. `c`, `s` are the oscillator's, Q23. */
int64_t kernel_weights(const int32_t *window_c, const int32_t *window_s, const int32_t *c,
                       const int32_t *s, int power, uint32_t n, struct weights *out);

/* y[k] = round(sum over j < 16 of h[j] * x[k + j] / 2^30); x has n + 15 samples */
void kernel_fir16(const int32_t *x, const int32_t h[16], int32_t *y, uint32_t n);

#endif
