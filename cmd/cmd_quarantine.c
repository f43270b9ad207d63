/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin quarantine: what could not be read, with the reason and the bytes.
 * Replay and drop are orders, as only the decider writes.
 */
#include <string.h>
#include "buf.h"
#include "cmd/evidence.h"
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/story.h"
#include "cmd/which.h"

#define SHOWN_BYTES	2048		/* of one record, for people */
#define SHOWN_SPANS	50

static const struct list_col cols[] = {
	{ "quarantine", "ID", LIST_NUMBER, 0 },
	{ "input", "INPUT", LIST_NUMBER, 0 },
	{ "source", "SOURCE", LIST_TEXT, LIST_CUT },
	{ "name", "NAME", LIST_TEXT, LIST_CUT },
	{ "member", NULL, LIST_TEXT, 0 },
	{ "at", "SINCE", LIST_TIME, 0 },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "records", "RECORDS", LIST_NUMBER, 0 },
	{ "line", "LINE", LIST_NUMBER, 0 },
	{ "reason", "REASON", LIST_TEXT, LIST_CUT },
	{ "detail", NULL, LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

static bool
one(void *arg, const struct quarantine_row *r)
{
	struct list *t = arg;

	list_number(t, "quarantine", r->id);
	list_number(t, "input", r->input);
	list_text(t, "source", r->source);
	list_text(t, "name", r->name);
	list_some(t, "member", r->member);
	list_time(t, "at", r->at);
	list_text(t, "state", r->state < Q_MAX ? qstate_names[r->state] : NULL);
	if (r->n > 0) {
		list_number(t, "records", r->n);
		list_number(t, "line", r->span[0].line);
	}
	list_text(t, "reason", r->reason);
	list_some(t, "detail", r->detail);
	list_row(t);
	return true;
}

static int
all(struct view *v)
{
	static const char *const states[] = { "open", "replayed", "dropped", NULL };
	struct quarantine_filter f = quarantine_filter_any;
	struct err e = ERR_INIT;
	struct list *t;
	bool good;

	if (!view_state(v, states, &f.state)) {
		view_close(v);
		return CMD_USAGE;
	}
	f.at = v->filter.span;
	f.source = v->filter.source;
	t = list_new(cols, v->args->json, stdout, list_width());
	good = ledger_quarantine_each(v->l, &f, one, t, &e);
	list_end(t, good ? "nothing is in quarantine" : NULL);
	return view_done(v, good, &e);
}

/* ---- one, with its bytes */

struct showing {
	struct view	*v;
	struct evidence	*ev;
	struct story	 s;
	struct buf	 bytes;
	bool		 found;
};

static void
span(struct showing *x, const struct quarantine_row *r, const struct span *p)
{
	struct err e = ERR_INIT;
	bool read = evidence_bytes(x->ev, r->sha256, r->member, p->off, p->len, &x->bytes, &e);

	story_number(&x->s, "quarantine", r->id);
	story_number(&x->s, "input", r->input);
	story_number(&x->s, "line", p->line);
	story_number(&x->s, "offset", (int64_t)p->off);
	story_number(&x->s, "length", p->len);
	story_text(&x->s, "reason", r->reason);
	story_text(&x->s, "detail", r->detail);
	story_head(&x->s, 1, "line %u, bytes %llu-%llu:", p->line, (unsigned long long)p->off,
	    (unsigned long long)(p->off + p->len));
	if (read)
		story_show(&x->s, 2, "record", x->bytes.p, x->bytes.n, SHOWN_BYTES);
	else
		story_tell(&x->s, 2, "record", "its bytes cannot be read: %s", e.text);
}

static bool
show_one(void *arg, const struct quarantine_row *r)
{
	struct showing *x = arg;
	const char *state = r->state < Q_MAX ? qstate_names[r->state] : "?";
	char when[STORY_TIME];
	uint32_t i;

	x->found = true;
	story_number(&x->s, "quarantine", r->id);
	story_number(&x->s, "input", r->input);
	story_text(&x->s, "source", r->source);
	story_text(&x->s, "name", r->name);
	story_text(&x->s, "member", r->member);
	story_text(&x->s, "reason", r->reason);
	story_text(&x->s, "detail", r->detail);
	story_text(&x->s, "state", state);
	story_time(&x->s, "at", r->at);
	story_number(&x->s, "records", r->n);
	story_tell(&x->s, 0, "quarantine", "quarantine %u: %s%s%s", r->id, r->reason, *r->detail ? ": " : "",
	    r->detail);
	story_head(&x->s, 1, "input %u: %s %s%s%s; %s, %s since %s", r->input, r->source, r->name,
	    *r->member ? " / " : "", r->member, r->n == 0 ? "the whole input" : r->n == 1 ? "one record" :
	    "several records", state, story_when(r->at, when));
	for (i = 0; i < r->n && (x->s.json || i < SHOWN_SPANS); i++)
		span(x, r, &r->span[i]);
	if (i < r->n)
		story_head(&x->s, 1, "... and %u more (--json gives all)", r->n - i);
	if (r->state == Q_OPEN)
		story_head(&x->s, 1, "to settle it: `tocsin quarantine replay %u` reads it again, `tocsin "
		    "quarantine drop %u` gives it up", r->id, r->id);
	return true;
}

static int
show(struct view *v, uint32_t id)
{
	struct quarantine_filter f = quarantine_filter_any;
	struct showing x = { .v = v, .ev = evidence_open(v) };
	struct err e = ERR_INIT;
	bool good;

	f.id = id;
	story_begin(&x.s, stdout, v->args->json);
	good = ledger_quarantine_each(v->l, &f, show_one, &x, &e);
	if (good && !x.found)
		good = err_set(&e, "there is no quarantine %u", id);
	story_end(&x.s);
	evidence_close(x.ev);
	buf_free(&x.bytes);
	return view_done(v, good, &e);
}

/* ---- orders */

static bool
take_state(void *arg, const struct quarantine_row *r)
{
	*(int *)arg = r->state;
	return false;
}

static int
order(struct view *v, const char *verb, uint32_t id)
{
	struct quarantine_filter f = quarantine_filter_any;
	struct err e = ERR_INIT;
	int state = -1, status;

	f.id = id;
	if (!ledger_quarantine_each(v->l, &f, take_state, &state, &e))
		return view_done(v, false, &e);
	if (state == Q_OPEN)
		status = order_give(v, verb, order_args(v->arena, "id", arena_printf(v->arena, "%u", id),
		    cmd_value(v->args, "why")), arena_printf(v->arena, "%u", id));
	else if (state < 0)
		status = cmd_fail(v->args, CMD_FAILED, "there is no quarantine %u", id);
	else
		status = cmd_fail(v->args, CMD_FAILED, "quarantine %u is settled already: %s", id,
		    qstate_names[state]);
	view_close(v);
	return status;
}

static int
run(const struct cmd_args *a)
{
	static const char *const verbs[] = { "list", "show", "replay", "drop", NULL };
	struct err e = ERR_INIT;
	struct view v;
	uint32_t id = 0;
	int verb = a->narg > 0 ? word_find("quarantine verb", a->arg[0], verbs, &e) : 0, status;

	if (verb < 0)
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	if (verb == 0 ? a->narg > 1 : a->narg != 2 || !which_number(a->arg[1], &id))
		return cmd_fail(a, CMD_USAGE, verb == 0 ? "list takes nothing more" :
		    "%s which? Expected the number of a quarantine", verbs[verb]);
	if ((status = view_open(&v, a, verb >= 2 ? LEDGER_HAND : LEDGER_READ)) != CMD_OK)
		return status;
	return verb == 0 ? all(&v) : verb == 1 ? show(&v, id) :
	    order(&v, verb == 2 ? "quarantine-replay" : "quarantine-drop", id);
}

static const struct cmd_opt options[] = {
	FILTER_SINCE, FILTER_UNTIL, FILTER_SOURCE, FILTER_STATE,
	{ "why", "TEXT", "with replay and drop: for the audit log", false },
	FILTER_END
};

const struct cmd cmd_quarantine = {
	.name = "quarantine",
	.operands = "[list | show ID | replay ID | drop ID]",
	.most = 2,
	.opt = options,
	.run = run,
	.summary = "list, show, replay or drop what could not be read",
	.help = "What could not be read is kept with its reason: a whole input, or records of one.\n"
	    "States: open, replayed, dropped.  show prints the bytes; replay reads them again, for\n"
	    "instance after a feed file was corrected; drop says that nobody will.  Replay and drop\n"
	    "are orders: rows in the audit log that `tocsin run` applies.\n",
};
