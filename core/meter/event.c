/* The event log: what happened, when, with what before and after. */
#include "base/bytes.h"
#include "meter/meter_p.h"

struct event_row {
    uint16_t code;
    const char *name, *text;
};

static const struct event_row rows[] = {
#define EVENT(name, code, text) {code, #name, text},
#include "meter/event.def"
#undef EVENT
};

static const struct event_row *find(uint16_t code)
{
    for (unsigned k = 0; k < sizeof rows / sizeof rows[0]; k++)
        if (rows[k].code == code)
            return &rows[k];
    return NULL;
}

const char *meter_event_name(uint16_t code)
{
    const struct event_row *row = find(code);
    return row == NULL ? NULL : row->name;
}

const char *meter_event_text(uint16_t code)
{
    const struct event_row *row = find(code);
    return row == NULL ? NULL : row->text;
}

void event_add(struct meter *self, uint16_t code, int64_t utc_us, int64_t before, int64_t after)
{
    self->last_event = code;
    if (self->config.store == NULL)
        return;
    /* A place is left for the event with which all of them can be kept. */
    if (self->events + (code == EVENT_memory_recovered ? 0 : 1) >= METER_PENDING_MAX) {
        self->lost++;
        return;
    }
    self->event[self->events++] = (struct meter_event){
        .utc_us = utc_us,
        .clock_status = clock_status(&self->clock, self->now_us),
        .code = code,
        .before = before,
        .after = after,
    };
}

static bool read_event(const struct meter *self, uint32_t number, struct meter_event *event)
{
    uint8_t data[METER_EVENT_BYTES];
    const struct store *store = self->config.store;
    if (store->entry(store->ctx, METER_LOG_EVENTS, number, data, sizeof data) < 0)
        return false;
    struct bytes_in in = {.data = data, .size = sizeof data};
    *event = (struct meter_event){.number = number};
    event->utc_us = (int64_t)bytes_get_le(&in, 6) * US_PER_MS;
    event->clock_status = (uint8_t)bytes_get_le(&in, 1);
    event->code = (uint16_t)bytes_get_le(&in, 2);
    event->before = bytes_get_le_signed(&in, 8);
    event->after = bytes_get_le_signed(&in, 8);
    return !in.bad;
}

uint32_t meter_newest_events(const struct meter *self, uint32_t count)
{
    const struct store *store = self->config.store;
    struct store_bounds bounds;
    if (store == NULL || store->bounds(store->ctx, METER_LOG_EVENTS, &bounds) < 0)
        return 0;
    return bounds.next - bounds.first > count ? bounds.next - count : bounds.first;
}

int meter_next_event(const struct meter *self, uint32_t *cursor, struct meter_event *event)
{
    const struct store *store = self->config.store;
    struct store_bounds bounds;
    if (store == NULL || store->bounds(store->ctx, METER_LOG_EVENTS, &bounds) < 0)
        return 0;
    if (*cursor < bounds.first)
        *cursor = bounds.first;
    while (*cursor < bounds.next)
        if (read_event(self, (*cursor)++, event))
            return 1;
    return 0;
}
