/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin status: the morning's first command.  Is it running, did every source
 * show something, what is due, held, waiting, and does anything ring.
 */
#include <stdlib.h>
#include <string.h>
#include "cmd/coverage.h"
#include "cmd/rows.h"
#include "cmd/story.h"
#include "cmd/view.h"
#include "core/clock.h"
#include "mem.h"
#include "timefmt.h"

#define STATUS_DAYS 7		/* source-days that were not whole are told for so long */

struct showing {
	struct view	*v;
	struct story	 s;
	int64_t		 now;		/* s */
	const char	**known;	/* sources that the ledger has seen */
	uint32_t	 nknown;
	uint64_t	 n;
};

static void
decider(struct showing *x, const struct ledger_sums *sum)
{
	long pid = ledger_decider(x->v->cfg->ledger);

	if (pid > 0)
		story_number(&x->s, "pid", pid);
	story_yes(&x->s, "running", pid > 0);
	story_number(&x->s, "orders_open", (int64_t)sum->orders_open);
	if (pid > 0)
		story_tell(&x->s, 0, "decider", "tocsin run works on this ledger (pid %ld)%s", pid,
		    sum->orders_open > 0 ? "; orders wait for its next commit" : "");
	else
		story_tell(&x->s, 0, "decider", "no tocsin run works on this ledger%s", sum->orders_open > 0 ?
		    "; orders wait for the next one" : "");
}

/* ---- sources */

static int64_t
last_look(struct view *v, const char *source)
{
	const char *value = NULL;
	int64_t ns;

	if (!ledger_state_get(v->l, v->arena, arena_printf(v->arena, "look:%s", source), &value, NULL) ||
	    value == NULL || !time_parse(value, strlen(value), &ns))
		return TIME_NONE;
	return ns / NS;
}

static void
source_line(struct showing *x, const struct source_sum *r, bool configured)
{
	int64_t look = last_look(x->v, r->source);
	char last[STORY_TIME], seen[STORY_TIME];

	story_text(&x->s, "source", r->source);
	story_yes(&x->s, "configured", configured);
	story_number(&x->s, "inputs", (int64_t)r->inputs);
	story_number(&x->s, "inputs_today", (int64_t)r->today);
	story_number(&x->s, "records_today", (int64_t)r->records_today);
	story_number(&x->s, "quarantined_today", (int64_t)r->quarantined_today);
	story_time(&x->s, "last_input", r->last);
	story_time(&x->s, "last_look", look);
	story_tell(&x->s, 1, "source", "%s: %llu inputs today with %llu records%s%s; last input %s, last "
	    "look %s%s", r->source, (unsigned long long)r->today, (unsigned long long)r->records_today,
	    r->quarantined_today ? ", some in quarantine" : "", r->today == 0 &&
	    r->inputs > 0 ? " (SILENT today)" : "", r->inputs > 0 ? story_when(r->last, last) : "never",
	    look != TIME_NONE ? story_when(look, seen) : "never",
	    configured ? "" : " (not configured any more)");
}

static bool
seen_source(void *arg, const struct source_sum *r)
{
	struct showing *x = arg;
	bool configured = config_source(x->v->cfg, r->source) != NULL;

	x->known = xrealloc(x->known, (x->nknown + 1) * sizeof *x->known);
	x->known[x->nknown++] = arena_strdup(x->v->arena, r->source);
	source_line(x, r, configured);
	return true;
}

static bool
sources(struct showing *x, struct err *e)
{
	const struct config *c = x->v->cfg;
	uint32_t i, k;

	story_head(&x->s, 0, "\nSources");
	if (!ledger_sources_each(x->v->l, x->now / DAY, seen_source, x, e))
		return false;
	for (i = 0; i < c->nsource; i++) {
		for (k = 0; k < x->nknown && strcmp(x->known[k], c->source[i].name) != 0; k++)
			;
		if (k == x->nknown)
			source_line(x, &(struct source_sum){ .source = c->source[i].name, .last = TIME_NONE },
			    true);
	}
	return true;
}

/* The days of sources that are expected daily. */
static bool
source_days(struct showing *x, struct err *e)
{
	const struct config *c = x->v->cfg;
	struct coverage *v = NULL;
	struct source_day d;
	char when[STORY_TIME], day[TIME_TEXT];
	int64_t at;
	uint32_t i;

	for (i = 0; i < c->nsource; i++) {
		const struct cfg_source *s = &c->source[i];

		if (s->expect != EXPECT_DAILY)
			continue;
		if (v == NULL && (v = coverage_open(x->v->l, c, NULL,
		    x->now / DAY - STATUS_DAYS - COVERAGE_MORE,
		    e)) == NULL)
			return false;
		for (at = coverage_today(c, s, x->now) - STATUS_DAYS; at <= coverage_today(c, s,
		    x->now); at++) {
			coverage_day(v, s, at, x->now, x->v->arena, &d);
			if (at < coverage_first(v, s) || d.state == COVER_COMPLETE)
				continue;
			time_day(at * DAY * NS, day);
			story_text(&x->s, "source", s->name);
			story_text(&x->s, "day", day);
			story_text(&x->s, "state", cover_names[d.state]);
			story_time(&x->s, "deadline", d.deadline);
			story_tell(&x->s, 1, "coverage", "%s: the reports of %s are %s%s%s%s%.300s", s->name,
			    day,
			    cover_names[d.state], d.state == COVER_WAITING ? " until " : "",
			    d.state == COVER_WAITING ? story_when(d.deadline, when) : "",
			    d.ntrouble > 0 ? ": " : "", coverage_text(v, &d, x->v->arena));
		}
	}
	coverage_close(v);
	return true;
}

/* ---- cases, warnings */

static void
cases(struct showing *x, const struct ledger_sums *sum)
{
	int seen, told;
	uint64_t n, all = 0;

	story_head(&x->s, 0, "\nCases");
	for (seen = SEEN_OPEN; seen <= SEEN_SUPERSEDED; seen++)
		for (told = TOLD_NOTHING; told <= TOLD_MUTED; told++) {
			if ((n = sum->cases[seen][told]) == 0)
				continue;
			all += n;
			story_text(&x->s, "seen", seen_names[seen]);
			story_text(&x->s, "told", told_names[told]);
			story_number(&x->s, "n", (int64_t)n);
			story_tell(&x->s, 1, "cases", "%llu %s, %s", (unsigned long long)n, seen_names[seen],
			    told_names[told]);
		}
	if (all == 0)
		story_head(&x->s, 1, "none");
}

static void
warnings(struct showing *x, const struct ledger_sums *sum)
{
	char when[STORY_TIME];
	uint64_t all = 0;
	int s;

	story_head(&x->s, 0, "\nWarnings");
	for (s = 0; s < W_MAX; s++) {
		if (sum->warnings[s] == 0)
			continue;
		all += sum->warnings[s];
		story_text(&x->s, "state", wstate_names[s]);
		story_number(&x->s, "n", (int64_t)sum->warnings[s]);
		story_number(&x->s, "outbox", (int64_t)sum->outbox[s]);
		if (s == W_WAITING)
			story_time(&x->s, "next", sum->next_due);
		story_tell(&x->s, 1, "warnings", "%llu %s%s%s", (unsigned long long)sum->warnings[s],
		    wstate_names[s], s == W_WAITING && sum->next_due != TIME_NONE ? ", the next is due " : "",
		    s == W_WAITING ? story_when(sum->next_due, when) : "");
	}
	if (all == 0)
		story_head(&x->s, 1, "none");
}

/* ---- what wants a look */

static bool
hold(void *arg, const struct hold_row *r)
{
	struct showing *x = arg;
	char when[STORY_TIME];

	if (x->n++ == 0)
		story_head(&x->s, 0, "\nHolds");
	story_text(&x->s, "hold", r->what);
	story_text(&x->s, "who", r->who);
	story_number(&x->s, "order", r->audit);
	story_time(&x->s, "since", r->since);
	story_tell(&x->s, 1, "hold", "%s is held since %s by %s (order %u)", r->what,
	    story_when(r->since, when), r->who, r->audit);
	return true;
}

static bool
alarm_line(void *arg, const char *key, const char *text, int64_t at)
{
	struct showing *x = arg;
	char when[STORY_TIME];

	if (x->n++ == 0)
		story_head(&x->s, 0, "\nAlarms");
	story_text(&x->s, "alarm", key);
	story_time(&x->s, "since", at);
	story_tell(&x->s, 1, "alarm", "%s: %s", story_when(at, when), text);
	return true;
}

static void
piled(struct showing *x, const struct ledger_sums *sum)
{
	if (sum->quarantine_open == 0 && sum->inputs_pending == 0)
		return;
	story_head(&x->s, 0, "\nInputs");
	if (sum->inputs_pending > 0) {
		story_number(&x->s, "n", (int64_t)sum->inputs_pending);
		story_tell(&x->s, 1, "pending", "%llu inputs are not yet read",
		    (unsigned long long)sum->inputs_pending);
	}
	if (sum->quarantine_open > 0) {
		story_number(&x->s, "n", (int64_t)sum->quarantine_open);
		story_tell(&x->s, 1, "quarantine",
		    "%llu entries are in quarantine: `tocsin quarantine --state open`",
		    (unsigned long long)sum->quarantine_open);
	}
}

static bool
all(struct showing *x, struct err *e)
{
	struct ledger_sums sum;

	if (!ledger_sums(x->v->l, &sum, e))
		return false;
	decider(x, &sum);
	if (!sources(x, e) || !source_days(x, e))
		return false;
	piled(x, &sum);
	cases(x, &sum);
	warnings(x, &sum);
	if (!ledger_holds_each(x->v->l, hold, x, e))
		return false;
	x->n = 0;
	return ledger_alarms_each(x->v->l, alarm_line, x, e);
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	struct showing x;
	struct view v;
	int status;
	bool good;

	if (cmd_has(a, "monitor"))
		return monitor(a);
	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	x = (struct showing){ .v = &v, .now = clock_now() / NS };
	story_begin(&x.s, stdout, a->json);
	good = all(&x, &e);
	story_end(&x.s);
	free(x.known);
	return view_done(&v, good, &e);
}

static const struct cmd_opt options[] = {
	{ "monitor", NULL, "one line and an exit code for a monitor", false },
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_status = {
	.name = "status",
	.operands = "",
	.opt = options,
	.run = run,
	.summary = "say how things stand: sources, cases, warnings, holds, alarms",
	.help = "The morning's first command.  A source that showed nothing today is SILENT.  With\n"
	    "--json one object a line; what says which: decider, source, pending, quarantine,\n"
	    "cases, warnings, hold, alarm, coverage.\n"
	    "\n"
	    "With --monitor one line, and the exit code that Nagios and its like understand: 0\n"
	    "nothing rings, 1 something waits in `tocsin todo`, 2 somebody should be woken, 3 it\n"
	    "cannot be said.\n",
};
