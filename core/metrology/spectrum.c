/*
 * Harmonics of a window: the samples are resampled to 2048 points over its exact whole cycles and
 * transformed (IEC 61000-4-7: line n x cycles is order n, its neighbours make the sub-group).
 *
 * The resampler is a Kaiser-windowed sinc, tabulated in 256 phases and interpolated between. Its
 * cut-off lies between order 63 and what would fold onto order 63, so high rates are filtered and
 * low ones are told by order_max. A window waits for the half filter length of samples that follow
 * it.
 */
#include "metrology/engine_p.h"

#include <math.h>
#include <string.h>

#include "base/multiversion.h"
#include "metrology/fft.h"

#define PI        3.14159265358979323846
#define PHASES    256
#define TAPS_MIN  32
#define TAPS_MAX  160
#define BETA      9.0
#define PASS_EDGE 0.41 /* of the rate: what 32 taps pass to 2e-5 */

struct spectra {
    uint32_t lanes; /* channels, rounded up to whole groups of FFT_LANES */
    uint32_t taps;
    uint32_t capacity; /* frames in history */
    uint32_t frames;
    uint64_t begin;   /* index of the first frame in history */
    float *history;   /* frames x lanes, counts */
    float *table;     /* (PHASES + 1) x taps */
    double design_hz; /* line frequency the table was made for */
    struct fft_tables *tables;
    struct fft_work *work;
    struct harmonics *harmonics; /* per channel */
    struct spectrum result;
    bool valid;
    bool pending;
    struct window_result window;
};

/* Half the output rate, as an order: 2048 points over 10 or 12 cycles. */
static double half_output_orders(const struct metrology_config *config)
{
    return config->nominal_mhz < 55000 ? FFT_POINTS / 20.0 : FFT_POINTS / 24.0;
}

static uint32_t taps_for(const struct metrology_config *config)
{
    double rate = (double)config->rate_uhz * 1e-6;
    double f = config->nominal_mhz < 55000 ? 42.5 : 51; /* the lowest: the narrowest transition */
    double half = half_output_orders(config);
    double width = 2 * (half - 1.03 * HARMONICS_MAX) * f;
    double taps = rate > 2 * half * f ? ceil(5.7 * rate / width / 8) * 8 : TAPS_MIN;
    return taps < TAPS_MIN ? TAPS_MIN : taps > TAPS_MAX ? TAPS_MAX : (uint32_t)taps;
}

static uint32_t lanes_for(const struct metrology_config *config)
{
    unsigned channels = config->voltages + (unsigned)config->currents;
    return (channels + FFT_LANES - 1) / FFT_LANES * FFT_LANES;
}

/* The longest window (12 cycles at 40 Hz), a filter, and as much again so that moving is rare. */
static uint32_t capacity_for(const struct metrology_config *config)
{
    return 2 * ((uint32_t)(config->rate_uhz / 1000000 * 3 / 10) + 2 * TAPS_MAX + RUN_MAX);
}

static size_t align16(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

struct layout {
    size_t history, table, tables, work, harmonics, end;
};

static struct layout layout_for(const struct metrology_config *config)
{
    struct layout at;
    unsigned channels = config->voltages + config->currents;
    at.history = align16(sizeof(struct spectra));
    at.table = at.history + align16(sizeof(float) * capacity_for(config) * lanes_for(config));
    at.tables = at.table + align16(sizeof(float) * (PHASES + 1) * taps_for(config));
    at.work = at.tables + align16(sizeof(struct fft_tables));
    at.harmonics = at.work + align16(sizeof(struct fft_work));
    at.end = at.harmonics + align16(sizeof(struct harmonics) * channels);
    return at;
}

size_t spectra_memory(const struct metrology_config *config)
{
    return layout_for(config).end;
}

static double bessel_i0(double x)
{
    double term = 1;
    double sum = 1;
    for (int k = 1; k < 40; k++) {
        term *= x / (2.0 * k) * (x / (2.0 * k));
        sum += term;
    }
    return sum;
}

/* A bump of eight samples, by which a row is mended: its moments are far from zero, the sinc's are
 * not. */
static double bump(double x)
{
    double c = fabs(x) < 4 ? cos(PI * x / 8) : 0;
    return c * c;
}

/* Makes a row exact for a constant and for a ramp: then images of the fundamental, which would pass
 * for small harmonics, fall with the square of its frequency. `x` of tap k is k - middle. */
static void normalise_row(float *row, uint32_t taps, double middle)
{
    double m0 = 0, m1 = 0;         /* of the row */
    double w0 = 0, w1 = 0, w2 = 0; /* of the bump */
    for (uint32_t k = 0; k < taps; k++) {
        m0 += (double)row[k];
    }
    for (uint32_t k = 0; k < taps; k++) {
        double x = (double)k - middle;
        m1 += (double)row[k] / m0 * x;
        w0 += bump(x);
        w1 += bump(x) * x;
        w2 += bump(x) * x * x;
    }
    /* a w0 + b w1 = 0 and a w1 + b w2 = -m1 */
    double b = -m1 / (w2 - w1 * w1 / w0);
    double a = -b * w1 / w0;
    for (uint32_t k = 0; k < taps; k++) {
        double x = (double)k - middle;
        row[k] = (float)((double)row[k] / m0 + (a + b * x) * bump(x));
    }
}

/* Row p: the taps for a point p/256 of a sample after the (taps/2 - 1)-th sample. The cut-off goes
 * with the line frequency: half the output rate. */
static void fill_table(struct spectra *spectra, const struct metrology_config *config, double f_hz)
{
    double rate = (double)config->rate_uhz * 1e-6;
    double out_rate = 2 * half_output_orders(config) * f_hz;
    double cutoff = rate > out_rate ? out_rate / rate : 1.0;
    uint32_t taps = spectra->taps;
    spectra->design_hz = f_hz;
    for (uint32_t p = 0; p <= PHASES; p++) {
        float *row = spectra->table + p * taps;
        double middle = taps / 2.0 - 1 + (double)p / PHASES;
        for (uint32_t k = 0; k < taps; k++) {
            double x = (double)k - middle;
            double edge = x / (taps / 2.0);
            double window = fabs(edge) < 1 ? bessel_i0(BETA * sqrt(1 - edge * edge)) : 1;
            double angle = PI * cutoff * x;
            row[k] = (float)((fabs(angle) < 1e-9 ? 1 : sin(angle) / angle) * window);
        }
        normalise_row(row, taps, middle);
    }
}

void spectra_init(struct metrology *self, void *memory)
{
    const struct metrology_config *config = self->config;
    struct layout at = layout_for(config);
    struct spectra *spectra = memory;
    char *base = memory;
    spectra->lanes = lanes_for(config);
    spectra->taps = taps_for(config);
    spectra->capacity = capacity_for(config);
    spectra->history = (float *)(void *)(base + at.history);
    spectra->table = (float *)(void *)(base + at.table);
    spectra->tables = (struct fft_tables *)(void *)(base + at.tables);
    spectra->work = (struct fft_work *)(void *)(base + at.work);
    spectra->harmonics = (struct harmonics *)(void *)(base + at.harmonics);
    fill_table(spectra, config,
               (config->start_mhz != 0 ? config->start_mhz : config->nominal_mhz) * 1e-3);
    fft_init(spectra->tables);
    spectra->result.voltages = config->voltages;
    spectra->result.currents = config->currents;
    for (unsigned v = 0; v < config->voltages; v++) {
        spectra->result.u[v] = &spectra->harmonics[v];
    }
    spectra->result.i = spectra->harmonics + config->voltages;
    self->spectra = spectra;
}

/* Keeps the newest frames: a window, its filter and the window before the next report. */
static void make_room(struct spectra *spectra)
{
    uint32_t keep = spectra->capacity / 2;
    uint32_t drop = spectra->frames - keep;
    memmove(spectra->history, spectra->history + (size_t)drop * spectra->lanes,
            sizeof(float) * keep * spectra->lanes);
    spectra->frames = keep;
    spectra->begin += drop;
}

static void append(struct metrology *self, uint32_t n)
{
    struct spectra *spectra = self->spectra;
    if (spectra->frames + n > spectra->capacity) {
        make_room(spectra);
    }
    float *to = spectra->history + (size_t)spectra->frames * spectra->lanes;
    uint32_t lanes = spectra->lanes;
    for (unsigned c = 0; c < self->channels; c++) {
        const int32_t *x = self->x[c];
        for (uint32_t k = 0; k < n; k++) {
            to[k * lanes + c] = (float)x[k];
        }
    }
    spectra->frames += n;
}

/* Eight lanes as one operand, whatever registers there are. */
typedef float eight __attribute__((vector_size(sizeof(float) * FFT_LANES)));

/* One output point of eight lanes: the taps lie between two rows of the table. Four sums, so that
 * no addition waits for the one before; inlined, so that it is compiled for what its caller is. */
static inline __attribute__((always_inline)) void resample_point(const float *from, uint32_t lanes,
                                                                 uint32_t taps, const float *row,
                                                                 float part, float *out)
{
    float tap[TAPS_MAX];
    const float *above = row + taps;
    for (uint32_t t = 0; t < taps; t++) {
        tap[t] = row[t] + part * (above[t] - row[t]);
    }
    eight sum[4] = {{0}, {0}, {0}, {0}};
    for (uint32_t t = 0; t < taps; t += 4) {
        for (unsigned j = 0; j < 4; j++, from += lanes) {
            eight x;
            memcpy(&x, from, sizeof x);
            sum[j] += x * tap[t + j];
        }
    }
    eight total = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    memcpy(out, &total, sizeof total);
}

/* `from` is a position in history, in frames; `step` frames lie between two points. */
BASE_MULTIVERSION
static void resample_group(const struct spectra *spectra, uint32_t group, double from, double step,
                           struct fft_work *work)
{
    const float *history = spectra->history + group * FFT_LANES;
    uint32_t taps = spectra->taps;
    for (unsigned n = 0; n < FFT_POINTS; n++) {
        double at = from + n * step;
        uint32_t whole = (uint32_t)at;
        float phase = (float)((at - whole) * PHASES);
        uint32_t row = (uint32_t)phase;
        resample_point(history + (size_t)(whole - (taps / 2 - 1)) * spectra->lanes, spectra->lanes,
                       taps, spectra->table + row * taps, phase - (float)row,
                       fft_slot(work, spectra->tables, n));
    }
}

static double wrap_degrees(double degrees)
{
    double wrapped = remainder(degrees, 360.0);
    return wrapped <= -180.0 ? 180.0 : wrapped;
}

static float line_power(const struct spectra *spectra, unsigned k, unsigned lane)
{
    float re, im;
    fft_line(spectra->work, spectra->tables, k, lane, &re, &im);
    return re * re + im * im;
}

/* Orders of one channel; `zero` is the fundamental's angle of U1, degrees, as a sine. */
static void read_orders(const struct spectra *spectra, unsigned lane, unsigned cycles, double unit,
                        double zero, struct harmonics *h)
{
    double scale = unit * 1.4142135623730951 / FFT_POINTS;
    float re, im;
    fft_line(spectra->work, spectra->tables, 0, lane, &re, &im);
    h->rms[0] = (float)fabs(re * unit / FFT_POINTS);
    h->angle[0] = 0;
    h->subgroup[0] = h->rms[0];
    for (unsigned n = 1; n <= HARMONICS_MAX; n++) {
        if (n > spectra->result.order_max) {
            h->rms[n] = h->angle[n] = h->subgroup[n] = NAN;
            continue;
        }
        fft_line(spectra->work, spectra->tables, n * cycles, lane, &re, &im);
        float power = re * re + im * im;
        h->rms[n] = (float)(scale * sqrtf(power));
        power +=
            line_power(spectra, n * cycles - 1, lane) + line_power(spectra, n * cycles + 1, lane);
        h->subgroup[n] = (float)(scale * sqrtf(power));
        h->angle[n] = (float)wrap_degrees(atan2f(im, re) * (180 / PI) + 90 - n * zero);
    }
}

/* The sine angle in degrees that counts as zero: U1's, in the first group of lanes. Where U1 is
 * missing, as in report.c: what it would have by the first voltage that is there; else unknown. */
static double zero_degrees(const struct metrology *self, unsigned cycles)
{
    const struct spectra *spectra = self->spectra;
    const unsigned voltages = self->config->voltages;
    for (unsigned v = 0; v < voltages; v++) {
        if (report_has_voltage(self, v)) {
            float re, im;
            fft_line(spectra->work, spectra->tables, cycles, v, &re, &im);
            return (double)atan2f(im, re) * (180 / PI) + 90 + (voltages == 3 ? v * 120.0 : 0);
        }
    }
    return NAN;
}

static void analyse(struct metrology *self, double from, double span, unsigned cycles, double f_hz)
{
    struct spectra *spectra = self->spectra;
    if (fabs(f_hz / spectra->design_hz - 1) > 0.03) {
        fill_table(spectra, self->config, f_hz);
    }
    double edge = PASS_EDGE * (double)self->config->rate_uhz * 1e-6 / f_hz;
    spectra->result.order_max = edge < HARMONICS_MAX ? (uint8_t)edge : HARMONICS_MAX;
    double zero = 0;
    for (uint32_t group = 0; group < spectra->lanes / FFT_LANES; group++) {
        resample_group(spectra, group, from, span / FFT_POINTS, spectra->work);
        fft_run(spectra->work, spectra->tables);
        if (group == 0) {
            zero = zero_degrees(self, cycles);
        }
        for (unsigned lane = 0; lane < FFT_LANES; lane++) {
            unsigned channel = group * FFT_LANES + lane;
            if (channel < self->channels) {
                struct harmonics *h = &spectra->harmonics[channel];
                read_orders(spectra, lane, cycles, self->input[channel].unit_double, zero, h);
                if (self->leaks) {
                    h->rms[0] = h->subgroup[0] = NAN;
                }
            }
        }
    }
    spectra->valid = true;
}

/* Measures the pending window if its samples have come; with `now`, with what there is: the stretch
 * moves back, and loses cycles, until its filter fits. */
static void try_pending(struct metrology *self, bool now)
{
    struct spectra *spectra = self->spectra;
    const struct window_result *window = &spectra->window;
    double rate = (double)self->config->rate_uhz * 1e-6;
    double f_hz = isnan(window->f_hz) ? (double)self->sync.step * 0x1p-64 * rate : window->f_hz;
    double margin = spectra->taps / 2 + 1;
    double lowest = (double)spectra->begin + margin;
    double highest = (double)(spectra->begin + spectra->frames) - margin;
    unsigned cycles = window->cycles;
    double span = cycles / f_hz * rate;
    double from = (double)window->start > lowest ? (double)window->start : lowest;
    if (from + span > highest && !now) {
        return;
    }
    if (from + span > highest) {
        from = highest - span > lowest ? highest - span : lowest;
        while (cycles > 0 && from + span > highest) {
            cycles--;
            span = cycles / f_hz * rate;
        }
    }
    spectra->pending = false;
    spectra->valid = false;
    if (cycles > 0) {
        analyse(self, from - (double)spectra->begin, span, cycles, f_hz);
    }
    report_window(self, window);
}

void spectra_run(struct metrology *self, uint32_t n)
{
    append(self, n);
    if (self->spectra->pending) {
        try_pending(self, false);
    }
}

void spectra_window(struct metrology *self, const struct window_result *result)
{
    self->spectra->window = *result;
    self->spectra->pending = true;
    try_pending(self, false);
}

void spectra_flush(struct metrology *self)
{
    if (self->spectra->pending) {
        try_pending(self, true);
    }
}

bool spectra_replay(struct metrology *self, uint64_t from, uint32_t n)
{
    const struct spectra *spectra = self->spectra;
    if (spectra == NULL || from < spectra->begin || from + n > spectra->begin + spectra->frames) {
        return false;
    }
    const float *history = spectra->history + (size_t)(from - spectra->begin) * spectra->lanes;
    for (unsigned c = 0; c < self->channels; c++) {
        self->x[c] = self->run[c];
        for (uint32_t k = 0; k < n; k++) {
            self->run[c][k] = (int32_t)history[k * spectra->lanes + c];
        }
    }
    return true;
}

const struct spectrum *spectra_result(const struct metrology *self)
{
    return self->spectra != NULL && self->spectra->valid ? &self->spectra->result : NULL;
}

double harmonics_distortion(const struct harmonics *h, unsigned order_max, unsigned first,
                            unsigned step)
{
    double sum = 0;
    for (unsigned n = first; n <= order_max; n += step) {
        sum += (double)h->rms[n] * (double)h->rms[n];
    }
    return h->rms[1] > 0 ? 100 * sqrt(sum) / (double)h->rms[1] : (double)NAN;
}

double harmonics_k_factor(const struct harmonics *h, unsigned order_max)
{
    double weighted = 0;
    double sum = 0;
    for (unsigned n = 1; n <= order_max; n++) {
        double square = (double)h->rms[n] * (double)h->rms[n];
        weighted += square * n * n;
        sum += square;
    }
    return sum > 0 ? weighted / sum : (double)NAN;
}
