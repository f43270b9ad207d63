/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is tried of a source.  All runs show the bytes in guarded memory
 * (feed.h), so each of them also tries that nothing is read beyond, written,
 * or kept.  The measure is what the plugin says of the whole sample at once.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "kit/check/check.h"
#include "kit/check/fault.h"
#include "kit/check/source.h"

#define SMALL 4096			/* cut off at every byte up to this */
#define CUTS 512			/* else at so many places */
#define LONG (256u << 10)		/* not byte by byte */
#define ALONE 64			/* records tried by themselves */
#define COLUMNS 40			/* columns asked for by themselves */
#define MOST_FAILS 2000
#define ROUNDS 200

static const char same_rows[] = "what feed does must not depend on where the bytes are cut: return what is "
    "used "
    "up and wait for more, but at eof";

char *
source_say(struct check *c, const char *p, size_t n, struct feed_how *how)
{
	char *text, line[200];

	memcpy(how->opts, c->opts, sizeof c->opts);
	how->guard = how->quiet = true;
	fault_shown(&feed_room, FEED_ROOM, &feed_shown, &feed_nshown);
	text = feed(c->p, p, n, how);
	if (text_broken(text, line, sizeof line))
		fail(c, strstr(line, "TILING") || strstr(line, "SPAN") ?
		    "every byte is to be told once and in order, by rows, reject or skip" :
		    strstr(line, "USE") ? "at eof all must be used up; never more than len" :
		    "TCS_EPLUGIN is for a broken instance; give an input up with TCS_EINPUT",
		    "says %s (%s)", line, c->sh->at);
	return text;
}

static char *
say_records(struct check *c, const struct sample *s, struct feed_how how)
{
	char *text = source_say(c, s->p, s->n, &how), *r = text_records(text, c->sh->flags, NULL);

	free(text);
	return r;
}

static char *
say_whole(struct check *c, const struct sample *s)
{
	return say_records(c, s, (struct feed_how){ .cut = feed_whole });
}

static void
same(struct check *c, const char *advice, char *want, char *got)
{
	char where[400];

	if (strcmp(want, got) != 0) {
		text_first(want, got, where, sizeof where);
		fail(c, advice, "%s: %s", c->sh->at, where);
	}
	free(got);
}

static void
try_whole(struct check *c)
{
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		at(c, "%s whole", c->sample[i].name);
		free(say_whole(c, &c->sample[i]));
	}
}

static uint64_t
hash(uint64_t h, const char *s)
{
	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return h;
}

/* Twice in one process, and in another one. */
static void
try_again(struct check *c)
{
	static const char advice[] = "the same bytes must give the same rows: no time, no random numbers, no "
	    "addresses, nothing not set";
	uint64_t h = 1469598103934665603u;
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		char *one;

		at(c, "%s a second time", c->sample[i].name);
		one = say_whole(c, &c->sample[i]);
		same(c, advice, one, say_whole(c, &c->sample[i]));
		h = hash(h, one);
		free(one);
	}
	if (c->sh->number != 0 && c->sh->number != h)
		fail(c, advice, "another process gives other rows");
	c->sh->number = h;
}

static void
try_bytes(struct check *c)
{
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		const struct sample *s = &c->sample[i];
		char *want;

		if (s->n > LONG || (c->sh->flags & TCS_S_WHOLE))
			continue;
		at(c, "%s byte by byte", s->name);
		want = say_whole(c, s);
		same(c, same_rows, want, say_records(c, s, (struct feed_how){ .cut = feed_byte }));
		free(want);
	}
}

static void
try_random(struct check *c)
{
	uint32_t i, k;

	for (i = 0; i < c->nsample; i++) {
		const struct sample *s = &c->sample[i];
		char *want = say_whole(c, s);

		for (k = 1; k <= 20; k++) {
			at(c, "%s cut at random, seed %u", s->name, k);
			same(c, same_rows, want, say_records(c, s, (struct feed_how){ .cut = feed_random,
			    .seed = k * 7919 }));
		}
		free(want);
	}
}

static void
try_cut_off(struct check *c)
{
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		const struct sample *s = &c->sample[i];
		size_t step = s->n <= SMALL ? 1 : s->n / CUTS + 1, n;

		for (n = 0; n <= s->n; n += step) {
			at(c, "%s cut off after byte %zu", s->name, n);
			free(source_say(c, s->p, n, &(struct feed_how){ .cut = feed_whole }));
			free(source_say(c, s->p, n, &(struct feed_how){ .cut = feed_random, .seed = n }));
			if (n % 16 == 0)
				free(source_say(c, s->p, n, &(struct feed_how){ .cut = feed_random, .seed = n,
				    .abort = true }));
		}
	}
}

static void
try_empty(struct check *c)
{
	at(c, "an input of no bytes");
	free(source_say(c, "", 0, &(struct feed_how){ .cut = feed_whole }));
	at(c, "an input of one NUL");
	free(source_say(c, "", 1, &(struct feed_how){ .cut = feed_whole }));
}

void
source_log(struct feed_run *r, char *out, size_t n)
{
	fflush(r->x->out);
	snprintf(out, n, "%s", r->text ? r->text : "");
	for (; *out != '\0'; out++)
		if (*out == '\n')
			*out = ' ';
}

_Noreturn void
not_open(struct check *c, struct feed_run *r)
{
	char log[300];

	source_log(r, log, sizeof log);
	fail(c, "open must work with these options; give what it needs with --set", "open answers %d: %s",
	    r->rc, log);
}

static void
open_run(struct check *c, struct feed_run *r, struct feed_how *how)
{
	memcpy(how->opts, c->opts, sizeof c->opts);
	how->guard = true;
	feed_open(r, c->p, how);
	if (r->rc != TCS_OK)
		not_open(c, r);
}

static char *
close_run(struct check *c, struct feed_run *r)
{
	char *text, *records;

	feed_end(r);
	text = feed_close(r);
	records = text_records(text, c->sh->flags, NULL);
	free(text);
	return records;
}

static void
try_two(struct check *c)
{
	static const char advice[] = "keep all state in the instance that open makes: no writable statics";
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		const struct sample *s = &c->sample[i], *t = &c->sample[(i + 1) % c->nsample];
		struct feed_how one = { .cut = feed_random, .seed = 11 }, two = { .cut = feed_random,
		    .seed = 29 };
		struct feed_run a, b;
		char *want_a, *want_b;
		bool more = true;

		at(c, "%s and %s in two instances, in turn", s->name, t->name);
		want_a = say_whole(c, s);
		want_b = say_whole(c, t);
		open_run(c, &a, &one);
		open_run(c, &b, &two);
		feed_begin(&a, s->p, s->n);
		feed_begin(&b, t->p, t->n);
		while (more)
			more = feed_step(&a) | feed_step(&b);
		same(c, advice, want_a, close_run(c, &a));
		same(c, advice, want_b, close_run(c, &b));
		free(want_a);
		free(want_b);
	}
}

/* What was said is forgotten; the memory stays, so that growth is the plugin's. */
static void
forget(struct feed_run *r)
{
	fflush(r->x->out);
	fseeko(r->x->out, 0, SEEK_SET);
}

static void
try_next(struct check *c)
{
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		const struct sample *s = &c->sample[i], *t = &c->sample[(i + 1) % c->nsample];
		struct feed_how how = { .cut = feed_whole };
		struct feed_run r;
		char *want;

		at(c, "%s after %s in one instance", s->name, t->name);
		want = say_whole(c, s);
		open_run(c, &r, &how);
		feed_begin(&r, t->p, t->n);
		while (feed_step(&r))
			;
		feed_end(&r);
		r.rc = TCS_OK;
		fclose(r.x->out);
		free(r.text);
		if ((r.x->out = open_memstream(&r.text, &r.size)) == NULL)
			abort();
		feed_begin(&r, s->p, s->n);
		while (feed_step(&r))
			;
		same(c, "begin must set all that belongs to an input", want, close_run(c, &r));
		free(want);
	}
}

static bool
run_failing(struct check *c, const struct sample *s, int64_t which, char *want)
{
	struct feed_how how = { .cut = feed_whole, .fail = which, .guard = true, .quiet = true };
	struct feed_run r;
	bool failed;
	char *got;
	int rc;

	memcpy(how.opts, c->opts, sizeof c->opts);
	feed_open(&r, c->p, &how);
	if (r.rc == TCS_OK) {
		feed_begin(&r, s->p, s->n);
		while (feed_step(&r))
			;
	} else
		r.inst = NULL;
	failed = r.x->failed;
	rc = r.rc;
	got = close_run(c, &r);
	if (failed && rc != TCS_ENOMEM && (rc != TCS_OK || strcmp(got, want) != 0))
		fail(c, "when alloc gives NULL, return TCS_ENOMEM at once", "%s: answers %d and gives other "
		    "rows",
		    c->sh->at, rc);
	free(got);
	return failed;
}

static void
try_memory(struct check *c)
{
	uint32_t i;
	int64_t k;

	for (i = 0; i < c->nsample; i++) {
		char *want = say_whole(c, &c->sample[i]);

		for (k = 1; k < MOST_FAILS; k++) {
			at(c, "%s without memory at allocation %lld", c->sample[i].name, (long long)k);
			if (!run_failing(c, &c->sample[i], k, want))
				break;
		}
		free(want);
	}
}

static size_t
in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* One instance, many inputs; then many instances. */
static void
try_growth(struct check *c)
{
	static const char advice[] = "free what malloc gave; use alloc with TCS_INPUT, which the host frees";
	struct feed_how how = { .cut = feed_whole };
	struct feed_run r;
	size_t was = 0, kept = 0, now;
	uint32_t i, mem = 0;

	open_run(c, &r, &how);
	for (i = 0; i < ROUNDS; i++) {
		const struct sample *s = &c->sample[i % c->nsample];

		at(c, "%u inputs in one instance", i + 1);
		feed_begin(&r, s->p, s->n < SMALL * 16 ? s->n : SMALL * 16);
		while (feed_step(&r))
			;
		feed_end(&r);
		r.rc = TCS_OK;
		forget(&r);
		if (i == ROUNDS / 2) {
			was = in_use();
			mem = r.x->nmem;
		}
	}
	now = in_use();
	if (now > was + 16384 || r.x->nmem > mem + 2)
		fail(c, advice, "grows by %zu bytes and %u pieces over %d inputs", now > was ? now - was : 0,
		    r.x->nmem - mem, ROUNDS / 2);
	free(close_run(c, &r));
	for (i = 0; i < ROUNDS; i++) {
		at(c, "%u instances", i + 1);
		open_run(c, &r, &how);
		feed_begin(&r, c->sample[0].p, c->sample[0].n < SMALL ? c->sample[0].n : SMALL);
		while (feed_step(&r))
			;
		free(close_run(c, &r));
		if (i == ROUNDS / 2)
			kept = in_use();
	}
	if (in_use() > kept + 16384)
		fail(c, advice, "grows by %zu bytes over %d instances", in_use() - kept, ROUNDS / 2);
}

/* ---- columns ------------------------------------------------------------------- */

static void
try_want(struct check *c, const struct sample *s, const char *all, const char *want)
{
	struct feed_how how = { .cut = feed_whole, .want = want };
	char *left = text_records(all, c->sh->flags, want), *got, *r;

	at(c, "%s with the columns %.80s", s->name, want[0] ? want : "none");
	got = source_say(c, s->p, s->n, &how);
	r = text_records(got, c->sh->flags, NULL);
	same(c, "a column that is not wanted is left out, and nothing else changes: cell has nwant values a "
	    "row",
	    left, r);
	free(got);
	free(left);
}

/* Each column by itself, every second, none. */
static void
try_columns(struct check *c)
{
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		const struct sample *s = &c->sample[i];
		struct feed_how how = { .cut = feed_whole };
		char *all = source_say(c, s->p, s->n, &how), *line, key[300];
		struct buf half;
		const char *p;
		uint32_t k = 0;

		try_want(c, s, all, "");
		line = strstr(all, "columns ");
		buf_init(&half);
		buf_char(&half, '|');
		for (p = line ? line + 8 : ""; *p != '\0' && *p != '\n' && k < COLUMNS; k++) {
			size_t n = strcspn(p, "|\n");

			snprintf(key, sizeof key, "|%.*s|", (int)n, p);
			if (n > 0 && n < 200)
				try_want(c, s, all, key);
			if (k % 2)
				buf_printf(&half, "%.*s|", (int)n, p);
			p += n + (p[n] == '|');
		}
		try_want(c, s, all, half.p);
		buf_free(&half);
		free(all);
	}
}

/* ---- alone --------------------------------------------------------------------- */

/* The values of the rows from a line on, as long as they are of one record. */
static void
values(struct buf *out, const char *p, const char **next)
{
	do {
		const char *v = strstr(p, " | ");
		size_t n = strcspn(p, "\n");

		if (v != NULL && v < p + n)
			buf_add(out, v, (size_t)(p + n - v));
		buf_char(out, '\n');
		p += n + (p[n] == '\n');
	} while (strncmp(p, "again ", 6) == 0);
	*next = p;
}

static void
try_record(struct check *c, const struct sample *s, size_t head, const char *line, const char **next)
{
	unsigned long long off, len;
	struct buf in, want, got;
	char *end, *text, *r;
	const char *p;

	off = strtoull(line + 4, &end, 10);
	len = strtoull(end + 1, NULL, 10);
	buf_init(&in);
	buf_init(&want);
	buf_init(&got);
	buf_add(&in, s->p, head);
	buf_add(&in, s->p + off, len);
	values(&want, line, next);
	at(c, "%s: the record at byte %llu alone", s->name, off);
	text = source_say(c, in.p, in.n, &(struct feed_how){ .cut = feed_whole });
	r = text_records(text, c->sh->flags, NULL);
	if ((p = strncmp(r, "row ", 4) == 0 ? r : strstr(r, "\nrow ")) != NULL)
		values(&got, p + (*p == '\n'), &p);
	if (got.p == NULL || strcmp(want.p, got.p) != 0)
		fail(c, "take TCS_S_ALONE from its flags, or let no record depend on another",
		    "claims TCS_S_ALONE, but %s gives other values", c->sh->at);
	free(text);
	free(r);
	buf_free(&in);
	buf_free(&want);
	buf_free(&got);
}

/* The head: all before the first record. */
static void
try_alone(struct check *c)
{
	uint32_t i, k;

	for (i = 0; i < c->nsample; i++) {
		char *all = say_whole(c, &c->sample[i]);
		const char *p = all;
		size_t head = 0;

		for (k = 0; *p != '\0' && k < ALONE; ) {
			if (strncmp(p, "row ", 4) != 0) {
				p += strcspn(p, "\n") + 1;
				continue;
			}
			if (k++ == 0)
				head = strtoull(p + 4, NULL, 10);
			try_record(c, &c->sample[i], head, p, &p);
		}
		free(all);
	}
}

/* ---- golden rows ---------------------------------------------------------------- */

static bool
read_text(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "re");
	char part[4096];
	size_t n;

	buf_init(b);
	buf_need(b, 1);
	b->p[0] = '\0';
	if (f == NULL)
		return false;
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(b, part, n);
	fclose(f);
	return true;
}

static void
accept_rows(struct check *c, const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) != 0)
		fail(c, "", "cannot write %s: %m", path);
	note(c, "wrote %s", path);
}

static void
try_golden(struct check *c)
{
	uint32_t i;

	for (i = 0; i < c->nsample; i++) {
		const struct sample *s = &c->sample[i];
		struct feed_how how = { .cut = feed_whole };
		char path[4096], where[400], *text;
		bool there = text_golden(s, path, sizeof path);
		struct buf want;

		at(c, "%s", s->name);
		text = source_say(c, s->p, s->n, &how);
		if (c->accept)
			accept_rows(c, path, text);
		else if (!there)
			fail(c, "check again with --accept, then read the file that this writes: it is what "
			    "you promise",
			    "%s has no %s", s->name, strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
		else if (!read_text(path, &want) || strcmp(want.p, text) != 0) {
			text_first(want.p, text, where, sizeof where);
			fail(c, "when the new rows are right, check again with --accept", "%s: says %s",
			    path, where);
		} else
			buf_free(&want);
		free(text);
	}
}

void
check_source(struct check *c)
{
	static const struct { const char *name; void (*fn)(struct check *); uint32_t flag; } all[] = {
		{ "samples whole", try_whole, 0 }, { "an empty input", try_empty, 0 },
		{ "the same again", try_again, 0 }, { "the same in another process", try_again, 0 },
		{ "byte by byte", try_bytes, 0 }, { "cut at random", try_random, 0 },
		{ "cut off at every byte", try_cut_off, 0 }, { "two instances", try_two, 0 },
		{ "one input after another", try_next, 0 }, { "without memory", try_memory, 0 },
		{ "growth", try_growth, 0 }, { "fewer columns", try_columns, 0 },
		{ "records alone", try_alone, TCS_S_ALONE }, { "expected rows", try_golden, 0 },
	};
	size_t i;

	c->sh->number = 0;
	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i].flag == 0 || (c->sh->flags & all[i].flag))
			trial(c, all[i].name, all[i].fn);
	if (c->fuzz > 0)
		trial(c, "fuzz", try_fuzz);
}
