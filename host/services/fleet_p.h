/*
 * services/fleet_p.h: what the files of a fleet are made of, between fleet.c and fleet_files.c.
 *
 * Owns: nothing. Called by: those two.
 */
#ifndef SERVICES_FLEET_P_H
#define SERVICES_FLEET_P_H

#include "services/fleet.h"

/* Both name the file in self->error. */
int fleet_image_error(struct fleet *self, int err);
int fleet_log_error(struct fleet *self, int err);

/* Where an address of a meter lies in the image. */
uint64_t fleet_place(const struct fleet *self, uint32_t meter, uint32_t address);

/* Makes the two files, or checks that they are a fleet of this geometry; reads the log's header. */
int fleet_files_take(struct fleet *self, const struct fleet_config *config) MUST_USE;

/* Whether the image has no data there, so that it reads as erased; false also where nobody knows.
 */
bool fleet_is_hole(struct fleet *self, uint64_t at, uint32_t size);

/* Does operations to the image; `body` has been checked. */
int fleet_apply(struct fleet *self, const uint8_t *body, uint32_t length) MUST_USE;

/* Applies every batch of the log in its order; sets log_end and sequence. */
int fleet_replay(struct fleet *self) MUST_USE;

/* Syncs the image and begins the log anew, with this number of meters. */
int fleet_renew(struct fleet *self, uint32_t meters) MUST_USE;

#endif
