#include "services/http.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "services/assets.h"
#include "services/route.h"

#define SWEEP_PERIOD_MS 1000

/* ---- answers ---- */

static const char *const headers_of_all[][2] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
     "frame-ancestors 'none'; require-trusted-types-for 'script'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned status,
                                     struct MHD_Response *response, const char *type,
                                     const char *cache)
{
    if (!response)
        return MHD_NO;
    for (size_t k = 0; k < sizeof headers_of_all / sizeof headers_of_all[0]; k++)
        add(response, headers_of_all[k][0], headers_of_all[k][1]);
    add(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    add(response, MHD_HTTP_HEADER_CACHE_CONTROL, cache);
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        add(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    const enum MHD_Result queued = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result send_json(struct MHD_Connection *connection, unsigned status,
                                 struct emit *json)
{
    const int64_t size = emit_done(json);
    if (size < 0)
        return MHD_NO;
    return send_response(
        connection, status,
        MHD_create_response_from_buffer((size_t)size, json->data, MHD_RESPMEM_MUST_COPY),
        "application/json", "no-store");
}

static enum MHD_Result send_error(struct http *self, struct MHD_Connection *connection,
                                  unsigned status, const char *message)
{
    struct emit json;
    emit_init(&json, self->document, sizeof self->document);
    api_write_error(&json, status, message);
    return send_json(connection, status, &json);
}

static enum MHD_Result send_asset(struct http *self, struct MHD_Connection *connection,
                                  const char *path)
{
    const struct asset *asset = asset_find(path);
    if (!asset)
        return send_error(self, connection, MHD_HTTP_NOT_FOUND, "there is no such page");
    const char *known =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
    const bool same = known && strcmp(known, asset->etag) == 0;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        same ? 0 : asset->size, (void *)(uintptr_t)asset->data, MHD_RESPMEM_PERSISTENT);
    if (response)
        add(response, MHD_HTTP_HEADER_ETAG, asset->etag);
    return send_response(connection, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response,
                         asset->type, "no-cache");
}

static struct http_guard *guard_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void set_deadline(struct http *self, struct MHD_Connection *connection, uint64_t after_ms)
{
    struct http_guard *guard = guard_of(connection);
    if (guard)
        guard->deadline_ms = after_ms ? uv_now(self->loop) + after_ms : 0;
}

static enum MHD_Result send_stream(struct http *self, struct MHD_Connection *connection)
{
    struct MHD_Response *response = stream_open(&self->stream, connection);
    if (!response)
        return send_error(self, connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                          "too many are listening; try again later");
    set_deadline(self, connection, 0);
    return send_response(connection, MHD_HTTP_OK, response, "text/event-stream", "no-store");
}

static enum MHD_Result send_document(struct http *self, struct MHD_Connection *connection,
                                     const struct route *route)
{
    struct emit json;
    int err = ERR_NONE;
    emit_init(&json, self->document, sizeof self->document);
    switch (route->kind) {
    case ROUTE_INDEX:
        api_write_index(&json);
        break;
    case ROUTE_METERS:
        api_write_meters(&json, self->live);
        break;
    case ROUTE_METER:
        api_write_meter(&json, self->live);
        break;
    case ROUTE_NOW:
        api_write_now(&json, self->live, uv_now(self->loop));
        break;
    case ROUTE_REGISTERS:
        api_write_registers(&json, self->live);
        break;
    case ROUTE_REGISTER:
        err = api_write_register(&json, self->live, route->register_name);
        break;
    case ROUTE_HARMONICS:
        api_write_harmonics(&json, self->live);
        break;
    case ROUTE_WAVEFORM:
        api_write_waveform(&json, self->live);
        break;
    case ROUTE_EVENTS:
        api_write_events(&json, self->live);
        break;
    case ROUTE_PROFILE:
        api_write_profile(&json, self->live);
        break;
    case ROUTE_TREND:
        api_write_trend(&json, self->live);
        break;
    default:
        err = ERR_NOT_FOUND;
    }
    if (err < 0)
        return send_error(self, connection, MHD_HTTP_NOT_FOUND, "this meter has no such register");
    return send_json(connection, MHD_HTTP_OK, &json);
}

/* ---- requests ---- */

static bool has_body(struct MHD_Connection *connection)
{
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *coding =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    return coding || (length && strcmp(length, "0") != 0);
}

static bool is_read(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

static enum MHD_Result answer(struct http *self, struct MHD_Connection *connection,
                              const char *path, const char *method)
{
    struct route route;
    const char *host =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
    if (!host || !route_host_is_loopback(host))
        return send_error(self, connection, MHD_HTTP_MISDIRECTED_REQUEST,
                          "the Host header does not name this machine");
    if (!is_read(method))
        return send_error(self, connection, MHD_HTTP_METHOD_NOT_ALLOWED,
                          "only GET and HEAD: a reader changes nothing");
    if (has_body(connection))
        return send_error(self, connection, MHD_HTTP_BAD_REQUEST, "a read carries no body");
    const int err = route_parse(path, &route);
    if (err == ERR_FORMAT)
        return send_error(self, connection, MHD_HTTP_BAD_REQUEST, "this is not a path of the API");
    if (err < 0)
        return send_error(self, connection, MHD_HTTP_NOT_FOUND, "see /api/v1 for what there is");
    if (route.kind == ROUTE_ASSET)
        return send_asset(self, connection, path);
    if (route.meter[0] && strcmp(route.meter, self->live->config.id) != 0)
        return send_error(self, connection, MHD_HTTP_NOT_FOUND, "there is no such meter");
    return route.kind == ROUTE_STREAM ? send_stream(self, connection)
                                      : send_document(self, connection, &route);
}

/* MHD calls with the headers, then with each piece of a body, then for the answer. What will be
 * refused is refused at once, which also ends the connection; a read waits for its turn and keeps
 * it. */
static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload_data,
                                  size_t *upload_data_size, void **request)
{
    struct http *self = cls;
    (void)version;
    (void)upload_data;
    const bool is_first = *request == NULL;
    *request = self;
    if (!is_first && *upload_data_size > 0) {
        *upload_data_size = 0;
        return MHD_YES;
    }
    if (is_first && is_read(method) && !has_body(connection))
        return MHD_YES;
    set_deadline(self, connection, HTTP_RESPONSE_TIMEOUT_MS);
    return answer(self, connection, url, method);
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode code)
{
    (void)request;
    (void)code;
    set_deadline(cls, connection, HTTP_REQUEST_TIMEOUT_MS);
}

/* route_parse() decodes, once, and only what it knows; MHD would do it blindly. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

/* ---- connections ---- */

static void guard_connection(struct http *self, struct MHD_Connection *connection, void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    const int size = HTTP_SEND_BUFFER; /* a slow reader must show before the kernel hoards for it */
    if (!info)
        return;
    (void)setsockopt(info->connect_fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    for (unsigned k = 0; k < HTTP_CONNECTIONS_MAX; k++) {
        if (self->guard[k].fd >= 0)
            continue;
        self->guard[k].fd = info->connect_fd;
        self->guard[k].deadline_ms = uv_now(self->loop) + HTTP_REQUEST_TIMEOUT_MS;
        *context = &self->guard[k];
        return;
    }
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_guard *guard = *context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        guard_connection(cls, connection, context);
    else if (guard)
        guard->fd = -1;
}

/* Ends connections whose request or answer takes too long in all; MHD only sees idle ones. */
static void on_sweep(uv_timer_t *timer)
{
    struct http *self = timer->data;
    const uint64_t now_ms = uv_now(self->loop);
    for (unsigned k = 0; k < HTTP_CONNECTIONS_MAX; k++) {
        struct http_guard *guard = &self->guard[k];
        if (guard->fd >= 0 && guard->deadline_ms != 0 && now_ms >= guard->deadline_ms) {
            (void)shutdown(guard->fd, SHUT_RDWR);
            guard->deadline_ms = 0;
        }
    }
}

/* ---- the loop ---- */

static void on_timer(uv_timer_t *timer);

static void turn(struct http *self)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    (void)MHD_run(self->daemon);
    if (MHD_get_timeout(self->daemon, &wait_ms) == MHD_YES)
        (void)uv_timer_start(&self->timer, on_timer, wait_ms, 0);
    else
        (void)uv_timer_stop(&self->timer);
}

static void on_timer(uv_timer_t *timer)
{
    turn(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    turn(poll->data);
}

static void ignore_log(void *cls, const char *format, va_list list)
{
    (void)cls;
    (void)format;
    (void)list;
}

static struct MHD_Daemon *start_daemon(struct http *self, const struct sockaddr_storage *address)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
                           (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u);
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, self, MHD_OPTION_EXTERNAL_LOGGER, ignore_log, NULL,
        MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)HTTP_CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)HTTP_CONNECTIONS_PER_IP, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HTTP_CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)HTTP_IDLE_TIMEOUT_S, MHD_OPTION_NOTIFY_CONNECTION, on_connection, self,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, self, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        self, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
}

int http_open(struct http *self, uv_loop_t *loop, const struct sockaddr_storage *address,
              const struct live *live)
{
    memset(self, 0, sizeof *self);
    if (!route_address_is_loopback(address))
        return ERR_RANGE;
    for (unsigned k = 0; k < HTTP_CONNECTIONS_MAX; k++)
        self->guard[k].fd = -1;
    self->loop = loop;
    self->live = live;
    stream_init(&self->stream, (uint64_t)time(NULL) * 1000);
    self->daemon = start_daemon(self, address);
    if (!self->daemon)
        return ERR_IO;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (!info || uv_poll_init(loop, &self->poll, info->epoll_fd) != 0) {
        MHD_stop_daemon(self->daemon);
        return ERR_IO;
    }
    (void)uv_timer_init(loop, &self->timer);
    (void)uv_timer_init(loop, &self->sweep);
    self->poll.data = self->timer.data = self->sweep.data = self;
    (void)uv_poll_start(&self->poll, UV_READABLE, on_poll);
    (void)uv_timer_start(&self->sweep, on_sweep, SWEEP_PERIOD_MS, SWEEP_PERIOD_MS);
    turn(self);
    return ERR_NONE;
}

uint16_t http_port(const struct http *self)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(self->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}

int http_publish(struct http *self)
{
    const int err = stream_publish(&self->stream, self->live, uv_now(self->loop));
    if (err == ERR_NONE)
        turn(self);
    return err;
}

void http_close(struct http *self)
{
    stream_close(&self->stream);
    (void)MHD_run(self->daemon);
    uv_close((uv_handle_t *)&self->poll, NULL);
    uv_close((uv_handle_t *)&self->timer, NULL);
    uv_close((uv_handle_t *)&self->sweep, NULL);
    MHD_stop_daemon(self->daemon);
}
