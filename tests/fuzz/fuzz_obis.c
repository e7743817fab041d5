/* Any bytes: obis_parse() takes or refuses them, and what it takes prints and reads back. */
#include <stdint.h>
#include <stdlib.h>

#include "base/obis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int condition)
{
    if (!condition)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct obis code, back;
    char text[OBIS_TEXT_MAX];
    int err = obis_parse(&code, (const char *)data, size);
    if (err < 0) {
        expect(err == ERR_FORMAT || err == ERR_RANGE);
        return 0;
    }
    expect(obis_parse(&back, text, obis_print(&code, text)) == ERR_NONE);
    expect(obis_compare(&code, &back) == 0);
    expect(obis_parse(&back, text, obis_print_short(&code, text)) == ERR_NONE);
    expect(obis_compare(&code, &back) == 0);
    return 0;
}
