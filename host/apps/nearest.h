/*
 * apps/nearest.h: "did you mean": which of some words is nearest to a mistyped one.
 *
 * Distance counts inserted, left-out, changed and swapped letters. A word qualifies when at most a
 * third of its letters (and at least one) differ, or when what was typed begins it. Pure.
 */
#ifndef APPS_NEAREST_H
#define APPS_NEAREST_H

struct nearest {
    const char *typed;
    const char *best; /* NULL while nothing qualifies; points at the word that was offered */
    int distance;
};

struct nearest nearest_start(const char *typed);
void nearest_offer(struct nearest *nearest, const char *word);

/* Edit distance of two words; words longer than 63 letters are far from everything. */
int nearest_distance(const char *a, const char *b);

#endif
