/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases that ended.  Gone: every feed that saw the case has been looked at on
 * three later days, and the configured time (a week) has passed; so a feed
 * that is late or missing closes nothing.  Expired: what no feed looks for
 * again - events after that time without another, one-shot reports after
 * three months.  A case that still waits to be told of does not end.
 */
#include "4-decide/decider.h"
#include "clock.h"
#include "timefmt.h"

#define LOOKS		3
#define ONE_DAY		(2 * DAY)	/* late reports of it still come in */
#define ONE_SHOT	(90 * DAY)

static bool
looked(const struct decider *d, uint32_t feed, int64_t last_seen)
{
	return ledger_feed_looks_since(d->ledger, feed, last_seen / DAY) >= LOOKS;
}

/* Further feeds that saw it have looked again too. */
static bool
all_looked(const struct decider *d, const struct tcase *c)
{
	uint32_t feed, n = ledger_words(d->ledger, DICT_FEED);
	uint64_t pair, value;

	if (!looked(d, c->feed, c->last_seen))
		return false;
	for (feed = 1; feed <= n; feed++) {
		pair = (uint64_t)c->id << 32 | feed;
		if (map_get(d->also, &pair, sizeof pair, &value) && !looked(d, feed, c->last_seen))
			return false;
	}
	return true;
}

static enum seen
ended(const struct decider *d, const struct tcase *c, int64_t now)
{
	int64_t silent = now - c->last_seen;

	if (c->key.day != 0)	/* another day is another case */
		return c->told != TOLD_DUE && silent >= ONE_DAY ? SEEN_EXPIRED : SEEN_OPEN;
	if (c->told == TOLD_DUE || silent < d->config->decide.gone_after)
		return SEEN_OPEN;
	if (c->kind == KIND_EVENT || silent >= ONE_SHOT)
		return SEEN_EXPIRED;
	return all_looked(d, c) ? SEEN_GONE : SEEN_OPEN;
}

bool
look_over(struct decider *d, uint32_t *n, struct err *e)
{
	int64_t now = clock_now() / NS;
	uint32_t i, count = table_count(d->table);

	*n = 0;
	for (i = 0; i < count; i++) {
		struct tcase *c = table_at(d->table, i);
		enum seen seen = c->seen == SEEN_OPEN ? ended(d, c, now) : SEEN_OPEN;

		if (seen == SEEN_OPEN)
			continue;
		c->seen = (uint8_t)seen;
		c->rev++;
		commit_dirty(d, c->id);
		commit_event(d, c->id, seen == SEEN_GONE ? EVENT_GONE : EVENT_EXPIRED, WHY_NONE, c->input);
		++*n;
		if (commit_full(d) && !commit_end(d, NULL, 0, NULL, NULL, e))
			return false;
	}
	return commit_empty(d) || commit_end(d, NULL, 0, NULL, NULL, e);
}
