/* Integers in bytes: both orders, signs, and cursors that stop at their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"

static void test_orders(void **state)
{
    (void)state;
    uint8_t data[10] = {0};
    struct bytes_out out = {.data = data, .size = sizeof data};
    bytes_put_le(&out, 0x010203, 3);
    bytes_put_be(&out, 0x0405060708, 5);
    static const uint8_t want[] = {3, 2, 1, 4, 5, 6, 7, 8};
    assert_memory_equal(data, want, sizeof want);
    struct bytes_in in = {.data = data, .size = sizeof data};
    assert_int_equal(bytes_get_le(&in, 3), 0x010203);
    assert_true(bytes_get_be(&in, 5) == UINT64_C(0x0405060708));
    assert_false(in.bad);
}

static void test_signs(void **state)
{
    (void)state;
    uint8_t data[16];
    struct bytes_out out = {.data = data, .size = sizeof data};
    bytes_put_le(&out, (uint64_t)INT64_C(-2), 1);
    bytes_put_le(&out, (uint64_t)INT64_C(-300), 3);
    bytes_put_le(&out, (uint64_t)INT64_MIN, 8);
    bytes_put_le(&out, 127, 1);
    struct bytes_in in = {.data = data, .size = out.used};
    assert_true(bytes_get_le_signed(&in, 1) == -2);
    assert_true(bytes_get_le_signed(&in, 3) == -300);
    assert_true(bytes_get_le_signed(&in, 8) == INT64_MIN);
    assert_true(bytes_get_le_signed(&in, 1) == 127);
}

static void test_ends(void **state)
{
    (void)state;
    uint8_t data[4] = {9, 9, 9, 9};
    struct bytes_out out = {.data = data, .size = 3};
    bytes_put_le(&out, 1, 2);
    bytes_put_le(&out, 1, 2);
    assert_true(out.bad);
    assert_int_equal(out.used, 2);
    bytes_put(&out, "x", 1); /* would fit, but what follows a hole is worth nothing */
    assert_int_equal(data[2], 9);
    struct bytes_in in = {.data = data, .size = 3};
    uint8_t rest[2] = {7, 7};
    (void)bytes_get_le(&in, 2);
    bytes_get(&in, rest, 2);
    assert_true(in.bad);
    assert_int_equal(rest[0] | rest[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_signs),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
