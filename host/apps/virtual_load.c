/* What flows in the house, as the elements of the model's circuits see it. */
#include <math.h>
#include <string.h>

#include "apps/virtual.h"
#include "base/assert.h"
#include "base/fixed.h"

#define MILLI    1000.0
#define SQRT3_E6 1732051

/* What a wire is loaded with. */
struct wire {
    int64_t p_mw, q_mvar;
    int32_t u_mv;
};

static void unknown(struct quantities *window)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        double *value = (double *)((char *)window + quantity_rows[r].offset);
        for (unsigned k = 0; k < quantity_count(window, &quantity_rows[r]); k++)
            value[k] = NAN;
    }
}

/* Of powers beyond 2 MW with the 31 bits that the root takes. */
static int64_t apparent(int64_t p, int64_t q)
{
    uint64_t p_size = (uint64_t)(p < 0 ? -p : p), q_size = (uint64_t)(q < 0 ? -q : q);
    unsigned shift = 0;
    for (; ((p_size | q_size) >> 31) != 0; shift++) {
        p_size >>= 1;
        q_size >>= 1;
    }
    return (int64_t)fixed_sqrt(p_size * p_size + q_size * q_size) << shift;
}

static double factor(double p, double s)
{
    return s > 0 ? p / s : NAN;
}

static void fill_element(struct device_load *load, unsigned e, const struct wire *wire)
{
    struct quantities *window = &load->window;
    load->p_mw[e] = wire->p_mw;
    load->q_mvar[e] = wire->q_mvar;
    load->s_mva[e] = apparent(wire->p_mw, wire->q_mvar);
    window->u[e] = wire->u_mv / MILLI;
    window->p[e] = (double)wire->p_mw / MILLI;
    window->q1[e] = (double)wire->q_mvar / MILLI;
    window->s[e] = (double)load->s_mva[e] / MILLI;
    window->pf[e] = factor(window->p[e], window->s[e]);
    window->i[e] = wire->u_mv > 0 ? window->s[e] / window->u[e] : 0;
}

/* Of a star that is nearly symmetric, of two halves, or what the elements see themselves. */
static double line_voltage(const struct quantities *window, unsigned k)
{
    const double sum = window->u[k % window->elements] + window->u[(k + 1) % window->elements];
    if (window->lines == 1)
        return sum;
    return window->elements < SIM_PHASES ? sum / 2 : sum * SQRT3_E6 / 2000000.0;
}

static void fill_totals(struct device_load *load, int32_t f_mhz)
{
    struct quantities *window = &load->window;
    window->p_total = window->q1_total = window->s_total = 0;
    for (unsigned e = 0; e < window->elements; e++) {
        window->p_total += window->p[e];
        window->q1_total += window->q1[e];
        window->s_total += window->s[e];
    }
    window->pf_total = factor(window->p_total, window->s_total);
    window->f = f_mhz / MILLI;
    for (unsigned k = 0; k < window->lines; k++)
        window->u_ll[k] = line_voltage(window, k);
}

/* What each phase carries: the house's, or what the scenario gave it. */
static void phases(const struct virtual *self, struct wire wire[SIM_PHASES])
{
    const struct household_load *load = &self->household.load;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        const bool held = (self->held >> k & 1u) != 0;
        wire[k] = (struct wire){
            .p_mw = held ? self->held_p_mw[k] : load->p_mw[k],
            .q_mvar = held ? self->held_q_mvar[k] : load->q_mvar[k],
            .u_mv = load->u_mv[k],
        };
    }
}

/* Two elements see three wires: P and Q of the sum come out, whatever the phases have. */
static void fill_aron(struct device_load *load, const struct wire wire[SIM_PHASES])
{
    int64_t p_mw = 0, q_mvar = 0;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        p_mw += wire[k].p_mw;
        q_mvar += wire[k].q_mvar;
    }
    for (unsigned e = 0; e < 2; e++) {
        const int64_t sign = e == 0 ? -1 : 1;
        struct wire seen = {
            .p_mw = p_mw / 2 + sign * (q_mvar * 1000 / (2 * SQRT3_E6)) * 1000,
            .q_mvar = q_mvar / 2 - sign * (p_mw * 1000 / (2 * SQRT3_E6)) * 1000,
            .u_mv = (int32_t)((int64_t)wire[e].u_mv * SQRT3_E6 / 1000000),
        };
        fill_element(load, e, &seen);
    }
}

/* A branch of the house: the roof, the car, or nothing. */
static void fill_branch(const struct virtual *self, struct device_load *load, unsigned c,
                        const struct wire wire[SIM_PHASES])
{
    const struct household *house = &self->household;
    const int64_t p_mw = c == 1 ? -house->load.roof_mw : c == 2 ? house->load.car_mw : 0;
    for (unsigned e = 0; e < load->window.elements; e++) {
        const struct wire branch = {.p_mw = p_mw / house->config.phases,
                                    .u_mv = wire[e % SIM_PHASES].u_mv};
        fill_element(load, e, &branch);
    }
}

void virtual_take_load(struct virtual *self)
{
    struct wire wire[SIM_PHASES];
    phases(self, wire);
    for (unsigned c = 0; c < self->setup.meter.circuits; c++) {
        const struct meter_circuit_config *circuit = &self->setup.meter_circuit[c];
        struct device_load load;
        memset(&load, 0, sizeof load);
        load.window = (struct quantities){
            .circuit = (uint16_t)c, .elements = circuit->elements, .lines = circuit->lines};
        unknown(&load.window);
        if (c > 0)
            fill_branch(self, &load, c, wire);
        else if (self->layout->circuit[c].wiring == WIRING_3P3W)
            fill_aron(&load, wire);
        else
            for (unsigned e = 0; e < circuit->elements; e++)
                fill_element(&load, e, &wire[e % SIM_PHASES]);
        fill_totals(&load, self->household.load.f_mhz);
        const int err = device_load(&self->device, c, &load);
        ASSERT(err == ERR_NONE);
    }
}
