#include "sources/appliances.h"

#include <string.h>

/* Shapes of currents, in percent of the fundamental; angles against its crossing. */
static const struct sim_harmonics shape_linear = {.count = 0};
static const struct sim_harmonics shape_supply =
    {/* capacitor behind a bridge: peaked */
     7,
     {{3, 78, 180}, {5, 52, 0}, {7, 28, 180}, {9, 12, 0}, {11, 6, 0}, {13, 5, 180}, {15, 3, 0}}};
static const struct sim_harmonics shape_corrected =
    {/* with power factor correction */
     4,
     {{3, 8, 170}, {5, 4, 20}, {7, 3, 160}, {9, 2, 0}}};
static const struct sim_harmonics shape_motor = {3, {{3, 6, 160}, {5, 3, 30}, {7, 1.5, 10}}};
static const struct sim_harmonics shape_bridge =
    {/* three-phase drive: no triplens */
     5,
     {{5, 32, 180}, {7, 14, 180}, {11, 7, 0}, {13, 5, 0}, {17, 3, 180}}};

#define ALWAYS                                                                                     \
    {                                                                                              \
        250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250,  \
            250, 250, 250, 250, 250, 250                                                           \
    }
#define MORNING_NOON_EVENING                                                                       \
    {                                                                                              \
        0, 0, 0, 0, 0, 1, 5, 9, 4, 2, 2, 3, 5, 2, 2, 3, 2, 2, 4, 3, 2, 1, 1, 0                     \
    }

const struct appliance appliances[] = {
    {"standby", 0, ALWAYS, 1, 1, {{3600, 65, -35, 0, &shape_supply}}},
    {"router and server", 1, ALWAYS, 1, 1, {{3600, 45, -20, 0, &shape_supply}}},
    {"ventilation", 2, ALWAYS, 1, 1, {{3600, 40, 25, 0, &shape_motor}}},
    {"fridge", 0, ALWAYS, 1, 2, {{840, 95, 38, 5, &shape_motor}, {1860, 2, 0, 0, &shape_linear}}},
    {"freezer",
     1,
     ALWAYS,
     1,
     2,
     {{1100, 110, 40, 5, &shape_motor}, {1900, 2, 0, 0, &shape_linear}}},
    {"kettle", 1, MORNING_NOON_EVENING, 1, 1, {{170, 2100, 0, 0, &shape_linear}}},
    {"toaster",
     1,
     {0, 0, 0, 0, 0, 0, 4, 6, 2, 1, 0, 0, 0, 0, 0, 0, 1},
     1,
     1,
     {{150, 900, 0, 0, &shape_linear}}},
    {"oven",
     2,
     {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 2, 0, 0, 1, 2, 4, 3, 1},
     14,
     2,
     {{75, 2400, 0, 0, &shape_linear}, {110, 40, 0, 0, &shape_linear}}},
    {"hob",
     1,
     {0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 6, 6, 1, 0, 0, 1, 4, 7, 3, 1},
     30,
     2,
     {{18, 1800, 0, 0, &shape_corrected}, {22, 15, 0, 0, &shape_linear}}},
    {"washing machine",
     0,
     {0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1},
     1,
     6,
     {{120, 60, 30, 0, &shape_motor},
      {900, 2050, 2, 0, &shape_motor},
      {1500, 180, 45, 2, &shape_motor},
      {300, 60, 30, 0, &shape_motor},
      {900, 220, 45, 2, &shape_motor},
      {420, 520, 35, 3, &shape_motor}}},
    {"dishwasher",
     2,
     {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 3, 1},
     1,
     5,
     {{300, 70, 35, 0, &shape_motor},
      {1100, 2000, 1, 0, &shape_linear},
      {1500, 75, 35, 0, &shape_motor},
      {800, 2000, 1, 0, &shape_linear},
      {1200, 10, 0, 0, &shape_linear}}},
    {"lights",
     2,
     {0, 0, 0, 0, 0, 8, 9, 5, 1, 0, 0, 0, 0, 0, 0, 2, 6, 9, 12, 12, 12, 10, 6, 1},
     1,
     1,
     {{2400, 85, -25, 0, &shape_supply}}},
    {"television",
     0,
     {0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 3, 4, 5, 5, 3},
     1,
     1,
     {{4200, 140, -12, 0, &shape_supply}}},
    {"computer",
     1,
     {0, 0, 0, 0, 0, 0, 0, 1, 4, 4, 3, 2, 2, 3, 3, 3, 2, 2, 2, 2, 2, 1},
     1,
     1,
     {{3600, 130, -8, 0, &shape_corrected}}},
    {"vacuum cleaner",
     2,
     {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1},
     1,
     1,
     {{900, 850, 18, 3, &shape_motor}}},
    {"heat pump",
     ALL_PHASES,
     ALWAYS,
     1,
     3,
     {{60, 700, 25, 2, &shape_bridge},
      {1500, 1900, 14, 0, &shape_bridge},
      {1700, 12, -60, 0, &shape_supply}}},
    {"car",
     ALL_PHASES,
     {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 3, 6, 6, 3, 1},
     1,
     1,
     {{9000, 11000, 2, 0, &shape_corrected}}},
};

const unsigned appliance_count = sizeof appliances / sizeof appliances[0];
_Static_assert(sizeof appliances / sizeof appliances[0] <= SIM_APPLIANCES,
               "room for every appliance");

bool appliance_is(const struct appliance *row, const char *name)
{
    return strcmp(row->name, name) == 0;
}
