/*
 * sources/segments.h: the segments of a recording, and how time stamps make them.
 *
 * A segment is a stretch of frames at one rate without a gap. Readers that know their rates add
 * segments; readers that have a time stamp on every frame feed the stamps, in nanoseconds, to
 * struct stamps. The first stamps of a segment give its step (median) and jitter. A step that is
 * off by more than half is a gap and ends the segment; three in a row that are off by more than 5 %
 * the same way are a new rate and end it too, while one alone is taken for a clock that was set
 * right. Ten times the jitter and the resolution of the stamps are always let through. The rate of
 * a segment is (n - 1) / (last - first); stamps mostly come from a nominal clock, so a rate within
 * 20 ppm (or the stamps' resolution) of a round number is that number. Stamps that go back in time
 * are an error. Called while a source opens.
 */
#ifndef SOURCES_SEGMENTS_H
#define SOURCES_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sources/source.h"

#define SEGMENTS_MAX     100000
#define STAMPS_LOOKAHEAD 33
#define STAMPS_ODD_MAX   2
#define RATE_MAX_HZ      10e6

struct segment {
    uint64_t at; /* where its first frame lies, as the reader counts */
    uint64_t frames;
    double rate_hz;
    double start_s;
};

struct segments {
    struct segment *list;
    size_t count, capacity;
    size_t current;        /* the one being read */
    uint64_t frames_taken; /* of it */
};

int segments_add(struct segments *self, const struct segment *segment) MUST_USE;
void segments_free(struct segments *self);
/* Puts segment `current` into the info of a source. */
void segments_describe(const struct segments *self, struct source_info *info);
/* Moves on to the following segment and describes it: 1, or 0 at the end. */
int segments_next(struct segments *self, struct source_info *info) MUST_USE;
uint64_t segments_frames_left(const struct segments *self);

/* Frames whose rate is known: they run on until the reader ends them. */
struct run {
    struct segments *segments;
    struct segment open;
};

/* A frame at `at`; start_s counts if it is the first of its run. */
void run_take(struct run *self, uint64_t at, double rate_hz, double start_s);
int run_end(struct run *self) MUST_USE; /* ERR_RANGE, ERR_SPACE */

struct stamp {
    int64_t time_ns;
    uint64_t at;
};

struct stamps {
    struct segments *segments;
    int64_t resolution_ns; /* of the stamps; may be refined while they come */
    bool any;
    int64_t origin_ns; /* the first stamp of all */
    int64_t last_ns;
    struct stamp pending[STAMPS_LOOKAHEAD]; /* the first of a segment, until its step is known */
    int pending_count;
    bool running; /* pending is empty and these hold: */
    struct stamp first;
    uint64_t frames;
    int64_t step_ns, change_ns, gap_ns;
    struct stamp odd[STAMPS_ODD_MAX]; /* the newest ones, if their steps were off by a little */
    int odd_count;
    bool odd_longer;
    int64_t before_odd_ns;
};

/* ERR_FORMAT: the time goes back; ERR_UNSUPPORTED: it hardly advances (over RATE_MAX_HZ);
 * ERR_RANGE: more than SEGMENTS_MAX; ERR_SPACE. stamps_error_text() has the words for them. */
int stamps_add(struct stamps *self, struct stamp stamp) MUST_USE;
int stamps_gap(struct stamps *self) MUST_USE; /* a frame is missing here; also the end of all */

const char *stamps_error_text(int err);

#endif
