/*
 * services/http.h: the page and /api/v1 over HTTP, on the caller's event loop.
 *
 * Owns: the daemon, its connections, the stream of events. Reads the meter, never changes it: GET
 * and HEAD only. Trusts nobody: connections, their memory, their headers and their patience are
 * bounded; the Host header must name this machine (a page from elsewhere may have rebound its name
 * to us); a strict content security policy goes with every answer.
 *
 * Called by: the event loop's owner. No thread of its own.
 */
#ifndef SERVICES_HTTP_H
#define SERVICES_HTTP_H

#include <sys/socket.h>
#include <uv.h>

#include "services/api.h"
#include "services/stream.h"

#define HTTP_CONNECTIONS_MAX     64
#define HTTP_CONNECTIONS_PER_IP  48
#define HTTP_CONNECTION_MEMORY   (32 * 1024) /* bytes; a request's line and headers must fit */
#define HTTP_IDLE_TIMEOUT_S      15
#define HTTP_REQUEST_TIMEOUT_MS  10000 /* for the headers, however slowly they drip */
#define HTTP_RESPONSE_TIMEOUT_MS 30000 /* for the answer, but not for the stream */
#define HTTP_SEND_BUFFER         (64 * 1024)

struct http_guard {
    int fd;               /* negative: free */
    uint64_t deadline_ms; /* on the loop's clock; 0: none */
};

struct http {
    uv_loop_t *loop;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_timer_t timer;
    uv_timer_t sweep;
    const struct live *live;
    struct http_guard guard[HTTP_CONNECTIONS_MAX];
    struct stream stream;
    char document[API_DOCUMENT_MAX];
};

/* Listens. ERR_IO if the address cannot be had (errno says why), ERR_RANGE if it is not loopback.
 */
int http_open(struct http *self, uv_loop_t *loop, const struct sockaddr_storage *address,
              const struct live *live) MUST_USE;

uint16_t http_port(const struct http *self); /* the one we got, if 0 was asked for */

/* Sends everybody the newest snapshot. */
int http_publish(struct http *self) MUST_USE;

/* Ends all connections; the loop must run once more to close the handles. */
void http_close(struct http *self);

#endif
