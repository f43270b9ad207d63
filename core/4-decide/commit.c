/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a commit will write, gathered while findings are folded.  The
 * transaction itself is opened only to write it, so that nobody who gives an
 * order by hand waits while a feed is being read.  Cases are put once however
 * often they changed; books are summed; sightings become one segment.
 */
#include <stdlib.h>
#include <string.h>
#include "4-decide/decider.h"
#include "buf.h"
#include "4-decide/exploited.h"
#include "clock.h"
#include "ledger/ledger_enrich.h"
#include "mem.h"
#include "timefmt.h"

struct note_event { uint32_t id, ref; uint8_t ev, why; };
struct note_cve { uint32_t id; int64_t since; const char *cve; uint32_t n; };
struct note_feed { uint32_t id, feed; int64_t last; };
struct note_merge { uint32_t into, from; };
struct note_exploited { uint32_t id; struct exploited_row r; };
struct note_claim { uint32_t id, asset; uint16_t rule, rank; uint8_t fate; };
struct note_tally { uint32_t problem, class; const char *constituency; uint8_t outcome; int64_t n; };
struct note_alarm { const char *key, *text; };
/* detail: a line for each of the first records, in the order of span. */
struct note_refused { const char *why; struct buf detail; struct span *span; uint32_t n, cap; };

#define DETAILS (64u << 10)	/* bytes of them, for one reason in one commit */

/* A growing array of one type. */
#define LIST(type) struct { type *p; uint32_t n, cap; }
#define PUSH(l) (room((void **)&(l).p, (l).n, &(l).cap, sizeof *(l).p), &(l).p[(l).n++])

struct commit {
	struct arena		*arena;
	LIST(uint32_t)		 dirty;
	uint8_t			*is_dirty;	/* a bit a case */
	uint32_t		 ndirty;
	LIST(struct note_event)	 event;
	LIST(struct note_cve)	 cve;
	LIST(struct note_feed)	 feed;
	LIST(struct note_merge)	 merge;
	LIST(struct note_claim)	 claim;
	LIST(struct sighting)	 sighting;
	LIST(struct note_tally)	 tally;
	struct map		*tally_at;
	LIST(struct note_refused) refused;
	LIST(struct note_alarm)	 alarm;
	LIST(struct note_exploited) exploited;
	LIST(struct filtered_row) filtered;
	uint64_t		 findings;
};

static void
room(void **p, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return;
	*cap = *cap ? *cap * 2 : 64;
	*p = xrealloc(*p, *cap * size);
}

struct commit *
commit_new(void)
{
	struct commit *c = xcalloc(1, sizeof *c);

	c->arena = arena_new();
	c->tally_at = map_new();
	return c;
}

void
commit_drop(struct commit *c)
{
	uint32_t i;

	for (i = 0; i < c->dirty.n; i++)
		c->is_dirty[c->dirty.p[i] / 8] = 0;
	for (i = 0; i < c->refused.n; i++)
		free(c->refused.p[i].span), buf_free(&c->refused.p[i].detail);
	c->dirty.n = c->event.n = c->cve.n = c->feed.n = c->merge.n =
	    c->claim.n = c->sighting.n = c->tally.n =
	    c->refused.n = c->alarm.n = c->exploited.n = c->filtered.n = 0;
	c->findings = 0;
	map_free(c->tally_at);
	c->tally_at = map_new();
	arena_reset(c->arena);
}

void
commit_free(struct commit *c)
{
	if (c == NULL)
		return;
	commit_drop(c);
	map_free(c->tally_at);
	arena_free(c->arena);
	free(c->dirty.p);
	free(c->is_dirty);
	free(c->event.p);
	free(c->cve.p);
	free(c->feed.p);
	free(c->merge.p);
	free(c->claim.p);
	free(c->sighting.p);
	free(c->tally.p);
	free(c->refused.p);
	free(c->alarm.p);
	free(c->exploited.p);
	free(c->filtered.p);
	free(c);
}

void
commit_dirty(struct decider *d, uint32_t id)
{
	struct commit *c = d->commit;
	uint32_t n;

	if (id / 8 >= c->ndirty) {
		n = id / 4 + 1024;
		c->is_dirty = xrealloc(c->is_dirty, n);
		memset(c->is_dirty + c->ndirty, 0, n - c->ndirty);
		c->ndirty = n;
	}
	if (c->is_dirty[id / 8] & 1u << id % 8)
		return;
	c->is_dirty[id / 8] |= (uint8_t)(1u << id % 8);
	*PUSH(c->dirty) = id;
}

void
commit_event(struct decider *d, uint32_t id, enum event ev, enum case_reason why, uint32_t ref)
{
	*PUSH(d->commit->event) = (struct note_event){ id, ref, (uint8_t)ev, (uint8_t)why };
}

void
commit_cve(struct decider *d, uint32_t id, struct tcs_slice cve, int64_t since)
{
	*PUSH(d->commit->cve) = (struct note_cve){ id, since, arena_dup(d->commit->arena, cve.p, cve.n),
	    (uint32_t)cve.n };
}

void
commit_feed(struct decider *d, uint32_t id, uint32_t feed, int64_t last)
{
	*PUSH(d->commit->feed) = (struct note_feed){ id, feed, last };
}

void
commit_merge(struct decider *d, uint32_t into, uint32_t from)
{
	*PUSH(d->commit->merge) = (struct note_merge){ into, from };
}

void
commit_claims(struct decider *d, uint32_t id, const struct judgement *j)
{
	uint32_t i;

	for (i = 0; i < j->n; i++)
		*PUSH(d->commit->claim) = (struct note_claim){ id, j->claim[i].asset->id, j->claim[i].rule,
			j->claim[i].rank, j->claim[i].fate };
}

void
commit_sighting(struct decider *d, const struct sighting *s)
{
	*PUSH(d->commit->sighting) = *s;
}

void
commit_tally(struct decider *d, uint32_t problem, uint32_t class, const char *constituency, enum outcome o,
    int64_t n)
{
	struct commit *c = d->commit;
	struct { uint32_t problem, class; uint64_t constituency, outcome; } key = { problem, class,
		(uint64_t)(uintptr_t)constituency, (uint64_t)o };
	uint64_t at;

	if (n > 0)
		c->findings += (uint64_t)n;
	if (!map_get(c->tally_at, &key, sizeof key, &at)) {
		map_set(c->tally_at, &key, sizeof key, at = c->tally.n);
		*PUSH(c->tally) = (struct note_tally){ problem, class, arena_strdup(c->arena, constituency),
		    (uint8_t)o, 0 };
	}
	c->tally.p[at].n += n;
}

static void
add_detail(struct note_refused *r, const char *detail)
{
	if (r->detail.n >= DETAILS)
		return;
	if (r->n > 0)
		buf_char(&r->detail, '\n');
	for (; *detail != '\0'; detail++)
		buf_char(&r->detail, *detail == '\n' ? ' ' : *detail);
}

/* The last record's line is taken away, if it has one. */
static void
cut_detail(struct note_refused *r)
{
	size_t lines = r->n > 0, i, last = 0;

	for (i = 0; i < r->detail.n; i++)
		if (r->detail.p[i] == '\n') {
			lines++;
			last = i;
		}
	if (lines == r->n)
		r->detail.n = last;
	if (r->detail.p != NULL)
		r->detail.p[r->detail.n] = '\0';
}

void
commit_refused(struct decider *d, const char *why, const char *detail, const struct span *s)
{
	struct commit *c = d->commit;
	struct note_refused *r = NULL;
	uint32_t i;

	for (i = 0; i < c->refused.n && r == NULL; i++)
		if (strcmp(c->refused.p[i].why, why) == 0)
			r = &c->refused.p[i];
	if (r == NULL) {
		r = PUSH(c->refused);
		*r = (struct note_refused){ .why = arena_strdup(c->arena, why) };
		buf_init(&r->detail);
	}
	add_detail(r, detail != NULL ? detail : "");
	room((void **)&r->span, r->n, &r->cap, sizeof *r->span);
	r->span[r->n++] = *s;
}

bool
commit_unrefuse(struct decider *d, const char *why, uint64_t off)
{
	struct commit *c = d->commit;
	uint32_t i;

	for (i = 0; i < c->refused.n; i++) {
		struct note_refused *r = &c->refused.p[i];

		if (strcmp(r->why, why) != 0 || r->n == 0 || r->span[r->n - 1].off != off)
			continue;
		cut_detail(r);
		r->n--;
		c->findings--;
		return true;
	}
	return false;
}

void
exploited_note(struct decider *d, const struct tcase *c, const struct exploited *x, int64_t now)
{
	struct arena *a = d->commit->arena;

	*PUSH(d->commit->exploited) = (struct note_exploited){ c->id, {
		arena_strndup(a, x->cve.p, x->cve.n), arena_strndup(a, x->version.p, x->version.n),
		arena_strndup(a, x->added.p, x->added.n), (x->known & EXPLOITED_RANSOMWARE) != 0, now } };
}

void
commit_filtered(struct decider *d, const char *stage, const char *reason)
{
	struct commit *c = d->commit;
	uint32_t i;

	for (i = 0; i < c->filtered.n; i++)
		if (strcmp(c->filtered.p[i].stage, stage) == 0 && strcmp(c->filtered.p[i].reason,
		    reason) == 0) {
			c->filtered.p[i].n++;
			return;
		}
	*PUSH(c->filtered) = (struct filtered_row){ arena_strdup(c->arena, stage), arena_strdup(c->arena,
	    reason), 1 };
}

void
commit_alarm(struct decider *d, const char *key, const char *text)
{
	struct commit *c = d->commit;
	uint32_t i;

	for (i = 0; i < c->alarm.n; i++)
		if (strcmp(c->alarm.p[i].key, key) == 0)
			return;
	*PUSH(c->alarm) = (struct note_alarm){ arena_strdup(c->arena, key), arena_strdup(c->arena, text) };
}

bool
commit_full(const struct decider *d)
{
	return d->commit->findings >= COMMIT_FINDINGS || d->commit->dirty.n >= COMMIT_CASES;
}

bool
commit_empty(const struct decider *d)
{
	return d->commit->findings == 0 && d->commit->dirty.n == 0 && d->commit->event.n == 0 &&
	    d->commit->alarm.n == 0;
}

static int
by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
write_cases(struct decider *d)
{
	struct commit *c = d->commit;
	uint32_t i;

	if (c->dirty.n > 0)
		/* appended in order of their ids */
		qsort(c->dirty.p, c->dirty.n, sizeof *c->dirty.p, by_id);
	for (i = 0; i < c->dirty.n; i++)
		ledger_case_put(d->ledger, table_id(d->table, c->dirty.p[i]));
	for (i = 0; i < c->cve.n; i++)
		ledger_case_cve(d->ledger, c->cve.p[i].id, tcs_slice(c->cve.p[i].cve, c->cve.p[i].n),
		    c->cve.p[i].since);
	for (i = 0; i < c->feed.n; i++)
		ledger_case_feed(d->ledger, c->feed.p[i].id, c->feed.p[i].feed, c->feed.p[i].last);
	for (i = 0; i < c->merge.n; i++)
		ledger_case_absorb(d->ledger, c->merge.p[i].into, c->merge.p[i].from);
	for (i = 0; i < c->exploited.n; i++)
		ledger_case_exploited(d->ledger, c->exploited.p[i].id, &c->exploited.p[i].r);
	for (i = 0; i < c->claim.n; i++)
		ledger_case_claim(d->ledger, c->claim.p[i].id, c->claim.p[i].asset, c->claim.p[i].rule,
		    c->claim.p[i].rank, c->claim.p[i].fate);
	for (i = 0; i < c->event.n; i++)
		ledger_event(d->ledger, c->event.p[i].id, (enum event)c->event.p[i].ev,
		    (enum case_reason)c->event.p[i].why, c->event.p[i].ref);
	for (i = 0; i < c->alarm.n; i++)
		ledger_alarm(d->ledger, c->alarm.p[i].key, c->alarm.p[i].text, clock_now() / NS);
}

static const char *
details_of(const struct note_refused *r)
{
	const char *p = r->detail.p;

	return p == NULL || p[strspn(p, "\n")] == '\0' ? "" : p;
}

static void
write_input(struct decider *d, const struct input *in, uint64_t from)
{
	struct commit *c = d->commit;
	uint32_t i;

	if (c->sighting.n > 0 || in->off > from)
		ledger_segment(d->ledger, in->id, from, in->off, c->findings, c->sighting.p, c->sighting.n);
	for (i = 0; i < c->tally.n; i++)
		ledger_tally(d->ledger, in->id, c->tally.p[i].problem, c->tally.p[i].class,
		    c->tally.p[i].constituency,
		    (enum outcome)c->tally.p[i].outcome, (uint64_t)c->tally.p[i].n);
	for (i = 0; i < c->filtered.n; i++)
		ledger_filtered(d->ledger, in->id, &c->filtered.p[i]);
	for (i = 0; i < c->refused.n; i++)
		if (c->refused.p[i].n > 0)
			ledger_quarantine(d->ledger, in->id, c->refused.p[i].why,
			    details_of(&c->refused.p[i]),
			    c->refused.p[i].span, c->refused.p[i].n);
	ledger_input_progress(d->ledger, in);
}

bool
commit_end(struct decider *d, const struct input *in, uint64_t from, bool (*more)(void *arg, struct err *e),
    void *arg, struct err *e)
{
	struct err again = ERR_INIT;

	if (ledger_begin(d->ledger, e)) {
		ledger_known_put(d->ledger, d->registry);
		write_cases(d);
		if (in != NULL)
			write_input(d, in, from);
		if (more == NULL || more(arg, e)) {
			if (ledger_end(d->ledger, e)) {
				known_saved(d->registry->known);
				commit_drop(d->commit);
				return true;
			}
		} else
			ledger_undo(d->ledger);
	}
	commit_drop(d->commit);
	if (!decider_again(d, &again))
		err_set(e, "%s", again.text);
	return false;
}
