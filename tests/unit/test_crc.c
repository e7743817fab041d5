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

static uint32_t bit_by_bit(const uint8_t *data, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t k = 0; k < size; k++) {
        crc ^= data[k];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
    }
    return ~crc;
}

static void test_every_length_and_place(void **state)
{
    (void)state;
    uint8_t data[48];
    for (unsigned k = 0; k < sizeof data; k++)
        data[k] = (uint8_t)(k * 89 + 200);
    for (size_t from = 0; from < 4; from++)
        for (size_t size = 0; size + from <= sizeof data; size++)
            assert_int_equal(crc32(0, data + from, size), bit_by_bit(data + from, size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_values),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_every_length_and_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
