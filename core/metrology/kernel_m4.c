/*
 * The inner kernels for a Cortex-M4: no vectors, so every instruction counts, but 32 x 32 + 64 bits
 * in one of them. Loading in pairs saves a quarter of what is left; the compiler does not find them
 * in these loops by itself. The same sums as in kernel.c, and so the same bits.
 */
#include "metrology/kernel.h"

#ifdef KERNEL_M4

#include <stdbool.h>

#define INLINE static inline __attribute__((always_inline))
/* Keeps the order of the source, which needs no more registers than there are. */
#define IN_ORDER __attribute__((optimize("no-schedule-insns")))

/* a = p[k], b = p[k + 1], for a constant k. */
#define LOAD_TWO(a, b, p, k)                                                                       \
    __asm__("ldrd %0, %1, [%2, %3]"                                                                \
            : "=r"(a), "=r"(b)                                                                     \
            : "r"(p), "n"(4 * (k)), "m"(*(const int32_t(*)[2])((p) + (k))))

/* The same, and at its place among its like; what it loads must stand in memory already. */
#define LOAD_TWO_HERE(a, b, p, k)                                                                  \
    __asm__ volatile("ldrd %0, %1, [%2, %3]" : "=r"(a), "=r"(b) : "r"(p), "n"(4 * (k)))

/* p[k] = a, p[k + 1] = b, for a constant k. */
#define STORE_TWO(p, k, a, b)                                                                      \
    __asm__ volatile("strd %0, %1, [%2, %3]" : : "r"(a), "r"(b), "r"(p), "n"(4 * (k)) : "memory")

struct strides {
    size_t one, two, three, four;
};

INLINE const int32_t *gather_four(const int32_t *from, struct strides stride, int32_t *to,
                                  const int k)
{
    int32_t a = from[0];
    int32_t b = from[stride.one];
    STORE_TWO(to, k, a, b);
    a = from[stride.two];
    b = from[stride.three];
    STORE_TWO(to, k + 2, a, b);
    from += stride.four;
    __asm__("" : "+r"(from)); /* one pointer goes along, instead of one each */
    return from;
}

IN_ORDER
void kernel_gather(const int32_t *from, size_t stride, uint32_t n, int32_t *to)
{
    struct strides by = {stride, 2 * stride, 3 * stride, 4 * stride};
    /* Numbers of their own, not made out of each other in every round. */
    __asm__("" : "+r"(by.two), "+r"(by.three), "+r"(by.four));
    for (; n >= 16; n -= 16, to += 16) {
        from = gather_four(from, by, to, 0);
        from = gather_four(from, by, to, 4);
        from = gather_four(from, by, to, 8);
        from = gather_four(from, by, to, 12);
    }
    for (; n >= 4; n -= 4, to += 4) {
        from = gather_four(from, by, to, 0);
    }
    for (; n > 0; n--, from += stride) {
        *to++ = *from;
    }
}

void kernel_copy_down(int32_t *to, const int32_t *from, uint32_t n)
{
    for (; n >= 4; n -= 4, to += 4, from += 4) {
        int32_t a, b;
        LOAD_TWO_HERE(a, b, from, 0);
        STORE_TWO(to, 0, a, b);
        LOAD_TWO_HERE(a, b, from, 2);
        STORE_TWO(to, 2, a, b);
    }
    for (; n > 0; n--) {
        *to++ = *from++;
    }
}

struct sums {
    int64_t square, real, imaginary;
};

INLINE void add_two(struct sums *sums, const int32_t *x, const int32_t *wave, const int k,
                    bool square)
{
    int32_t a, b, p, q;
    LOAD_TWO(a, b, x, k);
    LOAD_TWO(p, q, wave, k);
    if (square) {
        sums->square += (int64_t)a * a;
        sums->square += (int64_t)b * b;
    }
    sums->real += (int64_t)a * p;
    sums->real += (int64_t)b * q;
    LOAD_TWO(p, q, wave, k + RUN_MAX);
    sums->imaginary += (int64_t)a * p;
    sums->imaginary += (int64_t)b * q;
}

INLINE void add_one(struct sums *sums, const int32_t *x, const int32_t *wave, bool square)
{
    sums->square += square ? (int64_t)*x * *x : 0;
    sums->real += (int64_t)*x * wave[0];
    sums->imaginary += (int64_t)*x * wave[RUN_MAX];
}

INLINE void add_four(struct sums *sums, const int32_t *x, const int32_t *wave, const int k,
                     bool square)
{
    add_two(sums, x, wave, k, square);
    add_two(sums, x, wave, k + 2, square);
}

/* Fewer than four. */
INLINE void add_rest(struct sums *sums, const int32_t *x, const int32_t *wave, uint32_t n,
                     bool square)
{
    if ((n & 2) != 0) {
        add_two(sums, x, wave, 0, square);
        x += 2;
        wave += 2;
    }
    if ((n & 1) != 0) {
        add_one(sums, x, wave, square);
    }
}

INLINE void add_all(struct sums *sums, const int32_t *x, const int32_t *wave, uint32_t n,
                    bool square)
{
    for (const int32_t *end = x + (n & ~7u); x < end; x += 8, wave += 8) {
        add_four(sums, x, wave, 0, square);
        add_four(sums, x, wave, 4, square);
    }
    if ((n & 4) != 0) {
        add_four(sums, x, wave, 0, square);
        x += 4;
        wave += 4;
    }
    add_rest(sums, x, wave, n, square);
}

void kernel_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out)
{
    struct sums sums = {0, 0, 0};
    add_all(&sums, x, wave, n, false);
    out->c += sums.real;
    out->s += sums.imaginary;
}

int64_t kernel_square_phasor(const int32_t *x, const int32_t *wave, uint32_t n, struct phasor *out)
{
    struct sums sums = {0, 0, 0};
    add_all(&sums, x, wave, n, true);
    out->c += sums.real;
    out->s += sums.imaginary;
    return sums.square;
}

int64_t kernel_blocks(const int32_t *x, const int32_t *wave, uint32_t length, uint32_t count,
                      int shift, int32_t *page)
{
    struct sums sums = {0, 0, 0};
    for (; count > 0; count--, page++) {
        sums.real = (int64_t)(1u << (shift - 1));
        sums.imaginary = sums.real;
        for (const int32_t *end = x + (length & ~3u); x < end; x += 4, wave += 4) {
            add_four(&sums, x, wave, 0, true);
        }
        if ((length & 2) != 0) {
            add_two(&sums, x, wave, 0, true);
            x += 2;
            wave += 2;
        }
        if ((length & 1) != 0) {
            add_one(&sums, x++, wave++, true);
        }
        page[0] = kernel_shift(sums.real, shift);
        page[RUN_MAX] = kernel_shift(sums.imaginary, shift);
    }
    return sums.square;
}

INLINE int64_t dot_four(int64_t sum, const int32_t *a, const int32_t *b, const int k)
{
    int32_t p, q, r, s;
    LOAD_TWO(p, q, a, k);
    LOAD_TWO(r, s, b, k);
    sum += (int64_t)p * r;
    sum += (int64_t)q * s;
    LOAD_TWO(p, q, a, k + 2);
    LOAD_TWO(r, s, b, k + 2);
    sum += (int64_t)p * r;
    sum += (int64_t)q * s;
    return sum;
}

IN_ORDER
int64_t kernel_dot(const int32_t *a, const int32_t *b, uint32_t n)
{
    int64_t sum = 0;
    for (const int32_t *end = a + (n & ~7u); a < end; a += 8, b += 8) {
        sum = dot_four(sum, a, b, 0);
        sum = dot_four(sum, a, b, 4);
    }
    for (n &= 7; n > 0; n--) {
        sum += (int64_t)*a++ * *b++;
    }
    return sum;
}

/* The least so far, and how far the greatest lies above it: one comparison tells that a sample
 * changes neither. */
struct range {
    int32_t min;
    uint32_t width;
};

INLINE void widen(struct range *range, int32_t x)
{
    uint32_t above = (uint32_t)x - (uint32_t)range->min;
    if (__builtin_expect(above > range->width, 0)) {
        bool below = x < range->min;
        range->width = below ? range->width - above : above;
        range->min = below ? x : range->min;
    }
}

INLINE void window_two(struct window_sums *sums, struct range *range, const int32_t *x,
                       const int32_t *w, int32_t *weighed, const int k)
{
    int32_t a, b, p, q;
    LOAD_TWO(a, b, x, k);
    LOAD_TWO(p, q, w, k);
    sums->x += (int64_t)a * p;
    sums->x += (int64_t)b * q;
    p = kernel_weighed(a, p);
    q = kernel_weighed(b, q);
    weighed[k] = p;
    weighed[k + 1] = q;
    sums->xx += (int64_t)p * a;
    sums->xx += (int64_t)q * b;
    widen(range, a);
    widen(range, b);
}

IN_ORDER
void kernel_window(const int32_t *restrict x, const int32_t *restrict w, uint32_t n,
                   int32_t *restrict weighed, struct window_sums *out)
{
    struct window_sums sums = {.xx = 0, .x = 0};
    /* A window that has seen nothing yet has max < min. */
    struct range range = {out->min, (uint32_t)out->max - (uint32_t)out->min};
    if (out->max < out->min && n > 0) {
        range = (struct range){x[0], 0};
    }
    for (const int32_t *end = x + (n & ~7u); x < end; x += 8, w += 8, weighed += 8) {
        window_two(&sums, &range, x, w, weighed, 0);
        window_two(&sums, &range, x, w, weighed, 2);
        window_two(&sums, &range, x, w, weighed, 4);
        window_two(&sums, &range, x, w, weighed, 6);
    }
    for (n &= 7; n > 0; n--, x++, w++, weighed++) {
        weighed[0] = kernel_weighed(*x, *w);
        sums.x += (int64_t)*x * *w;
        sums.xx += (int64_t)weighed[0] * *x;
        widen(&range, *x);
    }
    out->xx += sums.xx;
    out->x += sums.x;
    out->min = range.min;
    out->max = range.min + (int32_t)range.width;
}

/* Three outputs and two taps at a time: what is loaded serves six products, and registers are full.
 */
void kernel_fir16(const int32_t *x, const int32_t h[16], int32_t *y, uint32_t n)
{
    __asm__ volatile("" : : : "memory");
    for (const int32_t *end = x + n; x < end; x += 3, y += 3) {
        int64_t first = 1 << 29;
        int64_t second = 1 << 29;
        int64_t third = 1 << 29;
        int32_t a, b;
        LOAD_TWO_HERE(a, b, x, 0);
#pragma GCC unroll 8
        for (int j = 0; j < 16; j += 2) {
            int32_t p, q, c, d;
            LOAD_TWO_HERE(p, q, h, j);
            first += (int64_t)p * a;
            first += (int64_t)q * b;
            LOAD_TWO_HERE(c, d, x, j + 2);
            second += (int64_t)p * b;
            second += (int64_t)q * c;
            third += (int64_t)p * c;
            third += (int64_t)q * d;
            a = c;
            b = d;
        }
        y[0] = (int32_t)(first >> 30);
        y[1] = (int32_t)(second >> 30);
        y[2] = (int32_t)(third >> 30);
    }
}

INLINE void lane_step(const struct rotor *rotor, int32_t *c, int32_t *s, int shift, int32_t *wave)
{
    wave[0] = *c >> shift;
    wave[RUN_MAX] = *s >> shift;
    int32_t next = kernel_turn(*c, *s, rotor->step_c, -rotor->step_s);
    *s = kernel_turn(*s, *c, rotor->step_c, rotor->step_s);
    *c = next;
}

/* Two lanes at a time fit the registers. */
void kernel_lanes(const struct rotor *restrict rotor, int32_t c[4], int32_t s[4], uint32_t n,
                  int shift, int32_t *restrict wave)
{
    const struct rotor by = *rotor;
    for (unsigned lane = 0; lane < 4; lane += 2) {
        int32_t c0 = c[lane];
        int32_t s0 = s[lane];
        int32_t c1 = c[lane + 1];
        int32_t s1 = s[lane + 1];
        for (int32_t *to = wave + lane, *end = to + n; to < end; to += 8) {
            lane_step(&by, &c0, &s0, shift, to);
            lane_step(&by, &c1, &s1, shift, to + 1);
            lane_step(&by, &c0, &s0, shift, to + 4);
            lane_step(&by, &c1, &s1, shift, to + 5);
        }
    }
}

INLINE uint32_t weigh_two(const int32_t *wave, int32_t *out)
{
    int32_t c0, c1, s0, s1;
    LOAD_TWO_HERE(c0, c1, wave, 0);
    struct weight first = kernel_weight(c0);
    struct weight second = kernel_weight(c1);
    LOAD_TWO_HERE(s0, s1, wave, RUN_MAX);
    s0 = kernel_high_word(first.below, s0);
    s1 = kernel_high_word(second.below, s1);
    STORE_TWO(out, 0, first.w, second.w);
    STORE_TWO(out, RUN_MAX, s0, s1); /* the slopes stand behind the weights */
    return (uint32_t)(first.w + second.w);
}

int64_t kernel_weights3(const int32_t *restrict wave, uint32_t n, struct weights *restrict out)
{
    uint64_t total = 0;
    int32_t *to = out->w;
    for (const int32_t *end = to + (n & ~1u); to < end; wave += 2, to += 2) {
        total += weigh_two(wave, to);
    }
    if (n % 2 != 0) {
        struct weight last = kernel_weight(wave[0]);
        out->w[n - 1] = last.w;
        out->slope[n - 1] = kernel_high_word(last.below, wave[RUN_MAX]);
        total += (uint32_t)last.w;
    }
    return (int64_t)total;
}

#endif
