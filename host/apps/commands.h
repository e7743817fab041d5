/*
 * apps/commands.h: the table of commands, which main, help, man page and completion walk.
 *
 * `commands` is what a person sees listed; `commands_extra` works the same but is only named at the
 * end of the help. Both end with NULL.
 */
#ifndef APPS_COMMANDS_H
#define APPS_COMMANDS_H

#include "apps/command.h"

extern const struct command *const commands[];
extern const struct command *const commands_extra[];

/* The command of that name in either table, or NULL. */
const struct command *command_find(const char *name);

/* The command whose name is nearest to a mistyped `name`, or NULL if none is near. */
const char *command_nearest(const char *name);

#endif
