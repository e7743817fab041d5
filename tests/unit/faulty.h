/*
 * unit/faulty.h: a block device in memory that fails as media do: power goes in the middle of a
 * program or an erase, writes are refused, bits do not stick, what was not synced is lost.
 *
 * Owns: nothing; the caller gives the memory. Counts every program and erase; the one numbered
 * `cut_at` is left as `mode` says, and from then on every call fails until faulty_power_on().
 * Programs that break the rules of base/block.h (a unit written twice, an odd address) are counted
 * in `broken`. Called by: tests of core/storage, tools.
 */
#ifndef UNIT_FAULTY_H
#define UNIT_FAULTY_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/block.h"

#define FAULTY_OPS 512 /* between two syncs, where they are kept */

enum faulty_mode {
    FAULTY_NOTHING, /* the last write did not begin */
    FAULTY_PREFIX,  /* it broke off at some byte */
    FAULTY_BITS,    /* any of its bits had been cleared; an erase leaves any bytes */
    FAULTY_WHOLE,   /* it was done, and nobody heard of it */
    FAULTY_REORDER, /* any of the writes since the last sync were done; wants `stable` and `arena`
                     */
    FAULTY_MODES
};

struct faulty_op {
    uint32_t address, size, data; /* data: place in the arena, UINT32_MAX: an erase */
};

struct faulty {
    struct block_device device;
    uint8_t *image;
    uint8_t *dirty;          /* a byte for each unit: programmed since its erase */
    uint8_t *stable, *arena; /* or NULL: no reordering; as large as the device each */
    struct faulty_op *op;    /* FAULTY_OPS of them, if `stable` */
    unsigned ops_kept;
    uint32_t arena_used;
    uint64_t ops, cut_at; /* 0: no cut */
    enum faulty_mode mode;
    bool off;
    uint64_t random;
    uint64_t refuse_from, refuse_to; /* these writes fail with refuse_err and do nothing */
    int refuse_err;
    uint64_t sync_fails_from, sync_fails_to; /* these syncs say that they failed */
    uint64_t slip_at;                        /* this program leaves a bit set and says nothing */
    uint64_t programmed_bytes, erases, read_bytes, syncs;
    uint32_t *sector_erases; /* or NULL */
    unsigned broken;
};

static inline uint32_t faulty_random(struct faulty *self)
{
    self->random = self->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(self->random >> 33);
}

static inline uint32_t faulty_size(const struct faulty *self)
{
    return self->device.sector_size * self->device.sectors;
}

static inline int faulty_read(void *ctx, uint32_t address, void *data, uint32_t size)
{
    struct faulty *self = ctx;
    if (self->off || address > faulty_size(self) || size > faulty_size(self) - address)
        return ERR_IO;
    self->read_bytes += size;
    memcpy(data, self->image + address, size);
    return 0;
}

static inline void faulty_and(uint8_t *image, const uint8_t *data, uint32_t size)
{
    for (uint32_t k = 0; k < size; k++)
        image[k] &= data[k];
}

/* Takes note of the units and of what the rules say about them. */
static inline void faulty_note_program(struct faulty *self, uint32_t address, const uint8_t *data,
                                       uint32_t size)
{
    const uint32_t unit = self->device.unit;
    self->broken += address % unit != 0 || size % unit != 0 || size == 0;
    for (uint32_t k = 0; k < size; k += unit) {
        bool zeros = true;
        for (uint32_t b = k; b < k + unit && b < size; b++)
            zeros &= data[b] == 0;
        uint8_t *dirty = &self->dirty[(address + k) / unit];
        self->broken += *dirty && !zeros;
        *dirty = 1;
    }
}

static inline void faulty_torn_program(struct faulty *self, uint32_t address, const uint8_t *data,
                                       uint32_t size)
{
    const uint32_t done = self->mode == FAULTY_WHOLE    ? size
                          : self->mode == FAULTY_PREFIX ? faulty_random(self) % size
                                                        : 0;
    for (uint32_t k = 0; k < size; k++) {
        const uint8_t kept = self->mode == FAULTY_BITS ? (uint8_t)faulty_random(self) : 0xFF;
        if (k < done)
            self->image[address + k] &= data[k];
        else if (self->mode == FAULTY_BITS)
            self->image[address + k] &= data[k] | kept;
    }
}

static inline void faulty_torn_erase(struct faulty *self, uint32_t address)
{
    const uint32_t size = self->device.sector_size;
    const uint32_t done = self->mode == FAULTY_WHOLE    ? size
                          : self->mode == FAULTY_PREFIX ? faulty_random(self) % size
                                                        : 0;
    for (uint32_t k = 0; k < size; k++) {
        const uint32_t chance = faulty_random(self);
        if (k < done || (self->mode == FAULTY_BITS && chance % 3 == 0))
            self->image[address + k] = 0xFF;
        else if (self->mode == FAULTY_BITS && chance % 3 == 1)
            self->image[address + k] |= (uint8_t)(chance >> 8);
    }
    if (self->mode != FAULTY_NOTHING) /* whatever it looks like, it wants a new erase */
        memset(self->dirty + address / self->device.unit, 1, size / self->device.unit);
}

static inline void faulty_apply(struct faulty *self, uint8_t *image, const struct faulty_op *op)
{
    if (op->data == UINT32_MAX)
        memset(image + op->address, 0xFF, op->size);
    else
        faulty_and(image + op->address, self->arena + op->data, op->size);
}

static inline void faulty_keep(struct faulty *self, uint32_t address, const void *data,
                               uint32_t size)
{
    if (self->stable == NULL)
        return;
    if (self->ops_kept == FAULTY_OPS || self->arena_used + size > faulty_size(self)) {
        self->broken++;
        return;
    }
    struct faulty_op *op = &self->op[self->ops_kept++];
    *op = (struct faulty_op){address, size, data ? self->arena_used : UINT32_MAX};
    if (data) {
        memcpy(self->arena + self->arena_used, data, size);
        self->arena_used += size;
    }
}

/* The medium has what was synced and any of the rest. */
static inline void faulty_reorder(struct faulty *self)
{
    for (unsigned k = 0; k < self->ops_kept; k++) {
        if (faulty_random(self) & 1)
            faulty_apply(self, self->stable, &self->op[k]);
    }
    memcpy(self->image, self->stable, faulty_size(self));
    self->ops_kept = 0;
    self->arena_used = 0;
    for (uint32_t k = 0; k < faulty_size(self); k += self->device.unit) {
        uint8_t all = 0xFF;
        for (uint32_t b = 0; b < self->device.unit; b++)
            all &= self->image[k + b];
        self->dirty[k / self->device.unit] = all != 0xFF;
    }
}

/* 0: go on; else the call returns this. */
static inline int faulty_gate(struct faulty *self)
{
    if (self->off)
        return ERR_IO;
    self->ops++;
    if (self->ops >= self->refuse_from && self->ops < self->refuse_to)
        return self->refuse_err;
    return 0;
}

static inline int faulty_program(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    struct faulty *self = ctx;
    const int err = faulty_gate(self);
    if (err)
        return err;
    if (address > faulty_size(self) || size > faulty_size(self) - address) {
        self->broken++;
        return ERR_IO;
    }
    if (self->cut_at == self->ops) {
        self->off = true;
        faulty_keep(self, address, data, size);
        if (self->mode == FAULTY_REORDER) {
            faulty_reorder(self);
            return ERR_IO;
        }
        faulty_torn_program(self, address, data, size);
        for (uint32_t k = 0; k < size; k++) {
            if (self->image[address + k] != 0xFF)
                self->dirty[(address + k) / self->device.unit] = 1;
        }
        return ERR_IO;
    }
    faulty_note_program(self, address, data, size);
    faulty_keep(self, address, data, size);
    faulty_and(self->image + address, data, size);
    if (self->slip_at == self->ops)
        self->image[address + faulty_random(self) % size] ^= 0x10;
    self->programmed_bytes += size;
    return 0;
}

static inline int faulty_erase(void *ctx, uint32_t sector)
{
    struct faulty *self = ctx;
    const uint32_t size = self->device.sector_size, address = sector * size;
    const int err = faulty_gate(self);
    if (err)
        return err;
    if (sector >= self->device.sectors) {
        self->broken++;
        return ERR_IO;
    }
    if (self->cut_at == self->ops) {
        self->off = true;
        faulty_keep(self, address, NULL, size);
        if (self->mode == FAULTY_REORDER)
            faulty_reorder(self);
        else
            faulty_torn_erase(self, address);
        return ERR_IO;
    }
    faulty_keep(self, address, NULL, size);
    memset(self->image + address, 0xFF, size);
    memset(self->dirty + address / self->device.unit, 0, size / self->device.unit);
    self->erases++;
    if (self->sector_erases)
        self->sector_erases[sector]++;
    return 0;
}

static inline int faulty_sync(void *ctx)
{
    struct faulty *self = ctx;
    if (self->off)
        return ERR_IO;
    self->syncs++;
    if (self->syncs >= self->sync_fails_from && self->syncs < self->sync_fails_to)
        return ERR_IO;
    for (unsigned k = 0; self->stable && k < self->ops_kept; k++)
        faulty_apply(self, self->stable, &self->op[k]);
    self->ops_kept = 0;
    self->arena_used = 0;
    return 0;
}

/* A device of erased sectors. `dirty` has a byte for each unit. */
static inline void faulty_init(struct faulty *self, uint8_t *image, uint8_t *dirty,
                               uint32_t sector_size, uint32_t sectors, uint32_t unit)
{
    *self = (struct faulty){.image = image, .dirty = dirty, .random = 1, .refuse_err = ERR_STATE};
    self->device = (struct block_device){.ctx = self,
                                         .sector_size = sector_size,
                                         .sectors = sectors,
                                         .unit = unit,
                                         .read = faulty_read,
                                         .program = faulty_program,
                                         .erase = faulty_erase,
                                         .sync = faulty_sync};
    memset(image, 0xFF, faulty_size(self));
    memset(dirty, 0, faulty_size(self) / unit);
}

static inline void faulty_power_on(struct faulty *self)
{
    self->off = false;
    self->cut_at = 0;
    self->ops_kept = 0;
    self->arena_used = 0;
}

#endif
