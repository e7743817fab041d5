#include "apps/measure_print.h"

#include "metrology/harmonics.h"

const struct harmonics *record_harmonics(const struct report *report, const struct quantities *q,
                                         unsigned element, int which)
{
    const struct metrology_element *pair = &report->setup->circuit[q->circuit].element[element];
    if (!q->spectrum) {
        return NULL;
    }
    if (which == 0) {
        return q->spectrum->u[pair->u];
    }
    const bool absent = report->setup->about[q->circuit].current_absent[element];
    return absent ? NULL : &q->spectrum->i[pair->i];
}

size_t flags_format(char *text, size_t size, unsigned flags, const char *separator)
{
    static const struct {
        unsigned flag;
        const char *word;
    } words[] = {
        {FLAG_NO_VOLTAGE, "no-voltage"},   {FLAG_NO_SYNC, "no-sync"},
        {FLAG_PARTIAL, "partial"},         {FLAG_CLIPPED, "clipped"},
        {FLAG_RATE_LOW, "rate-low"},       {FLAG_NO_ZERO_SEQ, "no-zero-sequence"},
        {FLAG_SETTLING, "settling"},       {FLAG_OFF_RANGE, "off-range"},
        {FLAG_NO_SPECTRUM, "no-spectrum"},
    };
    size_t used = 0;
    text[0] = '\0';
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        if ((flags & words[k].flag) && used < size) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? separator : "",
                                     words[k].word);
        }
    }
    return used;
}

unsigned record_flags(const struct quantities *q)
{
    unsigned flags = q->flags;
    for (unsigned e = 0; e < q->elements; e++) {
        flags |= q->element_flags[e];
    }
    return flags;
}
