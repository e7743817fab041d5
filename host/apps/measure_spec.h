/*
 * apps/measure_spec.h: opens what the person named, with what the options say about it.
 *
 * WAV and raw frames know neither names nor full scales, and want them in the spec
 * (sources/spec.h). A person who has said --map, --u-full-scale, --i-full-scale or --rate has told
 * all of that, so it is put into the spec when the source asks for it.
 */
#ifndef APPS_MEASURE_SPEC_H
#define APPS_MEASURE_SPEC_H

#include "apps/measure_options.h"
#include "sources/source.h"

#define MEASURE_SPEC_MAX 4096

/* As source_open(). */
int measure_spec_open(struct source *source, const struct measure_options *options) MUST_USE;

/* The spec with what the options add; `channels` (0: unknown) is how many the file has. Returns
 * whether that says more than the spec alone and fits. */
bool measure_spec_complete(const struct measure_options *options, uint32_t channels, char *spec,
                           size_t size);

#endif
