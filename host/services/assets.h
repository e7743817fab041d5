/*
 * services/assets.h: the files of the page, inside the program.
 *
 * ui/embed.cmake writes the table at build time from ui/, so that one file is all a machine needs.
 */
#ifndef SERVICES_ASSETS_H
#define SERVICES_ASSETS_H

#include <stddef.h>

struct asset {
    const char *path; /* as asked for: "/app.js" */
    const char *type; /* "text/javascript; charset=utf-8" */
    const char *etag; /* quoted, from the content */
    const unsigned char *data;
    size_t size;
};

extern const struct asset assets[]; /* sorted by path */
extern const size_t asset_count;

/* NULL if there is no such file; "/" is "/index.html". Exact names only. */
const struct asset *asset_find(const char *path);

#endif
