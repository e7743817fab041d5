/*
 * Gapless energy. P is the plain sum of u i: nothing is windowed, lost or counted twice. Q is the
 * sum of i times the fundamental of the voltage, turned by a quarter: per entry 2 Im(U conj sum(i
 * e^-jp)), where U comes out of a smooth four-cycle window around the middle of the entry, which
 * holds off harmonics by more than 100 dB and has no phase error, whatever the frequency does.
 */
#include "metrology/engine_p.h"

#include <string.h>

#include "base/assert.h"

#define MEAN_CYCLES 4 /* length of the window over the voltage blocks */
#define MEAN_SHIFT  2 /* the mean keeps 27 bits, so that its product with a current sum fits */

static uint64_t cycle_samples(const struct metrology *self)
{
    return UINT64_MAX / self->sync.step;
}

static int bits_of(uint64_t value)
{
    return value == 0 ? 0 : 64 - __builtin_clzll(value);
}

void energy_init(struct metrology *self)
{
    const struct metrology_config *config = self->config;
    struct energy *energy = &self->energy;
    uint64_t per_cycle = config->rate_uhz / ((uint64_t)config->nominal_mhz * 1000);
    uint64_t block = per_cycle / 16;
    energy->block_length = block < 1 ? 1 : block > RUN_MAX ? RUN_MAX : (uint32_t)block;
    /* A full-scale sine gives a block sum of 2^45 times the block length: keep 30 bits. */
    energy->block_shift = 16 + bits_of(energy->block_length);
    /* A cycle's current sum has 45 bits and those of the cycle's length: keep 36. */
    energy->current_shift = 10 + bits_of(config->rate_uhz / 42000000);
    unsigned flat = 0;
    for (unsigned c = 0; c < config->circuits; c++) {
        for (unsigned e = 0; e < config->circuit[c].elements; e++, flat++) {
            struct element_energy *element = &energy->element[flat];
            element->u = config->circuit[c].element[e].u;
            element->i = (uint8_t)(config->voltages + config->circuit[c].element[e].i);
        }
    }
    energy->elements = (uint16_t)flat;
    energy_reload(self);
}

/*
 * P: microvolt x microampere x samples are picowatt x samples; divided by the rate and 10^6,
 * microjoule. Q: the ring holds U/2 x length x 2^23 >> block_shift (then >> MEAN_SHIFT), the
 * current sums Q23 >> current_shift.
 */
void energy_reload(struct metrology *self)
{
    struct energy *energy = &self->energy;
    struct scale time = scale_from_ratio(1, self->config->rate_uhz);
    for (unsigned k = 0; k < energy->elements; k++) {
        struct element_energy *element = &energy->element[k];
        struct scale unit = scale_mul(self->input[element->u].unit, self->input[element->i].unit);
        element->unit = scale_mul(unit, time);
        struct scale ring = scale_from_ratio(2, energy->block_length);
        ring.shift += 46 - energy->block_shift - MEAN_SHIFT - energy->current_shift;
        element->unit_q = scale_mul(element->unit, ring);
    }
}

static void block_end(struct metrology *self, uint64_t end)
{
    struct energy *energy = &self->energy;
    int32_t(*slot)[2] = energy->ring[energy->blocks % BLOCKS];
    int64_t half = (int64_t)1 << (energy->block_shift - 1);
    for (unsigned k = 0; k < self->config->voltages; k++) {
        slot[k][0] = (int32_t)((energy->block[k].c + half) >> energy->block_shift);
        slot[k][1] = (int32_t)((energy->block[k].s + half) >> energy->block_shift);
        energy->block[k] = (struct phasor){0, 0};
    }
    energy->blocks++;
    energy->block_fill = 0;
    window_block(self, 2 * end - energy->block_length);
}

/* Blocks have a fixed length and run through everything else. */
static void voltage_run(struct metrology *self, uint32_t n)
{
    struct energy *energy = &self->energy;
    for (uint32_t at = 0; at < n;) {
        uint32_t part = energy->block_length - energy->block_fill;
        part = part < n - at ? part : n - at;
        for (unsigned k = 0; k < self->config->voltages; k++) {
            kernel_phasor(self->x[k] + at, self->cosine + at, self->sine + at, part,
                          &energy->block[k]);
        }
        at += part;
        energy->block_fill += part;
        if (energy->block_fill == energy->block_length) {
            block_end(self, self->position + at);
        }
    }
}

void energy_run(struct metrology *self, uint32_t n)
{
    const struct metrology_config *config = self->config;
    struct energy *energy = &self->energy;
    struct entry *open = &energy->open;
    voltage_run(self, n);
    for (unsigned k = 0; k < config->currents; k++) {
        kernel_phasor(self->x[config->voltages + k], self->cosine, self->sine, n, &open->i[k]);
    }
    for (unsigned k = 0; k < self->channels; k++) {
        self->run_square[k] = kernel_square(self->x[k], n);
        open->square[k] += self->run_square[k];
    }
    for (unsigned k = 0; k < energy->elements; k++) {
        const struct element_energy *element = &energy->element[k];
        open->p[k] += kernel_dot(self->x[element->u], self->x[element->i], n);
    }
    open->length += n;
}

/* A stretch of finished blocks and the smooth window laid over it. */
struct stretch {
    uint64_t first, count;
    uint64_t turn,
        turn_step; /* of the window at the first block's middle, and per block; 2^64 a turn */
    int power;
};

/* Lays a window of `length` samples, from sample `begin` (both Q16), over the blocks. Its length is
 * exact, not a number of blocks: its zeros must fall on the harmonics. */
static struct stretch lay_window(const struct metrology *self, uint64_t begin, uint64_t length)
{
    uint64_t block = (uint64_t)self->energy.block_length << 16;
    struct stretch stretch;
    stretch.first = (begin + block / 2) / block; /* the first whose middle lies inside */
    uint64_t past = (begin + length + block / 2) / block;
    past = past > self->energy.blocks ? self->energy.blocks : past;
    stretch.count = past > stretch.first ? past - stretch.first : 0;
    stretch.turn_step = fixed_mul_div(block, HALF_TURN, length) * 2;
    stretch.turn = fixed_mul_div(stretch.first * block + block / 2 - begin, HALF_TURN, length) * 2;
    uint64_t cycles = (length >> 16) / cycle_samples(self);
    stretch.power = cycles >= 3 ? 3 : cycles > 1 ? (int)cycles - 1 : 0;
    return stretch;
}

/* The four cycles that look at an entry from both sides; at the ends of the recording the nearest
 * four. False while blocks still lack (and `force` is off). */
static bool choose_blocks(const struct metrology *self, const struct entry *entry, bool force,
                          struct stretch *stretch)
{
    const struct energy *energy = &self->energy;
    uint64_t length = UINT64_MAX / (self->sync.step >> 16) * MEAN_CYCLES; /* Q16 */
    uint64_t have = energy->blocks * energy->block_length << 16;
    uint64_t middle = (2 * entry->start + entry->length) << 15;
    uint64_t begin = middle > length / 2 ? middle - length / 2 : 0;
    if (begin + length > have) {
        if (!force) {
            return false;
        }
        length = length < have ? length : have;
        begin = have - length;
    }
    if (have == 0) {
        *stretch = (struct stretch){0};
        return true;
    }
    *stretch = lay_window(self, begin, length);
    ASSERT(stretch->count < BLOCKS && energy->blocks - stretch->first <= BLOCKS);
    return true;
}

static int64_t divide_rounded(int64_t value, int64_t divisor)
{
    return (value + (value < 0 ? -divisor : divisor) / 2) / divisor;
}

/* The mean voltage phasors of a stretch. */
static void mean_voltage(const struct metrology *self, const struct stretch *stretch,
                         int64_t mean[VOLTAGES_MAX][2])
{
    unsigned voltages = self->config->voltages;
    uint64_t turn = stretch->turn;
    int64_t weights = 0;
    memset(mean, 0, VOLTAGES_MAX * sizeof mean[0]);
    for (uint64_t k = 0; k < stretch->count; k++, turn += stretch->turn_step) {
        int32_t weight = smooth_weight((uint32_t)(turn >> 32), stretch->power, NULL) >> 8;
        const int32_t(*slot)[2] =
            (const int32_t(*)[2])self->energy.ring[(stretch->first + k) % BLOCKS];
        weights += weight;
        for (unsigned v = 0; v < voltages; v++) {
            mean[v][0] += (int64_t)slot[v][0] * weight;
            mean[v][1] += (int64_t)slot[v][1] * weight;
        }
    }
    for (unsigned v = 0; v < voltages && weights > 0; v++) {
        mean[v][0] = divide_rounded(mean[v][0], weights * (1 << MEAN_SHIFT));
        mean[v][1] = divide_rounded(mean[v][1], weights * (1 << MEAN_SHIFT));
    }
}

static void add_entry(struct metrology *self, const struct entry *entry,
                      int64_t mean[VOLTAGES_MAX][2])
{
    struct energy *energy = &self->energy;
    unsigned voltages = self->config->voltages;
    for (unsigned k = 0; k < energy->elements; k++) {
        struct element_energy *element = &energy->element[k];
        const int64_t *u = mean[element->u];
        const struct phasor *i = &entry->i[element->i - voltages];
        int64_t half = (int64_t)1 << (energy->current_shift - 1);
        int64_t i_c = (i->c + half) >> energy->current_shift;
        int64_t i_s = (i->s + half) >> energy->current_shift;
        /* (uc - j us)(ic + j is): the imaginary part is uc is - us ic. */
        int64_t q = u[0] * i_s - u[1] * i_c;
        element->p_uj += scale_apply(element->unit, entry->p[k], &element->carry_p);
        element->q_uj += scale_apply(element->unit_q, q, &element->carry_q);
    }
    for (unsigned k = 0; k < self->channels; k++) {
        energy->slice_square[k] += entry->square[k];
    }
}

/* Root of the mean square, counts Q8. */
static uint64_t root_mean_q8(int64_t sum, uint32_t n)
{
    uint64_t total = (uint64_t)sum;
    return fixed_sqrt(((total / n) << 16) + ((total % n) << 16) / n);
}

static uint64_t apparent_uj(struct metrology *self, struct element_energy *element, uint32_t n)
{
    uint64_t u = root_mean_q8(self->energy.slice_square[element->u], n);
    uint64_t i = root_mean_q8(self->energy.slice_square[element->i], n);
    uint64_t sum = fixed_mul_div(u * i, n, 1 << 16);
    return (uint64_t)scale_apply(element->unit, (int64_t)sum, &element->carry_s);
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* sqrt(a^2 + b^2) of energies of up to 63 bits, to 2^-30 of the larger. */
static uint64_t hypotenuse(uint64_t a, uint64_t b)
{
    int down = bits_of(a | b) - 31;
    down = down < 0 ? 0 : down;
    int up = down == 0 ? (31 - bits_of(a | b)) : 0;
    uint64_t x = a >> down << up;
    uint64_t y = b >> down << up;
    return (uint64_t)fixed_sqrt(x * x + y * y) << down >> up;
}

/* Below its starting thresholds an element registers nothing. A slice of less than a cycle keeps
 * the last decision, for u i alone says little then. */
static void decide_no_load(const struct metrology *self, const struct metrology_circuit *circuit,
                           struct element_energy *element, uint32_t length)
{
    if (circuit->start_p_uw == 0 && circuit->start_q_uvar == 0) {
        element->no_load = false;
    } else if (length >= cycle_samples(self)) {
        uint64_t time = (uint64_t)length * 1000000;
        element->no_load = magnitude(element->p_uj) <
                               fixed_mul_div(circuit->start_p_uw, time, self->config->rate_uhz) &&
                           magnitude(element->q_uj) <
                               fixed_mul_div(circuit->start_q_uvar, time, self->config->rate_uhz);
    }
}

/* Ue Ie x time (IEEE 1459-2010, 3.2.2.5), with the phase voltages for Ue: their mean square differs
 * from the standard's mix of phase and line voltages only by the zero sequence. */
static uint64_t effective_uj(struct metrology *self, const struct metrology_circuit *circuit,
                             const struct element_energy *first, uint32_t n, uint64_t *carry)
{
    uint64_t u_square = 0;
    uint64_t i_square = 0;
    unsigned elements = circuit->elements;
    for (unsigned e = 0; e < elements; e++) {
        uint64_t u = root_mean_q8(self->energy.slice_square[first[e].u], n);
        uint64_t i = root_mean_q8(self->energy.slice_square[first[e].i], n);
        u_square += u * u / elements;
        i_square += i * i / elements;
    }
    if (circuit->neutral != CHANNEL_NONE) {
        uint64_t i =
            root_mean_q8(self->energy.slice_square[self->config->voltages + circuit->neutral], n);
        i_square += i * i / elements;
    }
    uint64_t product = (uint64_t)fixed_sqrt(u_square) * fixed_sqrt(i_square);
    uint64_t sum = fixed_mul_div(product, (uint64_t)n * elements, 1 << 16);
    return (uint64_t)scale_apply(first->unit, (int64_t)sum, carry);
}

static void total_slice(struct metrology *self, const struct metrology_circuit *circuit,
                        const struct element_energy *first, struct slice *slice)
{
    uint64_t sum = 0;
    for (unsigned e = 0; e < circuit->elements; e++) {
        slice->total.p_uj += slice->element[e].p_uj;
        slice->total.q1_uj += slice->element[e].q1_uj;
        sum += slice->element[e].s_uj;
    }
    switch (circuit->apparent) {
    case APPARENT_VECTOR:
        slice->total.s_uj = hypotenuse(magnitude(slice->total.p_uj), magnitude(slice->total.q1_uj));
        break;
    case APPARENT_EFFECTIVE:
        slice->total.s_uj = sum == 0 ? 0
                                     : effective_uj(self, circuit, first, slice->length,
                                                    &self->energy.carry_total[slice->circuit]);
        break;
    default: /* two elements for three phases: sqrt 3 / 2 of their sum */
        slice->total.s_uj =
            circuit->wiring == WIRING_3P3W
                ? fixed_mul_div(sum, UINT64_C(8660254037844), UINT64_C(10000000000000))
                : sum;
        break;
    }
}

static void emit_circuit(struct metrology *self, unsigned c, struct element_energy *first,
                         uint64_t end, bool cut)
{
    const struct metrology_circuit *circuit = &self->config->circuit[c];
    struct slice slice = {.start = self->energy.slice_start,
                          .circuit = (uint16_t)c,
                          .elements = circuit->elements,
                          .cut = cut};
    slice.length = (uint32_t)(end - slice.start);
    slice.flags = self->sync.locked ? 0 : FLAG_NO_SYNC;
    for (unsigned e = 0; e < circuit->elements; e++) {
        struct element_energy *element = &first[e];
        decide_no_load(self, circuit, element, slice.length);
        if (element->no_load) {
            slice.no_load = (uint16_t)(slice.no_load | 1u << e);
        } else {
            slice.element[e].p_uj = element->p_uj;
            slice.element[e].q1_uj = element->q_uj;
            slice.element[e].s_uj = apparent_uj(self, element, slice.length);
        }
        element->p_uj = 0;
        element->q_uj = 0;
    }
    total_slice(self, circuit, first, &slice);
    if (self->config->on_slice != NULL) {
        self->config->on_slice(self->config->ctx, &slice);
    }
}

static void emit_slices(struct metrology *self, uint64_t end, bool cut)
{
    struct energy *energy = &self->energy;
    struct element_energy *first = energy->element;
    for (unsigned c = 0; c < self->config->circuits; c++) {
        emit_circuit(self, c, first, end, cut);
        first += self->config->circuit[c].elements;
    }
    memset(energy->slice_square, 0, self->channels * sizeof *energy->slice_square);
    energy->slice_start = end;
}

void energy_resolve(struct metrology *self, bool all)
{
    struct energy *energy = &self->energy;
    while (energy->entry_count > 0) {
        const struct entry *entry = &energy->entry[energy->entry_first];
        bool force = all || energy->entry_count >= ENTRIES - 1;
        struct stretch stretch;
        if (!choose_blocks(self, entry, force, &stretch)) {
            return;
        }
        int64_t mean[VOLTAGES_MAX][2];
        mean_voltage(self, &stretch, mean);
        add_entry(self, entry, mean);
        if (entry->ends_window || entry->ends_cut) {
            emit_slices(self, entry->start + entry->length, entry->ends_cut);
        }
        energy->entry_first = (energy->entry_first + 1) % ENTRIES;
        energy->entry_count--;
    }
}

static void entry_clear(const struct metrology *self, struct entry *entry)
{
    memset(entry->p, 0, self->energy.elements * sizeof *entry->p);
    memset(entry->i, 0, self->config->currents * sizeof *entry->i);
    memset(entry->square, 0, self->channels * sizeof *entry->square);
    entry->length = 0;
    entry->ends_window = false;
    entry->ends_cut = false;
}

/* The open entry goes to the ring; the ring's slot gives its arrays in exchange. */
void energy_close_entry(struct metrology *self, bool ends_window, bool ends_cut)
{
    struct energy *energy = &self->energy;
    if (energy->open.length == 0) { /* ends exactly where the entry before ended */
        if (energy->entry_count > 0) {
            struct entry *before =
                &energy->entry[(energy->entry_first + energy->entry_count - 1) % ENTRIES];
            before->ends_window = before->ends_window || ends_window;
            before->ends_cut = before->ends_cut || ends_cut;
        }
        return;
    }
    energy_resolve(self, false);
    ASSERT(energy->entry_count < ENTRIES);
    struct entry *slot = &energy->entry[(energy->entry_first + energy->entry_count) % ENTRIES];
    struct entry spare = *slot;
    *slot = energy->open;
    slot->ends_window = ends_window;
    slot->ends_cut = ends_cut;
    energy->entry_count++;
    energy->open = spare;
    entry_clear(self, &energy->open);
    energy->open.start = slot->start + slot->length;
}

void energy_finish(struct metrology *self)
{
    energy_close_entry(self, false, false);
    energy_resolve(self, true);
    if (self->energy.slice_start < self->position) {
        emit_slices(self, self->position, false);
    }
}
