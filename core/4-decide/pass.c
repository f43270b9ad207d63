/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases whose subject has become another organisation's: by an import, or by
 * the date on an asset.  Asked of the registry when it has changed and once a
 * day.  The old case ends - superseded when an owner has registered under the
 * operator that was told until now, moved in all other cases - and the new
 * organisation's case is opened from the same evidence and due at once.
 *
 * Only for cases that were told or are only recorded: one that still waits is
 * refiled as it is (order.c), and one whose warning is under way is withdrawn
 * by the gate first.  A subject that nobody owns any more is not touched; it
 * ends as its feeds see it no longer; what a party of the ladder was told
 * until its owner registered is supersede.c's.  A name whose address has changed is the
 * same case: its key has no address.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "4-decide/climb.h"
#include "clock.h"
#include "timefmt.h"

/* The feeds that saw the one saw the other. */
static void
copy_feeds(struct decider *d, uint32_t from, uint32_t to, int64_t last)
{
	uint32_t feed, n = ledger_words(d->ledger, DICT_FEED);
	uint64_t pair, value;

	for (feed = 1; feed <= n; feed++) {
		pair = (uint64_t)from << 32 | feed;
		if (!map_get(d->also, &pair, sizeof pair, &value))
			continue;
		pair = (uint64_t)to << 32 | feed;
		map_set(d->also, &pair, sizeof pair, 1);
		commit_feed(d, to, feed, last);
	}
}

static void
open_for(struct decider *d, const struct case_key *key, const struct tcase *old, const struct judgement *j)
{
	static const struct { unsigned bit; enum event ev; } events[] = { { RULE_OPENED, EVENT_OPENED },
	    { RULE_DUE, EVENT_DUE }, { RULE_HELD, EVENT_HELD }, { RULE_RECORDED, EVENT_RECORDED } };
	const char *feed = ledger_text(d->ledger, DICT_FEED, old->feed);
	struct tcase *c = table_add(d->table, key, d->next_case++);
	struct rule_in in = { .fresh = true, .observed = old->last_seen, .now = clock_now() / NS,
		.severity = old->severity };
	uint32_t id = c->id, beside = c->beside;
	char source[128];
	unsigned change;
	size_t i;

	*c = *old;
	c->key = *key;
	c->id = id;
	c->beside = beside;
	c->asset = j->winner->id;
	c->role = j->winner->role;
	c->rule = (uint8_t)j->rule;
	c->snapshot = d->registry->snapshot;
	c->told = TOLD_NOTHING;
	c->answer = ANSWER_NONE;
	c->lane = LANE_NONE;
	c->reason = WHY_NONE;
	c->redirected = 0;
	c->rev = c->count = c->warning = 0;
	c->warned = c->due = c->relapsed = c->until = c->answered = 0;
	c->listed = c->told_n = c->merged_into = 0;
	c->cves = 0;			/* the next sighting brings them */
	tcs_copy(source, sizeof source, tcs_slice(feed, tcs_find(tcs_str(feed), '/')));
	in.policy = policy_of(d, c, c->severity);
	in.interval = interval_of(d, in.policy, c);
	in.brake = brakes_of(d, c, config_source(d->config, source), false);
	change = rule_sighting(c, &in);
	c->first_seen = old->first_seen;
	commit_dirty(d, id);
	for (i = 0; i < sizeof events / sizeof *events; i++)
		if (change & events[i].bit)
			commit_event(d, id, events[i].ev, (enum case_reason)c->reason, c->input);
	copy_feeds(d, old->id, id, old->last_seen);
}

bool
case_pass(struct decider *d, uint32_t id, const struct judgement *j)
{
	struct tcase *c = table_id(d->table, id);
	struct tcase old = *c;
	struct case_key key = c->key;
	bool superseded = c->role == ROLE_OPERATOR && j->winner->role == ROLE_OWNER;

	if (c->seen != SEEN_OPEN || c->told == TOLD_DUE || c->told == TOLD_HELD)
		return false;
	c->seen = superseded ? SEEN_SUPERSEDED : SEEN_MOVED;
	c->rev++;
	commit_dirty(d, id);
	commit_event(d, id, superseded ? EVENT_SUPERSEDED : EVENT_MOVED, WHY_NONE, 0);
	key.org = j->winner->org;
	if (table_find(d->table, &key) == NULL)
		open_for(d, &key, &old, j);
	return true;
}

static bool
mark(struct decider *d, const char *text, struct err *e)
{
	return ledger_state_put(d->ledger, "passed", text, e);
}

bool
pass_over(struct decider *d, uint32_t *n, struct err *e)
{
	struct arena *a = arena_new();
	uint32_t i, count = table_count(d->table);
	const char *before;
	struct judgement j;
	char now[64];
	bool good;

	snprintf(now, sizeof now, "%" PRIu32 ":%" PRId64, d->registry->snapshot, clock_now() / NS / DAY);
	good = ledger_state_get(d->ledger, a, "passed", &before, e);
	if (good && (before == NULL || strcmp(before, now) != 0)) {
		for (i = 0; good && i < count; i++) {
			const struct tcase *c = table_at(d->table, i);

			if (c->seen == SEEN_OPEN && c->key.org != 0 && c->key.org < LADDER_FIRST &&
			    c->told != TOLD_DUE && c->told != TOLD_HELD &&
			    recheck(d, c, &j) == RECHECK_OTHER && j.winner->org < LADDER_FIRST)
				*n += case_pass(d, c->id, &j);
			if (commit_full(d))
				good = commit_end(d, NULL, 0, NULL, NULL, e);
		}
		good = good && (commit_empty(d) || commit_end(d, NULL, 0, NULL, NULL, e)) && mark(d, now, e);
	}
	arena_free(a);
	return good;
}
