/*
 * storage/storage.h: base/store.h over a block device: records in a journal, logs in rings, all of
 * it whole whatever power does.
 *
 * Owns: the device it is given, all of it, and the memory it is given: an index of where each
 * record lies and where each log ends. Values stay on the device and are read from it. The format,
 * what it costs and what it survives: docs/spec/storage.md.
 *
 * Order of calls: storage_init() once; storage_mount(), which writes nothing; if that says
 * ERR_NOT_FOUND, storage_format() and mount again. Then storage_interface() for everybody else. One
 * caller at a time: whoever owns the store calls from one thread. A commit takes as long as the
 * medium does, now and then with the erasure of one bank.
 *
 * A PUT of what is stored already, a DROP of what is not there and a CLEAR of an empty log cost
 * reads and no write.
 *
 * After an error of commit() the old state is what can be read, and the next commit writes it anew
 * before it goes on. Only if power fails before that, and only if the medium failed after it had
 * taken everything, may the failed commit turn out to have been kept after all, whole.
 *
 * Errors beside those of base/store.h: get() and entry() answer ERR_FORMAT and ERR_NOT_FOUND for
 * what the medium has spoilt, for that record or entry alone. Every call before a mount: ERR_STATE.
 */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/block.h"
#include "base/err.h"
#include "base/store.h"

#define STORAGE_MAGIC      "blonstor" /* the first bytes of sectors 0 and 1 */
#define STORAGE_MAGIC_SIZE 8
#define STORAGE_LOGS_MAX   32
#define STORAGE_MEMORY(keys, logs)                                                                 \
    ((keys) * sizeof(struct storage_record) + (logs) * sizeof(struct storage_ring))

struct storage_log {
    uint16_t entry_size; /* bytes, >= 1; with 8 more it fits a sector */
    uint16_t batch;      /* entries that one commit may append; 0 stands for 1 */
    uint32_t entries;    /* the newest so many can be read, >= 1 */
};

struct storage_config {
    const struct block_device *device;
    const struct storage_log *log; /* both outlive the store */
    uint8_t logs;                  /* 0 .. STORAGE_LOGS_MAX */
    uint8_t keys;                  /* records at most */
    uint32_t live_bytes;           /* their values together at most */
    void *memory;                  /* storage_memory() bytes, aligned for a uint32_t */
    size_t memory_size;
};

/* Counts since storage_init(). */
struct storage_health {
    uint32_t corrupt_frames;      /* commits that the medium lost, met at mount */
    uint32_t corrupt_records;     /* reads that failed their check */
    uint32_t corrupt_entries;     /* likewise, of logs */
    uint32_t corrupt_superblocks; /* copies found spoilt, and written anew at the next commit */
    uint32_t torn_tails;          /* ends of the journal left by a cut, met at mount */
    uint32_t dead_slots;          /* places of a log left by a cut, given up */
    uint32_t trims;               /* times that dead slots cost a log entries it should show */
    uint32_t write_errors;        /* refusals of the device, and writes that did not read back */
    uint32_t erases;
    uint32_t commits;
    uint64_t programmed_bytes;
};

/* Where one record lies. */
struct storage_record {
    uint32_t address; /* of its value, on the device */
    uint16_t size;
    uint8_t key;
};

struct storage_head {
    uint32_t slot;  /* where the next entry goes */
    uint32_t next;  /* its number */
    uint32_t first; /* no entry below this one is shown */
};

struct storage_ring {
    uint32_t sector, sectors; /* where it lies */
    struct storage_head head; /* as committed last */
    struct storage_head work; /* as the commit under way will have it */
    bool clean;               /* nothing lies behind the head in its sector */
};

struct storage {
    struct storage_config config;
    struct storage_record *record;
    struct storage_ring *ring;
    struct storage_health health;
    uint32_t generation; /* which formatting of the device this is */
    uint32_t bank_sector, bank_sectors, banks;
    uint32_t bank;     /* the one that is written */
    uint32_t base;     /* the one whose snapshot was taken; differs from `bank` after damage only */
    uint32_t end;      /* bytes of `bank` in use */
    uint32_t sequence; /* of the last frame */
    uint16_t records;
    uint8_t bad_superblocks; /* a bit for each copy */
    bool mounted;
    bool closed;  /* nothing more may be written into `bank` */
    bool suspect; /* a commit failed when its frame may have been taken */
};

/* Bytes of memory that the index needs. */
size_t storage_memory(const struct storage_config *config);

/* Sectors, of the size and unit of config->device, that a store of this configuration needs at
 * least; what the device has more makes every sector of the journal live longer. ERR_RANGE: a
 * configuration that no device of such sectors can hold. */
int64_t storage_sectors(const struct storage_config *config);

/* ERR_RANGE: the configuration, or it does not fit the device; ERR_SPACE: too little memory. */
int storage_init(struct storage *self, const struct storage_config *config) MUST_USE;

/* Finds the state and writes nothing. ERR_NOT_FOUND: the device is blank, or was left half
 * formatted; ERR_UNSUPPORTED: a store of another version, geometry or configuration; ERR_FORMAT:
 * a store that has lost both superblocks; ERR_IO. */
int storage_mount(struct storage *self) MUST_USE;

/* Makes the device an empty store; what was on it is gone. The store is not mounted afterwards. */
int storage_format(struct storage *self) MUST_USE;

struct store storage_interface(struct storage *self);

#endif
