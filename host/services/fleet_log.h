/*
 * services/fleet_log.h: the bytes of a fleet's files: headers, batches, operations.
 *
 * Owns: nothing. docs/spec/fleet.md is the manual of the bytes. Bytes of meters lie inverted in
 * both files, so that a hole in a sparse file reads as erased flash. Called by: services/fleet and
 * its tests.
 */
#ifndef SERVICES_FLEET_LOG_H
#define SERVICES_FLEET_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"

#define FLEET_PAGE         4096             /* batches and headers begin on one */
#define FLEET_IMAGE_START  FLEET_PAGE       /* of meter 0 in the image */
#define FLEET_LOG_START    (2 * FLEET_PAGE) /* of the first batch in the log */
#define FLEET_HEADER_SIZE  64
#define FLEET_BATCH_HEADER 28
#define FLEET_BATCH_MAX    (1U << 20) /* bytes of the operations of a batch */
#define FLEET_OP_HEADER    12

enum fleet_file { FLEET_IMAGE, FLEET_LOG };

/* How a file begins. Both files of a fleet have one id and one geometry. */
struct fleet_header {
    enum fleet_file file;
    uint32_t generation; /* of the log; 0 in the image */
    uint64_t id;
    uint32_t sector_size, sectors, unit;
    uint32_t meters; /* in the log; 0 in the image */
};

struct fleet_batch {
    uint32_t sequence; /* from 1 in each generation */
    uint32_t operations, length;
    uint32_t check; /* of the operations */
};

struct fleet_op {
    uint32_t meter, address, size;
    const uint8_t *data; /* inverted; NULL: an erase of one sector */
};

void fleet_header_write(const struct fleet_header *self, uint8_t bytes[FLEET_HEADER_SIZE]);

/* ERR_FORMAT: no such header, or damaged; ERR_UNSUPPORTED: of another major version. */
int fleet_header_read(struct fleet_header *self, enum fleet_file file,
                      const uint8_t bytes[FLEET_HEADER_SIZE]) MUST_USE;

uint64_t fleet_meter_size(const struct fleet_header *log);

/* The header of a batch with these operations; `check` is reckoned. */
void fleet_batch_write(const struct fleet_header *log, struct fleet_batch *batch, const void *body,
                       uint8_t bytes[FLEET_BATCH_HEADER]);

/* Whether this is the header of a batch of this log and generation. */
bool fleet_batch_read(const struct fleet_header *log, struct fleet_batch *batch,
                      const uint8_t bytes[FLEET_BATCH_HEADER]);
bool fleet_batch_is_whole(const struct fleet_batch *batch, const void *body);

/* Bytes from the start of this batch to that of the next one. */
uint64_t fleet_batch_step(const struct fleet_batch *batch);

void fleet_op_write(struct bytes_out *out, const struct fleet_op *op);

/* The next operation; false: the bytes are over or (in->bad) are no operation of this fleet. */
bool fleet_op_read(const struct fleet_header *log, struct bytes_in *in, struct fleet_op *op);

#endif
