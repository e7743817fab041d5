/*
 * sim/rig.h: a device of any model over a faulty medium, before a house: what the check drives.
 *
 * Owns: the assembly, and nothing of what is right or wrong. Called by: tests of the simulation.
 */
#ifndef SIM_RIG_H
#define SIM_RIG_H

#include <stdio.h>
#include <stdlib.h>

#include "device/device.h"
#include "model/model.h"
#include "sources/household.h"
#include "unit/faulty.h"

#define RIG_SECTOR 4096
#define RIG_UNIT   16
#define RIG_S      INT64_C(1000000)

struct rig {
    uint64_t seed;
    struct model_setup setup;
    const struct model_layout *layout;
    struct device device;
    struct device_circuit device_circuit[MODEL_CIRCUITS_MAX];
    struct meter_circuit circuit[MODEL_CIRCUITS_MAX];
    uint8_t scratch[METER_SCRATCH_BYTES(MODEL_CIRCUITS_MAX)];
    uint32_t store_memory[DEVICE_STORE_MEMORY(MODEL_CIRCUITS_MAX) / sizeof(uint32_t) + 1];
    struct faulty faulty;
    struct household household;
    struct sim_random random;
    int64_t now_us;
    bool is_on;
    int64_t p_mw[MODEL_CIRCUITS_MAX][ELEMENTS_MAX], q_mvar[MODEL_CIRCUITS_MAX][ELEMENTS_MAX];
};

static const char *const rig_columns[] = {
    "clock",
    "profile_status",
    "wh_import_interval",
    "wh_export_interval",
    "wh_import",
    "varh_import_interval",
    "varh_import",
    "p_import_last",
    "wh_export",
    NULL,
};

static inline uint32_t rig_draw(struct rig *self, uint32_t n)
{
    return (uint32_t)((sim_random_next(&self->random) >> 32) * n >> 32);
}

static inline void *rig_memory(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL)
        abort();
    return memory;
}

static inline void rig_medium(struct rig *self)
{
    struct block_device shape = {.sector_size = RIG_SECTOR, .unit = RIG_UNIT};
    const int64_t least = device_sectors(&self->setup.meter, &shape);
    if (least < 0)
        abort();
    const uint32_t sectors = (uint32_t)(least + least / 4);
    const size_t size = (size_t)sectors * RIG_SECTOR;
    faulty_init(&self->faulty, rig_memory(size), rig_memory(size / RIG_UNIT), RIG_SECTOR, sectors,
                RIG_UNIT);
    self->faulty.random = self->seed;
    self->faulty.stable = rig_memory(size);
    memset(self->faulty.stable, 0xFF, size);
    self->faulty.arena = rig_memory(size);
    self->faulty.op = rig_memory(FAULTY_OPS * sizeof(struct faulty_op));
}

static inline int rig_open(struct rig *self)
{
    const struct device_config config = {
        .meter = self->setup.meter,
        .memory = self->device_circuit,
        .block = &self->faulty.device,
        .store_memory = self->store_memory,
        .store_memory_size = sizeof self->store_memory,
    };
    return device_init(&self->device, &config);
}

/* The clock has backup for ever, for two hours or not at all; some registers roll over soon. */
static inline void rig_configure(struct rig *self)
{
    static const uint32_t backup_s[] = {10 * 365 * 86400, 10 * 365 * 86400, 7200, 0};
    struct meter_config *meter = &self->setup.meter;
    meter->memory = self->circuit;
    meter->scratch = self->scratch;
    meter->scratch_size = sizeof self->scratch;
    meter->clock.backup_s = backup_s[rig_draw(self, 4)];
    meter->clock.drift_ppb = (int32_t)rig_draw(self, 60000) - 30000;
    meter->clock.zone = (struct zone){
        .offset_min = (int16_t)(15 * ((int)rig_draw(self, 9) - 4)),
        .dst_enabled = true,
        .dst_deviation_min = ZONE_DEVIATION,
        .begin = {3, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60},
        .end = {10, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60},
    };
    if (rig_draw(self, 3) == 0)
        meter->digits = 2;
    if (rig_draw(self, 3) == 0)
        meter->commit_s = 60;
    self->setup.profile[0].columns = rig_columns;
}

static inline void rig_init(struct rig *self, const struct model *model, uint64_t seed,
                            int64_t start_us)
{
    *self = (struct rig){.seed = seed, .now_us = start_us, .layout = model->layouts[0]};
    sim_random_seed(&self->random, seed);
    if (model_configure(&self->setup, model, NULL) < 0)
        abort();
    rig_configure(self);
    rig_medium(self);
    const struct household_config house = {
        .kind = rig_draw(self, 3) == 0 ? HOUSEHOLD_FEEDER : HOUSEHOLD_HOUSE,
        .seed = seed,
        .phases = self->layout->circuit[0].wiring == WIRING_1P2W ? 1 : 3,
        .u_mv = 230000,
        .f_mhz = 50000,
        .pv_w = 4000 * rig_draw(self, 4),
        .rated_w = 3000,
        .zone = self->setup.meter.clock.zone,
    };
    household_init(&self->household, &house, start_us / RIG_S);
}

static inline void rig_free(struct rig *self)
{
    free(self->faulty.image);
    free(self->faulty.dirty);
    free(self->faulty.stable);
    free(self->faulty.arena);
    free(self->faulty.op);
}

static inline void rig_load_circuit(struct rig *self, unsigned c)
{
    const struct household_load *house = &self->household.load;
    struct device_load load = {.window = {.circuit = (uint16_t)c}};
    load.window.elements = self->setup.meter_circuit[c].elements;
    load.window.lines = self->setup.meter_circuit[c].lines;
    load.window.f = house->f_mhz / 1000.0;
    for (unsigned e = 0; e < load.window.elements; e++) {
        const unsigned phase = e % SIM_PHASES;
        load.p_mw[e] = c == 0 ? house->p_mw[phase] : -house->roof_mw;
        load.q_mvar[e] = c == 0 ? house->q_mvar[phase] : house->car_mw / 3;
        load.s_mva[e] = (load.p_mw[e] < 0 ? -load.p_mw[e] : load.p_mw[e]) +
                        (load.q_mvar[e] < 0 ? -load.q_mvar[e] : load.q_mvar[e]);
        load.window.u[e] = house->u_mv[phase] / 1000.0;
        load.window.p[e] = (double)load.p_mw[e] / 1000.0;
        load.window.p_total += load.window.p[e];
        self->p_mw[c][e] = load.p_mw[e];
        self->q_mvar[c][e] = load.q_mvar[e];
    }
    if (device_load(&self->device, c, &load) < 0)
        abort();
}

static inline void rig_load(struct rig *self)
{
    for (unsigned c = 0; c < self->setup.meter.circuits; c++)
        rig_load_circuit(self, c);
}

#endif
