/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See sightings.h.  What was told is counted, not timed: a sighting that came
 * in while its case's warning was on its way is told with the next.
 */
#include <stdlib.h>
#include "5-compose/sightings.h"
#include "finding.h"
#include "ledger/ledger_read.h"

struct gathering {
	struct arena		*a;
	struct compose_sighting	*list;
	uint32_t		 n;
};

static bool
gather(void *arg, uint32_t input, const struct sighting *s)
{
	struct gathering *g = arg;

	(void)input;
	g->list = arena_room(g->a, g->list, g->n, sizeof *g->list);
	g->list[g->n++] = (struct compose_sighting){ s->observed, s->src_port };
	return true;
}

static int
by_time(const void *x, const void *y)
{
	const struct compose_sighting *a = x, *b = y;

	if (a->observed != b->observed)
		return a->observed < b->observed ? -1 : 1;
	return (a->src_port > b->src_port) - (a->src_port < b->src_port);
}

static uint32_t
told_already(const struct tcase *c)
{
	return c == NULL || c->redirected ? 0 : c->told_n;
}

/* Whose the address was at that moment only they can tell: where addresses change hands, and of events the
 * owners of networks, who did not say whether theirs do. */
static bool
finds_by_time(const struct asset *a, const struct tcase *c)
{
	return a->use != USE_STATIC || (a->role == ROLE_NETWORK && c->kind == KIND_EVENT);
}

void
sightings_of(struct decider *d, const struct tcase *c, const struct asset *asset, struct arena *a,
    struct compose_system *s)
{
	struct gathering g = { a, NULL, 0 };
	struct err e = ERR_INIT;
	uint32_t *part, n, i;

	if (asset == NULL || !finds_by_time(asset, c) ||
	    !ledger_merged(d->ledger, a, c->id, &part, &n, &e))
		return;
	for (i = 0; i < n; i++)
		if (!ledger_sightings_after(d->ledger, part[i], told_already(table_id(d->table, part[i])),
		    gather, &g, &e))
			return;
	if (!ledger_sightings_after(d->ledger, c->id, told_already(c), gather, &g, &e))
		return;
	if (g.n > 1)
		qsort(g.list, g.n, sizeof *g.list, by_time);
	s->sighting = g.list;
	s->nsighting = g.n;
}
