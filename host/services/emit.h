/*
 * services/emit.h: writes JSON into a buffer the caller owns; nothing else. (The prefix json_ is
 * that of the library that reads it.)
 *
 * Commas and colons are placed by the writer. A key is given with each member of an object and is
 * NULL inside an array. Numbers are locale-free, doubles carry the digits asked for, NaN and
 * infinities become null, because JSON has no word for them. A buffer that is too small stops the
 * writing and emit_done() says so; what was written up to there is not to be sent.
 */
#ifndef SERVICES_EMIT_H
#define SERVICES_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct emit {
    char *data;
    size_t size;
    size_t used;
    bool overflow;
    bool comma; /* the next value needs one before it */
};

void emit_init(struct emit *self, char *data, size_t size);

void emit_object(struct emit *self, const char *key);
void emit_object_end(struct emit *self);
void emit_array(struct emit *self, const char *key);
void emit_array_end(struct emit *self);

void emit_string(struct emit *self, const char *key, const char *value); /* NULL gives null */
void emit_int(struct emit *self, const char *key, int64_t value);
void emit_bool(struct emit *self, const char *key, bool value);
void emit_null(struct emit *self, const char *key);
void emit_real(struct emit *self, const char *key, double value); /* nine significant digits */
/* `decimals` places after the point, 0..9, trailing zeros dropped. */
void emit_fixed(struct emit *self, const char *key, double value, int decimals);

/* A value in thousandths as a decimal number, exactly, without a detour over double. */
void emit_milli(struct emit *self, const char *key, int64_t value);

/* Bytes written (a terminating NUL follows them), or ERR_SPACE. */
int64_t emit_done(struct emit *self) MUST_USE;

#endif
