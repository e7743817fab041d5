#include "apps/calibrate_reading.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_FRAMES 1024
#define FIRST_S      0.3 /* until a curve knows the current, readings do not have it */
#define UNUSABLE     (FLAG_PARTIAL | FLAG_SETTLING)

static bool stopped(const volatile int *stop)
{
    return stop != NULL && *stop;
}

/* The next up to `frames` frames of the source as inputs; 0 at the end. */
static int read_some(struct source *source, const struct measure_setup *setup, int32_t *frames,
                     uint32_t wanted, int32_t *inputs)
{
    int got = source_read(source, frames, wanted < CHUNK_FRAMES ? wanted : CHUNK_FRAMES);
    if (got > 0) {
        measure_setup_gather(setup, source->info.channels, (uint32_t)got, frames, inputs);
    }
    return got;
}

static int read_all(struct capture *capture, struct source *source,
                    const struct measure_setup *setup, int32_t *frames, uint32_t settle,
                    uint32_t wanted, const volatile int *stop)
{
    uint32_t inputs = setup->config.inputs;
    uint32_t left = settle;
    while (left > 0 && !stopped(stop)) { /* what settles is read over and over into the front */
        int got = read_some(source, setup, frames, left < wanted ? left : wanted, capture->data);
        if (got <= 0) {
            return got < 0 ? got : ERR_TRUNCATED;
        }
        left -= (uint32_t)got;
    }
    while (capture->samples.frames < wanted && !stopped(stop)) {
        uint32_t have = capture->samples.frames;
        int got =
            read_some(source, setup, frames, wanted - have, capture->data + (size_t)have * inputs);
        if (got <= 0) {
            return got < 0 ? got : ERR_TRUNCATED;
        }
        capture->samples.frames += (uint32_t)got;
    }
    return stopped(stop) ? ERR_STATE : 0;
}

/* Means under a raised cosine: of a line frequency hardly anything is left after some cycles. */
static void take_means(struct capture *capture)
{
    uint32_t frames = capture->samples.frames, inputs = capture->samples.channels;
    double total = 0;
    memset(capture->mean, 0, sizeof capture->mean);
    for (uint32_t n = 0; n < frames; n++) {
        double weight = 1 - cos(2 * M_PI * (n + 0.5) / frames);
        total += weight;
        for (uint32_t k = 0; k < inputs; k++) {
            capture->mean[k] += weight * capture->data[(size_t)n * inputs + k];
        }
    }
    for (uint32_t k = 0; k < inputs; k++) {
        capture->mean[k] /= total;
    }
}

static bool has_integrator(const struct measure_setup *setup)
{
    for (unsigned k = 0; k < setup->config.currents; k++) {
        if (setup->current[k].integrate) {
            return true;
        }
    }
    return false;
}

int capture_read(struct capture *capture, struct source *source, const struct measure_setup *setup,
                 uint32_t settle, uint32_t frames, const volatile int *stop)
{
    uint32_t inputs = setup->config.inputs;
    uint32_t keep = has_integrator(setup) ? settle : 0;
    settle -= keep;
    frames += keep;
    int32_t *as_given = malloc((size_t)CHUNK_FRAMES * source->info.channels * sizeof *as_given);
    size_t room = frames > CHUNK_FRAMES ? frames : CHUNK_FRAMES;
    *capture = (struct capture){.rate_hz = source->info.rate_hz,
                                .discard = keep + (uint64_t)(FIRST_S * source->info.rate_hz)};
    capture->data = malloc(room * inputs * sizeof *capture->data);
    capture->samples = (struct samples){.data = capture->data, .channels = inputs};
    int err = ERR_SPACE;
    if (as_given != NULL && capture->data != NULL) {
        err = read_all(capture, source, setup, as_given, settle, frames, stop);
    }
    free(as_given);
    if (err < 0) {
        capture_free(capture);
    } else {
        take_means(capture);
    }
    return err;
}

void capture_free(struct capture *capture)
{
    free(capture->data);
    capture->data = NULL;
}

struct averaging {
    struct reading *sum;
    uint64_t discard;
};

static void on_window(void *ctx, const struct quantities *q)
{
    const struct averaging *averaging = ctx;
    struct reading *sum = averaging->sum;
    if (q->circuit != 0 || (q->flags & UNUSABLE) != 0 || q->start < averaging->discard) {
        return;
    }
    sum->windows++;
    sum->f_hz += q->f;
    sum->neutral_a += q->i_n * q->i_n;
    sum->p_total_w += q->p_total;
    sum->q1_total_var += q->q1_total;
    for (unsigned e = 0; e < q->elements; e++) {
        sum->u_v[e] += q->u[e] * q->u[e];
        sum->i_a[e] += q->i[e] * q->i[e];
        sum->p_w[e] += q->p[e];
        sum->p1_w[e] += q->p1[e];
        sum->q1_var[e] += q->q1[e];
    }
}

static void divide(struct reading *sum)
{
    double n = sum->windows;
    sum->f_hz /= n;
    sum->neutral_a = sqrt(sum->neutral_a / n);
    sum->p_total_w /= n;
    sum->q1_total_var /= n;
    for (unsigned e = 0; e < ELEMENTS_MAX; e++) {
        sum->u_v[e] = sqrt(sum->u_v[e] / n);
        sum->i_a[e] = sqrt(sum->i_a[e] / n);
        sum->p_w[e] /= n;
        sum->p1_w[e] /= n;
        sum->q1_var[e] /= n;
    }
}

int reading_take(struct reading *reading, const struct capture *capture,
                 struct measure_setup *setup)
{
    struct metrology_config *config = &setup->config;
    struct averaging averaging = {reading, capture->discard};
    *reading = (struct reading){.windows = 0};
    config->rate_uhz = (uint64_t)llround(capture->rate_hz * 1e6);
    config->ctx = &averaging;
    config->on_window = on_window;
    config->on_slice = NULL;
    config->on_half_cycle = NULL;
    int64_t size = metrology_memory(config);
    if (size < 0) {
        return (int)size;
    }
    void *memory = calloc(1, (size_t)size);
    struct metrology *metrology = memory ? metrology_init(memory, (size_t)size, config) : NULL;
    int err = metrology == NULL ? ERR_SPACE : metrology_push(metrology, &capture->samples);
    if (err == 0) {
        metrology_finish(metrology);
        err = reading->windows > 0 ? 0 : ERR_STATE;
    }
    free(memory);
    if (err == 0) {
        divide(reading);
    }
    return err;
}
