/*
 * tools/fault_table.c: how well wiring faults are found: fault x power factor x load x unbalance.
 *
 * Simulates each case sample by sample, with a noisy 16 bit front end and CTs of class 1, measures
 * it with the metrology engine, judges it with metrology/wiring_check.h and prints the tally as
 * Markdown: docs/wiring-faults.md is its output. With --check FILE it prints nothing, but compares
 * with that file and with the floors in `faults`, and returns 1 if either does not hold.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrology/metrology.h"
#include "metrology/wiring_check.h"
#include "sources/simulator.h"

#define I_MAX_A     100.0
#define FLOOR_A     (I_MAX_A * 5e-4)
#define RATE_HZ     3200
#define FRAMES      2880 /* 0.9 s: some windows settle, three are judged */
#define CHANNELS    7
#define U_NOMINAL_V 230

/* ---- the cases ---- */

struct factor {
    const char *name;
    double phi_deg;
    bool export;
};
static const struct factor factors[] = {{"0.3 lag", 72.5, false},
                                        {"0.5 lag", 60, false},
                                        {"0.7 lag", 45.6, false},
                                        {"0.8 lag", 36.9, false},
                                        {"0.9 lag", 25.8, false},
                                        {"0.95 lag", 18.2, false},
                                        {"1", 0, false},
                                        {"0.95 lead", -18.2, false},
                                        {"0.8 lead", -36.9, false},
                                        {"0.5 lead", -60, false},
                                        {"-0.95, Q > 0", 161.8, true},
                                        {"-1", 180, true},
                                        {"-0.95, Q < 0", -161.8, true}};
#define FACTORS (sizeof factors / sizeof factors[0])

static const double loads[] = {0.1, 1, 10, 100}; /* percent of Imax */
#define LOADS (sizeof loads / sizeof loads[0])

/* What the phases do to the load: current as a share, lag as an offset, or a lag of its own. */
struct balance {
    const char *name;
    double share[3], turn_deg[3];
    bool own_lag; /* turn_deg is the lag itself and the power factor does not matter */
};
static const struct balance balances[] = {
    {"balanced", {1, 1, 1}, {0, 0, 0}, false},
    {"uneven (100, 70, 85 %)", {1, 0.7, 0.85}, {0, 8, -6}, false},
    {"very uneven (100, 30, 10 %)", {1, 0.3, 0.1}, {0, 10, -15}, false},
    {"L2 exports 60 %, roof at PF 1", {1, 0.6, 0.4}, {15, 180, 25}, true},
    {"L2 exports 140 %, roof and a motor", {1, 1.4, 0.4}, {15, 150, 25}, true},
    {"load between L1 and L2", {1, 1, 0.2}, {-30, 30, 10}, true},
    {"motor between L1 and L2", {1, 1, 0.2}, {15, 75, 10}, true},
    {"L1 alone", {1, 0, 0}, {20, 0, 0}, true},
};
#define BALANCES    (sizeof balances / sizeof balances[0])
#define PLAIN_LOADS 3 /* the first balances take the power factor */

/* What should be named, and the least percent of cases, with and without a measured neutral, that
 * must be. Kept a little under what was measured. */
struct fault {
    enum sim_fault made;
    const char *name;
    enum wiring_fault named, alias; /* the second: the same thing in other words */
    bool pair;                      /* names two phases */
    double least[2];
    const char *remark;
};
static const struct fault faults[] = {
    {SIM_REVERSED_CT, "CT reversed", WIRING_CT_REVERSED, WIRING_CT_REVERSED, false, {90, 80}, ""},
    {SIM_SWAPPED_CURRENTS,
     "clamps exchanged",
     WIRING_CURRENTS_SWAPPED,
     WIRING_CURRENTS_SWAPPED,
     true,
     {75, 75},
     ""},
    {SIM_ROTATED_CURRENTS,
     "U and I of different phases",
     WIRING_CURRENTS_ROTATED,
     WIRING_CURRENTS_ROTATED,
     false,
     {18, 18},
     "seen near a power factor of 1; else it looks like another load"},
    {SIM_SWAPPED_VOLTAGES,
     "voltages exchanged",
     WIRING_VOLTAGES_SWAPPED,
     WIRING_SEQUENCE_REVERSED,
     true,
     {88, 88},
     "the backward sequence is always told; missed: the currents were taken to fit it"},
    {SIM_NO_NEUTRAL,
     "neutral missing",
     WIRING_NO_NEUTRAL,
     WIRING_NO_NEUTRAL,
     false,
     {64, 64},
     "balanced loads do not move the star point"},
    {SIM_NEUTRAL_SWAPPED,
     "L and N exchanged",
     WIRING_L_N_SWAPPED,
     WIRING_L_N_SWAPPED,
     false,
     {100, 100},
     ""},
    {SIM_NO_VOLTAGE, "no voltage", WIRING_NO_VOLTAGE, WIRING_NO_VOLTAGE, false, {100, 100}, ""},
    {SIM_NO_CURRENT,
     "no current",
     WIRING_NO_CURRENT,
     WIRING_NO_CURRENT,
     false,
     {64, 64},
     "without the neutral never more than a hint: the phase may be idle"},
    {SIM_CT_ON_NEUTRAL,
     "CT on the neutral",
     WIRING_CT_ON_NEUTRAL,
     WIRING_NO_CURRENT,
     false,
     {65, 24},
     "balanced loads leave nothing to see: \"no current\" counts"},
    {SIM_LOOSE_CT,
     "CT does not close",
     WIRING_NEUTRAL_MISMATCH,
     WIRING_NEUTRAL_MISMATCH,
     false,
     {66, 0},
     "only the neutral can tell"},
};
#define FAULTS (sizeof faults / sizeof faults[0])

/* ---- one case ---- */

/* Three observers look at the same windows. */
enum { WITH_N, WITHOUT_N, NO_GENERATION, OBSERVERS };
struct observers {
    struct wiring_check check[OBSERVERS];
};

static void on_window(void *ctx, const struct quantities *window)
{
    struct observers *observers = ctx;
    struct quantities computed = *window; /* the others know the sum only */
    computed.i_n = NAN;
    wiring_check_add(&observers->check[WITH_N], window);
    wiring_check_add(&observers->check[WITHOUT_N], &computed);
    wiring_check_add(&observers->check[NO_GENERATION], &computed);
}

static void set_load(struct sim_config *config, const struct factor *factor, double percent,
                     const struct balance *balance, unsigned shift)
{
    for (unsigned k = 0; k < 3; k++) {
        const unsigned from = (k + 3 - shift) % 3; /* the load moves on with the case */
        config->value[SIM_I][k] = I_MAX_A * percent / 100 * balance->share[from];
        config->value[SIM_PHI][k] =
            remainder(balance->turn_deg[from] + (balance->own_lag ? 0 : factor->phi_deg), 360);
        config->value[SIM_CT_RATIO][k] = 0.3 * ((double)k - 1); /* class 1, each of its own */
        config->value[SIM_CT_PHASE][k] = 20 + 10 * (double)k;
        config->value[SIM_I_NOISE][k] = 0.01;
    }
    config->value[SIM_RATE][0] = RATE_HZ;
    config->value[SIM_ADC][0] = 16;
    config->value[SIM_ADC_NOISE][0] = 1;
    config->value[SIM_I_RANGE][0] = I_MAX_A * 4; /* the neutral may carry more than a phase */
}

static void configure_channels(const struct sim *sim, struct metrology_channel channel[CHANNELS])
{
    for (unsigned c = 0; c < CHANNELS; c++) {
        struct source_channel about;
        sim_channel_describe(sim, c, &about);
        channel[c] = (struct metrology_channel){
            .input = (uint8_t)c, .full_scale_u = (uint64_t)llround(about.full_scale * 1e6)};
    }
}

static void stop(const char *what)
{
    fprintf(stderr, "fault_table: %s\n", what);
    exit(2);
}

static void measure(struct sim *sim, struct observers *observers)
{
    static int32_t data[FRAMES * CHANNELS];
    struct metrology_channel channel[CHANNELS];
    const struct metrology_circuit circuit = {
        .wiring = WIRING_3P4W, .elements = 3, .element = {{0, 0}, {1, 1}, {2, 2}}, .neutral = 3};
    const struct metrology_config config = {.rate_uhz = RATE_HZ * UINT64_C(1000000),
                                            .nominal_mhz = 50000,
                                            .u_nominal_uv = U_NOMINAL_V * UINT64_C(1000000),
                                            .inputs = CHANNELS,
                                            .voltages = 3,
                                            .currents = 4,
                                            .circuits = 1,
                                            .voltage = channel,
                                            .current = channel + 3,
                                            .circuit = &circuit,
                                            .windows = true,
                                            .ctx = observers,
                                            .on_window = on_window};
    configure_channels(sim, channel);
    const int64_t size = metrology_memory(&config);
    void *memory = size > 0 ? calloc(1, (size_t)size) : NULL;
    struct metrology *metrology = memory ? metrology_init(memory, (size_t)size, &config) : NULL;
    const struct samples samples = {data, CHANNELS, sim_read(sim, data, FRAMES)};
    if (!metrology || metrology_push(metrology, &samples) < 0) {
        stop("the engine refuses the case");
    }
    metrology_finish(metrology);
    free(memory);
}

static void observe(const struct sim_config *config, struct wiring_verdict verdict[OBSERVERS])
{
    struct observers observers;
    struct sim *sim = sim_open(config);
    if (!sim || sim_channels(sim) != CHANNELS) {
        stop("the simulator refuses the case");
    }
    for (unsigned k = 0; k < OBSERVERS; k++) {
        const struct wiring_check_config check = {
            .wiring = WIRING_3P4W,
            .elements = 3,
            .neutral_measured = k == WITH_N,
            .generation = k == NO_GENERATION ? GENERATION_NONE : GENERATION_UNKNOWN,
            .u_nominal_v = U_NOMINAL_V,
            .i_floor_a = FLOOR_A};
        if (wiring_check_init(&observers.check[k], &check) < 0) {
            stop("the check refuses the case");
        }
    }
    measure(sim, &observers);
    for (unsigned k = 0; k < OBSERVERS; k++) {
        wiring_check_verdict(&observers.check[k], &verdict[k]);
        if (verdict[k].windows < 2) {
            stop("too few windows");
        }
    }
    sim_close(sim);
}

/* ---- the tally ---- */

struct tally {
    unsigned cases, found, hinted, unjudged, accused;
};

static bool is_named(const struct fault *fault, unsigned phase,
                     const struct wiring_finding *finding)
{
    const unsigned next = (phase + 1) % 3;
    const unsigned low = phase < next ? phase : next, high = phase < next ? next : phase;
    if (finding->fault == WIRING_SEQUENCE_REVERSED) { /* a doubt is right, certainty is not */
        return finding->fault == fault->alias && !finding->certain;
    }
    if (finding->fault == WIRING_NO_NEUTRAL || finding->fault == WIRING_NEUTRAL_MISMATCH) {
        return finding->fault == fault->named;
    }
    if (finding->fault == WIRING_CURRENTS_ROTATED) { /* clamp 0 holds L2, whichever begins */
        return finding->fault == fault->named;
    }
    const bool right_place =
        fault->pair ? finding->a == low && finding->b == high : finding->a == phase;
    return right_place && (finding->fault == fault->named || finding->fault == fault->alias);
}

/* Counts one verdict; `fault` NULL: nothing is wrong. */
static void count(struct tally *tally, const struct fault *fault, unsigned phase,
                  const struct wiring_verdict *verdict)
{
    bool found = false, hinted = false, accused = false, unjudged = false;
    for (unsigned k = 0; k < verdict->count; k++) {
        const struct wiring_finding *finding = &verdict->finding[k];
        const bool named = fault && is_named(fault, phase, finding);
        found = found || (named && finding->certain);
        unjudged = unjudged || finding->fault == WIRING_NO_LOAD;
        const bool unnamed = fault && finding->fault == WIRING_CURRENTS_ODD;
        hinted = hinted || unnamed ||
                 (!finding->certain && finding->fault != WIRING_NO_LOAD && (named || !fault));
        accused = accused || (finding->certain && !named && !unnamed);
    }
    tally->cases++;
    tally->found += found;
    tally->hinted += hinted && !found;
    tally->accused += accused;
    tally->unjudged += unjudged && !found && !hinted;
}

struct table {
    struct tally fault[FAULTS][OBSERVERS]; /* the last one without export */
    struct tally by_factor[FAULTS][FACTORS][2];
    struct tally by_load[FAULTS][LOADS][2];
    struct tally by_balance[FAULTS][BALANCES][2];
    struct tally right[BALANCES][LOADS][OBSERVERS];
    struct tally right_factor[FACTORS][2];
};

struct place {
    unsigned factor, load, balance, phase;
};

static void count_parts(struct table *table, const struct place *at, const struct fault *fault,
                        unsigned k, const struct wiring_verdict *verdict)
{
    if (fault) {
        const size_t f = (size_t)(fault - faults);
        count(&table->by_factor[f][at->factor][k], fault, at->phase, verdict);
        count(&table->by_load[f][at->load][k], fault, at->phase, verdict);
        count(&table->by_balance[f][at->balance][k], fault, at->phase, verdict);
    } else if (at->balance < PLAIN_LOADS) {
        count(&table->right_factor[at->factor][k], NULL, 0, verdict);
    }
}

static void run_case(struct table *table, const struct place *at, const struct fault *fault)
{
    struct sim_config config;
    struct wiring_verdict verdict[OBSERVERS];
    sim_config_default(&config);
    set_load(&config, &factors[at->factor], loads[at->load], &balances[at->balance], at->phase);
    config.fault = fault ? fault->made : SIM_NO_FAULT;
    config.fault_phase = at->phase;
    observe(&config, verdict);
    const bool export = factors[at->factor].export || strstr(balances[at->balance].name, "export");
    const size_t f = fault ? (size_t)(fault - faults) : 0;
    for (unsigned k = 0; k < OBSERVERS; k++) {
        if (k == NO_GENERATION && export) {
            continue; /* it was told that there is none */
        }
        count(fault ? &table->fault[f][k] : &table->right[at->balance][at->load][k], fault,
              at->phase, &verdict[k]);
        if (k < NO_GENERATION) {
            count_parts(table, at, fault, k, &verdict[k]);
        }
    }
}

/* Every fault under every plain load; right wiring under every load. */
static void run_all(struct table *table)
{
    unsigned number = 0;
    for (unsigned b = 0; b < BALANCES; b++) {
        for (unsigned p = 0; p < FACTORS && (b < PLAIN_LOADS || p == 0); p++) {
            for (unsigned l = 0; l < LOADS; l++) {
                struct place at = {p, l, b, 0};
                for (at.phase = 0; at.phase < 3; at.phase++) {
                    run_case(table, &at, NULL);
                }
                for (unsigned f = 0; f < FAULTS && b < PLAIN_LOADS; f++) {
                    at.phase = number++ % 3;
                    run_case(table, &at, &faults[f]);
                }
            }
        }
    }
}

/* ---- the page ---- */

static double percent(unsigned part, unsigned whole)
{
    return whole > 0 ? 100.0 * part / whole : NAN;
}

static void print_head(FILE *out)
{
    fputs(
        "# How well wiring faults are found\n\n"
        "Made by `build/tests/fault_table > docs/wiring-faults.md`; a test repeats it.\n\n"
        "Every case is simulated at 3200 samples a second behind a 16 bit converter with noise,\n"
        "10 mA of noise on the currents and CTs with 0.3 % and 20 to 40 minutes of error, "
        "measured\n"
        "by the engine over 0.9 s and judged by `core/metrology/wiring_check.h` with nothing "
        "known\n"
        "about generation. Imax is 100 A, and currents under 0.05 A count as none. The faulty\n"
        "phase changes from case to case. A *hint* says \"may be\"; only a certain finding is an\n"
        "accusation. \"With N\": a clamp on the neutral takes part.\n\n",
        out);
}

static void print_tally(FILE *out, const struct tally *t)
{
    fprintf(out, " %u | %u | %u | %u | %u |", t->cases, t->found, t->hinted,
            t->cases - t->found - t->hinted, t->accused);
}

static void print_faults(FILE *out, const struct table *table, unsigned observer, const char *title)
{
    fprintf(out,
            "\n### %s\n\n| fault | cases | found | unsure | missed | else | |\n"
            "|---|--:|--:|--:|--:|--:|---|\n",
            title);
    for (size_t f = 0; f < FAULTS; f++) {
        fprintf(out, "| %s |", faults[f].name);
        print_tally(out, &table->fault[f][observer]);
        fprintf(out, " %s |\n", faults[f].remark);
    }
}

static void print_all_faults(FILE *out, const struct table *table)
{
    fprintf(out,
            "## Faults\n\n%zu power factors from 0.3 lag to 0.5 lead and export, %zu loads from "
            "0.1 to 100 %% of\nImax, %d balances. *Found*: named with certainty, kind and phase. "
            "*Unsure*: named as a\npossibility, or said that currents and voltages do not fit. "
            "*Else*: something else is named with\ncertainty, beside it or instead.\n",
            FACTORS, LOADS, PLAIN_LOADS);
    print_faults(out, table, WITH_N, "A clamp on the neutral");
    print_faults(out, table, WITHOUT_N, "No clamp on the neutral");
    print_faults(out, table, NO_GENERATION,
                 "No clamp on the neutral, `--generation none` (import only)");
}

/* Found (and hinted) in percent of the cases, one column per value of `what`. */
static void print_share(FILE *out, const struct tally *pair)
{
    for (unsigned k = 0; k < 2; k++) {
        fprintf(out, "%s%.0f", k ? " / " : " ",
                percent(pair[k].found + pair[k].hinted, pair[k].cases));
    }
    fputs(" |", out);
}

static void print_rule(FILE *out, size_t columns)
{
    fputs("\n|---|", out);
    for (size_t k = 0; k < columns; k++) {
        fputs("--:|", out);
    }
    fputc('\n', out);
}

static void print_by_factor(FILE *out, const struct table *table)
{
    fputs("\n## By power factor\n\nPercent found or unsure, with N / without N.\n\n| fault |", out);
    for (size_t p = 0; p < FACTORS; p++) {
        fprintf(out, " %s |", factors[p].name);
    }
    print_rule(out, FACTORS);
    for (size_t f = 0; f < FAULTS; f++) {
        fprintf(out, "| %s |", faults[f].name);
        for (size_t p = 0; p < FACTORS; p++) {
            print_share(out, table->by_factor[f][p]);
        }
        fputc('\n', out);
    }
}

static void print_by_load(FILE *out, const struct table *table)
{
    fputs("\n## By load and balance\n\nPercent found or unsure, with N / without N. At 0.1 % of "
          "Imax the "
          "weaker phases of uneven loads are\nbelow what counts as a current.\n\n| fault |",
          out);
    for (size_t l = 0; l < LOADS; l++) {
        fprintf(out, " %g %% |", loads[l]);
    }
    for (size_t b = 0; b < PLAIN_LOADS; b++) {
        fprintf(out, " %s |", balances[b].name);
    }
    print_rule(out, LOADS + PLAIN_LOADS);
    for (size_t f = 0; f < FAULTS; f++) {
        fprintf(out, "| %s |", faults[f].name);
        for (size_t l = 0; l < LOADS; l++) {
            print_share(out, table->by_load[f][l]);
        }
        for (size_t b = 0; b < PLAIN_LOADS; b++) {
            print_share(out, table->by_balance[f][b]);
        }
        fputc('\n', out);
    }
}

/* Accusations and hints of one observer where nothing is wrong. */
static void print_false(FILE *out, const struct tally *t)
{
    fprintf(out, " %u | %u | %u |", t->cases, t->accused, t->hinted);
}

static void print_right(FILE *out, const struct table *table)
{
    fputs("\n## Right wiring\n\nNothing is wrong: every accusation here is false. The first three "
          "loads go through all power\nfactors, export included; the load stands on each phase in "
          "turn. Under `--generation none` loads\nthat export are left out.\n\n"
          "| load | with N: cases | accused | hints | without N: cases | accused | hints | none "
          "generates: cases | accused | hints |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
          out);
    for (size_t b = 0; b < BALANCES; b++) {
        fprintf(out, "| %s |", balances[b].name);
        for (unsigned k = 0; k < OBSERVERS; k++) {
            struct tally sum = {0};
            for (size_t l = 0; l < LOADS; l++) {
                sum.cases += table->right[b][l][k].cases;
                sum.accused += table->right[b][l][k].accused;
                sum.hinted += table->right[b][l][k].hinted;
            }
            print_false(out, &sum);
        }
        fputc('\n', out);
    }
    fputs("\n| power factor | with N: cases | accused | hints | without N: cases | accused | hints "
          "|\n|---|--:|--:|--:|--:|--:|--:|\n",
          out);
    for (size_t p = 0; p < FACTORS; p++) {
        fprintf(out, "| %s |", factors[p].name);
        print_false(out, &table->right_factor[p][WITH_N]);
        print_false(out, &table->right_factor[p][WITHOUT_N]);
        fputc('\n', out);
    }
}

static void print_page(FILE *out, const struct table *table)
{
    print_head(out);
    print_all_faults(out, table);
    print_by_factor(out, table);
    print_by_load(out, table);
    print_right(out, table);
}

/* ---- the check ---- */

static int check_floors(const struct table *table)
{
    int wrong = 0;
    for (size_t f = 0; f < FAULTS; f++) {
        for (unsigned k = 0; k < 2; k++) {
            const struct tally *t = &table->fault[f][k];
            const double named = percent(t->found + t->hinted, t->cases);
            if (named < faults[f].least[k]) {
                printf("%s, %s N: %.1f %% named, at least %.0f %% are expected\n", faults[f].name,
                       k ? "without" : "with", named, faults[f].least[k]);
                wrong++;
            }
        }
    }
    for (size_t b = 0; b < BALANCES; b++) {
        for (size_t l = 0; l < LOADS; l++) {
            const unsigned accused = table->right[b][l][0].accused + table->right[b][l][1].accused;
            if (accused > 0) {
                printf("right wiring, %s at %g %%: accused in %u cases\n", balances[b].name,
                       loads[l], accused);
                wrong++;
            }
        }
    }
    return wrong;
}

static int check_page(const struct table *table, const char *name)
{
    char *page = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&page, &size);
    FILE *file = fopen(name, "r");
    if (!memory || !file) {
        stop("the page cannot be read");
    }
    print_page(memory, table);
    fclose(memory);
    int same = 1;
    for (size_t k = 0; k <= size && same; k++) {
        same = fgetc(file) == (k < size ? (unsigned char)page[k] : EOF);
    }
    fclose(file);
    free(page);
    if (!same) {
        printf("%s is not what fault_table prints now\n", name);
    }
    return !same;
}

int main(int argc, char **argv)
{
    static struct table table;
    if (argc != 1 && !(argc == 3 && strcmp(argv[1], "--check") == 0)) {
        stop("usage: fault_table [--check FILE]");
    }
    run_all(&table);
    if (argc == 1) {
        print_page(stdout, &table);
        return 0;
    }
    const int wrong = check_floors(&table) + check_page(&table, argv[2]);
    return wrong > 0;
}
