/* common/tables.h: how a table in models/ writes its lists, and the rows that families share. */
#ifndef MODELS_COMMON_TABLES_H
#define MODELS_COMMON_TABLES_H

#include "model/model.h"

#define TEXTS(...)     ((const char *const[]){__VA_ARGS__, NULL})
#define FUNCTIONS(...) ((const enum model_function[]){__VA_ARGS__, FUNCTION_END})
#define NOTES(...)     ((const struct model_note[]){__VA_ARGS__, {NULL, NULL, NULL}})
#define LAYOUTS(...)   ((const struct model_layout *const[]){__VA_ARGS__, NULL})

/* A group of a model: GROUP(ratings, .un_ln_mv = 230000, ...). */
#define GROUP(name, ...)                                                                           \
    .name = &(const struct model_##name)                                                           \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* Conventions that hold for every model; a table adds `total`, `apparent`, digits and reporting. */
#define CONVENTIONS_COMMON                                                                         \
    .reactive = "fundamental component (IEC 62053-24)", .pf_sign = PF_SIGN_OF_P,                   \
    .signs = "import is positive P, lagging current is positive Q",                                \
    .quadrants = "IEC 62053-23: I import lagging, II export lagging, III export leading, "         \
                 "IV import leading",                                                              \
    .absolute = "|+A| + |-A|", .net = "|+A| - |-A|",                                               \
    .no_load = "per element: P below half of Un x Ist and Q below half of Un x Ist reactive",      \
    .register_resolution = "1 mWh, 1 mvarh, 1 mVAh with a carried remainder"

#endif
