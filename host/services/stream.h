/*
 * services/stream.h: server-sent events: one snapshot a second, serialized once, shared by all.
 *
 * Owns: a fixed set of client places and of snapshots. A client that reads slowly finishes the
 * snapshot it has begun and then takes the newest: it skips, nothing queues up behind it. One that
 * does not read at all is closed by the daemon's time-out. There is one snapshot more than clients
 * and the newest together, so a free one is always found.
 *
 * Called by: the event loop, inside MHD_run() for the readers.
 */
#ifndef SERVICES_STREAM_H
#define SERVICES_STREAM_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stdint.h>

#include "services/live.h"

#define STREAM_CLIENTS_MAX  24
#define STREAM_SNAPSHOTS    (STREAM_CLIENTS_MAX + 2)
#define STREAM_SNAPSHOT_MAX (32 * 1024)
#define STREAM_RETRY_MS     2000 /* browsers come back after this */

struct stream_snapshot {
    uint64_t id;
    unsigned readers;
    size_t size;
    char data[STREAM_SNAPSHOT_MAX];
};

struct stream_client {
    struct stream *stream;
    struct MHD_Connection *connection;
    bool used;
    bool suspended;
    struct stream_snapshot *reading; /* NULL between snapshots */
    size_t offset;
    uint64_t seen; /* id of the last snapshot begun */
};

struct stream {
    struct stream_client client[STREAM_CLIENTS_MAX];
    struct stream_snapshot snapshot[STREAM_SNAPSHOTS];
    struct stream_snapshot *newest;
    uint64_t last_id;
    bool closing;
};

/* Ids continue from `first_id`, so that a restarted server does not repeat them. */
void stream_init(struct stream *self, uint64_t first_id);

/* Writes a snapshot and wakes everybody; the caller runs the daemon afterwards. ERR_SPACE if it
 * does not fit, which would be our bug. */
int stream_publish(struct stream *self, const struct live *live, uint64_t now_ms) MUST_USE;

/* A response that feeds one more client, or NULL if all places are taken. */
struct MHD_Response *stream_open(struct stream *self, struct MHD_Connection *connection) MUST_USE;

/* Lets every client end; the caller runs the daemon once and stops it. */
void stream_close(struct stream *self);

#endif
