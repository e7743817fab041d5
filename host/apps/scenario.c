#include "apps/scenario.h"

#include <stdio.h>
#include <string.h>

#include "base/fixed.h"

#define WORDS_MAX      16
#define MS_US          INT64_C(1000)
#define HOUR_US        (60 * CIVIL_US_PER_MIN)
#define DURATION_MAX   (36525 * CIVIL_US_PER_DAY)
#define DIGITS_MAX     15
#define POWER_MAX_MW   INT64_C(1000000000)
#define CUT_OFF_US     (10 * CIVIL_US_PER_S)
#define WRITE_MAX      INT64_C(1000000000000)
#define CLOCK_JUMP_MAX (3650 * CIVIL_US_PER_DAY)

struct word {
    const char *text;
    size_t size;
};

/* One line on its way to a row. */
struct parser {
    const struct scenario_place *place;
    struct word word[WORDS_MAX];
    unsigned words, next;
    const char *wrong, *right; /* of the error */
    struct word bad;           /* where it stands; NULL: at the end */
};

/* ---- words ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int refuse(struct parser *self, const char *wrong, const char *right)
{
    self->wrong = wrong;
    self->right = right;
    self->bad = self->next > 0 && self->next <= self->words ? self->word[self->next - 1]
                                                            : (struct word){NULL, 0};
    return ERR_FORMAT;
}

static int split(struct parser *self, const char *text, size_t size)
{
    size_t at = 0;
    self->words = 0;
    self->next = 0;
    while (at < size && text[at] != '#') {
        if (is_blank(text[at])) {
            at++;
            continue;
        }
        if (self->words == WORDS_MAX)
            return refuse(self, "too many words", "a line says one thing");
        struct word *word = &self->word[self->words++];
        word->text = text + at;
        while (at < size && text[at] != '#' && !is_blank(text[at]))
            at++;
        word->size = (size_t)(text + at - word->text);
    }
    return ERR_NONE;
}

static bool equals(const struct word *word, const char *text)
{
    return word->size == strlen(text) && memcmp(word->text, text, word->size) == 0;
}

static bool take(struct parser *self, const char *text)
{
    if (self->next >= self->words || !equals(&self->word[self->next], text))
        return false;
    self->next++;
    return true;
}

/* The next word, or an empty one. */
static struct word take_any(struct parser *self)
{
    return self->next < self->words ? self->word[self->next++]
                                    : (self->next = self->words + 1, (struct word){"", 0});
}

/* ---- numbers ---- */

/* Digits with up to three decimals, in thousandths; how many characters, 0: none. */
static size_t read_milli(int64_t *value_m, const char *text, size_t size)
{
    size_t at = 0, digits = 0, decimals = 0;
    int64_t value = 0;
    bool point = false;
    for (; at < size && digits < DIGITS_MAX; at++) {
        if (text[at] == '.' && !point && digits > 0) {
            point = true;
            continue;
        }
        if (text[at] < '0' || text[at] > '9' || decimals == 3)
            break;
        value = value * 10 + (text[at] - '0');
        digits++;
        decimals += point ? 1 : 0;
    }
    for (; decimals < 3; decimals++)
        value *= 10;
    *value_m = value;
    return digits == 0 || text[at - 1] == '.' ? 0 : at;
}

/* A whole number, with a sign. */
static bool read_integer(int64_t *value, const struct word *word)
{
    const bool has_sign = word->size > 0 && (word->text[0] == '-' || word->text[0] == '+');
    const size_t sign = has_sign ? 1 : 0;
    int64_t value_m;
    const size_t size = read_milli(&value_m, word->text + sign, word->size - sign);
    if (size == 0 || sign + size != word->size || memchr(word->text, '.', word->size) != NULL)
        return false;
    *value = word->text[0] == '-' ? -(value_m / 1000) : value_m / 1000;
    return true;
}

int scenario_duration(int64_t *duration_us, const char *text, size_t size)
{
    static const struct {
        const char *name;
        int64_t us;
    } unit[] = {
        {"ms", MS_US},           {"s", CIVIL_US_PER_S}, {"min", CIVIL_US_PER_MIN},
        {"m", CIVIL_US_PER_MIN}, {"h", HOUR_US},        {"d", CIVIL_US_PER_DAY},
    };
    int64_t sum_us = 0;
    size_t at = 0;
    while (at < size) {
        int64_t value_m, unit_us = 0;
        const size_t digits = read_milli(&value_m, text + at, size - at);
        size_t letters = 0;
        at += digits;
        while (at + letters < size && text[at + letters] >= 'a' && text[at + letters] <= 'z')
            letters++;
        for (unsigned k = 0; k < sizeof unit / sizeof unit[0]; k++)
            if (letters == strlen(unit[k].name) && memcmp(text + at, unit[k].name, letters) == 0)
                unit_us = unit[k].us;
        if (digits == 0 || unit_us == 0 || value_m > DURATION_MAX / unit_us * 1000)
            return ERR_FORMAT;
        sum_us += value_m / 1000 * unit_us + value_m % 1000 * unit_us / 1000;
        at += letters;
        if (sum_us > DURATION_MAX)
            return ERR_FORMAT;
    }
    *duration_us = sum_us;
    return size == 0 ? ERR_FORMAT : ERR_NONE;
}

static int take_duration(struct parser *self, int64_t *duration_us, int64_t least_us)
{
    const struct word word = take_any(self);
    if (scenario_duration(duration_us, word.text, word.size) < 0 || *duration_us < least_us)
        return refuse(self, "no duration", "write 30s, 15min, 3h, 2d or 1h30min");
    return ERR_NONE;
}

/* ---- when ---- */

/* A time without a zone is what the clock on the wall shows. */
static bool read_instant(const struct parser *self, int64_t *utc_us, const struct word *word)
{
    char text[CIVIL_TEXT_MAX + 1];
    int16_t offset_min;
    struct civil local;
    if (civil_parse(utc_us, &offset_min, word->text, word->size) == ERR_NONE)
        return true;
    if (word->size + 2 > sizeof text)
        return false;
    memcpy(text, word->text, word->size);
    text[word->size] = 'Z';
    return civil_parse(utc_us, &offset_min, text, word->size + 1) == ERR_NONE &&
           civil_from_us(&local, *utc_us, 0) == ERR_NONE &&
           zone_to_us(&self->place->zone, &local, ZONE_FIRST, utc_us) >= 0;
}

static int read_at(struct parser *self, struct scenario_row *row)
{
    const struct word word = take_any(self);
    row->when = WHEN_AT;
    if (word.size > 1 && word.text[0] == '+' &&
        scenario_duration(&row->at_us, word.text + 1, word.size - 1) == ERR_NONE) {
        row->at_us += self->place->start_us;
        return ERR_NONE;
    }
    if (!read_instant(self, &row->at_us, &word))
        return refuse(self, "no time", "write 2026-03-01T12:00, or +5d from the start");
    if (row->at_us < self->place->start_us)
        return refuse(self, "a time before the start", "it must lie in the days simulated");
    return ERR_NONE;
}

static int read_every(struct parser *self, struct scenario_row *row)
{
    if (!take(self, "day")) {
        row->when = WHEN_EVERY;
        return take_duration(self, &row->every_us, CIVIL_US_PER_S);
    }
    const struct word word = take_any(self);
    const char *t = word.text;
    bool good = word.size == 5 && t[2] == ':';
    for (unsigned k = 0; good && k < 5; k++)
        good = k == 2 || (t[k] >= '0' && t[k] <= '9');
    const int hour = good ? (t[0] - '0') * 10 + t[1] - '0' : 24;
    const int minute = good ? (t[3] - '0') * 10 + t[4] - '0' : 60;
    if (hour > 23 || minute > 59)
        return refuse(self, "no time of day", "write every day 02:00");
    row->when = WHEN_EVERY_DAY;
    row->every_us = hour * HOUR_US + minute * CIVIL_US_PER_MIN;
    return ERR_NONE;
}

/* ---- what ---- */

static int read_outage(struct parser *self, struct scenario_row *row)
{
    row->act = ACT_OUTAGE;
    return take_duration(self, &row->duration_us, 1);
}

static int read_cut(struct parser *self, struct scenario_row *row)
{
    row->act = ACT_CUT;
    row->duration_us = CUT_OFF_US;
    return self->next < self->words ? take_duration(self, &row->duration_us, 1) : ERR_NONE;
}

static int read_disk(struct parser *self, struct scenario_row *row)
{
    if (!take(self, "refuses"))
        return refuse(self, "no such word", "write disk refuses 1h");
    row->act = ACT_DISK_REFUSES;
    return take_duration(self, &row->duration_us, 1);
}

static int read_power(struct parser *self, int64_t *p_mw)
{
    const struct word word = take_any(self);
    const bool negative = word.size > 0 && word.text[0] == '-';
    const size_t sign = negative ? 1 : 0;
    const size_t size = read_milli(p_mw, word.text + sign, word.size - sign);
    if (size == 0 || size + sign != word.size)
        return refuse(self, "no power", "write 3000 W or -1.5 kW");
    const int64_t unit = take(self, "kW") ? 1000 : take(self, "W") ? 1 : 0;
    if (unit == 0)
        return refuse(self, "a power without a unit", "write 3000 W or -1.5 kW");
    if (*p_mw > POWER_MAX_MW / unit)
        return refuse(self, "too much power", "1000 kW is the most of a phase");
    *p_mw *= negative ? -unit : unit;
    return ERR_NONE;
}

static int read_power_factor(struct parser *self, struct scenario_row *row)
{
    int64_t pf_m;
    const struct word word = take_any(self);
    const size_t size = read_milli(&pf_m, word.text, word.size);
    if (size == 0 || size != word.size || pf_m < 10 || pf_m > 1000)
        return refuse(self, "no power factor", "write pf 0.9, or pf 0.9 lead; 0.01 to 1");
    const int64_t sine = fixed_sqrt((uint64_t)(1000000 - pf_m * pf_m) * 1000000);
    row->q_mvar = (row->p_mw < 0 ? -row->p_mw : row->p_mw) * sine / (pf_m * 1000);
    if (take(self, "lead"))
        row->q_mvar = -row->q_mvar;
    return ERR_NONE;
}

static int read_load(struct parser *self, struct scenario_row *row)
{
    static const char *const phase[SCENARIO_PHASES] = {"l1", "l2", "l3"};
    const unsigned all = (1u << SCENARIO_PHASES) - 1;
    row->act = ACT_LOAD;
    row->phases = take(self, "all") ? all : 0;
    for (unsigned k = 0; k < SCENARIO_PHASES && row->phases == 0; k++)
        row->phases = take(self, phase[k]) ? 1u << k : 0;
    if (row->phases == 0) {
        (void)take_any(self);
        return refuse(self, "no phase", "write l1, l2, l3 or all");
    }
    if (take(self, "house")) {
        row->act = ACT_LOAD_HOUSE;
        return ERR_NONE;
    }
    const int err = read_power(self, &row->p_mw);
    return err == ERR_NONE && take(self, "pf") ? read_power_factor(self, row) : err;
}

static int read_clock_set(struct parser *self, struct scenario_row *row)
{
    const struct word word = take_any(self);
    row->act = ACT_CLOCK_SET;
    if (read_instant(self, &row->value_us, &word))
        return ERR_NONE;
    row->act = ACT_CLOCK_ADD;
    if (word.size < 2 || (word.text[0] != '+' && word.text[0] != '-') ||
        scenario_duration(&row->value_us, word.text + 1, word.size - 1) < 0 ||
        row->value_us > CLOCK_JUMP_MAX)
        return refuse(self, "no time", "write clock set +40s, -2h or 2026-03-01T12:00");
    row->value_us = word.text[0] == '-' ? -row->value_us : row->value_us;
    return ERR_NONE;
}

static int read_clock(struct parser *self, struct scenario_row *row)
{
    if (take(self, "sync")) {
        row->act = ACT_CLOCK_SYNC;
        return ERR_NONE;
    }
    if (take(self, "set"))
        return read_clock_set(self, row);
    if (!take(self, "shift")) {
        (void)take_any(self);
        return refuse(self, "no such word", "write clock set, clock shift or clock sync");
    }
    const struct word word = take_any(self);
    row->act = ACT_CLOCK_SHIFT;
    if (!read_integer(&row->value, &word) || row->value < -900 || row->value > 900)
        return refuse(self, "no shift", "write seconds, -900 to 900");
    return ERR_NONE;
}

static int read_name(struct parser *self, struct scenario_row *row)
{
    const struct word word = take_any(self);
    if (word.size == 0 || word.size >= sizeof row->name)
        return refuse(self, "no row of the meter", "write a short name or an OBIS code");
    memcpy(row->name, word.text, word.size);
    row->name[word.size] = '\0';
    return ERR_NONE;
}

static int read_write(struct parser *self, struct scenario_row *row)
{
    row->act = ACT_WRITE;
    const int err = read_name(self, row);
    if (err < 0)
        return err;
    const struct word word = take_any(self);
    if (!read_integer(&row->value, &word) || row->value > WRITE_MAX || row->value < -WRITE_MAX)
        return refuse(self, "no whole number", "write ct_numerator 200");
    return ERR_NONE;
}

static int read_invoke(struct parser *self, struct scenario_row *row)
{
    row->act = ACT_INVOKE;
    const int err = read_name(self, row);
    if (err < 0)
        return err;
    if (strcmp(row->name, "demand") == 0)
        snprintf(row->name, sizeof row->name, "p_import_demand");
    row->value = take(self, "reset") ? 1 : take(self, "next") || take(self, "capture") ? 2 : 0;
    if (row->value != 0)
        return ERR_NONE;
    const struct word word = take_any(self);
    if (!read_integer(&row->value, &word) || row->value < 1 || row->value > 127)
        return refuse(self, "no method", "write reset, next, capture or its number");
    return ERR_NONE;
}

static const struct {
    const char *word;
    int (*read)(struct parser *self, struct scenario_row *row);
} acts[] = {
    {"outage", read_outage}, {"cut", read_cut},       {"load", read_load}, {"clock", read_clock},
    {"write", read_write},   {"invoke", read_invoke}, {"disk", read_disk},
};

static int read_act(struct parser *self, struct scenario_row *row)
{
    for (unsigned k = 0; k < sizeof acts / sizeof acts[0]; k++)
        if (take(self, acts[k].word))
            return acts[k].read(self, row);
    (void)take_any(self);
    return refuse(self, "no such happening",
                  "outage, cut, load, clock, write, invoke or disk refuses");
}

/* ---- random ---- */

static int read_range(struct parser *self, struct scenario_row *row)
{
    const struct word word = take_any(self);
    for (size_t k = 1; k + 2 < word.size; k++) {
        if (word.text[k] != '.' || word.text[k + 1] != '.')
            continue;
        if (scenario_duration(&row->duration_us, word.text, k) == ERR_NONE &&
            scenario_duration(&row->duration_max_us, word.text + k + 2, word.size - k - 2) ==
                ERR_NONE &&
            row->duration_us > 0 && row->duration_us <= row->duration_max_us)
            return ERR_NONE;
        break;
    }
    return refuse(self, "no range of durations", "write 1s..4h");
}

static int read_random(struct parser *self, struct scenario_row *row)
{
    row->when = WHEN_RANDOM;
    if (take(self, "cuts"))
        row->act = ACT_CUT;
    else if (!take(self, "outages")) {
        (void)take_any(self);
        return refuse(self, "no such word", "write random outages or random cuts");
    }
    int64_t count = 0;
    const struct word word = take_any(self);
    if (!read_integer(&count, &word) || count < 1 || count > 100000)
        return refuse(self, "no number", "write random outages 12 per year 1s..4h");
    int64_t span_us = 0;
    if (take(self, "per")) {
        span_us = take(self, "year")    ? 365 * CIVIL_US_PER_DAY
                  : take(self, "month") ? 30 * CIVIL_US_PER_DAY
                  : take(self, "week")  ? 7 * CIVIL_US_PER_DAY
                  : take(self, "day")   ? CIVIL_US_PER_DAY
                                        : 0;
    }
    row->every_us = span_us / count;
    if (row->every_us < CIVIL_US_PER_S) {
        (void)take_any(self);
        return refuse(self, "no such pace", "write per year, month, week or day");
    }
    return read_range(self, row);
}

/* ---- lines ---- */

/* What holds from the start on: no row. */
static int read_setting(struct parser *self, struct scenario *scenario, bool *taken)
{
    *taken = true;
    if (take(self, "backup"))
        return take_duration(self, &scenario->backup_us, 0);
    *taken = take(self, "meter");
    if (!*taken)
        return ERR_NONE;
    const struct word word = take(self, "commit") ? take_any(self) : (struct word){"", 0};
    if (!read_integer(&scenario->commit_s, &word) || scenario->commit_s < 0 ||
        scenario->commit_s > CIVIL_S_PER_DAY) {
        scenario->commit_s = -1;
        return refuse(self, "no such setting", "write meter commit 60; 0 to 86400 s");
    }
    return ERR_NONE;
}

static int read_line(struct parser *self, struct scenario *scenario, unsigned line)
{
    struct scenario_row row = {.line = line};
    bool taken;
    int err = read_setting(self, scenario, &taken);
    if (err == ERR_NONE && !taken) {
        if (take(self, "random"))
            err = read_random(self, &row);
        else if (take(self, "at"))
            err = read_at(self, &row);
        else if (take(self, "every"))
            err = read_every(self, &row);
        else {
            (void)take_any(self);
            err = refuse(self, "no such line", "at, every, random, backup or meter commit");
        }
        if (err == ERR_NONE && row.when != WHEN_RANDOM)
            err = read_act(self, &row);
    }
    if (err == ERR_NONE && self->next < self->words) {
        (void)take_any(self);
        err = refuse(self, "too many words", "nothing may follow here");
    }
    if (err == ERR_NONE && !taken && scenario->rows == SCENARIO_ROWS_MAX)
        err = refuse(self, "too many lines", "256 are the most");
    if (err == ERR_NONE && !taken)
        scenario->row[scenario->rows++] = row;
    return err;
}

/* A word as it may be shown: short, and nothing a terminal would act upon. */
static void shown(char text[24], const struct word *word)
{
    size_t k = 0;
    for (; k < word->size && k < 20; k++)
        text[k] = word->text[k] >= ' ' && word->text[k] < 0x7f ? word->text[k] : '?';
    snprintf(text + k, 4, "%s", word->size > k ? "..." : "");
}

static void explain(const struct parser *self, unsigned line, char error[SCENARIO_ERROR_MAX])
{
    char word[24] = "";
    if (self->bad.text != NULL)
        shown(word, &self->bad);
    snprintf(error, SCENARIO_ERROR_MAX, "%.100s:%u: %s%s%s; %s", self->place->file, line,
             self->wrong,
             word[0]          ? ": "
             : self->bad.text ? ""
                              : " at the end of the line",
             word, self->right);
}

void scenario_init(struct scenario *self)
{
    *self = (struct scenario){.backup_us = -1, .commit_s = -1};
}

int scenario_parse(struct scenario *self, const char *text, size_t size,
                   const struct scenario_place *place, char error[SCENARIO_ERROR_MAX])
{
    struct parser parser = {.place = place};
    unsigned line = 0;
    scenario_init(self);
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        const size_t length = end == NULL ? size - at : (size_t)(end - text) - at;
        line++;
        int err = split(&parser, text + at, length);
        if (err == ERR_NONE && parser.words > 0)
            err = read_line(&parser, self, line);
        if (err < 0) {
            explain(&parser, line, error);
            return err;
        }
        at += length + 1;
    }
    return ERR_NONE;
}
