/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Learning: a new site takes as told what another system had told.  From its
 * table, as an order with the table's bytes; or, run --learn, whatever would be
 * warned of now.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/group.h"
#include "clock.h"
#include "flatjson.h"
#include "hands.h"
#include "ledger/ledger_hands.h"
#include "timefmt.h"
#include "told_csv.h"

struct learning {
	struct host		*h;
	const struct order	*o;
	struct arena		*a;
	struct told_row		*t;
	uint32_t		 n, lines, refused, first_refused, ncase;
	const char		*why;		/* of the first that was refused */
	char			 result[300];
};

static void
keep(struct learning *x, const struct told_line *l, uint32_t problem, const struct ip *ip, uint32_t name)
{
	struct told_row *t;

	x->t = arena_room(x->a, x->t, x->n, sizeof *x->t);
	t = &x->t[x->n++];
	memset(t, 0, sizeof *t);
	t->key.problem = problem;
	t->key.name = name;
	if (ip != NULL)
		t->key.ip = *ip;
	t->key.port = l->port;
	t->at = l->at;
	t->ticket = arena_strndup(x->a, l->ticket.p, l->ticket.n);
}

/* A case is about an address or about a name, as its feed's mapping says: both are remembered. */
static void
one_line(void *arg, const struct told_line *l)
{
	struct learning *x = arg;
	struct decider *d = x->h->decider;
	uint32_t problem;

	x->lines++;
	if (l->why != NULL) {
		if (x->refused++ == 0) {
			x->first_refused = l->line;
			x->why = l->why;
		}
		return;
	}
	problem = ledger_intern(d->ledger, DICT_PROBLEM,
	    tcs_str(problems_canonical(d->problems, l->problem)));
	if (l->has_ip)
		keep(x, l, problem, &l->ip, 0);
	if (l->name.n > 0)
		keep(x, l, problem, NULL, ledger_intern(d->ledger, DICT_NAME, l->name));
}

/* Cases that are there.  What is due only because it is not known to be told is told; what is held stays
 * so. */
static void
take_cases(struct learning *x)
{
	struct decider *d = x->h->decider;
	uint32_t i, n = table_count(d->table);
	int64_t at, now = clock_now() / NS;

	for (i = 0; i < n; i++) {
		struct tcase *c = table_at(d->table, i);

		if ((at = told_before(d, c)) <= c->warned)
			continue;
		x->ncase++;
		if (c->told == TOLD_DUE && c->warning == 0 &&
		    now - at < interval_of(d, policy_of(d, c, c->severity), c)) {
			told_take(d, c, at, WHY_TOLD_ELSEWHERE, x->o->id);
			continue;
		}
		c->warned = at;
		commit_dirty(d, c->id);
	}
}

static bool
write_told(void *arg, struct err *e)
{
	struct learning *x = arg;
	struct ledger *l = x->h->decider->ledger;
	uint32_t i;

	(void)e;
	for (i = 0; i < x->n; i++)
		ledger_elsewhere_put(l, &x->t[i], x->o->id);
	ledger_order_done(l, x->o->id, x->result);
	return true;
}

static void
remember(struct learning *x)
{
	struct decider *d = x->h->decider;
	uint64_t had;
	uint32_t i;

	if (d->elsewhere == NULL)
		d->elsewhere = map_new();
	for (i = 0; i < x->n; i++)
		if (!map_get(d->elsewhere, &x->t[i].key, sizeof x->t[i].key, &had) ||
		    (int64_t)had < x->t[i].at)
			map_set(d->elsewhere, &x->t[i].key, sizeof x->t[i].key, (uint64_t)x->t[i].at);
}

bool
order_learn(struct host *h, const struct order *o, struct arena *a, struct err *e)
{
	struct learning x = { .h = h, .o = o, .a = a };
	const char *file = flat_get(a, o->args, "file"), *map = flat_get(a, o->args, "map");
	struct err why = ERR_INIT;
	int n;

	if (o->payload == NULL || !told_csv(file != NULL ? file : "the table", o->payload, o->npayload,
	    map != NULL ? map : "", a, one_line, &x, &why))
		return hands_answer(h, o, arena_printf(a, "refused: %s", why.text), e);
	remember(&x);
	take_cases(&x);
	n = snprintf(x.result, sizeof x.result, "%" PRIu32 " lines learned, %" PRIu32 " cases taken as told "
	    "then; the rest is remembered for cases to come", x.lines - x.refused, x.ncase);
	if (x.refused > 0)
		snprintf(x.result + n, sizeof x.result - (size_t)n, "; %" PRIu32 " lines refused, the first "
		    "on line %" PRIu32 ": %.80s", x.refused, x.first_refused, x.why);
	return commit_end(h->decider, NULL, 0, write_told, &x, e);
}

bool
host_learn(struct host *h, uint32_t *n, struct err *e)
{
	struct decider *d = h->decider;
	struct candidate *k;
	uint32_t i, ended;

	*n = 0;
	if (!look_over(d, &ended, e))
		return false;
	k = candidates(d, true, true, n);
	for (i = 0; i < *n; i++)
		told_take(d, table_id(d->table, k[i].id), clock_now() / NS, WHY_TOLD_ELSEWHERE, 0);
	free(k);
	return commit_empty(d) || commit_end(d, NULL, 0, NULL, NULL, e);
}
