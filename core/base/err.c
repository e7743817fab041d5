#include "base/err.h"

const char *err_text(int err)
{
    static const char *const text[] = {
        "no error",     "bad argument",
        "out of range", "not enough space",
        "bad format",   "cut short",
        "unsupported",  "busy, try again",
        "wrong state",  "input or output failed",
        "not found",
    };
    int index = -err;
    if (index < 0 || index >= (int)(sizeof text / sizeof text[0])) {
        return "unknown error";
    }
    return text[index];
}
