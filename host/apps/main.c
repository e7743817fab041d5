/* The `blondel` binary: finds the command in the table, parses its words, runs it. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "apps/args.h"
#include "apps/commands.h"
#include "apps/help.h"

static int unknown_command(const char *name)
{
    const char *nearest = command_nearest(name);
    if (nearest) {
        return fail(2, "there is no command %s; did you mean %s?", name, nearest);
    }
    return fail(2, "there is no command %s; blondel help lists them", name);
}

static int run_command(const struct command *command, int count, char **words)
{
    struct args args;
    char error[ARGS_ERROR_MAX];
    bool help = false;
    if (args_parse(&args, command, count, words, &help, error) < 0) {
        return fail(2, "%s", error);
    }
    if (help) {
        help_command(stdout, command);
        return 0;
    }
    return command->run(&args);
}

static int run_words(int argc, char **argv)
{
    if (argc < 2) {
        help_welcome(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("blondel " BLONDEL_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_overview(stdout);
        return 0;
    }
    const struct command *command = command_find(argv[1]);
    return command ? run_command(command, argc - 2, argv + 2) : unknown_command(argv[1]);
}

/* Results that never arrived are a failure, unless the reader had enough and left (`| head`). */
static int close_stdout(int status)
{
    const bool earlier = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !earlier) {
        return status;
    }
    const int reason = errno;
    if (reason == EPIPE || terminal_reader_gone()) {
        return status;
    }
    return fail(1, "cannot write the results: %s", earlier ? "output error" : strerror(reason));
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a vanished reader or network peer is an error code, not a death */
    return close_stdout(run_words(argc, argv));
}
