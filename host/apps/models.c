/* `blondel models`: every product in one table. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <jansson.h>

#include "apps/command.h"
#include "apps/model_text.h"

#define COLUMNS 8
#define GAP     2 /* blanks before a column */

struct row {
    char cell[COLUMNS][MODEL_TEXT_MAX];
};

static const char *const headings[COLUMNS] = {
    "MODEL", "WIRING", "UN", "IB (IMAX)", "CLASS", "IMP/KWH", "KIND", "WHAT IT IS",
};

static void fill_row(struct row *row, const struct model *model)
{
    snprintf(row->cell[0], MODEL_TEXT_MAX, "%s", model->name);
    model_text_wiring(row->cell[1], model);
    model_text_un(row->cell[2], model);
    model_text_current(row->cell[3], model);
    model_text_classes(row->cell[4], model);
    model_text_constants(row->cell[5], model);
    snprintf(row->cell[6], MODEL_TEXT_MAX, "%s", model_kind_text(model->kind));
    snprintf(row->cell[7], MODEL_TEXT_MAX, "%s", model->title);
}

/* ---- text ---- */

static void widen(int width[COLUMNS], const struct row *row)
{
    for (int c = 0; c < COLUMNS; c++) {
        int length = (int)strlen(row->cell[c]);
        if (length > width[c])
            width[c] = length;
    }
}

/* Columns that fit the terminal, from the left; all of them into a pipe. */
static int fitting_columns(const int width[COLUMNS])
{
    struct winsize size;
    if (!terminal_stdout_is_tty() || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
        size.ws_col == 0)
        return COLUMNS;
    int columns = 1;
    for (int used = GAP + width[0]; columns < COLUMNS; columns++) {
        used += GAP + width[columns];
        if (used > size.ws_col)
            break;
    }
    return columns;
}

static void print_row(const struct row *row, const int width[COLUMNS], int columns)
{
    char line[COLUMNS * MODEL_TEXT_MAX];
    size_t used = 0;
    for (int c = 0; c < columns; c++)
        used += (size_t)snprintf(line + used, sizeof line - used, "%*s%-*s", GAP, "", width[c],
                                 row->cell[c]);
    while (used > 0 && line[used - 1] == ' ')
        used--;
    printf("%.*s\n", (int)used, line);
}

static void print_maker(const char *maker)
{
    bool colour = terminal_colour();
    printf("\n%s%s%s\n", colour ? "\033[1m" : "", maker, colour ? "\033[0m" : "");
}

/* A row as people read it: what is only announced says so beside its kind. */
static void fill_text_row(struct row *row, const struct model *model)
{
    fill_row(row, model);
    if (model->is_announced)
        snprintf(row->cell[6], MODEL_TEXT_MAX, "%s, announced", model_kind_text(model->kind));
}

static void print_text(void)
{
    struct row row;
    int width[COLUMNS] = {0};
    for (int c = 0; c < COLUMNS; c++)
        snprintf(row.cell[c], MODEL_TEXT_MAX, "%s", headings[c]);
    const struct row heading = row;
    widen(width, &heading);
    for (size_t k = 0; k < model_count; k++) {
        fill_text_row(&row, models[k]);
        widen(width, &row);
    }
    const int columns = fitting_columns(width);
    print_row(&heading, width, columns);
    for (size_t k = 0; k < model_count; k++) {
        if (k == 0 || strcmp(models[k]->maker, models[k - 1]->maker) != 0)
            print_maker(models[k]->maker);
        fill_text_row(&row, models[k]);
        print_row(&row, width, columns);
    }
}

/* ---- for machines ---- */

static const char *const keys[COLUMNS] = {
    "name", "wiring", "un", "current", "class", "constant", "kind", "title",
};

static json_t *row_json(const struct model *model)
{
    struct row row;
    fill_row(&row, model);
    json_t *object =
        json_pack("{s:s, s:b}", "maker", model->maker, "announced", model->is_announced);
    for (int c = 0; c < COLUMNS; c++)
        json_object_set_new(object, keys[c],
                            row.cell[c][0] == '\0' ? json_null() : json_string(row.cell[c]));
    return object;
}

static int print_json(void)
{
    for (size_t k = 0; k < model_count; k++) {
        json_t *object = row_json(models[k]);
        if (object == NULL || json_dumpf(object, stdout, JSON_COMPACT) != 0) {
            json_decref(object);
            return fail(1, "no memory for a model as JSON");
        }
        putchar('\n');
        json_decref(object);
    }
    return 0;
}

static void print_csv_cell(const char *text, bool last)
{
    bool quoted = strpbrk(text, ",\"") != NULL;
    if (quoted)
        putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    printf("%s%c", quoted ? "\"" : "", last ? '\n' : ',');
}

static void print_csv(void)
{
    printf("maker,announced");
    for (int c = 0; c < COLUMNS; c++)
        printf(",%s", keys[c]);
    putchar('\n');
    for (size_t k = 0; k < model_count; k++) {
        struct row row;
        fill_row(&row, models[k]);
        print_csv_cell(models[k]->maker, false);
        print_csv_cell(models[k]->is_announced ? "1" : "0", false);
        for (int c = 0; c < COLUMNS; c++)
            print_csv_cell(row.cell[c], c == COLUMNS - 1);
    }
}

static int run_models(const struct args *args)
{
    const char *format = args_get(args, "format");
    if (format == NULL || strcmp(format, "text") == 0)
        print_text();
    else if (strcmp(format, "csv") == 0)
        print_csv();
    else if (strcmp(format, "json") == 0)
        return print_json();
    else
        return fail(2, "--format: \"%s\" is none of text, json, csv", format);
    return 0;
}

static const struct option_row options[] = {
    {"format", "text|json|csv", "how to print it; default text"},
    {NULL, NULL, NULL},
};

const struct command command_models = {
    .name = "models",
    .synopsis = "[--format text|json|csv]",
    .summary = "list every product there is",
    .examples = "  blondel models\n"
                "  blondel models --format csv > models.csv\n",
    .positionals_min = 0,
    .positionals_max = 0,
    .options = options,
    .run = run_models,
};
