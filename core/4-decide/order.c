/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders by hand.  A command wrote what a person wants into the audit log; the
 * decider applies it here, in the order given, each in one commit with its
 * effect and its result.  An order that makes no sense is answered, not
 * retried.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "4-decide/answer.h"
#include "4-decide/climb.h"
#include "4-decide/decider.h"
#include "4-decide/health.h"
#include "clock.h"
#include "flatjson.h"
#include "timefmt.h"

struct ordering {
	struct decider		*d;
	const struct order	*o;
	const char		*what;
	bool			 on;		/* hold, not release */
	uint32_t		 warning;	/* of "warning:NUMBER", or 0 */
	uint32_t		 ncase, nwarning;
	char			 result[ORDER_RESULT];
};

static void
case_hold(struct ordering *x, struct tcase *c)
{
	if (c->told != TOLD_DUE || c->warning != 0)
		return;
	c->told = TOLD_HELD;
	c->reason = WHY_BY_HAND;
	c->rev++;
	commit_dirty(x->d, c->id);
	commit_event(x->d, c->id, EVENT_HELD, WHY_BY_HAND, x->o->id);
	x->ncase++;
}

static void
of_warning(void *arg, uint32_t id)
{
	struct ordering *x = arg;
	struct tcase *c = table_id(x->d->table, id);

	if (c != NULL && !x->on && c->told == TOLD_HELD)
		x->ncase += case_release(x->d, c, true, x->o->id);
}

struct held_warning { struct ordering *x; bool any; };

static void
any_case(void *arg, uint32_t id)
{
	struct held_warning *w = arg;
	const struct tcase *c = table_id(w->x->d->table, id);

	w->any = w->any || (c != NULL && hold_matches(w->x->d, w->x->what, c));
}

/* A warning that the gate held waits again when it is named, or is about what is released; the gate looks
 * at it once more. */
static void
warning_release(void *arg, uint32_t warning, uint32_t org)
{
	struct ordering *x = arg;
	struct held_warning w = { x, warning == x->warning };
	struct err e = ERR_INIT;
	bool redirected;

	(void)org;
	if (x->warning == 0)
		ledger_warning_cases(x->d->ledger, warning, &redirected, any_case, &w, &e);
	if (w.any)
		x->nwarning += ledger_warning_state(x->d->ledger, warning, W_WAITING);
}

/* Inside the commit. */
static bool
hold_write(void *arg, struct err *e)
{
	struct ordering *x = arg;

	if (x->warning != 0 && x->on)
		x->nwarning += ledger_warning_state(x->d->ledger, x->warning, W_HELD);
	else if (x->warning == 0)
		ledger_hold_set(x->d->ledger, x->what, x->on, x->o->id);
	if (!x->on && !ledger_outbox_held(x->d->ledger, warning_release, x, e))
		return false;
	snprintf(x->result, sizeof x->result, "%s %s: %" PRIu32 " cases and %" PRIu32 " warnings",
	    x->on ? "held" : "released", x->what, x->ncase, x->nwarning);
	ledger_order_done(x->d->ledger, x->o->id, x->result);
	return true;
}

/* Is it something that can be held?  The names are checked, so that a slip of the hand
 * does not hold nothing. */
static bool
hold_known(struct ordering *x)
{
	struct tcs_slice rest = tcs_str(x->what), kind;
	uint64_t id = 0;

	if (strcmp(x->what, "all") == 0 || strcmp(x->what, "outbox") == 0)
		return true;
	if (!tcs_cut(&rest, ':', &kind) || rest.n == 0)
		return false;
	if (tcs_is(kind, "warning") || tcs_is(kind, "case")) {
		if (!tcs_uint(rest, UINT32_MAX, &id))
			return false;
		x->warning = tcs_is(kind, "warning") ? (uint32_t)id : 0;
		return x->warning != 0 || table_id(x->d->table, (uint32_t)id) != NULL;
	}
	if (tcs_is(kind, "organisation"))
		return registry_org_key(x->d->registry, rest.p) != NULL;
	return tcs_is(kind, "problem") || tcs_is(kind, "feed");
}

bool
order_answered(struct decider *d, const struct order *o, const char *text, struct err *e)
{
	if (!ledger_begin(d->ledger, e))
		return false;
	ledger_order_done(d->ledger, o->id, text);
	return ledger_end(d->ledger, e);
}

static bool
order_hold(struct decider *d, const struct order *o, bool on, struct arena *a, struct err *e)
{
	struct ordering x = { .d = d, .o = o, .what = flat_get(a, o->args, "what"), .on = on };
	uint32_t i, n = table_count(d->table);
	bool redirected;

	if (x.what == NULL || !hold_known(&x))
		return order_answered(d, o, arena_printf(a,
		    "refused: %s: expected organisation:ID, problem:NAME, feed:NAME, case:NUMBER, "
		    "warning:NUMBER, outbox or all, of something that there is",
		    x.what != NULL ? x.what : "nothing"), e);
	d->letting = on ? NULL : x.what;
	if (x.warning != 0 && !ledger_warning_cases(d->ledger, x.warning, &redirected, of_warning, &x, e))
		return false;
	for (i = 0; x.warning == 0 && i < n; i++) {
		struct tcase *c = table_at(d->table, i);

		if (!hold_matches(d, x.what, c))
			continue;
		if (on)
			case_hold(&x, c);
		else if (c->told == TOLD_HELD)
			x.ncase += case_release(d, c, true, o->id);
	}
	d->letting = NULL;
	if (!commit_end(d, NULL, 0, hold_write, &x, e))
		return false;
	arena_reset(d->arena);
	return ledger_holds(d->ledger, d->arena, &d->hold, &d->nhold, e);
}

struct dropping { struct decider *d; const struct order *o; uint32_t id; };

static bool
drop_write(void *arg, struct err *e)
{
	struct dropping *x = arg;

	(void)e;
	ledger_quarantine_state(x->d->ledger, x->id, Q_DROPPED);
	ledger_order_done(x->d->ledger, x->o->id, "dropped");
	return true;
}

static bool
order_quarantine(struct decider *d, const struct order *o, const struct order_hooks *h, bool replay,
    struct arena *a, struct err *e)
{
	const char *text = flat_get(a, o->args, "id");
	struct dropping x = { d, o, 0 };
	struct quarantined q;
	char result[400] = "";
	uint64_t id = 0;
	bool got;

	if (text == NULL || !tcs_uint(tcs_str(text), UINT32_MAX, &id))
		return order_answered(d, o, "refused: expected the number of a quarantine", e);
	x.id = (uint32_t)id;
	if (!ledger_quarantine_get(d->ledger, a, x.id, &q, &got, e))
		return false;
	if (!got || q.state != Q_OPEN)
		return order_answered(d, o,
		    got ? "refused: it is settled already" : "refused: there is no such quarantine", e);
	if (!replay)
		return commit_end(d, NULL, 0, drop_write, &x, e);
	return h->replay(h->arg, x.id, result, sizeof result, e) && order_answered(d, o, result, e);
}

struct importing { struct decider *d; const struct order *o; char *text; uint32_t n; };

static bool
imported(void *arg, struct err *e)
{
	struct importing *x = arg;
	size_t n = strlen(x->text);

	(void)e;
	if (x->n > 0)
		snprintf(x->text + n, ORDER_RESULT - n, "; %" PRIu32 " cases are another organisation's now",
		    x->n);
	ledger_order_done(x->d->ledger, x->o->id, x->text);
	return true;
}

static bool
order_import(struct decider *d, const struct order *o, const struct order_hooks *h, struct err *e)
{
	char result[ORDER_RESULT] = "";
	struct importing x = { d, o, NULL, 0 };

	if (!h->import(h->arg, o, result, sizeof result, e) || !decider_registry(d, e))
		return false;
	x.n = cases_refile(d, o->id);
	x.text = result;
	return commit_end(d, NULL, 0, imported, &x, e);
}

static bool
apply(struct decider *d, const struct order *o, const struct order_hooks *h, struct arena *a, struct err *e)
{
	bool known = false;

	if (strcmp(o->verb, "hold") == 0 || strcmp(o->verb, "release") == 0)
		return order_hold(d, o, o->verb[0] == 'h', a, e);
	if (strcmp(o->verb, "quarantine-replay") == 0 || strcmp(o->verb, "quarantine-drop") == 0)
		return order_quarantine(d, o, h, o->verb[11] == 'r', a, e);
	if (strncmp(o->verb, "contact-", 8) == 0 || strcmp(o->verb, "mail-close") == 0)
		return order_contact(d, o, a, e);
	if (strcmp(o->verb, "org-import") == 0)
		return order_import(d, o, h, e);
	if (strcmp(o->verb, "net-import") == 0 || strcmp(o->verb, "net-remove") == 0)
		return climb_order(d, o, e);
	if (strcmp(o->verb, ANSWER_VERB) == 0)
		return order_answer(d, o, a, e);
	if (strcmp(o->verb, "org-merge") == 0 || strcmp(o->verb, "org-split") == 0)
		return order_org(d, o, o->verb[4] == 'm', a, e);
	if (h->more != NULL && !h->more(h->arg, o, a, &known, e))
		return false;
	return known || order_answered(d, o, "refused: an order this program does not know", e);
}

bool
orders_apply(struct decider *d, const struct order_hooks *h, uint32_t *n, struct err *e)
{
	struct arena *a = arena_new();
	struct order *list;
	bool good = ledger_orders_open(d->ledger, a, &list, n, e);
	uint32_t i;

	for (i = 0; good && i < *n; i++)
		good = apply(d, &list[i], h, a, e);
	arena_free(a);
	return good;
}
