/*
 * services/api.h: the JSON documents of /api/v1, written from a running meter.
 *
 * Translators only: every value comes from meter_read(), quantities.def or the model. Names, units
 * and OBIS codes are those of the tables. What cannot be known is null, and "flags" or "state" say
 * why. Angles in degrees, energies in Wh, varh, VAh with three decimals, times in ISO 8601 UTC.
 */
#ifndef SERVICES_API_H
#define SERVICES_API_H

#include "services/emit.h"
#include "services/live.h"

#define API_DOCUMENT_MAX (192 * 1024) /* bytes; the largest is a waveform of 8 x 1024 points */

void api_write_index(struct emit *out);
void api_write_meters(struct emit *out, const struct live *live);
void api_write_meter(struct emit *out, const struct live *live);
void api_write_now(struct emit *out, const struct live *live, uint64_t now_ms);
void api_write_registers(struct emit *out, const struct live *live);
/* ERR_NOT_FOUND: no such OBIS code or short name. */
int api_write_register(struct emit *out, const struct live *live, const char *name) MUST_USE;
void api_write_harmonics(struct emit *out, const struct live *live);
void api_write_waveform(struct emit *out, const struct live *live);
void api_write_events(struct emit *out, const struct live *live);  /* the last 200 */
void api_write_profile(struct emit *out, const struct live *live); /* the last 192 entries */
void api_write_trend(struct emit *out, const struct live *live);
void api_write_error(struct emit *out, unsigned status, const char *message);

#endif
