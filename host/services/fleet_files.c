/* The two files of a fleet: made, checked, replayed, begun anew. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "services/fleet_p.h"

#define FIRST_GENERATION 1

int fleet_image_error(struct fleet *self, int err)
{
    if (err)
        self->error = self->image.error;
    return err;
}

int fleet_log_error(struct fleet *self, int err)
{
    if (err)
        self->error = self->log.error;
    return err;
}

static int refuse_image(struct fleet *self, const char *reason)
{
    return fleet_image_error(self, disk_file_fail(&self->image, ERR_FORMAT, reason));
}

static int refuse_log(struct fleet *self, const char *reason)
{
    return fleet_log_error(self, disk_file_fail(&self->log, ERR_FORMAT, reason));
}

uint64_t fleet_place(const struct fleet *self, uint32_t meter, uint32_t address)
{
    return FLEET_IMAGE_START + meter * fleet_meter_size(&self->header) + address;
}

/* ---- the image ---- */

bool fleet_is_hole(struct fleet *self, uint64_t at, uint32_t size)
{
    uint64_t end = fleet_place(self, self->header.meters, 0), file_size;
    if (at >= self->hole_from && at + size <= self->hole_to)
        return true;
    const off_t data = lseek(self->image.fd, (off_t)at, SEEK_DATA);
    if (data < 0 && (errno != ENXIO || disk_file_size(&self->image, &file_size) || file_size < end))
        return false;
    if (data >= 0)
        end = (uint64_t)data;
    self->hole_from = at;
    self->hole_to = end;
    return at + size <= end;
}

/* Zeros, which are ones inverted; a hole has them already, and stays one. */
static int apply_erase(struct fleet *self, uint64_t at, uint32_t size)
{
    static const uint8_t zeros[FLEET_PAGE];
    int err = 0;
    if (fleet_is_hole(self, at, size))
        return 0;
    for (uint32_t done = 0; done < size && err == 0; done += FLEET_PAGE) {
        const uint32_t count = size - done < FLEET_PAGE ? size - done : FLEET_PAGE;
        err = disk_file_write(&self->image, at + done, zeros, count);
    }
    return err;
}

int fleet_apply(struct fleet *self, const uint8_t *body, uint32_t length)
{
    struct bytes_in in = {.data = body, .size = length};
    struct fleet_op op;
    int err = 0;
    while (err == 0 && fleet_op_read(&self->header, &in, &op)) {
        const uint64_t at = fleet_place(self, op.meter, op.address);
        if (op.data != NULL)
            self->hole_from = self->hole_to = 0;
        self->page_at = 0;
        err = op.data != NULL ? disk_file_write(&self->image, at, op.data, op.size)
                              : apply_erase(self, at, op.size);
    }
    return fleet_image_error(self, err);
}

static int write_image_header(struct fleet *self)
{
    uint8_t bytes[FLEET_HEADER_SIZE];
    struct fleet_header header = self->header;
    header.file = FLEET_IMAGE;
    header.generation = header.meters = 0;
    fleet_header_write(&header, bytes);
    int err = 0;
    if (ftruncate(self->image.fd, (off_t)fleet_place(self, self->header.meters, 0)) != 0)
        err = disk_file_fail_errno(&self->image);
    if (err == 0)
        err = disk_file_write(&self->image, 0, bytes, sizeof bytes);
    if (err == 0)
        err = disk_file_sync_new(&self->image);
    return fleet_image_error(self, err);
}

/* ---- the log ---- */

/* Two places take turns: a header that was cut short leaves the one before it. */
static int write_log_header(struct fleet *self)
{
    uint8_t bytes[FLEET_HEADER_SIZE];
    fleet_header_write(&self->header, bytes);
    const uint64_t at = (self->header.generation & 1) * (uint64_t)FLEET_PAGE;
    return fleet_log_error(self, disk_file_write(&self->log, at, bytes, sizeof bytes));
}

/* Nothing of the old generation is overwritten before the new header is surely there: its first
 * batches without the last ones would take the image back. */
int fleet_renew(struct fleet *self, uint32_t meters)
{
    if (!self->is_renewing) {
        int err = self->is_suspect ? fleet_replay(self) : 0;
        if (err)
            return err;
        self->health.syncs++;
        err = disk_file_sync(&self->image);
        self->is_suspect = err != 0; /* what the kernel could not write it may have let go */
        if (err)
            return fleet_image_error(self, err);
        self->is_renewing = true;
        self->header.generation++;
        self->header.meters = meters;
    }
    self->health.syncs++;
    int err = write_log_header(self);
    if (err == 0)
        err = fleet_log_error(self, disk_file_sync(&self->log));
    if (err)
        return err;
    self->is_renewing = false;
    self->health.generations++;
    self->log_end = FLEET_LOG_START;
    self->sequence = 0;
    return 0;
}

/* 1: a whole batch of this number is there; 0: none is. */
static int read_batch(struct fleet *self, uint64_t at, uint64_t size, uint32_t sequence,
                      struct fleet_batch *batch, uint8_t *body)
{
    uint8_t bytes[FLEET_BATCH_HEADER];
    if (at + sizeof bytes > size)
        return 0;
    int err = disk_file_read(&self->log, at, bytes, sizeof bytes);
    if (err)
        return fleet_log_error(self, err);
    if (!fleet_batch_read(&self->header, batch, bytes) || batch->sequence != sequence ||
        batch->length > size - at - sizeof bytes)
        return 0;
    err = disk_file_read(&self->log, at + sizeof bytes, body, batch->length);
    return err ? fleet_log_error(self, err) : fleet_batch_is_whole(batch, body);
}

static bool is_sound(const struct fleet *self, const struct fleet_batch *batch, const uint8_t *body)
{
    struct bytes_in in = {.data = body, .size = batch->length};
    struct fleet_op op;
    uint32_t operations = 0;
    while (fleet_op_read(&self->header, &in, &op))
        operations++;
    return !in.bad && operations == batch->operations;
}

/* A cut spoils the last batch only. Behind any other that is not whole stand later ones, and
 * without it they are worth nothing. */
static int check_rest(struct fleet *self, uint64_t from, uint64_t size, uint32_t sequence)
{
    uint8_t bytes[FLEET_BATCH_HEADER];
    for (uint64_t at = from + FLEET_PAGE; at + sizeof bytes <= size; at += FLEET_PAGE) {
        struct fleet_batch batch;
        const int err = disk_file_read(&self->log, at, bytes, sizeof bytes);
        if (err)
            return fleet_log_error(self, err);
        if (!fleet_batch_read(&self->header, &batch, bytes) || batch.sequence <= sequence)
            continue;
        char reason[64];
        snprintf(reason, sizeof reason, "is damaged at byte %" PRIu64, from);
        return refuse_log(self, reason);
    }
    return 0;
}

static int replay_all(struct fleet *self, uint64_t size, uint8_t *body)
{
    struct fleet_batch batch;
    uint64_t at = FLEET_LOG_START;
    uint32_t sequence = 1;
    int err;
    while ((err = read_batch(self, at, size, sequence, &batch, body)) == 1) {
        if (!is_sound(self, &batch, body))
            return refuse_log(self, "has a batch that is not for these meters");
        err = fleet_apply(self, body, batch.length);
        if (err)
            return err;
        at += fleet_batch_step(&batch);
        sequence++;
    }
    if (err == 0)
        err = check_rest(self, at, size, sequence);
    self->log_end = at;
    self->sequence = sequence - 1;
    return err;
}

int fleet_replay(struct fleet *self)
{
    const uint32_t had = self->sequence;
    uint64_t size;
    int err = disk_file_size(&self->log, &size);
    if (err)
        return fleet_log_error(self, err);
    uint8_t *body = malloc(FLEET_BATCH_MAX);
    if (body == NULL)
        return fleet_log_error(self, disk_file_fail(&self->log, ERR_SPACE, "not enough memory"));
    err = replay_all(self, size, body);
    free(body);
    if (err == 0 && self->sequence < had)
        return refuse_log(self, "has lost what it had");
    return err;
}

/* ---- taking the files ---- */

/* The higher generation of the two. 1: there is one; 0: the log is empty or all zeros, as a file
 * is that was not made to its end. */
static int read_log_header(struct fleet *self, uint64_t size)
{
    bool is_blank = true;
    int found = 0;
    for (unsigned slot = 0; slot < 2; slot++) {
        const uint64_t at = slot * (uint64_t)FLEET_PAGE;
        uint8_t bytes[FLEET_HEADER_SIZE] = {0};
        struct fleet_header header;
        if (at >= size)
            break;
        const size_t count = size - at < sizeof bytes ? (size_t)(size - at) : sizeof bytes;
        int err = disk_file_read(&self->log, at, bytes, count);
        if (err)
            return fleet_log_error(self, err);
        for (size_t k = 0; k < sizeof bytes; k++)
            is_blank = is_blank && bytes[k] == 0;
        err = fleet_header_read(&header, FLEET_LOG, bytes);
        if (err == ERR_UNSUPPORTED)
            return fleet_log_error(self, disk_file_fail(&self->log, err, "is of a later version"));
        if (err == 0 &&
            (found == 0 || (int32_t)(header.generation - self->header.generation) > 0)) {
            self->header = header;
            found = 1;
        }
    }
    return found || is_blank ? found : refuse_log(self, "is no log of a fleet");
}

/* 1: its header is there; 0: it was not made to its end. */
static int read_image_header(struct fleet *self, uint64_t size, struct fleet_header *header)
{
    uint8_t bytes[FLEET_HEADER_SIZE];
    bool is_blank = true;
    if (size == 0)
        return 0;
    if (size < FLEET_IMAGE_START)
        return refuse_image(self, "is no image of a fleet");
    int err = disk_file_read(&self->image, 0, bytes, sizeof bytes);
    if (err)
        return fleet_image_error(self, err);
    for (size_t k = 0; k < sizeof bytes; k++)
        is_blank = is_blank && bytes[k] == 0;
    if (is_blank)
        return 0;
    err = fleet_header_read(header, FLEET_IMAGE, bytes);
    if (err == ERR_UNSUPPORTED)
        return fleet_image_error(self, disk_file_fail(&self->image, err, "is of a later version"));
    return err == 0 ? 1 : refuse_image(self, "is no image of a fleet");
}

static int make_log(struct fleet *self, const struct fleet_config *config)
{
    self->header = (struct fleet_header){.file = FLEET_LOG,
                                         .generation = FIRST_GENERATION,
                                         .sector_size = config->sector_size,
                                         .sectors = config->sectors,
                                         .unit = config->unit,
                                         .meters = config->meters};
    if (getrandom(&self->header.id, sizeof self->header.id, 0) != sizeof self->header.id)
        return fleet_log_error(self, disk_file_fail_errno(&self->log));
    const int err = write_log_header(self);
    return err ? err : fleet_log_error(self, disk_file_sync_new(&self->log));
}

static int check_geometry(struct fleet *self, const struct fleet_config *config)
{
    const struct fleet_header *has = &self->header;
    char reason[128];
    if (has->sector_size == config->sector_size && has->sectors == config->sectors &&
        has->unit == config->unit && has->meters > 0)
        return 0;
    snprintf(reason, sizeof reason, "has meters of %" PRIu32 " sectors of %" PRIu32 " bytes",
             has->sectors, has->sector_size);
    return refuse_log(self, reason);
}

static int check_image(struct fleet *self, const struct fleet_header *image, uint64_t size)
{
    const struct fleet_header *log = &self->header;
    if (image->id != log->id || image->sector_size != log->sector_size ||
        image->sectors != log->sectors || image->unit != log->unit)
        return refuse_log(self, "belongs to another fleet");
    if (size < fleet_place(self, log->meters, 0))
        return refuse_image(self, "is shorter than its meters");
    return 0;
}

/* The log comes first: an image without its log has lost something, unless nothing was ever
 * written. */
int fleet_files_take(struct fleet *self, const struct fleet_config *config)
{
    uint64_t image_size, log_size;
    struct fleet_header image = {0};
    int err = fleet_image_error(self, disk_file_size(&self->image, &image_size));
    if (err == 0)
        err = fleet_log_error(self, disk_file_size(&self->log, &log_size));
    if (err)
        return err;
    const int has_image = read_image_header(self, image_size, &image);
    const int has_log = has_image < 0 ? has_image : read_log_header(self, log_size);
    if (has_log < 0)
        return has_log;
    if (!has_log && (has_image || image_size > 0))
        return refuse_log(self, "is missing or empty, beside an image");
    if (!has_log)
        err = make_log(self, config);
    if (err == 0)
        err = check_geometry(self, config);
    if (err)
        return err;
    if (has_image)
        return check_image(self, &image, image_size);
    if (self->header.generation != FIRST_GENERATION || log_size > FLEET_LOG_START)
        return refuse_image(self, "is missing or empty, beside a log");
    return write_image_header(self);
}
