/* The simulator against its own closed form, and the closed form against known answers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "metrology/samples.h"
#include "sources/simulator.h"

#define FRAMES_MAX 40000

static int32_t data[FRAMES_MAX * SIM_CHANNELS_MAX];

/* Sums over whole cycles of 24-bit samples: an independent way to the same figures. */
struct sums {
    unsigned channels;
    double rms[SIM_CHANNELS_MAX], mean[SIM_CHANNELS_MAX];
    double p[SIM_PHASES];
    double full_scale[SIM_CHANNELS_MAX];
};

static struct sim *open_spec(const char *spec)
{
    struct sim_config config;
    char error[256] = "";
    if (sim_config_parse(&config, spec, error, sizeof error) != 0) {
        fail_msg("%s: %s", spec, error);
    }
    struct sim *sim = sim_open(&config);
    assert_non_null(sim);
    return sim;
}

static void read_sums(struct sim *sim, unsigned frames, struct sums *sums)
{
    struct source_channel channel;
    memset(sums, 0, sizeof *sums);
    sums->channels = sim_channels(sim);
    assert_int_equal(sim_read(sim, data, frames), frames);
    for (unsigned k = 0; k < sums->channels; k++) {
        sim_channel_describe(sim, k, &channel);
        sums->full_scale[k] = channel.full_scale;
    }
    for (unsigned n = 0; n < frames; n++) {
        double x[SIM_CHANNELS_MAX];
        for (unsigned k = 0; k < sums->channels; k++) {
            x[k] = data[n * sums->channels + k] * sums->full_scale[k] / SAMPLE_FULL_SCALE;
            sums->rms[k] += x[k] * x[k] / frames;
            sums->mean[k] += x[k] / frames;
        }
        for (unsigned k = 0; k < SIM_PHASES && sums->channels == 7; k++) {
            sums->p[k] += x[k] * x[k + 3] / frames;
        }
    }
    for (unsigned k = 0; k < sums->channels; k++) {
        sums->rms[k] = sqrt(sums->rms[k]);
    }
}

static void assert_close(double value, double expected, double tolerance, const char *what)
{
    if (!(fabs(value - expected) <= tolerance)) {
        fail_msg("%s: %.9g, expected %.9g +- %g", what, value, expected, tolerance);
    }
}

/* Samples and truth of a spec agree over `frames` (a whole number of cycles). */
static void assert_spec_agrees(const char *spec, unsigned frames)
{
    struct sim *sim = open_spec(spec);
    struct sim_truth truth;
    struct sums sums;
    read_sums(sim, frames, &sums);
    sim_truth(sim, &truth);
    for (unsigned k = 0; k < SIM_PHASES; k++) {
        assert_close(sums.rms[k], truth.u[k], 1e-6 * truth.u[k] + 1e-6, spec);
        assert_close(sums.rms[k + 3], truth.i[k], 2e-6 * truth.i[k] + 1e-6, spec);
        assert_close(sums.p[k], truth.p[k], 2e-6 * truth.s[k] + 1e-6, spec);
    }
    sim_close(sim);
}

static void test_samples_carry_the_truth(void **state)
{
    (void)state;
    assert_spec_agrees("grid", 1600);
    assert_spec_agrees("grid,u=230,i=10,pf=0.5,i2=3,pf2=0.8lead,i3=7,phi3=170", 1600);
    assert_spec_agrees("grid,uh=3:5:30/5:10:0/40:2:90,ih=2:1:0/7:30:-40/63:5:10,pf=0.7,rate=12800",
                       2560);
    assert_spec_agrees("grid,u-dc=3,i-dc=-2,u-neg=2,u-zero=1,u-angle2=5", 1600);
    assert_spec_agrees("grid,p=1000,q=-500,p2=-2000,q2=300", 1600);
    assert_spec_agrees("grid,f=60,rate=12000", 2000);
    assert_spec_agrees("grid,wiring=3p4wd,u=120,f=60,rate=12000", 2000);
}

static void test_test_waveforms_have_their_known_powers(void **state)
{
    static const struct {
        const char *wave;
        double factor; /* of U I */
    } cases[] = {
        {"fifth", 1.04},
        {"half-wave", 0.5},
        {"phase-fired", 0.5},
        {"burst", 0.5},
        {"sine", 1},
        {"quadriform", 1 - 0.038 * 0.3 - 0.024 * 0.18 - 0.017 * 0.14 - 0.01 * 0.09 - 0.008 * 0.05},
        {"peaked", 1 - 0.038 * 0.3 - 0.024 * 0.18 - 0.017 * 0.14 - 0.01 * 0.09 - 0.008 * 0.05}};
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char spec[128];
        struct sums sums;
        snprintf(spec, sizeof spec, "grid,wave=%s,rate=12800,i=20", cases[k].wave);
        struct sim *sim = open_spec(spec);
        read_sums(sim, 10240, &sums); /* 40 cycles: ten bursts */
        for (unsigned phase = 0; phase < SIM_PHASES; phase++) {
            assert_close(sums.p[phase], 230 * 20 * cases[k].factor, 230 * 20 * 2e-6, spec);
        }
        sim_close(sim);
    }
}

/* The series of a phase-fired current converges to the wave it stands for. */
static void test_fired_series_is_the_fired_wave(void **state)
{
    (void)state;
    struct wave wave;
    wave_phase_fired(&wave, 10, 90, 63);
    assert_close(wave_rms(&wave), 10 / sqrt(2), 0.06, "rms to order 63");
    assert_close(wave_order_rms(&wave, 1), 10 * sqrt(0.25 + 1 / (M_PI * M_PI)), 1e-9,
                 "fundamental");
    wave_half_rectified(&wave, 10, 63);
    assert_close(wave_rms(&wave), 10 / sqrt(2), 1e-4, "half wave");
    assert_close(wave.re[0], 10 * sqrt(2) / M_PI, 1e-9, "direct component");
}

static void test_the_stream_does_not_depend_on_how_it_is_read(void **state)
{
    (void)state;
    static int32_t other[FRAMES_MAX * SIM_CHANNELS_MAX];
    static const char *const specs[] = {
        "house,seed=3,at=18:00",
        "grid,dip=0.1:0.05:40:12,u-noise=0.5,adc-noise=2,adc=16,f-walk=0.05",
        "grid,u-tone=175:2:30,f-step=0.3:51,wave=burst,duration=2"};
    for (size_t s = 0; s < 3; s++) {
        struct sim *a = open_spec(specs[s]), *b = open_spec(specs[s]);
        uint32_t whole = sim_read(a, data, 8000), parts = 0, chunk = 1;
        while (parts < 8000) {
            uint32_t got =
                sim_read(b, other + (size_t)parts * 7, chunk < 8000 - parts ? chunk : 8000 - parts);
            parts += got;
            chunk = chunk * 7 % 301 + 1;
        }
        assert_int_equal(whole, 8000);
        assert_memory_equal(data, other, sizeof *data * 8000 * 7);
        sim_close(a);
        sim_close(b);
    }
}

static void test_a_dip_begins_and_ends_on_its_sample(void **state)
{
    (void)state;
    struct sim *sim = open_spec("grid,dip=0.02:0.02:40:2");
    struct sums sums;
    struct sim_truth truth;
    read_sums(sim, 160, &sums);
    assert_close(sums.rms[1], 230, 1e-3, "before");
    read_sums(sim, 160, &sums);
    sim_truth(sim, &truth);
    assert_close(truth.u[1], 92, 1e-9, "truth in the dip");
    assert_close(sums.rms[1], 92, 1e-3, "in the dip");
    assert_close(sums.rms[0], 230, 1e-3, "the other phase");
    read_sums(sim, 160, &sums);
    assert_close(sums.rms[1], 230, 1e-3, "after");
    sim_close(sim);
}

static void test_the_duration_ends_the_stream(void **state)
{
    (void)state;
    struct sim *sim = open_spec("grid,duration=0.5");
    assert_int_equal(sim_read(sim, data, 5000), 4000);
    assert_int_equal(sim_read(sim, data, 5000), 0);
    sim_close(sim);
}

static void test_frequency_follows_its_steps_and_drift(void **state)
{
    (void)state;
    struct sim_truth truth;
    struct sim *sim = open_spec("grid,f=50,f-step=1:49.5/2:51,f-drift=0.1");
    (void)sim_read(sim, data, 4000);
    sim_truth(sim, &truth);
    assert_close(truth.f_hz, 50.05, 0.003, "drift");
    (void)sim_read(sim, data, 8000);
    sim_truth(sim, &truth);
    assert_close(truth.f_hz, 49.65, 0.003, "step and drift");
    sim_close(sim);
}

static void test_faults_do_what_they_say(void **state)
{
    (void)state;
    static const struct {
        const char *scene;
        double p[3]; /* in units of U I */
    } cases[] = {
        {"fault-reversed-ct:2,i=10", {1, -1, 1}},
        {"fault-swapped-voltages:2,i=10", {1, -0.5, -0.5}},
        {"fault-swapped-currents:1,i=10", {-0.5, -0.5, 1}},
        {"fault-rotated-currents,i=10", {-0.5, -0.5, -0.5}},
        {"fault-no-current:3,i=10", {1, 1, 0}},
        {"fault-loose-ct:1,i=10", {0.3, 1, 1}},
        {"fault-no-voltage:1,i=10", {0, 1, 1}},
        {"fault-ct-on-neutral:1,i=10", {0, 1, 1}},
        {"fault-neutral-swapped:1,i=10", {-1, 1.5, 1.5}},
        {"fault-no-neutral,i=10", {1, 1, 1}}, /* balanced: the star point stays */
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct sums sums;
        struct sim *sim = open_spec(cases[k].scene);
        read_sums(sim, 1600, &sums);
        for (unsigned phase = 0; phase < 3; phase++) {
            assert_close(sums.p[phase], 2300 * cases[k].p[phase], 0.02, cases[k].scene);
        }
        sim_close(sim);
    }
}

static void test_an_open_neutral_moves_the_star_point(void **state)
{
    (void)state;
    struct sums sums;
    struct sim *sim = open_spec("fault-no-neutral,i1=20,i2=5,i3=5");
    read_sums(sim, 1600, &sums);
    assert_close(sums.rms[6], 0, 1e-4, "neutral current");
    assert_close(sums.rms[0], 115, 0.01, "the loaded phase sags to half"); /* 230 (1 - 20-5 / 30) */
    assert_true(sums.rms[1] > 290 && sums.rms[2] > 290);
    sim_close(sim);
}

/* I4 is around a branch of one phase: half of a load, or the wire from the roof. */
static void test_a_fourth_clamp_sees_a_branch(void **state)
{
    (void)state;
    struct sums sums;
    struct sim *sim = open_spec("grid,aux=2,i2=8,ih=5:20:30,i-noise=0");
    read_sums(sim, 1600, &sums);
    assert_int_equal(sums.channels, 8);
    assert_close(sums.rms[7], sums.rms[4] / 2, 1e-5, "half of I2");
    sim_close(sim);
    for (unsigned hour = 0; hour <= 12; hour += 12) {
        char spec[64];
        snprintf(spec, sizeof spec, "house,at=%u:00,aux=1,pv=9", hour);
        sim = open_spec(spec);
        read_sums(sim, 1600, &sums);
        assert_true(hour == 0 ? sums.rms[7] < 1e-3 : sums.rms[7] > 1);
        sim_close(sim);
    }
    sim = open_spec("grid,wiring=1p2w,aux=1");
    assert_int_equal(sim_channels(sim), 3);
    sim_close(sim);
}

/* Split phase: the second voltage stands opposite the first, and nothing is on a third. */
static void test_a_house_has_the_voltages_of_its_wiring(void **state)
{
    (void)state;
    struct sim_truth truth;
    struct sim *sim = open_spec("house,wiring=1p3w,u=120,f=60,rate=12000");
    sim_truth(sim, &truth);
    const double apart =
        wave_order_angle_deg(&truth.u_wave[1], 1) - wave_order_angle_deg(&truth.u_wave[0], 1);
    assert_close(fabs(apart), 180, 5, "opposite");
    assert_true(truth.u[2] == 0 && truth.i[2] == 0);
    sim_close(sim);
}

static void test_the_house_lives(void **state)
{
    (void)state;
    struct sim_truth noon, night, again;
    struct sim *sim = open_spec("house,at=11:15,seed=1");
    sim_truth(sim, &noon);
    sim_close(sim);
    sim = open_spec("house,at=02:00,seed=1");
    sim_truth(sim, &night);
    sim_close(sim);
    sim = open_spec("house,at=02:00,seed=1");
    sim_truth(sim, &again);
    sim_close(sim);
    assert_true(noon.p_total < -500); /* the roof exports in June */
    assert_true(night.p_total > 100);
    assert_true(night.i_n > 0.1);
    assert_true(night.p_total == again.p_total);
}

/* A day: the roof feeds in at noon, the car charges at some time, the sums of truth add up. */
static void test_a_day_of_the_house_has_import_and_export(void **state)
{
    (void)state;
    double import_j[3], export_j[3], import_wh = 0, export_wh = 0;
    struct sim *sim = open_spec("house,at=00:00,rate=800,duration=86400");
    while (sim_read(sim, data, 20000) > 0) {
    }
    sim_energy(sim, import_j, export_j);
    for (unsigned k = 0; k < 3; k++) {
        import_wh += import_j[k] / 3600;
        export_wh += export_j[k] / 3600;
    }
    assert_true(import_wh > 5000 && import_wh < 100000);
    assert_true(export_wh > 5000 && export_wh < 70000);
    sim_close(sim);
}

static void test_bad_specs_are_named(void **state)
{
    static const struct {
        const char *spec, *words;
    } cases[] = {
        {"moon", "no such scene"},
        {"grid,foo=1", "no such key"},
        {"grid,u=abc", "not a number"},
        {"grid,u=230x", "not a number"},
        {"grid,adc=32", "outside 8..24"},
        {"grid,f=10", "outside"},
        {"grid,aux=4", "not a phase"},
        {"grid,wiring=1p2w,aux=2", "no phase 2"},
        {"grid,pf=2", "power factor"},
        {"grid,uh=5:10:0:7", "not a list"},
        {"grid,uh=5", "not a list"},
        {"grid,uh=1:10", "2..63"},
        {"grid,ih=63:5,rate=4000", "rate of at least 7000"},
        {"grid,u-tone=5000:2", "0.45 of the rate"},
        {"grid,dip=1:0.1:40:14", "digits"},
        {"grid,at=25:00", "time of day"},
        {"grid,at=12", "time of day"},
        {"grid,wave=square", "none of sine, fifth"},
        {"grid,ct=CTX-1", "no CT"},
        {"fault-nothing", "no fault"},
        {"fault-reversed-ct:4", "no fault"},
        {"grid,i4=3", "no such key"},
        {"grid,f1=50", "no such key"},
        {"grid,seed=nan", "not a number"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        struct sim_config config;
        char error[256] = "";
        int err = sim_config_parse(&config, cases[k].spec, error, sizeof error);
        if (err >= 0 || strstr(error, cases[k].words) == NULL || strchr(error, '\n') != NULL) {
            fail_msg("%s: %d \"%s\"", cases[k].spec, err, error);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_carry_the_truth),
        cmocka_unit_test(test_test_waveforms_have_their_known_powers),
        cmocka_unit_test(test_fired_series_is_the_fired_wave),
        cmocka_unit_test(test_the_stream_does_not_depend_on_how_it_is_read),
        cmocka_unit_test(test_a_dip_begins_and_ends_on_its_sample),
        cmocka_unit_test(test_the_duration_ends_the_stream),
        cmocka_unit_test(test_frequency_follows_its_steps_and_drift),
        cmocka_unit_test(test_faults_do_what_they_say),
        cmocka_unit_test(test_an_open_neutral_moves_the_star_point),
        cmocka_unit_test(test_a_fourth_clamp_sees_a_branch),
        cmocka_unit_test(test_a_house_has_the_voltages_of_its_wiring),
        cmocka_unit_test(test_the_house_lives),
        cmocka_unit_test(test_a_day_of_the_house_has_import_and_export),
        cmocka_unit_test(test_bad_specs_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
