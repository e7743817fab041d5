#include "sources/segments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SNAP_RELATIVE 20e-6
#define STEPS_FEW     5

int segments_add(struct segments *self, const struct segment *segment)
{
    if (self->count == SEGMENTS_MAX) {
        return ERR_RANGE;
    }
    if (self->count == self->capacity) {
        size_t capacity = self->capacity ? 2 * self->capacity : 16;
        struct segment *list = realloc(self->list, capacity * sizeof *list);
        if (!list) {
            return ERR_SPACE;
        }
        self->list = list;
        self->capacity = capacity;
    }
    self->list[self->count++] = *segment;
    return 0;
}

void segments_free(struct segments *self)
{
    free(self->list);
    *self = (struct segments){0};
}

void segments_describe(const struct segments *self, struct source_info *info)
{
    const struct segment *segment = &self->list[self->current];
    info->rate_hz = segment->rate_hz;
    info->start_s = segment->start_s;
    info->frames = segment->frames;
    info->segment = (uint32_t)self->current;
}

int segments_next(struct segments *self, struct source_info *info)
{
    if (self->current + 1 >= self->count) {
        self->frames_taken = self->count ? self->list[self->current].frames : 0;
        return 0;
    }
    self->current++;
    self->frames_taken = 0;
    segments_describe(self, info);
    return 1;
}

uint64_t segments_frames_left(const struct segments *self)
{
    return self->count ? self->list[self->current].frames - self->frames_taken : 0;
}

void run_take(struct run *self, uint64_t at, double rate_hz, double start_s)
{
    if (self->open.frames++ == 0) {
        self->open.at = at;
        self->open.rate_hz = rate_hz;
        self->open.start_s = start_s;
    }
}

int run_end(struct run *self)
{
    int err = self->open.frames ? segments_add(self->segments, &self->open) : 0;
    self->open.frames = 0;
    return err;
}

/* The roundest number within the tolerance, or the rate as it is. */
static double rate_snap(double rate_hz, double tolerance_hz)
{
    static const double round_to[] = {1000, 100, 50, 10, 5, 1};
    for (size_t i = 0; i < sizeof round_to / sizeof round_to[0]; i++) {
        double near = round(rate_hz / round_to[i]) * round_to[i];
        if (near > 0 && fabs(rate_hz - near) <= tolerance_hz) {
            return near;
        }
    }
    return rate_hz;
}

static double rate_from_span(uint64_t frames, int64_t span_ns, int64_t resolution_ns)
{
    double span = (double)span_ns;
    double rate_hz = (double)(frames - 1) * 1e9 / span;
    double relative = (double)resolution_ns / span;
    return rate_snap(rate_hz, rate_hz * (relative > SNAP_RELATIVE ? relative : SNAP_RELATIVE));
}

static int compare_int64(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t median(int64_t *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare_int64);
    return values[count / 2];
}

struct steps {
    int64_t median_ns, jitter_ns; /* the median of what they differ from it */
};

/* Of the first `count` steps between the pending stamps. */
static struct steps steps_measure(const struct stamps *self, int count)
{
    int64_t steps[STAMPS_LOOKAHEAD];
    struct steps result;
    for (int i = 0; i < count; i++) {
        steps[i] = self->pending[i + 1].time_ns - self->pending[i].time_ns;
    }
    result.median_ns = median(steps, count);
    for (int i = 0; i < count; i++) {
        steps[i] = llabs(steps[i] - result.median_ns);
    }
    result.jitter_ns = median(steps, count);
    return result;
}

/* Step and tolerances of the segment that begins with the pending stamps (two at least). Many steps
 * tell more than few, unless the segment is so short that most of them belong to the next. */
static void stamps_find_step(struct stamps *self)
{
    int count = self->pending_count - 1;
    struct steps many = steps_measure(self, count);
    struct steps few = steps_measure(self, count < STEPS_FEW ? count : STEPS_FEW);
    int64_t apart = llabs(many.median_ns - few.median_ns);
    bool one_rate =
        apart <= self->resolution_ns || apart / 3 <= many.jitter_ns || apart <= few.median_ns / 20;
    int64_t step = one_rate ? many.median_ns : few.median_ns;
    int64_t jitter = one_rate ? many.jitter_ns : few.jitter_ns;
    int64_t noise = jitter > INT64_MAX / 10 ? INT64_MAX : 10 * jitter;
    noise = noise > self->resolution_ns ? noise : self->resolution_ns;
    self->step_ns = step;
    self->change_ns = noise > step / 20 ? noise : step / 20;
    self->gap_ns = noise > step / 2 ? noise : step / 2;
}

/* Ends the running segment. A lone frame has no rate of its own: it takes the step of its
 * surroundings. */
static int stamps_close(struct stamps *self)
{
    int64_t span = self->last_ns - self->first.time_ns;
    int64_t step = self->step_ns > 0 ? self->step_ns : 1;
    self->running = false;
    double rate = self->frames > 1 && span > 0
                      ? rate_from_span(self->frames, span, self->resolution_ns)
                      : 1e9 / (double)step;
    if (rate > RATE_MAX_HZ) {
        return ERR_UNSUPPORTED;
    }
    struct segment segment = {
        .at = self->first.at,
        .frames = self->frames,
        .rate_hz = rate,
        .start_s = ((double)self->first.time_ns - (double)self->origin_ns) / 1e9,
    };
    return segments_add(self->segments, &segment);
}

static void stamps_begin(struct stamps *self, struct stamp stamp)
{
    self->running = true;
    self->first = stamp;
    self->frames = 1;
    self->odd_count = 0;
    self->last_ns = stamp.time_ns;
}

/* A step that is off by a little: alone it is a clock set right, several in a row are a new rate.
 */
static bool stamps_take_odd(struct stamps *self, struct stamp stamp, bool longer)
{
    if (self->odd_count && self->odd_longer != longer) {
        self->odd_count = 0;
    }
    if (self->odd_count == STAMPS_ODD_MAX) {
        self->frames -= STAMPS_ODD_MAX;
        self->last_ns = self->before_odd_ns;
        return false;
    }
    if (self->odd_count == 0) {
        self->before_odd_ns = self->last_ns;
    }
    self->odd_longer = longer;
    self->odd[self->odd_count++] = stamp;
    return true;
}

/* One stamp of a segment that runs; false if another segment begins with what is in odd[] and it.
 */
static bool stamps_continue(struct stamps *self, struct stamp stamp)
{
    int64_t off = stamp.time_ns - self->last_ns - self->step_ns;
    if (llabs(off) > self->gap_ns) {
        self->odd_count = 0;
        return false;
    }
    if (llabs(off) <= self->change_ns) {
        self->odd_count = 0;
    } else if (!stamps_take_odd(self, stamp, off > 0)) {
        return false;
    }
    self->frames++;
    self->last_ns = stamp.time_ns;
    return true;
}

/* The pending stamps become a running segment, as far as they go together; the rest stays pending.
 */
static int stamps_settle(struct stamps *self)
{
    int used = 1;
    if (self->pending_count > 1) {
        stamps_find_step(self);
    }
    stamps_begin(self, self->pending[0]);
    while (used < self->pending_count && stamps_continue(self, self->pending[used])) {
        used++;
    }
    if (used == self->pending_count) {
        self->pending_count = 0;
        return 0;
    }
    used -= self->odd_count;
    self->pending_count -= used;
    memmove(self->pending, self->pending + used,
            (size_t)self->pending_count * sizeof self->pending[0]);
    return stamps_close(self);
}

static int64_t stamps_newest(const struct stamps *self)
{
    return self->pending_count ? self->pending[self->pending_count - 1].time_ns : self->last_ns;
}

int stamps_add(struct stamps *self, struct stamp stamp)
{
    if (!self->any) {
        self->any = true;
        self->origin_ns = self->last_ns = stamp.time_ns;
    }
    /* The difference must fit too: no recording lasts 146 years. */
    int64_t since;
    if (stamp.time_ns < stamps_newest(self) ||
        __builtin_sub_overflow(stamp.time_ns, self->origin_ns, &since) || since > INT64_MAX / 2) {
        return ERR_FORMAT;
    }
    if (self->running) {
        if (stamps_continue(self, stamp)) {
            return 0;
        }
        memcpy(self->pending, self->odd, sizeof self->odd);
        self->pending_count = self->odd_count;
        int err = stamps_close(self);
        if (err) {
            return err;
        }
    }
    self->pending[self->pending_count++] = stamp;
    int err = 0;
    while (!err && self->pending_count == STAMPS_LOOKAHEAD) {
        err = stamps_settle(self);
    }
    return err;
}

int stamps_gap(struct stamps *self)
{
    int err = 0;
    while (!err && self->pending_count) {
        err = stamps_settle(self);
    }
    return err || !self->running ? err : stamps_close(self);
}

const char *stamps_error_text(int err)
{
    switch (err) {
    case ERR_FORMAT:
        return "the time goes back";
    case ERR_UNSUPPORTED:
        return "the time stamps hardly advance (more than 10 MHz)";
    case ERR_RANGE:
        return "more than 100000 gaps or changes of rate";
    default:
        return err_text(err);
    }
}
