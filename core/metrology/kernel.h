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

#include <stdint.h>

#define RUN_MAX 128

/* A sample times its weight keeps two bits behind the point: w x 2^2 = (x 2^7) w / 2^32, which is
 * one product's high word. The rest is cut off: an eighth of a count on average, that no product
 * with an alternating quantity sees. */
#define WEIGHED_RAISE 7
#define WEIGHED_BITS  2

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

/* sum of a b */
int64_t kernel_dot(const int32_t *a, const int32_t *b, uint32_t n);

/* A `wave` is an array of RUN_MAX cosines and RUN_MAX sines; a pointer to its k-th cosine stands
 * for what follows it. out->c += sum x c, out->s += sum x s */
void kernel_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out);
/* The same, and the sum of x x. */
int64_t kernel_square_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out);

/* out[k] = w x, Q2 */
void kernel_weigh(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                  int32_t *restrict out);
/* The same, and every sum but the phasor. */
void kernel_window(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                   int32_t *restrict weighed, struct window_sums *sums);

/*
 * A rotating phasor as a wave, Q30 >> shift: the angles turn + k * step, for k < n rounded up to a
 * multiple of four. Four interleaved recurrences from exact starts; 128 steps lose less than 1e-7.
 */
struct rotor {
    int32_t start_c[3], start_s[3]; /* of 1, 2, 3 steps */
    int32_t step_c, step_s;         /* of 4 steps */
};

void kernel_rotor_init(struct rotor *rotor, uint64_t step);
void kernel_rotor(const struct rotor *restrict rotor, uint32_t turn, uint32_t n, int shift,
                  int32_t *restrict wave);

/* Weights sin^(2 power), Q27, and their slopes per half turn / pi, Q27. */
struct weights {
    int32_t w[RUN_MAX], slope[RUN_MAX];
};

/* Weights at the angles of a wave in Q30; returns their sum. */
int64_t kernel_weights(const int32_t *wave, int power, uint32_t n, struct weights *out);

/* y[k] = round(sum over j < 16 of h[j] * x[k + j] / 2^30); x has 15 samples
 * more than n, and both are rounded up to a multiple of two */
void kernel_fir16(const int32_t *x, const int32_t h[16], int32_t *y, uint32_t n);

#endif
