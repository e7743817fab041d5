#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "services/live.h"
#include "services/measure.h"

#define SOURCE     "sim:grid,i=7,phi=20,duration=20,rate=3200"
#define SLOTS      4
#define FAST       1e6 /* follows a clock, so it never waits for a reader */
#define SLOW_NS    20000000
#define PATIENCE_S 120

/* What came out of one run of the thread. */
struct outcome {
    int64_t p_uj;
    uint64_t samples; /* covered by slices */
    unsigned windows, waves;
    uint64_t drops;
    enum measure_state state;
};

static void ignore_wake(void *ctx)
{
    (void)ctx;
}

static void count(struct outcome *outcome, const struct product *product)
{
    if (product->kind == PRODUCT_SLICE) {
        assert_int_equal(product->slice.start, outcome->samples);
        outcome->samples += product->slice.length;
        outcome->p_uj += product->slice.total.p_uj;
    } else if (product->kind == PRODUCT_STATE) {
        outcome->state = product->state.state;
    }
    outcome->windows += product->kind == PRODUCT_WINDOW;
    outcome->waves += product->kind == PRODUCT_WAVE;
}

/* Reads until the source is over, with a pause before each product. */
static void read_all(struct queue *queue, struct outcome *outcome, long pause_ns)
{
    const struct timespec pause = {.tv_nsec = pause_ns};
    const time_t until = time(NULL) + PATIENCE_S;
    while (outcome->state != MEASURE_ENDED) {
        assert_true(time(NULL) < until);
        nanosleep(&pause, NULL);
        const struct product *product = queue_peek(queue);
        if (!product)
            continue;
        count(outcome, product);
        queue_release(queue);
    }
}

static struct outcome run(double speed, long pause_ns)
{
    struct queue queue;
    char error[PRODUCT_TEXT_MAX] = "";
    struct outcome outcome = {.state = MEASURE_STARTING};
    struct measure *measure = calloc(1, sizeof *measure);
    void *memory = calloc(1, queue_memory(sizeof(struct product), SLOTS));
    const struct measure_config config = {.source = SOURCE,
                                          .model = model_find("SED302"),
                                          .speed = speed,
                                          .queue = &queue,
                                          .wake = ignore_wake};
    assert_non_null(measure);
    assert_int_equal(queue_init(&queue, memory, sizeof(struct product), SLOTS), ERR_NONE);
    if (measure_open(measure, &config, error, sizeof error) < 0)
        fail_msg("%s", error);
    assert_int_equal(measure_start(measure), ERR_NONE);
    read_all(&queue, &outcome, pause_ns);
    outcome.drops = queue_drops(&queue);
    assert_true(measure_close(measure));
    free(measure);
    free(memory);
    return outcome;
}

/* A reader that is too slow costs windows and pictures, but not one microjoule. */
static void test_energy_survives_a_full_queue(void **state)
{
    (void)state;
    const struct outcome patient = run(MEASURE_SPEED_MAX, 0);
    const struct outcome hasty = run(FAST, SLOW_NS);
    assert_int_equal(patient.drops, 0);
    assert_int_equal(patient.windows, 100);
    assert_true(hasty.drops > 10);
    assert_true(hasty.windows < patient.windows);
    assert_int_equal(hasty.samples, patient.samples);
    assert_int_equal(hasty.p_uj, patient.p_uj);
    assert_true(patient.p_uj > 3 * 230 * 7 * 18 * INT64_C(900000));
}

static void test_bad_sources_leave_nothing_open(void **state)
{
    (void)state;
    static const char *const bad[] = {"sim:nothing", "/nothing.cfg", "sim:grid,wiring=1p2w"};
    struct measure *measure = calloc(1, sizeof *measure);
    assert_non_null(measure);
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        char error[PRODUCT_TEXT_MAX] = "";
        const struct measure_config config = {
            .source = bad[k], .model = model_find("SED302"), .speed = 1, .wake = ignore_wake};
        assert_true(measure_open(measure, &config, error, sizeof error) < 0);
        assert_true(strlen(error) > 0);
        assert_null(strchr(error, '\n'));
    }
    free(measure);
}

/* Old is what has not come for a while, or will never come again. */
static void test_values_grow_old(void **state)
{
    (void)state;
    struct live *live = calloc(1, sizeof *live);
    struct product *product = calloc(1, sizeof *product);
    const struct live_config config = {.model = model_find("SED302"), .id = "1", .source = ""};
    assert_non_null(live);
    assert_non_null(product);
    assert_int_equal(live_init(live, &config), ERR_NONE);
    assert_string_equal(live_state_text(live, 1000), "starting");
    assert_true(live_is_old(live, 1000));
    product->kind = PRODUCT_WINDOW;
    product->window.quantities.elements = 3;
    product->window.quantities.lines = 3;
    assert_int_equal(live_take(live, product, 1000), ERR_NONE);
    assert_string_equal(live_state_text(live, 1000 + LIVE_OLD_MS), "live");
    assert_string_equal(live_state_text(live, 1001 + LIVE_OLD_MS), "stalled");
    product->kind = PRODUCT_STATE;
    product->state.state = MEASURE_ENDED;
    assert_int_equal(live_take(live, product, 1000), ERR_NONE);
    assert_string_equal(live_state_text(live, 1000), "ended");
    assert_true(live_is_old(live, 1000));
    product->kind = PRODUCT_WINDOW;
    product->window.quantities.circuit = 9;
    assert_int_equal(live_take(live, product, 1000), ERR_RANGE);
    assert_int_equal(live_close(live), ERR_NONE);
    free(live);
    free(product);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energy_survives_a_full_queue),
        cmocka_unit_test(test_bad_sources_leave_nothing_open),
        cmocka_unit_test(test_values_grow_old),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
