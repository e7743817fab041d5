/* `blondel calibrate`: walks a person, or a script, from a known load to a calibration file. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apps/calibrate_session.h"
#include "apps/command.h"
#include "metrology/wiring.h"

#define LINE_MAX_SIZE   512
#define TIME_STANDARD_S 5.0
#define SETTLE_STANDARD 1.0
#define SETTLE_COIL_S   15.0 /* the integrator of a coil forgets within some seconds */
#define TIME_MIN_S      1.0
#define TIME_MAX_S      600.0
#define DEFAULT_OUTPUT  "blondel.cal"

struct calibrate {
    const struct args *args;
    struct calibrate_session session;
    struct source source;
    bool is_open;
    bool asks; /* a person sits at a terminal */
    double time_s, settle_s;
    struct reference reference[REFERENCE_POINTS_MAX];
    int references;
    struct notes notes;
};

/* Set by Ctrl-C: nothing has been written by then, and nothing will be. */
static volatile int interrupted;

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

/* A line from the person, without its end; false at the end of input or after Ctrl-C. */
static bool ask(char line[LINE_MAX_SIZE], const char *question)
{
    fprintf(stderr, "%s ", question);
    fflush(stderr);
    if (interrupted || fgets(line, LINE_MAX_SIZE, stdin) == NULL) {
        fputc('\n', stderr);
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static int option_seconds(const struct args *args, const char *name, double standard, double lowest,
                          double *seconds)
{
    const char *text = args_get(args, name);
    char *end;
    *seconds = text != NULL ? strtod(text, &end) : standard;
    if (text != NULL &&
        (end == text || *end != '\0' || !(*seconds >= lowest) || *seconds > TIME_MAX_S)) {
        return fail(2, "--%s %s: write seconds, %g to %g", name, text, lowest, TIME_MAX_S);
    }
    return 0;
}

static int options_read(struct calibrate *self)
{
    const char *text = args_get(self->args, "reference");
    int status = option_seconds(self->args, "time", TIME_STANDARD_S, TIME_MIN_S, &self->time_s);
    if (status == 0) {
        status = option_seconds(self->args, "settle", SETTLE_STANDARD, 0, &self->settle_s);
    }
    if (status != 0) {
        return status;
    }
    char error[REFERENCE_ERROR_MAX];
    if (text != NULL) {
        self->references = reference_parse(self->reference, REFERENCE_POINTS_MAX, text, error);
        if (self->references < 0) {
            return fail(2, "--reference: %s", error);
        }
    }
    self->asks = isatty(STDIN_FILENO) && terminal_stderr_is_tty();
    if (text == NULL && !self->asks) {
        return fail(2, "what was really there? --reference u=230,i=5,pf=0.5");
    }
    int sources = self->args->positionals;
    if (sources > 1 && sources != self->references) {
        return fail(2, "%d sources and %d points of --reference: give one source, or one per point",
                    sources, self->references);
    }
    return 0;
}

static int measure_options_fill(const struct calibrate *self, const char *spec,
                                struct measure_options *options)
{
    const char *wiring = args_get(self->args, "wiring");
    *options = (struct measure_options){.spec = spec,
                                        .map = args_get(self->args, "map"),
                                        .invert = args_get(self->args, "invert"),
                                        .wiring = CHANNELS_WIRING_ANY};
    if (wiring != NULL) {
        const struct wiring_row *row = wiring_find(wiring);
        if (row == NULL) {
            return fail(2, "--wiring %s: 1p2w, 1p3w, 3p3w, 3p4w and 3p4wd are known", wiring);
        }
        options->wiring = (int)(row - wiring_table);
    }
    return 0;
}

static void source_shut(struct calibrate *self)
{
    if (self->is_open) {
        source_close(&self->source);
        self->is_open = false;
    }
}

/* Opens a source; the first one decides how everything is measured. */
static int source_start(struct calibrate *self, const char *spec)
{
    struct measure_options options;
    char error[MEASURE_ERROR_MAX];
    source_shut(self);
    int err = source_open(&self->source, spec);
    if (err < 0) {
        return fail(1, "%s", self->source.error[0] ? self->source.error : err_text(err));
    }
    self->is_open = true;
    if (self->session.setup.config.inputs != 0) {
        return 0;
    }
    int status = measure_options_fill(self, spec, &options);
    if (status != 0) {
        return status;
    }
    err = measure_setup_build(&self->session.setup, &self->source.info, &options, &self->notes,
                              error);
    if (err < 0) {
        return fail(err == ERR_ARGUMENT ? 2 : 1, "%s: %s", spec, error);
    }
    self->session.setup.config.spectrum = false;
    for (unsigned k = 0; k < self->session.setup.config.currents; k++) {
        if (self->session.setup.current[k].integrate && args_get(self->args, "settle") == NULL) {
            self->settle_s = SETTLE_COIL_S;
        }
    }
    return 0;
}

/* Frequency by the samples, voltage by the reference. */
static int nominals_set(struct calibrate *self, const struct capture *capture)
{
    struct metrology_config *config = &self->session.setup.config;
    uint64_t found_uhz =
        metrology_acquire(&capture->samples, 0, (uint64_t)(capture->rate_hz * 1e6));
    double u_v = self->references > 0 ? self->reference[0].u_v[0] : 0;
    if (found_uhz == 0) {
        return fail(1, "there is no voltage to follow on the first phase");
    }
    config->nominal_mhz = found_uhz < 55000000 ? 50000 : 60000;
    config->start_mhz = (uint32_t)((found_uhz + 500) / 1000);
    config->u_nominal_uv = (uint64_t)llround((u_v > 0 ? u_v : 230) * 1e6);
    return 0;
}

/* Adds a step out of what the source gives now. */
static int step_take(struct calibrate *self, bool no_load, const struct reference *reference)
{
    struct calibrate_session *session = &self->session;
    struct calibrate_step *step = &session->step[session->steps];
    double rate = self->source.info.rate_hz;
    *step = (struct calibrate_step){.no_load = no_load};
    if (reference != NULL) {
        step->reference = *reference;
    }
    fprintf(stderr, "%s: %g s to settle, %g s to measure...\n", no_load ? "no load" : "load",
            self->settle_s, self->time_s);
    int err = capture_read(&step->capture, &self->source, &session->setup,
                           (uint32_t)(self->settle_s * rate), (uint32_t)(self->time_s * rate),
                           &interrupted);
    if (err == ERR_STATE) {
        return fail(1, "interrupted; nothing was written");
    }
    if (err == ERR_TRUNCATED) {
        return fail(1, "%s: is shorter than the %g s that --settle and --time ask for",
                    self->args->positional[0], self->settle_s + self->time_s);
    }
    if (err < 0) {
        return fail(1, "%s", self->source.error[0] ? self->source.error : err_text(err));
    }
    session->steps++;
    return nominals_set(self, &step->capture);
}

/* ---- who says what is applied: options or a person ---------------------------------------------
 */

static int no_load_scripted(struct calibrate *self)
{
    const char *spec = args_get(self->args, "no-load");
    if (spec == NULL) {
        return 0;
    }
    int status = source_start(self, spec);
    return status != 0 ? status : step_take(self, true, NULL);
}

static int points_scripted(struct calibrate *self)
{
    int status = 0;
    for (int k = 0; k < self->references && status == 0; k++) {
        char line[LINE_MAX_SIZE], question[LINE_MAX_SIZE];
        if (k < self->args->positionals) {
            status = source_start(self, self->args->positional[k]);
        }
        const struct reference *point = &self->reference[k];
        if (status == 0 && self->args->positionals == 1 && self->asks) {
            snprintf(question, sizeof question,
                     "Apply %.6g V, %.6g A, %.4g degrees, then Enter:", point->u_v[0],
                     point->i_a[0], point->phi_deg[0]);
            status = ask(line, question) ? 0 : fail(1, "nothing was written");
        }
        if (status == 0) {
            status = step_take(self, false, point);
        }
    }
    return status;
}

static int no_load_asked(struct calibrate *self)
{
    char line[LINE_MAX_SIZE];
    if (!ask(line, "Voltage on, no current: Enter to find offsets, s to skip:")) {
        return fail(1, "nothing was written");
    }
    return line[0] == 's' ? 0 : step_take(self, true, NULL);
}

static int points_asked(struct calibrate *self)
{
    while (self->references < REFERENCE_POINTS_MAX) {
        char line[LINE_MAX_SIZE], error[REFERENCE_ERROR_MAX];
        struct reference *point = &self->reference[self->references];
        if (!ask(line,
                 "Apply a load; what does the reference say? (u=230,i=5,pf=0.5; Enter ends)")) {
            return fail(1, "nothing was written");
        }
        if (line[0] == '\0') {
            break;
        }
        int count = reference_parse(point, 1, line, error);
        if (count < 0) {
            fprintf(stderr, "%s\n", error);
            continue;
        }
        self->references++;
        int status = step_take(self, false, point);
        if (status != 0) {
            return status;
        }
    }
    return self->references > 0 ? 0 : fail(1, "no load, no calibration; nothing was written");
}

static int steps_take(struct calibrate *self)
{
    int status = no_load_scripted(self);
    if (status == 0 && self->references > 0) {
        return points_scripted(self);
    }
    if (status == 0) {
        status = source_start(self, self->args->positional[0]);
    }
    if (status == 0 && args_get(self->args, "no-load") == NULL) {
        status = no_load_asked(self);
    }
    return status == 0 ? points_asked(self) : status;
}

/* ---- what comes out ----------------------------------------------------------------------------
 */

static void print_value(double value, int width, int places)
{
    if (isnan(value)) {
        printf(" %*s", width, "-");
    } else {
        printf(" %+*.*f", width, places, value);
    }
}

static void print_errors(struct calibrate_errors errors)
{
    print_value(errors.u_percent, 9, 4);
    print_value(errors.i_percent, 9, 4);
    print_value(errors.phase_min, 9, 3);
    print_value(errors.p_percent, 9, 4);
}

static void print_table(const struct calibrate_session *session)
{
    static const char columns[] = "      U %       I %     phase'       P %";
    printf("%-28s  %-39s  %s\n", "load", "  before", "  after");
    printf("%-28s%s  %s\n", "", columns, columns);
    for (unsigned s = 0; s < session->steps; s++) {
        const struct calibrate_step *step = &session->step[s];
        for (unsigned e = 0; !step->no_load && e < calibrate_elements(session); e++) {
            char load[64];
            snprintf(load, sizeof load, "%-4s %.5g V %.5g A %+.1f\u00b0",
                     calibrate_label(session, e), step->reference.u_v[e], step->reference.i_a[e],
                     step->reference.phi_deg[e]);
            printf("%-29s", load);
            print_errors(calibrate_errors_of(&step->before, &step->reference, e));
            printf(" ");
            print_errors(calibrate_errors_of(&step->after, &step->reference, e));
            printf("\n");
        }
    }
}

static int result_save(struct calibrate *self)
{
    char error[CALIBRATION_ERROR_MAX], line[LINE_MAX_SIZE];
    const char *path = args_get(self->args, "output");
    static struct calibration_file file;
    if (path == NULL && self->asks && self->args->positionals == 1 &&
        ask(line, "Write " DEFAULT_OUTPUT "? [y/N]") && (line[0] == 'y' || line[0] == 'Y')) {
        path = DEFAULT_OUTPUT;
    }
    if (path == NULL || interrupted) {
        fprintf(stderr, "nothing was written; --output FILE keeps the calibration\n");
        return 0;
    }
    calibrate_result(&self->session, &file);
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL) {
        strftime(file.made, sizeof file.made, "%Y-%m-%dT%H:%M:%SZ", &utc);
    }
    if (calibration_save(&file, path, error) < 0) {
        return fail(1, "%s", error);
    }
    fprintf(stderr, "%s: %u channels; measure with --calibration %s\n", path, file.channels, path);
    return 0;
}

static int run_calibrate(const struct args *args)
{
    struct calibrate *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return fail(1, "not enough memory");
    }
    self->args = args;
    self->notes.quiet = true;
    catch_interrupt();
    int status = options_read(self);
    if (status == 0) {
        status = steps_take(self);
    }
    if (status == 0 && calibrate_solve(&self->session) < 0) {
        status = fail(1, "%s; nothing was written", self->session.error);
    }
    if (status == 0) {
        print_table(&self->session);
        status = result_save(self);
    }
    source_shut(self);
    calibrate_session_free(&self->session);
    free(self);
    return status;
}

static const struct option_row option_rows[] = {
    {"reference", "LIST", "what is really there: u=230,i=5,pf=0.5, points parted by /"},
    {"no-load", "SOURCE", "a source with voltage and no current, for offsets"},
    {"time", "SECONDS", "how long each load is measured (5)"},
    {"settle", "SECONDS", "how long it is left alone before (1; coils 15)"},
    {"wiring", "NAME", "1p2w, 1p3w, 3p3w, 3p4w, 3p4wd (by the voltages found)"},
    {"map", "LIST", "which channel is what: U1=3,I1=7 (by name and unit)"},
    {"invert", "LIST", "channels whose sign is wrong: I2,I3"},
    {"output", "FILE", "where the calibration goes (nowhere)"},
    {NULL, NULL, NULL},
};

const struct command command_calibrate = {
    .name = "calibrate",
    .synopsis = "SOURCE... [options]",
    .summary = "find gain, phase, offset and CT curve with a known load",
    .examples =
        "  blondel calibrate raw:/dev/adc,rate=8000,channels=7     asks for each load\n"
        "  blondel calibrate load.wav --reference u=230,i=5,pf=0.5 --output meter.cal\n"
        "  blondel calibrate 50a.cfg 5a.cfg --reference u=230,i=50,pf=0.5/i=5 --no-load 0a.cfg\n"
        "  blondel measure other.wav --calibration meter.cal\n",
    .positionals_min = 1,
    .positionals_max = COMMAND_POSITIONALS_MAX,
    .options = option_rows,
    .run = run_calibrate,
};
