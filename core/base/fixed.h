/*
 * base/fixed.h: integer arithmetic that gives the same bits on every machine.
 *
 * Angles are turns: a uint32_t whose 2^32 is one full turn. Sines are Q30 (2^30 is one).
 * A scale is a positive factor with 63 significant bits; applying it carries the fraction, so that
 * sums of parts equal the part of the sum to 2^-64 of the unit. No function here uses floating
 * point, except fixed_sqrt(), which uses IEEE-754 single operations that round the same way
 * everywhere.
 */
#ifndef BASE_FIXED_H
#define BASE_FIXED_H

#include <stdint.h>

#define FIXED_ONE_Q30 (1 << 30)

/* Cosine and sine of an angle in turns, Q30, error below 4e-9. */
void fixed_cos_sin(uint32_t turn, int32_t *cosine_q30, int32_t *sine_q30);

/* Angle of (x, y) in turns, error below 2e-9 turn for |x|,|y| >= 2^24; 0 for (0, 0). Inputs of any
 * size. */
uint32_t fixed_angle(int64_t x, int64_t y);

/* floor(sqrt(value)). */
uint32_t fixed_sqrt(uint64_t value);

/* round-down of a * b / d for d > 0, with a 128-bit product; the quotient must fit 64 bits. */
uint64_t fixed_mul_div(uint64_t a, uint64_t b, uint64_t d);

/* value * 2^-shift with 2^62 <= mantissa < 2^63. */
struct scale {
    uint64_t mantissa;
    int32_t shift;
};

struct scale scale_from_ratio(uint64_t numerator, uint64_t denominator); /* both > 0 */
struct scale scale_mul(struct scale a, struct scale b);
struct scale scale_correct_ppb(struct scale a, int32_t ppb); /* times 1 + ppb/1e9 */
double scale_double(struct scale a);

/* floor(value * scale + carry * 2^-64); *carry keeps the fraction for the next call. The result
 * saturates at the limits of int64_t. */
int64_t scale_apply(struct scale a, int64_t value, uint64_t *carry);

#endif
