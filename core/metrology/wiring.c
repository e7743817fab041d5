#include "metrology/wiring.h"

#include <stddef.h>

const struct wiring_row wiring_table[WIRING_COUNT] = {
    [WIRING_1P2W] = {.name = "1p2w",
                     .text = "single phase, two wires",
                     .wires = 2,
                     .elements = 1,
                     .voltages = 1,
                     .lines = 0,
                     .three_phase = false,
                     .neutral = true,
                     .element = {"U1N I1"}},
    [WIRING_1P3W] = {.name = "1p3w",
                     .text = "split phase, three wires",
                     .wires = 3,
                     .elements = 2,
                     .voltages = 2,
                     .lines = 1,
                     .three_phase = false,
                     .neutral = true,
                     .element = {"U1N I1", "U2N I2"}},
    [WIRING_3P3W] = {.name = "3p3w",
                     .text = "three phases, three wires (Aron)",
                     .wires = 3,
                     .elements = 2,
                     .voltages = 2,
                     .lines = 3,
                     .three_phase = true,
                     .neutral = false,
                     .element = {"U12 I1", "U32 I3"}},
    [WIRING_3P4W] = {.name = "3p4w",
                     .text = "three phases, four wires (wye)",
                     .wires = 4,
                     .elements = 3,
                     .voltages = 3,
                     .lines = 3,
                     .three_phase = true,
                     .neutral = true,
                     .element = {"U1N I1", "U2N I2", "U3N I3"}},
    [WIRING_3P4WD] = {.name = "3p4wd",
                      .text = "three phases, four wires (delta, centre tap)",
                      .wires = 4,
                      .elements = 3,
                      .voltages = 3,
                      .lines = 3,
                      .three_phase = true,
                      .neutral = true,
                      .element = {"U1N I1", "U2N I2", "U3N I3"}},
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_name(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

const struct wiring_row *wiring_find(const char *name)
{
    for (int k = 0; k < WIRING_COUNT; k++) {
        if (same_name(wiring_table[k].name, name)) {
            return &wiring_table[k];
        }
    }
    return NULL;
}
