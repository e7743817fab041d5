#include "apps/measure_calibration.h"

#include <stdio.h>

void measure_voltage_name(const struct measure_setup *setup, unsigned voltage,
                          char name[CALIBRATION_NAME_MAX])
{
    static const char *const lines[] = {"U12", "U32", "U31"};
    if (setup->map.wiring == WIRING_3P3W) {
        snprintf(name, CALIBRATION_NAME_MAX, "%s", lines[voltage % 3]);
    } else {
        snprintf(name, CALIBRATION_NAME_MAX, "U%u", voltage + 1);
    }
}

void measure_current_name(const struct measure_setup *setup, unsigned current,
                          char name[CALIBRATION_NAME_MAX])
{
    name[0] = '\0';
    for (unsigned k = 0; k < CURRENTS_MAX; k++) {
        if (setup->current_index[k] == (int)current) {
            snprintf(name, CALIBRATION_NAME_MAX, "I%u", k + 1);
        }
    }
    if (setup->neutral_index == (int)current) {
        snprintf(name, CALIBRATION_NAME_MAX, "IN");
    }
}

/* 1 if the file speaks of the channel. */
static unsigned apply_one(const struct calibration_file *file, const char *name,
                          struct metrology_channel *channel, struct notes *notes)
{
    if (name[0] == '\0') {
        return 0;
    }
    if (!calibration_apply_named(file, name, channel)) {
        notes_add(notes, "%s is not calibrated", name);
        return 0;
    }
    return 1;
}

int measure_calibrate(struct measure_setup *setup, struct calibration_file *file, const char *path,
                      struct notes *notes, char *error)
{
    char name[CALIBRATION_NAME_MAX];
    char reason[CALIBRATION_ERROR_MAX];
    unsigned applied = 0;
    int result = calibration_load(file, path, reason);
    if (result < 0) {
        snprintf(error, MEASURE_ERROR_MAX, "%s", reason);
        return result;
    }
    for (unsigned k = 0; k < setup->config.voltages; k++) {
        measure_voltage_name(setup, k, name);
        applied += apply_one(file, name, &setup->voltage[k], notes);
    }
    for (unsigned k = 0; k < setup->config.currents; k++) {
        measure_current_name(setup, k, name);
        applied += apply_one(file, name, &setup->current[k], notes);
    }
    if (applied == 0) {
        snprintf(error, MEASURE_ERROR_MAX, "%.200s: speaks of no channel that is measured here",
                 path);
        return ERR_NOT_FOUND;
    }
    notes_add(notes, "calibration %s: %u channels%s%s", path, applied,
              file->made[0] ? ", made " : "", file->made);
    return 0;
}
