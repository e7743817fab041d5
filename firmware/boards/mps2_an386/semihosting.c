/* Semihosting: calls that the emulator answers on behalf of the board. */
#include <stddef.h>
#include <stdint.h>

#include "boards/mps2_an386/board.h"

enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_EXIT_EXTENDED = 0x20 };

#define OPEN_MODE_WRITE          4
#define STOPPED_APPLICATION_EXIT 0x20026u

static int32_t call(uint32_t operation, const void *argument)
{
    register uint32_t r0 __asm("r0") = operation;
    register const void *r1 __asm("r1") = argument;
    __asm volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return (int32_t)r0;
}

static uint32_t console(void)
{
    static const char name[] = ":tt";
    static int32_t handle = -1;
    if (handle < 0) {
        const uint32_t open[3] = {(uintptr_t)name, OPEN_MODE_WRITE, sizeof(name) - 1};
        handle = call(SYS_OPEN, open);
    }
    return (uint32_t)handle;
}

void board_write(const char *data, uint32_t size)
{
    const uint32_t write[3] = {console(), (uintptr_t)data, size};
    call(SYS_WRITE, write);
}

_Noreturn void board_exit(int status)
{
    const uint32_t stop[2] = {STOPPED_APPLICATION_EXIT, (uint32_t)status};
    call(SYS_EXIT_EXTENDED, stop);
    for (;;) {
    }
}
