/* Chapter 3: real front ends, calibrated at some loads and measured at others. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy.h"
#include "apps/calibrate_session.h"

#define STEP_S      3.0
#define COIL_S      15.0
#define NOMINAL_UV  230000000
#define PROMISED    0.01 /* percent of P at PF 0.5, 24 bits, after calibration at that PF */
#define LOAD_POINTS 3
#define RANGE       5.0 /* full scale, peak, of In: a coil enlarges harmonics by their order */

static struct calibrate_session session;
static struct notes notes = {.quiet = true};

static void give_up(const char *what, const char *why)
{
    fprintf(stderr, "accuracy: %s: %s\n", what, why);
    exit(2);
}

/* Captures one load as the next step of the session; `i_a` 0: without load. */
static void step_add(const char *front, double rated_a, double i_a, const char *more)
{
    struct calibrate_step *step = &session.step[session.steps];
    struct source source;
    char spec[400], reference[100], error[MEASURE_ERROR_MAX] = "";
    snprintf(spec, sizeof spec, "sim:grid,i-range=%g,i=%g,pf=0.5,%s%s", rated_a * RANGE, i_a, front,
             more);
    snprintf(reference, sizeof reference, "u=230,i=%g,pf=0.5", i_a);
    *step = (struct calibrate_step){.no_load = i_a == 0};
    if (reference_parse(&step->reference, 1, reference, error) != 1) {
        give_up(reference, error);
    }
    if (source_open(&source, spec) < 0) {
        give_up(spec, source.error);
    }
    if (session.setup.config.inputs == 0) {
        struct measure_options options = {.spec = spec, .wiring = CHANNELS_WIRING_ANY};
        if (measure_setup_build(&session.setup, &source.info, &options, &notes, error) < 0) {
            give_up(spec, error);
        }
        session.setup.config.nominal_mhz = 50000;
        session.setup.config.u_nominal_uv = NOMINAL_UV;
        session.setup.config.spectrum = false;
    }
    double settle_s = session.setup.current[0].integrate ? COIL_S : 0;
    int err = capture_read(&step->capture, &source, &session.setup,
                           (uint32_t)(settle_s * source.info.rate_hz),
                           (uint32_t)(STEP_S * source.info.rate_hz), NULL);
    source_close(&source);
    if (err < 0) {
        give_up(spec, err_text(err));
    }
    session.steps++;
}

static double worst_error(const struct reading *reading, double want_w)
{
    double worst = 0;
    for (unsigned e = 0; e < 3; e++) {
        double error = (reading->p_w[e] / want_w - 1) * 100;
        worst = fabs(error) > fabs(worst) || isnan(error) ? error : worst;
    }
    return worst;
}

/* One more load through the calibrated front end, and through the bare one. */
static double load_print(const char *front, double rated_a, double part, bool fifth)
{
    struct calibrate_step *step = &session.step[session.steps];
    struct measure_setup bare = session.setup;
    /* U5 10 % and I5 40 % of a load that lags 60 degrees: 0.04 cos(300) of U1 I1 more. */
    double want_w = 230 * rated_a * part * (0.5 + (fifth ? 0.02 : 0));
    step_add(front, rated_a, rated_a * part, fifth ? ",wave=fifth" : "");
    bare.config.voltage = bare.voltage;
    bare.config.current = bare.current;
    bare.config.circuit = bare.circuit;
    for (unsigned k = 0; k < 3; k++) {
        bare.voltage[k].offset = bare.voltage[k].gain_ppb = bare.voltage[k].delay_ns = 0;
    }
    for (unsigned k = 0; k < bare.config.currents; k++) {
        bare.current[k].offset = bare.current[k].gain_ppb = bare.current[k].delay_ns = 0;
        bare.current[k].curve_points = 0;
    }
    if (reading_take(&step->before, &step->capture, &bare) != 0 ||
        reading_take(&step->after, &step->capture, &session.setup) != 0) {
        give_up(front, "cannot be measured");
    }
    double after = worst_error(&step->after, want_w);
    printf(" %+.4f | %+.5f |", worst_error(&step->before, want_w), after);
    capture_free(&step->capture);
    session.steps--;
    return after;
}

unsigned accuracy_frontend(void)
{
    static const double points[LOAD_POINTS] = {1, 0.2, 0.05};
    static const struct {
        const char *name, *front;
        double rated_a;
        bool promised;
    } rows[] = {
        {"gain, delay, offset; 24 bits", "i-gain=-1.7,u-gain=0.8,i-delay=-27,i-offset=0.03", 100,
         true},
        {"the same; 16 bits, noise",
         "i-gain=-1.7,u-gain=0.8,i-delay=-27,i-offset=0.03,adc=16,adc-noise=0.7", 100, false},
        {"CTO-100, phase error as delay; 24 bits", "ct=CTO-100,ct-model=delay", 100, false},
        {"CTO-100, magnetising; 24 bits", "ct=CTO-100", 100, false},
        {"CTO-100, magnetising; 16 bits, noise", "ct=CTO-100,adc=16,adc-noise=0.7", 100, false},
        {"CTOV-400, magnetising; 24 bits", "ct=CTOV-400", 400, false},
        {"CTA-5A behind 600/5; 24 bits", "ct=CTA-5A,ct-rated=600", 600, false},
        {"CTF-1000, a coil; 24 bits", "ct=CTF-1000", 1000, false},
        {"CTF-1000; 16 bits, noise", "ct=CTF-1000,adc=16,adc-noise=0.7", 1000, false},
    };
    unsigned misses = 0;
    printf("| front end | 0.6 In before %% | after %% | 0.1 In before | after | 0.6 In, U5 10 %%, "
           "I5 40 "
           "%% before | after |\n|---|---|---|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        memset(&session, 0, sizeof session);
        step_add(rows[k].front, rows[k].rated_a, 0, "");
        for (unsigned p = 0; p < LOAD_POINTS; p++) {
            step_add(rows[k].front, rows[k].rated_a, rows[k].rated_a * points[p], "");
        }
        if (calibrate_solve(&session) < 0) {
            give_up(rows[k].name, session.error);
        }
        printf("| %s |", rows[k].name);
        double pure = load_print(rows[k].front, rows[k].rated_a, 0.6, false);
        double small = load_print(rows[k].front, rows[k].rated_a, 0.1, false);
        double fifth = load_print(rows[k].front, rows[k].rated_a, 0.6, true);
        printf("\n");
        double worst = fmax(fabs(pure), fmax(fabs(small), fabs(fifth)));
        misses += rows[k].promised && !(worst <= PROMISED) ? 1 : 0;
        calibrate_session_free(&session);
    }
    return misses;
}
