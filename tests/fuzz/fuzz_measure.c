/* The words of `blondel measure`: options, circuits and the channel map, from any bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "apps/measure_circuits.h"

#define TEXT_MAX  1024
#define WORDS_MAX 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct command command = {
    .name = "measure", .positionals_max = 1, .options = measure_option_rows};

/* The lines of the input are the values of the options, in the order of the table. */
static void fill_args(struct args *args, char *text)
{
    *args = (struct args){.command = &command, .positional = {"file"}, .positionals = 1};
    for (int k = 0; k < WORDS_MAX && measure_option_rows[k].name; k++) {
        char *end = strchr(text, '\n');
        if (end) {
            *end = '\0';
        }
        if (text[0] != '\0' && measure_option_rows[k].value) {
            args->value[k] = text;
        }
        if (!end) {
            return;
        }
        text = end + 1;
    }
}

static void fill_info(struct source_info *info)
{
    static const char *const names[] = {"U1", "U2", "U3", "I1", "I2", "I3", "I4", "IN"};
    memset(info, 0, sizeof *info);
    info->rate_hz = 8000;
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        struct source_channel *channel = &info->channel[info->channels++];
        memcpy(channel->name, names[k], strlen(names[k]));
        channel->unit[0] = names[k][0] == 'U' ? 'V' : 'A';
        channel->full_scale = 400;
        channel->ratio_primary = channel->ratio_secondary = 1;
    }
}

static void check(const struct measure_setup *setup)
{
    for (int c = 0; c < setup->config.circuits; c++) {
        const struct metrology_circuit *circuit = &setup->circuit[c];
        if (circuit->elements < 1 || circuit->elements > ELEMENTS_MAX) {
            abort();
        }
        for (int e = 0; e < circuit->elements; e++) {
            if (circuit->element[e].u >= setup->config.voltages ||
                circuit->element[e].i >= setup->config.currents) {
                abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct source_info info;
    static struct measure_setup setup;
    static struct notes notes;
    char text[TEXT_MAX + 1] = "", circuits[TEXT_MAX + 1] = "", error[MEASURE_ERROR_MAX];
    struct args args;
    struct measure_options options;
    size = size < TEXT_MAX ? size : TEXT_MAX;
    memcpy(text, data, size);
    memcpy(circuits, text, sizeof circuits);
    fill_args(&args, text);
    fill_info(&info);
    memset(&notes, 0, sizeof notes);
    if (measure_options_parse(&options, &args, error) < 0) {
        options = (struct measure_options){.wiring = CHANNELS_WIRING_ANY};
        options.circuits = circuits[0] == '@' ? NULL : circuits;
    } else if (options.circuits && options.circuits[0] == '@') {
        options.circuits = NULL;
    }
    if (measure_setup_build(&setup, &info, &options, &notes, error) == 0) {
        check(&setup);
    }
    return 0;
}
