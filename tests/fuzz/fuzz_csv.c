/* A CSV file, as it is and with a rate instead of its time column. */
#include "source_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char spec[256];
    const char *path = fuzz_write("x.csv", data, size);
    fuzz_source(path);
    snprintf(spec, sizeof spec, "%s,rate=1000", path);
    fuzz_source(spec);
    return 0;
}
