/* What survives: the meter's records and log entries, and one commit for all of them. The bytes are
 * written down in docs/spec/meter-records.md. */
#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "meter/meter_p.h"

#define RECORD_VERSION   1
#define EVENT_TIME_BYTES 6
#define TIME_MAX_US      (2 * CLOCK_UTC_MAX) /* a clock set to its last day goes on for years */
#define DEMAND_MAX_MW    INT64_C(1000000000000000) /* 1 TW */

/* What a circuit's records may have at most. Beyond that the store would be made too small. */
#define ENERGIES_BYTES (3 + (1 + ELEMENTS_MAX) * (11 * ENERGY_COUNT + 17) + 32)
#define DEMANDS_BYTES  (3 + DEMAND_COUNT * (43 + 8 * (METER_PERIODS_MAX - 1)) + 16 * ENERGY_COUNT)
#define EXTREMES_BYTES (2 + 16 * TRACKED_COUNT)
_Static_assert(ENERGIES_BYTES + DEMANDS_BYTES + EXTREMES_BYTES <=
                   METER_RECORD_BYTES(2) - METER_RECORD_BYTES(1),
               "more rows than METER_RECORD_BYTES has room for: raise it in meter/meter.h");

/* The changes of one commit, and the bytes that they point to. */
struct batch {
    struct store_change change[METER_CHANGES_MAX];
    unsigned changes;
    struct bytes_out out;
};

/* ---- small parts, written and read ---- */

static void put_i64(struct bytes_out *out, int64_t value)
{
    bytes_put_le(out, (uint64_t)value, 8);
}

static int64_t get_i64(struct bytes_in *in)
{
    return bytes_get_le_signed(in, 8);
}

/* A value outside these limits is none that this program has written. */
static int64_t get_within(struct bytes_in *in, int64_t lowest, int64_t highest)
{
    const int64_t value = get_i64(in);
    if (value < lowest || value > highest) {
        in->bad = true;
        return lowest;
    }
    return value;
}

static int64_t get_time(struct bytes_in *in)
{
    return get_within(in, 0, TIME_MAX_US);
}

static void put_register(struct bytes_out *out, const struct meter_register *reg)
{
    put_i64(out, reg->value_m);
    bytes_put_le(out, (uint32_t)reg->rest_uj, 3);
}

static void get_register(const struct meter *self, struct bytes_in *in, struct meter_register *reg)
{
    reg->value_m = get_i64(in);
    reg->rest_uj = (int32_t)bytes_get_le(in, 3);
    if (reg->value_m >= self->roll_m || reg->value_m <= -self->roll_m ||
        reg->rest_uj >= METER_UJ_PER_MWH)
        in->bad = true;
}

static void put_float(struct bytes_out *out, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bytes_put_le(out, bits, 4);
}

static float get_float(struct bytes_in *in)
{
    const uint32_t bits = (uint32_t)bytes_get_le(in, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint8_t get_u8(struct bytes_in *in)
{
    return (uint8_t)bytes_get_le(in, 1);
}

static uint32_t get_u32(struct bytes_in *in)
{
    return (uint32_t)bytes_get_le(in, 4);
}

static void expect(struct bytes_in *in, uint64_t value, uint64_t wanted)
{
    in->bad = in->bad || value != wanted;
}

/* ---- records ---- */

static void write_state(const struct meter *self, unsigned circuit, struct bytes_out *out)
{
    (void)circuit;
    bytes_put_le(out, self->power_failures, 4);
    bytes_put_le(out, self->changes, 4);
    put_i64(out, self->change_utc_us);
    bytes_put_le(out, self->operating_us, 8);
    bytes_put_le(out, self->last_event, 2);
    bytes_put_le(out, self->errors, 1);
}

static void read_state(struct meter *self, unsigned circuit, struct bytes_in *in)
{
    (void)circuit;
    self->power_failures = get_u32(in);
    self->changes = get_u32(in);
    self->change_utc_us = get_time(in);
    self->operating_us = bytes_get_le(in, 8);
    self->last_event = (uint16_t)bytes_get_le(in, 2);
    self->errors = get_u8(in);
}

static void write_clock(const struct meter *self, unsigned circuit, struct bytes_out *out)
{
    (void)circuit;
    clock_save(&self->clock, self->now_us, out);
}

static void read_clock(struct meter *self, unsigned circuit, struct bytes_in *in)
{
    (void)circuit;
    if (clock_load(&self->clock, in) < 0)
        in->bad = true;
}

static void write_parameters(const struct meter *self, unsigned circuit, struct bytes_out *out)
{
    const struct meter_parameters *p = &self->parameters;
    (void)circuit;
    bytes_put_le(out, p->ct_numerator, 4);
    bytes_put_le(out, p->ct_denominator, 4);
    bytes_put_le(out, p->vt_numerator, 4);
    bytes_put_le(out, p->vt_denominator, 4);
    bytes_put_le(out, p->demand_period_s, 4);
    bytes_put_le(out, p->demand_periods, 1);
    bytes_put_le(out, self->config.profiles, 1);
    for (unsigned k = 0; k < self->config.profiles; k++) {
        const struct meter_profile *profile = &self->profile[k];
        bytes_put_le(out, profile->period_s, 4);
        bytes_put_le(out, profile->columns, 1);
        for (unsigned c = 0; c < profile->columns; c++) {
            uint8_t code[OBIS_BYTES];
            struct obis obis = {0};
            const int err =
                meter_ref_obis(self, profile->column[c].circuit, &profile->column[c].ref, &obis);
            ASSERT(err == ERR_NONE);
            obis_to_bytes(&obis, code);
            bytes_put_le(out, profile->column[c].circuit, 1);
            bytes_put(out, code, sizeof code);
        }
    }
}

static void read_column(struct meter *self, struct bytes_in *in, struct meter_column *column)
{
    uint8_t code[OBIS_BYTES];
    char text[OBIS_TEXT_MAX];
    struct obis obis;
    column->circuit = get_u8(in);
    bytes_get(in, code, sizeof code);
    obis_from_bytes(&obis, code);
    obis_print(&obis, text);
    if (!in->bad && meter_find(self, column->circuit, text, &column->ref) < 0)
        in->bad = true;
}

static void read_parameters(struct meter *self, unsigned circuit, struct bytes_in *in)
{
    struct meter_parameters *p = &self->parameters;
    (void)circuit;
    p->ct_numerator = get_u32(in);
    p->ct_denominator = get_u32(in);
    p->vt_numerator = get_u32(in);
    p->vt_denominator = get_u32(in);
    p->demand_period_s = get_u32(in);
    p->demand_periods = get_u8(in);
    if (!demand_is_valid(p->demand_period_s, p->demand_periods))
        in->bad = true;
    expect(in, get_u8(in), self->config.profiles);
    for (unsigned k = 0; !in->bad && k < self->config.profiles; k++) {
        struct meter_profile *profile = &self->profile[k];
        profile->period_s = get_u32(in);
        profile->columns = get_u8(in);
        if (!period_is_valid(profile->period_s) || profile->columns > METER_COLUMNS_MAX)
            in->bad = true;
        for (unsigned c = 0; !in->bad && c < profile->columns; c++)
            read_column(self, in, &profile->column[c]);
    }
}

static void write_periods(const struct meter *self, unsigned circuit, struct bytes_out *out)
{
    (void)circuit;
    put_i64(out, self->demand_start_utc_us);
    put_i64(out, self->demand_end_utc_us);
    bytes_put_le(out, self->demand_next, 1);
    bytes_put_le(out, self->config.profiles, 1);
    for (unsigned k = 0; k < self->config.profiles; k++) {
        const struct meter_profile *profile = &self->profile[k];
        put_i64(out, profile->start_utc_us);
        put_i64(out, profile->end_utc_us);
        put_i64(out, profile->last_utc_us);
        bytes_put_le(out, profile->disorder, 4);
        bytes_put_le(out, profile->status, 1);
        bytes_put_le(out, profile->last_status, 1);
    }
}

static void read_periods(struct meter *self, unsigned circuit, struct bytes_in *in)
{
    (void)circuit;
    self->demand_start_utc_us = get_time(in);
    self->demand_end_utc_us = get_time(in);
    self->demand_next = get_u8(in);
    if (self->demand_next >= METER_PERIODS_MAX)
        in->bad = true;
    expect(in, get_u8(in), self->config.profiles);
    for (unsigned k = 0; !in->bad && k < self->config.profiles; k++) {
        struct meter_profile *profile = &self->profile[k];
        profile->start_utc_us = get_time(in);
        profile->end_utc_us = get_time(in);
        profile->last_utc_us = get_time(in);
        profile->disorder = get_u32(in);
        profile->status = get_u8(in);
        profile->last_status = get_u8(in);
    }
}

static void put_pulse(struct bytes_out *out, const struct pulse *pulse)
{
    bytes_put_le(out, pulse->count, 8);
    bytes_put_le(out, pulse->rest, 8);
}

static void get_pulse(struct bytes_in *in, struct pulse *pulse)
{
    pulse->count = bytes_get_le(in, 8);
    pulse->rest = bytes_get_le(in, 8);
    if (pulse->rest >= (uint64_t)PULSE_UJ_PER_KWH)
        in->bad = true;
}

static void write_energies(const struct meter *self, unsigned c, struct bytes_out *out)
{
    const struct meter_circuit *circuit = &self->config.memory[c];
    bytes_put_le(out, self->config.circuit[c].elements, 1);
    bytes_put_le(out, ENERGY_COUNT, 1);
    for (unsigned e = 0; e <= self->config.circuit[c].elements; e++) {
        const struct meter_direction *direction = &circuit->direction[e];
        for (unsigned k = 0; k < ENERGY_COUNT; k++)
            put_register(out, &circuit->energy[e][k]);
        bytes_put_le(out, (direction->export ? 1u : 0) | (direction->leading ? 2u : 0), 1);
        put_i64(out, direction->p_uj);
        put_i64(out, direction->q_uj);
    }
    put_pulse(out, &circuit->active);
    put_pulse(out, &circuit->reactive);
}

static void read_energies(struct meter *self, unsigned c, struct bytes_in *in)
{
    struct meter_circuit *circuit = &self->config.memory[c];
    expect(in, get_u8(in), self->config.circuit[c].elements);
    expect(in, get_u8(in), ENERGY_COUNT);
    for (unsigned e = 0; !in->bad && e <= self->config.circuit[c].elements; e++) {
        for (unsigned k = 0; k < ENERGY_COUNT; k++)
            get_register(self, in, &circuit->energy[e][k]);
        const unsigned flags = get_u8(in);
        circuit->direction[e] = (struct meter_direction){.export = flags & 1, .leading = flags & 2};
        circuit->direction[e].p_uj = get_within(in, -METER_PERIOD_UJ_MAX, METER_PERIOD_UJ_MAX);
        circuit->direction[e].q_uj = get_within(in, -METER_PERIOD_UJ_MAX, METER_PERIOD_UJ_MAX);
    }
    get_pulse(in, &circuit->active);
    get_pulse(in, &circuit->reactive);
}

static void write_demand(const struct meter *self, unsigned c, struct bytes_out *out)
{
    const struct meter_circuit *circuit = &self->config.memory[c];
    const unsigned parts = self->parameters.demand_periods - 1u;
    bytes_put_le(out, DEMAND_COUNT, 1);
    bytes_put_le(out, parts, 1);
    for (unsigned k = 0; k < DEMAND_COUNT; k++) {
        const struct meter_demand *demand = &circuit->demand[k];
        put_register(out, &demand->start);
        put_i64(out, demand->last_mw);
        put_i64(out, demand->max_mw);
        put_i64(out, demand->last_utc_us);
        put_i64(out, demand->max_utc_us);
        for (unsigned p = 0; p < parts; p++)
            put_i64(out, demand->part_uj[p]);
    }
    for (unsigned k = 0; k < ENERGY_COUNT; k++)
        put_i64(out, circuit->interval_start_m[k]);
    for (unsigned k = 0; k < ENERGY_COUNT; k++)
        put_i64(out, circuit->interval_m[k]);
}

static void read_demand(struct meter *self, unsigned c, struct bytes_in *in)
{
    struct meter_circuit *circuit = &self->config.memory[c];
    expect(in, get_u8(in), DEMAND_COUNT);
    const unsigned parts = get_u8(in);
    if (parts >= METER_PERIODS_MAX)
        in->bad = true;
    for (unsigned k = 0; !in->bad && k < DEMAND_COUNT; k++) {
        struct meter_demand *demand = &circuit->demand[k];
        get_register(self, in, &demand->start);
        demand->last_mw = get_within(in, 0, DEMAND_MAX_MW);
        demand->max_mw = get_within(in, 0, DEMAND_MAX_MW);
        demand->last_utc_us = get_time(in);
        demand->max_utc_us = get_time(in);
        for (unsigned p = 0; p < parts; p++)
            demand->part_uj[p] = get_within(in, 0, METER_PERIOD_UJ_MAX);
    }
    for (unsigned k = 0; k < ENERGY_COUNT; k++)
        circuit->interval_start_m[k] = get_within(in, -self->roll_m, self->roll_m);
    for (unsigned k = 0; k < ENERGY_COUNT; k++)
        circuit->interval_m[k] = get_within(in, -self->roll_m, self->roll_m);
}

static void write_extremes(const struct meter *self, unsigned c, struct bytes_out *out)
{
    const struct meter_circuit *circuit = &self->config.memory[c];
    bytes_put_le(out, TRACKED_COUNT, 1);
    for (unsigned k = 0; k < TRACKED_COUNT; k++) {
        put_float(out, circuit->minimum[k].value);
        bytes_put_le(out, circuit->minimum[k].utc_s, 4);
        put_float(out, circuit->maximum[k].value);
        bytes_put_le(out, circuit->maximum[k].utc_s, 4);
    }
}

static void read_extremes(struct meter *self, unsigned c, struct bytes_in *in)
{
    struct meter_circuit *circuit = &self->config.memory[c];
    expect(in, get_u8(in), TRACKED_COUNT);
    for (unsigned k = 0; k < TRACKED_COUNT; k++) {
        circuit->minimum[k].value = get_float(in);
        circuit->minimum[k].utc_s = get_u32(in);
        circuit->maximum[k].value = get_float(in);
        circuit->maximum[k].utc_s = get_u32(in);
    }
    circuit->extremes_changed = false;
}

/* ---- the table of records ---- */

struct record {
    uint16_t key;
    bool per_circuit;
    void (*write)(const struct meter *self, unsigned circuit, struct bytes_out *out);
    void (*read)(struct meter *self, unsigned circuit, struct bytes_in *in);
};

enum { STATE, CLOCK, PARAMETERS, PERIODS, ENERGY, DEMAND, EXTREMES };

static const struct record records[] = {
    [STATE] = {METER_KEY_STATE, false, write_state, read_state},
    [CLOCK] = {METER_KEY_CLOCK, false, write_clock, read_clock},
    [PARAMETERS] = {METER_KEY_PARAMETERS, false, write_parameters, read_parameters},
    [PERIODS] = {METER_KEY_PERIODS, false, write_periods, read_periods},
    [ENERGY] = {METER_KEY_ENERGY, true, write_energies, read_energies},
    [DEMAND] = {METER_KEY_DEMAND, true, write_demand, read_demand},
    [EXTREMES] = {METER_KEY_EXTREMES, true, write_extremes, read_extremes},
};

/* ---- commit ---- */

static void add_change(struct batch *batch, enum store_action action, unsigned id, size_t start)
{
    ASSERT(batch->changes < METER_CHANGES_MAX && !batch->out.bad);
    batch->change[batch->changes++] = (struct store_change){
        .action = action,
        .id = (uint16_t)id,
        .size = (uint16_t)(batch->out.used - start),
        .data = batch->out.data + start,
    };
}

static void add_record(struct batch *batch, const struct meter *self, unsigned which,
                       unsigned circuit)
{
    const size_t start = batch->out.used;
    bytes_put_le(&batch->out, RECORD_VERSION, 1);
    records[which].write(self, circuit, &batch->out);
    add_change(batch, STORE_PUT, records[which].key + circuit, start);
}

static void add_events(struct batch *batch, const struct meter *self)
{
    for (unsigned k = 0; k < self->events; k++) {
        const struct meter_event *event = &self->event[k];
        const size_t start = batch->out.used;
        bytes_put_le(&batch->out, (uint64_t)(event->utc_us / US_PER_MS), EVENT_TIME_BYTES);
        bytes_put_le(&batch->out, event->clock_status, 1);
        bytes_put_le(&batch->out, event->code, 2);
        put_i64(&batch->out, event->before);
        put_i64(&batch->out, event->after);
        add_change(batch, STORE_APPEND, METER_LOG_EVENTS, start);
    }
}

static void add_entries(struct batch *batch, const struct meter *self)
{
    for (unsigned k = 0; k < self->entries; k++) {
        const size_t start = batch->out.used;
        bytes_put(&batch->out, self->entry[k], METER_ENTRY_BYTES);
        add_change(batch, STORE_APPEND, METER_LOG_PROFILE + self->entry_profile[k], start);
    }
}

static void add_circuits(struct batch *batch, const struct meter *self, bool boundary)
{
    for (unsigned c = 0; c < self->config.circuits; c++) {
        add_record(batch, self, ENERGY, c);
        if (self->demands_changed)
            add_record(batch, self, DEMAND, c);
        if (boundary && self->config.memory[c].extremes_changed)
            add_record(batch, self, EXTREMES, c);
    }
}

static void forget_what_is_kept(struct meter *self, bool boundary)
{
    self->events = 0;
    self->entries = 0;
    self->clear = 0;
    self->demands_changed = false;
    self->parameters_changed = false;
    for (unsigned c = 0; boundary && c < self->config.circuits; c++)
        self->config.memory[c].extremes_changed = false;
    self->commits++;
}

/* Everything that changed, in one commit. */
static int commit_batch(struct meter *self, bool boundary)
{
    const struct store *store = self->config.store;
    struct batch batch = {.out = {.data = self->config.scratch, .size = self->config.scratch_size}};
    if (store == NULL) {
        forget_what_is_kept(self, boundary);
        return ERR_NONE;
    }
    for (unsigned k = 0; k < self->config.profiles; k++)
        if ((unsigned)self->clear >> k & 1u)
            add_change(&batch, STORE_CLEAR, METER_LOG_PROFILE + k, batch.out.used);
    add_record(&batch, self, STATE, 0);
    add_record(&batch, self, CLOCK, 0);
    add_record(&batch, self, PERIODS, 0);
    if (self->parameters_changed)
        add_record(&batch, self, PARAMETERS, 0);
    add_circuits(&batch, self, boundary);
    add_events(&batch, self);
    add_entries(&batch, self);
    const int err = store->commit(store->ctx, batch.change, batch.changes);
    if (err < 0)
        return err;
    forget_what_is_kept(self, boundary);
    return ERR_NONE;
}

int persist_commit(struct meter *self, bool everything)
{
    return commit_batch(self, everything || self->entries > 0);
}

/* What waits for the profile's log has columns that hold no longer. */
void persist_clear_profile(struct meter *self, unsigned k)
{
    uint8_t kept = 0;
    for (unsigned e = 0; e < self->entries; e++) {
        if (self->entry_profile[e] == k)
            continue;
        memmove(self->entry[kept], self->entry[e], METER_ENTRY_BYTES);
        self->entry_profile[kept++] = self->entry_profile[e];
    }
    self->entries = kept;
    self->profile[k].disorder = 0;
    self->profile[k].last_utc_us = 0;
    self->clear |= (uint8_t)(1u << k);
    profile_begin(self, k, meter_utc_us(self), INTERVAL_DATA_INVALID); /* only a part of it */
}

/* ---- load ---- */

/* 1, 0 if there is no such record, or ERR_FORMAT. */
static int load_record(struct meter *self, unsigned which, unsigned circuit)
{
    const struct store *store = self->config.store;
    const uint16_t size =
        self->config.scratch_size < UINT16_MAX ? (uint16_t)self->config.scratch_size : UINT16_MAX;
    const int got = store->get(store->ctx, (uint16_t)(records[which].key + circuit),
                               self->config.scratch, size);
    if (got < 0)
        return got == ERR_NOT_FOUND ? 0 : got;
    struct bytes_in in = {.data = self->config.scratch, .size = (size_t)got};
    expect(&in, get_u8(&in), RECORD_VERSION);
    if (!in.bad)
        records[which].read(self, circuit, &in);
    return in.bad || in.used != in.size ? ERR_FORMAT : 1;
}

int persist_load(struct meter *self)
{
    int got = load_record(self, STATE, 0);
    if (got <= 0)
        return got;
    for (unsigned which = CLOCK; which <= EXTREMES && got >= 0; which++) {
        const unsigned circuits = records[which].per_circuit ? self->config.circuits : 1;
        for (unsigned c = 0; c < circuits && got >= 0; c++)
            got = load_record(self, which, c);
    }
    return got < 0 ? got : 1;
}

int meter_load(struct meter *self)
{
    if (self->config.store == NULL)
        return 0;
    if (self->is_running)
        return ERR_STATE;
    const int got = persist_load(self);
    if (got < 0) {
        const struct meter_config config = self->config;
        const int err = meter_init(self, &config);
        ASSERT(err == ERR_NONE);
    }
    return got;
}
