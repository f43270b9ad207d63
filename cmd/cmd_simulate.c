/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin simulate: what would go out now, and what other rules would change
 * over the inputs since a moment.  Lists by recipient and topic.
 */
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "4-decide/case.h"
#include "clock.h"
#include "cmd/filter.h"
#include "cmd/list.h"
#include "map.h"
#include "simulate.h"
#include "timefmt.h"

static const struct list_col cols[] = {
	{ "change", "CHANGE", LIST_TEXT, 0 },
	{ "recipient", "RECIPIENT", LIST_TEXT, LIST_CUT },
	{ "organisation", "ORGANISATION", LIST_TEXT, LIST_CUT },
	{ "topic", "TOPIC", LIST_TEXT, LIST_CUT },
	{ "lane", "LANE", LIST_TEXT, 0 },
	{ "cases", "CASES", LIST_NUMBER, 0 },
	{ "told", "TOLD", LIST_NUMBER, 0 },
	{ "told_today", "TODAY", LIST_NUMBER, 0 },
	{ "why", "WHY", LIST_TEXT, LIST_CUT },
	{ NULL, NULL, 0, 0 }
};

/* Cases of one change, recipient and topic; by each set of rules how often they are told. */
struct sum {
	const char	*change, *recipient, *org, *topic, *why;
	uint32_t	 cases;
	uint64_t	 before, after;
	uint8_t		 lane;
	bool		 compared;
};

struct sums {
	struct arena	*a;
	struct map	*at;
	struct sum	*s;
	uint32_t	 n;
	uint32_t	 count[SIM_CHANGES];
};

static struct sum *
sum_of(struct sums *x, const char *change, const struct sim_case *c, const char *why)
{
	const char *key = arena_printf(x->a, "%s\n%s\n%s\n%s\n%s", change, c->recipient, c->org, c->topic,
	    why);
	uint64_t i;

	if (!map_get(x->at, key, strlen(key), &i)) {
		x->s = arena_room(x->a, x->s, x->n, sizeof *x->s);
		x->s[x->n] = (struct sum){ .change = change, .recipient = c->recipient, .org = c->org,
			.topic = c->topic, .why = why };
		map_set(x->at, key, strlen(key), i = x->n++);
	}
	x->s[i].cases++;
	return &x->s[i];
}

/* Why rules that told it do so no more: the reason of its case, where there is one. */
static const char *
reason(enum sim_change how, const struct sim_case *b)
{
	return how != SIM_GONE ? "" : b == NULL ? "not-matched" : b->reason;
}

static void
compared(void *arg, enum sim_change how, const struct sim_case *a, const struct sim_case *b)
{
	struct sums *x = arg;
	const struct sim_case *c = b != NULL && b->tells > 0 ? b : a;
	struct sum *s;

	x->count[how]++;
	if (how == SIM_SAME)
		return;
	s = sum_of(x, sim_change_names[how], c, reason(how, b));
	s->compared = true;
	s->before += a != NULL ? a->tells : 0;
	s->after += b != NULL ? b->tells : 0;
	s->lane = c->lane > s->lane ? c->lane : s->lane;
}

static void
due(struct sums *x, const struct sim *now)
{
	struct sum *s;
	uint32_t i;

	for (i = 0; i < now->n; i++) {
		const struct sim_case *c = &now->c[i];

		if (c->tells == 0)
			continue;
		s = sum_of(x, "due", c, "");
		s->after += c->tells;
		s->lane = c->lane > s->lane ? c->lane : s->lane;
	}
}

static int
in_order(const void *p, const void *q)
{
	const struct sum *a = p, *b = q;
	int r = strcmp(a->change, b->change);

	if (r == 0)
		r = strcmp(a->recipient, b->recipient);
	return r != 0 ? r : strcmp(a->topic, b->topic);
}

static void
show(struct sums *x, bool json, const char *none)
{
	struct list *t = list_new(cols, json, stdout, list_width());
	uint32_t i;

	if (x->n > 0)
		qsort(x->s, x->n, sizeof *x->s, in_order);
	for (i = 0; i < x->n; i++) {
		const struct sum *s = &x->s[i];

		list_text(t, "change", s->change);
		list_text(t, "recipient", s->recipient);
		list_text(t, "organisation", s->org);
		list_text(t, "topic", s->topic);
		list_some(t, "lane", lane_names[s->lane]);
		list_number(t, "cases", s->cases);
		list_number(t, "told", (int64_t)s->after);
		if (s->compared)
			list_number(t, "told_today", (int64_t)s->before);
		list_some(t, "why", s->why);
		list_row(t);
	}
	list_end(t, none);
}

/* ---- runs */

struct trying {
	const struct cmd_args	*a;
	struct config		*today, *other;		/* other NULL: none was given */
	int64_t			 since;
	char			 dir[64];
	struct sums		 x;
	struct err		 e;
};

static int
gone(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

/* Each simulation has a folder of its own for its copy, gone afterwards. */
static bool
within(struct trying *t, const struct config *c, int64_t since, struct sim *out)
{
	const char *tmp = getenv("TMPDIR");
	bool good;

	snprintf(t->dir, sizeof t->dir, "%.40s/tocsin-sim-XXXXXX",
	    tmp != NULL && strlen(tmp) < 40 ? tmp : "/tmp");
	if (mkdtemp(t->dir) == NULL)
		return err_set(&t->e, "%s: %s", t->dir, strerror(errno));
	good = since == TIME_NONE ? simulate_now(c, t->dir, out, &t->e) :
	    simulate_since(c, t->dir, since, out, &t->e);
	nftw(t->dir, gone, 16, FTW_DEPTH | FTW_PHYS);
	return good;
}

static void
said(const struct trying *t, const struct sim *s)
{
	if (s->unread > 0)
		fprintf(stderr, "%u inputs could not be read\n", s->unread);
	(void)t;
}

/* What is due now, with the other rules where they are given. */
static bool
now(struct trying *t)
{
	const struct config *c = t->other != NULL ? t->other : t->today;
	struct sim s;
	bool good = within(t, c, TIME_NONE, &s);

	if (good) {
		said(t, &s);
		due(&t->x, &s);
		if (!t->a->json)
			printf("would go out now: %u warning%s%s\n", s.warnings, s.warnings == 1 ? "" : "s",
			    (int64_t)s.warnings > c->deliver.most_per_run ?
			    ", more than deliver.most_per_run: the rest would be held" : "");
		show(&t->x, t->a->json, NULL);
	}
	sim_free(&s);
	return good;
}

static bool
since(struct trying *t)
{
	struct sim a, b = { 0 };
	bool good = within(t, t->today, t->since, &a) && (t->other == NULL ||
	    within(t, t->other, t->since, &b));

	if (good) {
		said(t, t->other != NULL ? &b : &a);
		if (!t->a->json)
			printf("over %u inputs, as if nobody had been warned before: %u warnings", a.inputs,
			    a.warnings);
		if (t->other != NULL) {
			sim_compare(&a, &b, compared, &t->x);
			if (!t->a->json)
				printf(" by today's rules, %u by %s\ncases: %u new, %u gone, %u louder, %u "
				    "quieter, %u the same", b.warnings, t->other->file,
				    t->x.count[SIM_NEW], t->x.count[SIM_GONE], t->x.count[SIM_LOUDER],
				    t->x.count[SIM_QUIETER], t->x.count[SIM_SAME]);
		} else
			due(&t->x, &a);
		if (!t->a->json)
			putchar('\n');
		show(&t->x, t->a->json, NULL);
	}
	sim_free(&a);
	sim_free(&b);
	return good;
}

static bool
open_rules(struct trying *t)
{
	const char *other = cmd_value(t->a, "config");

	if (other == NULL)
		return true;
	if ((t->other = config_load(other, &t->e)) == NULL)
		return false;
	t->other->ledger = t->today->ledger;	/* what is looked at is today's, whatever it names */
	t->other->spool = t->today->spool;
	return true;
}

static int
run(const struct cmd_args *a)
{
	struct trying t = { .a = a, .since = TIME_NONE, .e = ERR_INIT };
	const char *when = cmd_value(a, "since");
	int status = CMD_USAGE;

	t.x = (struct sums){ .a = arena_new(), .at = map_new() };
	if (when != NULL && !when_parse(when, false, clock_now(), &t.since))
		err_set(&t.e, "--since \"%s\": expected a date, a moment, or how long ago (14d)", when);
	else if ((t.today = config_load(a->config, &t.e)) != NULL && open_rules(&t)) {
		if (t.since == TIME_NONE && t.other != NULL)
			t.since = clock_now() / NS - 30 * DAY;
		status = CMD_FAILED;
		if (t.since == TIME_NONE ? now(&t) : since(&t))
			status = CMD_OK;
	}
	if (status != CMD_OK)
		cmd_fail(a, 0, "%s", t.e.text);
	config_free(t.other);
	config_free(t.today);
	map_free(t.x.at);
	arena_free(t.x.a);
	return status;
}

static const struct cmd_opt options[] = {
	{ "config", "NEW", "the rules to try, against today's (-c FILE)", false },
	FILTER_SINCE,
	{ NULL, NULL, NULL, false }
};

const struct cmd cmd_simulate = {
	.name = "simulate",
	.operands = "",
	.opt = options,
	.run = run,
	.summary = "say what would go out, and what other rules would change; writes nothing",
	.help = "Without options: what would go out now, by recipient and topic: what is due, inputs\n"
	    "that wait and orders that wait included.\n"
	    "\n"
	    "With --since, the inputs since then are read again, day by day, as if nobody had been\n"
	    "warned before; with --config NEW that is done twice, with today's rules and with those\n"
	    "(the last 30 days, when --since does not say), and the difference is told: who would be\n"
	    "warned that is not today (new), who would no more (gone, with the reason), more often or\n"
	    "by the priority lane (louder), less often or by the digest (quieter).  TOLD and TODAY\n"
	    "count how often.\n"
	    "\n"
	    "It is done on a copy of the ledger in a temporary folder; nothing of the ledger changes.\n",
};
