/* The configuration of a COMTRADE record. */
#include "sources/comtrade.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sources/calendar.h"

#define ANALOG_FIELDS_MAX 13
#define ANALOG_FIELDS_MIN 10 /* of 1991 */
#define DAY_NS            INT64_C(86400000000000)

struct cfg_reader {
    struct source *source;
    const char *path;
    struct input *input;
    uint64_t at;
    unsigned long long line;
    struct text text; /* of the line read last */
};

/* 1: a line; 0: no more of the configuration */
static int cfg_line(struct cfg_reader *reader)
{
    bool ended;
    int more = input_line(reader->input, &reader->at, &reader->text, &ended);
    reader->line++;
    if (more < 0) {
        return source_fail(reader->source, ERR_RANGE, "%.200s:%llu: longer than %u bytes",
                           reader->path, reader->line, INPUT_WINDOW);
    }
    reader->text = text_trim(reader->text);
    return more && !text_begins(reader->text, "---");
}

static int cfg_need_line(struct cfg_reader *reader, const char *what)
{
    int more = cfg_line(reader);
    return more > 0 ? 0
           : more   ? more
                    : source_fail(reader->source, ERR_TRUNCATED, "%.200s:%llu: ends before %s",
                                  reader->path, reader->line, what);
}

static int cfg_fail(const struct cfg_reader *reader, int err, const char *what, struct text found)
{
    return source_fail(reader->source, err, "%.200s:%llu: %s: \"%.*s\"", reader->path, reader->line,
                       what, TEXT_ARG(found));
}

/* --- station and counts ----------------------------------------------------------------------- */

static int read_station(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    int err = cfg_need_line(reader, "the station");
    if (err) {
        return err;
    }
    struct fields fields = text_fields(reader->text, ',');
    struct text field = {"", 0};
    cfg->year = 1991;
    for (int i = 0; i < 3 && fields_next(&fields, &field); i++) {
        if (i == 2 && field.size &&
            (!text_to_int64(field, &cfg->year) || cfg->year < 1991 || cfg->year > 2100)) {
            return cfg_fail(reader, ERR_FORMAT, "not a year of the standard", field);
        }
    }
    return 0;
}

/* "96A" */
static bool parse_count(struct text text, char letter, int64_t *count)
{
    if (text.size < 2 || toupper((unsigned char)text.at[text.size - 1]) != letter) {
        return false;
    }
    text.size--;
    return text_to_int64(text, count) && *count >= 0;
}

static int read_counts(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    int64_t total, analog = 0, digital = 0;
    struct text field[3] = {{"", 0}, {"", 0}, {"", 0}};
    int err = cfg_need_line(reader, "the number of channels");
    if (err) {
        return err;
    }
    struct fields fields = text_fields(reader->text, ',');
    for (int i = 0; i < 3 && fields_next(&fields, &field[i]);) {
        i++;
    }
    if (!text_to_int64(field[0], &total) || !parse_count(field[1], 'A', &analog) ||
        !parse_count(field[2], 'D', &digital) || total != analog + digital) {
        return cfg_fail(reader, ERR_FORMAT, "not a number of channels like \"7,6A,1D\"",
                        reader->text);
    }
    if (analog < 1 || analog > SOURCE_CHANNELS_MAX || digital > COMTRADE_DIGITAL_MAX) {
        return cfg_fail(reader, ERR_RANGE, "1 to 512 analogue and up to 65535 digital can be",
                        reader->text);
    }
    cfg->analog = (uint32_t)analog;
    cfg->digital = (uint32_t)digital;
    return 0;
}

/* --- channels --------------------------------------------------------------------------------- */

enum analog_field {
    FIELD_NUMBER,
    FIELD_NAME,
    FIELD_PHASE,
    FIELD_CIRCUIT,
    FIELD_UNIT,
    FIELD_A,
    FIELD_B,
    FIELD_SKEW,
    FIELD_MIN,
    FIELD_MAX,
    FIELD_PRIMARY,
    FIELD_SECONDARY,
    FIELD_PS,
};

static int channel_number(const struct cfg_reader *reader, uint32_t channel, struct text field,
                          double missing, double *value)
{
    *value = missing;
    if (field.size == 0 && !isnan(missing)) {
        return 0;
    }
    return text_to_double(field, false, value)
               ? 0
               : source_fail(reader->source, ERR_FORMAT,
                             "%.200s:%llu: channel %u: \"%.*s\" is not a number", reader->path,
                             reader->line, (unsigned)channel + 1, TEXT_ARG(field));
}

static int read_ratio(const struct cfg_reader *reader, uint32_t channel,
                      const struct text field[ANALOG_FIELDS_MAX])
{
    struct source_channel *to = &reader->source->info.channel[channel];
    double primary, secondary;
    int err = channel_number(reader, channel, field[FIELD_PRIMARY], 1, &primary);
    err = err ? err : channel_number(reader, channel, field[FIELD_SECONDARY], 1, &secondary);
    if (err) {
        return err;
    }
    bool known = primary > 0 && secondary > 0; /* many recorders write 0 for "none" */
    to->ratio_primary = known ? primary : 1;
    to->ratio_secondary = known ? secondary : 1;
    to->is_secondary = text_is(field[FIELD_PS], "S");
    return 0;
}

static int parse_analog(const struct cfg_reader *reader, struct comtrade_cfg *cfg, uint32_t channel,
                        const struct text field[ANALOG_FIELDS_MAX])
{
    struct source_channel *to = &reader->source->info.channel[channel];
    double a, b, skew_us;
    double factor = spec_name_channel(to, field[FIELD_NAME].at, field[FIELD_NAME].size,
                                      field[FIELD_UNIT].at, field[FIELD_UNIT].size);
    text_to_utf8(field[FIELD_PHASE], to->phase, sizeof to->phase);
    int err = channel_number(reader, channel, field[FIELD_A], NAN, &a);
    err = err ? err : channel_number(reader, channel, field[FIELD_B], 0, &b);
    err = err ? err : channel_number(reader, channel, field[FIELD_SKEW], 0, &skew_us);
    if (err) {
        return err;
    }
    cfg->multiplier[channel] = a * factor;
    cfg->offset[channel] = b * factor;
    to->skew_s = skew_us * 1e-6;
    return read_ratio(reader, channel, field);
}

static int read_analog(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    for (uint32_t channel = 0; channel < cfg->analog; channel++) {
        int err = cfg_need_line(reader, "the last analogue channel");
        if (err) {
            return err;
        }
        struct text field[ANALOG_FIELDS_MAX];
        struct fields fields = text_fields(reader->text, ',');
        int count = 0;
        while (count < ANALOG_FIELDS_MAX && fields_next(&fields, &field[count])) {
            count++;
        }
        if (count < ANALOG_FIELDS_MIN) {
            return source_fail(reader->source, ERR_FORMAT,
                               "%.200s:%llu: channel %u: %d fields; at least %d belong there",
                               reader->path, reader->line, (unsigned)channel + 1, count,
                               ANALOG_FIELDS_MIN);
        }
        while (count < ANALOG_FIELDS_MAX) {
            field[count++] = (struct text){"", 0};
        }
        err = parse_analog(reader, cfg, channel, field);
        if (err) {
            return err;
        }
    }
    reader->source->info.channels = cfg->analog;
    return 0;
}

static int skip_digital(struct cfg_reader *reader, uint32_t digital)
{
    int err = 0;
    for (uint32_t i = 0; !err && i < digital; i++) {
        err = cfg_need_line(reader, "the last digital channel");
    }
    return err;
}

/* --- rates ------------------------------------------------------------------------------------ */

static int read_line_frequency(struct cfg_reader *reader)
{
    double *hz = &reader->source->info.nominal_hz;
    int err = cfg_need_line(reader, "the line frequency");
    if (err || reader->text.size == 0) {
        return err;
    }
    if (!text_to_double(reader->text, false, hz) || *hz < 0 || *hz > 1000) {
        return cfg_fail(reader, ERR_FORMAT, "not a line frequency", reader->text);
    }
    return 0;
}

static int read_rate(struct cfg_reader *reader, struct comtrade_cfg *cfg, size_t index)
{
    struct text rate = {"", 0}, end = {"", 0};
    int64_t last;
    struct comtrade_rate *to = &cfg->rate[index];
    int err = cfg_need_line(reader, "the last sampling rate");
    if (err) {
        return err;
    }
    struct fields fields = text_fields(reader->text, ',');
    if (!fields_next(&fields, &rate) || !fields_next(&fields, &end) ||
        !text_to_double(rate, false, &to->rate_hz) || !text_to_int64(end, &last)) {
        return cfg_fail(reader, ERR_FORMAT, "not a rate and its last sample", reader->text);
    }
    uint64_t before = index ? cfg->rate[index - 1].end : 0;
    bool slow = to->rate_hz != 0 && to->rate_hz < 1e-3;
    if (to->rate_hz < 0 || slow || to->rate_hz > RATE_MAX_HZ || last < 1 ||
        (uint64_t)last <= before) {
        return cfg_fail(reader, ERR_RANGE, "a rate or a last sample that cannot be", reader->text);
    }
    to->end = (uint64_t)last;
    cfg->stamped = cfg->stamped || to->rate_hz == 0;
    return 0;
}

/* No rates at all still have one line: 0 and the last sample. */
static int read_rates(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    int64_t count;
    int err = cfg_need_line(reader, "the number of sampling rates");
    if (err) {
        return err;
    }
    if (!text_to_int64(reader->text, &count) || count < 0 || count > COMTRADE_RATES_MAX) {
        return cfg_fail(reader, ERR_FORMAT, "not a number of sampling rates", reader->text);
    }
    cfg->stamped = count == 0;
    cfg->rates = count ? (size_t)count : 1;
    cfg->rate = calloc(cfg->rates, sizeof *cfg->rate);
    if (!cfg->rate) {
        return source_fail(reader->source, ERR_SPACE, "%.200s: out of memory", reader->path);
    }
    for (size_t i = 0; !err && i < cfg->rates; i++) {
        err = read_rate(reader, cfg, i);
    }
    return err;
}

/* --- times ------------------------------------------------------------------------------------ */

static int64_t full_year(int64_t year)
{
    return year >= 100 ? year : year + (year < 70 ? 2000 : 1900);
}

/* Days since 1970 of "dd/mm/yyyy", or of "mm/dd/yy" in 1991. */
static bool parse_date(struct text text, bool month_first, int64_t *days)
{
    int64_t number[3];
    struct fields fields = text_fields(text, '/');
    struct text field;
    for (int i = 0; i < 3; i++) {
        if (!fields_next(&fields, &field) || !text_to_int64(field, &number[i])) {
            return false;
        }
    }
    if (number[2] < 0) {
        return false;
    }
    int64_t year = full_year(number[2]), first = number[month_first ? 1 : 0];
    int64_t second = number[month_first ? 0 : 1];
    return calendar_days(year, second, first, days) || calendar_days(year, first, second, days);
}

/* Also learns what the time stamps count: 2013 has nanoseconds where the time of day has nine
 * places. */
static void parse_start(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    struct text date = {"", 0}, clock = {"", 0};
    struct fields fields = text_fields(reader->text, ',');
    int64_t days, ns, resolution;
    bool both = fields_next(&fields, &date) && fields_next(&fields, &clock);
    if (!both || !calendar_parse_clock(clock, &ns, &resolution)) {
        return;
    }
    cfg->tick_ns = cfg->year >= 2013 && resolution == 1 ? 1 : 1000;
    if (parse_date(date, cfg->year < 1999, &days)) {
        reader->source->info.start_unix_us = (days * DAY_NS + ns) / 1000;
    }
}

static int read_times(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    cfg->tick_ns = 1000;
    int err = cfg_need_line(reader, "the time of the first sample");
    if (err) {
        return err;
    }
    parse_start(reader, cfg);
    return cfg_need_line(reader, "the time of the trigger");
}

static int read_format(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    int err = cfg_need_line(reader, "the file type");
    if (err) {
        return err;
    }
    cfg->format = comtrade_format_find(reader->text);
    return cfg->format ? 0
                       : cfg_fail(reader, ERR_UNSUPPORTED,
                                  "neither ASCII, BINARY, BINARY32 nor FLOAT32", reader->text);
}

static int read_timemult(struct cfg_reader *reader, struct comtrade_cfg *cfg)
{
    cfg->timemult = 1;
    int more = cfg_line(reader);
    if (more <= 0 || reader->text.size == 0) {
        return more < 0 ? more : 0;
    }
    if (!text_to_double(reader->text, false, &cfg->timemult) || cfg->timemult <= 0 ||
        cfg->timemult > 1e6) {
        return cfg_fail(reader, ERR_FORMAT, "not a factor for the time stamps", reader->text);
    }
    return 0;
}

/* "+5h30", "-4", "0": what the record's times are ahead of UTC. Other codes say nothing. */
static int64_t parse_time_code_us(struct text code)
{
    size_t split = 0;
    int64_t hours = 0, minutes = 0;
    while (split < code.size && tolower((unsigned char)code.at[split]) != 'h') {
        split++;
    }
    bool negative = code.size && code.at[0] == '-';
    struct text rest = {code.at + split + 1, split < code.size ? code.size - split - 1 : 0};
    if (!text_to_int64((struct text){code.at, split}, &hours) || llabs(hours) > 14 ||
        (rest.size && (!text_to_int64(rest, &minutes) || minutes < 0 || minutes > 59))) {
        return 0;
    }
    return (hours * 60 + (negative ? -minutes : minutes)) * 60 * INT64_C(1000000);
}

static int read_time_code(struct cfg_reader *reader)
{
    int more = cfg_line(reader);
    struct text code;
    struct fields fields = text_fields(reader->text, ',');
    if (more > 0 && fields_next(&fields, &code) && reader->source->info.start_unix_us) {
        reader->source->info.start_unix_us -= parse_time_code_us(code);
    }
    return more < 0 ? more : 0;
}

int comtrade_read_cfg(struct source *source, struct comtrade *self, struct input *input,
                      uint64_t at, unsigned long long line)
{
    struct comtrade_cfg *cfg = &self->cfg;
    struct cfg_reader reader = {source, self->cfg_path, input, at, line, {"", 0}};
    int err = read_station(&reader, cfg);
    err = err ? err : read_counts(&reader, cfg);
    err = err ? err : read_analog(&reader, cfg);
    err = err ? err : skip_digital(&reader, cfg->digital);
    err = err ? err : read_line_frequency(&reader);
    err = err ? err : read_rates(&reader, cfg);
    err = err ? err : read_times(&reader, cfg);
    err = err ? err : read_format(&reader, cfg);
    err = err ? err : read_timemult(&reader, cfg);
    return err ? err : read_time_code(&reader);
}
