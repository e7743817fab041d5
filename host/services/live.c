#include "services/live.h"

#include <stdio.h>

#define TREND_MS  1000
#define WINDOW_US 200000 /* of a window of 10 or 12 cycles, while the rate is unknown */

/* ---- life ---- */

static const char *store_reason(const struct live *self, int err)
{
    return self->vault.file.disk.error[0] ? self->vault.file.disk.error : err_text(err);
}

static int open_device(struct live *self)
{
    const struct device_config config = {
        .meter = self->setup.meter,
        .memory = self->device_circuit,
        .block = &self->vault.device,
        .store_memory = self->vault.store_memory,
        .store_memory_size = sizeof self->vault.store_memory,
    };
    const int got = device_init(&self->device, &config);
    if (got == ERR_UNSUPPORTED)
        snprintf(self->error, sizeof self->error,
                 "%s: is the memory of another model, layout or version of the program",
                 self->config.state ? self->config.state : "memory");
    else if (got < 0)
        snprintf(self->error, sizeof self->error, "%s: cannot be read as a meter's memory: %s",
                 self->config.state ? self->config.state : "memory", err_text(got));
    return got;
}

int live_init(struct live *self, const struct live_config *config)
{
    *self = (struct live){.config = *config};
    int err = model_configure(&self->setup, config->model, NULL);
    if (err < 0)
        return err;
    struct meter_config *meter = &self->setup.meter;
    meter->memory = self->circuit;
    meter->scratch = self->scratch;
    meter->scratch_size = sizeof self->scratch;
    meter->serial = config->id;
    meter->version = BLONDEL_VERSION;
    meter->commit_s = LIVE_COMMIT_S;
    meter->clock.zone = config->zone;
    meter->clock.backup_s = LIVE_BACKUP_S;
    err = vault_open(&self->vault, config->state, meter);
    if (err < 0) {
        snprintf(self->error, sizeof self->error, "%s", self->vault.file.disk.error);
        vault_close(&self->vault);
        return err == ERR_UNSUPPORTED ? ERR_STATE : err;
    }
    err = open_device(self);
    if (err < 0)
        vault_close(&self->vault);
    return err == ERR_UNSUPPORTED ? ERR_FORMAT : err;
}

int live_close(struct live *self)
{
    const int err = device_power_fail(&self->device, self->device.now_us);
    if (err < 0)
        snprintf(self->error, sizeof self->error, "%s", store_reason(self, err));
    vault_close(&self->vault);
    return err;
}

bool live_store_news(struct live *self)
{
    const int err = self->device.meter.store_error;
    if (self->damage > 0) {
        snprintf(self->error, sizeof self->error,
                 "%s: damaged, %u of its commits are lost; the meter goes on",
                 self->config.state ? self->config.state : "memory", self->damage);
        self->damage = 0;
        return true;
    }
    if ((err < 0) == self->store_failed)
        return false;
    self->store_failed = err < 0;
    if (err < 0)
        snprintf(self->error, sizeof self->error, "%s; the meter measures on and tries again",
                 store_reason(self, err));
    else
        snprintf(self->error, sizeof self->error, "the meter's memory works again");
    return true;
}

/* The first product tells the time: the meter gets power, and the host's time. */
static void start(struct live *self, int64_t time_us)
{
    const char *reason;
    const int64_t kept_us = clock_utc(&self->device.meter.clock, time_us);
    const bool is_new = !self->device.meter.clock.is_off;
    const int64_t off_us = is_new || time_us < kept_us ? -1 : time_us - kept_us;
    if (self->device.is_damaged)
        self->damage = self->device.storage.health.corrupt_frames;
    device_power_up(&self->device, time_us, off_us);
    /* A recording from before 2000 is measured too; its meter's clock stays invalid. */
    (void)!meter_synchronise(&self->device.meter, time_us, &reason);
}

/* ---- products ---- */

static void add_trend(struct live *self, const struct quantities *window, uint64_t now_ms)
{
    struct live_trend *trend = &self->trend;
    if (window->circuit != 0 || (trend->used && now_ms - trend->last_ms < TREND_MS))
        return;
    struct live_point *point = &trend->point[trend->next];
    point->time_us = self->time_us;
    point->p_total_w = (float)window->p_total;
    for (unsigned e = 0; e < ELEMENTS_MAX; e++)
        point->p_w[e] = (float)window->p[e];
    trend->next = (trend->next + 1) % LIVE_TREND;
    trend->used += trend->used < LIVE_TREND ? 1 : 0;
    trend->last_ms = now_ms;
}

static int take_window(struct live *self, const struct product *product, uint64_t now_ms)
{
    const struct quantities *window = &product->window.quantities;
    const unsigned circuit = window->circuit;
    const double rate_hz = self->state.rate_hz;
    const int64_t duration_us = rate_hz > 0 ? (int64_t)(window->length * 1e6 / rate_hz) : WINDOW_US;
    const int err = device_window(&self->device, window, duration_us);
    if (err < 0)
        return err;
    self->window[circuit] = product->window;
    self->time_us = product->time_us;
    self->window_ms = now_ms;
    self->windows++;
    add_trend(self, window, now_ms);
    return ERR_NONE;
}

int live_take(struct live *self, const struct product *product, uint64_t now_ms)
{
    if (!self->device.is_on)
        start(self, product->time_us);
    switch (product->kind) {
    case PRODUCT_WINDOW:
        return take_window(self, product, now_ms);
    case PRODUCT_SLICE:
        return device_slice(&self->device, &product->slice, product->time_us);
    case PRODUCT_WAVE:
        self->wave = product->wave;
        return ERR_NONE;
    case PRODUCT_STATE:
        self->state = product->state;
        return ERR_NONE;
    }
    return ERR_ARGUMENT;
}

bool live_is_old(const struct live *self, uint64_t now_ms)
{
    return self->window_ms == 0 || self->state.state == MEASURE_ENDED ||
           self->state.state == MEASURE_FAILED || now_ms - self->window_ms > LIVE_OLD_MS;
}

const char *live_state_text(const struct live *self, uint64_t now_ms)
{
    if (self->state.state == MEASURE_ENDED)
        return "ended";
    if (self->state.state == MEASURE_FAILED)
        return "failed";
    if (self->window_ms == 0)
        return "starting";
    return live_is_old(self, now_ms) ? "stalled" : "live";
}
