/*
 * sources/sim_random.h: seeded pseudo-random numbers for the simulator (xoshiro256**, seeded by
 * splitmix64, both by Blackman and Vigna, public domain algorithms).
 *
 * The same seed gives the same numbers on every machine. Not for keys. Called by: simulator, front
 * end.
 */
#ifndef SOURCES_SIM_RANDOM_H
#define SOURCES_SIM_RANDOM_H

#include <stdint.h>

struct sim_random {
    uint64_t state[4];
};

void sim_random_seed(struct sim_random *self, uint64_t seed);

static inline uint64_t sim_random_rotate(uint64_t x, unsigned bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static inline uint64_t sim_random_next(struct sim_random *self)
{
    uint64_t *s = self->state;
    uint64_t result = sim_random_rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = sim_random_rotate(s[3], 45);
    return result;
}

/* In [0, 1). */
static inline double sim_random_uniform(struct sim_random *self)
{
    return (double)(sim_random_next(self) >> 11) * 0x1p-53;
}

/* Mean 0, variance 1, bounded by +-3.46: the sum of four 16-bit uniform numbers out of one draw. */
static inline double sim_random_normal(struct sim_random *self)
{
    uint64_t x = sim_random_next(self);
    int32_t sum = (int32_t)(x & 0xffff) + (int32_t)(x >> 16 & 0xffff) +
                  (int32_t)(x >> 32 & 0xffff) + (int32_t)(x >> 48);
    return (sum - 131070) * (1.7320508075688772 / 65536);
}

#endif
