/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See slot.h.  The memory barrier after each copy is what makes "copied, then
 * checked" true: without it the compiler may read the shared word again.  The
 * checks gather what is wrong over whole arrays and look once at the end,
 * because a branch for each cell would cost more than all the rest.
 */
#include <stdlib.h>
#include <string.h>
#include "2-decode/slot.h"
#include "buf.h"
#include "mem.h"
#include "utf8.h"

#define COPIED() __asm__ volatile("" ::: "memory")

struct slot_rows {
	uint64_t		 off[W_ROWS];
	uint32_t		 rel[W_ROWS], len[W_ROWS], line[W_ROWS];
	uint8_t			 kind[W_ROWS];
	const char		*why[W_ROWS], *detail[W_ROWS], *raw[W_ROWS];
	const struct tcs_slice	*col[W_COLUMNS];
	struct w_slice		 one[W_COLUMNS];	/* a column of the slot, or its names */
	struct tcs_slice	 cell[W_CELLS];
	struct buf		 text;			/* rejects' reasons, made safe */
	char			 arena[W_ARENA];
};

struct head {
	uint32_t	 kind, nrow, ncol, arena, shown, last, used, layout;
	int32_t		 rc;
	uint64_t	 base;
};

struct slot_rows *
slot_rows_new(void)
{
	return xcalloc(1, sizeof(struct slot_rows));
}

void
slot_rows_free(struct slot_rows *r)
{
	if (r == NULL)
		return;
	buf_free(&r->text);
	free(r);
}

/* ---- the head -------------------------------------------------------------- */

static void
copy_head(const struct w_slot *s, struct head *h)
{
	h->kind = s->kind;
	h->nrow = s->nrow;
	h->ncol = s->ncol;
	h->arena = s->arena;
	h->shown = s->shown;
	h->last = s->last;
	h->used = s->used;
	h->layout = s->layout;
	h->rc = s->rc;
	h->base = s->base;
	COPIED();
}

/* Feeds follow each other: the next begins where the last was done, and shows something that was not shown
 * before. */
static bool
check_feed(const struct head *h, struct slot_state *st, struct err *e)
{
	if (st->in_feed)
		return (h->base == st->base && h->shown == st->shown) || err_set(e,
		    "the bytes shown changed within a feed");
	if (h->base != st->upto)
		return err_set(e, "a feed begins at byte %llu, expected %llu", (unsigned long long)h->base,
		    (unsigned long long)st->upto);
	if (h->shown > st->filled - h->base)
		return err_set(e, "a feed of bytes that were never given");
	if (h->base + h->shown <= st->seen) {
		if (!st->eof || h->base + h->shown != st->filled || st->shown_end)
			return err_set(e, "a feed that shows nothing new");
		st->shown_end = true;
	}
	st->base = h->base;
	st->shown = h->shown;
	st->in_feed = true;
	return true;
}

static bool
check_rows_head(const struct head *h, struct slot_state *st, struct err *e)
{
	if (h->ncol != st->nwant || h->layout != st->layout)
		return err_set(e, "rows of another layout: %u columns, expected %u", h->ncol, st->nwant);
	if (h->nrow > w_rows(h->ncol))
		return err_set(e, "%u rows in one answer", h->nrow);
	if (h->nrow == 0 && h->last != 1)
		return err_set(e, "an answer with nothing in it");
	if (!check_feed(h, st, e))
		return false;
	st->nrow += h->nrow;
	if (st->nrow > h->base + h->shown)
		return err_set(e, "more rows than the input has bytes");
	return true;
}

/* ---- spans ------------------------------------------------------------------ */

static bool
span_error(const struct slot_rows *r, uint32_t i, const struct slot_state *st, struct err *e)
{
	uint64_t off = st->base + r->rel[i];

	if (r->kind[i] > W_SKIP)
		return err_set(e, "a row of kind %u", r->kind[i]);
	if (r->len[i] == 0 || r->rel[i] > st->shown || r->len[i] > st->shown - r->rel[i])
		return err_set(e, "span %llu+%u lies outside of what was shown", (unsigned long long)off,
		    r->len[i]);
	if (r->kind[i] <= W_AGAIN && st->layout == 0)
		return err_set(e, "rows before the columns are said");
	if (r->kind[i] == W_AGAIN)
		return err_set(e, "a further row of the record at %llu that does not follow it",
		    (unsigned long long)off);
	return err_set(e, "span %llu+%u %s the one before ended at %llu", (unsigned long long)off, r->len[i],
	    off < st->told ? "begins before" : "leaves a gap:", (unsigned long long)st->told);
}

static bool
check_spans(struct slot_rows *r, uint32_t n, struct slot_state *st, struct err *e)
{
	bool tiles = st->flags & TCS_S_TILES;
	const char *feed = st->ring + st->base % st->ring_size;
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint64_t off = st->base + r->rel[i];
		bool again = r->kind[i] == W_AGAIN, in = r->rel[i] <= st->shown &&
		    r->len[i] <= st->shown - r->rel[i];
		bool follows = again ? st->last_again && off == st->last && r->len[i] == st->last_len :
		    tiles ? off == st->told : off >= st->last;

		if (!in || !follows || r->len[i] == 0 || r->kind[i] > W_SKIP || (r->kind[i] <= W_AGAIN &&
		    st->layout == 0))
			return span_error(r, i, st, e);
		st->last = off;
		st->last_len = r->len[i];
		st->last_again = r->kind[i] <= W_AGAIN;
		if (off + r->len[i] > st->told)
			st->told = off + r->len[i];
		r->off[i] = off;
		r->raw[i] = feed + r->rel[i];
	}
	return true;
}

static bool
check_end(const struct head *h, struct slot_state *st, struct err *e)
{
	uint64_t upto = st->base + h->used;

	if (h->last != 1)
		return true;
	if (h->used > st->shown)
		return err_set(e, "a feed used %u of %llu bytes", h->used, (unsigned long long)st->shown);
	if (st->told > upto || ((st->flags & TCS_S_TILES) && st->told != upto))
		return err_set(e, "%llu bytes are done with, but records, rejects and skips end at %llu",
		    (unsigned long long)upto,
		    (unsigned long long)st->told);
	st->in_feed = false;
	st->upto = upto;
	if (st->base + st->shown > st->seen)
		st->seen = st->base + st->shown;
	return true;
}

/* ---- cells ------------------------------------------------------------------ */

/* One column out of the slot, as slices of the window or of the copied arena. False: a cell lies elsewhere.
 * */
static bool
take_column(const struct w_slice *from, struct tcs_slice *out, uint32_t n, const char *feed, uint32_t shown,
    const char *arena, uint32_t used)
{
	uint32_t bad = 0, i;

	for (i = 0; i < n; i++) {
		uint32_t off = from[i].off, len = from[i].len;
		bool none = len == W_NONE, made = off & W_MADE;
		uint32_t at = off & ~W_MADE, most = made ? used : shown;
		const char *p = (made ? arena : feed) + at;

		bad |= (uint32_t)!none & (uint32_t)((at > most) | (len > most - at));
		out[i].p = none ? NULL : p;
		out[i].n = none ? 0 : len;
	}
	return bad == 0;
}

static bool
take_cells(const struct w_slot *s, const struct head *h, struct slot_rows *r, const struct slot_state *st,
    struct err *e)
{
	const char *feed = st->ring + st->base % st->ring_size;
	uint32_t stride = w_stride(h->ncol), k;

	for (k = 0; k < h->ncol; k++) {
		struct tcs_slice *out = r->cell + (size_t)k * stride;

		memcpy(r->one, s->cell + (size_t)k * stride, h->nrow * sizeof *r->one);
		COPIED();
		if (!take_column(r->one, out, h->nrow, feed, h->shown, r->arena, h->arena))
			return err_set(e, "a cell of column %u lies outside of what was shown", k + 1);
		r->col[k] = out;
	}
	return true;
}

/* A reason as safe text in r->text; where it begins. */
static bool
take_text(struct slot_rows *r, struct w_slice w, uint32_t arena, size_t *at)
{
	uint32_t off = w.off & ~W_MADE;

	*at = SIZE_MAX;
	if (w.len == W_NONE)
		return true;
	if ((w.off & W_MADE) == 0 || off > arena || w.len > arena - off || w.len > W_LOG_TEXT)
		return false;
	*at = r->text.n;
	utf8_safe(&r->text, r->arena + off, w.len);
	buf_char(&r->text, '\0');
	return true;
}

/* Places first, pointers when the text no longer moves. */
static bool
take_reasons(const struct w_slot *s, const struct head *h, struct slot_rows *r, struct err *e)
{
	size_t at[W_ROWS], more[W_ROWS];
	uint32_t i;

	buf_reset(&r->text);
	for (i = 0; i < h->nrow; i++) {
		struct w_slice why, detail;

		r->why[i] = r->detail[i] = NULL;
		if (r->kind[i] != W_REJECT)
			continue;
		why = s->why[i];
		detail = s->detail[i];
		COPIED();
		if (!take_text(r, why, h->arena, &at[i]) || !take_text(r, detail, h->arena, &more[i]) ||
		    at[i] == SIZE_MAX)
			return err_set(e, "a reject without a proper reason");
	}
	for (i = 0; i < h->nrow; i++) {
		if (r->kind[i] != W_REJECT)
			continue;
		r->why[i] = r->text.p + at[i];
		r->detail[i] = more[i] == SIZE_MAX ? NULL : r->text.p + more[i];
	}
	return true;
}

/* ---- kinds of slots ----------------------------------------------------------- */

static enum slot_got
take_rows(const struct w_slot *s, const struct head *h, struct slot_state *st, struct slot_rows *r,
    struct slot_answer *out,
    struct err *e)
{
	if (!check_rows_head(h, st, e))
		return SLOT_LIE;
	memcpy(r->rel, s->off, h->nrow * sizeof *r->rel);
	memcpy(r->len, s->len, h->nrow * sizeof *r->len);
	memcpy(r->line, s->line, h->nrow * sizeof *r->line);
	memcpy(r->kind, s->what, h->nrow);
	memcpy(r->arena, s->bytes, h->arena);
	COPIED();
	if (!check_spans(r, h->nrow, st, e) || !take_cells(s, h, r, st, e) || !take_reasons(s, h, r, e) ||
	    !check_end(h, st, e))
		return SLOT_LIE;
	out->rows = (struct rows){ .nrow = h->nrow, .ncol = h->ncol, .off = r->off, .len = r->len,
	    .line = r->line, .kind = r->kind,
		.why = r->why, .col = r->col, .raw = r->raw, .detail = r->detail };
	return SLOT_ROWS;
}

static enum slot_got
take_columns(const struct w_slot *s, const struct head *h, struct slot_state *st, struct slot_rows *r,
    struct slot_answer *out,
    struct err *e)
{
	uint32_t i;

	if (h->nrow == 0 || h->nrow > W_COLUMNS || st->layout >= W_CELLS) {
		err_set(e, "%u columns in layout %u", h->nrow, st->layout + 1);
		return SLOT_LIE;
	}
	memcpy(r->one, s->cell, h->nrow * sizeof *r->one);
	memcpy(r->arena, s->bytes, h->arena);
	COPIED();
	if (!take_column(r->one, r->cell, h->nrow, r->arena, 0, r->arena, h->arena)) {
		err_set(e, "the name of a column lies outside of the answer");
		return SLOT_LIE;
	}
	for (i = 0; i < h->nrow; i++)
		if (r->cell[i].p == NULL) {
			err_set(e, "column %u has no name", i + 1);
			return SLOT_LIE;
		}
	out->name = r->cell;
	out->nname = h->nrow;
	return SLOT_COLUMNS;
}

static enum slot_got
take_line(const struct w_slot *s, const struct head *h, struct slot_state *st, struct slot_rows *r,
    struct slot_answer *out,
    struct err *e)
{
	if (h->arena > W_LOG_TEXT || (h->kind == W_SLOT_LOG && ++st->nlog > W_LOGS)) {
		err_set(e, "more text than it may say");
		return SLOT_LIE;
	}
	memcpy(r->arena, s->bytes, h->arena);
	COPIED();
	buf_reset(&r->text);
	utf8_safe(&r->text, r->arena, h->arena);
	out->text = r->text.p ? r->text.p : "";
	out->rc = h->rc;
	return h->kind == W_SLOT_LOG ? SLOT_LOG : SLOT_DONE;
}

enum slot_got
slot_take(const struct w_slot *shared, struct slot_state *st, struct slot_rows *r, struct slot_answer *out,
    struct err *e)
{
	struct head h;

	copy_head(shared, &h);
	memset(out, 0, sizeof *out);
	if (h.arena > W_ARENA) {
		err_set(e, "an answer of %u bytes", h.arena);
		return SLOT_LIE;
	}
	switch (h.kind) {
	case W_SLOT_ROWS:
		return take_rows(shared, &h, st, r, out, e);
	case W_SLOT_COLUMNS:
		return take_columns(shared, &h, st, r, out, e);
	case W_SLOT_LOG:
	case W_SLOT_DONE:
		return take_line(shared, &h, st, r, out, e);
	}
	err_set(e, "an answer of kind %u", h.kind);
	return SLOT_LIE;
}
