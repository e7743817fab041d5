/*
 * apps/model_text.h: values of a model in the words and figures of its nameplate.
 *
 * Every function writes into a buffer of MODEL_TEXT_MAX and returns it; an empty text means that
 * nothing is known. Numbers come without needless zeros: "57.7", "0.0125".
 */
#ifndef APPS_MODEL_TEXT_H
#define APPS_MODEL_TEXT_H

#include <stdint.h>

#include "model/model.h"

#define MODEL_TEXT_MAX 128

/* A fixed-point number: 57700 with scale 1000 is "57.7". */
const char *model_text_number(char text[MODEL_TEXT_MAX], uint64_t value, uint32_t scale);

/* "230 V", "3x230/400 V", "3x110 V", "48 VDC". */
const char *model_text_un(char text[MODEL_TEXT_MAX], const struct model *model);

/* "5 (100) A": Ib or In, and Imax. Of a current sensor: its primary current. */
const char *model_text_current(char text[MODEL_TEXT_MAX], const struct model *model);

/* "1 / 2": active / reactive energy. */
const char *model_text_classes(char text[MODEL_TEXT_MAX], const struct model *model);

/* "3P4W": the wiring of its first layout; more than one: "3P3W, 3P4W". */
const char *model_text_wiring(char text[MODEL_TEXT_MAX], const struct model *model);

/* "1000 / 1000": imp/kWh and imp/kvarh. */
const char *model_text_constants(char text[MODEL_TEXT_MAX], const struct model *model);

/* Whether a field of `group` says anything, and what: a list item by item, others with unit. */
bool model_field_is_stated(const struct model_field *field, const void *group);
uint32_t model_field_u32(const struct model_field *field, const void *group);
int32_t model_field_i32(const struct model_field *field, const void *group);
bool model_field_flag(const struct model_field *field, const void *group);
const char *model_field_string(const struct model_field *field, const void *group);
const char *const *model_field_list(const struct model_field *field, const void *group);

/* Thousandths, millionths or one: what a number of this kind counts in. */
uint32_t model_field_scale(const struct model_field *field);

/* The value of a field that is no list: "230 V", "yes", "0.5S". */
const char *model_field_text(char text[MODEL_TEXT_MAX], const struct model_field *field,
                             const void *group);

#endif
