#include "storage/storage.h"

#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "storage/storage_p.h"

#define SECTOR_MAX (UINT32_C(1) << 24)

/* ---- the index ---- */

struct storage_record *storage_index_find(const struct storage *self, unsigned key)
{
    for (unsigned k = 0; k < self->records; k++) {
        if (self->record[k].key == key)
            return &self->record[k];
    }
    return NULL;
}

bool storage_index_put(struct storage *self, unsigned key, uint32_t address, uint32_t size)
{
    struct storage_record *record = storage_index_find(self, key);
    if (record == NULL && (self->records == self->config.keys || key == 0))
        return false;
    if (record == NULL)
        record = &self->record[self->records++];
    *record = (struct storage_record){address, (uint16_t)size, (uint8_t)key};
    return true;
}

void storage_index_drop(struct storage *self, unsigned key)
{
    struct storage_record *record = storage_index_find(self, key);
    if (record != NULL)
        *record = self->record[--self->records];
}

/* ---- configuration and geometry ---- */

size_t storage_memory(const struct storage_config *config)
{
    return STORAGE_MEMORY(config->keys, config->logs);
}

static uint32_t snapshot_max(const struct storage_config *config)
{
    return FRAME_HEADER + FRAME_CHECK + config->live_bytes +
           config->keys * (uint32_t)(ITEM_HEADER + RECORD_CHECK) +
           config->logs * (uint32_t)(ITEM_HEADER + HEAD_SIZE);
}

static uint32_t bank_sectors(const struct storage_config *config)
{
    const uint32_t size = config->device->sector_size;
    return (BANK_SNAPSHOTS * (snapshot_max(config) + UNIT_MAX) + size - 1) / size;
}

static bool device_is_sound(const struct block_device *device)
{
    const uint32_t unit = device->unit;
    return unit >= 1 && unit <= UNIT_MAX && (unit & (unit - 1)) == 0 &&
           device->sector_size >= SUPERBLOCK && device->sector_size <= SECTOR_MAX &&
           device->sector_size % unit == 0 &&
           (uint64_t)device->sector_size * device->sectors <= UINT32_MAX;
}

/* Sectors of the superblocks and the rings; 0: a log is not sound. */
static uint64_t fixed_sectors(const struct storage_config *config)
{
    uint64_t sectors = SUPERBLOCKS;
    for (unsigned k = 0; k < config->logs; k++) {
        const uint32_t count = storage_ring_sectors(config, &config->log[k]);
        if (count == 0 || config->log[k].entry_size == 0 || config->log[k].entries == 0)
            return 0;
        sectors += count;
    }
    return sectors;
}

int64_t storage_sectors(const struct storage_config *config)
{
    struct block_device device = *config->device;
    struct storage_config wide = *config;
    device.sectors = device.sector_size ? UINT32_MAX / device.sector_size : 0;
    wide.device = &device;
    if (!device_is_sound(&device) || config->logs > STORAGE_LOGS_MAX ||
        config->live_bytes >= SECTOR_MAX)
        return ERR_RANGE;
    const uint64_t fixed = fixed_sectors(&wide);
    const uint64_t sectors = fixed + (uint64_t)BANKS_MIN * bank_sectors(config);
    return fixed == 0 || sectors > device.sectors ? ERR_RANGE : (int64_t)sectors;
}

int storage_init(struct storage *self, const struct storage_config *config)
{
    const int64_t sectors = storage_sectors(config);
    *self = (struct storage){.config = *config};
    if (sectors < 0 || sectors > config->device->sectors)
        return ERR_RANGE;
    if (config->memory_size < storage_memory(config) ||
        (uintptr_t)config->memory % sizeof(uint32_t) != 0)
        return ERR_SPACE;
    self->ring = config->memory;
    self->record = (void *)(self->ring + config->logs);
    uint32_t sector = SUPERBLOCKS;
    for (unsigned k = 0; k < config->logs; k++) {
        self->ring[k] = (struct storage_ring){.sector = sector};
        self->ring[k].sectors = storage_ring_sectors(config, &config->log[k]);
        sector += self->ring[k].sectors;
    }
    self->bank_sector = sector;
    self->bank_sectors = bank_sectors(config);
    self->banks = (config->device->sectors - sector) / self->bank_sectors;
    return 0;
}

/* ---- superblocks ---- */

/* A sum over what the owner configured: another configuration is another store. */
static uint32_t config_crc(const struct storage_config *config)
{
    uint8_t data[8];
    struct bytes_out out = {.data = data, .size = sizeof data};
    bytes_put_le(&out, config->logs, 2);
    bytes_put_le(&out, config->keys, 2);
    bytes_put_le(&out, config->live_bytes, 4);
    uint32_t crc = crc32(0, data, sizeof data);
    for (unsigned k = 0; k < config->logs; k++) {
        out.used = 0;
        bytes_put_le(&out, config->log[k].entry_size, 2);
        bytes_put_le(&out, config->log[k].batch, 2);
        bytes_put_le(&out, config->log[k].entries, 4);
        crc = crc32(crc, data, sizeof data);
    }
    return crc;
}

static void make_superblock(const struct storage *self, uint8_t data[SUPERBLOCK])
{
    const struct block_device *device = self->config.device;
    struct bytes_out out = {.data = data, .size = SUPERBLOCK};
    memset(data, 0, SUPERBLOCK);
    bytes_put(&out, STORAGE_MAGIC, STORAGE_MAGIC_SIZE);
    bytes_put_le(&out, MAJOR, 2);
    bytes_put_le(&out, MINOR, 2);
    bytes_put_le(&out, self->generation, 4);
    bytes_put_le(&out, device->sector_size, 4);
    bytes_put_le(&out, device->sectors, 4);
    bytes_put_le(&out, device->unit, 4);
    bytes_put_le(&out, self->bank_sector, 4);
    bytes_put_le(&out, self->bank_sectors, 4);
    bytes_put_le(&out, self->banks, 4);
    bytes_put_le(&out, config_crc(&self->config), 4);
    out.used = SUPERBLOCK - 4;
    bytes_put_le(&out, crc32(0, data, SUPERBLOCK - 4), 4);
}

/* 0 and the version and generation; ERR_NOT_FOUND: this copy is none. */
static int read_superblock(const struct storage *self, unsigned copy, uint8_t data[SUPERBLOCK],
                           unsigned *major, uint32_t *generation)
{
    const uint32_t address = copy * self->config.device->sector_size;
    const int err = medium_read(self, address, data, SUPERBLOCK);
    if (err)
        return err;
    struct bytes_in in = {.data = data, .size = SUPERBLOCK, .used = STORAGE_MAGIC_SIZE};
    *major = (unsigned)bytes_get_le(&in, 2);
    (void)bytes_get_le(&in, 2); /* a later minor version changes nothing that this one reads */
    *generation = (uint32_t)bytes_get_le(&in, 4);
    in.used = SUPERBLOCK - 4;
    if (memcmp(data, STORAGE_MAGIC, STORAGE_MAGIC_SIZE) != 0 ||
        bytes_get_le(&in, 4) != crc32(0, data, SUPERBLOCK - 4))
        return ERR_NOT_FOUND;
    return 0;
}

/* Everything between the generation and the end must be as this configuration has it. */
static bool is_ours(const struct storage *self, const uint8_t data[SUPERBLOCK])
{
    const size_t from = STORAGE_MAGIC_SIZE + 8, to = STORAGE_MAGIC_SIZE + 8 + 7 * 4;
    uint8_t want[SUPERBLOCK];
    make_superblock(self, want);
    return memcmp(data + from, want + from, to - from) == 0;
}

static int write_superblock(struct storage *self, unsigned copy)
{
    uint8_t data[SUPERBLOCK];
    struct writer out;
    make_superblock(self, data);
    writer_open(&out, self, copy * self->config.device->sector_size);
    writer_put(&out, data, sizeof data);
    const int err = writer_close(&out);
    return err ? err : medium_sync(self);
}

static int erase_superblock(struct storage *self, unsigned copy)
{
    const int err = medium_erase(self, copy, 1);
    return err ? err : medium_sync(self);
}

/* Tried once a mount: the store can do with one copy. */
void storage_repair(struct storage *self)
{
    for (unsigned copy = 0; copy < SUPERBLOCKS; copy++) {
        if ((self->bad_superblocks >> copy & 1) != 0 && erase_superblock(self, copy) == 0)
            (void)!write_superblock(self, copy);
    }
    self->bad_superblocks = 0;
}

static int find_superblock(struct storage *self)
{
    uint8_t data[SUPERBLOCK];
    int result = ERR_NOT_FOUND;
    self->bad_superblocks = 0;
    for (unsigned copy = 0; copy < SUPERBLOCKS; copy++) {
        unsigned major;
        uint32_t generation;
        const int err = read_superblock(self, copy, data, &major, &generation);
        if (err == ERR_NOT_FOUND)
            self->bad_superblocks |= (uint8_t)(1U << copy);
        else if (err)
            return err;
        else if (result == ERR_NOT_FOUND) {
            self->generation = generation;
            result = major == MAJOR && is_ours(self, data) ? 0 : ERR_UNSUPPORTED;
        }
    }
    return result;
}

/* ---- mount and format ---- */

int storage_mount(struct storage *self)
{
    self->mounted = false;
    int err = find_superblock(self);
    if (err == ERR_NOT_FOUND) {
        const int exists = journal_exists(self);
        return exists < 0 ? exists : exists ? ERR_FORMAT : ERR_NOT_FOUND;
    }
    if (err == 0) {
        self->health.corrupt_superblocks +=
            (self->bad_superblocks & 1U) + (self->bad_superblocks >> 1 & 1U);
        err = journal_load(self);
    }
    self->mounted = err == 0;
    return err;
}

/* The journal goes first: whatever is cut short, a store or nothing is found. */
int storage_format(struct storage *self)
{
    self->mounted = false;
    const int found = find_superblock(self);
    if (found != 0 && found != ERR_NOT_FOUND && found != ERR_UNSUPPORTED)
        return found;
    self->generation = found == ERR_NOT_FOUND ? 1 : self->generation + 1;
    int err = medium_erase(self, self->bank_sector, self->bank_sectors * self->banks);
    if (err == 0)
        err = medium_sync(self);
    for (unsigned copy = 0; copy < SUPERBLOCKS && err == 0; copy++)
        err = erase_superblock(self, copy);
    for (unsigned copy = 0; copy < SUPERBLOCKS && err == 0; copy++)
        err = write_superblock(self, copy);
    return err;
}

/* ---- the interface ---- */

/* The check that stands behind a value; it covers the header before it. */
static uint32_t record_crc(const struct storage_record *record, const void *value)
{
    const uint32_t payload = record->size + (uint32_t)RECORD_CHECK;
    const uint8_t header[ITEM_HEADER] = {ITEM_RECORD, record->key, (uint8_t)payload,
                                         (uint8_t)(payload >> 8)};
    return crc32(crc32(0, header, sizeof header), value, record->size);
}

static int get(void *ctx, uint16_t key, void *data, uint16_t size)
{
    struct storage *self = ctx;
    if (!self->mounted)
        return ERR_STATE;
    const struct storage_record *record = storage_index_find(self, key);
    if (record == NULL)
        return ERR_NOT_FOUND;
    if (record->size > size)
        return ERR_SPACE;
    uint8_t check[RECORD_CHECK];
    int err = medium_read(self, record->address, data, record->size);
    if (err == 0)
        err = medium_read(self, record->address + record->size, check, sizeof check);
    if (err)
        return err;
    struct bytes_in in = {.data = check, .size = sizeof check};
    if (bytes_get_le(&in, RECORD_CHECK) == record_crc(record, data))
        return record->size;
    self->health.corrupt_records++;
    return ERR_FORMAT;
}

static int bounds(void *ctx, unsigned log, struct store_bounds *out)
{
    const struct storage *self = ctx;
    if (!self->mounted)
        return ERR_STATE;
    if (log >= self->config.logs)
        return ERR_RANGE;
    *out = storage_ring_bounds(self, log);
    return 0;
}

static int entry(void *ctx, unsigned log, uint32_t number, void *data, uint16_t size)
{
    struct storage *self = ctx;
    if (!self->mounted)
        return ERR_STATE;
    if (log >= self->config.logs)
        return ERR_RANGE;
    if (size < self->config.log[log].entry_size)
        return ERR_SPACE;
    return storage_ring_read(self, log, number, data);
}

struct store storage_interface(struct storage *self)
{
    return (struct store){
        .ctx = self, .get = get, .commit = storage_commit, .bounds = bounds, .entry = entry};
}
