#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "metrology/aggregate.h"

#define RATE_HZ 1000

static const struct quantity_row *row_of(const char *name)
{
    for (size_t r = 0; r < quantity_row_count; r++) {
        if (strcmp(quantity_rows[r].name, name) == 0) {
            return &quantity_rows[r];
        }
    }
    fail_msg("no quantity %s", name);
    return NULL;
}

static bool near(double a, double b)
{
    return fabs(a - b) < 1e-9 * fmax(1, fabs(b));
}

static struct quantities window_of(double u, double p)
{
    struct quantities q = {.elements = 1, .cycles = 10, .length = 200};
    for (size_t r = 0; r < quantity_row_count; r++) {
        double *first = (double *)(void *)((char *)&q + quantity_rows[r].offset);
        first[0] = NAN;
    }
    q.u[0] = u;
    q.p[0] = q.p1[0] = p;
    q.q1[0] = 0;
    q.s[0] = 1000;
    q.pf[0] = p / 1000;
    q.dpf[0] = 1;
    return q;
}

/* ---- means ---- */

static void test_how_each_row_is_averaged(void **state)
{
    (void)state;
    static const char *const squares[] = {"u",     "u1",  "i",          "i1",    "u_ll",
                                          "i_avg", "i_n", "i_computed", "u_pos", "i_zero"};
    static const char *const plain[] = {"u_dc",  "i_dc",       "p",       "q_total", "f",
                                        "thd_i", "u2_percent", "crest_u", "k_factor"};
    static const char *const angles[] = {"u_angle", "i_angle", "phi"};
    static const char *const quotients[] = {"pf", "dpf", "pf_total", "dpf_total"};
    for (size_t k = 0; k < sizeof squares / sizeof squares[0]; k++) {
        assert_int_equal(aggregate_averaging(row_of(squares[k])), AVERAGE_SQUARE);
    }
    for (size_t k = 0; k < sizeof plain / sizeof plain[0]; k++) {
        assert_int_equal(aggregate_averaging(row_of(plain[k])), AVERAGE_PLAIN);
    }
    for (size_t k = 0; k < sizeof angles / sizeof angles[0]; k++) {
        assert_int_equal(aggregate_averaging(row_of(angles[k])), AVERAGE_ANGLE);
    }
    for (size_t k = 0; k < sizeof quotients / sizeof quotients[0]; k++) {
        assert_int_equal(aggregate_averaging(row_of(quotients[k])), AVERAGE_QUOTIENT);
    }
}

static void test_means_and_extremes(void **state)
{
    (void)state;
    struct aggregate aggregate;
    struct quantities first = window_of(200, 500), second = window_of(250, -100), means;
    first.u_angle[0] = 170;
    second.u_angle[0] = -170;
    second.f = 50.1; /* unknown in the first */
    second.flags = FLAG_CLIPPED;
    second.element_flags[0] = FLAG_CLIPPED;
    aggregate_clear(&aggregate);
    aggregate_add(&aggregate, &first, 0, 3, 1);
    aggregate_add(&aggregate, &second, 3, 1, 0.5);
    aggregate_means(&aggregate, &means);
    assert_true(near(means.u[0], sqrt((3 * 200.0 * 200 + 250.0 * 250) / 4)));
    assert_true(near(means.p[0], (3 * 500 - 100) / 4.0));
    assert_true(near(means.pf[0], means.p[0] / 1000));
    assert_true(near(means.dpf[0], 1));
    assert_true(
        near(means.u_angle[0], 180 - atan(tan(10 / 57.29577951308232) / 2) * 57.29577951308232));
    assert_true(near(means.f, 50.1));
    assert_true(isnan(means.f_10s));
    assert_true(isnan(means.pf_total));
    assert_int_equal(means.cycles, 15);
    assert_int_equal(means.flags, FLAG_CLIPPED);
    assert_int_equal(means.element_flags[0], FLAG_CLIPPED);
    const struct aggregate_value *u = aggregate_value(&aggregate, row_of("u"), 0);
    assert_true(u->least == 200 && u->least_t_s == 0 && u->most == 250 && u->most_t_s == 3);
    assert_null(aggregate_value(&aggregate, row_of("f_10s"), 0));
    assert_true(aggregate_value(&aggregate, row_of("f"), 0)->weight_s == 1);
}

/* ---- intervals ---- */

struct seen {
    unsigned count;
    struct aggregate_interval interval[16];
    double most_t_s[16];
};

static void on_interval(void *ctx, const struct aggregate_interval *interval)
{
    struct seen *seen = ctx;
    assert_true(seen->count < 16);
    const struct aggregate_value *u = aggregate_value(interval->aggregate, row_of("u"), 0);
    seen->most_t_s[seen->count] = u ? u->most_t_s : -1;
    seen->interval[seen->count++] = *interval;
}

static void start(struct aggregator *aggregator, struct seen *seen, struct aggregator_config config)
{
    memset(seen, 0, sizeof *seen);
    config.rate_hz = RATE_HZ;
    config.ctx = seen;
    config.on_interval = on_interval;
    assert_int_equal(aggregator_init(aggregator, &config), ERR_NONE);
}

static void push(struct aggregator *aggregator, uint64_t at, uint32_t length, double u, double p)
{
    struct quantities q = window_of(u, p);
    q.start = at;
    q.length = length;
    aggregator_push(aggregator, &q);
}

static void test_five_windows_make_a_second(void **state)
{
    (void)state;
    struct aggregator aggregator;
    struct seen seen;
    start(&aggregator, &seen, (struct aggregator_config){.windows = 5});
    for (unsigned k = 0; k < 12; k++) {
        push(&aggregator, 200 * k, 200, k == 7 ? 240 : 230, 100.0 * k);
    }
    assert_int_equal(seen.count, 2);
    assert_true(seen.interval[0].whole && seen.interval[1].whole);
    assert_int_equal(seen.interval[1].start, 1000);
    assert_int_equal(seen.interval[1].length, 1000);
    assert_int_equal(seen.interval[1].means.cycles, 50);
    assert_true(near(seen.interval[0].means.p[0], 200));
    assert_true(near(seen.interval[1].means.p[0], 700));
    assert_true(near(seen.interval[1].means.u[0], sqrt((4 * 230.0 * 230 + 240.0 * 240) / 5)));
    assert_true(near(seen.most_t_s[1], 1.4));
    aggregator_finish(&aggregator);
    assert_int_equal(seen.count, 3);
    assert_false(seen.interval[2].whole);
    assert_int_equal(seen.interval[2].length, 400);
}

/* Windows of 0.21 s against a clock of 1 s: those on a boundary are shared. */
static void test_clock_shares_a_window(void **state)
{
    (void)state;
    struct aggregator aggregator;
    struct seen seen;
    start(&aggregator, &seen, (struct aggregator_config){.samples = 1000});
    double energy = 0, told = 0;
    for (unsigned k = 0; k < 50; k++) {
        push(&aggregator, 210 * k, 210, 230, 10.0 * k * k);
        energy += 10.0 * k * k * 210;
    }
    aggregator_finish(&aggregator);
    assert_int_equal(seen.count, 11);
    for (unsigned k = 0; k < seen.count; k++) {
        assert_int_equal(seen.interval[k].start, 1000 * k);
        assert_int_equal(seen.interval[k].length, k < 10 ? 1000 : 500);
        assert_int_equal(seen.interval[k].whole, k < 10);
        told += seen.interval[k].means.p[0] * (double)seen.interval[k].length;
    }
    assert_true(near(told, energy));
    assert_true(
        near(seen.interval[0].means.p[0], (10 * 210 + 40 * 210 + 90 * 210 + 160 * 160.0) / 1000));
}

static void test_clock_with_an_origin_and_a_gap(void **state)
{
    (void)state;
    struct aggregator aggregator;
    struct seen seen;
    start(&aggregator, &seen, (struct aggregator_config){.samples = 1000, .origin = 300});
    push(&aggregator, 0, 200, 230, 1);
    push(&aggregator, 200, 200, 230, 1);
    push(&aggregator, 400, 200, 230, 1);
    push(&aggregator, 3400, 200, 230, 5); /* the clock struck three times in between */
    aggregator_finish(&aggregator);
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.interval[0].start, 0);
    assert_int_equal(seen.interval[0].length, 300);
    assert_false(seen.interval[0].whole);
    assert_int_equal(seen.interval[1].start, 300);
    assert_int_equal(seen.interval[1].length, 300);
    assert_false(seen.interval[1].whole);
    assert_int_equal(seen.interval[2].start, 3300);
    assert_true(near(seen.interval[2].means.p[0], 5));
}

static void test_a_window_that_reaches_back_counts_once(void **state)
{
    (void)state;
    struct aggregator aggregator;
    struct seen seen;
    start(&aggregator, &seen, (struct aggregator_config){.samples = 10000});
    push(&aggregator, 0, 200, 230, 0);
    push(&aggregator, 100, 200, 230, 300); /* 100 of it are new */
    push(&aggregator, 150, 100, 230, 9e9); /* nothing is */
    aggregator_finish(&aggregator);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.interval[0].length, 300);
    assert_true(near(seen.interval[0].means.p[0], 100));
}

static void test_a_clock_faster_than_windows(void **state)
{
    (void)state;
    struct aggregator aggregator;
    struct seen seen;
    start(&aggregator, &seen, (struct aggregator_config){.samples = 50});
    push(&aggregator, 0, 200, 230, 7);
    assert_int_equal(seen.count, 4);
    assert_true(seen.interval[3].whole && near(seen.interval[3].means.p[0], 7));
}

static void test_what_is_refused(void **state)
{
    (void)state;
    struct aggregator aggregator;
    const struct aggregator_config good = {
        .rate_hz = 1000, .samples = 1000, .on_interval = on_interval};
    struct aggregator_config bad = good;
    assert_int_equal(aggregator_init(&aggregator, &good), ERR_NONE);
    bad.origin = 1000;
    assert_int_equal(aggregator_init(&aggregator, &bad), ERR_ARGUMENT);
    bad = good;
    bad.samples = 0;
    assert_int_equal(aggregator_init(&aggregator, &bad), ERR_ARGUMENT);
    bad = good;
    bad.rate_hz = NAN;
    assert_int_equal(aggregator_init(&aggregator, &bad), ERR_ARGUMENT);
    bad = good;
    bad.on_interval = NULL;
    assert_int_equal(aggregator_init(&aggregator, &bad), ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_how_each_row_is_averaged),
        cmocka_unit_test(test_means_and_extremes),
        cmocka_unit_test(test_five_windows_make_a_second),
        cmocka_unit_test(test_clock_shares_a_window),
        cmocka_unit_test(test_clock_with_an_origin_and_a_gap),
        cmocka_unit_test(test_a_window_that_reaches_back_counts_once),
        cmocka_unit_test(test_a_clock_faster_than_windows),
        cmocka_unit_test(test_what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
