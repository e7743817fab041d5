#include "apps/run_source.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HOUSE_LEAST_MA 40000 /* below, a house overloads the meter */
#define HOUSE_MOST_MA  150000

__attribute__((format(printf, 2, 3))) static void append(char spec[RUN_SOURCE_MAX],
                                                         const char *format, ...)
{
    const size_t used = strlen(spec);
    va_list list;
    va_start(list, format);
    vsnprintf(spec + used, RUN_SOURCE_MAX - used, format, list);
    va_end(list);
}

static const char *wiring_of(const struct model_layout *layout)
{
    static const char *const by_voltages[] = {"1p2w", "1p2w", "1p3w", "3p4w"};
    switch (layout->circuit[0].wiring) {
    case WIRING_3P3W:
        return "3p3w";
    case WIRING_3P4WD:
        return "3p4wd";
    default: /* several loads between L and N share the voltages of a wye */
        return by_voltages[layout->voltages];
    }
}

/* The voltage, from 1, that the fourth clamp counts against; 0 if there is none. */
static unsigned phase_of_fourth(const struct model_layout *layout)
{
    for (unsigned c = 0; c < layout->circuits; c++) {
        const struct model_circuit *circuit = &layout->circuit[c];
        for (unsigned e = 0; e < model_wiring_elements(circuit->wiring); e++) {
            if (circuit->i[e] == 3)
                return circuit->u[e] + 1u;
        }
    }
    return 0;
}

static void append_house(char spec[RUN_SOURCE_MAX], const char *wiring)
{
    struct tm tm;
    const time_t now = time(NULL);
    append(spec, "sim:house");
    if (strcmp(wiring, "3p4w") != 0)
        append(spec, ",wiring=%s", wiring);
    if (strcmp(wiring, "1p2w") == 0) /* what one phase can bear */
        append(spec, ",pv=4,ev=3.7");
    if (localtime_r(&now, &tm))
        append(spec, ",at=%02d:%02d:%02d,day=%d", tm.tm_hour, tm.tm_min, tm.tm_sec % 60,
               tm.tm_yday + 1);
}

void run_source_default(const struct model *model, char spec[RUN_SOURCE_MAX])
{
    spec[0] = '\0';
    if (!model->layouts || !model->ratings || model->layouts[0]->circuits == 0)
        return;
    const struct model_layout *layout = model->layouts[0];
    const struct model_ratings *ratings = model->ratings;
    const char *wiring = wiring_of(layout);
    const unsigned fourth = phase_of_fourth(layout);
    const bool house = strcmp(wiring, "3p3w") != 0 && ratings->imax_ma >= HOUSE_LEAST_MA &&
                       ratings->imax_ma <= HOUSE_MOST_MA;
    if (house)
        append_house(spec, wiring);
    else
        append(spec, "sim:grid,wiring=%s,u=%.3f,i=%.3f,pf=0.9", wiring, ratings->un_ln_mv / 1e3,
               (ratings->in_ma ? ratings->in_ma : ratings->ib_ma) / 1e3);
    if (fourth > 0)
        append(spec, ",aux=%u", fourth);
}
