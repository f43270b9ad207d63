/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that ends where its block of memory ends, so that the address
 * sanitizer sees a reader that goes one byte too far; and a random number
 * that is the same in every run.
 */
#ifndef TESTS_EXACT_H
#define TESTS_EXACT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct exact {
	char	*block, *p;
	size_t	 n;
};

static inline struct exact
exact(const char *text, size_t n)
{
	struct exact x = { malloc(n ? n : 1), NULL, n };

	if (x.block == NULL)
		abort();
	x.p = x.block + (n == 0);
	if (n)
		memcpy(x.p, text, n);
	return x;
}

static inline uint64_t
rnd(void)
{
	static uint64_t s = 0x9e3779b97f4a7c15;

	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return s * 0x2545f4914f6cdd1d;
}

/* One random change: a byte of alphabet put in, put over another or taken out. Returns the new length. */
static inline size_t
mutate(char *p, size_t n, size_t room, const char *alphabet)
{
	char c = alphabet[rnd() % strlen(alphabet)];
	size_t at = rnd() % (n + 1), kind = rnd() % 3;

	if (kind == 0 && n + 1 < room) {
		memmove(p + at + 1, p + at, n - at);
		p[at] = c;
		return n + 1;
	}
	if (at == n)
		return n;
	if (kind == 1) {
		p[at] = c;
		return n;
	}
	memmove(p + at, p + at + 1, n - at - 1);
	return n - 1;
}

#endif
