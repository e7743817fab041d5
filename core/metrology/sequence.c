#include "metrology/sequence.h"

#include <math.h>

#define SIN_120 0.86602540378443865

/* |a + b turned by sign * 120 degrees + c turned by -sign * 120 degrees| / 3 */
static double component(const struct sequence_phasor p[3], double sign)
{
    double sine = sign * SIN_120;
    double re = p[0].re - 0.5 * (p[1].re + p[2].re) - sine * (p[1].im - p[2].im);
    double im = p[0].im - 0.5 * (p[1].im + p[2].im) + sine * (p[1].re - p[2].re);
    return hypot(re, im) / 3;
}

struct sequence sequence_of(const struct sequence_phasor p[3])
{
    struct sequence result = {
        .positive = component(p, 1),
        .negative = component(p, -1),
        .zero = hypot(p[0].re + p[1].re + p[2].re, p[0].im + p[1].im + p[2].im) / 3,
    };
    return result;
}

void sequence_from_aron(struct sequence_phasor u[3], struct sequence_phasor i[3])
{
    u[2] = (struct sequence_phasor){u[1].re - u[0].re, u[1].im - u[0].im};
    u[1] = (struct sequence_phasor){-u[1].re, -u[1].im};
    i[2] = i[1];
    i[1] = (struct sequence_phasor){-i[0].re - i[2].re, -i[0].im - i[2].im};
}
