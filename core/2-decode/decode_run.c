/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One input from begin to end.  Each slot of rows that the worker answers is
 * converted and handed on in offset order, then what was refused; where a
 * commit may be cut is said once the next slot shows that no row of the last
 * record is still to come.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "2-decode/decode_int.h"
#include "buf.h"
#include "mem.h"
#include "utf8.h"

#define DETAIL 80		/* bytes shown of a value that cannot be read */

struct running {
	struct decoder		*d;
	const struct feed	*feed;
	const char		*name;
	const struct decode_sink *sink;
	struct binding		*binding;
	struct batch		*batch;
	struct row_reject	*rej;
	struct refused		*refused;
	uint32_t		 nrefused, room;
	uint64_t		 skip, upto, records;
	unsigned		 line;		/* of the last row */
	const char		*why;		/* it was refused, or NULL */
	bool			 all, bad_columns, pending;
	struct arena		*details;	/* of what is refused and not given yet */
};

void
decoder_wants(struct decoder *d, const char *const *name, uint32_t n)
{
	d->more = name;
	d->nmore = n;
}

static bool
on_columns(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e)
{
	struct running *r = arg;
	struct err why = ERR_INIT;

	binding_free(r->binding);
	r->binding = binding_new_with(r->feed, name, n, want, r->all, r->d->more, r->d->nmore, &why);
	if (r->binding != NULL)
		return true;
	r->bad_columns = true;
	return err_set(e, "%s", why.text);
}

static void
add_refused(struct running *r, const struct rows *rows, uint32_t i, const char *why)
{
	if (r->nrefused == r->room) {
		r->room = r->room == 0 ? 64 : 2 * r->room;
		r->refused = xrealloc(r->refused, r->room * sizeof *r->refused);
	}
	r->refused[r->nrefused++] = (struct refused){ .off = rows->off[i], .len = rows->len[i],
		.line = rows->line[i], .why = why, .raw = rows->raw != NULL ? rows->raw[i] : NULL,
		.detail = rows->detail != NULL ? rows->detail[i] : NULL };
}

/* What the column held, safe to print. */
static const char *
what_it_held(struct running *r, const struct rows *rows, const struct row_reject *rej)
{
	struct tcs_slice cell;
	struct buf safe;
	const char *text;

	if (!binding_refused_cell(r->binding, rows, rej->row, rej->why, &cell))
		return NULL;
	buf_init(&safe);
	utf8_safe(&safe, cell.p, cell.n < DETAIL ? cell.n : DETAIL);
	text = arena_printf(r->details, "\"%.*s%s\"", (int)safe.n, safe.p, cell.n > DETAIL ? "..." : "");
	buf_free(&safe);
	return text;
}

static int
by_offset(const void *a, const void *b)
{
	const struct refused *x = a, *y = b;

	return (x->off > y->off) - (x->off < y->off);
}

static bool
give_refused(struct running *r, struct err *e)
{
	uint32_t n = r->nrefused;

	r->nrefused = 0;
	if (n == 0)
		return true;
	qsort(r->refused, n, sizeof *r->refused, by_offset);
	if (r->sink->refused != NULL && !r->sink->refused(r->sink->arg, r->refused, n, e))
		return false;
	arena_reset(r->details);
	return true;
}

static bool
give_rows(struct running *r, const struct rows *rows, uint32_t from, struct err *e)
{
	struct decoded dec = { .batch = r->batch, .rows = rows, .binding = r->binding, .feed = r->feed };
	uint32_t nrej, i;

	while (from < rows->nrow) {
		from = binding_batch(r->binding, rows, from, r->batch, r->rej, &nrej);
		for (i = 0; i < nrej; i++) {
			add_refused(r, rows, r->rej[i].row, r->rej[i].why);
			r->refused[r->nrefused - 1].detail = what_it_held(r, rows, &r->rej[i]);
		}
		if (r->batch->nrow > 0 && !r->sink->batch(r->sink->arg, &dec, e))
			return false;
	}
	return true;
}

static bool
cut_here(struct running *r, struct err *e)
{
	if (!r->pending)
		return true;
	r->pending = false;
	return r->sink->upto == NULL || r->sink->upto(r->sink->arg, r->upto, r->records, e);
}

/* Counts what is new, and collects what the plugin refused. */
static uint32_t
look_over(struct running *r, const struct rows *rows)
{
	uint32_t i, first = rows->nrow;
	bool records = false;

	for (i = 0; i < rows->nrow; i++) {
		uint8_t kind = rows->kind[i];

		if (rows->off[i] < r->skip)
			continue;
		if (i < first)
			first = i;
		if (kind == ROW_REJECT)
			add_refused(r, rows, i, decoder_why(r->d, rows->why[i]));
		r->records += kind == ROW_RECORD || kind == ROW_REJECT;
		records = records || kind == ROW_RECORD || kind == ROW_AGAIN;
	}
	return records ? first : rows->nrow;
}

/* What is skipped is told in pieces of whatever length, so it counts only as long as
 * nothing else was read. */
static unsigned
last_line(const struct rows *rows, unsigned line)
{
	uint32_t i;

	for (i = rows->nrow; i > 0; i--)
		if (rows->line[i - 1] > 0 && rows->kind[i - 1] != ROW_SKIP)
			return rows->line[i - 1];
	return line == 0 ? rows->line[0] : line;
}

static bool
on_rows(void *arg, const struct rows *rows, struct err *e)
{
	struct running *r = arg;
	uint32_t from, last;

	if (rows->nrow == 0)
		return true;
	last = rows->nrow - 1;
	if (rows->kind[0] != ROW_AGAIN && !cut_here(r, e))
		return false;
	from = look_over(r, rows);
	if (r->binding != NULL) {
		binding_slot(r->binding, rows);
		if (!give_rows(r, rows, from, e))
			return false;
	}
	if (!give_refused(r, e))
		return false;
	r->line = last_line(rows, r->line);
	r->why = rows->kind[last] == ROW_REJECT ? decoder_why(r->d, rows->why[last]) : NULL;
	if (rows->off[last] + rows->len[last] > r->skip) {
		r->upto = rows->off[last] + rows->len[last];
		r->pending = true;
	}
	return true;
}

static void
running_end(struct running *r)
{
	binding_free(r->binding);
	free(r->batch);
	free(r->rej);
	free(r->refused);
	arena_free(r->details);
}

/* Says where in the input it was: the line behind the last that was read, or of what was refused before
 * it was given up. */
static enum source_end
failed(const struct running *r, enum source_end end, const struct err *why, struct err *e)
{
	struct tcs_slice text = tcs_str(why->text);
	size_t n = strlen(r->name);

	if (text.n > n + 2 && tcs_starts(text, r->name) && text.p[n] == ':' && text.p[n + 1] == ' ')
		text = tcs_slice(text.p + n + 2, text.n - n - 2);
	err_at(e, r->name, r->why != NULL && tcs_starts(text, r->why) ? r->line : r->line + 1, "%.*s",
	    (int)text.n, text.p);
	return end;
}

enum source_end
decode_run(struct decoder *d, const char *name, struct reader *in, uint64_t skip, bool all,
    const struct decode_sink *sink, struct err *e)
{
	struct running r = { .d = d, .name = name, .sink = sink, .skip = skip, .upto = skip, .all = all };
	const struct source_sink from = { &r, on_columns, on_rows };
	struct err why = ERR_INIT;
	struct source_proc *proc;
	enum source_end end;
	int64_t day;

	if ((r.feed = decoder_feed(d, name, &day, &why)) == NULL)
		return failed(&r, SOURCE_BAD_INPUT, &why, e);
	if ((proc = decoder_worker(d, r.feed, e)) == NULL)
		return errno == EAGAIN ? SOURCE_STOPPED : SOURCE_BAD_PLUGIN;
	r.batch = xmalloc(sizeof *r.batch);
	r.details = arena_new();
	r.rej = xmalloc(BATCH_ROWS * sizeof *r.rej);
	end = source_run(proc, name, in, &from, &why);
	if (r.bad_columns)
		end = SOURCE_BAD_INPUT;
	if (end == SOURCE_OK && !cut_here(&r, &why))
		end = SOURCE_STOPPED;
	if (end == SOURCE_STOPPED)
		err_set(e, "%s", why.text);
	else if (end != SOURCE_OK)
		failed(&r, end, &why, e);
	running_end(&r);
	return end;
}
