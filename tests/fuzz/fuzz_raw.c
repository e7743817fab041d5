/* The options of a raw source in the first line, its bytes behind it. */
#include "source_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char spec[1024];
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    size_t options = end ? (size_t)(end - data) : size;
    size_t skip = end ? options + 1 : options;
    int length = options < 512 ? (int)options : 512;
    snprintf(spec, sizeof spec, "raw:%s,%.*s", fuzz_write("x.raw", data + skip, size - skip),
             length, (const char *)data);
    fuzz_source(spec);
    return 0;
}
