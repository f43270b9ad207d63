/* SPDX-License-Identifier: Apache-2.0 */
/* See health.h. */
#include <stdlib.h>
#include <string.h>
#include "4-decide/health.h"
#include "clock.h"
#include "log.h"
#include "mem.h"
#include "timefmt.h"

struct health {
	struct arena		*arena;
	struct map		*by;		/* address -> its place */
	struct health_row	*row;
	uint32_t		 n;
};

static const char *
lower(struct arena *a, const char *address)
{
	char *out = arena_strdup(a, address), *p;

	for (p = out; *p != '\0'; p++)
		*p = tcs_lower(*p);
	return out;
}

static bool
load_one(void *arg, const struct health_row *r)
{
	struct health *h = arg;

	h->row = arena_room(h->arena, h->row, h->n, sizeof *h->row);
	h->row[h->n] = *r;
	h->row[h->n].address = arena_strdup(h->arena, r->address);
	map_set(h->by, r->address, strlen(r->address), h->n++);
	return true;
}

static struct health *
all(struct decider *d)
{
	struct err e = ERR_INIT;

	if (d->health != NULL)
		return d->health;
	d->health = xcalloc(1, sizeof *d->health);
	d->health->arena = arena_new();
	d->health->by = map_new();
	if (!ledger_health_each(d->ledger, load_one, d->health, &e))
		log_err("%s", e.text);
	return d->health;
}

void
health_forget(struct decider *d)
{
	if (d->health == NULL)
		return;
	map_free(d->health->by);
	arena_free(d->health->arena);
	free(d->health);
	d->health = NULL;
}

const struct health_row *
health_of(struct decider *d, const char *address)
{
	struct health *h = all(d);
	struct arena *a;
	const char *key;
	uint64_t i;
	bool got;

	if (map_count(h->by) == 0)
		return NULL;
	a = arena_new();
	key = lower(a, address);
	got = map_get(h->by, key, strlen(key), &i);
	arena_free(a);
	return got ? &h->row[i] : NULL;
}

bool
health_is_dead(const struct health_row *h, int64_t confirmed)
{
	int64_t good = h->good;

	if (confirmed != TIME_NONE && confirmed / NS > good)
		good = confirmed / NS;
	return (h->wrong != 0 && h->wrong > good) || (h->days >= HEALTH_DAYS && h->last > good);
}

bool
health_dead(struct decider *d, const char *address, int64_t confirmed)
{
	const struct health_row *h = health_of(d, address);

	return h != NULL && health_is_dead(h, confirmed);
}

bool
health_rests(struct decider *d, const char *address, int64_t now)
{
	const struct health_row *h = health_of(d, address);

	return h != NULL && h->last != 0 && h->last > h->good && h->last / DAY == now / DAY;
}

static struct health_row
known(struct decider *d, struct arena *a, const char *address)
{
	const struct health_row *h = health_of(d, address);

	return h != NULL ? (struct health_row){ arena_strdup(a, h->address), h->days, h->first, h->last,
	    h->wrong,
	    h->good } : (struct health_row){ .address = lower(a, address) };
}

void
health_bounced(struct decider *d, const char *address, int64_t now)
{
	struct arena *a = arena_new();
	struct health_row h = known(d, a, address);

	if (h.days == 0 || h.last <= h.good) {
		h.days = 0;
		h.first = now;
		h.last = 0;
	}
	h.days += h.last == 0 || h.last / DAY != now / DAY;
	h.last = now;
	ledger_health_put(d->ledger, &h);
	health_forget(d);
	arena_free(a);
}

void
health_wrong(struct decider *d, const char *address, int64_t now)
{
	struct arena *a = arena_new();
	struct health_row h = known(d, a, address);

	h.wrong = now;
	ledger_health_put(d->ledger, &h);
	health_forget(d);
	arena_free(a);
}

void
health_confirmed(struct decider *d, const char *address, int64_t now)
{
	struct arena *a = arena_new();
	struct health_row h = known(d, a, address);

	h.days = 0;
	h.first = h.last = h.wrong = 0;
	h.good = now;
	ledger_health_put(d->ledger, &h);
	health_forget(d);
	arena_free(a);
}

/* ---- cases ---------------------------------------------------------------------- */

struct returning { struct decider *d; uint32_t warning, n; };

static void
one(void *arg, uint32_t id)
{
	struct returning *x = arg;
	struct tcase *c = table_id(x->d->table, id);

	if (c == NULL || c->warning != x->warning || c->told != TOLD_HANDED_OVER || c->answer != ANSWER_NONE
	    ||
	    c->seen != SEEN_OPEN)
		return;
	c->told = TOLD_HELD;
	c->reason = WHY_UNREACHED;
	c->warned = 0;			/* nobody was told */
	c->rev++;
	commit_dirty(x->d, id);
	commit_event(x->d, id, EVENT_HELD, WHY_UNREACHED, x->warning);
	x->n++;
}

bool
unreached(struct decider *d, uint32_t warning, uint32_t *n, struct err *e)
{
	struct returning x = { d, warning, 0 };
	bool redirected;

	if (!ledger_warning_cases(d->ledger, warning, &redirected, one, &x, e))
		return false;
	*n = x.n;
	return true;
}
