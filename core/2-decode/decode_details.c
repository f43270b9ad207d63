/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole findings of rows seen before, from their evidence.  Sources whose
 * records stand alone are fed a short input made of the head (all before the
 * first record) and just the records wanted, which costs what they cost and
 * not what the input costs; where the head ends is found by a first run that
 * is stopped at the first record.  All others decode the whole input again.
 */
#include <stdlib.h>
#include <string.h>
#include "2-decode/decode_int.h"
#include "mem.h"

/* ---- the head ------------------------------------------------------------------- */

/* Reads on and keeps what it read. */
struct tee {
	struct reader	 r;
	struct reader	*in;
	struct buf	 kept;
};

static int64_t
tee_read(struct reader *reader, void *p, size_t n, struct err *e)
{
	struct tee *t = (struct tee *)reader;
	int64_t got = t->in->read(t->in, p, n, e);

	if (got > 0)
		buf_add(&t->kept, p, (size_t)got);
	return got;
}

static void
no_close(struct reader *r)
{
	(void)r;
}

struct head {
	uint64_t	len;
	bool		known;
};

static bool
head_columns(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e)
{
	(void)arg, (void)name, (void)e;
	memset(want, 0, n);
	return true;
}

static bool
head_rows(void *arg, const struct rows *r, struct err *e)
{
	struct head *h = arg;
	uint32_t i;

	(void)e;
	for (i = 0; i < r->nrow; i++)
		if (r->kind[i] != ROW_SKIP) {
			h->len = r->off[i];
			h->known = true;
			return false;
		}
	return true;
}

static bool
find_head(struct decoder *d, const struct feed *f, const char *name, struct tee *t, uint64_t *len,
    struct err *e)
{
	struct head h = { 0 };
	const struct source_sink sink = { &h, head_columns, head_rows };
	struct source_proc *proc = decoder_worker(d, f, e);
	struct err why = ERR_INIT;
	enum source_end end;

	if ((d->no_worker = proc == NULL))
		return false;
	source_quiet(proc, true);
	end = source_run(proc, name, &t->r, &sink, &why);
	source_quiet(proc, false);
	d->no_worker = !h.known && end == SOURCE_STOPPED;
	*len = h.len;
	return h.known || err_set(e, "%s", why.n > 0 ? why.text : "there is no record in it any more");
}

/* ---- the short input -------------------------------------------------------------- */

/* What was kept, then the rest of the input, passed over up to the records that are wanted. */
struct pick {
	struct reader	 r;
	struct tee	*tee;
	uint64_t	 at;			/* in the input */
	uint64_t	 head;
	const struct evidence_want *want;
	uint32_t	 n, next;		/* the record being read: next, from want[next].off on */
	uint64_t	*made;			/* where want[i] begins in the short input */
	char		*scratch;
};

#define PASS 65536

/* Bytes of the input from p->at on. */
static int64_t
raw_read(struct pick *p, void *to, size_t n, struct err *e)
{
	struct buf *k = &p->tee->kept;
	int64_t got;

	if (p->at < k->n) {
		got = (int64_t)(n < k->n - p->at ? n : k->n - p->at);
		memcpy(to, k->p + p->at, (size_t)got);
	} else
		got = p->tee->in->read(p->tee->in, to, n, e);
	if (got > 0)
		p->at += (uint64_t)got;
	return got;
}

static int64_t
pass_to(struct pick *p, uint64_t off, struct err *e)
{
	struct reader *in = p->tee->in;
	int64_t got = 1;

	if (p->at >= p->tee->kept.n && off > p->at && in->pass != NULL && in->pass(in, off - p->at))
		p->at = off;
	while (p->at < off && got > 0)
		got = raw_read(p, p->scratch, off - p->at < PASS ? (size_t)(off - p->at) : PASS, e);
	return got;
}

/* The stretch that p->at lies in or comes to next: the head, or a record. */
static bool
stretch(struct pick *p, uint64_t *from, uint64_t *to)
{
	if (p->at < p->head) {
		*from = p->at;
		*to = p->head;
		return true;
	}
	while (p->next < p->n &&
	    (p->want[p->next].off + p->want[p->next].len <= p->at || p->want[p->next].len == 0))
		p->next++;
	if (p->next == p->n)
		return false;
	*from = p->at > p->want[p->next].off ? p->at : p->want[p->next].off;
	*to = p->want[p->next].off + p->want[p->next].len;
	return true;
}

static int64_t
pick_read(struct reader *reader, void *out, size_t n, struct err *e)
{
	struct pick *p = (struct pick *)reader;
	uint64_t from, to;
	int64_t got;

	if (!stretch(p, &from, &to))
		return 0;
	if ((got = pass_to(p, from, e)) <= 0)
		return got;
	return raw_read(p, out, to - from < n ? (size_t)(to - from) : n, e);
}

/* Where each record will begin in the short input: known before it is read. */
static void
lay_out(struct pick *p)
{
	uint64_t at = p->head;
	uint32_t i;

	for (i = 0; i < p->n; i++) {
		bool same = i > 0 && p->want[i].off == p->want[i - 1].off;

		p->made[i] = same ? p->made[i - 1] : at;
		if (!same)
			at += p->want[i].len;
	}
}

/* ---- finding the rows --------------------------------------------------------------- */

struct looking {
	struct decoder	*d;
	const struct feed *feed;
	struct binding	*binding;
	struct arena	*a;
	const struct evidence_want *want;
	const uint64_t	*made;			/* NULL: offsets are those of the input */
	uint32_t	 n, next;
	void		 (*each)(void *arg, uint32_t i, const struct finding *f, const char *raw);
	void		*arg;
	struct finding	 f;
};

static uint64_t
sought(const struct looking *l, uint32_t i)
{
	return l->made != NULL ? l->made[i] : l->want[i].off;
}

static bool
look_columns(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e)
{
	struct looking *l = arg;

	binding_free(l->binding);
	l->binding = binding_new(l->feed, name, n, want, true, e);
	return l->binding != NULL;
}

static void
give(struct looking *l, const struct rows *r, uint32_t row)
{
	struct err e = ERR_INIT;

	if (binding_finding(l->binding, r, row, l->a, &l->f, &e)) {
		l->f.off = l->want[l->next].off;
		l->f.line = l->want[l->next].line;
		l->each(l->arg, l->next, &l->f, r->raw[row]);
	}
	arena_reset(l->a);
}

static bool
look_rows(void *arg, const struct rows *r, struct err *e)
{
	struct looking *l = arg;
	uint32_t i, sub;

	(void)e;
	if (l->binding == NULL)
		return true;
	binding_slot(l->binding, r);
	for (i = 0; i < r->nrow && l->next < l->n; i++) {
		if (r->kind[i] != ROW_RECORD && r->kind[i] != ROW_AGAIN)
			continue;
		sub = binding_place(l->binding, r, i);
		while (l->next < l->n && (sought(l, l->next) < r->off[i] ||
		    (sought(l, l->next) == r->off[i] && l->want[l->next].sub < sub)))
			l->next++;			/* not there: not given */
		while (l->next < l->n && sought(l, l->next) == r->off[i] && l->want[l->next].sub == sub) {
			give(l, r, i);
			l->next++;
		}
	}
	return true;
}

/* ---- the whole ------------------------------------------------------------------------ */

static bool
look(struct looking *l, const char *name, struct reader *in, struct err *e)
{
	const struct source_sink sink = { l, look_columns, look_rows };
	struct source_proc *proc = decoder_worker(l->d, l->feed, e);
	enum source_end end;
	bool bound;

	if ((l->d->no_worker = proc == NULL))
		return false;
	l->a = arena_new();
	source_quiet(proc, true);
	end = source_run(proc, name, in, &sink, e);
	source_quiet(proc, false);
	l->d->no_worker = end == SOURCE_STOPPED;
	bound = l->binding != NULL;
	binding_free(l->binding);
	arena_free(l->a);
	/* An input that was given up half-way has given what it had; the same happened when
	 * it was read first. */
	return end == SOURCE_OK || (end == SOURCE_BAD_INPUT && bound);
}

static bool
look_alone(struct looking *l, const char *name, struct reader *in, struct err *e)
{
	struct tee tee = { .r = { tee_read, no_close }, .in = in };
	struct pick p = { .r = { pick_read, no_close }, .tee = &tee, .want = l->want, .n = l->n };
	bool good;

	buf_init(&tee.kept);
	good = find_head(l->d, l->feed, name, &tee, &p.head, e);
	if (good) {
		p.made = xmalloc((l->n + 1) * sizeof *p.made);
		p.scratch = xmalloc(PASS);
		lay_out(&p);
		l->made = p.made;
		good = look(l, name, &p.r, e);
		free(p.made);
		free(p.scratch);
	}
	buf_free(&tee.kept);
	return good;
}

bool
decode_details(struct decoder *d,
    const char *name, struct reader *in, const struct evidence_want *want, uint32_t n,
    void (*each)(void *arg, uint32_t i, const struct finding *f, const char *raw), void *arg, struct err *e)
{
	struct looking l = { .d = d, .want = want, .n = n, .each = each, .arg = arg };
	int64_t day;

	d->no_worker = false;
	if (n == 0)
		return true;
	if ((l.feed = decoder_feed(d, name, &day, e)) == NULL)
		return false;
	return d->plugin->flags & TCS_S_ALONE ? look_alone(&l, name, in, e) : look(&l, name, in, e);
}

bool
decode_no_worker(const struct decoder *d)
{
	return d->no_worker;
}
