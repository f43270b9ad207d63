/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin hold, tocsin release: nothing about WHAT is sent until it is
 * released.  WHAT is checked here, so that a slip of the hand does not hold
 * nothing; the decider asks again when it applies the order.
 */
#include <stdlib.h>
#include <string.h>
#include "cmd/order.h"
#include "cmd/which.h"
#include "mem.h"
#include "near.h"

#define WHATS "organisation:ID, problem:NAME, feed:NAME, case:NUMBER, warning:NUMBER, outbox or all"

struct asking {
	struct view	*v;
	const char	*id;			/* after the colon */
	struct err	*e;
};

static bool
org_known(struct asking *q, const char **what)
{
	struct registry *r;
	const char **keys, *near = NULL;
	uint32_t i;

	(void)what;
	if (ledger_org_find(q->v->l, q->id) != 0)
		return true;
	if ((r = ledger_registry(q->v->l, q->e)) != NULL) {
		keys = xcalloc(r->norg + 1, sizeof *keys);
		for (i = 0; i < r->norg; i++)
			keys[i] = r->org[i].key;
		near = near_name(q->id, keys, r->norg);
		if (near)
			near = arena_strdup(q->v->arena, near);
		free(keys);
		registry_free(r);
	}
	return near ? err_set(q->e, "organisation \"%s\" is not known; did you mean \"%s\"?", q->id, near) :
	    err_set(q->e, "organisation \"%s\" is not known; `tocsin org list` shows them", q->id);
}

/* A word may be held before it was ever seen, unless it looks like a slip for one that was. */
static bool
word_known(struct asking *q, enum dict d, const char *what)
{
	const char **words, *near, *text;
	uint32_t n = 0, cap = 0;

	if (ledger_find(q->v->l, d, tcs_str(q->id)) != 0)
		return true;
	for (words = NULL; (text = ledger_text(q->v->l, d, n + 1))[0] != '\0'; words[n++] = text)
		if (n == cap)
			words = xrealloc(words, (cap = cap * 2 + 64) * sizeof *words);
	near = near_name(q->id, words, n);
	free(words);
	return near == NULL || err_set(q->e, "%s \"%s\" was never seen; did you mean \"%s\"?", what, q->id,
	    near);
}

static bool
problem_known(struct asking *q, const char **what)
{
	(void)what;
	return word_known(q, DICT_PROBLEM, "problem");
}

static bool
feed_known(struct asking *q, const char **what)
{
	(void)what;
	return strchr(q->id, '/') ? word_known(q, DICT_FEED, "feed") : word_known(q, DICT_SOURCE, "source");
}

static bool
take(void *arg, const struct case_row *r)
{
	(void)r;
	*(bool *)arg = true;
	return false;
}

static bool
case_known(struct asking *q, const char **what)
{
	struct case_filter f = case_filter_any;
	bool found = false;

	(void)what;
	if (!which_number(q->id, &f.id))
		return err_set(q->e, "case \"%s\": expected its number", q->id);
	if (!ledger_cases_each(q->v->l, &f, take, &found, q->e))
		return false;
	return found || err_set(q->e, "there is no case %s", q->id);
}

/* Orders name a warning by its place in the ledger. */
static bool
warning_known(struct asking *q, const char **what)
{
	uint32_t id = which_warning(q->v->l, q->id);

	if (id == 0)
		return err_set(q->e, "there is no warning %s", q->id);
	*what = arena_printf(q->v->arena, "warning:%u", id);
	return true;
}

static const struct {
	const char	*kind;
	bool		 (*known)(struct asking *, const char **);
} kinds[] = {
	{ "organisation", org_known }, { "problem", problem_known }, { "feed", feed_known },
	    { "case", case_known },
	{ "warning", warning_known },
};

static bool
understood(struct view *v, const char **what, struct err *e)
{
	const char *colon = strchr(*what, ':'), *names[7], *near;
	struct asking q = { v, colon ? colon + 1 : NULL, e };
	size_t i, n = colon ? (size_t)(colon - *what) : strlen(*what);

	if (strcmp(*what, "all") == 0 || strcmp(*what, "outbox") == 0)
		return true;
	for (i = 0; colon && i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i].kind) == n && memcmp(kinds[i].kind, *what, n) == 0)
			return *q.id ? kinds[i].known(&q, what) :
			    err_set(e, "\"%s\": which? Something is missing after the colon", *what);
	for (i = 0; i < sizeof kinds / sizeof *kinds; i++)
		names[i] = kinds[i].kind;
	names[i++] = "all";
	names[i++] = "outbox";
	near = near_name(arena_strndup(v->arena, *what, n), names, i);
	return near ? err_set(e, "\"%s\": expected " WHATS "; did you mean %s?", *what, near) :
	    err_set(e, "\"%s\": expected " WHATS, *what);
}

static int
run(const struct cmd_args *a)
{
	const char *what = a->arg[0];
	struct err e = ERR_INIT;
	struct view v;
	int status;

	if ((status = view_open(&v, a, LEDGER_HAND)) != CMD_OK)
		return status;
	if (!understood(&v, &what, &e))
		status = cmd_fail(a, CMD_USAGE, "%s", e.text);
	else
		status = order_give(&v, a->cmd->name, order_args(v.arena, "what", what, cmd_value(a, "why")),
		    what);
	view_close(&v);
	return status;
}

static const struct cmd_opt options[] = {
	{ "why", "TEXT", "for the audit log, and for whoever finds it held", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_hold = {
	.name = "hold",
	.operands = "WHAT",
	.least = 1,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "send nothing about WHAT until it is released",
	.help = "WHAT is organisation:ID, problem:NAME, feed:NAME (a source, or source/report),\n"
	    "case:NUMBER, warning:NUMBER, outbox (all that is composed, whatever it is about), or\n"
	    "all.  Cases go on being folded and remembered; what\n"
	    "becomes due meanwhile is held.  `tocsin todo` shows what is held.\n\n"
	    "An order is a row in the audit log first; a running `tocsin run` applies it with its\n"
	    "next commit, otherwise the next one does when it begins.\n",
};

const struct cmd cmd_release = {
	.name = "release",
	.operands = "WHAT",
	.least = 1,
	.most = 1,
	.opt = options,
	.run = run,
	.summary = "let go what is held",
	.help = "WHAT as for hold.  A case is matched again first: what a corrected registry gives to\n"
	    "another organisation goes there.  `tocsin release all` lets go what `hold all` held.\n",
};
