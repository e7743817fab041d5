#include "apps/progress.h"

#include <stdio.h>
#include <string.h>

#define BAR_WIDTH  24
#define PATIENCE_S 1.0
#define REFRESH_S  0.1

void progress_start(struct progress *progress, bool wanted, double now_s)
{
    *progress = (struct progress){.wanted = wanted, .start_s = now_s};
}

static int format_duration(char *text, size_t size, double seconds)
{
    const unsigned s = seconds < 359999.0 ? (unsigned)(seconds + 0.5) : 359999U;
    if (s < 60) {
        return snprintf(text, size, "%u s", s);
    }
    if (s < 3600) {
        return snprintf(text, size, "%u:%02u min", s / 60, s % 60);
    }
    return snprintf(text, size, "%u:%02u h", s / 3600, s / 60 % 60);
}

void progress_format(char *text, size_t size, uint64_t done, uint64_t total, double elapsed_s,
                     double rate_hz)
{
    const double speed = elapsed_s > 0 ? (double)done / elapsed_s : 0;
    char pace[64], left[32] = "";
    snprintf(pace, sizeof pace, "%.2f M frames/s, %.0f x real time", speed / 1e6, speed / rate_hz);
    if (total == 0 || done > total) {
        snprintf(text, size, "%.1f s measured, %s", (double)done / rate_hz, pace);
        return;
    }
    const double part = (double)done / (double)total;
    char bar[BAR_WIDTH + 1];
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', (size_t)(part * BAR_WIDTH));
    bar[BAR_WIDTH] = '\0';
    format_duration(left, sizeof left, speed > 0 ? (double)(total - done) / speed : 0);
    snprintf(text, size, "[%s] %3.0f %%, %s, %s left", bar, part * 100, pace, left);
}

void progress_update(struct progress *progress, uint64_t done, double rate_hz, double now_s)
{
    if (!progress->wanted || now_s - progress->start_s < PATIENCE_S ||
        now_s - progress->shown_s < REFRESH_S) {
        return;
    }
    char line[128];
    progress_format(line, sizeof line, done, progress->total, now_s - progress->start_s, rate_hz);
    fprintf(stderr, "\r%s\x1b[K", line);
    fflush(stderr);
    progress->visible = true;
    progress->shown_s = now_s;
}

void progress_clear(struct progress *progress)
{
    if (progress->visible) {
        fputs("\r\x1b[K", stderr);
        fflush(stderr);
        progress->visible = false;
        progress->shown_s = 0; /* what cleared it leaves room again: back at the next update */
    }
}
