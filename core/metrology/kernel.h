/*
 * metrology/kernel.h: the inner loops over one run of one channel (at most RUN_MAX samples).
 *
 * Everything is an integer sum, so the order of summation, and with it the vector width, cannot
 * change a result. Bounds: |x| <= 2^23 (a filter's overshoot is covered up to 2^24), |c|,|s| <=
 * 2^23 (Q23), 0 <= w <= 2^27 (Q27). A product of two samples has 46 bits; 131 072 of them fit an
 * int64_t. Private to metrology.
 */
#ifndef METROLOGY_KERNEL_H
#define METROLOGY_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define RUN_MAX 192 /* a cycle at 8 kHz */

#if defined(__ARM_ARCH_7EM__) && defined(__GNUC__)
#define KERNEL_M4 /* kernel_m4.c instead of parts of kernel.c */
#endif

/* A sample times its weight keeps two bits behind the point: w x 2^2 = (x 2^7) w / 2^32, which is
 * one product's high word. The rest is cut off: an eighth of a count on average, that no product
 * with an alternating quantity sees. */
#define WEIGHED_RAISE 7
#define WEIGHED_BITS  2

/* The high word of a product, cut off: one instruction where products have 64 bits. */
static inline int32_t kernel_high_word(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b) >> 32);
}

static inline int32_t kernel_weighed(int32_t x, int32_t w)
{
    return kernel_high_word(x * (1 << WEIGHED_RAISE), w);
}

/* value / 2^shift, for a result of 32 bits and a shift of 1..31. */
static inline int32_t kernel_shift(int64_t value, int shift)
{
    uint64_t bits = (uint64_t)value;
    return (int32_t)((uint32_t)bits >> shift | (uint32_t)(bits >> 32) << (32 - shift));
}

struct phasor {
    int64_t c, s;
};

/* What the windowed sums of one channel hold; 15 000 samples, of which w leaves 5/16, fit. */
struct window_sums {
    int64_t xx;         /* sum of x * w*x, Q2 */
    struct phasor wave; /* sum of w*x * c and of w*x * s, Q25 */
    int64_t x;          /* sum of w * x, Q27 */
    int32_t min, max;
};

/* to[k] = from[k * stride] */
void kernel_gather(const int32_t *from, size_t stride, uint32_t n, int32_t *to);

/* to[k] = from[k], for to < from */
void kernel_copy_down(int32_t *to, const int32_t *from, uint32_t n);

/* sum of a b */
int64_t kernel_dot(const int32_t *a, const int32_t *b, uint32_t n);

/* A `wave` is an array of RUN_MAX cosines and RUN_MAX sines; a pointer to its k-th cosine stands
 * for what follows it. out->c += sum x c, out->s += sum x s */
void kernel_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out);
/* The same, and the sum of x x. */
int64_t kernel_square_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out);

/* The same over `count` blocks of `length` samples, each phasor rounded to >> shift (1..31) and
 * laid down as one point of a wave in `page`. Returns the sum of x x. */
int64_t kernel_blocks(const int32_t *x, const int32_t *wave, uint32_t length, uint32_t count,
                      int shift, int32_t *page);

/* out[k] = w x, Q2 */
void kernel_weigh(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                  int32_t *restrict out);
/* The same, and every sum but the phasor. */
void kernel_window(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                   int32_t *restrict weighed, struct window_sums *sums);

/*
 * A rotating phasor as a wave, Q30 >> shift: the angles angle + k * step, for k < n rounded up to a
 * multiple of eight. Four interleaved recurrences from exact starts; 192 steps lose less than 1e-7.
 */
struct rotor {
    int32_t start_c[3], start_s[3]; /* of 1, 2, 3 steps, Q31 */
    int32_t step_c, step_s;         /* of 4 steps, Q31 */
};

void kernel_rotor_init(struct rotor *rotor, uint64_t step);
/* c by_c + s by_s of Q30 and Q31 numbers, Q30: the high word. */
static inline int32_t kernel_turn(int32_t c, int32_t s, int32_t by_c, int32_t by_s)
{
    return (int32_t)(((int64_t)c * by_c + (int64_t)s * by_s) >> 32) * 2;
}

void kernel_rotor(const struct rotor *rotor, uint32_t angle, uint32_t n, int shift, int32_t *wave);
/* The recurrences themselves, from the starts c, s (Q30) of the four; uses those up. */
void kernel_lanes(const struct rotor *restrict rotor, int32_t c[4], int32_t s[4], uint32_t n,
                  int shift, int32_t *restrict wave);

/* Weights sin^(2 power), Q27, and their slopes per half turn / pi, Q27. */
struct weights {
    int32_t w[RUN_MAX], slope[RUN_MAX];
};

/* Weights of power 3 alone, Q27, at angle + k times one step of the rotor; returns their sum. For
 * steps of a thousandth of a turn and more. */
int64_t kernel_smooth(const struct rotor *rotor, uint32_t angle, uint32_t n, int32_t *restrict w);

/* One weight of power 3, out of the cosine of its angle, Q30; below x sine is its slope. */
struct weight {
    int32_t w, below;
};

static inline struct weight kernel_weight(int32_t cosine)
{
    int32_t v = (1 << 29) - (cosine >> 1); /* sin^2 of the half angle, Q30 */
    int32_t square = kernel_high_word(v, v) * 2;
    return (struct weight){kernel_high_word(square, v), square * 3};
}

int64_t kernel_weights3(const int32_t *restrict wave, uint32_t n, struct weights *restrict out);

/* Weights at the angles of a wave in Q30; returns their sum. */
int64_t kernel_weights(const int32_t *wave, int power, uint32_t n, struct weights *out);

/* y[k] = round(sum over j < 16 of h[j] * x[k + j] / 2^30); x has 15 samples
 * more than n, and both are rounded up to a multiple of three */
void kernel_fir16(const int32_t *x, const int32_t h[16], int32_t *y, uint32_t n);

#endif
