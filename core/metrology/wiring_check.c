#include "metrology/wiring_check.h"

#include <math.h>

#include "metrology/wiring.h"
#include "metrology/wiring_hypothesis.h"
#include "metrology/wiring_load.h"
#include "metrology/wiring_voltage.h"

#define DEGREES        57.29577951308232
#define NEUTRAL_SIGMA  0.02 /* of the sum of the currents: clamps of class 1 and their phase */
#define NEUTRAL_LOWEST (-8) /* the neutral's clamp may be wrong itself: no veto */
#define NEUTRAL_MISFIT (-6) /* 3.5 sigma */
#define DENSITY_LEAST  1e-280
#define SMALL_CURRENT  0.05 /* of the largest: a phase nobody would infer from others */
#define FLOATING_SUM   0.05
#define HINT           0.3
#define DEAD_RATIO     10 /* others carry this many times the floor */

int wiring_check_init(struct wiring_check *self, const struct wiring_check_config *config)
{
    if (config->wiring >= WIRING_COUNT || config->elements < 1 || config->elements > ELEMENTS_MAX ||
        (config->wiring != WIRING_1P2W &&
         config->elements != wiring_table[config->wiring].elements)) {
        return ERR_ARGUMENT;
    }
    *self = (struct wiring_check){.config = *config};
    return ERR_NONE;
}

/* Elements that do not hang together: each clamp is judged by itself. */
static bool judged_singly(const struct wiring_check_config *config)
{
    return config->wiring == WIRING_1P2W || config->wiring == WIRING_3P4WD;
}

/* Where element e's clamp stands: the two of 3P3W hold L1 and L3. */
static unsigned place_of(const struct wiring_check_config *config, unsigned e)
{
    return config->wiring == WIRING_3P3W ? 2 * e : e;
}

static unsigned places(const struct wiring_check_config *config)
{
    return config->wiring == WIRING_3P3W ? 3 : config->elements;
}

/* ---- one window ---- */

struct current_view {
    struct sequence_phasor clamp[ELEMENTS_MAX];
    unsigned active; /* bit per place */
    double largest;
    double sum;      /* of the magnitudes */
    double harmonic; /* sum of all that is not fundamental */
    double neutral;  /* measured, r.m.s.; NaN if it is not */
};

static struct current_view read_currents(const struct wiring_check_config *config,
                                         const struct quantities *window)
{
    struct current_view view = {.neutral = config->neutral_measured ? window->i_n : NAN};
    for (unsigned e = 0; e < config->elements; e++) {
        unsigned place = place_of(config, e);
        double i = window->i1[e];
        if (!isfinite(window->i_angle[e]) || !isfinite(i)) {
            continue;
        }
        view.clamp[place] = phasor_of(i, window->i_angle[e]);
        view.active |= i >= config->i_floor_a ? 1u << place : 0;
        view.largest = fmax(view.largest, i);
        view.sum += i;
        view.harmonic += sqrt(fmax(0, window->i[e] * window->i[e] - i * i));
    }
    if (config->wiring == WIRING_3P3W) { /* both clamps, or the third current is a guess */
        view.active = view.active == 5 ? 7 : 0;
    }
    return view;
}

/* How far the currents miss the measured neutral, in amperes; harmonics widen what it may be. */
static double neutral_missed(const struct current_view *view, const struct sequence_phasor *phase,
                             unsigned count)
{
    double re = 0;
    double im = 0;
    for (unsigned p = 0; p < count; p++) {
        re += phase[p].re;
        im += phase[p].im;
    }
    double sum = hypot(re, im);
    double square = view->neutral * view->neutral - view->harmonic * view->harmonic;
    double least = sqrt(fmax(0, square));
    return sum > view->neutral ? sum - view->neutral : fmax(0, least - sum);
}

static double neutral_evidence(const struct wiring_check_config *config,
                               const struct current_view *view, const struct sequence_phasor *phase)
{
    if (!isfinite(view->neutral)) {
        return 0;
    }
    double sigma = NEUTRAL_SIGMA * view->sum + config->i_floor_a;
    double off = neutral_missed(view, phase, places(config)) / sigma;
    return fmax(NEUTRAL_LOWEST, -0.5 * off * off);
}

/* Log likelihood of what was measured, if `h` is so. */
static double hypothesis_evidence(const struct wiring_check_config *config,
                                  const struct hypothesis *h, const struct voltage_view *voltage,
                                  const struct current_view *view, bool use_neutral)
{
    struct sequence_phasor phase[3];
    struct load_view loads = {.count = 0};
    double volume = 0; /* densities are per phase and logarithm; the sums keep amperes */
    hypothesis_apply(h, config->wiring, view->clamp, phase);
    for (unsigned p = 0; p < places(config); p++) {
        if ((view->active >> h->source[p] & 1) == 0) {
            continue;
        }
        double size = phasor_size(phase[p]);
        if ((h->on_neutral || h->two_wires) && size < SMALL_CURRENT * view->largest) {
            return log(DENSITY_LEAST);
        }
        loads.phi[loads.count] =
            load_angle_wrap(phasor_degrees(voltage->phase[p]) - phasor_degrees(phase[p]));
        loads.size[loads.count] = log(fmax(size, config->i_floor_a));
        volume += loads.size[loads.count++];
    }
    double density = fmax(load_density(&loads, config->generation), DENSITY_LEAST);
    double neutral = use_neutral ? neutral_evidence(config, view, phase) : 0;
    return log(density) + neutral - (config->wiring == WIRING_3P3W ? 0 : 2 * volume);
}

static void weigh_orders(struct wiring_check *self, const struct voltage_view *voltage,
                         const struct current_view *view)
{
    const struct wiring_check_config *config = &self->config;
    bool all = view->active == (1u << places(config)) - 1;
    double misfit = neutral_evidence(config, view, view->clamp);
    bool use_neutral = all || misfit > NEUTRAL_MISFIT; /* else a dead clamp explains it */
    struct hypothesis as_is = hypothesis_of(0);
    double reference = hypothesis_evidence(config, &as_is, voltage, view, use_neutral);
    for (unsigned k = 1; k < WIRING_HYPOTHESES_MAX; k++) {
        struct hypothesis h = hypothesis_of(k);
        if (hypothesis_applies(&h, config->wiring, view->active)) {
            self->evidence[k] +=
                hypothesis_evidence(config, &h, voltage, view, use_neutral) - reference;
        }
    }
}

/* evidence[e]: that clamp e is turned. */
static void weigh_singly(struct wiring_check *self, const struct voltage_view *voltage,
                         const struct current_view *view)
{
    for (unsigned e = 0; e < self->config.elements; e++) {
        if ((view->active >> e & 1) == 0 || (voltage->missing >> e & 1) != 0) {
            continue;
        }
        double phi =
            load_angle_wrap(phasor_degrees(voltage->phase[e]) - phasor_degrees(view->clamp[e]));
        struct load_view as_is = {.count = 1, .phi = {phi}};
        struct load_view turned = {.count = 1, .phi = {load_angle_wrap(phi + 180)}};
        self->evidence[e] +=
            log(fmax(load_density(&turned, self->config.generation), DENSITY_LEAST)) -
            log(fmax(load_density(&as_is, self->config.generation), DENSITY_LEAST));
    }
}

static void note_voltages(struct wiring_check *self, const struct voltage_view *voltage,
                          const struct current_view *view)
{
    for (unsigned e = 0; e < self->config.elements; e++) {
        self->no_voltage[e] += voltage->missing >> e & 1;
    }
    if (voltage->usable && voltage->reversed) {
        self->voltage[WIRING_SEQUENCE_REVERSED][0]++;
    }
    self->zero_sequence += voltage->zero_percent;
    if (voltage->fault == WIRING_NO_NEUTRAL) { /* a: 0 with, 1 without the currents' word */
        struct sequence_phasor sum = {0, 0};
        for (unsigned p = 0; p < 3; p++) {
            sum.re += view->clamp[p].re;
            sum.im += view->clamp[p].im;
        }
        bool known = view->active != 0 && phasor_size(sum) < FLOATING_SUM * view->sum;
        self->voltage[WIRING_NO_NEUTRAL][known ? 0 : 1]++;
    } else if (voltage->fault == WIRING_VOLTAGES_ALIKE) { /* a: the phase that is left */
        self->voltage[WIRING_VOLTAGES_ALIKE][3 - voltage->a - voltage->b]++;
    } else if (voltage->fault < WIRING_FAULTS) {
        self->voltage[voltage->fault][voltage->a]++;
    }
}

static void note_powers(struct wiring_check *self, const struct quantities *window,
                        const struct current_view *view)
{
    for (unsigned e = 0; e < self->config.elements; e++) {
        unsigned place = place_of(&self->config, e);
        if ((view->active >> place & 1) != 0 && isfinite(window->p1[e])) {
            self->active[e]++;
            self->power[e] += window->p[e];
            self->cosine[e] += window->p1[e];
            self->sine[e] += window->q1[e];
            self->current[e] += window->i1[e];
        }
    }
}

void wiring_check_add(struct wiring_check *self, const struct quantities *window)
{
    if ((window->flags & FLAG_SETTLING) != 0 || window->elements != self->config.elements) {
        return;
    }
    struct voltage_view voltage = voltage_view_of(&self->config, window);
    struct current_view view = read_currents(&self->config, window);
    self->windows++;
    note_voltages(self, &voltage, &view);
    note_powers(self, window, &view);
    if (view.active == 0 || !voltage.usable) {
        return;
    }
    self->judged++;
    if (isfinite(view.neutral)) {
        self->neutral_misfit += neutral_evidence(&self->config, &view, view.clamp) < NEUTRAL_MISFIT;
        self->neutral_missed +=
            100 * neutral_missed(&view, view.clamp, places(&self->config)) / view.sum;
    }
    if (judged_singly(&self->config)) {
        weigh_singly(self, &voltage, &view);
    } else {
        weigh_orders(self, &voltage, &view);
    }
}
