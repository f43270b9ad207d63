/* SPDX-License-Identifier: Apache-2.0 */
/* See replay.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "4-decide/replay.h"
#include "ledger/ledger_hands.h"
#include "ledger/ledger_read.h"
#include "mem.h"

#define LINES_MOST 10000	/* told one by one */

struct place { uint64_t off; uint32_t sub, id; };	/* id 0: of any case; no padding */

static struct place
place_of(uint64_t off, uint32_t sub, uint32_t id)
{
	return (struct place){ off, sub, id };
}

static bool
known_read(struct replay *r, struct err *e)
{
	struct arena *a = arena_new();
	struct sighting *list;
	uint32_t n, i;
	bool good = ledger_input_sightings(r->d->ledger, a, r->input, &list, &n, e);

	for (i = 0; good && i < n; i++) {
		struct tcase *c = table_id(r->d->table, list[i].id);
		uint32_t id = c != NULL ? case_survivor(r->d, c)->id : list[i].id;	/* merged since */
		struct place one = place_of(list[i].off, list[i].sub, id),
		    any = place_of(list[i].off, list[i].sub, 0);

		map_set(r->known, &one, sizeof one, id);
		map_set(r->place, &any, sizeof any, id);
	}
	arena_free(a);
	return good;
}

static void
opened(void *arg, uint32_t id)
{
	struct replay *r = arg;

	map_set(r->opened, &id, sizeof id, 1);
}

/* The books begin at nothing: what stands in them is taken back. */
static void
booked(void *arg, uint32_t problem, uint32_t class, const char *constituency, uint8_t outcome, int64_t n)
{
	struct replay *r = arg;

	commit_tally(r->d, problem, class, arena_strdup(r->arena, constituency), (enum outcome)outcome, -n);
}

struct replay *
replay_begin(struct decider *d, const struct input *in, uint32_t order, struct err *e)
{
	struct replay *r = xcalloc(1, sizeof *r);

	r->d = d;
	r->input = in->id;
	r->order = order;
	r->had_refused = (uint32_t)in->refused;
	r->arena = arena_new();
	r->known = map_new();
	r->place = map_new();
	r->read = map_new();
	r->opened = map_new();
	if (known_read(r, e) && ledger_input_opened(d->ledger, in->id, opened, r, e) &&
	    ledger_input_books(d->ledger, in->id, booked, r, e))
		return r;
	commit_drop(d->commit);
	replay_end(r);
	return NULL;
}

void
replay_end(struct replay *r)
{
	if (r == NULL)
		return;
	map_free(r->known);
	map_free(r->place);
	map_free(r->read);
	map_free(r->opened);
	arena_free(r->arena);
	free(r);
}

bool
replay_counted(const struct replay *r, const struct finding *f, uint32_t id)
{
	struct place at = place_of(f->off, f->sub, id);
	uint64_t is;

	return map_get(r->known, &at, sizeof at, &is);
}

bool
replay_opened(struct replay *r, uint32_t id)
{
	uint64_t is = 0;

	if (!map_get(r->opened, &id, sizeof id, &is) || is == 0)
		return false;
	map_set(r->opened, &id, sizeof id, 0);
	return true;
}

static void
line(struct replay *r, uint32_t id, const char *what, const char *from, const char *to)
{
	if (r->nline >= LINES_MOST)
		return;
	r->line = arena_room(r->arena, r->line, r->nline, sizeof *r->line);
	r->line[r->nline++] = (struct replay_line){ id, what, arena_strdup(r->arena, from),
	    arena_strdup(r->arena, to) };
}

void
replay_note(struct replay *r, const struct finding *f, const struct tcase *c, const struct replay_was *was,
    bool due)
{
	struct place one = place_of(f->off, f->sub, c->id), any = place_of(f->off, f->sub, 0);
	struct ledger *l = r->d->ledger;
	uint64_t is;

	map_set(r->read, &one, sizeof one, 1);
	r->due += due;
	if (was->fresh) {
		r->fresh++;
		line(r, c->id, "new", "", ledger_text(l, DICT_PROBLEM, c->key.problem));
	} else if (!was->counted)
		r->elsewhere += map_get(r->place, &any, sizeof any, &is);
	else
		r->same++;
	if (was->fresh)
		return;
	if (was->class != c->class) {
		r->class++;
		line(r, c->id, "class", ledger_text(l, DICT_CLASS, was->class),
		    ledger_text(l, DICT_CLASS, c->class));
	}
	if (was->severity != c->severity) {
		r->severity++;
		line(r, c->id, "severity", severity_names[was->severity], severity_names[c->severity]);
	}
}

/* Nothing is left of it: it was an error of the mapping, or is another's now. */
static void
end_case(struct replay *r, struct tcase *c)
{
	c->seen = SEEN_SUPERSEDED;
	if (c->told == TOLD_HELD || (c->told == TOLD_DUE && c->warning == 0)) {
		c->told = TOLD_NOTHING;
		c->reason = WHY_NONE;
	}
	c->rev++;
	commit_dirty(r->d, c->id);
	commit_event(r->d, c->id, EVENT_MOVED, WHY_NONE, r->input);
	r->ended++;
}

void
replay_lost(struct replay *r)
{
	struct map *lost = map_new();
	const void *key;
	size_t i = 0, n;
	uint64_t id, count;

	while (map_next(r->known, &i, &key, &n, &id)) {
		uint32_t which = (uint32_t)id;

		if (map_get(r->read, key, n, &count))
			continue;
		count = 0;
		map_get(lost, &which, sizeof which, &count);
		map_set(lost, &which, sizeof which, count + 1);
	}
	for (i = 0; map_next(lost, &i, &key, &n, &count); ) {
		struct tcase *c = table_id(r->d->table, *(const uint32_t *)key);

		r->lost++;
		if (c == NULL)
			continue;
		line(r, c->id, "no-longer", ledger_text(r->d->ledger, DICT_PROBLEM, c->key.problem), "");
		if (count >= c->count && c->seen == SEEN_OPEN)
			end_case(r, c);
	}
	map_free(lost);
}

void
replay_close(struct replay *r, uint64_t records, uint64_t refused)
{
	struct ledger *l = r->d->ledger;

	ledger_quarantines_replayed(l, r->input);
	snprintf(r->result, sizeof r->result, "input %" PRIu32 ": %" PRIu64 " records read again; %" PRIu32
	    " cases new, %" PRIu32 " with another class, %" PRIu32 " with another severity, %" PRIu32
	    " no longer seen by it (%" PRIu32 " ended); records refused: %" PRIu32 " before, %" PRIu64
	    " now; %" PRIu32 " due", r->input, records, r->fresh, r->class, r->severity, r->lost, r->ended,
	    r->had_refused, refused, r->due);
	if (r->order != 0)
		ledger_order_done(l, r->order, r->result);
}
