/* The groups of a model as tables, made from the lists in model.h, for whoever walks them. */
#include <string.h>

#include "base/assert.h"
#include "model/model.h"

#define FIELD_ROW(S, kind, name, key, unit, text)                                                  \
    {key, unit, text, offsetof(S, name), FIELD_##kind},
#define FIELD_TABLE(name, FIELDS, text)                                                            \
    static const struct model_field name##_fields[] = {FIELDS(FIELD_ROW, struct model_##name)};
MODEL_GROUPS(FIELD_TABLE)

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define GROUP_ROW(name, FIELDS, text)                                                              \
    {#name, text, offsetof(struct model, name), name##_fields, COUNT_OF(name##_fields)},

const struct model_group model_groups[] = {MODEL_GROUPS(GROUP_ROW)};
const size_t model_group_count = COUNT_OF(model_groups);

const void *model_group_data(const struct model *model, const struct model_group *group)
{
    const void *data;
    memcpy(&data, (const char *)model + group->offset, sizeof data);
    return data;
}

static const char *enum_word(enum model_field_kind kind, int value)
{
    static const char *const sums[] = {"sum of the phases per slice", "per phase"};
    static const char *const apparents[] = {"arithmetic", "vector", "effective"};
    static const char *const signs[] = {"sign of P", "positive leading, negative lagging"};
    static const char *const reportings[] = {"primary", "secondary"};
    switch (kind) {
    case FIELD_CLASS:
        return model_class_text((enum model_class)value);
    case FIELD_SUM:
        return sums[value];
    case FIELD_APPARENT:
        return apparents[value];
    case FIELD_PF_SIGN:
        return signs[value];
    case FIELD_REPORTING:
        return reportings[value];
    default:
        return NULL;
    }
}

const char *model_field_word(const struct model_field *field, const void *group)
{
    if (field->kind < FIELD_CLASS)
        return NULL;
    int value; /* every enum of a group is as wide as int, see the assertion below */
    memcpy(&value, (const char *)group + field->offset, sizeof value);
    return enum_word(field->kind, value);
}

_Static_assert(sizeof(enum model_class) == sizeof(int), "enums are read as int");
_Static_assert(sizeof(enum energy_sum) == sizeof(int), "enums are read as int");
_Static_assert(sizeof(enum apparent) == sizeof(int), "enums are read as int");
_Static_assert(sizeof(enum model_pf_sign) == sizeof(int), "enums are read as int");
_Static_assert(sizeof(enum model_reporting) == sizeof(int), "enums are read as int");

/* Whether `path` is "group.key", or "group" alone, which stands for all of its values. */
static bool is_path(const char *path, const char *group, const char *key)
{
    size_t length = strlen(group);
    if (strncmp(path, group, length) != 0)
        return false;
    return path[length] == '\0' || (path[length] == '.' && strcmp(path + length + 1, key) == 0);
}

bool model_is_ours(const struct model *model, const struct model_group *group,
                   const struct model_field *field)
{
    for (const char *const *path = model->ours; path != NULL && *path != NULL; path++)
        if (is_path(*path, group->key, field->key))
            return true;
    return false;
}
