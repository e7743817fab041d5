/*
 * unit/device_bench.h: a whole meter on a faulty block device in memory, in virtual time.
 *
 * Owns: one device of one three-phase circuit (and a single-phase one beside it), its memory and
 * its image. Time is seconds since the start; the clock is set to BENCH_UTC then. Called by: tests
 * of the device; it also runs on a board, so it is small.
 */
#ifndef UNIT_DEVICE_BENCH_H
#define UNIT_DEVICE_BENCH_H

#include <string.h>

#include "device/device.h"
#include "unit/faulty.h"

#define BENCH_SECTOR  2048
#define BENCH_SECTORS 56
#define BENCH_UNIT    8
#define BENCH_ENTRIES 100
#define BENCH_UTC     INT64_C(1785578400000000) /* 2026-08-01T10:00:00Z, a whole hour */
#define BENCH_S       INT64_C(1000000)
#define BENCH_NOW     (1000 * BENCH_S) /* device time of the start */

struct device_bench {
    struct device device;
    struct meter_circuit meter_memory[2];
    struct device_circuit device_memory[2];
    struct meter_circuit_config circuit[2];
    struct meter_profile_config profile[1];
    struct device_config config;
    struct faulty faulty;
    uint32_t store_memory[DEVICE_STORE_MEMORY(2) / 4 + 1];
    uint8_t scratch[METER_SCRATCH_BYTES(2)];
    uint8_t image[BENCH_SECTOR * BENCH_SECTORS];
    uint8_t dirty[BENCH_SECTOR * BENCH_SECTORS / BENCH_UNIT];
};

static const char *const bench_columns[] = {
    "clock",
    "profile_status",
    "wh_import_interval",
    "varh_import_interval",
    "wh_import",
    "p_import_last",
    "u_mean_l1",
    "f_mean",
    "aux/wh_import",
    NULL,
};

static inline void bench_config(struct device_bench *bench)
{
    bench->circuit[0] = (struct meter_circuit_config){"grid", 3, 3, 3};
    bench->circuit[1] = (struct meter_circuit_config){"aux", 1, 1, 0};
    bench->profile[0] = (struct meter_profile_config){900, BENCH_ENTRIES, bench_columns};
    bench->config = (struct device_config){
        .meter =
            {
                .sum = ENERGY_SUM_PHASES,
                .digits = 6,
                .active_imp_per_kwh = 1000,
                .reactive_imp_per_kvarh = 1000,
                .circuits = 2,
                .circuit = bench->circuit,
                .memory = bench->meter_memory,
                .clock = {.zone = {.offset_min = 60}, .backup_s = 7 * 86400, .sync_limit_s = 3},
                .demand_period_s = 300,
                .demand_periods = 3,
                .profiles = 1,
                .events = 128,
                .profile = bench->profile,
                .scratch = bench->scratch,
                .scratch_size = sizeof bench->scratch,
                .serial = "12345678",
            },
        .memory = bench->device_memory,
        .block = &bench->faulty.device,
        .store_memory = bench->store_memory,
        .store_memory_size = sizeof bench->store_memory,
    };
}

/* A new meter, powered at BENCH_NOW and set to BENCH_UTC. */
static inline int bench_start(struct device_bench *bench)
{
    const char *reason;
    faulty_init(&bench->faulty, bench->image, bench->dirty, BENCH_SECTOR, BENCH_SECTORS,
                BENCH_UNIT);
    bench_config(bench);
    const int got = device_init(&bench->device, &bench->config);
    if (got < 0)
        return got;
    device_power_up(&bench->device, BENCH_NOW, -1);
    return meter_synchronise(&bench->device.meter, BENCH_UTC, &reason);
}

/* A meter that comes back after it had no power from its last commit on for `off_us`. */
static inline int bench_restart(struct device_bench *bench, int64_t now_us, int64_t off_us)
{
    faulty_power_on(&bench->faulty);
    const int got = device_init(&bench->device, &bench->config);
    if (got >= 0)
        device_power_up(&bench->device, now_us, off_us);
    return got;
}

/* The same power in each phase of circuit 0, and `aux_w` in circuit 1. */
static inline int bench_load(struct device_bench *bench, int64_t phase_w, int64_t aux_w)
{
    static struct device_load load; /* large for a small stack */
    load = (struct device_load){.window = {.elements = 3, .lines = 3}};
    for (unsigned e = 0; e < 3; e++) {
        load.p_mw[e] = phase_w * 1000;
        load.q_mvar[e] = phase_w * 250;
        load.s_mva[e] = (phase_w < 0 ? -phase_w : phase_w) * 1031;
        load.window.u[e] = 230 + e;
    }
    load.window.f = 50;
    load.window.p_total = 3.0 * (double)phase_w;
    const int err = device_load(&bench->device, 0, &load);
    if (err < 0)
        return err;
    load = (struct device_load){.window = {.elements = 1, .circuit = 1}};
    load.p_mw[0] = aux_w * 1000;
    load.s_mva[0] = (aux_w < 0 ? -aux_w : aux_w) * 1000;
    return device_load(&bench->device, 1, &load);
}

static inline void bench_run(struct device_bench *bench, int64_t seconds)
{
    device_step(&bench->device, bench->device.now_us + seconds * BENCH_S);
}

#endif
