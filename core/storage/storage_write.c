#include "base/bytes.h"
#include "base/crc.h"
#include "storage/storage_p.h"

#define SNAPSHOT_TRIES 2

/* One thing a frame says. */
struct item {
    enum item_tag tag;
    unsigned id;
    uint32_t size;    /* of the value; that of a record is followed by its check */
    const void *data; /* NULL: it is copied from the device, check and all */
    uint32_t address;
};

/* ---- what a frame says, in its order ---- */

/* The last word of the job on a key, or NULL: it leaves the record alone. */
static const struct store_change *last_change(const struct job *job, unsigned key)
{
    for (unsigned k = job->changes; k-- > 0;) {
        const struct store_change *change = &job->change[k];
        if ((change->action == STORE_PUT || change->action == STORE_DROP) && change->id == key)
            return change;
    }
    return NULL;
}

/* A snapshot begins with the records that the job leaves alone. */
static bool kept_record(const struct storage *self, const struct job *job, unsigned k,
                        struct item *item)
{
    const struct storage_record *record = &self->record[k];
    if (!job->snapshot || last_change(job, record->key) != NULL)
        return false;
    *item = (struct item){ITEM_RECORD, record->key, record->size, NULL, record->address};
    return true;
}

static bool changed_record(const struct job *job, unsigned k, struct item *item)
{
    const struct store_change *change = &job->change[k];
    const bool put = change->action == STORE_PUT;
    const bool said = job->snapshot ? put && last_change(job, change->id) == change
                                    : (job->effective[k / 32] >> k % 32 & 1) != 0;
    if (!said || (!put && change->action != STORE_DROP))
        return false;
    *item = (struct item){put ? ITEM_RECORD : ITEM_DROP, change->id, put ? change->size : 0,
                          change->data, 0};
    return true;
}

static bool next_item(const struct storage *self, const struct job *job, unsigned *cursor,
                      struct item *item)
{
    for (;;) {
        unsigned k = (*cursor)++;
        if (k < job->records) {
            if (kept_record(self, job, k, item))
                return true;
            continue;
        }
        k -= job->records;
        if (k < job->changes) {
            if (changed_record(job, k, item))
                return true;
            continue;
        }
        k -= job->changes;
        if (k >= self->config.logs)
            return false;
        if (job->snapshot || job->touched >> k & 1) {
            *item = (struct item){ITEM_HEAD, k, HEAD_SIZE, NULL, 0};
            return true;
        }
    }
}

/* Bytes of an item behind its header. */
static uint32_t item_payload(const struct item *item)
{
    return item->size + (item->tag == ITEM_RECORD ? RECORD_CHECK : 0);
}

static uint32_t job_length(const struct storage *self, const struct job *job)
{
    unsigned cursor = 0;
    uint32_t length = 0;
    struct item item;
    while (next_item(self, job, &cursor, &item))
        length += ITEM_HEADER + item_payload(&item);
    return length;
}

/* ---- to the device ---- */

static void put_number(struct writer *out, uint64_t value, unsigned width)
{
    uint8_t data[8];
    struct bytes_out bytes = {.data = data, .size = sizeof data};
    bytes_put_le(&bytes, value, width);
    writer_put(out, data, width);
}

static int copy_record(struct writer *out, uint32_t address, uint32_t size)
{
    uint8_t piece[PIECE];
    for (uint32_t done = 0; done < size; done += PIECE) {
        const uint32_t count = size - done < PIECE ? size - done : PIECE;
        const int err = medium_read(out->self, address + done, piece, count);
        if (err)
            return err;
        writer_put(out, piece, count);
    }
    return 0;
}

static void put_head(struct writer *out, const struct storage_head *head)
{
    put_number(out, head->slot, 4);
    put_number(out, head->next, 4);
    put_number(out, head->first, 4);
}

static int put_item(struct writer *out, const struct job *job, const struct item *item)
{
    const uint32_t payload = item_payload(item);
    const uint8_t header[ITEM_HEADER] = {(uint8_t)item->tag, (uint8_t)item->id, (uint8_t)payload,
                                         (uint8_t)(payload >> 8)};
    writer_put(out, header, sizeof header);
    if (item->tag == ITEM_HEAD) {
        const struct storage_ring *ring = &out->self->ring[item->id];
        put_head(out, job->work ? &ring->work : &ring->head);
    } else if (item->tag == ITEM_RECORD && item->data == NULL) {
        return copy_record(out, item->address, payload);
    } else if (item->tag == ITEM_RECORD) {
        writer_put(out, item->data, item->size);
        const uint32_t crc = crc32(0, header, sizeof header);
        put_number(out, crc32(crc, item->data, item->size), RECORD_CHECK);
    }
    return out->err;
}

static int write_frame(struct storage *self, const struct job *job, const struct frame *frame)
{
    struct writer out;
    struct item item;
    uint8_t header[FRAME_HEADER];
    unsigned cursor = 0;
    int err = 0;
    storage_frame_header(frame, header);
    writer_open(&out, self, frame->address);
    writer_put(&out, header, sizeof header);
    while (err == 0 && next_item(self, job, &cursor, &item))
        err = put_item(&out, job, &item);
    if (err)
        return err;
    put_number(&out, out.crc, FRAME_CHECK);
    return writer_close(&out);
}

/* Writes and reads back: 0, ERR_IO if something else stands there, or the device's error. */
static int write_whole(struct storage *self, const struct job *job, struct frame *frame)
{
    frame->sequence = ++self->sequence; /* a number is never used twice, not even after a failure */
    int got = write_frame(self, job, frame);
    if (got == 0)
        got = storage_frame_whole(self, frame);
    if (got == 0) {
        self->health.write_errors++;
        return ERR_IO;
    }
    return got < 0 ? got : medium_sync(self);
}

/* ---- the index after it ---- */

static void follow(struct storage *self, const struct job *job, const struct frame *frame)
{
    uint32_t address = frame->address + FRAME_HEADER;
    unsigned cursor = 0;
    struct item item;
    while (next_item(self, job, &cursor, &item)) {
        address += ITEM_HEADER;
        if (item.tag == ITEM_RECORD)
            (void)storage_index_put(self, item.id, address, item.size);
        if (item.tag == ITEM_DROP)
            storage_index_drop(self, item.id);
        address += item_payload(&item);
    }
    for (unsigned k = 0; job->snapshot && k < job->changes; k++) {
        const struct store_change *change = &job->change[k];
        if (change->action == STORE_DROP && last_change(job, change->id) == change)
            storage_index_drop(self, change->id);
    }
}

static int write_delta(struct storage *self, struct job *job)
{
    struct frame frame = {.type = FRAME_DELTA};
    job->snapshot = false;
    frame.address = journal_bank_address(self, self->bank) + self->end;
    frame.length = job_length(self, job);
    const uint32_t size = storage_frame_size(self, frame.length);
    if (self->closed || size > journal_bank_size(self) - self->end)
        return ERR_SPACE;
    const int err = write_whole(self, job, &frame);
    if (err) {
        self->closed = true;
        return err;
    }
    self->end += size;
    follow(self, job, &frame);
    return 0;
}

/* The bank to write next: none that holds what is true now. */
static uint32_t bank_after(const struct storage *self, uint32_t bank)
{
    do {
        bank = (bank + 1) % self->banks;
    } while (bank == self->bank || bank == self->base);
    return bank;
}

static int write_snapshot(struct storage *self, struct job *job)
{
    struct frame frame = {.type = FRAME_SNAPSHOT};
    uint32_t bank = self->bank;
    int err = ERR_IO;
    job->snapshot = true;
    frame.length = job_length(self, job);
    if (storage_frame_size(self, frame.length) > journal_bank_size(self))
        return ERR_SPACE;
    for (unsigned try = 0; try < SNAPSHOT_TRIES && err == ERR_IO; try++) {
        bank = bank_after(self, bank);
        frame.address = journal_bank_address(self, bank);
        err = medium_erase(self, self->bank_sector + bank * self->bank_sectors, self->bank_sectors);
        if (err == 0)
            err = write_whole(self, job, &frame);
    }
    if (err)
        return err;
    self->bank = self->base = bank;
    self->end = storage_frame_size(self, frame.length);
    self->closed = false;
    follow(self, job, &frame);
    return 0;
}

int journal_write(struct storage *self, struct job *job)
{
    if (self->sequence > UINT32_MAX - 2 * (SNAPSHOT_TRIES + 1))
        return ERR_SPACE;
    job->records = self->records;
    int err = write_delta(self, job);
    if (err == ERR_SPACE || err == ERR_IO)
        err = write_snapshot(self, job);
    if (err)
        self->suspect = true;
    return err;
}
