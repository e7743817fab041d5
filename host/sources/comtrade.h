/*
 * sources/comtrade.h: what the parts of the COMTRADE reader share. Internal to comtrade*.c.
 *
 * Reads IEEE C37.111-1991, -1999 and -2013 (IEC 60255-24): a .cfg with a .dat of ASCII, BINARY,
 * BINARY32 or FLOAT32, or one .cff with both. comtrade_cfg.c reads the configuration,
 * comtrade_dat.c the records, comtrade.c finds the files and is the source.
 *
 * A value is a * x + b in the channel's unit. Missing values (0x8000, 0x80000000, NaN, an empty
 * field, 99999 in an ASCII file of 1991) become SAMPLE_MIN, which counts as clipped; a record
 * without any value is a gap. With a sampling rate of 0 the time stamps (times timemult) give rate
 * and gaps; with rates each rate is a segment and the stamps are not used. Sample numbers and
 * digital channels are not used. A first date that is no date leaves the start unknown; 1991 writes
 * mm/dd/yy, later revisions dd/mm/yyyy, and where only the other order can be, it is taken.
 */
#ifndef SOURCES_COMTRADE_H
#define SOURCES_COMTRADE_H

#include "sources/input.h"
#include "sources/scale.h"
#include "sources/segments.h"
#include "sources/spec.h"

#define COMTRADE_DIGITAL_MAX 65535
#define COMTRADE_RATES_MAX   SEGMENTS_MAX

struct comtrade_format {
    const char *name;
    uint32_t bytes;                         /* of a sample; 0: text */
    double largest;                         /* that a sample can be; 0: the data must tell */
    double (*decode)(const uint8_t *bytes); /* NaN: missing */
};

struct comtrade_rate {
    double rate_hz; /* 0: see the time stamps */
    uint64_t end;   /* number of its last record, counted from 1 */
};

struct comtrade_cfg {
    int64_t year; /* revision; 1991 if it names none */
    uint32_t analog, digital;
    double multiplier[SOURCE_CHANNELS_MAX], offset[SOURCE_CHANNELS_MAX]; /* in base units */
    struct comtrade_rate *rate;
    size_t rates;
    bool stamped;    /* the time stamps give the rate */
    int64_t tick_ns; /* of the time stamps, before timemult */
    double timemult;
    const struct comtrade_format *format;
};

struct comtrade {
    struct comtrade_cfg cfg;
    char cfg_path[SPEC_SIZE_MAX], dat_path[SPEC_SIZE_MAX];
    struct input input; /* of the data; of a CFF file: of all */
    uint64_t dat_at, dat_end;
    unsigned long long dat_line; /* number of the line before dat_at */
    struct scale scale[SOURCE_CHANNELS_MAX];
    struct segments segments;
    uint64_t declared, there; /* records */

    /* The record read last. */
    uint64_t at; /* of the next */
    unsigned long long line;
    double value[SOURCE_CHANNELS_MAX];
    double stamp;
};

/* The configuration that begins at byte `at` of `input`, before line `line` + 1. Fills cfg and
 * source->info (not the rates). cfg->rate is allocated here and freed by the owner, also on
 * failure. */
int comtrade_read_cfg(struct source *source, struct comtrade *self, struct input *input,
                      uint64_t at, unsigned long long line) MUST_USE;

const struct comtrade_format *comtrade_format_find(struct text name);

/* The next record is the one at byte `at`. */
void comtrade_rewind(struct comtrade *self, uint64_t at);

/* The next record into value[] and stamp: 1, 0 at the end, or an error. */
int comtrade_next_record(struct source *source, struct comtrade *self) MUST_USE;

uint32_t comtrade_record_bytes(const struct comtrade_cfg *cfg); /* of binary data */

#endif
