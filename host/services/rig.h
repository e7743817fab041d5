/*
 * services/rig.h: fits the channels of a source to the terminals of a model.
 *
 * sources/channels.h says which channel is U1, I1, IN; secondary values are multiplied by the ratio
 * the source declares. What is missing is named in one sentence.
 *
 * The configuration points into the rig: a rig must outlive what metrology makes of it, and may not
 * be copied.
 */
#ifndef SERVICES_RIG_H
#define SERVICES_RIG_H

#include "model/model.h"
#include "services/calibration_file.h"
#include "sources/source.h"

struct rig {
    struct model_setup setup; /* .metrology lacks callbacks and start_mhz */
};

/* `map` is the user's ("U1=3,I1=-7") or NULL. A negative error and a sentence in `error` if the
 * source lacks a channel or does not fit. */
int rig_fit(struct rig *self, const struct model *model, const struct source_info *info,
            const char *map, char *error, size_t error_size) MUST_USE;

/* Puts a calibration in force on the terminals it names (U1.., U12 and U32, I1.., IN); NULL for
 * none. The file must outlive the rig. */
void rig_calibrate(struct rig *self, const struct calibration_file *file);

/* Volts or amperes that one count of a fitted channel stands for; negative for a turned clamp. */
double rig_unit_per_count(const struct metrology_channel *channel);

#endif
