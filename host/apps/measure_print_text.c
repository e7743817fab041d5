/* What a person reads: a block of lines per window, then the whole as a table. */
#include "apps/measure_print.h"

#include <math.h>
#include <string.h>

#define DIGITS 7

static const char style_head[] = "\x1b[1m", style_dim[] = "\x1b[2m", style_end[] = "\x1b[0m";

/* How one kind of quantity is written all through a report: prefix and places follow full scale. */
struct scale {
    double divisor;
    int places;
    const char *prefix;
};

struct scales {
    struct scale u, i, p;
};

static struct scale scale_for(double largest)
{
    struct scale scale = {.divisor = 1, .prefix = ""};
    if (largest >= 1e7) {
        scale = (struct scale){.divisor = 1e6, .prefix = "M"};
    } else if (largest >= 1e4) {
        scale = (struct scale){.divisor = 1e3, .prefix = "k"};
    }
    const double lead = largest > 0 ? floor(log10(largest / scale.divisor)) : 0;
    scale.places = (int)fmax(0, fmin(6, DIGITS - 1 - lead));
    return scale;
}

static struct scales scales_of(const struct report *report)
{
    return (struct scales){.u = scale_for(report->u_scale),
                           .i = scale_for(report->i_scale),
                           .p = scale_for(report->u_scale * report->i_scale)};
}

static const char *style(const struct report *report, const char *sequence)
{
    return report->colour ? sequence : "";
}

static void print_cell(FILE *out, int width, int places, double value)
{
    if (isfinite(value)) {
        const bool rounds_to_zero = fabs(value) * pow(10, places) < 0.5;
        fprintf(out, " %*.*f", width, places, rounds_to_zero ? 0 : value); /* no "-0.000" */
    } else {
        fprintf(out, " %*s", width, "-");
    }
}

static void print_scaled(FILE *out, const struct scale *scale, double value)
{
    print_cell(out, 11, scale->places, value / scale->divisor);
}

static void print_unit(FILE *out, const struct scale *scale, const char *unit)
{
    char text[16];
    snprintf(text, sizeof text, "%s%s", scale->prefix, unit);
    fprintf(out, " %11s", text);
}

static void begin(const struct report *report)
{
    const struct scales scales = scales_of(report);
    FILE *out = report->out;
    fprintf(out, "%s%10s %8s %-5s %11s %11s %11s %11s %11s %8s %8s %8s %7s %7s\n",
            style(report, style_head), "t", "f", "phase", "U", "I", "P", "Q1", "S", "PF", "U angle",
            "I angle", "THD U", "THD I");
    fprintf(out, "%10s %8s %-5s", "s", "Hz", "");
    print_unit(out, &scales.u, "V");
    print_unit(out, &scales.i, "A");
    print_unit(out, &scales.p, "W");
    print_unit(out, &scales.p, "var");
    print_unit(out, &scales.p, "VA");
    fprintf(out, " %8s %8s %8s %7s %7s%s\n", "", "deg", "deg", "%", "%", style(report, style_end));
}

static void print_element(const struct report *report, const struct scales *scales,
                          const struct quantities *q, unsigned e)
{
    FILE *out = report->out;
    fprintf(out, " %-5s", report->setup->about[q->circuit].label[e]);
    print_scaled(out, &scales->u, q->u[e]);
    print_scaled(out, &scales->i, q->i[e]);
    print_scaled(out, &scales->p, q->p[e]);
    print_scaled(out, &scales->p, q->q1[e]);
    print_scaled(out, &scales->p, q->s[e]);
    print_cell(out, 8, 5, q->pf[e]);
    print_cell(out, 8, 3, q->u_angle[e]);
    print_cell(out, 8, 3, q->i_angle[e]);
    print_cell(out, 7, 3, q->thd_u[e]);
    print_cell(out, 7, 3, q->thd_i[e]);
}

static void print_total(const struct report *report, const struct scales *scales,
                        const struct quantities *q)
{
    FILE *out = report->out;
    fprintf(out, "%19s %-5s %11s %11s", "", "total", "", "");
    print_scaled(out, &scales->p, q->p_total);
    print_scaled(out, &scales->p, q->q1_total);
    print_scaled(out, &scales->p, q->s_total);
    print_cell(out, 8, 5, q->pf_total);
    fputc('\n', out);
}

/* The first line also says when, how fast the line runs, and what to doubt. */
static void window(const struct report *report, const struct record *record)
{
    const struct scales scales = scales_of(report);
    const struct quantities *q = record->q;
    FILE *out = report->out;
    if (report->setup->config.circuits > 1) {
        fprintf(out, "%s%s%s\n", style(report, style_dim), report->setup->about[q->circuit].name,
                style(report, style_end));
    }
    print_cell(out, 9, 4, record->t_s);
    print_cell(out, 8, 4, q->f);
    for (unsigned e = 0; e < q->elements; e++) {
        fprintf(out, "%s", e ? "                   " : "");
        print_element(report, &scales, q, e);
        char words[256];
        const unsigned doubts = e ? 0 : record_flags(q);
        const size_t length = flags_format(words, sizeof words, doubts, ", ");
        fprintf(out, "%s%s%s%s\n", length ? "  " : "", style(report, style_dim), words,
                style(report, style_end));
    }
    if (q->elements > 1) {
        print_total(report, &scales, q);
    }
}

/* ---- the summary --------------------------------------------------------------------------------
 */

enum line_scale { SCALE_U, SCALE_I, SCALE_P, SCALE_NONE };

/* A line of the summary: one quantity of each element, and of the circuit where there is one. */
struct line {
    const char *label, *element, *total, *unit;
    enum line_scale scale;
    int places; /* without a scale */
};

static const struct line element_lines[] = {
    {"U", "u", "u_avg", "V", SCALE_U, 0},
    {"I", "i", "i_avg", "A", SCALE_I, 0},
    {"P", "p", "p_total", "W", SCALE_P, 0},
    {"Q1", "q1", "q1_total", "var", SCALE_P, 0},
    {"Q", "q", "q_total", "var", SCALE_P, 0},
    {"S", "s", "s_total", "VA", SCALE_P, 0},
    {"PF", "pf", "pf_total", "", SCALE_NONE, 6},
    {"displacement PF", "dpf", "dpf_total", "", SCALE_NONE, 6},
    {"U angle", "u_angle", "", "deg", SCALE_NONE, 3},
    {"I angle", "i_angle", "", "deg", SCALE_NONE, 3},
    {"U direct", "u_dc", "", "V", SCALE_U, 0},
    {"I direct", "i_dc", "", "A", SCALE_I, 0},
    {"U THD", "thd_u", "", "%", SCALE_NONE, 3},
    {"I THD", "thd_i", "", "%", SCALE_NONE, 3},
    {"U crest factor", "crest_u", "", "", SCALE_NONE, 3},
    {"I crest factor", "crest_i", "", "", SCALE_NONE, 3},
    {"I K-factor", "k_factor", "", "", SCALE_NONE, 3},
};

/* Quantities of the circuit as a whole, with their extremes. */
static const struct line system_lines[] = {
    {"frequency", "f", "", "Hz", SCALE_NONE, 4},
    {"P total", "p_total", "", "W", SCALE_P, 0},
    {"Q1 total", "q1_total", "", "var", SCALE_P, 0},
    {"neutral current", "i_n", "", "A", SCALE_I, 0},
    {"U12", "u_ll", "", "V", SCALE_U, 0},
    {"U23", "u_ll", "1", "V", SCALE_U, 0},
    {"U31", "u_ll", "2", "V", SCALE_U, 0},
    {"U unbalance u2", "u2_percent", "", "%", SCALE_NONE, 3},
    {"U zero seq. u0", "u0_percent", "", "%", SCALE_NONE, 3},
    {"I unbalance i2", "i2_percent", "", "%", SCALE_NONE, 3},
};

static const struct quantity_row *row_named(const char *name)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        if (strcmp(quantity_rows[r].name, name) == 0) {
            return &quantity_rows[r];
        }
    }
    return NULL;
}

static struct scale line_scale(const struct scales *scales, const struct line *line)
{
    switch (line->scale) {
    case SCALE_U:
        return scales->u;
    case SCALE_I:
        return scales->i;
    case SCALE_P:
        return scales->p;
    case SCALE_NONE:
        break;
    }
    return (struct scale){.divisor = 1, .places = line->places, .prefix = ""};
}

static void print_label(FILE *out, const struct line *line, const struct scale *scale)
{
    char unit[16];
    snprintf(unit, sizeof unit, "%s%s", scale->prefix, line->unit);
    fprintf(out, "  %-16s %-5s", line->label, unit);
}

static void print_element_line(const struct report *report, const struct scales *scales,
                               const struct quantities *means, const struct line *line)
{
    const struct quantity_row *row = row_named(line->element), *total = row_named(line->total);
    const struct scale scale = line_scale(scales, line);
    print_label(report->out, line, &scale);
    for (unsigned e = 0; e < means->elements; e++) {
        print_scaled(report->out, &scale, quantity_value(means, row, e));
    }
    if (total && means->elements > 1) {
        print_scaled(report->out, &scale, quantity_value(means, total, 0));
    }
    fputc('\n', report->out);
}

static void print_system_line(const struct report *report, const struct scales *scales,
                              const struct circuit_summary *summary, const struct quantities *means,
                              const struct line *line)
{
    const struct quantity_row *row = row_named(line->element);
    const unsigned k = line->total[0] ? (unsigned)(line->total[0] - '0') : 0;
    const struct aggregate_value *mean =
        k < quantity_count(means, row) ? aggregate_value(&summary->values, row, k) : NULL;
    if (!mean) {
        return;
    }
    const struct scale scale = line_scale(scales, line);
    print_label(report->out, line, &scale);
    print_scaled(report->out, &scale, quantity_value(means, row, k));
    print_scaled(report->out, &scale, mean->least);
    print_cell(report->out, 11, 4, mean->least_t_s);
    print_scaled(report->out, &scale, mean->most);
    print_cell(report->out, 11, 4, mean->most_t_s);
    fputc('\n', report->out);
}

static void print_energies(const struct report *report, const struct circuit_summary *summary)
{
    FILE *out = report->out;
    fprintf(out, "  %-22s %14s %14s\n", "", "import", "export");
    fprintf(out, "  %-16s %-5s %14.7g %14.7g\n", "active", "Wh", energy_wh(summary->import),
            energy_wh(summary->export));
    fprintf(out, "  %-22s %14s %14s %14s %14s\n", "", "quadrant 1", "quadrant 2", "quadrant 3",
            "quadrant 4");
    fprintf(out, "  %-16s %-5s", "reactive", "varh");
    for (int k = 0; k < 4; k++) {
        fprintf(out, " %14.7g", energy_wh(summary->quadrant[k]));
    }
    fprintf(out, "\n  %-16s %-5s %14.7g\n", "apparent", "VAh", energy_wh(summary->apparent));
}

static void print_harmonic_line(const struct report *report, const struct circuit_summary *summary,
                                unsigned order)
{
    fprintf(report->out, "  %5u", order);
    for (int which = 0; which < 2; which++) {
        for (unsigned e = 0; e < summary->values.elements; e++) {
            const double rms = summary_harmonic(summary, e, which, order);
            const double first = summary_harmonic(summary, e, which, 1);
            print_cell(report->out, 12, 5, rms);
            print_cell(report->out, 8, 3, first > 0 ? 100 * rms / first : NAN);
        }
    }
    fputc('\n', report->out);
}

static void print_harmonics(const struct report *report, unsigned circuit,
                            const struct circuit_summary *summary)
{
    FILE *out = report->out;
    fprintf(out, "%sHarmonics%s\n  order", style(report, style_head), style(report, style_end));
    for (int which = 0; which < 2; which++) {
        for (unsigned e = 0; e < summary->values.elements; e++) {
            char head[16];
            snprintf(head, sizeof head, "%c %s %c", which ? 'I' : 'U',
                     report->setup->about[circuit].label[e], which ? 'A' : 'V');
            fprintf(out, " %12s %8s", head, "%");
        }
    }
    fputc('\n', out);
    for (unsigned order = 0; order <= HARMONICS_MAX; order++) {
        print_harmonic_line(report, summary, order);
    }
}

static void print_element_table(const struct report *report, unsigned circuit,
                                const struct quantities *means)
{
    FILE *out = report->out;
    const struct scales scales = scales_of(report);
    fprintf(out, "%s  %-22s", style(report, style_head), "mean");
    for (unsigned e = 0; e < means->elements; e++) {
        fprintf(out, " %11s", report->setup->about[circuit].label[e]);
    }
    fprintf(out, " %11s%s\n", means->elements > 1 ? "total, mean" : "", style(report, style_end));
    for (size_t k = 0; k < sizeof element_lines / sizeof element_lines[0]; k++) {
        print_element_line(report, &scales, means, &element_lines[k]);
    }
}

static void print_system_table(const struct report *report, const struct circuit_summary *summary,
                               const struct quantities *means)
{
    const struct scales scales = scales_of(report);
    fprintf(report->out, "%s  %-22s %11s %11s %11s %11s %11s%s\n", style(report, style_head), "",
            "mean", "least", "at s", "most", "at s", style(report, style_end));
    for (size_t k = 0; k < sizeof system_lines / sizeof system_lines[0]; k++) {
        print_system_line(report, &scales, summary, means, &system_lines[k]);
    }
}

static void summarise(const struct report *report, unsigned circuit,
                      const struct circuit_summary *summary)
{
    FILE *out = report->out;
    struct quantities means;
    aggregate_means(&summary->values, &means);
    means.circuit = (uint16_t)circuit;
    const bool named = report->setup->config.circuits > 1;
    fprintf(out, "\n%s%s%s%.4f s in %u windows of %lld cycles%s%s\n", style(report, style_head),
            named ? report->setup->about[circuit].name : "", named ? ": " : "",
            summary->values.length_s, summary->values.windows, llround(summary->values.cycles),
            report->truncated ? "; there the recording breaks off" : "", style(report, style_end));
    print_element_table(report, circuit, &means);
    print_system_table(report, summary, &means);
    if (!report->setup->about[circuit].any_absent) {
        print_energies(report, summary);
    }
    if (report->harmonics) {
        print_harmonics(report, circuit, summary);
    }
}

const struct printer printer_text = {.begin = begin, .window = window, .summary = summarise};
