/* What every key of the JSON, and column of the CSV, means: `blondel measure --keys`. */
#include "apps/measure_keys.h"

#include "metrology/quantities.h"

struct key {
    const char *name, *shape, *unit, *text;
};

/* What stands in a record beside the quantities of quantities.def. */
static const struct key window_keys[] = {
    {"t", "", "s", "start of the window, seconds after the start of the recording"},
    {"length_s", "", "s", "its length"},
    {"segment", "", "", "stretch of one rate without a gap, from 1"},
    {"circuit", "", "", "name of the circuit, where there is more than one"},
    {"cycles", "", "", "whole cycles it spans: 10 at 50 Hz, 12 at 60 Hz"},
    {"partial", "", "", "true: a short last window, which may reach back over the one before"},
    {"flags", "", "", "words that say why a value is null or to be doubted"},
};

static const struct key harmonic_keys[] = {
    {"harmonics_u", "phase, order", "V", "r.m.s. of each order 0..63 by index; 0 is direct"},
    {"harmonics_i", "phase, order", "A", "likewise of the current"},
    {"harmonics_u_angle", "phase, order", "deg",
     "against the fundamental of U1: 0 crosses zero together with it"},
    {"harmonics_i_angle", "phase, order", "deg", "likewise of the current"},
    {"subgroups_u", "phase, order", "V", "harmonic sub-groups of IEC 61000-4-7"},
    {"subgroups_i", "phase, order", "A", "likewise of the current"},
};

static const struct key summary_keys[] = {
    {"summary", "", "", "true: the last line, with means of all quantities, and:"},
    {"windows", "", "", "how many were measured"},
    {"truncated", "", "", "true: the file breaks off, and this is of what came before"},
    {"wh_import", "", "Wh", "active energy while the phases' sum is import; gapless"},
    {"wh_export", "", "Wh", "while it is export"},
    {"varh_q1", "", "varh", "fundamental reactive energy, lagging while import"},
    {"varh_q2", "", "varh", "lagging while export"},
    {"varh_q3", "", "varh", "leading while export"},
    {"varh_q4", "", "varh", "leading while import"},
    {"vah", "", "VAh", "apparent energy; effective: with a neutral current only if measured"},
    {"min, max", "object", "", "least and most of each quantity, by its key"},
    {"min_t, max_t", "object", "s", "start of the window that had it"},
};

static void print_key(FILE *out, const struct key *key)
{
    fprintf(out, "  %-18s %-13s %-5s %s\n", key->name, key->shape, key->unit, key->text);
}

static void print_keys(FILE *out, const char *title, const struct key *keys, size_t count)
{
    fprintf(out, "%s\n", title);
    for (size_t k = 0; k < count; k++) {
        print_key(out, &keys[k]);
    }
}

static void print_quantities(FILE *out)
{
    static const char *const shapes[] = {
        [SCOPE_ELEMENT] = "phase", [SCOPE_LINE] = "12, 23, 31", [SCOPE_SYSTEM] = ""};
    fputs("Quantities, of each window and as means in the summary\n", out);
    for (size_t r = 0; r < quantity_row_count; r++) {
        const struct quantity_row *row = &quantity_rows[r];
        print_key(out, &(struct key){row->name, shapes[row->scope], row->unit, row->text});
    }
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void measure_keys_print(FILE *out)
{
    print_keys(out, "Every window", window_keys, COUNT(window_keys));
    print_quantities(out);
    print_keys(out, "With --harmonics", harmonic_keys, COUNT(harmonic_keys));
    print_keys(out, "The summary", summary_keys, COUNT(summary_keys));
    fputs("Import is positive p, lagging current positive q. Angles are of the fundamental, 0 is "
          "U1,\n"
          "a lagging current has the smaller one. Means are weighted with time: r.m.s. values as\n"
          "squares, angles as directions, power factors as quotient of the mean powers.\n"
          "What cannot be known is null in JSON and empty in CSV, whose columns are named like\n"
          "u_L1 [V] and u_ll_12 [V].\n",
          out);
}
