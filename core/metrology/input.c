#include "metrology/engine_p.h"

#include "base/assert.h"
#include "metrology/delay_table.h"

/* The integrator forgets with this corner, so that an offset of the input cannot run away. */
#define INTEGRATOR_CORNER_UHZ 100000u

/* 2 pi, Q60. */
#define TWO_PI_Q60 UINT64_C(7244019458077122842)

static bool is_delayed(const struct metrology_channel *channel)
{
    return channel->delay_ns != 0 || channel->integrate || channel->curve_points != 0;
}

static const struct metrology_channel *channel_config(const struct metrology *self,
                                                      unsigned channel)
{
    const struct metrology_config *config = self->config;
    return channel < config->voltages ? &config->voltage[channel]
                                      : &config->current[channel - config->voltages];
}

/* The taps for a delay of 7 + fraction samples, fraction in Q30; they sum to exactly one. */
static void make_taps(const int32_t table[DELAY_TAPS][DELAY_ORDER + 1], int32_t fraction_q30,
                      int32_t taps[DELAY_TAPS])
{
    int64_t x = (int64_t)fraction_q30 - FIXED_ONE_Q30 / 2;
    int32_t sum = 0;
    for (int k = 0; k < DELAY_TAPS; k++) {
        int64_t value = 0;
        for (int order = DELAY_ORDER; order >= 0; order--) {
            value = ((value * x + (1 << 29)) >> 30) + table[k][order];
        }
        taps[DELAY_TAPS - 1 - k] = (int32_t)(value * 4);
        sum += (int32_t)(value * 4);
    }
    taps[DELAY_TAPS - 1 - 7] += FIXED_ONE_Q30 - sum;
}

/* A delay in nanoseconds as samples, Q30. */
static int64_t samples_q30(uint64_t rate_uhz, int64_t delay_ns)
{
    uint64_t size = (uint64_t)(delay_ns < 0 ? -delay_ns : delay_ns);
    uint64_t value = fixed_mul_div(size * rate_uhz / 1000, 1 << 30, UINT64_C(1000000000000));
    return delay_ns < 0 ? -(int64_t)value : (int64_t)value;
}

void input_reload(struct metrology *self, unsigned channel)
{
    struct input *input = &self->input[channel];
    const struct metrology_channel *config = input->config;
    struct scale unit = scale_from_ratio(config->full_scale_u, SAMPLE_FULL_SCALE);
    unit = scale_correct_ppb(unit, config->gain_ppb);
    input->unit = scale_correct_ppb(unit, -input->curve_ppm * 1000);
    input->unit_double = scale_double(input->unit) * 1e-6;
    if (input->history == NULL) {
        return;
    }
    int64_t delay_ns = config->delay_ns + (int64_t)input->curve_ns;
    int64_t total = ((int64_t)self->latency << 30) + samples_q30(self->config->rate_uhz, delay_ns);
    int32_t fraction = (int32_t)(total & (FIXED_ONE_Q30 - 1));
    input->whole = (int32_t)(total >> 30);
    input->fir = config->integrate || fraction != 0;
    make_taps(config->integrate ? delay_rising_q28 : delay_plain_q28, fraction, input->taps);
}

/* Every channel waits for the most advanced one, plus half a filter. */
static uint32_t common_latency(const struct metrology *self)
{
    int64_t earliest_ns = 0;
    bool any = false;
    for (unsigned k = 0; k < self->channels; k++) {
        const struct metrology_channel *config = channel_config(self, k);
        any = any || is_delayed(config);
        int64_t delay = config->delay_ns;
        for (unsigned p = 0; p < config->curve_points; p++) {
            int64_t with = config->delay_ns + (int64_t)config->curve[p].delay_ns;
            delay = with < delay ? with : delay;
        }
        earliest_ns = delay < earliest_ns ? delay : earliest_ns;
    }
    if (!any) {
        return 0;
    }
    return (uint32_t)((-samples_q30(self->config->rate_uhz, earliest_ns)) >> 30) + 9;
}

/* 2 pi f / rate and 2 pi corner / rate. */
static void input_set_integrator(const struct metrology_config *config, struct input *input)
{
    uint64_t nominal_uhz = (uint64_t)config->nominal_mhz * 1000;
    input->rise_q30 = (int64_t)fixed_mul_div(TWO_PI_Q60 >> 30, nominal_uhz, config->rate_uhz);
    input->leak_q40 =
        (int64_t)fixed_mul_div(TWO_PI_Q60 >> 20, INTEGRATOR_CORNER_UHZ, config->rate_uhz);
}

static bool integrates_anything(const struct metrology *self)
{
    bool any = false;
    for (unsigned k = 0; k < self->channels; k++) {
        any = any || channel_config(self, k)->integrate;
    }
    return any;
}

/* Samples before a run that a delay may reach back to, whatever the curve adds. */
static uint32_t reach_of(const struct metrology *self, const struct input *input)
{
    int32_t most_ns = 0;
    for (unsigned p = 0; p < input->config->curve_points; p++) {
        int32_t delay_ns = input->config->curve[p].delay_ns;
        most_ns = delay_ns > most_ns ? delay_ns : most_ns;
    }
    int64_t more = samples_q30(self->config->rate_uhz, most_ns) >> 30;
    return (uint32_t)(input->whole + more + 1) + DELAY_TAPS;
}

int input_init(struct metrology *self)
{
    self->leaks = integrates_anything(self);
    self->latency = common_latency(self);
    self->skip = self->latency;
    for (unsigned k = 0; k < self->channels; k++) {
        struct input *input = &self->input[k];
        input->config = channel_config(self, k);
        input->curve_ppm = 0;
        input->curve_ns = 0;
        if (self->latency == 0) {
            input->history = NULL;
        }
        input_reload(self, k);
        input_set_integrator(self->config, input);
        input->reach = reach_of(self, input);
        if (input->history != NULL && input->reach > HISTORY) {
            return ERR_RANGE;
        }
    }
    return 0;
}

static int32_t limit_sample(int64_t value)
{
    return value > SAMPLE_MAX ? SAMPLE_MAX : value < SAMPLE_MIN ? SAMPLE_MIN : (int32_t)value;
}

static void invert(int32_t *x, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++) {
        x[k] = -x[k];
    }
}

static void subtract_offset(struct input *input, int32_t *x, uint32_t n)
{
    int32_t rest = input->offset_rest;
    int32_t offset = input->config->offset;
    for (uint32_t k = 0; k < n; k++) {
        int64_t exact = (int64_t)x[k] * 256 - offset + rest;
        int64_t whole = exact >> 8;
        rest = (int32_t)(exact - whole * 256);
        x[k] = limit_sample(whole); /* the filters' bounds count on 24 bits */
    }
    input->offset_rest = rest;
}

/* A sum that slowly forgets. Half of the rise leaks too, or the gain would be off by half a leak.
 */
static inline int64_t leaky_sum(int64_t y, int64_t rise, int64_t leak_q40)
{
    return y + rise - ((((y + rise / 2) >> 20) * leak_q40) >> 20);
}

/* Trapezoid rule, scaled so that gain is one at the nominal frequency. */
static void integrate(struct input *input, int32_t *x, uint32_t n)
{
    int64_t y = input->integral_q24;
    int32_t last = input->last;
    for (uint32_t k = 0; k < n; k++) {
        int64_t rise = ((int64_t)x[k] + last) * input->rise_q30; /* Q31 with the half */
        last = x[k];
        y = leaky_sum(y, (rise + (1 << 6)) >> 7, input->leak_q40);
        x[k] = limit_sample((y + (1 << 23)) >> 24);
    }
    input->integral_q24 = y;
    input->last = last;
}

/*
 * The leak of an integrator is a high-pass filter, which leads by a part in five hundred of a
 * radian. No delay undoes that at every order and frequency; the same filter on every other channel
 * does.
 */
static void leak_alike(struct input *input, int32_t *x, uint32_t n)
{
    int64_t y = input->integral_q24;
    int32_t last = input->last;
    for (uint32_t k = 0; k < n; k++) {
        int64_t rise = ((int64_t)x[k] - last) * (1 << 24);
        last = x[k];
        y = leaky_sum(y, rise, input->leak_q40);
        x[k] = limit_sample((y + (1 << 23)) >> 24);
    }
    input->integral_q24 = y;
    input->last = last;
}

static void input_channel_run(struct metrology *self, unsigned channel, const int32_t *frames,
                              uint32_t n)
{
    struct input *input = &self->input[channel];
    int32_t *x = input->history != NULL ? input->history + HISTORY : self->run[channel];
    kernel_gather(frames + input->config->input, self->config->inputs, n, x);
    if (input->config->invert) {
        invert(x, n);
    }
    if (input->config->offset != 0) {
        subtract_offset(input, x, n);
    }
    if (input->config->integrate) {
        integrate(input, x, n);
    } else if (self->leaks) {
        leak_alike(input, x, n);
    }
    self->x[channel] = x;
    if (input->history == NULL) {
        return;
    }
    if (input->fir) {
        kernel_fir16(x - (input->whole - 7) - (DELAY_TAPS - 1), input->taps, self->run[channel], n);
        self->x[channel] = self->run[channel];
    } else {
        self->x[channel] = x - input->whole;
    }
}

/* What later delays reach back to moves in front of the next run. */
static void keep_history(struct input *input)
{
    uint32_t reach = input->reach;
    int32_t *to = input->history + HISTORY - reach;
    const int32_t *from = to + input->filled;
    kernel_copy_down(to, from, reach);
}

uint32_t input_run(struct metrology *self, const int32_t *frames, uint32_t n)
{
    for (unsigned k = 0; k < self->channels; k++) {
        if (self->input[k].history != NULL) {
            keep_history(&self->input[k]);
            self->input[k].filled = n;
        }
        input_channel_run(self, k, frames, n);
    }
    uint32_t drop = self->skip < n ? self->skip : n;
    self->skip -= drop;
    for (unsigned k = 0; k < self->channels; k++) {
        self->x[k] += drop;
    }
    return n - drop;
}
