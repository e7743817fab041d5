#define _GNU_SOURCE
#include "services/measure.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S        1000000000
#define CHUNK_S         0.02 /* of samples at a time: short enough that the page does not jump */
#define ACQUIRE_S       0.5  /* of samples that the first look at the frequency wants */
#define FRAMES_MIN      64
#define WAVE_CYCLES     4
#define WAVE_PERIOD_NS  (NS_PER_S / 5)
#define LATE_NS         NS_PER_S /* further behind than this, the clock starts anew */
#define FULL_WAIT_NS    500000
#define CLOSE_TIMEOUT_S 1
#define CUT_US          1000000

static int64_t clock_now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void sleep_until_ns(int64_t when_ns)
{
    const struct timespec when = {.tv_sec = when_ns / NS_PER_S, .tv_nsec = when_ns % NS_PER_S};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

static bool is_stopping(struct measure *self)
{
    return atomic_load_explicit(&self->stopping, memory_order_relaxed);
}

static int64_t sample_time_us(const struct measure *self, uint64_t index)
{
    return self->base_us + (int64_t)((double)index * 1e6 / self->source.info.rate_hz);
}

/* ---- handing over ---- */

/* A free slot; waits for one only if no clock is followed. */
static struct product *reserve(struct measure *self)
{
    struct product *slot = queue_reserve(self->config.queue);
    while (!slot && self->config.speed <= MEASURE_SPEED_MAX && !is_stopping(self)) {
        sleep_until_ns(clock_now_ns(CLOCK_MONOTONIC) + FULL_WAIT_NS);
        slot = queue_reserve(self->config.queue);
    }
    return slot;
}

static void commit(struct measure *self)
{
    queue_commit(self->config.queue);
    self->config.wake(self->config.ctx);
}

/* The state must arrive: it says why nothing else does. */
static void send_state(struct measure *self, enum measure_state state, const char *text)
{
    struct product *slot = queue_reserve(self->config.queue);
    while (!slot && !is_stopping(self)) {
        sleep_until_ns(clock_now_ns(CLOCK_MONOTONIC) + FULL_WAIT_NS);
        slot = queue_reserve(self->config.queue);
    }
    if (!slot)
        return;
    slot->kind = PRODUCT_STATE;
    slot->time_us = self->base_us;
    slot->state.state = state;
    slot->state.rate_hz = self->source.info.rate_hz;
    snprintf(slot->state.text, sizeof slot->state.text, "%s", text);
    commit(self);
}

static void add_energy(struct slice_energy *sum, const struct slice_energy *part)
{
    sum->p_uj += part->p_uj;
    sum->q1_uj += part->q1_uj;
    sum->s_uj += part->s_uj;
}

/* Joins a later slice to an earlier one that is still here. The signs of each slice are lost in the
 * sum, which is why this is a counted event and not the rule. */
static void merge_slice(struct slice *sum, const struct slice *slice)
{
    for (unsigned k = 0; k < slice->elements; k++)
        add_energy(&sum->element[k], &slice->element[k]);
    add_energy(&sum->total, &slice->total);
    sum->length += slice->length;
    sum->flags |= slice->flags;
    sum->no_load &= slice->no_load;
    sum->cut = slice->cut;
}

static bool send_pending(struct measure *self, unsigned circuit)
{
    const struct slice *slice = &self->pending[circuit];
    struct product *slot = reserve(self);
    if (!slot)
        return false;
    slot->kind = PRODUCT_SLICE;
    slot->slice = *slice;
    slot->time_us = sample_time_us(self, slice->start + slice->length);
    self->is_pending[circuit] = false;
    commit(self);
    return true;
}

static void on_slice(void *ctx, const struct slice *slice)
{
    struct measure *self = ctx;
    const unsigned c = slice->circuit;
    if (self->is_pending[c])
        merge_slice(&self->pending[c], slice);
    else
        self->pending[c] = *slice;
    self->is_pending[c] = true;
    if (!send_pending(self, c))
        queue_count_drop(self->config.queue);
}

static void on_half_cycle(void *ctx, const struct half_cycle *half)
{
    struct product_halves *sum = &((struct measure *)ctx)->halves;
    for (unsigned k = 0; k < half->voltages && k < VOLTAGES_MAX; k++) {
        const float u = (float)((double)half->u_uv[k] * 1e-6);
        sum->u_min[k] = sum->count == 0 || u < sum->u_min[k] ? u : sum->u_min[k];
        sum->u_max[k] = sum->count == 0 || u > sum->u_max[k] ? u : sum->u_max[k];
    }
    for (unsigned k = 0; k < half->currents && k < PRODUCT_CURRENTS_MAX; k++) {
        const float i = (float)((double)half->i_ua[k] * 1e-6);
        sum->i_max[k] = sum->count == 0 || i > sum->i_max[k] ? i : sum->i_max[k];
    }
    sum->count++;
}

static void copy_spectrum(struct product_window *out, const struct spectrum *spectrum)
{
    out->order_max = spectrum ? spectrum->order_max : 0;
    out->voltages = spectrum ? spectrum->voltages : 0;
    out->currents = spectrum ? spectrum->currents : 0;
    for (unsigned k = 0; k < out->voltages && k < VOLTAGES_MAX; k++)
        out->u[k] = *spectrum->u[k];
    for (unsigned k = 0; k < out->currents && k < PRODUCT_CURRENTS_MAX; k++)
        out->i[k] = spectrum->i[k];
}

static void on_window(void *ctx, const struct quantities *window)
{
    struct measure *self = ctx;
    struct product *slot = reserve(self);
    if (slot) {
        slot->kind = PRODUCT_WINDOW;
        slot->time_us = sample_time_us(self, window->start + window->length);
        slot->window.quantities = *window;
        slot->window.quantities.spectrum = NULL;
        slot->window.halves = self->halves;
        copy_spectrum(&slot->window, window->spectrum);
        commit(self);
    } else {
        queue_count_drop(self->config.queue);
    }
    self->halves = (struct product_halves){0};
}

/* ---- the scope ---- */

static void ring_restart(struct measure *self)
{
    struct measure_ring *ring = &self->ring;
    const double cycle = self->source.info.rate_hz / (self->rig.setup.metrology.nominal_mhz / 1e3);
    ring->stride = (uint32_t)ceil(cycle * WAVE_CYCLES / PRODUCT_FRAMES_MAX);
    ring->capacity = (uint32_t)(cycle * WAVE_CYCLES / ring->stride);
    ring->channels =
        (uint32_t)self->rig.setup.metrology.voltages + self->rig.setup.metrology.currents;
    ring->used = ring->next = ring->phase = 0;
}

static const struct metrology_channel *rig_channel(const struct rig *rig, unsigned k)
{
    const unsigned voltages = rig->setup.metrology.voltages;
    return k < voltages ? &rig->setup.voltage[k] : &rig->setup.current[k - voltages];
}

static void ring_add(struct measure *self, const int32_t *data, uint32_t frames)
{
    struct measure_ring *ring = &self->ring;
    for (uint32_t f = 0; f < frames; f++) {
        if (ring->phase++ % ring->stride != 0)
            continue;
        float *out = ring->frame + (size_t)ring->next * ring->channels;
        for (unsigned k = 0; k < ring->channels; k++) {
            const struct metrology_channel *channel = rig_channel(&self->rig, k);
            const int32_t sample = data[(size_t)f * self->source.info.channels + channel->input];
            out[k] = (float)(sample * rig_unit_per_count(channel));
        }
        ring->next = (ring->next + 1) % ring->capacity;
        ring->used += ring->used < ring->capacity ? 1 : 0;
    }
}

static void ring_send(struct measure *self)
{
    struct measure_ring *ring = &self->ring;
    const int64_t now_ns = clock_now_ns(CLOCK_MONOTONIC);
    if (ring->used < ring->capacity || now_ns - ring->sent_ns < WAVE_PERIOD_NS)
        return;
    struct product *slot = queue_reserve(self->config.queue);
    if (!slot)
        return; /* the next chunk tries again: a picture is not worth a count */
    ring->sent_ns = now_ns;
    slot->kind = PRODUCT_WAVE;
    slot->time_us = sample_time_us(self, metrology_position(self->metrology));
    slot->wave.rate_hz = self->source.info.rate_hz / ring->stride;
    slot->wave.frames = ring->capacity;
    slot->wave.voltages = self->rig.setup.metrology.voltages;
    slot->wave.currents = self->rig.setup.metrology.currents;
    for (uint32_t f = 0; f < ring->capacity; f++) {
        const uint32_t at = (ring->next + f) % ring->capacity;
        for (unsigned k = 0; k < ring->channels; k++)
            slot->wave.value[k][f] = ring->frame[(size_t)at * ring->channels + k];
    }
    commit(self);
}

/* ---- segments ---- */

static uint32_t frames_of(const struct measure *self, double seconds)
{
    const double frames = self->source.info.rate_hz * seconds;
    return frames < FRAMES_MIN ? FRAMES_MIN : (uint32_t)frames;
}

static int64_t start_of_recording_us(const struct source_info *info)
{
    if (info->start_unix_us == 0)
        return clock_now_ns(CLOCK_REALTIME) / 1000;
    return info->start_unix_us + (int64_t)(info->start_s * 1e6);
}

static void release(struct measure *self)
{
    free(self->memory);
    free(self->chunk);
    free(self->ring.frame);
    self->memory = NULL;
    self->chunk = NULL;
    self->ring.frame = NULL;
}

static int fail_segment(struct measure *self, char *error, size_t error_size, const char *text)
{
    snprintf(error, error_size, "%s", text);
    release(self);
    return ERR_SPACE;
}

/* Fits the source's current segment and takes the memory it needs. */
static int begin_segment(struct measure *self, char *error, size_t error_size)
{
    struct metrology_config *config = &self->rig.setup.metrology;
    const int err = rig_fit(&self->rig, self->config.model, &self->source.info, self->config.map,
                            error, error_size);
    if (err < 0)
        return err;
    rig_calibrate(&self->rig, self->config.calibration);
    config->ctx = self;
    config->on_slice = on_slice;
    config->on_window = on_window;
    config->on_half_cycle = on_half_cycle;
    const int64_t size = metrology_memory(config);
    if (size < 0)
        return fail_segment(self, error, error_size, "metrology cannot use this source");
    ring_restart(self);
    self->chunk_frames = frames_of(self, ACQUIRE_S);
    self->memory_size = ((size_t)size + 7) / 8 * 8;
    self->memory = aligned_alloc(8, self->memory_size);
    self->chunk = calloc((size_t)self->chunk_frames * self->source.info.channels, sizeof(int32_t));
    self->ring.frame = calloc((size_t)self->ring.capacity * self->ring.channels, sizeof(float));
    if (!self->memory || !self->chunk || !self->ring.frame)
        return fail_segment(self, error, error_size, "not enough memory for this source");
    self->metrology = NULL;
    self->halves = (struct product_halves){0};
    self->base_us = start_of_recording_us(&self->source.info);
    if (self->base_us < self->end_us) /* a recording that begins again: a meter's time goes on */
        self->base_us = self->end_us;
    self->clock_ns = clock_now_ns(CLOCK_MONOTONIC);
    return ERR_NONE;
}

/* The first samples tell the frequency; metrology is made with it. */
static int begin_metrology(struct measure *self, const struct samples *samples)
{
    struct metrology_config *config = &self->rig.setup.metrology;
    const uint64_t found_uhz =
        metrology_acquire(samples, self->rig.setup.voltage[0].input, config->rate_uhz);
    config->start_mhz = (uint32_t)((found_uhz + 500) / 1000);
    self->metrology = metrology_init(self->memory, self->memory_size, config);
    self->cut_us = self->base_us - self->base_us % CUT_US + CUT_US;
    return self->metrology ? ERR_NONE : ERR_STATE;
}

/* Waits until the samples just pushed would have been over. */
static void keep_time(struct measure *self, uint32_t frames)
{
    if (self->config.speed <= MEASURE_SPEED_MAX)
        return;
    self->clock_ns += (int64_t)(frames * 1e9 / self->source.info.rate_hz / self->config.speed);
    if (clock_now_ns(CLOCK_MONOTONIC) - self->clock_ns > LATE_NS)
        self->clock_ns = clock_now_ns(CLOCK_MONOTONIC);
    sleep_until_ns(self->clock_ns);
}

/* Ends slices at whole seconds of the source's clock, where the intervals of a meter may end. A cut
 * that finds no room is no loss: the meter divides such a slice by time. */
static void cut_seconds(struct measure *self, uint32_t frames)
{
    const uint64_t end = metrology_position(self->metrology) + frames;
    for (;;) {
        const double index =
            (double)(self->cut_us - self->base_us) * self->source.info.rate_hz / 1e6;
        if (index >= (double)end)
            return;
        if (index >= (double)metrology_position(self->metrology))
            (void)!metrology_cut(self->metrology, (uint64_t)ceil(index));
        self->cut_us += CUT_US;
    }
}

static int push(struct measure *self, uint32_t frames)
{
    const struct samples samples = {
        .data = self->chunk, .channels = self->source.info.channels, .frames = frames};
    int err = self->metrology ? ERR_NONE : begin_metrology(self, &samples);
    if (err == ERR_NONE) {
        cut_seconds(self, frames);
        err = metrology_push(self->metrology, &samples);
    }
    if (err < 0)
        return err;
    ring_add(self, self->chunk, frames);
    ring_send(self);
    keep_time(self, frames);
    return ERR_NONE;
}

/* Until the segment ends (0), the source fails (negative) or we are told to stop. */
static int run_segment(struct measure *self)
{
    uint32_t want = self->chunk_frames;
    send_state(self, MEASURE_LIVE, "");
    while (!is_stopping(self)) {
        const int frames = source_read(&self->source, self->chunk, want);
        if (frames <= 0)
            return frames;
        const int err = push(self, (uint32_t)frames);
        if (err < 0)
            return source_fail(&self->source, err, "metrology: %s", err_text(err));
        want = frames_of(self, CHUNK_S);
    }
    return ERR_NONE;
}

static void end_segment(struct measure *self)
{
    if (self->metrology)
        self->end_us = sample_time_us(self, metrology_position(self->metrology));
    if (self->metrology && !is_stopping(self))
        metrology_finish(self->metrology);
    for (unsigned c = 0; c < MODEL_CIRCUITS_MAX; c++) {
        while (self->is_pending[c] && !is_stopping(self) && !send_pending(self, c))
            sleep_until_ns(clock_now_ns(CLOCK_MONOTONIC) + FULL_WAIT_NS);
    }
    self->metrology = NULL;
    release(self);
}

/* 1: there is more to measure; 0: the end; negative: the source failed. */
static int move_on(struct measure *self)
{
    const int more = source_next_segment(&self->source);
    if (more != 0 || !self->config.loop)
        return more;
    source_close(&self->source);
    const int err = source_open(&self->source, self->config.source);
    self->is_open = err >= 0;
    return self->is_open ? 1 : err;
}

static void *run(void *arg)
{
    struct measure *self = arg;
    char error[PRODUCT_TEXT_MAX];
    int more = 1;
    while (more > 0) {
        const int err = run_segment(self);
        end_segment(self);
        if (is_stopping(self))
            return NULL;
        more = err < 0 ? err : move_on(self);
        if (more < 0)
            snprintf(error, sizeof error, "%s", self->source.error);
        else if (more > 0)
            more = begin_segment(self, error, sizeof error) < 0 ? -1 : 1;
    }
    send_state(self, more < 0 ? MEASURE_FAILED : MEASURE_ENDED, more < 0 ? error : "");
    return NULL;
}

int measure_open(struct measure *self, const struct measure_config *config, char *error,
                 size_t error_size)
{
    self->config = *config;
    self->running = false;
    self->end_us = INT64_MIN;
    memset(self->is_pending, 0, sizeof self->is_pending);
    atomic_init(&self->stopping, false);
    int err = source_open(&self->source, config->source);
    self->is_open = err >= 0;
    if (err < 0) {
        snprintf(error, error_size, "%s",
                 self->source.error[0] ? self->source.error : err_text(err));
        return err;
    }
    err = begin_segment(self, error, error_size);
    if (err < 0)
        source_close(&self->source);
    return err;
}

int measure_start(struct measure *self)
{
    self->running = pthread_create(&self->thread, NULL, run, self) == 0;
    return self->running ? ERR_NONE : ERR_IO;
}

bool measure_close(struct measure *self)
{
    struct timespec until;
    atomic_store_explicit(&self->stopping, true, memory_order_relaxed);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CLOSE_TIMEOUT_S;
    if (self->running && pthread_timedjoin_np(self->thread, NULL, &until) != 0)
        return false;
    self->running = false;
    release(self);
    if (self->is_open)
        source_close(&self->source);
    return true;
}
