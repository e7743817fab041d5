/* From the evidence that wiring_check.c gathered to findings. */
#include <math.h>

#include "metrology/wiring_check.h"
#include "metrology/wiring_hypothesis.h"

#define DEGREES       57.29577951308232
#define HINT          0.3 /* an explanation this likely is worth a look */
#define DEAD_RATIO    10  /* a clamp is dead only while others carry this many times the floor */
#define NEUTRAL_ODD   0.5 /* share of windows in which the neutral contradicts */
#define VOLTAGE_SURE  0.99
#define SEQUENCE_FITS 0.9 /* the currents then turn the other way too */

static bool mostly(uint32_t count, uint32_t windows)
{
    return count > windows / 2;
}

static struct wiring_finding *add(struct wiring_verdict *verdict, enum wiring_fault fault,
                                  unsigned a, unsigned b, double confidence)
{
    unsigned at = verdict->count < WIRING_FINDINGS_MAX ? verdict->count++ : WIRING_FINDINGS_MAX - 1;
    verdict->finding[at] = (struct wiring_finding){.fault = fault,
                                                   .a = (uint8_t)a,
                                                   .b = (uint8_t)b,
                                                   .confidence = confidence,
                                                   .power_w = NAN,
                                                   .angle_deg = NAN,
                                                   .value = NAN};
    return &verdict->finding[at];
}

static unsigned place_of(const struct wiring_check *self, unsigned e)
{
    return self->config.wiring == WIRING_3P3W ? 2 * e : e;
}

static unsigned element_of(const struct wiring_check *self, unsigned place)
{
    return self->config.wiring == WIRING_3P3W ? place / 2 : place;
}

/* Adds what element e measured to the finding. */
static void add_measured(const struct wiring_check *self, struct wiring_finding *finding,
                         unsigned e)
{
    if (self->active[e] > 0) {
        finding->power_w = self->power[e] / self->active[e];
        finding->angle_deg = atan2(self->sine[e], self->cosine[e]) * DEGREES;
    }
}

/* ---- voltages ---- */

static unsigned add_missing(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    unsigned missing = 0;
    for (unsigned e = 0; e < self->config.elements; e++) {
        missing += mostly(self->no_voltage[e], self->windows);
    }
    if (missing == self->config.elements) {
        add(verdict, WIRING_NO_VOLTAGES, 0, 0, 1)->certain = true;
        return missing;
    }
    for (unsigned e = 0; e < self->config.elements; e++) {
        if (mostly(self->no_voltage[e], self->windows)) {
            add(verdict, WIRING_NO_VOLTAGE, place_of(self, e), 0, 1)->certain = true;
        }
    }
    return missing;
}

static void add_star_point(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    uint32_t proven = self->voltage[WIRING_NO_NEUTRAL][0];
    uint32_t seen = proven + self->voltage[WIRING_NO_NEUTRAL][1];
    if (mostly(seen, self->windows)) {
        bool certain = mostly(proven, self->windows);
        struct wiring_finding *finding =
            add(verdict, WIRING_NO_NEUTRAL, 0, 0, certain ? VOLTAGE_SURE : 0.5);
        finding->certain = certain;
        finding->value = self->zero_sequence / self->windows;
    }
}

static void add_voltages(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    static const uint8_t others[3][2] = {{1, 2}, {0, 2}, {0, 1}};
    for (unsigned k = 0; k < 3; k++) {
        if (mostly(self->voltage[WIRING_L_N_SWAPPED][k], self->windows)) {
            add(verdict, WIRING_L_N_SWAPPED, k, 0, VOLTAGE_SURE)->certain = true;
        }
        if (mostly(self->voltage[WIRING_VOLTAGES_ALIKE][k], self->windows)) {
            add(verdict, WIRING_VOLTAGES_ALIKE, others[k][0], others[k][1], VOLTAGE_SURE)->certain =
                true;
        }
    }
    if (mostly(self->voltage[WIRING_VOLTAGES_ODD][0], self->windows)) {
        add(verdict, WIRING_VOLTAGES_ODD, 0, 0, 0.5);
    }
    add_star_point(self, verdict);
}

/* ---- currents ---- */

struct weighed {
    double as_is, best; /* probabilities */
    unsigned number;    /* of the best */
    bool reversed;      /* sequence of the voltages */
    unsigned active;    /* bit per place */
};

static unsigned active_places(const struct wiring_check *self)
{
    unsigned active = 0;
    for (unsigned e = 0; e < self->config.elements; e++) {
        active |= mostly(self->active[e], self->judged) ? 1u << place_of(self, e) : 0;
    }
    return active == 5 && self->config.wiring == WIRING_3P3W ? 7 : active;
}

static double log_weight(const struct wiring_check *self, const struct weighed *weighed,
                         const struct hypothesis *h, unsigned number)
{
    return log(hypothesis_prior(h, weighed->reversed, weighed->active)) +
           self->evidence[number] / self->judged;
}

static struct weighed weigh(const struct wiring_check *self)
{
    struct weighed w = {.reversed =
                            mostly(self->voltage[WIRING_SEQUENCE_REVERSED][0], self->judged),
                        .active = active_places(self)};
    struct hypothesis as_is = hypothesis_of(0);
    double reference = log_weight(self, &w, &as_is, 0);
    double sum = 1;
    w.best = 1;
    for (unsigned k = 1; k < WIRING_HYPOTHESES_MAX; k++) {
        struct hypothesis h = hypothesis_of(k);
        if (hypothesis_applies(&h, self->config.wiring, w.active)) {
            double odds = exp(fmin(log_weight(self, &w, &h, k) - reference, 500));
            sum += odds;
            w.number = odds > w.best ? k : w.number;
            w.best = fmax(w.best, odds);
        }
    }
    w.best /= sum;
    w.as_is = 1 / sum;
    return w;
}

static void add_order(const struct wiring_check *self, struct wiring_verdict *verdict,
                      const struct weighed *w, const struct hypothesis *h, bool certain)
{
    enum wiring_fault fault = h->on_neutral               ? WIRING_CT_ON_NEUTRAL
                              : h->two_wires              ? WIRING_CT_TWO_WIRES
                              : h->order == ORDER_ROTATED ? WIRING_CURRENTS_ROTATED
                              : h->order != ORDER_SWAPPED ? WIRING_FAULTS
                              : w->reversed               ? WIRING_VOLTAGES_SWAPPED
                                                          : WIRING_CURRENTS_SWAPPED;
    if (fault != WIRING_FAULTS) {
        struct wiring_finding *finding = add(verdict, fault, h->a, h->b, w->best);
        finding->certain = certain;
        bool measured = self->config.wiring != WIRING_3P3W || h->a != 1;
        if (measured) {
            add_measured(self, finding, element_of(self, h->a));
        }
    }
}

static void add_turned(const struct wiring_check *self, struct wiring_verdict *verdict,
                       const struct weighed *w, unsigned turned, bool certain)
{
    unsigned clamps = self->config.wiring == WIRING_3P3W ? w->active & 5 : w->active;
    if (turned == clamps && (clamps & (clamps - 1)) != 0) {
        struct wiring_finding *finding = add(verdict, WIRING_CTS_REVERSED, 0, 0, w->best);
        finding->certain = certain;
        finding->power_w = 0;
        for (unsigned e = 0; e < self->config.elements; e++) {
            finding->power_w += self->active[e] > 0 ? self->power[e] / self->active[e] : 0;
        }
        return;
    }
    for (unsigned e = 0; e < self->config.elements; e++) {
        if ((turned >> place_of(self, e) & 1) != 0) {
            struct wiring_finding *finding =
                add(verdict, WIRING_CT_REVERSED, place_of(self, e), 0, w->best);
            finding->certain = certain;
            add_measured(self, finding, e);
        }
    }
}

static bool neutral_contradicts(const struct wiring_check *self)
{
    return self->neutral_misfit > NEUTRAL_ODD * self->judged;
}

static bool clamps_alive(const struct wiring_check *self)
{
    bool alive = true;
    for (unsigned e = 0; e < self->config.elements; e++) {
        alive = alive && mostly(self->active[e], self->windows);
    }
    return alive;
}

/* The sequence runs backwards, and no two voltages seem exchanged. */
static void add_sequence(struct wiring_verdict *verdict, bool currents_fit)
{
    add(verdict, WIRING_SEQUENCE_REVERSED, 0, 0, VOLTAGE_SURE)->certain = currents_fit;
}

static void judge_orders(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    struct weighed w = weigh(self);
    struct hypothesis h = hypothesis_of(w.number);
    bool wrong = w.as_is < WIRING_DOUBT;
    bool certain = wrong && w.best > WIRING_CERTAIN;
    verdict->as_is = w.as_is;
    bool told = w.number != 0 && (wrong || w.best > HINT);
    if (w.reversed && !(told && h.order == ORDER_SWAPPED)) {
        add_sequence(verdict, w.number == 0 && w.as_is > SEQUENCE_FITS);
    }
    if (wrong && !certain) {
        add(verdict, WIRING_CURRENTS_ODD, 0, 0, 1 - w.as_is)->certain = true;
    }
    if (told) {
        add_order(self, verdict, &w, &h, certain);
        if (!h.on_neutral) {
            add_turned(self, verdict, &w, h.turned, certain);
        }
    } else if (neutral_contradicts(self) && clamps_alive(self)) { /* a dead one is told of alone */
        struct wiring_finding *finding = add(verdict, WIRING_NEUTRAL_MISMATCH, 0, 0, VOLTAGE_SURE);
        finding->certain = true;
        finding->value = self->neutral_missed / self->judged;
    }
}

static void judge_singly(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    for (unsigned e = 0; e < self->config.elements; e++) {
        const struct hypothesis turned = {.source = {0, 1, 2}, .turned = 1};
        double odds =
            hypothesis_prior(&turned, false, 1) * exp(fmin(self->evidence[e] / self->judged, 500));
        double sure = odds / (1 + odds);
        verdict->as_is = fmin(verdict->as_is, 1 - sure);
        if (sure > HINT) {
            struct wiring_finding *finding = add(verdict, WIRING_CT_REVERSED, e, 0, sure);
            finding->certain = 1 - sure < WIRING_DOUBT;
            add_measured(self, finding, e);
        }
    }
}

/* A clamp without current while others carry: dead, or nothing draws there. */
static void add_dead(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    double carried = 0;
    unsigned carrying = 0;
    for (unsigned e = 0; e < self->config.elements; e++) {
        if (mostly(self->active[e], self->windows)) {
            carried += self->current[e] / self->active[e];
            carrying++;
        }
    }
    if (carrying == 0 || carried < DEAD_RATIO * self->config.i_floor_a * carrying) {
        return;
    }
    bool contradicted = neutral_contradicts(self);
    for (unsigned e = 0; e < self->config.elements; e++) {
        if (mostly(self->active[e], self->windows) ||
            (self->config.neutral_measured && !contradicted)) {
            continue; /* the neutral says that nothing flows there */
        }
        struct wiring_finding *finding = add(verdict, WIRING_NO_CURRENT, place_of(self, e), 0,
                                             contradicted ? VOLTAGE_SURE : 0.5);
        finding->certain = contradicted;
        finding->value = carried / carrying;
    }
}

static void add_no_load(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    double most = 0;
    for (unsigned e = 0; e < self->config.elements; e++) {
        most = fmax(most, self->active[e] > 0 ? self->current[e] / self->active[e] : 0);
    }
    add(verdict, WIRING_NO_LOAD, 0, 0, 1)->value = most;
}

void wiring_check_verdict(const struct wiring_check *self, struct wiring_verdict *verdict)
{
    *verdict = (struct wiring_verdict){.windows = self->windows, .as_is = 1};
    if (self->windows == 0 || add_missing(self, verdict) == self->config.elements) {
        return;
    }
    add_voltages(self, verdict);
    verdict->currents_judged = mostly(self->judged, self->windows);
    add_dead(self, verdict);
    if (verdict->currents_judged) {
        if (self->config.wiring == WIRING_1P2W || self->config.wiring == WIRING_3P4WD) {
            judge_singly(self, verdict);
        } else {
            judge_orders(self, verdict);
        }
    } else {
        if (mostly(self->voltage[WIRING_SEQUENCE_REVERSED][0], self->windows)) {
            add_sequence(verdict, false);
        }
        if (verdict->count == 0) {
            add_no_load(self, verdict);
        }
    }
}
