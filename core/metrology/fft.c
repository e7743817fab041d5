#include "metrology/fft.h"

#include <math.h>

#include "base/multiversion.h"

#define HALF (FFT_POINTS / 2)
#define BITS 10

void fft_init(struct fft_tables *tables)
{
    for (unsigned k = 0; k < HALF; k++) {
        double angle = -6.283185307179586 * k / FFT_POINTS;
        tables->cosine[k] = (float)cos(angle);
        tables->sine[k] = (float)sin(angle);
        unsigned reversed = 0;
        for (unsigned bit = 0; bit < BITS; bit++) {
            reversed |= ((k >> bit) & 1) << (BITS - 1 - bit);
        }
        tables->reversed[k] = (uint16_t)reversed;
    }
}

/* Even points are the real parts, odd ones the imaginary parts, of half as many complex points. */
float *fft_slot(struct fft_work *work, const struct fft_tables *tables, unsigned n)
{
    unsigned at = tables->reversed[n / 2];
    return n % 2 == 0 ? work->re[at] : work->im[at];
}

/* One butterfly: (a, b) becomes (a + w b, a - w b) in every lane. */
static inline void butterfly(float *restrict a_re, float *restrict a_im, float *restrict b_re,
                             float *restrict b_im, float c, float s)
{
    for (unsigned lane = 0; lane < FFT_LANES; lane++) {
        float re = b_re[lane] * c - b_im[lane] * s;
        float im = b_re[lane] * s + b_im[lane] * c;
        b_re[lane] = a_re[lane] - re;
        b_im[lane] = a_im[lane] - im;
        a_re[lane] += re;
        a_im[lane] += im;
    }
}

BASE_MULTIVERSION
void fft_run(struct fft_work *work, const struct fft_tables *tables)
{
    for (unsigned size = 1; size < HALF; size *= 2) {
        unsigned stride =
            HALF / size; /* in units of 1/2048 turn: the half-length transform's step */
        for (unsigned first = 0; first < HALF; first += 2 * size) {
            for (unsigned k = 0; k < size; k++) {
                unsigned a = first + k;
                unsigned b = a + size;
                butterfly(work->re[a], work->im[a], work->re[b], work->im[b],
                          tables->cosine[k * stride], tables->sine[k * stride]);
            }
        }
    }
}

/* X[k] = (Z[k] + Z*[-k]) / 2 - j w^k (Z[k] - Z*[-k]) / 2. */
void fft_line(const struct fft_work *work, const struct fft_tables *tables, unsigned k,
              unsigned lane, float *re, float *im)
{
    unsigned mirror = (HALF - k) % HALF;
    float even_re = 0.5f * (work->re[k][lane] + work->re[mirror][lane]);
    float even_im = 0.5f * (work->im[k][lane] - work->im[mirror][lane]);
    float odd_re = 0.5f * (work->im[k][lane] + work->im[mirror][lane]);
    float odd_im = -0.5f * (work->re[k][lane] - work->re[mirror][lane]);
    float c = tables->cosine[k];
    float s = tables->sine[k];
    *re = even_re + odd_re * c - odd_im * s;
    *im = even_im + odd_re * s + odd_im * c;
}
