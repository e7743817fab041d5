#include "apps/args.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "apps/nearest.h"

struct scan {
    struct args *args;
    int count;
    char *const *words;
    int at;
    char *error;
};

static int complain(const struct scan *scan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int complain(const struct scan *scan, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(scan->error, ARGS_ERROR_MAX, format, list);
    va_end(list);
    return ERR_ARGUMENT;
}

static int option_index(const struct command *command, const char *name, size_t length)
{
    for (int k = 0; command->options && command->options[k].name; k++) {
        const char *row = command->options[k].name;
        if (strlen(row) == length && strncmp(row, name, length) == 0) {
            return k;
        }
    }
    return -1;
}

static int unknown_option(const struct scan *scan, const char *word, size_t length)
{
    char typed[64];
    snprintf(typed, sizeof typed, "%.*s", (int)length, word);
    struct nearest nearest = nearest_start(typed);
    const struct option_row *row = scan->args->command->options;
    for (; row && row->name; row++) {
        nearest_offer(&nearest, row->name);
    }
    const char *command = scan->args->command->name;
    if (nearest.best) {
        return complain(scan, "%s has no option --%s; did you mean --%s?", command, typed,
                        nearest.best);
    }
    return complain(scan, "%s has no option --%s; see blondel %s --help", command, typed, command);
}

/* `word` is what follows the two dashes. */
static int take_option(struct scan *scan, const char *word)
{
    const size_t length = strcspn(word, "=");
    const int index = option_index(scan->args->command, word, length);
    if (index < 0) {
        return unknown_option(scan, word, length);
    }
    const struct option_row *row = &scan->args->command->options[index];
    if (scan->args->value[index]) {
        return complain(scan, "--%s is given twice", row->name);
    }
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (!row->value && value) {
        return complain(scan, "--%s takes no value", row->name);
    }
    if (row->value && !value) {
        const bool there = scan->at < scan->count && strncmp(scan->words[scan->at], "--", 2) != 0;
        if (!there) {
            return complain(scan, "--%s needs a value: --%s %s", row->name, row->name, row->value);
        }
        value = scan->words[scan->at++];
    }
    scan->args->value[index] = value ? value : "";
    return 0;
}

static int take_positional(struct scan *scan, const char *word)
{
    const struct command *command = scan->args->command;
    int max = command->positionals_max;
    if (max > COMMAND_POSITIONALS_MAX) {
        max = COMMAND_POSITIONALS_MAX;
    }
    if (scan->args->positionals >= max) {
        return complain(scan, "%s does not know what to do with \"%s\"; usage: blondel %s %s",
                        command->name, word, command->name, command->synopsis);
    }
    scan->args->positional[scan->args->positionals++] = word;
    return 0;
}

static int take_word(struct scan *scan, bool *only_positionals)
{
    const char *word = scan->words[scan->at++];
    if (*only_positionals || word[0] != '-' || word[1] == '\0') {
        return take_positional(scan, word);
    }
    if (word[1] != '-') {
        return complain(scan, "options are written in full with two dashes; %s is not one", word);
    }
    if (word[2] == '\0') {
        *only_positionals = true;
        return 0;
    }
    return take_option(scan, word + 2);
}

static bool wants_help(int count, char *const *words)
{
    for (int k = 0; k < count && strcmp(words[k], "--") != 0; k++) {
        if (strcmp(words[k], "--help") == 0 || strcmp(words[k], "-h") == 0) {
            return true;
        }
    }
    return false;
}

int args_parse(struct args *args, const struct command *command, int count, char *const *words,
               bool *help, char *error)
{
    *args = (struct args){.command = command};
    error[0] = '\0';
    *help = wants_help(count, words);
    if (*help) {
        return 0;
    }
    struct scan scan = {.args = args, .count = count, .words = words, .error = error};
    bool only_positionals = false;
    while (scan.at < count) {
        const int result = take_word(&scan, &only_positionals);
        if (result < 0) {
            return result;
        }
    }
    if (args->positionals < command->positionals_min) {
        return complain(&scan, "%s needs more; usage: blondel %s %s", command->name, command->name,
                        command->synopsis);
    }
    return 0;
}

const char *args_get(const struct args *args, const char *option)
{
    const int index = option_index(args->command, option, strlen(option));
    return index < 0 ? NULL : args->value[index];
}

bool args_has(const struct args *args, const char *option)
{
    return args_get(args, option) != NULL;
}
