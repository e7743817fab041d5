/*
 * apps/which_model.h: the model that a person named, or one line that says which may be meant.
 *
 * Called by: the commands that take a model's name.
 */
#ifndef APPS_WHICH_MODEL_H
#define APPS_WHICH_MODEL_H

#include "model/model.h"

/* NULL: there is none, which has been said on stderr; the status is 1. */
const struct model *which_model(const char *name);

#endif
