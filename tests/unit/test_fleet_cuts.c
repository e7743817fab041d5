/*
 * Power cuts of a fleet: the log ends at every byte, with rubbish behind, and the image has any of
 * the pages it was given since its last sync. Then whole stores on top, cut between any two writes.
 */
#include "unit/fleet_bench.h"

#include "unit/store_oracle.h"

#define FLUSHES_MAX 16
#define IMAGE_SIZE  (FLEET_IMAGE_START + METERS * SIZE)

/* What was true when a flush returned. */
static struct moment {
    struct fleet_model model;
    uint8_t image[IMAGE_SIZE];
    uint64_t log_end;
} moment[FLUSHES_MAX];

static void take_moment(unsigned k)
{
    struct file_copy image = take_copy(path);
    assert_int_equal(image.size, IMAGE_SIZE);
    memcpy(moment[k].image, image.data, IMAGE_SIZE);
    moment[k].model = model;
    moment[k].log_end = fleet.log_end;
    free(image.data);
}

/* Writes an image each of whose pages is as it was at one of the moments from..to. */
static void write_image(unsigned from, unsigned to)
{
    static uint8_t image[IMAGE_SIZE];
    for (size_t at = 0; at < IMAGE_SIZE; at += FLEET_PAGE) {
        const unsigned k = from + bench_random() % (to - from + 1);
        memcpy(image + at, moment[k].image + at, FLEET_PAGE);
    }
    write_file(path, image, sizeof image);
}

static void write_log(const struct file_copy *log, size_t size, bool rubbish)
{
    static uint8_t data[1 << 20];
    const size_t more = rubbish ? bench_random() % (3 * FLEET_PAGE) : 0;
    assert_true(size + more <= sizeof data);
    memcpy(data, log->data, size);
    for (size_t k = size; k < size + more; k++)
        data[k] = (uint8_t)bench_random();
    write_file(log_path, data, size + more);
}

static void check_recovery(const struct fleet_model *want, uint32_t batches)
{
    assert_int_equal(open_fleet(&fleet), 0);
    assert_int_equal(fleet.health.recovered, batches);
    assert_int_equal(differs(&fleet, want), METERS);
    assert_int_equal(fleet_close(&fleet), 0);
}

/* A fleet that flushed `flushes` times since its log began; lets go of it. Its log. */
static struct file_copy make_history(unsigned flushes)
{
    assert_int_equal(open_fleet(&fleet), 0);
    take_moment(0);
    for (unsigned k = 1; k <= flushes; k++) {
        program(k % METERS, k, &k, 1); /* the erase of what is erased would be no operation */
        for (unsigned n = bench_random() % 12; n > 0; n--)
            any_operation();
        assert_int_equal(fleet_flush(&fleet), 0);
        take_moment(k);
    }
    struct file_copy log = take_copy(log_path);
    assert_int_equal(fleet_close(&fleet), 0);
    return log;
}

/* Bytes of batch `k` without what fills its page. */
static size_t batch_end(const struct file_copy *log, unsigned k)
{
    const uint8_t *start = log->data + moment[k - 1].log_end;
    struct bytes_in in = {.data = start, .size = FLEET_BATCH_HEADER, .used = 16};
    return (size_t)(moment[k - 1].log_end + FLEET_BATCH_HEADER + bytes_get_le(&in, 4));
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    enum { FLUSHES = 7, CUT = 2 };
    struct file_copy log = make_history(FLUSHES);
    for (unsigned k = FLUSHES - CUT + 1; k <= FLUSHES; k++) {
        const size_t end = batch_end(&log, k);
        for (size_t cut = (size_t)moment[k - 1].log_end; cut <= end; cut++) {
            const bool whole = cut == end;
            write_image(0, whole ? k : k - 1);
            write_log(&log, cut, cut % 2 == 0);
            check_recovery(&moment[whole ? k : k - 1].model, whole ? k : k - 1);
        }
    }
    free(log.data);
}

/* Any image from the last sync on will do, and the start may itself be cut short and come again. */
static void test_any_image(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 12; round++) {
        const unsigned flushes = 1 + bench_random() % (FLUSHES_MAX - 1);
        struct file_copy log = make_history(flushes);
        for (unsigned k = 0; k < 20; k++) {
            write_image(0, flushes);
            write_log(&log, log.size, k % 2 == 0);
            check_recovery(&moment[flushes].model, flushes);
        }
        free(log.data);
    }
}

static void test_a_batch_spoilt_before_others(void **state)
{
    (void)state;
    char reason[160];
    struct file_copy log = make_history(6);
    for (unsigned k = 1; k < 6; k++) {
        const size_t start = (size_t)moment[k - 1].log_end;
        const size_t at = start + bench_random() % (batch_end(&log, k) - start);
        log.data[at] ^= 0x20;
        write_image(0, 6);
        write_log(&log, log.size, false);
        log.data[at] ^= 0x20;
        assert_int_equal(open_fleet(&fleet), ERR_FORMAT);
        snprintf(reason, sizeof reason, "%s: is damaged at byte %zu", log_path, start);
        assert_string_equal(fleet.error, reason);
    }
    free(log.data);
}

/* The step to the next generation: its header is not there, in part, or whole. */
static void test_cut_while_the_log_begins_anew(void **state)
{
    (void)state;
    assert_int_equal(open_fleet(&fleet), 0);
    take_moment(0);
    while (fleet.health.generations < 2) {
        for (unsigned n = 0; n < 600; n++)
            any_operation();
        take_moment(1); /* before: its model is ahead of its log */
        moment[2] = moment[1];
        if (fleet.log_end + fleet.used + FLEET_PAGE > FLEET_LOG_LEAST)
            break;
        assert_int_equal(fleet_flush(&fleet), 0);
        take_moment(0);
    }
    struct file_copy before = take_copy(log_path);
    assert_int_equal(fleet_flush(&fleet), 0);
    assert_int_equal(fleet.health.generations, 2);
    const uint32_t batches = fleet.sequence;
    assert_int_equal(batches, 1);
    struct file_copy after = take_copy(log_path);
    assert_int_equal(fleet_close(&fleet), 0);
    const size_t slot = (fleet.header.generation - 1) % 2 * (size_t)FLEET_PAGE;
    for (size_t cut = 0; cut <= FLEET_HEADER_SIZE; cut++) {
        memcpy(before.data + slot, after.data + slot, cut);
        write_file(path, moment[1].image, IMAGE_SIZE);
        write_file(log_path, before.data, before.size);
        assert_int_equal(open_fleet(&fleet), 0);
        assert_int_equal(differs(&fleet, &moment[0].model), METERS);
        assert_int_equal(fleet.health.recovered == 0, cut == FLEET_HEADER_SIZE);
        assert_int_equal(fleet_close(&fleet), 0);
    }
    free(before.data);
    free(after.data);
}

/* After a sync that failed, the kernel may have let go of what it could not write. */
static void test_an_image_that_lost_writes(void **state)
{
    (void)state;
    assert_int_equal(open_fleet(&fleet), 0);
    take_moment(0);
    for (unsigned n = 0; n < 50; n++)
        any_operation();
    assert_int_equal(fleet_flush(&fleet), 0);
    any_operation();
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fwrite(moment[0].image, 1, IMAGE_SIZE, file), IMAGE_SIZE);
    assert_int_equal(fclose(file), 0);
    fleet.is_suspect = true;
    assert_int_equal(fleet_close(&fleet), 0);
    assert_int_equal(open_fleet(&fleet), 0);
    assert_int_equal(fleet.health.recovered, 0);
    assert_int_equal(differs(&fleet, &model), METERS);
}

/* ---- stores ---- */

static struct shop {
    struct block_device device; /* flushes the fleet between any two writes */
    const struct block_device *inner;
    struct storage storage;
    struct store store;
    uint32_t memory[256];
    uint32_t commits; /* that returned 0 */
    uint32_t flushed; /* of those, when the last flush returned */
} shop[METERS];

static void flush_all(void)
{
    assert_int_equal(fleet_flush(&fleet), 0);
    for (unsigned k = 0; k < METERS; k++)
        shop[k].flushed = shop[k].commits;
}

static int shop_read(void *ctx, uint32_t address, void *data, uint32_t size)
{
    const struct shop *self = ctx;
    return self->inner->read(self->inner->ctx, address, data, size);
}

static int shop_program(void *ctx, uint32_t address, const void *data, uint32_t size)
{
    const struct shop *self = ctx;
    const int err = self->inner->program(self->inner->ctx, address, data, size);
    if (bench_random() % 40 == 0)
        flush_all();
    return err;
}

static int shop_erase(void *ctx, uint32_t sector)
{
    const struct shop *self = ctx;
    const int err = self->inner->erase(self->inner->ctx, sector);
    if (bench_random() % 10 == 0)
        flush_all();
    return err;
}

static int shop_sync(void *ctx)
{
    const struct shop *self = ctx;
    return self->inner->sync(self->inner->ctx);
}

static void open_shop(unsigned k)
{
    struct shop *self = &shop[k];
    self->inner = fleet_device(&fleet, k);
    self->device = *self->inner;
    self->device.ctx = self;
    self->device.read = shop_read;
    self->device.program = shop_program;
    self->device.erase = shop_erase;
    self->device.sync = shop_sync;
    const struct storage_config config = {.device = &self->device,
                                          .log = oracle_logs,
                                          .logs = ORACLE_LOGS,
                                          .keys = ORACLE_KEYS,
                                          .live_bytes = ORACLE_LIVE,
                                          .memory = self->memory,
                                          .memory_size = sizeof self->memory};
    assert_int_equal(storage_init(&self->storage, &config), 0);
    int err = storage_mount(&self->storage);
    if (err == ERR_NOT_FOUND && self->flushed == 0) {
        assert_int_equal(storage_format(&self->storage), 0);
        err = storage_mount(&self->storage);
    }
    assert_int_equal(err, 0);
    self->store = storage_interface(&self->storage);
}

/* The store is what it was after some commit, not older than the last flush. */
static void check_shop(unsigned k, uint64_t life)
{
    static struct oracle oracle;
    static struct oracle_commit commit;
    struct shop *self = &shop[k];
    oracle_init(&oracle);
    for (uint32_t n = 0; n <= self->commits + 1; n++) {
        if (n >= self->flushed && oracle_check(&oracle, &self->store) == ORACLE_SAME) {
            self->commits = self->flushed = n;
            return;
        }
        oracle_make(&commit, life + k, n);
        oracle_apply(&oracle, &commit);
    }
    fail_msg("meter %u: %u commits, %u of them flushed, and neither", k, self->commits,
             self->flushed);
}

static void any_commit(uint64_t life)
{
    static struct oracle_commit commit;
    const unsigned k = bench_random() % METERS;
    struct shop *self = &shop[k];
    oracle_make(&commit, life + k, self->commits);
    assert_int_equal(self->store.commit(self->store.ctx, commit.change, commit.changes), 0);
    self->commits++;
}

/* The power goes: of what waits, and of what the process had in memory, nothing is left. */
static void cut_power(const struct file_copy *synced)
{
    struct file_copy image = take_copy(path), log = take_copy(log_path);
    (void)!fleet_close(&fleet);
    for (size_t at = 0; at + FLEET_PAGE <= image.size; at += FLEET_PAGE) {
        if (bench_random() % 2)
            memcpy(image.data + at, synced->data + at, FLEET_PAGE);
    }
    write_file(path, image.data, image.size);
    write_file(log_path, log.data, log.size);
    free(image.data);
    free(log.data);
}

static void test_stores(void **state)
{
    (void)state;
    const uint64_t life = 100;
    memset(shop, 0, sizeof shop);
    for (unsigned cuts = 0; cuts < 60; cuts++) {
        assert_int_equal(open_fleet(&fleet), 0);
        struct file_copy synced = take_copy(path);
        const uint32_t generations = fleet.health.generations;
        for (unsigned k = 0; k < METERS; k++) {
            open_shop(k);
            check_shop(k, life);
        }
        for (unsigned n = bench_random() % 60; n > 0; n--)
            any_commit(life);
        assert_int_equal(fleet.health.generations, generations);
        cut_power(&synced);
        free(synced.data);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        ROW(test_cut_at_every_byte),
        ROW(test_any_image),
        ROW(test_a_batch_spoilt_before_others),
        ROW(test_cut_while_the_log_begins_anew),
        ROW(test_an_image_that_lost_writes),
        ROW(test_stores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
