#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "apps/measure_flow.h"

#define HEAD_S 0.5 /* what is looked at before a segment is measured */
#define HZ_MIN 42.5

__attribute__((format(printf, 2, 3))) static void skip_segment(struct measure *self,
                                                               const char *format, ...)
{
    char reason[REASON_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof reason, format, list);
    va_end(list);
    if (self->reason[0] == '\0') {
        snprintf(self->reason, sizeof self->reason, "%s", reason);
    }
    notes_add(&self->notes, "segment %u: %s; skipped", self->stretch.number, reason);
}

/* Where --from and --to fall in the segment; false if it lies outside them. */
static bool place_stretch(struct measure *self)
{
    const struct source_info *info = &self->source.info;
    const struct measure_options *options = &self->options;
    const double rate_hz = options->rate_hz > 0 ? options->rate_hz : info->rate_hz;
    const double before = (options->from_s - info->start_s) * rate_hz;
    const double until = (options->to_s - info->start_s) * rate_hz;
    struct stretch *stretch = &self->stretch;
    *stretch = (struct stretch){.rate_hz = rate_hz, .number = info->segment + 1};
    if (before >= 1e18) { /* beyond any recording, and beyond what fits */
        return false;
    }
    stretch->skip = before > 0 ? (uint64_t)ceil(before - 1e-6) : 0;
    stretch->start_s = info->start_s + (double)stretch->skip / rate_hz;
    stretch->limit = UINT64_MAX;
    if (until < 1e18) {
        const double last = ceil(until - 1e-6);
        if (last <= (double)stretch->skip) {
            return false;
        }
        stretch->limit = (uint64_t)last - stretch->skip;
    }
    return info->frames == 0 || stretch->skip < info->frames;
}

/* Reads at most `frames` (<= CHUNK_FRAMES) and gathers them at `to`. */
static int read_frames(struct measure *self, uint32_t frames, int32_t *to)
{
    const int got = source_read(&self->source, self->frames, frames);
    if (got < 0 && measure_interrupted()) {
        return 0;
    }
    if (got > 0 && to) {
        measure_setup_gather(&self->setup, self->source.info.channels, (uint32_t)got, self->frames,
                             to);
    }
    return got;
}

static int skip_frames(struct measure *self)
{
    uint64_t left = self->stretch.skip;
    while (left > 0 && !measure_should_stop()) {
        const int got =
            read_frames(self, left < CHUNK_FRAMES ? (uint32_t)left : CHUNK_FRAMES, NULL);
        if (got <= 0) {
            return got;
        }
        left -= (uint64_t)got;
    }
    return 1;
}

/* Reads up to `wanted` frames of the stretch into self->inputs. A source that fails within them is
 * remembered, and asked no more: they are measured first. */
static uint32_t read_inputs(struct measure *self, uint32_t wanted, uint64_t *taken)
{
    uint32_t have = 0;
    while (have < wanted && *taken < self->stretch.limit && self->broken == 0 &&
           !measure_should_stop()) {
        const uint64_t room = self->stretch.limit - *taken;
        uint32_t ask = wanted - have < CHUNK_FRAMES ? wanted - have : CHUNK_FRAMES;
        ask = room < ask ? (uint32_t)room : ask;
        const int got =
            read_frames(self, ask, self->inputs + (size_t)have * self->setup.config.inputs);
        if (got < 0) {
            self->broken = got;
        }
        if (got <= 0) {
            break;
        }
        have += (uint32_t)got;
        *taken += (uint64_t)got;
    }
    return have;
}

static int reserve_inputs(struct measure *self, uint32_t frames)
{
    if (frames <= self->inputs_frames) {
        return 0;
    }
    free(self->inputs);
    self->inputs = calloc((size_t)frames * self->setup.config.inputs, sizeof *self->inputs);
    self->inputs_frames = self->inputs ? frames : 0;
    return self->inputs ? 0 : ERR_SPACE;
}

/* R.m.s. of one input over the head, about its mean, in volts. */
static double head_rms(const struct measure *self, const struct samples *head, unsigned channel)
{
    double sum = 0, square = 0;
    for (uint32_t f = 0; f < head->frames; f++) {
        const double x = head->data[(size_t)f * head->channels + channel];
        sum += x;
        square += x * x;
    }
    const double n = head->frames > 0 ? head->frames : 1;
    const double volts = (double)self->setup.voltage[channel].full_scale_u * 1e-6;
    return sqrt(fmax(square / n - sum / n * (sum / n), 0)) * volts / SAMPLE_FULL_SCALE;
}

/* Frequency of the first voltage that has one, in microhertz; 0 if none has. */
static uint64_t head_frequency(const struct measure *self, const struct samples *head,
                               uint64_t rate_uhz)
{
    for (unsigned k = 0; k < self->setup.config.voltages; k++) {
        const uint64_t found = metrology_acquire(head, k, rate_uhz);
        if (found > 0) {
            return found;
        }
    }
    return 0;
}

/* Nominal values hold for the whole recording: the first segment that is measured decides. */
static void guess_nominals(struct measure *self, const struct samples *head, uint64_t found_uhz)
{
    struct metrology_config *config = &self->setup.config;
    if (self->options.nominal_v == 0) {
        double largest = 0;
        for (unsigned k = 0; k < config->voltages; k++) {
            largest = fmax(largest, head_rms(self, head, k));
        }
        const bool dead = found_uhz == 0 || largest <= 0;
        self->options.nominal_v = measure_guess_nominal(dead ? self->setup.u_scale : largest);
        notes_add(&self->notes, "nominal voltage %.6g V (%s)", self->options.nominal_v,
                  dead ? "by the full scale: no voltage in the first half second"
                       : "by the first half second; --nominal says otherwise");
    }
    if (self->options.nominal_mhz == 0) {
        const double declared = self->source.info.nominal_hz;
        const double hz = found_uhz ? (double)found_uhz * 1e-6 : declared > 0 ? declared : 50;
        self->options.nominal_mhz = hz < 55 ? 50000 : 60000;
        notes_add(&self->notes, "nominal frequency %u Hz: windows of %u cycles (%s)",
                  self->options.nominal_mhz / 1000, self->options.nominal_mhz / 5000,
                  found_uhz ? "by the first half second" : "nothing to follow there");
    }
}

/* Whether the rate is one that metrology takes; says why not. */
static bool check_rate(struct measure *self, uint64_t found_uhz)
{
    const double rate_hz = self->stretch.rate_hz;
    const double nominal_hz = self->options.nominal_mhz ? self->options.nominal_mhz / 1000.0
                              : self->source.info.nominal_hz > 0 ? self->source.info.nominal_hz
                                                                 : 50;
    const double hz = found_uhz ? (double)found_uhz * 1e-6 : nominal_hz;
    if (rate_hz < hz * SAMPLES_PER_CYCLE_MIN) {
        skip_segment(self, "%.6g Hz sampling is %.1f samples a cycle; at least %d are needed",
                     rate_hz, floor(rate_hz / hz * 10) / 10, SAMPLES_PER_CYCLE_MIN);
        return false;
    }
    if (rate_hz < METROLOGY_RATE_MIN_HZ) {
        skip_segment(self, "%.6g Hz sampling is less than the %d Hz that are measured", rate_hz,
                     METROLOGY_RATE_MIN_HZ);
        return false;
    }
    if (rate_hz > METROLOGY_RATE_MAX_HZ) {
        skip_segment(self, "%.6g Hz sampling is more than the %d Hz that are measured", rate_hz,
                     METROLOGY_RATE_MAX_HZ);
        return false;
    }
    return true;
}

static int reserve_memory(struct measure *self)
{
    const char *field = "";
    if (metrology_check(&self->setup.config, &field) < 0) {
        return fail(1, "%s: %s cannot be measured with", self->options.spec, field);
    }
    const int64_t size = metrology_memory(&self->setup.config);
    if (size < 0) {
        return fail(1, "%s: %s", self->options.spec, err_text((int)size));
    }
    if ((size_t)size > self->memory_size) {
        free(self->memory);
        self->memory = calloc(1, (size_t)size);
        self->memory_size = self->memory ? (size_t)size : 0;
    }
    return self->memory ? 0 : fail(1, "not enough memory");
}

static void show_progress(struct measure *self, uint64_t taken)
{
    const uint64_t frames = self->source.info.frames, skip = self->stretch.skip;
    const uint64_t left = frames > skip ? frames - skip : 0;
    self->progress.total = left < self->stretch.limit ? left : self->stretch.limit;
    progress_update(&self->progress, taken, self->stretch.rate_hz, measure_now_s());
    if (frames == 0 || self->table_on_terminal) {
        fflush(stdout); /* a live source: each window as soon as it is known */
    }
}

/* The head has been read and looked at; metrology takes it and all that follows. */
static int run_metrology(struct measure *self, uint32_t head_frames, uint64_t taken)
{
    struct metrology *metrology =
        metrology_init(self->memory, self->memory_size, &self->setup.config);
    if (!metrology) {
        return fail(1, "%s: cannot be measured", self->options.spec);
    }
    memset(self->covered, 0, sizeof self->covered);
    measure_begin_intervals(self);
    uint32_t got = head_frames;
    while (got > 0) {
        const struct samples samples = {self->inputs, self->setup.config.inputs, got};
        if (metrology_push(metrology, &samples) < 0) {
            return fail(1, "%s: cannot be measured", self->options.spec);
        }
        show_progress(self, taken);
        got = read_inputs(self, CHUNK_FRAMES, &taken);
    }
    progress_clear(&self->progress);
    metrology_finish(metrology);
    measure_end_intervals(self);
    return 0;
}

static int measure_head(struct measure *self, uint32_t head_frames, uint64_t taken)
{
    struct metrology_config *config = &self->setup.config;
    const uint64_t before = self->windows;
    const struct samples head = {self->inputs, config->inputs, head_frames};
    config->rate_uhz = (uint64_t)llround(self->stretch.rate_hz * 1e6);
    const uint64_t found_uhz = head_frequency(self, &head, config->rate_uhz);
    if (!check_rate(self, found_uhz)) {
        return 0;
    }
    guess_nominals(self, &head, found_uhz);
    config->u_nominal_uv = (uint64_t)llround(self->options.nominal_v * 1e6);
    config->nominal_mhz = self->options.nominal_mhz;
    config->start_mhz = (uint32_t)((found_uhz + 500) / 1000);
    int result = reserve_memory(self);
    if (result == 0) {
        result = run_metrology(self, head_frames, taken);
    }
    if (result == 0 && self->windows == before && self->broken == 0) {
        skip_segment(self, "%.4g s are too short to measure: not a whole cycle%s",
                     (double)head_frames / self->stretch.rate_hz,
                     found_uhz ? "" : ", or none whose frequency can be told");
    }
    return result;
}

int measure_segment(struct measure *self)
{
    if (!place_stretch(self)) {
        if (self->reason[0] == '\0') {
            snprintf(self->reason, sizeof self->reason, "nothing lies between --from and --to");
        }
        return 0;
    }
    const double rate_hz = self->stretch.rate_hz;
    if (rate_hz < HZ_MIN * SAMPLES_PER_CYCLE_MIN || rate_hz > METROLOGY_RATE_MAX_HZ) {
        check_rate(self, 0);
        return 0;
    }
    const uint32_t head_frames = (uint32_t)ceil(HEAD_S * rate_hz);
    if (reserve_inputs(self, head_frames > CHUNK_FRAMES ? head_frames : CHUNK_FRAMES) < 0) {
        return fail(1, "not enough memory");
    }
    uint64_t taken = 0;
    uint32_t got = 0;
    const int skipped = skip_frames(self);
    if (skipped < 0) {
        self->broken = skipped;
    } else if (skipped > 0) {
        got = read_inputs(self, head_frames, &taken);
    }
    return got == 0 && self->broken < 0 ? 0 : measure_head(self, got, taken);
}
