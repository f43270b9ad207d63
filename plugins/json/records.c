/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader of records.h: finds where objects are, in pieces of any length,
 * reads each by jansson, and tells rows, rejects and what lies between in
 * order.  What a row is made of is in put.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "plugins/json/put.h"

#define TRIES	64		/* places looked at behind a broken record */

struct records *
records_new(struct tcs_ctx *ctx, const struct tcs_host *h, const char *what,
    bool (*read)(struct records *, const json_t *), void *own)
{
	struct records *x = h->alloc(ctx, TCS_INSTANCE, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->ctx = ctx;
	x->host = (const struct tcs_source_host *)(const void *)h;
	x->what = what;
	x->read = read;
	x->own = own;
	json_object_seed((size_t)(uintptr_t)x | 1);	/* else jansson opens a file for it */
	return x;
}

int
records_begin(void *inst, const char *name)
{
	struct records *x = inst;

	(void)name;
	x->line = 1;
	x->indent = 0;
	x->lists = 0;
	x->begun = x->lost = false;
	records_forget(x);
	return TCS_OK;
}

int
records_end(void *inst, int aborted)
{
	(void)inst, (void)aborted;
	return TCS_OK;
}

void
records_close(void *inst)
{
	(void)inst;
}

/* ---- telling -------------------------------------------------------------- */

/* What stands before `end` in its line. */
static int64_t
indent_at(const struct records *x, size_t end)
{
	size_t at = end;

	while (at > x->told && (x->buf[at - 1] == ' ' || x->buf[at - 1] == '\t'))
		at--;
	if (at > x->told)
		return x->buf[at - 1] == '\n' ? (int64_t)(end - at) : -1;
	return x->indent < 0 ? -1 : x->indent + (int64_t)(end - at);
}

static struct tcs_span
span_to(struct records *x, size_t end)
{
	struct tcs_span s = { x->told, (uint32_t)(end - x->told), x->line };
	const char *p = x->buf + x->told, *stop = x->buf + end;

	x->indent = indent_at(x, end);
	while (p < stop && (p = memchr(p, '\n', (size_t)(stop - p))) != NULL)
		x->line++, p++;
	x->told = end;
	return s;
}

static int
skip_to(struct records *x, size_t end)
{
	struct tcs_span s;
	int rc;

	if (end <= x->told)
		return TCS_OK;
	if ((rc = records_flush(x)) != TCS_OK)
		return rc;
	s = span_to(x, end);
	return x->host->skip(x->ctx, &s);
}

static int
reject_to(struct records *x, size_t end, const char *why, const char *detail)
{
	struct tcs_span s;
	int rc;

	if (end <= x->told)
		return TCS_OK;
	if ((rc = records_flush(x)) != TCS_OK)
		return rc;
	s = span_to(x, end);
	return x->host->reject(x->ctx, &s, why, detail);
}

/* ---- broken records ------------------------------------------------------- */

/* After off, the next line that begins with an object at this indent. */
static size_t
next_line(const char *p, size_t off, size_t end, size_t indent)
{
	size_t at = off, i;
	const char *nl;

	while (at < end && (nl = memchr(p + at, '\n', end - at)) != NULL) {
		at = (size_t)(nl - p) + 1;
		for (i = 0; i < indent && at + i < end && (p[at + i] == ' ' || p[at + i] == '\t'); i++)
			;
		if (i == indent && at + i < end && p[at + i] == '{')
			return at + i;
	}
	return SIZE_MAX;
}

/* How long the begin of an object is, to behind its first key; 0: it has none. */
static size_t
first_key(const char *p, size_t off, size_t end)
{
	size_t at = off + 1;

	while (at < end && tcs_space(p[at]))
		at++;
	if (at == end || p[at] != '"')
		return 0;
	for (at++; at < end && p[at] != '"' && p[at] != '\n' && p[at] != '\\'; at++)
		;
	return at < end && p[at] == '"' ? at + 1 - off : 0;
}

/* After off, the next object behind a comma that begins with the same key and is whole. */
static size_t
next_alike(const char *p, size_t off, size_t end)
{
	size_t n = first_key(p, off, end), at = off + 1, before;
	const char *q;
	int tries;

	for (tries = 0; n > 0 && tries < TRIES && at < end; tries++) {
		struct scan s = { .p = p, .end = end, .strict = true };
		struct piece v;

		if ((q = memmem(p + at, end - at, p + off, n)) == NULL)
			break;
		at = (size_t)(q - p);
		before = at;
		while (before > off && (tcs_space(p[before - 1]) || p[before - 1] == ','))
			before--;
		s.at = at;
		scan_value(&s, &v);
		if (before < at && v.flags == 0)
			return at;
		at++;
	}
	return SIZE_MAX;
}

/* Where to go on after a record that is broken: one that began its line, at the next that begins so; else at
 * the next object like it.  The other way is taken only when there is no more to see.  end: nowhere. */
static size_t
resume(const struct records *x, size_t off, size_t end, bool last)
{
	size_t at;

	if (x->indent >= 0) {
		at = next_line(x->buf, off, end, (size_t)x->indent);
		if (at == SIZE_MAX && last)
			at = next_alike(x->buf, off, end);
	} else {
		at = next_alike(x->buf, off, end);
		if (at == SIZE_MAX && last)
			at = next_line(x->buf, off, end, 0);
	}
	return at == SIZE_MAX ? end : at;
}

enum { GO_ON = 1, WAIT };		/* or a tcs_rc */

static int
give_up(struct records *x, size_t off, size_t end, bool last, const char *why, const char *detail)
{
	bool most = last || end - off > REC_LONGEST;
	size_t at = resume(x, off, end, most);
	int rc;

	if (at == end && !most)
		return WAIT;
	x->lost = at == end && !last;
	rc = reject_to(x, at, why, detail);
	return rc == TCS_OK ? GO_ON : rc;
}

/* ---- records -------------------------------------------------------------- */

static json_t *
load(struct records *x, const struct piece *v)
{
	json_error_t e;
	json_t *j;

	if (v->flags & PIECE_NUL)
		return rec_wrong(x, "NUL byte", "a NUL byte in a value"), NULL;
	if (v->flags & PIECE_DEEP)
		return rec_wrong(x, "nested too deep", "deeper than %d levels", DEPTH_MAX), NULL;
	j = json_loadb(x->buf + v->off, v->len, JSON_REJECT_DUPLICATES, &e);
	if (j != NULL)
		return j;
	switch (json_error_code(&e)) {
	case json_error_out_of_memory:
		x->nomem = true;
		break;
	case json_error_invalid_utf8:
		rec_wrong(x, "bad UTF-8", "bytes that are not UTF-8");
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		rec_wrong(x, "NUL byte", "\\u0000 in a text");
		break;
	case json_error_duplicate_key:
		rec_wrong(x, "a key twice", "%s", e.text);
		break;
	default:
		rec_wrong(x, "not valid JSON", "%s%s", e.line > 1 ? "" : "", e.text);
	}
	return NULL;
}

/* A record ends behind its comma and the end of its line. */
static size_t
behind(const char *p, size_t at, size_t end)
{
	while (at < end && (p[at] == ' ' || p[at] == '\t' || p[at] == '\r' || p[at] == ','))
		at++;
	return at < end && p[at] == '\n' ? at + 1 : at;
}

static int
tell(struct records *x, const struct piece *v, size_t end)
{
	bool good = false;
	struct tcs_span s;
	uint32_t i;
	json_t *j;
	int rc;

	if ((x->nrow > REC_ROWS / 2 || x->ncell > REC_CELLS / 4 || x->npool > REC_POOL / 4 ||
	    x->ncol > REC_COLUMNS / 2) && (rc = records_flush(x)) != TCS_OK)
		return rc;
	x->nomem = false;
	x->why = NULL;
	if ((j = load(x, v)) != NULL) {
		good = x->read(x, j);
		json_decref(j);
	}
	if (x->nomem)
		return TCS_ENOMEM;
	if (!good) {
		records_undo(x);
		return reject_to(x, end, x->why ? x->why : "too long", x->why ? x->detail : NULL);
	}
	if (x->nrow == x->nwait) {
		records_undo(x);
		return skip_to(x, end);
	}
	s = span_to(x, end);
	for (i = x->nwait; i < x->nrow; i++) {
		x->span[i] = s;
		x->again[i] = i > x->nwait;
	}
	x->nwait = x->nrow;
	return TCS_OK;
}

/* ---- the input ------------------------------------------------------------ */

/* Text that is no object: to the end of its line. */
static int
garbage(struct records *x, size_t at, size_t end, bool last)
{
	const char *nl = memchr(x->buf + at, '\n', end - at);
	int rc;

	if (!x->begun && !x->lists) {
		rc = reject_to(x, end, "not JSON", "expected { or [ at its begin");
		return rc == TCS_OK ? TCS_EINPUT : rc;
	}
	if (nl == NULL && !last && end - at < REC_LONGEST)
		return WAIT;
	rc = reject_to(x, nl ? (size_t)(nl - x->buf) + 1 : end, "not valid JSON", "expected an object");
	return rc == TCS_OK ? GO_ON : rc;
}

static int
one(struct records *x, size_t at, size_t end, bool last)
{
	struct scan s = { .p = x->buf, .at = at, .end = end, .strict = true };
	struct piece v;
	size_t next;
	bool cut;
	int rc;

	scan_value(&s, &v);
	next = behind(x->buf, s.at, end);
	cut = (v.flags & (PIECE_OPEN | PIECE_BROKEN)) == PIECE_OPEN;
	if (!last && next == end && x->buf[end - 1] != '\n' && end - at <= REC_LONGEST)
		return WAIT;
	x->begun = true;
	if (v.len > REC_LONGEST)
		return give_up(x, at, end, last, "too long", "a record may have 1 MiB");
	if (cut)
		return give_up(x, at, end, last, "cut off", "the input ends within it");
	if (v.flags & PIECE_BROKEN)
		return give_up(x, at, end, last, "not valid JSON", "quotes or brackets do not fit");
	rc = tell(x, &v, next);
	return rc == TCS_OK ? GO_ON : rc;
}

/* To the next line that begins an object. */
static int
find_again(struct records *x, size_t end, bool last)
{
	size_t at = x->told;
	const char *nl;
	int rc;

	while ((nl = memchr(x->buf + at, '\n', end - at)) != NULL) {
		at = (size_t)(nl - x->buf) + 1;
		if (at < end && x->buf[at] == '{') {
			x->lost = false;
			break;
		}
	}
	if (nl == NULL)
		at = last || end == x->told || x->buf[end - 1] != '\n' ? end : end - 1;
	rc = reject_to(x, at, "not valid JSON", "what follows a record that is broken");
	return rc != TCS_OK ? rc : x->lost ? WAIT : GO_ON;
}

static int
step(struct records *x, size_t end, bool last)
{
	size_t at = (size_t)x->told;
	int rc;

	if (x->lost)
		return find_again(x, end, last);
	while (at < end && x->buf[at] != '\0' && strchr(" \t\r\n,[]", x->buf[at]) != NULL) {
		x->lists += x->buf[at] == '[';
		x->lists -= x->buf[at] == ']' && x->lists > 0;
		at++;
	}
	if ((rc = skip_to(x, at)) != TCS_OK)
		return rc;
	if (at == end)
		return WAIT;
	return x->buf[at] == '{' ? one(x, at, end, last) : garbage(x, at, end, last);
}

static bool
is_wide(const char *p, size_t n)
{
	return n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0 || p[0] == '\0' ||
	    p[1] == '\0');
}

/* What stands before the first object; 0: more must be seen. */
static int
head(struct records *x, size_t len, bool last)
{
	int rc;

	if (len < 3 && !last)
		return WAIT;
	if (is_wide(x->buf, len)) {
		rc = reject_to(x, len, "UTF-16 or UTF-32, not UTF-8", NULL);
		return rc == TCS_OK ? TCS_EINPUT : rc;
	}
	if (len >= 3 && memcmp(x->buf, "\xef\xbb\xbf", 3) == 0 && (rc = skip_to(x, 3)) != TCS_OK)
		return rc;
	return GO_ON;
}

int64_t
records_feed(void *inst, const char *buf, size_t len, int eof)
{
	struct records *x = inst;
	int rc = GO_ON;

	x->buf = buf;
	x->told = 0;
	if (!x->begun && x->lists == 0 && x->line == 1 && (rc = head(x, len, eof)) == WAIT)
		return 0;
	while (rc == GO_ON)
		rc = x->told < len ? step(x, len, eof) : WAIT;
	if (rc == WAIT)
		rc = records_flush(x);
	if (rc == TCS_OK && eof && x->lists > 0)
		x->host->h.log(x->ctx, TCS_WARNING, "cut off: the list of records is not closed");
	return rc == TCS_OK ? (int64_t)x->told : rc;
}
