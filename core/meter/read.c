/* Reading by row and attribute: one reader per kind of row. */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "meter/meter_p.h"

enum { CLASS_EXTENDED = 4, CLASS_DEMAND = 5, CLASS_PROFILE = 7, CLASS_CLOCK = 8 };

static void set_integer(struct meter_value *value, int64_t integer)
{
    value->type = METER_INTEGER;
    value->integer = integer;
}

/* NaN: unknown. */
static void set_real(struct meter_value *value, double real)
{
    value->type = isnan(real) ? METER_UNKNOWN : METER_REAL;
    value->real = real;
}

struct meter_time meter_local_time(const struct meter *self, int64_t utc_us)
{
    const struct local_offset offset = zone_offset(&self->clock.config.zone, utc_us);
    const unsigned status = clock_status(&self->clock, self->now_us) & ~(unsigned)DATE_TIME_DST;
    return (struct meter_time){
        .utc_us = utc_us,
        .offset_min = offset.min,
        .status = (uint8_t)(status | (offset.is_dst ? DATE_TIME_DST : 0)),
    };
}

static void set_time(const struct meter *self, struct meter_value *value, int64_t utc_us)
{
    value->type = utc_us == 0 ? METER_UNKNOWN : METER_TIME;
    value->time = meter_local_time(self, utc_us);
}

static void set_text(struct meter_value *value, const char *text)
{
    value->type = text == NULL ? METER_UNKNOWN : METER_TEXT;
    value->text = text;
}

/* ---- values, by kind of row ---- */

static void read_energy(const struct meter *self, unsigned c, const struct meter_ref *ref,
                        struct meter_value *value)
{
    set_integer(value, self->config.memory[c].energy[ref->index][ref->row->source].value_m);
}

static void read_interval(const struct meter *self, unsigned c, const struct meter_ref *ref,
                          struct meter_value *value)
{
    set_integer(value, self->config.memory[c].interval_m[ref->row->source]);
}

static void read_quantity(const struct meter *self, unsigned c, const struct meter_ref *ref,
                          struct meter_value *value)
{
    const struct meter_circuit *circuit = &self->config.memory[c];
    const struct quantities *window = &circuit->window;
    const bool is_system = ref->row->shape == METER_SHAPE_SYSTEM;
    const unsigned k = is_system ? 0 : ref->index - 1U;
    const unsigned elements =
        ref->row->shape == METER_SHAPE_LINE ? window->lines : window->elements;
    value->type = METER_UNKNOWN;
    if (!circuit->has_window || (!is_system && k >= elements))
        return;
    double real;
    memcpy(&real, (const char *)window + ref->row->source + k * sizeof real, sizeof real);
    set_real(value, real);
}

/* The power of one direction: the other's counts as none. */
static void read_power(const struct meter *self, unsigned c, const struct meter_ref *ref,
                       struct meter_value *value)
{
    const struct meter_circuit *circuit = &self->config.memory[c];
    const struct quantities *window = &circuit->window;
    const unsigned k = ref->index;
    const double p = k == 0 ? window->p_total : window->p[k - 1];
    const double q = k == 0 ? window->q1_total : window->q1[k - 1];
    const double s = k == 0 ? window->s_total : window->s[k - 1];
    double real = NAN;
    switch ((enum demand)ref->row->source) {
    case DEMAND_p_import:
        real = p < 0 ? 0 : p;
        break;
    case DEMAND_p_export:
        real = p > 0 ? 0 : -p;
        break;
    case DEMAND_q_import:
        real = q < 0 ? 0 : q;
        break;
    case DEMAND_q_export:
        real = q > 0 ? 0 : -q;
        break;
    case DEMAND_s_import:
        real = p < 0 ? 0 : s;
        break;
    case DEMAND_COUNT:
        break;
    }
    set_real(value, circuit->has_window ? real + 0.0 : NAN); /* + 0.0: never -0 */
}

static void read_demand(const struct meter *self, unsigned c, const struct meter_ref *ref,
                        struct meter_value *value)
{
    set_integer(value,
                demand_current_mw(self, &self->config.memory[c], (enum demand)ref->row->source));
}

static void read_last(const struct meter *self, unsigned c, const struct meter_ref *ref,
                      struct meter_value *value)
{
    set_integer(value, self->config.memory[c].demand[ref->row->source].last_mw);
}

static void read_max(const struct meter *self, unsigned c, const struct meter_ref *ref,
                     struct meter_value *value)
{
    set_integer(value, self->config.memory[c].demand[ref->row->source].max_mw);
}

static unsigned tracked_slot(const struct meter_ref *ref)
{
    return ref->row->source + (ref->row->shape == METER_SHAPE_ELEMENT ? ref->index - 1u : 0);
}

static void read_mean(const struct meter *self, unsigned c, const struct meter_ref *ref,
                      struct meter_value *value)
{
    set_real(value, (double)self->config.memory[c].mean[tracked_slot(ref)]);
}

static void read_minimum(const struct meter *self, unsigned c, const struct meter_ref *ref,
                         struct meter_value *value)
{
    set_real(value, (double)self->config.memory[c].minimum[tracked_slot(ref)].value);
}

static void read_maximum(const struct meter *self, unsigned c, const struct meter_ref *ref,
                         struct meter_value *value)
{
    set_real(value, (double)self->config.memory[c].maximum[tracked_slot(ref)].value);
}

/* The parameters and texts: what does not change by itself. */
static bool read_parameter(const struct meter *self, enum meter_data which,
                           struct meter_value *value)
{
    const struct meter_parameters *p = &self->parameters;
    switch (which) {
    case METER_profile_period:
        set_integer(value, self->profile[0].period_s);
        return true;
    case METER_demand_period:
        set_integer(value, p->demand_period_s);
        return true;
    case METER_ct_numerator:
        set_integer(value, p->ct_numerator);
        return true;
    case METER_ct_denominator:
        set_integer(value, p->ct_denominator);
        return true;
    case METER_vt_numerator:
        set_integer(value, p->vt_numerator);
        return true;
    case METER_vt_denominator:
        set_integer(value, p->vt_denominator);
        return true;
    case METER_active_constant:
        set_integer(value, self->config.active_imp_per_kwh);
        return true;
    case METER_reactive_constant:
        set_integer(value, self->config.reactive_imp_per_kvarh);
        return true;
    case METER_serial:
        set_text(value, self->config.serial);
        return true;
    case METER_type:
        set_text(value, self->config.type);
        return true;
    case METER_version:
        set_text(value, self->config.version);
        return true;
    default:
        return false;
    }
}

static void read_data(const struct meter *self, unsigned c, const struct meter_ref *ref,
                      struct meter_value *value)
{
    const struct meter_circuit *circuit = &self->config.memory[c];
    if (read_parameter(self, (enum meter_data)ref->row->source, value))
        return;
    switch ((enum meter_data)ref->row->source) {
    case METER_clock:
        set_time(self, value, meter_utc_us(self));
        break;
    case METER_profile_status:
        set_integer(value, self->profile[0].last_status);
        break;
    case METER_active_pulses:
        set_integer(value, (int64_t)circuit->active.count);
        break;
    case METER_reactive_pulses:
        set_integer(value, (int64_t)circuit->reactive.count);
        break;
    case METER_power_failures:
        set_integer(value, self->power_failures);
        break;
    case METER_operating_time:
        set_integer(value, (int64_t)(self->operating_us / US_PER_S));
        break;
    case METER_changes:
        set_integer(value, self->changes);
        break;
    case METER_change_time:
        set_time(self, value, self->change_utc_us);
        break;
    case METER_error_register:
        set_integer(value, self->errors);
        break;
    case METER_event_code:
        set_integer(value, self->last_event);
        break;
    default: /* a buffer */
        break;
    }
}

typedef void reader(const struct meter *self, unsigned c, const struct meter_ref *ref,
                    struct meter_value *value);

static reader *const readers[] = {
    [METER_ROW_ENERGY] = read_energy,     [METER_ROW_INTERVAL] = read_interval,
    [METER_ROW_POWER] = read_power,       [METER_ROW_DEMAND] = read_demand,
    [METER_ROW_DEMAND_LAST] = read_last,  [METER_ROW_DEMAND_MAX] = read_max,
    [METER_ROW_QUANTITY] = read_quantity, [METER_ROW_MEAN] = read_mean,
    [METER_ROW_MIN] = read_minimum,       [METER_ROW_MAX] = read_maximum,
    [METER_ROW_DATA] = read_data,
};

/* ---- further attributes, by class ---- */

static int read_extended(const struct meter *self, unsigned c, const struct meter_ref *ref,
                         unsigned attribute, struct meter_value *value)
{
    const struct meter_circuit *circuit = &self->config.memory[c];
    if (attribute == 4) { /* no status of its own */
        set_integer(value, 0);
        return ERR_NONE;
    }
    if (attribute != 5)
        return ERR_UNSUPPORTED;
    switch (ref->row->kind) {
    case METER_ROW_DEMAND_LAST:
        set_time(self, value, circuit->demand[ref->row->source].last_utc_us);
        return ERR_NONE;
    case METER_ROW_DEMAND_MAX:
        set_time(self, value, circuit->demand[ref->row->source].max_utc_us);
        return ERR_NONE;
    case METER_ROW_MIN:
        set_time(self, value, (int64_t)circuit->minimum[tracked_slot(ref)].utc_s * US_PER_S);
        return ERR_NONE;
    default:
        set_time(self, value, (int64_t)circuit->maximum[tracked_slot(ref)].utc_s * US_PER_S);
        return ERR_NONE;
    }
}

static int read_demand_class(const struct meter *self, unsigned c, const struct meter_ref *ref,
                             unsigned attribute, struct meter_value *value)
{
    const struct meter_demand *demand = &self->config.memory[c].demand[ref->row->source];
    switch (attribute) {
    case 3:
        set_integer(value, demand->last_mw);
        return ERR_NONE;
    case 4:
        value->type = METER_UNIT;
        return ERR_NONE;
    case 5:
        set_integer(value, 0);
        return ERR_NONE;
    case 6:
        set_time(self, value, demand->last_utc_us);
        return ERR_NONE;
    case 7:
        set_time(self, value, self->demand_start_utc_us);
        return ERR_NONE;
    case 8:
        *value = (struct meter_value){.unit = "s"};
        set_integer(value, self->parameters.demand_period_s);
        return ERR_NONE;
    case 9:
        *value = (struct meter_value){.unit = ""};
        set_integer(value, self->parameters.demand_periods);
        return ERR_NONE;
    default:
        return ERR_UNSUPPORTED;
    }
}

/* Both kinds of buffer: what is kept of what, and what of it can be read now. */
struct buffer {
    int64_t period_s;
    uint32_t kept;
    struct store_bounds bounds;
};

static int describe_buffer(const struct meter *self, const struct meter_ref *ref,
                           struct buffer *buffer)
{
    const struct store *store = self->config.store;
    if (ref->row->kind == METER_ROW_DATA) { /* the event log captures when something happens */
        *buffer = (struct buffer){.kept = self->config.events};
        return store->bounds(store->ctx, METER_LOG_EVENTS, &buffer->bounds);
    }
    *buffer = (struct buffer){.period_s = self->profile[ref->index].period_s,
                              .kept = self->config.profile[ref->index].entries};
    return profile_bounds(self, ref->index, &buffer->bounds);
}

static int read_profile_class(const struct meter *self, const struct meter_ref *ref,
                              unsigned attribute, struct meter_value *value)
{
    struct buffer buffer;
    const int err = describe_buffer(self, ref, &buffer);
    switch (attribute) {
    case 4:
        set_integer(value, buffer.period_s);
        return ERR_NONE;
    case 5:
        set_integer(value, 1); /* first in, first out */
        return ERR_NONE;
    case 7:
        set_integer(value, err < 0 ? 0 : buffer.bounds.next - buffer.bounds.first);
        return err < 0 ? ERR_IO : ERR_NONE;
    case 8:
        set_integer(value, buffer.kept);
        return ERR_NONE;
    default:
        return ERR_UNSUPPORTED;
    }
}

static void set_rule(const struct meter *self, bool is_end, struct meter_value *value)
{
    struct date_time time;
    date_time_from_rule(&time, &self->clock.config.zone, is_end);
    date_time_encode(&time, value->octets);
    value->type = METER_OCTETS;
}

static int read_clock_class(const struct meter *self, unsigned attribute, struct meter_value *value)
{
    const struct zone *zone = &self->clock.config.zone;
    switch (attribute) {
    case 3:
        set_integer(value, -zone->offset_min);
        return ERR_NONE;
    case 4:
        set_integer(value, clock_status(&self->clock, self->now_us));
        return ERR_NONE;
    case 5:
    case 6:
        set_rule(self, attribute == 6, value);
        return ERR_NONE;
    case 7:
        set_integer(value, zone->dst_deviation_min);
        return ERR_NONE;
    case 8:
        set_integer(value, zone->dst_enabled);
        return ERR_NONE;
    case 9:
        set_integer(value, self->clock.config.base);
        return ERR_NONE;
    default:
        return ERR_UNSUPPORTED;
    }
}

static int read_further(const struct meter *self, unsigned c, const struct meter_ref *ref,
                        unsigned attribute, struct meter_value *value)
{
    switch (ref->row->class_id) {
    case CLASS_EXTENDED:
        return read_extended(self, c, ref, attribute, value);
    case CLASS_DEMAND:
        return read_demand_class(self, c, ref, attribute, value);
    case CLASS_PROFILE:
        return read_profile_class(self, ref, attribute, value);
    case CLASS_CLOCK:
        return read_clock_class(self, attribute, value);
    default:
        return ERR_UNSUPPORTED;
    }
}

int meter_read(const struct meter *self, unsigned circuit, const struct meter_ref *ref,
               unsigned attribute, struct meter_value *value)
{
    if (!meter_has_ref(self, circuit, ref))
        return ERR_NOT_FOUND;
    const unsigned class_id = ref->row->class_id;
    *value = (struct meter_value){.scaler = ref->row->scaler, .unit = ref->row->unit};
    if (attribute == METER_LOGICAL_NAME) {
        value->type = METER_NAME;
        return meter_ref_obis(self, circuit, ref, &value->obis);
    }
    if (attribute == METER_VALUE && class_id != CLASS_PROFILE) {
        readers[ref->row->kind](self, circuit, ref, value);
        return ERR_NONE;
    }
    if (attribute == METER_SCALER_UNIT && (class_id == 3 || class_id == CLASS_EXTENDED)) {
        value->type = METER_UNIT;
        return ERR_NONE;
    }
    return read_further(self, circuit, ref, attribute, value);
}

int meter_read_name(const struct meter *self, unsigned circuit, const char *name,
                    struct meter_value *value)
{
    struct meter_ref ref;
    int err = meter_find(self, circuit, name, &ref);
    return err < 0 ? err : meter_read(self, circuit, &ref, METER_VALUE, value);
}
