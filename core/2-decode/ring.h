/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's end of the memory shared with a source's worker (worker/wire.h):
 * makes it, fills the window, sees what was posted, sleeps and wakes.  What an
 * answer says is slot.h's business.
 */
#ifndef CORE_RING_H
#define CORE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "err.h"
#include "worker/wire.h"

struct ring {
	uint64_t		 size;
	int			 window, answers, wake_worker, wake_host;	/* descriptors */
	struct w_host		*host;
	char			*bytes;			/* the ring, mapped twice */
	const struct w_worker	*worker;
	const struct w_slot	*slots;
	uint64_t		 filled, freed;		/* bytes put in; bytes that may be overwritten */
	uint32_t		 taken;
	bool			 eof;
};

/* Pages are only used once they are touched, so size costs nothing until an input needs it. */
struct ring *ring_new(uint64_t size, struct err *e);
void ring_free(struct ring *r);				/* NULL is fine */
void ring_begin(struct ring *r);			/* a new input; no worker may be at work */

char *ring_space(const struct ring *r, size_t *n);	/* where the next bytes go, in one piece */
void ring_filled(struct ring *r, size_t n);
void ring_end(struct ring *r);				/* there are no more bytes */
void ring_freed(struct ring *r, uint64_t upto);		/* bytes before upto may go */

const struct w_slot *ring_posted(const struct ring *r);	/* the next answer, or NULL */
bool ring_lied(const struct ring *r);			/* it claims more answers than there are slots */
void ring_taken(struct ring *r);			/* its slot may be written again */
void ring_columns(struct ring *r, const uint8_t *want, uint32_t n);

/* It sleeps for want of bytes: all that it was given is done with, as far as it can be. */
bool ring_starved(const struct ring *r);
/* Before poll on wake_host: false when there is an answer already. ring_woke after it. */
bool ring_doze(struct ring *r);
void ring_woke(struct ring *r);

#endif
