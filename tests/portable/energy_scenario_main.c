/* Prints the energies of the portable scenario; the outputs of all machines are compared. */
#include <stdint.h>
#include <stdio.h>

#include "portable/energy_scenario.h"

#define MEMORY_SIZE (1024 * 1024)

static void print_line(const char *text)
{
    puts(text);
}

int main(void)
{
    static uint64_t memory[MEMORY_SIZE / sizeof(uint64_t)];
    const int err = energy_scenario_run(memory, sizeof(memory), print_line);
    if (err < 0) {
        printf("cannot run: error %d\n", err);
    }
    return err < 0;
}
