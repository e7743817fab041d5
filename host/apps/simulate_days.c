#include "apps/simulate_days.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/virtual.h"
#include "apps/virtual_files.h"
#include "apps/which_model.h"

#define DAYS_MAX      36525
#define TEXT_MAX      (1 << 20)
#define START_DEFAULT "2026-01-01"
#define ZONE_DEFAULT  "+01:00,eu"

struct job {
    struct virtual virtual;
    struct virtual_config config;
    struct virtual_files files;
    struct scenario scenario;
    char text[TEXT_MAX]; /* of the scenario */
};

/* ---- options ---- */

static int read_number(const struct args *args, const char *name, uint64_t least, uint64_t most,
                       uint64_t *number)
{
    const char *text = args_get(args, name);
    char *end;
    if (text == NULL)
        return 0;
    errno = 0;
    *number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *number < least ||
        *number > most)
        return fail(2, "--%s %s: write a whole number, %llu to %llu", name, text,
                    (unsigned long long)least, (unsigned long long)most);
    return 0;
}

/* "+01:00", "-05:30", with ",eu" for the rules of the European Union. */
static int read_zone(const struct args *args, struct zone *zone)
{
    const char *text = args_get(args, "zone") ? args_get(args, "zone") : ZONE_DEFAULT;
    const char *rules = strchr(text, ',');
    const size_t size = rules ? (size_t)(rules - text) : strlen(text);
    char time[CIVIL_TEXT_MAX + 1];
    int64_t ignored;
    snprintf(time, sizeof time, "2026-01-01T00:00%.*s", (int)(size < 8 ? size : 8), text);
    if (civil_parse(&ignored, &zone->offset_min, time, strlen(time)) < 0 ||
        (rules != NULL && strcmp(rules, ",eu") != 0))
        return fail(2, "--zone %s: write +01:00, or +01:00,eu with daylight saving", text);
    zone->dst_enabled = rules != NULL;
    zone->dst_deviation_min = ZONE_DEVIATION;
    zone->begin = (struct dst_rule){3, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60};
    zone->end = (struct dst_rule){10, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60};
    if (zone_check(zone) < 0)
        return fail(2, "--zone %s: no zone is so far from Greenwich", text);
    return 0;
}

static int read_start(const struct args *args, struct virtual_config *config)
{
    const char *text = args_get(args, "start") ? args_get(args, "start") : START_DEFAULT;
    char time[CIVIL_TEXT_MAX + 1];
    int16_t offset_min;
    int64_t local_us = 0;
    struct civil local;
    const bool is_date = strlen(text) == strlen(START_DEFAULT);
    snprintf(time, sizeof time, "%.16s%s", text, is_date ? "T00:00Z" : "Z");
    if ((!is_date && strlen(text) != strlen("2026-01-01T00:00")) ||
        civil_parse(&local_us, &offset_min, time, strlen(time)) < 0 ||
        civil_from_us(&local, local_us, 0) < 0 || local.year < 2000 || local.year > 2090 ||
        zone_to_us(&config->zone, &local, ZONE_FIRST, &config->start_us) < 0)
        return fail(2, "--start %s: write a date or a local time like 2026-01-01T12:00, 2000..2090",
                    text);
    return 0;
}

static int read_scenario(struct job *self, const char *path)
{
    char error[SCENARIO_ERROR_MAX];
    const struct scenario_place place = {path, self->config.zone, self->config.start_us};
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return fail(1, "%s: cannot be read: %s", path, strerror(errno));
    const size_t size = fread(self->text, 1, sizeof self->text, file);
    const int error_number = ferror(file) ? errno : 0;
    (void)fclose(file);
    if (error_number != 0)
        return fail(1, "%s: cannot be read: %s", path, strerror(error_number));
    if (size == sizeof self->text)
        return fail(1, "%s: more than 1 MiB; is it the file?", path);
    if (scenario_parse(&self->scenario, self->text, size, &place, error) < 0)
        return fail(1, "%s", error);
    return 0;
}

static int read_options(struct job *self, const struct args *args)
{
    uint64_t days = 1, seed = 1;
    const char *path = args_get(args, "scenario");
    struct virtual_config *config = &self->config;
    scenario_init(&self->scenario);
    if (args_has(args, "duration") || args_has(args, "truth") || args_has(args, "every"))
        return fail(2, "--duration, --truth and --every are for scenes; --days says how long");
    if (args_get(args, "out") == NULL)
        return fail(2, "where to? blondel simulate %s --days 30 --out DIR", args->positional[0]);
    if (read_number(args, "days", 1, DAYS_MAX, &days) != 0 ||
        read_number(args, "seed", 0, UINT64_MAX, &seed) != 0 ||
        read_zone(args, &config->zone) != 0 || read_start(args, config) != 0)
        return 2;
    config->days = (uint32_t)days;
    config->seed = seed;
    config->scenario = &self->scenario;
    config->file = path;
    return path == NULL ? 0 : read_scenario(self, path);
}

/* ---- the run ---- */

static void say(void *ctx, const char *text)
{
    (void)ctx;
    fprintf(stderr, "%sblondel: %s\n", terminal_stderr_is_tty() ? "\r\x1b[K" : "", text);
}

static void show_progress(void *ctx, const struct virtual *from)
{
    (void)ctx;
    const int64_t done_us = from->now_us - from->config.start_us;
    if (!terminal_stderr_is_tty())
        return;
    const int64_t days = done_us / CIVIL_US_PER_DAY;
    fprintf(stderr, "\rday %lld of %u, %lld %%\x1b[K", (long long)days, from->config.days,
            (long long)(days * 100 / from->config.days));
}

static void print_energy(const struct virtual *from, unsigned c)
{
    const struct meter_register *energy = from->circuit[c].energy[0];
    const char *name = from->setup.meter_circuit[c].name;
    printf("%-10s import %.2f kWh, export %.2f kWh\n", name[0] ? name : "energy",
           (double)energy[ENERGY_wh_import].value_m / 1e6,
           (double)energy[ENERGY_wh_export].value_m / 1e6);
}

static void print_report(const struct job *self)
{
    const struct virtual *from = &self->virtual;
    const struct virtual_counts *count = &from->count;
    printf("%s, %u day%s, seed %llu: %llu entries, %llu events, in %s\n", from->config.model->name,
           from->config.days, from->config.days == 1 ? "" : "s",
           (unsigned long long)from->config.seed, (unsigned long long)self->files.entries,
           (unsigned long long)self->files.events, self->files.folder);
    for (unsigned c = 0; c < from->setup.meter.circuits; c++)
        print_energy(from, c);
    printf("power      %llu outages, %llu cuts without warning, %.1f h without, %.3f Wh lost\n",
           (unsigned long long)count->outages, (unsigned long long)count->cuts,
           (double)count->off_us / 3.6e9, (double)count->lost_m / 1e3);
    printf("memory     %llu commits, %.1f kB a day, %llu erases\n",
           (unsigned long long)count->commits,
           (double)from->fragile.programmed_bytes / 1e3 / from->config.days,
           (unsigned long long)from->fragile.erases);
    if (virtual_is_on(from))
        printf("clock      %+.3f s%s\n",
               (double)(clock_utc(&from->device.meter.clock, from->now_us) - from->now_us) / 1e6,
               clock_is_valid(&from->device.meter.clock) ? "" : ", invalid");
}

static int run(struct job *self)
{
    struct virtual_config *config = &self->config;
    config->ctx = &self->files;
    config->entry = virtual_files_entry;
    config->event = virtual_files_event;
    config->note = say;
    config->progress = show_progress;
    int status = 0;
    if (virtual_init(&self->virtual, config) < 0)
        status = fail(1, "%s", self->virtual.error);
    else if (virtual_files_open(&self->files, self->files.folder) < 0)
        status = fail(1, "%s", self->files.error);
    if (status == 0) {
        virtual_run(&self->virtual);
        if (terminal_stderr_is_tty())
            fputs("\r\x1b[K", stderr);
        if (virtual_files_finish(&self->files, &self->virtual) < 0)
            status = fail(1, "%s", self->files.error);
    }
    if (status == 0)
        print_report(self);
    virtual_close(&self->virtual);
    return status;
}

int simulate_days(const struct args *args)
{
    const struct model *model = which_model(args->positional[0]);
    if (model == NULL)
        return 1;
    struct job *self = calloc(1, sizeof *self);
    if (self == NULL)
        return fail(1, "not enough memory");
    self->config.model = model;
    self->files.folder = args_get(args, "out");
    int status = read_options(self, args);
    if (status == 0)
        status = run(self);
    free(self);
    return status;
}
