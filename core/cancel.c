/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a warning back.  What has not left is taken out of the outbox and its
 * cases are held until a person says how it goes on.  What has left, or may
 * have, is followed by a correction to the same recipient in the same thread,
 * once.  One that is being handed over counts as left: it is settled when its
 * answer has come, for deliverer and decider are one thread and no commit is
 * open between claim and answer.
 */
#include <stdio.h>
#include <string.h>
#include <tocsin/plugin.h>
#include "clock.h"
#include "flatjson.h"
#include "hands.h"
#include "ledger/ledger_hands.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

struct cancelling {
	struct host		*h;
	const struct order	*o;		/* NULL: settled after its answer */
	struct cancel		 c;
	struct warning_row	 row;		/* texts in a */
	bool			 found;
	bool			 drop;		/* it is in the outbox */
	struct warning		 correction;	/* id 0: none */
	uint32_t		 ncase;
	char			 result[300];
};

static bool
take_row(void *arg, const struct warning_row *r)
{
	struct cancelling *x = ((void **)arg)[0];
	struct arena *a = ((void **)arg)[1];
	struct warning *w = &x->row.w;

	x->found = true;
	x->row = *r;
	w->number = arena_strdup(a, r->w.number);
	w->message_id = arena_strdup(a, r->w.message_id);
	w->answers = arena_strdup(a, r->w.answers);
	w->recipient = arena_strdup(a, r->w.recipient);
	w->notifier = arena_strdup(a, r->w.notifier);
	w->topic = arena_strdup(a, r->w.topic);
	w->subject = arena_strdup(a, r->w.subject);
	w->language = arena_strdup(a, r->w.language);
	w->redirected = arena_strdup(a, r->w.redirected);
	w->cases = arena_dup(a, r->w.cases, r->w.ncase * sizeof *r->w.cases);
	w->revs = NULL;
	return false;
}

static bool
look_up(struct cancelling *x, struct arena *a, struct err *e)
{
	struct warning_filter f = warning_filter_any;
	void *arg[] = { x, a };

	f.id = x->c.warning;
	return ledger_warnings_each(x->h->decider->ledger, &f, take_row, arg, e);
}

/* Nobody decides about them but a person, from now on. */
static void
hold_cases(struct cancelling *x)
{
	struct decider *d = x->h->decider;
	uint32_t i;

	for (i = 0; i < x->row.w.ncase; i++) {
		struct tcase *c = table_id(d->table, x->row.w.cases[i]);

		if (c == NULL || c->warning != x->c.warning ||
		    (c->told != TOLD_DUE && c->told != TOLD_HANDED_OVER))
			continue;
		if (c->told == TOLD_DUE)
			c->warning = 0;		/* it was never told of this */
		c->told = TOLD_HELD;
		c->reason = WHY_CANCELLED;
		c->rev++;
		commit_dirty(d, c->id);
		commit_event(d, c->id, EVENT_HELD, WHY_CANCELLED, x->c.audit);
		x->ncase++;
	}
}

static bool
write_cancel(void *arg, struct err *e)
{
	struct cancelling *x = arg;
	struct ledger *l = x->h->decider->ledger;
	bool fresh;

	if (x->drop && !ledger_warning_state(l, x->c.warning, W_CANCELLED))
		return err_set(e, "warning %s cannot be taken from the outbox", x->row.w.number);
	if (x->correction.id != 0 && !ledger_warning_put(l, &x->correction, &fresh, e))
		return false;
	x->c.correction = x->correction.id;
	ledger_cancel_put(l, &x->c);
	if (x->o != NULL)
		ledger_order_done(l, x->o->id, x->result);
	return true;
}

static bool
unanswered(void *arg, const struct delivery_row *r)
{
	bool *any = arg;

	*any = *any || r->answer == TCS_UNKNOWN;
	return !*any;
}

/* It is in the outbox: has it never been handed over, for certain? */
static bool
never_left(struct cancelling *x, bool *never, struct err *e)
{
	bool any = false;

	if (!ledger_deliveries_each(x->h->decider->ledger, x->c.warning, unanswered, &any, e))
		return false;
	*never = !any;
	return true;
}

static bool
correct(struct cancelling *x, const char *left, struct arena *a, struct err *e)
{
	struct err why = ERR_INIT;

	if (!round_correction(x->h->rounds, &x->row.w, x->c.tell, a, &x->correction, &why)) {
		snprintf(x->result, sizeof x->result,
		    "refused: the correction of %s cannot be composed: %.200s", x->row.w.number, why.text);
		return x->o == NULL ? err_set(e, "%s", x->result) : hands_answer(x->h, x->o, x->result, e);
	}
	x->c.state = CANCEL_CORRECTED;
	hold_cases(x);
	snprintf(x->result, sizeof x->result,
	    "cancelled %s, which %s: correction %s goes to %s; %u cases held", x->row.w.number, left,
	    x->correction.number, x->row.w.recipient, x->ncase);
	return commit_end(x->h->decider, NULL, 0, write_cancel, x, e);
}

static bool
in_outbox(struct cancelling *x, struct arena *a, struct err *e)
{
	bool never;

	x->drop = true;
	if (!never_left(x, &never, e))
		return false;
	/* or it left before the ledger was restored, under this Message-ID */
	if (!never || ledger_left_already(x->h->decider->ledger, x->row.w.message_id) != TIME_NONE)
		return correct(x, "may have left", a, e);
	x->c.state = CANCEL_BEFORE;
	hold_cases(x);
	snprintf(x->result, sizeof x->result, "cancelled %s before it left: %u cases held", x->row.w.number,
	    x->ncase);
	return commit_end(x->h->decider, NULL, 0, write_cancel, x, e);
}

static const char *
refusal(struct cancelling *x, struct arena *a)
{
	struct cancel before;
	struct ledger *l = x->h->decider->ledger;

	if (!x->found)
		return "refused: there is no such warning";
	if (ledger_cancel_get(l, a, x->c.warning, &before) || x->row.state == W_CANCELLED)
		return "refused: it was cancelled already";
	if (ledger_corrects(l, x->c.warning) != 0)
		return "refused: it is a correction itself";
	return x->row.state == W_REFUSED ?
	    "refused: the other side did not take it, so nobody has it; its cases are held" : NULL;
}

bool
order_cancel(struct host *h, const struct order *o, struct arena *a, struct err *e)
{
	struct cancelling x = { .h = h, .o = o };
	const char *what = flat_get(a, o->args, "warning"), *why = flat_get(a, o->args, "why"),
	    *told = flat_get(a, o->args, "tell"), *no;
	uint64_t id = 0;

	if (what == NULL || !tcs_uint(tcs_str(what), UINT32_MAX, &id))
		return hands_answer(h, o, "refused: expected the number of a warning", e);
	x.c = (struct cancel){ .warning = (uint32_t)id, .audit = o->id, .at = clock_now() / NS,
		.why = why != NULL ? why : "", .tell = told != NULL ? told : "" };
	if (!look_up(&x, a, e))
		return false;
	if ((no = refusal(&x, a)) != NULL)
		return hands_answer(h, o, no, e);
	if (x.row.state == W_WAITING || x.row.state == W_HELD)
		return in_outbox(&x, a, e);
	if (warning_left(x.row.state))
		return correct(&x, "had left", a, e);
	snprintf(x.result, sizeof x.result, "%s is being handed over: settled when its answer has come",
	    x.row.w.number);
	return commit_end(h->decider, NULL, 0, write_cancel, &x, e);
}

static bool
settle_one(struct host *h, const struct cancel *c, struct arena *a, struct err *e)
{
	struct cancelling x = { .h = h, .c = *c };

	if (!look_up(&x, a, e))
		return false;
	if (x.row.state == W_WAITING || x.row.state == W_HELD)
		return in_outbox(&x, a, e);
	if (warning_left(x.row.state))
		return correct(&x, "had left", a, e);
	if (x.row.state != W_REFUSED)
		return true;
	x.c.state = CANCEL_BEFORE;		/* nobody has it; its cases are held as refused */
	return commit_end(h->decider, NULL, 0, write_cancel, &x, e);
}

bool
cancels_settle(struct host *h, struct err *e)
{
	struct arena *a = arena_new();
	struct cancel *list;
	uint32_t i, n;
	bool good = ledger_cancels_open(h->decider->ledger, a, &list, &n, e);

	for (i = 0; good && i < n; i++)
		good = settle_one(h, &list[i], a, e);
	arena_free(a);
	return good;
}
