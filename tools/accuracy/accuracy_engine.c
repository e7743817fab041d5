/* Chapter 1: the engine by itself, window by window, against closed-form truth. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "accuracy.h"
#include "metrology/harmonics.h"

#define WINDOWS_S  4.0
#define SETTLE_S   0.5
#define PPM        1e6
#define DAY_S      86400.0
#define LEVELS_RMS 200.0 /* full scale of the level table, r.m.s. of a sine */

/* What the engine has promised; a figure beyond makes the program fail. */
#define PROMISED_PPM        1.0 /* from 10 % of full scale on; P and Q1 of S */
#define PROMISED_LEVEL      10.0
#define PROMISED_MHZ        0.05
#define PROMISED_HARMONIC   0.02  /* percent of reading */
#define PROMISED_THD        0.002 /* points */
#define PROMISED_ENERGY_PPM 0.1   /* of a day */
#define PROMISED_KNOWN_PPM  1.0

/* The largest deviations over the windows of a run. */
struct worst {
    const struct sim_truth *truth;
    double settle;
    unsigned windows;
    double u_ppm, i_ppm, p_ppm, q1_ppm, f_mhz; /* p and q1 of S; f in millihertz */
    double harmonic_u, harmonic_i;             /* percent of reading */
    double thd_points;
    bool harmonics;
    double p_mean;
};

static void raise(double *worst, double value)
{
    *worst = fabs(value) > *worst || isnan(value) ? fabs(value) : *worst;
}

/* 1 if a figure breaks its promise, also when it is none. */
static unsigned broken(double value, double promised)
{
    return fabs(value) <= promised ? 0 : 1;
}

static unsigned broken_power(const struct worst *worst)
{
    return broken(worst->u_ppm, PROMISED_PPM) + broken(worst->i_ppm, PROMISED_PPM) +
           broken(worst->p_ppm, PROMISED_PPM) + broken(worst->q1_ppm, PROMISED_PPM) +
           broken(worst->f_mhz, PROMISED_MHZ);
}

static double wave_thd_percent(const struct wave *wave)
{
    double sum = 0;
    for (unsigned h = 2; h < WAVE_ORDERS; h++) {
        sum += wave_order_rms(wave, h) * wave_order_rms(wave, h);
    }
    return sqrt(sum) / wave_order_rms(wave, 1) * 100;
}

static void harmonics_compare(const struct harmonics *seen, const struct wave *wave, double *worst)
{
    for (unsigned h = 2; h <= HARMONICS_MAX; h++) {
        double truth = wave_order_rms(wave, h);
        if (truth > 0) {
            raise(worst, ((double)seen->rms[h] / truth - 1) * 100);
        }
    }
}

static void on_window(void *ctx, const struct quantities *q)
{
    struct worst *worst = ctx;
    const struct sim_truth *truth = worst->truth;
    if ((double)q->start < worst->settle || (q->flags & FLAG_PARTIAL) != 0) {
        return;
    }
    worst->windows++;
    raise(&worst->f_mhz, (q->f - truth->f_hz) * 1000);
    for (unsigned e = 0; e < q->elements; e++) {
        raise(&worst->u_ppm, (q->u[e] / truth->u[e] - 1) * PPM);
        raise(&worst->i_ppm, (q->i[e] / truth->i[e] - 1) * PPM);
        raise(&worst->p_ppm, (q->p[e] - truth->p[e]) / truth->s[e] * PPM);
        raise(&worst->q1_ppm, (q->q1[e] - truth->q1[e]) / truth->s[e] * PPM);
        worst->p_mean += q->p[e] / truth->s[e];
        if (worst->harmonics && q->spectrum != NULL) {
            harmonics_compare(q->spectrum->u[e], &truth->u_wave[e], &worst->harmonic_u);
            harmonics_compare(&q->spectrum->i[e], &truth->i_wave[e], &worst->harmonic_i);
            raise(&worst->thd_points, q->thd_u[e] - wave_thd_percent(&truth->u_wave[e]));
        }
    }
}

/* A wye circuit with the full scales of the simulator. */
struct wye {
    struct metrology_channel voltage[3], current[3];
    struct metrology_circuit circuit;
    struct metrology_config config;
};

static void wye_fill(struct wye *wye, const struct sim *sim, const struct sim_config *from)
{
    *wye = (struct wye){.circuit = {.wiring = WIRING_3P4W,
                                    .elements = 3,
                                    .element = {{0, 0}, {1, 1}, {2, 2}},
                                    .neutral = CHANNEL_NONE}};
    for (unsigned k = 0; k < 6; k++) {
        struct source_channel channel;
        sim_channel_describe(sim, k, &channel);
        struct metrology_channel *to = k < 3 ? &wye->voltage[k] : &wye->current[k - 3];
        *to = (struct metrology_channel){
            .input = (uint8_t)k, .full_scale_u = (uint64_t)llround(channel.full_scale * 1e6)};
    }
    wye->config =
        (struct metrology_config){.rate_uhz = (uint64_t)llround(from->value[SIM_RATE][0] * 1e6),
                                  .nominal_mhz = from->value[SIM_F][0] < 55 ? 50000 : 60000,
                                  .start_mhz = (uint32_t)llround(from->value[SIM_F][0] * 1000),
                                  .u_nominal_uv = 230000000,
                                  .inputs = 6,
                                  .voltages = 3,
                                  .currents = 3,
                                  .circuits = 1,
                                  .voltage = wye->voltage,
                                  .current = wye->current,
                                  .circuit = &wye->circuit};
}

static struct accuracy_run run_of(struct sim *sim, struct wye *wye, double seconds)
{
    struct accuracy_run run = {.sim = sim, .config = &wye->config, .seconds = seconds};
    for (int k = 0; k < 6; k++) {
        run.gather[k] = k;
    }
    return run;
}

/* Measures a spec for WINDOWS_S; the deviations that were found. */
static struct worst measure(const char *spec, bool harmonics)
{
    struct sim_config sim_config;
    struct sim *sim = accuracy_sim(&sim_config, "%s", spec);
    struct sim_truth truth;
    struct wye wye;
    struct worst worst = {.truth = &truth, .harmonics = harmonics};
    sim_truth(sim, &truth);
    wye_fill(&wye, sim, &sim_config);
    worst.settle = SETTLE_S * sim_config.value[SIM_RATE][0];
    wye.config.windows = true;
    wye.config.spectrum = harmonics;
    wye.config.ctx = &worst;
    wye.config.on_window = on_window;
    struct accuracy_run run = run_of(sim, &wye, WINDOWS_S);
    if (accuracy_run(&run) != 0 || worst.windows == 0) {
        worst.u_ppm = worst.i_ppm = worst.p_ppm = worst.q1_ppm = worst.f_mhz = NAN;
    }
    worst.p_mean /= 3.0 * worst.windows;
    sim_close(sim);
    return worst;
}

/* Orders 2..63 with falling amplitudes and spread angles, as far as the band allows. */
static void all_orders(char *text, size_t size, double percent, unsigned first, unsigned last)
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned h = first; h <= last && used < size; h += 3) {
        used += (size_t)snprintf(text + used, size - used, "%s%u:%.4g:%u", used > 0 ? "/" : "", h,
                                 percent / sqrt(h), h * 37 % 360);
    }
}

static unsigned table_frequencies(void)
{
    unsigned misses = 0;
    static const double f_hz[] = {42.5, 47.3, 49.37, 50, 50.03, 52.6, 57.5, 59.95, 60, 63.1, 69};
    char orders[400], spec[3000];
    all_orders(orders, sizeof orders, 8, 3, 60);
    printf("\n| f Hz | signal | U ppm | I ppm | P ppm of S | Q1 ppm of S | f mHz |\n");
    printf("|---|---|---|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof f_hz / sizeof *f_hz; k++) {
        for (int distorted = 0; distorted < 2; distorted++) {
            snprintf(spec, sizeof spec, "grid,rate=12800,f=%g,u=230,i=50,pf=0.5%s%s%s%s", f_hz[k],
                     distorted ? ",uh=" : "", distorted ? orders : "", distorted ? ",ih=" : "",
                     distorted ? orders : "");
            struct worst worst = measure(spec, false);
            misses += broken_power(&worst);
            printf("| %g | %s | %.4f | %.4f | %.4f | %.4f | %.5f |\n", f_hz[k],
                   distorted ? "orders 3..60" : "sine", worst.u_ppm, worst.i_ppm, worst.p_ppm,
                   worst.q1_ppm, worst.f_mhz);
        }
    }
    return misses;
}

/* Three standard deviations of what rounding to 24 bits does to a mean product over 0.2 s. */
static double quantisation_ppm(double level, double rate)
{
    double step = M_SQRT2 / (8388608 * level); /* of the r.m.s. value */
    return 3 * step / sqrt(12 * rate * 0.2) * PPM;
}

static unsigned table_levels(void)
{
    unsigned misses = 0;
    static const double percent[] = {100, 30, 10, 3, 1, 0.3, 0.1, 0.03};
    printf("\n| I, %% of full scale | I ppm | P ppm of S | Q1 ppm of S | quantisation, 3 sigma, "
           "ppm |\n");
    printf("|---|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof percent / sizeof *percent; k++) {
        char spec[256];
        double level = percent[k] / 100;
        snprintf(spec, sizeof spec, "grid,rate=8000,f=50.03,pf=0.5,i-range=%.9g,i=%.9g",
                 LEVELS_RMS * M_SQRT2, LEVELS_RMS * level * 0.999);
        struct worst worst = measure(spec, false);
        misses += percent[k] >= PROMISED_LEVEL ? broken_power(&worst) : 0;
        printf("| %g | %.3f | %.3f | %.3f | %.3f |\n", percent[k], worst.i_ppm, worst.p_ppm,
               worst.q1_ppm, quantisation_ppm(level, 8000));
    }
    return misses;
}

static unsigned table_harmonics(void)
{
    unsigned misses = 0;
    static const double f_hz[] = {49.37, 50, 50.03, 51.2, 60, 60.04};
    char orders[3][400], spec[3000];
    printf(
        "\n| f Hz | orders | worst U harmonic %% of reading | worst I harmonic | THD, points |\n");
    printf("|---|---|---|---|---|\n");
    for (unsigned k = 0; k < 3; k++) {
        all_orders(orders[k], sizeof orders[k], 10, 2 + k, 63);
    }
    for (size_t f = 0; f < sizeof f_hz / sizeof *f_hz; f++) {
        for (unsigned k = 0; k < 3; k++) {
            snprintf(spec, sizeof spec, "grid,rate=12800,f=%g,i=50,pf=0.8,uh=%s,ih=%s", f_hz[f],
                     orders[k], orders[k]);
            struct worst worst = measure(spec, true);
            misses += broken(worst.harmonic_u, PROMISED_HARMONIC) +
                      broken(worst.harmonic_i, PROMISED_HARMONIC) +
                      broken(worst.thd_points, PROMISED_THD);
            printf("| %g | %u, %u.. | %.5f | %.5f | %.6f |\n", f_hz[f], 2 + k, 5 + k,
                   worst.harmonic_u, worst.harmonic_i, worst.thd_points);
        }
        snprintf(spec, sizeof spec, "grid,rate=12800,f=%g,i=50,pf=0.8", f_hz[f]);
        struct worst worst = measure(spec, true);
        misses += broken(worst.thd_points, PROMISED_THD);
        printf("| %g | none: the floor | | | %.6f |\n", f_hz[f], worst.thd_points);
    }
    return misses;
}

/* What was counted between two samples, and what flowed there. */
struct counted {
    double start, p_j, truth_j;
    double boundary_j; /* what the incomplete last cycle adds to or takes from power x time */
    uint64_t first, frames;
    unsigned slices, most;
};

static void on_slice(void *ctx, const struct slice *slice)
{
    struct counted *energy = ctx;
    if ((double)slice->start >= energy->start && energy->slices < energy->most) {
        energy->first = energy->slices++ == 0 ? slice->start : energy->first;
        energy->frames += slice->length;
        energy->p_j += (double)slice->total.p_uj * 1e-6;
    }
}

static double wave_at(const struct wave *wave, double turns)
{
    double sum = wave->re[0];
    for (unsigned h = 1; h < WAVE_ORDERS; h++) {
        double angle = 2 * M_PI * h * turns;
        sum += M_SQRT2 * (wave->re[h] * sin(angle) + wave->im[h] * cos(angle));
    }
    return sum;
}

/*
 * Energy between two samples: slices end at whole samples, not at whole cycles. Power times the
 * cycles that fit, and the instantaneous power where the rest of less than a sample lies. A sample
 * stands for the time half a period around it.
 */
static double true_energy(const struct counted *counted, const struct sim_truth *truth, double rate)
{
    double cycles = (double)counted->frames * truth->f_hz / rate;
    double rest_s = (cycles - round(cycles)) / truth->f_hz;
    double turns = ((double)(counted->first + counted->frames) - 0.5) * truth->f_hz / rate;
    double now_w = 0;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        now_w += wave_at(&truth->u_wave[k], turns) * wave_at(&truth->i_wave[k], turns);
    }
    return truth->p_total * round(cycles) / truth->f_hz + now_w * rest_s;
}

static struct counted count_energy(const char *spec, double seconds)
{
    struct sim_config sim_config;
    struct sim *sim = accuracy_sim(&sim_config, "%s", spec);
    double rate = sim_config.value[SIM_RATE][0];
    struct counted energy = {.start = SETTLE_S * rate, .most = (unsigned)(seconds * 2.5) * 2};
    struct sim_truth truth;
    struct wye wye;
    wye_fill(&wye, sim, &sim_config);
    wye.config.ctx = &energy;
    wye.config.on_slice = on_slice;
    struct accuracy_run run = run_of(sim, &wye, seconds + 2);
    int err = accuracy_run(&run);
    sim_truth(sim, &truth);
    energy.truth_j = true_energy(&energy, &truth, rate);
    energy.boundary_j = energy.truth_j - truth.p_total * (double)energy.frames / rate;
    if (err != 0) {
        energy.p_j = NAN;
    }
    sim_close(sim);
    return energy;
}

static unsigned table_known_answers(void)
{
    unsigned misses = 0;
    static const struct {
        const char *text, *spec;
        double expected; /* of U I */
    } rows[] = {
        {"sine, PF 1", "wave=sine", 1},
        {"5th harmonic: U5 10 %, I5 40 %, crossing together", "wave=fifth", 1.04},
        {"half-wave rectified current", "wave=half-wave", 0.5},
        {"current fired at 90 degrees", "wave=phase-fired", 0.5},
        {"burst: two cycles on, two off", "wave=burst", 0.5},
        {"quadriform (OIML R46)", "wave=quadriform", 0.9806},
        {"peaked (OIML R46)", "wave=peaked", 0.9806},
        {"direct current of 50 % beside the alternating one", "i-dc=25", 1},
    };
    printf(
        "\n| waveform | P / UI expected | P / UI counted | error ppm of UI |\n|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        char spec[128];
        snprintf(spec, sizeof spec, "grid,rate=12800,i=50,%s", rows[k].spec);
        struct counted energy = count_energy(spec, 20);
        double seconds = (double)energy.frames / 12800;
        double ratio = (energy.p_j - energy.boundary_j) / seconds / (3 * 230 * 50);
        misses += broken((ratio - rows[k].expected) * PPM, PROMISED_KNOWN_PPM);
        printf("| %s | %.5f | %.8f | %+.4f |\n", rows[k].text, rows[k].expected, ratio,
               (ratio - rows[k].expected) * PPM);
    }
    return misses;
}

/* A day of a wandering frequency and a distorted load: gapless sums against power times time. */
static unsigned table_day(bool whole_day)
{
    unsigned misses = 0;
    double seconds = whole_day ? DAY_S : DAY_S / 24;
    struct counted energy = count_energy(
        "grid,rate=8000,f=50.013,i=50,pf=0.5,uh=5:3:20/7:2:0,ih=3:20:0/5:30:10/7:10:40", seconds);
    printf("\n%.0f h of energy, PF 0.5, distorted: %.6f kWh counted, %.6f kWh true, error %+.5f "
           "ppm.\n",
           seconds / 3600, energy.p_j / 3.6e6, energy.truth_j / 3.6e6,
           (energy.p_j / energy.truth_j - 1) * PPM);
    misses += broken((energy.p_j / energy.truth_j - 1) * PPM, PROMISED_ENERGY_PPM);
    return misses;
}

unsigned accuracy_engine(bool whole_day)
{
    unsigned misses = 0;
    printf(
        "## 1. The engine\n\n24-bit samples of an ideal front end. Each figure is the worst of all "
        "windows (0.2 s) of %.0f s\nand all phases.\n",
        WINDOWS_S - SETTLE_S);
    printf("\n### Frequency and distortion (12.8 kHz, PF 0.5)\n");
    misses += table_frequencies();
    printf("\n### Small currents (8 kHz, 50.03 Hz, PF 0.5)\n");
    misses += table_levels();
    printf("\n### Harmonics to the 63rd (12.8 kHz, 10 %% / sqrt(order), every third order)\n");
    misses += table_harmonics();
    printf("\n### Known answers: active energy over 20 s\n");
    misses += table_known_answers();
    printf("\n### Energy over a long time\n");
    misses += table_day(whole_day);
    return misses;
}
