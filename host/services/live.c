#include "services/live.h"

int live_init(struct live *self, const struct live_config *config)
{
    *self = (struct live){.config = *config};
    const int err = model_configure(&self->setup, config->model, NULL);
    if (err < 0)
        return err;
    struct meter_config meter = self->setup.meter;
    meter.memory = self->circuit;
    return meter_init(&self->meter, &meter);
}

#define TREND_MS 1000

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
    const unsigned circuit = product->window.quantities.circuit;
    const int err = meter_apply_window(&self->meter, &product->window.quantities, 200000);
    if (err < 0)
        return err;
    self->window[circuit] = product->window;
    self->time_us = product->time_us;
    self->window_ms = now_ms;
    self->windows++;
    add_trend(self, &product->window.quantities, now_ms);
    return ERR_NONE;
}

int live_take(struct live *self, const struct product *product, uint64_t now_ms)
{
    switch (product->kind) {
    case PRODUCT_WINDOW:
        return take_window(self, product, now_ms);
    case PRODUCT_SLICE:
        return meter_apply_slice(&self->meter, &product->slice);
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
