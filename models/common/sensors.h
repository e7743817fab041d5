/* common/sensors.h: current transformers and coils, shared by their own models and by the E modules
 * that they fit. */
#ifndef MODELS_COMMON_SENSORS_H
#define MODELS_COMMON_SENSORS_H

#include "model/model.h"

extern const struct model_sensor sensor_cto_100, sensor_cto_200, sensor_cto_400, sensor_cto_600;
extern const struct model_sensor sensor_ctov_100, sensor_ctov_200, sensor_ctov_400, sensor_ctov_600;
extern const struct model_sensor sensor_ctf_800, sensor_ctf_1000, sensor_ctf_2000, sensor_ctf_3000,
    sensor_ctf_6300, sensor_ctf_10000;

#endif
