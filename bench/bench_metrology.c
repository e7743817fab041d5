/*
 * How many frames a second the metrology takes on one core, 3 voltages and 4 currents at 12.8 kHz:
 * metering (r.m.s., P, Q1, energy), the same with a fractional delay on every current, the same
 * with every harmonic and sequence quantity; and the transform beside kissfft's, as a ratio in one
 * run.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <kissfft/kiss_fftr.h>

#include "metrology/fft.h"
#include "metrology/metrology.h"

#define RATE   12800
#define FRAMES (RATE * 4)
#define INPUTS 7
#define ROUNDS 5

static int32_t frames[FRAMES * INPUTS];
static double sink;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void on_window(void *ctx, const struct quantities *q)
{
    (void)ctx;
    sink += q->p_total;
}

static void on_slice(void *ctx, const struct slice *slice)
{
    (void)ctx;
    sink += (double)slice->total.p_uj;
}

static void fill_frames(void)
{
    for (int n = 0; n < FRAMES; n++) {
        for (int k = 0; k < INPUTS; k++) {
            double angle = 6.283185307179586 * (50.03 * n / RATE - (k % 3) / 3.0);
            double x = sin(angle) + 0.05 * sin(3 * angle) + 0.03 * sin(5 * angle);
            frames[n * INPUTS + k] = (int32_t)lrint(x * 5e6);
        }
    }
}

/* Frames a second over the best of a few rounds: the machine is shared. */
static double measure(int32_t delay_ns, bool windows, bool spectrum)
{
    struct metrology_channel channel[INPUTS];
    memset(channel, 0, sizeof channel);
    for (int k = 0; k < INPUTS; k++) {
        channel[k].input = (uint8_t)k;
        channel[k].full_scale_u = k < 3 ? 500000000 : 150000000;
        channel[k].delay_ns = k < 3 ? 0 : delay_ns;
    }
    const struct metrology_circuit circuit = {
        .wiring = WIRING_3P4W, .elements = 3, .element = {{0, 0}, {1, 1}, {2, 2}}, .neutral = 3};
    const struct metrology_config config = {
        .rate_uhz = RATE * UINT64_C(1000000),
        .nominal_mhz = 50000,
        .start_mhz = 50030,
        .u_nominal_uv = 230000000,
        .inputs = INPUTS,
        .voltages = 3,
        .currents = 4,
        .circuits = 1,
        .voltage = channel,
        .current = channel + 3,
        .circuit = &circuit,
        .windows = windows,
        .spectrum = spectrum,
        .on_window = on_window,
        .on_slice = on_slice,
    };
    int64_t size = metrology_memory(&config);
    void *memory = malloc((size_t)size);
    struct metrology *self = metrology_init(memory, (size_t)size, &config);
    if (self == NULL) {
        exit(1);
    }
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = now_s();
        uint32_t done = 0;
        do {
            for (uint32_t n = 0; n < FRAMES; n += 640, done += 640) {
                struct samples samples = {frames + n * INPUTS, INPUTS, 640};
                if (metrology_push(self, &samples) < 0) {
                    exit(1);
                }
            }
        } while (now_s() - begin < 0.4);
        double rate = done / (now_s() - begin);
        best = rate > best ? rate : best;
    }
    free(memory);
    return best;
}

static double measure_fft(void)
{
    static struct fft_tables tables;
    static struct fft_work work;
    fft_init(&tables);
    double begin = now_s();
    unsigned done = 0;
    do {
        for (unsigned n = 0; n < FFT_POINTS; n++) {
            for (unsigned lane = 0; lane < FFT_LANES; lane++) {
                fft_slot(&work, &tables, n)[lane] = (float)frames[n * INPUTS];
            }
        }
        fft_run(&work, &tables);
        done += FFT_LANES;
    } while (now_s() - begin < 0.5);
    sink += (double)work.re[5][0];
    return (now_s() - begin) / done;
}

static double measure_kissfft(void)
{
    static kiss_fft_scalar in[FFT_POINTS];
    static kiss_fft_cpx out[FFT_POINTS / 2 + 1];
    kiss_fftr_cfg config = kiss_fftr_alloc(FFT_POINTS, 0, NULL, NULL);
    double begin = now_s();
    unsigned done = 0;
    do {
        for (unsigned n = 0; n < FFT_POINTS; n++) {
            in[n] = (kiss_fft_scalar)frames[n * INPUTS];
        }
        kiss_fftr(config, in, out);
        done++;
    } while (now_s() - begin < 0.5);
    sink += (double)out[5].r;
    kiss_fftr_free(config);
    return (now_s() - begin) / done;
}

int main(void)
{
    fill_frames();
    printf("metrology_energy_only %.4g Mframes/s\n", measure(0, false, false) * 1e-6);
    printf("metrology_metering %.4g Mframes/s\n", measure(0, true, false) * 1e-6);
    printf("metrology_delays %.4g Mframes/s\n", measure(7000, true, false) * 1e-6);
    printf("metrology_harmonics %.4g Mframes/s\n", measure(0, true, true) * 1e-6);
    double ours = measure_fft();
    double theirs = measure_kissfft();
    printf("fft_2048_real %.4g us\n", ours * 1e6);
    printf("fft_2048_real_kissfft_ratio %.4g kissfft/ours\n", theirs / ours);
    return sink == 0.5;
}
