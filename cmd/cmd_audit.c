/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin audit: every order by hand, and whether the log is whole. */
#include <string.h>
#include "cmd/list.h"
#include "cmd/view.h"
#include "timefmt.h"

static const struct list_col cols[] = {
	{ "order", "ORDER", LIST_NUMBER, 0 },
	{ "at", "AT", LIST_TIME, 0 },
	{ "who", "WHO", LIST_TEXT, LIST_CUT },
	{ "verb", "VERB", LIST_TEXT, 0 },
	{ "args", "WHAT", LIST_TEXT, LIST_CUT },
	{ "applied", "APPLIED", LIST_TIME, 0 },
	{ "result", "RESULT", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

struct listing {
	struct list	*t;
	struct filter	*f;
};

static bool
one(void *arg, const struct order_row *r)
{
	struct listing *x = arg;

	if ((x->f->span.since != TIME_NONE && r->o.at < x->f->span.since) ||
	    (x->f->span.until != TIME_NONE && r->o.at >= x->f->span.until))
		return true;
	list_number(x->t, "order", r->o.id);
	list_time(x->t, "at", r->o.at);
	list_text(x->t, "who", r->o.who);
	list_text(x->t, "verb", r->o.verb);
	list_text(x->t, "args", r->o.args);
	if (r->result != NULL) {
		list_time(x->t, "applied", r->applied);
		list_text(x->t, "result", r->result);
	}
	list_row(x->t);
	return true;
}

static int
list(struct view *v)
{
	struct listing x = { list_new(cols, v->args->json, stdout, list_width()), &v->filter };
	struct err e = ERR_INIT;
	bool good = ledger_orders_each(v->l, 0, false, one, &x, &e);

	list_end(x.t, good ? "no orders" : NULL);
	return view_done(v, good, &e);
}

static const struct list_col verify_cols[] = {
	{ "orders", NULL, LIST_NUMBER, 0 },
	{ "whole", NULL, LIST_BOOL, 0 },
	{ "broken", NULL, LIST_NUMBER, 0 },
	{ "last", NULL, LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

static void
verify_json(uint32_t n, uint32_t bad, const char *hash)
{
	struct list *t = list_new(verify_cols, true, stdout, 0);

	list_number(t, "orders", n);
	list_bool(t, "whole", bad == 0);
	if (bad != 0)
		list_number(t, "broken", bad);
	list_some(t, "last", hash);
	list_row(t);
	list_end(t, NULL);
}

static int
verify(struct view *v)
{
	const struct cmd_args *a = v->args;
	struct err e = ERR_INIT;
	uint32_t bad = 0, n = 0;
	char hash[65];

	if (!ledger_audit_verify(v->l, &bad, &e) || !ledger_audit_last(v->l, &n, hash, &e))
		return view_done(v, false, &e);
	if (a->json)
		verify_json(n, bad, hash);
	else if (bad == 0 && n == 0)
		printf("no orders\n");
	else if (bad == 0)
		printf("%u orders, the chain is whole; its last hash, to be noted elsewhere:\n%s\n", n, hash);
	view_close(v);
	if (bad == 0)
		return CMD_OK;
	return cmd_fail(a, CMD_FAILED, "order %u is not what was written: it, or one before it, was changed "
	    "or taken out; the orders before it are whole", bad);
}

static int
run(const struct cmd_args *a)
{
	static const char *const verbs[] = { "list", "verify", NULL };
	struct err e = ERR_INIT;
	struct view v;
	int verb = a->narg > 0 ? word_find("audit verb", a->arg[0], verbs, &e) : 0, status;

	if (verb < 0)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	return verb == 0 ? list(&v) : verify(&v);
}

static const struct cmd_opt options[] = { FILTER_SINCE, FILTER_UNTIL, FILTER_END };

const struct cmd cmd_audit = {
	.name = "audit",
	.operands = "[list | verify]",
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "list every order by hand, or verify that the log of them is whole",
	.help = "The log is append-only; each row's hash covers the row and the hash before it, so that\n"
	    "a row that was changed or taken out shows: verify names the first and ends with 1.  Who\n"
	    "can write the file can rewrite all of it: note the last hash elsewhere from time to time.\n"
	    "It holds ids, not personal data, because nothing can be erased from it.\n",
};
