/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Network tables in the ledger: each import is a version with its date; the
 * newest of a name counts.  Their bytes are the payload of the order that
 * brought them, so the audit log proves them.
 */
#ifndef CORE_LEDGER_NET_H
#define CORE_LEDGER_NET_H

#include "3-match/ladder.h"
#include "3-match/net.h"
#include "ledger/ledger.h"

struct net_row {
	uint32_t	 id;
	const char	*name, *who, *files;	/* files: as given, separated by spaces */
	int64_t		 dated, at, until;	/* s; until 0: it counts */
	uint32_t	 audit;
	struct net_count n;
};
/* In a commit of its own unless one is open; an older one of the name ends. */
bool ledger_net_put(struct ledger *l, const struct net_row *r, struct err *e);
bool ledger_net_end(struct ledger *l, const char *name, bool *was, struct err *e);
bool ledger_net_each(struct ledger *l, bool all, bool (*each)(void *arg, const struct net_row *r), void *arg,
    struct err *e);
/* All that count, ready to be asked. */
struct ladder *ledger_ladder(struct ledger *l, struct err *e);

#endif
