/*
 * The whole device on the board, for tests/firmware/power_cut: a step goes to the next commit, a
 * minute later or where a period ends.
 *
 * The load never changes, so that every energy is a power times the time of operation, which is
 * committed with it: a commit that was kept by halves shows, and so does one that was lost.
 */
#include <stdint.h>

#include "firmware/nor_memory.h"
#include "unit/device_bench.h"

#define SECTOR   2048u
#define COMMIT_S 60
#define OFF_S    30 /* until power is back */
#define PHASE_W  1200
#define AUX_W    (-77)
#define KEPT     4000 /* events and entries: all of a long life of cuts */
#define GOING_ON 3    /* steps that must work after a cut */

/* What was committed for certain, and when that was; beside the flash, like the slip. */
struct witness {
    int64_t now_us;
    uint64_t operating_us;
    uint32_t events, entries; /* numbers of the next */
};

static struct device_bench bench;
static struct block_device nor;
static struct witness *const witness = (struct witness *)(uintptr_t)(NOR_SLIP + 64);

static uint32_t next_number(unsigned log)
{
    struct store_bounds bounds = {0, 0};
    const struct store *store = bench.device.meter.config.store;
    return store->bounds(store->ctx, log, &bounds) < 0 ? 0 : bounds.next;
}

static struct witness testify(void)
{
    return (struct witness){.now_us = bench.device.now_us,
                            .operating_us = bench.device.meter.operating_us,
                            .events = next_number(METER_LOG_EVENTS),
                            .entries = next_number(METER_LOG_PROFILE)};
}

/* ---- life ---- */

static int mount(void)
{
    nor_init(&nor, SECTOR, 1);
    bench_config(&bench);
    bench.profile[0].entries = KEPT;
    bench.config.meter.events = KEPT;
    bench.config.meter.commit_s = COMMIT_S;
    bench.config.block = &nor;
    const int64_t sectors = device_sectors(&bench.config.meter, &nor);
    if (sectors < 0)
        return (int)sectors;
    nor.sectors = (uint32_t)sectors;
    const int got = device_init(&bench.device, &bench.config);
    nor_note(&nor, &bench.device.storage.health);
    return got;
}

static int power_up(int got)
{
    const char *reason;
    if (got == 0)
        device_power_up(&bench.device, BENCH_NOW, -1);
    else
        device_power_up(&bench.device, witness->now_us + OFF_S * BENCH_S, OFF_S * BENCH_S);
    const int err = bench_load(&bench, PHASE_W, AUX_W);
    if (err < 0 || got != 0)
        return err;
    return meter_synchronise(&bench.device.meter, BENCH_UTC, &reason);
}

/* On to the next commit, and no further: what is live then is what was kept. */
static int step(void)
{
    const uint64_t commits = bench.device.meter.commits;
    while (bench.device.meter.commits == commits && bench.device.meter.store_error == 0)
        device_step(&bench.device, meter_next(&bench.device.meter));
    return bench.device.meter.store_error;
}

static int work(struct slip *slip)
{
    *witness = testify();
    while (slip->returned < slip->until) {
        slip->begun = slip->returned + 1;
        if (step() != 0)
            return REFUSED;
        *witness = testify();
        slip->returned = slip->begun;
    }
    return DONE;
}

/* ---- what must hold ---- */

static bool counted(const struct meter_register *reg, uint64_t power_w)
{
    const uint64_t sum_uj = (uint64_t)reg->value_m * METER_UJ_PER_MWH + (uint64_t)reg->rest_uj;
    return sum_uj == power_w * bench.device.meter.operating_us;
}

static bool energies_hold(void)
{
    const struct meter_register *grid = bench.meter_memory[0].energy[0];
    const struct meter_register *aux = bench.meter_memory[1].energy[0];
    return counted(&grid[ENERGY_wh_import], 3 * PHASE_W) &&
           counted(&grid[ENERGY_varh_import], 3 * PHASE_W / 4) &&
           counted(&aux[ENERGY_wh_export], -AUX_W) &&
           counted(&bench.meter_memory[0].energy[3][ENERGY_wh_import], PHASE_W);
}

/* Numbered from 1 without a gap, and for each start that was kept its end. */
static bool events_hold(void)
{
    struct meter_event event;
    uint32_t cursor = 0, number = 0, ups = 0, downs = 0;
    while (meter_next_event(&bench.device.meter, &cursor, &event) == 1) {
        if (event.number != ++number)
            return false;
        ups += event.code == EVENT_power_up;
        downs += event.code == EVENT_power_down;
    }
    return number + 1 == next_number(METER_LOG_EVENTS) && ups == downs + 1 &&
           downs == bench.device.meter.power_failures;
}

/* Whatever is in the register came through one interval. */
static bool profile_holds(void)
{
    static const struct meter_range all = {.by = RANGE_ALL};
    const struct meter_circuit *grid = &bench.meter_memory[0];
    struct profile_cursor cursor;
    struct meter_entry entry;
    uint32_t number = 0;
    int64_t sum_m = grid->energy[0][ENERGY_wh_import].value_m - grid->interval_start_m[0];
    if (profile_open(&cursor, &bench.device.meter, 0, &all, NULL, 0) < 0)
        return false;
    while (profile_next(&cursor, &entry) == 1) {
        if (entry.number != ++number)
            return false;
        sum_m += entry.value[2];
    }
    return number + 1 == next_number(METER_LOG_PROFILE) && cursor.damaged == 0 &&
           sum_m == grid->energy[0][ENERGY_wh_import].value_m;
}

static int verify(void)
{
    const struct witness found = testify();
    if (!energies_hold() || found.operating_us < witness->operating_us ||
        found.operating_us > witness->operating_us + COMMIT_S * BENCH_S ||
        found.events < witness->events || found.entries < witness->entries)
        return LOST;
    const bool more = found.operating_us > witness->operating_us ||
                      found.events > witness->events || found.entries > witness->entries;
    if (power_up(1) < 0)
        return REFUSED;
    if (!energies_hold() || !events_hold() || !profile_holds())
        return LOST;
    for (unsigned k = 0; k < GOING_ON; k++)
        if (step() != 0)
            return REFUSED;
    nor_note(&nor, &bench.device.storage.health);
    const int64_t now_us = bench.device.now_us;
    if (device_power_fail(&bench.device, now_us) < 0)
        return REFUSED;
    *witness = testify();
    if (mount() != 1 || power_up(1) < 0 || !energies_hold() || !events_hold() || !profile_holds() ||
        bench.device.meter.operating_us != witness->operating_us)
        return STUCK;
    witness->events = next_number(METER_LOG_EVENTS);
    return more ? AFTER : BEFORE;
}

int main(void)
{
    struct slip *slip = nor_slip();
    const int got = mount();
    if (got < 0 || (got == 0) != (slip->order == WORK && slip->returned == 0))
        return NO_MOUNT;
    if (slip->order == VERIFY)
        return verify();
    return power_up(got) < 0 ? REFUSED : work(slip);
}
