/*
 * unit/store_oracle.h: seeded commits, and what a store must hold after them.
 *
 * Owns: nothing. Commit `index` of a seed is always the same; values are bytes made from a tag, so
 * that the oracle remembers tags only. Called by: tests of core/storage.
 */
#ifndef UNIT_STORE_ORACLE_H
#define UNIT_STORE_ORACLE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/store.h"
#include "storage/storage.h"

#define ORACLE_KEYS    8
#define ORACLE_LOGS    3
#define ORACLE_VALUE   60  /* bytes of a record at most */
#define ORACLE_LONG    200 /* of the last key's */
#define ORACLE_CHANGES 7
#define ORACLE_LIVE    ((ORACLE_KEYS - 1) * ORACLE_VALUE + ORACLE_LONG)
#define ORACLE_SHOWN   20 /* entries of any log at most */

static const struct storage_log oracle_logs[ORACLE_LOGS] = {
    {.entry_size = 12, .entries = ORACLE_SHOWN},
    {.entry_size = 30, .batch = 3, .entries = 10},
    {.entry_size = 64, .batch = 2, .entries = 5},
};

struct oracle_record {
    uint16_t size; /* 0: absent */
    uint32_t tag;
};

struct oracle_log {
    uint32_t first, next;
    uint32_t tag[ORACLE_SHOWN];
};

struct oracle {
    struct oracle_record record[ORACLE_KEYS + 1];
    struct oracle_log log[ORACLE_LOGS];
};

struct oracle_commit {
    struct store_change change[ORACLE_CHANGES];
    uint32_t tag[ORACLE_CHANGES];
    unsigned changes;
    uint8_t data[ORACLE_CHANGES][ORACLE_LONG];
};

/* What differs first. */
enum oracle_verdict {
    ORACLE_SAME,
    ORACLE_RECORD,  /* a record is another, gone or there again */
    ORACLE_SKIPPED, /* a log ends behind where it should */
    ORACLE_DOUBLED, /* or before */
    ORACLE_SHOWS,   /* it begins elsewhere */
    ORACLE_ENTRY,   /* an entry is another or cannot be read */
};

static inline void oracle_init(struct oracle *self)
{
    *self = (struct oracle){0};
    for (unsigned k = 0; k < ORACLE_LOGS; k++)
        self->log[k].first = self->log[k].next = 1;
}

static inline uint32_t oracle_mix(uint64_t value)
{
    value ^= value >> 33;
    value *= UINT64_C(0xff51afd7ed558ccd);
    value ^= value >> 33;
    value *= UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(value >> 32);
}

/* Tags whose low bits are zero give values of ones: those look like erased flash. */
static inline void oracle_value(uint8_t *data, unsigned size, uint32_t tag)
{
    for (unsigned k = 0; k < size; k++)
        data[k] = tag % 16 == 0 ? 0xFF : (uint8_t)oracle_mix((uint64_t)tag << 16 | k);
}

static inline void oracle_fill(struct oracle_commit *self, enum store_action action, unsigned id,
                               unsigned size, uint32_t tag)
{
    const unsigned k = self->changes++;
    self->change[k] = (struct store_change){action, (uint16_t)id, (uint16_t)size, self->data[k]};
    self->tag[k] = tag;
    oracle_value(self->data[k], size, tag);
}

static inline void oracle_make(struct oracle_commit *self, uint64_t seed, uint32_t index)
{
    uint32_t random = oracle_mix(seed << 32 | index);
    const unsigned count = 1 + random % (ORACLE_CHANGES - 1);
    unsigned appended[ORACLE_LOGS] = {0};
    self->changes = 0;
    for (unsigned k = 0; k < count; k++) {
        random = oracle_mix((uint64_t)random << 20 | k);
        const unsigned kind = random >> 4 & 15, log = (random >> 8) % ORACLE_LOGS;
        const unsigned key = 1 + (random >> 8) % ORACLE_KEYS;
        const unsigned batch = oracle_logs[log].batch ? oracle_logs[log].batch : 1;
        if (kind < 7) {
            const unsigned most = key == ORACLE_KEYS ? ORACLE_LONG : ORACLE_VALUE;
            /* Few tags for short values: now and then the same is written again. */
            const unsigned size = 1 + (random >> 16) % (random & 1 ? most : 4);
            oracle_fill(self, STORE_PUT, key, size, size <= 4 ? random >> 30 : random);
        } else if (kind == 7) {
            oracle_fill(self, STORE_DROP, key, 0, 0);
        } else if (kind == 8 && random >> 28 == 0) {
            oracle_fill(self, STORE_CLEAR, log, 0, 0);
        } else if (appended[log]++ < batch) {
            oracle_fill(self, STORE_APPEND, log, oracle_logs[log].entry_size, random);
        }
    }
}

static inline void oracle_apply(struct oracle *self, const struct oracle_commit *commit)
{
    for (unsigned k = 0; k < commit->changes; k++) {
        const struct store_change *change = &commit->change[k];
        struct oracle_log *log = &self->log[change->id % ORACLE_LOGS];
        switch (change->action) {
        case STORE_PUT:
            self->record[change->id] = (struct oracle_record){change->size, commit->tag[k]};
            break;
        case STORE_DROP:
            self->record[change->id].size = 0;
            break;
        case STORE_APPEND:
            log->tag[log->next++ % ORACLE_SHOWN] = commit->tag[k];
            break;
        case STORE_CLEAR:
            log->first = log->next;
            break;
        }
    }
    for (unsigned k = 0; k < ORACLE_LOGS; k++) {
        struct oracle_log *log = &self->log[k];
        if (log->next - log->first > oracle_logs[k].entries)
            log->first = log->next - oracle_logs[k].entries;
    }
}

static inline enum oracle_verdict oracle_check_log(const struct oracle *self,
                                                   const struct store *store, unsigned k)
{
    const struct oracle_log *log = &self->log[k];
    uint8_t want[ORACLE_LONG], got[ORACLE_LONG];
    const uint16_t size = oracle_logs[k].entry_size;
    struct store_bounds bounds;
    if (store->bounds(store->ctx, k, &bounds) != 0 || bounds.next < log->next)
        return ORACLE_SKIPPED;
    if (bounds.next > log->next)
        return ORACLE_DOUBLED;
    if (bounds.first != log->first)
        return ORACLE_SHOWS;
    for (uint32_t number = bounds.first; number < bounds.next; number++) {
        oracle_value(want, size, log->tag[number % ORACLE_SHOWN]);
        if (store->entry(store->ctx, k, number, got, sizeof got) != size ||
            memcmp(want, got, size) != 0)
            return ORACLE_ENTRY;
    }
    if (store->entry(store->ctx, k, bounds.next, got, sizeof got) != ERR_NOT_FOUND ||
        store->entry(store->ctx, k, bounds.first - 1, got, sizeof got) != ERR_NOT_FOUND)
        return ORACLE_ENTRY;
    return ORACLE_SAME;
}

static inline enum oracle_verdict oracle_check(const struct oracle *self, const struct store *store)
{
    uint8_t want[ORACLE_LONG], got[ORACLE_LONG];
    for (unsigned key = 1; key <= ORACLE_KEYS; key++) {
        const struct oracle_record *record = &self->record[key];
        const int size = store->get(store->ctx, (uint16_t)key, got, sizeof got);
        oracle_value(want, record->size, record->tag);
        if (size != (record->size ? record->size : ERR_NOT_FOUND) ||
            (size > 0 && memcmp(want, got, (size_t)size) != 0))
            return ORACLE_RECORD;
    }
    for (unsigned k = 0; k < ORACLE_LOGS; k++) {
        const enum oracle_verdict verdict = oracle_check_log(self, store, k);
        if (verdict != ORACLE_SAME)
            return verdict;
    }
    return ORACLE_SAME;
}

#endif
