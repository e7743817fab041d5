/* The words of a command line become struct args, or one sentence. */
#include "apps/args.h" /* before cmocka, whose macro fail() would take our function's name */
#include "apps/commands.h"
#include "apps/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static const struct option_row rows[] = {{"wiring", "W", "which wiring"},
                                         {"harmonics", NULL, "all orders"},
                                         {"from", "S", "start"},
                                         {0}};

static const struct command sample = {
    .name = "sample",
    .synopsis = "FILE [OTHER]",
    .positionals_min = 1,
    .positionals_max = 2,
    .options = rows,
};

static struct args args;
static char error[ARGS_ERROR_MAX];
static bool help;

#define PARSE(...)                                                                                 \
    args_parse(&args, &sample, (int)(sizeof((char *[]){__VA_ARGS__}) / sizeof(char *)),            \
               (char *[]){__VA_ARGS__}, &help, error)

static void test_values_and_flags(void **state)
{
    (void)state;
    assert_int_equal(PARSE("a.csv", "--wiring", "3p4w", "--harmonics", "--from=-1.5"), 0);
    assert_string_equal(args_get(&args, "wiring"), "3p4w");
    assert_string_equal(args_get(&args, "from"), "-1.5");
    assert_true(args_has(&args, "harmonics"));
    assert_int_equal(args.positionals, 1);
    assert_string_equal(args.positional[0], "a.csv");
    assert_int_equal(PARSE("a.csv", "--from", "-1"), 0);
    assert_string_equal(args_get(&args, "from"), "-1");
    assert_false(args_has(&args, "harmonics"));
    assert_null(args_get(&args, "wiring"));
    assert_int_equal(PARSE("a.csv", "--wiring="), 0);
    assert_string_equal(args_get(&args, "wiring"), "");
}

static void test_dashes(void **state)
{
    (void)state;
    assert_int_equal(PARSE("-", "--", "--wiring"), 0);
    assert_int_equal(args.positionals, 2);
    assert_string_equal(args.positional[0], "-");
    assert_string_equal(args.positional[1], "--wiring");
    assert_null(args_get(&args, "wiring"));
}

static void refuse(int result, const char *part)
{
    assert_int_equal(result, ERR_ARGUMENT);
    if (!strstr(error, part)) {
        fail_msg("\"%s\" does not say \"%s\"", error, part);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    refuse(PARSE("a", "--wirign", "x"), "did you mean --wiring?");
    refuse(PARSE("a", "--harm"), "did you mean --harmonics?");
    refuse(PARSE("a", "--zzz"), "see blondel sample --help");
    refuse(PARSE("a", "--wiring"), "--wiring needs a value: --wiring W");
    refuse(PARSE("a", "--from", "--wiring"), "--from needs a value");
    refuse(PARSE("a", "--harmonics=1"), "takes no value");
    refuse(PARSE("a", "--from", "1", "--from", "2"), "given twice");
    refuse(PARSE("a", "b", "c"), "\"c\"");
    refuse(PARSE("a", "-w"), "-w is not one");
    refuse(PARSE("--harmonics"), "usage: blondel sample FILE [OTHER]");
}

static void test_help_wins(void **state)
{
    (void)state;
    assert_int_equal(PARSE("--zzz", "--help"), 0);
    assert_true(help);
    assert_int_equal(PARSE("a", "--", "--help"), 0);
    assert_false(help);
}

static void test_nearest(void **state)
{
    (void)state;
    assert_int_equal(nearest_distance("measure", "measure"), 0);
    assert_int_equal(nearest_distance("mesaure", "measure"), 1);
    assert_int_equal(nearest_distance("", "abc"), 3);
    assert_int_equal(nearest_distance("kitten", "sitting"), 3);
    struct nearest nearest = nearest_start("mesure");
    nearest_offer(&nearest, "run");
    assert_null(nearest.best);
    nearest_offer(&nearest, "measure");
    assert_string_equal(nearest.best, "measure");
}

/* Every command of the binary has what the help promises. */
static void check_table(const struct command *const *table)
{
    for (; *table; table++) {
        assert_true((*table)->summary[0] != '\0');
        assert_true(strncmp((*table)->examples, "  ", 2) == 0);
        assert_int_equal((*table)->examples[strlen((*table)->examples) - 1], '\n');
        assert_ptr_equal(command_find((*table)->name), *table);
        assert_non_null((*table)->run);
        int options = 0;
        while ((*table)->options && (*table)->options[options].name) {
            assert_non_null((*table)->options[options].help);
            options++;
        }
        assert_true(options <= COMMAND_OPTIONS_MAX);
    }
}

static void test_tables(void **state)
{
    (void)state;
    check_table(commands);
    check_table(commands_extra);
    assert_null(command_find("nothing"));
    assert_string_equal(command_nearest("hlep"), "help");
    assert_null(command_nearest("qqqqqq"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_flags), cmocka_unit_test(test_dashes),
        cmocka_unit_test(test_refusals),         cmocka_unit_test(test_help_wins),
        cmocka_unit_test(test_nearest),          cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
