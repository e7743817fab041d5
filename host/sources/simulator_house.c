/*
 * A house over the day: appliances with programmes, a heat pump, a car, a roof. All seeded: the
 * same seed, day and time give the same house, whatever the moment it is entered.
 *
 * The appliances are rows of sources/appliances.h. The roof follows the sun at 50 degrees north
 * through wandering clouds.
 */
#include <math.h>

#include "sources/appliances.h"
#include "sources/simulator_state.h"

#define DAY_S        86400.0
#define HOUR_S       3600.0
#define DEGREE       (M_PI / 180)
#define LATITUDE_DEG 50.0
#define ROOF_YIELD   0.92 /* of the peak power on a clear summer noon */
#define GRID_OHM     0.12 /* of the service line, per phase */
#define WANDER_V     1.5  /* how far the voltage drifts */
#define WANDER_S     300.0
#define CLOUD_S      240.0
#define CLOUD_SHADE  0.8 /* what the thickest cloud takes away */
#define SPREAD       0.2 /* of durations, either way */

/* The shape of what the roof feeds in, and of the voltages of the street. */
static const struct sim_harmonics shape_inverter = {
    4, {{3, 0.8, 0}, {5, 1.5, 40}, {7, 1, 0}, {11, 0.5, 0}}};

static const struct sim_harmonics grid_shape = {
    6, {{3, 0.6, 175}, {5, 1.8, 180}, {7, 1.1, 0}, {9, 0.3, 0}, {11, 0.6, 30}, {13, 0.4, 0}}};

static double step_watts(const struct sim *self, const struct appliance *row, int step)
{
    if (appliance_is(row, "car")) {
        return self->config.value[SIM_EV][0] * 1000;
    }
    return row->step[step].watts;
}

static void step_enter(struct sim *self, unsigned k, int step)
{
    struct sim_appliance_state *state = &self->house.appliance[k];
    double spread = 1 + SPREAD * (2 * sim_random_uniform(&self->house.random) - 1);
    state->step = step;
    state->left_s = appliances[k].step[step].seconds * spread;
    state->fresh = true;
}

static void appliance_start(struct sim *self, unsigned k)
{
    const struct appliance *row = &appliances[k];
    unsigned hour = (unsigned)(fmod(self->house.time_s, DAY_S) / HOUR_S);
    double chance = row->starts[hour] / 10.0 * SIM_HOUSE_STEP_S / HOUR_S;
    bool always = row->starts[hour] >= STARTS_ALWAYS;
    if (sim_random_uniform(&self->house.random) < chance || always) {
        self->house.appliance[k].round = 0;
        step_enter(self, k, 0);
    }
}

static void appliance_step(struct sim *self, unsigned k)
{
    const struct appliance *row = &appliances[k];
    struct sim_appliance_state *state = &self->house.appliance[k];
    if (state->step < 0) {
        appliance_start(self, k);
        return;
    }
    state->fresh = false;
    state->left_s -= SIM_HOUSE_STEP_S;
    if (state->left_s > 0) {
        return;
    }
    if (state->step + 1 < (int)row->steps) {
        step_enter(self, k, state->step + 1);
    } else if (++state->round < row->rounds) {
        step_enter(self, k, 0);
    } else {
        state->step = -1;
    }
}

/* Sine of the height of the sun over the horizon; negative at night. */
static double sun_height(double day, double time_s)
{
    double declination = 23.44 * DEGREE * sin(2 * M_PI * (day - 81) / 365.25);
    double hour_angle = (time_s / DAY_S - 0.5) * 2 * M_PI;
    double latitude = LATITUDE_DEG * DEGREE;
    return sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hour_angle);
}

/* What the roof gives, W. */
static double roof_power(const struct sim *self)
{
    double day = self->config.value[SIM_DAY][0] + floor(self->house.time_s / DAY_S);
    double height = sun_height(day, fmod(self->house.time_s, DAY_S));
    if (height <= 0) {
        return 0;
    }
    double air = exp(-0.13 / (height + 0.02)); /* haze along the slanted way through the air */
    return self->config.value[SIM_PV][0] * 1000 * ROOF_YIELD * height * air *
           (1 - CLOUD_SHADE * self->house.cloud);
}

/* First-order wander around `home`, of standard deviation `size`. */
static double wander(struct sim_random *random, double value, double home, double size,
                     double memory_s)
{
    double step = SIM_HOUSE_STEP_S / memory_s;
    return value + (home - value) * step + size * sqrt(2 * step) * sim_random_normal(random);
}

void sim_house_step(struct sim *self)
{
    struct sim_house *house = &self->house;
    for (unsigned k = 0; k < appliance_count; k++) {
        appliance_step(self, k);
    }
    double cloud = wander(&house->random, house->cloud_wander, 0.25, 0.35, CLOUD_S);
    house->cloud_wander = cloud;
    house->cloud = cloud < 0 ? 0 : cloud > 1 ? 1 : cloud;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        house->u_wander[k] = wander(&house->random, house->u_wander[k], 0, WANDER_V, WANDER_S);
    }
    house->time_s += SIM_HOUSE_STEP_S;
}

/* From midnight to the hour asked for, without computing samples. */
void sim_house_start(struct sim *self)
{
    for (unsigned k = 0; k < SIM_APPLIANCES; k++) {
        self->house.appliance[k].step = -1;
    }
    uint64_t steps = (uint64_t)(self->config.value[SIM_AT][0] / SIM_HOUSE_STEP_S);
    for (uint64_t step = 0; step < steps; step++) {
        sim_house_step(self);
    }
}

/* Adds a load (negative watts feed in) of one phase to a current. */
static void load_add(struct sim *self, struct wave *to, unsigned phase, double watts,
                     double phi_deg, const struct sim_harmonics *shape)
{
    struct wave current;
    double u = self->config.value[SIM_U][phase] * sim_stars[self->config.wiring].scale[phase];
    double rms = u > 0 ? watts / (u * cos(phi_deg * DEGREE)) : 0;
    wave_clear(&current);
    wave_add_order(&current, 1, rms, 0);
    for (unsigned k = 0; k < shape->count; k++) {
        const struct sim_harmonic *entry = &shape->entry[k];
        wave_add_order(&current, entry->order, rms * entry->percent / 100, entry->angle_deg);
    }
    wave_add_shifted(to, &current, 1, wave_order_angle_deg(&self->base_u[phase], 1) - phi_deg);
}

static unsigned phases_of(const struct sim *self)
{
    unsigned phases = 0;
    while (phases < SIM_PHASES && sim_stars[self->config.wiring].scale[phases] > 0) {
        phases++;
    }
    return phases;
}

static void load_share(struct sim *self, unsigned phase, double watts, double phi_deg,
                       const struct sim_harmonics *shape)
{
    const unsigned phases = phases_of(self);
    if (phase != ALL_PHASES) { /* what sits on a phase that is not there sits on another */
        load_add(self, &self->base_i[phase % phases], phase % phases, watts, phi_deg, shape);
        return;
    }
    for (unsigned k = 0; k < phases; k++) {
        load_add(self, &self->base_i[k], k, watts / phases, phi_deg, shape);
    }
}

/* The roof feeds all phases; the clamp of the branch is around its wire to one of them. */
static void roof_add(struct sim *self)
{
    const double watts = -roof_power(self);
    const unsigned phase = self->config.aux - 1;
    load_share(self, ALL_PHASES, watts, 0, &shape_inverter);
    if (phase < SIM_PHASES) {
        load_add(self, &self->base_i[SIM_BRANCH], phase, watts / phases_of(self), 0,
                 &shape_inverter);
    }
}

static void loads_add(struct sim *self)
{
    for (unsigned k = 0; k < appliance_count; k++) {
        const struct sim_appliance_state *state = &self->house.appliance[k];
        if (state->step < 0) {
            continue;
        }
        const struct appliance_step *step = &appliances[k].step[state->step];
        double inrush = state->fresh && step->inrush > 0 ? step->inrush : 1;
        load_share(self, appliances[k].phase,
                   step_watts(self, &appliances[k], state->step) * inrush, step->phi_deg,
                   step->shape);
    }
    roof_add(self);
}

/* Voltages of the street: distorted, wandering, and pulled by what the house takes. */
static void voltages_set(struct sim *self)
{
    const struct sim_star *star = &sim_stars[self->config.wiring];
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        struct wave shape;
        double rms = (self->config.value[SIM_U][k] + self->house.u_wander[k]) * star->scale[k];
        wave_clear(&shape);
        wave_add_order(&shape, 1, rms, 0);
        for (unsigned h = 0; h < grid_shape.count; h++) {
            const struct sim_harmonic *entry = &grid_shape.entry[h];
            wave_add_order(&shape, entry->order, rms * entry->percent / 100, entry->angle_deg);
        }
        wave_clear(&self->base_u[k]);
        wave_add_shifted(&self->base_u[k], &shape, 1, star->angle_deg[k]);
    }
}

void sim_house_waves(struct sim *self)
{
    voltages_set(self);
    for (unsigned k = 0; k < SIM_CURRENTS; k++) {
        wave_clear(&self->base_i[k]);
    }
    loads_add(self);
    wave_limit(&self->base_i[SIM_BRANCH], self->order_max);
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        wave_limit(&self->base_i[k], self->order_max);
        wave_add(&self->base_u[k], &self->base_i[k], -GRID_OHM);
        wave_limit(&self->base_u[k], self->order_max);
    }
}
