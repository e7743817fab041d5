/*
 * apps/command.h: one command of the `blondel` binary is one const table row.
 *
 * Help, man page, shell completion and the parser all come from these tables. Commands print
 * results on stdout, progress and notes on stderr, and return the exit status: 0 done, 1 the answer
 * is no or the input is bad, 2 wrong usage. The parser has already refused unknown options, missing
 * values and too many positionals before run() is called.
 */
#ifndef APPS_COMMAND_H
#define APPS_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#define COMMAND_OPTIONS_MAX     32
#define COMMAND_POSITIONALS_MAX 8

struct option_row {
    const char *name;  /* long name without the dashes */
    const char *value; /* placeholder of its value ("ADDR:PORT"), or NULL for a flag */
    const char *help;  /* one line, with the default if there is one */
};

struct args {
    const struct command *command;
    const char *value[COMMAND_OPTIONS_MAX]; /* by option row; NULL not given, "" a given flag */
    const char *positional[COMMAND_POSITIONALS_MAX];
    int positionals;
};

struct command {
    const char *name;
    const char *synopsis; /* "FILE [options]" */
    const char *summary;  /* one line, what it does for a person */
    const char *examples; /* lines of examples, each "  blondel ...\n", shown first in --help */
    int positionals_min, positionals_max;
    const struct option_row *options; /* ends with a row whose name is NULL; --help is implied */
    int (*run)(const struct args *args);
};

const char *args_get(const struct args *args, const char *option); /* NULL if not given */
bool args_has(const struct args *args, const char *option);

/* Prints "blondel: <message>" on stderr, one line; returns `status` for `return fail(1, ...)`. */
int fail(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Terminal or pipe, colour or not: stdout/stderr, TERM and NO_COLOR decide once at start. */
bool terminal_stdout_is_tty(void);
bool terminal_stderr_is_tty(void);
bool terminal_colour(void);
bool terminal_reader_gone(void); /* stdout is a pipe that nobody reads any more */

#endif
