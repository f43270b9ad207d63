/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for plugins: an arena that answers NULL when there is no more, where
 * the host's own (base/arena.h) would end the process.
 */
#ifndef WORKER_POOL_H
#define WORKER_POOL_H

#include <stddef.h>

struct pool_block;
struct pool {
	struct pool_block	*head;
};

void *pool_alloc(struct pool *p, size_t n);	/* zeroed, aligned to 16 */
void pool_drop(struct pool *p);			/* all of it; one block is kept */

#endif
