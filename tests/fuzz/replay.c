/* Runs a fuzz target without a fuzzer: every file of a corpus, whole, cut short and damaged. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX    (1 << 20)
#define CUTS_MAX     64  /* of one file */
#define DAMAGED_EACH 100 /* copies of one file */
#define NOISE_EACH   200 /* inputs without any file */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t seed = 1;
static uint64_t inputs;

static uint32_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* An exact allocation, so that a sanitizer sees a read behind the end. */
static void try_input(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy) {
        exit(2);
    }
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

static void try_damaged(uint8_t *data, size_t size)
{
    const unsigned changes = 1 + next_random() % 8;
    for (unsigned k = 0; k < changes && size > 0; k++) {
        data[next_random() % size] = (uint8_t)next_random();
    }
    try_input(data, size);
}

static void try_file(const char *path)
{
    static uint8_t original[INPUT_MAX], damaged[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        return;
    }
    const size_t size = fread(original, 1, sizeof(original), file);
    fclose(file);
    try_input(original, size);
    for (size_t k = 0; k < CUTS_MAX && k < size; k++) {
        try_input(original, k * size / (size < CUTS_MAX ? size : CUTS_MAX));
    }
    for (unsigned k = 0; k < DAMAGED_EACH; k++) {
        memcpy(damaged, original, size);
        try_damaged(damaged, size);
    }
}

static void try_noise(void)
{
    uint8_t noise[512];
    for (unsigned k = 0; k < NOISE_EACH; k++) {
        const size_t size = next_random() % sizeof(noise);
        for (size_t at = 0; at < size; at++) {
            noise[at] = (uint8_t)next_random();
        }
        try_input(noise, size);
    }
}

static void try_folder(const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries) {
        return;
    }
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        char path[4096];
        const int length = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && length > 0 && (size_t)length < sizeof(path)) {
            try_file(path);
        }
    }
    closedir(entries);
}

int main(int argc, char **argv)
{
    try_noise();
    for (int k = 1; k < argc; k++) {
        try_file(argv[k]);
        try_folder(argv[k]);
    }
    printf("%llu inputs\n", (unsigned long long)inputs);
    return 0;
}
