/*
 * Counts instructions per 7-channel frame (3U+4I at 8 kHz) on the emulated Cortex-M4F.
 *
 * Prints `name value unit` lines. What ends a window or a slice is in the mean; the warm-up is not.
 * Instructions are not cycles: a repeatable figure to watch, no claim about a chip.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "boards/mps2_an386/board.h"
#include "firmware/count.h"
#include "metrology/metrology.h"

#define RATE_HZ       8000
#define CHANNELS      7
#define PERIOD_FRAMES 160 /* a cycle of 50 Hz: what is pushed at once */
#define WARM_UP       100 /* cycles */
#define MEASURED      100
#define MEMORY_SIZE   (256 * 1024)

struct variant {
    const char *name;
    bool windows;
    int32_t delay_ns; /* of every current */
};

static const struct variant variants[] = {
    {.name = "m4f_frame_gapless"},
    {.name = "m4f_frame_gapless_delay", .delay_ns = 61234},
    {.name = "m4f_frame_windows", .windows = true},
    {.name = "m4f_frame_windows_delay", .windows = true, .delay_ns = 61234},
};

/* A cycle of a three-phase load; its accuracy is of no concern here. */
static void fill_cycle(int32_t *data)
{
    static const int32_t quarter[41] = {
        0,     1229,  2455,  3678,  4896,  6106,  7306,  8495,  9671,  10832, 11976,
        13102, 14208, 15292, 16352, 17387, 18395, 19375, 20325, 21244, 22130, 22981,
        23798, 24577, 25319, 26022, 26684, 27306, 27885, 28421, 28914, 29362, 29764,
        30121, 30431, 30695, 30911, 31079, 31200, 31272, 31296,
    };
    static const unsigned lag[CHANNELS] = {0, 53, 107, 13, 66, 120, 40};
    for (unsigned frame = 0; frame < PERIOD_FRAMES; frame++) {
        for (unsigned k = 0; k < CHANNELS; k++) {
            const unsigned at = (frame + PERIOD_FRAMES - lag[k]) % PERIOD_FRAMES;
            const unsigned half = at % 80;
            const int32_t value = quarter[half <= 40 ? half : 80 - half] * 180;
            data[frame * CHANNELS + k] = at < 80 ? value : -value;
        }
    }
}

static void ignore_window(void *ctx, const struct quantities *window)
{
    (void)window;
    ++*(uint32_t *)ctx;
}

static void ignore_slice(void *ctx, const struct slice *slice)
{
    (void)slice;
    ++*(uint32_t *)ctx;
}

static struct metrology *start(const struct variant *variant, uint32_t *products)
{
    static uint64_t memory[MEMORY_SIZE / sizeof(uint64_t)];
    static struct metrology_channel voltage[3], current[4];
    static struct metrology_circuit circuit;
    for (uint8_t k = 0; k < CHANNELS; k++) {
        struct metrology_channel *channel = k < 3 ? &voltage[k] : &current[k - 3];
        *channel = (struct metrology_channel){.input = k, .full_scale_u = 500000000};
        channel->delay_ns = k < 3 ? 0 : variant->delay_ns;
    }
    circuit = (struct metrology_circuit){
        .wiring = WIRING_3P4W, .elements = 3, .neutral = 3, .element = {{0, 0}, {1, 1}, {2, 2}}};
    struct metrology_config config = {.rate_uhz = RATE_HZ * UINT64_C(1000000),
                                      .nominal_mhz = 50000,
                                      .u_nominal_uv = 230000000,
                                      .inputs = CHANNELS,
                                      .voltages = 3,
                                      .currents = 4,
                                      .circuits = 1,
                                      .voltage = voltage,
                                      .current = current,
                                      .circuit = &circuit,
                                      .windows = variant->windows,
                                      .ctx = products,
                                      .on_window = variant->windows ? ignore_window : NULL,
                                      .on_slice = ignore_slice};
    const int64_t size = metrology_memory(&config);
    printf("%s_memory %ld bytes\n", variant->name, (long)size);
    return metrology_init(memory, sizeof(memory), &config);
}

/* Instructions of `cycles` pushes, and the dearest push in *most. */
static uint64_t count_cycles(struct metrology *metrology, const int32_t *data, unsigned cycles,
                             uint64_t *most)
{
    const struct samples samples = {data, CHANNELS, PERIOD_FRAMES};
    uint64_t sum = 0;
    for (unsigned k = 0; k < cycles; k++) {
        const uint32_t from = board_counter_ticks();
        if (metrology_push(metrology, &samples) < 0) {
            board_exit(1);
        }
        const uint64_t count = board_counter_instructions(from, board_counter_ticks());
        sum += count;
        *most = count > *most ? count : *most;
    }
    return sum;
}

int main(void)
{
    static int32_t data[PERIOD_FRAMES * CHANNELS];
    fill_cycle(data);
    board_counter_start();
    for (size_t k = 0; k < sizeof(variants) / sizeof(variants[0]); k++) {
        uint32_t products = 0;
        uint64_t most = 0;
        struct metrology *metrology = start(&variants[k], &products);
        if (!metrology) {
            puts("# metrology_init refused the configuration");
            return 1;
        }
        count_cycles(metrology, data, WARM_UP, &most);
        most = 0;
        const uint64_t sum = count_cycles(metrology, data, MEASURED, &most);
        if (products == 0) {
            puts("# nothing came out");
            return 1;
        }
        const uint64_t hundredths = sum * 100 / (MEASURED * PERIOD_FRAMES);
        printf("%s %lu.%02u instructions\n", variants[k].name, (unsigned long)(hundredths / 100),
               (unsigned)(hundredths % 100));
        printf("%s_dearest_cycle %lu instructions\n", variants[k].name, (unsigned long)most);
    }
    return count_device();
}
