#include "apps/model_text.h"

#include <stdio.h>
#include <string.h>

/* ---- fields ---- */

static const char *at(const struct model_field *field, const void *group)
{
    return (const char *)group + field->offset;
}

uint32_t model_field_u32(const struct model_field *field, const void *group)
{
    uint32_t value;
    memcpy(&value, at(field, group), sizeof value);
    return value;
}

int32_t model_field_i32(const struct model_field *field, const void *group)
{
    int32_t value;
    memcpy(&value, at(field, group), sizeof value);
    return value;
}

bool model_field_flag(const struct model_field *field, const void *group)
{
    bool value;
    memcpy(&value, at(field, group), sizeof value);
    return value;
}

const char *model_field_string(const struct model_field *field, const void *group)
{
    const char *value;
    memcpy(&value, at(field, group), sizeof value);
    return value;
}

const char *const *model_field_list(const struct model_field *field, const void *group)
{
    const char *const *value;
    memcpy(&value, at(field, group), sizeof value);
    return value;
}

uint32_t model_field_scale(const struct model_field *field)
{
    if (field->kind == FIELD_MILLI)
        return 1000;
    return field->kind == FIELD_MICRO ? 1000000 : 1;
}

bool model_field_is_stated(const struct model_field *field, const void *group)
{
    switch (field->kind) {
    case FIELD_COUNT:
    case FIELD_MILLI:
    case FIELD_MICRO:
        return model_field_u32(field, group) != 0;
    case FIELD_SIGNED:
        return model_field_i32(field, group) != 0;
    case FIELD_FLAG:
        return model_field_flag(field, group);
    case FIELD_TEXT:
        return model_field_string(field, group) != NULL;
    case FIELD_LIST:
        return model_field_list(field, group) != NULL;
    default:
        return model_field_word(field, group) != NULL;
    }
}

const char *model_text_number(char text[MODEL_TEXT_MAX], uint64_t value, uint32_t scale)
{
    unsigned long long whole = value / scale;
    unsigned long long millionths = value % scale * (1000000 / scale);
    size_t length = (size_t)snprintf(text, MODEL_TEXT_MAX, "%llu.%06llu", whole, millionths);
    while (text[length - 1] == '0')
        length--;
    text[text[length - 1] == '.' ? length - 1 : length] = '\0';
    return text;
}

static const char *number_with_unit(char text[MODEL_TEXT_MAX], const struct model_field *field,
                                    const void *group)
{
    char number[MODEL_TEXT_MAX];
    const char *unit = field->unit;
    model_text_number(number, model_field_u32(field, group), model_field_scale(field));
    snprintf(text, MODEL_TEXT_MAX, "%.40s%s%.32s", number, unit[0] == '\0' ? "" : " ", unit);
    return text;
}

const char *model_field_text(char text[MODEL_TEXT_MAX], const struct model_field *field,
                             const void *group)
{
    switch (field->kind) {
    case FIELD_COUNT:
    case FIELD_MILLI:
    case FIELD_MICRO:
        return number_with_unit(text, field, group);
    case FIELD_SIGNED:
        snprintf(text, MODEL_TEXT_MAX, "%d %s", model_field_i32(field, group), field->unit);
        return text;
    case FIELD_FLAG:
        return model_field_flag(field, group) ? "yes" : "no";
    case FIELD_TEXT:
        return model_field_string(field, group);
    case FIELD_LIST:
        return "";
    default:
        return model_field_word(field, group);
    }
}

/* ---- nameplate ---- */

static bool is_three_phase(const struct model *model)
{
    if (model->layouts == NULL)
        return false;
    if (model->layouts[0]->circuits == 0)
        return model->layouts[0]->voltages == 3;
    enum wiring wiring = model->layouts[0]->circuit[0].wiring;
    return wiring != WIRING_1P2W && wiring != WIRING_1P3W;
}

const char *model_text_un(char text[MODEL_TEXT_MAX], const struct model *model)
{
    char ln[MODEL_TEXT_MAX], ll[MODEL_TEXT_MAX];
    const struct model_ratings *ratings = model->ratings;
    text[0] = '\0';
    if (ratings == NULL)
        return text;
    model_text_number(ln, ratings->un_dc_mv != 0 ? ratings->un_dc_mv : ratings->un_ln_mv, 1000);
    model_text_number(ll, ratings->un_ll_mv, 1000);
    if (ratings->un_dc_mv != 0)
        snprintf(text, MODEL_TEXT_MAX, "%.20s VDC", ln);
    else if (!is_three_phase(model))
        snprintf(text, MODEL_TEXT_MAX, "%.20s V", ln);
    else if (model->layouts[0]->circuits > 0 && model->layouts[0]->circuit[0].wiring == WIRING_3P3W)
        snprintf(text, MODEL_TEXT_MAX, "3x%.20s V", ll);
    else
        snprintf(text, MODEL_TEXT_MAX, "3x%.20s/%.20s V", ln, ll);
    return text;
}

const char *model_text_current(char text[MODEL_TEXT_MAX], const struct model *model)
{
    char base[MODEL_TEXT_MAX], most[MODEL_TEXT_MAX];
    uint32_t base_ma = 0, most_ma = 0;
    text[0] = '\0';
    if (model->ratings != NULL && model->ratings->imax_ma != 0) {
        base_ma = model->ratings->ib_ma != 0 ? model->ratings->ib_ma : model->ratings->in_ma;
        most_ma = model->ratings->imax_ma;
    } else if (model->sensor != NULL) {
        base_ma = model->sensor->primary_ma;
        most_ma = model->sensor->primary_max_ma;
    }
    model_text_number(base, base_ma, 1000);
    model_text_number(most, most_ma, 1000);
    if (base_ma != 0 && most_ma != 0 && most_ma != base_ma)
        snprintf(text, MODEL_TEXT_MAX, "%.20s (%.20s) A", base, most);
    else if (base_ma != 0 || most_ma != 0)
        snprintf(text, MODEL_TEXT_MAX, "%.20s A", base_ma != 0 ? base : most);
    return text;
}

const char *model_text_classes(char text[MODEL_TEXT_MAX], const struct model *model)
{
    const char *active = NULL, *reactive = NULL;
    if (model->classes != NULL) {
        active = model_class_text(model->classes->active);
        reactive = model_class_text(model->classes->reactive);
    } else if (model->sensor != NULL) {
        active = model_class_text(model->sensor->accuracy);
    }
    snprintf(text, MODEL_TEXT_MAX, "%s%s%s", active ? active : "", active && reactive ? " / " : "",
             reactive ? reactive : "");
    return text;
}

/* Names the wiring of a layout, if `text` does not have it yet. */
static void add_wiring(char text[MODEL_TEXT_MAX], const struct model_layout *layout)
{
    size_t length = strlen(text);
    if (layout->circuits == 0)
        return;
    const char *name = model_wiring_text(layout->circuit[0].wiring);
    if (strstr(text, name) == NULL)
        snprintf(text + length, MODEL_TEXT_MAX - length, "%s%s", length == 0 ? "" : ", ", name);
}

const char *model_text_wiring(char text[MODEL_TEXT_MAX], const struct model *model)
{
    text[0] = '\0';
    for (size_t k = 0; model->layouts != NULL && model->layouts[k] != NULL; k++)
        add_wiring(text, model->layouts[k]);
    return text;
}

const char *model_text_constants(char text[MODEL_TEXT_MAX], const struct model *model)
{
    text[0] = '\0';
    if (model->constants != NULL)
        snprintf(text, MODEL_TEXT_MAX, "%u / %u", model->constants->active_imp_per_kwh,
                 model->constants->reactive_imp_per_kvarh);
    return text;
}
