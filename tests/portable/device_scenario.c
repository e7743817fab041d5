/*
 * Some days of a whole device that every machine must give bit for bit: its registers, profile,
 * events, and every byte of its store, after each line of a fixed script of loads, outages, cuts
 * and changes of the clock. The outputs of all machines are compared.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "unit/device_bench.h"

#define COMMIT_S 600
#define CHUNK_S  7 /* no divisor of anything: how far a run goes while a cut is waited for */

enum act {
    ACT_LOAD,   /* from now on `a` mW in each phase, `b` mW beside it */
    ACT_RUN,    /* `a` s go by */
    ACT_OUTAGE, /* power goes with a warning, for `a` s */
    ACT_CUT,    /* power goes without one in the `a`-th write from now on, which is left as `b` says
                 */
    ACT_REFUSE, /* the medium takes no writes for `a` s */
    ACT_SHIFT,  /* the clock is moved by `a` s */
    ACT_SET,    /* or set to `a` s after its first time */
    ACT_SYNC,   /* or told that it is `a` ms late */
    ACT_PERIOD, /* the profile's period is `a` s from now on, which clears it */
    ACT_RESET,  /* maximum demands begin anew */
};
static const char *const act_names[] = {"load",  "run", "outage", "cut",    "refuse",
                                        "shift", "set", "sync",   "period", "reset"};

struct step {
    enum act act;
    int32_t a, b;
};

static const struct step script[] = {
    {ACT_LOAD, 1234567, 77777},
    {ACT_RUN, 86400, 0},
    {ACT_SYNC, 1700, 0},
    {ACT_LOAD, -456789, 1},
    {ACT_RUN, 12345, 0},
    {ACT_OUTAGE, 3601, 0},
    {ACT_LOAD, 3, -99999},
    {ACT_RUN, 1000, 0},
    {ACT_CUT, 40, FAULTY_PREFIX},
    {ACT_LOAD, 22000001, 12},
    {ACT_RUN, 7000, 0},
    {ACT_SHIFT, -840, 0},
    {ACT_RUN, 777, 0},
    {ACT_SHIFT, 61, 0},
    {ACT_CUT, 7, FAULTY_BITS},
    {ACT_LOAD, -1, 5000000},
    {ACT_RUN, 4000, 0},
    {ACT_RESET, 0, 0},
    {ACT_REFUSE, 2000, 0},
    {ACT_RUN, 2000, 0},
    {ACT_SET, 7307000, 0}, /* 2026-10-24, some hours before summer time ends */
    {ACT_LOAD, 987654, 0},
    {ACT_RUN, 50000, 0},
    {ACT_CUT, 123, FAULTY_WHOLE},
    {ACT_LOAD, 400001, 300007},
    {ACT_PERIOD, 300, 0},
    {ACT_RUN, 20000, 0},
    {ACT_OUTAGE, 8 * 86400, 0}, /* longer than the backup lasts */
    {ACT_LOAD, 999, 999},
    {ACT_RUN, 5000, 0},
    {ACT_SET, 8100000, 0},
    {ACT_RUN, 43210, 0},
};

static struct device_bench bench; /* too large for a stack */

/* ---- the script ---- */

static void fill_load(struct device_load *load, unsigned circuit, int64_t power_mw)
{
    const unsigned elements = bench.circuit[circuit].elements;
    *load = (struct device_load){.window = {.circuit = (uint16_t)circuit,
                                            .elements = (uint8_t)elements,
                                            .lines = bench.circuit[circuit].lines}};
    for (unsigned e = 0; e < elements; e++) {
        load->p_mw[e] = power_mw + 11 * (int64_t)e;
        load->q_mvar[e] = power_mw / 3 - 5000 * (int64_t)e;
        load->s_mva[e] = (power_mw < 0 ? -power_mw : power_mw) * 17 / 16 + 7000;
        load->window.u[e] = 230.0 + (double)(power_mw % 1000) / 256 + e;
        load->window.p[e] = (double)load->p_mw[e] / 1000;
        load->window.p_total += load->window.p[e];
    }
    load->window.f = 50.0 + (double)(power_mw % 64) / 4096;
}

static int set_load(int32_t phase_mw, int32_t aux_mw)
{
    static struct device_load load;
    fill_load(&load, 0, phase_mw);
    const int err = device_load(&bench.device, 0, &load);
    if (err < 0)
        return err;
    fill_load(&load, 1, aux_mw);
    return device_load(&bench.device, 1, &load);
}

static int invoke(const char *name, unsigned method, int64_t integer)
{
    const struct meter_value value = {.type = METER_INTEGER, .integer = integer};
    struct meter_ref ref;
    const char *reason;
    const int err = meter_find(&bench.device.meter, 0, name, &ref);
    return err < 0 ? err : meter_invoke(&bench.device.meter, 0, &ref, method, &value, &reason);
}

static int write_value(const char *name, const struct meter_value *value)
{
    struct meter_ref ref;
    const char *reason;
    const int err = meter_find(&bench.device.meter, 0, name, &ref);
    return err < 0 ? err : meter_write(&bench.device.meter, 0, &ref, METER_VALUE, value, &reason);
}

static int outage(int64_t off_s)
{
    const int64_t now_us = bench.device.now_us;
    const int err = device_power_fail(&bench.device, now_us);
    return err < 0 ? err : bench_restart(&bench, now_us + off_s * BENCH_S, off_s * BENCH_S);
}

static int cut(int32_t writes, int32_t mode)
{
    bench.faulty.mode = (enum faulty_mode)mode;
    bench.faulty.random = (uint64_t)writes;
    bench.faulty.cut_at = bench.faulty.ops + (uint64_t)writes;
    while (!bench.faulty.off)
        bench_run(&bench, CHUNK_S);
    return bench_restart(&bench, bench.device.now_us + BENCH_S, COMMIT_S * BENCH_S);
}

static void refuse(int32_t seconds)
{
    bench.faulty.refuse_from = bench.faulty.ops + 1;
    bench.faulty.refuse_to = UINT64_MAX;
    bench_run(&bench, seconds);
    bench.faulty.refuse_to = 0;
}

static int act(const struct step *step)
{
    const char *reason;
    const int64_t utc_us = BENCH_UTC + step->a * BENCH_S;
    switch (step->act) {
    case ACT_LOAD:
        return set_load(step->a, step->b);
    case ACT_RUN:
        bench_run(&bench, step->a);
        return 0;
    case ACT_OUTAGE:
        return outage(step->a);
    case ACT_CUT:
        return cut(step->a, step->b);
    case ACT_REFUSE:
        refuse(step->a);
        return 0;
    case ACT_SHIFT:
        return invoke("clock", 6, step->a);
    case ACT_SET:
        return write_value("clock",
                           &(struct meter_value){.type = METER_TIME, .time = {.utc_us = utc_us}});
    case ACT_SYNC:
        return meter_synchronise(&bench.device.meter,
                                 clock_utc(&bench.device.meter.clock, bench.device.now_us) +
                                     step->a * INT64_C(1000),
                                 &reason);
    case ACT_PERIOD:
        return write_value("profile_period",
                           &(struct meter_value){.type = METER_INTEGER, .integer = step->a});
    case ACT_RESET:
        return invoke("p_import_max", 1, 0);
    }
    return ERR_ARGUMENT;
}

/* ---- what came of it ---- */

static void mix(uint64_t *hash, uint64_t value)
{
    for (unsigned k = 0; k < 8; k++)
        *hash = (*hash ^ (value >> (8 * k) & 0xFF)) * UINT64_C(0x100000001B3);
}

static void mix_value(uint64_t *hash, const struct meter_value *value)
{
    uint64_t bits;
    memcpy(&bits, &value->real, sizeof bits);
    mix(hash, (uint64_t)value->type);
    if (value->type == METER_INTEGER)
        mix(hash, (uint64_t)value->integer);
    if (value->type == METER_REAL)
        mix(hash, bits);
    if (value->type == METER_TIME)
        mix(hash, (uint64_t)value->time.utc_us);
}

/* Of everything that a reader finds. */
static uint64_t hash_of_rows(unsigned *rows)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    struct meter_ref ref = {0};
    struct meter_value value;
    *rows = 0;
    for (unsigned c = 0; c < bench.config.meter.circuits; c++) {
        ref.row = NULL;
        while (meter_next_row(&bench.device.meter, c, &ref)) {
            *rows += 1;
            if (meter_read(&bench.device.meter, c, &ref, METER_VALUE, &value) == 0)
                mix_value(&hash, &value);
        }
    }
    return hash;
}

static uint64_t hash_of_image(void)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325), word;
    for (unsigned k = 0; k < sizeof bench.image; k += sizeof word) {
        memcpy(&word, bench.image + k, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x100000001B3);
    }
    return hash;
}

static uint64_t hash_of_events(uint32_t *last)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    struct meter_event event;
    uint32_t cursor = 0;
    *last = 0;
    while (meter_next_event(&bench.device.meter, &cursor, &event) == 1) {
        mix(&hash, (uint64_t)event.number << 32 | (uint64_t)event.code << 8 | event.clock_status);
        mix(&hash, (uint64_t)event.utc_us);
        mix(&hash, (uint64_t)event.before);
        mix(&hash, (uint64_t)event.after);
        *last = event.number;
    }
    return hash;
}

/* In hexadecimal. */
static void put(const char *before, uint64_t value)
{
    printf("%s%llx", before, (unsigned long long)value);
}

/* The sum of each column over what the profile holds. */
static int print_profile(void)
{
    static const struct meter_range all = {.by = RANGE_ALL};
    uint64_t sum[METER_COLUMNS_MAX] = {0};
    struct profile_cursor cursor;
    struct meter_entry entry = {0};
    uint32_t entries = 0;
    const int err = profile_open(&cursor, &bench.device.meter, 0, &all, NULL, 0);
    if (err < 0)
        return err;
    while (profile_next(&cursor, &entry) == 1) {
        entries++;
        for (unsigned k = 0; k < entry.values; k++)
            sum[k] += (uint64_t)entry.value[k];
    }
    printf("  profile %lu entries up to %lu, %lu damaged:", (unsigned long)entries,
           (unsigned long)entry.number, (unsigned long)cursor.damaged);
    for (unsigned k = 0; k < cursor.columns; k++)
        put(" ", sum[k]);
    puts("");
    return 0;
}

static int print_state(const struct step *step)
{
    unsigned rows;
    uint32_t last;
    const uint64_t rows_hash = hash_of_rows(&rows), events = hash_of_events(&last);
    const struct meter_register *total = bench.meter_memory[0].energy[0];
    printf("%s %ld %ld:", act_names[step->act], (long)step->a, (long)step->b);
    put(" at us ", (uint64_t)bench.device.now_us);
    put(", utc us ", (uint64_t)clock_utc(&bench.device.meter.clock, bench.device.now_us));
    printf("\n ");
    for (unsigned k = 0; k < ENERGY_COUNT; k++) {
        put(" ", (uint64_t)total[k].value_m);
        put("+", (uint64_t)total[k].rest_uj);
    }
    put("\n  rows ", rows);
    put(" with ", rows_hash);
    put(", events up to ", last);
    put(" with ", events);
    put(", writes ", bench.faulty.ops);
    put(" left ", hash_of_image());
    puts("");
    return print_profile();
}

static int start(void)
{
    static const struct dst_rule begin = {3, DST_DAY_LAST, 7, DST_UTC, 60},
                                 end = {10, DST_DAY_LAST, 7, DST_UTC, 60};
    const char *reason;
    faulty_init(&bench.faulty, bench.image, bench.dirty, BENCH_SECTOR, BENCH_SECTORS, BENCH_UNIT);
    bench_config(&bench);
    bench.config.meter.commit_s = COMMIT_S;
    bench.config.meter.clock.drift_ppb = 5787;
    bench.config.meter.clock.zone = (struct zone){.offset_min = 60,
                                                  .dst_enabled = true,
                                                  .dst_deviation_min = ZONE_DEVIATION,
                                                  .begin = begin,
                                                  .end = end};
    const int got = device_init(&bench.device, &bench.config);
    if (got < 0)
        return got;
    device_power_up(&bench.device, BENCH_NOW, -1);
    return meter_synchronise(&bench.device.meter, BENCH_UTC, &reason);
}

int main(void)
{
    int err = start();
    for (unsigned k = 0; err >= 0 && k < sizeof script / sizeof script[0]; k++) {
        err = act(&script[k]);
        if (err >= 0)
            err = print_state(&script[k]);
    }
    if (err < 0 || bench.faulty.broken)
        printf("cannot run: error %d, %u rules of the medium broken\n", err, bench.faulty.broken);
    return err < 0 || bench.faulty.broken;
}
