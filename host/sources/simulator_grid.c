/* The clean grid: voltages, one load per phase, dips, frequency. */
#include <math.h>
#include <string.h>

#include "sources/simulator_state.h"

#define F_LOWEST_HZ  40.0
#define F_HIGHEST_HZ 75.0
#define WALK_BACK_S  60.0 /* how fast the frequency walk comes home */

/* OIML R46-1/-2: order, percent, angle; and the fifth harmonic of IEC 62053-21. */
static const struct sim_harmonics fifth_u = {1, {{5, 10, 0}}};
static const struct sim_harmonics fifth_i = {1, {{5, 40, 0}}};
static const struct sim_harmonics quadriform_u = {
    5, {{3, 3.8, 180}, {5, 2.4, 180}, {7, 1.7, 180}, {11, 1.0, 180}, {13, 0.8, 180}}};
static const struct sim_harmonics quadriform_i = {
    5, {{3, 30, 0}, {5, 18, 0}, {7, 14, 0}, {11, 9, 0}, {13, 5, 0}}};
static const struct sim_harmonics peaked_u = {
    5, {{3, 3.8, 0}, {5, 2.4, 180}, {7, 1.7, 0}, {11, 1.0, 180}, {13, 0.8, 0}}};
static const struct sim_harmonics peaked_i = {
    5, {{3, 30, 180}, {5, 18, 0}, {7, 14, 180}, {11, 9, 0}, {13, 5, 180}}};

static const struct {
    const struct sim_harmonics *u, *i;
} test_shapes[] = {
    [SIM_FIFTH] = {&fifth_u, &fifth_i},
    [SIM_QUADRIFORM] = {&quadriform_u, &quadriform_i},
    [SIM_PEAKED] = {&peaked_u, &peaked_i},
};

const struct sim_star sim_stars[] = {
    [SIM_3P4W] = {{0, -120, 120}, {1, 1, 1}},
    [SIM_3P3W] = {{0, -120, 120}, {1, 1, 1}},
    [SIM_1P2W] = {{0, 0, 0}, {1, 0, 0}},
    [SIM_1P3W] = {{0, 180, 0}, {1, 1, 0}},
    [SIM_3P4WD] = {{0, -90, 180}, {1, 1.7320508075688772, 1}}, /* L2 is the high leg */
};

static void shape_add(struct wave *shape, const struct sim_harmonics *list, double rms)
{
    for (unsigned k = 0; list != NULL && k < list->count; k++) {
        const struct sim_harmonic *entry = &list->entry[k];
        wave_add_order(shape, entry->order, rms * entry->percent / 100, entry->angle_deg);
    }
}

static const struct sim_harmonics *test_shape(const struct sim_config *config, bool is_current)
{
    if (config->waveform >= sizeof test_shapes / sizeof *test_shapes) {
        return NULL;
    }
    return is_current ? test_shapes[config->waveform].i : test_shapes[config->waveform].u;
}

static void voltage_build(struct sim *self, unsigned k)
{
    const struct sim_config *config = &self->config;
    double rms = config->value[SIM_U][k] * sim_stars[config->wiring].scale[k];
    double star = sim_stars[config->wiring].angle_deg[k];
    struct wave shape;
    wave_clear(&shape);
    wave_add_order(&shape, 1, rms, 0);
    shape_add(&shape, test_shape(config, false), rms);
    shape_add(&shape, &config->u_harmonics[k], rms);
    wave_clear(&self->base_u[k]);
    wave_add_shifted(&self->base_u[k], &shape, 1, star + config->value[SIM_U_ANGLE][k]);
    wave_add_order(&self->base_u[k], 1, rms * config->value[SIM_U_NEG][0] / 100, -star);
    wave_add_order(&self->base_u[k], 1, rms * config->value[SIM_U_ZERO][0] / 100, 0);
    wave_add_order(&self->base_u[k], 0, config->value[SIM_U_DC][k], 0);
    wave_limit(&self->base_u[k], self->order_max);
}

/* The current of phase k as r.m.s. and lag: from i and phi, or from p and q where they are given.
 */
static void load_of(const struct sim_config *config, unsigned k, double *rms, double *phi_deg)
{
    double p = config->value[SIM_P][k], q = config->value[SIM_Q][k];
    double u = config->value[SIM_U][k] * sim_stars[config->wiring].scale[k];
    *rms = config->value[SIM_I][k];
    *phi_deg = config->value[SIM_PHI][k];
    if (!isnan(p) || !isnan(q)) {
        p = isnan(p) ? 0 : p;
        q = isnan(q) ? 0 : q;
        *rms = u > 0 ? hypot(p, q) / u : 0;
        *phi_deg = atan2(q, p) * 180 / M_PI;
    }
    if (sim_stars[config->wiring].scale[k] == 0) {
        *rms = 0;
    }
}

static void current_build(struct sim *self, unsigned k)
{
    const struct sim_config *config = &self->config;
    double rms, phi_deg;
    load_of(config, k, &rms, &phi_deg);
    struct wave shape;
    wave_clear(&shape);
    if (config->waveform == SIM_HALF_WAVE) {
        wave_half_rectified(&shape, rms, self->order_max);
    } else if (config->waveform == SIM_FIRED) {
        wave_phase_fired(&shape, rms, 90, self->order_max);
    } else {
        wave_add_order(&shape, 1, rms, 0);
    }
    shape_add(&shape, test_shape(config, true), rms);
    shape_add(&shape, &config->i_harmonics[k], rms);
    wave_clear(&self->base_i[k]);
    wave_add_shifted(&self->base_i[k], &shape, 1,
                     wave_order_angle_deg(&self->base_u[k], 1) - phi_deg);
    wave_add_order(&self->base_i[k], 0, config->value[SIM_I_DC][k], 0);
    wave_limit(&self->base_i[k], self->order_max);
}

/* Three wires carry no zero sequence. */
static void zero_sequence_remove(struct wave i[SIM_PHASES])
{
    struct wave mean;
    wave_clear(&mean);
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        wave_add(&mean, &i[k], 1.0 / SIM_PHASES);
    }
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        wave_add(&i[k], &mean, -1);
    }
}

void sim_grid_build(struct sim *self)
{
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        voltage_build(self, k);
        current_build(self, k);
    }
    if (self->config.wiring == SIM_3P3W) {
        zero_sequence_remove(self->base_i);
    }
}

static uint64_t frame_of(const struct sim *self, double time_s)
{
    return (uint64_t)ceil(time_s * self->config.value[SIM_RATE][0]);
}

static double residual(const struct sim *self, unsigned phase)
{
    double scale = 1;
    for (unsigned d = 0; d < self->config.dips; d++) {
        const struct sim_event *dip = &self->config.dip[d];
        if ((dip->phases >> phase & 1) != 0 && self->frame >= frame_of(self, dip->start_s) &&
            self->frame < frame_of(self, dip->start_s + dip->duration_s)) {
            scale *= dip->percent / 100;
        }
    }
    return scale;
}

/*
 * With an open neutral the loads, taken as constant admittances at the fundamental, share the line
 * voltages: the star point moves to sum(u y) / sum(y), and every order follows the same division.
 */
static void neutral_open(struct sim *self)
{
    double weight[SIM_PHASES], total = 0;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        double u = wave_order_rms(&self->u[k], 1);
        weight[k] = u > 0 ? wave_order_rms(&self->i[k], 1) / u : 0;
        total += weight[k];
    }
    if (total <= 0) {
        return;
    }
    struct wave star;
    wave_clear(&star);
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        wave_add(&star, &self->u[k], weight[k] / total);
    }
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        double before = wave_order_angle_deg(&self->u[k], 1);
        wave_add(&self->u[k], &star, -1);
        double lag = before - wave_order_angle_deg(&self->i[k], 1);
        struct wave i;
        wave_clear(&i);
        wave_add_shifted(&i, &self->u[k], weight[k], -lag);
        self->i[k] = i;
    }
    zero_sequence_remove(self->i);
}

void sim_grid_apply_events(struct sim *self)
{
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        wave_clear(&self->u[k]);
        wave_add(&self->u[k], &self->base_u[k], residual(self, k));
        self->i[k] = self->base_i[k];
    }
    if (self->config.fault == SIM_NO_NEUTRAL) {
        neutral_open(self);
    }
    self->i[SIM_BRANCH] = self->base_i[SIM_BRANCH];
    if (self->config.scene == SIM_GRID && self->config.aux > 0) { /* half of what there is now */
        wave_clear(&self->i[SIM_BRANCH]);
        wave_add(&self->i[SIM_BRANCH], &self->i[self->config.aux - 1], 0.5);
    }
}

uint64_t sim_grid_next_edge(const struct sim *self)
{
    uint64_t next = UINT64_MAX;
    for (unsigned d = 0; d < self->config.dips; d++) {
        const struct sim_event *dip = &self->config.dip[d];
        const uint64_t edge[] = {frame_of(self, dip->start_s),
                                 frame_of(self, dip->start_s + dip->duration_s)};
        for (unsigned k = 0; k < 2; k++) {
            if (edge[k] > self->frame && edge[k] < next) {
                next = edge[k];
            }
        }
    }
    return next;
}

double sim_grid_frequency(struct sim *self)
{
    const struct sim_config *config = &self->config;
    double time_s = (double)self->frame / config->value[SIM_RATE][0];
    double f_hz = config->value[SIM_F][0];
    double walk = config->value[SIM_F_WALK][0];
    for (unsigned k = 0; k < config->steps; k++) {
        if (time_s >= config->step[k].start_s) {
            f_hz = config->step[k].f_hz;
        }
    }
    if (walk > 0) {
        self->f_wander_hz -= self->f_wander_hz * SIM_CONTROL_S / WALK_BACK_S;
        self->f_wander_hz += walk * sqrt(SIM_CONTROL_S) * sim_random_normal(&self->f_random);
    }
    f_hz += config->value[SIM_F_DRIFT][0] * time_s + self->f_wander_hz;
    return fmin(fmax(f_hz, F_LOWEST_HZ), F_HIGHEST_HZ);
}
