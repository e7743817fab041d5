/*
 * base/block.h: a block device as the store wants it: flash by its own rules, given by its owner.
 *
 * NOR semantics: an erase sets every bit of a sector to one, a program clears bits and sets none.
 * Addresses are bytes from the start of the device. A program starts and ends on a multiple of
 * `unit` bytes; one unit is programmed at most once between erases, but for a second time to all
 * zeros (which flash with an ECC allows too). A power cut may leave a program or an erase half done
 * or not begun; after sync() returned 0, all before it is durable, and of what follows a sync
 * nothing reaches the medium before what precedes it. Where writes are never held back (flash,
 * FRAM) sync does nothing.
 *
 * Implemented by: boards, host files, tests. Called by: core/storage only. No call blocks longer
 * than the medium; each returns 0 or a negative error (ERR_IO; ERR_STATE: it cannot be written to).
 */
#ifndef BASE_BLOCK_H
#define BASE_BLOCK_H

#include <stdint.h>

#include "base/err.h"

struct block_device {
    void *ctx;
    uint32_t sector_size; /* bytes erased at once; a multiple of unit */
    uint32_t sectors;
    uint32_t unit; /* bytes, a power of two, 1..256: what is programmed at least */
    int (*read)(void *ctx, uint32_t address, void *data, uint32_t size);
    int (*program)(void *ctx, uint32_t address, const void *data, uint32_t size);
    int (*erase)(void *ctx, uint32_t sector);
    int (*sync)(void *ctx);
};

#endif
