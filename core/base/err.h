/*
 * base/err.h: the one list of errors of the core.
 *
 * Every fallible function returns an `enum err` or an int that is negative for an error and a
 * count otherwise. Errors travel up unchanged; only programs in host/apps turn them into
 * sentences. Assertions (base/assert.h) are for our own bugs, never for input.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_USE __attribute__((warn_unused_result))

enum err {
    ERR_NONE = 0,
    ERR_ARGUMENT = -1,    /* a parameter that no caller should pass */
    ERR_RANGE = -2,       /* a value outside what is declared */
    ERR_SPACE = -3,       /* a buffer the caller gave is too small */
    ERR_FORMAT = -4,      /* bytes that do not follow their format */
    ERR_TRUNCATED = -5,   /* the input ends before the format says it does */
    ERR_UNSUPPORTED = -6, /* well formed, but not something we do */
    ERR_BUSY = -7,        /* try again after the next event */
    ERR_STATE = -8,       /* not now: the object is in the wrong state */
    ERR_IO = -9,          /* the world outside failed */
    ERR_NOT_FOUND = -10,  /* no such name, code or index */
};

/* A short lower-case phrase for people; never NULL, whatever the value. */
const char *err_text(int err);

#endif
