#include "base/fixed.h"

#include <math.h>

#include "base/assert.h"

/* sin(2 pi k / 256), k = 0..64, Q30. */
static const int32_t sine_table_q30[65] = {
    0,          26350943,   52686014,   78989349,   105245103,  131437462,  157550647,  183568930,
    209476638,  235258165,  260897982,  286380643,  311690799,  336813204,  361732726,  386434353,
    410903207,  435124548,  459083786,  482766489,  506158392,  529245404,  552013618,  574449320,
    596538995,  618269338,  639627258,  660599890,  681174602,  701339000,  721080937,  740388522,
    759250125,  777654384,  795590213,  813046808,  830013654,  846480531,  862437520,  877875009,
    892783698,  907154608,  920979082,  934248793,  946955747,  959092290,  970651112,  981625251,
    992008094,  1001793390, 1010975242, 1019548121, 1027506862, 1034846671, 1041563127, 1047652185,
    1053110176, 1057933813, 1062120190, 1065666786, 1068571464, 1070832474, 1072448455, 1073418433,
    1073741824,
};

/* atan(2^-k) in turns, Q40. */
static const int64_t arc_table_q40[32] = {
    137438953472, 81134951838, 42869480287, 21761217566, 10922836750, 5466743129, 2734038620,
    1367102738,   683561799,   341782203,   170891265,   85445653,    42722829,   21361415,
    10680707,     5340354,     2670177,     1335088,     667544,      333772,     166886,
    83443,        41722,       20861,       10430,       5215,        2608,       1304,
    652,          326,         163,         81,
};

static int32_t mul_q30(int32_t a, int32_t b)
{
    return (int32_t)(((int64_t)a * b + (1 << 29)) >> 30);
}

/* Sine of k/256 turn for any k. */
static int32_t table_sine(uint32_t k)
{
    uint32_t half = k & 127;
    int32_t sine = sine_table_q30[half <= 64 ? half : 128 - half];
    return (k & 128) != 0 ? -sine : sine;
}

void fixed_cos_sin(uint32_t turn, int32_t *cosine_q30, int32_t *sine_q30)
{
    /* The nearest table angle plus a rest d of at most 1/512 turn, whose sine and cosine need three
     * terms: d - d^3/6 and 1 - d^2/2 + d^4/24. */
    uint32_t nearest = (turn + (1u << 23)) >> 24;
    int32_t rest = (int32_t)(turn - (nearest << 24));          /* Q32 turns */
    int32_t d = (int32_t)(((int64_t)rest * 1686629713) >> 30); /* radians, Q30: 2^-2 * 2 pi */
    int32_t d2 = mul_q30(d, d);
    int32_t sin_d = d - mul_q30(d, d2) / 6;
    int32_t cos_d = FIXED_ONE_Q30 - d2 / 2 + mul_q30(d2, d2) / 24;
    int32_t s = table_sine(nearest);
    int32_t c = table_sine(nearest + 64);
    *cosine_q30 = mul_q30(c, cos_d) - mul_q30(s, sin_d);
    *sine_q30 = mul_q30(s, cos_d) + mul_q30(c, sin_d);
}

uint32_t fixed_angle(int64_t x, int64_t y)
{
    uint64_t angle_q40 = 0;
    if (x == 0 && y == 0) {
        return 0;
    }
    /* To 2^57..2^58, so that the shifts below lose nothing that matters and the gain of 1.65 fits.
     */
    uint64_t size =
        (x < 0 ? 0 - (uint64_t)x : (uint64_t)x) | (y < 0 ? 0 - (uint64_t)y : (uint64_t)y);
    int lead = __builtin_clzll(size);
    int64_t factor = (int64_t)1 << (lead > 6 ? lead - 6 : 0);
    int down = lead < 6 ? 6 - lead : 0;
    x = (x >> down) * factor;
    y = (y >> down) * factor;
    if (x < 0) {
        x = -x;
        y = -y;
        angle_q40 = (uint64_t)1 << 39;
    }
    for (int k = 0; k < 32; k++) {
        int64_t dx = x >> k;
        int64_t dy = y >> k;
        if (y >= 0) {
            x += dy;
            y -= dx;
            angle_q40 += (uint64_t)arc_table_q40[k];
        } else {
            x -= dy;
            y += dx;
            angle_q40 -= (uint64_t)arc_table_q40[k];
        }
    }
    return (uint32_t)((angle_q40 + (1 << 7)) >> 8);
}

uint32_t fixed_sqrt(uint64_t value)
{
    if (value == 0) {
        return 0;
    }
    /* A single-precision root is right to 2^-24; one Newton step in single precision on the integer
     * rest brings it to the last bits, which the loops settle. */
    float seed = sqrtf((float)value);
    uint64_t root = seed >= 4294967040.0f ? 4294967040u : (uint64_t)seed;
    int64_t rest = (int64_t)(value - root * root);
    root += (uint64_t)(int64_t)((float)rest / (2.0f * seed));
    if (root > 0xffffffffu) {
        root = 0xffffffffu;
    }
    while (root * root > value) {
        root--;
    }
    while (root < 0xffffffffu && (root + 1) * (root + 1) <= value) {
        root++;
    }
    return (uint32_t)root;
}

struct wide {
    uint64_t high, low;
};

static struct wide wide_mul(uint64_t a, uint64_t b)
{
    uint64_t a0 = a & 0xffffffffu, a1 = a >> 32;
    uint64_t b0 = b & 0xffffffffu, b1 = b >> 32;
    uint64_t low = a0 * b0;
    uint64_t mid = a1 * b0 + (low >> 32);
    uint64_t mid2 = a0 * b1 + (mid & 0xffffffffu);
    struct wide product = {a1 * b1 + (mid >> 32) + (mid2 >> 32),
                           (mid2 << 32) | (low & 0xffffffffu)};
    return product;
}

/* One digit of 32 bits of (rest, next) / divisor, and the rest: rest < divisor, whose top bit is
 * set. The guess from the upper half of the divisor is at most two too large. */
static uint32_t divide_digit(uint64_t *rest, uint32_t next, uint64_t divisor)
{
    uint64_t high = divisor >> 32;
    uint64_t guess = *rest / high;
    guess = guess > 0xffffffffu ? 0xffffffffu : guess;
    uint64_t left = *rest - guess * high;
    while (left >> 32 == 0 && guess * (divisor & 0xffffffffu) > (left << 32 | next)) {
        guess--;
        left += high;
    }
    *rest = (*rest << 32 | next) - guess * divisor; /* the upper words cancel */
    return (uint32_t)guess;
}

/* Schoolbook division in two digits of 32 bits; high < divisor. */
static uint64_t wide_div(struct wide dividend, uint64_t divisor)
{
    if (dividend.high == 0) {
        return dividend.low / divisor;
    }
    int up = __builtin_clzll(divisor);
    uint64_t rest = dividend.high << up | (up > 0 ? dividend.low >> (64 - up) : 0);
    uint64_t low = dividend.low << up;
    divisor <<= up;
    uint64_t quotient = (uint64_t)divide_digit(&rest, (uint32_t)(low >> 32), divisor) << 32;
    return quotient | divide_digit(&rest, (uint32_t)low, divisor);
}

uint64_t fixed_mul_div(uint64_t a, uint64_t b, uint64_t d)
{
    struct wide product = wide_mul(a, b);
    ASSERT(d > 0 && product.high < d);
    return wide_div(product, d);
}

struct scale scale_from_ratio(uint64_t numerator, uint64_t denominator)
{
    ASSERT(numerator > 0 && denominator > 0);
    int up = __builtin_clzll(numerator) - 1; /* numerator to 2^62..2^63 */
    int down = __builtin_clzll(denominator);
    struct wide dividend = {(numerator << up), 0}; /* times 2^64 */
    uint64_t divisor = denominator << down;        /* 2^63..2^64, so high < divisor */
    struct scale result = {wide_div(dividend, divisor), 64 + up - down};
    /* The quotient lies in 2^62..2^64. */
    while (result.mantissa >= (uint64_t)1 << 63) {
        result.mantissa >>= 1;
        result.shift--;
    }
    return result;
}

struct scale scale_mul(struct scale a, struct scale b)
{
    struct wide product = wide_mul(a.mantissa, b.mantissa); /* 2^124..2^126 */
    struct scale result = {(product.high << 2) | (product.low >> 62), a.shift + b.shift - 62};
    if (result.mantissa >= (uint64_t)1 << 63) {
        result.mantissa >>= 1;
        result.shift--;
    }
    return result;
}

struct scale scale_correct_ppb(struct scale a, int32_t ppb)
{
    ASSERT(ppb > -1000000000);
    return scale_mul(a, scale_from_ratio((uint64_t)(1000000000 + (int64_t)ppb), 1000000000u));
}

double scale_double(struct scale a)
{
    return ldexp((double)a.mantissa, -a.shift);
}

/* The 128 bits of `a` shifted right by `shift` >= 0: the integer part, and its fraction as Q64. */
static struct wide wide_split(struct wide a, int32_t shift, uint64_t *fraction)
{
    struct wide whole = {0, 0};
    if (shift >= 192) {
        *fraction = 0;
    } else if (shift > 128) {
        *fraction = a.high >> (shift - 128);
    } else if (shift == 128) {
        *fraction = a.high;
    } else if (shift > 64) {
        whole.low = a.high >> (shift - 64);
        *fraction = (a.high << (128 - shift)) | (a.low >> (shift - 64));
    } else if (shift == 64) {
        whole.low = a.high;
        *fraction = a.low;
    } else if (shift > 0) {
        whole.high = a.high >> shift;
        whole.low = (a.high << (64 - shift)) | (a.low >> shift);
        *fraction = a.low << (64 - shift);
    } else {
        whole = a;
        *fraction = 0;
    }
    return whole;
}

int64_t scale_apply(struct scale a, int64_t value, uint64_t *carry)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint64_t fraction;
    struct wide whole = wide_split(wide_mul(size, a.mantissa), a.shift, &fraction);
    if (whole.high != 0 || whole.low > (uint64_t)INT64_MAX - 1 || a.shift < 0) {
        return value < 0 ? INT64_MIN : INT64_MAX;
    }
    int64_t result = (int64_t)whole.low;
    if (value < 0) { /* floor of the negative: -(whole + fraction) */
        result = -result - (fraction != 0 ? 1 : 0);
        fraction = 0 - fraction;
    }
    uint64_t sum = fraction + *carry;
    result += sum < fraction ? 1 : 0;
    *carry = sum;
    return result;
}
