/* Chapter 2: every model that measures energy, at the test points of its classes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy.h"
#include "metrology/wiring.h"
#include "sources/frontend.h"

#define RATE_HZ       8000
#define SLICES        40 /* of 10 cycles: a whole number of bursts */
#define SETTLE_S      1.0
#define SETTLE_COIL_S 15.0
#define NO_LOAD_S     60.0
#define NO_LOAD_U     1.15
#define NOISE_LSB     8 /* of 24 bits, while nothing must be counted */

struct bench {
    const struct model *model;
    const struct model_layout *layout;
    struct model_setup setup;
    bool coil;
    /* What the last run counted, after settling. */
    double settle_s;
    unsigned slices_wanted, slices;
    uint64_t frames;
    double p_j, q1_j;
};

static void on_slice(void *ctx, const struct slice *slice)
{
    struct bench *bench = ctx;
    if (slice->circuit != 0 || (double)slice->start < bench->settle_s * RATE_HZ ||
        bench->slices == bench->slices_wanted) {
        return;
    }
    bench->slices++;
    bench->frames += slice->length;
    bench->p_j += (double)slice->total.p_uj * 1e-6;
    bench->q1_j += (double)slice->total.q1_uj * 1e-6;
}

static double rated_current(const struct model *model)
{
    const struct model_ratings *ratings = model->ratings;
    return (ratings->ib_ma != 0 ? ratings->ib_ma : ratings->in_ma) / 1000.0;
}

static double point_current(const struct model *model, const struct accuracy_point *point)
{
    double factor = model->ratings->ib_ma != 0 ? point->direct : point->transformer;
    return factor * (point->of_imax ? model->ratings->imax_ma / 1000.0 : rated_current(model));
}

static enum sim_wiring sim_wiring_of(enum wiring wiring)
{
    static const enum sim_wiring same[WIRING_COUNT] = {
        [WIRING_1P2W] = SIM_1P2W, [WIRING_1P3W] = SIM_1P3W,   [WIRING_3P3W] = SIM_3P3W,
        [WIRING_3P4W] = SIM_3P4W, [WIRING_3P4WD] = SIM_3P4WD,
    };
    return same[wiring];
}

static void value_set(struct sim_config *config, enum sim_key key, double value)
{
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        config->value[key][k] = value;
    }
}

/* An ideal front end: what is left is the engine's own error. */
static void sim_rated(const struct bench *bench, struct sim_config *config)
{
    const struct metrology_config *metrology = &bench->setup.metrology;
    const struct metrology_circuit *circuit = &metrology->circuit[0];
    double un_v = model_element_un_mv(bench->model, bench->layout) / 1000.0;
    sim_config_default(config);
    config->wiring = sim_wiring_of(circuit->wiring);
    value_set(config, SIM_U, circuit->wiring == WIRING_3P3W ? un_v / sqrt(3) : un_v);
    value_set(config, SIM_F, metrology->nominal_mhz / 1000.0);
    value_set(config, SIM_RATE, RATE_HZ);
    value_set(config, SIM_U_RANGE, (double)metrology->voltage[0].full_scale_u * 1e-6);
    value_set(config, SIM_I_RANGE, (double)metrology->current[0].full_scale_u * 1e-6);
    if (bench->coil) {
        config->sensor = frontend_sensor_find("CTF-1000");
        value_set(config, SIM_CT_RATIO, 0);
        value_set(config, SIM_CT_PHASE, 0);
    }
}

static void condition_apply(struct sim_config *config, const struct accuracy_point *point)
{
    switch (point->condition) {
    case CONDITION_NONE:
        break;
    case CONDITION_U:
        value_set(config, SIM_U, config->value[SIM_U][0] * point->by);
        break;
    case CONDITION_F:
        value_set(config, SIM_F, config->value[SIM_F][0] * point->by);
        break;
    case CONDITION_REVERSED: /* the second and third phase change places */
        config->value[SIM_U_ANGLE][1] = -120;
        config->value[SIM_U_ANGLE][2] = 120;
        break;
    case CONDITION_INTERRUPTED:
        config->value[SIM_U][1] = config->value[SIM_U][2] = 0;
        break;
    case CONDITION_WAVE:
        config->waveform = (enum sim_waveform)point->by;
        break;
    case CONDITION_DC:
        value_set(config, SIM_I_DC, config->value[SIM_I][0] * point->by);
        break;
    }
}

/* The simulator has its channels as voltages, currents, neutral; so has a layout. */
static void gather_fill(const struct bench *bench, struct sim *sim, int *gather)
{
    const struct metrology_config *config = &bench->setup.metrology;
    const struct metrology_circuit *circuit = &config->circuit[0];
    for (unsigned k = 0; k < METROLOGY_CHANNELS_MAX; k++) {
        gather[k] = -1;
    }
    unsigned first_current = sim_channels(sim);
    for (unsigned k = sim_channels(sim); k-- > 0;) {
        struct source_channel channel;
        sim_channel_describe(sim, k, &channel);
        first_current = channel.unit[0] == 'A' ? k : first_current;
    }
    for (unsigned e = 0; e < circuit->elements; e++) {
        gather[config->voltage[circuit->element[e].u].input] = (int)e;
        gather[config->current[circuit->element[e].i].input] = (int)(first_current + e);
    }
}

/* Runs one load; 0 or an error. Energies and time are in `bench` afterwards. */
static int load_run(struct bench *bench, const struct sim_config *sim_config, unsigned slices,
                    struct sim_truth *truth)
{
    struct accuracy_run run = {.sim = sim_open(sim_config), .config = &bench->setup.metrology};
    if (run.sim == NULL) {
        return ERR_SPACE;
    }
    bench->slices_wanted = slices;
    bench->slices = 0;
    bench->frames = 0;
    bench->p_j = bench->q1_j = 0;
    run.seconds = bench->settle_s + (slices + 4) * 0.21;
    run.config->rate_uhz = RATE_HZ * UINT64_C(1000000);
    run.config->ctx = bench;
    run.config->on_slice = on_slice;
    run.config->windows = false;
    gather_fill(bench, run.sim, run.gather);
    int err = accuracy_run(&run);
    sim_truth(run.sim, truth);
    sim_close(run.sim);
    return err == 0 && bench->slices < slices ? ERR_TRUNCATED : err;
}

static double error_percent(const struct bench *bench, const struct sim_truth *truth, bool reactive)
{
    double seconds = (double)bench->frames / RATE_HZ;
    double true_j = (reactive ? truth->q1_total : truth->p_total) * seconds;
    return ((reactive ? bench->q1_j : bench->p_j) / true_j - 1) * 100;
}

/* The error at one point, on all phases or on `phase` alone. NaN if it could not be run. */
static double point_error(struct bench *bench, const struct accuracy_point *point, bool reactive,
                          int phase, bool with_condition)
{
    struct sim_config config;
    struct sim_truth truth;
    sim_rated(bench, &config);
    value_set(&config, SIM_I, point_current(bench->model, point));
    value_set(&config, SIM_PHI, point->phi_deg);
    for (int k = 0; phase >= 0 && k < SIM_PHASES; k++) {
        config.value[SIM_I][k] = k == phase ? config.value[SIM_I][k] : 0;
    }
    if (with_condition) {
        condition_apply(&config, point);
    }
    if (load_run(bench, &config, SLICES, &truth) != 0) {
        return NAN;
    }
    return error_percent(bench, &truth, reactive);
}

/* The error to be judged: itself, the worst of single phases, or the change under a condition. */
static double judged_error(struct bench *bench, const struct accuracy_point *point, bool reactive)
{
    unsigned elements = bench->setup.circuit[0].elements;
    if (point->single) {
        double worst = 0;
        for (unsigned k = 0; k < elements; k++) {
            double error = point_error(bench, point, reactive, (int)k, false);
            worst = fabs(error) > fabs(worst) || isnan(error) ? error : worst;
        }
        return worst;
    }
    double error = point_error(bench, point, reactive, -1, point->condition != CONDITION_NONE);
    return point->condition == CONDITION_NONE
               ? error
               : error - point_error(bench, point, reactive, -1, false);
}

static bool applies(const struct bench *bench, const struct accuracy_point *point)
{
    enum wiring wiring = bench->setup.circuit[0].wiring;
    bool four_wires = wiring == WIRING_3P4W;
    if (point->single || point->condition == CONDITION_INTERRUPTED) {
        return four_wires;
    }
    return point->condition != CONDITION_REVERSED || wiring_table[wiring].three_phase;
}

static const struct accuracy_table *table_of(const char *standard, bool reactive)
{
    for (unsigned k = 0; standard != NULL && k < STANDARD_COUNT; k++) {
        if (accuracy_tables[k].reactive == reactive &&
            strcmp(accuracy_tables[k].name, standard) == 0) {
            return &accuracy_tables[k];
        }
    }
    return reactive ? &accuracy_tables[STANDARD_62053_24] : &accuracy_tables[STANDARD_61557_12];
}

static void print_point(const struct bench *bench, const struct accuracy_point *point,
                        bool reactive, double error, double limit)
{
    double value = reactive ? sin(point->phi_deg * M_PI / 180) : cos(point->phi_deg * M_PI / 180);
    const char *side = point->phi_deg > 0 && value < 0.9999 ? " ind"
                       : point->phi_deg < 0                 ? " cap"
                                                            : "";
    printf("| %.4g A | %.3g%s | %s | %s | %+.5f | %.2f |%s\n", point_current(bench->model, point),
           fabs(value), side, point->single ? "each phase alone" : "balanced",
           point->text != NULL ? point->text : "", error, limit,
           fabs(error) <= limit ? "" : " **outside** |");
}

struct verdict {
    unsigned points, outside;
    double worst_of_limit, worst_percent;
};

static void verdict_add(struct verdict *verdict, double error, double limit)
{
    verdict->points++;
    verdict->outside += !(fabs(error) <= limit);
    if (!(fabs(error) / limit <= verdict->worst_of_limit)) {
        verdict->worst_of_limit = fabs(error) / limit;
        verdict->worst_percent = error;
    }
}

static void run_table(struct bench *bench, const struct accuracy_table *table,
                      enum model_class class, bool print, struct verdict *verdict)
{
    if (print) {
        printf("\n%s energy, class %s, %s\n\n", table->reactive ? "Reactive" : "Active",
               model_class_text(class), table->name);
        printf("| current | %s | load | change | error %% | limit %% |\n",
               table->reactive ? "sin" : "PF");
        printf("|---|---|---|---|---|---|\n");
    }
    for (unsigned k = 0; k < table->points; k++) {
        const struct accuracy_point *point = &table->point[k];
        double limit = point->limit[class];
        if (limit == 0 || !applies(bench, point)) {
            continue;
        }
        double error = judged_error(bench, point, table->reactive);
        verdict_add(verdict, error, limit);
        if (print) {
            print_point(bench, point, table->reactive, error, limit);
        }
    }
}

/* Error at the starting current, and what is counted without any current: joule, which must be 0.
 */
static void run_start(struct bench *bench, double *start_percent, double *no_load_j)
{
    struct sim_config config;
    struct sim_truth truth;
    sim_rated(bench, &config);
    value_set(&config, SIM_I, bench->model->ratings->start_active_ua / 1e6);
    *start_percent =
        load_run(bench, &config, SLICES, &truth) == 0 ? error_percent(bench, &truth, false) : NAN;
    sim_rated(bench, &config);
    value_set(&config, SIM_I, 0);
    value_set(&config, SIM_U, config.value[SIM_U][0] * NO_LOAD_U);
    value_set(&config, SIM_ADC_NOISE, NOISE_LSB);
    *no_load_j = load_run(bench, &config, (unsigned)(NO_LOAD_S * 5), &truth) == 0
                     ? fabs(bench->p_j) + fabs(bench->q1_j)
                     : NAN;
}

static int bench_start(struct bench *bench, const struct model *model)
{
    *bench = (struct bench){.model = model};
    int err = model->classes != NULL && model->classes->active != CLASS_NONE && model->ratings &&
                      model->layouts != NULL
                  ? model_configure(&bench->setup, model, NULL)
                  : ERR_UNSUPPORTED;
    if (err == 0) {
        bench->layout = model->layouts[0];
        bench->coil = bench->setup.current[0].integrate;
        bench->settle_s = bench->coil ? SETTLE_COIL_S : SETTLE_S;
    }
    return err;
}

static unsigned model_run(struct bench *bench, bool print)
{
    const struct model *model = bench->model;
    const struct model_classes *classes = model->classes;
    struct verdict active = {0}, reactive = {0};
    double start_percent, no_load_j;
    if (print) {
        printf("\n### %s: %s\n", model->name, model->title);
    }
    run_table(bench, table_of(classes->active_standard, false), classes->active, print, &active);
    if (classes->reactive != CLASS_NONE) {
        run_table(bench, table_of(classes->reactive_standard, true), classes->reactive, print,
                  &reactive);
    }
    run_start(bench, &start_percent, &no_load_j);
    if (print) {
        printf("\nStarting current %.4g A: error %+.4f %%. No load, 1.15 Un, %.0f s: %.0f J "
               "counted.\n",
               model->ratings->start_active_ua / 1e6, start_percent, NO_LOAD_S, no_load_j);
    } else {
        printf("| %s | %s | %u | %.4f | %.1f | %s | %u | %.4f | %.1f | %+.4f | %.0f |\n",
               model->name, model_class_text(classes->active), active.points,
               fabs(active.worst_percent), active.worst_of_limit * 100,
               model_class_text(classes->reactive), reactive.points, fabs(reactive.worst_percent),
               reactive.worst_of_limit * 100, start_percent, no_load_j);
    }
    fflush(stdout);
    return active.outside + reactive.outside + (start_percent > -100 ? 0 : 1) +
           (no_load_j == 0 ? 0 : 1);
}

static unsigned run_summary(void)
{
    unsigned outside = 0;
    printf(
        "| model | class P | points | worst %% | of its limit %% | class Q | points | worst %% | "
        "of its limit %% | error at Ist %% | no load, J |\n");
    printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t k = 0; k < model_count; k++) {
        struct bench bench;
        if (bench_start(&bench, models[k]) == 0) {
            outside += model_run(&bench, false);
        }
    }
    return outside;
}

unsigned accuracy_models(const char *model_name)
{
    static const char *const examples[] = {"SED302", "SM307", "E21-100", "E31-1000"};
    struct bench bench;
    unsigned outside = 0;
    if (model_name != NULL) {
        const struct model *model = model_find(model_name);
        if (model == NULL || bench_start(&bench, model) != 0) {
            fprintf(stderr, "accuracy: %s is no model that measures energy\n", model_name);
            return 1;
        }
        return model_run(&bench, true);
    }
    outside = run_summary();
    printf("\n%u points outside their limit.\n", outside);
    for (size_t k = 0; k < sizeof examples / sizeof *examples; k++) {
        const struct model *model = model_find(examples[k]);
        if (model != NULL && bench_start(&bench, model) == 0) {
            outside += model_run(&bench, true);
        }
    }
    return outside;
}
