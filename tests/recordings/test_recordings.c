/* Real recordings: what the readers make of files that nobody wrote for us. The directory is the
 * first argument; without the files the program says so and exits with 77. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sources/channels.h"

#define SKIPPED      77
#define CHUNK_FRAMES 256
#define TOLERANCE    2e-3 /* of the r.m.s. over whole cycles of the nominal frequency */

struct expectation {
    const char *file;
    double rate_hz;
    uint64_t frames;
    double nominal_hz;
    const char *names[4]; /* of U1, U2, U3, I1 */
    uint32_t cycles;      /* measured, from the start */
    double cycle_hz;
    double rms[4];
};

static const struct expectation expectations[] = {
    {
        .file = "zhangsonggui/ygz.cfg",
        .rate_hz = 3200,
        .frames = 1280,
        .nominal_hz = 50,
        .names = {"220kVxgx_214\xe5\xbc\x80\xe5\x85\xb3_Ua",
                  "220kVxgx_214\xe5\xbc\x80\xe5\x85\xb3_Ub",
                  "220kVxgx_214\xe5\xbc\x80\xe5\x85\xb3_Uc",
                  "220kVxgx_214\xe5\xbc\x80\xe5\x85\xb3_Ia"},
        .cycles = 4,
        .cycle_hz = 50,
        .rms = {59.95, 60.03, 60.02, 0},
    },
    {
        .file = "comtradehandler/Comtrade1.dat",
        .rate_hz = 1200,
        .frames = 7200,
        .nominal_hz = 60,
        .names = {"HV Bus VR", "HV Bus VS", "HV Bus VT", "HV IR"},
        .cycles = 12,
        .cycle_hz = 60,
        .rms = {130.4e3, 130.8e3, 130.4e3, 0},
    },
    {
        .file = "mhkit/2020224_181521_PowRaw.csv",
        .rate_hz = 50000,
        .frames = 8000,
        .nominal_hz = 0,
        .names = {"MODAQ_Va_V", "MODAQ_Vb_V", "MODAQ_Vc_V", "MODAQ_Ia_I"},
        .cycles = 9,
        .cycle_hz = 60,
        .rms = {8037.8, 7829.4, 8076.8, 17.67},
    },
};

static struct source source;
static int32_t data[CHUNK_FRAMES * SOURCE_CHANNELS_MAX];
static int faults;

static void check(bool good, const char *file, const char *what, double found, double expected)
{
    if (!good) {
        printf("%s: %s: %.9g, expected %.9g\n", file, what, found, expected);
        faults++;
    }
}

static double sample(uint32_t frame, int channel)
{
    return data[frame * source.info.channels + (uint32_t)channel] *
           source.info.channel[channel].full_scale / 8388608.0;
}

/* Sums of squares of the four channels over the first whole cycles; reads the segment to its end.
 */
static uint64_t read_segment(const int *channel, uint64_t wanted, double *squares)
{
    uint64_t frames = 0;
    int got;
    while ((got = source_read(&source, data, CHUNK_FRAMES)) > 0) {
        for (uint32_t i = 0; i < (uint32_t)got && frames + i < wanted; i++) {
            for (int k = 0; k < 4; k++) {
                squares[k] += sample(i, channel[k]) * sample(i, channel[k]);
            }
        }
        frames += (uint64_t)got;
    }
    check(got == 0, source.error, "read", got, 0);
    return frames;
}

static void check_segment(const struct expectation *expected, const struct channel_map *map)
{
    const int channel[4] = {map->voltage[0], map->voltage[1], map->voltage[2], map->current[0]};
    double squares[4] = {0};
    uint64_t wanted = (uint64_t)lround(expected->cycles * expected->rate_hz / expected->cycle_hz);
    uint64_t frames = read_segment(channel, wanted, squares);
    const char *file = expected->file;
    check(frames == expected->frames, file, "frames", (double)frames, (double)expected->frames);
    for (int k = 0; k < 4; k++) {
        double rms = sqrt(squares[k] / (double)wanted);
        bool good = expected->rms[k] == 0 || fabs(rms / expected->rms[k] - 1) < TOLERANCE;
        check(good, file, "r.m.s.", rms, expected->rms[k]);
        check(!strcmp(source.info.channel[channel[k]].name, expected->names[k]), file,
              expected->names[k], channel[k], k);
        printf("%s: %s %.6g %s\n", file, source.info.channel[channel[k]].name, rms,
               source.info.channel[channel[k]].unit);
    }
}

static void check_file(const struct expectation *expected, const char *path)
{
    struct channel_map map;
    char error[256];
    const struct source_info *info = &source.info;
    if (source_open(&source, path)) {
        printf("%s\n", source.error);
        faults++;
        return;
    }
    check(info->rate_hz == expected->rate_hz, expected->file, "rate", info->rate_hz,
          expected->rate_hz);
    check(info->nominal_hz == expected->nominal_hz, expected->file, "nominal", info->nominal_hz,
          expected->nominal_hz);
    if (channels_map(&map, info, WIRING_3P4W, NULL, error, sizeof error)) {
        printf("%s: %s\n", expected->file, error);
        faults++;
    } else {
        check_segment(expected, &map);
    }
    source_close(&source);
}

int main(int argc, char **argv)
{
    const char *set = getenv("BLONDEL_WAVEFORMS");
    const char *folder = set && *set ? set : argc > 1 ? argv[1] : ".";
    size_t found = 0;
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, expectations[i].file);
        if (access(path, R_OK) == 0) {
            check_file(&expectations[i], path);
            found++;
        }
    }
    if (found == 0) {
        printf("skipped: no recordings in %s\n", folder);
        return SKIPPED;
    }
    return faults ? 1 : 0;
}
