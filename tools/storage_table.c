/*
 * tools/storage_table.c: what a day of a meter costs its flash.
 *
 * Usage: storage_table [NAME=VALUE...]
 *
 * Runs `days` days of commits on a store in memory: `commits` a day that put `records` records of
 * `record_bytes` each, `profiles` entries of `profile_bytes` a day and `events` entries of
 * `event_bytes`, each with a commit of its own. Prints `name value unit` lines: bytes given, bytes
 * programmed, erases of the busiest sector of the journal and of the rings, and the years until
 * that sector has been erased `endurance` times.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/storage.h"
#include "unit/faulty.h"

enum {
    SECTOR_BYTES,
    SECTORS,
    UNIT,
    DAYS,
    COMMITS,
    RECORDS,
    RECORD_BYTES,
    KEYS,
    LIVE_BYTES,
    PROFILES,
    PROFILE_BYTES,
    PROFILE_DAYS,
    EVENTS,
    EVENT_BYTES,
    EVENT_ENTRIES,
    ENDURANCE,
    PARAMETERS
};
static struct {
    const char *name;
    uint32_t value;
} parameter[PARAMETERS] = {
    [SECTOR_BYTES] = {"sector_bytes", 4096},
    [SECTORS] = {"sectors", 128},
    [UNIT] = {"unit", 4},
    [DAYS] = {"days", 20},
    [COMMITS] = {"commits", 1440},
    [RECORDS] = {"records", 1},
    [RECORD_BYTES] = {"record_bytes", 120},
    [KEYS] = {"keys", 32},
    [LIVE_BYTES] = {"live_bytes", 2048},
    [PROFILES] = {"profiles", 96},
    [PROFILE_BYTES] = {"profile_bytes", 40},
    [PROFILE_DAYS] = {"profile_days", 60},
    [EVENTS] = {"events", 10},
    [EVENT_BYTES] = {"event_bytes", 24},
    [EVENT_ENTRIES] = {"event_entries", 200},
    [ENDURANCE] = {"endurance", 100000},
};

#define DAYS_PER_YEAR 365.25
#define PROFILE_LOG   0
#define EVENT_LOG     1
#define LOGS          2

static uint32_t value(unsigned k)
{
    return parameter[k].value;
}

static void give_up(const char *why)
{
    fprintf(stderr, "storage_table: %s\n", why);
    exit(2);
}

static void set_parameter(const char *text)
{
    const char *equals = strchr(text, '=');
    for (unsigned k = 0; equals && k < PARAMETERS; k++) {
        if (strlen(parameter[k].name) == (size_t)(equals - text) &&
            strncmp(text, parameter[k].name, (size_t)(equals - text)) == 0) {
            parameter[k].value = (uint32_t)strtoul(equals + 1, NULL, 10);
            return;
        }
    }
    give_up(text);
}

struct rig {
    struct faulty medium;
    struct storage storage;
    struct store store;
    struct storage_log log[LOGS];
    uint64_t given;
    uint32_t stamp;
};

static void keep(struct rig *self, const struct store_change *change, unsigned changes)
{
    for (unsigned k = 0; k < changes; k++)
        self->given += change[k].size;
    if (self->store.commit(self->store.ctx, change, changes) != 0)
        give_up("a commit failed");
}

static void append(struct rig *self, unsigned log)
{
    static uint8_t data[UINT16_MAX];
    const uint16_t size = self->log[log].entry_size;
    const struct store_change change = {STORE_APPEND, (uint16_t)log, size, data};
    memcpy(data, &self->stamp, sizeof self->stamp < size ? sizeof self->stamp : size);
    keep(self, &change, 1);
}

static void put(struct rig *self)
{
    static uint8_t data[UINT16_MAX];
    struct store_change change[STORE_CHANGES_MAX];
    const uint32_t records = value(RECORDS);
    self->stamp++;
    memcpy(data, &self->stamp, sizeof self->stamp);
    for (unsigned k = 0; k < records; k++)
        change[k] = (struct store_change){STORE_PUT, (uint16_t)(k + 1),
                                          (uint16_t)value(RECORD_BYTES), data};
    keep(self, change, records);
}

/* Entries come evenly between the commits of a day. */
static void run_day(struct rig *self)
{
    const uint32_t commits = value(COMMITS);
    for (uint32_t k = 0; k < commits; k++) {
        put(self);
        for (uint64_t n = (uint64_t)k * value(PROFILES) / commits;
             n < (uint64_t)(k + 1) * value(PROFILES) / commits; n++)
            append(self, PROFILE_LOG);
        for (uint64_t n = (uint64_t)k * value(EVENTS) / commits;
             n < (uint64_t)(k + 1) * value(EVENTS) / commits; n++)
            append(self, EVENT_LOG);
    }
}

static void *room(size_t size)
{
    void *memory = calloc(1, size);
    if (memory == NULL)
        give_up("out of memory");
    return memory;
}

static void start(struct rig *self)
{
    const size_t size = (size_t)value(SECTOR_BYTES) * value(SECTORS);
    faulty_init(&self->medium, room(size), room(size), value(SECTOR_BYTES), value(SECTORS),
                value(UNIT));
    self->medium.sector_erases = room(value(SECTORS) * sizeof *self->medium.sector_erases);
    self->log[PROFILE_LOG] = (struct storage_log){.entry_size = (uint16_t)value(PROFILE_BYTES),
                                                  .entries = value(PROFILES) * value(PROFILE_DAYS)};
    self->log[EVENT_LOG] = (struct storage_log){.entry_size = (uint16_t)value(EVENT_BYTES),
                                                .entries = value(EVENT_ENTRIES)};
    struct storage_config config = {.device = &self->medium.device,
                                    .log = self->log,
                                    .logs = LOGS,
                                    .keys = (uint8_t)value(KEYS),
                                    .live_bytes = value(LIVE_BYTES)};
    config.memory_size = storage_memory(&config);
    config.memory = room(config.memory_size);
    printf("storage_sectors_least %lld sectors\n", (long long)storage_sectors(&config));
    printf("storage_ram %zu bytes\n", config.memory_size + sizeof self->storage);
    if (storage_init(&self->storage, &config) != 0 ||
        storage_mount(&self->storage) != ERR_NOT_FOUND || storage_format(&self->storage) != 0 ||
        storage_mount(&self->storage) != 0)
        give_up("the device cannot hold that");
    self->store = storage_interface(&self->storage);
    printf("storage_banks %u banks\n", (unsigned)self->storage.banks);
    printf("storage_bank %u bytes\n", (unsigned)self->storage.bank_sectors * value(SECTOR_BYTES));
}

/* Mean erases a day of the sectors [from, to). */
static double erases_a_day(const struct rig *self, uint32_t from, uint32_t to)
{
    double sum = 0;
    for (uint32_t k = from; k < to; k++)
        sum += self->medium.sector_erases[k];
    return to > from ? sum / (to - from) / value(DAYS) : 0;
}

static void print_wear(const char *name, double erases)
{
    printf("storage_erases_%s %.3f per_sector_and_day\n", name, erases);
    if (erases > 0)
        printf("storage_life_%s %.0f years\n", name, value(ENDURANCE) / erases / DAYS_PER_YEAR);
}

int main(int argc, char **argv)
{
    static struct rig rig;
    for (int k = 1; k < argc; k++)
        set_parameter(argv[k]);
    if (value(RECORDS) > STORE_CHANGES_MAX || value(COMMITS) == 0 || value(DAYS) == 0)
        give_up("at most 64 records, at least one commit and one day");
    start(&rig);
    memset(rig.medium.sector_erases, 0, value(SECTORS) * sizeof *rig.medium.sector_erases);
    rig.medium.programmed_bytes = 0;
    for (uint32_t day = 0; day < value(DAYS); day++)
        run_day(&rig);
    const uint32_t bank = rig.storage.bank_sector;
    printf("storage_given %.0f bytes_per_day\n", (double)rig.given / value(DAYS));
    printf("storage_programmed %.0f bytes_per_day\n",
           (double)rig.medium.programmed_bytes / value(DAYS));
    print_wear("journal",
               erases_a_day(&rig, bank, bank + rig.storage.banks * rig.storage.bank_sectors));
    for (unsigned k = 0; k < LOGS; k++) {
        const struct storage_ring *ring = &rig.storage.ring[k];
        print_wear(k == PROFILE_LOG ? "profile" : "events",
                   erases_a_day(&rig, ring->sector, ring->sector + ring->sectors));
    }
    const uint64_t read = rig.medium.read_bytes;
    if (storage_mount(&rig.storage) != 0)
        give_up("does not mount");
    printf("storage_mount_read %llu bytes\n", (unsigned long long)(rig.medium.read_bytes - read));
    return rig.medium.broken != 0;
}
