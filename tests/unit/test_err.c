#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/err.h"

static void test_every_error_has_its_words(void **state)
{
    (void)state;
    assert_string_equal(err_text(ERR_NONE), "no error");
    assert_string_equal(err_text(ERR_NOT_FOUND), "not found");
    assert_string_equal(err_text(7), "unknown error");
    assert_string_equal(err_text(-1000), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_error_has_its_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
