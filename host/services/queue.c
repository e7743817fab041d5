#include "services/queue.h"

#include <stdalign.h>

#include "base/assert.h"

static size_t slot_stride(size_t slot_size)
{
    const size_t unit = alignof(max_align_t);
    return (slot_size + unit - 1) / unit * unit;
}

static unsigned char *slot_at(const struct queue *self, unsigned index)
{
    return self->memory + (size_t)(index & self->mask) * self->slot_size;
}

size_t queue_memory(size_t slot_size, uint32_t slots)
{
    return slot_stride(slot_size) * slots;
}

int queue_init(struct queue *self, void *memory, size_t slot_size, uint32_t slots)
{
    if (!memory || slot_size == 0 || slots < 2 || (slots & (slots - 1)) != 0)
        return ERR_ARGUMENT;
    self->memory = memory;
    self->slot_size = slot_stride(slot_size);
    self->mask = slots - 1;
    atomic_init(&self->head, 0);
    atomic_init(&self->tail, 0);
    atomic_init(&self->drops, 0);
    return ERR_NONE;
}

void *queue_reserve(struct queue *self)
{
    const unsigned head = atomic_load_explicit(&self->head, memory_order_relaxed);
    const unsigned tail = atomic_load_explicit(&self->tail, memory_order_acquire);
    return head - tail > self->mask ? NULL : slot_at(self, head);
}

void queue_commit(struct queue *self)
{
    const unsigned head = atomic_load_explicit(&self->head, memory_order_relaxed);
    ASSERT(head - atomic_load_explicit(&self->tail, memory_order_relaxed) <= self->mask);
    atomic_store_explicit(&self->head, head + 1, memory_order_release);
}

void queue_count_drop(struct queue *self)
{
    atomic_fetch_add_explicit(&self->drops, 1, memory_order_relaxed);
}

const void *queue_peek(struct queue *self)
{
    const unsigned tail = atomic_load_explicit(&self->tail, memory_order_relaxed);
    const unsigned head = atomic_load_explicit(&self->head, memory_order_acquire);
    return head == tail ? NULL : slot_at(self, tail);
}

void queue_release(struct queue *self)
{
    const unsigned tail = atomic_load_explicit(&self->tail, memory_order_relaxed);
    ASSERT(tail != atomic_load_explicit(&self->head, memory_order_relaxed));
    atomic_store_explicit(&self->tail, tail + 1, memory_order_release);
}

uint64_t queue_drops(struct queue *self)
{
    return atomic_load_explicit(&self->drops, memory_order_relaxed);
}
