/*
 * The grammar of "sim:..." specs: a table of numbers, a table of words, one walker.
 *
 *   sim:grid,i=10,pf=0.5,uh=5:6:0/7:5:180,dip=2:0.1:40:12
 */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sources/simulator.h"

#define WORD_MAX     512
#define BAND_OF_RATE 0.45
#define DAY_S        86400

const struct sim_key_row sim_keys[SIM_KEYS] = {
    [SIM_U] = {"u", 0, 1e6, 230, "V", "voltage of the fundamental"},
    [SIM_U_ANGLE] = {"u-angle", -360, 360, 0, "deg", "turn of a voltage from its nominal place"},
    [SIM_I] = {"i", 0, 1e5, 10, "A", "current of the load (of its full sine)"},
    [SIM_PHI] = {"phi", -360, 360, 0, "deg", "lag of the current behind its voltage"},
    [SIM_P] = {"p", -1e10, 1e10, NAN, "W", "active power of the load, instead of i and phi"},
    [SIM_Q] = {"q", -1e10, 1e10, NAN, "var", "reactive power of the load"},
    [SIM_U_DC] = {"u-dc", -1e6, 1e6, 0, "V", "direct component of the voltage"},
    [SIM_I_DC] = {"i-dc", -1e5, 1e5, 0, "A", "direct component of the current"},
    [SIM_U_NOISE] = {"u-noise", 0, 1e6, 0, "V", "noise r.m.s. on the voltage"},
    [SIM_I_NOISE] = {"i-noise", 0, 1e5, 0, "A", "noise r.m.s. on the current"},
    [SIM_U_GAIN] = {"u-gain", -50, 50, 0, "%", "gain error of the voltage input"},
    [SIM_I_GAIN] = {"i-gain", -50, 50, 0, "%", "gain error of the current input"},
    [SIM_U_OFFSET] = {"u-offset", -1e6, 1e6, 0, "V", "offset of the voltage input"},
    [SIM_I_OFFSET] = {"i-offset", -1e5, 1e5, 0, "A", "offset of the current input"},
    [SIM_U_DELAY] = {"u-delay", -1000, 1000, 0, "us", "how late the voltage input is"},
    [SIM_I_DELAY] = {"i-delay", -1000, 1000, 0, "us", "how late the current input is"},
    [SIM_CT_RATIO] = {"ct-ratio", -50, 50, NAN, "%", "ratio error of the CT, reads too high"},
    [SIM_CT_PHASE] = {"ct-phase", -600, 600, NAN, "min", "phase error of the CT, leading"},
    [SIM_F] = {"f", 42.5, 69, 50, "Hz", "frequency"},
    [SIM_F_DRIFT] = {"f-drift", -10, 10, 0, "Hz/s", "steady change of frequency"},
    [SIM_F_WALK] = {"f-walk", 0, 1, 0, "Hz", "random walk of frequency per root second"},
    [SIM_U_NEG] = {"u-neg", 0, 100, 0, "%", "negative sequence voltage"},
    [SIM_U_ZERO] = {"u-zero", 0, 100, 0, "%", "zero sequence voltage"},
    [SIM_RATE] = {"rate", 800, 200000, 8000, "Hz", "samples per second and channel"},
    [SIM_DURATION] = {"duration", 0, 1e9, 0, "s", "length; 0: endless"},
    [SIM_SEED] = {"seed", 0, 9007199254740992.0, 1, "", "of everything random"},
    [SIM_AT] = {"at", 0, DAY_S, 43200, "", "time of day at the start"},
    [SIM_DAY] = {"day", 1, 366, 172, "", "day of the year at the start"},
    [SIM_PV] = {"pv", 0, 1000, 10, "kW", "peak power of the roof (house)"},
    [SIM_EV] = {"ev", 0, 22, 11, "kW", "power of the car charger (house)"},
    [SIM_U_RANGE] = {"u-range", 0, 1e7, 0, "V", "full scale of the voltage inputs, peak; 0: auto"},
    [SIM_I_RANGE] = {"i-range", 0, 1e6, 0, "A", "full scale of the current inputs, peak; 0: auto"},
    [SIM_ADC] = {"adc", 8, 24, 24, "bit", "resolution of the converter"},
    [SIM_ADC_NOISE] = {"adc-noise", 0, 1e6, 0, "lsb", "noise of the converter, r.m.s."},
    [SIM_CT_RATED] = {"ct-rated", 0, 1e6, 0, "A", "primary of the CT before a CTA-5A; 0: the CT's"},
    [SIM_CT_SATURATION] = {"ct-saturation", 0, 1000, 0, "In", "where the core saturates; 0: never"},
};

/* One spec being read. */
struct reader {
    struct sim_config *config;
    const char *key, *value;
    unsigned first, last; /* phases the key speaks of */
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 2, 3))) static int reject(const struct reader *reader,
                                                        const char *format, ...)
{
    char reason[WORD_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof reason, format, list);
    va_end(list);
    snprintf(reader->error, reader->error_size, "sim: %.40s: %.200s", reader->key, reason);
    return ERR_FORMAT;
}

/* One number and what follows it: 0 at the end, else the separator. Negative if there is none. */
static int number_take(const char **text, double *value)
{
    char *end;
    if (!isdigit((unsigned char)**text) && strchr("+-.", **text) == NULL) {
        return ERR_FORMAT;
    }
    *value = strtod(*text, &end);
    if (end == *text || !isfinite(*value)) {
        return ERR_FORMAT;
    }
    *text = *end == '\0' ? end : end + 1;
    return (unsigned char)*end;
}

static int number_read(const struct reader *reader, const char *text, double *value)
{
    const char *at = text;
    int next = number_take(&at, value);
    if (next < 0 ||
        (next != 0 && !(next == '%' && *at == '\0') && !(next == '\'' && *at == '\0'))) {
        return reject(reader, "\"%.40s\" is not a number", text);
    }
    return 0;
}

static int clock_read(const struct reader *reader, double *seconds)
{
    static const double unit[] = {3600, 60, 1}, limit[] = {24, 59, 59};
    const char *at = reader->value;
    double total = 0;
    int next = ':';
    for (unsigned k = 0; k < 3 && next == ':'; k++) {
        double part;
        next = number_take(&at, &part);
        if (next < 0 || part < 0 || part > limit[k] || (next != 0 && next != ':')) {
            next = ERR_FORMAT;
            break;
        }
        total += part * unit[k];
    }
    if (next != 0 || total > DAY_S || strchr(reader->value, ':') == NULL) {
        return reject(reader, "\"%.40s\" is not a time of day; write 12:00", reader->value);
    }
    *seconds = total;
    return 0;
}

static int key_set(const struct reader *reader, enum sim_key key, double value)
{
    const struct sim_key_row *row = &sim_keys[key];
    if (value < row->lowest || value > row->highest) {
        return reject(reader, "%.40s lies outside %g..%g %s", reader->value, row->lowest,
                      row->highest, row->unit);
    }
    for (unsigned k = reader->first; k <= reader->last; k++) {
        reader->config->value[key][k] = value;
    }
    return 0;
}

static int number_key_read(const struct reader *reader, enum sim_key key)
{
    double value = 0;
    int err =
        key == SIM_AT ? clock_read(reader, &value) : number_read(reader, reader->value, &value);
    if (err != 0) {
        return err;
    }
    if (key == SIM_I || key == SIM_PHI) { /* the later of two wins */
        for (unsigned k = reader->first; k <= reader->last; k++) {
            reader->config->value[SIM_P][k] = reader->config->value[SIM_Q][k] = NAN;
        }
    }
    return key_set(reader, key, value);
}

/* "0.5" and "0.5lag" lag, "0.8lead" leads; a negative factor exports. */
static int pf_read(struct reader *reader)
{
    static const struct {
        const char *word;
        double sign;
    } sides[] = {{"", 1},  {"lag", 1},   {"ind", 1},  {"i", 1},
                 {"l", 1}, {"lead", -1}, {"cap", -1}, {"c", -1}};
    char *end;
    double pf = strtod(reader->value, &end);
    if (end == reader->value || !(pf >= -1 && pf <= 1)) {
        return reject(reader, "\"%.40s\" is not a power factor in -1..1", reader->value);
    }
    for (size_t k = 0; k < sizeof sides / sizeof *sides; k++) {
        if (strcasecmp(end, sides[k].word) == 0) {
            return key_set(reader, SIM_PHI, sides[k].sign * acos(pf) * 180 / M_PI);
        }
    }
    return reject(reader, "\"%.40s\": after the number write lag or lead", reader->value);
}

/*
 * A list "a:b:c/a:b:c": up to `width` numbers an entry, at least `needed`; each entry goes to
 * `take`.
 */
static int list_read(const struct reader *reader, unsigned width, unsigned needed, unsigned most,
                     int (*take)(const struct reader *reader, unsigned index, const double *number))
{
    const char *at = reader->value;
    int next = '/';
    for (unsigned index = 0; next == '/'; index++) {
        double number[4] = {0, 0, 0, 0};
        unsigned count = 0;
        do {
            next = count < width ? number_take(&at, &number[count++]) : ERR_FORMAT;
        } while (next == ':');
        if (next < 0 || (next != 0 && next != '/') || count < needed) {
            return reject(reader, "\"%.60s\" is not a list of %u to %u numbers a:b:c/a:b:c",
                          reader->value, needed, width);
        }
        if (index >= most) {
            return reject(reader, "more than %u entries", most);
        }
        int err = take(reader, index, number);
        if (err != 0) {
            return err;
        }
    }
    return 0;
}

static int harmonic_take(const struct reader *reader, unsigned index, const double *number)
{
    struct sim_harmonics *lists =
        reader->key[0] == 'u' ? reader->config->u_harmonics : reader->config->i_harmonics;
    if (number[0] < 2 || number[0] > WAVE_ORDERS - 1 || number[0] != floor(number[0]) ||
        number[1] < 0 || number[1] > 1000) {
        return reject(reader, "order:percent:angle wants an order 2..63 and 0..1000 %%");
    }
    for (unsigned k = reader->first; k <= reader->last; k++) {
        lists[k].entry[index] = (struct sim_harmonic){(unsigned)number[0], number[1], number[2]};
        lists[k].count = index + 1;
    }
    return 0;
}

static int harmonics_read(struct reader *reader)
{
    return list_read(reader, 3, 2, SIM_HARMONICS, harmonic_take);
}

static int tone_take(const struct reader *reader, unsigned index, const double *number)
{
    struct sim_tones *tones =
        reader->key[0] == 'u' ? &reader->config->u_tones : &reader->config->i_tones;
    if (number[0] <= 0 || number[0] > 1e5 || number[1] < 0 || number[1] > 1000) {
        return reject(reader, "Hz:percent:angle wants a frequency above 0 and 0..1000 %%");
    }
    tones->entry[index] = (struct sim_tone){number[0], number[1], number[2]};
    tones->count = index + 1;
    return 0;
}

static int tones_read(struct reader *reader)
{
    return list_read(reader, 3, 2, SIM_TONES, tone_take);
}

/* The fourth number is a set of phases written as digits: 1, 23, 123. */
static int dip_take(const struct reader *reader, unsigned index, const double *number)
{
    unsigned phases = 0;
    double digits = number[3] == 0 ? 123 : number[3];
    for (; digits >= 1; digits = floor(digits / 10)) {
        double digit = fmod(digits, 10);
        if (digit != 1 && digit != 2 && digit != 3) {
            return reject(reader, "phases are digits 1..3, such as 12");
        }
        phases |= 1u << ((unsigned)digit - 1);
    }
    if (number[0] < 0 || number[0] > 1e9 || number[1] <= 0 || number[1] > 1e9 || number[2] < 0 ||
        number[2] > 1000) {
        return reject(reader, "start:duration:percent:phases wants seconds and 0..1000 %%");
    }
    reader->config->dip[index] = (struct sim_event){number[0], number[1], number[2], phases};
    reader->config->dips = index + 1;
    return 0;
}

static int dips_read(struct reader *reader)
{
    return list_read(reader, 4, 3, SIM_EVENTS, dip_take);
}

static int step_take(const struct reader *reader, unsigned index, const double *number)
{
    const struct sim_key_row *row = &sim_keys[SIM_F];
    if (number[0] < 0 || number[0] > 1e9 || number[1] < row->lowest || number[1] > row->highest) {
        return reject(reader, "start:Hz wants seconds and %g..%g Hz", row->lowest, row->highest);
    }
    reader->config->step[index] = (struct sim_step){number[0], number[1]};
    reader->config->steps = index + 1;
    return 0;
}

static int steps_read(struct reader *reader)
{
    return list_read(reader, 2, 2, SIM_EVENTS, step_take);
}

static int curve_take(const struct reader *reader, unsigned index, const double *number)
{
    struct frontend_point *curve = reader->config->curve;
    if (number[0] <= 0 || number[0] > 1e6 || fabs(number[1]) > 50 || fabs(number[2]) > 600 ||
        (index > 0 && number[0] <= curve[index - 1].current_a)) {
        return reject(reader, "A:ratio%%:minutes wants ascending currents, +-50 %%, +-600'");
    }
    curve[index] = (struct frontend_point){number[0], number[1], number[2]};
    reader->config->curve_points = index + 1;
    return 0;
}

static int curve_read(struct reader *reader)
{
    return list_read(reader, 3, 3, FRONTEND_CURVE_MAX, curve_take);
}

struct word {
    const char *name;
    int value;
};
static const struct word waveform_words[] = {
    {"sine", SIM_SINE},           {"fifth", SIM_FIFTH},
    {"half-wave", SIM_HALF_WAVE}, {"phase-fired", SIM_FIRED},
    {"burst", SIM_BURST},         {"quadriform", SIM_QUADRIFORM},
    {"peaked", SIM_PEAKED},       {NULL, 0},
};
static const struct word wiring_words[] = {
    {"3p4w", SIM_3P4W}, {"3p3w", SIM_3P3W},   {"1p2w", SIM_1P2W},
    {"1p3w", SIM_1P3W}, {"3p4wd", SIM_3P4WD}, {NULL, 0},
};
static const struct word ct_model_words[] = {{"magnetising", 0}, {"delay", 1}, {NULL, 0}};

static int word_read(const struct reader *reader, const struct word *words, int *value)
{
    char known[WORD_MAX] = "";
    for (const struct word *word = words; word->name != NULL; word++) {
        if (strcasecmp(word->name, reader->value) == 0) {
            *value = word->value;
            return 0;
        }
        size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", used > 0 ? ", " : "", word->name);
    }
    return reject(reader, "\"%.40s\" is none of %s", reader->value, known);
}

static int waveform_read(struct reader *reader)
{
    int value = 0;
    int err = word_read(reader, waveform_words, &value);
    reader->config->waveform = (enum sim_waveform)value;
    return err;
}

static int wiring_read(struct reader *reader)
{
    int value = 0;
    int err = word_read(reader, wiring_words, &value);
    reader->config->wiring = (enum sim_wiring)value;
    return err;
}

static int aux_read(struct reader *reader)
{
    const char *value = reader->value;
    if (value[0] < '0' || value[0] > '3' || value[1] != '\0') {
        return reject(reader, "\"%.40s\" is not a phase: 1, 2 or 3; 0 for none", value);
    }
    reader->config->aux = (unsigned)(value[0] - '0');
    return 0;
}

static int ct_model_read(struct reader *reader)
{
    int value = 0;
    int err = word_read(reader, ct_model_words, &value);
    reader->config->ct_is_delay = value != 0;
    return err;
}

static int sensor_read(struct reader *reader)
{
    const struct frontend_sensor *sensor = frontend_sensor_find(reader->value);
    if (sensor == NULL) {
        return reject(reader, "\"%.40s\" is no CT we know; %s and %s are", reader->value,
                      frontend_sensors[0].name, frontend_sensors[1].name);
    }
    if (strcmp(reader->key, "ct") == 0) {
        reader->config->sensor = sensor;
    } else {
        reader->config->module_sensor = sensor;
    }
    return 0;
}

/* "reversed-ct" or "reversed-ct:2". */
static int fault_set(const struct reader *reader, const char *name)
{
    size_t length = strcspn(name, ":");
    unsigned phase = 1;
    if (name[length] == ':') {
        phase = name[length + 1] >= '1' && name[length + 1] <= '3' && name[length + 2] == '\0'
                    ? (unsigned)(name[length + 1] - '0')
                    : 0;
    }
    for (unsigned k = 0; phase != 0 && k < SIM_FAULTS; k++) {
        if (strlen(sim_fault_names[k]) == length &&
            strncasecmp(sim_fault_names[k], name, length) == 0) {
            reader->config->fault = (enum sim_fault)k;
            reader->config->fault_phase = phase - 1;
            return 0;
        }
    }
    return reject(reader, "\"%.40s\" is no fault we know; reversed-ct:2 is one", name);
}

static int fault_read(struct reader *reader)
{
    return fault_set(reader, reader->value);
}

static const struct {
    const char *name;
    bool per_phase;
    int (*read)(struct reader *reader);
    const char *value, *help;
} word_keys[] = {
    {"pf", true, pf_read, "0.5, 0.8lead", "power factor of the load; negative: export"},
    {"uh", true, harmonics_read, "5:6:0/7:5:180", "voltage harmonics, order:percent:angle"},
    {"ih", true, harmonics_read, "3:20/5:10:30", "current harmonics, likewise"},
    {"u-tone", false, tones_read, "175:2:0", "interharmonics of the voltages, Hz:percent:angle"},
    {"i-tone", false, tones_read, "175:2:0", "interharmonics of the currents"},
    {"dip", false, dips_read, "1.5:0.1:40:12",
     "dips and swells, start s:duration s:residual percent:phases"},
    {"f-step", false, steps_read, "10:49.5/20:50", "frequency from an instant on, s:Hz"},
    {"wave", false, waveform_read, "fifth",
     "sine, fifth, half-wave, phase-fired, burst, quadriform, peaked: test waveforms"},
    {"wiring", false, wiring_read, "3p3w", "3p4w, 3p3w, 1p2w, 1p3w, 3p4wd"},
    {"aux", false, aux_read, "1",
     "a clamp I4 around a branch of this phase: the roof (house), half of the load (grid)"},
    {"ct", false, sensor_read, "CTO-200", "current sensor, with the errors of its class"},
    {"module-ct", false, sensor_read, "CTOV-200", "the sensor that the module was made for"},
    {"ct-curve", false, curve_read, "5:-0.5:60/50:0:30",
     "errors of the sensor, A:ratio percent:lead minutes"},
    {"ct-model", false, ct_model_read, "delay",
     "magnetising (leads less at higher orders) or delay"},
    {"fault", false, fault_read, "reversed-ct:2", "a wiring fault and its phase"},
};

/* Whether `key` is `name`, perhaps with the digit of one phase behind it. */
static bool key_matches(struct reader *reader, const char *name, bool per_phase)
{
    size_t length = strlen(name);
    if (strncmp(reader->key, name, length) != 0) {
        return false;
    }
    const char *rest = reader->key + length;
    reader->first = 0;
    reader->last = SIM_PHASES - 1;
    if (per_phase && rest[0] >= '1' && rest[0] <= '3' && rest[1] == '\0') {
        reader->first = reader->last = (unsigned)(rest[0] - '1');
        return true;
    }
    return rest[0] == '\0';
}

static int pair_read(struct reader *reader)
{
    for (unsigned key = 0; key < SIM_KEYS; key++) {
        if (key_matches(reader, sim_keys[key].name, key < SIM_PHASE_KEYS)) {
            return number_key_read(reader, (enum sim_key)key);
        }
    }
    for (size_t k = 0; k < sizeof word_keys / sizeof *word_keys; k++) {
        if (key_matches(reader, word_keys[k].name, word_keys[k].per_phase)) {
            return word_keys[k].read(reader);
        }
    }
    return reject(reader, "no such key");
}

bool sim_key_describe(unsigned index, struct sim_key_text *text)
{
    const unsigned words = sizeof word_keys / sizeof *word_keys;
    if (index < SIM_KEYS) {
        const struct sim_key_row *row = &sim_keys[index];
        *text = (struct sim_key_text){
            .name = row->name, .per_phase = index < SIM_PHASE_KEYS, .row = row, .help = row->help};
        return true;
    }
    if (index - SIM_KEYS < words) {
        *text = (struct sim_key_text){.name = word_keys[index - SIM_KEYS].name,
                                      .per_phase = word_keys[index - SIM_KEYS].per_phase,
                                      .example = word_keys[index - SIM_KEYS].value,
                                      .help = word_keys[index - SIM_KEYS].help};
        return true;
    }
    return false;
}

static int scene_read(struct reader *reader, const char *scene)
{
    reader->key = scene;
    reader->config->scene = strcmp(scene, "house") == 0 ? SIM_HOUSE : SIM_GRID;
    if (strncmp(scene, "fault-", 6) == 0) {
        reader->key = "scene";
        return fault_set(reader, scene + 6);
    }
    if (strcmp(scene, "grid") != 0 && strcmp(scene, "house") != 0) {
        return reject(reader, "no such scene; grid, house and fault-reversed-ct are some");
    }
    return 0;
}

/* What only the whole can tell: harmonics and tones must lie within the band. */
static int config_check(struct reader *reader)
{
    const struct sim_config *config = reader->config;
    const unsigned phases = config->wiring == SIM_1P2W ? 1 : config->wiring == SIM_1P3W ? 2 : 3;
    if (config->aux > phases) {
        reader->key = "aux";
        return reject(reader, "this wiring has no phase %u", config->aux);
    }
    double limit_hz = BAND_OF_RATE * config->value[SIM_RATE][0];
    const struct sim_harmonics *lists[] = {config->u_harmonics, config->i_harmonics};
    const struct sim_tones *tones[] = {&config->u_tones, &config->i_tones};
    for (unsigned l = 0; l < 2; l++) {
        for (unsigned k = 0; k < SIM_PHASES; k++) {
            for (unsigned h = 0; h < lists[l][k].count; h++) {
                double f_hz = lists[l][k].entry[h].order * config->value[SIM_F][0];
                if (f_hz > limit_hz) {
                    reader->key = l == 0 ? "uh" : "ih";
                    return reject(reader, "order %u needs a rate of at least %.0f Hz",
                                  lists[l][k].entry[h].order, ceil(f_hz / BAND_OF_RATE));
                }
            }
        }
        for (unsigned t = 0; t < tones[l]->count; t++) {
            if (tones[l]->entry[t].f_hz > limit_hz) {
                reader->key = l == 0 ? "u-tone" : "i-tone";
                return reject(reader, "%g Hz lies above %g Hz, 0.45 of the rate",
                              tones[l]->entry[t].f_hz, limit_hz);
            }
        }
    }
    return 0;
}

void sim_config_default(struct sim_config *config)
{
    memset(config, 0, sizeof *config);
    for (unsigned key = 0; key < SIM_KEYS; key++) {
        for (unsigned k = 0; k < SIM_PHASES; k++) {
            config->value[key][k] = sim_keys[key].standard;
        }
    }
}

int sim_config_parse(struct sim_config *config, const char *spec, char *error, size_t error_size)
{
    struct reader reader = {
        .config = config, .key = "spec", .error = error, .error_size = error_size};
    char word[WORD_MAX];
    const char *at = spec;
    sim_config_default(config);
    for (unsigned index = 0;; index++) {
        size_t length = strcspn(at, ",");
        if (length >= sizeof word) {
            return reject(&reader, "a word is longer than %d characters", WORD_MAX - 1);
        }
        memcpy(word, at, length);
        word[length] = '\0';
        char *equals = strchr(word, '=');
        if (equals != NULL) {
            *equals = '\0';
        }
        reader.key = word;
        reader.value = equals != NULL ? equals + 1 : "";
        int err = index == 0 && equals == NULL ? scene_read(&reader, word) : pair_read(&reader);
        if (err != 0) {
            return err;
        }
        if (at[length] == '\0') {
            break;
        }
        at += length + 1;
    }
    return config_check(&reader);
}
