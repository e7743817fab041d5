/* The table of rows, and reading by name, code and attribute. */
#include <string.h>

#include "base/assert.h"
#include "meter/meter_p.h"

#define SCALER_MILLI (-3)
#define PHASE_STEP   20  /* in value group C, from the total to L1 and from phase to phase */
#define E_ELEMENT    128 /* value group E of an element that is no phase begins here: its number, */
#define E_STRIDE     4   /* and this times what E is for a phase, of which 0, 4 and 124 occur */
#define E_CYCLE      32
#define C_ANGLE      81  /* value group C of angles, whose E says which: U1 U2 U3 . I1 I2 I3 */
#define C_LINE       124 /* U12, U23, U31 follow each other in C */

enum {
    CLASS_DATA = 1,
    CLASS_REGISTER = 3,
    CLASS_EXTENDED = 4,
    CLASS_DEMAND = 5,
    CLASS_PROFILE = 7
};

#define SHAPE_ELEMENT METER_SHAPE_ELEMENT
#define SHAPE_LINE    METER_SHAPE_LINE
#define SHAPE_SYSTEM  METER_SHAPE_SYSTEM
#define PHASE         METER_SHAPE_PHASE
#define SYSTEM        METER_SHAPE_SYSTEM
#define METER         METER_SHAPE_METER
#define PROFILE       METER_SHAPE_PROFILE

const struct meter_row meter_rows[] = {
#define ENERGY(name, c, unit, text)                                                                \
    {#name, #c ".8",        unit,         text,         METER_ROW_ENERGY,                          \
     PHASE, CLASS_REGISTER, SCALER_MILLI, ENERGY_##name},
#include "meter/energy.def"
#undef ENERGY
#define QUANTITY(name, scope, unit, obis, text)                                                    \
    {#name,                                                                                        \
     obis,                                                                                         \
     unit,                                                                                         \
     text,                                                                                         \
     METER_ROW_QUANTITY,                                                                           \
     SHAPE_##scope,                                                                                \
     CLASS_REGISTER,                                                                               \
     SCALER_MILLI,                                                                                 \
     offsetof(struct quantities, name)},
#include "metrology/quantities.def"
#undef QUANTITY
#define DEMAND(name, c, energy, unit, text)                                                        \
    {#name, #c ".7",        unit,         text,         METER_ROW_POWER,                           \
     PHASE, CLASS_REGISTER, SCALER_MILLI, DEMAND_##name},                                          \
        {#name "_demand", #c ".4",      unit,         text ", demand", METER_ROW_DEMAND,           \
         SYSTEM,          CLASS_DEMAND, SCALER_MILLI, DEMAND_##name},                              \
        {#name "_last", #c ".5",        unit,         text ", last demand", METER_ROW_DEMAND_LAST, \
         SYSTEM,        CLASS_EXTENDED, SCALER_MILLI, DEMAND_##name},                              \
        {#name "_max",         #c ".6", unit,           text ", maximum demand",                   \
         METER_ROW_DEMAND_MAX, SYSTEM,  CLASS_EXTENDED, SCALER_MILLI,                              \
         DEMAND_##name},
#include "meter/demand.def"
#undef DEMAND
#define ENERGY(name, c, unit, text)                                                                \
    {#name "_interval",  #c ".29", unit,           text ", last recording interval",               \
     METER_ROW_INTERVAL, SYSTEM,   CLASS_REGISTER, SCALER_MILLI,                                   \
     ENERGY_##name},
#include "meter/energy.def"
#undef ENERGY
#define TRACKED(name, scope, unit, c, e, minimum, maximum, text)                                   \
    {#name "_mean",  #c ".24." #e,  unit,           text ", mean of the last recording interval",  \
     METER_ROW_MEAN, SHAPE_##scope, CLASS_REGISTER, SCALER_MILLI,                                  \
     TRACKED_##name},                                                                              \
        {#name "_min",  #c "." #minimum "." #e, unit,         text ", minimum", METER_ROW_MIN,     \
         SHAPE_##scope, CLASS_EXTENDED,         SCALER_MILLI, TRACKED_##name},                     \
        {#name "_max",  #c "." #maximum "." #e, unit,         text ", maximum", METER_ROW_MAX,     \
         SHAPE_##scope, CLASS_EXTENDED,         SCALER_MILLI, TRACKED_##name},
#include "meter/tracked.def"
#undef TRACKED
#define DATA(name, obis, class, unit, scaler, text)                                                \
    {#name, obis, unit, text, METER_ROW_DATA, METER, class, scaler, METER_##name},
#include "meter/data.def"
#undef DATA
    {"load_profile", "1-0:99.1.0", "", "load profile", METER_ROW_PROFILE, PROFILE, CLASS_PROFILE, 0,
     0},
};

const size_t meter_row_count = sizeof meter_rows / sizeof meter_rows[0];

/* The values a row has in a circuit are first .. last. */
struct span {
    unsigned first, last;
};

static const struct span nothing = {1, 0};

static bool has_text(const struct meter *self, const struct meter_row *row)
{
    switch (row->source) {
    case METER_serial:
        return self->config.serial != NULL;
    case METER_type:
        return self->config.type != NULL;
    case METER_version:
        return self->config.version != NULL;
    case METER_active_constant:
    case METER_active_pulses:
        return self->config.active_imp_per_kwh != 0;
    case METER_reactive_constant:
    case METER_reactive_pulses:
        return self->config.reactive_imp_per_kvarh != 0;
    case METER_event_log:
        return self->config.store != NULL;
    case METER_profile_status:
    case METER_profile_period:
        return self->config.profiles > 0;
    default:
        return true;
    }
}

static struct span row_span(const struct meter *self, unsigned c, const struct meter_row *row)
{
    const struct meter_circuit_config *circuit = &self->config.circuit[c];
    const unsigned profiles = self->config.store == NULL ? 0 : self->config.profiles;
    switch (row->shape) {
    case METER_SHAPE_PHASE:
        return (struct span){0, circuit->phases};
    case METER_SHAPE_ELEMENT:
        return (struct span){1, circuit->elements};
    case METER_SHAPE_LINE:
        return (struct span){1, circuit->lines};
    case METER_SHAPE_METER:
        return c == 0 && has_text(self, row) ? (struct span){0, 0} : nothing;
    case METER_SHAPE_PROFILE:
        return c == 0 && profiles > 0 ? (struct span){0, profiles - 1} : nothing;
    default:
        return (struct span){0, 0};
    }
}

bool meter_has_ref(const struct meter *self, unsigned circuit, const struct meter_ref *ref)
{
    if (circuit >= self->config.circuits || ref->row == NULL)
        return false;
    struct span span = row_span(self, circuit, ref->row);
    return ref->index >= span.first && ref->index <= span.last;
}

bool meter_next_row(const struct meter *self, unsigned circuit, struct meter_ref *ref)
{
    const struct meter_row *end = meter_rows + meter_row_count;
    if (circuit >= self->config.circuits)
        return false;
    if (ref->row != NULL) {
        ref->index++;
        if (meter_has_ref(self, circuit, ref))
            return true;
    }
    for (const struct meter_row *row = ref->row == NULL ? meter_rows : ref->row + 1; row < end;
         row++) {
        *ref = (struct meter_ref){row, (uint8_t)row_span(self, circuit, row).first};
        if (meter_has_ref(self, circuit, ref))
            return true;
    }
    return false;
}

/* ---- names and codes ---- */

static const char *ending(const struct meter_ref *ref)
{
    static const char *const phases[] = {"", "_l1", "_l2", "_l3", "_l4"};
    static const char *const lines[] = {"", "_12", "_23", "_31"};
    static const char *const profiles[METER_PROFILES_MAX] = {"", "_2", "_3", "_4", "_5"};
    switch (ref->row->shape) {
    case METER_SHAPE_LINE:
        ASSERT(ref->index < sizeof lines / sizeof lines[0]);
        return lines[ref->index];
    case METER_SHAPE_PROFILE:
        ASSERT(ref->index < METER_PROFILES_MAX);
        return profiles[ref->index];
    default:
        ASSERT(ref->index < sizeof phases / sizeof phases[0]);
        return phases[ref->index];
    }
}

size_t meter_ref_name(const struct meter_ref *ref, char name[METER_NAME_MAX])
{
    size_t base = strlen(ref->row->name);
    size_t tail = strlen(ending(ref));
    ASSERT(base + tail < METER_NAME_MAX);
    memcpy(name, ref->row->name, base);
    memcpy(name + base, ending(ref), tail + 1);
    return base + tail;
}

/* What the code of a phase or an element differs in from that of the first. */
static void step_code(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                      struct obis *code)
{
    const unsigned first = ref->row->shape == METER_SHAPE_ELEMENT ? 1 : 0;
    const unsigned steps = ref->index - first;
    if (ref->row->shape == METER_SHAPE_ELEMENT && ref->index > self->config.circuit[circuit].phases)
        code->e = (uint8_t)(E_ELEMENT + E_STRIDE * (code->e % E_CYCLE) + ref->index);
    else if (code->c == C_ANGLE) /* of U2 to U1 next to that of U1; of I2 to U2, one of each on */
        code->e = (uint8_t)(code->e + steps * (code->e == 0 ? 1 : 11));
    else
        code->c = (uint8_t)(code->c + steps * PHASE_STEP);
}

int meter_ref_obis(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                   struct obis *code)
{
    const char *text = ref->row->obis;
    if (!meter_has_ref(self, circuit, ref))
        return ERR_NOT_FOUND;
    int err = obis_parse(code, text, strlen(text));
    ASSERT(err == ERR_NONE);
    if (ref->row->shape == METER_SHAPE_LINE)
        code->c = (uint8_t)(C_LINE + ref->index - 1);
    else if (ref->row->shape == METER_SHAPE_PROFILE)
        code->d = (uint8_t)(code->d + ref->index);
    else
        step_code(self, circuit, ref, code);
    return ERR_NONE;
}

static bool matches_code(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                         const struct obis *wanted)
{
    struct obis code;
    if (meter_ref_obis(self, circuit, ref, &code) < 0)
        return false;
    if (wanted->b == circuit)
        code.b = wanted->b; /* a channel is a circuit */
    return obis_compare(&code, wanted) == 0;
}

/* The ending for a phase may be left away where there is one element only. */
static bool matches_name(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                         const char *wanted)
{
    char name[METER_NAME_MAX];
    meter_ref_name(ref, name);
    if (strcmp(name, wanted) == 0)
        return true;
    return ref->row->shape == METER_SHAPE_ELEMENT && self->config.circuit[circuit].elements == 1 &&
           strcmp(ref->row->name, wanted) == 0;
}

int meter_find(const struct meter *self, unsigned circuit, const char *name, struct meter_ref *ref)
{
    struct obis code;
    bool is_code = obis_parse(&code, name, strlen(name)) == ERR_NONE;
    struct meter_ref at = {NULL, 0};
    while (meter_next_row(self, circuit, &at)) {
        bool found = is_code ? matches_code(self, circuit, &at, &code)
                             : matches_name(self, circuit, &at, name);
        if (found) {
            *ref = at;
            return ERR_NONE;
        }
    }
    return ERR_NOT_FOUND;
}
