/* SPDX-License-Identifier: Apache-2.0 */
/* See rematch.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "ledger/ledger_read.h"
#include "map.h"
#include "rematch.h"
#include "timefmt.h"

struct again {
	const struct rematch	*r;
	struct rematch_sum	*sum;
	struct input		*in;
	const struct cfg_source	*source;
	uint32_t		 class;		/* of the feed, for the books */
	struct map		*known;		/* (off, sub) -> whose: WHOSE_OTHER or WHOSE_OWN */
	struct arena		*arena;		/* of one finding */
	int64_t			 now, undated;	/* s */
	uint64_t		 moved;		/* out of the unmatched, */
	uint64_t		 folded;	/* and all, since the last commit */
	bool			 ours;		/* it stopped for a failure of ours */
};

enum { WHOSE_OTHER = 1, WHOSE_OWN };

struct place { uint64_t off, sub; };

static struct place
place_of(uint64_t off, uint32_t sub)
{
	return (struct place){ off, sub };
}

/* ---- what is known of an input */

static bool
is_own(const struct again *a, uint32_t id)
{
	const struct rematch *r = a->r;
	struct arena *mem;
	const struct org *o;
	bool own;

	if (r->decider != NULL) {
		const struct tcase *c = table_id(r->decider->table, id);

		if (c != NULL)
			return c->key.org == r->org;
	}
	mem = arena_new();
	o = registry_org(r->registry, r->org);
	own = o != NULL && strcmp(ledger_case_org(r->ledger, mem, id), o->key) == 0;
	arena_free(mem);
	return own;
}

static bool
known_read(struct again *a, struct err *e)
{
	struct arena *mem = arena_new();
	struct sighting *list;
	uint32_t n, i;
	bool good = ledger_input_sightings(a->r->ledger, mem, a->in->id, &list, &n, e);

	for (i = 0; good && i < n; i++) {
		struct place at = place_of(list[i].off, list[i].sub);
		uint64_t was = 0;

		map_get(a->known, &at, sizeof at, &was);
		if (was != WHOSE_OWN)
			map_set(a->known, &at, sizeof at,
			    is_own(a, list[i].id) ? WHOSE_OWN : WHOSE_OTHER);
	}
	arena_free(mem);
	return good;
}

/* ---- one row */

static void
fold_one(struct again *a, struct fold *x, bool unmatched)
{
	struct decider *d = a->r->decider;
	enum outcome out = OUT_UNMATCHED;

	x->only = a->r->org;
	x->unbooked = !unmatched;
	if (!fold(d, x, &out) || out == OUT_UNMATCHED)
		return;
	if (unmatched) {		/* what another was told stays that one's in the books */
		commit_tally(d, 0, a->class, "", OUT_UNMATCHED, -1);
		a->moved++;
	}
	a->folded++;
	a->sum->fresh += out == OUT_NEW;
	a->sum->again += out != OUT_NEW;
}

static void
one(struct again *a, const struct decoded *dec, uint32_t i, const struct tcs_claim *claim, uint32_t n)
{
	const struct rematch *r = a->r;
	int64_t observed = dec->batch->observed[i] == TIME_NONE ? a->undated * NS : dec->batch->observed[i];
	bool future = observed > (a->now + FUTURE_SLACK) * NS;
	uint32_t row = dec->batch->row[i];
	struct judgement j;
	struct finding f;
	struct fold x = { a->in, a->source, a->in->feed, &f, &j, future ? a->now : observed / NS, a->now,
		future, batch_bit(dec->batch->has_asn, i) ? dec->batch->asn[i] : 0, 0, false, NULL };
	struct err e = ERR_INIT;
	struct place at;
	uint64_t whose = 0;

	match_judge(r->registry, claim, n, x.observed * NS, a->now * NS, &j);
	if (j.winner == NULL || j.winner->org != r->org)
		return;
	arena_reset(a->arena);
	if (!binding_finding(dec->binding, dec->rows, row, a->arena, &f, &e))
		return;			/* it stands in quarantine, or will when it is replayed */
	at = place_of(f.off, f.sub);
	if (map_get(a->known, &at, sizeof at, &whose) && whose == WHOSE_OWN) {
		a->sum->already++;
		return;
	}
	if (r->decider != NULL) {
		fold_one(a, &x, whose == 0);
	} else {
		a->sum->fresh++;
		r->each(r->arg, a->in, &f, &j);
	}
	map_set(a->known, &at, sizeof at, WHOSE_OWN);
}

static bool
on_batch(void *arg, const struct decoded *dec, struct err *e)
{
	struct again *a = arg;
	struct batch *b = dec->batch;
	const struct tcs_claim *claim;
	uint32_t nclaim, i, k = 0, n;

	if (!stages_run(a->r->stages, b, &claim, &nclaim, e)) {
		a->ours = true;
		return false;
	}
	if (a->class == 0 && a->r->decider != NULL && dec->feed->taxonomy != NULL &&
	    dec->feed->type != NULL) {
		char text[160];

		snprintf(text, sizeof text, "%s/%s", dec->feed->taxonomy, dec->feed->type);
		a->class = ledger_intern(a->r->ledger, DICT_CLASS, tcs_str(text));
	}
	for (i = 0; i < b->nrow; i++, k += n) {
		for (n = 0; k + n < nclaim && claim[k + n].row == i; n++)
			;
		a->sum->records++;
		if (n > 0 && b->verdict[i] == 0 && dec->rows->off[b->row[i]] < a->in->off)
			one(a, dec, i, claim + k, n);
	}
	return true;
}

/* ---- one input */

static bool
commit(struct again *a, struct err *e)
{
	struct input in = *a->in;

	if (a->r->decider == NULL || a->folded == 0)
		return true;
	in.matched += a->moved;
	if (!commit_end(a->r->decider, &in, in.off, NULL, NULL, e))
		return false;
	a->in->matched = in.matched;
	a->moved = a->folded = 0;
	return true;
}

static bool
on_upto(void *arg, uint64_t off, uint64_t records, struct err *e)
{
	struct again *a = arg;

	(void)off, (void)records;
	if (a->r->decider == NULL || (!commit_full(a->r->decider) && a->folded < COMMIT_FINDINGS) ||
	    commit(a, e))
		return true;
	a->ours = true;
	return false;
}

static bool
read_again(struct again *a, struct err *e)
{
	const struct decode_sink sink = { a, on_batch, NULL, on_upto };
	const char *source = ledger_text(a->r->ledger, DICT_SOURCE, a->in->source);
	struct err why = ERR_INIT;
	struct decoder *dec;
	struct reader *in;

	a->source = config_source(a->r->config, source);
	dec = a->source != NULL ? sources_decoder(a->r->sources, source, &why) : NULL;
	in = dec != NULL ? sources_reader(a->r->sources, a->in, &why) : NULL;
	if (in == NULL) {
		a->sum->unread++;
		return true;
	}
	decode_run(dec, input_report_name(a->in), in, 0, false, &sink, &why);
	in->close(in);
	if (a->ours)
		return err_set(e, "%s", why.text);
	return commit(a, e);
}

static bool
one_input(const struct rematch *r, struct input *in, struct rematch_sum *sum, struct err *e)
{
	struct again a = { .r = r, .sum = sum, .in = in, .known = map_new(), .arena = arena_new(),
		.now = clock_now() / NS };
	int64_t day = in->day * DAY;
	bool good;

	a.undated = in->arrived > 0 && day > in->arrived ? in->arrived : day;
	sum->inputs++;
	good = known_read(&a, e) && read_again(&a, e);
	map_free(a.known);
	arena_free(a.arena);
	return good;
}

/* ---- all of them, in the order of their days */

struct listing { struct arena *a; struct input *list; uint32_t n; };

static bool
put(void *arg, const struct input_row *row)
{
	struct listing *x = arg;
	struct input *in;

	if (row->in.state == INPUT_PENDING || row->in.state == INPUT_CONTAINER || row->in.feed == 0)
		return true;
	x->list = arena_room(x->a, x->list, x->n, sizeof *x->list);
	in = &x->list[x->n++];
	*in = row->in;
	in->name = arena_strdup(x->a, in->name);
	in->member = arena_strdup(x->a, in->member);
	in->plugin = arena_strdup(x->a, in->plugin);
	in->error = arena_strdup(x->a, in->error);
	return true;
}

static int
by_day(const void *p, const void *q)
{
	const struct input *a = p, *b = q;

	return a->day != b->day ? (a->day < b->day ? -1 : 1) : a->id < b->id ? -1 : a->id > b->id;
}

bool
rematch(const struct rematch *r, struct rematch_sum *sum, struct err *e)
{
	struct input_filter f = input_filter_any;
	struct listing x = { arena_new(), NULL, 0 };
	bool good;
	uint32_t i;

	memset(sum, 0, sizeof *sum);
	f.arrived.since = r->since;
	good = ledger_inputs_each(r->ledger, &f, put, &x, e);
	if (x.n > 0)
		qsort(x.list, x.n, sizeof *x.list, by_day);
	for (i = 0; good && i < x.n; i++)
		good = one_input(r, &x.list[i], sum, e);
	arena_free(x.a);
	return good;
}
