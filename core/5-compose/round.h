/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A round: what is due becomes warnings in the outbox.  Groups what is due,
 * reads the evidence again for all that a recipient may know, composes,
 * renders where the notifier has a form of its own, and puts the finished
 * bytes into the ledger in the same commit as what their cases know of them.
 */
#ifndef CORE_ROUND_H
#define CORE_ROUND_H

#include "4-decide/decider.h"
#include "5-compose/compose.h"
#include "5-compose/group.h"
#include "sources.h"

struct rounds;
struct rounds *rounds_open(struct decider *d, struct sources *s, struct err *e);
void rounds_close(struct rounds *r);				/* NULL is fine */

struct round_sum {
	uint32_t	warnings, cases, held, failed;
};
/* One round.  digest: also what waits for the digest's hour; retry: also what was held for want of something
 * that may be there now.  A group that cannot be composed stays due, is counted in failed, and raises an
 * alarm.  False: the ledger could not be written. */
bool round_compose(struct rounds *r, bool digest, bool retry, struct round_sum *sum, struct err *e);

/* The mail that takes a warning back, to the same mailbox, in its thread; tell: the reason, as the recipient
 * reads it, or "".  In a, ready for ledger_warning_put. */
bool round_correction(struct rounds *r, const struct warning *was, const char *tell, struct arena *a,
    struct warning *out, struct err *e);

/* A round of a campaign: these candidates are composed, past the caps, and their warnings held.  template: of
 * its text, or NULL for the ordinary one. */
struct round_campaign { uint32_t id, round; const char *template; };
bool round_campaign(struct rounds *r, struct candidate *k, uint32_t n, const struct round_campaign *c,
    struct round_sum *sum, struct err *e);
bool round_has_template(const struct rounds *r, const char *name);

#endif
