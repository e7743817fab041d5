/* The columns of a CSV file: how they are separated, named and measured. */
#include "sources/csv.h"

#include <string.h>

#include "sources/calendar.h"
#include "sources/channel_role.h"

#define PREAMBLE_MAX 100 /* lines */

struct csv_column {
    struct text name, unit;
};

bool csv_field(struct fields *fields, struct text *field)
{
    if (!fields_next(fields, field)) {
        return false;
    }
    struct text more; /* a separator inside quotes separates nothing */
    while (field->size > 0 && field->at[0] == '"' &&
           (field->size == 1 || field->at[field->size - 1] != '"') && fields_next(fields, &more)) {
        field->size = (size_t)(more.at + more.size - field->at);
    }
    if (field->size >= 2 && field->at[0] == '"' && field->at[field->size - 1] == '"') {
        *field = text_trim((struct text){field->at + 1, field->size - 2});
    }
    return true;
}

static bool is_value(struct text text, bool comma)
{
    double number;
    struct calendar_time time;
    return text.size == 0 || text_is(text, "nan") || text_to_double(text, comma, &number) ||
           calendar_parse(text, &time);
}

static bool has_unquoted(struct text line, char wanted)
{
    bool quoted = false;
    for (size_t k = 0; k < line.size; k++) {
        quoted = quoted != (line.at[k] == '"');
        if (line.at[k] == wanted && !quoted) {
            return true;
        }
    }
    return false;
}

static void find_separator(struct csv *csv, struct text line)
{
    csv->separator = has_unquoted(line, ';') ? ';' : has_unquoted(line, '\t') ? '\t' : ',';
    csv->comma = csv->separator != ',';
}

/* Empty fields at the end do not count. */
static int count_columns(const struct csv *csv, struct text line, bool *all_values)
{
    struct fields fields = text_fields(line, csv->separator);
    struct text field;
    int columns = 0, last = 0;
    *all_values = true;
    while (csv_field(&fields, &field)) {
        columns++;
        last = field.size ? columns : last;
        *all_values = *all_values && is_value(field, csv->comma);
    }
    return last;
}

static bool is_electric_unit(struct text text)
{
    char unit[8];
    text_to_unit(text, unit, sizeof unit);
    return !strcmp(unit, "V") || !strcmp(unit, "A");
}

static int time_unit(struct text unit, int *exponent)
{
    static const struct {
        const char *name;
        int exponent;
    } rows[] = {{"s", 0},   {"sec", 0},        {"ms", -3},        {"us", -6},
                {"ns", -9}, {"\xc2\xb5s", -6}, {"\xce\xbcs", -6}, {"seconds", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (text_is(unit, rows[i].name)) {
            *exponent = rows[i].exponent;
            return 1;
        }
    }
    return 0;
}

static bool is_time_name(struct text name)
{
    return text_is(name, "t") || text_begins(name, "time") || text_begins(name, "zeit") ||
           text_begins(name, "date") || text_begins(name, "sec");
}

/* "V_A" is the voltage of phase A, not something in amperes, and "Channel A" is neither. */
static bool unit_fits_name(struct text name, struct text unit)
{
    struct source_channel by_name = {0}, by_unit = {0};
    text_to_utf8(name, by_name.name, sizeof by_name.name);
    text_to_unit(unit, by_unit.unit, sizeof by_unit.unit);
    enum role_kind kind = channel_role_find(&by_name).kind;
    bool letter = text_is(unit, "A");
    return (kind == ROLE_NONE && !letter) || kind == channel_role_find(&by_unit).kind;
}

static struct text text_from(struct text text, size_t at)
{
    return (struct text){text.at + at, text.size - at};
}

static struct csv_column in_brackets(struct text text, char open)
{
    size_t at = text.size - 1;
    while (at > 0 && text.at[at] != open) {
        at--;
    }
    if (text.at[at] != open) {
        return (struct csv_column){text, {"", 0}};
    }
    return (struct csv_column){text_trim((struct text){text.at, at}), text_from(text, at)};
}

/* "Va [V]", "Ia (A)", "U1/V", "U1 V", "I1_mA", "time_ms" */
static struct csv_column split_unit(struct text text)
{
    char last = text.size ? text.at[text.size - 1] : '\0';
    if (last == ']' || last == ')') {
        return in_brackets(text, last == ']' ? '[' : '(');
    }
    size_t at = text.size;
    while (at > 0 && !strchr("_ /", text.at[at - 1])) {
        at--;
    }
    struct csv_column column = {text, {"", 0}};
    if (at < 2) {
        return column;
    }
    struct text name = text_trim((struct text){text.at, at - 1}), unit = text_from(text, at);
    int exponent;
    bool is_unit = is_time_name(name) ? time_unit(unit, &exponent)
                                      : is_electric_unit(unit) && unit_fits_name(name, unit);
    if (!is_unit) {
        return column;
    }
    column.unit = unit;
    /* What hangs on the name by "_" stays part of it: people look for what their file says. */
    column.name = text.at[at - 1] == '_' && !is_time_name(name) ? text : name;
    return column;
}

static struct text inside_brackets(struct text text)
{
    bool bracketed = text.size >= 2 && (text.at[0] == '[' || text.at[0] == '(');
    return bracketed ? text_trim((struct text){text.at + 1, text.size - 2}) : text;
}

static void note_time_column(struct csv *csv, int column, struct text unit)
{
    csv->time_column = column;
    time_unit(inside_brackets(unit), &csv->time_exponent);
}

/* One line gives names and units, or only units (names then is false). */
static void take_columns(struct source *source, struct csv *csv, struct text line, bool names,
                         bool want_time)
{
    struct fields fields = text_fields(line, csv->separator);
    struct text field;
    uint32_t channel = 0;
    for (int i = 0; i < csv->columns && csv_field(&fields, &field); i++) {
        struct csv_column column = names ? split_unit(field) : (struct csv_column){.unit = field};
        bool is_new_time =
            names && want_time && csv->time_column == CSV_NO_COLUMN && is_time_name(column.name);
        if (is_new_time || i == csv->time_column) {
            note_time_column(csv, i, column.unit);
            continue;
        }
        struct source_channel *to = &source->info.channel[channel];
        struct text name = names ? column.name : text_of(to->name);
        char kept[SOURCE_NAME_MAX];
        text_copy(name, kept, sizeof kept);
        csv->factor[channel] =
            spec_name_channel(to, kept, strlen(kept), column.unit.at, column.unit.size);
        channel++;
    }
    source->info.channels = channel;
}

static int override_names(struct source *source, const struct spec *spec, uint32_t channels)
{
    uint32_t named;
    int err = spec_channels(spec, source, &named);
    if (!err && named && named != channels) {
        err = source_fail(source, ERR_ARGUMENT, "%.200s: channels= names %u of %u columns",
                          spec->path, (unsigned)named, (unsigned)channels);
    }
    return err;
}

static int check_columns(struct source *source, const struct csv *csv, uint32_t channels,
                         bool has_rate)
{
    if (csv->time_column == CSV_NO_COLUMN && !has_rate) {
        return source_fail(source, ERR_ARGUMENT,
                           "%.200s:%llu: no column is a time: name one t, or say rate=8000",
                           csv->path, csv->line);
    }
    if (channels == 0) {
        return source_fail(source, ERR_FORMAT, "%.200s:%llu: no column but the time", csv->path,
                           csv->line);
    }
    return 0;
}

static int first_line(struct source *source, struct csv *csv, struct text *line, bool *is_row)
{
    bool ended;
    int more = csv_next_line(source, csv, line, &ended);
    if (more <= 0) {
        return more < 0
                   ? more
                   : source_fail(source, ERR_TRUNCATED, "%.200s: there are no rows", csv->path);
    }
    find_separator(csv, *line);
    csv->columns = count_columns(csv, *line, is_row);
    if (csv->columns == 0) {
        return source_fail(source, ERR_FORMAT, "%.200s:%llu: nothing between the separators",
                           csv->path, csv->line);
    }
    if (csv->columns > SOURCE_CHANNELS_MAX) {
        return source_fail(source, ERR_RANGE, "%.200s:%llu: more than %d columns", csv->path,
                           csv->line, SOURCE_CHANNELS_MAX);
    }
    return 0;
}

static bool is_units_line(const struct csv *csv, struct text line)
{
    struct fields fields = text_fields(line, csv->separator);
    struct text field;
    bool any_value;
    while (csv_field(&fields, &field)) {
        if (field.size && is_value(field, csv->comma)) {
            return false;
        }
    }
    return count_columns(csv, line, &any_value) == csv->columns;
}

/* A second line without any number, as wide as the header, has the units. */
static int take_units(struct source *source, struct csv *csv)
{
    uint64_t at = csv->at;
    unsigned long long number = csv->line;
    struct text line;
    bool ended;
    int more = csv_next_line(source, csv, &line, &ended);
    if (more > 0 && is_units_line(csv, line)) {
        take_columns(source, csv, line, false, false);
    } else {
        csv->at = at;
        csv->line = number;
    }
    return more < 0 ? more : 0;
}

/* Words for units, as instruments write them. */
static bool is_unit_word(struct text field)
{
    int exponent;
    return field.size == 0 || is_electric_unit(inside_brackets(field)) ||
           time_unit(inside_brackets(field), &exponent) || text_is(field, "volt") ||
           text_is(field, "second") || text_is(field, "ampere");
}

static bool is_line_of_units(struct csv *csv, struct text line)
{
    find_separator(csv, line);
    struct fields fields = text_fields(line, csv->separator);
    struct text field;
    bool all = true;
    while (csv_field(&fields, &field)) {
        all = all && is_unit_word(field);
    }
    return all;
}

/* A place in the file, and what stands there. */
struct place {
    uint64_t at;
    unsigned long long line;
    bool is_units;
};

/* Instruments write about themselves before the names of the columns: those stand in the last line
 * before the first row, or in the one before if the last has units. Two lines without a row are
 * names and units whatever they say, and no row in sight leaves all as it is. */
static void skip_preamble(struct source *source, struct csv *csv)
{
    const struct place start = {csv->at, csv->line, false};
    struct place before = start, last = start;
    bool is_row = false;
    int lines = 0;
    while (!is_row && lines <= PREAMBLE_MAX) {
        struct place here = {csv->at, csv->line, false};
        struct text line;
        bool ended;
        if (csv_next_line(source, csv, &line, &ended) <= 0) {
            lines = 0;
            break;
        }
        here.is_units = is_line_of_units(csv, line);
        bool all_values;
        const int columns = count_columns(csv, line, &all_values);
        is_row = all_values && columns >= 2;
        if (!is_row) {
            lines++;
            before = last;
            last = here;
        }
    }
    const bool found = is_row && lines > 2;
    const struct place header = !found ? start : last.is_units ? before : last;
    csv->at = header.at;
    csv->line = header.line;
}

int csv_read_header(struct source *source, struct csv *csv, const struct spec *spec)
{
    struct text line;
    bool is_row, has_rate = spec->value[SPEC_RATE] != NULL;
    skip_preamble(source, csv);
    uint64_t start = csv->at;
    int err = first_line(source, csv, &line, &is_row);
    if (err) {
        return err;
    }
    csv->time_column = is_row && !has_rate ? 0 : CSV_NO_COLUMN;
    /* With rate= a time column is known all the same, so that it is no channel. */
    take_columns(source, csv, is_row ? (struct text){"", 0} : line, true, true);
    if (is_row) {
        source->info.channels = (uint32_t)(csv->columns - (csv->time_column != CSV_NO_COLUMN));
        for (uint32_t i = 0; i < source->info.channels; i++) {
            csv->factor[i] = spec_name_channel(&source->info.channel[i], "", 0, "", 0);
        }
        csv->at = start;
        csv->line = 0;
    } else {
        err = take_units(source, csv);
    }
    err = err ? err : check_columns(source, csv, source->info.channels, has_rate);
    return err ? err : override_names(source, spec, source->info.channels);
}
