/* COMTRADE as a source: finds the files of a record, reads it once for segments and scales. */
#include "sources/comtrade.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "sources/kinds.h"

#define STAMP_MAX_NS 4e18
#define STAMP_WRAP   4294967296.0
#define STAMP_NONE   4294967295.0 /* of a binary record without a time stamp */

/* --- files ------------------------------------------------------------------------------------ */

static const char *ending_of(const char *path)
{
    const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
    return dot && (!slash || dot > slash) ? dot : path + strlen(path);
}

static bool ends_in(const char *path, const char *ending)
{
    return !strcasecmp(ending_of(path), ending);
}

/* `path` with `ending` in place of its own ("" if `keep`), in the case that exists; lower if none
 * does. */
static bool find_partner(const char *path, const char *const endings[], bool keep, char *to)
{
    size_t base = keep ? strlen(path) : (size_t)(ending_of(path) - path);
    if (base + 5 > SPEC_SIZE_MAX) {
        return false;
    }
    memmove(to, path, base);
    for (int i = 2; i >= 0; i--) {
        memcpy(to + base, endings[i], 5);
        if (access(to, F_OK) == 0) {
            return true;
        }
    }
    return false;
}

static const char *const cfg_endings[] = {".cfg", ".Cfg", ".CFG"};
static const char *const dat_endings[] = {".dat", ".Dat", ".DAT"};
static const char *const cff_endings[] = {".cff", ".Cff", ".CFF"};

/* From either file, or the name without an ending, to both. A CFF file is both. */
static bool find_files(const char *path, char *cfg, char *dat)
{
    if (ends_in(path, ".cfg") || ends_in(path, ".dat")) {
        bool is_cfg = ends_in(path, ".cfg");
        text_copy(text_of(path), is_cfg ? cfg : dat, SPEC_SIZE_MAX);
        find_partner(path, is_cfg ? dat_endings : cfg_endings, false, is_cfg ? dat : cfg);
        return is_cfg || access(cfg, F_OK) == 0;
    }
    if (ends_in(path, ".cff") || find_partner(path, cff_endings, true, cfg)) {
        text_copy(text_of(ends_in(path, ".cff") ? path : cfg), dat, SPEC_SIZE_MAX);
        text_copy(text_of(dat), cfg, SPEC_SIZE_MAX);
        return true;
    }
    find_partner(path, dat_endings, true, dat);
    return find_partner(path, cfg_endings, true, cfg);
}

static bool is_cff(const char *cfg, const char *dat)
{
    return !strcmp(cfg, dat);
}

static bool comtrade_accepts(const char *spec, const uint8_t *head, size_t size)
{
    char path[SPEC_SIZE_MAX], cfg[SPEC_SIZE_MAX], dat[SPEC_SIZE_MAX];
    (void)head;
    spec_path(spec, path, sizeof path);
    bool named = ends_in(path, ".cfg") || ends_in(path, ".dat") || ends_in(path, ".cff");
    return (named || size == 0) && find_files(path, cfg, dat) &&
           (!named || size > 0 || access(path, F_OK) == 0);
}

static int open_input(struct source *source, struct input *input, const char *path)
{
    int err = input_open(input, path);
    return err ? source_fail(source, err, "%.200s: %s", path,
                             err == ERR_IO ? strerror(errno) : err_text(err))
               : 0;
}

static int open_pair(struct source *source, struct comtrade *self)
{
    struct input cfg = {.fd = -1};
    int err = open_input(source, &cfg, self->cfg_path);
    if (!err) {
        err = comtrade_read_cfg(source, self, &cfg, 0, 0);
    }
    input_close(&cfg);
    err = err ? err : open_input(source, &self->input, self->dat_path);
    self->dat_at = 0;
    self->dat_end = self->input.size;
    return err;
}

/* "--- file type: DAT BINARY: 702 ---" -> "DAT BINARY: 702" */
static bool section_title(struct text line, struct text *title)
{
    static const char mark[] = "file type:";
    if (!text_begins(line, "---")) {
        return false;
    }
    while (line.size && (line.at[0] == '-' || line.at[0] == ' ')) {
        line = (struct text){line.at + 1, line.size - 1};
    }
    while (line.size && (line.at[line.size - 1] == '-' || line.at[line.size - 1] == ' ')) {
        line.size--;
    }
    if (!text_begins(line, mark)) {
        return false;
    }
    *title = text_trim((struct text){line.at + sizeof mark - 1, line.size - (sizeof mark - 1)});
    return true;
}

/* Data goes to the end of the file or has its size in the title. */
static void enter_data(struct comtrade *self, struct text title, uint64_t at,
                       unsigned long long line)
{
    struct fields fields = text_fields(title, ':');
    struct text part;
    int64_t size = 0;
    self->dat_at = at;
    self->dat_end = self->input.size;
    self->dat_line = line;
    if (fields_next(&fields, &part) && fields_next(&fields, &part) && text_to_int64(part, &size) &&
        size > 0 && (uint64_t)size < self->dat_end - at) {
        self->dat_end = at + (uint64_t)size;
    }
}

struct section {
    uint64_t at;
    unsigned long long line;
    bool found;
};

/* Walks the sections of a CFF file as far as the data. */
static int find_sections(struct source *source, struct comtrade *self, struct section *cfg)
{
    uint64_t at = 0;
    struct text line, title;
    bool ended;
    for (unsigned long long number = 1;; number++) {
        int more = input_line(&self->input, &at, &line, &ended);
        if (more <= 0) {
            return source_fail(source, more ? ERR_RANGE : ERR_TRUNCATED, "%.200s:%llu: %s",
                               self->cfg_path, number,
                               more ? "a line of over 1 MiB" : "ends before the DAT section");
        }
        if (!section_title(text_trim(line), &title)) {
            continue;
        }
        if (text_begins(title, "CFG") && !cfg->found) {
            *cfg = (struct section){at, number, true};
        } else if (text_begins(title, "DAT")) {
            enter_data(self, title, at, number);
            return 0;
        }
    }
}

static int open_cff(struct source *source, struct comtrade *self)
{
    struct section cfg = {0};
    int err = open_input(source, &self->input, self->cfg_path);
    err = err ? err : find_sections(source, self, &cfg);
    if (!err && !cfg.found) {
        err = source_fail(source, ERR_FORMAT, "%.200s: no CFG section before the data",
                          self->cfg_path);
    }
    return err ? err : comtrade_read_cfg(source, self, &self->input, cfg.at, cfg.line);
}

/* --- the first pass --------------------------------------------------------------------------- */

struct comtrade_scan {
    struct run run;
    struct stamps stamps;
    double stamp_before, wraps;
    size_t rate;         /* the one in force */
    double rate_start_s; /* and the time of its first record */
    uint64_t rate_first;
    double largest[SOURCE_CHANNELS_MAX];
};

static bool record_is_gap(const struct comtrade *self)
{
    for (uint32_t i = 0; i < self->cfg.analog; i++) {
        if (!isnan(self->value[i])) {
            return false;
        }
    }
    return true;
}

static void scan_largest(const struct comtrade *self, struct comtrade_scan *scan)
{
    for (uint32_t i = 0; i < self->cfg.analog; i++) {
        double size = fabs(self->value[i]);
        scan->largest[i] = size > scan->largest[i] ? size : scan->largest[i];
    }
}

/* Record `index` belongs to the rate whose last record is not before it. */
static int scan_rated(const struct comtrade *self, struct comtrade_scan *scan, uint64_t index,
                      uint64_t at, bool gap)
{
    const struct comtrade_rate *rate = &self->cfg.rate[scan->rate];
    if (index >= rate->end) {
        int err = run_end(&scan->run);
        if (err) {
            return err;
        }
        scan->rate_start_s += (double)(rate->end - scan->rate_first) / rate->rate_hz;
        scan->rate_first = rate->end;
        rate = &self->cfg.rate[++scan->rate];
    }
    if (gap) {
        return run_end(&scan->run);
    }
    double start_s = scan->rate_start_s + (double)(index - scan->rate_first) / rate->rate_hz;
    run_take(&scan->run, at, rate->rate_hz, start_s);
    return 0;
}

/* Binary stamps have 32 bits and turn over in long records. */
static int scan_stamped(const struct comtrade *self, struct comtrade_scan *scan, uint64_t at,
                        bool gap)
{
    double stamp = self->stamp;
    if (self->cfg.format->bytes && stamp == STAMP_NONE) {
        return ERR_NOT_FOUND;
    }
    if (self->cfg.format->bytes && stamp < scan->stamp_before - STAMP_WRAP / 2) {
        scan->wraps += STAMP_WRAP;
    }
    scan->stamp_before = self->stamp;
    double ns = (stamp + scan->wraps) * self->cfg.timemult * (double)self->cfg.tick_ns;
    if (fabs(ns) > STAMP_MAX_NS) {
        return ERR_FORMAT;
    }
    return gap ? stamps_gap(&scan->stamps)
               : stamps_add(&scan->stamps, (struct stamp){llround(ns), at});
}

static int fail_scan(struct source *source, const struct comtrade *self, uint64_t index, int err)
{
    return source_fail(source, err, "%.200s: record %" PRIu64 ": %s", self->dat_path, index + 1,
                       err == ERR_NOT_FOUND ? "no time stamp, and no sampling rate is declared"
                                            : stamps_error_text(err));
}

static int scan_record(struct source *source, struct comtrade *self, struct comtrade_scan *scan,
                       uint64_t index)
{
    uint64_t at = self->at;
    int more = comtrade_next_record(source, self);
    if (more <= 0) {
        return more;
    }
    bool gap = record_is_gap(self);
    int err = self->cfg.stamped ? scan_stamped(self, scan, at, gap)
                                : scan_rated(self, scan, index, at, gap);
    if (err) {
        return fail_scan(source, self, index, err);
    }
    if (!gap) {
        scan_largest(self, scan);
    }
    return 1;
}

static int set_scales(struct source *source, struct comtrade *self,
                      const struct comtrade_scan *scan)
{
    for (uint32_t i = 0; i < self->cfg.analog; i++) {
        double declared = self->cfg.format->largest;
        int err = scale_init(&self->scale[i], self->cfg.multiplier[i], self->cfg.offset[i],
                             declared > 0 ? declared : scan->largest[i]);
        if (err) {
            return source_fail(
                source, err, "%.200s: channel %u: %g times values up to %g cannot be",
                self->cfg_path, (unsigned)i + 1, self->cfg.multiplier[i], scan->largest[i]);
        }
        source->info.channel[i].full_scale = self->scale[i].full_scale;
    }
    return 0;
}

static int scan_all(struct source *source, struct comtrade *self, struct comtrade_scan *scan)
{
    int more = 1;
    self->declared = self->cfg.rate[self->cfg.rates - 1].end;
    comtrade_rewind(self, self->dat_at);
    for (self->there = 0; self->there < self->declared; self->there++) {
        more = scan_record(source, self, scan, self->there);
        if (more < 0) {
            return more;
        }
        if (more == 0) {
            break;
        }
    }
    int err = self->cfg.stamped ? stamps_gap(&scan->stamps) : run_end(&scan->run);
    if (err) {
        return fail_scan(source, self, self->there, err);
    }
    if (self->segments.count == 0) {
        return source_fail(source, ERR_TRUNCATED,
                           "%.200s: cut short: none of %" PRIu64 " records is there",
                           self->dat_path, self->declared);
    }
    return set_scales(source, self, scan);
}

static int scan_file(struct source *source, struct comtrade *self)
{
    double resolution_ns = self->cfg.timemult * (double)self->cfg.tick_ns;
    struct comtrade_scan scan = {
        .run.segments = &self->segments,
        .stamps.segments = &self->segments,
        .stamps.resolution_ns = resolution_ns > 1 ? llround(resolution_ns) : 1,
    };
    int err = scan_all(source, self, &scan);
    if (!err) {
        comtrade_rewind(self, self->segments.list[0].at);
        segments_describe(&self->segments, &source->info);
    }
    return err;
}

/* --- the source ------------------------------------------------------------------------------- */

static void comtrade_close(struct source *source)
{
    struct comtrade *self = source->self;
    segments_free(&self->segments);
    input_close(&self->input);
    free(self->cfg.rate);
    free(self);
    source->self = NULL;
}

static int comtrade_open(struct source *source, const char *text)
{
    struct spec spec;
    int err = spec_parse(&spec, source, text, NULL, 0);
    if (err) {
        return err;
    }
    struct comtrade *self = calloc(1, sizeof *self);
    if (!self) {
        return source_fail(source, ERR_SPACE, "%.200s: out of memory", spec.path);
    }
    source->self = self;
    self->input.fd = -1;
    find_files(spec.path, self->cfg_path, self->dat_path);
    err = is_cff(self->cfg_path, self->dat_path) ? open_cff(source, self) : open_pair(source, self);
    err = err ? err : scan_file(source, self);
    if (err) {
        comtrade_close(source);
    }
    return err;
}

static int read_end(struct source *source, const struct comtrade *self)
{
    bool last = self->segments.current + 1 == self->segments.count;
    return last && self->there < self->declared
               ? source_fail(source, ERR_TRUNCATED,
                             "%.200s: cut short: %" PRIu64 " of %" PRIu64 " records are there",
                             self->dat_path, self->there, self->declared)
               : 0;
}

static int comtrade_read(struct source *source, int32_t *data, uint32_t frames)
{
    struct comtrade *self = source->self;
    uint64_t left = segments_frames_left(&self->segments);
    uint32_t count = 0;
    if (left == 0 && frames > 0) {
        return read_end(source, self);
    }
    for (; count < frames && count < left; count++) {
        if (comtrade_next_record(source, self) <= 0) {
            return source_fail(source, ERR_IO, "%.200s: changed while it was read", self->dat_path);
        }
        for (uint32_t i = 0; i < self->cfg.analog; i++) {
            *data++ = scale_to_sample(&self->scale[i], self->value[i]);
        }
    }
    self->segments.frames_taken += count;
    return (int)count;
}

static int comtrade_next_segment(struct source *source)
{
    struct comtrade *self = source->self;
    int more = segments_next(&self->segments, &source->info);
    if (more > 0) {
        comtrade_rewind(self, self->segments.list[self->segments.current].at);
    }
    return more;
}

const struct source_kind source_comtrade = {
    .name = "comtrade",
    .accepts = comtrade_accepts,
    .open = comtrade_open,
    .read = comtrade_read,
    .next_segment = comtrade_next_segment,
    .close = comtrade_close,
};
