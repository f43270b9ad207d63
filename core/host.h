/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host: all parts of one running Tocsin put together, and the six verbs as
 * functions, for `run`, `run --once` and `try`.  One thread; a commit is never
 * open between two of these calls.
 */
#ifndef CORE_HOST_H
#define CORE_HOST_H

#include "1-fetch/fetch.h"
#include "4-decide/decider.h"
#include "5-compose/round.h"
#include "6-deliver/outbox.h"
#include "alert.h"
#include "intake.h"
#include "sources.h"

/* What a run did, for its summary. */
enum spent { SPENT_FETCH, SPENT_INTAKE, SPENT_ROUND, SPENT_DELIVER, SPENT_MAX };

struct host_sum {
	uint32_t	inputs, known, bad_inputs, troubles, orders, answers;
	uint64_t	records, matched, fresh, unmatched, filtered, conflicts, refused;
	uint32_t	warnings, warned_cases, held, failed, ended;
	uint32_t	handed_over, later, refused_warnings, unknown, withdrawn;
	/* Of run_once, by verb, ms: time gone by, and this process's own processor time (workers'
	 * is not in it). */
	struct { uint64_t wall, cpu; } spent[SPENT_MAX];
};

#define HOST_ANSWERED 128		/* answers settled in one commit */

struct host {
	const struct config	*config;
	struct plugins		*plugins;
	struct spool		*spool;
	struct fetch		*fetch;
	struct decider		*decider;
	struct sources		*sources;
	struct rounds		*rounds;
	struct outbox		*outbox;
	struct alerts		*alerts;
	struct host_sum		 sum;
	/* For a progress bar: called now and then; may be NULL. */
	void			(*progress)(void *arg, const char *what, uint64_t done, uint64_t total);
	void			*arg;
	struct arena		*letting;	/* of what hands_let says */
	struct answered		answered[HOST_ANSWERED];
	char			reply[HOST_ANSWERED][240];
	uint32_t		nanswered;
	bool			stale;		/* the gate said so of the warning it was asked of last */
	bool			ledger_failed;	/* while something arrived: no trouble of the source's */
	/* Asked now and then: it is to end. An input at work is left where the next run goes
	 * on. May be NULL. */
	bool			(*stopping)(void *arg);
};

enum host_fault { HOST_CONFIG, HOST_STATE };	/* why it could not be opened: what was
						 * configured; spool or ledger */
struct host *host_open(const struct config *c, enum host_fault *fault, struct err *e);
void host_close(struct host *h);				/* NULL is fine */
/* A new configuration in place of the old one; on failure the old one goes on. The old one is
 * the caller's to free. */
bool host_configure(struct host *h, const struct config *c, struct err *e);
/* Every notifier's plugin is there, its options are right, and it can deliver by itself or via another. */
bool host_notifiers(const struct config *c, const struct plugins *p, struct err *e);
/* One look at one source. Trouble with a source is told, raises an alarm, and is no failure. */
bool host_fetch(struct host *h, const struct cfg_source *src, bool settle, struct err *e);
/* The same without waiting for a server: what was only begun ends in a turn; *some: one did. */
bool host_fetch_soon(struct host *h, const struct cfg_source *src, struct err *e);
bool host_fetch_turn(struct host *h, bool *some, struct err *e);
/* All inputs that wait. */
bool host_intake(struct host *h, struct err *e);
bool host_orders(struct host *h, struct err *e);
/* What recipients answered and what came back; what stayed quiet has reached somebody. */
bool host_answers(struct host *h, struct err *e);
bool host_round(struct host *h, bool digest, bool retry, struct err *e);
/* Alarms: found, cleared, and told; wait_ms: for the answers of those who are told. */
bool host_watch(struct host *h, int64_t wait_ms, struct err *e);
bool host_deliver(struct host *h, struct err *e);		/* one turn, never waits */
/* Before it ends or takes another configuration: what is being handed over is handed over. */
bool host_finish(struct host *h, struct err *e);
bool host_drain(struct host *h, int64_t wait_ms, bool *idle, struct err *e);
/* An arrival that no configured fetch brought (try). */
bool host_arrived(struct host *h, const struct arrival *a, struct err *e);

/* The input is read again as a whole, by today's mapping.  order 0: nobody's. */
struct replay;
bool host_replay(struct host *h, struct input *in, struct replay *again, struct err *e);

#endif
