/* help, man and completion as commands like any other. */
#include <string.h>

#include "apps/commands.h"
#include "apps/help.h"

static int run_help(const struct args *args)
{
    if (args->positionals == 0) {
        help_overview(stdout);
        return 0;
    }
    const char *name = args->positional[0];
    const struct command *command = command_find(name);
    if (!command) {
        const char *nearest = command_nearest(name);
        return fail(2, "there is no command %s; %s%s", name,
                    nearest ? "did you mean " : "blondel help lists them", nearest ? nearest : "");
    }
    help_command(stdout, command);
    return 0;
}

static int run_man(const struct args *args)
{
    (void)args;
    help_man(stdout);
    return 0;
}

static int run_completion(const struct args *args)
{
    if (strcmp(args->positional[0], "bash") != 0) {
        return fail(2, "completion knows bash, not %s", args->positional[0]);
    }
    help_completion_bash(stdout);
    return 0;
}

const struct command command_help = {
    .name = "help",
    .synopsis = "[COMMAND]",
    .summary = "lists the commands, or explains one with examples",
    .examples = "  blondel help\n"
                "  blondel help measure\n",
    .positionals_max = 1,
    .run = run_help,
};

const struct command command_man = {
    .name = "man",
    .synopsis = "",
    .summary = "prints the manual page",
    .examples = "  blondel man | man -l -\n"
                "  blondel man > /usr/local/share/man/man1/blondel.1\n",
    .run = run_man,
};

const struct command command_completion = {
    .name = "completion",
    .synopsis = "SHELL",
    .summary = "prints the completion script of a shell (bash)",
    .examples = "  eval \"$(blondel completion bash)\"\n",
    .positionals_min = 1,
    .positionals_max = 1,
    .run = run_completion,
};
