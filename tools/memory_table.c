/*
 * tools/memory_table.c: what the memory of each product costs: the middle table of docs/storage.md.
 *
 * Usage: memory_table [DAYS]
 *
 * Runs a whole meter of each model for some days of virtual time (30) on a medium that counts, with
 * a load that changes every minute, and prints a table in Markdown: the size of the medium, commits
 * and bytes programmed a day, erases of the busiest sector a day, the years until that one has been
 * erased 100 000 times, and the bytes that an idle meter keeps in RAM. Exit status 1 if a sector
 * would not last the 15 years of the manuals, or a meter takes more than 40 KB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "model/model.h"
#include "unit/faulty.h"

#define SECTOR       4096
#define UNIT         16
#define ENDURANCE    100000.0
#define YEARS_WANTED 15
#define RAM_WANTED   40960
#define DAYS_A_YEAR  365.25
#define MINUTES      1440
#define MINUTE_US    INT64_C(60000000)
#define START_UTC    INT64_C(1767225600000000) /* 2026-01-01 */

struct bench {
    struct model_setup setup;
    struct device device;
    struct device_circuit circuit[MODEL_CIRCUITS_MAX];
    struct meter_circuit memory[MODEL_CIRCUITS_MAX];
    uint32_t index[DEVICE_STORE_MEMORY(MODEL_CIRCUITS_MAX) / sizeof(uint32_t) + 1];
    uint8_t scratch[METER_SCRATCH_BYTES(MODEL_CIRCUITS_MAX)];
    struct faulty medium;
};

static const char *const names[] = {"SED102", "SED302", "SM306", "SM307", "SM120B2",
                                    "3CT-S",  "1CT-S",  "SEM3",  "M30",   "E21-100"};

static int open_medium(struct bench *bench)
{
    const struct block_device shape = {.sector_size = SECTOR, .unit = UNIT};
    const int64_t least = device_sectors(&bench->setup.meter, &shape);
    if (least < 0)
        return (int)least;
    const uint32_t sectors = (uint32_t)(least + least / 4);
    uint8_t *image = malloc((size_t)sectors * SECTOR);
    uint8_t *dirty = malloc((size_t)sectors * SECTOR / UNIT);
    if (image == NULL || dirty == NULL)
        return ERR_SPACE;
    faulty_init(&bench->medium, image, dirty, SECTOR, sectors, UNIT);
    bench->medium.sector_erases = calloc(sectors, sizeof(uint32_t));
    return bench->medium.sector_erases == NULL ? ERR_SPACE : ERR_NONE;
}

static int start(struct bench *bench, const struct model *model)
{
    const char *reason;
    int err = model_configure(&bench->setup, model, NULL);
    if (err == ERR_NONE)
        err = open_medium(bench);
    if (err < 0)
        return err;
    bench->setup.meter.memory = bench->memory;
    bench->setup.meter.scratch = bench->scratch;
    bench->setup.meter.scratch_size = sizeof bench->scratch;
    const struct device_config config = {
        .meter = bench->setup.meter,
        .memory = bench->circuit,
        .block = &bench->medium.device,
        .store_memory = bench->index,
        .store_memory_size = sizeof bench->index,
    };
    err = device_init(&bench->device, &config);
    if (err < 0)
        return err;
    device_power_up(&bench->device, 0, -1);
    return meter_synchronise(&bench->device.meter, START_UTC, &reason);
}

static void load(struct bench *bench, unsigned minute)
{
    for (unsigned c = 0; c < bench->setup.meter.circuits; c++) {
        struct device_load flow = {.window = {.circuit = (uint16_t)c}};
        flow.window.elements = bench->setup.meter_circuit[c].elements;
        for (unsigned e = 0; e < flow.window.elements; e++) {
            flow.p_mw[e] = 500000 + 1000 * (int64_t)(minute * 7919 % 3001);
            flow.s_mva[e] = flow.p_mw[e] + 40000;
            flow.q_mvar[e] = 90000;
            flow.window.u[e] = 230 + (double)(minute % 7) * 0.1;
        }
        if (device_load(&bench->device, c, &flow) < 0)
            abort(); /* its elements are those of the meter itself */
    }
}

static uint32_t most_erases(const struct faulty *medium)
{
    uint32_t most = 0;
    for (uint32_t k = 0; k < medium->device.sectors; k++)
        most = medium->sector_erases[k] > most ? medium->sector_erases[k] : most;
    return most;
}

static size_t resident(const struct bench *bench)
{
    const size_t circuits = bench->setup.meter.circuits;
    return sizeof(struct device) + circuits * sizeof(struct device_circuit) +
           circuits * sizeof(struct meter_circuit) + DEVICE_STORE_MEMORY(circuits);
}

/* A line of the table; whether it is within the limits. */
static bool report(const struct bench *bench, const char *name, unsigned days)
{
    const struct faulty *medium = &bench->medium;
    const double worst = (double)most_erases(medium) / days;
    const double years = worst > 0 ? ENDURANCE / worst / DAYS_A_YEAR : 0;
    const double commits = (double)bench->device.storage.health.commits / days;
    printf("| %s | %u | %.0f | %.0f | %.2f | %.0f | %zu |\n", name,
           medium->device.sectors * (SECTOR / 1024), commits,
           (double)medium->programmed_bytes / days / 1000, worst, years, resident(bench));
    return years >= YEARS_WANTED && resident(bench) <= RAM_WANTED && medium->broken == 0;
}

static bool run(const char *name, unsigned days)
{
    struct bench *bench = calloc(1, sizeof *bench);
    const struct model *model = model_find(name);
    if (bench == NULL || model == NULL || start(bench, model) < 0) {
        fprintf(stderr, "memory_table: cannot start %s\n", name);
        return false;
    }
    for (unsigned minute = 0; minute < days * MINUTES; minute++) {
        load(bench, minute);
        device_step(&bench->device, bench->device.now_us + MINUTE_US);
    }
    const bool good = report(bench, model->name, days);
    free(bench->medium.sector_erases);
    free(bench->medium.image);
    free(bench->medium.dirty);
    free(bench);
    return good;
}

int main(int argc, char **argv)
{
    const unsigned days = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 30;
    bool good = days > 0;
    printf("| model | medium, KB | commits a day | programmed, KB a day | erases of the busiest "
           "sector a day | years to 100 000 | resident, bytes |\n|---|---|---|---|---|---|---|\n");
    for (size_t k = 0; good && k < sizeof names / sizeof names[0]; k++)
        good = run(names[k], days);
    return good ? 0 : 1;
}
