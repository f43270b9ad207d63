/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source plugin's context: what it says through the table of functions goes
 * into the answer slots, what it allocates comes from here.
 */
#ifndef WORKER_ANSWER_H
#define WORKER_ANSWER_H

#include <stdbool.h>
#include <stdint.h>
#include "pool.h"
#include "wire.h"
#include <tocsin/plugin.h>

struct tcs_ctx {
	/* the two memories */
	const struct w_host	*host;
	const char		*ring;
	uint64_t		 ring_size;
	struct w_worker		*worker;
	struct w_slot		*slots, *cur;	/* cur: being filled, or NULL */
	/* the feed at work; buf NULL: none */
	const char		*buf;
	uint32_t		 len;
	uint64_t		 base;
	/* the layout at work */
	uint32_t		 layout, nwant, stride, most;	/* most: rows of a slot */
	struct pool		 scratch, input, instance;
	bool			 serving;	/* in the child: BATCH memory is the slot's, logs wait */
	int			 broken;	/* what all functions answer once one has failed */
	char			 why[300];	/* why it failed; or the last reject, or error logged */
	uint32_t		 nlog;
	struct { int level; char *text; } log[W_LOGS];
};

extern const struct tcs_source_host answer_table;

bool answer_map(struct tcs_ctx *x, uint64_t ring);
/* Waits until the host has put more than have bytes behind base into the ring, or the input's end is there.
 * */
bool answer_more(struct tcs_ctx *x, uint64_t base, uint64_t have, uint64_t *filled);
void answer_begin(struct tcs_ctx *x);
void answer_feed(struct tcs_ctx *x, uint64_t base, uint32_t len);
void answer_fed(struct tcs_ctx *x, uint32_t used);
void answer_done(struct tcs_ctx *x, int rc);
__attribute__((format(printf, 3, 4))) int answer_fail(struct tcs_ctx *x, int rc, const char *fmt, ...);

#endif
