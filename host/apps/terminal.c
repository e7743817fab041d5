/* What stdout and stderr are, and the one way an error is said (apps/command.h). */
#include "apps/command.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool terminal_stdout_is_tty(void)
{
    return isatty(STDOUT_FILENO) == 1;
}

bool terminal_stderr_is_tty(void)
{
    return isatty(STDERR_FILENO) == 1;
}

bool terminal_colour(void)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    const bool wanted = !no_color || no_color[0] == '\0';
    const bool able = term && term[0] != '\0' && strcmp(term, "dumb") != 0;
    return wanted && able && terminal_stdout_is_tty();
}

bool terminal_reader_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int fail(int status, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fflush(stdout); /* results before the complaint, also when both go to one file */
    fputs("blondel: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    return status;
}
