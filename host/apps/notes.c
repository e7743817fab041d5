#include "apps/notes.h"

#include <stdarg.h>
#include <stdio.h>

/* Names come from files: no byte of them may steer a terminal or begin a line. */
static void make_printable(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f) {
            *text = '?';
        }
    }
}

void notes_add(struct notes *notes, const char *format, ...)
{
    const size_t room = NOTES_SIZE - notes->used;
    va_list list;
    va_start(list, format);
    const int length = vsnprintf(notes->text + notes->used, room, format, list);
    va_end(list);
    if (length < 0 || (size_t)length + 1 >= room) {
        notes->text[notes->used] = '\0';
        return;
    }
    make_printable(notes->text + notes->used);
    notes->used += (size_t)length;
    notes->text[notes->used++] = '\n';
    notes->text[notes->used] = '\0';
    if (notes->released) {
        notes_release(notes);
    }
}

void notes_release(struct notes *notes)
{
    notes->released = true;
    if (!notes->quiet && notes->used > 0) {
        fputs(notes->text, stderr);
    }
    notes->used = 0;
    notes->text[0] = '\0';
}
