#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "base/obis.h"

struct reading {
    const char *text;
    struct obis code;
};

static const struct reading readings[] = {
    {"1-0:1.8.0.255", {1, 0, 1, 8, 0, 255}},
    {"1-0:1.8.0*255", {1, 0, 1, 8, 0, 255}},
    {"1.0.1.8.0.255", {1, 0, 1, 8, 0, 255}},
    {"1.8.0", {1, 0, 1, 8, 0, 255}},
    {"1.8", {1, 0, 1, 8, 0, 255}},
    {"1.8.0*03", {1, 0, 1, 8, 0, 3}},
    {"1.8.0.3", {1, 0, 1, 8, 0, 3}},
    {"0-0:96.1.0", {0, 0, 96, 1, 0, 255}},
    {"7-12:3.0", {7, 12, 3, 0, 0, 255}},
    {"C.1.0", {1, 0, 96, 1, 0, 255}},
    {"F.F", {1, 0, 97, 97, 0, 255}},
    {"255-255:255.255.255.255", {255, 255, 255, 255, 255, 255}},
};

static void test_every_written_form_is_read(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof readings / sizeof readings[0]; k++) {
        struct obis code;
        assert_int_equal(obis_parse(&code, readings[k].text, strlen(readings[k].text)), ERR_NONE);
        assert_int_equal(obis_compare(&code, &readings[k].code), 0);
    }
}

struct refusal {
    const char *text;
    int err;
};

static const struct refusal refusals[] = {
    {"", ERR_FORMAT},
    {"1", ERR_FORMAT},
    {".", ERR_FORMAT},
    {"1.", ERR_FORMAT},
    {"1.8.", ERR_FORMAT},
    {".8.0", ERR_FORMAT},
    {"1..0", ERR_FORMAT},
    {"1-0:", ERR_FORMAT},
    {"1-0:1", ERR_FORMAT},
    {"1:0-1.8.0", ERR_FORMAT},
    {"1.8*0.255", ERR_FORMAT},
    {"1.2.3.4.5", ERR_FORMAT},
    {"1.2.3.4.5.6.7", ERR_FORMAT},
    {"1.8.0 ", ERR_FORMAT},
    {" 1.8.0", ERR_FORMAT},
    {"256.8.0", ERR_RANGE},
    {"1-0:1.8.999", ERR_RANGE},
    {"99999999999999999999.8", ERR_RANGE},
    {"-1.8.0", ERR_FORMAT},
    {"X.8.0", ERR_FORMAT},
    {"1-0:C.1.0.255", ERR_FORMAT},
    {"C1.8", ERR_FORMAT},
    {"1-0-1.8.0", ERR_FORMAT},
};

static void test_anything_else_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof refusals / sizeof refusals[0]; k++) {
        const struct obis before = {9, 8, 7, 6, 5, 4};
        struct obis code = before;
        assert_int_equal(obis_parse(&code, refusals[k].text, strlen(refusals[k].text)),
                         refusals[k].err);
        assert_int_equal(obis_compare(&code, &before), 0);
    }
}

static void test_the_size_ends_the_text(void **state)
{
    (void)state;
    struct obis code;
    assert_int_equal(obis_parse(&code, "1.8.0 kWh", 5), ERR_NONE);
    assert_int_equal(code.d, 8);
    assert_int_equal(obis_parse(&code, "1.8.0\0", 6), ERR_FORMAT);
    assert_int_equal(obis_parse(&code,
                                "1.8.0\0"
                                "7\0"
                                "7",
                                9),
                     ERR_FORMAT);
}

static void test_both_prints_read_back(void **state)
{
    (void)state;
    char text[OBIS_TEXT_MAX];
    uint32_t seed = 1;
    for (int k = 0; k < 10000; k++) {
        uint8_t bytes[OBIS_BYTES];
        for (int b = 0; b < OBIS_BYTES; b++) {
            seed = seed * 1664525U + 1013904223U;
            bytes[b] = (uint8_t)(seed >> 24);
        }
        struct obis code, back;
        obis_from_bytes(&code, bytes);
        if (k % 2 == 0)
            code.a = 1, code.b = 0;
        if (k % 3 == 0)
            code.f = 255;
        assert_int_equal(obis_parse(&back, text, obis_print(&code, text)), ERR_NONE);
        assert_int_equal(obis_compare(&code, &back), 0);
        size_t length = obis_print_short(&code, text);
        assert_int_equal(length, strlen(text));
        assert_int_equal(obis_parse(&back, text, length), ERR_NONE);
        assert_int_equal(obis_compare(&code, &back), 0);
    }
}

static void test_prints_look_as_people_write(void **state)
{
    (void)state;
    char text[OBIS_TEXT_MAX];
    const struct obis import = {1, 0, 1, 8, 0, 255};
    const struct obis longest = {255, 255, 255, 255, 255, 254};
    obis_print(&import, text);
    assert_string_equal(text, "1-0:1.8.0.255");
    obis_print_short(&import, text);
    assert_string_equal(text, "1.8.0");
    obis_print_short(&(struct obis){0, 0, 96, 1, 0, 255}, text);
    assert_string_equal(text, "0-0:96.1.0");
    assert_int_equal(obis_print(&longest, text), OBIS_TEXT_MAX - 1);
    assert_string_equal(text, "255-255:255.255.255.254");
}

static void test_order_goes_from_a_to_f(void **state)
{
    (void)state;
    const struct obis small = {1, 0, 1, 8, 0, 255};
    const struct obis large = {1, 0, 2, 7, 0, 0};
    assert_true(obis_compare(&small, &large) < 0);
    assert_true(obis_compare(&large, &small) > 0);
    assert_int_equal(obis_compare(&small, &small), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_written_form_is_read),
        cmocka_unit_test(test_anything_else_is_refused_and_changes_nothing),
        cmocka_unit_test(test_the_size_ends_the_text),
        cmocka_unit_test(test_both_prints_read_back),
        cmocka_unit_test(test_prints_look_as_people_write),
        cmocka_unit_test(test_order_goes_from_a_to_f),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
