/* A stand-in for cmocka: enough for the tests of the core where no cmocka exists. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cmocka.h"

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED };

static jmp_buf test_end;

void portable_check(bool holds, const char *what, const char *file, int line)
{
    if (!holds) {
        printf("%s:%d: %s does not hold\n", file, line, what);
        longjmp(test_end, OUTCOME_FAILED);
    }
}

void portable_check_int(int64_t a, int64_t b, bool same, const char *what, const char *file,
                        int line)
{
    if ((a == b) != same) {
        printf("%s:%d: %lld and %lld\n", file, line, (long long)a, (long long)b);
    }
    portable_check((a == b) == same, what, file, line);
}

void portable_check_double(double a, double b, double epsilon, const char *file, int line)
{
    const bool close = fabs(a - b) <= epsilon;
    if (!close) {
        printf("%s:%d: %.17g and %.17g\n", file, line, a, b);
    }
    portable_check(close, "close enough", file, line);
}

void portable_check_text(const char *a, const char *b, bool same, const char *file, int line)
{
    const bool equal = strcmp(a, b) == 0;
    if (equal != same) {
        printf("%s:%d: \"%s\" and \"%s\"\n", file, line, a, b);
    }
    portable_check(equal == same, same ? "the same text" : "another text", file, line);
}

void portable_check_memory(const void *a, const void *b, size_t size, const char *file, int line)
{
    portable_check(memcmp(a, b, size) == 0, "the same bytes", file, line);
}

void portable_skip(void)
{
    longjmp(test_end, OUTCOME_SKIPPED);
}

void print_message(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
}

static enum outcome run_test(const struct CMUnitTest *test, void *state)
{
    const int way = setjmp(test_end);
    if (way != 0) {
        return (enum outcome)way;
    }
    if (test->setup && test->setup(&state) != 0) {
        return OUTCOME_FAILED;
    }
    test->test(&state);
    return !test->teardown || test->teardown(&state) == 0 ? OUTCOME_PASSED : OUTCOME_FAILED;
}

int portable_run_tests(const struct CMUnitTest *tests, size_t count, int (*setup)(void **state),
                       int (*teardown)(void **state))
{
    static const char *const words[] = {"passed", "FAILED", "skipped"};
    void *state = NULL;
    if (setup && setup(&state) != 0) {
        puts("the group's setup FAILED");
        return 1;
    }
    int failed = 0;
    for (size_t k = 0; k < count; k++) {
        const enum outcome outcome = run_test(&tests[k], state);
        printf("%s: %s\n", tests[k].name, words[outcome]);
        failed += outcome == OUTCOME_FAILED;
    }
    if (teardown) {
        teardown(&state);
    }
    return failed;
}
