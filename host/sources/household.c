#include "sources/household.h"

#include "base/civil.h"
#include "base/fixed.h"
#include "sources/appliances.h"

#define MINUTE_S        60
#define HOUR_S          3600
#define MILLI           1000
#define LATITUDE_TURN   596523236u /* 50 degrees */
#define TILT_TURN       279650491u /* 23.44 degrees */
#define YEAR_DAYS       365
#define SPRING_DAY      81 /* the sun is over the equator */
#define COLD_DAY        20 /* the coldest of the year */
#define ROOF_YIELD      920
#define CLOUD_SHADE     800
#define HAZE            130
#define MEAN_MK         9500 /* over the year, in thousandths of a degree Celsius */
#define SEASON_MK       9000
#define DAILY_MK        3500
#define WARM_MK         18000 /* nobody heats above */
#define REST_S_KELVIN   17000 /* pause of the heat pump x degrees that are missing */
#define CAR_DAYS        4     /* it is charged every so many evenings */
#define GRID_MOHM       120
#define MACHINES        6
#define MACHINE_SHARE   60 /* thousandths of the rating, each */
#define CAPACITOR_SHARE 60
#define ONE_Q30_SHIFT   30

/* Load of a feeder by the hour of a working day, percent of its rating. */
static const uint8_t working_day[24] = {12, 12, 11, 11, 12, 15, 24, 38, 46, 50, 52, 50,
                                        42, 48, 52, 50, 46, 38, 30, 24, 20, 16, 14, 13};

/* ---- chance ---- */

/* 0 .. n - 1; n is small, so the bias is below anything that could be seen. */
static uint32_t draw(struct household *self, uint32_t n)
{
    return (uint32_t)((sim_random_next(&self->random) >> 32) * n >> 32);
}

/* -size .. size, likelier near 0. */
static int32_t draw_around(struct household *self, int32_t size)
{
    const uint32_t width = (uint32_t)size + 1;
    return (int32_t)draw(self, width) - (int32_t)draw(self, width);
}

/* One step of a walk that `home` pulls back. */
static int32_t wander(struct household *self, int32_t value, int32_t home, int32_t size,
                      int32_t memory)
{
    return value + (home - value) / memory + draw_around(self, size);
}

static int32_t clip(int32_t value, int32_t lowest, int32_t highest)
{
    return value < lowest ? lowest : value > highest ? highest : value;
}

/* ---- time and weather ---- */

static int64_t local_s(const struct household *self)
{
    return self->now_s + self->offset_s;
}

static unsigned hour_of(const struct household *self)
{
    return (unsigned)(local_s(self) % CIVIL_S_PER_DAY / HOUR_S);
}

/* Days of the year, near enough for the sun. */
static int32_t day_of_year(const struct household *self)
{
    return (int32_t)(self->now_s / CIVIL_S_PER_DAY * 100 % 36525 / 100);
}

static uint32_t turn_of_year(const struct household *self, int32_t from_day)
{
    const int64_t days = day_of_year(self) + YEAR_DAYS - from_day;
    return (uint32_t)(days % YEAR_DAYS * (INT64_C(1) << 32) / YEAR_DAYS);
}

static int64_t mul_q30(int64_t a, int64_t b)
{
    return a * b / (INT64_C(1) << ONE_Q30_SHIFT);
}

/* Sine of the height of the sun, thousandths; negative at night. */
static int32_t sun_height(const struct household *self)
{
    int32_t year_cos, year_sin, c, s, lat_cos, lat_sin, hour_cos, hour_sin;
    fixed_cos_sin(turn_of_year(self, SPRING_DAY), &year_cos, &year_sin);
    const int64_t tilt = mul_q30(year_sin, TILT_TURN); /* small angles: near enough */
    fixed_cos_sin((uint32_t)tilt, &c, &s);
    fixed_cos_sin(LATITUDE_TURN, &lat_cos, &lat_sin);
    const int64_t solar_s = self->now_s + self->config.zone.offset_min * MINUTE_S;
    const int64_t of_day_s = solar_s % CIVIL_S_PER_DAY;
    fixed_cos_sin((uint32_t)(of_day_s * (INT64_C(1) << 32) / CIVIL_S_PER_DAY), &hour_cos,
                  &hour_sin);
    const int64_t height = mul_q30(lat_sin, s) - mul_q30(mul_q30(lat_cos, c), hour_cos);
    return (int32_t)(height * MILLI >> ONE_Q30_SHIFT);
}

/* Of the air outside, thousandths of a degree Celsius. */
static int32_t temperature_mk(const struct household *self)
{
    int32_t year_cos, day_cos, ignored;
    fixed_cos_sin(turn_of_year(self, COLD_DAY), &year_cos, &ignored);
    const int64_t of_day_s = (local_s(self) + 20 * HOUR_S) % CIVIL_S_PER_DAY; /* coldest at 4 */
    fixed_cos_sin((uint32_t)(of_day_s * (INT64_C(1) << 32) / CIVIL_S_PER_DAY), &day_cos, &ignored);
    return MEAN_MK + self->warmth_mk - (int32_t)mul_q30(year_cos, SEASON_MK) -
           (int32_t)mul_q30(day_cos, DAILY_MK);
}

static int64_t roof_mw(const struct household *self)
{
    const int32_t height = self->config.pv_w > 0 ? sun_height(self) : 0;
    if (height <= 0)
        return 0;
    const int64_t clear_mw = (int64_t)self->config.pv_w * ROOF_YIELD * height / MILLI;
    const int64_t haze_mw = clear_mw * height / (height + HAZE);
    return haze_mw * (MILLI - self->cloud * CLOUD_SHADE / MILLI) / MILLI;
}

static void weather_of_the_minute(struct household *self)
{
    self->cloud = clip(wander(self, self->cloud, self->cloud_day, 120, 6), 0, MILLI);
    if (self->now_s % (15 * MINUTE_S) == 0) {
        for (unsigned k = 0; k < SIM_PHASES; k++)
            self->u_wander_mv[k] = wander(self, self->u_wander_mv[k], 0, 1200, 4);
        self->f_wander_mhz = wander(self, self->f_wander_mhz, 0, 12, 3);
    }
    if (local_s(self) % CIVIL_S_PER_DAY == 0) {
        self->cloud_day = (int32_t)draw(self, 1100);
        self->warmth_mk = wander(self, self->warmth_mk, 0, 2500, 5);
    }
}

/* ---- appliances ---- */

static int64_t step_seconds(const struct household *self, unsigned k, int step)
{
    const int64_t seconds = (int64_t)appliances[k].step[step].seconds;
    const bool rests = appliance_is(&appliances[k], "heat pump") && step == 2;
    const int32_t missing_mk = WARM_MK - temperature_mk(self);
    if (rests)
        return REST_S_KELVIN * MILLI / (missing_mk > 0 ? missing_mk + MILLI : MILLI);
    return seconds;
}

static void step_enter(struct household *self, unsigned k, int step)
{
    struct household_appliance *state = &self->appliance[k];
    const int64_t spread = 800 + draw(self, 401);
    const int64_t seconds = step_seconds(self, k, step) * spread / MILLI;
    state->step = (int16_t)step;
    state->until_s = self->now_s + (seconds > 0 ? seconds : 1);
}

static void step_leave(struct household *self, unsigned k)
{
    const struct appliance *row = &appliances[k];
    struct household_appliance *state = &self->appliance[k];
    if (state->step + 1 < (int)row->steps)
        step_enter(self, k, state->step + 1);
    else if (++state->round < row->rounds)
        step_enter(self, k, 0);
    else
        state->step = -1;
}

/* Expected starts in this hour, tenths, come as a chance in each of its minutes. */
static void start_some(struct household *self, unsigned k)
{
    const unsigned starts = appliances[k].starts[hour_of(self)];
    const uint32_t rare = appliance_is(&appliances[k], "car") ? CAR_DAYS : 1;
    if (starts != STARTS_ALWAYS && (starts == 0 || draw(self, 600 * rare) >= starts))
        return;
    self->appliance[k].round = 0;
    step_enter(self, k, 0);
}

static void appliances_step(struct household *self, bool is_minute)
{
    for (unsigned k = 0; k < appliance_count; k++) {
        if (self->appliance[k].step >= 0 && self->appliance[k].until_s <= self->now_s)
            step_leave(self, k);
        if (self->appliance[k].step < 0 && is_minute)
            start_some(self, k);
    }
}

/* ---- the sum of it ---- */

/* Q of a power whose current lags by whole degrees. */
static int64_t reactive_m(int64_t p_m, double phi_deg)
{
    int32_t c, s;
    fixed_cos_sin((uint32_t)((int64_t)phi_deg * (INT64_C(1) << 32) / 360), &c, &s);
    return p_m * s / c;
}

static void add(struct household *self, unsigned phase, int64_t p_mw, int64_t q_mvar)
{
    struct household_load *load = &self->load;
    const unsigned phases = self->config.phases;
    const bool on_all = phase == ALL_PHASES;
    for (unsigned k = 0; k < phases; k++) {
        if (!on_all && k != phase % phases)
            continue;
        load->p_mw[k] += on_all ? p_mw / phases : p_mw;
        load->q_mvar[k] += on_all ? q_mvar / phases : q_mvar;
    }
}

static void house_load(struct household *self)
{
    for (unsigned k = 0; k < appliance_count; k++) {
        const struct appliance *row = &appliances[k];
        if (self->appliance[k].step < 0)
            continue;
        const struct appliance_step *step = &row->step[self->appliance[k].step];
        const int64_t p_mw = (int64_t)step->watts * MILLI;
        add(self, row->phase, p_mw, reactive_m(p_mw, step->phi_deg));
        if (appliance_is(row, "car"))
            self->load.car_mw = p_mw;
    }
    self->load.roof_mw = roof_mw(self);
    add(self, ALL_PHASES, -self->load.roof_mw, 0);
}

static void machines_step(struct household *self)
{
    const int64_t day = local_s(self) / CIVIL_S_PER_DAY;
    const unsigned percent = working_day[hour_of(self)];
    const bool works = (day + 3) % 7 < 5; /* 1970-01-01 was a Thursday */
    for (unsigned k = 0; k < SIM_PHASES; k++)
        self->wander[k] = wander(self, self->wander[k], 0, 30, 20);
    for (unsigned k = 0; k < MACHINES; k++) {
        const uint32_t chance = draw(self, 1500);
        if ((self->machines >> k & 1u) != 0 ? chance < 30 : works && chance < percent)
            self->machines ^= 1u << k;
    }
}

static void feeder_load(struct household *self)
{
    const int64_t rated_mw = (int64_t)self->config.rated_w * MILLI;
    const int64_t day = local_s(self) / CIVIL_S_PER_DAY;
    const int64_t percent = (day + 3) % 7 < 5 ? working_day[hour_of(self)] : working_day[0];
    for (unsigned k = 0; k < self->config.phases; k++) {
        const int64_t base_mw = rated_mw * percent / 100 * (MILLI + self->wander[k]) / MILLI;
        add(self, k, base_mw, base_mw * 2 / 5 - rated_mw * CAPACITOR_SHARE / MILLI);
    }
    for (unsigned k = 0; k < MACHINES; k++)
        if ((self->machines >> k & 1u) != 0)
            add(self, ALL_PHASES, SIM_PHASES * rated_mw * MACHINE_SHARE / MILLI,
                SIM_PHASES * rated_mw * MACHINE_SHARE * 7 / 10 / MILLI);
}

/* What the street has, pulled by what the house takes; a large feeder has a stiff one. */
static void voltages(struct household *self)
{
    const bool is_house = self->config.kind == HOUSEHOLD_HOUSE;
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        const int64_t drop_mv =
            is_house ? self->load.p_mw[k] / (int64_t)(self->config.u_mv / MILLI) * GRID_MOHM / MILLI
                     : 0;
        self->load.u_mv[k] = (int32_t)((int64_t)self->config.u_mv + self->u_wander_mv[k] - drop_mv);
    }
    self->load.f_mhz = (int32_t)self->config.f_mhz + self->f_wander_mhz;
}

static void compute(struct household *self)
{
    self->load = (struct household_load){.p_mw = {0}};
    if (self->config.kind == HOUSEHOLD_HOUSE)
        house_load(self);
    else
        feeder_load(self);
    voltages(self);
}

static void find_next(struct household *self)
{
    self->next_s = self->now_s - self->now_s % MINUTE_S + MINUTE_S;
    for (unsigned k = 0; k < appliance_count && self->config.kind == HOUSEHOLD_HOUSE; k++)
        if (self->appliance[k].step >= 0 && self->appliance[k].until_s < self->next_s)
            self->next_s = self->appliance[k].until_s;
}

void household_init(struct household *self, const struct household_config *config, int64_t utc_s)
{
    *self = (struct household){.config = *config, .now_s = utc_s};
    sim_random_seed(&self->random, config->seed);
    self->offset_s = zone_offset(&config->zone, utc_s * CIVIL_US_PER_S).min * MINUTE_S;
    self->cloud_day = (int32_t)draw(self, 1100);
    for (unsigned k = 0; k < appliance_count; k++)
        self->appliance[k].step = -1;
    self->next_s = utc_s;
    household_step(self);
}

void household_step(struct household *self)
{
    const bool is_minute = self->next_s % MINUTE_S == 0;
    self->now_s = self->next_s;
    if (self->now_s % HOUR_S == 0)
        self->offset_s =
            zone_offset(&self->config.zone, self->now_s * CIVIL_US_PER_S).min * MINUTE_S;
    if (is_minute)
        weather_of_the_minute(self);
    if (self->config.kind == HOUSEHOLD_HOUSE)
        appliances_step(self, is_minute);
    else
        machines_step(self);
    compute(self);
    find_next(self);
}
