#include "apps/notes.h"

#include <stdarg.h>
#include <stdio.h>

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
