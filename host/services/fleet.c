#define _GNU_SOURCE
#include "services/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/fleet_p.h"

#define NONE        UINT32_MAX
#define PENDING_MAX (1U << 16)

/* ---- what waits ---- */

static uint8_t *body_of(const struct fleet *self)
{
    return self->batch + FLEET_BATCH_HEADER;
}

static struct fleet_op waiting_op(const struct fleet *self, uint32_t k)
{
    struct bytes_in in = {.data = body_of(self), .size = self->used, .used = self->pending[k].at};
    struct fleet_op op = {0};
    (void)fleet_op_read(&self->header, &in, &op);
    return op;
}

static void forget_waiting(struct fleet *self)
{
    for (uint32_t k = 0; k < self->operations; k++) {
        struct fleet_meter *meter = &self->meter[waiting_op(self, k).meter];
        meter->first = meter->last = NONE;
    }
    self->used = self->operations = 0;
    self->is_logged = false;
}

/* A place for the data of one more operation, behind its header; NULL: what waits is too much. */
static uint8_t *append(struct fleet *self, const struct fleet_op *op, uint32_t data_size)
{
    if (self->operations == PENDING_MAX ||
        FLEET_BATCH_MAX - self->used < FLEET_OP_HEADER + data_size)
        return NULL;
    struct bytes_out out = {.data = body_of(self), .size = FLEET_BATCH_MAX, .used = self->used};
    bytes_put_le(&out, op->meter, 4);
    bytes_put_le(&out, op->address, 4);
    bytes_put_le(&out, data_size, 4);
    struct fleet_meter *meter = &self->meter[op->meter];
    const uint32_t k = self->operations++;
    self->pending[k] = (struct fleet_pending){.at = self->used, .next = NONE};
    if (meter->last != NONE)
        self->pending[meter->last].next = k;
    else
        meter->first = k;
    meter->last = k;
    self->used += FLEET_OP_HEADER + data_size;
    return body_of(self) + out.used;
}

static int add(struct fleet *self, const struct fleet_op *op)
{
    const uint32_t data_size = op->data != NULL ? op->size : 0;
    if (self->failed)
        return self->failed;
    uint8_t *place = append(self, op, data_size);
    if (place == NULL) {
        const int err = fleet_flush(self);
        if (err)
            return err;
        place = append(self, op, data_size);
    }
    if (place == NULL)
        return fleet_image_error(self, disk_file_fail(&self->image, ERR_IO, "too much at once"));
    for (uint32_t k = 0; k < data_size; k++)
        place[k] = (uint8_t)~op->data[k];
    return 0;
}

/* ---- the devices ---- */

static uint32_t number_of(const struct fleet_meter *meter)
{
    return (uint32_t)(meter - meter->fleet->meter);
}

static int check_range(const struct fleet_meter *meter, uint32_t address, uint64_t size)
{
    struct fleet *self = meter->fleet;
    char reason[64];
    if (address + size <= fleet_meter_size(&self->header))
        return 0;
    snprintf(reason, sizeof reason, "meter %u: no such address", (unsigned)number_of(meter));
    return fleet_image_error(self, disk_file_fail(&self->image, ERR_IO, reason));
}

/* What an operation that waits changes of `size` bytes from `address` on. */
static void overlay(const struct fleet_op *op, uint32_t address, uint8_t *data, uint32_t size)
{
    const uint64_t op_end = (uint64_t)op->address + op->size, end = (uint64_t)address + size;
    const uint64_t from = op->address > address ? op->address : address;
    const uint64_t to = op_end < end ? op_end : end;
    for (uint64_t at = from; at < to; at++)
        data[at - address] = op->data != NULL ? (uint8_t)~op->data[at - op->address] : 0xFF;
}

/* Stores read a page in small pieces: one call for all of them. */
static int read_piece(struct fleet *self, uint64_t at, uint8_t *data, uint32_t size)
{
    const uint64_t page_at = at / FLEET_PAGE * FLEET_PAGE;
    const uint64_t left = fleet_place(self, self->meters, 0) - page_at;
    if (at + size > page_at + FLEET_PAGE)
        return disk_file_read(&self->image, at, data, size);
    if (self->page_at != page_at) {
        self->page_at = 0;
        const int err = disk_file_read(&self->image, page_at, self->page,
                                       left < FLEET_PAGE ? (size_t)left : FLEET_PAGE);
        if (err)
            return err;
        self->page_at = page_at;
    }
    memcpy(data, self->page + (at - page_at), size);
    return 0;
}

/* Of the image, without what waits. Stores look through much that is erased: no call for that. */
static int read_image(struct fleet *self, uint64_t at, uint8_t *data, uint32_t size)
{
    uint8_t any = 0;
    if (at >= self->hole_from && at + size <= self->hole_to) {
        memset(data, 0xFF, size);
        return 0;
    }
    const int err = read_piece(self, at, data, size);
    for (uint32_t k = 0; k < size; k++) {
        any |= data[k];
        data[k] = (uint8_t)~data[k];
    }
    if (err == 0 && any == 0)
        (void)fleet_is_hole(self, at, size);
    return fleet_image_error(self, err);
}

static int device_read(void *ctx, uint32_t address, void *data, uint32_t size)
{
    const struct fleet_meter *meter = ctx;
    struct fleet *self = meter->fleet;
    uint8_t *byte = data;
    int err = check_range(meter, address, size);
    if (err)
        return err;
    err = read_image(self, fleet_place(self, number_of(meter), address), data, size);
    for (uint32_t k = meter->first; k != NONE; k = self->pending[k].next) {
        const struct fleet_op op = waiting_op(self, k);
        overlay(&op, address, byte, size);
    }
    return err;
}

static int device_program(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    const struct fleet_meter *meter = ctx;
    const struct fleet_op op = {number_of(meter), address, size, data};
    const int err = check_range(meter, address, size);
    return err || size == 0 ? err : add(meter->fleet, &op);
}

static bool is_touched(const struct fleet_meter *meter, uint32_t address, uint32_t size)
{
    for (uint32_t k = meter->first; k != NONE; k = meter->fleet->pending[k].next) {
        const struct fleet_op op = waiting_op(meter->fleet, k);
        if (op.address < (uint64_t)address + size && address < (uint64_t)op.address + op.size)
            return true;
    }
    return false;
}

/* Formatting erases much that never was anything else: that is no operation. */
static int device_erase(void *ctx, uint32_t sector)
{
    const struct fleet_meter *meter = ctx;
    const uint32_t size = meter->device.sector_size;
    if (sector >= meter->device.sectors)
        return check_range(meter, UINT32_MAX, UINT32_MAX);
    struct fleet *self = meter->fleet;
    const struct fleet_op op = {number_of(meter), sector * size, size, NULL};
    if (self->failed == 0 && !is_touched(meter, op.address, size) &&
        fleet_is_hole(self, fleet_place(self, op.meter, op.address), size))
        return 0;
    return add(self, &op);
}

/* The order is kept anyway. */
static int device_sync(void *ctx)
{
    const struct fleet_meter *meter = ctx;
    return meter->fleet->failed;
}

const struct block_device *fleet_device(const struct fleet *self, uint32_t meter)
{
    return meter < self->meters ? &self->meter[meter].device : NULL;
}

/* ---- flushing ---- */

static int check_image_size(struct fleet *self)
{
    uint64_t size;
    int err = disk_file_size(&self->image, &size);
    if (err == 0 && size < fleet_place(self, self->meters, 0))
        err = disk_file_fail(&self->image, ERR_IO, "became shorter while it was in use");
    return fleet_image_error(self, err);
}

/* Written anew, whole, when it is tried again: after a failed sync nobody knows what is there. */
static int write_batch(struct fleet *self)
{
    struct fleet_batch batch = {
        .sequence = self->sequence + 1, .operations = self->operations, .length = self->used};
    const size_t size = FLEET_BATCH_HEADER + (size_t)self->used;
    fleet_batch_write(&self->header, &batch, body_of(self), self->batch);
    int err = disk_file_write(&self->log, self->log_end, self->batch, size);
    if (err == 0) {
        self->health.syncs++;
        err = disk_file_sync(&self->log);
    }
    if (err)
        return fleet_log_error(self, err);
    self->sequence++;
    self->log_end += fleet_batch_step(&batch);
    self->is_logged = true;
    self->health.flushes++;
    self->health.logged_bytes += size;
    self->health.operations += self->operations;
    return 0;
}

static int apply_waiting(struct fleet *self)
{
    const int err = fleet_apply(self, body_of(self), self->used);
    if (err == 0)
        forget_waiting(self);
    return err;
}

static bool is_log_full(const struct fleet *self)
{
    const struct fleet_batch batch = {.length = self->used};
    return self->log_end + fleet_batch_step(&batch) > self->log_limit;
}

static int flush(struct fleet *self)
{
    int err = check_image_size(self);
    if (err == 0 && self->is_logged)
        err = apply_waiting(self);
    if (err == 0 && (self->is_renewing || is_log_full(self)))
        err = fleet_renew(self, self->header.meters);
    if (err == 0 && self->used > 0)
        err = write_batch(self);
    if (err == 0 && self->used > 0)
        err = apply_waiting(self);
    return err;
}

int fleet_flush(struct fleet *self)
{
    if (self->used > 0 || self->failed)
        self->failed = flush(self);
    return self->failed;
}

/* ---- opening and closing ---- */

static int check_config(struct fleet *self, const struct fleet_config *config)
{
    const uint64_t size = (uint64_t)config->sector_size * config->sectors;
    if (config->meters > 0 && config->sector_size > 0 && config->sectors > 0 && config->unit > 0 &&
        config->sector_size % config->unit == 0 && size <= UINT32_MAX &&
        (config->log_limit == 0 || config->log_limit >= FLEET_LOG_LEAST))
        return 0;
    return fleet_image_error(
        self, disk_file_fail(&self->image, ERR_ARGUMENT, "is no place for such a fleet"));
}

static int make_meters(struct fleet *self)
{
    self->meters = self->header.meters;
    self->meter = malloc(self->meters * sizeof self->meter[0]);
    self->batch = malloc(FLEET_BATCH_HEADER + FLEET_BATCH_MAX);
    self->pending = malloc(PENDING_MAX * sizeof self->pending[0]);
    if (self->meter == NULL || self->batch == NULL || self->pending == NULL)
        return fleet_image_error(
            self, disk_file_fail(&self->image, ERR_SPACE, "not enough memory for its meters"));
    for (uint32_t k = 0; k < self->meters; k++)
        self->meter[k] = (struct fleet_meter){.device = {.ctx = &self->meter[k],
                                                         .sector_size = self->header.sector_size,
                                                         .sectors = self->header.sectors,
                                                         .unit = self->header.unit,
                                                         .read = device_read,
                                                         .program = device_program,
                                                         .erase = device_erase,
                                                         .sync = device_sync},
                                              .fleet = self,
                                              .first = NONE,
                                              .last = NONE};
    return 0;
}

/* Only when the image has room for them does a log say so. */
static int recover(struct fleet *self, uint32_t meters)
{
    int err = fleet_replay(self);
    self->health.recovered = self->sequence;
    if (err)
        return err;
    if (meters < self->header.meters)
        meters = self->header.meters;
    if (meters > self->header.meters &&
        ftruncate(self->image.fd, (off_t)fleet_place(self, meters, 0)) != 0)
        return fleet_image_error(self, disk_file_fail_errno(&self->image));
    return fleet_renew(self, meters);
}

static void release(struct fleet *self)
{
    disk_file_close(&self->image);
    disk_file_close(&self->log);
    free(self->meter);
    free(self->batch);
    free(self->pending);
    self->meter = NULL;
    self->batch = NULL;
    self->pending = NULL;
    self->meters = self->used = self->operations = 0;
}

int fleet_open(struct fleet *self, const struct fleet_config *config)
{
    char path[PATH_MAX + 8];
    bool made_image = false, made_log = false;
    *self = (struct fleet){.image = {.fd = -1}, .log = {.fd = -1}};
    snprintf(self->image.path, sizeof self->image.path, "%s", config->path);
    self->log_limit = config->log_limit != 0 ? config->log_limit : FLEET_LOG_LIMIT;
    int err = check_config(self, config);
    if (err == 0)
        err = fleet_image_error(self, disk_file_open(&self->image, config->path, &made_image));
    if (err == 0)
        err = fleet_image_error(self, disk_file_lock(&self->image));
    const bool is_ours = err == 0;
    snprintf(path, sizeof path, "%s.log", self->image.path);
    if (err == 0)
        err = fleet_log_error(self, disk_file_open(&self->log, path, &made_log));
    if (err == 0)
        err = fleet_files_take(self, config);
    if (err == 0)
        err = recover(self, config->meters);
    if (err == 0)
        err = make_meters(self);
    if (err && made_image && is_ours)
        (void)unlink(config->path); /* half a fleet is no use to anybody */
    if (err && made_log)
        (void)unlink(path);
    if (err)
        release(self);
    return err;
}

int fleet_close(struct fleet *self)
{
    int err = fleet_flush(self);
    if (err == 0 && self->image.fd >= 0 && self->log_end > FLEET_LOG_START)
        err = fleet_renew(self, self->header.meters);
    release(self);
    return err;
}
