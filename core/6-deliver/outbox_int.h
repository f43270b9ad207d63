/* SPDX-License-Identifier: Apache-2.0 */
/* What outbox.c and outbox_settle.c share. */
#ifndef CORE_OUTBOX_INT_H
#define CORE_OUTBOX_INT_H

#include "6-deliver/notifier.h"
#include "6-deliver/outbox.h"
#include "6-deliver/rate.h"

#define OUTBOX_REPLY	400

struct post;

/* A process, and the one warning that it hands over. */
struct session {
	struct post	*post;
	struct notifier	*n;			/* NULL: not started */
	struct arena	*arena, *next_arena;
	struct delivery	 d, next;		/* next: claimed in the commit that ends d */
	bool		 busy;			/* claimed, and its answer not yet durable */
	bool		 has_result, local;	/* local: the notifier itself does not work */
	bool		 claimed, fresh;	/* next is; d is claimed and not begun */
	struct tcs_result result;
	int		 answer;		/* what result amounts to */
	char		 reply[OUTBOX_REPLY];
};

/* A notifier. */
struct post {
	const struct cfg_notifier *cfg;
	const struct plugin	*plugin;
	struct tcs_val		*opts;
	struct session		*s;
	uint32_t		 n;		/* at most */
	uint32_t		 running;	/* these may have a process; at least 1 */
	unsigned		 failures;	/* to start or begin, one after the other */
	int64_t			 not_before;	/* s */
	int64_t			 grow_after, busy_at;
};

struct outbox {
	const struct config	*c;
	struct ledger		*ledger;
	struct arena		*arena;
	struct rates		*rates;
	uint8_t			 secret[32];	/* behind the tokens of bounces */
	struct post		*p;
	uint32_t		 n;
	bool			 idle, stray, closing, shut;
	bool			 more;		/* of the due ones not all were looked at */
	int64_t			 now;
};

const char *session_address(const struct session *s);
/* What was answered becomes durable and what is due is claimed, all in one commit; then it is told. */
bool outbox_exchange(struct outbox *ob, const struct outbox_hooks *h, struct err *e);
/* The gate's no. */
bool outbox_hold(struct outbox *ob, struct session *s, const struct outbox_hooks *h, const char *why,
    struct err *e);

#endif
