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

/* Sums over the next cycles' blocks are laid out for the step that is now in force. */
void energy_follow(struct metrology *self)
{
    struct energy *energy = &self->energy;
    energy->mean_length = UINT64_MAX / (self->sync.step >> 16) * MEAN_CYCLES;
    energy->mean_step = UINT64_MAX / energy->mean_length;
    kernel_rotor_init(&energy->mean_rotor, energy->mean_step * energy->block_length << 16);
}

int32_t *energy_ring_slot(struct energy *energy, unsigned voltage, uint64_t block)
{
    return &energy->ring[voltage][block / PAGE % PAGES][block % PAGE];
}

/* A phasor at rest becomes a point of the ring: kernel_blocks() does the same to running ones. */
static int32_t narrow(int64_t value, int shift)
{
    return (int32_t)((value + ((int64_t)1 << (shift - 1))) >> shift);
}

static void block_end(struct metrology *self)
{
    struct energy *energy = &self->energy;
    for (unsigned v = 0; v < self->config->voltages; v++) {
        int32_t *slot = energy_ring_slot(energy, v, energy->blocks);
        slot[0] = narrow(energy->block[v].c, energy->block_shift);
        slot[RUN_MAX] = narrow(energy->block[v].s, energy->block_shift);
        energy->block[v] = (struct phasor){0, 0};
    }
    energy->blocks++;
    energy->block_fill = 0;
}

/* Whole blocks, as many as lie in n samples from `at` and fit the page; returns their samples. */
static uint32_t whole_blocks(struct metrology *self, uint32_t at, uint32_t n)
{
    struct energy *energy = &self->energy;
    uint32_t room = PAGE - (uint32_t)(energy->blocks % PAGE);
    uint32_t count = n / energy->block_length;
    count = count < room ? count : room;
    for (unsigned v = 0; v < self->config->voltages; v++) {
        self->run_square[v] +=
            kernel_blocks(self->x[v] + at, self->wave + at, energy->block_length, count,
                          energy->block_shift, energy_ring_slot(energy, v, energy->blocks));
    }
    energy->blocks += count;
    return count * energy->block_length;
}

/* A block, or part of one, that the run's ends cut. */
static uint32_t part_of_block(struct metrology *self, uint32_t at, uint32_t n)
{
    struct energy *energy = &self->energy;
    uint32_t part = energy->block_length - energy->block_fill;
    part = part < n ? part : n;
    for (unsigned v = 0; v < self->config->voltages; v++) {
        self->run_square[v] +=
            kernel_square_phasor(self->x[v] + at, self->wave + at, part, &energy->block[v]);
    }
    energy->block_fill += part;
    if (energy->block_fill == energy->block_length) {
        block_end(self);
    }
    return part;
}

/* Blocks have a fixed length and run through everything else. */
static void voltage_run(struct metrology *self, uint32_t n)
{
    const struct energy *energy = &self->energy;
    for (unsigned v = 0; v < self->config->voltages; v++) {
        self->run_square[v] = 0;
    }
    for (uint32_t at = 0; at < n;) {
        bool whole = energy->block_fill == 0 && n - at >= energy->block_length;
        at += whole ? whole_blocks(self, at, n - at) : part_of_block(self, at, n - at);
    }
}

void energy_run(struct metrology *self, uint32_t n)
{
    const struct metrology_config *config = self->config;
    struct energy *energy = &self->energy;
    struct entry *open = &energy->open;
    voltage_run(self, n);
    for (unsigned k = 0; k < config->currents; k++) {
        unsigned channel = config->voltages + k;
        self->run_square[channel] =
            kernel_square_phasor(self->x[channel], self->wave, n, &open->i[k]);
    }
    for (unsigned k = 0; k < self->channels; k++) {
        open->square[k] += self->run_square[k];
    }
    for (unsigned k = 0; k < energy->elements; k++) {
        const struct element_energy *element = &energy->element[k];
        open->p[k] += kernel_dot(self->x[element->u], self->x[element->i], n);
    }
    open->length += n;
}

/* Lays a window of `length` samples, from sample `begin` (both Q16), over the blocks. Its length is
 * exact, not a number of blocks: its zeros must fall on the harmonics. */
static void lay_window(const struct metrology *self, uint64_t begin, uint64_t length,
                       struct stretch *stretch)
{
    uint64_t block = (uint64_t)self->energy.block_length << 16;
    stretch->first = (begin + block / 2) / block; /* the first whose middle lies inside */
    /* Less than 2^32, as a length of at most four cycles of 2^11 samples is, Q16. */
    uint32_t beyond = (uint32_t)(begin + length + block / 2 - stretch->first * block);
    uint64_t have = self->energy.blocks - stretch->first;
    stretch->count = beyond / (uint32_t)block < have ? beyond / (uint32_t)block : have;
    const bool usual = length == self->energy.mean_length;
    uint64_t step = usual ? self->energy.mean_step : UINT64_MAX / length;
    stretch->step = block * step;
    stretch->turn = (stretch->first * block + block / 2 - begin) * step;
    stretch->power = 3;
    stretch->rotor = self->energy.mean_rotor;
    if (!usual) {
        uint64_t cycles = (length >> 16) / cycle_samples(self);
        stretch->power = cycles >= 3 ? 3 : cycles > 1 ? (int)cycles - 1 : 0;
        kernel_rotor_init(&stretch->rotor, stretch->step);
    }
}

/* The four cycles that look at an entry from both sides; at the ends of the recording the nearest
 * four. False while blocks still lack (and `force` is off). */
static bool choose_blocks(const struct metrology *self, const struct entry *entry, bool force,
                          struct stretch *stretch)
{
    const struct energy *energy = &self->energy;
    uint64_t length = energy->mean_length;
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
    lay_window(self, begin, length, stretch);
    ASSERT(stretch->count < BLOCKS && energy->blocks - stretch->first <= BLOCKS);
    return true;
}

uint32_t energy_weigh_blocks(struct metrology *self, struct stretch *stretch, bool slopes,
                             uint32_t *at, int64_t *weight)
{
    *at = (uint32_t)(stretch->first % BLOCKS);
    uint32_t room = PAGE - *at % PAGE;
    uint32_t n = stretch->count < room ? (uint32_t)stretch->count : room;
    uint32_t angle = (uint32_t)(stretch->turn >> 32);
    if (slopes || stretch->power != 3) {
        kernel_rotor(&stretch->rotor, angle, n, 0, self->window_wave);
        *weight += kernel_weights(self->window_wave, stretch->power, n, &self->weights);
    } else {
        *weight += kernel_smooth(&stretch->rotor, angle, n, self->weights.w);
    }
    stretch->first += n;
    stretch->count -= n;
    stretch->turn += n * stretch->step;
    return n;
}

static int64_t mean_of(int64_t sum, int32_t per_weight)
{
    int32_t high = kernel_shift(sum, 31);
    return ((int64_t)high * per_weight + ((int64_t)1 << 31)) >> 32;
}

/* sums / (weight 2^MEAN_SHIFT), by way of a reciprocal. A weight has 33 bits at most, and fewer
 * than 31 only in the first moments of a recording. */
static void divide_mean(struct phasor *sum, unsigned voltages, uint64_t weight,
                        int64_t mean[VOLTAGES_MAX][2])
{
    int up = bits_of(weight) < 31 ? 31 - bits_of(weight) : 0;
    uint64_t per_weight = (((uint64_t)1 << (63 - MEAN_SHIFT)) - 1) / (weight << up);
    for (unsigned v = 0; v < voltages; v++) {
        if (up > 0) {
            sum[v].c *= (int64_t)1 << up;
            sum[v].s *= (int64_t)1 << up;
        }
        mean[v][0] = mean_of(sum[v].c, (int32_t)per_weight);
        mean[v][1] = mean_of(sum[v].s, (int32_t)per_weight);
    }
}

/* The mean voltage phasors of a stretch. */
static void mean_voltage(struct metrology *self, struct stretch *stretch,
                         int64_t mean[VOLTAGES_MAX][2])
{
    unsigned voltages = self->config->voltages;
    struct phasor sum[VOLTAGES_MAX] = {0};
    int64_t weight = 0;
    while (stretch->count > 0) {
        uint32_t at;
        uint32_t n = energy_weigh_blocks(self, stretch, false, &at, &weight);
        for (unsigned v = 0; v < voltages; v++) {
            kernel_phasor(self->weights.w, energy_ring_slot(&self->energy, v, at), n, &sum[v]);
        }
    }
    memset(mean, 0, VOLTAGES_MAX * sizeof mean[0]);
    if (weight > 0) {
        divide_mean(sum, voltages, (uint64_t)weight, mean);
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

/* What two elements measure twice over three phases. */
static uint64_t half_of_sqrt3(uint64_t sum)
{
    return fixed_mul_div(sum, UINT64_C(8660254037844), UINT64_C(10000000000000));
}

/* Whether a count of channel a stands for more than one of b. */
static bool is_coarser(const struct metrology *self, unsigned a, unsigned b)
{
    struct scale x = self->input[a].unit;
    struct scale y = self->input[b].unit;
    return x.shift != y.shift ? x.shift < y.shift : x.mantissa > y.mantissa;
}

/* Mean square of a channel in counts Q16 of a coarser one, so that it cannot grow. */
static uint64_t mean_square_q16(const struct metrology *self, unsigned channel, unsigned coarsest,
                                uint32_t n)
{
    struct scale unit = self->input[channel].unit;
    struct scale other = self->input[coarsest].unit;
    struct scale ratio = scale_from_ratio(unit.mantissa, other.mantissa);
    ratio.shift += unit.shift - other.shift;
    uint64_t root = root_mean_q8(self->energy.slice_square[channel], n);
    uint64_t carry = 0;
    uint64_t same = (uint64_t)scale_apply(ratio, (int64_t)root, &carry);
    return same * same;
}

/* The channels whose mean squares make one side of Ue Ie. */
struct group {
    unsigned channel[ELEMENTS_MAX + 1], count;
    unsigned coarsest;
};

static void group_add(const struct metrology *self, struct group *group, unsigned channel)
{
    group->channel[group->count++] = channel;
    if (group->count == 1 || is_coarser(self, channel, group->coarsest)) {
        group->coarsest = channel;
    }
}

/* Root of their sum of squares over the number of elements, in counts Q8 of the coarsest. */
static uint64_t group_root(const struct metrology *self, const struct group *group,
                           unsigned elements, uint32_t n)
{
    uint64_t sum = 0;
    for (unsigned k = 0; k < group->count; k++) {
        sum += mean_square_q16(self, group->channel[k], group->coarsest, n) / elements;
    }
    return fixed_sqrt(sum);
}

/* Ue Ie x time (IEEE 1459-2010, 3.2.2.5), with the measured voltages for Ue: the standard's mix of
 * phase and line voltages differs from them by the zero sequence. A neutral counts only where it is
 * measured; two elements stand for three phases as in the arithmetic sum. */
static uint64_t effective_uj(struct metrology *self, const struct metrology_circuit *circuit,
                             const struct element_energy *first, uint32_t n, uint64_t *carry)
{
    struct group u = {.count = 0};
    struct group i = {.count = 0};
    unsigned elements = circuit->elements;
    for (unsigned e = 0; e < elements; e++) {
        group_add(self, &u, first[e].u);
        group_add(self, &i, first[e].i);
    }
    if (circuit->neutral != CHANNEL_NONE) {
        group_add(self, &i, self->config->voltages + circuit->neutral);
    }
    uint64_t product = group_root(self, &u, elements, n) * group_root(self, &i, elements, n);
    uint64_t sum = fixed_mul_div(product, (uint64_t)n * elements, 1 << 16);
    sum = circuit->wiring == WIRING_3P3W ? half_of_sqrt3(sum) : sum;
    struct scale unit = scale_mul(self->input[u.coarsest].unit, self->input[i.coarsest].unit);
    unit = scale_mul(unit, scale_from_ratio(1, self->config->rate_uhz));
    return (uint64_t)scale_apply(unit, (int64_t)sum, carry);
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
        slice->total.s_uj = circuit->wiring == WIRING_3P3W ? half_of_sqrt3(sum) : sum;
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
    slice.brief = slice.length < cycle_samples(self);
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
    for (unsigned k = 0; k < self->energy.elements; k++) {
        entry->p[k] = 0;
    }
    for (unsigned k = 0; k < self->config->currents; k++) {
        entry->i[k] = (struct phasor){0, 0};
    }
    for (unsigned k = 0; k < self->channels; k++) {
        entry->square[k] = 0;
    }
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
