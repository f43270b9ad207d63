/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values as bytes and back, for messages between processes of one machine.
 * Reading never goes beyond its bytes: a short or wrong message turns `bad`
 * on, and all that is read after that is zero or NULL, so a reader tests once
 * at its end.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "buf.h"

void pack_u32(struct buf *b, uint32_t v);
void pack_u64(struct buf *b, uint64_t v);
void pack_bytes(struct buf *b, const void *p, size_t n);	/* p NULL: no value */
void pack_str(struct buf *b, const char *s);			/* NULL: no value */

struct unpack {
	const char	*p;
	size_t		 n;
	bool		 bad;
};

uint32_t unpack_u32(struct unpack *u);
uint64_t unpack_u64(struct unpack *u);
const char *unpack_bytes(struct unpack *u, size_t *n);		/* not copied; NULL: no value */
/* A copy with its NUL; NULL: no value.  A NUL inside is bad. */
char *unpack_str(struct unpack *u, struct arena *a);
bool unpack_end(const struct unpack *u);			/* all was read and nothing was bad */

#endif
