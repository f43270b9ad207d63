/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new member: the inputs of the last days are read again, and what is its own
 * by today's registry is folded, as if it had been registered then.  Once: a
 * record that is a sighting of the organisation already is passed over.  The
 * books stay balanced: what had been unmatched is moved, what another party
 * was told is not counted again.  No other organisation's case changes.
 */
#ifndef CORE_REMATCH_H
#define CORE_REMATCH_H

#include "4-decide/decider.h"
#include "sources.h"

#define REMATCH_VERB "rematch"

struct rematch_sum {
	uint32_t	inputs, unread;		/* unread: not there, or of a source that is no more */
	uint64_t	records, fresh, again, already;	/* of the organisation: cases opened, sightings of
							 * cases there are, folded before */
};

struct rematch {
	const struct config	*config;
	struct ledger		*ledger;
	const struct registry	*registry;
	struct stages		*stages;
	struct sources		*sources;
	uint32_t		 org;
	int64_t			 since;		/* s: inputs that arrived since */
	struct decider		*decider;	/* NULL: nothing is folded, each is told */
	void			(*each)(void *arg, const struct input *in, const struct finding *f,
				    const struct judgement *j);
	void			*arg;
};
/* False when the ledger could not be read or written. */
bool rematch(const struct rematch *r, struct rematch_sum *sum, struct err *e);

#endif
