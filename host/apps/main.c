/* The `blondel` binary: picks a command from the table and runs it. */
#include <stdio.h>

int main(void)
{
    puts("blondel: an electricity meter in software");
    return 0;
}
