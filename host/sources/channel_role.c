#include "sources/channel_role.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define TOKENS_MAX 32

/* A run of letters and digits in the name. Others, bytes beyond ASCII among them, separate. */
struct token {
    size_t offset, size;
};

struct name {
    const char *text;
    struct token token[TOKENS_MAX];
    int tokens;
};

struct span {
    int first, last; /* tokens; last < first: nothing found */
};

struct word {
    const char *text;
    enum role_kind kind;
};

/* The longer before its own beginning, so that "VOLTAGE1" is not V with a strange phase. */
static const struct word kind_words[] = {
    {"voltage", ROLE_VOLTAGE},  {"volts", ROLE_VOLTAGE},   {"volt", ROLE_VOLTAGE},
    {"spannung", ROLE_VOLTAGE}, {"tension", ROLE_VOLTAGE}, {"current", ROLE_CURRENT},
    {"strom", ROLE_CURRENT},    {"courant", ROLE_CURRENT}, {"amps", ROLE_CURRENT},
    {"amp", ROLE_CURRENT},      {"ct", ROLE_CURRENT},      {"u", ROLE_VOLTAGE},
    {"v", ROLE_VOLTAGE},        {"i", ROLE_CURRENT},
};

static const char *const unit_words[] = {"v", "kv", "mv", "a", "ka", "ma", "volts", "amps"};
static const char *const computed_words[] = {"rms", "thd", "avg", "mean", "residual"};

static bool token_is(const struct name *name, int index, const char *word)
{
    const struct token *token = &name->token[index];
    return strlen(word) == token->size &&
           !strncasecmp(name->text + token->offset, word, token->size);
}

static bool token_is_one_of(const struct name *name, int index, const char *const *words,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (token_is(name, index, words[i])) {
            return true;
        }
    }
    return false;
}

static struct name name_split(const char *text)
{
    struct name name = {.text = text};
    size_t at = 0;
    while (text[at] && name.tokens < TOKENS_MAX) {
        size_t begin = at;
        while (isalnum((unsigned char)text[at])) {
            at++;
        }
        if (at > begin) {
            name.token[name.tokens++] = (struct token){begin, at - begin};
        } else {
            at++;
        }
    }
    return name;
}

/* One phase at the front of text: its letter, its number with or without L, or N. Returns its size.
 */
static size_t phase_scan_one(const char *text, size_t size, struct role_phase *phase)
{
    static const char alphabets[] = "ABCRSTUVW";
    if (size == 0) {
        return 0;
    }
    char c = (char)toupper((unsigned char)text[0]);
    const char *found = strchr(alphabets, c);
    if (found) {
        size_t index = (size_t)(found - alphabets);
        *phase =
            (struct role_phase){(unsigned char)(1 + index % 3), 0, alphabets[index - index % 3]};
        return 1;
    }
    if (c == 'N') {
        *phase = (struct role_phase){.first = ROLE_PHASE_NEUTRAL};
        return 1;
    }
    size_t at = c == 'L' ? 1 : 0;
    if (at >= size || text[at] < '1' || text[at] > '9') {
        return 0;
    }
    *phase = (struct role_phase){(unsigned char)(text[at] - '0'), 0, '1'};
    return at + 1;
}

static bool phase_pair(struct role_phase *phase, const struct role_phase *second)
{
    if (second->first == ROLE_PHASE_NEUTRAL && phase->first != ROLE_PHASE_NEUTRAL) {
        return true; /* "AN" is A against neutral */
    }
    if (second->alphabet != phase->alphabet || phase->first > 3 || second->first > 3 ||
        phase->first == second->first) {
        return false;
    }
    phase->second = second->first;
    return true;
}

/* All of `text` as a phase or a pair of phases. A current may have a number of two digits. */
static bool phase_parse(const char *text, size_t size, enum role_kind kind,
                        struct role_phase *phase)
{
    if (size == 7 && !strncasecmp(text, "neutral", size)) {
        *phase = (struct role_phase){.first = ROLE_PHASE_NEUTRAL};
        return true;
    }
    size_t used = phase_scan_one(text, size, phase);
    if (used == 0 || used == size) {
        return used > 0;
    }
    if (kind == ROLE_CURRENT) {
        bool two_digits =
            used + 1 == size && phase->alphabet == '1' && isdigit((unsigned char)text[used]);
        unsigned number = phase->first * 10u + (unsigned)(text[used] - '0');
        if (two_digits && number <= 96) {
            phase->first = (unsigned char)number;
            return true;
        }
    }
    struct role_phase second = {0};
    size_t rest = phase_scan_one(text + used, size - used, &second);
    return used + rest == size && phase_pair(phase, &second);
}

/* "Ia", "UL1N", "voltage2": kind and phase in one token. */
static bool token_parse_joined(const struct name *name, int index, struct channel_role *role)
{
    const char *text = name->text + name->token[index].offset;
    size_t size = name->token[index].size;
    for (size_t i = 0; i < sizeof kind_words / sizeof kind_words[0]; i++) {
        size_t word = strlen(kind_words[i].text);
        struct role_phase phase = {0};
        if (size > word && !strncasecmp(text, kind_words[i].text, word) &&
            phase_parse(text + word, size - word, kind_words[i].kind, &phase)) {
            role->kind = kind_words[i].kind;
            role->phase = phase;
            return true;
        }
    }
    return false;
}

static enum role_kind token_parse_kind(const struct name *name, int index)
{
    for (size_t i = 0; i < sizeof kind_words / sizeof kind_words[0]; i++) {
        if (token_is(name, index, kind_words[i].text)) {
            return kind_words[i].kind;
        }
    }
    return ROLE_NONE;
}

static bool token_parse_phase(const struct name *name, int index, enum role_kind kind,
                              struct role_phase *phase)
{
    const struct token *token = &name->token[index];
    /* Alone, U V W are far more often kinds and units than phases. */
    return phase_parse(name->text + token->offset, token->size, kind, phase) &&
           phase->alphabet != 'U';
}

static struct span find_joined(const struct name *name, int tokens, struct channel_role *role)
{
    for (int i = tokens - 1; i >= 0; i--) {
        if (token_parse_joined(name, i, role)) {
            return (struct span){i, i};
        }
    }
    return (struct span){0, -1};
}

/* The last token that is a phase, and the one before it if they make a pair ("L1-L2", "L1 N"). */
static struct span find_phase(const struct name *name, int tokens, enum role_kind kind,
                              struct role_phase *phase)
{
    struct role_phase last = {0}, before = {0};
    int i = tokens - 1;
    while (i >= 0 && !token_parse_phase(name, i, kind, &last)) {
        i--;
    }
    if (i < 0) {
        return (struct span){0, -1};
    }
    bool pair =
        i > 0 && token_parse_phase(name, i - 1, kind, &before) && phase_pair(&before, &last);
    *phase = pair ? before : last;
    return (struct span){pair ? i - 1 : i, i};
}

/* "Phase A current", "I_L1", "L2" with a unit: kind and phase in tokens of their own. */
static struct span find_apart(const struct name *name, int tokens, struct channel_role *role)
{
    int kind_at = tokens - 1;
    while (kind_at >= 0 && token_parse_kind(name, kind_at) == ROLE_NONE) {
        kind_at--;
    }
    role->kind = kind_at >= 0 ? token_parse_kind(name, kind_at) : ROLE_NONE;
    struct span span = find_phase(name, tokens, role->kind, &role->phase);
    if (span.last < span.first) {
        return (struct span){kind_at >= 0 ? kind_at : 0, kind_at};
    }
    if (kind_at >= 0) {
        span.first = kind_at < span.first ? kind_at : span.first;
        span.last = kind_at > span.last ? kind_at : span.last;
    }
    return span;
}

static struct span find_role(const struct name *name, int tokens, struct channel_role *role)
{
    *role = (struct channel_role){0};
    struct span span = find_joined(name, tokens, role);
    return span.last >= span.first ? span : find_apart(name, tokens, role);
}

/* A last token "V" or "A" is rather the unit than a phase, if a phase is left without it. */
static struct span name_find_role(const struct name *name, struct channel_role *role)
{
    int last = name->tokens - 1;
    if (last > 0 &&
        token_is_one_of(name, last, unit_words, sizeof unit_words / sizeof unit_words[0])) {
        struct span span = find_role(name, last, role);
        if (span.last >= span.first && role->phase.first != ROLE_PHASE_UNKNOWN) {
            return span;
        }
    }
    return find_role(name, name->tokens, role);
}

/* 3U0, 3I0, U0, I0 and the like are sums of others; rms and THD are no waveforms. */
static bool name_is_computed(const struct name *name)
{
    for (int i = 0; i < name->tokens; i++) {
        const char *text = name->text + name->token[i].offset;
        size_t size = name->token[i].size;
        bool tripled = size > 1 && text[0] == '3';
        size_t at = tripled ? 1 : 0;
        bool kind = strchr("UVI", toupper((unsigned char)text[at])) != NULL;
        bool zero = at + 2 == size && text[at + 1] == '0';
        if ((kind && (zero || (tripled && size == 2))) ||
            token_is_one_of(name, i, computed_words,
                            sizeof computed_words / sizeof computed_words[0])) {
            return true;
        }
    }
    return false;
}

static enum role_kind unit_kind(const char *unit, enum role_kind by_name)
{
    if (!*unit) {
        return by_name;
    }
    if (!strcmp(unit, "V")) {
        return ROLE_VOLTAGE;
    }
    return !strcmp(unit, "A") ? ROLE_CURRENT : ROLE_NONE;
}

static struct role_phase label_phase(const char *label)
{
    struct name name = name_split(label);
    struct role_phase phase = {0};
    struct span span = find_phase(&name, name.tokens, ROLE_NONE, &phase);
    return span.last >= span.first ? phase : (struct role_phase){0};
}

struct channel_role channel_role_find(const struct source_channel *channel)
{
    struct name name = name_split(channel->name);
    struct channel_role role = {0};
    if (name_is_computed(&name)) {
        return role;
    }
    struct span span = name_find_role(&name, &role);
    role.kind = unit_kind(channel->unit, role.kind);
    role.prefix_size = role.suffix_offset = strlen(channel->name);
    if (role.kind == ROLE_NONE) {
        return role;
    }
    if (span.last >= span.first) {
        const struct token *last = &name.token[span.last];
        role.prefix_size = name.token[span.first].offset;
        role.suffix_offset = last->offset + last->size;
    }
    if (role.phase.first == ROLE_PHASE_UNKNOWN && channel->phase[0]) {
        role.phase = label_phase(channel->phase);
    }
    return role;
}

/* A token of colours: perhaps a kind, then R, Y, B or N, once or twice. Returns where they begin.
 */
static size_t colours_at(const struct name *name, int index)
{
    const struct token *token = &name->token[index];
    const char *text = name->text + token->offset;
    const size_t kind = token->size > 1 && strchr("UVIuvi", text[0]) ? 1 : 0;
    const size_t letters = token->size - kind;
    if (letters > 2 || strspn(text + kind, "RYBNrybn") < letters) {
        return token->size;
    }
    return kind;
}

unsigned channel_role_colours(const struct source_channel *channel)
{
    const struct name name = name_split(channel->name);
    unsigned colours = 0;
    for (int i = 0; i < name.tokens; i++) {
        for (size_t k = colours_at(&name, i); k < name.token[i].size; k++) {
            const int letter = toupper((unsigned char)name.text[name.token[i].offset + k]);
            colours |= letter == 'R'   ? ROLE_RED
                       : letter == 'Y' ? ROLE_YELLOW
                       : letter == 'B' ? ROLE_BLUE
                                       : 0;
        }
    }
    return colours;
}

struct channel_role channel_role_find_coloured(const struct source_channel *channel)
{
    struct source_channel renamed = *channel; /* letter for letter, so that sizes stay true */
    const struct name name = name_split(channel->name);
    for (int i = 0; i < name.tokens; i++) {
        for (size_t k = colours_at(&name, i); k < name.token[i].size; k++) {
            char *letter = &renamed.name[name.token[i].offset + k];
            const int colour = toupper((unsigned char)*letter);
            *letter = colour == 'Y' ? 'S' : colour == 'B' ? 'T' : *letter;
        }
    }
    return channel_role_find(&renamed);
}
