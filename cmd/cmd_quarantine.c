/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin quarantine: what could not be read, with the reason and the bytes.
 * Replay and drop are orders, as only the decider writes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "cmd/evidence.h"
#include "cmd/list.h"
#include "cmd/order.h"
#include "cmd/story.h"
#include "cmd/which.h"
#include "map.h"
#include "mem.h"
#include "utf8.h"

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

struct listing {
	struct list	*t;
	struct map	*reason;		/* -> records; a whole input counts as one */
};

/* Line i of the details, a line a record; n 0: there is none. */
static struct tcs_slice
detail_of(const struct quarantine_row *r, uint32_t i)
{
	struct tcs_slice rest = tcs_str(r->detail), line = tcs_slice(NULL, 0);
	uint32_t k;

	for (k = 0; k <= i; k++)
		if (!tcs_cut(&rest, '\n', &line))
			return tcs_slice(NULL, 0);
	return line;
}

static bool
one(void *arg, const struct quarantine_row *r)
{
	struct listing *x = arg;
	struct list *t = x->t;
	uint64_t n = 0;
	struct tcs_slice first = detail_of(r, 0);
	char *detail = xasprintf("%.*s", (int)first.n, first.p != NULL ? first.p : "");

	map_get(x->reason, r->reason, strlen(r->reason), &n);
	map_set(x->reason, r->reason, strlen(r->reason), n + (r->n > 0 ? r->n : 1));

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
	list_some(t, "detail", detail);
	list_row(t);
	free(detail);
	return true;
}

static int
by_count(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

/* "12 × expected 41 columns", the most first. */
static void
by_reason(const struct map *reason)
{
	struct group { uint64_t n; const void *why; size_t len; } *g;
	size_t i = 0, k = 0, len;
	const void *why;
	uint64_t n;
	struct buf safe;

	g = xcalloc(map_count(reason) + 1, sizeof *g);
	while (map_next(reason, &i, &why, &len, &n))
		g[k++] = (struct group){ n, why, len };
	qsort(g, k, sizeof *g, by_count);
	buf_init(&safe);
	for (i = 0; i < k; i++) {
		buf_reset(&safe);
		utf8_safe(&safe, g[i].why, g[i].len);
		printf("%s%7" PRIu64 " × %s\n", i == 0 ? "\n" : "", g[i].n, safe.p);
	}
	buf_free(&safe);
	free(g);
}

static int
all(struct view *v)
{
	static const char *const states[] = { "open", "replayed", "dropped", NULL };
	struct quarantine_filter f = quarantine_filter_any;
	struct err e = ERR_INIT;
	struct listing x;
	bool good;

	if (!view_state(v, states, &f.state)) {
		view_close(v);
		return CMD_USAGE;
	}
	f.at = v->filter.span;
	f.source = v->filter.source;
	x.reason = map_new();
	x.t = list_new(cols, v->args->json, stdout, list_width());
	good = ledger_quarantine_each(v->l, &f, one, &x, &e);
	list_end(x.t, good ? "nothing is in quarantine" : NULL);
	if (!v->args->json)
		by_reason(x.reason);
	map_free(x.reason);
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
span(struct showing *x, const struct quarantine_row *r, uint32_t i)
{
	const struct span *p = &r->span[i];
	struct tcs_slice detail = detail_of(r, i);
	const char *text = arena_strndup(x->v->arena, detail.p != NULL ? detail.p : "", detail.n);
	struct err e = ERR_INIT;
	bool read = evidence_bytes(x->ev, r->sha256, r->member, p->off, p->len, &x->bytes, &e);

	story_number(&x->s, "quarantine", r->id);
	story_number(&x->s, "input", r->input);
	story_number(&x->s, "line", p->line);
	story_number(&x->s, "offset", (int64_t)p->off);
	story_number(&x->s, "length", p->len);
	story_text(&x->s, "reason", r->reason);
	story_text(&x->s, "detail", text);
	story_head(&x->s, 1, "line %u, bytes %llu-%llu%s%s:", p->line, (unsigned long long)p->off,
	    (unsigned long long)(p->off + p->len), *text ? ": " : "", text);
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
	struct tcs_slice line = detail_of(r, 0);
	const char *first = arena_strndup(x->v->arena, line.p != NULL ? line.p : "", line.n);
	char when[STORY_TIME];
	uint32_t i;

	x->found = true;
	story_number(&x->s, "quarantine", r->id);
	story_number(&x->s, "input", r->input);
	story_text(&x->s, "source", r->source);
	story_text(&x->s, "name", r->name);
	story_text(&x->s, "member", r->member);
	story_text(&x->s, "reason", r->reason);
	story_text(&x->s, "detail", first);
	story_text(&x->s, "state", state);
	story_time(&x->s, "at", r->at);
	story_number(&x->s, "records", r->n);
	story_tell(&x->s, 0, "quarantine", "quarantine %u: %s%s%s", r->id, r->reason, *first ? ": " : "",
	    first);
	story_head(&x->s, 1, "input %u: %s %s%s%s; %s, %s since %s", r->input, r->source, r->name,
	    *r->member ? " / " : "", r->member, r->n == 0 ? "the whole input" : r->n == 1 ? "one record" :
	    "several records", state, story_when(r->at, when));
	for (i = 0; i < r->n && (x->s.json || i < SHOWN_SPANS); i++)
		span(x, r, i);
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
	    "The list ends with how many there are by reason.\n"
	    "States: open, replayed, dropped.  show prints the bytes; replay reads them again, for\n"
	    "instance after a feed file was corrected; drop says that nobody will.  Replay and drop\n"
	    "are orders: rows in the audit log that `tocsin run` applies.\n",
};
