/*
 * model/model.h: struct model, all that makes one product: ratings, wiring, classes, conventions,
 * equipment. Data only; models/ holds one const table per product or close family.
 *
 * A value is the manual's unless model.ours lists its path ("display.decimals_energy", or a whole
 * group, "demand"): there the manual is silent and we chose. Zero and NULL mean that neither says
 * anything. Where manuals disagree, model.notes tells what was said and what was taken.
 *
 * Called by: device and programs. Sees the layers below (metrology's and meter's configuration),
 * since model_configure() turns a table into what they want. Terms: IEC 62052-11, 62053, 61557-12,
 * EN 50470.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "meter/meter.h"
#include "metrology/metrology.h"
#include "model/fields.h"

#define MODEL_CURRENTS_MAX 5 /* current inputs of one product */
#define MODEL_CIRCUITS_MAX 4

enum model_kind {
    MODEL_NO_KIND,
    MODEL_UTILITY_METER,
    MODEL_HOME_METER,
    MODEL_VOLTAGE_UNIT,  /* measures voltages for the modules on its bus */
    MODEL_ENERGY_SENSOR, /* module with built-in CT */
    MODEL_ENERGY_METER,  /* module for external CT */
    MODEL_ENERGY_ANALYZER,
    MODEL_IO_MODULE,
    MODEL_CONTROL_MODULE,
    MODEL_GATEWAY,
    MODEL_COMMUNICATION_MODULE,
    MODEL_DISPLAY_PANEL,
    MODEL_SUPPLY,
    MODEL_CURRENT_SENSOR, /* CT, Rogowski coil, Hall sensor, adapter */
    MODEL_ACCESSORY,
    MODEL_KIND_COUNT
};

/* What a product can do, with the words for it: model/functions.def. */
enum model_function {
    FUNCTION_END, /* closes a list */
#define FUNCTION(name, key, text) FUNCTION_##name,
#include "model/functions.def"
#undef FUNCTION
    FUNCTION_COUNT
};

struct model_circuit {
    const char *name; /* "grid", "aux"; "" where there is only one */
    enum wiring wiring;
    uint8_t u[ELEMENTS_MAX]; /* per element of the wiring: index in the layout's voltages */
    uint8_t i[ELEMENTS_MAX]; /* and in its currents */
    uint8_t neutral;         /* index in the layout's currents, or CHANNEL_NONE: computed */
};

/* One way to wire a product. The inputs of a frame are its voltages, then its currents. */
struct model_layout {
    const char *name; /* "3P4W" */
    uint8_t voltages, currents, circuits;
    const char *voltage[VOLTAGES_MAX]; /* names on the terminals */
    const char *current[MODEL_CURRENTS_MAX];
    struct model_circuit circuit[MODEL_CIRCUITS_MAX];
};

/* Where documents disagree, or say less than one must know. */
struct model_note {
    const char *what, *said, *taken;
};

struct model {
    const char *name;
    const char *maker;
    const char *title;  /* what it is, in a few words */
    const char *manual; /* where its values come from */
    enum model_kind kind;
    bool is_announced;                         /* "upcoming" in the manual: little is known */
    const char *const *aliases;                /* other names it is found by; up to NULL, or NULL */
    const struct model_layout *const *layouts; /* the first is the default; up to NULL, or NULL */
    const char *voltage_unit; /* the model that measures its voltages; NULL: it does itself */
    const enum model_function *functions;               /* its manual names; up to FUNCTION_END */
    const enum model_function *functions_with_analyzer; /* only beside an analyzer on its bus */
    const enum model_function *functions_ours;          /* in no manual of it, had all the same */
    const char *const *ours;                            /* paths of values that are ours */
    const struct model_note *notes; /* up to one whose `what` is NULL; or NULL */
#define MODEL_POINTER(name, FIELDS, text) const struct model_##name *name;
    MODEL_GROUPS(MODEL_POINTER)
#undef MODEL_POINTER
};

extern const struct model *const models[]; /* by maker and kind, in the order people list them */
extern const size_t model_count;

/* A way to wire the model by its name, with the same latitude; NULL if there is none. */
const struct model_layout *model_layout_find(const struct model *model, const char *name);

/* By name or alias; case, spaces, hyphens and other signs do not matter, a leading maker's name
 * neither. NULL if there is none. */
const struct model *model_find(const char *name);

bool model_has(const struct model *model, enum model_function function); /* named or ours */
bool model_list_has(const enum model_function *list, enum model_function function);

/* ---- what the table means for the layers below ---- */

/* Configuration of metrology and meter for one product in one layout. The caller adds rate_uhz, the
 * callbacks, meter.memory and meter.scratch, and puts its source's full scales where they differ.
 */
struct model_setup {
    struct metrology_config metrology;
    struct metrology_channel voltage[VOLTAGES_MAX];
    struct metrology_channel current[MODEL_CURRENTS_MAX];
    struct metrology_circuit circuit[MODEL_CIRCUITS_MAX];
    struct meter_config meter;
    struct meter_circuit_config meter_circuit[MODEL_CIRCUITS_MAX];
    struct meter_profile_config profile[1];
};

/*
 * Fills `setup`, which points into itself: do not copy it. `layout` NULL takes the model's first.
 *
 * Full scales are peaks: sqrt(2) x the highest voltage x 1.25, sqrt(2) x Imax x 1.5. An element
 * starts to count at half of Un x Ist (Ist of active energy for P, of reactive for Q): above noise,
 * surely below the starting current that the class asks for. The clock runs true, in UTC, with the
 * model's backup; who simulates gives it a drift, who knows the place a zone. ERR_UNSUPPORTED: the
 * model measures no energy.
 */
int model_configure(struct model_setup *setup, const struct model *model,
                    const struct model_layout *layout) MUST_USE;

/* Un as an element of this layout sees it: the line voltage for 3P3W. */
uint32_t model_element_un_mv(const struct model *model, const struct model_layout *layout);

/* ---- walking a model (JSON, sheets) ---- */

enum model_field_kind {
    FIELD_COUNT,
    FIELD_MILLI,
    FIELD_MICRO,
    FIELD_SIGNED,
    FIELD_FLAG,
    FIELD_TEXT,
    FIELD_LIST,
    FIELD_CLASS,
    FIELD_SUM,
    FIELD_APPARENT,
    FIELD_PF_SIGN,
    FIELD_REPORTING,
};

struct model_field {
    const char *key, *unit, *text;
    size_t offset;
    enum model_field_kind kind;
};

struct model_group {
    const char *key, *text;
    size_t offset; /* of the pointer to it in struct model */
    const struct model_field *field;
    size_t fields;
};

extern const struct model_group model_groups[];
extern const size_t model_group_count;

/* The group's struct, or NULL if the model has none. */
const void *model_group_data(const struct model *model, const struct model_group *group);

const char *model_kind_text(enum model_kind kind);    /* "utility meter" */
const char *model_class_text(enum model_class class); /* "0.5S" */
unsigned model_wiring_elements(enum wiring wiring);
const char *model_wiring_text(enum wiring wiring); /* "3P4W" */
const char *model_function_key(enum model_function function);
const char *model_function_text(enum model_function function);

/* Words of an enum field ("per phase"); NULL for other kinds. */
const char *model_field_word(const struct model_field *field, const void *group);

/* Whether the value at "group.key" is ours. */
bool model_is_ours(const struct model *model, const struct model_group *group,
                   const struct model_field *field);

#endif
