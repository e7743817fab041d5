/*
 * services/route.h: reads what a stranger wrote: addresses to listen on, Host headers and paths.
 *
 * Pure functions over text; no socket, no allocation. All input but the ADDR:PORT of the command
 * line is untrusted. Anything not understood is refused, never guessed.
 */
#ifndef SERVICES_ROUTE_H
#define SERVICES_ROUTE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

#define ROUTE_PART_MAX 48 /* bytes of a meter id or a register name, with the NUL */

enum route_kind {
    ROUTE_ASSET, /* a file of the page: everything outside /api */
    ROUTE_INDEX,
    ROUTE_STREAM,
    ROUTE_METERS,
    ROUTE_METER,
    ROUTE_REGISTERS,
    ROUTE_REGISTER,
    ROUTE_NOW,
    ROUTE_HARMONICS,
    ROUTE_WAVEFORM,
    ROUTE_TREND,
    ROUTE_EVENTS,
    ROUTE_PROFILE,
    ROUTE_COUNT
};

struct route {
    enum route_kind kind;
    char meter[ROUTE_PART_MAX];         /* "" where the path names none */
    char register_name[ROUTE_PART_MAX]; /* OBIS code or short name of ROUTE_REGISTER */
};

/* Splits a raw path ("/api/v1/meters/1/registers/1-0%3A1.8.0"). Percent signs are decoded once, and
 * only to printable ASCII other than '/'. ERR_NOT_FOUND, or ERR_FORMAT if it is not a path. */
int route_parse(const char *path, struct route *route) MUST_USE;

/* Whether a Host header names this machine itself: localhost, 127.0.0.0/8 or [::1], with or without
 * a port. Everything else could be a page from elsewhere that rebound its name to us. */
bool route_host_is_loopback(const char *host);

/* "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; port 0 asks for any free one. ERR_FORMAT if it
 * reads otherwise; an address beyond loopback is parsed and left to the caller to refuse. */
int route_parse_listen(const char *text, struct sockaddr_storage *address) MUST_USE;
bool route_address_is_loopback(const struct sockaddr_storage *address);

#endif
