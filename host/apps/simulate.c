/* `blondel simulate`: the samples of a simulated grid or house, the truth about them, or a whole
 * meter for days. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/command.h"
#include "apps/simulate_days.h"
#include "metrology/samples.h"
#include "model/model.h"
#include "sources/simulator.h"

#define CHUNK        1024
#define DURATION_S   1.0
#define EVERY_S      1.0
#define PREFIX       "sim:"
#define JOULE_PER_WH 3600.0

struct simulate {
    struct sim *sim;
    double rate_hz;
    uint64_t frames; /* to give */
    double scale[SIM_CHANNELS_MAX];
    int32_t data[CHUNK * SIM_CHANNELS_MAX];
};

static void print_key(const struct sim_key_text *text)
{
    char value[96], name[32];
    const struct sim_key_row *row = text->row;
    snprintf(name, sizeof name, "%s%s", text->name, text->per_phase ? "[1-3]" : "");
    if (row == &sim_keys[SIM_AT]) {
        snprintf(value, sizeof value, "hh:mm[:ss] (12:00)");
    } else if (row == NULL) {
        snprintf(value, sizeof value, "%s", text->example);
    } else if (isnan(row->standard)) {
        snprintf(value, sizeof value, "%g..%g %s", row->lowest, row->highest, row->unit);
    } else {
        snprintf(value, sizeof value, "%g..%g %s (%g)", row->lowest, row->highest, row->unit,
                 row->standard);
    }
    printf("  %-15s %-30s %s\n", name, value, text->help);
}

static int print_keys(void)
{
    struct sim_key_text text;
    printf("sim:SCENE[,KEY=VALUE...]\n\nScenes\n"
           "  grid            one clean known load\n"
           "  house           appliances, heat pump, car and roof over the day, from a seed\n");
    for (unsigned k = 1; k < SIM_FAULTS; k++) {
        printf("  fault-%s%s\n", sim_fault_names[k], k == SIM_NO_NEUTRAL ? "" : "[:PHASE]");
    }
    printf("\nKeys ([1-3]: the same for one phase, as in i2=7)\n");
    for (unsigned k = 0; sim_key_describe(k, &text); k++) {
        print_key(&text);
    }
    return 0;
}

static void print_array(const char *name, const double *value)
{
    printf(",\"%s\":[%.10g,%.10g,%.10g]", name, value[0], value[1], value[2]);
}

/* One object a line, with the names of `blondel measure`. */
static void print_truth(const struct simulate *self, uint64_t frame)
{
    struct sim_truth truth;
    double import_j[SIM_PHASES], export_j[SIM_PHASES];
    sim_truth(self->sim, &truth);
    sim_energy(self->sim, import_j, export_j);
    printf("{\"t\":%.10g,\"f\":%.10g", (double)frame / self->rate_hz, truth.f_hz);
    print_array("u", truth.u);
    print_array("u1", truth.u1);
    print_array("i", truth.i);
    print_array("i1", truth.i1);
    print_array("p", truth.p);
    print_array("q1", truth.q1);
    print_array("s", truth.s);
    printf(",\"p_total\":%.10g,\"q1_total\":%.10g,\"i_n\":%.10g", truth.p_total, truth.q1_total,
           truth.i_n);
    printf(",\"wh_import\":%.10g,\"wh_export\":%.10g}\n",
           (import_j[0] + import_j[1] + import_j[2]) / JOULE_PER_WH,
           (export_j[0] + export_j[1] + export_j[2]) / JOULE_PER_WH);
}

static int give_truth(struct simulate *self, double every_s)
{
    uint64_t step = (uint64_t)fmax(every_s * self->rate_hz, 1);
    for (uint64_t frame = 0; frame < self->frames && !ferror(stdout);) {
        print_truth(self, frame);
        for (uint64_t left = step; left > 0;) {
            uint32_t got = sim_read(self->sim, self->data, left < CHUNK ? (uint32_t)left : CHUNK);
            if (got == 0) {
                return 0;
            }
            left -= got;
        }
        frame += step;
    }
    return 0;
}

static void print_header(struct simulate *self)
{
    printf("t [s]");
    for (unsigned k = 0; k < sim_channels(self->sim); k++) {
        struct source_channel channel;
        sim_channel_describe(self->sim, k, &channel);
        self->scale[k] = channel.full_scale / SAMPLE_FULL_SCALE;
        printf(",%s [%s]", channel.name, channel.unit);
    }
    printf("\n");
}

static int give_frames(struct simulate *self)
{
    unsigned channels = sim_channels(self->sim);
    uint64_t frame = 0;
    print_header(self);
    while (frame < self->frames && !ferror(stdout)) {
        uint64_t left = self->frames - frame;
        uint32_t got = sim_read(self->sim, self->data, left < CHUNK ? (uint32_t)left : CHUNK);
        if (got == 0) {
            break;
        }
        for (uint32_t n = 0; n < got; n++, frame++) {
            printf("%.9f", (double)frame / self->rate_hz);
            for (unsigned k = 0; k < channels; k++) {
                printf(",%.9g", self->data[(size_t)n * channels + k] * self->scale[k]);
            }
            printf("\n");
        }
    }
    return 0;
}

static int read_seconds(const struct args *args, const char *name, double *seconds)
{
    const char *text = args_get(args, name);
    char *end;
    if (text == NULL) {
        return 0;
    }
    *seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !(*seconds > 0 && *seconds < 1e9)) {
        return fail(2, "--%s %s: write seconds", name, text);
    }
    return 0;
}

static int simulate(struct simulate *self, const struct args *args, const char *spec)
{
    static struct sim_config config;
    char error[256];
    double duration_s = DURATION_S, every_s = EVERY_S;
    if (strncmp(spec, PREFIX, sizeof PREFIX - 1) == 0) {
        spec += sizeof PREFIX - 1;
    }
    if (read_seconds(args, "duration", &duration_s) != 0 ||
        read_seconds(args, "every", &every_s) != 0) {
        return 2;
    }
    if (sim_config_parse(&config, spec, error, sizeof error) < 0) {
        return fail(1, "%s; blondel simulate --keys lists what there is", error);
    }
    if (config.value[SIM_DURATION][0] > 0 && !args_has(args, "duration")) {
        duration_s = config.value[SIM_DURATION][0];
    }
    self->sim = sim_open(&config);
    if (self->sim == NULL) {
        return fail(1, "not enough memory");
    }
    self->rate_hz = config.value[SIM_RATE][0];
    self->frames = (uint64_t)(duration_s * self->rate_hz + 0.5);
    int status = args_has(args, "truth") ? give_truth(self, every_s) : give_frames(self);
    sim_close(self->sim);
    return status;
}

static int run_simulate(const struct args *args)
{
    if (args_has(args, "keys")) {
        return print_keys();
    }
    if (args->positionals == 0) {
        return fail(2, "what? blondel simulate grid,i=10,pf=0.5; --keys lists what there is");
    }
    if (args_has(args, "days")) {
        return simulate_days(args);
    }
    if (args_has(args, "out") || args_has(args, "scenario") || args_has(args, "seed") ||
        args_has(args, "start") || args_has(args, "zone")) {
        return fail(2, "--out, --scenario, --seed, --start and --zone want a MODEL and --days");
    }
    if (model_find(args->positional[0]) != NULL) {
        return fail(2, "for how long? blondel simulate %s --days 30 --out DIR",
                    args->positional[0]);
    }
    struct simulate *self = calloc(1, sizeof *self);
    if (self == NULL) {
        return fail(1, "not enough memory");
    }
    int status = simulate(self, args, args->positional[0]);
    free(self);
    return status;
}

static const struct option_row option_rows[] = {
    {"duration", "S", "how long (1, or what the scene says)"},
    {"truth", NULL, "what really flows, from the closed form, one JSON object a line"},
    {"every", "S", "how often the truth is told (1)"},
    {"keys", NULL, "list the scenes and their keys"},
    {"days", "N", "a whole meter instead: MODEL for so many days, in virtual time"},
    {"out", "DIR", "of a meter: where registers, profile, events and summary go"},
    {"seed", "N", "of a meter: what chance does (1)"},
    {"scenario", "FILE", "of a meter: outages, loads, clock changes; see docs/scenario.md"},
    {"start", "TIME", "of a meter: first day, or local time (2026-01-01)"},
    {"zone", "ZONE", "of a meter: +HH:MM, with ,eu for daylight saving (+01:00,eu)"},
    {NULL, NULL, NULL},
};

const struct command command_simulate = {
    .name = "simulate",
    .synopsis = "SCENE[,KEY=VALUE...] | MODEL --days N --out DIR [options]",
    .summary = "samples of a simulated grid or house, or a whole meter for days in seconds",
    .examples =
        "  blondel simulate --keys\n"
        "  blondel simulate grid,i=10,pf=0.5,uh=5:6 > grid.csv      measure reads it\n"
        "  blondel simulate house,at=00:00,rate=800 --truth --duration 86400 --every 900\n"
        "  blondel measure sim:grid,i=10,pf=0.5 --to 2              without a file between\n"
        "  blondel simulate SED302 --days 365 --out year            a year of a meter, in seconds\n"
        "  blondel simulate SM307 --days 30 --scenario bad.txt --out month\n"
        "\nLines of a scenario\n\n"
        "  at 2026-03-01T12:00 outage 3h         every day 02:00 cut 10s\n"
        "  at +5d load l1 3000 W pf 0.9          at +6d load l1 house\n"
        "  at +1d clock set +40s                 every 7d clock sync\n"
        "  at +2d write ct_numerator 200         at +3d invoke demand reset\n"
        "  random outages 12 per year 1s..4h     at +9d disk refuses 1h\n"
        "  backup 2h                             meter commit 60\n",
    .positionals_min = 0,
    .positionals_max = 1,
    .options = option_rows,
    .run = run_simulate,
};
