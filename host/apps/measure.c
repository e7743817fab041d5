/* `blondel measure`: a recording in, one record per window and a summary out. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apps/measure_print.h"
#include "apps/measure_spec.h"
#include "apps/progress.h"

#define CHUNK_FRAMES 1024
#define HEAD_S       0.5 /* what is looked at before a segment is measured */
#define HZ_MIN       42.5
#define REASON_MAX   256

/* A stretch of the recording that has one rate. */
struct stretch {
    double rate_hz;
    uint64_t skip;   /* frames before --from */
    uint64_t limit;  /* frames to take after that; UINT64_MAX: to the end */
    double start_s;  /* of the first frame taken */
    uint32_t number; /* from 1 */
};

struct measure {
    struct measure_options options;
    struct source source;
    struct measure_setup setup;
    struct notes notes;
    struct report report;
    const struct printer *printer;
    struct progress progress;
    struct circuit_summary *summary; /* one per circuit */
    int32_t *frames;                 /* as the source gives them */
    int32_t *inputs;                 /* as metrology takes them: room for the head of a segment */
    uint32_t inputs_frames;
    void *memory; /* metrology's */
    size_t memory_size;
    struct stretch stretch;
    uint64_t windows;               /* of all segments */
    uint64_t covered[CIRCUITS_MAX]; /* the sample up to which windows of this segment reach */
    bool table_on_terminal;
    bool begun;              /* the first record is out */
    char reason[REASON_MAX]; /* why the first segment that was skipped was */
};

/* Set by Ctrl-C: what has been measured is summed up and printed. A second one ends at once. */
static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static void catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool should_stop(void)
{
    return interrupted || ferror(stdout);
}

/* ---- what metrology hands over ------------------------------------------------------------------
 */

/* Whether a quantity says anything about currents, by the naming rule of quantities.def. */
static bool row_needs_current(const char *name)
{
    const size_t length = strlen(name);
    const bool of_voltage = name[0] == 'u' || (length > 2 && strcmp(name + length - 2, "_u") == 0);
    return !of_voltage && name[0] != 'f';
}

/* What depends on a current nobody recorded is unknown, not zero. */
static void blank_absent(const struct measure_circuit *about, struct quantities *q)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        if (!row_needs_current(row->name)) {
            continue;
        }
        double *value = (double *)(void *)((char *)q + row->offset);
        for (unsigned k = 0; k < quantity_count(q, row); k++) {
            const bool known = row->scope == SCOPE_ELEMENT && !about->current_absent[k];
            value[k] = known ? value[k] : NAN;
        }
    }
}

/* The largest of a few values; `instead` if it is below a ten-thousandth of that, or unknown. */
static double largest_of(const double *values, unsigned count, double instead)
{
    double largest = 0;
    for (unsigned k = 0; k < count; k++) {
        largest = fmax(largest, values[k]);
    }
    return largest > instead * 1e-4 ? largest : instead;
}

static void begin_report(struct measure *self, const struct quantities *first)
{
    if (!self->begun) {
        self->begun = true;
        self->report.u_scale = largest_of(first->u, first->elements, self->setup.u_scale);
        self->report.i_scale = largest_of(first->i, first->elements, self->setup.i_scale);
        notes_release(&self->notes);
        self->printer->begin(&self->report);
    }
}

static void add_harmonics(struct measure *self, const struct quantities *q, double fresh_s)
{
    for (unsigned e = 0; q->spectrum && e < q->elements; e++) {
        summary_add_harmonics(&self->summary[q->circuit], e,
                              record_harmonics(&self->report, q, e, 0),
                              record_harmonics(&self->report, q, e, 1), fresh_s);
    }
}

/* Where the window lies, and how much of it no earlier window of its circuit has covered. */
static struct span span_of(struct measure *self, const struct quantities *window)
{
    const double rate_hz = self->stretch.rate_hz;
    uint64_t *covered = &self->covered[window->circuit];
    const uint64_t end = window->start + window->length;
    const uint64_t from = *covered > window->start ? *covered : window->start;
    const uint64_t fresh = end > from ? end - from : 0;
    *covered = end > *covered ? end : *covered;
    return (struct span){.t_s = self->stretch.start_s + (double)window->start / rate_hz,
                         .length_s = window->length / rate_hz,
                         .fresh_s = (double)fresh / rate_hz};
}

static void on_window(void *ctx, const struct quantities *window)
{
    struct measure *self = ctx;
    const struct measure_circuit *about = &self->setup.about[window->circuit];
    struct quantities masked;
    if (about->any_absent) {
        masked = *window;
        blank_absent(about, &masked);
        window = &masked;
    }
    const struct span span = span_of(self, window);
    const struct record record = {
        .q = window, .t_s = span.t_s, .length_s = span.length_s, .segment = self->stretch.number};
    begin_report(self, window);
    if (self->table_on_terminal) {
        progress_clear(&self->progress);
    }
    self->printer->window(&self->report, &record);
    summary_add_window(&self->summary[window->circuit], window, &span);
    add_harmonics(self, window, span.fresh_s);
    self->windows++;
}

static void on_slice(void *ctx, const struct slice *slice)
{
    struct measure *self = ctx;
    summary_add_slice(&self->summary[slice->circuit], slice);
}

/* ---- one segment --------------------------------------------------------------------------------
 */

__attribute__((format(printf, 2, 3))) static void skip_segment(struct measure *self,
                                                               const char *format, ...)
{
    char reason[REASON_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof reason, format, list);
    va_end(list);
    if (self->reason[0] == '\0') {
        snprintf(self->reason, sizeof self->reason, "%s", reason);
    }
    notes_add(&self->notes, "segment %u: %s; skipped", self->stretch.number, reason);
}

/* Where --from and --to fall in the segment; false if it lies outside them. */
static bool place_stretch(struct measure *self)
{
    const struct source_info *info = &self->source.info;
    const struct measure_options *options = &self->options;
    const double rate_hz = options->rate_hz > 0 ? options->rate_hz : info->rate_hz;
    const double before = (options->from_s - info->start_s) * rate_hz;
    const double until = (options->to_s - info->start_s) * rate_hz;
    struct stretch *stretch = &self->stretch;
    *stretch = (struct stretch){.rate_hz = rate_hz, .number = info->segment + 1};
    stretch->skip = before > 0 ? (uint64_t)ceil(before - 1e-6) : 0;
    stretch->start_s = info->start_s + (double)stretch->skip / rate_hz;
    stretch->limit = UINT64_MAX;
    if (until < 1e18) {
        const double last = ceil(until - 1e-6);
        if (last <= (double)stretch->skip) {
            return false;
        }
        stretch->limit = (uint64_t)last - stretch->skip;
    }
    return info->frames == 0 || stretch->skip < info->frames;
}

/* Reads at most `frames` (<= CHUNK_FRAMES) and gathers them at `to`. */
static int read_frames(struct measure *self, uint32_t frames, int32_t *to)
{
    const int got = source_read(&self->source, self->frames, frames);
    if (got < 0 && interrupted) {
        return 0;
    }
    if (got > 0 && to) {
        measure_setup_gather(&self->setup, self->source.info.channels, (uint32_t)got, self->frames,
                             to);
    }
    return got;
}

static int skip_frames(struct measure *self)
{
    uint64_t left = self->stretch.skip;
    while (left > 0 && !should_stop()) {
        const int got =
            read_frames(self, left < CHUNK_FRAMES ? (uint32_t)left : CHUNK_FRAMES, NULL);
        if (got <= 0) {
            return got;
        }
        left -= (uint64_t)got;
    }
    return 1;
}

/* Reads up to `wanted` frames of the stretch behind those already in self->inputs. */
static int read_inputs(struct measure *self, uint32_t wanted, uint64_t *taken)
{
    uint32_t have = 0;
    while (have < wanted && *taken < self->stretch.limit && !should_stop()) {
        const uint64_t room = self->stretch.limit - *taken;
        uint32_t ask = wanted - have < CHUNK_FRAMES ? wanted - have : CHUNK_FRAMES;
        ask = room < ask ? (uint32_t)room : ask;
        const int got =
            read_frames(self, ask, self->inputs + (size_t)have * self->setup.config.inputs);
        if (got < 0) {
            return got;
        }
        if (got == 0) {
            break;
        }
        have += (uint32_t)got;
        *taken += (uint64_t)got;
    }
    return (int)have;
}

static int reserve_inputs(struct measure *self, uint32_t frames)
{
    if (frames <= self->inputs_frames) {
        return 0;
    }
    free(self->inputs);
    self->inputs = calloc((size_t)frames * self->setup.config.inputs, sizeof *self->inputs);
    self->inputs_frames = self->inputs ? frames : 0;
    return self->inputs ? 0 : ERR_SPACE;
}

/* R.m.s. of one input over the head, about its mean, in volts. */
static double head_rms(const struct measure *self, const struct samples *head, unsigned channel)
{
    double sum = 0, square = 0;
    for (uint32_t f = 0; f < head->frames; f++) {
        const double x = head->data[(size_t)f * head->channels + channel];
        sum += x;
        square += x * x;
    }
    const double n = head->frames > 0 ? head->frames : 1;
    const double volts = (double)self->setup.voltage[channel].full_scale_u * 1e-6;
    return sqrt(fmax(square / n - sum / n * (sum / n), 0)) * volts / SAMPLE_FULL_SCALE;
}

/* Frequency of the first voltage that has one, in microhertz; 0 if none has. */
static uint64_t head_frequency(const struct measure *self, const struct samples *head,
                               uint64_t rate_uhz)
{
    for (unsigned k = 0; k < self->setup.config.voltages; k++) {
        const uint64_t found = metrology_acquire(head, k, rate_uhz);
        if (found > 0) {
            return found;
        }
    }
    return 0;
}

/* Nominal values hold for the whole recording: the first segment that is measured decides. */
static void guess_nominals(struct measure *self, const struct samples *head, uint64_t found_uhz)
{
    struct metrology_config *config = &self->setup.config;
    if (self->options.nominal_v == 0) {
        double largest = 0;
        for (unsigned k = 0; k < config->voltages; k++) {
            largest = fmax(largest, head_rms(self, head, k));
        }
        const bool dead = found_uhz == 0 || largest <= 0;
        self->options.nominal_v = measure_guess_nominal(dead ? self->setup.u_scale : largest);
        notes_add(&self->notes, "nominal voltage %.6g V (%s)", self->options.nominal_v,
                  dead ? "by the full scale: no voltage in the first half second"
                       : "by the first half second; --nominal says otherwise");
    }
    if (self->options.nominal_mhz == 0) {
        const double declared = self->source.info.nominal_hz;
        const double hz = found_uhz ? (double)found_uhz * 1e-6 : declared > 0 ? declared : 50;
        self->options.nominal_mhz = hz < 55 ? 50000 : 60000;
        notes_add(&self->notes, "nominal frequency %u Hz: windows of %u cycles (%s)",
                  self->options.nominal_mhz / 1000, self->options.nominal_mhz / 5000,
                  found_uhz ? "by the first half second" : "nothing to follow there");
    }
}

/* Whether the rate is one that metrology takes; says why not. */
static bool check_rate(struct measure *self, uint64_t found_uhz)
{
    const double rate_hz = self->stretch.rate_hz;
    const double nominal_hz = self->options.nominal_mhz ? self->options.nominal_mhz / 1000.0
                              : self->source.info.nominal_hz > 0 ? self->source.info.nominal_hz
                                                                 : 50;
    const double hz = found_uhz ? (double)found_uhz * 1e-6 : nominal_hz;
    if (rate_hz < hz * SAMPLES_PER_CYCLE_MIN || rate_hz < METROLOGY_RATE_MIN_HZ) {
        skip_segment(self, "%.6g Hz sampling is %.1f samples a cycle; at least %d are needed",
                     rate_hz, rate_hz / hz, SAMPLES_PER_CYCLE_MIN);
        return false;
    }
    if (rate_hz > METROLOGY_RATE_MAX_HZ) {
        skip_segment(self, "%.6g Hz sampling is more than the %d Hz that are measured", rate_hz,
                     METROLOGY_RATE_MAX_HZ);
        return false;
    }
    return true;
}

static int reserve_memory(struct measure *self)
{
    const char *field = "";
    if (metrology_check(&self->setup.config, &field) < 0) {
        return fail(1, "%s: %s cannot be measured with", self->options.spec, field);
    }
    const int64_t size = metrology_memory(&self->setup.config);
    if (size < 0) {
        return fail(1, "%s: %s", self->options.spec, err_text((int)size));
    }
    if ((size_t)size > self->memory_size) {
        free(self->memory);
        self->memory = calloc(1, (size_t)size);
        self->memory_size = self->memory ? (size_t)size : 0;
    }
    return self->memory ? 0 : fail(1, "not enough memory");
}

static int fail_source(const struct measure *self, int err)
{
    const char *text = self->source.error[0] ? self->source.error : err_text(err);
    return fail(1, "%s", text);
}

static void show_progress(struct measure *self, uint64_t taken)
{
    const uint64_t frames = self->source.info.frames, skip = self->stretch.skip;
    const uint64_t left = frames > skip ? frames - skip : 0;
    self->progress.total = left < self->stretch.limit ? left : self->stretch.limit;
    progress_update(&self->progress, taken, self->stretch.rate_hz, now_s());
    if (frames == 0 || self->table_on_terminal) {
        fflush(stdout); /* a live source: each window as soon as it is known */
    }
}

/* The head has been read and looked at; metrology takes it and all that follows. */
static int run_metrology(struct measure *self, uint32_t head_frames, uint64_t taken)
{
    struct metrology *metrology =
        metrology_init(self->memory, self->memory_size, &self->setup.config);
    if (!metrology) {
        return fail(1, "%s: cannot be measured", self->options.spec);
    }
    memset(self->covered, 0, sizeof self->covered);
    int got = (int)head_frames;
    while (got > 0) {
        const struct samples samples = {self->inputs, self->setup.config.inputs, (uint32_t)got};
        if (metrology_push(metrology, &samples) < 0) {
            return fail(1, "%s: cannot be measured", self->options.spec);
        }
        show_progress(self, taken);
        got = read_inputs(self, CHUNK_FRAMES, &taken);
    }
    progress_clear(&self->progress);
    if (got < 0) {
        return fail_source(self, got);
    }
    metrology_finish(metrology);
    return 0;
}

static int measure_head(struct measure *self, uint32_t head_frames, uint64_t taken)
{
    struct metrology_config *config = &self->setup.config;
    const uint64_t before = self->windows;
    const struct samples head = {self->inputs, config->inputs, head_frames};
    config->rate_uhz = (uint64_t)llround(self->stretch.rate_hz * 1e6);
    const uint64_t found_uhz = head_frequency(self, &head, config->rate_uhz);
    if (!check_rate(self, found_uhz)) {
        return 0;
    }
    guess_nominals(self, &head, found_uhz);
    config->u_nominal_uv = (uint64_t)llround(self->options.nominal_v * 1e6);
    config->nominal_mhz = self->options.nominal_mhz;
    config->start_mhz = (uint32_t)((found_uhz + 500) / 1000);
    int result = reserve_memory(self);
    if (result == 0) {
        result = run_metrology(self, head_frames, taken);
    }
    if (result == 0 && self->windows == before) {
        skip_segment(self, "%.4g s are too short to measure",
                     (double)head_frames / self->stretch.rate_hz);
    }
    return result;
}

/* Returns an exit status. */
static int measure_segment(struct measure *self)
{
    if (!place_stretch(self)) {
        if (self->reason[0] == '\0') {
            snprintf(self->reason, sizeof self->reason, "nothing lies between --from and --to");
        }
        return 0;
    }
    const double rate_hz = self->stretch.rate_hz;
    if (rate_hz < HZ_MIN * SAMPLES_PER_CYCLE_MIN || rate_hz > METROLOGY_RATE_MAX_HZ) {
        check_rate(self, 0);
        return 0;
    }
    const uint32_t head_frames = (uint32_t)ceil(HEAD_S * rate_hz);
    if (reserve_inputs(self, head_frames > CHUNK_FRAMES ? head_frames : CHUNK_FRAMES) < 0) {
        return fail(1, "not enough memory");
    }
    uint64_t taken = 0;
    int got = skip_frames(self);
    if (got > 0) {
        got = read_inputs(self, head_frames, &taken);
    }
    return got < 0 ? fail_source(self, got) : measure_head(self, (uint32_t)got, taken);
}

/* ---- the whole ----------------------------------------------------------------------------------
 */

static int measure_segments(struct measure *self)
{
    int status = 0, more = 1;
    while (status == 0 && more > 0 && !should_stop()) {
        status = measure_segment(self);
        more = status == 0 ? source_next_segment(&self->source) : 0;
    }
    if (more < 0) {
        return fail_source(self, more);
    }
    if (status == 0 && self->windows == 0) {
        return fail(1, "%s: nothing to measure: %s", self->options.spec,
                    self->reason[0] ? self->reason : "interrupted");
    }
    return status;
}

static void summarise(struct measure *self)
{
    for (unsigned c = 0; c < self->setup.config.circuits; c++) {
        self->printer->summary(&self->report, c, &self->summary[c]);
    }
}

static int prepare(struct measure *self)
{
    static const struct printer *const printers[] = {
        [FORMAT_TEXT] = &printer_text, [FORMAT_JSON] = &printer_json, [FORMAT_CSV] = &printer_csv};
    char error[MEASURE_ERROR_MAX] = "";
    const int result =
        measure_setup_build(&self->setup, &self->source.info, &self->options, &self->notes, error);
    if (result == ERR_ARGUMENT) {
        return fail(2, "%s", error);
    }
    if (result < 0) {
        return fail(1, "%s: %s", self->options.spec, error);
    }
    struct metrology_config *config = &self->setup.config;
    config->ctx = self;
    config->on_window = on_window;
    config->on_slice = on_slice;
    self->printer = printers[self->options.format];
    self->report = (struct report){.out = stdout,
                                   .setup = &self->setup,
                                   .harmonics = self->options.harmonics,
                                   .colour = terminal_colour()};
    self->table_on_terminal = terminal_stdout_is_tty();
    self->summary = calloc(config->circuits, sizeof *self->summary);
    self->frames = calloc((size_t)CHUNK_FRAMES * self->source.info.channels, sizeof *self->frames);
    return self->summary && self->frames ? 0 : fail(1, "not enough memory");
}

static int measure_source(struct measure *self)
{
    int status = prepare(self);
    if (status == 0) {
        progress_start(&self->progress, terminal_stderr_is_tty() && !self->options.quiet, now_s());
        status = measure_segments(self);
    }
    if (status == 0) {
        summarise(self);
    }
    free(self->summary);
    free(self->frames);
    free(self->inputs);
    free(self->memory);
    return status;
}

static int run_measure(const struct args *args)
{
    struct measure *self = calloc(1, sizeof *self);
    if (!self) {
        return fail(1, "not enough memory");
    }
    char error[MEASURE_ERROR_MAX];
    int status = 0;
    if (measure_options_parse(&self->options, args, error) < 0) {
        status = fail(2, "%s", error);
    } else {
        self->notes.quiet = self->options.quiet;
        const int opened = measure_spec_open(&self->source, &self->options);
        if (opened < 0) {
            status = fail_source(self, opened);
        } else {
            catch_interrupt();
            status = measure_source(self);
            source_close(&self->source);
        }
    }
    free(self);
    return status;
}

const struct command command_measure = {
    .name = "measure",
    .synopsis = "FILE [options]",
    .summary = "the figures of a recording, window by window and as a whole",
    .examples =
        "  blondel measure substation.cfg             channels are found by name and unit\n"
        "  blondel measure scope.csv --map U1=2,I1=3  or named: number or name of the channel\n"
        "  blondel measure meter.wav --map U1=1,I1=2 --u-full-scale 600 --i-full-scale 90\n"
        "  blondel measure fault.cfg --from 1.5 --to 2 --harmonics --format json | jq .u\n"
        "  adc | blondel measure 'raw:-,format=s24,rate=8000,channels=U1;I1,"
        "u-full-scale=600,i-full-scale=90'\n",
    .positionals_min = 1,
    .positionals_max = 1,
    .options = measure_option_rows,
    .run = run_measure,
};
