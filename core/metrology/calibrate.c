#include "metrology/calibrate.h"

#include <math.h>

#define GAIN_MAX_PPB  500000000.0
#define DELAY_MAX_NS  1000000.0
#define OFFSET_MAX    (SAMPLE_FULL_SCALE * 64.0) /* a quarter of full scale, Q8 */
#define MICRO_PER_ONE 1e6

/* Rounds into `*out`, or refuses what lies beyond +-limit or is no number. */
static int round_within(double value, double limit, int32_t *out)
{
    if (!(fabs(value) <= limit)) {
        return ERR_RANGE;
    }
    *out = (int32_t)lround(value);
    return 0;
}

int calibrate_offset(double mean_counts, bool invert, int32_t *offset)
{
    return round_within((invert ? -mean_counts : mean_counts) * 256, OFFSET_MAX, offset);
}

int calibrate_gain(int32_t before_ppb, double measured, double reference, int32_t *gain_ppb)
{
    double gain = (1 + before_ppb * 1e-9) * reference / measured;
    return round_within((gain - 1) * 1e9, GAIN_MAX_PPB, gain_ppb);
}

static double lead_ns(double lead_deg, double f_hz)
{
    return lead_deg / 360 / f_hz * 1e9;
}

int calibrate_delay(int32_t before_ns, double lead_deg, double f_hz, int32_t *delay_ns)
{
    return round_within(before_ns + lead_ns(lead_deg, f_hz), DELAY_MAX_NS, delay_ns);
}

double calibrate_lead(double reference_phi_deg, double p_w, double q1_var)
{
    double lead = reference_phi_deg - atan2(q1_var, p_w) * (180 / 3.14159265358979323846);
    lead = fmod(lead, 360);
    return lead > 180 ? lead - 360 : lead <= -180 ? lead + 360 : lead;
}

double calibrate_without_noise(double measured, double noise)
{
    double square = measured * measured - noise * noise;
    return square > 0 ? sqrt(square) : 0;
}

/* What is left at a load once the gain and delay of `channel` are in force. */
static int curve_point_set(const struct calibration *channel, const struct calibration *before,
                           const struct calibrate_point *load, struct curve_point *point)
{
    double reads =
        load->measured_a * (1 + channel->gain_ppb * 1e-9) / (1 + before->gain_ppb * 1e-9);
    double early = before->delay_ns + lead_ns(load->lead_deg, load->f_hz) - channel->delay_ns;
    int err = round_within((1 - load->reference_a / reads) * MICRO_PER_ONE, CALIBRATE_PPM_MAX,
                           &point->ratio_ppm);
    if (err == 0) {
        err = round_within(early, DELAY_MAX_NS, &point->delay_ns);
    }
    point->current_ua = (uint64_t)(load->reference_a * MICRO_PER_ONE + 0.5);
    return err;
}

int calibrate_current(struct calibration *channel, const struct calibrate_point *points,
                      unsigned count)
{
    struct calibration result = *channel;
    if (count < 1 || count > CALIBRATE_POINTS_MAX) {
        return ERR_RANGE;
    }
    const struct calibrate_point *main = &points[count - 1];
    int err =
        calibrate_gain(channel->gain_ppb, main->measured_a, main->reference_a, &result.gain_ppb);
    if (err == 0) {
        err = calibrate_delay(channel->delay_ns, main->lead_deg, main->f_hz, &result.delay_ns);
    }
    result.curve_points = count > 1 ? (uint8_t)count : 0;
    for (unsigned k = 0; k < result.curve_points && err == 0; k++) {
        err = curve_point_set(&result, channel, &points[k], &result.curve[k]);
        if (err == 0 && k > 0 && result.curve[k].current_ua <= result.curve[k - 1].current_ua) {
            err = ERR_RANGE;
        }
    }
    if (err == 0) {
        *channel = result;
    }
    return err;
}
