/* SPDX-License-Identifier: Apache-2.0 */
/* See simulate.h.  The real host does it: the same decode, match, decide and grouping, up to the moment in
 * which a warning would be composed. */
#include <stdlib.h>
#include <string.h>
#include "5-compose/group.h"
#include "clock.h"
#include "host.h"
#include "ledger/ledger_backup.h"
#include "ledger/ledger_read.h"
#include "map.h"
#include "mem.h"
#include "4-decide/key.h"
#include "simulate.h"
#include "timefmt.h"

const char *const sim_change_names[] = { "same", "new", "gone", "louder", "quieter" };

/* What was told of a case, by its id. */
struct heard {
	uint32_t	 tells;
	uint8_t		 lane;
	const char	*recipient;	/* the last */
};

struct simulating {
	struct host	*h;
	struct config	 c;		/* with the copy as its ledger */
	struct sim	*out;
	struct heard	*heard;
	uint32_t	 nheard;
};

static bool
open_copy(struct simulating *x, const struct config *c, const char *dir, int64_t since, struct err *e)
{
	enum host_fault fault;

	x->c = *c;
	x->c.ledger = arena_printf(x->out->arena, "%s/ledger.db", dir);
	if (!ledger_copy(c->ledger, x->c.ledger, e) ||
	    (since != TIME_NONE && !ledger_forget(x->c.ledger, e)))
		return false;
	return (x->h = host_open(&x->c, &fault, e)) != NULL;
}

static struct heard *
heard_of(struct simulating *x, uint32_t id)
{
	uint32_t n;

	if (id >= x->nheard) {
		n = id * 2 + 1024;
		x->heard = xrealloc(x->heard, n * sizeof *x->heard);
		memset(x->heard + x->nheard, 0, (n - x->nheard) * sizeof *x->heard);
		x->nheard = n;
	}
	return &x->heard[id];
}

/* All that is due is taken as told. */
static bool
tell(struct simulating *x, struct err *e)
{
	struct decider *d = x->h->decider;
	int64_t now = clock_now() / NS;
	struct candidate *k;
	uint32_t i, n, ended;

	if (!look_over(d, &ended, e))
		return false;
	k = candidates(d, true, true, &n);
	for (i = 0; i < n; i++) {
		struct tcase *c = table_id(d->table, k[i].id);
		struct heard *w = heard_of(x, c->id);

		x->out->warnings += i == 0 || !same_group(&k[i - 1], &k[i]);
		w->tells++;
		w->lane = k[i].lane > w->lane ? k[i].lane : w->lane;
		w->recipient = arena_strdup(x->out->arena, k[i].address);
		c->told = TOLD_HANDED_OVER;
		c->reason = WHY_SILENT_UNTIL;
		c->warned = now;
		commit_dirty(d, c->id);
	}
	free(k);
	return commit_empty(d) || commit_end(d, NULL, 0, NULL, NULL, e);
}

static const char *
subject_of(struct arena *a, const struct ledger *l, const struct tcase *c)
{
	char ip[IP_TEXT] = "";

	if (c->key.name == 0)
		ip_text(&c->key.ip, ip);
	return arena_printf(a, "%s%s port %u/%u", ip, ledger_text(l, DICT_NAME, c->key.name), c->key.port,
	    c->key.transport);
}

static void
collect(struct simulating *x)
{
	struct decider *d = x->h->decider;
	struct arena *a = x->out->arena;
	uint32_t i, n = table_count(d->table);

	x->out->c = arena_alloc(a, (n + 1) * sizeof *x->out->c);
	for (i = 0; i < n; i++) {
		const struct tcase *c = table_at(d->table, i);
		const struct org *o = registry_org(d->registry, c->key.org);
		const struct heard *w = heard_of(x, c->id);
		const char *org = o != NULL ? arena_strdup(a, o->key) : "";

		x->out->c[x->out->n++] = (struct sim_case){ .org = org, .tells = w->tells, .lane = w->lane,
			.told = c->told, .reason = case_reason_names[c->reason],
			.recipient = w->recipient != NULL ? w->recipient : "",
			.topic = arena_strdup(a, ledger_text(d->ledger, DICT_CLASS, c->class)),
			.key = arena_printf(a, "%s %s %s", org, ledger_text(d->ledger, DICT_PROBLEM,
			    c->key.problem), subject_of(a, d->ledger, c)) };
	}
}

static void
close_copy(struct simulating *x)
{
	host_close(x->h);
	free(x->heard);
}

bool
simulate_now(const struct config *c, const char *dir, struct sim *out, struct err *e)
{
	struct simulating x = { .out = out };
	bool good;

	*out = (struct sim){ .arena = arena_new() };
	good = open_copy(&x, c, dir, TIME_NONE, e) && host_orders(x.h, e) &&
	    host_intake(x.h, e) && tell(&x, e);
	if (good) {
		out->unread = x.h->sum.bad_inputs;
		collect(&x);
	}
	close_copy(&x);
	return good;
}

/* ---- over the inputs since a moment */

struct inputs {
	struct arena	*a;
	struct input	*in;
	uint32_t	 n;
};

static bool
one_input(void *arg, const struct input_row *r)
{
	struct inputs *l = arg;
	struct input *in;

	if (r->in.state == INPUT_CONTAINER)
		return true;
	l->in = arena_room(l->a, l->in, l->n, sizeof *l->in);
	in = &l->in[l->n++];
	*in = r->in;
	in->name = arena_strdup(l->a, in->name);
	in->member = arena_strdup(l->a, in->member);
	in->plugin = in->error = "";
	return true;
}

/* The inputs of one day are read again, and what is due then is told. */
static bool
one_day(struct simulating *x, struct input *in, uint32_t n, struct err *e)
{
	struct ledger *l = x->h->decider->ledger;
	uint32_t i;

	if (!ledger_begin(l, e))
		return false;
	for (i = 0; i < n; i++) {
		in[i].state = INPUT_PENDING;
		in[i].off = in[i].records = in[i].matched = in[i].refused = 0;
		ledger_input_progress(l, &in[i]);
	}
	x->out->inputs += n;
	clock_set(in[n - 1].arrived * NS);
	return ledger_end(l, e) && host_intake(x->h, e) && tell(x, e);
}

static bool
days(struct simulating *x, struct inputs *l, struct err *e)
{
	uint32_t i, n;
	bool good = true;

	for (i = 0; good && i < l->n; i += n) {
		for (n = 1; i + n < l->n && l->in[i + n].arrived / DAY == l->in[i].arrived / DAY; n++)
			;
		good = one_day(x, l->in + i, n, e);
	}
	return good;
}

bool
simulate_since(const struct config *c, const char *dir, int64_t since, struct sim *out, struct err *e)
{
	struct simulating x = { .out = out };
	struct inputs l = { arena_new(), NULL, 0 };
	struct input_filter f = input_filter_any;
	int64_t now = clock_now();
	bool good;

	*out = (struct sim){ .arena = arena_new() };
	f.arrived.since = since;
	good = open_copy(&x, c, dir, since, e) &&
	    ledger_inputs_each(x.h->decider->ledger, &f, one_input, &l, e) && days(&x, &l, e);
	if (good) {
		out->unread = x.h->sum.bad_inputs;
		collect(&x);
	}
	close_copy(&x);
	clock_set(now);
	arena_free(l.a);
	return good;
}

void
sim_free(struct sim *s)
{
	arena_free(s->arena);
	*s = (struct sim){ 0 };
}

/* ---- compared */

static enum sim_change
change_of(const struct sim_case *a, const struct sim_case *b)
{
	uint32_t before = a != NULL ? a->tells : 0, after = b != NULL ? b->tells : 0;

	if (before == 0 || after == 0)
		return before == after ? SIM_SAME : before == 0 ? SIM_NEW : SIM_GONE;
	if (after != before)
		return after > before ? SIM_LOUDER : SIM_QUIETER;
	return b->lane == a->lane ? SIM_SAME : b->lane > a->lane ? SIM_LOUDER : SIM_QUIETER;
}

void
sim_compare(const struct sim *today, const struct sim *other,
    void (*each)(void *arg, enum sim_change how, const struct sim_case *a, const struct sim_case *b),
    void *arg)
{
	struct map *at = map_new(), *both = map_new();
	uint64_t k;
	uint32_t i;

	for (i = 0; i < today->n; i++)
		map_set(at, today->c[i].key, strlen(today->c[i].key), i);
	for (i = 0; i < other->n; i++) {
		const struct sim_case *b = &other->c[i], *a = NULL;

		if (map_get(at, b->key, strlen(b->key), &k)) {
			a = &today->c[k];
			map_set(both, b->key, strlen(b->key), 1);
		}
		if (a != NULL && a->tells > 0 && b->tells > 0 && strcmp(a->recipient, b->recipient) != 0) {
			each(arg, SIM_GONE, a, NULL);	/* it goes elsewhere */
			each(arg, SIM_NEW, NULL, b);
		} else if ((a != NULL && a->tells > 0) || b->tells > 0)
			each(arg, change_of(a, b), a, b);
	}
	for (i = 0; i < today->n; i++)
		if (today->c[i].tells > 0 && !map_get(both, today->c[i].key, strlen(today->c[i].key), &k))
			each(arg, SIM_GONE, &today->c[i], NULL);
	map_free(at);
	map_free(both);
}
