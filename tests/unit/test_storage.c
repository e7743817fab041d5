/* The store: what it keeps, what it costs, and what it survives of a medium that fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/crc.h"
#include "storage/storage.h"
#include "unit/faulty.h"
#include "unit/forge.h"
#include "unit/store_oracle.h"

#define SECTOR  512
#define UNIT    4
#define SECTORS 40
#define SIZE    (SECTOR * SECTORS)

static uint8_t image[SIZE], dirty[SIZE / UNIT], saved[SIZE], saved_dirty[SIZE / UNIT];
static uint32_t memory[STORAGE_MEMORY(ORACLE_KEYS, ORACLE_LOGS) / sizeof(uint32_t)];
static struct faulty medium;
static struct storage storage;
static struct store store;
static struct oracle oracle;

static struct storage_config config_of(void)
{
    return (struct storage_config){.device = &medium.device,
                                   .log = oracle_logs,
                                   .logs = ORACLE_LOGS,
                                   .keys = ORACLE_KEYS,
                                   .live_bytes = ORACLE_LIVE,
                                   .memory = memory,
                                   .memory_size = sizeof memory};
}

static int mount(void)
{
    const struct storage_config config = config_of();
    assert_int_equal(storage_init(&storage, &config), 0);
    store = storage_interface(&storage);
    return storage_mount(&storage);
}

static void fresh(void)
{
    faulty_init(&medium, image, dirty, SECTOR, SECTORS, UNIT);
    oracle_init(&oracle);
    assert_int_equal(mount(), ERR_NOT_FOUND);
    assert_int_equal(storage_format(&storage), 0);
    assert_int_equal(mount(), 0);
}

static int put(unsigned key, const void *data, unsigned size)
{
    const struct store_change change = {STORE_PUT, (uint16_t)key, (uint16_t)size, data};
    return store.commit(store.ctx, &change, 1);
}

static int append(unsigned log, uint32_t tag)
{
    uint8_t data[ORACLE_LONG];
    const uint16_t size = oracle_logs[log].entry_size;
    const struct store_change change = {STORE_APPEND, (uint16_t)log, size, data};
    oracle_value(data, size, tag);
    return store.commit(store.ctx, &change, 1);
}

static bool entry_is(unsigned log, uint32_t number, uint32_t tag)
{
    uint8_t want[ORACLE_LONG], got[ORACLE_LONG];
    const uint16_t size = oracle_logs[log].entry_size;
    oracle_value(want, size, tag);
    return store.entry(store.ctx, log, number, got, sizeof got) == size &&
           memcmp(want, got, size) == 0;
}

/* Commits [from, to) of a seed; the oracle follows. */
static void work(uint64_t seed, uint32_t from, uint32_t to)
{
    static struct oracle_commit commit;
    for (uint32_t k = from; k < to; k++) {
        oracle_make(&commit, seed, k);
        assert_int_equal(store.commit(store.ctx, commit.change, commit.changes), 0);
        oracle_apply(&oracle, &commit);
    }
    assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
}

/* ---- what it is for ---- */

static void test_configuration(void **state)
{
    (void)state;
    fresh();
    struct storage_config config = config_of();
    const int64_t least = storage_sectors(&config);
    assert_in_range(least, 30, SECTORS);
    config.memory_size--;
    assert_int_equal(storage_init(&storage, &config), ERR_SPACE);
    config = config_of();
    medium.device.sectors = (uint32_t)least - 1;
    assert_int_equal(storage_init(&storage, &config), ERR_RANGE);
    medium.device.sectors = SECTORS;
    medium.device.unit = 3;
    assert_int_equal(storage_init(&storage, &config), ERR_RANGE);
    medium.device.unit = UNIT;
    const struct storage_log wide = {.entry_size = SECTOR - 7, .entries = 1};
    config.log = &wide;
    config.logs = 1;
    assert_int_equal(storage_init(&storage, &config), ERR_RANGE);
    assert_in_range(sizeof storage + sizeof memory, 1, 512);
}

static void test_before_a_mount(void **state)
{
    (void)state;
    uint8_t data[4] = {0};
    struct store_bounds bounds;
    faulty_init(&medium, image, dirty, SECTOR, SECTORS, UNIT);
    assert_int_equal(mount(), ERR_NOT_FOUND);
    assert_int_equal(store.get(store.ctx, 1, data, 4), ERR_STATE);
    assert_int_equal(put(1, data, 4), ERR_STATE);
    assert_int_equal(store.bounds(store.ctx, 0, &bounds), ERR_STATE);
    assert_int_equal(store.entry(store.ctx, 0, 1, data, 4), ERR_STATE);
    assert_int_equal(medium.ops, 0);
}

static void test_records(void **state)
{
    (void)state;
    uint8_t got[8];
    fresh();
    assert_int_equal(store.get(store.ctx, 3, got, 8), ERR_NOT_FOUND);
    assert_int_equal(put(3, "abc", 3), 0);
    assert_int_equal(put(3, "defgh", 5), 0);
    assert_int_equal(store.get(store.ctx, 3, got, 8), 5);
    assert_memory_equal(got, "defgh", 5);
    assert_int_equal(store.get(store.ctx, 3, got, 4), ERR_SPACE);
    const struct store_change both[] = {
        {STORE_PUT, 4, 1, "x"}, {STORE_DROP, 3, 0, NULL}, {STORE_PUT, 4, 2, "yz"}};
    assert_int_equal(store.commit(store.ctx, both, 3), 0);
    assert_int_equal(store.get(store.ctx, 3, got, 8), ERR_NOT_FOUND);
    assert_int_equal(mount(), 0);
    assert_int_equal(store.get(store.ctx, 3, got, 8), ERR_NOT_FOUND);
    assert_int_equal(store.get(store.ctx, 4, got, 8), 2);
    assert_memory_equal(got, "yz", 2);
}

/* As many changes in one commit as there may be: the last ones count like the first. */
static void test_many_changes(void **state)
{
    (void)state;
    struct store_change change[STORE_CHANGES_MAX];
    uint8_t data[STORE_CHANGES_MAX], got;
    fresh();
    assert_int_equal(put(1, "a", 1), 0);
    for (unsigned k = 0; k < STORE_CHANGES_MAX; k++) {
        data[k] = (uint8_t)k;
        change[k] = (struct store_change){STORE_PUT, 1, 1, &data[k]};
    }
    change[STORE_CHANGES_MAX - 1].id = 2;
    assert_int_equal(store.commit(store.ctx, change, STORE_CHANGES_MAX), 0);
    assert_int_equal(mount(), 0);
    assert_int_equal(store.get(store.ctx, 1, &got, 1), 1);
    assert_int_equal(got, STORE_CHANGES_MAX - 2);
    assert_int_equal(store.get(store.ctx, 2, &got, 1), 1);
    assert_int_equal(got, STORE_CHANGES_MAX - 1);
}

static void test_limits(void **state)
{
    (void)state;
    static const uint8_t data[ORACLE_LIVE + 1];
    struct store_change change[STORE_CHANGES_MAX + 1];
    fresh();
    assert_int_equal(put(0, data, 1), ERR_RANGE);
    assert_int_equal(put(STORE_KEY_MAX + 1, data, 1), ERR_RANGE);
    assert_int_equal(put(1, data, 0), ERR_RANGE);
    assert_int_equal(put(1, data, ORACLE_LIVE + 1), ERR_SPACE);
    for (unsigned k = 0; k <= ORACLE_KEYS; k++)
        assert_int_equal(put(STORE_KEY_MAX - k, data, 1), k < ORACLE_KEYS ? 0 : ERR_SPACE);
    assert_int_equal(put(STORE_KEY_MAX, data, ORACLE_LIVE - ORACLE_KEYS + 1), 0);
    assert_int_equal(put(STORE_KEY_MAX - 1, data, 2), ERR_SPACE);
    for (unsigned k = 0; k <= STORE_CHANGES_MAX; k++)
        change[k] = (struct store_change){STORE_APPEND, 0, 12, data};
    assert_int_equal(store.commit(store.ctx, change, STORE_CHANGES_MAX + 1), ERR_SPACE);
    assert_int_equal(store.commit(store.ctx, change, 2), ERR_SPACE);
    change[0].size = 11;
    assert_int_equal(store.commit(store.ctx, change, 1), ERR_RANGE);
    change[0] = (struct store_change){STORE_CLEAR, ORACLE_LOGS, 0, NULL};
    assert_int_equal(store.commit(store.ctx, change, 1), ERR_RANGE);
    change[0].action = (enum store_action)9;
    assert_int_equal(store.commit(store.ctx, change, 1), ERR_ARGUMENT);
    assert_int_equal(store.commit(store.ctx, NULL, 0), 0);
}

static void test_what_is_so_costs_nothing(void **state)
{
    (void)state;
    fresh();
    assert_int_equal(put(1, "same", 4), 0);
    const uint64_t ops = medium.ops, syncs = medium.syncs;
    const struct store_change changes[] = {{STORE_PUT, 1, 5, "other"},
                                           {STORE_PUT, 1, 4, "same"},
                                           {STORE_DROP, 2, 0, NULL},
                                           {STORE_CLEAR, 0, 0, NULL}};
    assert_int_equal(store.commit(store.ctx, changes, 4), 0);
    assert_int_equal(medium.ops, ops);
    assert_int_equal(medium.syncs, syncs);
    assert_int_equal(put(1, "same!", 5), 0);
    assert_true(medium.ops > ops);
}

static void test_logs(void **state)
{
    (void)state;
    struct store_bounds bounds;
    fresh();
    for (uint32_t number = 1; number <= 200; number++) {
        assert_int_equal(append(0, number), 0);
        assert_int_equal(store.bounds(store.ctx, 0, &bounds), 0);
        assert_int_equal(bounds.next, number + 1);
        assert_int_equal(bounds.first, number > ORACLE_SHOWN ? number - ORACLE_SHOWN + 1 : 1);
        assert_true(entry_is(0, bounds.first, bounds.first) && entry_is(0, number, number));
        assert_false(entry_is(0, bounds.first - 1, bounds.first - 1));
    }
    const struct store_change clear = {STORE_CLEAR, 0, 0, NULL};
    assert_int_equal(store.commit(store.ctx, &clear, 1), 0);
    assert_int_equal(mount(), 0);
    assert_int_equal(store.bounds(store.ctx, 0, &bounds), 0);
    assert_int_equal(bounds.first, 201);
    assert_int_equal(bounds.next, 201);
    assert_int_equal(store.bounds(store.ctx, ORACLE_LOGS, &bounds), ERR_RANGE);
    assert_int_equal(append(0, 5), 0);
    assert_true(entry_is(0, 201, 5));
}

static void test_long_work(void **state)
{
    (void)state;
    fresh();
    for (uint32_t k = 0; k < 600; k += 20) {
        work(5, k, k + 20);
        assert_int_equal(mount(), 0);
        assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
    }
    assert_int_equal(medium.broken, 0);
    assert_int_equal(storage.health.corrupt_frames + storage.health.torn_tails, 0);
}

/* ---- power ---- */

static void save(void)
{
    memcpy(saved, image, sizeof saved);
    memcpy(saved_dirty, dirty, sizeof saved_dirty);
}

static void restore(void)
{
    memcpy(image, saved, sizeof saved);
    memcpy(dirty, saved_dirty, sizeof saved_dirty);
    faulty_power_on(&medium);
}

/* False: the commit has fewer writes. */
static bool cut_once(const struct oracle_commit *commit, unsigned write, enum faulty_mode mode)
{
    restore();
    assert_int_equal(mount(), 0);
    medium.mode = mode;
    medium.cut_at = medium.ops + write;
    (void)store.commit(store.ctx, commit->change, commit->changes);
    if (!medium.off)
        return false;
    faulty_power_on(&medium);
    assert_int_equal(mount(), 0);
    struct oracle after = oracle;
    oracle_apply(&after, commit);
    const bool kept = oracle_check(&after, &store) == ORACLE_SAME;
    if (!kept)
        assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
    assert_int_equal(append(1, write), 0);
    assert_true(entry_is(1, (kept ? after : oracle).log[1].next, write));
    return true;
}

static void test_power_cuts(void **state)
{
    (void)state;
    static struct oracle_commit commit;
    unsigned cuts = 0;
    fresh();
    for (uint32_t k = 0; k < 60; k++) {
        bool more = k % 3 == 0;
        save();
        oracle_make(&commit, 11, k);
        for (unsigned write = 1; more; write++) {
            for (unsigned mode = 0; mode < FAULTY_REORDER && more; mode++) {
                more = cut_once(&commit, write, (enum faulty_mode)mode);
                cuts += more;
            }
        }
        restore();
        assert_int_equal(mount(), 0);
        work(11, k, k + 1);
    }
    assert_int_equal(medium.broken, 0);
    print_message("%u cuts\n", cuts);
}

/* What an aborted commit left must not come back as the entry that got its number later. */
static void test_debris_is_no_entry(void **state)
{
    (void)state;
    fresh();
    assert_int_equal(append(0, 1), 0);
    medium.mode = FAULTY_WHOLE;
    medium.cut_at = medium.ops + 1;
    assert_int_equal(append(0, 77), ERR_IO);
    faulty_power_on(&medium);
    assert_int_equal(mount(), 0);
    assert_false(entry_is(0, 2, 77));
    assert_int_equal(append(0, 2), 0);
    assert_int_equal(storage.health.dead_slots, 1);
    assert_true(entry_is(0, 1, 1) && entry_is(0, 2, 2));
    image[2 * SECTOR + 2 * 20 + 9] ^= 1; /* the third slot of the first ring */
    assert_false(entry_is(0, 2, 2) || entry_is(0, 2, 77));
    assert_true(entry_is(0, 1, 1));
    assert_int_equal(storage.health.corrupt_entries, 2);
}

/* Cuts without end cost places; a log then shows less, and says so. */
static void test_dead_slots_without_end(void **state)
{
    (void)state;
    struct store_bounds bounds;
    uint32_t number = 1;
    fresh();
    for (unsigned k = 0; k < 300; k++) {
        medium.mode = FAULTY_WHOLE;
        medium.cut_at = k % 8 == 7 ? 0 : medium.ops + 1;
        if (append(0, number) == 0)
            number++;
        faulty_power_on(&medium);
        assert_int_equal(mount(), 0);
        assert_int_equal(store.bounds(store.ctx, 0, &bounds), 0);
        assert_int_equal(bounds.next, number);
        for (uint32_t n = bounds.first; n < bounds.next; n++)
            assert_true(entry_is(0, n, n));
    }
    assert_in_range(number, 30, 50);
    assert_in_range(bounds.next - bounds.first, 6, ORACLE_SHOWN - 1);
    assert_int_equal(medium.broken, 0);
}

/* ---- media that refuse ---- */

static void test_refusals(void **state)
{
    (void)state;
    static struct oracle_commit commit;
    static const int errors[] = {ERR_STATE, ERR_IO};
    uint32_t index = 0;
    fresh();
    for (unsigned k = 0; k < 120; k++) {
        oracle_make(&commit, 21, index);
        medium.refuse_from = medium.ops + 1 + k % 7;
        medium.refuse_to = k % 3 == 0 ? UINT64_MAX : medium.refuse_from + 1;
        medium.refuse_err = errors[k & 1];
        const int err = store.commit(store.ctx, commit.change, commit.changes);
        if (err == 0) {
            oracle_apply(&oracle, &commit);
            index++;
        } else {
            assert_int_equal(err, medium.refuse_err);
        }
        assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
        medium.refuse_from = medium.refuse_to = 0;
        if (k % 5 == 0)
            assert_int_equal(mount(), 0);
        work(21, index, index + 1);
        index++;
    }
    assert_int_equal(mount(), 0);
    assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
    assert_int_equal(medium.broken, 0);
}

/* A commit whose last sync failed may be on the medium: what comes next must not harm it before it
 * is out of date. */
static void test_kept_in_spite_of_an_error(void **state)
{
    (void)state;
    struct store_bounds bounds;
    bool more = true;
    for (unsigned write = 1; more; write++) {
        fresh();
        assert_int_equal(append(0, 1), 0);
        medium.sync_fails_from = medium.syncs + 2; /* that of the frame, and of two more tries */
        medium.sync_fails_to = medium.syncs + 5;
        assert_int_equal(append(0, 50), ERR_IO);
        assert_int_equal(store.bounds(store.ctx, 0, &bounds), 0);
        assert_int_equal(bounds.next, 2);
        medium.mode = FAULTY_WHOLE;
        medium.cut_at = medium.ops + write;
        more = append(0, 60) != 0;
        faulty_power_on(&medium);
        assert_int_equal(mount(), 0);
        assert_int_equal(store.bounds(store.ctx, 0, &bounds), 0);
        assert_in_range(bounds.next, 2, 3);
        assert_true(bounds.next == 2 || entry_is(0, 2, 60) || (more && entry_is(0, 2, 50)));
        assert_true(append(0, 70) == 0 && entry_is(0, bounds.next, 70) && entry_is(0, 1, 1));
    }
    assert_int_equal(medium.broken, 0);
}

static void test_writes_that_slip(void **state)
{
    (void)state;
    static struct oracle_commit commit;
    fresh();
    for (uint32_t k = 0; k < 200; k++) {
        oracle_make(&commit, 31, k);
        medium.slip_at = medium.ops + 1 + k % 5;
        assert_int_equal(store.commit(store.ctx, commit.change, commit.changes), 0);
        oracle_apply(&oracle, &commit);
        assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
    }
    assert_true(storage.health.write_errors > 20);
    assert_int_equal(mount(), 0);
    assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
}

/* ---- media that forget ---- */

/* A value lies somewhere in the image: spoil its newest place. */
static void spoil(const char *text)
{
    const size_t size = strlen(text);
    for (size_t at = SIZE - size; at > 0; at--) {
        if (memcmp(image + at, text, size) == 0) {
            image[at] ^= 4;
            return;
        }
    }
    fail();
}

static void check_record(unsigned key, const char *text)
{
    char got[16] = {0};
    assert_int_equal(store.get(store.ctx, (uint16_t)key, got, sizeof got), strlen(text));
    assert_string_equal(got, text);
}

static void test_spoilt_records(void **state)
{
    (void)state;
    uint8_t got[16];
    fresh();
    assert_int_equal(put(1, "first", 5), 0);
    assert_int_equal(put(2, "second", 6), 0);
    assert_int_equal(put(3, "third", 5), 0);
    assert_int_equal(put(2, "fourth", 6), 0);
    spoil("fourth");
    assert_int_equal(store.get(store.ctx, 2, got, 16), ERR_FORMAT);
    check_record(1, "first");
    assert_int_equal(storage.health.corrupt_records, 1);
    assert_int_equal(mount(), 0); /* the last frame: as if it had been torn */
    check_record(2, "second");
    assert_int_equal(storage.health.torn_tails, 1);
    assert_int_equal(put(4, "fifth", 5), 0);
    assert_int_equal(put(1, "sixth", 5), 0);
    assert_int_equal(put(2, "seventh", 7), 0);
    spoil("sixth");
    assert_int_equal(mount(), 0); /* one in the middle: that commit is lost */
    assert_int_equal(storage.health.corrupt_frames, 1);
    check_record(1, "first");
    check_record(2, "seventh");
    check_record(4, "fifth");
}

/* With its snapshot spoilt a bank's later frames go on top of the bank before. */
static void test_spoilt_snapshot(void **state)
{
    (void)state;
    fresh();
    assert_int_equal(put(1, "one", 3), 0);
    assert_int_equal(put(2, "two", 3), 0);
    const uint32_t bank = storage.bank;
    while (storage.bank == bank)
        assert_int_equal(put(8, &medium.ops, 60), 0);
    const uint32_t snapshot = (storage.bank_sector + storage.bank * storage.bank_sectors) * SECTOR;
    assert_int_equal(put(2, "TWO", 3), 0);
    assert_int_equal(append(0, 9), 0);
    image[snapshot + 20] ^= 1;
    assert_int_equal(mount(), 0);
    assert_int_equal(storage.health.corrupt_frames, 1);
    check_record(1, "one");
    check_record(2, "TWO");
    assert_true(entry_is(0, 1, 9));
    /* The next bank goes wrong; the one after it is not the one that is still needed. */
    medium.slip_at = medium.ops + storage.bank_sectors + 1;
    assert_int_equal(put(3, "three", 5), 0);
    assert_int_equal(storage.health.write_errors, 1);
    assert_int_equal(mount(), 0);
    assert_int_equal(storage.health.corrupt_frames, 0);
    check_record(1, "one");
    check_record(2, "TWO");
    check_record(3, "three");
}

/* Half a snapshot that reads as a whole one later, as cells between one and zero may, must not take
 * the place of what was committed since. */
static void test_snapshot_that_heals(void **state)
{
    (void)state;
    char text[ORACLE_VALUE] = "";
    fresh();
    const uint32_t bank = storage.bank;
    uint32_t sequence = 0;
    do {
        save();
        sequence = storage.sequence;
        text[0]++;
        assert_int_equal(put(8, text, sizeof text), 0);
    } while (storage.bank == (bank + 1) % storage.banks);
    const uint32_t place = (storage.bank_sector + storage.bank * storage.bank_sectors) * SECTOR;
    const uint32_t size = storage.end;
    memcpy(saved + place, image + place, size);
    memset(saved_dirty + place / UNIT, 1, size / UNIT);
    restore();
    image[place + size - 1] ^= 1;
    assert_int_equal(mount(), 0);
    assert_true(storage.sequence > sequence + 1);
    assert_int_equal(put(1, "new", 3), 0);
    if (memcmp(image + place, saved + place, size - 1) == 0) /* it still lies there */
        image[place + size - 1] ^= 1;
    assert_int_equal(mount(), 0);
    check_record(1, "new");
    assert_int_equal(medium.broken, 0);
}

static void test_spoilt_superblocks(void **state)
{
    (void)state;
    fresh();
    assert_int_equal(put(1, "one", 3), 0);
    for (unsigned copy = 0; copy < 2; copy++) {
        image[copy * SECTOR + 10] ^= 1;
        assert_int_equal(mount(), 0);
        check_record(1, "one");
        assert_int_equal(storage.health.corrupt_superblocks, 1);
        assert_int_equal(put(2, copy ? "two" : "TWO", 3), 0);
        assert_int_equal(mount(), 0);
        assert_int_equal(storage.health.corrupt_superblocks, 0);
    }
    image[10] ^= 1;
    image[SECTOR + 10] ^= 1;
    assert_int_equal(mount(), ERR_FORMAT);
    assert_int_equal(storage_format(&storage), 0);
    assert_int_equal(mount(), 0);
    assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
}

static void try_everything(void)
{
    uint8_t data[ORACLE_LONG];
    struct store_bounds bounds;
    for (unsigned key = 0; key <= STORE_KEY_MAX; key++)
        (void)store.get(store.ctx, (uint16_t)key, data, sizeof data);
    for (unsigned log = 0; log < ORACLE_LOGS; log++) {
        if (store.bounds(store.ctx, log, &bounds) != 0)
            continue;
        assert_true(bounds.first <= bounds.next);
        assert_true(bounds.next - bounds.first <= oracle_logs[log].entries);
        for (uint32_t n = bounds.first; n < bounds.next; n++)
            (void)store.entry(store.ctx, log, n, data, sizeof data);
        (void)append(log, 1);
    }
    (void)put(1, "value", 5);
}

/* Whatever a medium says, it is survived; entries are the right ones or none. */
static void test_any_content(void **state)
{
    (void)state;
    fresh();
    work(41, 0, 80);
    save();
    for (unsigned k = 0; k < 150; k++) {
        restore();
        const unsigned flips = 1U << faulty_random(&medium) % 10;
        for (unsigned flip = 0; flip < flips; flip++) {
            const uint32_t at = faulty_random(&medium) % SIZE;
            image[at] ^= (uint8_t)(1U << faulty_random(&medium) % 8);
        }
        if (mount() == 0)
            try_everything();
    }
}

/* ---- versions ---- */

/* The image as a program of that version would have left it. */
static void set_version(unsigned major, unsigned minor)
{
    for (unsigned copy = 0; copy < 2; copy++) {
        uint8_t *at = image + copy * SECTOR;
        forge_le(at + 8, major, 2);
        forge_le(at + 10, minor, 2);
        forge_le(at + 60, crc32(0, at, 60), 4);
    }
}

static void test_versions(void **state)
{
    (void)state;
    static const uint8_t later[] = {0x55, 7, 3,  0, 1, 2, 3, /* an item nobody knows */
                                    3,    0, 16, 0, 0, 0, 0, 0, 5,
                                    0,    0, 0,  5, 0, 0, /* a head with four bytes more */
                                    0,    9, 9,  9, 9, 2, 1, 0, 0}; /* and a drop */
    struct store_bounds bounds;
    uint8_t got[8];
    fresh();
    assert_int_equal(put(1, "one", 3), 0);
    assert_int_equal(put(2, "two", 3), 0);
    set_version(0, 9);
    save();
    assert_int_equal(mount(), ERR_UNSUPPORTED); /* older: refused, and left as it is */
    assert_memory_equal(image, saved, sizeof saved);
    set_version(2, 0);
    assert_int_equal(mount(), ERR_UNSUPPORTED);
    set_version(1, 7);
    assert_int_equal(mount(), 0);
    forge_frame(image, &storage, later, sizeof later);
    assert_int_equal(mount(), 0);
    assert_int_equal(storage.health.torn_tails + storage.health.corrupt_frames, 0);
    assert_int_equal(store.get(store.ctx, 1, got, 8), ERR_NOT_FOUND);
    check_record(2, "two");
    assert_int_equal(store.bounds(store.ctx, 0, &bounds), 0);
    assert_int_equal(bounds.next, 5);
    assert_int_equal(append(0, 3), 0);
    assert_true(entry_is(0, 5, 3));
}

static void test_other_configurations(void **state)
{
    (void)state;
    fresh();
    struct storage_config config = config_of();
    config.keys--;
    assert_int_equal(storage_init(&storage, &config), 0);
    assert_int_equal(storage_mount(&storage), ERR_UNSUPPORTED);
    struct storage_log log[ORACLE_LOGS];
    memcpy(log, oracle_logs, sizeof log);
    log[2].entries--;
    config = config_of();
    config.log = log;
    assert_int_equal(storage_init(&storage, &config), 0);
    assert_int_equal(storage_mount(&storage), ERR_UNSUPPORTED);
    medium.device.unit = 8;
    config = config_of();
    assert_int_equal(storage_init(&storage, &config), 0);
    assert_int_equal(storage_mount(&storage), ERR_UNSUPPORTED);
    medium.device.unit = UNIT;
}

/* Entries of a life before lie in the rings still; they are not of this one. */
static void test_formatted_again(void **state)
{
    (void)state;
    fresh();
    work(51, 0, 100);
    assert_int_equal(storage_format(&storage), 0);
    assert_int_equal(mount(), 0);
    oracle_init(&oracle);
    assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
    assert_int_equal(storage.generation, 2);
    work(52, 0, 100);
    assert_int_equal(medium.broken, 0);
}

/* Formatting cut anywhere: a store, or nothing, which is formatted again. */
static void test_format_cut(void **state)
{
    (void)state;
    fresh();
    work(61, 0, 40);
    save();
    for (unsigned write = 1; write < 200; write++) {
        restore();
        assert_int_equal(mount(), 0);
        medium.mode = (enum faulty_mode)(write % FAULTY_REORDER);
        medium.cut_at = medium.ops + write;
        if (storage_format(&storage) == 0)
            return;
        faulty_power_on(&medium);
        const int err = mount();
        assert_true(err == 0 || err == ERR_NOT_FOUND);
        assert_int_equal(storage_format(&storage), 0);
        assert_int_equal(mount(), 0);
    }
    fail();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_configuration),
        cmocka_unit_test(test_before_a_mount),
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_many_changes),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_what_is_so_costs_nothing),
        cmocka_unit_test(test_logs),
        cmocka_unit_test(test_long_work),
        cmocka_unit_test(test_power_cuts),
        cmocka_unit_test(test_debris_is_no_entry),
        cmocka_unit_test(test_dead_slots_without_end),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_kept_in_spite_of_an_error),
        cmocka_unit_test(test_writes_that_slip),
        cmocka_unit_test(test_spoilt_records),
        cmocka_unit_test(test_spoilt_snapshot),
        cmocka_unit_test(test_snapshot_that_heals),
        cmocka_unit_test(test_spoilt_superblocks),
        cmocka_unit_test(test_any_content),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_other_configurations),
        cmocka_unit_test(test_formatted_again),
        cmocka_unit_test(test_format_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
