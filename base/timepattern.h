/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times written as a pattern says: "DD-MM-YYYY HH:mm", as spreadsheets name
 * it, or "%d-%m-%Y %H:%M", as strptime does.  For lists made by hand, where a
 * guess at 03-04-2026 would be wrong half the time.
 */
#ifndef BASE_TIMEPATTERN_H
#define BASE_TIMEPATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of letters: YYYY YY, MMM (a month's English name), MM M, DD D, HH H, hh h, mm m, ss s, S (a fraction), A
 * (AM or PM), Z (an offset, Z or UTC); all else stands for itself, a blank for any blanks.  With a % in it:
 * %Y %y %m %b %B %d %e %H %I %M %S %f %p %z %s (seconds since 1970) %F %T %%.  NULL: it is one; else what is
 * wrong with it.  A day needs year, month and day. */
const char *time_pattern_wrong(const char *pattern);
/* All of the text must be as the pattern says; one digit does for two.  *zoned: it says its offset itself, or
 * is seconds since 1970; else *ns is a wall clock's, as if it were UTC. */
bool time_pattern(const char *pattern, const char *p, size_t n, int64_t *ns, bool *zoned);

#endif
