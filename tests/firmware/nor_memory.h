/*
 * firmware/nor_memory.h: NOR flash in memory that outlives the emulator, and a slip of paper beside
 * it, for programs that tests/firmware/power_cut runs.
 *
 * Owns: the last half of the board's slow memory, above the heap. WORK goes on from what the slip
 * says; VERIFY says by the exit status what was found, and that work goes on. A cut falls between
 * two stores into the flash, so what is noted on the slip is whole.
 */
#ifndef FIRMWARE_NOR_MEMORY_H
#define FIRMWARE_NOR_MEMORY_H

#include <stdint.h>
#include <string.h>

#include "base/block.h"
#include "storage/storage.h"

#define NOR_MEMORY 0x21800000u
#define NOR_SLIP   0x21FFFF00u

enum { WORK = 1, VERIFY = 2 };
enum { DONE = 0, BEFORE = 10, AFTER = 11, LOST = 20, NO_MOUNT = 21, REFUSED = 22, STUCK = 23 };

struct slip {
    volatile uint32_t order, until; /* the host's: what to do, up to which step */
    volatile uint32_t returned, begun;
    volatile uint32_t size; /* bytes of flash in use */
    volatile uint32_t torn; /* half-written things that were met */
};

static inline struct slip *nor_slip(void)
{
    return (struct slip *)(uintptr_t)NOR_SLIP;
}

/* Tells the host where the flash ends, and what a mount and the commits after it met. */
static inline void nor_note(const struct block_device *device, const struct storage_health *health)
{
    nor_slip()->size = device->sector_size * device->sectors;
    nor_slip()->torn += health->torn_tails + health->dead_slots;
}

static inline volatile uint32_t *nor_word(uint32_t address)
{
    return (volatile uint32_t *)(uintptr_t)(NOR_MEMORY + address);
}

static inline int nor_read(void *ctx, uint32_t address, void *data, uint32_t size)
{
    (void)ctx;
    memcpy(data, (const void *)(uintptr_t)(NOR_MEMORY + address), size);
    return 0;
}

/* A program clears bits, word by word. */
static inline int nor_program(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    (void)ctx;
    const uint8_t *byte = data;
    for (uint32_t k = 0; k < size; k += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, byte + k, sizeof word);
        *nor_word(address + k) &= word;
    }
    return 0;
}

static inline int nor_erase(void *ctx, uint32_t sector)
{
    const struct block_device *device = ctx;
    for (uint32_t k = 0; k < device->sector_size; k += sizeof(uint32_t))
        *nor_word(sector * device->sector_size + k) = UINT32_MAX;
    return 0;
}

static inline int nor_sync(void *ctx)
{
    (void)ctx;
    __asm volatile("dsb" ::: "memory");
    return 0;
}

static inline void nor_init(struct block_device *self, uint32_t sector_size, uint32_t sectors)
{
    *self = (struct block_device){.ctx = self,
                                  .sector_size = sector_size,
                                  .sectors = sectors,
                                  .unit = sizeof(uint32_t),
                                  .read = nor_read,
                                  .program = nor_program,
                                  .erase = nor_erase,
                                  .sync = nor_sync};
}

#endif
