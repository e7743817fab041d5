/*
 * boards/mps2_an386/board.h: what a program may ask of the emulated Cortex-M4F board.
 *
 * Owns: start-up (FPU on, data copied, faults lead to an exit status), the console and the exit
 * status through semihosting, and a count of instructions from the SysTick timer. The count is
 * exact only when the emulator runs with -icount shift=5; it is of instructions, never of cycles.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

#define BOARD_EXIT_FAULT 99 /* the exit status after a fault, a trap or an unexpected interrupt */

void board_write(const char *data, uint32_t size); /* to the emulator's standard output */
_Noreturn void board_exit(int status);

/* Starts the counter and gives its value; both differences must be under 20 million instructions.
 */
void board_counter_start(void);
uint32_t board_counter_ticks(void);
/* Instructions between two values of the counter. */
uint64_t board_counter_instructions(uint32_t from, uint32_t to);

#endif
