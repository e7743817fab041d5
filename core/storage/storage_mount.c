#include "storage/storage_p.h"

#define TRIES_MAX 4 /* frames that one commit writes at most, and one */

uint32_t journal_bank_size(const struct storage *self)
{
    return self->bank_sectors * self->config.device->sector_size;
}

uint32_t journal_bank_address(const struct storage *self, uint32_t bank)
{
    return self->bank_sector * self->config.device->sector_size + bank * journal_bank_size(self);
}

void journal_reset(struct storage *self)
{
    self->records = 0;
    self->sequence = 0;
    self->bank = self->base = self->banks - 1;
    self->end = journal_bank_size(self);
    self->closed = true;
    self->suspect = false;
    for (unsigned k = 0; k < self->config.logs; k++) {
        self->ring[k].head = (struct storage_head){.slot = 0, .next = 1, .first = 1};
        self->ring[k].clean = false;
    }
}

/* The snapshot of highest sequence below `*limit` by its header; 1, 0: there is none, or an error.
 */
static int newest_snapshot(const struct storage *self, uint64_t *limit, uint32_t *bank,
                           struct frame *newest)
{
    int found = 0;
    for (uint32_t k = 0; k < self->banks; k++) {
        struct frame frame;
        const uint32_t address = journal_bank_address(self, k);
        const int got =
            storage_frame_find(self, address, address + journal_bank_size(self), &frame);
        if (got < 0)
            return got;
        if (got && frame.type == FRAME_SNAPSHOT && frame.sequence < *limit &&
            (!found || frame.sequence > newest->sequence)) {
            *newest = frame;
            *bank = k;
            found = 1;
        }
    }
    if (found)
        *limit = newest->sequence;
    return found;
}

/* The newest whole snapshot; each turn of the loop lowers the limit. */
static int whole_snapshot(const struct storage *self, uint32_t *bank, struct frame *frame)
{
    uint64_t limit = UINT64_MAX;
    int got = newest_snapshot(self, &limit, bank, frame);
    while (got == 1) {
        got = storage_frame_whole(self, frame);
        if (got != 0)
            return got;
        got = newest_snapshot(self, &limit, bank, frame);
    }
    return got;
}

/* Headers are checked without the generation, which nobody knows where this is asked. */
int journal_exists(const struct storage *self)
{
    uint64_t limit = UINT64_MAX;
    uint32_t bank;
    struct frame frame = {0};
    return newest_snapshot(self, &limit, &bank, &frame);
}

/* The place of the next frame header from `at` on, or `limit`; what lies between is no frame. */
static int next_header(const struct storage *self, uint32_t at, uint32_t limit, struct frame *frame)
{
    const uint32_t unit = self->config.device->unit;
    while (at < limit) {
        const int64_t blank = medium_blank(self, at, limit - at);
        if (blank < 0)
            return (int)blank;
        at += (uint32_t)blank & ~(unit - 1);
        if (at >= limit)
            break;
        const int got = storage_frame_find(self, at, limit, frame);
        if (got < 0)
            return got;
        if (got && frame->sequence > self->sequence)
            return 1;
        at += unit;
    }
    return 0;
}

/*
 * Takes the frames of `bank` from `at` on that are newer than what is known. What lies before a
 * whole frame and is none has been spoilt; what lies behind the last one a power cut left, or it
 * is spoilt too: nothing is written there, and 1 is returned. Every turn goes on in the bank.
 */
static int scan_bank(struct storage *self, uint32_t bank, uint32_t at, bool *taken)
{
    const uint32_t limit = journal_bank_address(self, bank) + journal_bank_size(self);
    const uint32_t before = self->health.corrupt_frames;
    uint32_t end = at, bad = 0;
    struct frame frame;
    for (;;) {
        int got = next_header(self, at, limit, &frame);
        if (got < 0)
            return got;
        if (!got)
            break;
        at = frame.address + storage_frame_size(self, frame.length);
        got = storage_frame_whole(self, &frame);
        if (got == 0) {
            bad++;
            continue;
        }
        if (got > 0)
            got = storage_frame_take(self, &frame);
        if (got < 0)
            return got;
        self->health.corrupt_frames += bad > 0 ? bad : frame.address != end;
        bad = 0;
        self->sequence = frame.sequence;
        *taken = true;
        end = at;
    }
    const int64_t blank = medium_blank(self, end, limit - end);
    if (blank < 0)
        return (int)blank;
    const bool torn = end + (uint32_t)blank != limit;
    self->health.torn_tails += torn;
    if (*taken) {
        self->bank = bank;
        self->end = end - journal_bank_address(self, bank);
        self->closed = torn || self->health.corrupt_frames > before; /* leave what has rotted */
    }
    return torn;
}

/* A bank that begins with an older frame is an older one: done with. Of any other, `highest` is
 * raised to what its first header says. */
static int is_older(const struct storage *self, uint32_t bank, uint32_t *highest)
{
    struct frame frame;
    const uint32_t address = journal_bank_address(self, bank);
    const int got = storage_frame_find(self, address, address + journal_bank_size(self), &frame);
    if (got != 1)
        return got;
    if (frame.sequence > *highest)
        *highest = frame.sequence;
    return frame.sequence <= self->sequence;
}

/*
 * Half a snapshot may one day read as a whole one, if a power cut left cells between one and zero.
 * So that it is out of date by then, the next commit writes a snapshot of its own, with a number
 * that none of the tries of one commit can have had.
 */
static void outdate(struct storage *self, uint32_t highest)
{
    self->closed = true;
    if (highest > self->sequence)
        self->sequence = highest;
    if (self->sequence < UINT32_MAX - TRIES_MAX)
        self->sequence += TRIES_MAX;
}

/* If the newest snapshot has been spoilt, frames behind it are still good on top of the last bank.
 */
static int scan_newer(struct storage *self)
{
    bool taken = false, torn = false;
    uint32_t highest = 0;
    for (uint32_t k = 1; k < self->banks && !taken; k++) {
        const uint32_t bank = (self->base + k) % self->banks;
        int got = is_older(self, bank, &highest);
        if (got == 0) {
            got = scan_bank(self, bank, journal_bank_address(self, bank), &taken);
            torn |= got == 1;
        }
        if (got < 0)
            return got;
    }
    if (taken || torn)
        outdate(self, highest); /* also where the state stands on two banks */
    return 0;
}

int journal_load(struct storage *self)
{
    uint32_t bank = 0;
    struct frame frame = {0};
    bool taken = true;
    journal_reset(self);
    int got = whole_snapshot(self, &bank, &frame);
    if (got == 1) {
        got = storage_frame_take(self, &frame);
        self->sequence = frame.sequence;
        self->base = bank;
        if (got == 0)
            got = scan_bank(self, bank, frame.address + storage_frame_size(self, frame.length),
                            &taken);
    }
    return got < 0 ? got : scan_newer(self);
}
