/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two cases become one: two names turn out to be one problem, an organisation
 * is part of another, an asset changed hands, a host has a problem on very many
 * ports.  The one that ends is superseded and names the one that goes on
 * (merged_into); its sightings, events and warnings stay its own and are listed
 * with the other's, answers to it go to the other, and a finding that still
 * leads to it is folded into the other (case_survivor).
 *
 * A warning that is on its way stays the ended case's until it is answered;
 * what came of it is then told to the case that goes on (merged_settled).
 */
#include <string.h>
#include "4-decide/decider.h"
#include "clock.h"
#include "timefmt.h"

static bool
on_its_way(const struct tcase *c)
{
	return c->told == TOLD_DUE && c->warning != 0;
}

/* Times, severity and label: the wider of both. */
static void
take_facts(struct tcase *into, const struct tcase *from)
{
	if (from->seen == SEEN_OPEN && into->seen != SEEN_OPEN) {
		into->seen = SEEN_OPEN;
		into->first_seen = from->first_seen;
	} else if (from->seen == SEEN_OPEN && from->first_seen < into->first_seen)
		into->first_seen = from->first_seen;
	into->exploited |= from->exploited;
	if (from->severity > into->severity)
		into->severity = from->severity;
	if (from->tlp > into->tlp)
		into->tlp = from->tlp;
	if (from->days > into->days)
		into->days = from->days;
	if (from->last_seen <= into->last_seen)
		return;
	into->last_seen = from->last_seen;
	into->input = from->input;
	into->off = from->off;
	into->len = from->len;
	into->line = from->line;
	into->sub = from->sub;
	into->src_port = from->src_port;
	into->class = from->class;
	into->identifier = from->identifier;
	into->cves = from->cves;
}

static void
now_told(struct tcase *into, const struct tcase *from, int64_t when)
{
	if (when > into->warned) {
		into->warned = when;
		into->redirected = from->redirected;
	}
	if (from->relapsed > into->relapsed)
		into->relapsed = from->relapsed;
	if (on_its_way(into))
		return;
	into->told = TOLD_HANDED_OVER;
	into->reason = WHY_SILENT_UNTIL;
}

static void
now_waits(struct tcase *into, const struct tcase *from)
{
	if (on_its_way(into))
		return;
	into->due = into->told == TOLD_DUE && into->due < from->due ? into->due : from->due;
	into->told = from->told;
	into->reason = from->reason;
	if (from->lane > into->lane)
		into->lane = from->lane;
	into->warning = 0;
}

/* Two names of one: told when either was; else the one that is further on. */
static void
take_same(struct tcase *into, const struct tcase *from)
{
	if (into->answer == ANSWER_NONE && from->answer != ANSWER_NONE) {
		into->answer = from->answer;
		into->answered = from->answered;
		into->until = from->until;
	}
	if (from->told == TOLD_MUTED && into->told != TOLD_MUTED) {
		into->told = TOLD_MUTED;
		into->reason = from->reason;
		into->until = from->until;
	} else if (into->told == TOLD_MUTED)
		;
	else if (from->told == TOLD_HANDED_OVER || on_its_way(from) || from->warned != 0)
		now_told(into, from, on_its_way(from) ? clock_now() / NS : from->warned);
	else if (into->warned == 0 && !on_its_way(into) && (from->told == TOLD_DUE ||
	    (from->told == TOLD_HELD && into->told != TOLD_DUE)))
		now_waits(into, from);
}

/* One of many: due as soon as one is, held when one is, told when all were. */
static void
take_part(struct tcase *into, const struct tcase *from)
{
	int64_t when = on_its_way(from) ? clock_now() / NS : from->warned;

	if (when > into->warned) {
		into->warned = when;
		into->redirected = from->redirected;
	}
	if (from->told == TOLD_DUE && !on_its_way(from))
		now_waits(into, from);
	else if (from->told == TOLD_HELD && into->told != TOLD_DUE)
		now_waits(into, from);
	else if (into->told == TOLD_NOTHING && when != 0)
		now_told(into, from, when);
	else if (into->told == TOLD_NOTHING)
		into->reason = from->reason;
}

static void
supersede(struct tcase *from, uint32_t into)
{
	from->merged_into = into;
	from->seen = SEEN_SUPERSEDED;
	from->rev++;
	if (on_its_way(from))
		return;
	from->told = TOLD_NOTHING;
	from->reason = WHY_MERGED;
}

/* All feeds that saw from saw into: it is gone only when none of them sees it. */
static void
take_feeds(struct decider *d, const struct tcase *into, const struct tcase *from)
{
	uint32_t feed, n = ledger_words(d->ledger, DICT_FEED);
	uint64_t pair, value;

	for (feed = 1; feed <= n; feed++) {
		pair = (uint64_t)from->id << 32 | feed;
		if (feed != from->feed && !map_get(d->also, &pair, sizeof pair, &value))
			continue;
		pair = (uint64_t)into->id << 32 | feed;
		if (feed != into->feed && map_set(d->also, &pair, sizeof pair, 1))
			commit_feed(d, into->id, feed, from->last_seen);
	}
}

void
case_merge(struct decider *d, struct tcase *into, struct tcase *from, enum merge how)
{
	take_facts(into, from);
	if (how == MERGE_SAME)
		take_same(into, from);
	else if (how == MERGE_PART)
		take_part(into, from);
	take_feeds(d, into, from);
	supersede(from, into->id);
	into->rev++;
	commit_merge(d, into->id, from->id);
	commit_dirty(d, into->id);
	commit_dirty(d, from->id);
	commit_event(d, from->id, EVENT_MERGED, WHY_NONE, into->id);
	commit_event(d, into->id, EVENT_ABSORBED, WHY_NONE, from->id);
}

struct tcase *
case_refile(struct decider *d, struct tcase *c, const struct case_key *key, enum merge how)
{
	struct tcase *there = table_find(d->table, key), *old;

	if (there != NULL)
		there = case_survivor(d, there);
	if (there == c)
		return c;
	if (there == NULL) {
		table_rekey(d->table, c, key);
		commit_dirty(d, c->id);
		return c;
	}
	if (how == MERGE_OTHER || there->id < c->id) {
		case_merge(d, there, c, how);
		return there;
	}
	old = there;			/* the older one goes on, under the key */
	table_rekey(d->table, c, key);
	case_merge(d, c, old, how);
	return c;
}

void
merged_settled(struct decider *d, struct tcase *from)
{
	struct tcase *into = case_survivor(d, from);

	if (into == from)
		return;
	if (from->told == TOLD_HANDED_OVER) {
		if (into->told == TOLD_HANDED_OVER || into->told == TOLD_NOTHING)
			now_told(into, from, from->warned);
	} else if (into->told == TOLD_HANDED_OVER || into->told == TOLD_NOTHING)
		now_waits(into, from);
	from->told = TOLD_NOTHING;
	from->reason = WHY_MERGED;
	into->rev++;
	commit_dirty(d, into->id);
}
