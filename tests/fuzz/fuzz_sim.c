/* The words of a simulator spec, and a few frames of whatever it asks for. */
#include <stdlib.h>
#include <string.h>

#include "metrology/samples.h"
#include "sources/simulator.h"

#define TEXT_MAX 512
#define FRAMES   200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(const struct sim_config *config)
{
    int32_t frames[FRAMES * SIM_CHANNELS_MAX];
    struct sim *sim = sim_open(config);
    uint32_t got = sim != NULL ? sim_read(sim, frames, FRAMES) : 0;
    for (size_t n = 0; sim != NULL && n < (size_t)got * sim_channels(sim); n++) {
        if (frames[n] > SAMPLE_MAX || frames[n] < SAMPLE_MIN) {
            abort();
        }
    }
    sim_close(sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sim_config config;
    char text[TEXT_MAX], error[256] = "";
    if (size >= sizeof text) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    text[strcspn(text, "\n")] = '\0';
    int err = sim_config_parse(&config, text, error, sizeof error);
    if (err != 0 && (error[0] == '\0' || strlen(error) >= sizeof error)) {
        abort();
    }
    if (err == 0) {
        config.value[SIM_AT][0] = 0; /* the morning of a house takes its time */
        run(&config);
    }
    return 0;
}
