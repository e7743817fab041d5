/*
 * apps/virtual_files.h: what a simulation leaves in its folder.
 *
 * Owns: registers, profile and events as CSV and as JSON, one record a line, and summary.json. They
 * are written beside their names and renamed when all is there: a folder has whole files or none.
 * Times are local, ISO 8601 with offset. docs/scenario.md describes the columns.
 *
 * Called by: `blondel simulate`.
 */
#ifndef APPS_VIRTUAL_FILES_H
#define APPS_VIRTUAL_FILES_H

#include <stdio.h>

#include "apps/virtual.h"

enum { VIRTUAL_REGISTERS, VIRTUAL_PROFILE, VIRTUAL_EVENTS, VIRTUAL_LOGS };

struct virtual_files {
    const char *folder;
    FILE *csv[VIRTUAL_LOGS], *json[VIRTUAL_LOGS];
    FILE *summary;
    bool has_head; /* the line of names of the profile */
    uint64_t entries, events;
    char error[VIRTUAL_ERROR_MAX];
};

/* Makes the folder if it is not there. ERR_IO, with a line in self->error. */
int virtual_files_open(struct virtual_files *self, const char *folder) MUST_USE;

/* Sinks of struct virtual_config, `ctx` is the files. */
void virtual_files_entry(void *ctx, const struct virtual *from, const struct meter_entry *entry);
void virtual_files_event(void *ctx, const struct virtual *from, const struct meter_event *event);

/* Registers, summary, and every file under its name. ERR_IO, with a line in self->error. */
int virtual_files_finish(struct virtual_files *self, const struct virtual *from) MUST_USE;

/* Leaves nothing behind; does nothing after a good virtual_files_finish(). */
void virtual_files_drop(struct virtual_files *self);

#endif
