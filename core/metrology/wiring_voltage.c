#include "metrology/wiring_voltage.h"

#include <math.h>

#include "metrology/wiring_load.h"

#define DEGREES       57.29577951308232
#define MISSING_LEVEL 0.1  /* of the nominal voltage */
#define SYMMETRIC     0.08 /* of the positive sequence: healthy networks stay below 3 % */
#define ODD           0.25
#define ALIKE_DEG     20

struct sequence_phasor phasor_of(double size, double degrees)
{
    return (struct sequence_phasor){size * cos(degrees / DEGREES), size * sin(degrees / DEGREES)};
}

double phasor_degrees(struct sequence_phasor p)
{
    return atan2(p.im, p.re) * DEGREES;
}

double phasor_size(struct sequence_phasor p)
{
    return hypot(p.re, p.im);
}

static struct sequence_phasor difference(struct sequence_phasor a, struct sequence_phasor b)
{
    return (struct sequence_phasor){a.re - b.re, a.im - b.im};
}

static double angle_between(struct sequence_phasor a, struct sequence_phasor b)
{
    return load_angle_wrap(phasor_degrees(a) - phasor_degrees(b));
}

static unsigned count_missing(const struct voltage_view *view)
{
    unsigned count = 0;
    for (unsigned e = 0; e < ELEMENTS_MAX; e++) {
        count += view->missing >> e & 1;
    }
    return count;
}

static void read_voltages(const struct wiring_check_config *config, const struct quantities *window,
                          struct voltage_view *view)
{
    for (unsigned e = 0; e < config->elements; e++) {
        bool there = (window->element_flags[e] & FLAG_NO_VOLTAGE) == 0 &&
                     isfinite(window->u_angle[e]) &&
                     window->u1[e] >= MISSING_LEVEL * config->u_nominal_v;
        view->missing |= (uint8_t)(there ? 0 : 1u << e);
        view->phase[e] =
            there ? phasor_of(window->u1[e], window->u_angle[e]) : (struct sequence_phasor){0, 0};
    }
}

/* The larger of positive and negative sequence, and what else there is of it. */
struct symmetry {
    double main, other, zero; /* the last two as a share of the first */
    bool reversed;
};

static struct symmetry symmetry_of(const struct sequence_phasor phase[3])
{
    struct sequence s = sequence_of(phase);
    bool reversed = s.negative > s.positive;
    double main = reversed ? s.negative : s.positive;
    double other = reversed ? s.positive : s.negative;
    return (struct symmetry){main, main > 0 ? other / main : INFINITY,
                             main > 0 ? s.zero / main : INFINITY, reversed};
}

/* One or two voltages are missing: the others tell where they would be. */
static void fill_missing(struct voltage_view *view)
{
    unsigned known = 0;
    while ((view->missing >> known & 1) != 0) {
        known++;
    }
    double size = phasor_size(view->phase[known]);
    double angle = phasor_degrees(view->phase[known]);
    for (unsigned e = known + 1; e < 3; e++) {
        if ((view->missing >> e & 1) == 0) {
            double step = angle_between(view->phase[e], view->phase[known]);
            view->reversed = (e - known == 1) == (step > 0);
            view->usable = fabs(fabs(step) - 120) < ALIKE_DEG;
        }
    }
    double turn = view->reversed ? 120 : -120;
    for (unsigned e = 0; e < 3; e++) {
        if ((view->missing >> e & 1) != 0) {
            view->phase[e] = phasor_of(size, angle + turn * ((double)e - known));
        }
    }
}

static bool find_alike(struct voltage_view *view, unsigned count)
{
    for (unsigned a = 0; a < count; a++) {
        for (unsigned b = a + 1; b < count; b++) {
            if (((view->missing >> a | view->missing >> b) & 1) == 0 &&
                fabs(angle_between(view->phase[a], view->phase[b])) < ALIKE_DEG) {
                view->fault = WIRING_VOLTAGES_ALIKE;
                view->a = (uint8_t)a;
                view->b = (uint8_t)b;
                view->usable = false;
                return true;
            }
        }
    }
    return false;
}

/* The meter's neutral on phase e, its terminal e on the neutral: two voltages are line voltages. */
static bool find_neutral_swap(struct voltage_view *view)
{
    for (unsigned e = 0; e < 3; e++) {
        struct sequence_phasor true_phase[3];
        for (unsigned k = 0; k < 3; k++) {
            const struct sequence_phasor zero = {0, 0};
            true_phase[k] = difference(k == e ? zero : view->phase[k], view->phase[e]);
        }
        struct symmetry s = symmetry_of(true_phase);
        if (s.other < SYMMETRIC && s.zero < SYMMETRIC) {
            view->fault = WIRING_L_N_SWAPPED;
            view->a = (uint8_t)e;
            view->reversed = s.reversed;
            for (unsigned k = 0; k < 3; k++) {
                view->phase[k] = true_phase[k];
            }
            return true;
        }
    }
    return false;
}

static void judge_wye(struct voltage_view *view)
{
    if (find_alike(view, 3)) {
        return;
    }
    if (view->missing != 0) {
        fill_missing(view);
        return;
    }
    struct symmetry s = symmetry_of(view->phase);
    view->reversed = s.reversed;
    view->zero_percent = 100 * s.zero;
    if (s.zero > SYMMETRIC && s.other < SYMMETRIC) {
        view->fault = WIRING_NO_NEUTRAL;
    } else if (s.other > ODD && !find_neutral_swap(view)) {
        view->fault = WIRING_VOLTAGES_ODD;
        view->usable = false;
    }
}

/* From U12 and U32 to the voltages of the phases, without their zero sequence. */
static void judge_aron(struct voltage_view *view)
{
    if (view->missing != 0) {
        view->usable = false;
        return;
    }
    struct sequence_phasor line[3] = {view->phase[0], view->phase[1], {0, 0}};
    struct sequence_phasor unused[3] = {{0, 0}, {0, 0}, {0, 0}};
    sequence_from_aron(line, unused); /* U12 U23 U31 */
    for (unsigned p = 0; p < 3; p++) {
        view->phase[p] = difference(line[p], line[(p + 2) % 3]);
        view->phase[p].re /= 3;
        view->phase[p].im /= 3;
    }
    struct symmetry s = symmetry_of(view->phase);
    view->reversed = s.reversed;
    if (s.other > ODD) {
        view->fault = WIRING_VOLTAGES_ODD;
        view->usable = false;
    }
}

struct voltage_view voltage_view_of(const struct wiring_check_config *config,
                                    const struct quantities *window)
{
    struct voltage_view view = {.usable = true, .fault = WIRING_FAULTS};
    read_voltages(config, window, &view);
    if (count_missing(&view) == config->elements) {
        view.usable = false;
        return view;
    }
    switch (config->wiring) {
    case WIRING_3P4W:
        judge_wye(&view);
        break;
    case WIRING_3P3W:
        judge_aron(&view);
        break;
    case WIRING_1P3W:
        view.usable = view.missing == 0 && !find_alike(&view, 2);
        break;
    default:
        break;
    }
    return view;
}
