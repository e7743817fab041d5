/*
 * apps/args.h: from argv and a command's table to struct args, or one clear sentence.
 *
 * Takes `--option value`, `--option=value` and flags; `--` ends the options; a lone `-` is a
 * positional (standard input). An option may be given once. Strings are referred to, not copied.
 * Called by main; pure, so that the tests can call it too.
 */
#ifndef APPS_ARGS_H
#define APPS_ARGS_H

#include <stddef.h>

#include "apps/command.h"
#include "base/err.h"

#define ARGS_ERROR_MAX 256

/* Parses the words after the command's name. 0, or ERR_ARGUMENT with a sentence in `error`
 * (ARGS_ERROR_MAX bytes). `*help` is set, and nothing else checked, when --help or -h is among
 * them. */
int args_parse(struct args *args, const struct command *command, int count, char *const *words,
               bool *help, char *error) MUST_USE;

#endif
