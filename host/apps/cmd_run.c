/* blondel run MODEL: a live meter with its page and API, until Ctrl-C. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "apps/command.h"
#include "apps/run_source.h"
#include "apps/which_model.h"
#include "services/http.h"
#include "services/local_zone.h"
#include "services/measure.h"
#include "services/route.h"

#define LISTEN_DEFAULT "127.0.0.1:8080"
#define SERIAL_DEMO    "00000001"
#define QUEUE_SLOTS    64
#define DRAIN_MAX      QUEUE_SLOTS /* products a turn of the loop, so that readers get their turn */
#define PUBLISH_MS     1000
#define SPEED_LIMIT    1e6

/* Everything that runs, in one block taken at the start. */
struct app {
    uv_loop_t loop;
    uv_async_t async; /* the measurement thread has handed something over */
    uv_timer_t publish;
    uv_signal_t interrupt, terminate;
    struct queue queue;
    struct live live;
    struct measure measure;
    struct http http;
    struct calibration_file calibration;
    char id[ROUTE_PART_MAX];
};

struct run_options {
    const struct model *model; /* `wired`, once --layout is known */
    struct model wired;        /* the model in its table, whose only layout is the one asked for */
    const struct model_layout *layouts[2];
    struct sockaddr_storage address;
    const char *listen;
    const char *source;
    const char *calibration;
    const char *map;
    double speed;
    bool loop;
    char state[PATH_MAX];      /* file of the meter's memory; "" for none */
    char demo[RUN_SOURCE_MAX]; /* the default source, written out */
};

/* ---- the loop ---- */

static void wake_loop(void *ctx)
{
    (void)uv_async_send(&((struct app *)ctx)->async);
}

/* Takes at most so many products out of the queue. */
static void take_products(struct app *app, unsigned most)
{
    const struct product *product;
    unsigned taken = 0;
    while (taken++ < most && (product = queue_peek(&app->queue))) {
        const bool over = product->kind == PRODUCT_STATE && product->state.state == MEASURE_FAILED;
        if (over)
            (void)fail(1, "%s; the last values stay on the page", product->state.text);
        if (live_take(&app->live, product, uv_now(&app->loop)) < 0)
            app->live.refused++;
        queue_release(&app->queue);
    }
    if (live_store_news(&app->live))
        (void)fail(1, "%s", app->live.error);
    app->live.drops = queue_drops(&app->queue);
}

static void on_products(uv_async_t *async)
{
    struct app *app = async->data;
    take_products(app, DRAIN_MAX);
    if (queue_peek(&app->queue))
        (void)uv_async_send(&app->async);
}

static void on_publish(uv_timer_t *timer)
{
    struct app *app = timer->data;
    if (http_publish(&app->http) < 0)
        app->live.refused++;
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct app *app = signal->data;
    (void)number;
    if (uv_is_closing((uv_handle_t *)&app->publish))
        return;
    http_close(&app->http);
    uv_close((uv_handle_t *)&app->publish, NULL);
    uv_close((uv_handle_t *)&app->interrupt, NULL);
    uv_close((uv_handle_t *)&app->terminate, NULL);
}

static void start_handles(struct app *app)
{
    uv_unref((uv_handle_t *)&app->async); /* open until the thread that sends is gone */
    app->publish.data = app->interrupt.data = app->terminate.data = app;
    (void)uv_timer_init(&app->loop, &app->publish);
    (void)uv_timer_start(&app->publish, on_publish, 0, PUBLISH_MS);
    (void)uv_signal_init(&app->loop, &app->interrupt);
    (void)uv_signal_init(&app->loop, &app->terminate);
    (void)uv_signal_start(&app->interrupt, on_signal, SIGINT);
    (void)uv_signal_start(&app->terminate, on_signal, SIGTERM);
}

/* ---- start ---- */

static int open_queue(struct app *app)
{
    void *memory = calloc(1, queue_memory(sizeof(struct product), QUEUE_SLOTS));
    return memory ? queue_init(&app->queue, memory, sizeof(struct product), QUEUE_SLOTS)
                  : ERR_SPACE;
}

static int open_live(struct app *app, const struct run_options *options)
{
    struct live_config config = {
        .model = options->model,
        .id = app->id,
        .source = options->source,
        .speed = options->speed,
        .state = options->state[0] ? options->state : NULL,
    };
    local_zone(&config.zone, time(NULL));
    snprintf(app->id, sizeof app->id, "%s-" SERIAL_DEMO, options->model->name);
    return live_init(&app->live, &config);
}

static int open_measure(struct app *app, const struct run_options *options, char *error,
                        size_t error_size)
{
    const struct measure_config config = {
        .source = options->source,
        .map = options->map,
        .model = options->model,
        .speed = options->speed,
        .loop = options->loop,
        .calibration = options->calibration ? &app->calibration : NULL,
        .queue = &app->queue,
        .wake = wake_loop,
        .ctx = app,
    };
    return measure_open(&app->measure, &config, error, error_size);
}

static void announce(const struct app *app, const struct run_options *options)
{
    char host[64];
    const char *colon = strrchr(options->listen, ':');
    snprintf(host, sizeof host, "%.*s", (int)(colon - options->listen), options->listen);
    printf("%s runs on %s; its page is http://%s:%u (Ctrl-C ends it)\n", options->model->name,
           options->source, host, http_port(&app->http));
    fflush(stdout);
}

static int serve(struct app *app, const struct run_options *options)
{
    const int err = http_open(&app->http, &app->loop, &options->address, &app->live);
    if (err < 0)
        return fail(1, "cannot listen on %s: %s", options->listen, strerror(errno));
    if (measure_start(&app->measure) < 0) {
        http_close(&app->http);
        return fail(1, "cannot start the measurement thread: %s", strerror(errno));
    }
    start_handles(app);
    announce(app, options);
    (void)uv_run(&app->loop, UV_RUN_DEFAULT);
    return 0;
}

static void close_handle(uv_handle_t *handle, void *arg)
{
    (void)arg;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Whatever is still open closes, so that a start that failed half-way leaves nothing behind. */
static void close_loop(uv_loop_t *loop)
{
    uv_walk(loop, close_handle, NULL);
    (void)uv_run(loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(loop);
}

/* The meter's inputs are there: measure, and open the doors. */
static int run_measure(struct app *app, const struct run_options *options)
{
    char error[PRODUCT_TEXT_MAX];
    char reason[CALIBRATION_ERROR_MAX];
    if (options->calibration &&
        calibration_load(&app->calibration, options->calibration, reason) < 0)
        return fail(1, "%s", reason);
    if (open_measure(app, options, error, sizeof error) < 0)
        return fail(1, "%s", error);
    int status = serve(app, options);
    if (measure_close(&app->measure)) {
        take_products(app, UINT_MAX); /* what it has still handed over counts too */
        return status;
    }
    if (live_close(&app->live) < 0)
        status = fail(1, "%s", app->live.error);
    _Exit(status); /* a source that never answers must not keep the process */
}

/* The order of the calls is the architecture: meter, queue, loop, source and metrology, doors. */
static int run_app(struct app *app, const struct run_options *options)
{
    int status;
    app->async.data = app;
    const int got = open_live(app, options);
    if (got == ERR_UNSUPPORTED)
        return fail(1, "%s measures no energy; blondel models lists those that do",
                    options->model->name);
    if (got < 0)
        return fail(1, "%s", app->live.error);
    if (uv_loop_init(&app->loop) != 0) {
        (void)!live_close(&app->live); /* it has not run: there is nothing to keep */
        return fail(1, "cannot make an event loop: %s", strerror(errno));
    }
    if (open_queue(app) < 0 || uv_async_init(&app->loop, &app->async, on_products) != 0)
        status = fail(1, "not enough memory");
    else
        status = run_measure(app, options);
    close_loop(&app->loop);
    free(app->queue.memory);
    if (live_close(&app->live) < 0)
        status = fail(1, "%s", app->live.error);
    return status;
}

/* ---- the words of the person ---- */

static int parse_speed(const char *text, double *speed)
{
    char *end;
    if (!text) {
        *speed = 1;
        return ERR_NONE;
    }
    if (strcmp(text, "max") == 0) {
        *speed = MEASURE_SPEED_MAX;
        return ERR_NONE;
    }
    errno = 0;
    *speed = strtod(text, &end);
    const bool is_number = end != text && *end == '\0' && errno == 0 && isfinite(*speed);
    return is_number && *speed > 0 && *speed <= SPEED_LIMIT ? ERR_NONE : ERR_FORMAT;
}

/* All that follows knows one layout, the model's first: the one asked for is made that. */
static int choose_layout(struct run_options *options, const char *name)
{
    char names[512] = "";
    if (name && options->model->layouts) {
        options->layouts[0] = model_layout_find(options->model, name);
        for (size_t k = 0; options->model->layouts[k]; k++) {
            const size_t used = strlen(names);
            snprintf(names + used, sizeof names - used, "%s\"%s\"", used ? ", " : "",
                     options->model->layouts[k]->name);
        }
        if (!options->layouts[0])
            return fail(2, "--layout: \"%s\" is none of those of %s: %s", name,
                        options->model->name, names);
        options->wired = *options->model;
        options->wired.layouts = options->layouts;
        options->model = &options->wired;
    }
    run_source_default(options->model, options->demo);
    return 0;
}

/* One file per meter, named by model and serial number. */
static int choose_state(struct run_options *options, const char *folder)
{
    if (!folder)
        return 0;
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail(1, "--state: %s: %s", folder, strerror(errno));
    const int length = snprintf(options->state, sizeof options->state,
                                "%s/%s-" SERIAL_DEMO ".blondel", folder, options->model->name);
    return length < (int)sizeof options->state ? 0 : fail(2, "--state: the path is too long");
}

static int parse_options(const struct args *args, struct run_options *options)
{
    const char *listen = args_get(args, "http");
    const char *source = args_get(args, "source");
    options->listen = listen ? listen : LISTEN_DEFAULT;
    options->map = args_get(args, "map");
    options->loop = args_has(args, "loop");
    options->calibration = args_get(args, "calibration");
    options->model = which_model(args->positional[0]);
    if (!options->model)
        return 1;
    if (choose_layout(options, args_get(args, "layout")) != 0)
        return 2;
    options->source = source ? source : options->demo;
    if (route_parse_listen(options->listen, &options->address) < 0)
        return fail(2, "--http: \"%s\" is not an address and port; write 127.0.0.1:8080",
                    options->listen);
    if (!route_address_is_loopback(&options->address))
        return fail(2,
                    "--http: %s can be reached from other machines, and there is no login yet; "
                    "use a loopback address such as 127.0.0.1:8080",
                    options->listen);
    if (parse_speed(args_get(args, "speed"), &options->speed) < 0)
        return fail(2, "--speed: \"%s\" is not a factor; write 1 for real time, 60, or max",
                    args_get(args, "speed"));
    return choose_state(options, args_get(args, "state"));
}

static int run(const struct args *args)
{
    struct run_options options = {0};
    int status = parse_options(args, &options);
    if (status != 0)
        return status;
    struct app *app = calloc(1, sizeof *app);
    if (!app)
        return fail(1, "not enough memory");
    status = run_app(app, &options);
    free(app);
    return status;
}

static const struct option_row options[] = {
    {.name = "http", .value = "ADDR:PORT", .help = "listen here (default " LISTEN_DEFAULT ")"},
    {.name = "source",
     .value = "SPEC",
     .help = "what to measure (default: a simulated house, or a feeder)"},
    {.name = "layout", .value = "NAME", .help = "how it is wired (default: its first way)"},
    {.name = "map", .value = "U1=3,I1=7,..", .help = "which channel of the source is what"},
    {.name = "speed", .value = "N", .help = "times real time, or max (default 1)"},
    {.name = "state", .value = "DIR", .help = "keep the meter's memory there, and go on with it"},
    {.name = "loop", .help = "begin again when a recording ends"},
    {.name = "calibration", .value = "FILE", .help = "take out what blondel calibrate found"},
    {.name = NULL},
};

const struct command command_run = {
    .name = "run",
    .synopsis = "MODEL [options]",
    .summary = "run a live meter with its page and API",
    .examples = "  blondel run SED302\n"
                "  blondel run SED302 --source sim:house,seed=3 --speed 60\n"
                "  blondel run SM307 --layout 3P4W\n"
                "  blondel run SM307 --source recording.cfg --loop --http 127.0.0.1:8081\n",
    .positionals_min = 1,
    .positionals_max = 1,
    .options = options,
    .run = run,
};
