#include "metrology/engine_p.h"

#include <math.h>
#include <string.h>

#include "base/assert.h"
#include "metrology/wiring.h"

/* ---- memory ---- */

/* Hands out pieces of the caller's memory; with base NULL it only counts. */
struct arena {
    char *base;
    size_t used;
};

static void *arena_take(struct arena *arena, size_t count, size_t size)
{
    void *piece = arena->base == NULL ? NULL : arena->base + arena->used;
    arena->used += (count * size + 15) & ~(size_t)15;
    return piece;
}

static unsigned flat_elements(const struct metrology_config *config)
{
    unsigned sum = 0;
    for (unsigned c = 0; c < config->circuits; c++) {
        sum += config->circuit[c].elements;
    }
    return sum;
}

static unsigned pair_count(const struct metrology_config *config)
{
    unsigned sum = config->voltages * (config->voltages - 1u) / 2;
    for (unsigned c = 0; c < config->circuits; c++) {
        unsigned n = config->circuit[c].elements;
        sum += n + (window_crosses_currents(&config->circuit[c]) ? n * (n - 1) / 2 : 0);
    }
    return sum;
}

static bool delays_anything(const struct metrology_config *config)
{
    bool any = false;
    for (unsigned k = 0; k < config->voltages; k++) {
        any = any || config->voltage[k].delay_ns != 0 || config->voltage[k].integrate;
    }
    for (unsigned k = 0; k < config->currents; k++) {
        any = any || config->current[k].delay_ns != 0 || config->current[k].integrate ||
              config->current[k].curve_points != 0;
    }
    return any;
}

static void place_entry(struct arena *arena, const struct metrology_config *config,
                        struct entry *entry)
{
    entry->p = arena_take(arena, flat_elements(config), sizeof *entry->p);
    entry->i = arena_take(arena, config->currents, sizeof *entry->i);
    entry->square = arena_take(arena, config->voltages + config->currents, sizeof *entry->square);
}

/* Places every array of `self`; the same walk with a NULL base counts the bytes. */
static void place(struct arena *arena, const struct metrology_config *config,
                  struct metrology *self)
{
    unsigned channels = config->voltages + config->currents;
    self->x = arena_take(arena, channels, sizeof *self->x);
    self->run = arena_take(arena, channels, sizeof *self->run);
    if (config->windows) {
        self->weighed = arena_take(arena, channels, sizeof *self->weighed);
    }
    self->run_square = arena_take(arena, channels, sizeof *self->run_square);
    self->input = arena_take(arena, channels, sizeof *self->input);
    bool delays = delays_anything(config);
    for (unsigned k = 0; k < channels && delays; k++) {
        int32_t *history = arena_take(arena, HISTORY + RUN_MAX, sizeof *history);
        if (arena->base != NULL) {
            self->input[k].history = history;
        }
    }
    struct energy *energy = &self->energy;
    energy->element = arena_take(arena, flat_elements(config), sizeof *energy->element);
    energy->slice_square = arena_take(arena, channels, sizeof *energy->slice_square);
    energy->ring = arena_take(arena, config->voltages, sizeof *energy->ring);
    for (unsigned k = 0; k < ENTRIES; k++) {
        place_entry(arena, config, &energy->entry[k]);
    }
    place_entry(arena, config, &energy->open);
    self->half.sum = arena_take(arena, channels, sizeof *self->half.sum);
    self->half.last = arena_take(arena, channels, sizeof *self->half.last);
    self->half.rms = arena_take(arena, channels, sizeof *self->half.rms);
    struct window *window = &self->window;
    window->sums = arena_take(arena, channels, sizeof *window->sums);
    window->value = arena_take(arena, channels, sizeof *window->value);
    window->cross = arena_take(arena, pair_count(config), sizeof *window->cross);
    window->product = arena_take(arena, pair_count(config), sizeof *window->product);
    window->pair = arena_take(arena, pair_count(config), sizeof *window->pair);
}

int64_t metrology_memory(const struct metrology_config *config)
{
    const char *field;
    int err = metrology_check(config, &field);
    if (err < 0) {
        return err;
    }
    struct arena arena = {NULL, 0};
    struct metrology counted;
    arena_take(&arena, 1, sizeof counted);
    place(&arena, config, &counted);
    if (config->spectrum) {
        arena.used += spectra_memory(config);
    }
    return (int64_t)arena.used;
}

struct metrology *metrology_init(void *memory, size_t size, const struct metrology_config *config)
{
    int64_t needed = metrology_memory(config);
    if (needed < 0 || memory == NULL || size < (uint64_t)needed || (uintptr_t)memory % 8 != 0) {
        return NULL;
    }
    memset(memory, 0, (size_t)needed);
    struct arena arena = {memory, 0};
    struct metrology *self = arena_take(&arena, 1, sizeof *self);
    place(&arena, config, self);
    self->config = config;
    self->channels = (uint8_t)(config->voltages + config->currents);
    self->f_10s = NAN;
    self->mark_time = NAN;
    if (input_init(self) < 0) {
        return NULL;
    }
    sync_init(self);
    half_init(self);
    energy_init(self);
    window_init(self);
    if (config->spectrum) {
        spectra_init(self, arena.base + arena.used);
    }
    window_begin(self);
    sync_plan_cycle(self);
    sync_plan_half(self);
    return self;
}

/* ---- time cut into runs ---- */

static uint32_t least(uint32_t a, uint64_t b)
{
    return b < a ? (uint32_t)b : a;
}

/* How many samples until something ends: half cycle, cycle (and with it window), cut. */
static uint32_t to_next_end(const struct metrology *self)
{
    uint32_t n = RUN_MAX;
    n = least(n, self->sync.half_left);
    n = least(n, self->sync.cycle_left);
    if (self->energy.cuts > 0) {
        n = least(n, self->energy.cut[0] - self->position);
    }
    return n;
}

static void take_cut(struct metrology *self)
{
    struct energy *energy = &self->energy;
    energy->cuts--;
    memmove(energy->cut, energy->cut + 1, energy->cuts * sizeof energy->cut[0]);
}

/* Everything that ends at the current position, inner things first. */
static void end_what_ends(struct metrology *self, bool cycle, bool half)
{
    struct energy *energy = &self->energy;
    bool window = cycle && self->window.filled >= self->window.length;
    bool cut = energy->cuts > 0 && energy->cut[0] == self->position;
    if (half) {
        half_end(self);
    }
    if (cycle || cut) {
        energy_close_entry(self, window, cut);
    }
    if (cut) {
        take_cut(self);
    }
    if (cycle) {
        window_blocks(self, window);
    }
    if (window) {
        window_end(self, 0);
        window_begin(self);
    }
    if (cycle) {
        curve_follow(self);
        sync_plan_cycle(self);
        energy_resolve(self, false);
    }
    if (half || window) { /* a window's end shifts the half cycles */
        sync_plan_half(self);
    }
}

/* `n` aligned samples stand in self->x; none of them crosses an end but the last. */
static void process_run(struct metrology *self, uint32_t n)
{
    sync_oscillate(self, n);
    energy_run(self, n);
    half_run(self, n);
    window_run(self, n);
    if (self->spectra != NULL) {
        spectra_run(self, n);
    }
    self->position += n;
    self->sync.phase += n * self->sync.step;
    self->sync.cycle_left -= n;
    self->sync.half_left -= n;
    end_what_ends(self, self->sync.cycle_left == 0, self->sync.half_left == 0);
}

int metrology_push(struct metrology *self, const struct samples *samples)
{
    if (samples->channels != self->config->inputs) {
        return ERR_ARGUMENT;
    }
    const int32_t *frames = samples->data;
    uint32_t left = samples->frames;
    while (left > 0) {
        uint32_t n = least(to_next_end(self), left);
        uint32_t aligned = input_run(self, frames, n);
        self->position_in += n;
        frames += (size_t)n * samples->channels;
        left -= n;
        if (aligned > 0) {
            process_run(self, aligned);
        }
    }
    return 0;
}

int metrology_cut(struct metrology *self, uint64_t index)
{
    struct energy *energy = &self->energy;
    if (index < self->position_in) {
        return ERR_RANGE;
    }
    unsigned at = energy->cuts;
    while (at > 0 && energy->cut[at - 1] > index) {
        at--;
    }
    if (at > 0 && energy->cut[at - 1] == index) {
        return 0;
    }
    if (energy->cuts == CUTS_MAX) {
        return ERR_BUSY;
    }
    memmove(energy->cut + at + 1, energy->cut + at, (energy->cuts - at) * sizeof energy->cut[0]);
    energy->cut[at] = index;
    energy->cuts++;
    if (index == self->position) {
        /* Nothing has come since the last sample: the slice ends here and now. */
        energy_close_entry(self, false, true);
        take_cut(self);
    }
    return 0;
}

/* What the alignment filters still hold comes out when zeros follow. */
static void drain_inputs(struct metrology *self)
{
    static const int32_t silence[METROLOGY_CHANNELS_MAX + 256];
    while (self->position < self->position_in) {
        struct samples one = {silence, self->config->inputs, 1};
        uint64_t before = self->position_in;
        int err = metrology_push(self, &one);
        ASSERT(err == 0);
        self->position_in = before;
    }
}

void metrology_finish(struct metrology *self)
{
    if (self->latency > 0) {
        drain_inputs(self);
    }
    energy_finish(self);
    if (self->config->windows) {
        if (self->spectra != NULL) {
            spectra_flush(self);
        }
        window_partial(self);
    }
}

uint64_t metrology_position(const struct metrology *self)
{
    return self->position_in;
}
