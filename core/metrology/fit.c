#include "metrology/fit.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define TWO_PI       6.283185307179586
#define ORDERS       4
#define UNKNOWNS     (1 + 2 * ORDERS)
#define LOWEST_HZ    42.0
#define HIGHEST_HZ   69.5
#define GRID_HZ      0.5
#define NARROWINGS   28     /* by 0.618 each: 1e-6 Hz are left of two steps of the grid */
#define ERROR_MOST   0.0015 /* standard deviation that a frequency may have, relative */
#define SHORT_MOST   0.25   /* samples that a cycle may lack: 0.1 % at 16 samples a cycle */
#define COUNTS_LEAST 1000   /* amplitude, as in metrology_acquire() */

struct fit {
    const int32_t *x;
    uint32_t n, stride;
    double rate_hz, mean;
    double energy; /* sum of squares about the mean */
};

struct equations {
    double a[UNKNOWNS][UNKNOWNS]; /* the lower half */
    double b[UNKNOWNS];
};

/* 1, cos and sin of the orders at a sample, out of the first order's. */
static void basis_at(double c, double s, double basis[UNKNOWNS])
{
    const double c2 = c * c - s * s, s2 = 2 * c * s;
    basis[0] = 1;
    for (unsigned k = 1; k < UNKNOWNS; k += 2) {
        basis[k] = c;
        basis[k + 1] = s;
        const double next = c * c2 - s * s2; /* two orders up */
        s = s * c2 + c * s2;
        c = next;
    }
}

static void equations_fill(const struct fit *fit, double hz, struct equations *to)
{
    const double step = TWO_PI * hz / fit->rate_hz;
    const double step_c = cos(step), step_s = sin(step);
    double c = cos(step * 0.5 * (fit->n - 1.0)), s = -sin(step * 0.5 * (fit->n - 1.0));
    memset(to, 0, sizeof *to);
    for (uint32_t k = 0; k < fit->n; k++) {
        const double x = fit->x[(size_t)k * fit->stride] - fit->mean;
        double basis[UNKNOWNS];
        basis_at(c, s, basis);
        for (unsigned row = 0; row < UNKNOWNS; row++) {
            to->b[row] += basis[row] * x;
            for (unsigned column = 0; column <= row; column++) {
                to->a[row][column] += basis[row] * basis[column];
            }
        }
        const double next = c * step_c - s * step_s;
        s = s * step_c + c * step_s;
        c = next;
    }
}

/* What a frequency leaves unexplained: the energy less that of the projection, by Cholesky. */
static double residual(const struct fit *fit, double hz)
{
    struct equations e;
    double explained = 0;
    equations_fill(fit, hz, &e);
    for (unsigned row = 0; row < UNKNOWNS; row++) {
        for (unsigned column = 0; column <= row; column++) {
            double sum = e.a[row][column];
            for (unsigned k = 0; k < column; k++) {
                sum -= e.a[row][k] * e.a[column][k];
            }
            if (row == column && !(sum > fit->n * 1e-12)) {
                return fit->energy; /* so little of a cycle that the orders look alike */
            }
            e.a[row][column] = row == column ? sqrt(sum) : sum / e.a[column][column];
        }
        for (unsigned k = 0; k < row; k++) {
            e.b[row] -= e.a[row][k] * e.b[k];
        }
        e.b[row] /= e.a[row][row];
        explained += e.b[row] * e.b[row];
    }
    return fmax(0, fit->energy - explained);
}

static double best_on_grid(const struct fit *fit)
{
    double best = 0, least = INFINITY;
    for (double hz = LOWEST_HZ; hz <= HIGHEST_HZ; hz += GRID_HZ) {
        const double left = residual(fit, hz);
        if (left < least) {
            least = left;
            best = hz;
        }
    }
    return best;
}

/* Golden section between the neighbours of the best point of the grid. */
static double narrow(const struct fit *fit, double hz)
{
    const double golden = 0.6180339887498949;
    double low = hz - GRID_HZ, high = hz + GRID_HZ;
    double a = high - golden * (high - low), b = low + golden * (high - low);
    double at_a = residual(fit, a), at_b = residual(fit, b);
    for (int k = 0; k < NARROWINGS; k++) {
        if (at_a < at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - golden * (high - low);
            at_a = residual(fit, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + golden * (high - low);
            at_b = residual(fit, b);
        }
    }
    return 0.5 * (low + high);
}

/* The spread that what is left over gives the frequency, relative: its mean square against how
 * sharply the residual rises on both sides. */
static double error_of(const struct fit *fit, double hz)
{
    const double left = residual(fit, hz);
    const double rise = residual(fit, hz - GRID_HZ) + residual(fit, hz + GRID_HZ) - 2 * left;
    const double freedom = fit->n - UNKNOWNS - 1.0;
    return rise > 0 ? sqrt(2 * left / freedom / rise) * GRID_HZ / hz : INFINITY;
}

double fit_frequency(const struct samples *samples, unsigned channel, uint32_t n, double rate_hz)
{
    struct fit fit = {
        .x = samples->data + channel, .n = n, .stride = samples->channels, .rate_hz = rate_hz};
    double square = 0;
    if (n < 2 * UNKNOWNS - 2) {
        return 0;
    }
    for (uint32_t k = 0; k < n; k++) {
        const double x = fit.x[(size_t)k * fit.stride];
        fit.mean += x / n;
        square += x * x;
    }
    fit.energy = square - fit.mean * fit.mean * n;
    if (fit.energy < 0.5 * COUNTS_LEAST * COUNTS_LEAST * n) {
        return 0;
    }
    const double hz = narrow(&fit, best_on_grid(&fit));
    const bool inside = hz > LOWEST_HZ && hz < HIGHEST_HZ;
    const bool whole = n + SHORT_MOST >= rate_hz / hz;
    return inside && whole && error_of(&fit, hz) < ERROR_MOST ? hz : 0;
}
