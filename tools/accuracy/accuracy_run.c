/* Samples of the simulator through metrology. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy.h"

#define CHUNK 1024

struct sim *accuracy_sim(struct sim_config *config, const char *format, ...)
{
    char spec[3000], error[256] = "";
    va_list list;
    va_start(list, format);
    vsnprintf(spec, sizeof spec, format, list);
    va_end(list);
    struct sim *sim = NULL;
    if (sim_config_parse(config, spec, error, sizeof error) == 0) {
        sim = sim_open(config);
    }
    if (sim == NULL) {
        fprintf(stderr, "accuracy: %s: %s\n", spec, error);
        exit(2);
    }
    return sim;
}

static void gather(const struct accuracy_run *run, const int32_t *from, int32_t *to,
                   uint32_t frames)
{
    unsigned channels = sim_channels(run->sim), inputs = run->config->inputs;
    for (uint32_t n = 0; n < frames; n++, from += channels, to += inputs) {
        for (unsigned k = 0; k < inputs; k++) {
            to[k] = run->gather[k] < 0 ? 0 : from[run->gather[k]];
        }
    }
}

static int push_all(const struct accuracy_run *run, struct metrology *metrology)
{
    static int32_t frames[CHUNK * SIM_CHANNELS_MAX], inputs[CHUNK * METROLOGY_CHANNELS_MAX];
    uint64_t left = (uint64_t)(run->seconds * (double)run->config->rate_uhz * 1e-6);
    while (left > 0) {
        uint32_t got = sim_read(run->sim, frames, left < CHUNK ? (uint32_t)left : CHUNK);
        if (got == 0) {
            break;
        }
        gather(run, frames, inputs, got);
        const struct samples samples = {inputs, run->config->inputs, got};
        int err = metrology_push(metrology, &samples);
        if (err != 0) {
            return err;
        }
        left -= got;
    }
    metrology_finish(metrology);
    return 0;
}

int accuracy_run(const struct accuracy_run *run)
{
    int64_t size = metrology_memory(run->config);
    void *memory = size > 0 ? calloc(1, (size_t)size) : NULL;
    struct metrology *metrology =
        memory != NULL ? metrology_init(memory, (size_t)size, run->config) : NULL;
    int err = metrology != NULL ? push_all(run, metrology) : size < 0 ? (int)size : ERR_SPACE;
    free(memory);
    return err;
}
