/* A block device in a file: made, locked, refused, cut short, and a store in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/block_file.h"
#include "unit/store_oracle.h"

#define SECTOR  512
#define SECTORS 48
#define SIZE    (SECTOR * SECTORS)

static char folder[64], path[96], other[96];
static struct block_file file, second;

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/block-file-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/store", folder);
    snprintf(other, sizeof other, "%s/other", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    block_file_close(&file);
    unlink(path);
    unlink(other);
    return rmdir(folder);
}

static int open_file(struct block_file *self)
{
    return block_file_open(self, path, SECTOR, SECTORS, 1);
}

static void check_error(const struct block_file *self, const char *reason)
{
    char want[256];
    snprintf(want, sizeof want, "%s: %s", path, reason);
    assert_string_equal(self->disk.error, want);
}

static void write_file(const char *name, const void *data, size_t size, size_t full)
{
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(truncate(name, (off_t)full), 0);
}

static void test_made_and_opened_again(void **state)
{
    (void)state;
    struct stat status;
    uint8_t data[8];
    assert_int_equal(open_file(&file), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, SIZE);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_true(status.st_blocks * 512 >= SIZE);
    assert_int_equal(file.device.read(&file, SIZE - 8, data, 8), 0);
    assert_memory_equal(data, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
    assert_int_equal(file.device.program(&file, SECTOR * 5 + 8, "kept", 4), 0);
    assert_int_equal(file.device.sync(&file), 0);
    block_file_close(&file);
    assert_int_equal(open_file(&file), 0);
    assert_int_equal(file.device.read(&file, SECTOR * 5 + 8, data, 4), 0);
    assert_memory_equal(data, "kept", 4);
    assert_int_equal(file.device.erase(&file, 5), 0);
    assert_int_equal(file.device.read(&file, SECTOR * 5 + 8, data, 4), 0);
    assert_memory_equal(data, "\xFF\xFF\xFF\xFF", 4);
}

static void test_one_process_at_a_time(void **state)
{
    (void)state;
    int ready[2];
    char byte, reason[64];
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        byte = open_file(&file) == 0 ? 'y' : 'n';
        if (write(ready[1], &byte, 1) == 1)
            pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(byte, 'y');
    assert_int_equal(open_file(&second), ERR_BUSY);
    snprintf(reason, sizeof reason, "process %ld uses it", (long)child);
    if (strstr(second.disk.error, "another process") ==
        NULL) /* where the kernel's list is hidden */
        check_error(&second, reason);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_int_equal(open_file(&file), 0);
    assert_int_equal(open_file(&second), ERR_BUSY);
    close(ready[0]);
    close(ready[1]);
}

static void test_what_is_no_store(void **state)
{
    (void)state;
    static const char letter[] = "Dear Sir or Madam";
    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(open_file(&file), ERR_FORMAT);
    check_error(&file, "is a symbolic link");
    assert_int_not_equal(access(other, F_OK), 0);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(open_file(&file), ERR_FORMAT);
    check_error(&file, "is no regular file");
    unlink(path);
    write_file(path, letter, sizeof letter, sizeof letter);
    assert_int_equal(open_file(&file), ERR_FORMAT);
    check_error(&file, "is no store of 24576 bytes (it has 18)");
    write_file(path, letter, sizeof letter, SIZE);
    assert_int_equal(open_file(&file), ERR_FORMAT);
    write_file(path, STORAGE_MAGIC, 8, SIZE + 1);
    assert_int_equal(open_file(&file), ERR_FORMAT);
    write_file(path, STORAGE_MAGIC, 8, SIZE);
    assert_int_equal(open_file(&file), 0);
    block_file_close(&file);
    assert_int_equal(block_file_open(&file, "/nowhere/store", SECTOR, SECTORS, 1), ERR_IO);
    assert_string_equal(file.disk.error, "/nowhere/store: No such file or directory");
}

static void test_left_half_made(void **state)
{
    (void)state;
    uint8_t data[2000];
    memset(data, 0xFF, sizeof data);
    write_file(path, data, sizeof data, sizeof data);
    assert_int_equal(open_file(&file), 0);
    assert_int_equal(file.device.read(&file, SIZE - 8, data, 8), 0);
    assert_int_equal(data[7], 0xFF);
}

/* A limit stands in for a full disk: both say so at the start, and nothing is left lying about. */
static void test_full_disk(void **state)
{
    (void)state;
    const pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {SIZE / 2, SIZE / 2};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        const int err = open_file(&second);
        _exit(err == ERR_STATE && access(path, F_OK) != 0 ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_cut_short_underneath(void **state)
{
    (void)state;
    uint8_t data[8] = {0};
    assert_int_equal(open_file(&file), 0);
    assert_int_equal(truncate(path, SIZE / 2), 0);
    assert_int_equal(file.device.read(&file, SIZE - 8, data, 8), ERR_IO);
    check_error(&file, "became shorter while it was in use");
    assert_int_equal(file.device.program(&file, SIZE - 8, data, 8), ERR_IO);
    check_error(&file, "changed its size while it was in use");
    assert_int_equal(file.device.erase(&file, SECTORS - 1), ERR_IO);
}

static struct storage storage;
static uint32_t memory[256];

static struct store mount(int want)
{
    const struct storage_config config = {.device = &file.device,
                                          .log = oracle_logs,
                                          .logs = ORACLE_LOGS,
                                          .keys = ORACLE_KEYS,
                                          .live_bytes = ORACLE_LIVE,
                                          .memory = memory,
                                          .memory_size = sizeof memory};
    assert_int_equal(storage_init(&storage, &config), 0);
    assert_int_equal(storage_mount(&storage), want);
    return storage_interface(&storage);
}

static void test_a_store_in_it(void **state)
{
    (void)state;
    static struct oracle oracle;
    static struct oracle_commit commit;
    oracle_init(&oracle);
    assert_int_equal(open_file(&file), 0);
    (void)mount(ERR_NOT_FOUND);
    assert_int_equal(storage_format(&storage), 0);
    for (uint32_t k = 0; k < 200; k++) {
        if (k % 40 == 0) {
            block_file_close(&file);
            assert_int_equal(open_file(&file), 0);
            (void)mount(0);
        }
        const struct store store = storage_interface(&storage);
        oracle_make(&commit, 3, k);
        assert_int_equal(store.commit(store.ctx, commit.change, commit.changes), 0);
        oracle_apply(&oracle, &commit);
        assert_int_equal(oracle_check(&oracle, &store), ORACLE_SAME);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        ROW(test_made_and_opened_again),
        ROW(test_one_process_at_a_time),
        ROW(test_what_is_no_store),
        ROW(test_left_half_made),
        ROW(test_full_disk),
        ROW(test_cut_short_underneath),
        ROW(test_a_store_in_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
