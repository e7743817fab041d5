#include "device/device.h"

#include <string.h>

#include "base/assert.h"

#define US_PER_MS    1000
#define MS           1000
#define PIECE_US     INT64_C(3600000000) /* of device_step(): DEVICE_POWER_MAX_M says why */
#define SHARE_US_MAX INT64_C(3000000000) /* its square fits */

/* ---- the store ---- */

static uint8_t log_table(struct storage_log log[DEVICE_LOGS_MAX], const struct meter_config *meter)
{
    log[METER_LOG_EVENTS] =
        (struct storage_log){.entry_size = METER_EVENT_BYTES,
                             .batch = METER_PENDING_MAX,
                             .entries = meter->events != 0 ? meter->events : METER_EVENTS_KEPT};
    for (unsigned k = 0; k < meter->profiles; k++)
        log[METER_LOG_PROFILE + k] = (struct storage_log){.entry_size = METER_ENTRY_BYTES,
                                                          .batch = METER_PENDING_MAX,
                                                          .entries = meter->profile[k].entries};
    return (uint8_t)(METER_LOG_PROFILE + meter->profiles);
}

static struct storage_config storage_config(struct storage_log log[DEVICE_LOGS_MAX],
                                            const struct meter_config *meter,
                                            const struct block_device *block)
{
    return (struct storage_config){
        .device = block,
        .log = log,
        .logs = log_table(log, meter),
        .keys = (uint8_t)DEVICE_KEYS(meter->circuits),
        .live_bytes = (uint32_t)METER_RECORD_BYTES(meter->circuits),
    };
}

int64_t device_sectors(const struct meter_config *meter, const struct block_device *block)
{
    struct storage_log log[DEVICE_LOGS_MAX];
    const struct storage_config config = storage_config(log, meter, block);
    return storage_sectors(&config);
}

static int open_store(struct device *self, const struct device_config *config)
{
    struct storage_config storage = storage_config(self->log, &config->meter, config->block);
    storage.memory = config->store_memory;
    storage.memory_size = config->store_memory_size;
    int err = storage_init(&self->storage, &storage);
    if (err == ERR_NONE)
        err = storage_mount(&self->storage);
    if (err == ERR_NOT_FOUND) {
        self->was_formatted = true;
        err = storage_format(&self->storage);
        if (err == ERR_NONE)
            err = storage_mount(&self->storage);
    }
    self->store = storage_interface(&self->storage);
    return err;
}

/* ---- life ---- */

int device_init(struct device *self, const struct device_config *config)
{
    struct meter_config meter = config->meter;
    *self = (struct device){.circuit = config->memory, .now_us = INT64_MIN};
    if (config->memory == NULL || meter.circuits < 1 || meter.circuits > CIRCUITS_MAX ||
        meter.profiles > METER_PROFILES_MAX || (meter.profiles > 0 && meter.profile == NULL))
        return ERR_ARGUMENT;
    if (config->block != NULL) {
        const int err = open_store(self, config);
        if (err < 0)
            return err;
        meter.store = &self->store;
    }
    memset(config->memory, 0, meter.circuits * sizeof config->memory[0]);
    self->is_damaged = self->storage.health.corrupt_frames > 0;
    const int err = meter_init(&self->meter, &meter);
    return err < 0 ? err : meter_load(&self->meter);
}

void device_power_up(struct device *self, int64_t now_us, int64_t off_us)
{
    if (self->is_on)
        return;
    self->is_on = true;
    self->now_us = now_us;
    meter_power_up(&self->meter, now_us, off_us);
    if (self->is_damaged)
        meter_report_damage(&self->meter, self->storage.health.corrupt_frames);
    self->is_damaged = false;
}

/* ---- virtual time ---- */

/* power x time, and the thousandths that are left for the next time. */
static int64_t energy_uj(int64_t power_m, int64_t duration_us, int16_t *rest)
{
    /* mW x us is nJ; whole milliseconds apart, so that 63 bits are enough for any step. */
    const int64_t low_nj = power_m * (duration_us % US_PER_MS) + *rest;
    *rest = (int16_t)(low_nj % MS);
    return power_m * (duration_us / US_PER_MS) + low_nj / MS;
}

static void integrate(struct device *self, int64_t duration_us, unsigned c)
{
    struct device_circuit *circuit = &self->circuit[c];
    const struct device_load *load = &circuit->load;
    struct slice slice = {.circuit = (uint16_t)c,
                          .elements = self->meter.config.circuit[c].elements};
    for (unsigned e = 0; e < slice.elements; e++) {
        struct slice_energy *element = &slice.element[e];
        element->p_uj = energy_uj(load->p_mw[e], duration_us, &circuit->rest[e][0]);
        element->q1_uj = energy_uj(load->q_mvar[e], duration_us, &circuit->rest[e][1]);
        element->s_uj = (uint64_t)energy_uj(load->s_mva[e], duration_us, &circuit->rest[e][2]);
        slice.total.p_uj += element->p_uj;
        slice.total.q1_uj += element->q1_uj;
        slice.total.s_uj += element->s_uj;
    }
    int err = meter_apply_slice(&self->meter, &slice);
    if (err == ERR_NONE)
        err = meter_apply_window(&self->meter, &load->window, duration_us);
    ASSERT(err == ERR_NONE);
}

static bool is_power(int64_t power_m)
{
    return power_m >= -DEVICE_POWER_MAX_M && power_m <= DEVICE_POWER_MAX_M;
}

int device_load(struct device *self, unsigned c, const struct device_load *load)
{
    if (c >= self->meter.config.circuits || load->window.circuit != c ||
        load->window.elements != self->meter.config.circuit[c].elements)
        return ERR_RANGE;
    for (unsigned e = 0; e < load->window.elements; e++)
        if (!is_power(load->p_mw[e]) || !is_power(load->q_mvar[e]) || !is_power(load->s_mva[e]) ||
            load->s_mva[e] < 0)
            return ERR_RANGE;
    self->circuit[c].load = *load;
    self->circuit[c].has_load = true;
    return ERR_NONE;
}

void device_step(struct device *self, int64_t now_us)
{
    while (self->is_on && self->now_us < now_us) {
        const int64_t due_us = meter_next(&self->meter);
        int64_t to_us = due_us < now_us ? due_us : now_us;
        if (to_us < self->now_us)
            to_us = self->now_us;
        if (to_us - self->now_us > PIECE_US)
            to_us = self->now_us + PIECE_US;
        for (unsigned c = 0; c < self->meter.config.circuits; c++)
            if (self->circuit[c].has_load && to_us > self->now_us)
                integrate(self, to_us - self->now_us, c);
        self->now_us = to_us;
        meter_tick(&self->meter, to_us);
    }
}

/* ---- live ---- */

/* The part of an energy that belongs to the first `part_us` of `whole_us`. */
static int64_t share(int64_t energy_uj, int64_t part_us, int64_t whole_us)
{
    while (whole_us > SHARE_US_MAX) { /* a gap of many minutes: microseconds matter no more */
        whole_us /= 2;
        part_us /= 2;
    }
    const int64_t quotient = energy_uj / whole_us;
    const int64_t rest = energy_uj % whole_us;
    return quotient * part_us + rest * part_us / whole_us;
}

static void divide(struct slice_energy *part, struct slice_energy *rest, int64_t part_us,
                   int64_t whole_us)
{
    part->p_uj = share(rest->p_uj, part_us, whole_us);
    part->q1_uj = share(rest->q1_uj, part_us, whole_us);
    part->s_uj = (uint64_t)share((int64_t)rest->s_uj, part_us, whole_us);
    rest->p_uj -= part->p_uj;
    rest->q1_uj -= part->q1_uj;
    rest->s_uj -= part->s_uj;
}

/* Counts what of each waiting slice lies before the end of a period, which is `part_us` of the
 * `whole_us` that are left of it. */
static int count_parts(struct device *self, int64_t part_us, int64_t whole_us)
{
    int err = ERR_NONE;
    for (unsigned c = 0; c < self->meter.config.circuits && err == ERR_NONE; c++) {
        struct slice *rest = &self->circuit[c].slice;
        struct slice part = *rest;
        if (!self->circuit[c].has_slice)
            continue;
        divide(&part.total, &rest->total, part_us, whole_us);
        for (unsigned e = 0; e < rest->elements; e++)
            divide(&part.element[e], &rest->element[e], part_us, whole_us);
        self->divided++;
        err = meter_apply_slice(&self->meter, &part);
    }
    return err;
}

static int count_rest(struct device *self)
{
    int err = ERR_NONE;
    for (unsigned c = 0; c < self->meter.config.circuits && err == ERR_NONE; c++) {
        if (self->circuit[c].has_slice)
            err = meter_apply_slice(&self->meter, &self->circuit[c].slice);
        self->circuit[c].has_slice = false;
    }
    return err;
}

/* Time goes on to `end_us`, and what waits is counted on the way. */
static int advance(struct device *self, int64_t end_us)
{
    while (meter_next(&self->meter) < end_us) {
        int64_t due_us = meter_next(&self->meter);
        if (due_us < self->now_us)
            due_us = self->now_us;
        int err = ERR_NONE;
        if (due_us > self->now_us)
            err = count_parts(self, due_us - self->now_us, end_us - self->now_us);
        if (err < 0)
            return err;
        self->now_us = due_us;
        meter_tick(&self->meter, due_us);
    }
    const int err = count_rest(self);
    if (end_us > self->now_us)
        self->now_us = end_us;
    meter_tick(&self->meter, self->now_us);
    return err;
}

int device_slice(struct device *self, const struct slice *slice, int64_t end_us)
{
    if (slice->circuit >= self->meter.config.circuits ||
        slice->elements != self->meter.config.circuit[slice->circuit].elements)
        return ERR_RANGE;
    struct device_circuit *circuit = &self->circuit[slice->circuit];
    if (!self->is_on)
        return ERR_STATE;
    if (circuit->has_slice) { /* the others were late: what waited counts without them */
        const int err = count_rest(self);
        if (err < 0)
            return err;
    }
    circuit->slice = *slice;
    circuit->has_slice = true;
    return slice->circuit + 1u < self->meter.config.circuits ? ERR_NONE : advance(self, end_us);
}

int device_window(struct device *self, const struct quantities *window, int64_t duration_us)
{
    return meter_apply_window(&self->meter, window, duration_us);
}

int device_power_fail(struct device *self, int64_t now_us)
{
    const int err = self->is_on ? count_rest(self) : ERR_NONE;
    ASSERT(err == ERR_NONE); /* device_slice() has checked what waits */
    device_step(self, now_us);
    self->is_on = false;
    return meter_power_fail(&self->meter, self->now_us);
}
