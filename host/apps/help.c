#include "apps/help.h"

#include <string.h>

#include "apps/commands.h"

#ifndef BLONDEL_VERSION
#error "the build says which version this is"
#endif

static const char about[] =
    "blondel: an electricity meter in software. Sampled voltages and currents in;\n"
    "energy, power, harmonics and a living meter out.\n";

void help_welcome(FILE *out)
{
    fputs(about, out);
    fputs("\nThree things to try:\n"
          "  blondel run SED302              a live three-phase meter; its page opens at\n"
          "                                  http://127.0.0.1:8080\n"
          "  blondel measure sim:grid --to 2 figures of two seconds of a simulated grid\n"
          "  blondel models                  the meters it can be\n"
          "\nblondel help lists all commands; blondel help COMMAND shows examples first.\n",
          out);
}

static void list_commands(FILE *out, const struct command *const *table)
{
    for (; *table; table++) {
        fprintf(out, "  %-12s %s\n", (*table)->name, (*table)->summary);
    }
}

void help_overview(FILE *out)
{
    fputs(about, out);
    fputs("\nUsage: blondel COMMAND [options]\n\nCommands:\n", out);
    list_commands(out, commands);
    fputs("\nFor the shell:\n", out);
    list_commands(out, commands_extra);
    fputs("\n  blondel COMMAND --help           examples and options of one command\n"
          "  blondel --version\n"
          "\nExit status: 0 done, 1 the answer is no or the input is bad, 2 wrong usage.\n"
          "Colour is used on a terminal only; NO_COLOR=1 turns it off.\n",
          out);
}

/* Help texts may hold several lines; every one starts in the same column. */
static void print_indented(FILE *out, const char *text, int column)
{
    for (;;) {
        const size_t length = strcspn(text, "\n");
        fprintf(out, "%.*s\n", (int)length, text);
        if (text[length] == '\0') {
            return;
        }
        text += length + 1;
        fprintf(out, "%*s", column, "");
    }
}

static void print_option(FILE *out, const struct option_row *row)
{
    char head[64];
    snprintf(head, sizeof head, "--%s%s%s", row->name, row->value ? " " : "",
             row->value ? row->value : "");
    if (strlen(head) > 24) {
        fprintf(out, "  %s\n%*s", head, 28, "");
    } else {
        fprintf(out, "  %-24s  ", head);
    }
    print_indented(out, row->help, 28);
}

void help_command(FILE *out, const struct command *command)
{
    fprintf(out, "blondel %s: %s\n\nExamples:\n%s", command->name, command->summary,
            command->examples);
    fprintf(out, "\nUsage: blondel %s %s\n\nOptions:\n", command->name, command->synopsis);
    for (const struct option_row *row = command->options; row && row->name; row++) {
        print_option(out, row);
    }
    print_option(out, &(struct option_row){.name = "help", .help = "this text"});
}

/* roff treats a leading dot or quote and every backslash as its own; a dash must stay a dash. */
static void print_roff(FILE *out, const char *text)
{
    bool line_start = true;
    for (; *text; text++) {
        if (line_start && (*text == '.' || *text == '\'')) {
            fputs("\\&", out);
        }
        if (*text == '\\' || *text == '-') {
            fputs(*text == '-' ? "\\-" : "\\e", out);
        } else {
            fputc(*text, out);
        }
        line_start = *text == '\n';
    }
}

static void man_option(FILE *out, const struct option_row *row)
{
    fputs(".TP\n.B ", out);
    print_roff(out, "--");
    print_roff(out, row->name);
    if (row->value) {
        fputs(" \\fI", out);
        print_roff(out, row->value);
        fputs("\\fR", out);
    }
    fputc('\n', out);
    print_roff(out, row->help);
    fputc('\n', out);
}

static void man_commands(FILE *out, const struct command *const *table)
{
    for (; *table; table++) {
        const struct command *command = *table;
        fprintf(out, ".SS blondel %s ", command->name);
        print_roff(out, command->synopsis);
        fputc('\n', out);
        print_roff(out, command->summary);
        fputs(".\n.PP\n.nf\n", out);
        print_roff(out, command->examples);
        fputs(".fi\n", out);
        for (const struct option_row *row = command->options; row && row->name; row++) {
            man_option(out, row);
        }
    }
}

void help_man(FILE *out)
{
    fputs(".TH BLONDEL 1 \"\" \"blondel " BLONDEL_VERSION "\"\n"
          ".SH NAME\nblondel \\- an electricity meter in software\n"
          ".SH SYNOPSIS\n.B blondel\n.I COMMAND\n[options]\n.SH DESCRIPTION\n",
          out);
    print_roff(out, about);
    fputs(".SH COMMANDS\n", out);
    man_commands(out, commands);
    man_commands(out, commands_extra);
    fputs(".SH EXIT STATUS\n0 done, 1 the answer is no or the input is bad, 2 wrong usage.\n"
          ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nIf set and not empty, no colour is used.\n",
          out);
}

static void complete_options(FILE *out, const struct command *const *table)
{
    for (; *table; table++) {
        fprintf(out, "        %s) words=\"--help", (*table)->name);
        for (const struct option_row *row = (*table)->options; row && row->name; row++) {
            fprintf(out, " --%s", row->name);
        }
        fputs("\" ;;\n", out);
    }
}

static void complete_names(FILE *out, const struct command *const *table)
{
    for (; *table; table++) {
        fprintf(out, "%s ", (*table)->name);
    }
}

void help_completion_bash(FILE *out)
{
    fputs("# bash completion of blondel; load it with: eval \"$(blondel completion bash)\"\n"
          "_blondel()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ] || [ \"${COMP_WORDS[1]}\" = help ]; then\n"
          "        words=\"",
          out);
    complete_names(out, commands);
    complete_names(out, commands_extra);
    fputs("--help --version\"\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "        return\n    fi\n"
          "    case ${COMP_WORDS[1]} in\n",
          out);
    complete_options(out, commands);
    complete_options(out, commands_extra);
    fputs("    esac\n"
          "    if [ \"${word#-}\" != \"$word\" ]; then\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
          "    else\n"
          "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
          "    fi\n}\n"
          "complete -o filenames -F _blondel blondel\n",
          out);
}
