/* `blondel measure`: a recording in, one record per window and a summary out. */
#include "apps/measure.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "apps/measure_flow.h"
#include "apps/measure_keys.h"
#include "apps/measure_spec.h"

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

double measure_now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

bool measure_should_stop(void)
{
    return interrupted || ferror(stdout);
}

bool measure_interrupted(void)
{
    return interrupted != 0;
}

int measure_fail_source(const struct measure *self, int err)
{
    const char *text = self->source.error[0] ? self->source.error : err_text(err);
    return fail(1, "%s", text);
}

static int measure_segments(struct measure *self)
{
    int status = 0, more = 1;
    while (status == 0 && more > 0 && self->broken == 0 && !measure_should_stop()) {
        status = measure_segment(self);
        more = status == 0 && self->broken == 0 ? source_next_segment(&self->source) : 0;
    }
    if (more < 0) {
        self->broken = more;
    }
    if (status == 0 && self->windows == 0 && self->broken == 0) {
        return fail(1, "%s: nothing to measure: %s", self->options.spec,
                    self->reason[0] ? self->reason : "interrupted");
    }
    return status;
}

/* What was measured; and if the source broke off, that it did. Returns the exit status. */
static int summarise(struct measure *self)
{
    self->report.truncated = self->broken < 0;
    for (unsigned c = 0; c < self->setup.config.circuits; c++) {
        if (self->windows > 0) {
            self->printer->summary(&self->report, c, &self->summary[c]);
        }
    }
    fflush(stdout); /* the complaint comes behind the figures */
    return self->broken < 0 ? measure_fail_source(self, self->broken) : 0;
}

static int prepare(struct measure *self, const struct measure_job *job)
{
    char error[MEASURE_ERROR_MAX] = "";
    const int result =
        measure_setup_build(&self->setup, &self->source.info, &self->options, &self->notes, error);
    if (result == ERR_ARGUMENT) {
        return fail(2, "%s", error);
    }
    if (result < 0) {
        return fail(1, "%s: %s", self->options.spec, error);
    }
    if (self->options.calibration &&
        measure_calibrate(&self->setup, &self->calibration, self->options.calibration, &self->notes,
                          error) < 0) {
        return fail(1, "%s", error);
    }
    struct metrology_config *config = &self->setup.config;
    config->ctx = self;
    config->on_window = measure_on_window;
    config->on_slice = measure_on_slice;
    self->printer = job->printer[self->options.format];
    self->report = (struct report){.out = stdout,
                                   .setup = &self->setup,
                                   .harmonics = self->options.harmonics,
                                   .colour = terminal_colour(),
                                   .ctx = job->ctx};
    self->table_on_terminal = terminal_stdout_is_tty();
    self->summary = calloc(config->circuits, sizeof *self->summary);
    if (self->options.every_s > 0) {
        self->aggregator = calloc(config->circuits, sizeof *self->aggregator);
    }
    self->frames = calloc((size_t)CHUNK_FRAMES * self->source.info.channels, sizeof *self->frames);
    const bool enough =
        self->summary && self->frames && (self->aggregator || self->options.every_s <= 0);
    return enough ? 0 : fail(1, "not enough memory");
}

static int measure_source(struct measure *self, const struct measure_job *job)
{
    int status = prepare(self, job);
    if (status == 0) {
        progress_start(&self->progress, terminal_stderr_is_tty() && !self->options.quiet,
                       measure_now_s());
        status = measure_segments(self);
    }
    if (status == 0) {
        status = summarise(self);
    }
    free(self->summary);
    free(self->aggregator);
    free(self->frames);
    free(self->inputs);
    free(self->memory);
    return status;
}

/* Options that this job can serve: 0 or an exit status. */
static int read_options(struct measure *self, const struct args *args,
                        const struct measure_job *job)
{
    char error[MEASURE_ERROR_MAX];
    if (measure_options_parse(&self->options, args, error) < 0) {
        return fail(2, "%s", error);
    }
    if (job->printer[self->options.format] == NULL) {
        return fail(2, "--format %s: %s does not offer it; see blondel %s --help",
                    args_get(args, "format"), args->command->name, args->command->name);
    }
    if (job->span_s > 0 && !isfinite(self->options.to_s)) {
        self->options.to_s = self->options.from_s + job->span_s;
    }
    self->notes.quiet = self->options.quiet;
    return 0;
}

int measure_run(const struct args *args, const struct measure_job *job)
{
    struct measure *self = calloc(1, sizeof *self);
    if (!self) {
        return fail(1, "not enough memory");
    }
    int status = read_options(self, args, job);
    if (status == 0) {
        const int opened = measure_spec_open(&self->source, &self->options);
        if (opened < 0) {
            status = measure_fail_source(self, opened);
        } else {
            catch_interrupt();
            status = measure_source(self, job);
            source_close(&self->source);
        }
    }
    free(self);
    return status;
}

static int run_measure(const struct args *args)
{
    const struct measure_job job = {.printer = {[FORMAT_TEXT] = &printer_text,
                                                [FORMAT_JSON] = &printer_json,
                                                [FORMAT_CSV] = &printer_csv}};
    if (args_has(args, "keys")) {
        measure_keys_print(stdout);
        return 0;
    }
    if (args->positionals == 0) {
        return fail(2, "measure needs a file; usage: blondel measure %s", args->command->synopsis);
    }
    return measure_run(args, &job);
}

const struct command command_measure = {
    .name = "measure",
    .synopsis = "FILE [options]",
    .summary = "the figures of a recording, window by window and as a whole",
    .examples =
        "  blondel measure substation.cfg             channels are found by name and unit\n"
        "  blondel measure scope.csv --map U1=2,I1=3  or named: number or name of the channel\n"
        "  blondel measure meter.wav --map U1=1,I1=2 --u-full-scale 600 --i-full-scale 90\n"
        "  blondel measure --keys                     what the figures are called and mean\n"
        "  blondel measure fault.cfg --from 1.5 --to 2 --harmonics --format json | jq .u\n"
        "  adc | blondel measure 'raw:-,format=s24,rate=8000,channels=U1;I1,"
        "u-full-scale=600,i-full-scale=90'\n",
    .positionals_max = 1,
    .options = measure_option_rows,
    .run = run_measure,
};
