/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would go out, on a copy of the ledger that is thrown away: now, with
 * what waits; and over the inputs since a moment, day by day, as if nobody had
 * been warned before - once by today's rules and once by others, to see what
 * they would change.  Nothing is composed or sent; nothing is written but the
 * copy, in a temporary folder.
 */
#ifndef CORE_SIMULATE_H
#define CORE_SIMULATE_H

#include "arena.h"
#include "config.h"
#include "err.h"

/* One case as one set of rules tells it. */
struct sim_case {
	const char	*key;		/* organisation, problem and subject: the same under other rules */
	const char	*org, *recipient, *topic, *reason;	/* recipient "": nobody; reason of told */
	uint32_t	 tells;		/* how often it is told */
	uint8_t		 lane, told;	/* enum lane, the greatest; enum told */
};

struct sim {
	struct arena	*arena;
	struct sim_case	*c;
	uint32_t	 n;
	uint32_t	 inputs, unread;	/* read for it; that could not be */
	uint32_t	 warnings;		/* of all rounds: groups of one recipient and topic */
};

/* c: rules and sources; its ledger and spool are those that are looked at.  dir: a temporary folder. */
bool simulate_now(const struct config *c, const char *dir, struct sim *out, struct err *e);
bool simulate_since(const struct config *c, const char *dir, int64_t since, struct sim *out, struct err *e);
void sim_free(struct sim *s);

/* How a case fares under other rules. */
enum sim_change { SIM_SAME, SIM_NEW, SIM_GONE, SIM_LOUDER, SIM_QUIETER, SIM_CHANGES };
extern const char *const sim_change_names[];
/* Calls back with each case that is told under either; a or b NULL: it is not there. */
void sim_compare(const struct sim *today, const struct sim *other,
    void (*each)(void *arg, enum sim_change how, const struct sim_case *a, const struct sim_case *b),
    void *arg);

#endif
