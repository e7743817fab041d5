/* How long a year of a whole meter takes on one core: the device with its store in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "apps/virtual.h"

#define DAYS     365
#define START_US (INT64_C(1767225600) * CIVIL_US_PER_S)

static struct virtual virtual; /* too large for a stack */

int main(void)
{
    static struct scenario scenario;
    scenario_init(&scenario);
    const struct virtual_config config = {
        .model = model_find("SED302"),
        .scenario = &scenario,
        .seed = 1,
        .start_us = START_US,
        .days = DAYS,
    };
    if (virtual_init(&virtual, &config) < 0)
        return 1;
    const clock_t start = clock();
    virtual_run(&virtual);
    const double year_s = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("year_s %.2f s\n", year_s);
    printf("year_steps %.0f steps/s\n", (double)virtual.count.steps / year_s);
    virtual_close(&virtual);
    return 0;
}
