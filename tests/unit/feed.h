/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for one source plugin that is linked into the test: feeds it bytes in
 * pieces and writes down all it says, one line each, with offsets in the whole
 * input.  What is shown lies in memory of just its size that is freed after
 * the call, so that the sanitizers see a plugin that reads beyond it or keeps
 * it.  Order and tiling are checked here.
 */
#ifndef TESTS_FEED_H
#define TESTS_FEED_H

#include <tocsin/plugin.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tcs_ctx {
	FILE		*out;
	const char	*want;			/* "a|b": columns wanted; NULL: all */
	uint32_t	 flags;			/* of the source */
	uint64_t	 base, len, at, last;	/* what is shown; end of what was reported; its start */
	char		*names[4096];
	uint32_t	 nname;
	void		*mem[65536];
	uint8_t		 life[65536];
	uint32_t	 nmem;
	int64_t		 fail;			/* this allocation fails; -1: none */
	bool		 bad, quiet;
};

/* Where to cut: how many bytes more to show after at. */
typedef size_t (*feed_cut)(uint64_t *seed, size_t left);

static inline uint64_t
feed_rand(uint64_t *s)
{
	*s ^= *s << 13, *s ^= *s >> 7, *s ^= *s << 17;
	return *s;
}

static inline size_t
feed_whole(uint64_t *seed, size_t left)
{
	(void)seed;
	return left;
}

static inline size_t
feed_byte(uint64_t *seed, size_t left)
{
	(void)seed;
	return left > 0;
}

static inline size_t
feed_random(uint64_t *seed, size_t left)
{
	size_t n = (size_t)(feed_rand(seed) % 97) + 1;

	return n < left ? n : left;
}

static inline void
feed_drop(struct tcs_ctx *x, int most)
{
	uint32_t i, k = 0;

	for (i = 0; i < x->nmem; i++) {
		if (x->life[i] <= most)
			free(x->mem[i]);
		else {
			x->mem[k] = x->mem[i];
			x->life[k++] = x->life[i];
		}
	}
	x->nmem = k;
}

static inline void *
feed_alloc(struct tcs_ctx *x, int life, size_t n)
{
	void *p;

	if (x->fail >= 0 && x->fail-- == 0)
		return NULL;
	if (x->nmem == 65536 || (p = calloc(1, n ? n : 1)) == NULL)
		return NULL;
	x->mem[x->nmem] = p;
	x->life[x->nmem++] = (uint8_t)life;
	return p;
}

__attribute__((format(printf, 3, 4))) static inline void
feed_log(struct tcs_ctx *x, int level, const char *fmt, ...)
{
	va_list ap;

	if (x->quiet)
		return;
	va_start(ap, fmt);
	fprintf(x->out, "log %d ", level);
	vfprintf(x->out, fmt, ap);
	fputc('\n', x->out);
	va_end(ap);
}

static inline void
feed_put(FILE *f, struct tcs_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\\' || c < 0x20 || c >= 0x7f || c == '|')
			fprintf(f, "\\x%02x", c);
		else
			fputc(c, f);
	}
}

static inline int
feed_columns(struct tcs_ctx *x, const struct tcs_slice *name, uint32_t n, uint8_t *want)
{
	uint32_t i;

	for (i = 0; i < x->nname; i++)
		free(x->names[i]);
	x->nname = 0;
	fprintf(x->out, "columns ");
	for (i = 0; i < n; i++) {
		char key[300];

		if (i)
			fputc('|', x->out);
		feed_put(x->out, name[i]);
		snprintf(key, sizeof(key), "|%.*s|", (int)name[i].n, name[i].p);
		want[i] = x->want == NULL || strstr(x->want, key) != NULL;
		if (want[i] && x->nname < 4096)
			x->names[x->nname++] = strndup(name[i].p, name[i].n);
	}
	fputc('\n', x->out);
	return TCS_OK;
}

static inline void
feed_check(struct tcs_ctx *x, const struct tcs_span *s, bool again)
{
	uint64_t off = x->base + s->off;

	if (again && off == x->last)
		return;
	if (s->off + s->len > x->len || s->len == 0 || off < x->last ||
	    ((x->flags & TCS_S_TILES) && off != x->at)) {
		fprintf(x->out, "BAD SPAN %llu+%u, before it %llu..%llu\n", (unsigned long long)off, s->len,
		    (unsigned long long)x->last, (unsigned long long)x->at);
		x->bad = true;
	}
	x->last = off;
	x->at = off + s->len;
}

static inline void
feed_span(struct tcs_ctx *x, const char *what, const struct tcs_span *s)
{
	fprintf(x->out, "%s %llu+%u line %u", what, (unsigned long long)(x->base + s->off), s->len, s->line);
}

static inline int
feed_rows(struct tcs_ctx *x, uint32_t nrow, const struct tcs_span *span, const uint8_t *again,
    const struct tcs_slice *cell)
{
	uint32_t r, k;

	for (r = 0; r < nrow; r++) {
		bool more = again != NULL && again[r];

		feed_check(x, &span[r], more);
		feed_span(x, more ? "again" : "row", &span[r]);
		for (k = 0; k < x->nname; k++, cell++)
			if (cell->p != NULL) {
				fprintf(x->out, " | %s=", x->names[k]);
				feed_put(x->out, *cell);
			}
		fputc('\n', x->out);
	}
	feed_drop(x, TCS_BATCH);
	return TCS_OK;
}

static inline int
feed_reject(struct tcs_ctx *x, const struct tcs_span *span, const char *why, const char *detail)
{
	feed_check(x, span, false);
	feed_span(x, "reject", span);
	fprintf(x->out, " %s%s", why, detail ? ": " : "");
	if (detail)
		feed_put(x->out, (struct tcs_slice){ detail, strlen(detail) });
	fputc('\n', x->out);
	return TCS_OK;
}

static inline int
feed_skip(struct tcs_ctx *x, const struct tcs_span *span)
{
	feed_check(x, span, false);
	feed_span(x, "skip", span);
	fputc('\n', x->out);
	return TCS_OK;
}

/* The value of an option, of its text. */
static inline struct tcs_val
feed_val(const struct tcs_opt *o, const char *text, struct tcs_val *list)
{
	struct tcs_val v = { .type = o->type };
	static char kept[8][256];
	static int nkept;
	char *p;

	if (text == NULL)
		return v;
	v.n = 1;
	if (o->flags & TCS_O_LIST) {		/* at most 16, by commas */
		p = kept[nkept++ % 8];
		snprintf(p, sizeof(kept[0]), "%s", text);
		for (v.n = 0; v.n < 16 && p != NULL; v.n++) {
			list[v.n] = (struct tcs_val){ .n = 1, .type = o->type, .v.s = p };
			if ((p = strchr(p, ',')) != NULL)
				*p++ = '\0';
		}
		v.v.list = list;
	} else if (o->type == TCS_T_BOOL)
		v.v.i = strcmp(text, "yes") == 0;
	else if (o->type == TCS_T_ENUM) {
		const char *at = strstr(o->choices, text), *q;

		for (q = o->choices; q < at; q++)
			v.v.i += *q == '|';
	} else if (o->type == TCS_T_INT || o->type == TCS_T_SIZE)
		v.v.i = strtoll(text, NULL, 10);
	else
		v.v.s = text;
	return v;
}

struct feed_how {
	const char	*opts[8];	/* "name=value" */
	const char	*want;
	feed_cut	 cut;
	uint64_t	 seed;
	int64_t		 fail;		/* 0: none, else the number of the allocation that fails */
	bool		 quiet;
};

static inline int
feed_bytes(struct tcs_ctx *x, const struct tcs_source *src, void *inst, const char *data, size_t n,
    const struct feed_how *how)
{
	uint64_t seed = how->seed | 1;
	size_t done = 0, shown = 0;
	bool eof = false;

	while (!eof) {
		size_t more = how->cut(&seed, n - shown), len;
		char *buf;
		int64_t used;

		shown += (src->flags & TCS_S_WHOLE) ? n - shown : more;
		len = shown - done;
		eof = shown == n && (more == 0 || how->cut == feed_whole || (src->flags & TCS_S_WHOLE));
		if ((buf = malloc(len ? len : 1)) == NULL)
			abort();
		if (len)
			memcpy(buf, data + done, len);
		x->base = done;
		x->len = len;
		used = src->feed(inst, buf, len, eof);
		feed_drop(x, TCS_BATCH);
		free(buf);
		if (used < 0)
			return (int)used;
		if ((uint64_t)used > len || (eof && (uint64_t)used != len)) {
			fprintf(x->out, "BAD USE %lld of %zu\n", (long long)used, len);
			return TCS_EPLUGIN;
		}
		done += (size_t)used;
		if ((src->flags & TCS_S_TILES) && x->at != done)
			fprintf(x->out, "BAD TILING: %llu told, %zu used\n", (unsigned long long)x->at, done);
	}
	return TCS_OK;
}

/* All a plugin says of some bytes, as text to be freed. */
static inline char *
feed(const struct tcs_plugin *p, const char *data, size_t n, const struct feed_how *how)
{
	static const struct { struct tcs_source_host h; } table = { {
		{ sizeof(struct tcs_source_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, feed_log, feed_alloc },
		feed_columns, feed_rows, feed_reject, feed_skip } };
	struct tcs_ctx *x = calloc(1, sizeof(*x));
	struct tcs_val val[32], list[16];
	char *text = NULL;
	size_t size = 0;
	void *inst = NULL;
	uint32_t i, k;
	int rc;

	if (x == NULL || (x->out = open_memstream(&text, &size)) == NULL)
		abort();
	x->want = how->want;
	x->flags = p->ops.source->flags;
	x->fail = how->fail - 1;
	x->quiet = how->quiet;
	for (i = 0; i < p->nopt; i++) {
		const char *t = p->opts[i].dflt;
		size_t len = strlen(p->opts[i].name);

		for (k = 0; k < 8 && how->opts[k] != NULL; k++)
			if (strncmp(how->opts[k], p->opts[i].name, len) == 0 && how->opts[k][len] == '=')
				t = how->opts[k] + len + 1;
		val[i] = feed_val(&p->opts[i], t, list);
	}
	rc = p->open(x, &table.h.h, val, &inst);
	if (rc == TCS_OK) {
		rc = p->ops.source->begin(inst, "input");
		if (rc == TCS_OK)
			rc = feed_bytes(x, p->ops.source, inst, data, n, how);
		p->ops.source->end(inst, rc != TCS_OK);
		feed_drop(x, TCS_INPUT);
		p->close(inst);
	}
	feed_drop(x, TCS_INSTANCE);
	fprintf(x->out, "%s\n", rc == TCS_OK ? "ok" : rc == TCS_EINPUT ? "input given up" :
	    rc == TCS_ENOMEM ? "no memory" : "plugin broken");
	for (i = 0; i < x->nname; i++)
		free(x->names[i]);
	fclose(x->out);
	free(x);
	return text;
}

/* A file below the top of the source tree, NUL behind it; NULL when it cannot be read. */
static inline char *
feed_file(const char *name, size_t *n)
{
	const char *top = getenv("TOP_SRCDIR");
	char path[4096], *p;
	FILE *f;
	size_t cap = 1 << 22;

	snprintf(path, sizeof(path), "%s/%s", top ? top : ".", name);
	if ((f = fopen(path, "rb")) == NULL)
		return NULL;
	if ((p = malloc(cap)) == NULL)
		abort();
	*n = fread(p, 1, cap - 1, f);
	p[*n] = '\0';
	fclose(f);
	return p;
}

#endif
