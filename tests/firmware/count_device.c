/*
 * Counts instructions of the device behind metrology, a SED302 with its store in NOR flash: a step
 * of virtual time in which nothing is due, one with a commit, one with the end of an interval; a
 * slice and a window as they come from metrology. Also says how much RAM such a device has.
 */
#include <stdio.h>

#include "boards/mps2_an386/board.h"
#include "device/device.h"
#include "firmware/count.h"
#include "firmware/nor_memory.h"
#include "model/model.h"

#define SECTOR      4096u
#define MINUTES     720
#define HALF_US     INT64_C(30000000)
#define REPETITIONS 100
#define UTC_US      INT64_C(1785578400000000) /* 2026-08-01T10:00:00Z, a whole hour */

enum kind { IDLE, COMMIT, DEMAND, INTERVAL, SLICE, WINDOW, KINDS };
static const char *const names[KINDS] = {
    [IDLE] = "m4f_device_step",          [COMMIT] = "m4f_device_step_commit",
    [DEMAND] = "m4f_device_step_demand", [INTERVAL] = "m4f_device_step_interval",
    [SLICE] = "m4f_meter_slice",         [WINDOW] = "m4f_meter_window",
};

struct count {
    uint64_t sum, most;
    uint32_t times;
};

static struct device device;
static struct device_config config;
static struct device_circuit circuit;
static struct meter_circuit meter_circuit;
static struct model_setup setup;
static struct block_device nor;
static uint32_t store_memory[DEVICE_STORE_MEMORY(1) / 4 + 1];
static uint64_t scratch[METER_SCRATCH_BYTES(1) / 8];

static int start(void)
{
    const char *reason;
    const struct model *model = model_find("SED302");
    if (model == NULL || model_configure(&setup, model, NULL) < 0)
        return ERR_NOT_FOUND;
    config = (struct device_config){.meter = setup.meter,
                                    .memory = &circuit,
                                    .block = &nor,
                                    .store_memory = store_memory,
                                    .store_memory_size = sizeof store_memory};
    config.meter.memory = &meter_circuit;
    config.meter.scratch = scratch;
    config.meter.scratch_size = sizeof scratch;
    config.meter.commit_s = 60;
    nor_init(&nor, SECTOR, 1);
    const int64_t sectors = device_sectors(&config.meter, &nor);
    if (sectors < 0)
        return (int)sectors;
    nor.sectors = (uint32_t)sectors;
    for (uint32_t k = 0; k < nor.sectors; k++)
        (void)nor_erase(&nor, k);
    const int got = device_init(&device, &config);
    if (got < 0)
        return got;
    device_power_up(&device, 0, -1);
    return meter_synchronise(&device.meter, UTC_US, &reason);
}

static int load(void)
{
    static struct device_load load = {.window = {.elements = 3, .lines = 3, .f = 50.01}};
    for (unsigned e = 0; e < 3; e++) {
        load.p_mw[e] = 1234567 + e;
        load.q_mvar[e] = 234567 - (int)e;
        load.s_mva[e] = 1300001 + e;
        load.window.u[e] = 230.1 + e;
        load.window.i[e] = 5.4 + e;
        load.window.p[e] = 1234.567 + e;
    }
    return device_load(&device, 0, &load);
}

static void add(struct count *count, uint32_t from)
{
    const uint64_t instructions = board_counter_instructions(from, board_counter_ticks());
    count->sum += instructions;
    count->most = instructions > count->most ? instructions : count->most;
    count->times++;
}

/* Half a minute, and what came of it. */
static void step(struct count *counts, enum kind kind)
{
    const int64_t to_us = device.now_us + HALF_US;
    const uint32_t from = board_counter_ticks();
    device_step(&device, to_us);
    add(&counts[kind], from);
}

static void steps(struct count *counts)
{
    for (unsigned minute = 1; minute <= MINUTES; minute++) {
        step(counts, IDLE);
        step(counts, minute % 15 == 0 ? INTERVAL : minute % 5 == 0 ? DEMAND : COMMIT);
    }
}

static int apply(struct count *counts)
{
    struct slice slice = {.elements = 3, .length = 1600};
    const struct quantities window = circuit.load.window;
    for (unsigned k = 0; k < REPETITIONS; k++) {
        slice.total = (struct slice_energy){0};
        for (unsigned e = 0; e < 3; e++) {
            slice.element[e] = (struct slice_energy){246912345 + k, 46912345 - k, 260000123 + k};
            slice.total.p_uj += slice.element[e].p_uj;
            slice.total.q1_uj += slice.element[e].q1_uj;
            slice.total.s_uj += slice.element[e].s_uj;
        }
        uint32_t from = board_counter_ticks();
        if (meter_apply_slice(&device.meter, &slice) < 0)
            return ERR_RANGE;
        add(&counts[SLICE], from);
        from = board_counter_ticks();
        if (meter_apply_window(&device.meter, &window, 200000) < 0)
            return ERR_RANGE;
        add(&counts[WINDOW], from);
    }
    return ERR_NONE;
}

static void print_memory(void)
{
    const size_t index = DEVICE_STORE_MEMORY(1);
    printf("m4f_ram_meter %lu bytes\n", (unsigned long)sizeof(struct meter));
    printf("m4f_ram_meter_circuit %lu bytes\n", (unsigned long)sizeof(struct meter_circuit));
    printf("m4f_ram_device_circuit %lu bytes\n", (unsigned long)sizeof(struct device_circuit));
    printf("m4f_ram_store_index %lu bytes\n", (unsigned long)index);
    printf("m4f_ram_scratch %lu bytes\n", (unsigned long)sizeof scratch);
    printf("m4f_ram_device_sed302 %lu bytes\n",
           (unsigned long)(sizeof(struct device) + sizeof(struct meter_circuit) +
                           sizeof(struct device_circuit) + index + sizeof scratch));
}

int count_device(void)
{
    struct count counts[KINDS] = {0};
    int err = start();
    if (err >= 0)
        err = load();
    if (err >= 0) {
        steps(counts);
        err = apply(counts);
    }
    if (err < 0 || device.meter.store_error != 0 || device.meter.commits < MINUTES) {
        printf("# the device refused: %d, %d\n", err, device.meter.store_error);
        return 1;
    }
    for (unsigned k = 0; k < KINDS; k++) {
        printf("%s %lu instructions\n", names[k], (unsigned long)(counts[k].sum / counts[k].times));
        printf("%s_dearest %lu instructions\n", names[k], (unsigned long)counts[k].most);
    }
    print_memory();
    return 0;
}
