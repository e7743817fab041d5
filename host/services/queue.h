/*
 * services/queue.h: the one bounded queue between the measurement thread and the event loop.
 *
 * Single producer, single consumer, no lock: the producer fills a slot in place and commits it, the
 * consumer looks at the oldest slot in place and releases it. Slots and their number are fixed when
 * the queue is made; the caller owns the memory. A full queue never blocks: the producer is told
 * so, decides what to do (merge, wait or drop) and counts what it drops.
 *
 * Ownership passes by one release store and one acquire load per direction. A slot belongs to the
 * producer from queue_reserve() to queue_commit(), to the consumer from queue_peek() to
 * queue_release().
 */
#ifndef SERVICES_QUEUE_H
#define SERVICES_QUEUE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define QUEUE_LINE 64 /* bytes; head and tail live on cache lines of their own */

struct queue {
    unsigned char *memory;
    size_t slot_size;
    uint32_t mask;                            /* slots - 1 */
    _Alignas(QUEUE_LINE) atomic_uint head;    /* slots ever committed; the producer writes it */
    _Alignas(QUEUE_LINE) atomic_uint tail;    /* slots ever released; the consumer writes it */
    _Alignas(QUEUE_LINE) atomic_ullong drops; /* what the producer gave up, ever */
};

/* Bytes of memory that `slots` slots of `slot_size` bytes need. */
size_t queue_memory(size_t slot_size, uint32_t slots);

/* `slots` is a power of two, at least 2; `memory` is aligned to max_align_t and holds
 * queue_memory() bytes. */
int queue_init(struct queue *self, void *memory, size_t slot_size, uint32_t slots) MUST_USE;

/* Producer: the next free slot, or NULL if there is none. Reserving twice gives the same slot. */
void *queue_reserve(struct queue *self) MUST_USE;
void queue_commit(struct queue *self);
void queue_count_drop(struct queue *self);

/* Consumer: the oldest committed slot, or NULL if there is none. */
const void *queue_peek(struct queue *self) MUST_USE;
void queue_release(struct queue *self);

/* Either side. */
uint64_t queue_drops(struct queue *self);

#endif
