#include "apps/nearest.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define WORD_MAX 63

static int min3(int a, int b, int c)
{
    int least = a < b ? a : b;
    return least < c ? least : c;
}

int nearest_distance(const char *a, const char *b)
{
    const size_t la = strlen(a), lb = strlen(b);
    if (la > WORD_MAX || lb > WORD_MAX) {
        return INT_MAX;
    }
    /* Three rows of the table of distances are enough: swapped neighbours look two rows back. */
    int rows[3][WORD_MAX + 1];
    for (size_t k = 0; k <= lb; k++) {
        rows[0][k] = (int)k;
    }
    for (size_t i = 1; i <= la; i++) {
        int *row = rows[i % 3], *above = rows[(i + 2) % 3], *above2 = rows[(i + 1) % 3];
        row[0] = (int)i;
        for (size_t j = 1; j <= lb; j++) {
            const int changed = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = min3(above[j] + 1, row[j - 1] + 1, changed);
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && above2[j - 2] + 1 < row[j]) {
                row[j] = above2[j - 2] + 1;
            }
        }
    }
    return rows[la % 3][lb];
}

struct nearest nearest_start(const char *typed)
{
    return (struct nearest){.typed = typed, .best = NULL, .distance = INT_MAX};
}

void nearest_offer(struct nearest *nearest, const char *word)
{
    const size_t typed = strlen(nearest->typed);
    const int allowed = strlen(word) < 6 ? 1 : (int)(strlen(word) / 3);
    int distance = nearest_distance(nearest->typed, word);
    if (typed >= 2 && strncmp(word, nearest->typed, typed) == 0) {
        distance = 1;
    }
    if (distance <= allowed && distance < nearest->distance) {
        nearest->best = word;
        nearest->distance = distance;
    }
}
