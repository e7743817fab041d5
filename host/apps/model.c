/* `blondel model NAME`: all that is known of one product, as a sheet or as JSON. */
#include <stdio.h>
#include <string.h>

#include "apps/command.h"
#include "apps/model_json.h"
#include "apps/model_text.h"
#include "apps/which_model.h"

#define LABEL_WIDTH 42

/* ---- the sheet ---- */

static const char *bold(void)
{
    return terminal_colour() ? "\033[1m" : "";
}

static const char *dim(void)
{
    return terminal_colour() ? "\033[2m" : "";
}

static const char *plain(void)
{
    return terminal_colour() ? "\033[0m" : "";
}

static void print_heading(const char *text)
{
    printf("\n%s%s%s\n", bold(), text, plain());
}

static void print_line(const char *label, const char *value, bool ours)
{
    printf("  %s%-*s%s %s%s\n", dim(), LABEL_WIDTH, label, plain(), value, ours ? " *" : "");
}

static void print_list(const char *label, const char *const *values, bool ours)
{
    for (; *values != NULL; values++) {
        print_line(label, *values, ours);
        label = "";
    }
}

static bool print_field(const struct model *model, const struct model_group *group,
                        const struct model_field *field, const void *data)
{
    char text[MODEL_TEXT_MAX];
    if (!model_field_is_stated(field, data))
        return false;
    bool ours = model_is_ours(model, group, field);
    if (field->kind == FIELD_LIST)
        print_list(field->text, model_field_list(field, data), ours);
    else
        print_line(field->text, model_field_text(text, field, data), ours);
    return ours;
}

/* Prints one group; returns whether a value in it is ours. */
static bool print_group(const struct model *model, const struct model_group *group)
{
    const void *data = model_group_data(model, group);
    bool ours = false;
    if (data == NULL)
        return false;
    print_heading(group->text);
    for (size_t k = 0; k < group->fields; k++)
        if (print_field(model, group, &group->field[k], data))
            ours = true;
    return ours;
}

static void print_layouts(const struct model *model)
{
    if (model->layouts == NULL || model->layouts[0]->circuits == 0)
        return;
    print_heading("Wiring");
    for (const struct model_layout *const *at = model->layouts; *at != NULL; at++) {
        char text[MODEL_TEXT_MAX];
        snprintf(text, sizeof text, "%u voltage%s, %u current%s, %u circuit%s", (*at)->voltages,
                 (*at)->voltages == 1 ? "" : "s", (*at)->currents, (*at)->currents == 1 ? "" : "s",
                 (*at)->circuits, (*at)->circuits == 1 ? "" : "s");
        print_line((*at)->name, text, false);
    }
    if (model->voltage_unit != NULL)
        print_line("voltages come from", model->voltage_unit, false);
}

static void print_functions(const char *heading, const enum model_function *list,
                            const enum model_function *except)
{
    bool any = false;
    for (; list != NULL && *list != FUNCTION_END; list++) {
        if (model_list_has(except, *list))
            continue;
        if (!any)
            print_heading(heading);
        any = true;
        printf("  %s\n", model_function_text(*list));
    }
}

static void print_notes(const struct model_note *notes)
{
    if (notes == NULL)
        return;
    print_heading("Where documents disagree or are silent");
    for (; notes->what != NULL; notes++)
        printf("  %s: said %s; taken: %s\n", notes->what, notes->said, notes->taken);
}

static void print_sheet(const struct model *model)
{
    bool ours = false;
    printf("%s%s%s  %s%s\n", bold(), model->name, plain(), model->title,
           model->is_announced ? " (announced only)" : "");
    printf("%s, %s; values from \"%s\"\n", model->maker, model_kind_text(model->kind),
           model->manual);
    print_layouts(model);
    for (size_t k = 0; k < model_group_count; k++)
        if (print_group(model, &model_groups[k]))
            ours = true;
    print_functions("Functions its manual names", model->functions, NULL);
    print_functions("Only beside an analyzer on its bus", model->functions_with_analyzer, NULL);
    print_functions("Functions it has from us", model->functions_ours, model->functions);
    print_notes(model->notes);
    if (ours)
        printf("\n* no manual says it: ours\n");
}

static int print_json(const struct model *model)
{
    json_t *object = model_json(model);
    if (object == NULL)
        return fail(1, "no memory for the model as JSON");
    (void)json_dumpf(object, stdout,
                     MODEL_JSON_FLAGS); /* main looks at stdout, as for all output */
    putchar('\n');
    json_decref(object);
    return 0;
}

static int run_model(const struct args *args)
{
    const struct model *model = which_model(args->positional[0]);
    if (model == NULL)
        return 1;
    if (args_has(args, "json"))
        return print_json(model);
    print_sheet(model);
    return 0;
}

static const struct option_row options[] = {
    {"json", NULL, "everything, as one JSON object"},
    {NULL, NULL, NULL},
};

const struct command command_model = {
    .name = "model",
    .synopsis = "NAME [--json]",
    .summary = "show all that is known of one product",
    .examples = "  blondel model SED302\n"
                "  blondel model sm307 --json\n"
                "  blondel model \"Enertrek V10\"\n",
    .positionals_min = 1,
    .positionals_max = 1,
    .options = options,
    .run = run_model,
};
