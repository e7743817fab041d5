/* A broken assertion must end the run with a bad status: ctest expects this program to fail. */
#include "base/assert.h"

int main(void)
{
    volatile int one = 1;
    ASSERT(one == 2);
    return 0;
}
