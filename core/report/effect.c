/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See effect.h.  An episode that was warned of is followed from the day of its
 * first warning; one that was not, and whose case never was before, from the
 * day it was opened: the baseline.  It is gone on the day after the last one
 * that it was reported for, once the ledger says gone; what expired, moved or
 * was merged is lost from sight, as is what is still there on the last day
 * that its feed was read for.
 */
#include <stdlib.h>
#include <string.h>
#include "map.h"
#include "mem.h"
#include "report/effect.h"
#include "report/survival.h"
#include "timefmt.h"

const int32_t effect_days[EFFECT_SPANS] = { 1, 7, 14, 30, 90 };

struct group {
	char		*key;			/* dimensions, a NUL after each; then '0' warned or '1' */
	size_t		 nkey;
	struct lasted	*v;
	size_t		 n, cap;
	uint64_t	 gone, relapsed;
};

struct episode {
	int64_t		 from;			/* day that it is followed from; TIME_NONE: none is open */
	bool		 warned;
	struct buf	 key;
};

struct effect {
	const struct report_query *q;
	struct map	*at;
	struct group	*group;
	size_t		 ngroup, cap;
	/* the case at hand */
	uint32_t	 id;
	bool		 told;			/* at any time */
	struct episode	 now;
	int64_t		 looked;
	size_t		 last;			/* place in group, plus 1, of the episode that went */
};

static bool
within(const struct report_query *q, int64_t at)
{
	return (q->in.since == TIME_NONE || at >= q->in.since) &&
	    (q->in.until == TIME_NONE || at < q->in.until);
}

static size_t
group_of(struct effect *x, const struct buf *key)
{
	uint64_t at;
	struct group *g;

	if (map_get(x->at, key->p, key->n, &at))
		return (size_t)at;
	if (x->ngroup == x->cap) {
		x->cap = x->cap ? x->cap * 2 : 64;
		x->group = xrealloc(x->group, x->cap * sizeof *x->group);
	}
	g = &x->group[x->ngroup];
	*g = (struct group){ .key = xmalloc(key->n), .nkey = key->n };
	memcpy(g->key, key->p, key->n);
	map_set(x->at, key->p, key->n, x->ngroup);
	return x->ngroup++;
}

/* The episode at hand is over, or all that is known of it. */
static void
end(struct effect *x, int64_t day, bool gone)
{
	struct group *g;
	int64_t days = day - x->now.from;

	x->last = 0;
	if (x->now.from == TIME_NONE)
		return;
	x->last = group_of(x, &x->now.key) + 1;
	g = &x->group[x->last - 1];
	if (g->n == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 16;
		g->v = xrealloc(g->v, g->cap * sizeof *g->v);
	}
	g->v[g->n++] = (struct lasted){ (int32_t)(days > 0 ? days : 0), gone };
	g->gone += gone;
	x->now.from = TIME_NONE;
	if (!gone)
		x->last = 0;
}

static void
follow(struct effect *x, const struct report_event *v, bool warned)
{
	unsigned i;

	x->now.from = TIME_NONE;
	if (!within(x->q, v->at))
		return;
	buf_reset(&x->now.key);
	for (i = 0; i < BY_MAX; i++) {
		if (x->q->by & 1u << i)
			buf_str(&x->now.key, v->by[i]);
		buf_char(&x->now.key, '\0');
	}
	buf_char(&x->now.key, warned ? '0' : '1');
	x->now.from = v->at / DAY;
	x->now.warned = warned;
}

/* day: what is known of it ends there. */
static void
case_over(struct effect *x)
{
	if (x->id != 0)
		end(x, x->looked, false);
}

static bool
happened(void *arg, const struct report_event *v)
{
	struct effect *x = arg;

	if (v->id != x->id) {
		case_over(x);
		x->id = v->id;
		x->told = false;
		x->last = 0;
		x->now.warned = false;
	}
	x->looked = v->looked;
	switch (v->kind) {
	case EVENT_RELAPSED:
		if (x->last > 0)
			x->group[x->last - 1].relapsed++;
		/* FALLTHROUGH */
	case EVENT_OPENED:
		end(x, v->at / DAY, false);
		x->now.warned = false;
		if (!x->told)
			follow(x, v, false);
		break;
	case EVENT_HANDED_OVER:
		x->told = true;
		if (!x->now.warned)
			follow(x, v, true);
		x->now.warned = true;
		break;
	case EVENT_LEARNED:		/* another system did: neither warned nor not */
		x->told = x->now.warned = true;
		x->now.from = TIME_NONE;
		break;
	case EVENT_GONE:
		end(x, v->day + 1, true);
		break;
	case EVENT_EXPIRED:
		end(x, v->day, false);
		break;
	default:			/* moved, merged */
		end(x, v->at / DAY, false);
	}
	return true;
}

static int
by_key(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	int c = memcmp(x->key, y->key, x->nkey < y->nkey ? x->nkey : y->nkey);

	return c != 0 ? c : (x->nkey > y->nkey) - (x->nkey < y->nkey);
}

static bool
tell(struct group *g, bool (*each)(void *arg, const struct effect_row *r), void *arg)
{
	struct effect_row r = { .n = g->n, .gone = g->gone, .relapsed = g->relapsed,
	    .warned = g->key[g->nkey - 1] == '0' };
	const char *p = g->key;
	unsigned i;

	for (i = 0; i < BY_MAX; i++, p += strlen(p) + 1)
		r.by[i] = p;
	survival_sort(g->v, g->n);
	for (i = 0; i < EFFECT_SPANS; i++)
		r.share[i] = survival_ended(g->v, g->n, effect_days[i]);
	r.median = survival_median(g->v, g->n);
	return each(arg, &r);
}

bool
effect_each(struct ledger *l, const struct report_query *q,
    bool (*each)(void *arg, const struct effect_row *r), void *arg, struct err *e)
{
	struct effect x = { .q = q, .at = map_new(), .now = { .from = TIME_NONE } };
	bool good, go = true;
	size_t i;

	buf_init(&x.now.key);
	good = ledger_report_events(l, q, happened, &x, e);
	if (good)
		case_over(&x);
	if (x.ngroup > 1)
		qsort(x.group, x.ngroup, sizeof *x.group, by_key);
	for (i = 0; i < x.ngroup; i++) {
		go = go && good && tell(&x.group[i], each, arg);
		free(x.group[i].key);
		free(x.group[i].v);
	}
	free(x.group);
	buf_free(&x.now.key);
	map_free(x.at);
	return good;
}
