/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cases that ended.  Gone: every feed that saw the case has looked again on
 * three later report days and did not see it, and the configured time (a week)
 * has passed; which days count is coverage.c's to say, so a feed that is late,
 * missing, empty or shrunken closes nothing.  Expired: what no feed looks for
 * again - events after their days of silence, all else (one-shot reports) after
 * three months.  A case that still waits to be told of does not end.
 *
 * Whether a sighting that arrives late is news or history is the same question
 * asked the other way round: it is history when every feed that saw the case
 * has looked after the report day that brings it.
 */
#include "4-decide/decider.h"
#include "clock.h"
#include "timefmt.h"

#define LOOKS		3
#define ONE_DAY		(2 * DAY)	/* late reports of it still come in */

/* Every feed that saw the case has looked so often on days after `after`. */
static bool
all_looked(const struct decider *d, const struct tcase *c, int64_t after, uint32_t least)
{
	uint32_t feed, n = ledger_words(d->ledger, DICT_FEED);
	uint64_t pair, value;

	if (coverage_looks(d->coverage, c->feed, after) < least)
		return false;
	for (feed = 1; feed <= n; feed++) {
		pair = (uint64_t)c->id << 32 | feed;
		if (map_get(d->also, &pair, sizeof pair, &value) &&
		    coverage_looks(d->coverage, feed, after) < least)
			return false;
	}
	return true;
}

bool
look_history(const struct decider *d, const struct tcase *c, int64_t observed, int64_t report_day,
    int64_t now)
{
	int64_t after = observed / DAY > report_day ? observed / DAY : report_day;

	if (c->seen == SEEN_EXPIRED && c->kind == KIND_EVENT)
		return now - observed >= d->config->decide.event_expires;
	return c->seen == SEEN_GONE && all_looked(d, c, after, 1);
}

/* ---- one look over all cases ------------------------------------------------- */

struct looking {
	struct decider	*d;
	struct arena	*a;
	struct map	*day_of;	/* input -> its report day */
	int64_t		 now;
};

/* The report day of the newest sighting: a report shows what was observed the day before, and does not
 * count as having looked after that. */
static int64_t
last_day(struct looking *x, const struct tcase *c)
{
	int64_t day = c->last_seen / DAY;
	struct err e = ERR_INIT;
	struct input in;
	uint64_t got = 0;
	bool there;

	if (!map_get(x->day_of, &c->input, sizeof c->input, &got)) {
		arena_reset(x->a);
		if (ledger_input_get(x->d->ledger, x->a, c->input, &in, &there, &e) && there)
			got = (uint64_t)in.day;
		map_set(x->day_of, &c->input, sizeof c->input, got);
	}
	return (int64_t)got > day ? (int64_t)got : day;
}

static enum seen
ended(struct looking *x, const struct tcase *c)
{
	const struct config *cfg = x->d->config;
	int64_t silent = x->now - c->last_seen;

	if (c->told == TOLD_DUE)
		return SEEN_OPEN;
	if (c->key.day != 0)			/* another day is another case */
		return silent >= ONE_DAY ? SEEN_EXPIRED : SEEN_OPEN;
	if (c->kind == KIND_EVENT)
		return silent >= cfg->decide.event_expires ? SEEN_EXPIRED : SEEN_OPEN;
	if (silent >= cfg->decide.gone_after && all_looked(x->d, c, last_day(x, c), LOOKS))
		return SEEN_GONE;
	return silent >= cfg->decide.one_shot_expires ? SEEN_EXPIRED : SEEN_OPEN;
}

static bool
look_all(struct looking *x, uint32_t *n, struct err *e)
{
	struct decider *d = x->d;
	uint32_t i, count = table_count(d->table);

	for (i = 0; i < count; i++) {
		struct tcase *c = table_at(d->table, i);
		enum seen seen = c->seen == SEEN_OPEN ? ended(x, c) : SEEN_OPEN;

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

bool
look_over(struct decider *d, uint32_t *n, struct err *e)
{
	struct looking x = { d, arena_new(), map_new(), clock_now() / NS };
	bool good;

	*n = 0;
	good = pass_over(d, n, e) && look_all(&x, n, e);
	map_free(x.day_of);
	arena_free(x.a);
	return good;
}
