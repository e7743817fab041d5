/*
 * meter/meter_p.h: what the files of core/meter share and nobody else may see.
 */
#ifndef METER_METER_P_H
#define METER_METER_P_H

#include "meter/meter.h"

#define US_PER_S  1000000
#define MS_PER_S  1000
#define US_PER_MS 1000
#define MILLI     1000.0

/* ---- rows.c ---- */

bool meter_has_ref(const struct meter *self, unsigned circuit, const struct meter_ref *ref);

/* ---- registers: meter.c ---- */

/* later - earlier of one register, across a roll-over. */
int64_t register_difference_m(const struct meter *self, int64_t later_m, int64_t earlier_m);
int64_t register_difference_uj(const struct meter *self, const struct meter_register *later,
                               const struct meter_register *earlier);

/* ---- time: tick.c ---- */

int64_t meter_utc_us(const struct meter *self); /* at the last tick */

/* End of the period of `length_s` on the grid of local standard time in which `utc_us` lies. */
int64_t period_end_us(const struct meter *self, int64_t utc_us, uint32_t length_s);
void meter_schedule(struct meter *self);

/* The zone has changed: periods that run end on the new grid. */
void meter_regrid(struct meter *self);

/* What a change of the clock does to the periods that run, and its events. */
void meter_take_clock_change(struct meter *self, const struct clock_change *change);

/* ---- demand.c ---- */

/* A window is 1 to 15 periods and a day at most, so that its energy fits METER_PERIOD_UJ_MAX. */
bool demand_is_valid(uint32_t period_s, uint32_t periods);

void demand_begin(struct meter *self, int64_t utc_us);
void demand_close(struct meter *self, int64_t end_utc_us); /* the sub-period ends */
void demand_skip(struct meter *self, int64_t periods);     /* that passed without power */
void demand_reset(struct meter *self);                     /* maxima and window */
int64_t demand_current_mw(const struct meter *self, const struct meter_circuit *circuit,
                          enum demand which);
extern const enum energy demand_energy[DEMAND_COUNT];

/* ---- interval.c: means, extremes, interval energies ---- */

void interval_begin(struct meter *self); /* of the first profile */
void interval_close(struct meter *self);
void interval_track(struct meter *self, struct meter_circuit *circuit, int64_t duration_us);
void extremes_reset(struct meter_circuit *circuit);

/* ---- profile.c ---- */

int profile_init(struct meter *self);
void profile_begin(struct meter *self, unsigned k, int64_t utc_us, uint8_t status);
/* Ends the interval that runs with this time stamp and queues its entry. */
void profile_capture(struct meter *self, unsigned k, int64_t stamp_utc_us);
/* What can be read; nothing if it is to be cleared: old entries may have other columns. */
int profile_bounds(const struct meter *self, unsigned k, struct store_bounds *bounds);
bool period_is_valid(uint32_t period_s);

/* ---- event.c ---- */

void event_add(struct meter *self, uint16_t code, int64_t utc_us, int64_t before, int64_t after);

/* ---- persist.c ---- */

int persist_load(struct meter *self);
/* Extremes change often: they are kept with entries, and when everything is wanted. */
int persist_commit(struct meter *self, bool everything);
void persist_clear_profile(struct meter *self, unsigned k); /* with the next commit */

#endif
