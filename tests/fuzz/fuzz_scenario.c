/* Scenario files: what is taken lies within its limits, what is refused is explained in a line. */
#include <stdlib.h>
#include <string.h>

#include "apps/scenario.h"

#define START_US (INT64_C(1767225600) * CIVIL_US_PER_S)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct scenario_row *row)
{
    if (row->line == 0 || row->duration_us < 0 || row->at_us < 0 || row->q_mvar / 100 > row->p_mw ||
        (row->when == WHEN_RANDOM && row->every_us < CIVIL_US_PER_S) ||
        (row->when == WHEN_EVERY && row->every_us < CIVIL_US_PER_S) ||
        memchr(row->name, '\0', sizeof row->name) == NULL)
        if (row->p_mw >= 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct scenario scenario;
    char error[SCENARIO_ERROR_MAX] = "";
    struct scenario_place place = {.file = "file", .start_us = START_US};
    place.zone = (struct zone){.offset_min = 60, .dst_enabled = true, .dst_deviation_min = 60};
    place.zone.begin = (struct dst_rule){3, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60};
    place.zone.end = (struct dst_rule){10, DST_DAY_LAST, CIVIL_SUNDAY, DST_UTC, 60};
    const int err = scenario_parse(&scenario, (const char *)data, size, &place, error);
    const size_t length = strnlen(error, sizeof error);
    if ((err < 0) != (length > 0) || length == sizeof error || memchr(error, '\n', length) != NULL)
        abort();
    for (unsigned k = 0; err == 0 && k < scenario.rows; k++)
        check(&scenario.row[k]);
    return 0;
}
