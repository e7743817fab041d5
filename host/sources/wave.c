#include "sources/wave.h"

#include <math.h>
#include <string.h>

#define DEGREE (M_PI / 180)

void wave_clear(struct wave *wave)
{
    memset(wave, 0, sizeof *wave);
}

static void order_put(struct wave *wave, unsigned order, double re, double im)
{
    wave->re[order] += re;
    wave->im[order] += order == 0 ? 0 : im;
    wave->orders |= UINT64_C(1) << order;
}

void wave_add_order(struct wave *wave, unsigned order, double rms, double angle_deg)
{
    order_put(wave, order, rms * cos(angle_deg * DEGREE), rms * sin(angle_deg * DEGREE));
}

void wave_add(struct wave *wave, const struct wave *other, double scale)
{
    for (uint64_t left = other->orders; left != 0; left &= left - 1) {
        unsigned order = (unsigned)__builtin_ctzll(left);
        order_put(wave, order, scale * other->re[order], scale * other->im[order]);
    }
}

void wave_add_shifted(struct wave *wave, const struct wave *other, double scale, double angle_deg)
{
    for (uint64_t left = other->orders; left != 0; left &= left - 1) {
        unsigned order = (unsigned)__builtin_ctzll(left);
        double c = scale * cos(order * angle_deg * DEGREE);
        double s = scale * sin(order * angle_deg * DEGREE);
        order_put(wave, order, other->re[order] * c - other->im[order] * s,
                  other->re[order] * s + other->im[order] * c);
    }
}

void wave_limit(struct wave *wave, unsigned order)
{
    for (unsigned h = order + 1; h < WAVE_ORDERS; h++) {
        wave->re[h] = wave->im[h] = 0;
        wave->orders &= ~(UINT64_C(1) << h);
    }
}

double wave_order_rms(const struct wave *wave, unsigned order)
{
    return hypot(wave->re[order], wave->im[order]);
}

double wave_order_angle_deg(const struct wave *wave, unsigned order)
{
    return atan2(wave->im[order], wave->re[order]) / DEGREE;
}

static double order_power(const struct wave *u, const struct wave *i, unsigned order)
{
    return u->re[order] * i->re[order] + u->im[order] * i->im[order];
}

double wave_power_ac(const struct wave *u, const struct wave *i)
{
    double sum = 0;
    for (unsigned h = 1; h < WAVE_ORDERS; h++) {
        sum += order_power(u, i, h);
    }
    return sum;
}

double wave_power(const struct wave *u, const struct wave *i)
{
    return order_power(u, i, 0) + wave_power_ac(u, i);
}

double wave_rms(const struct wave *wave)
{
    return sqrt(wave_power(wave, wave));
}

double wave_reactive(const struct wave *u, const struct wave *i)
{
    return u->im[1] * i->re[1] - u->re[1] * i->im[1];
}

/* Half-wave rectified sine of peak A: A/pi + A/2 sin(x) - (2A/pi) sum over even h of
 * cos(hx)/(h2-1). */
void wave_half_rectified(struct wave *wave, double rms, unsigned order_max)
{
    double peak = rms * M_SQRT2;
    wave_clear(wave);
    order_put(wave, 0, peak / M_PI, 0);
    order_put(wave, 1, rms / 2, 0);
    for (unsigned h = 2; h <= order_max && h < WAVE_ORDERS; h += 2) {
        double amplitude = -2 * peak / (M_PI * ((double)h * h - 1));
        order_put(wave, h, 0, amplitude / M_SQRT2);
    }
}

/* A sine that conducts from `firing` to the end of each half wave. Its odd orders are the integrals
 * of sin(x) sin(hx) and sin(x) cos(hx) from the firing angle to pi, times 2/pi. */
void wave_phase_fired(struct wave *wave, double rms, double firing_deg, unsigned order_max)
{
    double a = firing_deg * DEGREE;
    wave_clear(wave);
    order_put(wave, 1, rms * (1 - a / M_PI + sin(2 * a) / (2 * M_PI)),
              -rms * sin(a) * sin(a) / M_PI);
    for (unsigned h = 3; h <= order_max && h < WAVE_ORDERS; h += 2) {
        double below = (double)h - 1, above = (double)h + 1;
        double with_sine = sin(above * a) / above - sin(below * a) / below;
        double with_cosine = (cos(above * a) - 1) / above - (cos(below * a) - 1) / below;
        order_put(wave, h, rms * with_sine / M_PI, rms * with_cosine / M_PI);
    }
}
