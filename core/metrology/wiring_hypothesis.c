#include "metrology/wiring_hypothesis.h"

#define ORDERED         48 /* 6 orders x 8 sets of turned clamps */
#define NEUTRALS        6
#define PRIOR_TURNED    0.03
#define PRIOR_SWAPPED   0.015
#define PRIOR_NEUTRAL   0.002
#define PRIOR_TWO_WIRES 0.001
#define ALL             7u

static const struct {
    uint8_t source[3];
    enum hypothesis_order order;
    uint8_t a, b;
} orders[] = {
    {{0, 1, 2}, ORDER_AS_IS, 0, 0},   {{1, 0, 2}, ORDER_SWAPPED, 0, 1},
    {{0, 2, 1}, ORDER_SWAPPED, 1, 2}, {{2, 1, 0}, ORDER_SWAPPED, 0, 2},
    {{1, 2, 0}, ORDER_ROTATED, 2, 0}, {{2, 0, 1}, ORDER_ROTATED, 1, 0},
};

static const uint8_t pairs[][2] = {{0, 1}, {0, 2}, {1, 0}, {1, 2}, {2, 0}, {2, 1}};

struct hypothesis hypothesis_of(unsigned number)
{
    struct hypothesis h = {.source = {0, 1, 2}};
    if (number < ORDERED) {
        unsigned order = number / 8;
        for (unsigned p = 0; p < 3; p++) {
            h.source[p] = orders[order].source[p];
        }
        h.turned = (uint8_t)(number % 8);
        h.order = orders[order].order;
        h.a = orders[order].a;
        h.b = orders[order].b;
    } else if (number < ORDERED + NEUTRALS) {
        h.on_neutral = true;
        h.a = (uint8_t)((number - ORDERED) / 2);
        h.turned = (uint8_t)((number - ORDERED) % 2 << h.a);
    } else {
        h.two_wires = true;
        h.a = pairs[number - ORDERED - NEUTRALS][0];
        h.b = pairs[number - ORDERED - NEUTRALS][1];
    }
    return h;
}

static unsigned bits(unsigned set)
{
    return (set & 1) + (set >> 1 & 1) + (set >> 2 & 1);
}

bool hypothesis_applies(const struct hypothesis *h, enum wiring wiring, unsigned active)
{
    if (h->on_neutral || h->two_wires) {
        return wiring == WIRING_3P4W && active == ALL;
    }
    if ((h->turned & ~active) != 0) {
        return false; /* nobody can tell */
    }
    switch (wiring) {
    case WIRING_1P3W:
        return h->source[2] == 2 && (h->turned & 4) == 0;
    case WIRING_3P3W: /* two clamps; the second current is minus their sum */
        return (h->turned & 2) == 0;
    case WIRING_3P4W:
        break;
    default:
        return h->order == ORDER_AS_IS;
    }
    if (active == ALL || h->order == ORDER_AS_IS) {
        return true;
    }
    /* With a dead clamp, several orders come to the same: keep the simplest that says something. */
    return h->order == ORDER_SWAPPED && ((active >> h->a | active >> h->b) & 1) != 0;
}

double hypothesis_prior(const struct hypothesis *h, bool sequence_reversed, unsigned active)
{
    unsigned turned = bits(h->turned);
    double prior = 1;
    if (h->on_neutral) {
        return PRIOR_NEUTRAL;
    }
    if (h->two_wires) {
        return PRIOR_TWO_WIRES;
    }
    if (turned > 1 && turned == bits(active)) {
        turned = 1; /* whoever turns all of them makes one mistake */
    }
    for (; turned > 0; turned--) {
        prior *= PRIOR_TURNED;
    }
    if (sequence_reversed) { /* two voltages exchanged, or the mains turn that way */
        return prior * (h->order == ORDER_ROTATED ? PRIOR_SWAPPED : 0.25);
    }
    return prior * (h->order == ORDER_AS_IS ? 1 : PRIOR_SWAPPED);
}

static struct sequence_phasor sum(struct sequence_phasor a, struct sequence_phasor b, double sign)
{
    return (struct sequence_phasor){a.re + sign * b.re, a.im + sign * b.im};
}

void hypothesis_apply(const struct hypothesis *h, enum wiring wiring,
                      const struct sequence_phasor clamp[3], struct sequence_phasor phase[3])
{
    const struct sequence_phasor zero = {0, 0};
    struct sequence_phasor turned[3];
    for (unsigned c = 0; c < 3; c++) {
        turned[c] = sum(zero, clamp[c], (h->turned >> c & 1) != 0 ? -1 : 1);
    }
    if (wiring == WIRING_3P3W) {
        turned[1] = sum(sum(zero, turned[0], -1), turned[2], -1);
    }
    for (unsigned p = 0; p < 3; p++) {
        phase[p] = turned[h->source[p]];
    }
    if (h->on_neutral) { /* the clamp shows what the three conductors leave over */
        struct sequence_phasor all = sum(sum(phase[0], phase[1], 1), phase[2], 1);
        phase[h->a] = sum(zero, all, -1);
    }
    if (h->two_wires) {
        phase[h->a] = sum(phase[h->a], phase[h->b], -1);
    }
}
