/*
 * services/fragile.h: a block device that fails as media do, on purpose: power goes in the middle
 * of a write, or writes are refused for a while.
 *
 * Owns: nothing but what it was told. Passes everything on to the device behind it. Called by: the
 * simulation of a year.
 */
#ifndef SERVICES_FRAGILE_H
#define SERVICES_FRAGILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/block.h"

struct fragile {
    struct block_device device; /* what the store gets */
    const struct block_device *behind;
    uint32_t cut_in;     /* power goes in the so many-th program or erase from now; 0: it stays */
    uint32_t torn_bytes; /* of that program so many bytes at most are done */
    bool is_off;         /* power has gone: every call fails until fragile_power_on() */
    bool refuses;        /* writes fail with ERR_STATE */
    uint64_t programmed_bytes, erases;
};

void fragile_init(struct fragile *self, const struct block_device *behind);
void fragile_power_on(struct fragile *self);

#endif
