#include "services/fleet_log.h"

#include <string.h>

#include "base/crc.h"

#define MAGIC_SIZE    8
#define VERSION_MAJOR 1
#define BATCH_MAGIC   0x42464C42 /* "BLFB" */
#define CHECK_SIZE    4

static const char magic[][MAGIC_SIZE + 1] = {[FLEET_IMAGE] = "blonflee", [FLEET_LOG] = "blonflog"};

/* ---- headers ---- */

void fleet_header_write(const struct fleet_header *self, uint8_t bytes[FLEET_HEADER_SIZE])
{
    struct bytes_out out = {.data = bytes, .size = FLEET_HEADER_SIZE};
    memset(bytes, 0, FLEET_HEADER_SIZE);
    bytes_put(&out, magic[self->file], MAGIC_SIZE);
    bytes_put_le(&out, VERSION_MAJOR, 2);
    bytes_put_le(&out, 0, 2);
    bytes_put_le(&out, self->generation, 4);
    bytes_put_le(&out, self->id, 8);
    bytes_put_le(&out, self->sector_size, 4);
    bytes_put_le(&out, self->sectors, 4);
    bytes_put_le(&out, self->unit, 4);
    bytes_put_le(&out, self->meters, 4);
    out.used = FLEET_HEADER_SIZE - CHECK_SIZE;
    bytes_put_le(&out, crc32(0, bytes, FLEET_HEADER_SIZE - CHECK_SIZE), CHECK_SIZE);
}

int fleet_header_read(struct fleet_header *self, enum fleet_file file,
                      const uint8_t bytes[FLEET_HEADER_SIZE])
{
    struct bytes_in in = {.data = bytes, .size = FLEET_HEADER_SIZE};
    struct bytes_in end = in;
    end.used = FLEET_HEADER_SIZE - CHECK_SIZE;
    if (memcmp(bytes, magic[file], MAGIC_SIZE) != 0 ||
        bytes_get_le(&end, CHECK_SIZE) != crc32(0, bytes, FLEET_HEADER_SIZE - CHECK_SIZE))
        return ERR_FORMAT;
    in.used = MAGIC_SIZE;
    const uint64_t major = bytes_get_le(&in, 2);
    (void)bytes_get_le(&in, 2);
    self->file = file;
    self->generation = (uint32_t)bytes_get_le(&in, 4);
    self->id = bytes_get_le(&in, 8);
    self->sector_size = (uint32_t)bytes_get_le(&in, 4);
    self->sectors = (uint32_t)bytes_get_le(&in, 4);
    self->unit = (uint32_t)bytes_get_le(&in, 4);
    self->meters = (uint32_t)bytes_get_le(&in, 4);
    return major == VERSION_MAJOR ? ERR_NONE : ERR_UNSUPPORTED;
}

uint64_t fleet_meter_size(const struct fleet_header *log)
{
    return (uint64_t)log->sector_size * log->sectors;
}

/* ---- batches ---- */

/* With id and generation, which are not stored: no batch of another log, and none of an earlier
 * round of this one, is taken for one that is expected. */
static uint32_t header_check(const struct fleet_header *log, const uint8_t *bytes)
{
    uint8_t place[12];
    struct bytes_out out = {.data = place, .size = sizeof place};
    bytes_put_le(&out, log->id, 8);
    bytes_put_le(&out, log->generation, 4);
    return crc32(crc32(0, place, sizeof place), bytes, FLEET_BATCH_HEADER - CHECK_SIZE);
}

void fleet_batch_write(const struct fleet_header *log, struct fleet_batch *batch, const void *body,
                       uint8_t bytes[FLEET_BATCH_HEADER])
{
    struct bytes_out out = {.data = bytes, .size = FLEET_BATCH_HEADER};
    batch->check = crc32(0, body, batch->length);
    bytes_put_le(&out, BATCH_MAGIC, 4);
    bytes_put_le(&out, log->generation, 4);
    bytes_put_le(&out, batch->sequence, 4);
    bytes_put_le(&out, batch->operations, 4);
    bytes_put_le(&out, batch->length, 4);
    bytes_put_le(&out, batch->check, 4);
    bytes_put_le(&out, header_check(log, bytes), CHECK_SIZE);
}

bool fleet_batch_read(const struct fleet_header *log, struct fleet_batch *batch,
                      const uint8_t bytes[FLEET_BATCH_HEADER])
{
    struct bytes_in in = {.data = bytes, .size = FLEET_BATCH_HEADER};
    const uint64_t mark = bytes_get_le(&in, 4), generation = bytes_get_le(&in, 4);
    batch->sequence = (uint32_t)bytes_get_le(&in, 4);
    batch->operations = (uint32_t)bytes_get_le(&in, 4);
    batch->length = (uint32_t)bytes_get_le(&in, 4);
    batch->check = (uint32_t)bytes_get_le(&in, 4);
    return mark == BATCH_MAGIC && generation == log->generation &&
           batch->length <= FLEET_BATCH_MAX &&
           bytes_get_le(&in, CHECK_SIZE) == header_check(log, bytes);
}

bool fleet_batch_is_whole(const struct fleet_batch *batch, const void *body)
{
    return batch->check == crc32(0, body, batch->length);
}

uint64_t fleet_batch_step(const struct fleet_batch *batch)
{
    const uint64_t size = FLEET_BATCH_HEADER + (uint64_t)batch->length;
    return (size + FLEET_PAGE - 1) / FLEET_PAGE * FLEET_PAGE;
}

/* ---- operations ---- */

void fleet_op_write(struct bytes_out *out, const struct fleet_op *op)
{
    bytes_put_le(out, op->meter, 4);
    bytes_put_le(out, op->address, 4);
    bytes_put_le(out, op->data != NULL ? op->size : 0, 4);
    if (op->data != NULL)
        bytes_put(out, op->data, op->size);
}

bool fleet_op_read(const struct fleet_header *log, struct bytes_in *in, struct fleet_op *op)
{
    if (in->bad || in->used == in->size)
        return false;
    op->meter = (uint32_t)bytes_get_le(in, 4);
    op->address = (uint32_t)bytes_get_le(in, 4);
    op->size = (uint32_t)bytes_get_le(in, 4);
    op->data = NULL;
    const bool is_erase = op->size == 0;
    if (in->bad || op->size > in->size - in->used) {
        in->bad = true;
        return false;
    }
    if (is_erase) {
        op->size = log->sector_size;
    } else {
        op->data = in->data + in->used;
        in->used += op->size;
    }
    in->bad = op->meter >= log->meters || (is_erase && op->address % log->sector_size != 0) ||
              (uint64_t)op->address + op->size > fleet_meter_size(log);
    return !in->bad;
}
