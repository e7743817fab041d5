/* models/registry.h: every product that Blondel knows, one const table each. Names no code uses;
 * model/model.h finds them. */
#ifndef MODELS_REGISTRY_H
#define MODELS_REGISTRY_H

#include "model/model.h"

extern const struct model model_sed302;

#endif
