/* `blondel models`: every product in one table. */
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "apps/command.h"
#include "apps/model_text.h"

#define COLUMNS 8

struct row {
    char cell[COLUMNS][MODEL_TEXT_MAX];
};

static const char *const headings[COLUMNS] = {
    "MODEL", "KIND", "WIRING", "UN", "IB (IMAX)", "CLASS", "IMP/KWH / KVARH", "WHAT IT IS",
};

static void fill_row(struct row *row, const struct model *model)
{
    snprintf(row->cell[0], MODEL_TEXT_MAX, "%s", model->name);
    snprintf(row->cell[1], MODEL_TEXT_MAX, "%s", model_kind_text(model->kind));
    model_text_wiring(row->cell[2], model);
    model_text_un(row->cell[3], model);
    model_text_current(row->cell[4], model);
    model_text_classes(row->cell[5], model);
    model_text_constants(row->cell[6], model);
    snprintf(row->cell[7], MODEL_TEXT_MAX, "%s%s", model->title,
             model->is_announced ? " (announced)" : "");
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

static void print_row(const struct row *row, const int width[COLUMNS])
{
    char line[COLUMNS * MODEL_TEXT_MAX];
    size_t used = 0;
    for (int c = 0; c < COLUMNS; c++)
        used += (size_t)snprintf(line + used, sizeof line - used, "  %-*s", width[c], row->cell[c]);
    while (used > 0 && line[used - 1] == ' ')
        used--;
    printf("%.*s\n", (int)used, line);
}

static void print_heading(const int width[COLUMNS])
{
    struct row row;
    for (int c = 0; c < COLUMNS; c++)
        snprintf(row.cell[c], MODEL_TEXT_MAX, "%s", headings[c]);
    print_row(&row, width);
}

static void print_maker(const char *maker)
{
    bool colour = terminal_colour();
    printf("\n%s%s%s\n", colour ? "\033[1m" : "", maker, colour ? "\033[0m" : "");
}

static void print_text(void)
{
    int width[COLUMNS] = {0};
    struct row row;
    for (int c = 0; c < COLUMNS; c++)
        width[c] = (int)strlen(headings[c]);
    for (size_t k = 0; k < model_count; k++) {
        fill_row(&row, models[k]);
        widen(width, &row);
    }
    print_heading(width);
    for (size_t k = 0; k < model_count; k++) {
        if (k == 0 || strcmp(models[k]->maker, models[k - 1]->maker) != 0)
            print_maker(models[k]->maker);
        fill_row(&row, models[k]);
        print_row(&row, width);
    }
}

/* ---- for machines ---- */

static const char *const keys[COLUMNS] = {
    "name", "kind", "wiring", "un", "current", "class", "constant", "title",
};

static json_t *row_json(const struct model *model)
{
    struct row row;
    fill_row(&row, model);
    json_t *object =
        json_pack("{s:s, s:b}", "maker", model->maker, "announced", model->is_announced);
    for (int c = 0; c < COLUMNS - 1; c++)
        json_object_set_new(object, keys[c],
                            row.cell[c][0] == '\0' ? json_null() : json_string(row.cell[c]));
    json_object_set_new(object, keys[COLUMNS - 1], json_string(model->title));
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
        snprintf(row.cell[COLUMNS - 1], MODEL_TEXT_MAX, "%s", models[k]->title);
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
