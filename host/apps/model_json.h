/*
 * apps/model_json.h: a model as JSON, complete: every group and field of model/model.h.
 *
 * A value that nobody states is null. "units" gives the unit of each number, "ours" the paths of
 * the values that no manual gives.
 */
#ifndef APPS_MODEL_JSON_H
#define APPS_MODEL_JSON_H

#include <jansson.h>

#include "model/model.h"

#define MODEL_JSON_FLAGS (JSON_INDENT(2) | JSON_REAL_PRECISION(10))

/* A new reference; NULL without memory. */
json_t *model_json(const struct model *model);

#endif
