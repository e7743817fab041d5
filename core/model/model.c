#include "model/model.h"

#include <string.h>

/* ---- finding ---- */

static bool is_name_character(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The next character of a name that counts, in lower case; 0 at the end. */
static char next_character(const char **name)
{
    while (**name != '\0' && !is_name_character(**name))
        (*name)++;
    if (**name == '\0')
        return '\0';
    return lower(*(*name)++);
}

/* Whether `name` begins with `prefix`; leaves `name` behind it. */
static bool skip_prefix(const char **name, const char *prefix)
{
    const char *at = *name;
    for (char c = next_character(&prefix); c != '\0'; c = next_character(&prefix))
        if (next_character(&at) != c)
            return false;
    *name = at;
    return true;
}

static bool same_name(const char *left, const char *right)
{
    return skip_prefix(&left, right) && next_character(&left) == '\0';
}

static bool has_name(const struct model *model, const char *name)
{
    if (same_name(name, model->name))
        return true;
    for (const char *const *alias = model->aliases; alias != NULL && *alias != NULL; alias++)
        if (same_name(name, *alias))
            return true;
    return false;
}

const struct model *model_find(const char *name)
{
    for (size_t k = 0; k < model_count; k++) {
        const char *rest = name;
        skip_prefix(&rest, models[k]->maker);
        if (has_name(models[k], name) || has_name(models[k], rest))
            return models[k];
    }
    return NULL;
}

const struct model_layout *model_layout_find(const struct model *model, const char *name)
{
    const struct model_layout *const *layout = model->layouts;
    while (layout != NULL && *layout != NULL && !same_name(name, (*layout)->name))
        layout++;
    return layout != NULL ? *layout : NULL;
}

/* ---- functions ---- */

struct function_words {
    const char *key, *text;
};

static const struct function_words function_words[FUNCTION_COUNT] = {
    [FUNCTION_END] = {"", ""},
#define FUNCTION(name, key, text) [FUNCTION_##name] = {key, text},
#include "model/functions.def"
#undef FUNCTION
};

const char *model_function_key(enum model_function function)
{
    return function_words[function].key;
}

const char *model_function_text(enum model_function function)
{
    return function_words[function].text;
}

bool model_list_has(const enum model_function *list, enum model_function function)
{
    for (; list != NULL && *list != FUNCTION_END; list++)
        if (*list == function)
            return true;
    return false;
}

bool model_has(const struct model *model, enum model_function function)
{
    return model_list_has(model->functions, function) ||
           model_list_has(model->functions_ours, function);
}

/* ---- words ---- */

const char *model_kind_text(enum model_kind kind)
{
    static const char *const words[MODEL_KIND_COUNT] = {
        [MODEL_NO_KIND] = "unknown",
        [MODEL_UTILITY_METER] = "utility meter",
        [MODEL_HOME_METER] = "home meter",
        [MODEL_VOLTAGE_UNIT] = "voltage unit",
        [MODEL_ENERGY_SENSOR] = "energy sensor",
        [MODEL_ENERGY_METER] = "energy meter",
        [MODEL_ENERGY_ANALYZER] = "energy analyzer",
        [MODEL_IO_MODULE] = "input/output module",
        [MODEL_CONTROL_MODULE] = "control module",
        [MODEL_GATEWAY] = "gateway",
        [MODEL_COMMUNICATION_MODULE] = "communication module",
        [MODEL_DISPLAY_PANEL] = "display panel",
        [MODEL_SUPPLY] = "power supply",
        [MODEL_CURRENT_SENSOR] = "current sensor",
        [MODEL_ACCESSORY] = "accessory",
    };
    return words[kind];
}

const char *model_class_text(enum model_class class)
{
    static const char *const words[CLASS_COUNT] = {
        [CLASS_NONE] = NULL, [CLASS_0_1S] = "0.1S", [CLASS_0_2S] = "0.2S", [CLASS_0_5S] = "0.5S",
        [CLASS_0_5] = "0.5", [CLASS_1] = "1",       [CLASS_2] = "2",       [CLASS_3] = "3",
    };
    return words[class];
}

const char *model_wiring_text(enum wiring wiring)
{
    static const char *const words[WIRING_COUNT] = {
        [WIRING_1P2W] = "1P2W", [WIRING_1P3W] = "1P3W",        [WIRING_3P3W] = "3P3W",
        [WIRING_3P4W] = "3P4W", [WIRING_3P4WD] = "3P4W delta",
    };
    return words[wiring];
}
