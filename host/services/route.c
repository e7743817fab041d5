#include "services/route.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#define PARTS_MAX 6
#define API       "/api"

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* What ids, short names and OBIS codes are made of, and nothing else. */
static bool is_part_char(int c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c > 0 && strchr("._:*-&", c) != NULL);
}

/* Reads one character at *at, decoding %XX, and moves on; negative if it may not stand in a part.
 */
static int next_char(const char **at)
{
    int c = (unsigned char)**at;
    if (c == '%') {
        const int high = hex_digit((*at)[1]);
        const int low = high < 0 ? -1 : hex_digit((*at)[2]);
        if (low < 0)
            return ERR_FORMAT;
        c = high * 16 + low;
        *at += 2;
    }
    *at += 1;
    return is_part_char(c) ? c : ERR_FORMAT;
}

/* Reads up to the next '/' or the end. */
static int next_part(const char **at, char part[ROUTE_PART_MAX])
{
    size_t length = 0;
    while (**at && **at != '/') {
        const int c = next_char(at);
        if (c < 0)
            return c;
        if (length + 1 >= ROUTE_PART_MAX)
            return ERR_NOT_FOUND;
        part[length++] = (char)c;
    }
    part[length] = '\0';
    return length > 0 ? ERR_NONE : ERR_NOT_FOUND;
}

static int split(const char *path, char parts[PARTS_MAX][ROUTE_PART_MAX])
{
    int count = 0;
    while (*path == '/') {
        path++;
        if (count == PARTS_MAX)
            return ERR_NOT_FOUND;
        const int err = next_part(&path, parts[count]);
        if (err < 0)
            return err;
        count++;
    }
    return count;
}

/* NULL stands for any meter id or register name; the words follow /api/v1. */
static const struct {
    int parts;
    const char *word[4];
    enum route_kind kind;
} routes[] = {
    {.parts = 0, .kind = ROUTE_INDEX},
    {.parts = 1, .word = {"stream"}, .kind = ROUTE_STREAM},
    {.parts = 1, .word = {"meters"}, .kind = ROUTE_METERS},
    {.parts = 2, .word = {"meters", NULL}, .kind = ROUTE_METER},
    {.parts = 3, .word = {"meters", NULL, "registers"}, .kind = ROUTE_REGISTERS},
    {.parts = 4, .word = {"meters", NULL, "registers", NULL}, .kind = ROUTE_REGISTER},
    {.parts = 3, .word = {"meters", NULL, "now"}, .kind = ROUTE_NOW},
    {.parts = 3, .word = {"meters", NULL, "harmonics"}, .kind = ROUTE_HARMONICS},
    {.parts = 3, .word = {"meters", NULL, "waveform"}, .kind = ROUTE_WAVEFORM},
    {.parts = 3, .word = {"meters", NULL, "trend"}, .kind = ROUTE_TREND},
    {.parts = 3, .word = {"meters", NULL, "events"}, .kind = ROUTE_EVENTS},
    {.parts = 3, .word = {"meters", NULL, "profile"}, .kind = ROUTE_PROFILE},
};

static bool row_fits(size_t row, char parts[][ROUTE_PART_MAX], int count)
{
    if (routes[row].parts != count)
        return false;
    for (int k = 0; k < count; k++) {
        if (routes[row].word[k] && strcmp(routes[row].word[k], parts[k]) != 0)
            return false;
    }
    return true;
}

static int route_api(char parts[][ROUTE_PART_MAX], int count, struct route *route)
{
    for (size_t row = 0; row < sizeof routes / sizeof routes[0]; row++) {
        if (!row_fits(row, parts, count))
            continue;
        route->kind = routes[row].kind;
        if (count > 1)
            memcpy(route->meter, parts[1], ROUTE_PART_MAX);
        if (count > 3)
            memcpy(route->register_name, parts[3], ROUTE_PART_MAX);
        return ERR_NONE;
    }
    return ERR_NOT_FOUND;
}

int route_parse(const char *path, struct route *route)
{
    char parts[PARTS_MAX][ROUTE_PART_MAX] = {{0}};
    *route = (struct route){.kind = ROUTE_ASSET};
    if (path[0] != '/')
        return ERR_FORMAT;
    if (strncmp(path, API, sizeof API - 1) != 0 ||
        (path[sizeof API - 1] != '/' && path[sizeof API - 1] != '\0'))
        return ERR_NONE;
    const int count = split(path, parts);
    if (count < 0)
        return count;
    if (count < 2 || strcmp(parts[1], "v1") != 0)
        return ERR_NOT_FOUND;
    return route_api(parts + 2, count - 2, route);
}

static int parse_port(const char *text, uint16_t *port)
{
    unsigned value = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 6; digits++)
        value = value * 10 + (unsigned)(text[digits] - '0');
    if (digits == 0 || text[digits] != '\0' || value > UINT16_MAX)
        return ERR_FORMAT;
    *port = (uint16_t)value;
    return ERR_NONE;
}

/* Takes the host of "host", "host:port" or "[host]:port" into `name`; *port points behind the
 * colon, or is NULL if there is none. */
static int split_host(const char *text, char *name, size_t size, const char **port)
{
    const bool bracket = text[0] == '[';
    const char *start = text + (bracket ? 1 : 0);
    const size_t length = strcspn(start, bracket ? "]" : ":");
    const char *rest = start + length;
    if (length == 0 || length >= size || (bracket && *rest++ != ']'))
        return ERR_FORMAT;
    if (*rest != '\0' && *rest != ':')
        return ERR_FORMAT;
    memcpy(name, start, length);
    name[length] = '\0';
    *port = *rest == ':' ? rest + 1 : NULL;
    return bracket ? 1 : 0;
}

static int parse_address(const char *name, bool six, uint16_t port, struct sockaddr_storage *out)
{
    *out = (struct sockaddr_storage){0};
    if (six) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        return inet_pton(AF_INET6, name, &in6->sin6_addr) == 1 ? ERR_NONE : ERR_FORMAT;
    }
    struct sockaddr_in *in = (struct sockaddr_in *)out;
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    if (strcasecmp(name, "localhost") == 0)
        name = "127.0.0.1";
    return inet_pton(AF_INET, name, &in->sin_addr) == 1 ? ERR_NONE : ERR_FORMAT;
}

int route_parse_listen(const char *text, struct sockaddr_storage *address)
{
    char name[INET6_ADDRSTRLEN];
    const char *port_text;
    uint16_t port;
    const int bracket = split_host(text, name, sizeof name, &port_text);
    if (bracket < 0 || !port_text || parse_port(port_text, &port) < 0)
        return ERR_FORMAT;
    return parse_address(name, bracket == 1, port, address);
}

bool route_host_is_loopback(const char *host)
{
    struct sockaddr_storage address;
    char name[INET6_ADDRSTRLEN];
    const char *port_text;
    uint16_t port = 0;
    const int bracket = split_host(host, name, sizeof name, &port_text);
    if (bracket < 0 || (port_text && parse_port(port_text, &port) < 0))
        return false;
    return parse_address(name, bracket == 1, port, &address) == ERR_NONE &&
           route_address_is_loopback(&address);
}

bool route_address_is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
    return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == 127;
}
