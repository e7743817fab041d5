/*
 * services/fleet.h: the block devices of many meters in one image file, with one shared log, so
 * that ten thousand meters do not mean ten thousand fsyncs.
 *
 * Owns: the image PATH (sparse: a meter takes the space it has written), the log PATH.log, what has
 * not been flushed yet, and the lock: one process at a time. Both files are private
 * (services/disk_file.h). The format: docs/spec/fleet.md.
 *
 * What a meter programs and erases is kept in memory and seen by its reads at once. sync() marks
 * the order and costs nothing. fleet_flush() writes what all meters did as one batch to the log,
 * syncs once, and then brings the image up to date without a sync. So a commit that a store
 * returned as kept is DURABLE AT THE NEXT FLUSH, not before: the interval of flushes, the caller's
 * choice and typically 1 s, adds to the energy that a power cut can take. Who must not lose a
 * commit flushes after it. The log keeps the order of everything: after any cut each meter has a
 * prefix of its operations, never less than at the last flush that returned 0. A flush comes of
 * itself when FLEET_BATCH_MAX bytes wait.
 *
 * When the log has reached its limit, the image is synced and the log begins anew, within a flush.
 *
 * Errors: ERR_STATE, disk full or read-only; ERR_IO, anything else; `error` has one line of text.
 * After a flush that failed everything waiting stays and is read as before, programs and erases are
 * refused with its error, and the flush can be tried again; when it succeeds all goes on.
 *
 * Memory: sizeof(struct fleet_meter) a meter, and for all together up to FLEET_BATCH_MAX and eight
 * bytes for each operation that waits. One thread calls the devices and the rest; a flush blocks it
 * as long as the disk needs.
 */
#ifndef SERVICES_FLEET_H
#define SERVICES_FLEET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/block.h"
#include "base/err.h"
#include "services/disk_file.h"
#include "services/fleet_log.h"

#define FLEET_LOG_LIMIT (64U << 20) /* bytes, where the caller says nothing */
#define FLEET_LOG_LEAST (2U << 20)

struct fleet_config {
    const char *path;
    uint32_t meters; /* at least; a fleet grows, and never shrinks */
    uint32_t sector_size, sectors, unit;
    uint32_t log_limit; /* bytes, from FLEET_LOG_LEAST; 0 stands for FLEET_LOG_LIMIT */
};

struct fleet;

struct fleet_meter {
    struct block_device device; /* its ctx is this object */
    struct fleet *fleet;
    uint32_t first, last; /* of its operations that wait */
};

struct fleet_pending {
    uint32_t at;   /* in the batch */
    uint32_t next; /* of the same meter */
};

/* Since it was opened. */
struct fleet_health {
    uint64_t flushes;      /* batches that became durable */
    uint64_t syncs;        /* of either file */
    uint64_t logged_bytes; /* of batches, their headers included */
    uint64_t operations;
    uint32_t generations; /* times the log began anew */
    uint32_t recovered;   /* batches of the log that the start found */
};

struct fleet {
    struct disk_file image, log;
    struct fleet_header header; /* of the log, as it stands */
    uint32_t meters;
    struct fleet_meter *meter;
    uint8_t *batch; /* header and operations that wait */
    struct fleet_pending *pending;
    uint32_t used, operations; /* of the batch */
    uint32_t sequence;         /* of the last batch in the log */
    uint64_t log_end, log_limit;
    bool is_logged;              /* what waits is in the log, and not yet all in the image */
    bool is_renewing;            /* nobody knows which generation of the log the disk has */
    bool is_suspect;             /* the image may have lost what it had been given */
    int failed;                  /* why the last flush failed, or 0 */
    uint64_t hole_from, hole_to; /* of the image: the hole that was met last */
    uint64_t page_at;            /* of the image: the page that was read last; 0: none */
    uint8_t page[FLEET_PAGE];
    struct fleet_health health;
    const char *error; /* the last one: "FILE: reason" */
};

/* Opens or makes a fleet and takes over what the log has. ERR_BUSY: another process has it;
 * ERR_FORMAT: the files are something else, of another geometry, damaged, or do not belong
 * together; ERR_UNSUPPORTED: a later version; ERR_ARGUMENT, ERR_SPACE: no memory; ERR_STATE,
 * ERR_IO. `error` lasts until the next call with this object. */
int fleet_open(struct fleet *self, const struct fleet_config *config) MUST_USE;

/* Valid until the close; NULL: no such meter. */
const struct block_device *fleet_device(const struct fleet *self, uint32_t meter);

/* Makes all durable that the meters have done. Without anything to do it costs nothing. */
int fleet_flush(struct fleet *self) MUST_USE;

/* Flushes, leaves the log empty and lets go of the files; the result is that of the flush. */
int fleet_close(struct fleet *self) MUST_USE;

#endif
