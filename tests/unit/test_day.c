/* A whole day through the metrology: what rounding does to energy when it has time to add up. */
#include "unit/signal.h"

/* 1601 cycles of 50.03125 Hz are exactly 51 200 samples at 1600 Hz: the day repeats them. */
#define RATE_HZ 1600
#define FRAMES  51200
#define F_HZ    50.03125
#if defined(BASE_NO_MULTIVERSION) || !defined(__x86_64__)
#define REPEATS 112 /* an hour: sanitizers and 32-bit machines are slow */
#else
#define REPEATS 2700
#endif

struct day {
    int64_t p_uj, q_uj, gap;
    uint64_t s_uj, next;
};

static void on_slice(void *ctx, const struct slice *slice)
{
    struct day *day = ctx;
    day->gap += slice->start != day->next;
    day->next = slice->start + slice->length;
    day->p_uj += slice->total.p_uj;
    day->q_uj += slice->total.q1_uj;
    day->s_uj += slice->total.s_uj;
}

static void test_a_day_is_right_to_a_tenth_of_a_ppm(void **state)
{
    (void)state;
    struct signal s;
    struct day day = {0};
    signal_wye(&s, RATE_HZ, F_HZ, FRAMES / (double)RATE_HZ, PI / 3);
    s.config.windows = false;
    s.config.spectrum = false;
    signal_config(&s, 6);
    s.config.on_window = NULL;
    s.config.on_half_cycle = NULL;
    s.config.on_slice = on_slice;
    s.config.ctx = &day;
    s.config.start_mhz = 50031;
    int32_t *data = signal_frames(&s, 6);
    int64_t size = metrology_memory(&s.config);
    void *memory = malloc((size_t)size);
    struct metrology *self = metrology_init(memory, (size_t)size, &s.config);
    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        signal_push(self, data, FRAMES, 6, FRAMES);
    }
    metrology_finish(self);
    double seconds = (double)REPEATS * FRAMES / RATE_HZ;
    assert_int_equal(day.gap, 0);
    assert_int_equal(day.next, (uint64_t)REPEATS * FRAMES);
    assert_near((double)day.p_uj * 1e-6 / (1725 * seconds), 1, 0.1e-6);
    assert_near((double)day.q_uj * 1e-6 / (3450 * sin(PI / 3) * seconds), 1, 0.1e-6);
    assert_near((double)day.s_uj * 1e-6 / (3450 * seconds), 1, 1e-6);
    free(memory);
    free(data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_day_is_right_to_a_tenth_of_a_ppm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
