/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ladder: who is told, when no registered owner is.  Rung by rung -
 * registered operator, network owner, national CERT, a person - and a rung is
 * taken only where the policy's row for such a case names it and the source's
 * terms allow that kind of recipient.  Without a policy that names rungs below
 * the registry nothing changes: nobody gets mail by an upgrade.
 */
#ifndef CORE_CLIMB_H
#define CORE_CLIMB_H

#include "3-match/ladder.h"
#include "4-decide/decider.h"

/* What a rung is decided by; pure, with its table of tests (tests/unit/t_climb.c). */
struct rung_in {
	/* of the policy's row that each rung's party would fall under */
	unsigned	rungs[RUNG_MAX];
	bool		records[RUNG_MAX];	/* that row says: do not warn */
	bool		known[RUNG_MAX];	/* there is somebody on the rung */
	bool		owner_terms, operator_terms, partner_terms;	/* the source's */
};
/* The rung to take; RUNG_MAX: nobody is told.  A registered party that only the terms forbid keeps the case
 * when no lower rung takes it: it is held, and says why. */
enum rung rung_of(const struct rung_in *in);

struct climbing {
	/* problem, feed and class of the case; its party is not looked at */
	const struct tcase	*like;
	const struct cfg_source	*source;	/* NULL: not configured any more */
	const struct ip		*ip;		/* NULL: none */
	uint32_t		 asn;		/* 0: none */
	uint8_t			 severity;
};
/* Might it find somebody at all?  Cheap; asked of every row that nobody claims. */
bool climb_may(const struct decider *d, const struct ip *ip, uint32_t asn);
/* Changes j's winner to the ladder's, or to nobody. */
void climb(struct decider *d, const struct climbing *x, struct judgement *j);
/* The same for a case that is there: its address and the asset that tied it. */
void climb_case(struct decider *d, const struct tcase *c, struct judgement *j);
/* After an order that changed the tables, and at the start. */
bool climb_load(struct decider *d, struct err *e);
/* "net-import" and "net-remove" (3-match/net_order.h), in a commit of its own. */
bool climb_order(struct decider *d, const struct order *o, struct err *e);
/* Alarms for tables that are older than decide.table_age; once a day and after a load. */
void climb_alarms(struct decider *d);

/* ---- supersede.c: cases of the ladder whose owner registered: they close, the owner's are opened and due */
bool supersede(struct decider *d, uint32_t *n, struct err *e);

#endif
