/*
 * A medium of any content. After 8 bytes of seed and choice the input is written over a sound store
 * in runs of {place (2), length (1), bytes}, or is the body of a last frame whose check sums are
 * right. Whatever is there: mount ends, every read and a few commits are safe, bounds are sane, and
 * what a commit kept can be read back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/bytes.h"
#include "unit/faulty.h"
#include "unit/forge.h"
#include "unit/store_oracle.h"

#define SECTOR  512
#define SECTORS 40
#define SIZE    (SECTOR * SECTORS)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t image[SIZE], dirty[SIZE];
static uint32_t memory[256];
static struct faulty medium;
static struct storage storage;
static struct store store;

static int mount(void)
{
    const struct storage_config config = {.device = &medium.device,
                                          .log = oracle_logs,
                                          .logs = ORACLE_LOGS,
                                          .keys = ORACLE_KEYS,
                                          .live_bytes = ORACLE_LIVE,
                                          .memory = memory,
                                          .memory_size = sizeof memory};
    ASSERT(storage_init(&storage, &config) == 0);
    store = storage_interface(&storage);
    return storage_mount(&storage);
}

static void work(uint64_t seed, uint32_t commits)
{
    static struct oracle_commit commit;
    for (uint32_t k = 0; k < commits; k++) {
        oracle_make(&commit, seed, k);
        (void)store.commit(store.ctx, commit.change, commit.changes);
    }
}

static void overwrite(struct bytes_in *in)
{
    while (!in->bad && in->used < in->size) {
        const size_t place = (size_t)bytes_get_le(in, 2) % SIZE;
        const size_t count = (size_t)bytes_get_le(in, 1);
        for (size_t k = 0; k < count && in->used < in->size; k++)
            image[(place + k) % SIZE] = (uint8_t)bytes_get_le(in, 1);
    }
}

static void read_all(void)
{
    uint8_t value[ORACLE_LONG];
    for (unsigned key = 0; key <= STORE_KEY_MAX; key++) {
        const int got = store.get(store.ctx, (uint16_t)key, value, sizeof value);
        ASSERT(got <= (int)sizeof value);
    }
    for (unsigned log = 0; log < ORACLE_LOGS; log++) {
        struct store_bounds bounds;
        ASSERT(store.bounds(store.ctx, log, &bounds) == 0);
        ASSERT(bounds.first >= 1 && bounds.first <= bounds.next);
        ASSERT(bounds.next - bounds.first <= oracle_logs[log].entries);
        for (uint32_t n = bounds.first; n < bounds.next; n++) {
            const int got = store.entry(store.ctx, log, n, value, sizeof value);
            ASSERT(got < 0 || got == oracle_logs[log].entry_size);
        }
    }
}

/* What is kept now is kept, whatever was there before. */
static void check_commit(void)
{
    uint8_t entry[ORACLE_LONG], value[8];
    struct store_bounds bounds;
    const struct store_change change[] = {{STORE_PUT, 1, 5, "value"},
                                          {STORE_APPEND, 0, 12, "twelve bytes"}};
    if (store.commit(store.ctx, change, 2) != 0)
        return;
    for (unsigned again = 0; again < 2; again++) {
        ASSERT(store.get(store.ctx, 1, value, sizeof value) == 5);
        ASSERT(memcmp(value, "value", 5) == 0);
        ASSERT(store.bounds(store.ctx, 0, &bounds) == 0);
        ASSERT(store.entry(store.ctx, 0, bounds.next - 1, entry, sizeof entry) == 12);
        ASSERT(memcmp(entry, "twelve bytes", 12) == 0);
        ASSERT(mount() == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes_in in = {.data = data, .size = size};
    const unsigned unit_shift = (unsigned)bytes_get_le(&in, 1) % 6;
    const uint32_t commits = (uint32_t)bytes_get_le(&in, 1) % 64;
    const uint64_t seed = bytes_get_le(&in, 4);
    const unsigned choice = (unsigned)bytes_get_le(&in, 2);
    const bool formatted = (choice & 1) == 0;
    faulty_init(&medium, image, dirty, SECTOR, SECTORS, 1U << unit_shift);
    if (formatted) {
        if (mount() != ERR_NOT_FOUND || storage_format(&storage) != 0 || mount() != 0)
            abort();
        work(seed, commits);
    }
    if (choice & 2 && formatted && !in.bad)
        (void)forge_frame(image, &storage, data + in.used, (uint32_t)(size - in.used));
    else
        overwrite(&in);
    if (mount() == 0) {
        read_all();
        check_commit();
        work(seed + 1, 5);
        read_all();
    }
    return 0;
}
