#include "services/api.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define US_PER_S 1000000

/* ---- pieces ---- */

static void write_time(struct emit *out, const char *key, int64_t time_us)
{
    char day[32];
    char text[48];
    struct tm tm;
    const time_t seconds = (time_t)(time_us / US_PER_S);
    if (!gmtime_r(&seconds, &tm) || strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
        emit_null(out, key);
        return;
    }
    snprintf(text, sizeof text, "%s.%03dZ", day, (int)(time_us % US_PER_S / 1000));
    emit_string(out, key, text);
}

static const struct {
    uint16_t flag;
    const char *name;
} flag_names[] = {
    {FLAG_NO_VOLTAGE, "no_voltage"},   {FLAG_NO_SYNC, "no_sync"},
    {FLAG_PARTIAL, "partial"},         {FLAG_CLIPPED, "clipped"},
    {FLAG_RATE_LOW, "rate_low"},       {FLAG_NO_ZERO_SEQ, "no_zero_sequence"},
    {FLAG_SETTLING, "settling"},       {FLAG_OFF_RANGE, "frequency_off_range"},
    {FLAG_NO_SPECTRUM, "no_spectrum"},
};

static void write_flags(struct emit *out, const char *key, uint16_t flags)
{
    emit_array(out, key);
    for (size_t k = 0; k < sizeof flag_names / sizeof flag_names[0]; k++) {
        if (flags & flag_names[k].flag)
            emit_string(out, NULL, flag_names[k].name);
    }
    emit_array_end(out);
}

static void write_floats(struct emit *out, const char *key, const float *value, unsigned count,
                         int decimals)
{
    emit_array(out, key);
    for (unsigned k = 0; k < count; k++)
        emit_fixed(out, NULL, (double)value[k], decimals);
    emit_array_end(out);
}

static void write_local_time(struct emit *out, const char *key, const struct meter_time *time)
{
    char text[CIVIL_TEXT_MAX];
    const bool known = civil_print(text, time->utc_us, time->offset_min) > 0;
    emit_string(out, key, known ? text : NULL);
}

static void write_value(struct emit *out, const char *key, const struct meter_value *value)
{
    switch (value->type) {
    case METER_INTEGER:
        if (value->scaler == -3)
            emit_milli(out, key, value->integer);
        else
            emit_int(out, key, value->integer);
        break;
    case METER_REAL:
        emit_real(out, key, value->real);
        break;
    case METER_TEXT:
        emit_string(out, key, value->text);
        break;
    case METER_TIME:
        write_local_time(out, key, &value->time);
        break;
    default:
        emit_null(out, key);
    }
}

/* ---- now ---- */

static void write_quantity(struct emit *out, const struct quantities *q,
                           const struct quantity_row *row)
{
    const unsigned count = quantity_count(q, row);
    if (row->scope == SCOPE_SYSTEM) {
        emit_real(out, row->name, quantity_value(q, row, 0));
        return;
    }
    emit_array(out, row->name);
    for (unsigned k = 0; k < count; k++)
        emit_real(out, NULL, quantity_value(q, row, k));
    emit_array_end(out);
}

static void write_energies(struct emit *out, const struct live *live, unsigned circuit)
{
    struct meter_ref ref = {0};
    struct meter_value value;
    char name[METER_NAME_MAX];
    emit_object(out, "energy");
    while (meter_next_row(&live->device.meter, circuit, &ref)) {
        if (ref.row->kind != METER_ROW_ENERGY ||
            meter_read(&live->device.meter, circuit, &ref, METER_VALUE, &value) < 0)
            continue;
        meter_ref_name(&ref, name);
        write_value(out, name, &value);
    }
    emit_object_end(out);
}

/* What the pulse outputs have given since start. */
static void write_pulses(struct emit *out, const struct meter_circuit *from)
{
    emit_object(out, "pulses");
    emit_int(out, "active", (int64_t)from->active.count);
    emit_int(out, "reactive", (int64_t)from->reactive.count);
    emit_object_end(out);
}

static void write_halves(struct emit *out, const struct product_window *window, unsigned voltages,
                         unsigned currents)
{
    const struct product_halves *halves = &window->halves;
    emit_object(out, "half_cycles");
    emit_int(out, "count", halves->count);
    write_floats(out, "u_min", halves->u_min, halves->count ? voltages : 0, 3);
    write_floats(out, "u_max", halves->u_max, halves->count ? voltages : 0, 3);
    write_floats(out, "i_max", halves->i_max, halves->count ? currents : 0, 4);
    emit_object_end(out);
}

static void write_elements(struct emit *out, const struct quantities *q, uint16_t no_load)
{
    emit_array(out, "element_flags");
    for (unsigned e = 0; e < q->elements; e++)
        write_flags(out, NULL, q->element_flags[e]);
    emit_array_end(out);
    emit_array(out, "no_load");
    for (unsigned e = 0; e < q->elements; e++)
        emit_bool(out, NULL, (no_load >> e & 1) != 0);
    emit_array_end(out);
}

static void write_circuit(struct emit *out, const struct live *live, unsigned circuit)
{
    const struct meter_circuit *from = &live->circuit[circuit];
    const struct quantities *q = &from->window;
    emit_object(out, NULL);
    emit_string(out, "name", live->setup.meter_circuit[circuit].name);
    emit_int(out, "elements", live->setup.meter_circuit[circuit].elements);
    if (from->has_window) {
        write_flags(out, "flags", q->flags);
        write_elements(out, q, from->no_load);
        emit_object(out, "values");
        for (size_t row = 0; row < quantity_row_count; row++)
            write_quantity(out, q, &quantity_rows[row]);
        emit_object_end(out);
        write_halves(out, &live->window[circuit], live->setup.metrology.voltages,
                     live->setup.metrology.currents);
    } else {
        emit_null(out, "values");
    }
    write_energies(out, live, circuit);
    write_pulses(out, from);
    emit_object_end(out);
}

void api_write_now(struct emit *out, const struct live *live, uint64_t now_ms)
{
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_int(out, "sequence", (int64_t)live->windows);
    emit_string(out, "state", live_state_text(live, now_ms));
    emit_bool(out, "old", live_is_old(live, now_ms));
    emit_string(out, "reason", live->state.text[0] ? live->state.text : NULL);
    if (live->window_ms) {
        write_time(out, "time", live->time_us);
        emit_int(out, "age_ms", (int64_t)(now_ms - live->window_ms));
    } else {
        emit_null(out, "time");
        emit_null(out, "age_ms");
    }
    emit_int(out, "dropped", (int64_t)live->drops);
    emit_array(out, "circuits");
    for (unsigned c = 0; c < live->setup.meter.circuits; c++)
        write_circuit(out, live, c);
    emit_array_end(out);
    emit_object_end(out);
}

/* ---- what the meter is ---- */

static void write_nameplate(struct emit *out, const struct model *model)
{
    const struct model_ratings *ratings = model->ratings;
    emit_object(out, "nameplate");
    if (ratings) {
        emit_milli(out, "un_v", ratings->un_ln_mv);
        emit_milli(out, "un_ll_v", ratings->un_ll_mv);
        emit_milli(out, "ib_a", ratings->ib_ma ? ratings->ib_ma : ratings->in_ma);
        emit_milli(out, "imax_a", ratings->imax_ma);
        emit_milli(out, "frequency_hz", ratings->frequency_mhz);
    }
    if (model->classes) {
        emit_string(out, "class_active", model_class_text(model->classes->active));
        emit_string(out, "class_reactive", model_class_text(model->classes->reactive));
    }
    if (model->constants) {
        emit_int(out, "imp_per_kwh", model->constants->active_imp_per_kwh);
        emit_int(out, "imp_per_kvarh", model->constants->reactive_imp_per_kvarh);
    }
    if (model->display) {
        emit_int(out, "display_digits", model->display->digits);
        emit_int(out, "display_decimals", model->display->decimals_energy);
    }
    emit_object_end(out);
}

void api_write_meter(struct emit *out, const struct live *live)
{
    const struct model *model = live->config.model;
    emit_object(out, NULL);
    emit_string(out, "id", live->config.id);
    emit_string(out, "model", model->name);
    emit_string(out, "maker", model->maker);
    emit_string(out, "title", model->title);
    emit_string(out, "serial", live->config.id);
    emit_string(out, "layout", model->layouts[0]->name);
    emit_string(out, "wiring", model_wiring_text(live->setup.circuit[0].wiring));
    emit_string(out, "source", live->config.source);
    emit_real(out, "speed", live->config.speed);
    emit_real(out, "rate_hz", live->state.rate_hz);
    write_nameplate(out, model);
    emit_object_end(out);
}

void api_write_meters(struct emit *out, const struct live *live)
{
    emit_object(out, NULL);
    emit_array(out, "meters");
    api_write_meter(out, live);
    emit_array_end(out);
    emit_object_end(out);
}

void api_write_index(struct emit *out)
{
    static const char *const paths[] = {
        "/api/v1/meters",
        "/api/v1/meters/{id}",
        "/api/v1/meters/{id}/now",
        "/api/v1/meters/{id}/registers",
        "/api/v1/meters/{id}/registers/{obis or name}",
        "/api/v1/meters/{id}/harmonics",
        "/api/v1/meters/{id}/waveform",
        "/api/v1/meters/{id}/trend",
        "/api/v1/meters/{id}/events",
        "/api/v1/meters/{id}/profile",
        "/api/v1/stream",
    };
    emit_object(out, NULL);
    emit_string(out, "version", BLONDEL_VERSION);
    emit_array(out, "paths");
    for (size_t k = 0; k < sizeof paths / sizeof paths[0]; k++)
        emit_string(out, NULL, paths[k]);
    emit_array_end(out);
    emit_object_end(out);
}

/* ---- registers ---- */

static void write_register(struct emit *out, const struct live *live, unsigned circuit,
                           const struct meter_ref *ref)
{
    struct meter_value value = {.type = METER_UNKNOWN};
    struct obis code;
    char name[METER_NAME_MAX];
    char obis[OBIS_TEXT_MAX];
    const bool coded = meter_ref_obis(&live->device.meter, circuit, ref, &code) == ERR_NONE;
    if (coded)
        obis_print(&code, obis);
    meter_ref_name(ref, name);
    if (meter_read(&live->device.meter, circuit, ref, METER_VALUE, &value) < 0)
        value.type = METER_UNKNOWN;
    emit_object(out, NULL);
    emit_string(out, "obis", coded ? obis : NULL);
    emit_string(out, "name", name);
    emit_string(out, "circuit", live->setup.meter_circuit[circuit].name);
    write_value(out, "value", &value);
    emit_string(out, "unit", ref->row->unit);
    emit_string(out, "text", ref->row->text);
    emit_object_end(out);
}

void api_write_registers(struct emit *out, const struct live *live)
{
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_array(out, "registers");
    for (unsigned c = 0; c < live->setup.meter.circuits; c++) {
        struct meter_ref ref = {0};
        while (meter_next_row(&live->device.meter, c, &ref))
            write_register(out, live, c, &ref);
    }
    emit_array_end(out);
    emit_object_end(out);
}

int api_write_register(struct emit *out, const struct live *live, const char *name)
{
    struct meter_ref ref;
    const int err = meter_find(&live->device.meter, 0, name, &ref);
    if (err < 0)
        return ERR_NOT_FOUND;
    write_register(out, live, 0, &ref);
    return ERR_NONE;
}

/* ---- pictures ---- */

static void write_harmonics_of(struct emit *out, const char *key, const struct harmonics *h,
                               unsigned channels, unsigned order_max)
{
    emit_array(out, key);
    for (unsigned k = 0; k < channels; k++) {
        emit_object(out, NULL);
        write_floats(out, "rms", h[k].rms, order_max + 1, 4);
        write_floats(out, "angle", h[k].angle, order_max + 1, 1);
        write_floats(out, "subgroup", h[k].subgroup, order_max + 1, 4);
        emit_object_end(out);
    }
    emit_array_end(out);
}

void api_write_harmonics(struct emit *out, const struct live *live)
{
    const struct product_window *window = &live->window[0];
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_int(out, "sequence", (int64_t)live->windows);
    emit_int(out, "order_max", window->order_max);
    write_harmonics_of(out, "u", window->u, window->voltages, window->order_max);
    write_harmonics_of(out, "i", window->i, window->currents, window->order_max);
    emit_object_end(out);
}

void api_write_waveform(struct emit *out, const struct live *live)
{
    const struct product_wave *wave = &live->wave;
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_real(out, "rate_hz", wave->rate_hz);
    emit_int(out, "frames", wave->frames);
    emit_array(out, "u");
    for (unsigned k = 0; k < wave->voltages; k++)
        write_floats(out, NULL, wave->value[k], wave->frames, 2);
    emit_array_end(out);
    emit_array(out, "i");
    for (unsigned k = 0; k < wave->currents; k++)
        write_floats(out, NULL, wave->value[wave->voltages + k], wave->frames, 4);
    emit_array_end(out);
    emit_object_end(out);
}

/* One row a second, oldest first: Unix time, total, phases. */
void api_write_trend(struct emit *out, const struct live *live)
{
    const struct live_trend *trend = &live->trend;
    const unsigned elements = live->setup.meter_circuit[0].elements;
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_string(out, "columns", "time (s), p_total (W), p (W)");
    emit_array(out, "rows");
    for (unsigned k = 0; k < trend->used; k++) {
        const struct live_point *point =
            &trend->point[(trend->next + LIVE_TREND - trend->used + k) % LIVE_TREND];
        emit_array(out, NULL);
        emit_fixed(out, NULL, (double)point->time_us * 1e-6, 3);
        emit_fixed(out, NULL, (double)point->p_total_w, 1);
        write_floats(out, NULL, point->p_w, elements, 1);
        emit_array_end(out);
    }
    emit_array_end(out);
    emit_object_end(out);
}

void api_write_error(struct emit *out, unsigned status, const char *message)
{
    emit_object(out, NULL);
    emit_object(out, "error");
    emit_int(out, "status", status);
    emit_string(out, "message", message);
    emit_object_end(out);
    emit_object_end(out);
}
