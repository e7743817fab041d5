/* What a meter has kept, as JSON: its events and its load profile, the newest of each. */
#include "services/api.h"

#define EVENTS_SHOWN  200
#define ENTRIES_SHOWN 192 /* two days of quarters of an hour */

static void write_when(struct emit *out, const struct meter *meter, const char *key, int64_t utc_us)
{
    char text[CIVIL_TEXT_MAX];
    const struct meter_time time = meter_local_time(meter, utc_us);
    emit_string(out, key, civil_print(text, utc_us, time.offset_min) > 0 ? text : NULL);
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
    struct meter_event event;
    uint32_t cursor = meter_newest_events(meter, EVENTS_SHOWN);
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_array(out, "events");
    while (meter_next_event(meter, &cursor, &event) == 1)
        write_event(out, meter, &event);
    emit_array_end(out);
    emit_object_end(out);
}

/* ---- the load profile ---- */

static void write_columns(struct emit *out, const struct meter *meter,
                          const struct meter_column *column, unsigned columns)
{
    emit_array(out, "columns");
    for (unsigned k = 0; k < columns; k++) {
        char name[METER_NAME_MAX], obis[OBIS_TEXT_MAX];
        struct obis code;
        const bool coded =
            meter_ref_obis(meter, column[k].circuit, &column[k].ref, &code) == ERR_NONE;
        meter_ref_name(&column[k].ref, name);
        if (coded)
            obis_print(&code, obis);
        emit_object(out, NULL);
        emit_string(out, "name", name);
        emit_string(out, "obis", coded ? obis : NULL);
        emit_string(out, "circuit", meter->config.circuit[column[k].circuit].name);
        emit_string(out, "unit", column[k].ref.row->unit);
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
                        const struct meter_column *column, const struct meter_entry *entry)
{
    emit_object(out, NULL);
    emit_int(out, "number", entry->number);
    write_when(out, meter, "time", entry->utc_us);
    emit_int(out, "status", entry->status);
    emit_array(out, "values");
    for (unsigned k = 0; k < entry->values; k++)
        write_cell(out, meter, &column[k], entry->value[k]);
    emit_array_end(out);
    emit_object_end(out);
}

/* An attribute of the first profile that is an integer; 0 if there is none. */
static int64_t attribute_of(const struct meter *meter, unsigned attribute)
{
    struct meter_ref ref;
    struct meter_value value = {.integer = 0};
    if (meter_find(meter, 0, "load_profile", &ref) < 0 ||
        meter_read(meter, 0, &ref, attribute, &value) < 0)
        return 0;
    return value.integer;
}

void api_write_profile(struct emit *out, const struct live *live)
{
    const struct meter *meter = &live->device.meter;
    const struct meter_column *column = NULL;
    const unsigned columns = meter_profile_columns(meter, 0, &column);
    const int64_t used = attribute_of(meter, 7);
    const struct meter_range range = {
        .by = RANGE_ENTRIES,
        .from = used > ENTRIES_SHOWN ? (uint32_t)(used - ENTRIES_SHOWN + 1) : 1};
    struct profile_cursor cursor;
    struct meter_entry entry;
    emit_object(out, NULL);
    emit_string(out, "meter", live->config.id);
    emit_int(out, "period_s", attribute_of(meter, 4));
    write_columns(out, meter, column, columns);
    emit_array(out, "entries");
    if (profile_open(&cursor, meter, 0, &range, NULL, 0) == ERR_NONE)
        while (profile_next(&cursor, &entry) == 1)
            write_entry(out, meter, column, &entry);
    emit_array_end(out);
    emit_object_end(out);
}
