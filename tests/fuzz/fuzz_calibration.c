/* A calibration file of any bytes; what is taken must print and read back the same. The first line,
 * as a reference, is tried as well. */
#include <stdlib.h>
#include <string.h>

#include "apps/calibrate_reference.h"
#include "services/calibration_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct calibration_file *file)
{
    static struct calibration_file again;
    char error[CALIBRATION_ERROR_MAX], *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    if (stream == NULL) {
        return;
    }
    calibration_print(file, stream);
    fclose(stream);
    if (calibration_parse(&again, "again", text, length, error) != 0 ||
        again.channels != file->channels) {
        abort();
    }
    for (unsigned k = 0; k < file->channels; k++) {
        const struct calibration *a = &file->channel[k].is, *b = &again.channel[k].is;
        if (a->offset != b->offset || a->gain_ppb != b->gain_ppb || a->delay_ns != b->delay_ns ||
            a->curve_points != b->curve_points) {
            abort();
        }
    }
    free(text);
}

static void try_reference(const uint8_t *data, size_t size)
{
    struct reference points[REFERENCE_POINTS_MAX];
    char line[256], error[REFERENCE_ERROR_MAX] = "";
    size_t length = size < sizeof line - 1 ? size : sizeof line - 1;
    memcpy(line, data, length);
    line[length] = '\0';
    int count = reference_parse(points, REFERENCE_POINTS_MAX, line, error);
    if (count == 0 || count > REFERENCE_POINTS_MAX || (count < 0 && error[0] == '\0')) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct calibration_file file;
    char error[CALIBRATION_ERROR_MAX] = "";
    int err = calibration_parse(&file, "fuzz", (const char *)data, size, error);
    if (err == 0) {
        check_round_trip(&file);
    } else if (error[0] == '\0') {
        abort();
    }
    try_reference(data, size);
    return 0;
}
