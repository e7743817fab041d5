/* What newlib asks of a system, so that tests may print and allocate. The core needs none of it. */
#include <errno.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boards/mps2_an386/board.h"

extern char board_heap_start[], board_heap_end[];

/* newlib calls these by name and declares them nowhere. */
void *_sbrk(ptrdiff_t increment);
int _write(int file, const char *data, int size);
int _read(int file, char *data, int size);
int _close(int file);
int _fstat(int file, struct stat *status);
int _isatty(int file);
off_t _lseek(int file, off_t offset, int whence);
int _getpid(void);
int _kill(int process, int signal);
_Noreturn void _exit(int status);

void *_sbrk(ptrdiff_t increment)
{
    static char *end = board_heap_start;
    if (increment > board_heap_end - end) {
        errno = ENOMEM;
        return (void *)-1;
    }
    char *start = end;
    end += increment;
    return start;
}

int _write(int file, const char *data, int size)
{
    (void)file;
    board_write(data, (uint32_t)size);
    return size;
}

int _read(int file, char *data, int size)
{
    (void)file;
    (void)data;
    (void)size;
    return 0;
}

int _close(int file)
{
    (void)file;
    return 0;
}

int _fstat(int file, struct stat *status)
{
    (void)file;
    status->st_mode = S_IFCHR;
    return 0;
}

int _isatty(int file)
{
    return file <= STDERR_FILENO;
}

off_t _lseek(int file, off_t offset, int whence)
{
    (void)file;
    (void)whence;
    return offset;
}

int _getpid(void)
{
    return 1;
}

int _kill(int process, int signal)
{
    (void)process;
    board_exit(signal);
}

_Noreturn void _exit(int status)
{
    board_exit(status);
}
