/* Load profiles (class 7): capture at the ends of periods, and reading with a cursor. */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "meter/meter_p.h"

#define SECONDS_PER_DAY 86400
#define TIME_BYTES      6 /* of an entry: ms of UTC, then status, number of values, values */
#define VALUE_BYTES     8

bool period_is_valid(uint32_t period_s)
{
    return period_s >= METER_PERIOD_MIN_S && period_s <= METER_PERIOD_MAX_S &&
           SECONDS_PER_DAY % period_s == 0;
}

/* ---- columns ---- */

static bool is_data(const struct meter_column *column, enum meter_data which)
{
    return column->ref.row->kind == METER_ROW_DATA && column->ref.row->source == which;
}

bool meter_column_is_head(const struct meter_column *column)
{
    return is_data(column, METER_clock) || is_data(column, METER_profile_status);
}

unsigned meter_profile_columns(const struct meter *self, unsigned k,
                               const struct meter_column **column)
{
    if (k >= self->config.profiles)
        return 0;
    *column = self->profile[k].column;
    return self->profile[k].columns;
}

static unsigned channels(const struct meter_column *column, unsigned columns)
{
    unsigned count = 0;
    for (unsigned k = 0; k < columns; k++)
        count += meter_column_is_head(&column[k]) ? 0 : 1;
    return count;
}

static bool can_be_captured(const struct meter *self, const struct meter_column *column)
{
    struct meter_value value;
    if (column->ref.row == NULL || meter_column_is_head(column))
        return column->ref.row != NULL;
    if (meter_read(self, column->circuit, &column->ref, METER_VALUE, &value) < 0)
        return false;
    return value.type == METER_INTEGER || value.type == METER_REAL || value.type == METER_UNKNOWN ||
           value.type == METER_TIME;
}

int meter_find_column(const struct meter *self, const char *name, struct meter_column *column)
{
    const char *slash = strchr(name, '/');
    *column = (struct meter_column){.circuit = 0};
    if (slash == NULL)
        return meter_find(self, 0, name, &column->ref);
    const size_t length = (size_t)(slash - name);
    for (unsigned c = 0; c < self->config.circuits; c++) {
        const char *circuit = self->config.circuit[c].name;
        if (strlen(circuit) == length && memcmp(circuit, name, length) == 0) {
            column->circuit = (uint8_t)c;
            return meter_find(self, c, slash + 1, &column->ref);
        }
    }
    return ERR_NOT_FOUND;
}

static int init_one(struct meter *self, struct meter_profile *profile,
                    const struct meter_profile_config *config)
{
    if (!period_is_valid(config->period_s) || config->columns == NULL)
        return ERR_RANGE;
    profile->period_s = config->period_s;
    for (const char *const *name = config->columns; *name != NULL; name++) {
        if (profile->columns == METER_COLUMNS_MAX)
            return ERR_RANGE;
        const int err = meter_find_column(self, *name, &profile->column[profile->columns]);
        if (err < 0)
            return err;
        if (!can_be_captured(self, &profile->column[profile->columns++]))
            return ERR_UNSUPPORTED;
    }
    return channels(profile->column, profile->columns) > METER_CHANNELS_MAX ? ERR_RANGE : ERR_NONE;
}

int profile_init(struct meter *self)
{
    for (unsigned k = 0; k < self->config.profiles; k++) {
        const int err = init_one(self, &self->profile[k], &self->config.profile[k]);
        if (err < 0)
            return err;
    }
    return ERR_NONE;
}

static const char *refuse_columns(const struct meter *self, const struct meter_column *column,
                                  unsigned columns)
{
    if (columns == 0 || columns > METER_COLUMNS_MAX ||
        channels(column, columns) > METER_CHANNELS_MAX)
        return "a profile has 1 to 16 columns beside time and status";
    for (unsigned k = 0; k < columns; k++)
        if (!can_be_captured(self, &column[k]))
            return "a column is none of this meter's rows, or no number";
    return NULL;
}

int meter_profile_configure(struct meter *self, unsigned k, uint32_t period_s,
                            const struct meter_column *column, unsigned columns,
                            const char **reason)
{
    *reason = NULL;
    if (k >= self->config.profiles) {
        *reason = "there is no such profile";
        return ERR_NOT_FOUND;
    }
    if (!self->is_running) {
        *reason = "the meter has no power";
        return ERR_STATE;
    }
    if (!period_is_valid(period_s))
        *reason = "a period is 60 to 86400 s and divides a day";
    else
        *reason = refuse_columns(self, column, columns);
    if (*reason != NULL)
        return ERR_RANGE;
    struct meter_profile *profile = &self->profile[k];
    event_add(self, EVENT_configuration, meter_utc_us(self), profile->period_s, period_s);
    profile->period_s = period_s;
    memmove(profile->column, column, columns * sizeof *column);
    profile->columns = (uint8_t)columns;
    self->changes++;
    self->change_utc_us = meter_utc_us(self);
    self->parameters_changed = true;
    persist_clear_profile(self, k);
    const int err = meter_commit(self);
    if (err < 0)
        *reason = "it is in force, but the store refuses to keep it";
    return err;
}

/* ---- capture ---- */

void profile_begin(struct meter *self, unsigned k, int64_t utc_us, uint8_t status)
{
    struct meter_profile *profile = &self->profile[k];
    profile->start_utc_us = utc_us;
    profile->end_utc_us = period_end_us(self, utc_us, profile->period_s);
    profile->status = status;
    if (k == 0)
        interval_begin(self);
}

static int64_t column_value(const struct meter *self, const struct meter_column *column)
{
    struct meter_value value;
    if (meter_read(self, column->circuit, &column->ref, METER_VALUE, &value) < 0)
        return METER_UNKNOWN_M;
    switch (value.type) {
    case METER_INTEGER:
        return value.integer;
    case METER_REAL: /* every row with a real value has scaler -3 */
        return fabs(value.real) < (double)INT64_MAX / (2 * MILLI)
                   ? (int64_t)llround(value.real * MILLI)
                   : METER_UNKNOWN_M;
    case METER_TIME:
        return value.time.utc_us / US_PER_MS;
    default:
        return METER_UNKNOWN_M;
    }
}

/* Of an interval that ends at `stamp_utc_us`, which may be long ago: power was off, the clock was
 * set. */
static uint8_t status_at(const struct meter *self, const struct meter_profile *profile,
                         int64_t stamp_utc_us)
{
    unsigned status = profile->status;
    status |= clock_is_valid(&self->clock) ? 0 : INTERVAL_CLOCK_INVALID;
    status |= self->errors & METER_ERROR_MEMORY ? INTERVAL_CRITICAL : 0;
    status |= zone_offset(&self->clock.config.zone, stamp_utc_us).is_dst ? INTERVAL_DST : 0;
    return (uint8_t)status;
}

/* Queues the entry; without room it is lost and counted. */
static void queue_entry(struct meter *self, unsigned k, int64_t stamp_utc_us)
{
    struct meter_profile *profile = &self->profile[k];
    if (self->config.store == NULL)
        return;
    if (self->entries == METER_PENDING_MAX) {
        self->lost++;
        return;
    }
    struct bytes_out out = {.data = self->entry[self->entries], .size = METER_ENTRY_BYTES};
    memset(out.data, 0, METER_ENTRY_BYTES);
    bytes_put_le(&out, (uint64_t)(stamp_utc_us / US_PER_MS), TIME_BYTES);
    bytes_put_le(&out, profile->last_status, 1);
    bytes_put_le(&out, channels(profile->column, profile->columns), 1);
    for (unsigned c = 0; c < profile->columns; c++)
        if (!meter_column_is_head(&profile->column[c]))
            bytes_put_le(&out, (uint64_t)column_value(self, &profile->column[c]), VALUE_BYTES);
    ASSERT(!out.bad);
    self->entry_profile[self->entries++] = (uint8_t)k;
}

/* The number that the entry just queued will get. */
static uint32_t number_of_newest(const struct meter *self, unsigned k)
{
    const struct store *store = self->config.store;
    struct store_bounds bounds = {0, 1};
    if (store == NULL || store->bounds(store->ctx, METER_LOG_PROFILE + k, &bounds) < 0)
        return 0;
    uint32_t pending = 0;
    for (unsigned e = 0; e < self->entries; e++)
        pending += self->entry_profile[e] == k ? 1 : 0;
    return bounds.next + pending - 1;
}

void profile_capture(struct meter *self, unsigned k, int64_t stamp_utc_us)
{
    struct meter_profile *profile = &self->profile[k];
    if (k == 0)
        interval_close(self);
    profile->last_status = status_at(self, profile, stamp_utc_us);
    queue_entry(self, k, stamp_utc_us);
    if (stamp_utc_us < profile->last_utc_us)
        profile->disorder = number_of_newest(self, k);
    profile->last_utc_us = stamp_utc_us;
}

/* ---- reading ---- */

int profile_bounds(const struct meter *self, unsigned k, struct store_bounds *bounds)
{
    const struct store *store = self->config.store;
    const int err = store->bounds(store->ctx, METER_LOG_PROFILE + k, bounds);
    if (err == ERR_NONE && (self->clear >> k & 1u))
        bounds->first = bounds->next;
    return err;
}

static int read_entry(const struct profile_cursor *self, uint32_t number, struct meter_entry *entry)
{
    const struct meter *meter = self->meter;
    const struct meter_profile *profile = &meter->profile[self->profile];
    const struct store *store = meter->config.store;
    uint8_t data[METER_ENTRY_BYTES];
    int64_t value[METER_COLUMNS_MAX];
    const int err =
        store->entry(store->ctx, METER_LOG_PROFILE + self->profile, number, data, sizeof data);
    if (err < 0)
        return err;
    struct bytes_in in = {.data = data, .size = sizeof data};
    *entry = (struct meter_entry){.number = number, .values = self->columns};
    entry->utc_us = (int64_t)bytes_get_le(&in, TIME_BYTES) * US_PER_MS;
    entry->status = (uint8_t)bytes_get_le(&in, 1);
    if (bytes_get_le(&in, 1) != channels(profile->column, profile->columns))
        return ERR_FORMAT; /* not of these columns */
    for (unsigned c = 0; c < profile->columns; c++) {
        if (is_data(&profile->column[c], METER_clock))
            value[c] = entry->utc_us / US_PER_MS;
        else if (meter_column_is_head(&profile->column[c]))
            value[c] = entry->status;
        else
            value[c] = bytes_get_le_signed(&in, VALUE_BYTES);
    }
    for (unsigned c = 0; c < self->columns; c++)
        entry->value[c] = value[self->column[c]];
    return ERR_NONE;
}

/* The first entry at or after `utc_us`, by halves; only if all of them are in order. */
static uint32_t find_time(const struct profile_cursor *self, uint32_t first, uint32_t next,
                          int64_t utc_us)
{
    struct meter_entry entry;
    while (first < next) {
        const uint32_t middle = first + (next - first) / 2;
        if (read_entry(self, middle, &entry) < 0)
            return first; /* from here on one by one */
        if (entry.utc_us < utc_us)
            first = middle + 1;
        else
            next = middle;
    }
    return first;
}

static int choose_columns(struct profile_cursor *self, const uint8_t *column, unsigned columns)
{
    const struct meter_profile *profile = &self->meter->profile[self->profile];
    self->columns = column == NULL ? profile->columns : (uint8_t)columns;
    if (column != NULL && (columns == 0 || columns > METER_COLUMNS_MAX))
        return ERR_RANGE;
    for (unsigned c = 0; c < self->columns; c++) {
        self->column[c] = column == NULL ? (uint8_t)c : column[c];
        if (self->column[c] >= profile->columns)
            return ERR_RANGE;
    }
    return ERR_NONE;
}

static void choose_entries(struct profile_cursor *self, const struct store_bounds *bounds)
{
    const struct meter_range *range = &self->range;
    const uint32_t count = bounds->next - bounds->first;
    self->number = bounds->first;
    self->end = bounds->next;
    if (range->by == RANGE_ENTRIES) {
        const uint32_t to = range->to == 0 || range->to > count ? count : range->to;
        self->number = bounds->first + (range->from > count ? count : range->from - 1);
        self->end = bounds->first + to;
    } else if (range->by == RANGE_TIME &&
               self->meter->profile[self->profile].disorder < bounds->first) {
        self->number = find_time(self, bounds->first, bounds->next, range->from_utc_us);
    }
}

int profile_open(struct profile_cursor *self, const struct meter *meter, unsigned k,
                 const struct meter_range *range, const uint8_t *column, unsigned columns)
{
    struct store_bounds bounds;
    if (k >= meter->config.profiles)
        return ERR_NOT_FOUND;
    if (meter->config.store == NULL)
        return ERR_STATE;
    *self = (struct profile_cursor){.meter = meter, .profile = (uint8_t)k, .range = *range};
    if ((range->by == RANGE_TIME && range->from_utc_us > range->to_utc_us) ||
        (range->by == RANGE_ENTRIES &&
         (range->from == 0 || (range->to != 0 && range->from > range->to))))
        return ERR_RANGE;
    int err = choose_columns(self, column, columns);
    if (err == ERR_NONE)
        err = profile_bounds(meter, k, &bounds);
    if (err < 0)
        return err;
    choose_entries(self, &bounds);
    return ERR_NONE;
}

/* Goes on at the oldest that is left, if what comes next was overwritten meanwhile. */
static bool catch_up(struct profile_cursor *self)
{
    struct store_bounds bounds;
    if (profile_bounds(self->meter, self->profile, &bounds) < 0)
        return false;
    if (self->number < bounds.first)
        self->number = bounds.first;
    return self->number < self->end;
}

int profile_next(struct profile_cursor *self, struct meter_entry *entry)
{
    const bool by_time = self->range.by == RANGE_TIME;
    while (catch_up(self)) {
        const bool in_order = self->meter->profile[self->profile].disorder < self->number;
        if (read_entry(self, self->number++, entry) < 0) {
            self->damaged++;
            continue;
        }
        if (by_time && entry->utc_us > self->range.to_utc_us && in_order)
            return 0;
        if (!by_time ||
            (entry->utc_us >= self->range.from_utc_us && entry->utc_us <= self->range.to_utc_us))
            return 1;
    }
    return 0;
}
