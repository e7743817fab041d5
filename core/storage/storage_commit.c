#include <string.h>

#include "storage/storage_p.h"

/* ---- is it allowed ---- */

static int check_record(const struct store_change *change)
{
    if (change->id == 0 || change->id > STORE_KEY_MAX)
        return ERR_RANGE;
    if (change->action == STORE_PUT &&
        (change->size == 0 || change->size > UINT16_MAX - RECORD_CHECK))
        return ERR_RANGE;
    return 0;
}

static int check_log(const struct storage *self, const struct store_change *change)
{
    if (change->id >= self->config.logs)
        return ERR_RANGE;
    if (change->action == STORE_APPEND && change->size != self->config.log[change->id].entry_size)
        return ERR_RANGE;
    return 0;
}

static int check_batch(const struct storage *self, const struct store_change *change,
                       unsigned changes, unsigned log)
{
    unsigned count = 0;
    for (unsigned k = 0; k < changes; k++)
        count += change[k].action == STORE_APPEND && change[k].id == log;
    const unsigned batch = self->config.log[log].batch;
    return count > (batch ? batch : 1) ? ERR_SPACE : 0;
}

static int check(const struct storage *self, const struct store_change *change, unsigned changes)
{
    int err = changes > STORE_CHANGES_MAX ? ERR_SPACE : 0;
    for (unsigned k = 0; k < changes && err == 0; k++) {
        switch (change[k].action) {
        case STORE_PUT:
        case STORE_DROP:
            err = check_record(&change[k]);
            break;
        case STORE_APPEND:
        case STORE_CLEAR:
            err = check_log(self, &change[k]);
            break;
        default:
            err = ERR_ARGUMENT;
        }
    }
    for (unsigned log = 0; log < self->config.logs && err == 0; log++)
        err = check_batch(self, change, changes, log);
    return err;
}

/* ---- does it change anything ---- */

static int is_stored(const struct storage *self, const struct store_change *change)
{
    const struct storage_record *record = storage_index_find(self, change->id);
    if (change->action == STORE_DROP)
        return record == NULL;
    if (record == NULL || record->size != change->size)
        return 0;
    uint8_t piece[PIECE];
    const uint8_t *want = change->data;
    for (uint32_t done = 0; done < change->size; done += PIECE) {
        const uint32_t left = change->size - done;
        const uint32_t count = left < PIECE ? left : PIECE;
        const int err = medium_read(self, record->address + done, piece, count);
        if (err)
            return err;
        if (memcmp(piece, want + done, count) != 0)
            return 0;
    }
    return 1;
}

static bool is_overruled(const struct job *job, unsigned k)
{
    for (unsigned later = k + 1; later < job->changes; later++) {
        const struct store_change *change = &job->change[later];
        if ((change->action == STORE_PUT || change->action == STORE_DROP) &&
            change->id == job->change[k].id)
            return true;
    }
    return false;
}

/* Marks the changes of records that a frame has to carry, and checks that there is room. */
static int weigh(const struct storage *self, struct job *job)
{
    uint64_t bytes = 0;
    unsigned keys = self->records;
    for (unsigned k = 0; k < self->records; k++)
        bytes += self->record[k].size;
    for (unsigned k = 0; k < job->changes; k++) {
        const struct store_change *change = &job->change[k];
        if ((change->action != STORE_PUT && change->action != STORE_DROP) || is_overruled(job, k))
            continue;
        const int stored = is_stored(self, change);
        if (stored < 0)
            return stored;
        if (stored)
            continue;
        const struct storage_record *record = storage_index_find(self, change->id);
        job->effective[k / 32] |= UINT32_C(1) << k % 32;
        job->is_effective = true;
        bytes -= record ? record->size : 0;
        keys -= record != NULL;
        bytes += change->action == STORE_PUT ? change->size : 0;
        keys += change->action == STORE_PUT;
    }
    return bytes > self->config.live_bytes || keys > self->config.keys ? ERR_SPACE : 0;
}

/* ---- do it ---- */

static void begin_logs(struct storage *self)
{
    for (unsigned k = 0; k < self->config.logs; k++) {
        self->ring[k].work = self->ring[k].head;
        self->ring[k].work.first = storage_ring_bounds(self, k).first;
    }
}

static int write_entries(struct storage *self, struct job *job)
{
    int err = 0;
    bool appended = false;
    for (unsigned k = 0; k < job->changes && err == 0; k++) {
        const struct store_change *change = &job->change[k];
        if (change->action == STORE_APPEND) {
            err = storage_ring_append(self, change->id, change->data);
            job->touched |= UINT32_C(1) << change->id;
            appended = true;
        } else if (change->action == STORE_CLEAR) {
            struct storage_head *work = &self->ring[change->id].work;
            job->touched |= work->first == work->next ? 0 : UINT32_C(1) << change->id;
            work->first = work->next;
        }
    }
    return err || !appended ? err : medium_sync(self);
}

static void end_logs(struct storage *self, uint32_t touched, bool kept)
{
    for (unsigned k = 0; k < self->config.logs; k++) {
        if ((touched >> k & 1) == 0)
            continue;
        if (kept)
            self->ring[k].head = self->ring[k].work;
        else
            self->ring[k].clean = false;
    }
}

/* After a failure the medium may hold more than was told: the state that holds is written anew,
 * with a higher number, before anything else. */
static int settle(struct storage *self)
{
    int err = 0;
    storage_repair(self);
    if (self->suspect) {
        struct job job = {0};
        self->closed = true;
        err = journal_write(self, &job);
        self->suspect = err != 0;
    }
    return err;
}

int storage_commit(void *ctx, const struct store_change *change, unsigned changes)
{
    struct storage *self = ctx;
    struct job job = {.change = change, .changes = changes, .work = true};
    if (!self->mounted)
        return ERR_STATE;
    int err = check(self, change, changes);
    if (err == 0)
        err = weigh(self, &job);
    if (err == 0)
        err = settle(self);
    if (err)
        return err;
    begin_logs(self);
    err = write_entries(self, &job);
    if (err == 0 && !job.is_effective && job.touched == 0)
        return 0;
    if (err == 0)
        err = journal_write(self, &job);
    end_logs(self, job.touched, err == 0);
    self->health.commits += err == 0;
    return err;
}
