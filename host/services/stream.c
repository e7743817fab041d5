#include "services/stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "services/api.h"

#define BLOCK_SIZE (16 * 1024)

void stream_init(struct stream *self, uint64_t first_id)
{
    memset(self, 0, sizeof *self);
    self->last_id = first_id;
}

static struct stream_snapshot *free_snapshot(struct stream *self)
{
    for (unsigned k = 0; k < STREAM_SNAPSHOTS; k++) {
        struct stream_snapshot *snapshot = &self->snapshot[k];
        if (snapshot->readers == 0 && snapshot != self->newest)
            return snapshot;
    }
    return NULL;
}

/* "id: 7\nretry: 2000\ndata: {...}\n\n"; JSON has no raw line feeds, so one data line is enough. */
static int write_snapshot(struct stream_snapshot *out, uint64_t id, const struct live *live,
                          uint64_t now_ms)
{
    struct emit json;
    const int head = snprintf(out->data, sizeof out->data, "id: %" PRIu64 "\nretry: %d\ndata: ", id,
                              STREAM_RETRY_MS);
    emit_init(&json, out->data + head, sizeof out->data - (size_t)head - 2);
    emit_object(&json, NULL);
    emit_array(&json, "meters");
    api_write_now(&json, live, now_ms);
    emit_array_end(&json);
    emit_object_end(&json);
    const int64_t size = emit_done(&json);
    if (size < 0)
        return (int)size;
    memcpy(out->data + head + size, "\n\n", 2);
    out->size = (size_t)head + (size_t)size + 2;
    out->id = id;
    return ERR_NONE;
}

static void wake_all(struct stream *self)
{
    for (unsigned k = 0; k < STREAM_CLIENTS_MAX; k++) {
        struct stream_client *client = &self->client[k];
        if (client->used && client->suspended) {
            client->suspended = false;
            MHD_resume_connection(client->connection);
        }
    }
}

int stream_publish(struct stream *self, const struct live *live, uint64_t now_ms)
{
    struct stream_snapshot *snapshot = free_snapshot(self);
    ASSERT(snapshot);
    const int err = write_snapshot(snapshot, self->last_id + 1, live, now_ms);
    if (err < 0)
        return err;
    self->last_id++;
    self->newest = snapshot;
    wake_all(self);
    return ERR_NONE;
}

static void leave_snapshot(struct stream_client *client)
{
    if (client->reading) {
        ASSERT(client->reading->readers > 0);
        client->reading->readers--;
        client->reading = NULL;
    }
}

static bool take_newest(struct stream_client *client)
{
    struct stream_snapshot *newest = client->stream->newest;
    if (!newest || newest->id == client->seen)
        return false;
    newest->readers++;
    client->reading = newest;
    client->seen = newest->id;
    client->offset = 0;
    return true;
}

static ssize_t read_stream(void *cls, uint64_t position, char *out, size_t max)
{
    struct stream_client *client = cls;
    (void)position;
    if (client->stream->closing)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (!client->reading && !take_newest(client)) {
        client->suspended = true;
        MHD_suspend_connection(client->connection);
        return 0;
    }
    const size_t rest = client->reading->size - client->offset;
    const size_t size = rest < max ? rest : max;
    memcpy(out, client->reading->data + client->offset, size);
    client->offset += size;
    if (client->offset == client->reading->size)
        leave_snapshot(client);
    return (ssize_t)size;
}

static void free_client(void *cls)
{
    struct stream_client *client = cls;
    leave_snapshot(client);
    client->used = false;
}

struct MHD_Response *stream_open(struct stream *self, struct MHD_Connection *connection)
{
    for (unsigned k = 0; k < STREAM_CLIENTS_MAX && !self->closing; k++) {
        struct stream_client *client = &self->client[k];
        if (client->used)
            continue;
        *client = (struct stream_client){.stream = self, .connection = connection, .used = true};
        struct MHD_Response *response = MHD_create_response_from_callback(
            MHD_SIZE_UNKNOWN, BLOCK_SIZE, read_stream, client, free_client);
        client->used = response != NULL;
        return response;
    }
    return NULL;
}

void stream_close(struct stream *self)
{
    self->closing = true;
    wake_all(self);
}
