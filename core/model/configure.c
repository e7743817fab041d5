/* From a model's table to the configuration of metrology and meter. */
#include "metrology/wiring.h"
#include "model/model.h"

#define U_HEADROOM_PERCENT 125 /* swells and crests above the highest voltage */
#define I_HEADROOM_PERCENT 150 /* half waves and inrush above Imax */
#define SQRT2_E6           1414214
#define PERIOD_S           900 /* of demand and profile where the model says nothing */
#define PROFILE_DAYS       100
#define SECONDS_PER_DAY    86400
#define BACKUP_S           (10 * 365 * SECONDS_PER_DAY) /* a battery that lasts ten years */

unsigned model_wiring_elements(enum wiring wiring)
{
    return wiring_table[wiring].elements;
}

/* Elements that are phases with codes of their own: those of an Aron circuit are not. */
static uint8_t phases(enum wiring wiring)
{
    return wiring == WIRING_3P3W ? 0 : wiring_table[wiring].elements;
}

static bool sees_line_voltage(const struct model_layout *layout)
{
    return layout->circuits > 0 && layout->circuit[0].wiring == WIRING_3P3W;
}

uint32_t model_element_un_mv(const struct model *model, const struct model_layout *layout)
{
    return sees_line_voltage(layout) ? model->ratings->un_ll_mv : model->ratings->un_ln_mv;
}

static uint64_t element_umax_mv(const struct model *model, const struct model_layout *layout)
{
    const struct model_ratings *ratings = model->ratings;
    bool line = sees_line_voltage(layout);
    uint32_t stated_mv = line ? ratings->u_max_ll_mv : ratings->u_max_ln_mv;
    uint32_t highest_mv = line ? ratings->un_highest_ll_mv : ratings->un_highest_ln_mv;
    if (stated_mv != 0)
        return stated_mv;
    uint64_t un_mv = highest_mv != 0 ? highest_mv : model_element_un_mv(model, layout);
    return un_mv * (ratings->un_high_percent != 0 ? ratings->un_high_percent : 100) / 100;
}

/* Peak full scale in millionths, from an r.m.s. value in thousandths. */
static uint64_t full_scale_u(uint64_t rms_m, uint32_t headroom_percent)
{
    return rms_m * headroom_percent * SQRT2_E6 / 100000;
}

static void configure_channels(struct model_setup *setup, const struct model *model,
                               const struct model_layout *layout)
{
    uint64_t u_scale_uv = full_scale_u(element_umax_mv(model, layout), U_HEADROOM_PERCENT);
    uint64_t i_scale_ua = full_scale_u(model->ratings->imax_ma, I_HEADROOM_PERCENT);
    bool integrate = model->sensor != NULL && model->sensor->needs_integrator;
    for (uint8_t k = 0; k < layout->voltages; k++)
        setup->voltage[k] = (struct metrology_channel){.input = k, .full_scale_u = u_scale_uv};
    for (uint8_t k = 0; k < layout->currents; k++)
        setup->current[k] = (struct metrology_channel){
            .input = (uint8_t)(layout->voltages + k),
            .full_scale_u = i_scale_ua,
            .integrate = integrate,
        };
}

/* mV x uA is nW; half of it, in microwatt. */
static uint64_t start_uw(uint64_t un_mv, uint64_t start_ua)
{
    return un_mv * start_ua / 2000;
}

static void configure_circuit(struct model_setup *setup, const struct model *model,
                              const struct model_layout *layout, unsigned k)
{
    const struct model_circuit *from = &layout->circuit[k];
    const struct wiring_row *service = &wiring_table[from->wiring];
    uint64_t un_mv = model_element_un_mv(model, layout);
    struct metrology_circuit *to = &setup->circuit[k];
    *to = (struct metrology_circuit){
        .wiring = from->wiring,
        .elements = service->elements,
        .neutral = from->neutral,
        .apparent = model->conventions->apparent,
        .start_p_uw = start_uw(un_mv, model->ratings->start_active_ua),
        .start_q_uvar = start_uw(un_mv, model->ratings->start_reactive_ua),
    };
    for (unsigned e = 0; e < service->elements; e++)
        to->element[e] = (struct metrology_element){from->u[e], from->i[e]};
    setup->meter_circuit[k] = (struct meter_circuit_config){
        .name = from->name,
        .elements = service->elements,
        .phases = phases(from->wiring),
        .lines = service->lines,
    };
}

/* What a profile has where the model's table does not list its columns. */
static const char *const standard_columns[] = {
    "clock",     "profile_status", "wh_import_interval", "wh_export_interval",
    "wh_import", "wh_export",      "p_import_last",      NULL,
};

static void configure_memory(struct model_setup *setup, const struct model *model)
{
    const struct model_profile *profile = model->profile;
    const struct model_demand *demand = model->demand;
    const uint32_t period_s = profile != NULL ? profile->period_s : PERIOD_S;
    const uint32_t days = profile != NULL ? profile->days : PROFILE_DAYS;
    setup->profile[0] = (struct meter_profile_config){
        .period_s = period_s,
        .entries = days * (SECONDS_PER_DAY / period_s),
        .columns =
            profile != NULL && profile->columns != NULL ? profile->columns : standard_columns,
    };
    setup->meter.profiles = 1;
    setup->meter.profile = setup->profile;
    setup->meter.demand_period_s = demand != NULL ? demand->period_s : PERIOD_S;
    setup->meter.demand_periods = demand != NULL ? (uint8_t)demand->number_of_periods : 1;
    setup->meter.commit_s = model->conventions->loss_s;
    setup->meter.type = model->name;
    setup->meter.clock = (struct clock_config){
        .base = CLOCK_BASE_CRYSTAL,
        .backup_s = model->clock != NULL && model->clock->backup != NULL ? BACKUP_S : 0,
        .sync_limit_s = CLOCK_SYNC_LIMIT_S,
    };
}

static bool measures_energy(const struct model *model)
{
    return model->layouts != NULL && model->ratings != NULL && model->conventions != NULL &&
           model->ratings->imax_ma != 0 && model->layouts[0]->circuits > 0;
}

int model_configure(struct model_setup *setup, const struct model *model,
                    const struct model_layout *layout)
{
    if (!measures_energy(model))
        return ERR_UNSUPPORTED;
    if (layout == NULL)
        layout = model->layouts[0];
    *setup = (struct model_setup){
        .metrology =
            {
                .nominal_mhz = model->ratings->frequency_mhz,
                .u_nominal_uv = (uint64_t)model_element_un_mv(model, layout) * 1000,
                .inputs = (uint8_t)(layout->voltages + layout->currents),
                .voltages = layout->voltages,
                .currents = layout->currents,
                .circuits = layout->circuits,
                .voltage = setup->voltage,
                .current = setup->current,
                .circuit = setup->circuit,
                .windows = true,
            },
        .meter =
            {
                .sum = model->conventions->total,
                .digits = (uint8_t)model->conventions->register_digits,
                .active_imp_per_kwh = model->constants ? model->constants->active_imp_per_kwh : 0,
                .reactive_imp_per_kvarh =
                    model->constants ? model->constants->reactive_imp_per_kvarh : 0,
                .circuits = layout->circuits,
                .circuit = setup->meter_circuit,
            },
    };
    configure_memory(setup, model);
    configure_channels(setup, model, layout);
    for (unsigned k = 0; k < layout->circuits; k++)
        configure_circuit(setup, model, layout, k);
    return ERR_NONE;
}
