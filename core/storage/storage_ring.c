#include <string.h>

#include "base/bytes.h"
#include "base/crc.h"
#include "storage/storage_p.h"

#define ENTRY_TRIES 2

/* ---- geometry ---- */

static uint32_t slot_size(const struct block_device *device, const struct storage_log *log)
{
    const uint32_t mask = device->unit - 1;
    return (ENTRY_HEADER + (uint32_t)log->entry_size + mask) & ~mask;
}

static uint32_t slots_per_sector(const struct block_device *device, const struct storage_log *log)
{
    return device->sector_size / slot_size(device, log);
}

/* Room for the entries that are to be seen beside those of a commit under way, whatever part of the
 * oldest sector is gone already, and one sector more for slots that power cuts spoil. */
uint32_t storage_ring_sectors(const struct storage_config *config, const struct storage_log *log)
{
    const uint32_t slots = slots_per_sector(config->device, log);
    const uint64_t entries = (uint64_t)log->entries + (log->batch ? log->batch : 1);
    if (slots == 0)
        return 0;
    const uint64_t sectors = (entries + slots - 1) / slots + 2;
    return sectors > config->device->sectors ? config->device->sectors : (uint32_t)sectors;
}

static uint32_t per_sector(const struct storage *self, unsigned log)
{
    return slots_per_sector(self->config.device, &self->config.log[log]);
}

uint32_t storage_ring_slots(const struct storage *self, unsigned log)
{
    return self->ring[log].sectors * per_sector(self, log);
}

static uint32_t slot_sector(const struct storage *self, unsigned log, uint32_t slot)
{
    return self->ring[log].sector + slot / per_sector(self, log);
}

static uint32_t slot_address(const struct storage *self, unsigned log, uint32_t slot)
{
    return slot_sector(self, log, slot) * self->config.device->sector_size +
           slot % per_sector(self, log) * slot_size(self->config.device, &self->config.log[log]);
}

struct store_bounds storage_ring_bounds(const struct storage *self, unsigned log)
{
    const struct storage_head *head = &self->ring[log].head;
    const uint32_t entries = self->config.log[log].entries;
    struct store_bounds bounds = {.first = head->first, .next = head->next};
    if (head->next > entries && head->next - entries > bounds.first)
        bounds.first = head->next - entries;
    return bounds;
}

/* ---- one slot ---- */

static uint32_t entry_crc(const struct storage *self, uint32_t address, uint32_t number)
{
    uint8_t data[4];
    struct bytes_out out = {.data = data, .size = sizeof data};
    bytes_put_le(&out, number, 4);
    return crc32(medium_placed_crc(self, address), data, sizeof data);
}

/* The number of the entry in `slot`, 0: there is no whole one, or an error. Numbers outside
 * [low, high) are as good as none. */
static int64_t slot_number(const struct storage *self, unsigned log, uint32_t slot, uint32_t low,
                           uint32_t high)
{
    uint8_t header[ENTRY_HEADER];
    const uint32_t address = slot_address(self, log, slot);
    int err = medium_read(self, address, header, sizeof header);
    if (err)
        return err;
    struct bytes_in in = {.data = header, .size = sizeof header};
    const uint32_t number = (uint32_t)bytes_get_le(&in, 4);
    const uint32_t check = (uint32_t)bytes_get_le(&in, 4);
    if (number == 0 || number < low || number >= high)
        return 0;
    uint32_t crc = entry_crc(self, address, number);
    err = medium_crc(self, address + ENTRY_HEADER, self->config.log[log].entry_size, &crc);
    if (err)
        return err;
    return crc == check ? number : 0;
}

/* What a header of zeros heads can never be taken for an entry. */
static int kill_slot(struct storage *self, unsigned log, uint32_t slot)
{
    static const uint8_t zeros[UNIT_MAX] = {0};
    uint8_t header[ENTRY_HEADER];
    const int err = medium_read(self, slot_address(self, log, slot), header, sizeof header);
    if (err || memcmp(header, zeros, sizeof header) == 0)
        return err;
    self->health.dead_slots++;
    return medium_program(self, slot_address(self, log, slot), zeros,
                          medium_round_up(self, ENTRY_HEADER));
}

static int write_slot(struct storage *self, unsigned log, uint32_t slot, uint32_t number,
                      const void *data)
{
    struct writer out;
    uint8_t header[ENTRY_HEADER];
    const uint16_t size = self->config.log[log].entry_size;
    const uint32_t address = slot_address(self, log, slot);
    struct bytes_out bytes = {.data = header, .size = sizeof header};
    bytes_put_le(&bytes, number, 4);
    bytes_put_le(&bytes, crc32(entry_crc(self, address, number), data, size), 4);
    writer_open(&out, self, address);
    writer_put(&out, header, sizeof header);
    writer_put(&out, data, size);
    return writer_close(&out);
}

/* ---- append ---- */

/* Slots of this sector behind `slot`, itself included, that hold anything. */
static int64_t spoilt_slots(const struct storage *self, unsigned log, uint32_t slot)
{
    const uint32_t slots = per_sector(self, log);
    const uint32_t size = slot_size(self->config.device, &self->config.log[log]);
    uint32_t spoilt = 0;
    for (uint32_t k = 0; k < slots - slot % slots; k++) {
        const int64_t blank = medium_blank(self, slot_address(self, log, slot + k), size);
        if (blank < 0)
            return blank;
        if (blank < size)
            spoilt = k + 1;
    }
    return spoilt;
}

/* What a commit that came to nothing left behind the head is given up for good, so that no reader
 * takes it for the entry that will have its number. At the start of a sector an erase does that. */
static int clean_tail(struct storage *self, unsigned log)
{
    struct storage_ring *ring = &self->ring[log];
    const uint32_t slot = ring->work.slot;
    if (ring->clean || slot % per_sector(self, log) == 0) {
        ring->clean = true;
        return 0;
    }
    const int64_t spoilt = spoilt_slots(self, log, slot);
    if (spoilt < 0)
        return (int)spoilt;
    for (uint32_t k = 0; k < (uint32_t)spoilt; k++) {
        const int err = kill_slot(self, log, slot + k);
        if (err)
            return err;
    }
    ring->work.slot = (slot + (uint32_t)spoilt) % storage_ring_slots(self, log);
    ring->clean = true;
    return 0;
}

/* The newest entry that a sector holds and that can be seen now, 0: none, or an error. */
static int64_t newest_seen(const struct storage *self, unsigned log, uint32_t slot)
{
    const struct store_bounds seen = storage_ring_bounds(self, log);
    for (uint32_t k = per_sector(self, log); k-- > 0;) {
        const int64_t number = slot_number(self, log, slot + k, seen.first, seen.next);
        if (number != 0)
            return number;
    }
    return 0;
}

/* Entries that dead slots have pushed into the sector that comes next are first taken out of view,
 * by a frame of its own, so that none vanishes while it can be seen. */
static int trim(struct storage *self, unsigned log, uint32_t last)
{
    struct storage_ring *ring = &self->ring[log];
    struct job job = {.touched = UINT32_C(1) << log};
    const uint32_t first = ring->head.first;
    ring->head.first = last + 1;
    const int err = journal_write(self, &job);
    if (err) {
        ring->head.first = first;
        return err;
    }
    if (ring->work.first < last + 1)
        ring->work.first = last + 1;
    self->health.trims++;
    return 0;
}

static int enter_sector(struct storage *self, unsigned log, uint32_t slot)
{
    const int64_t last = newest_seen(self, log, slot);
    int err = last < 0 ? (int)last : 0;
    if (last > 0)
        err = trim(self, log, (uint32_t)last);
    if (err == 0)
        err = medium_erase(self, slot_sector(self, log, slot), 1);
    return err;
}

static int try_append(struct storage *self, unsigned log, const void *data)
{
    struct storage_head *work = &self->ring[log].work;
    const uint32_t slot = work->slot, number = work->next;
    int err = 0;
    if (slot % per_sector(self, log) == 0)
        err = enter_sector(self, log, slot);
    if (err == 0)
        err = write_slot(self, log, slot, number, data);
    if (err)
        return err;
    const int64_t got = slot_number(self, log, slot, number, number + 1);
    if (got < 0)
        return (int)got;
    work->slot = (slot + 1) % storage_ring_slots(self, log);
    if (got == 0) {
        self->health.write_errors++;
        err = kill_slot(self, log, slot);
        return err ? err : ERR_BUSY;
    }
    work->next++;
    return 0;
}

int storage_ring_append(struct storage *self, unsigned log, const void *data)
{
    int err = clean_tail(self, log);
    if (err)
        return err;
    if (self->ring[log].work.next >= UINT32_MAX - 1)
        return ERR_SPACE;
    err = ERR_BUSY;
    for (unsigned try = 0; try < ENTRY_TRIES && err == ERR_BUSY; try++)
        err = try_append(self, log, data);
    return err == ERR_BUSY ? ERR_IO : err;
}

/* ---- read ---- */

/*
 * Without dead slots entry `number` lies (next - number) slots before the head; every dead slot
 * pushes it further back, so the search starts there and only goes back, and it never passes the
 * entry: each whole one it meets says how far it is at least.
 */
static int64_t find_slot(const struct storage *self, unsigned log, uint32_t number)
{
    const struct storage_head *head = &self->ring[log].head;
    const uint32_t slots = storage_ring_slots(self, log);
    uint32_t back = head->next - number;
    while (back <= slots) {
        const uint32_t slot = (head->slot + slots - back) % slots;
        const int64_t got = slot_number(self, log, slot, 1, head->next);
        if (got < 0)
            return got;
        if (got == number)
            return slot;
        if (got != 0 && got < number)
            break;
        back += got != 0 ? (uint32_t)got - number : 1;
    }
    return ERR_NOT_FOUND;
}

int storage_ring_read(struct storage *self, unsigned log, uint32_t number, void *data)
{
    const struct store_bounds bounds = storage_ring_bounds(self, log);
    if (number < bounds.first || number >= bounds.next)
        return ERR_NOT_FOUND;
    const int64_t slot = find_slot(self, log, number);
    if (slot < 0) {
        self->health.corrupt_entries += slot == ERR_NOT_FOUND;
        return (int)slot;
    }
    const uint16_t size = self->config.log[log].entry_size;
    const int err =
        medium_read(self, slot_address(self, log, (uint32_t)slot) + ENTRY_HEADER, data, size);
    return err ? err : size;
}
