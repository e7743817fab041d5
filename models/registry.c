#include "registry.h"

const struct model *const models[] = {
    &model_sed302,
};

const size_t model_count = sizeof models / sizeof models[0];
