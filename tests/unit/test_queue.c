#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "services/queue.h"

#define ITEMS 200000

struct item {
    uint64_t number;
    uint64_t filler[7]; /* all equal to number: a torn slot shows */
};

struct race {
    struct queue queue;
    _Alignas(max_align_t) unsigned char memory[64 * sizeof(struct item)];
};

static void test_bad_shapes(void **state)
{
    (void)state;
    struct queue queue;
    _Alignas(max_align_t) unsigned char memory[256];
    assert_int_equal(queue_init(&queue, NULL, 8, 4), ERR_ARGUMENT);
    assert_int_equal(queue_init(&queue, memory, 0, 4), ERR_ARGUMENT);
    assert_int_equal(queue_init(&queue, memory, 8, 1), ERR_ARGUMENT);
    assert_int_equal(queue_init(&queue, memory, 8, 6), ERR_ARGUMENT);
    assert_int_equal(queue_init(&queue, memory, 8, 4), ERR_NONE);
}

static void test_order_full_and_empty(void **state)
{
    (void)state;
    struct queue queue;
    _Alignas(max_align_t) unsigned char memory[4 * sizeof(max_align_t)];
    assert_true(queue_memory(sizeof(int), 4) <= sizeof memory);
    assert_int_equal(queue_init(&queue, memory, sizeof(int), 4), ERR_NONE);
    assert_null(queue_peek(&queue));
    for (int round = 0; round < 5; round++) {
        for (int k = 0; k < 4; k++) {
            int *slot = queue_reserve(&queue);
            assert_non_null(slot);
            assert_ptr_equal(slot, queue_reserve(&queue));
            *slot = round * 10 + k;
            queue_commit(&queue);
        }
        assert_null(queue_reserve(&queue));
        for (int k = 0; k < 4; k++) {
            const int *slot = queue_peek(&queue);
            assert_non_null(slot);
            assert_int_equal(*slot, round * 10 + k);
            queue_release(&queue);
        }
        assert_null(queue_peek(&queue));
    }
}

static void test_indices_wrap(void **state)
{
    (void)state;
    struct queue queue;
    _Alignas(max_align_t) unsigned char memory[2 * sizeof(max_align_t)];
    assert_int_equal(queue_init(&queue, memory, sizeof(int), 2), ERR_NONE);
    atomic_store(&queue.head, UINT32_MAX);
    atomic_store(&queue.tail, UINT32_MAX);
    for (int k = 0; k < 2; k++) {
        int *slot = queue_reserve(&queue);
        assert_non_null(slot);
        *slot = k;
        queue_commit(&queue);
    }
    assert_null(queue_reserve(&queue));
    for (int k = 0; k < 2; k++) {
        const int *slot = queue_peek(&queue);
        assert_non_null(slot);
        assert_int_equal(*slot, k);
        queue_release(&queue);
    }
    assert_null(queue_peek(&queue));
}

/* Offers every number; what finds no room is dropped and counted. */
static void *produce(void *arg)
{
    struct queue *queue = arg;
    for (uint64_t k = 1; k <= ITEMS; k++) {
        struct item *slot = queue_reserve(queue);
        if (!slot) {
            queue_count_drop(queue);
            continue;
        }
        slot->number = k;
        for (size_t f = 0; f < 7; f++)
            slot->filler[f] = k;
        queue_commit(queue);
    }
    return NULL;
}

/* Takes one item if there is one; it must be whole and later than the one before. */
static uint64_t take(struct queue *queue, uint64_t *last)
{
    const struct item *item = queue_peek(queue);
    if (!item)
        return 0;
    assert_true(item->number > *last);
    for (size_t f = 0; f < 7; f++)
        assert_int_equal(item->filler[f], item->number);
    *last = item->number;
    queue_release(queue);
    return 1;
}

static void test_two_threads(void **state)
{
    (void)state;
    struct race *race = calloc(1, sizeof *race);
    pthread_t producer;
    uint64_t last = 0;
    uint64_t taken = 0;
    assert_non_null(race);
    assert_int_equal(queue_init(&race->queue, race->memory, sizeof(struct item), 64), ERR_NONE);
    assert_int_equal(pthread_create(&producer, NULL, produce, &race->queue), 0);
    while (taken + queue_drops(&race->queue) < ITEMS)
        taken += take(&race->queue, &last);
    pthread_join(producer, NULL);
    assert_int_equal(taken + queue_drops(&race->queue), ITEMS);
    assert_true(taken > 0);
    assert_null(queue_peek(&race->queue));
    free(race);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_shapes),
        cmocka_unit_test(test_order_full_and_empty),
        cmocka_unit_test(test_indices_wrap),
        cmocka_unit_test(test_two_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
