/* One JSON object a line. Keys are the names of quantities.def. */
#include "apps/measure_print.h"

#include <math.h>
#include <string.h>

static void print_number(FILE *out, double value)
{
    if (isfinite(value)) {
        fprintf(out, NUMBER_FORMAT, value == 0 ? 0 : value); /* no "-0" */
    } else {
        fputs("null", out);
    }
}

static void print_key(FILE *out, const char *key, double value)
{
    fprintf(out, ",\"%s\":", key);
    print_number(out, value);
}

static void print_row(FILE *out, const struct quantities *q, const struct quantity_row *row)
{
    if (row->scope == SCOPE_SYSTEM) {
        print_key(out, row->name, quantity_value(q, row, 0));
        return;
    }
    fprintf(out, ",\"%s\":[", row->name);
    for (unsigned k = 0; k < quantity_count(q, row); k++) {
        fputs(k ? "," : "", out);
        print_number(out, quantity_value(q, row, k));
    }
    fputc(']', out);
}

static void print_quantities(FILE *out, const struct quantities *q)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        print_row(out, q, &quantity_rows[r]);
    }
}

static void print_flags(FILE *out, const char *key, unsigned flags)
{
    char words[256];
    const size_t length = flags_format(words, sizeof words, flags, "\",\"");
    fprintf(out, ",\"%s\":[%s%s%s]", key, length ? "\"" : "", words, length ? "\"" : "");
}

static void print_circuit(const struct report *report, unsigned circuit)
{
    if (report->setup->config.circuits > 1) {
        fprintf(report->out, ",\"circuit\":\"%s\"", report->setup->about[circuit].name);
    }
}

/* Which of the three arrays of struct harmonics. */
enum part { PART_RMS, PART_ANGLE, PART_SUBGROUP };

static const float *harmonics_part(const struct harmonics *of, enum part part)
{
    return part == PART_RMS ? of->rms : part == PART_ANGLE ? of->angle : of->subgroup;
}

static void print_harmonics(const struct report *report, const struct quantities *q,
                            const char *key, int which, enum part part)
{
    FILE *out = report->out;
    fprintf(out, ",\"%s\":[", key);
    for (unsigned e = 0; e < q->elements; e++) {
        const struct harmonics *of = record_harmonics(report, q, e, which);
        fputs(e ? ",[" : "[", out);
        for (unsigned order = 0; order <= HARMONICS_MAX; order++) {
            fputs(order ? "," : "", out);
            print_number(out, of ? (double)harmonics_part(of, part)[order] : NAN);
        }
        fputc(']', out);
    }
    fputc(']', out);
}

static void begin(const struct report *report)
{
    (void)report;
}

static void print_all_harmonics(const struct report *report, const struct quantities *q)
{
    print_harmonics(report, q, "harmonics_u", 0, PART_RMS);
    print_harmonics(report, q, "harmonics_i", 1, PART_RMS);
    print_harmonics(report, q, "harmonics_u_angle", 0, PART_ANGLE);
    print_harmonics(report, q, "harmonics_i_angle", 1, PART_ANGLE);
    print_harmonics(report, q, "subgroups_u", 0, PART_SUBGROUP);
    print_harmonics(report, q, "subgroups_i", 1, PART_SUBGROUP);
}

static void window(const struct report *report, const struct record *record)
{
    FILE *out = report->out;
    const struct quantities *q = record->q;
    fputs("{\"t\":", out);
    print_number(out, record->t_s);
    print_key(out, "length_s", record->length_s);
    fprintf(out, ",\"segment\":%u", record->segment);
    print_circuit(report, q->circuit);
    fprintf(out, ",\"cycles\":%u,\"partial\":%s", q->cycles,
            q->flags & FLAG_PARTIAL ? "true" : "false");
    print_flags(out, "flags", record_flags(q));
    print_quantities(out, q);
    if (report->harmonics) {
        print_all_harmonics(report, q);
    }
    fputs("}\n", out);
}

static void print_energies(const struct report *report, unsigned circuit,
                           const struct circuit_summary *summary)
{
    const bool known = !report->setup->about[circuit].any_absent;
    FILE *out = report->out;
    print_key(out, "wh_import", known ? energy_wh(summary->import) : NAN);
    print_key(out, "wh_export", known ? energy_wh(summary->export) : NAN);
    for (int k = 0; k < 4; k++) {
        char key[16];
        snprintf(key, sizeof key, "varh_q%d", k + 1);
        print_key(out, key, known ? energy_wh(summary->quadrant[k]) : NAN);
    }
    print_key(out, "vah", known ? energy_wh(summary->apparent) : NAN);
}

static void print_extreme(FILE *out, const struct aggregate_value *mean, bool most, bool time)
{
    if (!mean) {
        fputs("null", out);
    } else if (time) {
        print_number(out, most ? mean->most_t_s : mean->least_t_s);
    } else {
        print_number(out, most ? mean->most : mean->least);
    }
}

/* "min":{"u":[..],..} or, with `time`, when each of them was. */
static void print_extremes(const struct report *report, const struct circuit_summary *summary,
                           const struct quantities *means, bool most, bool time)
{
    FILE *out = report->out;
    fprintf(out, ",\"%s%s\":{", most ? "max" : "min", time ? "_t" : "");
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        const bool array = row->scope != SCOPE_SYSTEM;
        fprintf(out, "%s\"%s\":%s", r ? "," : "", row->name, array ? "[" : "");
        for (unsigned k = 0; k < quantity_count(means, row); k++) {
            fputs(k ? "," : "", out);
            print_extreme(out, aggregate_value(&summary->values, row, k), most, time);
        }
        fputs(array ? "]" : "", out);
    }
    fputc('}', out);
}

static void print_mean_harmonics(const struct report *report, const char *key, int which,
                                 const struct circuit_summary *summary)
{
    FILE *out = report->out;
    fprintf(out, ",\"%s\":[", key);
    for (unsigned e = 0; e < summary->values.elements; e++) {
        fputs(e ? ",[" : "[", out);
        for (unsigned order = 0; order <= HARMONICS_MAX; order++) {
            fputs(order ? "," : "", out);
            print_number(out, summary_harmonic(summary, e, which, order));
        }
        fputc(']', out);
    }
    fputc(']', out);
}

static void summarise(const struct report *report, unsigned circuit,
                      const struct circuit_summary *summary)
{
    FILE *out = report->out;
    struct quantities means;
    aggregate_means(&summary->values, &means);
    fputs("{\"summary\":true", out);
    print_circuit(report, circuit);
    print_key(out, "length_s", summary->values.length_s);
    fprintf(out, ",\"windows\":%u,\"cycles\":%lld", summary->values.windows,
            llround(summary->values.cycles));
    fprintf(out, ",\"truncated\":%s", report->truncated ? "true" : "false");
    print_flags(out, "flags", summary->values.flags);
    print_energies(report, circuit, summary);
    print_quantities(out, &means);
    for (int k = 0; k < 4; k++) {
        print_extremes(report, summary, &means, (k & 2) != 0, (k & 1) != 0);
    }
    if (report->harmonics) {
        print_mean_harmonics(report, "harmonics_u", 0, summary);
        print_mean_harmonics(report, "harmonics_i", 1, summary);
    }
    fputs("}\n", out);
}

const struct printer printer_json = {.begin = begin, .window = window, .summary = summarise};
