/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sum of the segments.  Every sighting is in a segment, so count, last
 * seen and newest evidence of a case are a plain sum over segments, whatever
 * its row says.  The sum up to ledger.seen_upto is kept in pages of 1,024
 * cases; segments after that are added while reading, a window of cases at a
 * time, so that memory is the packed segments and one window.  Rolling up is
 * worth its writing once the segments hold as many sightings as there are
 * cases, or are many; what a reader has to add is thereby never more work
 * than scanning the cases.
 */
#include <stdlib.h>
#include <string.h>
#include "ledger/seen.h"
#include "ledger/segment.h"
#include "mem.h"

#define PAGE		1024
#define WINDOW		(16 * PAGE)
#define ROLL_SIGHTINGS	65536
#define ROLL_SEGMENTS	512
#define ENTRY_MAX	(9 * VARINT_MAX)

struct entry {
	int64_t		last;
	uint64_t	off;
	uint32_t	count, input, len, line;
	uint16_t	sub, src_port;
};

struct cursor {
	struct segment	 g;
	void		*bytes;
	struct sighting	 next;
	bool		 have;
	uint32_t	 input;
	int64_t		 id;		/* the segment's */
};

struct seen_sum {
	struct ledger	*l;
	struct cursor	*cur;
	uint32_t	 ncur;
	bool		 filled;	/* the window holds first ... first + WINDOW - 1 */
	uint32_t	 first;
	int64_t		 upto;		/* the newest segment among them */
	struct err	 why;
	struct entry	*win;
	bool		 touched[WINDOW / PAGE];
};

static bool
damaged(struct seen_sum *f, const char *what, int64_t id)
{
	return err_set(&f->why, "%s: is damaged (%s %lld cannot be read)", f->l->path, what, (long long)id);
}

static bool
cursor_step(struct seen_sum *f, struct cursor *c)
{
	c->have = segment_next(&c->g, &c->next);
	return !c->g.damaged || damaged(f, "segment", c->id);
}

static bool
cursors_open(struct seen_sum *f, uint32_t lo, uint32_t hi, struct err *e)
{
	sqlite3_stmt *st = rows_begin(f->l, e, "SELECT s.id, s.input, s.sightings FROM segment s, ledger g "
	    "WHERE s.id > g.seen_upto AND s.n > 0 AND s.lo <= ? AND s.hi >= ? ORDER BY s.id", "uu", hi, lo);
	struct cursor *c;
	size_t n;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		if ((f->ncur & (f->ncur - 1)) == 0)
			f->cur = xrealloc(f->cur, (f->ncur > 0 ? f->ncur * 2 : 1) * sizeof *f->cur);
		c = &f->cur[f->ncur++];
		c->id = f->upto = sqlite3_column_int64(st, 0);
		c->input = col_u32(st, 1);
		n = (size_t)sqlite3_column_bytes(st, 2);
		c->bytes = xmalloc(n + 1);
		if (n > 0)
			memcpy(c->bytes, sqlite3_column_blob(st, 2), n);
		segment_open(&c->g, c->bytes, n);
		if (!cursor_step(f, c))
			break;
	}
	return rows_end(f->l, st, e);
}

static const uint8_t *
entry_get(const uint8_t *p, const uint8_t *end, uint64_t *skip, struct entry *n)
{
	uint64_t v[9];
	int i;

	for (i = 0; i < 9; i++)
		p = varint_get(p, end, &v[i]);
	*skip = v[0];
	*n = (struct entry){ .count = (uint32_t)v[1], .last = unzigzag(v[2]), .off = v[3],
	    .input = (uint32_t)v[4], .len = (uint32_t)v[5], .line = (uint32_t)v[6], .sub = (uint16_t)v[7],
	    .src_port = (uint16_t)v[8] };
	return p;
}

static bool
page_get(struct seen_sum *f, int64_t page, const uint8_t *p, size_t n)
{
	const uint8_t *end = p + n;
	uint64_t at = 0, skip;
	struct entry one;

	while (p != NULL && p < end) {
		p = entry_get(p, end, &skip, &one);
		if (p == NULL || skip >= PAGE || at + skip >= PAGE)
			return damaged(f, "page", page);
		at += skip;
		f->win[(size_t)(page * PAGE - f->first) + at] = one;
	}
	return true;
}

static void
page_put(struct seen_sum *f, uint32_t page)
{
	struct entry *n = &f->win[page * PAGE];
	struct buf *b = &f->l->scratch;
	uint32_t i, at = 0;
	uint8_t *p;

	buf_reset(b);
	buf_need(b, PAGE * ENTRY_MAX);
	p = (uint8_t *)b->p;
	for (i = 0; i < PAGE; i++, n++) {
		if (n->count == 0)
			continue;
		p = varint_put(p, i - at);
		p = varint_put(p, n->count);
		p = varint_put(p, zigzag(n->last));
		p = varint_put(p, n->off);
		p = varint_put(p, n->input);
		p = varint_put(p, n->len);
		p = varint_put(p, n->line);
		p = varint_put(p, n->sub);
		p = varint_put(p, n->src_port);
		at = i;
	}
	b->n = (size_t)(p - (uint8_t *)b->p);
	db_run(f->l, ST_SEEN_PUT, "ub", f->first / PAGE + page, b->p, b->n);
}

/* Of two sightings at one moment the later to come is the evidence. */
static void
entry_add(struct entry *n, const struct sighting *s, uint32_t input)
{
	if (n->count == 0 || s->observed >= n->last) {
		n->last = s->observed;
		n->off = s->off;
		n->len = s->len;
		n->line = s->line;
		n->sub = s->sub;
		n->src_port = s->src_port;
		n->input = input;
	}
	n->count++;
}

static bool
cursor_fill(struct seen_sum *f, struct cursor *c)
{
	while (c->have && (c->next.id < f->first || c->next.id - f->first < WINDOW)) {
		if (c->next.id >= f->first) {
			entry_add(&f->win[c->next.id - f->first], &c->next, c->input);
			f->touched[(c->next.id - f->first) / PAGE] = true;
		}
		if (!cursor_step(f, c))
			return false;
	}
	return true;
}

/* Windows only move up: a cursor that passed a case does not come back to it. */
static bool
window_fill(struct seen_sum *f, uint32_t id)
{
	struct cursor *c;
	sqlite3_stmt *st;
	uint32_t page;

	f->first = id - id % WINDOW;
	f->filled = true;
	page = f->first / PAGE;
	memset(f->win, 0, WINDOW * sizeof *f->win);
	memset(f->touched, 0, sizeof f->touched);
	st = rows_begin(f->l, &f->why, "SELECT page, data FROM seen WHERE page BETWEEN ? AND ?", "uu", page,
	    page + WINDOW / PAGE - 1);
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW)
		if (!page_get(f, sqlite3_column_int64(st, 0), sqlite3_column_blob(st, 1),
		    (size_t)sqlite3_column_bytes(st, 1)))
			break;
	if (!rows_end(f->l, st, &f->why))
		return false;
	for (c = f->cur; c < f->cur + f->ncur; c++)
		if (!cursor_fill(f, c))
			return false;
	return f->why.n == 0;
}

struct seen_sum *
seen_open(struct ledger *l, uint32_t lo, uint32_t hi, struct err *e)
{
	struct seen_sum *f = xcalloc(1, sizeof *f);

	f->l = l;
	f->win = xmalloc(WINDOW * sizeof *f->win);
	if (cursors_open(f, lo, hi, e) && f->why.n == 0)
		return f;
	seen_close(f, e);
	return NULL;
}

bool
seen_add(struct seen_sum *f, struct tcase *c)
{
	const struct entry *n;

	if (!f->filled || c->id - f->first >= WINDOW)
		if (!window_fill(f, c->id))
			return false;
	n = &f->win[c->id - f->first];
	if (n->count > c->count)
		c->count = n->count;
	if (n->count == 0 || n->last < c->last_seen)
		return true;
	c->last_seen = n->last;
	c->input = n->input;
	c->off = n->off;
	c->len = n->len;
	c->line = n->line;
	c->sub = n->sub;
	c->src_port = n->src_port;
	return true;
}

bool
seen_close(struct seen_sum *f, struct err *e)
{
	bool good = f->why.n == 0 || err_set(e, "%s", f->why.text);
	uint32_t i;

	for (i = 0; i < f->ncur; i++)
		free(f->cur[i].bytes);
	free(f->cur);
	free(f->win);
	free(f);
	return good;
}

/* ---- rolling up */

/* The least case that any cursor still has. */
static bool
least(const struct seen_sum *f, uint32_t *id)
{
	bool have = false;
	uint32_t i;

	for (i = 0; i < f->ncur; i++)
		if (f->cur[i].have && (!have || f->cur[i].next.id < *id)) {
			*id = f->cur[i].next.id;
			have = true;
		}
	return have;
}

static bool
roll(struct ledger *l, struct err *e)
{
	struct seen_sum *f = seen_open(l, 0, UINT32_MAX, e);
	uint32_t id = 0, page;

	if (f == NULL)
		return false;
	while (f->why.n == 0 && least(f, &id) && window_fill(f, id))
		for (page = 0; page < WINDOW / PAGE; page++)
			if (f->touched[page])
				page_put(f, page);
	if (f->ncur > 0)
		db_run(l, ST_SEEN_UPTO, "i", f->upto);
	return seen_close(f, e);
}

bool
ledger_roll_up(struct ledger *l, struct err *e)
{
	bool own;

	if (l->stale && !l->open && !memory_load(l, e))
		return false;
	if (l->pending < ROLL_SEGMENTS &&
	    (l->pending_sightings < ROLL_SIGHTINGS || l->pending_sightings < l->next_case))
		return true;
	if (!own_begin(l, &own, e) || !own_end(l, own, roll(l, e), e))
		return false;
	l->pending = l->pending_sightings = 0;
	return true;
}
