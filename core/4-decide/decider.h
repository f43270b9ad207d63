/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one decider of a ledger: all that is known of cases, in memory, and the
 * only hand that changes it.  What was decided is gathered here and written in
 * one commit with what caused it (commit.c); when a commit fails, memory is
 * thrown away and read again, so that it never says what the ledger does not.
 * One thread.
 */
#ifndef CORE_DECIDER_H
#define CORE_DECIDER_H

#include <stdbool.h>
#include <stdint.h>
#include "2-decode/decode.h"
#include "3-match/match.h"
#include "4-decide/coverage.h"
#include "4-decide/policy.h"
#include "4-decide/problems.h"
#include "4-decide/rule.h"
#include "4-decide/table.h"
#include "arena.h"
#include "config.h"
#include "err.h"
#include "ledger/ledger.h"
#include "map.h"
#include "registry.h"

#define COMMIT_FINDINGS	65536		/* a commit is cut after so many findings ... */
#define COMMIT_CASES	16384		/* ... or changed cases, at the end of a record */

struct commit;
struct health;
struct signer;

struct decider {
	const struct config	*config;
	const struct plugins	*plugins;
	struct ledger		*ledger;
	struct registry		*registry;
	struct stages		*stages;
	struct policy		*policy;
	struct problems		*problems;
	struct table		*table;
	struct coverage		*coverage;
	struct map		*also;		/* (case, feed) of the second and further feeds of a case */
	struct map		*elsewhere;	/* told_key -> when another system warned
						 * of it; NULL: nothing */
	struct map		*policy_of;	/* what policy_find answered, by numbers */
	struct arena		*arena;		/* of the holds */
	const char *const	*hold;
	uint32_t		 nhold;
	struct map		*let;		/* cases that a person released: no brake of a
						 * round holds them again */
	const char		*letting;	/* a hold that is just being taken away, or NULL */
	uint32_t		 next_case;
	struct ladder		*ladder;	/* the network tables (climb.h) */
	struct map		*feed_of;	/* of inputs that were asked about */
	int64_t			 ladder_day, superseded_day;
	uint32_t		 superseded;	/* the snapshot it was looked for */
	struct commit		*commit;
	struct signer		*signer;	/* the rounds' (5-compose/sign.h); NULL: no rounds */
	struct health		*health;	/* of addresses (health.h); NULL: not read yet */
};

/* Reads policy, problems and stages (*configured false: they are wrong, and no ledger was made),
 * takes the ledger (a second decider is refused), reads registry and cases, settles what a crash
 * left. */
struct decider *decider_open(const struct config *c, const struct plugins *p, bool *configured,
    struct err *e);
void decider_close(struct decider *d);			/* NULL is fine */
/* Another configuration: policy, problems and stages anew.  On failure the old ones stay.
 * Not the ledger's path. */
bool decider_configure(struct decider *d, const struct config *c, struct err *e);
/* The registry was changed in the ledger: load the new snapshot and hand it to the stages. */
bool decider_registry(struct decider *d, struct err *e);
/* A commit failed: the cases are read again. */
bool decider_again(struct decider *d, struct err *e);

/* ---- commit.c: what the next commit will write */
void commit_dirty(struct decider *d, uint32_t id);
void commit_event(struct decider *d, uint32_t id, enum event ev, enum case_reason why, uint32_t ref);
void commit_cve(struct decider *d, uint32_t id, struct tcs_slice cve, int64_t since);
void commit_feed(struct decider *d, uint32_t id, uint32_t feed, int64_t last);
void commit_merge(struct decider *d, uint32_t into, uint32_t from);
void commit_claims(struct decider *d, uint32_t id, const struct judgement *j);
void commit_sighting(struct decider *d, const struct sighting *s);
void commit_tally(struct decider *d, uint32_t problem, uint32_t class, const char *constituency,
    enum outcome o, int64_t n);
/* The texts are copied; detail (or NULL) is told of the first of those with one reason. */
void commit_refused(struct decider *d, const char *why, const char *detail, const struct span *s);
/* The record at off, which was the last to be refused with this reason in the open commit, taken back: the
 * whole input stands for it.  Its tally is the caller's. */
bool commit_unrefuse(struct decider *d, const char *why, uint64_t off);
/* A finding of the open input that a stage took out. */
void commit_filtered(struct decider *d, const char *stage, const char *reason);
/* copied; the first of a key */
void commit_alarm(struct decider *d, const char *key, const char *text);
bool commit_full(const struct decider *d);
bool commit_empty(const struct decider *d);
/* Writes it all; in: the input it came from, its progress already set (NULL: none); from: where this commit
 * began in it.  more: further rows of the same transaction.  On failure memory has been read again. */
bool commit_end(struct decider *d, const struct input *in, uint64_t from,
    bool (*more)(void *arg, struct err *e), void *arg, struct err *e);
struct commit *commit_new(void);
void commit_free(struct commit *c);
void commit_drop(struct commit *c);			/* forgets what was gathered */

/* ---- fold.c: one match into its case */
struct fold {
	const struct input	*in;
	const struct cfg_source	*source;
	uint32_t		 feed;		/* dictionary */
	const struct finding	*f;
	struct judgement	*j;		/* the ladder may change its winner */
	int64_t			 observed, now;	/* s */
	bool			 future;	/* see rule.h */
	uint32_t		 asn;		/* of the row, or 0 */
	uint32_t		 only;		/* 0, or the one organisation it may be folded for */
	bool			 unbooked;	/* it is in the books already, as another's */
	struct replay		*again;		/* the input is read again; NULL: it is not */
};
/* The case that goes on for this one, or itself. */
struct tcase *case_survivor(struct decider *d, struct tcase *c);
/* False: the finding has no subject.  OUT_UNMATCHED: nobody is told of it, not even by the ladder. */
bool fold(struct decider *d, const struct fold *x, enum outcome *out);

/* ---- brakes.c: what stands between a case and its warning, now */
struct brakes brakes_of(struct decider *d, const struct tcase *c, const struct cfg_source *source,
    bool tlp_unknown);
bool hold_covers(const struct decider *d, const struct tcase *c);
const struct policy_row *policy_of(struct decider *d, const struct tcase *c, uint8_t severity);
/* The same for another constituency than its party's; the text must stay where it is. */
const struct policy_row *policy_for(struct decider *d, const struct tcase *c, const char *constituency,
    uint8_t severity);
bool is_compromised(const struct decider *d, const struct tcase *c);	/* by its class */
int64_t interval_of(const struct decider *d, const struct policy_row *row, const struct tcase *c);
/* Of the sighting that would be told; NULL: not configured any more. */
const struct cfg_source *evidence_source(struct decider *d, const struct tcase *c);
bool not_shared(const struct tcase *c, const struct cfg_source *source, const struct cfg_notifier *n);
/* Who delivers for a constituency; NULL: nobody. */
/* The first that serves it. */
const struct cfg_notifier *route(const struct config *c, const char *constituency);
bool notifier_serves(const struct cfg_notifier *n, const char *constituency);
/* The registry asked again about a case: the organisation that may be told today. */
enum recheck { RECHECK_SAME, RECHECK_OTHER, RECHECK_NONE, RECHECK_CONFLICT };
enum recheck recheck(struct decider *d, const struct tcase *c, struct judgement *j);

/* ---- order.c: what people ordered, applied; *n: how many. Orders that need more than the decider are done
 * by hooks, which put a text for the person into result. */
struct order_hooks {
	void	*arg;
	bool	(*replay)(void *arg, uint32_t quarantine, char *result, size_t n, struct err *e);
	bool	(*import)(void *arg, const struct order *o, char *result, size_t n, struct err *e);
	/* Any other verb, applied and answered; *known false: not one that it knows.  May be NULL. */
	bool	(*more)(void *arg, const struct order *o, struct arena *a, bool *known, struct err *e);
};
bool orders_apply(struct decider *d, const struct order_hooks *h, uint32_t *n, struct err *e);
#define ORDER_RESULT 400
/* The order is done, with this text for the person who gave it; a commit of its own. */
bool order_answered(struct decider *d, const struct order *o, const char *text, struct err *e);
/* org.c: "org-merge" (from, into) and "org-split" (from, into, assets). */
bool order_org(struct decider *d, const struct order *o, bool merge, struct arena *a, struct err *e);
bool hold_matches(const struct decider *d, const char *what, const struct tcase *c);
/* Asks the registry again, refiles the case when it is another's, and makes it due when nothing
 * holds it any more. */
bool case_release(struct decider *d, struct tcase *c, bool force, uint32_t ref);

/* ---- merge.c: two cases become one.  from is superseded and names into, which goes on with what both
 * knew.  SAME: two names of one case, told when either was.  PART: one of many, due when a part is.  OTHER:
 * another organisation's, whose telling does not count. */
enum merge { MERGE_SAME, MERGE_PART, MERGE_OTHER };
void case_merge(struct decider *d, struct tcase *into, struct tcase *from, enum merge how);
/* Files a case under another key; where that has a case already, they are merged, the older goes on.  The one
 * that goes on. */
struct tcase *case_refile(struct decider *d, struct tcase *c, const struct case_key *key, enum merge how);
/* What became of a merged case's own warning: told, refused, or free again. */
void merged_settled(struct decider *d, struct tcase *from);
/* Problems that the alias table now says are one, and the version of that table, in a commit of its own. */
bool problems_apply(struct decider *d, struct err *e);
/* A case is somebody else's by today's registry: filed under its new owner, to whom nothing was told, or
 * merged into the case that one has.  The case that goes on. */
struct tcase *case_move(struct decider *d, struct tcase *c, const struct judgement *j, uint32_t ref);
/* Open cases whose asset is not their organisation's any more go where the registry says; into the open
 * commit. */
uint32_t cases_refile(struct decider *d, uint32_t ref);

/* ---- ports.c: a problem on more than MANY_PORTS ports of one subject is one case */
#define MANY_PORTS 20
/* The case of the many ports that a port's key belongs to, or NULL. */
struct tcase *ports_case(struct decider *d, const struct case_key *key);
/* After a case of one port was opened: makes one of them when they are too many. */
void ports_fold(struct decider *d, uint32_t id);

/* ---- look.c: cases that ended: gone, expired, and what pass_over finds; own commits */
bool look_over(struct decider *d, uint32_t *ended, struct err *e);
/* A sighting of a case that had ended, observed before that: it does not reopen it. */
bool look_history(const struct decider *d, const struct tcase *c, int64_t observed, int64_t report_day,
    int64_t now);

/* ---- pass.c: cases that are another organisation's by now: superseded, moved; own commits */
bool pass_over(struct decider *d, uint32_t *ended, struct err *e);
/* The case ends - superseded when an owner (the judgement's winner) takes the place of an operator, else
 * moved - and the winner's own case is opened from the same evidence, due at once unless something holds
 * it.  False: nothing was done, because it still waits to be told.  Into the open commit; pointers into the
 * table are void after it. */
bool case_pass(struct decider *d, uint32_t id, const struct judgement *j);

/* ---- alarm.c: clears what is over; composed: the last round failed at nothing */
bool alarms_over(struct decider *d, bool composed, struct err *e);

/* ---- settle.c: what became of warnings, into their cases, in a commit of its own */
bool settle(struct decider *d, const struct answered *list, uint32_t n, struct err *e);
/* A warning that waits is cancelled, and its cases are due again as if it had not been composed. */
bool withdraw(struct decider *d, uint32_t warning, struct err *e);

/* ---- learn.c: what was told already, by another system or in a trial */
bool told_load(struct decider *d, struct err *e);
/* A case that was just opened: when another system had warned of it, else 0. */
int64_t told_before(const struct decider *d, const struct tcase *c);
/* It is taken as told then: silent until its interval is over. */
void told_take(struct decider *d, struct tcase *c, int64_t at, enum case_reason why, uint32_t ref);

#endif
