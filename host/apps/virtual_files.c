#include "apps/virtual_files.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096
#define TEXT_SIZE 64

static const char *const log_names[VIRTUAL_LOGS] = {"registers", "profile", "events"};

/* ---- files ---- */

static bool path_of(const struct virtual_files *self, const char *name, const char *ending,
                    bool whole, char path[PATH_SIZE])
{
    const int size =
        snprintf(path, PATH_SIZE, "%s/%s.%s%s", self->folder, name, ending, whole ? "" : ".new");
    return size > 0 && size < PATH_SIZE;
}

static int broken(struct virtual_files *self, const char *name, const char *ending)
{
    snprintf(self->error, sizeof self->error, "%.200s/%s.%s: cannot be written: %s", self->folder,
             name, ending, strerror(errno));
    return ERR_IO;
}

static int open_one(struct virtual_files *self, FILE **file, const char *name, const char *ending)
{
    char path[PATH_SIZE];
    errno = ENAMETOOLONG;
    *file = path_of(self, name, ending, false, path) ? fopen(path, "w") : NULL;
    return *file == NULL ? broken(self, name, ending) : ERR_NONE;
}

int virtual_files_open(struct virtual_files *self, const char *folder)
{
    *self = (struct virtual_files){.folder = folder};
    if (mkdir(folder, 0777) < 0 && errno != EEXIST) {
        snprintf(self->error, sizeof self->error, "%.200s: cannot be made: %s", folder,
                 strerror(errno));
        return ERR_IO;
    }
    int err = open_one(self, &self->summary, "summary", "json");
    for (unsigned k = 0; k < VIRTUAL_LOGS && err == ERR_NONE; k++) {
        err = open_one(self, &self->csv[k], log_names[k], "csv");
        if (err == ERR_NONE)
            err = open_one(self, &self->json[k], log_names[k], "json");
    }
    if (err < 0)
        virtual_files_drop(self);
    return err;
}

static void drop_one(struct virtual_files *self, FILE **file, const char *name, const char *ending)
{
    char path[PATH_SIZE];
    if (*file == NULL)
        return;
    (void)fclose(*file);
    *file = NULL;
    if (path_of(self, name, ending, false, path))
        (void)unlink(path);
}

void virtual_files_drop(struct virtual_files *self)
{
    drop_one(self, &self->summary, "summary", "json");
    for (unsigned k = 0; k < VIRTUAL_LOGS; k++) {
        drop_one(self, &self->csv[k], log_names[k], "csv");
        drop_one(self, &self->json[k], log_names[k], "json");
    }
}

static int close_one(struct virtual_files *self, FILE **file, const char *name, const char *ending)
{
    const bool good = !ferror(*file) && fflush(*file) == 0;
    if (!good)
        return broken(self, name, ending);
    const int err = fclose(*file);
    *file = NULL;
    return err != 0 ? broken(self, name, ending) : ERR_NONE;
}

static int rename_one(struct virtual_files *self, const char *name, const char *ending)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    if (!path_of(self, name, ending, false, from) || !path_of(self, name, ending, true, to) ||
        rename(from, to) < 0)
        return broken(self, name, ending);
    return ERR_NONE;
}

static int give_names(struct virtual_files *self)
{
    int err = close_one(self, &self->summary, "summary", "json");
    for (unsigned k = 0; k < VIRTUAL_LOGS && err == ERR_NONE; k++) {
        err = close_one(self, &self->csv[k], log_names[k], "csv");
        if (err == ERR_NONE)
            err = close_one(self, &self->json[k], log_names[k], "json");
    }
    for (unsigned k = 0; k < VIRTUAL_LOGS && err == ERR_NONE; k++) {
        err = rename_one(self, log_names[k], "csv");
        if (err == ERR_NONE)
            err = rename_one(self, log_names[k], "json");
    }
    return err < 0 ? err : rename_one(self, "summary", "json");
}

/* ---- values ---- */

/* An integer x 10^scaler, as a decimal; scalers are -9..9. */
static void print_scaled(char text[TEXT_SIZE], int64_t value, int scaler)
{
    char digits[TEXT_SIZE / 2];
    const int decimals = scaler < 0 ? -scaler : 0;
    const uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    const int length = snprintf(digits, sizeof digits, "%0*" PRIu64, decimals + 1, size);
    const int whole = length - decimals;
    snprintf(text, TEXT_SIZE, "%s%.*s%s%s%.*s", value < 0 ? "-" : "", whole, digits,
             decimals > 0 ? "." : "", digits + whole, scaler > 0 && value != 0 ? scaler : 0,
             "000000000");
}

/* Local time of the meter's zone; "" if there is none. */
static void print_time(const struct virtual *from, char text[TEXT_SIZE], int64_t utc_us)
{
    const struct meter_time time = meter_local_time(&from->device.meter, utc_us);
    if (utc_us == 0 || civil_print(text, utc_us, time.offset_min) < 0)
        text[0] = '\0';
}

/* As a field of CSV; *quoted: JSON wants quotes around it. "": unknown. */
static void print_value(const struct virtual *from, const struct meter_value *value,
                        char text[TEXT_SIZE], bool *quoted)
{
    *quoted = value->type == METER_TEXT || value->type == METER_TIME;
    text[0] = '\0';
    if (value->type == METER_INTEGER)
        print_scaled(text, value->integer, value->scaler);
    else if (value->type == METER_REAL)
        snprintf(text, TEXT_SIZE, "%.7g", value->real);
    else if (value->type == METER_TEXT)
        snprintf(text, TEXT_SIZE, "%s", value->text);
    else if (value->type == METER_TIME)
        print_time(from, text, value->time.utc_us);
}

static void put_json(FILE *file, const char *text, bool quoted)
{
    if (text[0] == '\0')
        fputs("null", file);
    else
        fprintf(file, quoted ? "\"%s\"" : "%s", text);
}

/* ---- the profile ---- */

static void column_name(const struct virtual *from, const struct meter_column *column, char *text,
                        size_t size)
{
    char name[METER_NAME_MAX];
    (void)meter_ref_name(&column->ref, name);
    if (column->circuit == 0)
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "%s/%s", from->setup.meter_circuit[column->circuit].name, name);
}

static void profile_head(struct virtual_files *self, const struct virtual *from)
{
    const struct meter_column *column = NULL;
    const unsigned columns = meter_profile_columns(&from->device.meter, 0, &column);
    char name[2 * METER_NAME_MAX];
    self->has_head = true;
    fputs("number,time,status", self->csv[VIRTUAL_PROFILE]);
    for (unsigned c = 0; c < columns; c++) {
        if (meter_column_is_head(&column[c]))
            continue;
        column_name(from, &column[c], name, sizeof name);
        fprintf(self->csv[VIRTUAL_PROFILE], ",%s", name);
    }
    fputc('\n', self->csv[VIRTUAL_PROFILE]);
}

void virtual_files_entry(void *ctx, const struct virtual *from, const struct meter_entry *entry)
{
    struct virtual_files *self = ctx;
    const struct meter_column *column = NULL;
    const unsigned columns = meter_profile_columns(&from->device.meter, 0, &column);
    FILE *csv = self->csv[VIRTUAL_PROFILE], *json = self->json[VIRTUAL_PROFILE];
    char text[TEXT_SIZE], name[2 * METER_NAME_MAX];
    if (!self->has_head)
        profile_head(self, from);
    self->entries++;
    print_time(from, text, entry->utc_us);
    fprintf(csv, "%" PRIu32 ",%s,%u", entry->number, text, entry->status);
    fprintf(json, "{\"number\":%" PRIu32 ",\"time\":\"%s\",\"status\":%u", entry->number, text,
            entry->status);
    for (unsigned c = 0; c < entry->values && c < columns; c++) {
        if (meter_column_is_head(&column[c]))
            continue;
        text[0] = '\0';
        if (entry->value[c] != METER_UNKNOWN_M)
            print_scaled(text, entry->value[c], column[c].ref.row->scaler);
        column_name(from, &column[c], name, sizeof name);
        fprintf(csv, ",%s", text);
        fprintf(json, ",\"%s\":%s", name, text[0] ? text : "null");
    }
    fputc('\n', csv);
    fputs("}\n", json);
}

/* ---- the events ---- */

void virtual_files_event(void *ctx, const struct virtual *from, const struct meter_event *event)
{
    struct virtual_files *self = ctx;
    FILE *csv = self->csv[VIRTUAL_EVENTS], *json = self->json[VIRTUAL_EVENTS];
    const char *name = meter_event_name(event->code), *text = meter_event_text(event->code);
    char time[TEXT_SIZE];
    if (self->events++ == 0)
        fputs("number,time,clock_status,code,name,before,after,text\n", csv);
    print_time(from, time, event->utc_us);
    fprintf(csv, "%" PRIu32 ",%s,%u,%u,%s,%" PRId64 ",%" PRId64 ",%s\n", event->number, time,
            event->clock_status, event->code, name, event->before, event->after, text);
    fprintf(json,
            "{\"number\":%" PRIu32 ",\"time\":\"%s\",\"clock_status\":%u,\"code\":%u,"
            "\"name\":\"%s\",\"before\":%" PRId64 ",\"after\":%" PRId64 ",\"text\":\"%s\"}\n",
            event->number, time, event->clock_status, event->code, name, event->before,
            event->after, text);
}

/* ---- the registers ---- */

static void print_row(struct virtual_files *self, const struct virtual *from, unsigned c,
                      const struct meter_ref *ref)
{
    const struct meter *meter = &from->device.meter;
    FILE *csv = self->csv[VIRTUAL_REGISTERS], *json = self->json[VIRTUAL_REGISTERS];
    struct obis obis;
    struct meter_value value, time;
    char code[OBIS_TEXT_MAX], name[METER_NAME_MAX], text[TEXT_SIZE], when[TEXT_SIZE] = "";
    bool quoted;
    if (meter_read(meter, c, ref, METER_VALUE, &value) < 0 ||
        meter_ref_obis(meter, c, ref, &obis) < 0)
        return; /* a buffer: it has a file of its own */
    obis_print(&obis, code);
    (void)meter_ref_name(ref, name);
    print_value(from, &value, text, &quoted);
    if (ref->row->class_id == 4 && meter_read(meter, c, ref, 5, &time) == ERR_NONE)
        print_time(from, when, time.time.utc_us);
    const char *circuit = from->setup.meter_circuit[c].name;
    fprintf(csv, "%s,%s,%s,%s,%s,%s\n", circuit, code, name, text, ref->row->unit, when);
    fprintf(json, "{\"circuit\":\"%s\",\"obis\":\"%s\",\"name\":\"%s\",\"value\":", circuit, code,
            name);
    put_json(json, text, quoted);
    fprintf(json, ",\"unit\":\"%s\",\"time\":", ref->row->unit);
    put_json(json, when, true);
    fputs("}\n", json);
}

static void print_registers(struct virtual_files *self, const struct virtual *from)
{
    fputs("circuit,obis,name,value,unit,time\n", self->csv[VIRTUAL_REGISTERS]);
    for (unsigned c = 0; c < from->setup.meter.circuits; c++) {
        struct meter_ref ref = {NULL, 0};
        while (meter_next_row(&from->device.meter, c, &ref))
            print_row(self, from, c, &ref);
    }
}

static void print_summary(const struct virtual_files *self, const struct virtual *from)
{
    const struct virtual_counts *count = &from->count;
    const struct meter *meter = &from->device.meter;
    const int64_t ahead_us = clock_utc(&meter->clock, from->now_us) - from->now_us;
    char start[TEXT_SIZE], lost[TEXT_SIZE], lost_max[TEXT_SIZE], ahead[TEXT_SIZE], off[TEXT_SIZE];
    print_time(from, start, from->config.start_us);
    print_scaled(lost, count->lost_m, -3);
    print_scaled(lost_max, count->lost_max_m, -3);
    print_scaled(ahead, virtual_is_on(from) ? ahead_us / 1000 : 0, -3);
    print_scaled(off, count->off_us / 1000, -3);
    fprintf(self->summary,
            "{\"model\":\"%s\",\"seed\":%" PRIu64 ",\"start\":\"%s\",\"days\":%" PRIu32
            ",\"steps\":%" PRIu64 ",\"commits\":%" PRIu64 ",\"bytes_programmed\":%" PRIu64
            ",\"erases\":%" PRIu64 ",\"outages\":%" PRIu64 ",\"cuts\":%" PRIu64
            ",\"seconds_off\":%s,\"lost_wh\":%s,\"lost_max_wh\":%s,\"clock_changes\":%" PRIu64
            ",\"refused\":%" PRIu64 ",\"entries\":%" PRIu64 ",\"events\":%" PRIu64
            ",\"clock_ahead_s\":%s,\"clock_valid\":%s}\n",
            from->config.model->name, from->config.seed, start, from->config.days, count->steps,
            count->commits, from->fragile.programmed_bytes, from->fragile.erases, count->outages,
            count->cuts, off, lost, lost_max, count->clock_changes, count->refused, self->entries,
            self->events, ahead, clock_is_valid(&meter->clock) ? "true" : "false");
}

int virtual_files_finish(struct virtual_files *self, const struct virtual *from)
{
    if (!self->has_head)
        profile_head(self, from);
    print_registers(self, from);
    print_summary(self, from);
    const int err = give_names(self);
    if (err < 0)
        virtual_files_drop(self);
    return err;
}
