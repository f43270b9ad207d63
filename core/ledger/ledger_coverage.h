/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ledger knows of source-days: sums of the inputs of each feed and
 * report day, and what the sources' own lists named.  Nothing is kept twice:
 * the sums are made of the inputs whenever they are asked for.
 */
#ifndef CORE_LEDGER_COVERAGE_H
#define CORE_LEDGER_COVERAGE_H

#include "4-decide/cover.h"
#include "ledger/ledger.h"

/* Each feed and day from `from` on, in that order; feed 0: all.  Of inputs of one name and day the newest
 * counts, as a correction of the others. */
bool ledger_cover_each(struct ledger *l, uint32_t feed, int64_t from,
    void (*each)(void *arg, uint32_t feed, const struct cover_day *d), void *arg, struct err *e);
/* Each feed that a list names, by source and day; a list that names nothing once, with feed 0. */
bool ledger_listed_each(struct ledger *l, int64_t from,
    void (*each)(void *arg, uint32_t source, int64_t day, uint32_t feed), void *arg, struct err *e);
/* The list of a day in place of the one before; own commit if none is open. */
bool ledger_listed_put(struct ledger *l, uint32_t source, int64_t day, const uint32_t *feed, uint32_t n,
    struct err *e);

/* What waits, and since when (TIME_NONE: nothing). */
struct ledger_wait { uint64_t n; int64_t since; };
struct ledger_waits {
	struct ledger_wait	priority_due;	/* due in the priority lane, composed or not */
	struct ledger_wait	priority_held, held;	/* cases; held: of all lanes */
	struct ledger_wait	priority_capped;	/* held by a brake */
	struct ledger_wait	warnings_held, quarantine;
	int64_t			handed_over;	/* the last one */
};
bool ledger_waits(struct ledger *l, struct ledger_waits *out, struct err *e);

/* Alarms that were told, by who heard them. */
struct told_alarm { const char *hearer, *key, *text; int64_t since, told; };
bool ledger_told_each(struct ledger *l, void (*each)(void *arg, const struct told_alarm *t), void *arg,
    struct err *e);
/* inside a commit; told 0: no longer */
void ledger_told_put(struct ledger *l, const struct told_alarm *t);

#endif
