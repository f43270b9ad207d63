/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice.h -- bounded text: a pointer and a length, and the few verbs that all
 * parsing in Tocsin goes through.  Header-only, libc only, so that plugins
 * may use it.  Nothing here reads past p + n, none of it needs a NUL, and no
 * function changes what it does not consume.
 */
#ifndef TOCSIN_SLICE_H
#define TOCSIN_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef TCS_SLICE_DEFINED
#define TCS_SLICE_DEFINED
struct tcs_slice {
	const char	*p;		/* NULL: no value, which is not the empty text */
	size_t		 n;
};
#endif

#define TCS_LIT(s) ((struct tcs_slice){ (s), sizeof(s) - 1 })

static inline struct tcs_slice
tcs_slice(const char *p, size_t n)
{
	struct tcs_slice s = { p, n };

	return s;
}

static inline struct tcs_slice
tcs_str(const char *s)
{
	return tcs_slice(s, s ? strlen(s) : 0);
}

static inline bool
tcs_eq(struct tcs_slice a, struct tcs_slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool
tcs_is(struct tcs_slice a, const char *s)
{
	return tcs_eq(a, tcs_str(s));
}

static inline char
tcs_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* ASCII letters only, and no locale. */
static inline bool
tcs_is_nocase(struct tcs_slice a, const char *s)
{
	size_t i;

	if (a.n != strlen(s))
		return false;
	for (i = 0; i < a.n; i++)
		if (tcs_lower(a.p[i]) != tcs_lower(s[i]))
			return false;
	return true;
}

static inline bool
tcs_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline struct tcs_slice
tcs_trim(struct tcs_slice s)
{
	while (s.n > 0 && tcs_space(s.p[0]))
		s.p++, s.n--;
	while (s.n > 0 && tcs_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static inline bool
tcs_starts(struct tcs_slice s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && (n == 0 || memcmp(s.p, with, n) == 0);
}

static inline bool
tcs_ends(struct tcs_slice s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, with, n) == 0);
}

/* Index of c, or s.n. */
static inline size_t
tcs_find(struct tcs_slice s, char c)
{
	const char *q = s.n ? memchr(s.p, c, s.n) : NULL;

	return q ? (size_t)(q - s.p) : s.n;
}

/* Cuts the part before sep off the front of *rest; false when *rest is spent
 * (its p is then NULL).  "a,,b" has three parts, "" has one. */
static inline bool
tcs_cut(struct tcs_slice *rest, char sep, struct tcs_slice *part)
{
	size_t i;

	if (rest->p == NULL)
		return false;
	i = tcs_find(*rest, sep);
	*part = tcs_slice(rest->p, i);
	if (i == rest->n)
		*rest = tcs_slice(NULL, 0);
	else
		*rest = tcs_slice(rest->p + i + 1, rest->n - i - 1);
	return true;
}

/* A decimal number that is all of the text, at most max and 20 digits. No sign, no spaces. */
static inline bool
tcs_uint(struct tcs_slice s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (s.n == 0 || s.n > 20)
		return false;
	for (i = 0; i < s.n; i++) {
		unsigned d = (unsigned char)s.p[i] - '0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (v > max)
		return false;
	*out = v;
	return true;
}

/* Copies into a NUL-ended array of size n; false when it does not fit or holds a NUL. */
static inline bool
tcs_copy(char *out, size_t n, struct tcs_slice s)
{
	if (s.n >= n || (s.n && memchr(s.p, '\0', s.n)))
		return false;
	if (s.n)
		memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	return true;
}

/* A glob of * and ?, over all of the text; ASCII case does not matter. */
static inline bool
tcs_glob(const char *pat, struct tcs_slice s)
{
	size_t pi = 0, si = 0, star = SIZE_MAX, mark = 0;

	while (si < s.n) {
		if (pat[pi] == '*') {
			star = pi++;
			mark = si;
		} else if (pat[pi] != '\0' && (pat[pi] == '?' || tcs_lower(pat[pi]) == tcs_lower(s.p[si]))) {
			pi++, si++;
		} else if (star != SIZE_MAX) {
			pi = star + 1;
			si = ++mark;
		} else
			return false;
	}
	while (pat[pi] == '*')
		pi++;
	return pat[pi] == '\0';
}

#endif
