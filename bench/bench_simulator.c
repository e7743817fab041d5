/* How many frames a second the simulator makes on one core, 3 voltages and 4 currents. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sources/simulator.h"

#define FRAMES 2000000
#define CHUNK  4096
#define ROUNDS 3

static int32_t data[CHUNK * SIM_CHANNELS_MAX];

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The best of a few rounds: the machine is shared. */
static double frames_per_second(const char *spec)
{
    struct sim_config config;
    char error[256];
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct sim *sim =
            sim_config_parse(&config, spec, error, sizeof error) == 0 ? sim_open(&config) : NULL;
        if (sim == NULL) {
            exit(1);
        }
        double start = now_s();
        for (int done = 0; done < FRAMES; done += CHUNK) {
            (void)sim_read(sim, data, CHUNK);
        }
        double rate = FRAMES / (now_s() - start);
        best = rate > best ? rate : best;
        sim_close(sim);
    }
    return best;
}

int main(void)
{
    printf("simulate_grid %.2f Mframes/s\n", frames_per_second("grid,i=10,pf=0.5") / 1e6);
    printf("simulate_harmonics %.2f Mframes/s\n",
           frames_per_second("grid,wave=quadriform,i=10") / 1e6);
    printf("simulate_house %.2f Mframes/s\n", frames_per_second("house,seed=1,at=12:00") / 1e6);
    return 0;
}
