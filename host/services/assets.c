#include "services/assets.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *path, const void *asset)
{
    return strcmp(path, ((const struct asset *)asset)->path);
}

const struct asset *asset_find(const char *path)
{
    const char *name = strcmp(path, "/") == 0 ? "/index.html" : path;
    return bsearch(name, assets, asset_count, sizeof assets[0], compare);
}
