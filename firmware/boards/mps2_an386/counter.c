/* Instructions counted with the SysTick timer, which runs on the emulator's virtual time. */
#include "boards/mps2_an386/board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define SYST_CSR          REGISTER(0xE000E010u)
#define SYST_RVR          REGISTER(0xE000E014u)
#define SYST_CVR          REGISTER(0xE000E018u)
#define TICKS_MASK        0xFFFFFFu
#define TICK_NS           40 /* 25 MHz */
#define INSTRUCTION_NS    32 /* -icount shift=5: 2^5 ns each */

void board_counter_start(void)
{
    SYST_RVR = TICKS_MASK;
    SYST_CVR = 0;
    SYST_CSR = 5; /* on, no interrupt, processor clock */
    while (SYST_CVR == 0) {
    }
}

uint32_t board_counter_ticks(void)
{
    return SYST_CVR;
}

/* The timer counts down. */
uint64_t board_counter_instructions(uint32_t from, uint32_t to)
{
    return (uint64_t)((from - to) & TICKS_MASK) * TICK_NS / INSTRUCTION_NS;
}
