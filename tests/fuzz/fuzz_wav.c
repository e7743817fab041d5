/* A WAV file with the names and full scales that most of the corpus has. */
#include "source_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char spec[256];
    snprintf(spec, sizeof spec, "%s,channels=U1;I1,u-full-scale=400,i-full-scale=50",
             fuzz_write("x.wav", data, size));
    fuzz_source(spec);
    return 0;
}
