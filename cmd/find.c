/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See find.h.  A place in an input is looked up among the sightings and the
 * quarantined spans of that input, both sorted by place and read only for
 * inputs that have a hit.
 */
#include <stdlib.h>
#include <string.h>
#include "cmd/evidence.h"
#include "cmd/find.h"
#include "mem.h"

struct held_span { uint32_t id, len; uint64_t off; bool whole; };

struct finding_all {
	struct view		*v;
	struct evidence		*ev;
	const struct needle	*what;
	bool			 (*each)(void *, const struct found *);
	void			*arg;
	struct err		*e;
	bool			 stop;
	/* of the input at hand */
	const struct input_row	*in;
	bool			 known;		/* the lists below are read */
	struct arena		*arena;
	struct sighting		*seen;
	uint32_t		 nseen;
	struct held_span	*held;
	uint32_t		 nheld, cap;
};

static bool
take_spans(void *arg, const struct quarantine_row *r)
{
	struct finding_all *x = arg;
	uint32_t i, n = r->n > 0 ? r->n : 1;

	for (i = 0; i < n; i++) {
		if (x->nheld == x->cap)
			x->held = xrealloc(x->held, (x->cap = x->cap * 2 + 32) * sizeof *x->held);
		x->held[x->nheld++] = r->n > 0 ? (struct held_span){ r->id, r->span[i].len, r->span[i].off,
		    false } : (struct held_span){ r->id, 0, 0, true };
	}
	return true;
}

static bool
know(struct finding_all *x)
{
	struct quarantine_filter q = quarantine_filter_any;

	if (x->known)
		return true;
	x->known = true;
	q.input = x->in->in.id;
	x->nheld = 0;
	arena_reset(x->arena);
	return ledger_input_sightings(x->v->l, x->arena, x->in->in.id, &x->seen, &x->nseen, x->e) &&
	    ledger_quarantine_each(x->v->l, &q, take_spans, x, x->e);
}

/* The last sighting that begins at or before off and reaches past it. */
static const struct sighting *
sighting_at(const struct finding_all *x, uint64_t off)
{
	uint32_t lo = 0, hi = x->nseen, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (x->seen[mid].off <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo > 0 && off - x->seen[lo - 1].off < x->seen[lo - 1].len ? &x->seen[lo - 1] : NULL;
}

static bool
on_hit(void *arg, const struct hit *h)
{
	struct finding_all *x = arg;
	struct found f = { .in = x->in, .off = h->off, .line = h->line };
	const struct sighting *s;
	uint32_t i;

	if (!know(x)) {
		x->stop = true;
		return false;
	}
	f.text = arena_strndup(x->v->arena, h->text, h->n);
	if ((s = sighting_at(x, h->off)) != NULL) {
		f.record = s->off;
		f.length = s->len;
		f.id = s->id;
		f.org = ledger_case_org(x->v->l, x->v->arena, s->id);
	}
	for (i = 0; s == NULL && i < x->nheld; i++)
		if (x->held[i].whole || h->off - x->held[i].off < x->held[i].len) {
			f.quarantine = x->held[i].id;
			f.record = x->held[i].off;
			f.length = x->held[i].len;
			break;
		}
	x->stop = !x->each(x->arg, &f);
	return !x->stop;
}

static bool
one_input(void *arg, const struct input_row *r)
{
	struct finding_all *x = arg;
	struct err why = ERR_INIT;
	struct found f = { .in = r };
	struct reader *in;

	if (r->in.state == INPUT_CONTAINER)
		return true;
	x->in = r;
	x->known = false;
	in = evidence_reader(x->ev, r->in.sha256, r->in.member, &why);
	if (in != NULL) {
		search_input(in, x->what, on_hit, x, &why);
		in->close(in);
	}
	if (why.n > 0 && r->in.state != INPUT_QUARANTINED) {
		f.unreadable = why.text;
		x->stop = x->stop || !x->each(x->arg, &f);
	}
	return !x->stop;
}

bool
find_all(struct view *v, const struct needle *what, bool (*each)(void *, const struct found *), void *arg,
    struct err *e)
{
	struct input_filter f = input_filter_any;
	struct finding_all x = { .v = v, .ev = evidence_open(v), .what = what, .each = each, .arg = arg,
	    .e = e, .arena = arena_new() };
	bool good;

	f.arrived = v->filter.span;
	f.source = v->filter.source;
	good = ledger_inputs_each(v->l, &f, one_input, &x, e) && e->n == 0;
	evidence_close(x.ev);
	arena_free(x.arena);
	free(x.held);
	return good;
}
