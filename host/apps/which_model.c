#include "apps/which_model.h"

#include <ctype.h>

#include "apps/command.h"
#include "apps/nearest.h"

#define NAME_MAX_FOLDED 32
#define MODELS_MAX      256

/* Letters and digits only, small: as model_find() compares names. */
static void fold(char folded[NAME_MAX_FOLDED], const char *name)
{
    size_t used = 0;
    for (; *name != '\0' && used + 1 < NAME_MAX_FOLDED; name++)
        if (isalnum((unsigned char)*name))
            folded[used++] = (char)tolower((unsigned char)*name);
    folded[used] = '\0';
}

static const struct model *nearest_model(const char *name)
{
    static char folded[MODELS_MAX][NAME_MAX_FOLDED];
    char typed[NAME_MAX_FOLDED];
    fold(typed, name);
    struct nearest nearest = nearest_start(typed);
    for (size_t k = 0; k < model_count && k < MODELS_MAX; k++) {
        fold(folded[k], models[k]->name);
        nearest_offer(&nearest, folded[k]);
    }
    if (nearest.best == NULL)
        return NULL;
    return models[(size_t)(nearest.best - folded[0]) / NAME_MAX_FOLDED];
}

const struct model *which_model(const char *name)
{
    const struct model *model = model_find(name);
    const struct model *nearest = model != NULL ? NULL : nearest_model(name);
    if (model != NULL)
        return model;
    if (nearest != NULL)
        (void)fail(1, "no model \"%s\"; did you mean %s?", name, nearest->name);
    else
        (void)fail(1, "no model \"%s\"; `blondel models` lists them", name);
    return NULL;
}
