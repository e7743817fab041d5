/* What stdout and stderr are, and the one way an error is said (apps/command.h). */
#include "apps/command.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_MAX 1024

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

/* Bytes of a well-formed UTF-8 character at `text`; 0 if there is none. */
static int utf8_length(const unsigned char *text)
{
    const int length = text[0] < 0x80             ? 1
                       : (text[0] & 0xe0) == 0xc0 ? 2
                       : (text[0] & 0xf0) == 0xe0 ? 3
                       : (text[0] & 0xf8) == 0xf0 ? 4
                                                  : 0;
    for (int k = 1; k < length; k++) {
        if ((text[k] & 0xc0) != 0x80) {
            return 0;
        }
    }
    return length;
}

/* What a file says may end up in a message: no byte of it may steer a terminal or start a line. */
static void print_safely(const char *text, FILE *out)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        const int length = utf8_length(at);
        const bool plain = length > 1 || (length == 1 && *at >= ' ' && *at != 0x7f);
        if (plain) {
            fwrite(at, 1, (size_t)length, out);
        } else {
            fputc('?', out);
        }
        at += length > 0 ? length : 1;
    }
}

int fail(int status, const char *format, ...)
{
    char text[MESSAGE_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    fflush(stdout); /* results before the complaint, also when both go to one file */
    fputs("blondel: ", stderr);
    print_safely(text, stderr);
    fputc('\n', stderr);
    return status;
}
