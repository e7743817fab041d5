/* The shared log of a fleet: made, locked, refused, full, and what its meters read meanwhile. */
#define _GNU_SOURCE
#include "unit/fleet_bench.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

static struct fleet second;

static void check_error(const struct fleet *self, const char *name, const char *reason)
{
    char want[256];
    snprintf(want, sizeof want, "%s: %s", name, reason);
    assert_string_equal(self->error, want);
}

static void test_made_and_opened_again(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(open_fleet(&fleet), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, FLEET_IMAGE_START + METERS * SIZE);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(status.st_blocks * 512 <= 2 * FLEET_PAGE); /* holes */
    assert_int_equal(differs(&fleet, &model), METERS);
    program(4, SIZE - 4, "last", 4);
    program(0, 0, "first", 5);
    assert_int_equal(differs(&fleet, &model), METERS);
    assert_int_equal(fleet.health.syncs, 2); /* of the start */
    assert_int_equal(fleet_flush(&fleet), 0);
    assert_int_equal(fleet_flush(&fleet), 0);
    assert_int_equal(fleet.health.syncs, 3);
    assert_int_equal(differs(&fleet, &model), METERS);
    erase(4, SECTORS - 1);
    assert_int_equal(fleet_close(&fleet), 0);
    assert_int_equal(open_fleet(&fleet), 0);
    assert_int_equal(fleet.health.recovered, 0);
    assert_int_equal(differs(&fleet, &model), METERS);
    assert_null(fleet_device(&fleet, METERS));
}

static void test_bounds_of_a_meter(void **state)
{
    (void)state;
    uint8_t data[8] = {0};
    assert_int_equal(open_fleet(&fleet), 0);
    const struct block_device *device = fleet_device(&fleet, 1);
    assert_int_equal(device->read(device->ctx, SIZE - 4, data, 8), ERR_IO);
    check_error(&fleet, path, "meter 1: no such address");
    assert_int_equal(device->program(device->ctx, SIZE - 4, data, 8), ERR_IO);
    assert_int_equal(device->program(device->ctx, UINT32_MAX, data, 8), ERR_IO);
    assert_int_equal(device->erase(device->ctx, SECTORS), ERR_IO);
    assert_int_equal(fleet_flush(&fleet), 0);
    assert_int_equal(differs(&fleet, &model), METERS);
}

/* Flushes and restarts at any time; buffer and log run full on the way. */
static void test_random_operations(void **state)
{
    (void)state;
    uint32_t generations = 0, own_flushes = 0;
    assert_int_equal(open_fleet(&fleet), 0);
    for (unsigned k = 0; k < 60000; k++) {
        any_operation();
        if (bench_random() % 600 == 0) {
            assert_int_equal(fleet_flush(&fleet), 0);
            own_flushes++;
        }
        if (bench_random() % 500 == 0)
            assert_int_equal(differs(&fleet, &model), METERS);
        if (bench_random() % 10000 == 0) {
            generations += fleet.health.generations;
            assert_int_equal(fleet_close(&fleet), 0);
            assert_int_equal(open_fleet(&fleet), 0);
        }
    }
    assert_true(own_flushes > 50);
    assert_true(generations + fleet.health.generations > 1);
    assert_int_equal(differs(&fleet, &model), METERS);
}

static void test_a_full_buffer_flushes_itself(void **state)
{
    (void)state;
    assert_int_equal(open_fleet(&fleet), 0);
    while (fleet.health.flushes < 4)
        any_operation();
    assert_true(fleet.log_end <= FLEET_LOG_LEAST);
    assert_int_equal(differs(&fleet, &model), METERS);
    for (unsigned k = 0; k < 100000; k++)
        erase(k % METERS, k % SECTORS);
    assert_int_equal(differs(&fleet, &model), METERS);
}

/* Of what is a hole and has no operation waiting: there is nothing to do. */
static void test_erase_of_the_erased(void **state)
{
    (void)state;
    assert_int_equal(open_fleet(&fleet), 0);
    erase(1, 3);
    assert_int_equal(fleet.operations, 0);
    program(1, 3 * SECTOR + 1, "text", 4);
    erase(1, 3);
    erase(1, 4);
    assert_int_equal(fleet.operations, 2);
    assert_int_equal(differs(&fleet, &model), METERS);
    program(1, 3 * SECTOR + 1, "text", 4);
    assert_int_equal(fleet_flush(&fleet), 0);
    assert_int_equal(differs(&fleet, &model), METERS);
    erase(1, 3);
    assert_int_equal(fleet.operations, 1);
    assert_int_equal(fleet_flush(&fleet), 0);
    assert_int_equal(differs(&fleet, &model), METERS);
}

static void test_grows(void **state)
{
    (void)state;
    struct fleet_config config = {
        .path = path, .meters = 2, .sector_size = SECTOR, .sectors = SECTORS, .unit = 1};
    assert_int_equal(fleet_open(&fleet, &config), 0);
    program(1, 77, "kept", 4);
    assert_int_equal(fleet_close(&fleet), 0);
    assert_int_equal(open_fleet(&fleet), 0);
    program(4, 99, "new", 3);
    assert_int_equal(fleet_close(&fleet), 0);
    assert_int_equal(fleet_open(&fleet, &config), 0);
    assert_int_equal(fleet.meters, METERS);
    assert_int_equal(differs(&fleet, &model), METERS);
}

static void test_one_process_at_a_time(void **state)
{
    (void)state;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        byte = open_fleet(&fleet) == 0 ? 'y' : 'n';
        if (write(ready[1], &byte, 1) == 1)
            pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(open_fleet(&second), ERR_BUSY);
    assert_non_null(strstr(second.error, " uses it"));
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(open_fleet(&fleet), 0);
    assert_int_equal(open_fleet(&second), ERR_BUSY);
    close(ready[0]);
    close(ready[1]);
}

/* Makes a fleet with something in it, and lets go of it. */
static void make_fleet(void)
{
    assert_int_equal(open_fleet(&fleet), 0);
    program(2, 33, "kept", 4);
    assert_int_equal(fleet_close(&fleet), 0);
}

static void refused(int err, const char *name, const char *reason)
{
    assert_int_equal(open_fleet(&fleet), err);
    check_error(&fleet, name, reason);
}

static void test_what_is_no_fleet(void **state)
{
    (void)state;
    static uint8_t letter[3 * FLEET_PAGE] = "Dear Sir or Madam";
    write_file(path, letter, 18);
    refused(ERR_FORMAT, path, "is no image of a fleet");
    write_file(path, letter, sizeof letter);
    refused(ERR_FORMAT, path, "is no image of a fleet");
    assert_int_not_equal(access(log_path, F_OK), 0);
    unlink(path);
    write_file(log_path, letter, sizeof letter);
    refused(ERR_FORMAT, log_path, "is no log of a fleet");
    assert_int_not_equal(access(path, F_OK), 0);
    unlink(log_path);
    assert_int_equal(symlink("nowhere", log_path), 0);
    refused(ERR_FORMAT, log_path, "is a symbolic link");
    unlink(log_path);
    const struct fleet_config config = {.path = path, .meters = 0, .sector_size = 512};
    assert_int_equal(fleet_open(&fleet, &config), ERR_ARGUMENT);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void test_what_does_not_belong_together(void **state)
{
    (void)state;
    make_fleet();
    struct file_copy image = take_copy(path), log = take_copy(log_path);
    unlink(log_path);
    refused(ERR_FORMAT, log_path, "is missing or empty, beside an image");
    unlink(path);
    make_fleet();
    write_file(log_path, log.data, log.size);
    refused(ERR_FORMAT, log_path, "belongs to another fleet");
    unlink(path);
    refused(ERR_FORMAT, path, "is missing or empty, beside a log");
    write_file(path, image.data, image.size - 1);
    refused(ERR_FORMAT, path, "is shorter than its meters");
    write_file(path, image.data, image.size);
    const struct fleet_config config = {
        .path = path, .meters = METERS, .sector_size = SECTOR, .sectors = 9, .unit = 1};
    assert_int_equal(fleet_open(&fleet, &config), ERR_FORMAT);
    check_error(&fleet, log_path, "has meters of 48 sectors of 512 bytes");
    assert_int_equal(open_fleet(&fleet), 0);
    assert_int_equal(differs(&fleet, &model), METERS);
    free(image.data);
    free(log.data);
}

/* Any of the files cut short while they are made: made to their end the next time. */
static void test_left_half_made(void **state)
{
    (void)state;
    assert_int_equal(open_fleet(&fleet), 0);
    struct file_copy log = take_copy(log_path);
    const size_t start = FLEET_PAGE + FLEET_HEADER_SIZE; /* of generation 1, without the second */
    assert_int_equal(fleet_close(&fleet), 0);
    for (unsigned k = 0; k < 4; k++) {
        static const uint8_t zeros[FLEET_IMAGE_START + METERS * SIZE];
        unlink(path);
        write_file(log_path, k == 0 ? zeros : log.data, k == 0 ? 100 : start);
        if (k != 0)
            assert_int_equal(truncate(log_path, (off_t)start), 0);
        if (k >= 1) { /* the second generation stands in the first page */
            FILE *file = fopen(log_path, "r+b");
            assert_non_null(file);
            assert_int_equal(fwrite(zeros, 1, FLEET_PAGE, file), FLEET_PAGE);
            assert_int_equal(fclose(file), 0);
        }
        if (k == 2)
            write_file(path, zeros, 0);
        if (k == 3)
            write_file(path, zeros, sizeof zeros);
        assert_int_equal(open_fleet(&fleet), 0);
        assert_int_equal(differs(&fleet, &model), METERS);
        assert_int_equal(fleet_close(&fleet), 0);
    }
    free(log.data);
}

/* A limit stands in for a full disk: the start says so, and leaves nothing lying about. */
static int full_at_the_start(void)
{
    const struct rlimit limit = {SIZE, SIZE};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    return open_fleet(&second) != ERR_STATE || access(path, F_OK) == 0 ||
           access(log_path, F_OK) == 0;
}

/* It becomes full: devices refuse, what was done stays to be read, and goes on with more room. */
static int full_later(void)
{
    const struct block_device *device = fleet_device(&fleet, 1);
    struct rlimit limit = {FLEET_LOG_START + FLEET_PAGE + 100, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    program(0, 0, "in time", 7);
    int bad = fleet_flush(&fleet) != 0;
    for (unsigned k = 0; k < 20; k++)
        program(1, 20 * k, "twenty bytes of text", 20);
    bad |= fleet_flush(&fleet) != ERR_STATE;
    bad |= device->program(device->ctx, 0, "more", 4) != ERR_STATE;
    bad |= device->erase(device->ctx, 0) != ERR_STATE || device->sync(device->ctx) != ERR_STATE;
    bad |= differs(&fleet, &model) != METERS || fleet_flush(&fleet) != ERR_STATE;
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    bad |= fleet_flush(&fleet) != 0;
    program(1, 500, "more", 4);
    return bad || differs(&fleet, &model) != METERS || fleet_close(&fleet) != 0 ||
           open_fleet(&fleet) != 0 || differs(&fleet, &model) != METERS;
}

static void test_full_disk(void **state)
{
    (void)state;
    for (unsigned later = 0; later < 2; later++) {
        int status = 1;
        const pid_t child = fork();
        if (child == 0)
            _exit(later ? open_fleet(&fleet) != 0 || full_later() : full_at_the_start());
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

/* Puts a file that lets nobody write in the place of one; returns the descriptor to put back. */
static int make_read_only(const struct disk_file *file)
{
    uint64_t size = FLEET_IMAGE_START + METERS * SIZE;
    const int sealed = memfd_create("sealed", MFD_ALLOW_SEALING), kept = dup(file->fd);
    assert_int_equal(ftruncate(sealed, (off_t)size), 0);
    assert_int_equal(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE), 0);
    assert_true(dup2(sealed, file->fd) == file->fd);
    close(sealed);
    return kept;
}

static void put_back(const struct disk_file *file, int kept)
{
    assert_true(dup2(kept, file->fd) == file->fd);
    close(kept);
}

static void test_becomes_read_only(void **state)
{
    (void)state;
    assert_int_equal(open_fleet(&fleet), 0);
    program(3, 10, "before", 6);
    assert_int_equal(fleet_flush(&fleet), 0);
    program(3, 20, "log", 3);
    int kept = make_read_only(&fleet.log);
    struct file_copy before = take_copy(path);
    assert_int_equal(fleet_flush(&fleet), ERR_STATE);
    struct file_copy after = take_copy(path);
    assert_memory_equal(before.data, after.data, before.size); /* the log comes first */
    free(before.data);
    free(after.data);
    check_error(&fleet, log_path, "Operation not permitted");
    assert_int_equal(differs(&fleet, &model), METERS);
    put_back(&fleet.log, kept);
    assert_int_equal(fleet_flush(&fleet), 0);
    program(3, 30, "image", 5);
    kept = make_read_only(&fleet.image);
    assert_int_equal(fleet_flush(&fleet), ERR_STATE);
    check_error(&fleet, path, "Operation not permitted");
    assert_true(fleet.is_logged);
    const uint64_t flushes = fleet.health.flushes;
    put_back(&fleet.image, kept);
    assert_int_equal(differs(&fleet, &model), METERS);
    assert_int_equal(fleet_flush(&fleet), 0);
    assert_int_equal(fleet.health.flushes, flushes); /* it was there already */
    assert_int_equal(differs(&fleet, &model), METERS);
    assert_int_equal(truncate(path, SIZE), 0);
    program(0, 0, "lost", 4);
    assert_int_equal(fleet_flush(&fleet), ERR_IO);
    check_error(&fleet, path, "became shorter while it was in use");
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        ROW(test_made_and_opened_again),
        ROW(test_bounds_of_a_meter),
        ROW(test_random_operations),
        ROW(test_a_full_buffer_flushes_itself),
        ROW(test_erase_of_the_erased),
        ROW(test_grows),
        ROW(test_one_process_at_a_time),
        ROW(test_what_is_no_fleet),
        ROW(test_what_does_not_belong_together),
        ROW(test_left_half_made),
        ROW(test_full_disk),
        ROW(test_becomes_read_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
