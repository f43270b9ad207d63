/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases and a registry that has changed its mind: asked again, a case stays,
 * is let go, or goes to whom the registry gives it to today.  There nothing
 * was told and nothing answered, whatever the one before was told and said.
 */
#include <string.h>
#include "4-decide/decider.h"
#include "clock.h"
#include "timefmt.h"

struct tcase *
case_move(struct decider *d, struct tcase *c, const struct judgement *j, uint32_t ref)
{
	struct case_key key = c->key;
	struct tcase *to;

	key.org = j->winner->org;
	commit_event(d, c->id, EVENT_MOVED, WHY_NONE, ref);
	if ((to = case_refile(d, c, &key, MERGE_OTHER)) != c)
		return to;
	c->asset = j->winner->id;
	c->role = j->winner->role;
	c->rule = (uint8_t)j->rule;
	c->snapshot = d->registry->snapshot;
	c->warned = c->relapsed = c->until = c->answered = 0;
	c->told_n = 0;
	c->answer = ANSWER_NONE;
	commit_dirty(d, c->id);
	return c;
}

/* Asks the registry again and lets go what nothing else holds. */
bool
case_release(struct decider *d, struct tcase *c, bool force, uint32_t ref)
{
	struct judgement j;
	enum recheck now = recheck(d, c, &j);
	struct brakes b;

	if (now == RECHECK_OTHER && case_move(d, c, &j, ref) != c)
		return false;
	b = brakes_of(d, c, evidence_source(d, c), false);
	b.conflict = now == RECHECK_CONFLICT;
	if (now == RECHECK_NONE) {
		if (c->reason != WHY_ASSET_GONE) {
			c->reason = WHY_ASSET_GONE;
			commit_dirty(d, c->id);
		}
		return false;
	}
	if (!rule_release(c, &b, force, clock_now() / NS))
		return false;
	if (c->lane == LANE_NONE)
		c->lane = (uint8_t)policy_of(d, c, c->severity)->lane;
	if (force) {
		if (d->let == NULL)
			d->let = map_new();
		map_set(d->let, &c->id, sizeof c->id, 1);
	}
	commit_dirty(d, c->id);
	commit_event(d, c->id, EVENT_RELEASED, (enum case_reason)c->reason, ref);
	return true;
}

static bool
asset_is_theirs(const struct decider *d, const struct tcase *c)
{
	const struct asset *a = registry_asset(d->registry, c->asset);

	return a != NULL && a->org == c->key.org;
}

/* What was told to the one before, or waits to be, is due to the new one; what is only recorded stays so. */
static void
hand_on(struct decider *d, struct tcase *c, const struct judgement *j, uint32_t ref)
{
	bool record = c->told == TOLD_NOTHING && c->answer == ANSWER_NONE;
	struct tcase *to = case_move(d, c, j, ref);

	if (to != c || record)
		return;
	c->told = TOLD_HELD;
	c->reason = WHY_ASSET_GONE;
	case_release(d, c, false, ref);
}

uint32_t
cases_refile(struct decider *d, uint32_t ref)
{
	uint32_t i, moved = 0, n = table_count(d->table);
	struct judgement j;

	for (i = 0; i < n; i++) {
		struct tcase *c = table_at(d->table, i);

		if (c->seen != SEEN_OPEN || c->key.org == 0 || asset_is_theirs(d, c) ||
		    (c->told == TOLD_DUE && c->warning != 0))
			continue;		/* on its way: the gate asks */
		if (recheck(d, c, &j) != RECHECK_OTHER)
			continue;
		hand_on(d, c, &j, ref);
		moved++;
	}
	return moved;
}
