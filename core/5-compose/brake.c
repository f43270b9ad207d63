/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Brakes that look at a round as a whole, before the caps: each holds the group
 * that tripped it - a problem of a feed, recipients never warned before - and
 * the rest goes on.  A list that makes many cases of one problem worse at once
 * is no news of theirs: they become a campaign proposal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "5-compose/round_int.h"
#include "clock.h"
#include "ledger/ledger_campaign.h"
#include "map.h"
#include "timefmt.h"

#define NEW_LEAST 10		/* of fewer recipients a share says nothing */

struct about { uint32_t feed, problem; };	/* what a group is counted by; no padding */

static struct about
about_of(const struct rounds *r, const struct candidate *k)
{
	const struct tcase *c = table_id(r->d->table, k->id);

	return (struct about){ c->feed, c->key.problem };
}

/* A person released it: it goes past the brakes. */
static bool
is_let(const struct rounds *r, const struct candidate *k)
{
	uint64_t is;

	return r->d->let != NULL && map_get(r->d->let, &k->id, sizeof k->id, &is);
}

/* All that the brake holds goes, the rest moves together. */
static uint32_t
sift(struct rounds *r, struct candidate *k, uint32_t n, enum case_reason why, struct round_sum *sum,
    bool (*holds)(const struct rounds *r, const struct candidate *k, const struct map *m),
    const struct map *m)
{
	uint32_t i, kept = 0;

	for (i = 0; i < n; i++) {
		if (is_let(r, &k[i]) || !holds(r, &k[i], m)) {
			k[kept++] = k[i];
			continue;
		}
		round_hold(r->d, &k[i], 1, why);
		sum->held++;
	}
	return kept;
}

/* ---- a list that makes many worse at once */

static bool
is_worse(const struct rounds *r, const struct candidate *k)
{
	uint8_t why = table_id(r->d->table, k->id)->reason;

	return (why == WHY_WORSE || why == WHY_EXPLOITED) && !is_let(r, k);
}

struct proposing {
	struct rounds	*r;
	struct campaign	 c;
	struct arena	*a;
	uint32_t	*ids, n;
};

static bool
write_proposal(void *arg, struct err *e)
{
	struct proposing *x = arg;
	struct ledger *l = x->r->d->ledger;
	uint32_t i;

	if (!ledger_campaign_put(l, &x->c))
		return err_set(e, "the campaign cannot be written");
	for (i = 0; i < x->n; i++)
		ledger_campaign_case(l, x->c.id, x->ids[i]);
	return true;
}

/* One proposal a problem, feed and day; what comes later on that day joins it while it is one. */
static bool
named(struct proposing *x, const struct about *b, struct err *e)
{
	struct ledger *l = x->r->d->ledger;
	const char *problem = ledger_text(l, DICT_PROBLEM, b->problem), *feed = ledger_text(l, DICT_FEED,
	    b->feed);
	char day[TIME_TEXT];
	unsigned i;
	bool got = true;

	time_day(clock_now(), day);
	for (i = 1; got; i++) {
		x->c.name = i == 1 ? arena_printf(x->a, "worse-%s-%s", problem, day) :
		    arena_printf(x->a, "worse-%s-%s-%u", problem, day, i);
		if (!ledger_campaign_get(l, x->a, x->c.name, &x->c, &got, e))
			return false;
		if (got && x->c.state == CAMPAIGN_PROPOSED && strcmp(x->c.creator, feed) == 0)
			return true;
	}
	x->c = (struct campaign){ .name = x->c.name, .state = CAMPAIGN_PROPOSED, .template = "",
	    .rounds = "0",
		.round = 1, .made = clock_now() / NS, .creator = feed, .hash = "", .approver = "", .note = "",
		.what = arena_printf(x->a, "problem:%s worse in feed:%s", problem, feed) };
	return true;
}

static bool
propose(struct rounds *r, const struct candidate *k, uint32_t n, const struct about *b, struct err *e)
{
	struct proposing x = { .r = r, .a = arena_new() };
	uint32_t i;
	bool good;

	for (i = 0; i < n; i++) {
		struct about mine = about_of(r, &k[i]);

		if (!is_worse(r, &k[i]) || memcmp(&mine, b, sizeof mine) != 0)
			continue;
		x.ids = arena_room(x.a, x.ids, x.n, sizeof *x.ids);
		x.ids[x.n++] = k[i].id;
		round_hold(r->d, &k[i], 1, WHY_CAMPAIGN);
	}
	good = named(&x, b, e) && commit_end(r->d, NULL, 0, write_proposal, &x, e);
	arena_free(x.a);
	return good;
}

static bool
is_held(const struct rounds *r, const struct candidate *k, const struct map *m)
{
	(void)m;
	return table_id(r->d->table, k->id)->told != TOLD_DUE;
}

static bool
worse(struct rounds *r, struct candidate *k, uint32_t *n, struct round_sum *sum, struct err *e)
{
	struct map *m = map_new();
	const void *key;
	uint64_t count;
	size_t at = 0, nkey;
	uint32_t i, kept = 0, before = *n;
	bool good = true;

	for (i = 0; i < *n; i++) {
		struct about b = about_of(r, &k[i]);

		if (is_worse(r, &k[i])) {
			count = 0;
			map_get(m, &b, sizeof b, &count);
			map_set(m, &b, sizeof b, count + 1);
		}
	}
	while (good && map_next(m, &at, &key, &nkey, &count))
		if ((int64_t)count > r->d->config->deliver.most_worse)
			good = propose(r, k, *n, key, e);
	map_free(m);
	for (i = 0; good && i < before; i++)
		if (!is_held(r, &k[i], NULL))
			k[kept++] = k[i];
	sum->held += before - kept;
	*n = kept;
	return good;
}

/* ---- recipients never warned before */

static bool
is_new(const struct rounds *r, const struct candidate *k, const struct map *m)
{
	uint64_t known;

	return k->notifier->to == NULL && map_get(m, k->address, strlen(k->address), &known) && known == 0 &&
	    !is_let(r, k);
}

static uint32_t
first_timers(struct rounds *r, struct candidate *k, uint32_t n, struct round_sum *sum)
{
	int64_t share = r->d->config->deliver.most_new_share;
	struct map *m = map_new();
	uint64_t known, all, new = 0;
	uint32_t i;

	for (i = 0; share > 0 && i < n; i++) {
		if (map_get(m, k[i].address, strlen(k[i].address), &known))
			continue;
		known = ledger_warned_before(r->d->ledger, k[i].address);
		new += known == 0 && k[i].notifier->to == NULL;
		map_set(m, k[i].address, strlen(k[i].address), known);
	}
	all = map_count(m);
	/* the very first round has nobody else */
	if (share > 0 && all >= NEW_LEAST && new * 100 > (uint64_t)share * all &&
	    ledger_next_warning(r->d->ledger) > 1)
		n = sift(r, k, n, WHY_CAP_NEW, sum, is_new, m);
	map_free(m);
	return n;
}

/* ---- one problem of one feed */

static bool
is_over(const struct rounds *r, const struct candidate *k, const struct map *m)
{
	struct about b = about_of(r, k);
	uint64_t count = 0;

	return map_get(m, &b, sizeof b, &count) &&
	    (int64_t)count > r->d->config->deliver.most_per_problem;
}

/* Warnings of this round by what they are about: one with several problems counts for each. */
static uint32_t
problems(struct rounds *r, struct candidate *k, uint32_t n, struct round_sum *sum)
{
	struct map *m = map_new(), *last = map_new();
	uint64_t count, group = 0, seen;
	uint32_t i;

	for (i = 0; r->d->config->deliver.most_per_problem > 0 && i < n; i++) {
		struct about b = about_of(r, &k[i]);

		group += i > 0 && !same_group(&k[i - 1], &k[i]);
		if (is_let(r, &k[i]))
			continue;
		if (map_get(last, &b, sizeof b, &seen) && seen == group)
			continue;
		map_set(last, &b, sizeof b, group);
		count = 0;
		map_get(m, &b, sizeof b, &count);
		map_set(m, &b, sizeof b, count + 1);
	}
	n = sift(r, k, n, WHY_CAP_PROBLEM, sum, is_over, m);
	map_free(last);
	map_free(m);
	return n;
}

bool
round_brakes(struct rounds *r, struct candidate *k, uint32_t *n, struct round_sum *sum, struct err *e)
{
	if (!worse(r, k, n, sum, e))
		return false;
	*n = first_timers(r, k, *n, sum);
	*n = problems(r, k, *n, sum);
	return true;
}
