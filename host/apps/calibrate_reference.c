#include "apps/calibrate_reference.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_MAX 64
#define DEGREE   (M_PI / 180)

/* One point being read: p and q are kept apart until the voltage is known. */
struct reader {
    double p_w[ELEMENTS_MAX], q_var[ELEMENTS_MAX]; /* NaN: not said */
    struct reference *point;
    char *error;
};

static int reject(const struct reader *reader, const char *word, const char *reason)
{
    snprintf(reader->error, REFERENCE_ERROR_MAX, "reference: \"%.60s\": %s", word, reason);
    return ERR_FORMAT;
}

/* "0.5", "0.5lag", "0.8lead". */
static bool read_pf(const char *text, double *phi_deg)
{
    char *end;
    double pf = strtod(text, &end);
    bool leads = strcasecmp(end, "lead") == 0 || strcasecmp(end, "cap") == 0;
    bool lags = *end == '\0' || strcasecmp(end, "lag") == 0 || strcasecmp(end, "ind") == 0;
    if (end == text || !(pf >= -1 && pf <= 1) || (!leads && !lags)) {
        return false;
    }
    *phi_deg = acos(pf) / DEGREE * (leads ? -1 : 1);
    return true;
}

static bool read_number(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value) && fabs(*value) < 1e12;
}

static double *place(struct reader *reader, const char *key, unsigned element)
{
    const struct {
        const char *key;
        double *value;
    } places[] = {
        {"u", reader->point->u_v},      {"i", reader->point->i_a}, {"phi", reader->point->phi_deg},
        {"pf", reader->point->phi_deg}, {"p", reader->p_w},        {"q", reader->q_var}};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
        if (strcasecmp(places[k].key, key) == 0) {
            return &places[k].value[element];
        }
    }
    return NULL;
}

static int read_pair(struct reader *reader, char *word)
{
    char *equals = strchr(word, '=');
    if (equals == NULL || equals == word) {
        return reject(reader, word, "write u=230,i=5,pf=0.5");
    }
    *equals = '\0';
    char *last = equals - 1;
    unsigned first = 0, count = ELEMENTS_MAX;
    if (*last >= '1' && *last <= '4') {
        first = (unsigned)(*last - '1');
        count = 1;
        *last = '\0';
    }
    double value = 0;
    bool factor = strcasecmp(word, "pf") == 0;
    if (!(factor ? read_pf(equals + 1, &value) : read_number(equals + 1, &value))) {
        return reject(reader, equals + 1, factor ? "is no power factor" : "is not a number");
    }
    if (strcasecmp(word, "in") == 0 && count > 1) {
        reader->point->neutral_a = value;
        return value >= 0 ? 0 : reject(reader, equals + 1, "is no r.m.s. value");
    }
    for (unsigned e = first; e < first + count; e++) {
        double *to = place(reader, word, e);
        if (to == NULL) {
            return reject(reader, word, "is none of u, i, pf, phi, p, q, in");
        }
        *to = value;
    }
    bool magnitude = strcasecmp(word, "u") == 0 || strcasecmp(word, "i") == 0;
    return magnitude && value < 0 ? reject(reader, equals + 1, "is no r.m.s. value") : 0;
}

/* Powers become a current and an angle. */
static int settle_powers(struct reader *reader)
{
    for (unsigned e = 0; e < ELEMENTS_MAX; e++) {
        double p = reader->p_w[e], q = reader->q_var[e], u = reader->point->u_v[e];
        if (isnan(p) && isnan(q)) {
            continue;
        }
        if (u <= 0) {
            return reject(reader, "p, q", "need the voltage: u=230");
        }
        p = isnan(p) ? 0 : p;
        q = isnan(q) ? 0 : q;
        reader->point->i_a[e] = hypot(p, q) / u;
        reader->point->phi_deg[e] = atan2(q, p) / DEGREE;
    }
    return 0;
}

static int read_point(struct reference *point, const char *text, size_t length,
                      char error[REFERENCE_ERROR_MAX])
{
    struct reader reader = {.point = point, .error = error};
    for (unsigned e = 0; e < ELEMENTS_MAX; e++) {
        reader.p_w[e] = reader.q_var[e] = NAN;
    }
    for (size_t at = 0; at <= length;) {
        char word[WORD_MAX];
        size_t size = strcspn(text + at, ",/");
        if (size >= sizeof word) {
            return reject(&reader, text + at, "is too long");
        }
        memcpy(word, text + at, size);
        word[size] = '\0';
        int err = read_pair(&reader, word);
        if (err != 0) {
            return err;
        }
        at += size + 1;
    }
    return settle_powers(&reader);
}

int reference_parse(struct reference *points, unsigned max, const char *text,
                    char error[REFERENCE_ERROR_MAX])
{
    unsigned count = 0;
    for (bool more = true; more; count++) {
        size_t length = strcspn(text, "/");
        if (count == max) {
            snprintf(error, REFERENCE_ERROR_MAX, "reference: more than %u points", max);
            return ERR_FORMAT;
        }
        points[count] = count > 0 ? points[count - 1] : (struct reference){.neutral_a = 0};
        int err = read_point(&points[count], text, length, error);
        if (err != 0) {
            return err;
        }
        more = text[length] == '/';
        text += length + 1;
    }
    return (int)count;
}

double reference_power(const struct reference *point, unsigned element)
{
    return point->u_v[element] * point->i_a[element] * cos(point->phi_deg[element] * DEGREE);
}
