/* Whatever a store gives back: the meter takes it or refuses it, and runs on. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "meter/meter.h"

#define RUN_S 4000

/* Records and entries are cut from the input: a byte of key, one of size, the bytes. */
struct input {
    const uint8_t *data;
    size_t size;
};

static int get(void *ctx, uint16_t key, void *data, uint16_t size)
{
    const struct input *input = ctx;
    for (size_t at = 0; at + 3 <= input->size;) {
        const size_t length = input->data[at + 1] + 256u * input->data[at + 2];
        const size_t kept = length <= input->size - at - 3 ? length : input->size - at - 3;
        if (input->data[at] == key) {
            if (kept > size)
                return ERR_SPACE;
            memcpy(data, input->data + at + 3, kept);
            return (int)kept;
        }
        at += 3 + kept;
    }
    return ERR_NOT_FOUND;
}

static int commit(void *ctx, const struct store_change *change, unsigned changes)
{
    const struct input *input = ctx;
    (void)change;
    return input->size % 3 == 0 ? ERR_IO : changes <= STORE_CHANGES_MAX ? ERR_NONE : ERR_SPACE;
}

static int bounds(void *ctx, unsigned log, struct store_bounds *bounds)
{
    (void)ctx;
    *bounds = (struct store_bounds){1, log < 2 ? 20 : 1};
    return ERR_NONE;
}

static int entry(void *ctx, unsigned log, uint32_t number, void *data, uint16_t size)
{
    const struct input *input = ctx;
    (void)log;
    memset(data, 0, size);
    for (size_t k = 0; k < size && number + k < input->size; k++)
        ((uint8_t *)data)[k] = input->data[number + k];
    return number % 5 == 0 ? ERR_FORMAT : (int)size;
}

static void read_everything(struct meter *meter)
{
    struct meter_ref ref = {NULL, 0};
    struct meter_value value;
    while (meter_next_row(meter, 0, &ref))
        for (unsigned attribute = 1; attribute < 10; attribute++)
            if (meter_read(meter, 0, &ref, attribute, &value) < 0)
                continue;
    uint32_t cursor = 0;
    struct meter_event event;
    while (meter_next_event(meter, &cursor, &event) == 1)
        (void)meter_event_text(event.code);
    static const struct meter_range ranges[] = {
        {.by = RANGE_ALL},
        {.by = RANGE_TIME, .from_utc_us = 0, .to_utc_us = INT64_MAX},
        {.by = RANGE_ENTRIES, .from = 3, .to = 7},
    };
    for (unsigned k = 0; k < 3; k++) {
        struct profile_cursor profile;
        struct meter_entry read;
        if (profile_open(&profile, meter, 0, &ranges[k], NULL, 0) == ERR_NONE)
            while (profile_next(&profile, &read) == 1)
                continue;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct meter_circuit memory[1];
    static uint8_t scratch[METER_SCRATCH_BYTES(1)];
    static const char *const columns[] = {"clock", "wh_import", "u_mean_l2", NULL};
    static const struct meter_circuit_config circuit = {"", 3, 3, 3};
    static const struct meter_profile_config profile = {900, 20, columns};
    struct input input = {data, size};
    const struct store store = {&input, get, commit, bounds, entry};
    const struct meter_config config = {
        .digits = 6,
        .circuits = 1,
        .circuit = &circuit,
        .memory = memory,
        .clock = {.backup_s = 1000},
        .demand_periods = 3,
        .profiles = 1,
        .profile = &profile,
        .store = &store,
        .scratch = scratch,
        .scratch_size = sizeof scratch,
    };
    struct meter meter;
    if (meter_init(&meter, &config) < 0)
        abort();
    if (meter_load(&meter) < 0 && meter.power_failures != 0)
        abort(); /* what was refused has left something behind */
    meter_power_up(&meter, 0, size % 2 == 0 ? 5000000 : -1);
    for (unsigned k = 0; k < 100 && meter_next(&meter) < (int64_t)RUN_S * 1000000; k++)
        meter_tick(&meter, meter_next(&meter));
    read_everything(&meter);
    (void)!meter_power_fail(&meter, meter.now_us);
    return 0;
}
