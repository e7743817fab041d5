/*
 * What keeping costs a fleet: bench_fleet [METERS]. SED302 meters, each committing every 60 s of
 * virtual time in its turn, on one fleet that is flushed every second; then fewer of them with a
 * file each, for the ratio.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "device/device.h"
#include "model/model.h"
#include "services/block_file.h"
#include "services/fleet.h"
#include "services/vault.h"

#define S            INT64_C(1000000)
#define COMMIT_S     60
#define MINUTES      10
#define ALONE        100 /* meters with a file each */
#define FLEET_METERS 1000

/* One meter, without what it shares with others of its model. */
struct unit {
    struct device device;
    struct meter_circuit circuit[1];
    struct device_circuit load[1];
    uint32_t store_memory[DEVICE_STORE_MEMORY(1) / sizeof(uint32_t) + 1];
};

struct town {
    struct model_setup setup;
    struct unit *unit;
    unsigned units;
    struct fleet fleet;
    struct block_file *file; /* or NULL: on the fleet */
    uint64_t syncs;          /* of the files */
    uint8_t scratch[METER_SCRATCH_BYTES(1)];
};

struct figures {
    double seconds, commits;
};

static char folder[] = "bench-fleet-XXXXXX";

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double resident(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1)
        exit(1);
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void check(int err, const char *text)
{
    if (err < 0) {
        fprintf(stderr, "bench_fleet: %s\n", text);
        exit(1);
    }
}

static uint32_t sectors(const struct meter_config *meter)
{
    const struct block_device shape = {.sector_size = VAULT_SECTOR, .unit = VAULT_UNIT};
    const int64_t least = device_sectors(meter, &shape);
    check(least < 0 ? -1 : 0, "no such store");
    return (uint32_t)(least + least / 4);
}

static void start_unit(struct town *town, unsigned k, const struct block_device *block)
{
    struct unit *unit = &town->unit[k];
    struct device_config config = {.meter = town->setup.meter,
                                   .memory = unit->load,
                                   .block = block,
                                   .store_memory = unit->store_memory,
                                   .store_memory_size = sizeof unit->store_memory};
    static struct device_load load = {.window = {.elements = 3, .lines = 3, .f = 50}};
    config.meter.memory = unit->circuit;
    check(device_init(&unit->device, &config), "no such device");
    for (unsigned e = 0; e < 3; e++) {
        load.p_mw[e] = 300000 + 1000 * k + e;
        load.s_mva[e] = load.p_mw[e] + 20000;
        load.window.u[e] = 230;
    }
    check(device_load(&unit->device, 0, &load), "no such load");
    device_power_up(&unit->device, (int64_t)k * COMMIT_S * S / town->units, -1);
}

/* Flushes follow what has been done in a second; without a fleet each commit syncs itself. */
static void flush(struct town *town)
{
    if (town->file == NULL)
        check(fleet_flush(&town->fleet), town->fleet.error);
}

static struct town *make_town(unsigned units, bool alone)
{
    struct town *town = calloc(1, sizeof *town);
    char path[96];
    if (town == NULL || (town->unit = calloc(units, sizeof *town->unit)) == NULL)
        exit(1);
    check(model_configure(&town->setup, model_find("SED302"), NULL), "no such model");
    town->setup.meter.commit_s = COMMIT_S;
    town->setup.meter.scratch = town->scratch;
    town->setup.meter.scratch_size = sizeof town->scratch;
    town->units = units;
    snprintf(path, sizeof path, "%s/fleet", folder);
    const struct fleet_config config = {.path = path,
                                        .meters = units,
                                        .sector_size = VAULT_SECTOR,
                                        .sectors = sectors(&town->setup.meter),
                                        .unit = VAULT_UNIT};
    if (alone)
        town->file = calloc(units, sizeof *town->file);
    else
        check(fleet_open(&town->fleet, &config), town->fleet.error);
    for (unsigned k = 0; k < units && alone && town->file != NULL; k++) {
        snprintf(path, sizeof path, "%s/%u", folder, k);
        check(block_file_open(&town->file[k], path, VAULT_SECTOR, config.sectors, VAULT_UNIT),
              town->file[k].disk.error);
        start_unit(town, k, &town->file[k].device);
    }
    for (unsigned k = 0; k < units && !alone; k++)
        start_unit(town, k, fleet_device(&town->fleet, k));
    flush(town);
    return town;
}

/* Virtual minutes; a meter is stepped when its commit is due. */
static struct figures live(struct town *town)
{
    struct figures figures = {0};
    const double start = now_s();
    uint64_t commits = 0;
    for (unsigned k = 0; k < town->units; k++)
        commits -= town->unit[k].device.meter.commits;
    for (int64_t second = COMMIT_S; second < COMMIT_S * (MINUTES + 1); second++) {
        const unsigned turn = (unsigned)(second % COMMIT_S);
        const unsigned from = (unsigned)((uint64_t)town->units * turn / COMMIT_S);
        const unsigned to = (unsigned)((uint64_t)town->units * (turn + 1) / COMMIT_S);
        for (unsigned k = from; k < to; k++)
            device_step(&town->unit[k].device, (second + 1) * S);
        flush(town);
    }
    for (unsigned k = 0; k < town->units; k++)
        commits += town->unit[k].device.meter.commits;
    figures.seconds = now_s() - start;
    figures.commits = (double)commits;
    return figures;
}

static void end_town(struct town *town)
{
    char path[96];
    for (unsigned k = 0; k < town->units && town->file != NULL; k++) {
        block_file_close(&town->file[k]);
        snprintf(path, sizeof path, "%s/%u", folder, k);
        unlink(path);
    }
    if (town->file == NULL)
        check(fleet_close(&town->fleet), "the fleet did not close");
    snprintf(path, sizeof path, "%s/fleet", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/fleet.log", folder);
    unlink(path);
    free(town->file);
    free(town->unit);
    free(town);
}

static double fleet_rate(unsigned units)
{
    const double before = resident(), start = now_s();
    struct town *town = make_town(units, false);
    const double made = now_s() - start;
    const struct fleet_health then = town->fleet.health;
    const struct figures figures = live(town);
    const struct fleet_health *now = &town->fleet.health;
    printf("fleet_meters %u meters\n", units);
    printf("fleet_start %.2f s\n", made);
    printf("fleet_commits %.0f commits/s\n", figures.commits / figures.seconds);
    printf("fleet_syncs_per_commit %.4f syncs\n",
           (double)(now->syncs - then.syncs) / figures.commits);
    printf("fleet_syncs %.0f syncs\n", (double)(now->syncs - then.syncs));
    printf("fleet_logged_per_commit %.0f bytes\n",
           (double)(now->logged_bytes - then.logged_bytes) / figures.commits);
    printf("fleet_resident_per_meter %.0f bytes\n", (resident() - before) / units);
    printf("# of that %zu are the meter and %zu its place in the fleet\n", sizeof(struct unit),
           sizeof(struct fleet_meter));
    end_town(town);
    return figures.commits / figures.seconds;
}

int main(int argc, char **argv)
{
    const long units = argc > 1 ? strtol(argv[1], NULL, 10) : FLEET_METERS;
    if (units < COMMIT_S || units > 100000 || mkdtemp(folder) == NULL)
        return 1;
    const double together = fleet_rate((unsigned)units);
    struct town *town = make_town(ALONE, true);
    const struct figures alone = live(town);
    end_town(town);
    printf("file_each_commits %.0f commits/s\n", alone.commits / alone.seconds);
    printf("fleet_over_file_each %.1f times\n", together * alone.seconds / alone.commits);
    return rmdir(folder) != 0;
}
