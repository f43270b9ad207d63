/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nearest name: optimal string alignment distance (insert, remove,
 * replace, swap neighbours).  Case and '-' against '_' cost nothing.  A slip
 * is one edit in three letters, three at most.
 */
#include <string.h>
#include "near.h"

#define LONGEST 63

static char
plain(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c + ('a' - 'A'));
	return c == '_' ? '-' : c;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t
distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t row[3][LONGEST + 1], i, j, d, *now, *up, *upup;

	for (j = 0; j <= m; j++)
		row[0][j] = j;
	for (i = 1; i <= n; i++) {
		now = row[i % 3];
		up = row[(i + 2) % 3];
		upup = row[(i + 1) % 3];
		now[0] = i;
		for (j = 1; j <= m; j++) {
			d = up[j - 1] + (plain(a[i - 1]) != plain(b[j - 1]));
			d = least(d, least(up[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && plain(a[i - 1]) == plain(b[j - 2]) &&
			    plain(a[i - 2]) == plain(b[j - 1]))
				d = least(d, upup[j - 2] + 1);
			now[j] = d;
		}
	}
	return row[n % 3][m];
}

const char *
near_name(const char *got, const char *const *names, size_t n)
{
	size_t i, d, len = strlen(got), name_len, best = 4;
	const char *found = NULL;

	if (len == 0 || len > LONGEST)
		return NULL;
	for (i = 0; i < n; i++) {
		name_len = strlen(names[i]);
		if (name_len > LONGEST)
			continue;
		d = distance(got, len, names[i], name_len);
		if (d < best && (d <= 1 || d * 3 <= least(len, name_len))) {
			/* one edit makes any two letters of each other: not for "a" and "b" */
			if (d > 0 && least(len, name_len) <= d)
				continue;
			best = d;
			found = names[i];
		}
	}
	return found;
}
