/* Demand: the average of an energy register over a window of one or more periods (class 5). */
#include "base/assert.h"
#include "meter/meter_p.h"

const enum energy demand_energy[DEMAND_COUNT] = {
#define DEMAND(name, c, energy, unit, text) [DEMAND_##name] = ENERGY_##energy,
#include "meter/demand.def"
#undef DEMAND
};

bool demand_is_valid(uint32_t period_s, uint32_t periods)
{
    return period_is_valid(period_s) && periods >= 1 && periods <= METER_PERIODS_MAX &&
           period_s * periods <= METER_PERIOD_MAX_S;
}

static int64_t add(int64_t left_uj, int64_t right_uj)
{
    return left_uj > METER_PERIOD_UJ_MAX - right_uj ? METER_PERIOD_UJ_MAX : left_uj + right_uj;
}

/* Energy of the sub-period that runs. */
static int64_t running_uj(const struct meter *self, const struct meter_circuit *circuit,
                          enum demand which)
{
    const int64_t uj = register_difference_uj(self, &circuit->energy[0][demand_energy[which]],
                                              &circuit->demand[which].start);
    return uj < 0 ? 0 : uj; /* no energy of a demand ever falls */
}

/* Energy of the whole sub-periods that the window still holds beside the one that runs. */
static int64_t past_uj(const struct meter *self, const struct meter_demand *demand)
{
    int64_t sum_uj = 0;
    for (unsigned k = 0; k < METER_PERIODS_MAX; k++)
        sum_uj = add(sum_uj, k + 1u < self->parameters.demand_periods ? demand->part_uj[k] : 0);
    return sum_uj;
}

/* Rounded to the nearest; microjoule over seconds is microwatt. */
static int64_t average_mw(int64_t energy_uj, uint64_t seconds)
{
    const int64_t divisor = (int64_t)seconds * US_PER_MS;
    ASSERT(divisor > 0);
    return (energy_uj + divisor / 2) / divisor;
}

static uint64_t window_s(const struct meter *self)
{
    return (uint64_t)self->parameters.demand_period_s * self->parameters.demand_periods;
}

/* A sub-period made longer by a clock that was put back a little must not look like a high demand;
 * a larger change of the clock ends it. */
static uint64_t longer_s(const struct meter *self)
{
    const int64_t real_s = (self->now_us - self->demand_begin_us) / US_PER_S;
    const int64_t more_s = real_s - self->parameters.demand_period_s;
    return more_s > 0 ? (uint64_t)more_s : 0;
}

/* What of a sub-period's energy a window counts that holds it as a past one: of a longer one, what
 * a whole period had of it. */
static int64_t in_period_uj(const struct meter *self, int64_t part_uj)
{
    const int64_t period_s = self->parameters.demand_period_s;
    const int64_t real_s = period_s + (int64_t)longer_s(self);
    return real_s > period_s ? part_uj / real_s * period_s : part_uj;
}

int64_t demand_current_mw(const struct meter *self, const struct meter_circuit *circuit,
                          enum demand which)
{
    return average_mw(add(past_uj(self, &circuit->demand[which]),
                          in_period_uj(self, running_uj(self, circuit, which))),
                      window_s(self));
}

void demand_begin(struct meter *self, int64_t utc_us)
{
    self->demand_start_utc_us = utc_us;
    self->demand_begin_us = self->now_us;
    self->demand_end_utc_us = period_end_us(self, utc_us, self->parameters.demand_period_s);
    for (unsigned c = 0; c < self->config.circuits; c++) {
        struct meter_circuit *circuit = &self->config.memory[c];
        for (unsigned k = 0; k < DEMAND_COUNT; k++)
            circuit->demand[k].start = circuit->energy[0][demand_energy[k]];
    }
    self->demands_changed = true;
}

static void close_one(struct meter *self, struct meter_circuit *circuit, enum demand which,
                      int64_t end_utc_us)
{
    struct meter_demand *demand = &circuit->demand[which];
    const int64_t part_uj = in_period_uj(self, running_uj(self, circuit, which));
    demand->last_mw = average_mw(add(past_uj(self, demand), part_uj), window_s(self));
    demand->last_utc_us = end_utc_us;
    if (demand->last_mw > demand->max_mw) {
        demand->max_mw = demand->last_mw;
        demand->max_utc_us = end_utc_us;
    }
    if (self->parameters.demand_periods > 1)
        demand->part_uj[self->demand_next] = part_uj;
}

static void move_on(struct meter *self)
{
    const unsigned kept = self->parameters.demand_periods - 1u;
    self->demand_next = (uint8_t)(kept > 0 ? (self->demand_next + 1u) % kept : 0);
}

void demand_skip(struct meter *self, int64_t periods)
{
    for (int64_t p = 0; p < periods && p + 1 < self->parameters.demand_periods; p++) {
        for (unsigned c = 0; c < self->config.circuits; c++)
            for (unsigned k = 0; k < DEMAND_COUNT; k++)
                self->config.memory[c].demand[k].part_uj[self->demand_next] = 0;
        move_on(self);
    }
    self->demands_changed = true;
}

void demand_close(struct meter *self, int64_t end_utc_us)
{
    for (unsigned c = 0; c < self->config.circuits; c++)
        for (unsigned k = 0; k < DEMAND_COUNT; k++)
            close_one(self, &self->config.memory[c], (enum demand)k, end_utc_us);
    move_on(self);
}

void demand_reset(struct meter *self)
{
    for (unsigned c = 0; c < self->config.circuits; c++)
        for (unsigned k = 0; k < DEMAND_COUNT; k++)
            self->config.memory[c].demand[k] = (struct meter_demand){0};
    self->demand_next = 0;
    if (self->is_running)
        demand_begin(self, meter_utc_us(self));
}
