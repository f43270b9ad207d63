/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See rate.h.  Spans begin at multiples of their length, so that a count and
 * the moment it began say all.  A digest warning that finds its span used up
 * is given a place in a later one, so many to each, and is asked again when
 * that comes: what the priority lane took meanwhile moves it on.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>
#include "6-deliver/outbox.h"
#include "6-deliver/rate.h"
#include "ledger/ledger_read.h"
#include "map.h"
#include "mem.h"

struct domain {
	const char		*name;
	const struct cfg_rate	*limit;		/* or NULL */
	int64_t			 since;		/* the span that sent is of */
	uint32_t		 sent;
	int64_t			 place;		/* the span in which there is still a place, */
	uint32_t		 given;		/* and how many were given in it */
	uint32_t		 later;		/* such answers, one after the other */
	uint32_t		 pauses;	/* one after the other; 0: none */
	int64_t			 until;
	uint32_t		 at_work;
};

struct rates {
	const struct config	*c;
	struct ledger		*l;
	struct arena		*a, *scratch;
	struct map		*by_name;	/* -> index */
	struct domain		*d;
	uint32_t		 n, cap;
};

const char *
rate_domain(struct arena *a, const char *address)
{
	struct tcs_slice rest = tcs_str(address), part;
	const char *url = strstr(address, "://"), *at = strrchr(address, '@');
	char *name, *p;

	if (url != NULL) {
		rest = tcs_str(url + 3);
		rest.n = strcspn(rest.p, "/?#");
		while (tcs_find(rest, '@') < rest.n)
			tcs_cut(&rest, '@', &part);
		if (rest.n > 0 && rest.p[0] != '[')
			rest.n = tcs_find(rest, ':');
	} else if (at != NULL)
		rest = tcs_str(at + 1);
	name = arena_strndup(a, rest.n > 0 ? rest.p : "", rest.n);
	for (p = name; *p != '\0'; p++)
		*p = tcs_lower(*p);
	return name;
}

int64_t
rate_back_off(uint32_t times)
{
	int64_t s = OUTBOX_FIRST;

	while (times-- > 1 && s < OUTBOX_MOST)
		s *= 2;
	return s < OUTBOX_MOST ? s : OUTBOX_MOST;
}

static const struct cfg_rate *
limit_of(const struct config *c, const char *name)
{
	uint32_t i;

	for (i = 0; i < c->deliver.nrate; i++)
		if (fnmatch(c->deliver.rate[i].domain, name, FNM_CASEFOLD) == 0)
			return &c->deliver.rate[i];
	return NULL;
}

/* Of a domain without a limit something is kept only once it answered "later". */
static struct domain *
domain_of(struct rates *r, const char *address, bool keep)
{
	const struct cfg_rate *limit;
	const char *name;
	uint64_t i;

	if (r->n == 0 && r->c->deliver.nrate == 0 && !keep)
		return NULL;
	arena_reset(r->scratch);
	name = rate_domain(r->scratch, address);
	if (map_get(r->by_name, name, strlen(name), &i))
		return &r->d[i];
	limit = limit_of(r->c, name);
	if (limit == NULL && !keep)
		return NULL;
	if (r->n == r->cap)
		r->d = xrealloc(r->d, (r->cap = r->cap * 2 + 16) * sizeof *r->d);
	map_set(r->by_name, name, strlen(name), r->n);
	r->d[r->n] = (struct domain){ .name = arena_strdup(r->a, name), .limit = limit };
	return &r->d[r->n++];
}

static void
remembered(void *arg, const char *name, int64_t since, uint32_t n)
{
	struct domain *d = domain_of(arg, name, false);

	if (d != NULL && d->limit != NULL && since % d->limit->span == 0) {
		d->since = since;
		d->sent = n;
	}
}

/* Its pause is over with the program that made it; the alarm falls when it takes one. */
static bool
paused(void *arg, const char *key, const char *text, int64_t at)
{
	struct domain *d;

	(void)text, (void)at;
	if (strncmp(key, "domain:", 7) == 0) {
		d = domain_of(arg, key + 7, true);
		d->later = RATE_LATER;
		d->pauses = 1;
	}
	return true;
}

struct rates *
rates_open(const struct config *c, struct ledger *l, int64_t now, struct err *e)
{
	struct rates *r = xcalloc(1, sizeof *r);
	int64_t longest = 0;
	uint32_t i;

	r->c = c;
	r->l = l;
	r->a = arena_new();
	r->scratch = arena_new();
	r->by_name = map_new();
	for (i = 0; i < c->deliver.nrate; i++)
		if (c->deliver.rate[i].span > longest)
			longest = c->deliver.rate[i].span;
	if ((longest == 0 || ledger_sent_each(l, now - longest, remembered, r, e)) &&
	    ledger_alarms_each(l, paused, r, e))
		return r;
	rates_close(r);
	return NULL;
}

void
rates_close(struct rates *r)
{
	if (r == NULL)
		return;
	map_free(r->by_name);
	arena_free(r->a);
	arena_free(r->scratch);
	free(r->d);
	free(r);
}

/* The count of the span that now lies in. */
static void
span_of(struct domain *d, int64_t now)
{
	int64_t since = now - now % d->limit->span;

	if (d->since != since) {
		d->since = since;
		d->sent = 0;
	}
}

int64_t
rates_when(struct rates *r, const char *address, bool priority, int64_t now)
{
	struct domain *d = domain_of(r, address, false);
	int64_t next;

	if (d == NULL)
		return now;
	if (d->pauses > 0 && now < d->until)
		return d->until;
	if (d->pauses > 0 && d->at_work > 0)	/* one tries whether it takes mail again */
		return now + OUTBOX_FIRST;
	if (d->limit == NULL)
		return now;
	span_of(d, now);
	if (d->sent < d->limit->most)
		return now;
	next = d->since + d->limit->span;
	if (priority)
		return next;
	if (d->place < next) {
		d->place = next;
		d->given = 0;
	} else if (d->given >= d->limit->most) {
		d->place += d->limit->span;
		d->given = 0;
	}
	d->given++;
	return d->place;
}

void
rates_sent(struct rates *r, const char *address, int64_t now)
{
	struct domain *d = domain_of(r, address, false);

	if (d == NULL)
		return;
	d->at_work++;
	if (d->limit == NULL)
		return;
	span_of(d, now);
	d->sent++;
	ledger_sent(r->l, d->name, d->since, d->sent);
}

static void
pause_domain(struct rates *r, struct domain *d, int64_t now)
{
	char key[300], text[400];

	d->until = now + rate_back_off(++d->pauses);
	snprintf(key, sizeof key, "domain:%.255s", d->name);
	snprintf(text, sizeof text, "%.255s puts warnings off time after time; what is for it waits",
	    d->name);
	ledger_alarm(r->l, key, text, now);
}

void
rates_answer(struct rates *r, const char *address, int answer, int64_t now)
{
	struct domain *d = domain_of(r, address, answer == TCS_LATER);
	char key[300];

	if (d == NULL)
		return;
	d->at_work -= d->at_work > 0;
	if (answer == TCS_LATER) {
		if (++d->later >= RATE_LATER && now >= d->until)
			pause_domain(r, d, now);
	} else if (answer == TCS_DELIVERED || answer == TCS_REFUSED) {
		d->later = 0;
		if (d->pauses == 0)
			return;
		d->pauses = 0;
		d->until = 0;
		snprintf(key, sizeof key, "domain:%.255s", d->name);
		ledger_alarm_clear(r->l, key);
	}
}
