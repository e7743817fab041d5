/* The table of rows, and reading by name, code and attribute. */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "meter/meter.h"

#define ENERGY_SCALER (-3)
#define PHASE_STEP    20 /* in value group C, from the total to L1 and from phase to phase */

#define ROW_ELEMENT METER_ROW_ELEMENT
#define ROW_LINE    METER_ROW_LINE
#define ROW_SYSTEM  METER_ROW_SYSTEM

const struct meter_row meter_rows[] = {
#define ENERGY(name, c, unit, text)                                                                \
    {#name, #c ".8", unit, text, METER_ROW_ENERGY, ENERGY_SCALER, ENERGY_##name},
#include "meter/energy.def"
#undef ENERGY
#define QUANTITY(name, scope, unit, obis, text)                                                    \
    {#name, obis, unit, text, ROW_##scope, 0, offsetof(struct quantities, name)},
#include "metrology/quantities.def"
#undef QUANTITY
};

const size_t meter_row_count = sizeof meter_rows / sizeof meter_rows[0];

/* The values a row has in a circuit are first .. last. */
struct span {
    unsigned first, last;
};

static struct span row_span(const struct meter_row *row, const struct meter_circuit_config *circuit)
{
    switch (row->kind) {
    case METER_ROW_ENERGY:
        return (struct span){0, circuit->phases};
    case METER_ROW_ELEMENT:
        return (struct span){1, circuit->elements};
    case METER_ROW_LINE:
        return (struct span){1, circuit->lines};
    default:
        return (struct span){0, 0};
    }
}

static bool has_ref(const struct meter *self, unsigned circuit, const struct meter_ref *ref)
{
    if (circuit >= self->config.circuits || ref->row == NULL)
        return false;
    struct span span = row_span(ref->row, &self->config.circuit[circuit]);
    return ref->index >= span.first && ref->index <= span.last;
}

bool meter_next(const struct meter *self, unsigned circuit, struct meter_ref *ref)
{
    const struct meter_row *end = meter_rows + meter_row_count;
    if (circuit >= self->config.circuits)
        return false;
    if (ref->row != NULL) {
        ref->index++;
        if (has_ref(self, circuit, ref))
            return true;
    }
    for (const struct meter_row *row = ref->row == NULL ? meter_rows : ref->row + 1; row < end;
         row++) {
        *ref =
            (struct meter_ref){row, (uint8_t)row_span(row, &self->config.circuit[circuit]).first};
        if (has_ref(self, circuit, ref))
            return true;
    }
    return false;
}

/* ---- names and codes ---- */

static const char *ending(const struct meter_ref *ref)
{
    static const char *const phases[] = {"", "_l1", "_l2", "_l3", "_l4"};
    static const char *const lines[] = {"", "_12", "_23", "_31"};
    ASSERT(ref->index <= ELEMENTS_MAX);
    return ref->row->kind == METER_ROW_LINE ? lines[ref->index] : phases[ref->index];
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

/* Whether an element of this circuit has phase codes of its own. */
static bool has_code(const struct meter *self, unsigned circuit, const struct meter_ref *ref)
{
    unsigned phases = self->config.circuit[circuit].phases;
    switch (ref->row->kind) {
    case METER_ROW_LINE:
        return false;
    case METER_ROW_ELEMENT:
        return ref->row->obis[0] != '\0' && ref->index <= phases;
    default:
        return ref->row->obis[0] != '\0';
    }
}

int meter_ref_obis(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                   struct obis *code)
{
    const char *text = ref->row->obis;
    if (!has_code(self, circuit, ref))
        return ERR_NOT_FOUND;
    int err = obis_parse(code, text, strlen(text));
    ASSERT(err == ERR_NONE);
    unsigned steps = ref->index;
    if (ref->row->kind == METER_ROW_ELEMENT)
        steps--; /* its code is that of L1 already */
    code->c = (uint8_t)(code->c + steps * PHASE_STEP);
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
    return ref->row->kind == METER_ROW_ELEMENT && self->config.circuit[circuit].elements == 1 &&
           strcmp(ref->row->name, wanted) == 0;
}

int meter_find(const struct meter *self, unsigned circuit, const char *name, struct meter_ref *ref)
{
    struct obis code;
    bool is_code = obis_parse(&code, name, strlen(name)) == ERR_NONE;
    struct meter_ref at = {NULL, 0};
    while (meter_next(self, circuit, &at)) {
        bool found = is_code ? matches_code(self, circuit, &at, &code)
                             : matches_name(self, circuit, &at, name);
        if (found) {
            *ref = at;
            return ERR_NONE;
        }
    }
    return ERR_NOT_FOUND;
}

/* ---- values ---- */

static void read_energy(const struct meter_circuit *circuit, const struct meter_ref *ref,
                        struct meter_value *value)
{
    value->type = METER_INTEGER;
    value->integer = circuit->energy[ref->index][ref->row->source].value_m;
}

static void read_quantity(const struct meter_circuit *circuit, const struct meter_ref *ref,
                          struct meter_value *value)
{
    const struct quantities *window = &circuit->window;
    unsigned k = ref->row->kind == METER_ROW_SYSTEM ? 0 : ref->index - 1U;
    unsigned elements = ref->row->kind == METER_ROW_LINE ? window->lines : window->elements;
    value->type = METER_UNKNOWN;
    if (!circuit->has_window || (ref->row->kind != METER_ROW_SYSTEM && k >= elements))
        return;
    const char *first = (const char *)window + ref->row->source;
    memcpy(&value->real, first + k * sizeof value->real, sizeof value->real);
    if (!isnan(value->real))
        value->type = METER_REAL;
}

static int read_name(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
                     struct meter_value *value)
{
    value->type = METER_NAME;
    return meter_ref_obis(self, circuit, ref, &value->obis) < 0 ? ERR_UNSUPPORTED : ERR_NONE;
}

int meter_read(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
               enum meter_attribute attribute, struct meter_value *value)
{
    if (!has_ref(self, circuit, ref))
        return ERR_NOT_FOUND;
    *value = (struct meter_value){.scaler = ref->row->scaler, .unit = ref->row->unit};
    switch (attribute) {
    case METER_LOGICAL_NAME:
        return read_name(self, circuit, ref, value);
    case METER_SCALER_UNIT:
        value->type = METER_UNIT;
        return ERR_NONE;
    case METER_VALUE:
        break;
    default:
        return ERR_UNSUPPORTED;
    }
    if (ref->row->kind == METER_ROW_ENERGY)
        read_energy(&self->config.memory[circuit], ref, value);
    else
        read_quantity(&self->config.memory[circuit], ref, value);
    return ERR_NONE;
}

int meter_read_name(const struct meter *self, unsigned circuit, const char *name,
                    struct meter_value *value)
{
    struct meter_ref ref;
    int err = meter_find(self, circuit, name, &ref);
    return err < 0 ? err : meter_read(self, circuit, &ref, METER_VALUE, value);
}
