/*
 * services/local_zone.h: the zone of this machine, as a meter's clock knows zones.
 *
 * Owns: nothing. A meter has one rule for every year; the rule is read off this year's two changes
 * (the C library's localtime) and held against the next three years: if it does not hold there, or
 * there are not two changes, the zone has no saving and the offset that is in force now. Called by:
 * programs, before threads start.
 */
#ifndef SERVICES_LOCAL_ZONE_H
#define SERVICES_LOCAL_ZONE_H

#include <time.h>

#include "base/zone.h"

void local_zone(struct zone *zone, time_t now);

#endif
