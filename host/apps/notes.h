/*
 * apps/notes.h: what a command wants to tell on stderr beside its results.
 *
 * Notes are held back until it is certain that the command works, because bad input deserves one
 * line and no story before it. After notes_release() they are printed as they come.
 */
#ifndef APPS_NOTES_H
#define APPS_NOTES_H

#include <stdbool.h>
#include <stddef.h>

#define NOTES_SIZE 16384

struct notes {
    bool quiet;
    bool released;
    size_t used;
    char text[NOTES_SIZE]; /* lines not yet printed; what does not fit is left out, whole lines */
};

void notes_add(struct notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));
void notes_release(struct notes *notes);

#endif
