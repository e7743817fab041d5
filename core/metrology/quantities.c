#include "metrology/quantities.h"

#include "base/assert.h"

const struct quantity_row quantity_rows[] = {
#define QUANTITY(name, scope, unit, obis, text)                                                    \
    {#name, unit, obis, text, offsetof(struct quantities, name), SCOPE_##scope},
#include "metrology/quantities.def"
#undef QUANTITY
};

const size_t quantity_row_count = sizeof quantity_rows / sizeof quantity_rows[0];

unsigned quantity_count(const struct quantities *q, const struct quantity_row *row)
{
    switch (row->scope) {
    case SCOPE_ELEMENT:
        return q->elements;
    case SCOPE_LINE:
        return q->lines;
    default:
        return 1;
    }
}

double quantity_value(const struct quantities *q, const struct quantity_row *row, unsigned k)
{
    ASSERT(k < quantity_count(q, row));
    const double *first = (const double *)(const void *)((const char *)q + row->offset);
    return first[k];
}
