#include "metrology/kernel.h"

#include "base/fixed.h"
#include "base/multiversion.h"

/* Without vector registers a loop's own instructions weigh as much as its body. */
#if defined(__arm__) && defined(__GNUC__)
#define UNROLLED           _Pragma("GCC unroll 4")
#define SHORT_OF_REGISTERS __attribute__((optimize("no-schedule-insns")))
#else
#define UNROLLED
#define SHORT_OF_REGISTERS
#endif

/* The high word of a product, cut off: one instruction where products have 64 bits. */
static inline int32_t high_word(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b) >> 32);
}

BASE_MULTIVERSION
int64_t kernel_dot(const int32_t *a, const int32_t *b, uint32_t n)
{
    int64_t sum = 0;
    UNROLLED
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
    UNROLLED
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
    UNROLLED
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
void kernel_weigh(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                  int32_t *restrict out)
{
    UNROLLED
    for (uint32_t k = 0; k < n; k++) {
        out[k] = high_word(x[k] * (1 << WEIGHED_RAISE), w[k]);
    }
}

BASE_MULTIVERSION
void kernel_window(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                   int32_t *restrict weighed, struct window_sums *sums)
{
    int64_t square = 0;
    int64_t sum = 0;
    int32_t min = sums->min;
    int32_t max = sums->max;
    UNROLLED
    for (uint32_t k = 0; k < n; k++) {
        weighed[k] = high_word(x[k] * (1 << WEIGHED_RAISE), w[k]);
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

#ifdef __arm__
/* Two outputs and two taps at a time, so that what is loaded serves four products and loads come in
 * pairs. */
SHORT_OF_REGISTERS
void kernel_fir16(const int32_t *x, const int32_t h[16], int32_t *y, uint32_t n)
{
    for (const int32_t *end = x + n; x < end; x += 2, y += 2) {
        int64_t first = 1 << 29;
        int64_t second = 1 << 29;
        int32_t a = x[0];
#pragma GCC unroll 8
        for (unsigned j = 0; j < 16; j += 2) {
            int32_t h0 = h[j];
            int32_t h1 = h[j + 1];
            int32_t b = x[j + 1];
            int32_t c = x[j + 2];
            first += (int64_t)h0 * a;
            first += (int64_t)h1 * b;
            second += (int64_t)h0 * b;
            second += (int64_t)h1 * c;
            a = c;
        }
        y[0] = (int32_t)(first >> 30);
        y[1] = (int32_t)(second >> 30);
    }
}
#else
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
#endif

/* (c + js)(by_c + j by_s), rounded down */
static inline int32_t turn_c(int32_t c, int32_t s, int32_t by_c, int32_t by_s)
{
    return (int32_t)(((int64_t)c * by_c + (int64_t)s * -by_s) >> 30);
}

static inline int32_t turn_s(int32_t c, int32_t s, int32_t by_c, int32_t by_s)
{
    return (int32_t)(((int64_t)s * by_c + (int64_t)c * by_s) >> 30);
}

void kernel_rotor_init(struct rotor *rotor, uint64_t step)
{
    for (unsigned k = 1; k <= 3; k++) {
        fixed_cos_sin((uint32_t)(step * k >> 32), &rotor->start_c[k - 1], &rotor->start_s[k - 1]);
    }
    fixed_cos_sin((uint32_t)(step * 4 >> 32), &rotor->step_c, &rotor->step_s);
}

BASE_MULTIVERSION
SHORT_OF_REGISTERS
void kernel_rotor(const struct rotor *restrict rotor, uint32_t turn, uint32_t n, int shift,
                  int32_t *restrict wave)
{
    int32_t c[4];
    int32_t s[4];
    fixed_cos_sin(turn, &c[0], &s[0]);
    for (unsigned j = 1; j < 4; j++) {
        c[j] = turn_c(c[0], s[0], rotor->start_c[j - 1], rotor->start_s[j - 1]);
        s[j] = turn_s(c[0], s[0], rotor->start_c[j - 1], rotor->start_s[j - 1]);
    }
    const int32_t by_c = rotor->step_c;
    const int32_t by_s = rotor->step_s;
    for (uint32_t k = 0; k < n; k += 4) {
        UNROLLED
        for (unsigned j = 0; j < 4; j++) {
            wave[k + j] = c[j] >> shift;
            wave[k + j + RUN_MAX] = s[j] >> shift;
            int32_t next = turn_c(c[j], s[j], by_c, by_s);
            s[j] = turn_s(c[j], s[j], by_c, by_s);
            c[j] = next;
        }
    }
}

/* v, v^2 and v^3 of v = sin^2 = (1 - cos) / 2: weights of power 3, in one multiplication each. */
static inline int64_t weights_power3(const int32_t *restrict wave, uint32_t n,
                                     struct weights *restrict out)
{
    int64_t total = 0;
    UNROLLED
    for (uint32_t k = 0; k < n; k++) {
        int32_t v = FIXED_ONE_Q30 / 2 - (wave[k] >> 1); /* Q30 */
        int32_t square = high_word(v, v);               /* Q28 */
        out->w[k] = high_word(square * 2, v);           /* Q27 */
        out->slope[k] = high_word(square * 6, wave[k + RUN_MAX]);
        total += out->w[k];
    }
    return total;
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
int64_t kernel_weights(const int32_t *wave, int power, uint32_t n, struct weights *out)
{
    return power == 3 ? weights_power3(wave, n, out) : weights_power(wave, power, n, out);
}
