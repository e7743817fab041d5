/*
 * A store in memory that outlives the emulator, for tests/firmware/power_cut.
 *
 * The last words of that memory are a slip of paper between the host and this program: what to do,
 * up to which commit, how many commits have returned, how many have begun. WORK commits on from
 * what the slip says; VERIFY says by its exit status what the store holds, and that work goes on.
 */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "boards/mps2_an386/board.h"
#include "storage/storage.h"
#include "unit/store_oracle.h"

#define MEMORY  0x21800000u /* above the heap, in the memory that the host backs with a file */
#define SECTOR  512u
#define SECTORS 40u
#define SLIP    (MEMORY + SECTOR * SECTORS)
#define SEED    71

enum { WORK = 1, VERIFY = 2 };
enum { DONE = 0, BEFORE = 10, AFTER = 11, LOST = 20, NO_MOUNT = 21, REFUSED = 22, STUCK = 23 };

struct slip {
    volatile uint32_t order, until, returned, begun;
};

static struct storage storage;
static struct store store;
static uint32_t memory[256];
static struct oracle oracle;
static struct oracle_commit commit;

/* ---- memory that behaves as NOR flash does: a program clears bits, word by word ---- */

static volatile uint32_t *word_at(uint32_t address)
{
    return (volatile uint32_t *)(uintptr_t)(MEMORY + address);
}

static int nor_read(void *ctx, uint32_t address, void *data, uint32_t size)
{
    (void)ctx;
    memcpy(data, (const void *)(uintptr_t)(MEMORY + address), size);
    return 0;
}

static int nor_program(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    (void)ctx;
    const uint8_t *byte = data;
    for (uint32_t k = 0; k < size; k += sizeof(uint32_t)) {
        uint32_t word;
        memcpy(&word, byte + k, sizeof word);
        *word_at(address + k) &= word;
    }
    return 0;
}

static int nor_erase(void *ctx, uint32_t sector)
{
    (void)ctx;
    for (uint32_t k = 0; k < SECTOR; k += sizeof(uint32_t))
        *word_at(sector * SECTOR + k) = UINT32_MAX;
    return 0;
}

static int nor_sync(void *ctx)
{
    (void)ctx;
    __asm volatile("dsb" ::: "memory");
    return 0;
}

/* ---- the two orders ---- */

static int mount(void)
{
    static const struct block_device device = {.sector_size = SECTOR,
                                               .sectors = SECTORS,
                                               .unit = sizeof(uint32_t),
                                               .read = nor_read,
                                               .program = nor_program,
                                               .erase = nor_erase,
                                               .sync = nor_sync};
    const struct storage_config config = {.device = &device,
                                          .log = oracle_logs,
                                          .logs = ORACLE_LOGS,
                                          .keys = ORACLE_KEYS,
                                          .live_bytes = ORACLE_LIVE,
                                          .memory = memory,
                                          .memory_size = sizeof memory};
    int err = storage_init(&storage, &config);
    if (err == 0)
        err = storage_mount(&storage);
    store = storage_interface(&storage);
    return err;
}

static int commit_one(uint32_t index)
{
    oracle_make(&commit, SEED, index);
    const int err = store.commit(store.ctx, commit.change, commit.changes);
    if (err == 0)
        oracle_apply(&oracle, &commit);
    return err;
}

static int work(struct slip *slip)
{
    while (slip->returned < slip->until) {
        slip->begun = slip->returned + 1;
        if (commit_one(slip->returned) != 0)
            return REFUSED;
        slip->returned = slip->begun;
    }
    return DONE;
}

static int verify(const struct slip *slip)
{
    uint32_t index = 0;
    int result = BEFORE;
    for (; index < slip->returned; index++) {
        oracle_make(&commit, SEED, index);
        oracle_apply(&oracle, &commit);
    }
    if (oracle_check(&oracle, &store) != ORACLE_SAME) {
        oracle_make(&commit, SEED, index++);
        oracle_apply(&oracle, &commit);
        if (slip->begun < index || oracle_check(&oracle, &store) != ORACLE_SAME)
            return LOST;
        result = AFTER;
    }
    for (unsigned k = 0; k < 3; k++) {
        if (commit_one(index++) != 0)
            return REFUSED;
    }
    if (mount() != 0 || oracle_check(&oracle, &store) != ORACLE_SAME)
        return STUCK;
    return result;
}

int main(void)
{
    struct slip *slip = (struct slip *)(uintptr_t)SLIP;
    int err = mount();
    oracle_init(&oracle);
    if (err == ERR_NOT_FOUND && slip->order == WORK && slip->returned == 0) {
        err = storage_format(&storage);
        if (err == 0)
            err = mount();
    }
    if (err)
        return NO_MOUNT;
    return slip->order == WORK ? work(slip) : verify(slip);
}
