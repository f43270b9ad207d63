/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See pack.h.  Integers in the machine's own order: both ends run on it.
 * A text or bytes have their length in front; ~0 says that there is no value.
 */
#include <string.h>
#include "pack.h"

#define NO_VALUE UINT32_MAX

void
pack_u32(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof v);
}

void
pack_u64(struct buf *b, uint64_t v)
{
	buf_add(b, &v, sizeof v);
}

void
pack_bytes(struct buf *b, const void *p, size_t n)
{
	pack_u32(b, p ? (uint32_t)n : NO_VALUE);
	if (p && n)
		buf_add(b, p, n);
}

void
pack_str(struct buf *b, const char *s)
{
	pack_bytes(b, s, s ? strlen(s) : 0);
}

static const char *
take(struct unpack *u, size_t n)
{
	const char *p = u->p;

	if (u->bad || u->n < n) {
		u->bad = true;
		return NULL;
	}
	u->p += n;
	u->n -= n;
	return p;
}

uint32_t
unpack_u32(struct unpack *u)
{
	uint32_t v = 0;
	const char *p = take(u, sizeof v);

	if (p)
		memcpy(&v, p, sizeof v);
	return v;
}

uint64_t
unpack_u64(struct unpack *u)
{
	uint64_t v = 0;
	const char *p = take(u, sizeof v);

	if (p)
		memcpy(&v, p, sizeof v);
	return v;
}

const char *
unpack_bytes(struct unpack *u, size_t *n)
{
	uint32_t len = unpack_u32(u);
	const char *p = len == NO_VALUE ? NULL : take(u, len);

	*n = p ? len : 0;
	return p;
}

char *
unpack_str(struct unpack *u, struct arena *a)
{
	size_t n;
	const char *p = unpack_bytes(u, &n);

	if (p && n && memchr(p, '\0', n)) {
		u->bad = true;
		return NULL;
	}
	return p ? arena_strndup(a, p, n) : NULL;
}

bool
unpack_end(const struct unpack *u)
{
	return !u->bad && u->n == 0;
}
