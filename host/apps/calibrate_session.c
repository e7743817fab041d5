#include "apps/calibrate_session.h"

#include "apps/measure_calibration.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define REVERSED_DEG 90.0
#define TINY_FACTOR  0.02

__attribute__((format(printf, 3, 4))) static int complain(struct calibrate_session *self, int err,
                                                          const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(self->error, sizeof self->error, format, list);
    va_end(list);
    return err;
}

static const struct metrology_circuit *circuit_of(const struct calibrate_session *self)
{
    return &self->setup.circuit[0];
}

unsigned calibrate_elements(const struct calibrate_session *self)
{
    return circuit_of(self)->elements;
}

const char *calibrate_label(const struct calibrate_session *self, unsigned element)
{
    return self->setup.about[0].label[element];
}

static void put_in_force(const struct calibration *from, struct metrology_channel *channel)
{
    channel->offset = from->offset;
    channel->gain_ppb = from->gain_ppb;
    channel->delay_ns = from->delay_ns;
    channel->curve = from->curve_points > 0 ? from->curve : NULL;
    channel->curve_points = from->curve_points;
}

static void corrections_start(struct calibrate_session *self)
{
    const struct metrology_config *config = &self->setup.config;
    for (unsigned k = 0; k < config->voltages; k++) {
        self->voltage[k] = (struct calibration){.gain_ppb = self->setup.voltage[k].gain_ppb,
                                                .delay_ns = self->setup.voltage[k].delay_ns};
    }
    for (unsigned k = 0; k < config->currents; k++) {
        self->current[k] = (struct calibration){.gain_ppb = self->setup.current[k].gain_ppb,
                                                .delay_ns = self->setup.current[k].delay_ns};
    }
}

static void corrections_apply(struct calibrate_session *self)
{
    for (unsigned k = 0; k < self->setup.config.voltages; k++) {
        put_in_force(&self->voltage[k], &self->setup.voltage[k]);
    }
    for (unsigned k = 0; k < self->setup.config.currents; k++) {
        put_in_force(&self->current[k], &self->setup.current[k]);
    }
}

static int read_steps(struct calibrate_session *self, bool after)
{
    for (unsigned s = 0; s < self->steps; s++) {
        struct calibrate_step *step = &self->step[s];
        struct reading *reading = after ? &step->after : &step->before;
        int err = reading_take(reading, &step->capture, &self->setup);
        if (err != 0) {
            return complain(self, err, "step %u: nothing can be measured there: %s", s + 1,
                            err == ERR_STATE ? "no whole window" : err_text(err));
        }
    }
    return 0;
}

static struct calibrate_step *no_load_step(struct calibrate_session *self)
{
    for (unsigned s = 0; s < self->steps; s++) {
        if (self->step[s].no_load) {
            return &self->step[s];
        }
    }
    return NULL;
}

static int find_offsets(struct calibrate_session *self)
{
    const struct calibrate_step *step = no_load_step(self);
    const struct metrology_config *config = &self->setup.config;
    if (step == NULL) {
        return 0;
    }
    int err = 0;
    for (unsigned k = 0; k < config->voltages && err == 0; k++) {
        const struct metrology_channel *channel = &self->setup.voltage[k];
        err = calibrate_offset(step->capture.mean[channel->input], channel->invert,
                               &self->voltage[k].offset);
    }
    for (unsigned k = 0; k < config->currents && err == 0; k++) {
        const struct metrology_channel *channel = &self->setup.current[k];
        err = calibrate_offset(step->capture.mean[channel->input], channel->invert,
                               &self->current[k].offset);
    }
    return err == 0 ? 0
                    : complain(self, err, "no load: an offset is beyond a quarter of full scale");
}

/* Mean over the points of what a voltage should be over what it shows. */
static int find_voltage_gain(struct calibrate_session *self, unsigned element)
{
    unsigned voltage = circuit_of(self)->element[element].u;
    double ratio = 0;
    unsigned count = 0;
    for (unsigned s = 0; s < self->steps; s++) {
        const struct calibrate_step *step = &self->step[s];
        if (!step->no_load && step->reference.u_v[element] > 0) {
            ratio += step->reference.u_v[element] / step->after.u_v[element];
            count++;
        }
    }
    if (count == 0) {
        return 0;
    }
    int32_t before = self->voltage[voltage].gain_ppb;
    if (calibrate_gain(before, 1, ratio / count, &self->voltage[voltage].gain_ppb) != 0) {
        return complain(self, ERR_RANGE, "%s: the voltage is %.3g times what the reference says",
                        calibrate_label(self, element), count / ratio);
    }
    return 0;
}

static int compare_points(const void *a, const void *b)
{
    const struct calibrate_point *left = a, *right = b;
    return (left->reference_a > right->reference_a) - (left->reference_a < right->reference_a);
}

/* The loads of one element, ascending; their number. */
static int gather_points(struct calibrate_session *self, unsigned element,
                         struct calibrate_point *points)
{
    const struct calibrate_step *quiet = no_load_step(self);
    double noise_a = quiet != NULL ? quiet->after.i_a[element] : 0;
    int count = 0;
    for (unsigned s = 0; s < self->steps; s++) {
        const struct calibrate_step *step = &self->step[s];
        const struct reading *reading = &step->after;
        if (step->no_load || step->reference.i_a[element] <= 0) {
            continue;
        }
        double lead = calibrate_lead(step->reference.phi_deg[element], reading->p1_w[element],
                                     reading->q1_var[element]);
        if (fabs(lead) > REVERSED_DEG) {
            return complain(
                self, ERR_RANGE,
                "%s: the current disagrees with the reference by %.0f degrees: the clamp is "
                "the wrong way round or on another phase; turn it or use --invert",
                calibrate_label(self, element), lead);
        }
        points[count++] = (struct calibrate_point){
            .measured_a = calibrate_without_noise(reading->i_a[element], noise_a),
            .reference_a = step->reference.i_a[element],
            .lead_deg = lead,
            .f_hz = reading->f_hz};
    }
    qsort(points, (size_t)count, sizeof *points, compare_points);
    return count;
}

static int find_current(struct calibrate_session *self, unsigned element)
{
    struct calibrate_point points[CALIBRATE_STEPS_MAX];
    struct calibration *current = &self->current[circuit_of(self)->element[element].i];
    int count = gather_points(self, element, points);
    if (count <= 0) {
        return count;
    }
    const struct calibrate_point *most = &points[count - 1];
    if (calibrate_current(current, points, (unsigned)count) != 0) {
        return complain(
            self, ERR_RANGE,
            "%s: %.4g A where the reference says %.4g A, %.1f degrees early: that is no "
            "error of a sensor but a wrong one, or a wrong reference",
            calibrate_label(self, element), most->measured_a, most->reference_a, most->lead_deg);
    }
    return 0;
}

/* The neutral has no voltage to go with: gain only, by the largest load that names it. */
static int find_neutral(struct calibrate_session *self)
{
    const struct calibrate_step *best = NULL;
    for (unsigned s = 0; s < self->steps; s++) {
        const struct calibrate_step *step = &self->step[s];
        if (!step->no_load && step->reference.neutral_a > 0 &&
            (best == NULL || step->reference.neutral_a > best->reference.neutral_a)) {
            best = step;
        }
    }
    if (best == NULL || self->setup.neutral_index < 0) {
        return 0;
    }
    struct calibration *current = &self->current[self->setup.neutral_index];
    int err = calibrate_gain(current->gain_ppb, best->after.neutral_a, best->reference.neutral_a,
                             &current->gain_ppb);
    return err == 0 ? 0 : complain(self, err, "IN: the reference cannot be right");
}

int calibrate_solve(struct calibrate_session *self)
{
    corrections_start(self);
    int err = read_steps(self, false);
    if (err == 0) {
        err = find_offsets(self);
    }
    corrections_apply(self);
    if (err == 0) {
        err = read_steps(self, true); /* with offsets only: what gain and phase are found from */
    }
    for (unsigned e = 0; e < calibrate_elements(self) && err == 0; e++) {
        err = find_voltage_gain(self, e);
        if (err == 0) {
            err = find_current(self, e);
        }
    }
    if (err == 0) {
        err = find_neutral(self);
    }
    corrections_apply(self);
    return err == 0 ? read_steps(self, true) : err;
}

static void result_add(struct calibration_file *file, const char *name, double full_scale,
                       const struct calibration *is)
{
    if (name[0] != '\0' && file->channels < CALIBRATION_CHANNELS_MAX) {
        struct calibration_channel *channel = &file->channel[file->channels++];
        snprintf(channel->name, sizeof channel->name, "%s", name);
        channel->full_scale = full_scale;
        channel->is = *is;
    }
}

void calibrate_result(const struct calibrate_session *self, struct calibration_file *file)
{
    char name[CALIBRATION_NAME_MAX];
    memset(file, 0, sizeof *file);
    file->nominal_hz = self->setup.config.nominal_mhz / 1000.0;
    for (unsigned k = 0; k < self->setup.config.voltages; k++) {
        measure_voltage_name(&self->setup, k, name);
        result_add(file, name, (double)self->setup.voltage[k].full_scale_u / 1e6,
                   &self->voltage[k]);
    }
    for (unsigned k = 0; k < self->setup.config.currents; k++) {
        measure_current_name(&self->setup, k, name);
        result_add(file, name, (double)self->setup.current[k].full_scale_u / 1e6,
                   &self->current[k]);
    }
}

struct calibrate_errors calibrate_errors_of(const struct reading *reading,
                                            const struct reference *reference, unsigned element)
{
    double u = reference->u_v[element], i = reference->i_a[element];
    double p = reference_power(reference, element), s = u * i;
    double lead = calibrate_lead(reference->phi_deg[element], reading->p1_w[element],
                                 reading->q1_var[element]);
    return (struct calibrate_errors){
        .u_percent = u > 0 ? (reading->u_v[element] / u - 1) * 100 : NAN,
        .i_percent = i > 0 ? (reading->i_a[element] / i - 1) * 100 : NAN,
        .phase_min = i > 0 ? lead * 60 : NAN,
        .p_percent =
            s > 0 ? (reading->p_w[element] - p) / (fabs(p) > TINY_FACTOR * s ? fabs(p) : s) * 100
                  : NAN};
}

void calibrate_session_free(struct calibrate_session *self)
{
    for (unsigned s = 0; s < self->steps; s++) {
        capture_free(&self->step[s].capture);
    }
    self->steps = 0;
}
