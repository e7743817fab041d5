#include "sources/source.h"

#include <stdarg.h>
#include <stdio.h>

int source_fail(struct source *source, int err, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(source->error, sizeof source->error, format, list);
    va_end(list);
    return err;
}
