#include "metrology/engine_p.h"

#include <math.h>

/* ceil((2^64 - phase) / step), without the 65th bit. */
uint32_t sync_samples_to_turn(uint64_t phase, uint64_t step)
{
    return (uint32_t)(~phase / step + 1);
}

void sync_plan_cycle(struct metrology *self)
{
    self->sync.cycle_left = sync_samples_to_turn(self->sync.phase, self->sync.step);
}

void sync_plan_half(struct metrology *self)
{
    struct sync *sync = &self->sync;
    if (!self->half.wanted) {
        sync->half_left = UINT32_MAX; /* planned anew before that is over, at each window */
        return;
    }
    uint64_t past = (sync->phase + sync->half_offset) & (HALF_TURN - 1);
    sync->half_left = (uint32_t)((HALF_TURN - past - 1) / sync->step + 1);
}

void sync_init(struct metrology *self)
{
    const struct metrology_config *config = self->config;
    uint32_t start_mhz = config->start_mhz != 0 ? config->start_mhz : config->nominal_mhz;
    struct sync *sync = &self->sync;
    /* 2^64 f / rate: the quotient of 2^63 f / rate, twice; never below, so that a rate that is a
     * multiple of the line frequency gives whole cycles of just that many samples. */
    sync->step = fixed_mul_div((uint64_t)start_mhz * 1000, HALF_TURN, config->rate_uhz) * 2 + 2;
    sync->next_step = sync->step;
    sync->phase = 0;
    sync->locked = config->start_mhz != 0;
    sync->settled = sync->locked ? 2 : 0;
}

void sync_oscillate(struct metrology *self, uint32_t n)
{
    kernel_rotor(&self->sync.rotor, (uint32_t)(self->sync.phase >> 32), n, 7, self->wave);
}

static int64_t shift_right(int64_t value, int shift)
{
    return shift > 0 ? value >> shift : value;
}

static int bits_of(struct phasor p)
{
    uint64_t size = (uint64_t)(p.c < 0 ? -p.c : p.c) | (uint64_t)(p.s < 0 ? -p.s : p.s) | 1;
    return 64 - __builtin_clzll(size);
}

/*
 * A steady tone that is off by a phase step d per sample gives, with a smooth window w and its
 * derivative w', S' = -jd S, so d = -Im(S' conj S) / |S|^2. smooth_weight() leaves out pi / length
 * of the derivative: in turns per sample, d = -ratio / (2 length).
 */
int64_t sync_error(struct phasor track, struct phasor slope, uint64_t turn_step)
{
    int down = bits_of(track) - 30; /* both to 30 bits, so that products fit */
    if (down <= 0) {
        return 0; /* next to nothing to follow */
    }
    /* A tone two lines off has a slope of some times its S. */
    int wide = bits_of(slope) - 31;
    down = wide > down ? wide : down;
    int64_t c = shift_right(track.c, down);
    int64_t s = shift_right(track.s, down);
    int64_t slope_c = shift_right(slope.c, down);
    int64_t slope_s = shift_right(slope.s, down);
    /* S = sum (u c) - j sum (u s), so Im(S' conj S) = -S'_s S_c + S'_c S_s. */
    int64_t cross = slope_c * s - slope_s * c;
    int64_t power = c * c + s * s;
    if (power < (int64_t)1 << 50) {
        return 0; /* a wild transient: nothing but slope */
    }
    uint64_t ratio =
        fixed_mul_div((uint64_t)(cross < 0 ? -cross : cross), (uint64_t)1 << 32, (uint64_t)power);
    const uint64_t ratio_max = (uint64_t)8 << 32; /* beyond is no tone; and the product must fit */
    ratio = ratio < ratio_max ? ratio : ratio_max;
    int64_t error = (int64_t)(ratio * (turn_step >> 34) * 2);
    return cross < 0 ? error : -error;
}
