#include "apps/wiring_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/*
 * Templates. {a} {b} the phases, {i} a's current, {p} its power without sign, {way} which way that
 * flows, {deg} the angle between voltage and current, {v} the value, {sure} the confidence.
 */
struct words {
    const char *word;
    const char *certain; /* an accusation */
    const char *hint;    /* NULL: the same words */
};

static const struct words table[WIRING_FAULTS] = {
    [WIRING_NO_VOLTAGE] = {"no-voltage",
                           "{a} has no voltage. Look at its fuse and its voltage lead.", NULL},
    [WIRING_NO_VOLTAGES] = {"no-voltages",
                            "There is no voltage at all. Look at the supply, the fuses and the "
                            "voltage leads.",
                            NULL},
    [WIRING_SEQUENCE_REVERSED] =
        {"sequence-reversed",
         "The phase sequence is L1 L3 L2: the field turns the other way, voltages and currents "
         "alike. Energy is counted right; exchange two phases, with their clamps, if motors "
         "should turn the usual way.",
         "The phase sequence is L1 L3 L2: two voltages are exchanged, or the mains turn that "
         "way. Compare the voltage leads with the clamps."},
    [WIRING_VOLTAGES_SWAPPED] =
        {"voltages-swapped",
         "The voltages of {a} and {b} are exchanged: the sequence runs backwards and their "
         "currents fit each other's voltage. Exchange the two voltage leads.",
         "The voltages of {a} and {b} may be exchanged ({sure} likely): the sequence runs "
         "backwards. Compare the leads with the clamps."},
    [WIRING_VOLTAGES_ALIKE] = {"voltages-alike",
                               "{a} and {b} show the same voltage: both terminals are on one "
                               "phase. Move one of the two leads to its own phase.",
                               NULL},
    [WIRING_VOLTAGES_ODD] = {"voltages-odd", NULL,
                             "The voltages form no three-phase system, and no single exchange of "
                             "leads explains it. Check each voltage lead."},
    [WIRING_NO_NEUTRAL] =
        {"no-neutral",
         "The neutral is missing: the star point has moved by {v} % of the voltage while the "
         "line voltages are even and no current returns. Connect the neutral before a phase "
         "rises too far.",
         "The star point has moved by {v} % of the voltage although the line voltages are even: "
         "the meter's neutral is loose, or a phase touches earth."},
    [WIRING_L_N_SWAPPED] = {"l-n-swapped",
                            "{a} and N are exchanged at the voltage terminals: the other phases "
                            "show line voltage. Exchange the two leads.",
                            NULL},
    [WIRING_NO_CURRENT] =
        {"no-current",
         "The clamp of {a} sees nothing, yet the neutral shows that current flows there. See "
         "that it is closed, around its conductor and plugged in.",
         "{a} carries no current while the others carry {v} A. If something draws there, its "
         "clamp is open, beside its conductor or not plugged in."},
    [WIRING_NO_LOAD] = {"no-load", NULL,
                        "There is too little current to judge the clamps by. Switch on a load on "
                        "every phase and look again."},
    [WIRING_CT_REVERSED] =
        {"ct-reversed",
         "CT on {a} is reversed: {p} flows {way} while voltage and current disagree by {deg} "
         "degrees. Turn the clamp round or set invert for {i}.",
         "CT on {a} may be reversed ({sure} likely): {p} flows {way} at {deg} degrees. If nothing "
         "generates on {a}, turn the clamp round or set invert for {i}."},
    [WIRING_CTS_REVERSED] =
        {"cts-reversed",
         "All CTs are reversed: {p} flows {way}. Turn the clamps round or set invert for all "
         "currents.",
         "All CTs may be reversed ({sure} likely): {p} flows {way}. If nothing generates behind "
         "the meter, turn the clamps round or set invert for all currents."},
    [WIRING_CURRENTS_SWAPPED] =
        {"currents-swapped",
         "The clamps of {a} and {b} are exchanged: each current fits the other's voltage ({a} "
         "shows {deg} degrees). Exchange the two clamps or their plugs.",
         "The clamps of {a} and {b} may be exchanged ({sure} likely): {a} shows {deg} degrees. "
         "Follow both cables."},
    [WIRING_CURRENTS_ROTATED] =
        {"currents-rotated",
         "Voltages and currents are of different phases: the clamp at L1 holds {a}, and the "
         "others are moved on alike. Move the three clamps, or the three voltage leads, by one.",
         "Voltages and currents may be of different phases ({sure} likely): the clamp at L1 seems "
         "to hold {a}. Follow the cables."},
    [WIRING_CT_ON_NEUTRAL] =
        {"ct-on-neutral",
         "The clamp of {a} is around the neutral: it shows what the phases leave over. Put it "
         "around {a}.",
         "The clamp of {a} may be around the neutral ({sure} likely). See which conductor it "
         "holds."},
    [WIRING_CT_TWO_WIRES] =
        {"ct-two-wires",
         "The clamp of {a} also holds the conductor of {b}: it shows the sum of both. Put it "
         "around {a} alone.",
         "The clamp of {a} may also hold the conductor of {b} ({sure} likely). See what it "
         "holds."},
    [WIRING_CURRENTS_ODD] =
        {"currents-odd",
         "The currents do not fit the voltages, and more than one exchange would explain it. "
         "Follow each clamp to its phase, or look again when the load is another.",
         NULL},
    [WIRING_NEUTRAL_MISMATCH] =
        {"neutral-mismatch",
         "The currents miss the neutral's by {v} % and no exchange explains it: a clamp reads "
         "wrong or does not close, or the neutral's is on another conductor. Check that every "
         "clamp is shut and its ratio is set.",
         NULL},
};

const char *wiring_fault_word(enum wiring_fault fault)
{
    return table[fault].word;
}

static bool speaks_of(enum wiring_fault fault, const char *mark)
{
    const struct words *words = &table[fault];
    return (words->certain && strstr(words->certain, mark)) ||
           (words->hint && strstr(words->hint, mark));
}

bool wiring_fault_has_phase(enum wiring_fault fault)
{
    return speaks_of(fault, "{a}");
}

bool wiring_fault_has_other(enum wiring_fault fault)
{
    return speaks_of(fault, "{b}");
}

void wiring_format_unit(char *text, size_t size, double value, const char *unit)
{
    const double size_of = fabs(value);
    const double divisor = size_of >= 1e6 ? 1e6 : size_of >= 1e3 ? 1e3 : 1;
    const char *prefix = size_of >= 1e6 ? "M" : size_of >= 1e3 ? "k" : "";
    const double shown = size_of / divisor;
    snprintf(text, size, "%.*f %s%s",
             shown >= 100  ? 0
             : shown >= 10 ? 1
                           : 2,
             value / divisor, prefix, unit);
}

/* What stands for the mark at `at`; `mark` has its letters. */
static void fill_mark(char *out, size_t size, const char *mark, size_t length,
                      const struct wiring_finding *finding, const struct wiring_names *names)
{
    const double angle = finding->angle_deg;
    out[0] = '\0';
    if (strncmp(mark, "a", length) == 0) {
        snprintf(out, size, "%s", names->phase[finding->a]);
    } else if (strncmp(mark, "b", length) == 0) {
        snprintf(out, size, "%s", names->phase[finding->b]);
    } else if (strncmp(mark, "i", length) == 0) {
        snprintf(out, size, "%s", names->current[finding->a]);
    } else if (strncmp(mark, "p", length) == 0) {
        wiring_format_unit(out, size, fabs(finding->power_w), "W");
    } else if (strncmp(mark, "way", length) == 0) {
        snprintf(out, size, "%s", finding->power_w < 0 ? "from load to grid" : "from grid to load");
    } else if (strncmp(mark, "deg", length) == 0) {
        snprintf(out, size, "%.0f", angle < 0 ? angle + 360 : angle);
    } else if (strncmp(mark, "v", length) == 0) {
        snprintf(out, size, "%.3g", finding->value);
    } else if (strncmp(mark, "sure", length) == 0) {
        snprintf(out, size, "%.0f %%", 100 * finding->confidence);
    }
}

void wiring_text(char *text, const struct wiring_finding *finding, const struct wiring_names *names)
{
    const struct words *words = &table[finding->fault];
    const char *from = finding->certain || !words->hint ? words->certain : words->hint;
    from = from ? from : words->hint;
    size_t used = 0;
    while (*from != '\0' && used + 1 < WIRING_TEXT_MAX) {
        const char *end = *from == '{' ? strchr(from, '}') : NULL;
        if (end) {
            fill_mark(text + used, WIRING_TEXT_MAX - used, from + 1, (size_t)(end - from - 1),
                      finding, names);
            used += strlen(text + used);
            from = end + 1;
        } else {
            text[used++] = *from++;
        }
    }
    text[used] = '\0';
}
