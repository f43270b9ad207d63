/* SPDX-License-Identifier: Apache-2.0 */
/* See pool.h.  Blocks of 64 KiB; what is larger than a quarter of one gets its own.  Under ASan every piece
 * does. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "pool.h"

#if defined(__SANITIZE_ADDRESS__)
#define BLOCK 0u
#else
#define BLOCK 65536u
#endif

struct pool_block {
	struct pool_block	*next;
	size_t			 size, used;
	size_t			 pad;
	char			 data[];
};

static struct pool_block *
block_new(size_t size)
{
	struct pool_block *b = size < SIZE_MAX / 2 ? calloc(1, sizeof *b + size) : NULL;

	if (b)
		b->size = size;
	return b;
}

void *
pool_alloc(struct pool *p, size_t n)
{
	struct pool_block *b = p->head;

	if (n >= SIZE_MAX / 2)
		return NULL;
	n = n ? (n + 15) & ~(size_t)15 : 16;
	if (b == NULL || b->size - b->used < n) {
		if ((b = block_new(n > BLOCK / 4 ? n : BLOCK)) == NULL)
			return NULL;
		if (n > BLOCK / 4 && p->head) {		/* behind the one that is being filled */
			b->next = p->head->next;
			p->head->next = b;
		} else {
			b->next = p->head;
			p->head = b;
		}
	}
	b->used += n;
	return b->data + b->used - n;
}

void
pool_drop(struct pool *p)
{
	struct pool_block *b, *next, *keep = NULL;

	for (b = p->head; b; b = next) {
		next = b->next;
		if (keep == NULL && b->size == BLOCK && BLOCK) {
			memset(b->data, 0, b->used);
			b->used = 0;
			b->next = NULL;
			keep = b;
		} else
			free(b);
	}
	p->head = keep;
}
