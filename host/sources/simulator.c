/* The engine of the simulator: control, routing to channels, samples, truth. */
#include "sources/simulator_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef BASE_NO_MULTIVERSION
#define MULTIVERSION
#else
#define MULTIVERSION __attribute__((target_clones("avx2", "default")))
#endif

#define BAND_OF_RATE 0.45
#define TURN         (2 * M_PI)
#define BURST_CYCLES 4 /* of which the first half conducts */

/* cos and sin of n steps of `turns_per_frame`. */
static void rotation_fill(double rotation[2][SIM_RUN], double turns_per_frame)
{
    for (unsigned n = 0; n < SIM_RUN; n++) {
        double angle = TURN * fmod(n * turns_per_frame, 1);
        rotation[0][n] = cos(angle);
        rotation[1][n] = sin(angle);
    }
}

/* cos and sin along a run that starts at `turns`. */
static void run_basis(const double rotation[2][SIM_RUN], double turns, double cosine[SIM_RUN],
                      double sine[SIM_RUN])
{
    double c = cos(TURN * turns), s = sin(TURN * turns);
    for (unsigned n = 0; n < SIM_RUN; n++) {
        cosine[n] = c * rotation[0][n] - s * rotation[1][n];
        sine[n] = s * rotation[0][n] + c * rotation[1][n];
    }
}

static inline void order_add(double x[SIM_RUN], double re, double im, const double cosine[SIM_RUN],
                             const double sine[SIM_RUN])
{
    for (unsigned n = 0; n < SIM_RUN; n++) {
        x[n] += re * sine[n] + im * cosine[n];
    }
}

/*
 * Every order of every channel, order by order so that its basis is computed once (Chebyshev:
 * cos((h+1)x) = 2 cos(x) cos(hx) - cos((h-1)x), the same for sine; error below 1e-13 at order 63).
 */
MULTIVERSION static void waves_add(struct sim_output *output, unsigned channels, unsigned term,
                                   uint64_t orders, const double cosine[SIM_RUN],
                                   const double sine[SIM_RUN])
{
    double c[3][SIM_RUN], s[3][SIM_RUN];
    for (unsigned n = 0; n < SIM_RUN; n++) {
        c[0][n] = 1;
        s[0][n] = 0;
        c[1][n] = cosine[n];
        s[1][n] = sine[n];
    }
    for (unsigned h = 1; (orders >> h) != 0; h++) {
        const double *ch = c[h % 3], *sh = s[h % 3];
        for (unsigned k = 0; k < channels; k++) {
            if (term < output[k].terms && (output[k].term[term].seen.orders >> h & 1) != 0) {
                const struct wave *seen = &output[k].term[term].seen;
                order_add(output[k].x, M_SQRT2 * seen->re[h], M_SQRT2 * seen->im[h], ch, sh);
            }
        }
        if (h + 1 >= WAVE_ORDERS) {
            break;
        }
        double *cn = c[(h + 1) % 3], *sn = s[(h + 1) % 3];
        const double *cb = c[(h + 2) % 3], *sb = s[(h + 2) % 3]; /* h - 1 */
        for (unsigned n = 0; n < SIM_RUN; n++) {
            cn[n] = 2 * cosine[n] * ch[n] - cb[n];
            sn[n] = 2 * cosine[n] * sh[n] - sb[n];
        }
    }
}

static void constant_fill(double x[SIM_RUN], double value)
{
    for (unsigned n = 0; n < SIM_RUN; n++) {
        x[n] = value;
    }
}

static void tones_add(struct sim *self)
{
    double cosine[SIM_RUN], sine[SIM_RUN];
    for (unsigned t = 0; t < self->tones; t++) {
        run_basis((const double(*)[SIM_RUN])self->tone_rotation[t], self->tone_turns[t], cosine,
                  sine);
        for (unsigned k = 0; k < self->channels; k++) {
            struct sim_output *output = &self->output[k];
            if ((output->tones.orders >> t & 1) != 0) {
                order_add(output->x, M_SQRT2 * output->tones.re[t], M_SQRT2 * output->tones.im[t],
                          cosine, sine);
            }
        }
    }
}

static uint64_t orders_used(const struct sim *self, unsigned term)
{
    uint64_t orders = 0;
    for (unsigned k = 0; k < self->channels; k++) {
        orders |= term < self->output[k].terms ? self->output[k].term[term].seen.orders : 0;
    }
    return orders;
}

/* Zeroes what a burst does not let through, and adds the rest to `sum`. */
static void gate(const struct sim *self, double gate_turns, double sum[SIM_RUN],
                 const double x[SIM_RUN])
{
    double step = self->f_hz / self->config.value[SIM_RATE][0];
    double start = (double)(self->cycles % BURST_CYCLES) + self->turns + gate_turns + BURST_CYCLES;
    for (unsigned n = 0; n < SIM_RUN; n++) {
        double cycle = fmod(start + n * step, BURST_CYCLES);
        sum[n] += cycle < BURST_CYCLES / 2.0 ? x[n] : 0;
    }
}

static void run_compute_burst(struct sim *self, const double cosine[SIM_RUN],
                              const double sine[SIM_RUN])
{
    double sum[SIM_CHANNELS_MAX][SIM_RUN];
    memset(sum, 0, sizeof sum);
    for (unsigned term = 0; term < SIM_TERMS; term++) {
        for (unsigned k = 0; k < self->channels; k++) {
            const struct sim_output *output = &self->output[k];
            constant_fill(self->output[k].x,
                          term < output->terms ? output->term[term].seen.re[0] : 0);
        }
        waves_add(self->output, self->channels, term, orders_used(self, term), cosine, sine);
        for (unsigned k = 0; k < self->channels; k++) {
            if (term < self->output[k].terms && self->output[k].mix.is_current) {
                gate(self, self->output[k].term[term].gate_turns, sum[k], self->output[k].x);
            } else {
                for (unsigned n = 0; n < SIM_RUN; n++) {
                    sum[k][n] += self->output[k].x[n];
                }
            }
        }
    }
    for (unsigned k = 0; k < self->channels; k++) {
        memcpy(self->output[k].x, sum[k], sizeof sum[k]);
    }
}

static void run_convert(struct sim *self, unsigned frames)
{
    double period_s = 1 / self->config.value[SIM_RATE][0];
    for (unsigned k = 0; k < self->channels; k++) {
        struct sim_output *output = &self->output[k];
        for (unsigned n = 0; output->noise > 0 && n < frames; n++) {
            output->x[n] += output->noise * sim_random_normal(&self->random);
        }
        frontend_saturate(&output->frontend, &output->core, output->x, frames, period_s);
        frontend_convert(&output->frontend, &self->random, output->x, frames, self->run + k,
                         self->channels);
    }
}

static void run_compute(struct sim *self, unsigned frames)
{
    double cosine[SIM_RUN], sine[SIM_RUN];
    run_basis((const double(*)[SIM_RUN])self->rotation, self->turns, cosine, sine);
    if (self->config.waveform == SIM_BURST) {
        run_compute_burst(self, cosine, sine);
    } else {
        for (unsigned k = 0; k < self->channels; k++) {
            constant_fill(self->output[k].x, self->output[k].term[0].seen.re[0]);
        }
        waves_add(self->output, self->channels, 0, orders_used(self, 0), cosine, sine);
    }
    tones_add(self);
    run_convert(self, frames);
}

/* The conductors a channel shows, through its front end. A burst keeps them apart, because each has
 * a gate of its own. */
static void output_route(const struct sim *self, struct sim_output *output)
{
    bool burst = self->config.waveform == SIM_BURST && output->mix.is_current;
    struct wave sum;
    wave_clear(&sum);
    output->terms = 0;
    for (unsigned s = 0; s < SIM_CONDUCTORS; s++) {
        const struct wave *wave = s < SIM_PHASES ? &self->u[s] : &self->i[s - SIM_PHASES];
        if (output->mix.weight[s] == 0) {
            continue;
        }
        wave_add(&sum, wave, output->mix.weight[s]);
        if (burst) {
            struct sim_term *term = &output->term[output->terms++];
            frontend_transfer(&output->frontend, &sum, self->f_hz, &term->seen);
            term->gate_turns = wave_order_angle_deg(wave, 1) / 360;
            wave_clear(&sum);
        }
    }
    if (!burst || output->terms == 0) {
        output->terms = 1;
        output->term[0].gate_turns = 0;
        frontend_transfer(&output->frontend, &sum, self->f_hz, &output->term[0].seen);
    }
}

/* Interharmonics: each is so many percent of the fundamental of every conductor of its kind. */
static void output_route_tones(const struct sim *self, struct sim_output *output)
{
    const struct sim_config *config = &self->config;
    wave_clear(&output->tones);
    for (unsigned t = 0; t < self->tones; t++) {
        bool is_current = t >= config->u_tones.count;
        if (is_current != output->mix.is_current) {
            continue;
        }
        const struct sim_tone *tone = is_current ? &config->i_tones.entry[t - config->u_tones.count]
                                                 : &config->u_tones.entry[t];
        double re = 0, im = 0, gain[2];
        for (unsigned k = 0; k < (is_current ? SIM_CURRENTS : SIM_PHASES); k++) {
            const struct wave *wave = is_current ? &self->i[k] : &self->u[k];
            double weight = output->mix.weight[is_current ? SIM_PHASES + k : k];
            double angle = (wave_order_angle_deg(wave, 1) + tone->angle_deg) * M_PI / 180;
            double rms = weight * wave_order_rms(wave, 1) * tone->percent / 100;
            re += rms * cos(angle);
            im += rms * sin(angle);
        }
        frontend_gain(&output->frontend, tone->f_hz, hypot(re, im), gain);
        output->tones.orders |= UINT64_C(1) << t;
        output->tones.re[t] = re * gain[0] - im * gain[1];
        output->tones.im[t] = re * gain[1] + im * gain[0];
    }
}

static void truth_compute(const struct sim *self, struct sim_truth *truth)
{
    bool burst = self->config.waveform == SIM_BURST;
    struct wave neutral;
    wave_clear(&neutral);
    *truth = (struct sim_truth){.f_hz = self->f_hz, .u_wave = self->u, .i_wave = self->i};
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        truth->u[k] = wave_rms(&self->u[k]);
        truth->i[k] = wave_rms(&self->i[k]) * (burst ? M_SQRT1_2 : 1);
        truth->u1[k] = wave_order_rms(&self->u[k], 1);
        truth->i1[k] = wave_order_rms(&self->i[k], 1) * (burst ? 0.5 : 1);
        truth->p[k] = wave_power(&self->u[k], &self->i[k]) * (burst ? 0.5 : 1);
        truth->q1[k] = wave_reactive(&self->u[k], &self->i[k]) * (burst ? 0.5 : 1);
        truth->s[k] = truth->u[k] * truth->i[k];
        truth->p_total += truth->p[k];
        truth->q1_total += truth->q1[k];
        wave_add(&neutral, &self->i[k], 1);
    }
    truth->i_n = wave_rms(&neutral);
}

static void outputs_route(struct sim *self)
{
    sim_grid_apply_events(self);
    truth_compute(self, &self->truth);
    self->edge_frame = sim_grid_next_edge(self);
    for (unsigned k = 0; k < self->channels; k++) {
        output_route(self, &self->output[k]);
        if (self->tones > 0) {
            output_route_tones(self, &self->output[k]);
        }
    }
}

/* What changes slowly: frequency every SIM_CONTROL_S, appliances every SIM_HOUSE_STEP_S. */
static bool control_step(struct sim *self)
{
    double rate = self->config.value[SIM_RATE][0];
    double f_hz = sim_grid_frequency(self);
    bool changed = f_hz != self->f_hz;
    if (changed) {
        self->f_hz = f_hz;
        rotation_fill(self->rotation, f_hz / rate);
    }
    self->control_frame = self->frame + (uint64_t)(SIM_CONTROL_S * rate);
    if (self->config.scene == SIM_HOUSE && self->frame >= self->house_frame) {
        self->house_frame += (uint64_t)(SIM_HOUSE_STEP_S * rate);
        sim_house_step(self);
        sim_house_waves(self);
        changed = true;
    }
    return changed;
}

static void energy_add(struct sim *self, unsigned frames)
{
    double seconds = frames / self->config.value[SIM_RATE][0];
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        double energy_j = self->truth.p[k] * seconds;
        *(energy_j > 0 ? &self->import_j[k] : &self->export_j[k]) += fabs(energy_j);
    }
}

static void phase_advance(struct sim *self, unsigned frames)
{
    double rate = self->config.value[SIM_RATE][0];
    double turns = self->turns + frames * self->f_hz / rate;
    self->cycles += (uint64_t)turns;
    self->turns = turns - floor(turns);
    for (unsigned t = 0; t < self->tones; t++) {
        double tone_turns = self->tone_turns[t] + frames * self->tone_f_hz[t] / rate;
        self->tone_turns[t] = tone_turns - floor(tone_turns);
    }
}

static uint64_t run_end(const struct sim *self)
{
    uint64_t end = self->frame + SIM_RUN;
    end = end < self->control_frame ? end : self->control_frame;
    end = end < self->edge_frame ? end : self->edge_frame;
    return self->frames != 0 && self->frames < end ? self->frames : end;
}

/* Computes the next run; false at the end of the duration. */
static bool run_next(struct sim *self)
{
    if (self->frames != 0 && self->frame >= self->frames) {
        return false;
    }
    bool changed = self->frame >= self->control_frame && control_step(self);
    if (changed || self->frame >= self->edge_frame) {
        outputs_route(self);
    }
    unsigned frames = (unsigned)(run_end(self) - self->frame);
    run_compute(self, frames);
    energy_add(self, frames);
    phase_advance(self, frames);
    self->frame += frames;
    self->pending = frames;
    self->pending_from = 0;
    return true;
}

uint32_t sim_read(struct sim *self, int32_t *data, uint32_t frames)
{
    uint32_t done = 0;
    while (done < frames && (self->pending > 0 || run_next(self))) {
        uint32_t count = frames - done < self->pending ? frames - done : self->pending;
        memcpy(data + (size_t)done * self->channels,
               self->run + (size_t)self->pending_from * self->channels,
               (size_t)count * self->channels * sizeof *data);
        self->pending -= count;
        self->pending_from += count;
        done += count;
    }
    return done;
}

static void tones_start(struct sim *self)
{
    const struct sim_tones *list[] = {&self->config.u_tones, &self->config.i_tones};
    for (unsigned l = 0; l < 2; l++) {
        for (unsigned t = 0; t < list[l]->count; t++) {
            double f_hz = list[l]->entry[t].f_hz;
            rotation_fill(self->tone_rotation[self->tones], f_hz / self->config.value[SIM_RATE][0]);
            self->tone_f_hz[self->tones++] = f_hz;
        }
    }
}

static void outputs_start(struct sim *self)
{
    struct sim_mix mix[SIM_CHANNELS_MAX];
    self->channels = sim_mixes(&self->config, mix);
    for (unsigned k = 0; k < self->channels; k++) {
        struct sim_output *output = &self->output[k];
        output->mix = mix[k];
        sim_frontend_setup(&self->config, &mix[k], &output->frontend);
        enum sim_key noise = mix[k].is_current ? SIM_I_NOISE : SIM_U_NOISE;
        output->noise = self->config.value[noise][mix[k].phase_index];
    }
}

struct sim *sim_open(const struct sim_config *config)
{
    struct sim *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return NULL;
    }
    uint64_t seed = (uint64_t)config->value[SIM_SEED][0];
    double rate = config->value[SIM_RATE][0];
    double order_max = floor(BAND_OF_RATE * rate / config->value[SIM_F][0]);
    self->config = *config;
    self->order_max = order_max < WAVE_ORDERS - 1 ? (unsigned)order_max : WAVE_ORDERS - 1;
    self->frames = (uint64_t)(config->value[SIM_DURATION][0] * rate + 0.5);
    sim_random_seed(&self->random, seed);
    sim_random_seed(&self->f_random, seed + 1);
    sim_random_seed(&self->house.random, seed + 2);
    tones_start(self);
    outputs_start(self);
    sim_grid_build(self);
    if (config->scene == SIM_HOUSE) {
        sim_house_start(self);
    }
    (void)control_step(self);
    outputs_route(self);
    return self;
}

void sim_close(struct sim *self)
{
    free(self);
}

unsigned sim_channels(const struct sim *self)
{
    return self->channels;
}

void sim_truth(const struct sim *self, struct sim_truth *truth)
{
    *truth = self->truth;
}

void sim_energy(const struct sim *self, double import_j[SIM_PHASES], double export_j[SIM_PHASES])
{
    memcpy(import_j, self->import_j, sizeof self->import_j);
    memcpy(export_j, self->export_j, sizeof self->export_j);
}
