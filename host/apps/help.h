/*
 * apps/help.h: what the command tables say to a person: overview, help, man page, completion.
 *
 * All of it is generated from apps/commands.h and written to `out`; nothing is kept.
 */
#ifndef APPS_HELP_H
#define APPS_HELP_H

#include <stdio.h>

#include "apps/command.h"

void help_welcome(FILE *out); /* what it is and the three things to try */
void help_overview(FILE *out);
void help_command(FILE *out, const struct command *command);
void help_man(FILE *out);
void help_completion_bash(FILE *out);

#endif
