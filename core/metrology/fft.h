/*
 * metrology/fft.h: a real DFT of 2048 points of eight channels at once. Private to metrology.
 *
 * Eight lanes side by side make every butterfly a straight loop over eight floats, which is what
 * vector units want, and share one set of twiddle factors; a library's transform, one channel at a
 * time, is slower here (see make bench). Single precision: the error of a line is below 1e-6 of the
 * largest.
 */
#ifndef METROLOGY_FFT_H
#define METROLOGY_FFT_H

#include <stdint.h>

#define FFT_POINTS 2048
#define FFT_LANES  8

struct fft_tables {
    float cosine[FFT_POINTS / 2]; /* of -2 pi k / 2048 */
    float sine[FFT_POINTS / 2];
    uint16_t reversed[FFT_POINTS / 2];
};

/* re[k], im[k] for the complex transform of 1024 points. */
struct fft_work {
    float re[FFT_POINTS / 2][FFT_LANES];
    float im[FFT_POINTS / 2][FFT_LANES];
};

void fft_init(struct fft_tables *tables);

/* The slot where real point n = 0..2047 of all lanes goes before fft_run(). */
float *fft_slot(struct fft_work *work, const struct fft_tables *tables, unsigned n);

void fft_run(struct fft_work *work, const struct fft_tables *tables);

/* Line k = 0..1023 of one lane: sum x[n] exp(-2 pi j k n / 2048). */
void fft_line(const struct fft_work *work, const struct fft_tables *tables, unsigned k,
              unsigned lane, float *re, float *im);

#endif
