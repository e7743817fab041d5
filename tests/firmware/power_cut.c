/*
 * The store of the oracle's commits on the board, for tests/firmware/power_cut: a step is a commit.
 */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "firmware/nor_memory.h"
#include "storage/storage.h"
#include "unit/store_oracle.h"

#define SECTOR  512u
#define SECTORS 40u
#define SEED    71

static struct block_device device;
static struct storage storage;
static struct store store;
static uint32_t memory[256];
static struct oracle oracle;
static struct oracle_commit commit;

static int mount(void)
{
    nor_init(&device, SECTOR, SECTORS);
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
    nor_note(&device, &storage.health);
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
    nor_note(&device, &storage.health);
    if (mount() != 0 || oracle_check(&oracle, &store) != ORACLE_SAME)
        return STUCK;
    return result;
}

int main(void)
{
    struct slip *slip = nor_slip();
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
