/* Paths, Host headers and ADDR:PORT: the first byte picks the parser. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "services/assets.h"
#include "services/route.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *text)
{
    struct route route;
    const int err = route_parse(text, &route);
    ASSERT(route.kind < ROUTE_COUNT);
    ASSERT(memchr(route.meter, 0, sizeof route.meter));
    ASSERT(memchr(route.register_name, 0, sizeof route.register_name));
    ASSERT(!strchr(route.meter, '/') && !strchr(route.register_name, '/'));
    if (err == ERR_NONE && route.kind == ROUTE_ASSET)
        (void)asset_find(text);
}

static void check_listen(const char *text)
{
    struct sockaddr_storage address;
    if (route_parse_listen(text, &address) == ERR_NONE)
        ASSERT(address.ss_family == AF_INET || address.ss_family == AF_INET6);
    /* Whatever names this machine also reads as one of its addresses. */
    if (route_host_is_loopback(text) && strrchr(text, ':') && text[strlen(text) - 1] != ']')
        ASSERT(route_parse_listen(text, &address) == ERR_NONE &&
               route_address_is_loopback(&address));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    char *text = malloc(size);
    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    text[strcspn(text, "\n")] = '\0'; /* files of the corpus end with one */
    if (data[0] == '/')
        check_path(text);
    else
        check_listen(text);
    free(text);
    return 0;
}
