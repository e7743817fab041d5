/*
 * A log of any content beside a sound image. The first byte chooses: the rest is the whole log, or
 * is written behind the log's sound header, or is the operations of batches whose check sums are
 * right, each up to the next byte of 0xA5. Whatever is there: the start ends, a refusal has its
 * line of text, and after any other the meters can be read, take something and have it at the next
 * start.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "services/fleet.h"

#define METERS  3
#define SECTOR  64
#define SECTORS 8
#define SPLIT   0xA5
#define LOG_MAX (1U << 18)

enum choice { CHOICE_LOG, CHOICE_BATCHES, CHOICE_OPERATIONS, CHOICES };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[32], path[64], log_path[72];
static struct fleet fleet;
static struct fleet_header header; /* of the sound log */
static uint8_t image[FLEET_IMAGE_START + METERS * SECTOR * SECTORS];
static uint8_t bytes[LOG_MAX];

static void remove_all(void)
{
    unlink(path);
    unlink(log_path);
    rmdir(folder);
}

static int open_fleet(void)
{
    const struct fleet_config config = {.path = path,
                                        .meters = METERS,
                                        .sector_size = SECTOR,
                                        .sectors = SECTORS,
                                        .unit = 4,
                                        .log_limit = FLEET_LOG_LEAST};
    return fleet_open(&fleet, &config);
}

static void write_file(const char *name, const void *data, size_t size)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ASSERT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

/* A sound fleet, once: every input begins with its image. */
static void make_sound(void)
{
    const char *const where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/fuzz-XXXXXX", where);
    ASSERT(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/fleet", folder);
    snprintf(log_path, sizeof log_path, "%s.log", path);
    atexit(remove_all);
    ASSERT(open_fleet() == 0);
    const struct block_device *device = fleet_device(&fleet, 1);
    ASSERT(device->program(device->ctx, 64, "sound", 4) == 0);
    ASSERT(fleet_close(&fleet) == 0);
    header = fleet.header;
    header.id = 1; /* so that inputs mean the same in every run */
    const int fd = open(path, O_RDONLY);
    ASSERT(fd >= 0 && read(fd, image, sizeof image) == (ssize_t)sizeof image);
    close(fd);
    struct fleet_header of_image = header;
    of_image.file = FLEET_IMAGE;
    of_image.generation = of_image.meters = 0;
    fleet_header_write(&of_image, image);
}

static uint32_t count_operations(const uint8_t *body, uint32_t length)
{
    struct bytes_in in = {.data = body, .size = length};
    struct fleet_op op;
    uint32_t count = 0;
    while (fleet_op_read(&header, &in, &op))
        count++;
    return count;
}

static size_t forge_batches(const uint8_t *data, size_t size)
{
    size_t end = FLEET_LOG_START;
    for (uint32_t sequence = 1; size > 0; sequence++) {
        const uint8_t *split = memchr(data, SPLIT, size);
        const uint32_t length = (uint32_t)(split != NULL ? (size_t)(split - data) : size);
        struct fleet_batch batch = {.sequence = sequence, .length = length};
        batch.operations = count_operations(data, length);
        if (end + fleet_batch_step(&batch) > LOG_MAX)
            break;
        fleet_batch_write(&header, &batch, data, bytes + end);
        memcpy(bytes + end + FLEET_BATCH_HEADER, data, length);
        end += fleet_batch_step(&batch);
        data += length + (split != NULL);
        size -= length + (split != NULL);
    }
    return end;
}

static size_t make_log(enum choice choice, const uint8_t *data, size_t size)
{
    memset(bytes, 0, sizeof bytes);
    if (choice == CHOICE_LOG) {
        size = size < LOG_MAX ? size : LOG_MAX;
        if (size > 0)
            memcpy(bytes, data, size);
        return size;
    }
    fleet_header_write(&header, bytes + (header.generation & 1) * FLEET_PAGE);
    if (choice == CHOICE_OPERATIONS)
        return forge_batches(data, size);
    size = size < LOG_MAX - FLEET_LOG_START ? size : LOG_MAX - FLEET_LOG_START;
    if (size > 0)
        memcpy(bytes + FLEET_LOG_START, data, size);
    return FLEET_LOG_START + size;
}

static void read_all(void)
{
    static uint8_t meter[SECTOR * SECTORS];
    for (uint32_t k = 0; k < fleet.meters; k++) {
        const struct block_device *device = fleet_device(&fleet, k);
        ASSERT(device->read(device->ctx, 0, meter, sizeof meter) == 0);
    }
}

static void check_work(void)
{
    uint8_t back[4];
    const struct block_device *device = fleet_device(&fleet, 2);
    ASSERT(fleet.meters == METERS);
    read_all();
    ASSERT(device->erase(device->ctx, 1) == 0);
    ASSERT(device->program(device->ctx, SECTOR + 4, "work", 4) == 0);
    ASSERT(fleet_close(&fleet) == 0);
    ASSERT(open_fleet() == 0 && fleet.health.recovered == 0);
    device = fleet_device(&fleet, 2);
    ASSERT(device->read(device->ctx, SECTOR + 4, back, 4) == 0 && memcmp(back, "work", 4) == 0);
    ASSERT(fleet_close(&fleet) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (folder[0] == 0)
        make_sound();
    if (size == 0)
        return 0;
    write_file(path, image, sizeof image);
    write_file(log_path, bytes, make_log(data[0] % CHOICES, data + 1, size - 1));
    if (open_fleet() == 0)
        check_work();
    else
        ASSERT(fleet.error != NULL && strchr(fleet.error, '\n') == NULL);
    return 0;
}
