#include "base/obis.h"

#include <stdbool.h>
#include <string.h>

#define GROUP_MAX 255

/* The text as numbers and the separators between them. */
struct groups {
    uint8_t value[OBIS_BYTES];
    char separator[OBIS_BYTES]; /* ends with 0 */
    unsigned count;
    bool has_letter;
};

/* Separators of a written form, and the group (A is 0) that its first number belongs to. */
struct form {
    char separators[OBIS_BYTES];
    uint8_t first;
};

static const struct form forms[] = {
    {".", 2},    {"..", 2},    {"...", 2},   {"..*", 2},   {"-:.", 0},
    {"-:..", 0}, {"-:...", 0}, {"-:..*", 0}, {".....", 0},
};

static const struct obis defaults = {1, 0, 0, 0, 0, 255};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int letter_value(char c)
{
    static const char letters[] = "CFLP"; /* 96..99 */
    const char *found = c == '\0' ? NULL : strchr(letters, c);
    return found == NULL ? ERR_FORMAT : 96 + (int)(found - letters);
}

/* Reads one group at `text`; returns how many characters it took. */
static int read_group(const char *text, size_t size, uint8_t *value, bool *has_letter)
{
    unsigned number = 0;
    int used = 0;
    while ((size_t)used < size && is_digit(text[used])) {
        number = number * 10 + (unsigned)(text[used] - '0');
        if (number > GROUP_MAX)
            return ERR_RANGE;
        used++;
    }
    if (used == 0 && size > 0) {
        int letter = letter_value(text[0]);
        if (letter < 0)
            return letter;
        number = (unsigned)letter;
        *has_letter = true;
        used = 1;
    }
    *value = (uint8_t)number;
    return used == 0 ? ERR_FORMAT : used;
}

static int split(struct groups *groups, const char *text, size_t size)
{
    *groups = (struct groups){.count = 0};
    for (size_t at = 0;; at++) {
        if (groups->count == OBIS_BYTES)
            return ERR_FORMAT;
        int used =
            read_group(text + at, size - at, &groups->value[groups->count], &groups->has_letter);
        if (used < 0)
            return used;
        at += (size_t)used;
        if (at == size) {
            groups->count++;
            return ERR_NONE;
        }
        if (groups->count + 1 == OBIS_BYTES || text[at] == '\0')
            return ERR_FORMAT; /* a zero would end the list of separators */
        groups->separator[groups->count++] = text[at];
    }
}

static const struct form *find_form(const struct groups *groups)
{
    for (size_t k = 0; k < sizeof forms / sizeof forms[0]; k++)
        if (memcmp(forms[k].separators, groups->separator, OBIS_BYTES) == 0)
            return &forms[k];
    return NULL;
}

int obis_parse(struct obis *code, const char *text, size_t size)
{
    struct groups groups;
    int err = split(&groups, text, size);
    if (err < 0)
        return err;
    const struct form *form = find_form(&groups);
    if (form == NULL || (groups.has_letter && form->first == 0))
        return ERR_FORMAT;
    uint8_t bytes[OBIS_BYTES];
    obis_to_bytes(&defaults, bytes);
    memcpy(bytes + form->first, groups.value, groups.count);
    obis_from_bytes(code, bytes);
    return ERR_NONE;
}

static size_t put_group(char *text, uint8_t value, char separator)
{
    size_t at = 0;
    if (value >= 100)
        text[at++] = (char)('0' + value / 100);
    if (value >= 10)
        text[at++] = (char)('0' + value / 10 % 10);
    text[at++] = (char)('0' + value % 10);
    text[at] = separator;
    return separator == '\0' ? at : at + 1;
}

static size_t print_groups(const uint8_t bytes[OBIS_BYTES], unsigned first, unsigned last,
                           char text[OBIS_TEXT_MAX])
{
    static const char separators[OBIS_BYTES] = "-:...";
    size_t at = 0;
    for (unsigned k = first; k <= last; k++)
        at += put_group(text + at, bytes[k], k == last ? '\0' : separators[k]);
    return at;
}

size_t obis_print(const struct obis *code, char text[OBIS_TEXT_MAX])
{
    uint8_t bytes[OBIS_BYTES];
    obis_to_bytes(code, bytes);
    return print_groups(bytes, 0, 5, text);
}

size_t obis_print_short(const struct obis *code, char text[OBIS_TEXT_MAX])
{
    uint8_t bytes[OBIS_BYTES];
    obis_to_bytes(code, bytes);
    bool usual = code->a == defaults.a && code->b == defaults.b;
    return print_groups(bytes, usual ? 2 : 0, code->f == defaults.f ? 4 : 5, text);
}

void obis_from_bytes(struct obis *code, const uint8_t bytes[OBIS_BYTES])
{
    *code = (struct obis){bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]};
}

void obis_to_bytes(const struct obis *code, uint8_t bytes[OBIS_BYTES])
{
    const uint8_t groups[OBIS_BYTES] = {code->a, code->b, code->c, code->d, code->e, code->f};
    memcpy(bytes, groups, OBIS_BYTES);
}

int obis_compare(const struct obis *left, const struct obis *right)
{
    uint8_t l[OBIS_BYTES], r[OBIS_BYTES];
    obis_to_bytes(left, l);
    obis_to_bytes(right, r);
    return memcmp(l, r, OBIS_BYTES);
}
