#include "apps/model_json.h"

#include <stdio.h>

#include "apps/model_text.h"

static json_t *json_texts(const char *const *texts)
{
    json_t *array = json_array();
    for (; texts != NULL && *texts != NULL; texts++)
        json_array_append_new(array, json_string(*texts));
    return array;
}

static json_t *json_text(const char *text)
{
    return text == NULL ? json_null() : json_string(text);
}

/* ---- groups ---- */

static json_t *field_number(const struct model_field *field, const void *group)
{
    uint32_t value = model_field_u32(field, group);
    uint32_t scale = model_field_scale(field);
    if (value == 0)
        return json_null();
    return value % scale == 0 ? json_integer(value / scale) : json_real((double)value / scale);
}

static json_t *field_json(const struct model_field *field, const void *group)
{
    switch (field->kind) {
    case FIELD_COUNT:
    case FIELD_MILLI:
    case FIELD_MICRO:
        return field_number(field, group);
    case FIELD_SIGNED:
        return model_field_is_stated(field, group) ? json_integer(model_field_i32(field, group))
                                                   : json_null();
    case FIELD_FLAG:
        return json_boolean(model_field_flag(field, group));
    case FIELD_TEXT:
        return json_text(model_field_string(field, group));
    case FIELD_LIST:
        return model_field_is_stated(field, group) ? json_texts(model_field_list(field, group))
                                                   : json_null();
    default:
        return json_text(model_field_word(field, group));
    }
}

static void add_unit(json_t *units, const struct model_group *group,
                     const struct model_field *field)
{
    char path[80];
    if (field->unit[0] == '\0')
        return;
    snprintf(path, sizeof path, "%s.%s", group->key, field->key);
    json_object_set_new(units, path, json_string(field->unit));
}

static json_t *group_json(const struct model_group *group, const void *data, json_t *units)
{
    if (data == NULL)
        return json_null();
    json_t *object = json_object();
    for (size_t k = 0; k < group->fields; k++) {
        json_object_set_new(object, group->field[k].key, field_json(&group->field[k], data));
        if (model_field_is_stated(&group->field[k], data))
            add_unit(units, group, &group->field[k]);
    }
    return object;
}

static void add_groups(json_t *object, const struct model *model)
{
    json_t *units = json_object();
    for (size_t k = 0; k < model_group_count; k++) {
        const void *data = model_group_data(model, &model_groups[k]);
        json_object_set_new(object, model_groups[k].key, group_json(&model_groups[k], data, units));
    }
    json_object_set_new(object, "units", units);
}

/* ---- layouts ---- */

static json_t *circuit_json(const struct model_layout *layout, const struct model_circuit *circuit)
{
    json_t *elements = json_array();
    for (unsigned e = 0; e < model_wiring_elements(circuit->wiring); e++)
        json_array_append_new(elements, json_pack("{s:s, s:s}", "u", layout->voltage[circuit->u[e]],
                                                  "i", layout->current[circuit->i[e]]));
    const char *neutral =
        circuit->neutral == CHANNEL_NONE ? NULL : layout->current[circuit->neutral];
    return json_pack("{s:s, s:s, s:o, s:o}", "name", circuit->name, "wiring",
                     model_wiring_text(circuit->wiring), "elements", elements, "neutral",
                     json_text(neutral));
}

static json_t *names_json(const char *const *names, unsigned count)
{
    json_t *array = json_array();
    for (unsigned k = 0; k < count; k++)
        json_array_append_new(array, json_string(names[k]));
    return array;
}

static json_t *layout_json(const struct model_layout *layout)
{
    json_t *circuits = json_array();
    for (unsigned k = 0; k < layout->circuits; k++)
        json_array_append_new(circuits, circuit_json(layout, &layout->circuit[k]));
    return json_pack("{s:s, s:o, s:o, s:o}", "name", layout->name, "voltages",
                     names_json(layout->voltage, layout->voltages), "currents",
                     names_json(layout->current, layout->currents), "circuits", circuits);
}

static json_t *layouts_json(const struct model_layout *const *layouts)
{
    json_t *array = json_array();
    for (; layouts != NULL && *layouts != NULL; layouts++)
        json_array_append_new(array, layout_json(*layouts));
    return array;
}

/* The services a model can be wired for, each once, the default first. */
static json_t *wirings_json(const struct model_layout *const *layouts)
{
    json_t *array = json_array();
    unsigned seen = 0;
    for (; layouts != NULL && *layouts != NULL; layouts++) {
        enum wiring wiring = (*layouts)->circuit[0].wiring;
        if ((*layouts)->circuits == 0 || (seen & 1U << wiring) != 0)
            continue;
        seen |= 1U << wiring;
        json_array_append_new(array, json_string(model_wiring_text(wiring)));
    }
    return array;
}

/* ---- functions and notes ---- */

/* Functions of `list` that `except` has not. */
static json_t *functions_json(const enum model_function *list, const enum model_function *except)
{
    json_t *array = json_array();
    for (; list != NULL && *list != FUNCTION_END; list++)
        if (!model_list_has(except, *list))
            json_array_append_new(array, json_string(model_function_key(*list)));
    return array;
}

static json_t *notes_json(const struct model_note *notes)
{
    json_t *array = json_array();
    for (; notes != NULL && notes->what != NULL; notes++)
        json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "what", notes->what, "said",
                                               notes->said, "taken", notes->taken));
    return array;
}

json_t *model_json(const struct model *model)
{
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:o}", "name", model->name, "maker",
        model->maker, "title", model->title, "kind", model_kind_text(model->kind), "announced",
        model->is_announced, "manual", model->manual, "aliases", json_texts(model->aliases),
        "wiring", wirings_json(model->layouts), "layouts", layouts_json(model->layouts),
        "voltage_unit", json_text(model->voltage_unit));
    if (object == NULL)
        return NULL;
    add_groups(object, model);
    json_object_set_new(object, "functions", functions_json(model->functions, NULL));
    json_object_set_new(object, "functions_with_analyzer",
                        functions_json(model->functions_with_analyzer, NULL));
    json_object_set_new(object, "functions_ours",
                        functions_json(model->functions_ours, model->functions));
    json_object_set_new(object, "ours", json_texts(model->ours));
    json_object_set_new(object, "notes", notes_json(model->notes));
    return object;
}
