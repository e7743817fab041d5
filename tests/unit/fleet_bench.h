/*
 * unit/fleet_bench.h: a fleet in a folder of its own, and a model of what its meters must hold.
 *
 * Owns: the folder, the fleet and the bytes of the model. Called by: tests of services/fleet.
 */
#ifndef UNIT_FLEET_BENCH_H
#define UNIT_FLEET_BENCH_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "services/fleet.h"

#define METERS  5
#define SECTOR  512
#define SECTORS 48
#define SIZE    (SECTOR * SECTORS)

struct fleet_model {
    uint8_t byte[METERS][SIZE];
};

struct file_copy {
    uint8_t *data;
    size_t size;
};

static char folder[64], path[96], log_path[104];
static struct fleet fleet;
static struct fleet_model model;
static uint64_t bench_seed = 1;

static inline uint32_t bench_random(void)
{
    bench_seed = bench_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(bench_seed >> 33);
}

static inline int make_folder(void **state)
{
    (void)state;
    const bool has_shm = access("/dev/shm", W_OK) == 0; /* thousands of syncs, none on a disk */
    snprintf(folder, sizeof folder, "%s/fleet-XXXXXX", has_shm ? "/dev/shm" : "/tmp");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/fleet", folder);
    snprintf(log_path, sizeof log_path, "%s.log", path);
    memset(&model, 0xFF, sizeof model);
    return 0;
}

static inline int remove_folder(void **state)
{
    (void)state;
    (void)!fleet_close(&fleet);
    unlink(path);
    unlink(log_path);
    return rmdir(folder);
}

static inline int open_fleet(struct fleet *self)
{
    const struct fleet_config config = {.path = path,
                                        .meters = METERS,
                                        .sector_size = SECTOR,
                                        .sectors = SECTORS,
                                        .unit = 1,
                                        .log_limit = FLEET_LOG_LEAST};
    return fleet_open(self, &config);
}

static inline struct file_copy take_copy(const char *name)
{
    struct stat status;
    FILE *in = fopen(name, "rb");
    assert_non_null(in);
    assert_int_equal(fstat(fileno(in), &status), 0);
    struct file_copy copy = {malloc((size_t)status.st_size + 1), (size_t)status.st_size};
    assert_non_null(copy.data);
    assert_int_equal(fread(copy.data, 1, copy.size, in), copy.size);
    fclose(in);
    return copy;
}

static inline void write_file(const char *name, const void *data, size_t size)
{
    FILE *out = fopen(name, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

static inline void program(uint32_t meter, uint32_t address, const void *data, uint32_t size)
{
    const struct block_device *device = fleet_device(&fleet, meter);
    assert_int_equal(device->program(device->ctx, address, data, size), 0);
    memcpy(model.byte[meter] + address, data, size);
}

static inline void erase(uint32_t meter, uint32_t sector)
{
    const struct block_device *device = fleet_device(&fleet, meter);
    assert_int_equal(device->erase(device->ctx, sector), 0);
    memset(model.byte[meter] + (size_t)sector * SECTOR, 0xFF, SECTOR);
}

/* One operation of some meter, as flash would never see it: the order must be kept all the same. */
static inline void any_operation(void)
{
    const uint32_t meter = bench_random() % METERS;
    uint8_t data[700];
    if (bench_random() % 4 == 0) {
        erase(meter, bench_random() % SECTORS);
        return;
    }
    const uint32_t size = 1 + bench_random() % (bench_random() % 8 ? 40 : 700);
    for (uint32_t k = 0; k < size; k++)
        data[k] = (uint8_t)bench_random();
    program(meter, bench_random() % (SIZE - size), data, size);
}

/* The first meter that is not as the model has it; METERS: none. */
static inline unsigned differs(const struct fleet *self, const struct fleet_model *want)
{
    static uint8_t has[SIZE];
    for (unsigned k = 0; k < METERS; k++) {
        const struct block_device *device = fleet_device(self, k);
        assert_int_equal(device->read(device->ctx, 0, has, SIZE), 0);
        if (memcmp(has, want->byte[k], SIZE) != 0)
            return k;
    }
    return METERS;
}

#endif
