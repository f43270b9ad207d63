/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that compose warnings share: round.c, correction.c. */
#ifndef CORE_ROUND_INT_H
#define CORE_ROUND_INT_H

#include "5-compose/round.h"

struct rounds {
	struct decider		*d;
	struct sources		*sources;
	struct composer		*composer;
	struct signer		*signer;
	struct crew		*crew;
	const struct round_campaign *campaign;	/* while one is composed, or NULL */
	struct notifier		**renderer;	/* by the place in config->notifier;
						 * started when first needed */
	uint32_t		 nrenderer;	/* the decider may have another configuration when they end */
	uint8_t			 secret[32];
	int64_t			 day;		/* the caps count by day */
	uint32_t		 made;
	struct map		*noticed;	/* address and key, in these thirty days */
	int64_t			 noticed_at;
	struct map		*made_to;	/* recipient -> warnings today */
};

/* Held with its alarm. */
void round_hold(struct decider *d, const struct candidate *k, uint32_t n, enum case_reason why);
/* brake.c: what the brakes hold is taken out of the list. */
bool round_brakes(struct rounds *r, struct candidate *k, uint32_t *n, struct round_sum *sum, struct err *e);
/* notice.c: to who has a key that has expired and a case that waits for it, once per key in thirty days.
 * In a commit of its own. */
bool round_notices(struct rounds *r, struct err *e);

#endif
