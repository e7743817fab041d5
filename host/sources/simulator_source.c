/* The source kind "sim": the simulator behind host/sources/source.h. */
#include <stdio.h>
#include <string.h>

#include "sources/kinds.h"
#include "sources/simulator_state.h"

#define PREFIX "sim:"

static bool sim_accepts(const char *spec, const uint8_t *head, size_t head_size)
{
    (void)head;
    (void)head_size;
    return strncmp(spec, PREFIX, sizeof PREFIX - 1) == 0 || strcmp(spec, "sim") == 0;
}

void sim_channel_describe(const struct sim *self, unsigned channel, struct source_channel *out)
{
    const struct sim_output *output = &self->output[channel];
    memset(out, 0, sizeof *out);
    snprintf(out->name, sizeof out->name, "%s", output->mix.name);
    snprintf(out->phase, sizeof out->phase, "%s", output->mix.phase);
    snprintf(out->unit, sizeof out->unit, "%s", output->mix.is_current ? "A" : "V");
    out->is_derivative = frontend_is_derivative(&output->frontend);
    out->full_scale = output->frontend.full_scale;
    out->ratio_primary = out->ratio_secondary = 1;
}

static int sim_source_open(struct source *source, const char *spec)
{
    struct sim_config config;
    char error[sizeof source->error];
    const char *rest = spec[3] == ':' ? spec + sizeof PREFIX - 1 : "grid";
    int err = sim_config_parse(&config, rest, error, sizeof error);
    if (err != 0) {
        return source_fail(source, err, "%s", error);
    }
    struct sim *sim = sim_open(&config);
    if (sim == NULL) {
        return source_fail(source, ERR_SPACE, "sim: not enough memory");
    }
    source->self = sim;
    memset(&source->info, 0, sizeof source->info);
    source->info.channels = sim_channels(sim);
    for (unsigned k = 0; k < source->info.channels; k++) {
        sim_channel_describe(sim, k, &source->info.channel[k]);
    }
    source->info.rate_hz = config.value[SIM_RATE][0];
    source->info.frames = sim->frames;
    source->info.nominal_hz = config.value[SIM_F][0] < 55 ? 50 : 60;
    return 0;
}

static int sim_source_read(struct source *source, int32_t *data, uint32_t frames)
{
    return (int)sim_read(source->self, data, frames < INT32_MAX ? frames : INT32_MAX);
}

static int sim_source_next_segment(struct source *source)
{
    (void)source;
    return 0;
}

static void sim_source_close(struct source *source)
{
    sim_close(source->self);
    source->self = NULL;
}

const struct source_kind source_sim = {
    .name = "sim",
    .accepts = sim_accepts,
    .open = sim_source_open,
    .read = sim_source_read,
    .next_segment = sim_source_next_segment,
    .close = sim_source_close,
};
