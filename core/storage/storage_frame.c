#include "base/bytes.h"
#include "base/crc.h"
#include "storage/storage_p.h"

#define FRAME_MAGIC 0xB5

uint32_t storage_frame_size(const struct storage *self, uint32_t length)
{
    return medium_round_up(self, FRAME_HEADER + length + FRAME_CHECK);
}

/* Sixteen bits over the rest of the header and its place: a damaged length is not followed. */
static uint16_t header_check(const struct frame *frame)
{
    uint8_t rest[13];
    struct bytes_out out = {.data = rest, .size = sizeof rest};
    bytes_put_le(&out, frame->type, 1);
    bytes_put_le(&out, frame->length, 4);
    bytes_put_le(&out, frame->sequence, 4);
    bytes_put_le(&out, frame->address, 4);
    return (uint16_t)crc32(0, rest, sizeof rest);
}

void storage_frame_header(const struct frame *frame, uint8_t header[FRAME_HEADER])
{
    struct bytes_out out = {.data = header, .size = FRAME_HEADER};
    bytes_put_le(&out, FRAME_MAGIC, 1);
    bytes_put_le(&out, frame->type, 1);
    bytes_put_le(&out, header_check(frame), 2);
    bytes_put_le(&out, frame->length, 4);
    bytes_put_le(&out, frame->sequence, 4);
}

int storage_frame_find(const struct storage *self, uint32_t address, uint32_t limit,
                       struct frame *frame)
{
    uint8_t header[FRAME_HEADER];
    if (limit - address < FRAME_HEADER + FRAME_CHECK)
        return 0;
    const int err = medium_read(self, address, header, sizeof header);
    if (err)
        return err;
    struct bytes_in in = {.data = header, .size = sizeof header};
    const uint64_t magic = bytes_get_le(&in, 1);
    const unsigned type = (unsigned)bytes_get_le(&in, 1);
    const uint64_t check = bytes_get_le(&in, 2);
    frame->address = address;
    frame->length = (uint32_t)bytes_get_le(&in, 4);
    frame->sequence = (uint32_t)bytes_get_le(&in, 4);
    frame->type = type == FRAME_SNAPSHOT ? FRAME_SNAPSHOT : FRAME_DELTA;
    return magic == FRAME_MAGIC && type == (unsigned)frame->type && check == header_check(frame) &&
           frame->length <= limit - address - FRAME_HEADER - FRAME_CHECK;
}

int storage_frame_whole(const struct storage *self, const struct frame *frame)
{
    uint8_t data[FRAME_CHECK];
    uint32_t crc = medium_placed_crc(self, frame->address);
    int err = medium_crc(self, frame->address, FRAME_HEADER + frame->length, &crc);
    if (err == 0)
        err = medium_read(self, frame->address + FRAME_HEADER + frame->length, data, sizeof data);
    if (err)
        return err;
    struct bytes_in in = {.data = data, .size = sizeof data};
    return bytes_get_le(&in, FRAME_CHECK) == crc;
}

static int take_head(struct storage *self, unsigned log, uint32_t address)
{
    uint8_t data[HEAD_SIZE];
    const int err = medium_read(self, address, data, sizeof data);
    if (err)
        return err;
    struct bytes_in in = {.data = data, .size = sizeof data};
    struct storage_head head;
    head.slot = (uint32_t)bytes_get_le(&in, 4);
    head.next = (uint32_t)bytes_get_le(&in, 4);
    head.first = (uint32_t)bytes_get_le(&in, 4);
    if (head.slot >= storage_ring_slots(self, log) || head.first == 0 || head.first > head.next)
        self->health.corrupt_frames++; /* nobody wrote that and summed it up */
    else
        self->ring[log].head = head;
    return 0;
}

/* What is not known is from a later minor version, and says nothing that this one must know. */
static int take_item(struct storage *self, unsigned tag, unsigned id, uint32_t address,
                     uint32_t size)
{
    if (tag == ITEM_RECORD && size > RECORD_CHECK)
        self->health.corrupt_frames += !storage_index_put(self, id, address, size - RECORD_CHECK);
    if (tag == ITEM_DROP)
        storage_index_drop(self, id);
    if (tag == ITEM_HEAD && id < self->config.logs && size >= HEAD_SIZE)
        return take_head(self, id, address);
    return 0;
}

int storage_frame_take(struct storage *self, const struct frame *frame)
{
    uint32_t address = frame->address + FRAME_HEADER;
    uint32_t left = frame->length;
    int err = 0;
    if (frame->type == FRAME_SNAPSHOT)
        self->records = 0;
    while (left >= ITEM_HEADER && err == 0) {
        uint8_t data[ITEM_HEADER];
        err = medium_read(self, address, data, sizeof data);
        if (err)
            return err;
        const uint32_t size = data[2] | (uint32_t)data[3] << 8;
        if (size > left - ITEM_HEADER) {
            self->health.corrupt_frames++;
            return 0;
        }
        err = take_item(self, data[0], data[1], address + ITEM_HEADER, size);
        address += ITEM_HEADER + size;
        left -= ITEM_HEADER + size;
    }
    return err;
}
