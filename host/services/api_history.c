/* What a meter has kept, as JSON: its events and its load profile, the newest of each. */
#include "services/api.h"

#define EVENTS_SHOWN  200
#define ENTRIES_SHOWN 192 /* two days of quarters of an hour */

static void write_when(struct emit *out, const struct meter *meter, const char *key, int64_t utc_us)
{
    char text[CIVIL_TEXT_MAX];
    const struct local_offset offset = zone_offset(&meter->clock.config.zone, utc_us);
    emit_string(out, key, civil_print(text, utc_us, offset.min) > 0 ? text : NULL);
}

static void write_event(struct emit *out, const struct meter *meter,
                        const struct meter_event *event)
{
    emit_object(out, NULL);
    emit_int(out, "number", event->number);
    write_when(out, meter, "time", event->utc_us);
    emit_int(out, "clock_status", event->clock_status);
    emit_int(out, "code", event->code);
    emit_string(out, "name", meter_event_name(event->code));
    emit_string(out, "text", meter_event_text(event->code));
    emit_int(out, "before", event->before);
    emit_int(out, "after", event->after);
    emit_object_end(out);
}

void api_write_events(struct emit *out, const struct live *live)
{
    const struct meter *meter = &live->device.meter;
    struct store_bounds bounds = {1, 1};
    struct meter_event event;
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_array(out, "events");
    if (live->device.store.bounds(live->device.store.ctx, METER_LOG_EVENTS, &bounds) == ERR_NONE) {
        uint32_t cursor =
            bounds.next > bounds.first + EVENTS_SHOWN ? bounds.next - EVENTS_SHOWN : bounds.first;
        while (meter_next_event(meter, &cursor, &event) == 1)
            write_event(out, meter, &event);
    }
    emit_array_end(out);
    emit_object_end(out);
}

/* ---- the load profile ---- */

static void write_columns(struct emit *out, const struct meter *meter,
                          const struct meter_profile *profile)
{
    emit_array(out, "columns");
    for (unsigned k = 0; k < profile->columns; k++) {
        const struct meter_column *column = &profile->column[k];
        char name[METER_NAME_MAX], obis[OBIS_TEXT_MAX];
        struct obis code;
        const bool coded = meter_ref_obis(meter, column->circuit, &column->ref, &code) == ERR_NONE;
        meter_ref_name(&column->ref, name);
        if (coded)
            obis_print(&code, obis);
        emit_object(out, NULL);
        emit_string(out, "name", name);
        emit_string(out, "obis", coded ? obis : NULL);
        emit_string(out, "circuit", meter->config.circuit[column->circuit].name);
        emit_string(out, "unit", column->ref.row->unit);
        emit_object_end(out);
    }
    emit_array_end(out);
}

static void write_cell(struct emit *out, const struct meter *meter,
                       const struct meter_column *column, int64_t value)
{
    const struct meter_row *row = column->ref.row;
    if (value == METER_UNKNOWN_M)
        emit_null(out, NULL);
    else if (row->kind == METER_ROW_DATA &&
             (row->source == METER_clock || row->source == METER_change_time))
        write_when(out, meter, NULL, value * 1000);
    else if (row->scaler == -3)
        emit_milli(out, NULL, value);
    else
        emit_int(out, NULL, value);
}

static void write_entry(struct emit *out, const struct meter *meter,
                        const struct meter_profile *profile, const struct meter_entry *entry)
{
    emit_object(out, NULL);
    emit_int(out, "number", entry->number);
    write_when(out, meter, "time", entry->utc_us);
    emit_int(out, "status", entry->status);
    emit_array(out, "values");
    for (unsigned k = 0; k < entry->values; k++)
        write_cell(out, meter, &profile->column[k], entry->value[k]);
    emit_array_end(out);
    emit_object_end(out);
}

void api_write_profile(struct emit *out, const struct live *live)
{
    const struct meter *meter = &live->device.meter;
    const struct meter_profile *profile = &meter->profile[0];
    struct store_bounds bounds = {1, 1};
    struct meter_range range = {.by = RANGE_ENTRIES, .from = 1};
    struct profile_cursor cursor;
    struct meter_entry entry;
    if (live->device.store.bounds(live->device.store.ctx, METER_LOG_PROFILE, &bounds) == ERR_NONE &&
        bounds.next - bounds.first > ENTRIES_SHOWN)
        range.from = bounds.next - bounds.first - ENTRIES_SHOWN + 1;
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_int(out, "period_s", profile->period_s);
    write_columns(out, meter, profile);
    emit_array(out, "entries");
    if (profile_open(&cursor, meter, 0, &range, NULL, 0) == ERR_NONE)
        while (profile_next(&cursor, &entry) == 1)
            write_entry(out, meter, profile, &entry);
    emit_array_end(out);
    emit_object_end(out);
}
