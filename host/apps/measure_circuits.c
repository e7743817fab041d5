#include "apps/measure_circuits.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrology/wiring.h"

#define TEXT_MAX 65536

/* Element e of a wiring pairs the e-th voltage with a current of this number. */
static int current_number(enum wiring wiring, int e)
{
    return wiring == WIRING_3P3W && e == 1 ? 3 : e + 1;
}

static const char *const phase_labels[VOLTAGES_MAX] = {"L1", "L2", "L3"};
static const char *const line_labels[VOLTAGES_MAX] = {"L12", "L32", ""};

static int refuse(char *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(char *error, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(error, MEASURE_ERROR_MAX, format, list);
    va_end(list);
    return ERR_ARGUMENT;
}

static int count_circuits(const struct measure_setup *setup)
{
    return setup->config.circuits;
}

/* The place of current number `number` (from 1), or that of the channel of zeros. */
static uint8_t current_place(const struct measure_setup *setup, int number, bool *absent)
{
    const int index = setup->current_index[number - 1];
    *absent = index == CHANNEL_ABSENT;
    return (uint8_t)(*absent ? setup->config.currents : index);
}

static void add_element(struct measure_setup *setup, int u, int number)
{
    struct metrology_circuit *circuit = &setup->circuit[count_circuits(setup)];
    struct measure_circuit *about = &setup->about[count_circuits(setup)];
    const int e = circuit->elements++;
    const bool lines = setup->map.wiring == WIRING_3P3W;
    circuit->element[e].u = (uint8_t)u;
    circuit->element[e].i = current_place(setup, number, &about->current_absent[e]);
    about->any_absent = about->any_absent || about->current_absent[e];
    about->label[e] = lines ? line_labels[u] : phase_labels[u];
}

/* Begins a circuit behind the last; finish_circuit() makes it count. */
static void start_circuit(struct measure_setup *setup, enum wiring wiring,
                          const struct measure_options *options)
{
    setup->circuit[count_circuits(setup)] = (struct metrology_circuit){
        .wiring = wiring, .neutral = CHANNEL_NONE, .apparent = options->apparent};
    setup->about[count_circuits(setup)] = (struct measure_circuit){.any_absent = false};
}

static void finish_circuit(struct measure_setup *setup)
{
    setup->config.circuits++;
}

static int add_main_circuit(struct measure_setup *setup, const struct measure_options *options,
                            char *error)
{
    const enum wiring wiring = setup->map.wiring;
    start_circuit(setup, wiring, options);
    for (int e = 0; e < wiring_table[wiring].elements; e++) {
        add_element(setup, e, current_number(wiring, e));
    }
    if (options->neutral == NEUTRAL_MEASURED && setup->neutral_index == CHANNEL_ABSENT) {
        return refuse(error, "--neutral measured: there is no IN; name it with --map IN=CHANNEL");
    }
    if (options->neutral != NEUTRAL_COMPUTED && setup->neutral_index != CHANNEL_ABSENT) {
        setup->circuit[0].neutral = (uint8_t)setup->neutral_index;
    }
    snprintf(setup->about[0].name, CIRCUIT_NAME_MAX, "main");
    finish_circuit(setup);
    return 0;
}

int measure_circuits_default(struct measure_setup *setup, const struct measure_options *options,
                             char *error)
{
    const int result = add_main_circuit(setup, options, error);
    if (result < 0) {
        return result;
    }
    const enum wiring wiring = setup->map.wiring;
    const int last = current_number(wiring, wiring_table[wiring].elements - 1);
    for (int number = last + 1; number <= setup->map.currents; number++) {
        if (setup->current_index[number - 1] == CHANNEL_ABSENT) {
            continue;
        }
        if (count_circuits(setup) == CIRCUITS_MAX) {
            return refuse(error, "more than %d circuits", CIRCUITS_MAX);
        }
        start_circuit(setup, WIRING_1P2W, options);
        add_element(setup, 0, number);
        snprintf(setup->about[count_circuits(setup)].name, CIRCUIT_NAME_MAX, "I%d", number);
        finish_circuit(setup);
    }
    return 0;
}

/* One piece of the text up to a separator, without blanks around it. */
struct piece {
    const char *text;
    size_t length;
};

static struct piece piece_trim(struct piece piece)
{
    while (piece.length > 0 && isspace((unsigned char)piece.text[0])) {
        piece.text++;
        piece.length--;
    }
    while (piece.length > 0 && isspace((unsigned char)piece.text[piece.length - 1])) {
        piece.length--;
    }
    return piece;
}

/* Takes what stands before the next of `separators`; false at the end of the text. */
static bool piece_next(const char **rest, const char *end, const char *separators,
                       struct piece *piece)
{
    if (!*rest) {
        return false;
    }
    const char *at = *rest;
    while (at < end && !strchr(separators, *at)) {
        at++;
    }
    *piece = piece_trim((struct piece){*rest, (size_t)(at - *rest)});
    *rest = at < end ? at + 1 : NULL;
    return true;
}

/* "I12" or "U2" from the piece: its number, or 0. */
static int piece_number(struct piece piece, char letter, int max)
{
    if (piece.length < 2 || piece.length > 3 || toupper((unsigned char)piece.text[0]) != letter) {
        return 0;
    }
    int number = 0;
    for (size_t k = 1; k < piece.length; k++) {
        if (!isdigit((unsigned char)piece.text[k])) {
            return 0;
        }
        number = number * 10 + (piece.text[k] - '0');
    }
    return number <= max ? number : 0;
}

static int require_current(const struct measure_setup *setup, struct piece piece, int *number,
                           char *error)
{
    *number = piece_number(piece, 'I', CURRENTS_MAX);
    if (*number == 0) {
        return refuse(error, "--circuits: \"%.*s\" is not a current; write I1..I96",
                      (int)piece.length, piece.text);
    }
    if (setup->current_index[*number - 1] == CHANNEL_ABSENT) {
        return refuse(error, "--circuits: there is no I%d; name it with --map I%d=CHANNEL", *number,
                      *number);
    }
    return 0;
}

static int parse_neutral(struct measure_setup *setup, struct piece piece, char *error)
{
    const struct piece name = {piece.text + 2, piece.length - 2};
    int number = 0;
    const int result = require_current(setup, piece_trim(name), &number, error);
    if (result == 0) {
        setup->circuit[count_circuits(setup)].neutral = (uint8_t)setup->current_index[number - 1];
    }
    return result;
}

/* I4, U2*I4 or N=I7. */
static int parse_element(struct measure_setup *setup, struct piece piece, char *error)
{
    if (piece.length > 2 && (piece.text[0] == 'N' || piece.text[0] == 'n') &&
        piece.text[1] == '=') {
        return parse_neutral(setup, piece, error);
    }
    const struct metrology_circuit *circuit = &setup->circuit[count_circuits(setup)];
    int u = circuit->elements + 1, number = 0;
    struct piece current = piece;
    const char *star = memchr(piece.text, '*', piece.length);
    if (star) {
        const struct piece voltage = {piece.text, (size_t)(star - piece.text)};
        u = piece_number(piece_trim(voltage), 'U', VOLTAGES_MAX);
        current.text = star + 1;
        current.length = piece.length - voltage.length - 1;
        current = piece_trim(current);
    }
    const int result = require_current(setup, current, &number, error);
    if (result < 0) {
        return result;
    }
    if (u < 1 || u > setup->map.voltages) {
        return refuse(error, "--circuits: \"%.*s\": the recording has no such voltage",
                      (int)piece.length, piece.text);
    }
    if (circuit->elements >= wiring_table[circuit->wiring].elements) {
        return refuse(error, "--circuits: \"%.*s\": %s has %d elements", (int)piece.length,
                      piece.text, wiring_table[circuit->wiring].name,
                      wiring_table[circuit->wiring].elements);
    }
    add_element(setup, u - 1, number);
    return 0;
}

/* A name goes into JSON and CSV as it is. */
static int parse_name(struct measure_setup *setup, struct piece name, char *error)
{
    if (name.length == 0 || name.length >= CIRCUIT_NAME_MAX) {
        return refuse(error, "--circuits: a name has 1 to %d letters", CIRCUIT_NAME_MAX - 1);
    }
    for (size_t k = 0; k < name.length; k++) {
        const unsigned char c = (unsigned char)name.text[k];
        if (c < ' ' || c == '"' || c == '\\' || c == ',') {
            return refuse(error, "--circuits: the name \"%.*s\" holds a character that may not be",
                          (int)name.length, name.text);
        }
    }
    snprintf(setup->about[count_circuits(setup)].name, CIRCUIT_NAME_MAX, "%.*s", (int)name.length,
             name.text);
    return 0;
}

static int parse_elements(struct measure_setup *setup, const char *rest, const char *end,
                          struct piece whole, char *error)
{
    struct piece piece;
    while (piece_next(&rest, end, ",", &piece)) {
        const int result = parse_element(setup, piece, error);
        if (result < 0) {
            return result;
        }
    }
    const struct metrology_circuit *circuit = &setup->circuit[count_circuits(setup)];
    if (circuit->elements != wiring_table[circuit->wiring].elements) {
        return refuse(error, "--circuits: \"%.*s\": %s wants %d currents", (int)whole.length,
                      whole.text, wiring_table[circuit->wiring].name,
                      wiring_table[circuit->wiring].elements);
    }
    finish_circuit(setup);
    return 0;
}

static const struct wiring_row *piece_wiring(struct piece piece)
{
    char name[8];
    if (piece.length >= sizeof name) {
        return NULL;
    }
    memcpy(name, piece.text, piece.length);
    name[piece.length] = '\0';
    return wiring_find(name);
}

/* NAME:WIRING:ELEMENTS */
static int parse_circuit(struct measure_setup *setup, const struct measure_options *options,
                         struct piece whole, char *error)
{
    if (count_circuits(setup) == CIRCUITS_MAX) {
        return refuse(error, "--circuits: more than %d circuits", CIRCUITS_MAX);
    }
    const char *rest = whole.text, *end = whole.text + whole.length;
    struct piece name = {0}, wiring = {0};
    if (!piece_next(&rest, end, ":", &name) || !piece_next(&rest, end, ":", &wiring) || !rest) {
        return refuse(error, "--circuits: \"%.*s\": write NAME:WIRING:I1,I2,..", (int)whole.length,
                      whole.text);
    }
    const struct wiring_row *row = piece_wiring(wiring);
    if (!row) {
        return refuse(error, "--circuits: \"%.*s\" is no wiring", (int)wiring.length, wiring.text);
    }
    const enum wiring found = (enum wiring)(row - wiring_table);
    if ((found == WIRING_3P3W) != (setup->map.wiring == WIRING_3P3W) && found != WIRING_1P2W) {
        return refuse(error, "--circuits: \"%.*s\": the voltages are wired %s", (int)whole.length,
                      whole.text, wiring_table[setup->map.wiring].name);
    }
    start_circuit(setup, found, options);
    const int result = parse_name(setup, name, error);
    return result < 0 ? result : parse_elements(setup, rest, end, whole, error);
}

int measure_circuits_parse(struct measure_setup *setup, const struct measure_options *options,
                           const char *text, char *error)
{
    const char *rest = text, *end = text + strlen(text);
    struct piece line;
    while (piece_next(&rest, end, "/\n", &line)) {
        if (line.length == 0 || line.text[0] == '#') {
            continue;
        }
        const int result = parse_circuit(setup, options, line, error);
        if (result < 0) {
            return result;
        }
    }
    return setup->config.circuits > 0 ? 0 : refuse(error, "--circuits names no circuit");
}

static int parse_file(struct measure_setup *setup, const struct measure_options *options,
                      const char *path, char *error)
{
    FILE *file = fopen(path, "r");
    char *text = calloc(1, TEXT_MAX);
    int result = 0;
    if (!file || !text) {
        result = refuse(error, "--circuits @%s: cannot be opened", path);
    } else if (fread(text, 1, TEXT_MAX, file) == TEXT_MAX || ferror(file)) {
        result = refuse(error, "--circuits @%s: too long or unreadable", path);
    } else {
        result = measure_circuits_parse(setup, options, text, error);
    }
    free(text);
    if (file) {
        fclose(file);
    }
    return result;
}

int measure_circuits_build(struct measure_setup *setup, const struct measure_options *options,
                           char *error)
{
    if (!options->circuits) {
        return measure_circuits_default(setup, options, error);
    }
    if (options->circuits[0] == '@') {
        return parse_file(setup, options, options->circuits + 1, error);
    }
    return measure_circuits_parse(setup, options, options->circuits, error);
}
