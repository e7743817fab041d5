/* Rows of a CSV file. Opening reads it once, to check it whole and to find its largest values. */
#include "sources/csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sources/calendar.h"
#include "sources/kinds.h"

#define PATH_SHOWN_MAX 200                         /* of the path in an error line */
#define UNIX_NS_MIN    INT64_C(300000000000000000) /* 1979: a bare number above it is a date */

enum row { ROW_END, ROW_FRAME, ROW_GAP };

/* What the first pass collects. */
struct csv_scan {
    struct stamps stamps;
    struct run run; /* of frames counted by rate= */
    double rate_hz; /* of rate=; 0: the time tells */
    uint64_t rows;
    bool has_date;
};

static bool has_ending(const char *path, const char *ending)
{
    size_t size = strlen(path), tail = strlen(ending);
    return size > tail && !strcasecmp(path + size - tail, ending);
}

static bool is_text(const uint8_t *head, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (head[i] < 0x20 && !strchr("\t\r\n", head[i])) {
            return false;
        }
    }
    return size > 0 && !memchr(head, '\0', size);
}

static bool csv_accepts(const char *spec, const uint8_t *head, size_t size)
{
    char path[SPEC_SIZE_MAX];
    spec_path(spec, path, sizeof path);
    return is_text(head, size) || (has_ending(path, ".csv") && size > 0);
}

int csv_next_line(struct source *source, struct csv *csv, struct text *line, bool *ended)
{
    for (;;) {
        int more = input_line(&csv->input, &csv->at, line, ended);
        csv->line++;
        if (more < 0) {
            return source_fail(source, ERR_RANGE, "%.200s:%llu: longer than %u bytes", csv->path,
                               csv->line, INPUT_WINDOW);
        }
        *line = text_trim(*line);
        if (more == 0 || (line->size && line->at[0] != '#')) {
            return more;
        }
    }
}

/* --- one row ---------------------------------------------------------------------------------- */

static int fail_field(struct source *source, const struct csv *csv, int column, struct text field,
                      const char *what)
{
    return source_fail(source, ERR_FORMAT, "%.200s:%llu: column %d: \"%.*s\" %s", csv->path,
                       csv->line, column + 1, TEXT_ARG(field), what);
}

static int parse_time(struct source *source, const struct csv *csv, struct text field,
                      struct calendar_time *time)
{
    bool clock = field.size && memchr(field.at, ':', field.size);
    *time = (struct calendar_time){0};
    bool good = clock ? calendar_parse(field, time)
                      : text_to_nano(field, csv->comma, csv->time_exponent, &time->unix_ns,
                                     &time->resolution_ns);
    time->has_date = time->has_date || time->unix_ns >= UNIX_NS_MIN;
    return good ? 0 : fail_field(source, csv, csv->time_column, field, "is not a time");
}

/* A missing value is NaN. */
static int parse_value(struct source *source, const struct csv *csv, struct text field, int column,
                       double *value)
{
    if (field.size == 0 || text_is(field, "nan")) {
        *value = NAN;
        return 0;
    }
    return text_to_double(field, csv->comma, value)
               ? 0
               : fail_field(source, csv, column, field, "is not a number");
}

/* All missing: a gap. Some missing: no frame that we could give. */
static int row_kind(struct source *source, const struct csv *csv)
{
    uint32_t missing = 0, first = 0;
    for (uint32_t i = 0; i < source->info.channels; i++) {
        if (isnan(csv->value[i])) {
            first = missing++ ? first : i;
        }
    }
    if (missing == 0 || missing == source->info.channels) {
        return missing ? ROW_GAP : ROW_FRAME;
    }
    int column = (int)first;
    column += csv->time_column != CSV_NO_COLUMN && column >= csv->time_column;
    return fail_field(source, csv, column, (struct text){"", 0}, "is not a number");
}

static int parse_row(struct source *source, struct csv *csv, struct text line,
                     struct calendar_time *time)
{
    struct fields fields = text_fields(line, csv->separator);
    struct text field;
    uint32_t channel = 0;
    int column = 0, err = 0;
    for (; !err && csv_field(&fields, &field); column++) {
        if (column >= csv->columns && field.size) {
            return source_fail(source, ERR_FORMAT, "%.200s:%llu: more than %d columns", csv->path,
                               csv->line, csv->columns);
        }
        if (column == csv->time_column) {
            err = time ? parse_time(source, csv, field, time) : 0;
        } else if (column < csv->columns) {
            err = parse_value(source, csv, field, column, &csv->value[channel++]);
        }
    }
    if (err) {
        return err;
    }
    if (column < csv->columns) {
        return source_fail(source, ERR_FORMAT, "%.200s:%llu: %d of %d columns", csv->path,
                           csv->line, column, csv->columns);
    }
    return row_kind(source, csv);
}

/* --- the first pass --------------------------------------------------------------------------- */

static int scan_time_row(struct csv_scan *scan, bool gap, const struct calendar_time *time,
                         uint64_t at)
{
    if (scan->rate_hz > 0) {
        if (!gap) {
            run_take(&scan->run, at, scan->rate_hz, (double)scan->rows / scan->rate_hz);
        }
        return gap ? run_end(&scan->run) : 0;
    }
    struct stamps *stamps = &scan->stamps;
    if (!stamps->any || time->resolution_ns < stamps->resolution_ns) {
        stamps->resolution_ns = time->resolution_ns;
    }
    scan->has_date = scan->has_date || time->has_date;
    return gap ? stamps_gap(stamps) : stamps_add(stamps, (struct stamp){time->unix_ns, at});
}

static void scan_largest(const struct source *source, struct csv *csv)
{
    for (uint32_t i = 0; i < source->info.channels; i++) {
        double size = fabs(csv->value[i]);
        csv->largest[i] = size > csv->largest[i] ? size : csv->largest[i];
    }
}

/* A last line without an end that is no whole row: the writer stopped here. */
static void note_cut(struct source *source, struct csv *csv)
{
    size_t path = strnlen(csv->path, PATH_SHOWN_MAX);
    text_copy(text_of(source->error + path), csv->cut, sizeof csv->cut);
    source->error[0] = '\0';
}

static int scan_row(struct source *source, struct csv *csv, struct csv_scan *scan)
{
    struct text line;
    struct calendar_time time = {0};
    bool ended;
    uint64_t at = csv->at; /* comments before the row are skipped again */
    int more = csv_next_line(source, csv, &line, &ended);
    if (more <= 0) {
        return more;
    }
    int row = parse_row(source, csv, line, scan->rate_hz > 0 ? NULL : &time);
    if (row < 0 && !ended) {
        note_cut(source, csv);
        return ROW_END;
    }
    if (row < 0) {
        return row;
    }
    int err = scan_time_row(scan, row == ROW_GAP, &time, at);
    if (err) {
        return source_fail(source, err, "%.200s:%llu: %s", csv->path, csv->line,
                           stamps_error_text(err));
    }
    if (row == ROW_FRAME) {
        scan_largest(source, csv);
    }
    scan->rows++;
    return row;
}

static int scan_finish(struct source *source, struct csv *csv, struct csv_scan *scan)
{
    int err = scan->rate_hz > 0 ? run_end(&scan->run) : stamps_gap(&scan->stamps);
    if (err) {
        return source_fail(source, err, "%.200s: %s", csv->path, stamps_error_text(err));
    }
    if (csv->segments.count == 0) {
        return source_fail(source, ERR_TRUNCATED, "%.200s: there are no rows", csv->path);
    }
    for (uint32_t i = 0; i < source->info.channels; i++) {
        err = scale_init(&csv->scale[i], csv->factor[i], 0, csv->largest[i]);
        if (err) {
            return source_fail(source, err, "%.200s: channel %u: values up to %g are beyond reason",
                               csv->path, (unsigned)i + 1, csv->largest[i]);
        }
        source->info.channel[i].full_scale = csv->scale[i].full_scale;
    }
    if (scan->has_date) {
        source->info.start_unix_us = scan->stamps.origin_ns / 1000;
    }
    return 0;
}

static int scan_all(struct source *source, struct csv *csv, const struct spec *spec)
{
    struct csv_scan scan = {.stamps.segments = &csv->segments, .run.segments = &csv->segments};
    int row = spec_rate(spec, source, &scan.rate_hz);
    if (row) {
        return row;
    }
    do {
        row = scan_row(source, csv, &scan);
    } while (row > 0);
    return row < 0 ? row : scan_finish(source, csv, &scan);
}

/* --- the source ------------------------------------------------------------------------------- */

static void csv_close(struct source *source)
{
    struct csv *csv = source->self;
    segments_free(&csv->segments);
    input_close(&csv->input);
    free(csv);
    source->self = NULL;
}

static int csv_start(struct source *source, struct csv *csv, const struct spec *spec)
{
    int err = input_open(&csv->input, spec->path);
    if (err) {
        return source_fail(source, err, "%.200s: %s", spec->path,
                           err == ERR_IO ? strerror(errno) : err_text(err));
    }
    size_t got;
    const uint8_t *head = input_view(&csv->input, 0, 3, &got);
    csv->at = got == 3 && !memcmp(head, "\xef\xbb\xbf", 3) ? 3 : 0;
    err = csv_read_header(source, csv, spec);
    err = err ? err : scan_all(source, csv, spec);
    if (!err) {
        csv->at = csv->segments.list[0].at;
        segments_describe(&csv->segments, &source->info);
    }
    return err;
}

static int csv_open(struct source *source, const char *text)
{
    struct spec spec;
    int err = spec_parse(&spec, source, text, NULL, SPEC_BIT(SPEC_RATE) | SPEC_BIT(SPEC_CHANNELS));
    if (err) {
        return err;
    }
    struct csv *csv = calloc(1, sizeof *csv);
    if (!csv) {
        return source_fail(source, ERR_SPACE, "%.200s: out of memory", spec.path);
    }
    source->self = csv;
    csv->input.fd = -1;
    memcpy(csv->path, spec.path, sizeof csv->path);
    err = csv_start(source, csv, &spec);
    if (err) {
        csv_close(source);
    }
    return err;
}

/* The end of the last segment: silent, unless the file broke off there. */
static int read_end(struct source *source, const struct csv *csv)
{
    bool last = csv->segments.current + 1 == csv->segments.count;
    return last && csv->cut[0]
               ? source_fail(source, ERR_TRUNCATED, "%.200s%s: cut short", csv->path, csv->cut)
               : 0;
}

static int csv_read(struct source *source, int32_t *data, uint32_t frames)
{
    struct csv *csv = source->self;
    uint64_t left = segments_frames_left(&csv->segments);
    uint32_t channels = source->info.channels, count = 0;
    if (left == 0 && frames > 0) {
        return read_end(source, csv);
    }
    for (; count < frames && count < left; count++) {
        struct text line;
        bool ended;
        int more = csv_next_line(source, csv, &line, &ended);
        if (more <= 0 || parse_row(source, csv, line, NULL) != ROW_FRAME) {
            return source_fail(source, ERR_IO, "%.200s: changed while it was read", csv->path);
        }
        for (uint32_t i = 0; i < channels; i++) {
            data[(size_t)count * channels + i] = scale_to_sample(&csv->scale[i], csv->value[i]);
        }
    }
    csv->segments.frames_taken += count;
    return (int)count;
}

static int csv_next_segment(struct source *source)
{
    struct csv *csv = source->self;
    int more = segments_next(&csv->segments, &source->info);
    if (more > 0) {
        csv->at = csv->segments.list[csv->segments.current].at;
    }
    return more;
}

const struct source_kind source_csv = {
    .name = "csv",
    .accepts = csv_accepts,
    .open = csv_open,
    .read = csv_read,
    .next_segment = csv_next_segment,
    .close = csv_close,
};
