/* A .cff file; or a .cfg and a .dat with the line "=== dat ===" between them. */
#define _GNU_SOURCE
#include "source_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char mark[] = "=== dat ===\n";
    const uint8_t *found = memmem(data, size, mark, sizeof mark - 1);
    if (!found) {
        fuzz_source(fuzz_write("x.cff", data, size));
        return 0;
    }
    size_t cfg = (size_t)(found - data), skip = cfg + sizeof mark - 1;
    fuzz_write("x.cfg", data, cfg);
    fuzz_source(fuzz_write("x.dat", data + skip, size - skip));
    return 0;
}
