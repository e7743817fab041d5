/* Integer arithmetic of base/fixed.h against floating point and against itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/fixed.h"

/* splitmix64: a fixed sequence, so that a failure repeats. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void test_cosine_sine_and_angle(void **state)
{
    (void)state;
    for (uint32_t k = 0; k < 1000000; k++) {
        uint32_t turn = k * 4294967u;
        int32_t c, s;
        fixed_cos_sin(turn, &c, &s);
        double angle = 6.283185307179586 * turn / 4294967296.0;
        assert_true(fabs(c / 1073741824.0 - cos(angle)) < 4e-9);
        assert_true(fabs(s / 1073741824.0 - sin(angle)) < 4e-9);
        int64_t up = (int64_t)1 << (k % 30);
        assert_true(fabs((double)(int32_t)(fixed_angle(c * up, s * up) - turn)) < 5);
    }
    assert_int_equal(fixed_angle(0, 0), 0);
    assert_int_equal(fixed_angle(INT64_MIN, 0), 1u << 31);
}

static void test_square_root_is_the_floor(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (unsigned k = 0; k < 1000000; k++) {
        uint64_t value = next_random(&seed) >> (k % 64);
        uint64_t root = fixed_sqrt(value);
        assert_true(root * root <= value);
        assert_true(root == 0xffffffffu || (root + 1) * (root + 1) > value);
    }
    assert_int_equal(fixed_sqrt(0), 0);
    assert_int_equal(fixed_sqrt(UINT64_MAX), 0xffffffffu);
}

static void test_multiply_and_divide(void **state)
{
    (void)state;
    assert_int_equal(fixed_mul_div(UINT64_MAX, UINT64_MAX - 1, UINT64_MAX), UINT64_MAX - 1);
    assert_int_equal(fixed_mul_div(7, 5, 36), 0);
#ifdef __SIZEOF_INT128__
    uint64_t seed = 2;
    for (unsigned k = 0; k < 100000; k++) {
        uint64_t a = next_random(&seed) >> (k % 60);
        uint64_t d = (next_random(&seed) >> (k % 63)) | 1;
        uint64_t b = next_random(&seed) % d; /* so that the quotient fits */
        __extension__ typedef unsigned __int128 wide;
        assert_int_equal(fixed_mul_div(a, b, d), (uint64_t)((wide)a * b / d));
    }
#endif
}

static void test_a_scale_loses_nothing(void **state)
{
    (void)state;
    uint64_t seed = 3;
    struct scale third = scale_from_ratio(1, 3);
    uint64_t carry = 0;
    int64_t parts = 0;
    int64_t whole = 0;
    for (unsigned k = 0; k < 100000; k++) {
        int64_t value = (int64_t)(next_random(&seed) % 2000001) - 1000000;
        whole += value;
        parts += scale_apply(third, value, &carry);
    }
    int64_t floor_of_whole = whole / 3 - (whole % 3 < 0);
    assert_true(parts == floor_of_whole || parts == floor_of_whole + (whole % 3 == 0 ? -1 : 0));
    struct scale product = scale_mul(scale_from_ratio(123456789, 1000), scale_from_ratio(7, 11));
    assert_true(fabs(scale_double(product) / (123456.789 * 7 / 11) - 1) < 1e-15);
    assert_true(fabs(scale_double(scale_correct_ppb(third, -250000000)) - 0.25) < 1e-16);
    carry = 0;
    assert_int_equal(scale_apply(scale_from_ratio(UINT64_C(1) << 40, 1), INT64_MAX, &carry),
                     INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cosine_sine_and_angle),
        cmocka_unit_test(test_square_root_is_the_floor),
        cmocka_unit_test(test_multiply_and_divide),
        cmocka_unit_test(test_a_scale_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
