/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network's owner or a national CERT was told because nobody had registered;
 * now somebody has.  The case of the party closes as superseded and the
 * owner's opens with the same evidence, due at once by the owner's own policy.
 * Looked for when the registry changed, and once a day because assets begin
 * and end; a case whose party merely is another today is refiled before it
 * leaves (group.c).
 */
#include <string.h>
#include "4-decide/climb.h"
#include "clock.h"
#include "timefmt.h"

/* The owner's case: the same sighting, in the owner's name. */
static void
open_for_owner(struct decider *d, const struct tcase *old, const struct judgement *j)
{
	struct case_key key = old->key;
	struct rule_in in = { .fresh = true, .observed = old->last_seen, .now = clock_now() / NS,
		.severity = old->severity };
	struct tcase *c, was = *old;		/* table_add may move it */
	unsigned change;

	key.org = j->winner->org;
	if (table_find(d->table, &key) != NULL)
		return;				/* the owner has it already */
	c = table_add(d->table, &key, d->next_case++);
	key = c->key;
	c->feed = was.feed;
	c->class = was.class;
	c->identifier = was.identifier;
	c->kind = was.kind;
	c->part = was.part;
	c->tlp = was.tlp;
	c->cves = was.cves;
	c->asset = j->winner->id;
	c->role = j->winner->role;
	c->rule = (uint8_t)j->rule;
	c->snapshot = d->registry->snapshot;
	in.policy = policy_of(d, c, c->severity > was.severity ? c->severity : was.severity);
	in.interval = interval_of(d, in.policy, c);
	in.brake = brakes_of(d, c, evidence_source(d, &was), was.reason == WHY_TLP_UNKNOWN);
	change = rule_sighting(c, &in);
	c->first_seen = was.first_seen;
	c->last_seen = was.last_seen;
	c->count = 1;
	c->input = was.input;
	c->off = was.off;
	c->len = was.len;
	c->line = was.line;
	c->sub = was.sub;
	c->src_port = was.src_port;
	commit_dirty(d, c->id);
	commit_event(d, c->id, EVENT_OPENED, (enum case_reason)c->reason, was.id);
	if (change & RULE_DUE)
		commit_event(d, c->id, EVENT_DUE, (enum case_reason)c->reason, was.id);
	if (change & RULE_HELD)
		commit_event(d, c->id, EVENT_HELD, (enum case_reason)c->reason, was.id);
}

static bool
close_one(struct decider *d, uint32_t place)
{
	struct tcase *c = table_at(d->table, place);
	struct judgement j;

	if (c->key.org < LADDER_FIRST || c->seen != SEEN_OPEN || (c->told == TOLD_DUE && c->warning != 0) ||
	    recheck(d, c, &j) != RECHECK_OTHER || j.winner->org >= LADDER_FIRST)
		return false;
	open_for_owner(d, c, &j);
	c = table_at(d->table, place);
	c->seen = SEEN_SUPERSEDED;
	c->told = TOLD_NOTHING;
	c->rev++;
	commit_dirty(d, c->id);
	commit_event(d, c->id, EVENT_MOVED, WHY_NONE, 0);
	return true;
}

bool
supersede(struct decider *d, uint32_t *n, struct err *e)
{
	int64_t day = clock_now() / NS / DAY;
	uint32_t i, count = table_count(d->table);

	*n = 0;
	if (d->superseded == d->registry->snapshot && d->superseded_day == day)
		return true;
	for (i = 0; i < count; i++)
		*n += close_one(d, i);
	if (*n > 0 && !commit_end(d, NULL, 0, NULL, NULL, e))
		return false;
	d->superseded = d->registry->snapshot;
	d->superseded_day = day;
	return true;
}
