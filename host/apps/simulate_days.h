/*
 * apps/simulate_days.h: `blondel simulate MODEL --days N`: the words of the command for a whole
 * meter in virtual time. Called by: the simulate command.
 */
#ifndef APPS_SIMULATE_DAYS_H
#define APPS_SIMULATE_DAYS_H

#include "apps/command.h"

/* The exit status. */
int simulate_days(const struct args *args);

#endif
