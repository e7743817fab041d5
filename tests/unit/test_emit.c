#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "services/emit.h"

static char buffer[1024];

static void test_document(void **state)
{
    (void)state;
    struct emit json;
    emit_init(&json, buffer, sizeof buffer);
    emit_object(&json, NULL);
    emit_string(&json, "a", "x\"\\\n\x01\x7f");
    emit_null(&json, "b");
    emit_array(&json, "c");
    emit_int(&json, NULL, INT64_MIN);
    emit_bool(&json, NULL, true);
    emit_object(&json, NULL);
    emit_object_end(&json);
    emit_array_end(&json);
    emit_string(&json, "d", NULL);
    emit_object_end(&json);
    assert_true(emit_done(&json) > 0);
    assert_string_equal(buffer, "{\"a\":\"x\\\"\\\\\\n\\u0001\\u007f\",\"b\":null,"
                                "\"c\":[-9223372036854775808,true,{}],\"d\":null}");
}

static void expect_number(void (*write)(struct emit *, const char *, double, int), double value,
                          int decimals, const char *expected)
{
    struct emit json;
    emit_init(&json, buffer, sizeof buffer);
    write(&json, NULL, value, decimals);
    assert_true(emit_done(&json) > 0);
    assert_string_equal(buffer, expected);
}

static void write_real(struct emit *json, const char *key, double value, int decimals)
{
    (void)decimals;
    emit_real(json, key, value);
}

static void test_numbers(void **state)
{
    (void)state;
    expect_number(emit_fixed, 1.5, 3, "1.5");
    expect_number(emit_fixed, 2, 3, "2");
    expect_number(emit_fixed, 100, 0, "100");
    expect_number(emit_fixed, -0.0004, 3, "0");
    expect_number(emit_fixed, NAN, 3, "null");
    expect_number(emit_fixed, 1e15, 1, "1000000000000000");
}

static void test_reals(void **state)
{
    (void)state;
    expect_number(write_real, 230.000805123, 0, "230.000805");
    expect_number(write_real, 1.5e10, 0, "1.5e+10");
    expect_number(write_real, 1e10, 0, "1e+10");
    expect_number(write_real, 100, 0, "100");
    expect_number(write_real, -0.0, 0, "0");
    expect_number(write_real, -INFINITY, 0, "null");
}

static void expect_milli(int64_t value, const char *expected)
{
    struct emit json;
    emit_init(&json, buffer, sizeof buffer);
    emit_milli(&json, NULL, value);
    assert_true(emit_done(&json) > 0);
    assert_string_equal(buffer, expected);
}

static void test_milli(void **state)
{
    (void)state;
    expect_milli(0, "0");
    expect_milli(1, "0.001");
    expect_milli(-1500, "-1.5");
    expect_milli(123456789012345678, "123456789012345.678");
    expect_milli(INT64_MIN, "-9223372036854775.808");
}

static void test_bad_utf8(void **state)
{
    (void)state;
    struct emit json;
    emit_init(&json, buffer, sizeof buffer);
    emit_string(&json, NULL, "\xc3\xa4\xff\xe2\x82z\xc3");
    assert_true(emit_done(&json) > 0);
    assert_string_equal(buffer, "\"\xc3\xa4???z?\"");
}

static void test_too_small(void **state)
{
    (void)state;
    for (size_t size = 0; size <= 8; size++) {
        struct emit json;
        memset(buffer, '#', sizeof buffer);
        emit_init(&json, buffer, size);
        emit_string(&json, NULL, "123456");
        assert_int_equal(emit_done(&json), ERR_SPACE);
        assert_int_equal(buffer[size], '#');
    }
    struct emit json;
    emit_init(&json, buffer, 9);
    emit_string(&json, NULL, "123456");
    assert_int_equal(emit_done(&json), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_document), cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_reals),    cmocka_unit_test(test_milli),
        cmocka_unit_test(test_bad_utf8), cmocka_unit_test(test_too_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
