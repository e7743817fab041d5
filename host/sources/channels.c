#include "sources/channels.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sources/channel_role.h"

#define CURRENTS 96
#define LINES    3
#define PHASES   3
#define NO_GROUP (-1)

/* Everything one group of channels offers; indices of source channels. */
struct group {
    int phase[CURRENTS]; /* phase[k] is phase k+1 */
    int line[LINES];     /* U12 U23 U31 */
    bool line_invert[LINES];
    int neutral;
};

/* What has been found or named, before the wiring chooses from it. */
struct finding {
    struct group voltage, current;
    bool invert_voltage[PHASES], invert_current[CURRENTS], invert_neutral;
};

struct reply {
    char *text;
    size_t size;
};

__attribute__((format(printf, 3, 4))) static int reply(const struct reply *to, int err,
                                                       const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(to->text, to->size, format, list);
    va_end(list);
    return err;
}

static struct group group_empty(void)
{
    struct group group = {.neutral = CHANNEL_ABSENT};
    for (int i = 0; i < CURRENTS; i++) {
        group.phase[i] = CHANNEL_ABSENT;
    }
    for (int i = 0; i < LINES; i++) {
        group.line[i] = CHANNEL_ABSENT;
    }
    return group;
}

static int count_present(const int *index, int count)
{
    int present = 0;
    for (int i = 0; i < count; i++) {
        present += index[i] != CHANNEL_ABSENT;
    }
    return present;
}

/* --- recognition ------------------------------------------------------------------------------ */

struct roles {
    const struct source_info *info;
    struct channel_role role[SOURCE_CHANNELS_MAX];
};

static bool same_group(const struct roles *roles, uint32_t a, uint32_t b)
{
    const struct channel_role *x = &roles->role[a], *y = &roles->role[b];
    const char *p = roles->info->channel[a].name, *q = roles->info->channel[b].name;
    bool same_alphabet =
        !x->phase.alphabet || !y->phase.alphabet || x->phase.alphabet == y->phase.alphabet;
    return x->kind == y->kind && same_alphabet && x->prefix_size == y->prefix_size &&
           !memcmp(p, q, x->prefix_size) && !strcmp(p + x->suffix_offset, q + y->suffix_offset);
}

/* 1-2, 2-3, 3-1 are lines 0, 1, 2; the other way round their sign turns. */
static void group_add_line(struct group *group, const struct role_phase *phase, int channel)
{
    int first = phase->first - 1, second = phase->second - 1;
    bool forward = second == (first + 1) % LINES;
    int line = forward ? first : second;
    if (group->line[line] == CHANNEL_ABSENT) {
        group->line[line] = channel;
        group->line_invert[line] = !forward;
    }
}

static void group_add(struct group *group, const struct role_phase *phase, int channel)
{
    if (phase->second) {
        group_add_line(group, phase, channel);
    } else if (phase->first == ROLE_PHASE_NEUTRAL) {
        group->neutral = group->neutral == CHANNEL_ABSENT ? channel : group->neutral;
    } else if (phase->first != ROLE_PHASE_UNKNOWN && phase->first <= CURRENTS &&
               group->phase[phase->first - 1] == CHANNEL_ABSENT) {
        group->phase[phase->first - 1] = channel;
    }
}

static struct group group_collect(const struct roles *roles, uint32_t like)
{
    struct group group = group_empty();
    for (uint32_t i = 0; i < roles->info->channels; i++) {
        if (same_group(roles, like, i)) {
            group_add(&group, &roles->role[i].phase, (int)i);
        }
    }
    return group;
}

static int group_phases(const struct group *group)
{
    int phases = count_present(group->phase, PHASES), lines = count_present(group->line, LINES);
    return phases > lines ? phases : lines;
}

static int common_prefix(const struct roles *roles, uint32_t channel, int other)
{
    if (other == NO_GROUP) {
        return 0;
    }
    const char *a = roles->info->channel[channel].name;
    const char *b = roles->info->channel[other].name;
    size_t x = roles->role[channel].prefix_size, y = roles->role[other].prefix_size, n = 0;
    while (n < x && n < y && a[n] == b[n]) {
        n++;
    }
    return (int)n + (n == x && n == y ? SOURCE_NAME_MAX : 0);
}

static bool channel_leads(const struct roles *roles, uint32_t channel, enum role_kind kind)
{
    const struct channel_role *role = &roles->role[channel];
    return role->kind == kind && role->phase.first >= 1 && role->phase.first <= PHASES;
}

/* The channel whose group is the fullest, then named most like `other`, then first. */
static int group_choose(const struct roles *roles, enum role_kind kind, int other,
                        struct group *group)
{
    int best = NO_GROUP, best_phases = 0, best_common = 0;
    for (uint32_t i = 0; i < roles->info->channels; i++) {
        if (!channel_leads(roles, i, kind)) {
            continue;
        }
        struct group candidate = group_collect(roles, i);
        int phases = group_phases(&candidate), common = common_prefix(roles, i, other);
        if (phases > best_phases || (phases == best_phases && common > best_common)) {
            best = (int)i;
            best_phases = phases;
            best_common = common;
            *group = candidate;
        }
    }
    return best;
}

/* No phases anywhere: the channels as they come, unless there are too many to be sure. */
static int group_by_order(const struct roles *roles, enum role_kind kind, int limit,
                          struct group *group)
{
    int count = 0, neutral = CHANNEL_ABSENT;
    for (uint32_t i = 0; i < roles->info->channels; i++) {
        if (roles->role[i].kind != kind || roles->role[i].phase.second) {
            continue;
        }
        if (roles->role[i].phase.first == ROLE_PHASE_NEUTRAL) {
            neutral = neutral == CHANNEL_ABSENT ? (int)i : neutral;
        } else if (count++ < limit) {
            group->phase[count - 1] = (int)i;
        }
    }
    if (count > limit) {
        *group = group_empty();
    }
    group->neutral = neutral;
    return count;
}

/* Returns how many channels are voltages that could not be told apart. */
static int recognise(const struct source_info *info, struct finding *finding)
{
    struct roles roles = {.info = info};
    unsigned colours = 0;
    for (uint32_t i = 0; i < info->channels; i++) {
        colours |= channel_role_colours(&info->channel[i]);
    }
    for (uint32_t i = 0; i < info->channels; i++) {
        roles.role[i] = colours == ROLE_ALL_COLOURS ? channel_role_find_coloured(&info->channel[i])
                                                    : channel_role_find(&info->channel[i]);
    }
    int unknown = 0;
    int voltages = group_choose(&roles, ROLE_VOLTAGE, NO_GROUP, &finding->voltage);
    if (voltages == NO_GROUP) {
        unknown = group_by_order(&roles, ROLE_VOLTAGE, PHASES, &finding->voltage);
    }
    if (group_choose(&roles, ROLE_CURRENT, voltages, &finding->current) == NO_GROUP) {
        group_by_order(&roles, ROLE_CURRENT, CURRENTS, &finding->current);
    }
    return unknown;
}

/* --- the user's map --------------------------------------------------------------------------- */

/* Where a role's channel and sign are kept. */
struct slot {
    int *channel;
    bool *invert;
    bool is_voltage;
};

struct role_name {
    const char *name;
    int first, second; /* phases; second 0: a phase voltage */
};

static const struct role_name voltage_names[] = {
    {"U1", 1, 0},  {"U2", 2, 0},  {"U3", 3, 0},  {"U12", 1, 2}, {"U23", 2, 3},
    {"U31", 3, 1}, {"U21", 2, 1}, {"U32", 3, 2}, {"U13", 1, 3},
};

static bool slot_of_voltage(struct finding *to, const char *name, struct slot *slot)
{
    for (size_t i = 0; i < sizeof voltage_names / sizeof voltage_names[0]; i++) {
        const struct role_name *row = &voltage_names[i];
        if (strcasecmp(name, row->name)) {
            continue;
        }
        int first = row->first - 1, second = row->second - 1;
        if (second < 0) {
            *slot = (struct slot){&to->voltage.phase[first], &to->invert_voltage[first], true};
            return true;
        }
        bool forward = second == (first + 1) % LINES;
        int line = forward ? first : second;
        to->voltage.line_invert[line] = !forward;
        *slot = (struct slot){&to->voltage.line[line], &to->voltage.line_invert[line], true};
        return true;
    }
    return false;
}

static bool slot_of_current(struct finding *to, const char *name, struct slot *slot)
{
    if (!strcasecmp(name, "IN")) {
        *slot = (struct slot){&to->current.neutral, &to->invert_neutral, false};
        return true;
    }
    size_t digits = strspn(name + (*name != '\0'), "0123456789");
    if (toupper((unsigned char)name[0]) != 'I' || digits < 1 || digits > 2 || name[1 + digits]) {
        return false;
    }
    long number = strtol(name + 1, NULL, 10);
    if (number < 1 || number > CURRENTS) {
        return false;
    }
    *slot = (struct slot){&to->current.phase[number - 1], &to->invert_current[number - 1], false};
    return true;
}

static int channel_by_number(const struct source_info *info, const char *text,
                             const struct reply *error)
{
    size_t digits = strlen(text);
    long number = digits < 6 ? strtol(text, NULL, 10) : 0;
    if (number < 1 || number > (long)info->channels) {
        return reply(error, ERR_RANGE, "--map: there is no channel %.20s: the source has 1 to %u",
                     text, (unsigned)info->channels);
    }
    return (int)number - 1;
}

static int channel_by_name(const struct source_info *info, const char *text,
                           const struct reply *error)
{
    int found = CHANNEL_ABSENT, count = 0;
    for (uint32_t i = 0; i < info->channels; i++) {
        if (!strcmp(info->channel[i].name, text)) {
            return (int)i;
        }
        if (!strcasecmp(info->channel[i].name, text)) {
            found = (int)i;
            count++;
        }
    }
    if (count > 1) {
        return reply(error, ERR_RANGE, "--map: %d channels are called \"%.60s\": give the number",
                     count, text);
    }
    if (found == CHANNEL_ABSENT) {
        return reply(error, ERR_NOT_FOUND,
                     "--map: no channel is called \"%.60s\": give a name of the source or a number "
                     "from 1 to %u",
                     text, (unsigned)info->channels);
    }
    return found;
}

static int channel_named(const struct source_info *info, const char *text,
                         const struct reply *error)
{
    size_t digits = strspn(text, "0123456789");
    return digits && !text[digits] ? channel_by_number(info, text, error)
                                   : channel_by_name(info, text, error);
}

struct named {
    bool voltages, currents; /* which kinds the user has named so far */
};

/* The first name of a kind replaces all that was found of it. */
static void finding_forget(struct finding *finding, struct named *named, bool is_voltage)
{
    if (is_voltage && !named->voltages) {
        finding->voltage = group_empty();
        named->voltages = true;
    }
    if (!is_voltage && !named->currents) {
        finding->current = group_empty();
        named->currents = true;
    }
}

static int apply_entry(struct finding *finding, struct named *named, const struct source_info *info,
                       char *entry, const struct reply *error)
{
    char *equals = strchr(entry, '=');
    if (!equals) {
        return reply(error, ERR_FORMAT, "--map: \"%.60s\" is not like U1=3 or I1=name", entry);
    }
    *equals = '\0';
    struct slot slot;
    finding_forget(finding, named, toupper((unsigned char)entry[0]) == 'U');
    if (!slot_of_voltage(finding, entry, &slot) && !slot_of_current(finding, entry, &slot)) {
        return reply(error, ERR_FORMAT,
                     "--map: \"%.60s\" is not one of U1..U3, U12, U23, U31, U32, I1..I96, IN",
                     entry);
    }
    if (*slot.channel != CHANNEL_ABSENT) {
        return reply(error, ERR_FORMAT, "--map: %.60s is given twice", entry);
    }
    const char *value = equals + 1;
    bool turned = *value == '-';
    int channel = channel_named(info, value + turned, error);
    if (channel < 0) {
        return channel;
    }
    *slot.channel = channel;
    *slot.invert = *slot.invert != turned;
    return 0;
}

static int apply_user_map(struct finding *finding, const struct source_info *info, const char *user,
                          const struct reply *error)
{
    struct named named = {0};
    while (*user) {
        char entry[128];
        size_t size = strcspn(user, ",");
        if (size >= sizeof entry) {
            return reply(error, ERR_FORMAT, "--map: \"%.60s...\" is too long", user);
        }
        memcpy(entry, user, size);
        entry[size] = '\0';
        int err = apply_entry(finding, &named, info, entry, error);
        if (err < 0) {
            return err;
        }
        user += size + (user[size] == ',');
    }
    return 0;
}

/* --- wiring ----------------------------------------------------------------------------------- */

static int phases_in_a_row(const struct group *group)
{
    int count = 0;
    while (count < PHASES && group->phase[count] != CHANNEL_ABSENT) {
        count++;
    }
    return count;
}

static enum wiring wiring_guess(const struct group *voltage)
{
    static const enum wiring by_phases[] = {WIRING_1P2W, WIRING_1P2W, WIRING_1P3W, WIRING_3P4W};
    int phases = phases_in_a_row(voltage);
    bool aron = voltage->line[0] != CHANNEL_ABSENT && voltage->line[1] != CHANNEL_ABSENT;
    return phases < PHASES && aron ? WIRING_3P3W : by_phases[phases];
}

static void use_lines(struct channel_map *map, const struct group *voltage)
{
    map->voltages = 2;
    map->voltage[0] = voltage->line[0];
    map->voltage_invert[0] = voltage->line_invert[0];
    map->voltage[1] = voltage->line[1];
    map->voltage_invert[1] = !voltage->line_invert[1]; /* Aron measures U32, this is U23 */
}

static void use_phases(struct channel_map *map, const struct finding *finding, int count)
{
    map->voltages = count;
    for (int i = 0; i < count; i++) {
        map->voltage[i] = finding->voltage.phase[i];
        map->voltage_invert[i] = finding->invert_voltage[i];
    }
}

static void use_currents(struct channel_map *map, const struct finding *finding)
{
    for (int i = 0; i < CURRENTS; i++) {
        map->current[i] = finding->current.phase[i];
        map->current_invert[i] = finding->invert_current[i];
        if (map->current[i] != CHANNEL_ABSENT) {
            map->currents = i + 1;
        }
    }
    map->neutral = finding->current.neutral;
    map->neutral_invert = finding->invert_neutral;
}

struct wiring_need {
    int phases;
    const char *text;
};

static const struct wiring_need needs[WIRING_COUNT] = {
    [WIRING_1P2W] = {1, "1p2w needs a voltage U1"},
    [WIRING_1P3W] = {2, "1p3w needs the voltages U1 and U2"},
    [WIRING_3P3W] = {0, "3p3w needs the line voltages U12 and U32 (or U23)"},
    [WIRING_3P4W] = {3, "3p4w needs the voltages U1, U2 and U3"},
    [WIRING_3P4WD] = {3, "3p4wd needs the voltages U1, U2 and U3"},
};

static int fail_wiring(enum wiring wiring, bool asked, int unknown, const struct reply *error)
{
    if (unknown > PHASES) {
        return reply(error, ERR_NOT_FOUND,
                     "%d channels are voltages, and no name tells which is which: say so with "
                     "--map U1=1,I1=4",
                     unknown);
    }
    if (!asked) {
        return reply(error, ERR_NOT_FOUND,
                     "no channel has the name or unit of a voltage: say which is which with "
                     "--map U1=1,I1=4");
    }
    return reply(error, ERR_NOT_FOUND,
                 "%s, and no channel has such a name or unit: say which it is with --map",
                 needs[wiring].text);
}

static int choose_wiring(struct channel_map *map, const struct finding *finding)
{
    const struct group *voltage = &finding->voltage;
    int phases = phases_in_a_row(voltage);
    bool enough = map->wiring == WIRING_3P3W ? voltage->line[0] >= 0 && voltage->line[1] >= 0
                                             : phases >= needs[map->wiring].phases;
    if (enough && map->wiring == WIRING_3P3W) {
        use_lines(map, voltage);
    } else if (enough) {
        use_phases(map, finding, needs[map->wiring].phases);
    } else {
        return ERR_NOT_FOUND;
    }
    use_currents(map, finding);
    return 0;
}

int channels_map(struct channel_map *map, const struct source_info *info, int wiring,
                 const char *user, char *error, size_t error_size)
{
    struct reply to = {error, error_size};
    struct finding finding = {.voltage = group_empty(), .current = group_empty()};
    int unknown = recognise(info, &finding);
    if (user) {
        int err = apply_user_map(&finding, info, user, &to);
        if (err < 0) {
            return err;
        }
    }
    *map = (struct channel_map){.neutral = CHANNEL_ABSENT, .voltage = {-1, -1, -1}};
    map->wiring =
        wiring == CHANNELS_WIRING_ANY ? wiring_guess(&finding.voltage) : (enum wiring)wiring;
    int err = choose_wiring(map, &finding);
    return err ? fail_wiring(map->wiring, wiring != CHANNELS_WIRING_ANY, unknown, &to) : 0;
}
