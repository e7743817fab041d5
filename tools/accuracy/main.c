/* Prints docs/accuracy.md: accuracy [--hour | MODEL]. Exit status 1 if a figure is not good enough.
 */
#include <stdio.h>
#include <string.h>

#include "accuracy.h"

static unsigned print_document(bool whole_day)
{
    printf(
        "# Accuracy\n\nProduced by `build/accuracy > docs/accuracy.md`. Truth is the closed "
        "form "
        "of the signals that\nthe simulator makes its samples of. Limits and ranges are those of "
        "the "
        "standards as far as we\ncould read them; check them against a bought copy before claiming "
        "conformity. For how to read a row:\nan intrinsic error is judged itself, a row with a "
        "*change* is judged by how far the error moves.\n\n");
    unsigned beyond = accuracy_engine(whole_day);
    printf(
        "\n## 2. The models\n\nEvery model that measures energy, in its first layout, at the test "
        "points "
        "of its classes: the energy\nof its slices over 8 s at 8 kHz, with the full scales of the "
        "model and an ideal 24-bit front end, so\nwhat is seen is what the meter's arithmetic "
        "adds. `build/accuracy MODEL` prints all points of one.\n\n");
    beyond += accuracy_models(NULL);
    printf(
        "\n## 3. Front ends\n\nActive power at PF 0.5 before and after `blondel calibrate` with no "
        "load and with In, 0.2 In and\n0.05 In at PF 0.5; measured at other loads, worst phase. A "
        "transformer's phase error comes from its\nmagnetising current and falls with the order, "
        "while the correction is a delay: what that leaves shows\nin the last column. So does the "
        "leak of a coil's integrator.\n\n");
    return beyond + accuracy_frontend();
}

int main(int argc, char **argv)
{
    bool hour = argc == 2 && strcmp(argv[1], "--hour") == 0;
    if (argc > 2 || (argc == 2 && !hour && argv[1][0] == '-')) {
        fputs("usage: accuracy [--hour | MODEL]\n", stderr);
        return 2;
    }
    unsigned beyond = argc == 2 && !hour ? accuracy_models(argv[1]) : print_document(!hour);
    if (beyond > 0) {
        fprintf(stderr, "accuracy: %u figures lie beyond what they should be\n", beyond);
    }
    return beyond > 0;
}
