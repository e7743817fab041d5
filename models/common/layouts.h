/* common/layouts.h: ways to wire a product that several models share. */
#ifndef MODELS_COMMON_LAYOUTS_H
#define MODELS_COMMON_LAYOUTS_H

#include "model/model.h"

extern const struct model_layout layout_1p2w;         /* L and N */
extern const struct model_layout layout_1p2w_neutral; /* and a measured neutral current */
extern const struct model_layout layout_1p3w;         /* L1, L2 and N */
extern const struct model_layout layout_3p3w;         /* U12 with I1, U32 with I3 */
extern const struct model_layout layout_3p4w;
extern const struct model_layout layout_3p4w_neutral; /* and a measured neutral current */
extern const struct model_layout layout_3x1p2w;       /* three single-phase loads */

#endif
