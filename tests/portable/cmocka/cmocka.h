/*
 * cmocka.h: the part of cmocka that the tests of the core use, for machines without cmocka.
 *
 * Owns: running a table of tests one after the other and saying which failed. A failed assertion
 * leaves its test by longjmp. No mocks, no output but plain lines on stdout.
 * Called by: tests/unit/ in the 32-bit and Cortex-M builds. The host's tests use Debian's cmocka.
 */
#ifndef CMOCKA_H
#define CMOCKA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

#define cmocka_unit_test(f)                                                                        \
    {                                                                                              \
#f, f, NULL, NULL                                                                          \
    }
#define cmocka_unit_test_setup_teardown(f, up, down)                                               \
    {                                                                                              \
#f, f, up, down                                                                            \
    }
#define cmocka_run_group_tests(tests, up, down)                                                    \
    portable_run_tests(tests, sizeof(tests) / sizeof(tests[0]), up, down)

int portable_run_tests(const struct CMUnitTest *tests, size_t count, int (*setup)(void **state),
                       int (*teardown)(void **state));
void portable_check(bool holds, const char *what, const char *file, int line);
void portable_check_int(int64_t a, int64_t b, bool same, const char *what, const char *file,
                        int line);
void portable_check_double(double a, double b, double epsilon, const char *file, int line);
void portable_check_text(const char *a, const char *b, bool same, const char *file, int line);
void portable_check_memory(const void *a, const void *b, size_t size, const char *file, int line);
void portable_skip(void);
void print_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define assert_true(c)     portable_check((c) != 0, #c, __FILE__, __LINE__)
#define assert_false(c)    portable_check((c) == 0, "not " #c, __FILE__, __LINE__)
#define assert_null(p)     portable_check((p) == NULL, #p " is NULL", __FILE__, __LINE__)
#define assert_non_null(p) portable_check((p) != NULL, #p " is not NULL", __FILE__, __LINE__)
#define assert_int_equal(a, b)                                                                     \
    portable_check_int((int64_t)(a), (int64_t)(b), true, #a " == " #b, __FILE__, __LINE__)
#define assert_int_not_equal(a, b)                                                                 \
    portable_check_int((int64_t)(a), (int64_t)(b), false, #a " != " #b, __FILE__, __LINE__)
#define assert_in_range(v, low, high)                                                              \
    portable_check((uint64_t)(v) >= (uint64_t)(low) && (uint64_t)(v) <= (uint64_t)(high),          \
                   #v " in " #low ".." #high, __FILE__, __LINE__)
#define assert_float_equal(a, b, e)   portable_check_double(a, b, e, __FILE__, __LINE__)
#define assert_double_equal(a, b, e)  portable_check_double(a, b, e, __FILE__, __LINE__)
#define assert_string_equal(a, b)     portable_check_text(a, b, true, __FILE__, __LINE__)
#define assert_string_not_equal(a, b) portable_check_text(a, b, false, __FILE__, __LINE__)
#define assert_ptr_equal(a, b)                                                                     \
    portable_check((const void *)(a) == (const void *)(b), #a " == " #b, __FILE__, __LINE__)
#define assert_ptr_not_equal(a, b)                                                                 \
    portable_check((const void *)(a) != (const void *)(b), #a " != " #b, __FILE__, __LINE__)
#define assert_memory_equal(a, b, size) portable_check_memory(a, b, size, __FILE__, __LINE__)
#define fail()                          portable_check(false, "fail()", __FILE__, __LINE__)
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_message(__VA_ARGS__);                                                                \
        portable_check(false, "fail_msg()", __FILE__, __LINE__);                                   \
    } while (0)
#define skip() portable_skip()

#endif
