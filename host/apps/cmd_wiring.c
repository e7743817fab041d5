/* `blondel wiring`: a few seconds of a recording or a live source in, a verdict on the wiring out.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "apps/measure.h"
#include "apps/wiring_text.h"

#define SPAN_S       3.0  /* a few windows say it */
#define FLOOR_SHARE  5e-4 /* of the full scale of the currents */
#define COLUMNS_TEXT 78

struct wiring_job {
    enum wiring_generation generation;
    double floor_a; /* 0: a share of full scale */
    bool begun;
    bool accused; /* some finding was certain */
    struct wiring_check check[CIRCUITS_MAX];
};

/* ---- evidence ---- */

static void begin_checks(const struct report *report, struct wiring_job *job)
{
    const struct measure_setup *setup = report->setup;
    for (unsigned c = 0; c < setup->config.circuits; c++) {
        const struct metrology_circuit *circuit = &setup->circuit[c];
        const struct wiring_check_config config = {
            .wiring = circuit->wiring,
            .elements = circuit->elements,
            .neutral_measured = circuit->neutral != CHANNEL_NONE && !setup->about[c].any_absent,
            .generation = job->generation,
            .u_nominal_v = (double)setup->config.u_nominal_uv * 1e-6,
            .i_floor_a = job->floor_a > 0 ? job->floor_a : setup->i_scale * FLOOR_SHARE,
        };
        if (wiring_check_init(&job->check[c], &config) < 0) {
            job->check[c] = (struct wiring_check){.config = config}; /* adds nothing: no elements */
        }
    }
}

static void begin(const struct report *report)
{
    (void)report;
}

static void add_window(const struct report *report, const struct record *record)
{
    struct wiring_job *job = report->ctx;
    if (!job->begun) {
        job->begun = true;
        begin_checks(report, job);
    }
    wiring_check_add(&job->check[record->q->circuit], record->q);
}

/* ---- the verdict ---- */

struct opinion {
    struct wiring_verdict verdict;
    struct wiring_names names;
    char current[ELEMENTS_MAX][12];
    bool accused, hinted;
};

static void name_phases(const struct measure_setup *setup, unsigned c, struct opinion *opinion)
{
    static const char *const phases[] = {"L1", "L2", "L3", "L4"};
    const struct metrology_circuit *circuit = &setup->circuit[c];
    const bool single = circuit->wiring == WIRING_1P2W;
    for (unsigned p = 0; p < ELEMENTS_MAX; p++) {
        const unsigned e = circuit->wiring == WIRING_3P3W ? p / 2 : p;
        unsigned number = p + 1;
        for (unsigned k = 0; e < circuit->elements && k < CURRENTS_MAX; k++) {
            number = setup->current_index[k] == circuit->element[e].i ? k + 1 : number;
        }
        snprintf(opinion->current[p], sizeof opinion->current[p], "I%u", number);
        opinion->names.current[p] = opinion->current[p];
        opinion->names.phase[p] = single ? opinion->current[p] : phases[p];
    }
}

/* What nobody recorded cannot be dead. */
static void drop_absent(const struct measure_circuit *about, struct wiring_verdict *verdict)
{
    unsigned kept = 0;
    for (unsigned k = 0; k < verdict->count; k++) {
        const struct wiring_finding *finding = &verdict->finding[k];
        if (finding->fault != WIRING_NO_CURRENT || !about->current_absent[finding->a]) {
            verdict->finding[kept++] = *finding;
        }
    }
    verdict->count = (uint8_t)kept;
}

static void form_opinion(const struct report *report, unsigned c, struct opinion *opinion)
{
    struct wiring_job *job = report->ctx;
    *opinion = (struct opinion){.accused = false};
    name_phases(report->setup, c, opinion);
    wiring_check_verdict(&job->check[c], &opinion->verdict);
    drop_absent(&report->setup->about[c], &opinion->verdict);
    for (unsigned k = 0; k < opinion->verdict.count; k++) {
        const struct wiring_finding *finding = &opinion->verdict.finding[k];
        const bool doubt = !finding->certain && finding->fault != WIRING_NO_LOAD;
        opinion->accused = opinion->accused || finding->certain;
        opinion->hinted = opinion->hinted || doubt;
    }
    job->accused = job->accused || opinion->accused;
}

static const char *verdict_word(const struct opinion *opinion)
{
    return opinion->accused                    ? "fault"
           : opinion->hinted                   ? "look"
           : opinion->verdict.windows == 0     ? "unknown"
           : !opinion->verdict.currents_judged ? "unknown"
                                               : "right";
}

/* ---- text ---- */

static void print_wrapped(FILE *out, const char *first, const char *text)
{
    size_t column = (size_t)fprintf(out, "%s", first);
    const size_t indent = column;
    for (const char *word = text; *word != '\0';) {
        const size_t length = strcspn(word, " ");
        if (column > indent && column + 1 + length > COLUMNS_TEXT) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            column += (size_t)fprintf(out, " ");
        }
        column += (size_t)fprintf(out, "%.*s", (int)length, word);
        word += length;
        word += strspn(word, " ");
    }
    fputc('\n', out);
}

static void print_verdict(const struct report *report, const struct opinion *opinion)
{
    static const struct {
        const char *word, *sentence, *colour;
    } sentences[] = {
        {"fault", "The wiring is wrong.", "\x1b[1;31m"},
        {"look", "Something is worth a look.", "\x1b[1;33m"},
        {"unknown", "The wiring cannot be judged.", "\x1b[1;33m"},
        {"right", "The wiring is right, as far as these windows show.", "\x1b[1;32m"},
    };
    const char *word = verdict_word(opinion);
    for (size_t k = 0; k < sizeof sentences / sizeof sentences[0]; k++) {
        if (strcmp(sentences[k].word, word) == 0) {
            fprintf(report->out, "%s%s%s\n", report->colour ? sentences[k].colour : "",
                    sentences[k].sentence, report->colour ? "\x1b[0m" : "");
        }
    }
}

static void print_cell(FILE *out, double value, int places)
{
    if (isfinite(value)) {
        fprintf(out, " %11.*f", places, value);
    } else {
        fprintf(out, " %11s", "-");
    }
}

/* The means the verdict rests on. */
static void print_means(const struct report *report, unsigned c,
                        const struct circuit_summary *summary, const struct opinion *opinion)
{
    FILE *out = report->out;
    struct quantities q;
    aggregate_means(&summary->values, &q);
    fprintf(out, "\n%-4s %11s %11s %11s %11s %11s %11s\n", "", "U V", "angle deg", "I A",
            "angle deg", "P W", "U to I deg");
    for (unsigned e = 0; e < summary->values.elements; e++) {
        const bool aron = report->setup->circuit[c].wiring == WIRING_3P3W;
        fprintf(out, "%-4s", aron ? (e ? "L32" : "L12") : opinion->names.phase[e]);
        print_cell(out, q.u[e], 2);
        print_cell(out, q.u_angle[e], 1);
        print_cell(out, q.i[e], 3);
        print_cell(out, q.i_angle[e], 1);
        print_cell(out, q.p[e], 1);
        print_cell(out, q.phi[e], 1);
        fputc('\n', out);
    }
    if (isfinite(q.i_n)) {
        fprintf(out, "%-4s %11s %11s", "N", "", "");
        print_cell(out, q.i_n, 3);
        fputc('\n', out);
    }
}

static void print_text(const struct report *report, unsigned c,
                       const struct circuit_summary *summary)
{
    struct opinion opinion;
    char text[WIRING_TEXT_MAX];
    form_opinion(report, c, &opinion);
    if (report->setup->config.circuits > 1) {
        fprintf(report->out, "%s%s\n", c ? "\n" : "", report->setup->about[c].name);
    }
    print_verdict(report, &opinion);
    for (unsigned k = 0; k < opinion.verdict.count; k++) {
        wiring_text(text, &opinion.verdict.finding[k], &opinion.names);
        print_wrapped(report->out, opinion.verdict.finding[k].certain ? "  ! " : "  ? ", text);
    }
    print_means(report, c, summary, &opinion);
}

/* ---- JSON ---- */

static void print_number(FILE *out, const char *key, double value)
{
    if (isfinite(value)) {
        fprintf(out, ",\"%s\":%.6g", key, value);
    }
}

/* Texts come from our own tables and labels: nothing in them needs an escape. */
static void print_finding(FILE *out, const struct opinion *opinion,
                          const struct wiring_finding *finding)
{
    char text[WIRING_TEXT_MAX];
    wiring_text(text, finding, &opinion->names);
    fprintf(out, "{\"fault\":\"%s\"", wiring_fault_word(finding->fault));
    if (wiring_fault_has_phase(finding->fault)) {
        fprintf(out, ",\"phase\":\"%s\"", opinion->names.phase[finding->a]);
    }
    if (wiring_fault_has_other(finding->fault)) {
        fprintf(out, ",\"other\":\"%s\"", opinion->names.phase[finding->b]);
    }
    fprintf(out, ",\"certain\":%s", finding->certain ? "true" : "false");
    print_number(out, "confidence", finding->confidence);
    print_number(out, "power_w", finding->power_w);
    print_number(out, "angle_deg", finding->angle_deg);
    print_number(out, "value", finding->value);
    fprintf(out, ",\"text\":\"%s\"}", text);
}

static void print_json(const struct report *report, unsigned c,
                       const struct circuit_summary *summary)
{
    (void)summary;
    FILE *out = report->out;
    struct opinion opinion;
    form_opinion(report, c, &opinion);
    fprintf(out, "{\"verdict\":\"%s\"", verdict_word(&opinion));
    if (report->setup->config.circuits > 1) {
        fprintf(out, ",\"circuit\":\"%s\"", report->setup->about[c].name);
    }
    fprintf(out, ",\"windows\":%u,\"currents_judged\":%s", opinion.verdict.windows,
            opinion.verdict.currents_judged ? "true" : "false");
    print_number(out, "as_is", opinion.verdict.as_is);
    fputs(",\"findings\":[", out);
    for (unsigned k = 0; k < opinion.verdict.count; k++) {
        fputs(k ? "," : "", out);
        print_finding(out, &opinion, &opinion.verdict.finding[k]);
    }
    fputs("]}\n", out);
}

/* ---- the command ---- */

static const struct printer wiring_printer_text = {begin, add_window, print_text};
static const struct printer wiring_printer_json = {begin, add_window, print_json};

static int read_generation(const struct args *args, enum wiring_generation *generation)
{
    static const char *const words[] = {[GENERATION_UNKNOWN] = "unknown",
                                        [GENERATION_NONE] = "none",
                                        [GENERATION_PRESENT] = "present"};
    const char *word = args_get(args, "generation");
    for (size_t k = 0; word && k < sizeof words / sizeof words[0]; k++) {
        if (strcmp(word, words[k]) == 0) {
            *generation = (enum wiring_generation)k;
            return 0;
        }
    }
    return word ? fail(2, "--generation %s: must be one of none, present, unknown", word) : 0;
}

static int read_floor(const struct args *args, double *floor_a)
{
    const char *word = args_get(args, "i-floor");
    char *end = NULL;
    if (!word) {
        return 0;
    }
    *floor_a = strtod(word, &end);
    if (end == word || *end != '\0' || !(*floor_a > 0) || isinf(*floor_a)) {
        return fail(2, "--i-floor %s: must be a current in amperes above 0", word);
    }
    return 0;
}

static int run_wiring(const struct args *args)
{
    struct wiring_job *job = calloc(1, sizeof *job);
    if (!job) {
        return fail(1, "not enough memory");
    }
    const struct measure_job measure = {
        .printer = {[FORMAT_TEXT] = &wiring_printer_text, [FORMAT_JSON] = &wiring_printer_json},
        .span_s = SPAN_S,
        .ctx = job};
    int status = read_generation(args, &job->generation);
    if (status == 0) {
        status = read_floor(args, &job->floor_a);
    }
    if (status == 0) {
        status = measure_run(args, &measure);
    }
    if (status == 0 && job->accused) {
        status = 1;
    }
    free(job);
    return status;
}

static const struct option_row wiring_option_rows[] = {
    {"generation", "HOW",
     "none: nothing behind the meter generates, so power to the grid is a\n"
     "fault; present: something does; default unknown"},
    {"i-floor", "A",
     "smaller currents say nothing about the wiring; default 0.05 % of the\n"
     "full scale of the current channels"},
    {"format", "F", "text or json; default text"},
    MEASURE_INPUT_OPTIONS,
    {0},
};

const struct command command_wiring = {
    .name = "wiring",
    .synopsis = "FILE|SPEC [options]",
    .summary = "tells in words whether voltages and clamps are connected right",
    .examples =
        "  blondel wiring site.csv                      the first three seconds; status 1 if "
        "wrong\n"
        "  blondel wiring site.csv --generation none    no photovoltaics: any export is a fault\n"
        "  blondel wiring 'sim:fault-reversed-ct'       what it says of a fault in the simulator\n"
        "  blondel wiring site.csv --from 60 --to 90 --format json | jq -r '.findings[].text'\n",
    .positionals_min = 1,
    .positionals_max = 1,
    .options = wiring_option_rows,
    .run = run_wiring,
};
