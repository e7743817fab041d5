/*
 * base/store.h: the storage interface: how whoever must remember remembers.
 *
 * Two kinds of memory. A *record* is the latest value under a key (registers, parameters, the
 * clock). A *log* is a ring of entries of one size that are numbered for ever from 1: profiles,
 * events, bills. All that one store_commit() carries is kept whole or not at all, whatever power
 * does, and once it returned 0 it is kept. What a key or an entry means is its owner's business.
 *
 * Implemented by: core/storage over a block device; anything else a test wants. Reaches its users
 * through their config structs. Keys 1..STORE_KEY_MAX; the owner of a number is named where it is
 * defined. Nothing here allocates; a commit copies what it needs before it returns.
 */
#ifndef BASE_STORE_H
#define BASE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define STORE_KEY_MAX     255
#define STORE_CHANGES_MAX 96 /* in one commit */

enum store_action {
    STORE_PUT,    /* record `id` takes this value of `size` bytes (>= 1) */
    STORE_DROP,   /* record `id` exists no more */
    STORE_APPEND, /* log `id` takes one more entry of exactly its entry size */
    STORE_CLEAR,  /* log `id` shows none of its entries so far; numbers go on */
};

struct store_change {
    enum store_action action;
    uint16_t id; /* a key, or the index of a log */
    uint16_t size;
    const void *data;
};

struct store_bounds {
    uint32_t first; /* number of the oldest entry that can be read */
    uint32_t next;  /* number the next one will have; first == next: there is none */
};

struct store {
    void *ctx;
    /* Bytes of the record, as committed last; ERR_NOT_FOUND; ERR_SPACE: longer than `size`;
     * ERR_FORMAT: the medium has spoilt it. */
    int (*get)(void *ctx, uint16_t key, void *data, uint16_t size);
    /* Keeps all changes or none. ERR_IO, ERR_STATE: the medium refused, the old state holds, try
     * again later; ERR_SPACE, ERR_RANGE: more or other than the store was configured for. */
    int (*commit)(void *ctx, const struct store_change *change, unsigned changes);
    int (*bounds)(void *ctx, unsigned log, struct store_bounds *bounds);
    /* Reads entry `number`; its bytes. ERR_NOT_FOUND: not (or no more) there. */
    int (*entry)(void *ctx, unsigned log, uint32_t number, void *data, uint16_t size);
};

#endif
