/* The check sum against its published check value, in one piece and in several. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crc.h"

static void test_check_values(void **state)
{
    (void)state;
    static const uint8_t zeros[4] = {0}, ones[4] = {0xFF, 0xFF, 0xFF, 0xFF};
    assert_int_equal(crc32(0, "", 0), 0);
    assert_int_equal(crc32(0, "123456789", 9), UINT32_C(0xCBF43926));
    assert_int_equal(crc32(0, zeros, sizeof zeros), UINT32_C(0x2144DF1C));
    assert_int_equal(crc32(0, ones, sizeof ones), UINT32_C(0xFFFFFFFF));
}

static void test_pieces(void **state)
{
    (void)state;
    static const char text[] = "123456789";
    for (size_t cut = 0; cut <= 9; cut++) {
        const uint32_t first = crc32(0, text, cut);
        assert_int_equal(crc32(first, text + cut, 9 - cut), UINT32_C(0xCBF43926));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_values),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
