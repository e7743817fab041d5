/*
 * storage/storage_p.h: the inside of struct storage. Private to this folder.
 *
 *   storage.c         configuration, geometry, superblocks, reading of records, the interface
 *   storage_medium.c  the device with counters; bytes streamed to it in whole units
 *   storage_frame.c   one frame: its header, its check
 *   storage_mount.c   the journal read: which bank holds the truth
 *   storage_write.c   the journal written: the next frame, the next bank
 *   storage_ring.c    the entries of logs
 *   storage_commit.c  a commit from its check to its end
 *
 * Addresses are bytes on the device, slots are counted from the start of a ring.
 */
#ifndef STORAGE_STORAGE_P_H
#define STORAGE_STORAGE_P_H

#include "storage/storage.h"

#define MAJOR          1
#define MINOR          0
#define SUPERBLOCKS    2
#define SUPERBLOCK     64 /* bytes */
#define BANKS_MIN      3
#define BANK_SNAPSHOTS 4 /* a bank holds at least so many times the largest snapshot */
#define FRAME_HEADER   12
#define FRAME_CHECK    4
#define ITEM_HEADER    4
#define RECORD_CHECK   4
#define HEAD_SIZE      12 /* of a struct storage_head */
#define ENTRY_HEADER   8
#define UNIT_MAX       256
#define PIECE          64 /* bytes read at once where much is read */
#define ERASED         0xFF

enum item_tag { ITEM_RECORD = 1, ITEM_DROP = 2, ITEM_HEAD = 3 };
enum frame_type { FRAME_SNAPSHOT = 'S', FRAME_DELTA = 'D' };

struct frame {
    uint32_t address;
    uint32_t length; /* of the body */
    uint32_t sequence;
    enum frame_type type;
};

/* What the next frame should carry. */
struct job {
    const struct store_change *change;
    unsigned changes;
    uint32_t effective[(STORE_CHANGES_MAX + 31) / 32]; /* bit k: change k says what is new */
    bool is_effective;                                 /* one of them does */
    uint32_t touched;                                  /* bit k: log k has a new head */
    bool work; /* heads of the commit under way; else those committed */
    bool snapshot;
    unsigned records; /* in the index when the job began */
};

/* Bytes on their way to the device; kept back until they fill the buffer. */
struct writer {
    struct storage *self;
    uint32_t address; /* of buffer[0] */
    uint32_t crc;     /* of all that went through writer_put() */
    unsigned used;
    int err;
    uint8_t buffer[UNIT_MAX];
};

/* ---- storage_medium.c ---- */

int medium_read(const struct storage *self, uint32_t address, void *data, uint32_t size) MUST_USE;
int medium_program(struct storage *self, uint32_t address, const void *data,
                   uint32_t size) MUST_USE;
int medium_erase(struct storage *self, uint32_t sector, uint32_t sectors) MUST_USE;
int medium_sync(struct storage *self) MUST_USE;
uint32_t medium_round_up(const struct storage *self, uint32_t size); /* to whole units */

/* Bytes from `address` on that are erased, at most `size`; whole pieces are read. */
int64_t medium_blank(const struct storage *self, uint32_t address, uint32_t size);

/* Goes on with a check sum over bytes of the device. */
int medium_crc(const struct storage *self, uint32_t address, uint32_t size, uint32_t *crc) MUST_USE;

/* A check sum that holds at this address in this formatting of the device only. */
uint32_t medium_placed_crc(const struct storage *self, uint32_t address);

void writer_open(struct writer *out, struct storage *self, uint32_t address);
void writer_put(struct writer *out, const void *data, uint32_t size);
int writer_close(struct writer *out) MUST_USE; /* fills the last unit with ones */

/* ---- storage_frame.c ---- */

uint32_t storage_frame_size(const struct storage *self, uint32_t length);
void storage_frame_header(const struct frame *frame, uint8_t header[FRAME_HEADER]);

/* Whether a header lies at `address` of a frame that ends before `limit`: 1, 0 or an error. */
int storage_frame_find(const struct storage *self, uint32_t address, uint32_t limit,
                       struct frame *frame) MUST_USE;
/* Whether the frame is whole: 1, 0 or an error. */
int storage_frame_whole(const struct storage *self, const struct frame *frame) MUST_USE;
/* Takes a whole frame into the index. */
int storage_frame_take(struct storage *self, const struct frame *frame) MUST_USE;

/* ---- storage_mount.c ---- */

uint32_t journal_bank_address(const struct storage *self, uint32_t bank);
uint32_t journal_bank_size(const struct storage *self);
int journal_load(struct storage *self) MUST_USE;
/* Whether any bank begins with a snapshot, by its header: 1, 0 or an error. */
int journal_exists(const struct storage *self) MUST_USE;
void journal_reset(struct storage *self);

/* ---- storage_write.c ---- */

int journal_write(struct storage *self, struct job *job) MUST_USE;

/* ---- storage_ring.c ---- */

uint32_t storage_ring_sectors(const struct storage_config *config, const struct storage_log *log);
uint32_t storage_ring_slots(const struct storage *self, unsigned log);
struct store_bounds storage_ring_bounds(const struct storage *self, unsigned log);
int storage_ring_append(struct storage *self, unsigned log, const void *data) MUST_USE;
int storage_ring_read(struct storage *self, unsigned log, uint32_t number, void *data) MUST_USE;

/* ---- the index, storage.c ---- */

struct storage_record *storage_index_find(const struct storage *self, unsigned key);
bool storage_index_put(struct storage *self, unsigned key, uint32_t address, uint32_t size);
void storage_index_drop(struct storage *self, unsigned key);
void storage_repair(struct storage *self);

/* ---- storage_commit.c ---- */

int storage_commit(void *ctx, const struct store_change *change, unsigned changes) MUST_USE;

#endif
