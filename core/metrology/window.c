/*
 * Windows for reporting: sums over 10 or 12 cycles, weighted with sin^6. Its lines vanish from the
 * fourth bin on at whole cycles and fall by 42 dB an octave beside them, so a window that ends half
 * a sample off, or a frequency that is off, costs parts in 10^9 instead of the 10^4 of a rectangle.
 */
#include "metrology/engine_p.h"

#include <math.h>
#include <string.h>

/* How far off the oscillator may be, in lines of the window: while it settles, and whenever a step
 * of the line frequency takes it by surprise. */
#define BINS_SETTLED 0.02
#define BINS_MOST    0.1

static void add_pair(struct window *window, unsigned a, unsigned b)
{
    window->pair[window->pairs++] = (struct pair){(uint8_t)a, (uint8_t)b};
}

bool window_crosses_currents(const struct metrology_circuit *circuit)
{
    return circuit->neutral == CHANNEL_NONE && circuit->elements <= 3 &&
           circuit->wiring != WIRING_1P2W;
}

/* Which products a report needs, in the order report.c reads them: circuit by circuit its elements,
 * then the currents with each other (for a computed neutral or third current); last the voltages.
 */
void window_init(struct metrology *self)
{
    const struct metrology_config *config = self->config;
    struct window *window = &self->window;
    unsigned v = config->voltages;
    window->pairs = 0;
    for (unsigned c = 0; c < config->circuits; c++) {
        const struct metrology_circuit *circuit = &config->circuit[c];
        for (unsigned e = 0; e < circuit->elements; e++) {
            add_pair(window, circuit->element[e].u, v + circuit->element[e].i);
        }
        for (unsigned e = 0; e < circuit->elements && window_crosses_currents(circuit); e++) {
            for (unsigned d = 0; d < e; d++) {
                add_pair(window, v + circuit->element[d].i, v + circuit->element[e].i);
            }
        }
    }
    for (unsigned a = 0; a < v; a++) {
        for (unsigned b = 0; b < a; b++) {
            add_pair(window, b, a);
        }
    }
}

void window_begin(struct metrology *self)
{
    struct window *window = &self->window;
    struct sync *sync = &self->sync;
    sync->step = sync->next_step;
    kernel_rotor_init(&sync->rotor, sync->step);
    energy_follow(self);
    window->cycles = self->config->nominal_mhz < 55000 ? 10 : 12;
    window->power = 3;
    window->start = self->position;
    window->phase = sync->phase;
    window->reference = sync->reference;
    window->length = 0;
    for (unsigned k = 0; k < window->cycles; k++) {
        window->length +=
            sync_samples_to_turn(sync->phase + window->length * sync->step, sync->step);
    }
    window_clear(self);
}

/* The first block whose middle does not lie before a sample. */
static uint64_t block_from(const struct energy *energy, uint64_t sample)
{
    uint64_t length = energy->block_length;
    return (2 * sample + length - 1) / (2 * length);
}

void window_clear(struct metrology *self)
{
    struct window *window = &self->window;
    window->turn_step = UINT64_MAX / window->length;
    window->filled = 0;
    window->weight = 0;
    memset(window->cross, 0, window->pairs * sizeof *window->cross);
    window->reference_slope = (struct phasor){0, 0};
    kernel_rotor_init(&window->rotor, window->turn_step);
    memset(window->track, 0, sizeof window->track);
    window->block_next = block_from(&self->energy, window->start);
    kernel_rotor_init(&window->block_rotor, self->energy.block_length * window->turn_step);
    for (unsigned k = 0; k < self->channels; k++) {
        window->sums[k] = (struct window_sums){.min = INT32_MAX, .max = INT32_MIN};
    }
}

/* A window of one cycle is the integral over a turn by trapezoids. The turn takes a fraction of a
 * sample more than there are intervals: the ends, which are one point of the cycle, share it. Only
 * a recording of a single cycle has such a window, so its first sample is where the turn begins. */
static void flat_weights(struct metrology *self, uint32_t n)
{
    struct window *window = &self->window;
    const uint64_t rest = UINT64_MAX - (window->length - 1) * self->sync.step;
    const int32_t end = (1 << 25) + (int32_t)(rest / (self->sync.step >> 25));
    for (uint32_t k = 0; k < n; k++) {
        const uint32_t at = window->filled + k;
        self->weights.w[k] = at == 0 || at + 1 == window->length ? end : 1 << 26;
        self->weights.slope[k] = 0;
        window->weight += self->weights.w[k];
    }
}

/* Weights of the run's samples, each at the middle of its interval. */
static void make_weights(struct metrology *self, uint32_t n)
{
    struct window *window = &self->window;
    if (window->power == 0) {
        flat_weights(self, n);
        return;
    }
    uint64_t turn = window->filled * window->turn_step + window->turn_step / 2;
    kernel_rotor(&window->rotor, (uint32_t)(turn >> 32), n, 0, self->window_wave);
    window->weight += kernel_weights(self->window_wave, window->power, n, &self->weights);
}

void window_run(struct metrology *self, uint32_t n)
{
    struct window *window = &self->window;
    if (self->config->windows) {
        make_weights(self, n);
        for (unsigned k = 0; k < self->channels; k++) {
            kernel_window(self->x[k], self->weights.w, n, self->weighed[k], &window->sums[k]);
            kernel_phasor(self->weighed[k], self->wave, n, &window->sums[k].wave);
        }
        for (unsigned k = 0; k < window->pairs; k++) {
            window->cross[k] +=
                kernel_dot(self->weighed[window->pair[k].a], self->x[window->pair[k].b], n);
        }
        if (self->config->voltages > 0) {
            int32_t *sloped = self->window_wave; /* its weights are made: it is free */
            kernel_weigh(self->x[window->reference], self->weights.slope, n, sloped);
            kernel_phasor(sloped, self->wave, n, &window->reference_slope);
        }
    }
    window->filled += n;
}

/* Without windows the frequency comes out of the voltage blocks, which a window is laid over: a
 * block across its end is left out, where the weight is next to nothing. */
void window_blocks(struct metrology *self, bool all)
{
    struct window *window = &self->window;
    struct energy *energy = &self->energy;
    uint32_t least = all ? 1 : PAGE / 2;
    if (self->config->windows || energy->blocks < window->block_next + least) {
        return; /* with windows the samples themselves tell */
    }
    uint64_t length = energy->block_length;
    uint64_t centre2 = (2 * window->block_next + 1) * length;
    struct stretch stretch = {
        .first = window->block_next,
        .count = energy->blocks - window->block_next,
        .turn = (centre2 - 2 * window->start) * (window->turn_step / 2),
        .step = length * window->turn_step,
        .rotor = window->block_rotor,
        .power = window->power,
    };
    window->block_next = energy->blocks;
    while (stretch.count > 0) {
        uint32_t at;
        uint32_t n = energy_weigh_blocks(self, &stretch, true, &at, &window->weight);
        for (unsigned v = 0; v < self->config->voltages; v++) {
            kernel_phasor(self->weights.w, energy_ring_slot(energy, v, at), n, &window->track[v]);
        }
        kernel_phasor(self->weights.slope, energy_ring_slot(energy, window->reference, at), n,
                      &window->reference_slope);
    }
}

static float phasor_size(struct phasor p)
{
    return sqrtf((float)p.c * (float)p.c + (float)p.s * (float)p.s);
}

/* S of a voltage: out of the window's sums, or the blocks' without windows. */
static struct phasor voltage_track(const struct metrology *self, unsigned v)
{
    return self->config->windows ? self->window.sums[v].wave : self->window.track[v];
}

/* From S to the fundamental, r.m.s. counts. Ring values are sums of block_length x 2^23 >>
 * block_shift. */
static float track_unit(const struct metrology *self)
{
    const struct energy *energy = &self->energy;
    float unit = self->config->windows
                     ? (float)(1 << (27 - 23 - WEIGHED_BITS))
                     : ldexpf(1.0f / (float)energy->block_length, energy->block_shift - 23);
    return self->window.weight > 0 ? 1.41421356f * unit / (float)self->window.weight : 0;
}

/* The strongest voltage leads; another takes over only when it is clearly stronger. */
static void choose_reference(struct metrology *self)
{
    struct sync *sync = &self->sync;
    const struct metrology_config *config = self->config;
    float size[VOLTAGES_MAX] = {0}; /* to compare only */
    float unit = track_unit(self);
    for (unsigned v = 0; v < config->voltages; v++) {
        size[v] = unit * phasor_size(voltage_track(self, v)) * (float)self->input[v].unit_double;
    }
    unsigned best = sync->reference;
    for (unsigned v = 0; v < config->voltages; v++) {
        best = size[v] > 1.25f * size[best] ? v : best;
    }
    float floor = (float)config->u_nominal_uv * 0.05e-6f;
    float smallest = (float)self->input[best].unit_double * 1000; /* 1000 counts */
    sync->locked = config->voltages > 0 && size[best] > (floor > smallest ? floor : smallest);
    /* Nobody knew the strongest when the first window began (the high leg of a delta, say). What
     * was followed then still tells the frequency of that window: half of the strongest is enough.
     */
    bool keeps = self->window.turns == 0 && size[sync->reference] > 0.5f * size[best];
    sync->followed = keeps ? sync->reference : (uint8_t)best;
    sync->reference = (uint8_t)best;
}

/* S and S' of the reference; a reference that is new in this window has no slope yet, and so no
 * error. */
static void reference_sums(const struct metrology *self, struct phasor *track, struct phasor *slope)
{
    const struct window *window = &self->window;
    unsigned v = self->sync.followed;
    *track = voltage_track(self, v);
    *slope = v == window->reference ? window->reference_slope : (struct phasor){0, 0};
}

/* Phase of the reference at the middle of the window, in whole turns since the start. */
static double middle_turns(struct metrology *self, double angle_turns)
{
    struct window *window = &self->window;
    double step = angle_turns - window->angle_turns;
    window->angle_turns += step - nearbyint(step);
    double oscillator = (double)window->turns + (double)window->phase * 0x1p-64 +
                        (double)self->sync.step * 0x1p-64 * 0.5 * window->length;
    return oscillator + window->angle_turns;
}

/* The frequency over 10 s by the sample clock: phase covered, divided by the time it took. */
static void update_10s(struct metrology *self, const struct window_result *result)
{
    double rate = (double)self->config->rate_uhz * 1e-6;
    double time = ((double)result->start + 0.5 * result->length) / rate;
    if (isnan(result->phase_turns)) {
        self->mark_time = NAN;
        self->f_10s = NAN;
    } else if (isnan(self->mark_time)) {
        self->mark_time = time;
        self->mark_turns = result->phase_turns;
    } else if (time - self->mark_time >= 9.9) {
        self->f_10s = (result->phase_turns - self->mark_turns) / (time - self->mark_time);
        self->mark_time = time;
        self->mark_turns = result->phase_turns;
    }
}

/* Where a cycle takes a whole number of samples, the last bit of what was measured would decide
 * whether it ends with this sample or the next. So the step leans forward by a millionth of a turn
 * in a window, which is no error, for all is measured against it; and half cycles move only when
 * they are a sample off. */
static void steer(struct metrology *self, int64_t error, double f_hz, uint32_t angle)
{
    struct sync *sync = &self->sync;
    if (f_hz > 40.0 && f_hz < 72.0) {
        sync->next_step = sync->step + (uint64_t)error + (self->window.turn_step >> 20);
    }
    /* Half cycles begin where the reference crosses zero: a quarter turn before its crest. */
    uint64_t offset =
        ((uint64_t)angle << 32) + ((uint64_t)1 << 62) + (uint64_t)error * (self->window.length / 2);
    if (offset - sync->half_offset + sync->step > 2 * sync->step) {
        sync->half_offset = offset;
    }
}

/* The angle of whatever is followed. Another reference stands at another angle: it takes over the
 * place of the one before, so that half cycles and the count of cycles go on without a jump. */
static uint32_t continuous_angle(struct sync *sync, uint32_t angle, bool fresh)
{
    if (fresh) {
        sync->angle_shift = sync->angle - angle;
    }
    sync->angle = angle + sync->angle_shift;
    return sync->angle;
}

/* Whether any voltage is there at all, whatever its frequency. */
static bool any_voltage(const struct metrology *self)
{
    const struct metrology_config *config = self->config;
    float floor = (float)config->u_nominal_uv * 0.05e-6f;
    bool any = false;
    for (unsigned v = 0; v < config->voltages && config->windows; v++) {
        float square =
            ldexpf((float)self->window.sums[v].xx / (float)self->window.weight, 27 - WEIGHED_BITS);
        float unit = (float)self->input[v].unit_double;
        any = any || (square > 1e6f && square * unit * unit > floor * floor);
    }
    return any;
}

/* There is a voltage, but no tone within sight of the oscillator, which sees 15 Hz to both sides:
 * looks from the other nominal frequency. Between them they see all that is measured. */
static void hunt(struct metrology *self)
{
    struct sync *sync = &self->sync;
    const uint64_t at_55 = fixed_mul_div(55000000, HALF_TURN, self->config->rate_uhz) * 2;
    const uint64_t uhz = sync->step < at_55 ? 60000000 : 50000000;
    if (any_voltage(self) && self->config->rate_uhz / SAMPLES_PER_CYCLE_MIN >= uhz) {
        sync->next_step = fixed_mul_div(uhz, HALF_TURN, self->config->rate_uhz) * 2 + 2;
    }
}

/* Finds the reference and its frequency, and steers the oscillator onto it. */
void window_follow(struct metrology *self, struct window_result *result)
{
    struct sync *sync = &self->sync;
    struct window *window = &self->window;
    bool was_locked = sync->locked;
    uint8_t before = sync->followed;
    choose_reference(self);
    result->f_hz = NAN;
    result->bins = 0;
    result->phase_turns = NAN;
    if (!sync->locked) {
        sync->settled = 0;
        result->flags |= FLAG_NO_SYNC;
        hunt(self);
    } else {
        struct phasor track, slope;
        reference_sums(self, &track, &slope);
        bool fresh = was_locked && sync->followed != before;
        bool blind = sync->followed != window->reference;
        uint32_t angle = continuous_angle(sync, fixed_angle(track.c, -track.s), fresh);
        /* Three cycles and less are a recording of their own: metrology_acquire() knew better. */
        bool few = was_locked && window->power < 3;
        int64_t error = few ? 0 : sync_error(track, slope, window->turn_step);
        double turns = (double)error * 0x1p-64;
        double rate = (double)self->config->rate_uhz * 1e-6;
        result->f_hz = ((double)sync->step * 0x1p-64 + turns) * rate;
        result->bins = turns * window->length;
        result->phase_turns = middle_turns(self, angle * 0x1p-32);
        sync->settled = was_locked ? sync->settled + (sync->settled < 1000) : 0;
        double off = fabs(result->bins);
        if (blind || off > BINS_MOST || (sync->settled < 3 && off > BINS_SETTLED)) {
            result->flags |= FLAG_SETTLING;
        }
        if (blind) {
            result->f_hz = NAN; /* what the oscillator ran at is no measurement */
        }
        if (result->f_hz < 42.499 || result->f_hz > 69.001) {
            result->flags |= FLAG_OFF_RANGE;
        }
        steer(self, error, result->f_hz, angle);
    }
    update_10s(self, result);
}

/* A curve is first asked after a cycle; an integrator forgets where it began within five times 1.6
 * s. */
static uint16_t settling_flag(const struct metrology *self)
{
    uint64_t start = self->window.start;
    bool curve = start == 0 && curve_exists(self);
    bool integral = self->leaks && start < self->config->rate_uhz / 1000000 * 8;
    return curve || integral ? FLAG_SETTLING : 0;
}

void window_end(struct metrology *self, uint16_t flags)
{
    struct window *window = &self->window;
    struct window_result result = {
        .start = window->start,
        .length = window->filled,
        .cycles = window->cycles,
        .power = window->power,
        .flags = (uint16_t)(flags | settling_flag(self)),
    };
    window_follow(self, &result);
    window->turns += window->cycles;
    if (self->config->windows) {
        window_values(self, &result);
        if (self->spectra != NULL) {
            spectra_window(self, &result);
        } else {
            report_window(self, &result);
        }
    }
}
