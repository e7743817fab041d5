/*
 * A window's values become the quantities of each circuit. Pure formulas over struct channel_value;
 * what cannot be known stays NaN.
 */
#include "metrology/engine_p.h"

#include <math.h>
#include <string.h>

#include "metrology/sequence.h"
#include "metrology/wiring.h"

#define DEGREES 57.29577951308232

struct report {
    struct metrology *self;
    const struct metrology_circuit *circuit;
    const struct wiring_row *wiring;
    struct quantities *q;
    const double *element_product; /* u x i of each element */
    const double *current_product; /* i x i: 0x1, 0x2, 1x2 */
    const double *voltage_product; /* of the voltage unit: 0x1, 0x2, 1x2 */
    double angle;                  /* of U1, radians */
};

static const struct channel_value *u_value(const struct report *r, unsigned e)
{
    return &r->self->window.value[r->circuit->element[e].u];
}

static const struct channel_value *i_value(const struct report *r, unsigned e)
{
    return &r->self->window.value[r->self->config->voltages + r->circuit->element[e].i];
}

static double wrap_degrees(double degrees)
{
    double wrapped = remainder(degrees, 360.0);
    return wrapped <= -180.0 ? 180.0 : wrapped;
}

static double fundamental(const struct channel_value *v)
{
    return value_root(v->re * v->re + v->im * v->im);
}

/* A current below two parts per million of its range has no angle worth telling. */
static bool has_current(const struct report *r, unsigned e)
{
    unsigned channel = r->self->config->voltages + r->circuit->element[e].i;
    return i_value(r, e)->rms > r->self->input[channel].unit_double * 16;
}

bool report_has_voltage(const struct metrology *self, unsigned u)
{
    double floor = (double)self->config->u_nominal_uv * 0.05e-6;
    double smallest = self->input[u].unit_double * 1000;
    return self->window.value[u].rms > (floor > smallest ? floor : smallest);
}

static double angle_of(const struct report *r, const struct channel_value *v)
{
    return wrap_degrees((atan2(v->im, v->re) - r->angle) * DEGREES);
}

/* The angle that counts as zero: U1's. Where U1 is missing, what U1 would have if the first voltage
 * that is there stood at its nominal place. */
static double zero_angle(const struct metrology *self, bool three_phase)
{
    for (unsigned v = 0; v < self->config->voltages; v++) {
        if (report_has_voltage(self, v)) {
            const struct channel_value *value = &self->window.value[v];
            return atan2(value->im, value->re) + (three_phase ? v * 120.0 / DEGREES : 0);
        }
    }
    return NAN;
}

/* A voltage that no tone could be found in: what hangs on a fundamental is unknown, not small. */
static void forget_fundamental(struct quantities *q, unsigned e)
{
    q->u1[e] = q->i1[e] = q->p1[e] = q->q1[e] = q->q[e] = NAN;
    q->u_angle[e] = q->i_angle[e] = q->dpf[e] = q->phi[e] = NAN;
}

static void report_element(const struct report *r, unsigned e)
{
    struct quantities *q = r->q;
    const struct channel_value *u = u_value(r, e);
    const struct channel_value *i = i_value(r, e);
    bool voltage = report_has_voltage(r->self, r->circuit->element[e].u);
    bool current = has_current(r, e);
    q->u[e] = u->rms;
    q->u1[e] = fundamental(u);
    q->u_dc[e] = u->dc;
    q->i[e] = i->rms;
    q->i1[e] = fundamental(i);
    q->i_dc[e] = i->dc;
    q->p[e] = r->element_product[e];
    q->p1[e] = u->re * i->re + u->im * i->im;
    q->q1[e] = u->im * i->re - u->re * i->im;
    q->s[e] = u->rms * i->rms;
    q->q[e] = copysign(value_root(fmax(0, q->s[e] * q->s[e] - q->p[e] * q->p[e])), q->q1[e]);
    if (voltage) {
        q->u_angle[e] = angle_of(r, u);
        q->crest_u[e] = u->peak / u->rms;
    }
    if (current) {
        q->i_angle[e] = angle_of(r, i);
        q->crest_i[e] = i->peak / i->rms;
    }
    if (voltage && current) {
        q->pf[e] = q->p[e] / q->s[e];
        q->dpf[e] = q->p1[e] / (q->u1[e] * q->i1[e]);
        q->phi[e] = wrap_degrees(atan2(q->q1[e], q->p1[e]) * DEGREES);
    }
    if (voltage && (q->flags & FLAG_NO_SYNC) != 0) {
        forget_fundamental(q, e);
    }
    q->element_flags[e] =
        (uint16_t)((voltage ? 0 : FLAG_NO_VOLTAGE) | (u->clipped || i->clipped ? FLAG_CLIPPED : 0));
    q->flags |= q->element_flags[e];
}

static double difference_rms(double a, double b, double product)
{
    return value_root(fmax(0, a * a + b * b - 2 * product));
}

/* Line voltages: of the circuit's own voltages, out of the products of the voltage unit's. */
static void report_lines(const struct report *r)
{
    struct quantities *q = r->q;
    const struct channel_value *v = r->self->window.value;
    const double *product = r->voltage_product;
    q->lines = r->wiring->lines;
    switch (r->circuit->wiring) {
    case WIRING_3P3W: /* U12 and U32 are measured: U31 = U32 - U12 */
        q->u_ll[0] = v[0].rms;
        q->u_ll[1] = v[1].rms;
        q->u_ll[2] = difference_rms(v[0].rms, v[1].rms, product[0]);
        break;
    case WIRING_1P3W:
        q->u_ll[0] = difference_rms(v[0].rms, v[1].rms, product[0]);
        break;
    case WIRING_3P4W:
    case WIRING_3P4WD:
        q->u_ll[0] = difference_rms(v[0].rms, v[1].rms, product[0]);
        q->u_ll[1] = difference_rms(v[1].rms, v[2].rms, product[2]);
        q->u_ll[2] = difference_rms(v[2].rms, v[0].rms, product[1]);
        break;
    default:
        break;
    }
    double sum = 0;
    for (unsigned k = 0; k < q->lines; k++) {
        sum += q->u_ll[k];
    }
    q->u_ll_avg = q->lines > 0 ? sum / q->lines : NAN;
}

static double sum_rms(const struct report *r, unsigned n)
{
    double square = 0;
    for (unsigned e = 0; e < n; e++) {
        square += i_value(r, e)->rms * i_value(r, e)->rms;
    }
    for (unsigned k = 0; k < n * (n - 1) / 2; k++) {
        square += 2 * r->current_product[k];
    }
    return value_root(fmax(0, square));
}

static void report_neutral(const struct report *r)
{
    if (r->circuit->neutral != CHANNEL_NONE) {
        r->q->i_n = r->self->window.value[r->self->config->voltages + r->circuit->neutral].rms;
    } else if (r->wiring->neutral && r->wiring->elements > 1) {
        r->q->i_n = sum_rms(r, r->circuit->elements);
    } else if (r->circuit->wiring == WIRING_3P3W) {
        r->q->i_computed = sum_rms(r, 2);
    }
}

/* Effective apparent power, IEEE 1459-2010 3.2.2.5 (four wires) and 3.2.3.5 (three wires). */
static double effective_power(const struct report *r)
{
    const struct quantities *q = r->q;
    double line = q->u_ll[0] * q->u_ll[0] + q->u_ll[1] * q->u_ll[1] + q->u_ll[2] * q->u_ll[2];
    double phase = 0;
    double current = 0;
    if (r->circuit->wiring == WIRING_3P3W) {
        current = q->i[0] * q->i[0] + q->i[1] * q->i[1] + q->i_computed * q->i_computed;
        return 3 * value_root(line / 9) * value_root(current / 3);
    }
    if (!r->wiring->three_phase) {
        return NAN;
    }
    for (unsigned e = 0; e < 3; e++) {
        phase += q->u[e] * q->u[e];
        current += q->i[e] * q->i[e];
    }
    current += q->i_n * q->i_n;
    return 3 * value_root((3 * phase + line) / 18) * value_root(current / 3);
}

static void report_totals(const struct report *r)
{
    struct quantities *q = r->q;
    unsigned n = r->circuit->elements;
    double u = 0;
    double i = 0;
    q->p_total = q->p1_total = q->q1_total = q->s_arith = 0;
    for (unsigned e = 0; e < n; e++) {
        u += q->u[e];
        i += q->i[e];
        q->p_total += q->p[e];
        q->p1_total += q->p1[e];
        q->q1_total += q->q1[e];
        q->s_arith += q->s[e];
    }
    if (r->circuit->wiring == WIRING_3P3W) {
        /* Two elements for three phases: sqrt 3 / 2 of their sum, sqrt 3 U I when balanced. */
        q->s_arith *= 0.86602540378443865;
        q->i_avg = (i + q->i_computed) / 3;
    } else {
        q->u_avg = u / n;
        q->i_avg = i / n;
    }
    q->s_vector = value_root(q->p_total * q->p_total + q->q1_total * q->q1_total);
    q->s_eff = n == 1 ? q->s_arith : effective_power(r);
    q->s_total = r->circuit->apparent == APPARENT_VECTOR      ? q->s_vector
                 : r->circuit->apparent == APPARENT_EFFECTIVE ? q->s_eff
                                                              : q->s_arith;
    double q_square = q->s_total * q->s_total - q->p_total * q->p_total;
    q->q_total = copysign(value_root(fmax(0, q_square)), q->q1_total);
    bool known = false; /* one loaded element is enough: the others add nothing */
    for (unsigned e = 0; e < n; e++) {
        known = known || !isnan(q->pf[e]);
    }
    if (known) {
        q->pf_total = q->p_total / q->s_total;
        q->dpf_total =
            q->p1_total / value_root(q->p1_total * q->p1_total + q->q1_total * q->q1_total);
    }
}

static void report_sequence(const struct report *r)
{
    struct quantities *q = r->q;
    struct sequence_phasor u[3], i[3];
    if (!r->wiring->three_phase || isnan(q->q1_total)) {
        return; /* no phasors */
    }
    bool three_wires = r->circuit->wiring == WIRING_3P3W;
    for (unsigned e = 0; e < r->circuit->elements && e < 3; e++) {
        u[e] = (struct sequence_phasor){u_value(r, e)->re, u_value(r, e)->im};
        i[e] = (struct sequence_phasor){i_value(r, e)->re, i_value(r, e)->im};
    }
    if (three_wires) { /* measured: U12, U32; I1, I3 */
        sequence_from_aron(u, i);
        q->flags |= FLAG_NO_ZERO_SEQ;
    }
    struct sequence su = sequence_of(u);
    struct sequence si = sequence_of(i);
    /* Line voltages have sqrt 3 times the phase voltages' components. */
    double unit = three_wires ? 0.57735026918962576 : 1;
    q->u_pos = su.positive * unit;
    q->u_neg = su.negative * unit;
    q->i_pos = si.positive;
    q->i_neg = si.negative;
    q->u2_percent = su.positive > 0 ? 100 * su.negative / su.positive : NAN;
    q->i2_percent = si.positive > 0 ? 100 * si.negative / si.positive : NAN;
    if (!three_wires) {
        q->u_zero = su.zero;
        q->i_zero = si.zero;
        q->u0_percent = su.positive > 0 ? 100 * su.zero / su.positive : NAN;
        q->i0_percent = si.positive > 0 ? 100 * si.zero / si.positive : NAN;
    }
    double worst = 0;
    for (unsigned e = 0; e < r->circuit->elements; e++) {
        worst = fmax(worst, fabs(q->i[e] - q->i_avg));
    }
    worst = three_wires ? fmax(worst, fabs(q->i_computed - q->i_avg)) : worst;
    q->i_unbalance = q->i_avg > 0 ? 100 * worst / q->i_avg : NAN;
}

static void report_distortion(const struct report *r, unsigned e)
{
    struct quantities *q = r->q;
    const struct spectrum *spectrum = q->spectrum;
    const struct harmonics *u = spectrum->u[r->circuit->element[e].u];
    const struct harmonics *i = &spectrum->i[r->circuit->element[e].i];
    if ((q->element_flags[e] & FLAG_NO_VOLTAGE) == 0) {
        q->thd_u[e] = harmonics_distortion(u, spectrum->order_max, 2, 1);
        q->thd_odd_u[e] = harmonics_distortion(u, spectrum->order_max, 3, 2);
        q->thd_even_u[e] = harmonics_distortion(u, spectrum->order_max, 2, 2);
    }
    if (has_current(r, e)) {
        q->thd_i[e] = harmonics_distortion(i, spectrum->order_max, 2, 1);
        q->thd_odd_i[e] = harmonics_distortion(i, spectrum->order_max, 3, 2);
        q->thd_even_i[e] = harmonics_distortion(i, spectrum->order_max, 2, 2);
        q->k_factor[e] = harmonics_k_factor(i, spectrum->order_max);
    }
}

static void all_unknown(struct quantities *q)
{
    for (size_t k = 0; k < quantity_row_count; k++) {
        double *first = (double *)(void *)((char *)q + quantity_rows[k].offset);
        unsigned count = quantity_rows[k].scope == SCOPE_ELEMENT ? ELEMENTS_MAX
                         : quantity_rows[k].scope == SCOPE_LINE  ? 3
                                                                 : 1;
        for (unsigned j = 0; j < count; j++) {
            first[j] = NAN;
        }
    }
}

static void report_circuit(struct report *r, const struct window_result *result)
{
    struct quantities *q = r->q;
    q->elements = r->circuit->elements;
    for (unsigned e = 0; e < r->circuit->elements; e++) {
        report_element(r, e);
    }
    q->f = result->f_hz;
    q->f_10s = r->self->f_10s;
    report_lines(r);
    report_neutral(r);
    report_totals(r);
    report_sequence(r);
    q->spectrum = spectra_result(r->self);
    if (q->spectrum == NULL) {
        q->flags |= FLAG_NO_SPECTRUM;
        return;
    }
    if (q->spectrum->order_max < HARMONICS_MAX) {
        q->flags |= FLAG_RATE_LOW;
    }
    for (unsigned e = 0; e < r->circuit->elements; e++) {
        report_distortion(r, e);
    }
}

void report_window(struct metrology *self, const struct window_result *result)
{
    const struct metrology_config *config = self->config;
    const double *product = self->window.product;
    unsigned voltage_pairs = config->voltages * (config->voltages - 1u) / 2;
    for (unsigned c = 0; c < config->circuits && config->on_window != NULL; c++) {
        struct quantities q = {.start = result->start,
                               .length = result->length,
                               .cycles = result->cycles,
                               .circuit = (uint16_t)c,
                               .flags = result->flags};
        const struct metrology_circuit *circuit = &config->circuit[c];
        const struct wiring_row *wiring = &wiring_table[circuit->wiring];
        struct report report = {.self = self,
                                .circuit = circuit,
                                .wiring = wiring,
                                .q = &q,
                                .element_product = product,
                                .current_product = product + circuit->elements,
                                .voltage_product =
                                    self->window.product + self->window.pairs - voltage_pairs,
                                .angle = zero_angle(self, config->voltages == 3)};
        all_unknown(&q);
        report_circuit(&report, result);
        config->on_window(config->ctx, &q);
        product += circuit->elements;
        product +=
            window_crosses_currents(circuit) ? circuit->elements * (circuit->elements - 1u) / 2 : 0;
    }
}
