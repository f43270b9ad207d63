/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Deliver: takes due warnings from the ledger's outbox and hands each to its
 * notifier, one at a time per session; a notifier may have several.  An answer
 * is durable before its session begins the next.  What was not taken comes again by a back-off, under the
 * same Message-ID and with the same bytes.  Decides nothing: whether a warning
 * may still leave is asked of the caller, what an answer means for the cases
 * is told to him.
 */
#ifndef CORE_OUTBOX_H
#define CORE_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>
#include "config.h"
#include "err.h"
#include "ledger/ledger.h"
#include "plugin_host.h"

#define OUTBOX_FIRST	60		/* s until the second attempt; then doubled */
#define OUTBOX_MOST	(4 * 3600)	/* s between two attempts, at most */
#define OUTBOX_ATTEMPTS	38		/* with that back-off five days; then refused */

#define OUTBOX_LOOK	5		/* s between two looks at what is being handed over,
					 * for its time limit */

struct outbox_hooks {
	void	*arg;
	/* Just before a warning leaves: may it still (registry, TLP, holds asked once more)?  False: it is
	 * put on hold, and *why (lives as long as the hook says) is its reason.  No commit is open.  NULL:
	 * all may. */
	bool	(*gate)(void *arg, const struct delivery *d, const char **why);
	/* After an answer is durable: DELIVERED and REFUSED are final (enum tcs_answer), others come again.
	 * A refusal of the gate is told as LATER with its reason.  The hook may open a commit, and must end
	 * it.  May be NULL. */
	void	(*answered)(void *arg, uint32_t warning, int answer, const char *reply);
	/* The id people use of an organisation (org.key); may be NULL: the ledger's number is told. */
	const char *(*organisation)(void *arg, uint32_t org);
	/* After the gate's no, when the warning waits again: *withdrawn true when the hook has taken it
	 * out of the outbox for good, instead of its being held.  False: the ledger could not be written.
	 * May be NULL. */
	bool	(*withdraw)(void *arg, uint32_t warning, bool *withdrawn, struct err *e);
	/* The outbox as a whole is held: nothing is begun.  May be NULL. */
	bool	(*shut)(void *arg);
};

struct outbox;
/* No process is started before the first warning for it.  config, plugins and ledger (LEDGER_DECIDE) must
 * outlive it. NULL: a notifier's plugin is not there or its options are wrong. */
struct outbox *outbox_open(const struct config *c, const struct plugins *plugins, struct ledger *l,
    struct err *e);
/* Ends the processes.  What is being handed over counts as unknown at the next start. NULL is fine. */
void outbox_close(struct outbox *ob);
/* Takes what was answered, then begins what is due (now: s).  Never waits.  No commit may be open.  False:
 * the ledger could not be written; nothing is lost, and nothing more should be sent. */
bool outbox_turn(struct outbox *ob, int64_t now, const struct outbox_hooks *h, struct err *e);
/* Of hand-overs at work: readable means that a turn is worth it.  Returns how many there are, writes at most
 * max. */
uint32_t outbox_fds(const struct outbox *ob, int *fd, uint32_t max);
/* When the next turn is worth it if no fd says so before; s; 0: nothing waits.  For notifiers that pause or
 * are at work it is not earlier than they are. */
int64_t outbox_next(const struct outbox *ob, int64_t now);
/* Nothing is being handed over, and the last turn found nothing due. */
bool outbox_idle(const struct outbox *ob);
/* Turns until idle, or until wait_ms are over (real time); then what is at work is left to the next start.
 * *idle says which it was.  For run --once.  now: the host's clock (clock_now). */
bool outbox_drain(struct outbox *ob, int64_t wait_ms, const struct outbox_hooks *h, bool *idle,
    struct err *e);
/* Before it is closed: begins nothing more and takes the answers of what is being handed over; what has none
 * within wait_ms is unknown, and comes again. */
bool outbox_finish(struct outbox *ob, int64_t wait_ms, const struct outbox_hooks *h, struct err *e);

#endif
