/* A head with names and units, then one record a line; the summary's line fills the last columns.
 */
#include "apps/measure_print.h"

#include <math.h>
#include <string.h>

#include "metrology/wiring.h"

static const char *const energy_heads[] = {
    "wh_import [Wh]", "wh_export [Wh]", "varh_q1 [varh]", "varh_q2 [varh]",
    "varh_q3 [varh]", "varh_q4 [varh]", "vah [VAh]",
};
#define ENERGIES (sizeof energy_heads / sizeof energy_heads[0])

/* Circuits may differ in elements; the columns are those of the largest. */
static struct quantities widest(const struct report *report)
{
    struct quantities wide = {0};
    for (unsigned c = 0; c < report->setup->config.circuits; c++) {
        const struct metrology_circuit *circuit = &report->setup->circuit[c];
        if (circuit->elements > wide.elements) {
            wide.elements = circuit->elements;
        }
        if (wiring_table[circuit->wiring].lines > wide.lines) {
            wide.lines = wiring_table[circuit->wiring].lines;
        }
    }
    return wide;
}

static const char *column_label(const struct report *report, const struct quantity_row *row,
                                unsigned k)
{
    static const char *const pairs[] = {"12", "23", "31"};
    static const char *const phases[ELEMENTS_MAX] = {"L1", "L2", "L3", "L4"};
    if (row->scope == SCOPE_LINE) {
        return pairs[k];
    }
    return report->setup->map.wiring == WIRING_3P3W ? (k ? "L32" : "L12") : phases[k];
}

static void print_heads(const struct report *report, const struct quantities *wide)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        for (unsigned k = 0; k < quantity_count(wide, row); k++) {
            fprintf(report->out, ",%s", row->name);
            if (row->scope != SCOPE_SYSTEM) {
                fprintf(report->out, "_%s", column_label(report, row, k));
            }
            if (row->unit[0] != '\0') {
                fprintf(report->out, " [%s]", row->unit);
            }
        }
    }
}

static void print_harmonic_heads(const struct report *report, unsigned elements)
{
    static const struct quantity_row label = {.scope = SCOPE_ELEMENT};
    for (int which = 0; which < 2; which++) {
        for (unsigned e = 0; e < elements; e++) {
            for (unsigned order = 0; order <= HARMONICS_MAX; order++) {
                fprintf(report->out, ",harmonics_%c_%s_%u [%c]", which ? 'i' : 'u',
                        column_label(report, &label, e), order, which ? 'A' : 'V');
            }
        }
    }
}

static void begin(const struct report *report)
{
    const struct quantities wide = widest(report);
    FILE *out = report->out;
    fputs("record,circuit,t [s],length_s [s],segment,cycles,partial,flags", out);
    print_heads(report, &wide);
    for (size_t k = 0; k < ENERGIES; k++) {
        fprintf(out, ",%s", energy_heads[k]);
    }
    if (report->harmonics) {
        print_harmonic_heads(report, wide.elements);
    }
    fputc('\n', out);
}

static void print_number(FILE *out, double value)
{
    fputc(',', out);
    if (isfinite(value)) {
        fprintf(out, NUMBER_FORMAT, value == 0 ? 0 : value);
    }
}

static void print_quantities(const struct report *report, const struct quantities *q)
{
    const struct quantities wide = widest(report);
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        for (unsigned k = 0; k < quantity_count(&wide, row); k++) {
            const bool there = k < quantity_count(q, row);
            print_number(report->out, there ? quantity_value(q, row, k) : NAN);
        }
    }
}

static void print_flags(FILE *out, unsigned flags)
{
    char words[256];
    flags_format(words, sizeof words, flags, " ");
    fprintf(out, ",%s", words);
}

static void print_harmonics(const struct report *report, const struct quantities *q)
{
    const unsigned elements = widest(report).elements;
    for (int which = 0; which < 2; which++) {
        for (unsigned e = 0; e < elements; e++) {
            const struct harmonics *of =
                e < q->elements ? record_harmonics(report, q, e, which) : NULL;
            for (unsigned order = 0; order <= HARMONICS_MAX; order++) {
                print_number(report->out, of ? (double)of->rms[order] : NAN);
            }
        }
    }
}

static void window(const struct report *report, const struct record *record)
{
    FILE *out = report->out;
    const struct quantities *q = record->q;
    fprintf(out, "window,%s", report->setup->about[q->circuit].name);
    print_number(out, record->t_s);
    print_number(out, record->length_s);
    fprintf(out, ",%u,%u,%d", record->segment, q->cycles, (q->flags & FLAG_PARTIAL) != 0);
    print_flags(out, record_flags(q));
    print_quantities(report, q);
    for (size_t k = 0; k < ENERGIES; k++) {
        fputc(',', out);
    }
    if (report->harmonics) {
        print_harmonics(report, q);
    }
    fputc('\n', out);
}

static void print_energies(const struct report *report, unsigned circuit,
                           const struct circuit_summary *summary)
{
    const struct energy_sum energies[ENERGIES] = {
        summary->import,      summary->export,      summary->quadrant[0], summary->quadrant[1],
        summary->quadrant[2], summary->quadrant[3], summary->apparent,
    };
    const bool known = !report->setup->about[circuit].any_absent;
    for (size_t k = 0; k < ENERGIES; k++) {
        print_number(report->out, known ? energy_wh(energies[k]) : NAN);
    }
}

static void print_mean_harmonics(const struct report *report, const struct circuit_summary *summary)
{
    const unsigned elements = widest(report).elements;
    for (int which = 0; which < 2; which++) {
        for (unsigned e = 0; e < elements; e++) {
            for (unsigned order = 0; order <= HARMONICS_MAX; order++) {
                print_number(report->out, summary_harmonic(summary, e, which, order));
            }
        }
    }
}

static void summarise(const struct report *report, unsigned circuit,
                      const struct circuit_summary *summary)
{
    FILE *out = report->out;
    struct quantities means;
    aggregate_means(&summary->values, &means);
    fprintf(out, "summary,%s,", report->setup->about[circuit].name);
    print_number(out, summary->values.length_s);
    fprintf(out, ",,%lld,", llround(summary->values.cycles));
    print_flags(out, summary->values.flags);
    fputs(report->truncated ? summary->values.flags ? " truncated" : "truncated" : "", out);
    print_quantities(report, &means);
    print_energies(report, circuit, summary);
    if (report->harmonics) {
        print_mean_harmonics(report, summary);
    }
    fputc('\n', out);
}

const struct printer printer_csv = {.begin = begin, .window = window, .summary = summarise};
