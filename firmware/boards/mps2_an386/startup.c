/* Start-up of the emulated board: memory, FPU, vectors. */
#include <stdint.h>
#include <stdlib.h>

#include "boards/mps2_an386/board.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define CCR               REGISTER(0xE000ED14u)
#define CPACR             REGISTER(0xE000ED88u)

extern const uint32_t board_data_load[];
extern uint32_t board_data_start[], board_data_end[], board_bss_start[], board_bss_end[];
extern uint32_t board_stack_top[];

int main(void);
_Noreturn void board_reset(void);

/* Whatever was not expected ends the run with a status that no test takes for its own. */
static void board_fault(void)
{
    board_exit(BOARD_EXIT_FAULT);
}

_Noreturn void board_reset(void)
{
    const uint32_t *from = board_data_load;
    for (uint32_t *to = board_data_start; to < board_data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = board_bss_start; to < board_bss_end; to++) {
        *to = 0;
    }
    CCR |= 1u << 9;      /* stack aligned to 8 in handlers */
    CPACR |= 0xFu << 20; /* the FPU belongs to everybody */
    __asm volatile("dsb\n isb" ::: "memory");
    exit(main()); /* flushes what was printed */
}

typedef void (*handler)(void);

/* The first word is the stack, which is no function: hence two objects in one section. Only the
 * system's own exceptions can come: no program here enables an interrupt of a peripheral. */
__attribute__((section(".vectors.0"), used)) static uint32_t *const initial_stack = board_stack_top;
__attribute__((section(".vectors.1"), used)) static const handler vectors[15] = {
    board_reset, board_fault, board_fault, board_fault, board_fault,
    board_fault, board_fault, board_fault, board_fault, board_fault,
    board_fault, board_fault, board_fault, board_fault, board_fault,
};
