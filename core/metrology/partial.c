/* The rest of a recording, shorter than a window: whole cycles of it, measured once more from the
 * history with a window of their length. Without a history (no spectrum memory) the rest is not
 * reported. */
#include "metrology/engine_p.h"

#define CYCLES_MIN   6
#define CYCLES_BLIND 3 /* without knowing the frequency: the window then finds out itself */

static void replay(struct metrology *self)
{
    struct window *window = &self->window;
    uint64_t saved = self->sync.phase;
    uint32_t length = window->length;
    while (window->filled < length) {
        uint32_t n = length - window->filled < RUN_MAX ? length - window->filled : RUN_MAX;
        if (!spectra_replay(self, window->start + window->filled, n)) {
            break;
        }
        self->sync.phase = window->phase + window->filled * self->sync.step;
        sync_oscillate(self, n);
        window_run(self, n);
    }
    self->sync.phase = saved;
}

/* Moves the start of the window back by whole cycles, until there are six of them or the history
 * ends: fewer cannot be kept apart from their harmonics to parts in a million. */
static unsigned reach_back(struct metrology *self, unsigned cycles, uint32_t *length)
{
    struct window *window = &self->window;
    uint64_t phase = window->phase;
    uint64_t end = window->start + *length;
    uint64_t begin = window->start;
    while (cycles < CYCLES_MIN) {
        /* The turn before this one began floor((2^64 + phase) / step) samples ago. */
        uint64_t step = self->sync.step;
        uint64_t back = UINT64_MAX / step + (UINT64_MAX % step + 1 + phase) / step;
        if (back > begin || !spectra_replay(self, begin - back, 1)) {
            break;
        }
        begin -= back;
        phase -= back * self->sync.step;
        cycles++;
    }
    window->start = begin;
    window->phase = phase;
    *length = (uint32_t)(end - begin);
    return cycles;
}

/* Whole cycles in what has come, by the frequency in force. */
static unsigned whole_cycles(const struct metrology *self, uint32_t *length)
{
    const struct window *window = &self->window;
    uint64_t phase = window->phase;
    uint32_t used = 0;
    unsigned cycles = 0;
    while (cycles < window->cycles) {
        uint32_t next = sync_samples_to_turn(phase, self->sync.step);
        if (used + next > window->filled + 1) { /* a sample short still is a cycle */
            break;
        }
        used += next;
        phase += next * self->sync.step;
        cycles++;
    }
    *length = used < window->filled ? used : window->filled;
    return cycles;
}

void window_partial(struct metrology *self)
{
    struct window *window = &self->window;
    uint32_t length;
    unsigned cycles = whole_cycles(self, &length);
    if (cycles == 0 || self->spectra == NULL) {
        return;
    }
    cycles = reach_back(self, cycles, &length);
    if (cycles < CYCLES_BLIND && !self->sync.locked) {
        return; /* whole cycles of a frequency that is a guess are no measurement */
    }
    window->cycles = (uint8_t)cycles;
    window->power = cycles > 3 ? 3 : (uint8_t)(cycles - 1);
    window->length = length;
    window->turn_step = UINT64_MAX / length;
    window->filled = 0;
    window_clear(self);
    replay(self);
    struct window_result result = {
        .start = window->start,
        .length = window->filled,
        .cycles = window->cycles,
        .power = window->power,
        .flags = FLAG_PARTIAL,
    };
    window_follow(self, &result);
    window_values(self, &result);
    spectra_window(self, &result);
    spectra_flush(self);
}
