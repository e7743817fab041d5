#include "metrology/wiring_load.h"

#include <math.h>

#define PI      3.14159265358979323846
#define RADIANS (PI / 180)

struct hump {
    double weight, middle_deg, sigma_deg;
};

/* Loads: the common ones, heaters, capacitors and lamps, motors with little to do. */
static const struct hump loads[] = {{0.45, 15, 15}, {0.25, 0, 8}, {0.10, -22, 18}, {0.15, 50, 20}};
#define LOADS_FLOOR 0.05 /* the rest: anything from -90 to 90 degrees */

/* Generators run at a power factor near one. What a site's load adds to its own generation turns
 * the sum into the second quadrant: often in one phase, seldom in three alike. */
struct generators {
    struct hump hump;
    double second, third; /* weights of the quadrants as a whole */
};
static const struct generators one_phase = {{0.80, 180, 12}, 0.15, 0.05};
static const struct generators all_phases = {{0.997, 180, 12}, 0.002, 0.001};

static const double generator_share[] = {
    [GENERATION_UNKNOWN] = 0.1,
    [GENERATION_NONE] = 0.0005,
    [GENERATION_PRESENT] = 0.4,
};

/* Kinds of sites: how far phases stray from their mean, in degrees and in nats. */
static const struct kinship {
    double weight, sigma_deg, sigma_nat;
} kinships[] = {{0.25, 4, 0.1}, {0.30, 15, 0.4}, {0.20, 15, 1.0}};
#define STRANGERS           0.25
#define STRANGERS_SIGMA_NAT 1.0

double load_angle_wrap(double degrees)
{
    double wrapped = remainder(degrees, 360.0);
    return wrapped <= -180.0 ? 180.0 : wrapped;
}

static double hump_density(const struct hump *hump, double phi)
{
    double off = load_angle_wrap(phi - hump->middle_deg) / hump->sigma_deg;
    return hump->weight * exp(-0.5 * off * off) / (hump->sigma_deg * RADIANS * sqrt(2 * PI));
}

static double load_angle_density(double phi)
{
    double density = fabs(phi) <= 90 ? LOADS_FLOOR / PI : 0;
    for (unsigned k = 0; k < sizeof loads / sizeof loads[0]; k++) {
        density += hump_density(&loads[k], phi);
    }
    return density;
}

static double generator_density(double phi, const struct generators *generators)
{
    double quadrant = phi >= 90 ? generators->second : phi <= -90 ? generators->third : 0;
    return hump_density(&generators->hump, phi) + quadrant / (PI / 2);
}

static double angle_density(double phi, const struct generators *generators, double share)
{
    return (1 - share) * load_angle_density(phi) + share * generator_density(phi, generators);
}

/* Density of `count` deviations from their own mean. */
static double spread_density(double square, double sigma, unsigned count)
{
    return exp(-0.5 * square / (sigma * sigma)) /
           (pow(sigma * sqrt(2 * PI), count - 1.0) * sqrt(count));
}

static double mean_angle(const struct load_view *view)
{
    double re = 0;
    double im = 0;
    for (unsigned k = 0; k < view->count; k++) {
        re += cos(view->phi[k] * RADIANS);
        im += sin(view->phi[k] * RADIANS);
    }
    return atan2(im, re) / RADIANS;
}

static double size_square(const struct load_view *view)
{
    double sum = 0;
    double square = 0;
    for (unsigned k = 0; k < view->count; k++) {
        sum += view->size[k];
        square += view->size[k] * view->size[k];
    }
    return fmax(0, square - sum * sum / view->count);
}

double load_density(const struct load_view *view, enum wiring_generation generation)
{
    double share = generator_share[generation];
    double mixed = 1;
    double feeding = 1; /* a generator of three phases is one generator, not three */
    for (unsigned k = 0; k < view->count; k++) {
        mixed *= angle_density(view->phi[k], &one_phase, share);
        feeding *= generator_density(view->phi[k], &one_phase);
    }
    if (view->count < 2) {
        return mixed;
    }
    double strangers = (1 - share) * mixed + share * feeding;
    double sizes = size_square(view);
    double middle = mean_angle(view);
    double angles = 0; /* square of the deviations, radians */
    for (unsigned k = 0; k < view->count; k++) {
        double off = load_angle_wrap(view->phi[k] - middle) * RADIANS;
        angles += off * off;
    }
    double common = angle_density(middle, &all_phases, share);
    double density =
        STRANGERS * strangers * spread_density(sizes, STRANGERS_SIGMA_NAT, view->count);
    for (unsigned k = 0; k < sizeof kinships / sizeof kinships[0]; k++) {
        density += kinships[k].weight * common *
                   spread_density(angles, kinships[k].sigma_deg * RADIANS, view->count) *
                   spread_density(sizes, kinships[k].sigma_nat, view->count);
    }
    return density;
}
