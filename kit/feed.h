/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for one source plugin, for tests and tocsin plugin check: feeds it
 * bytes in pieces and writes down all it says, one line each, with offsets in
 * the whole input.  What is shown lies in memory of just its size that is
 * freed after the call, so that the sanitizers see a plugin that reads beyond
 * it or keeps it; with guard it lies, read-only, against a page that cannot be
 * read, at an address that is not used again soon, so that the processor sees
 * it too.  Order and tiling are checked here.  It does no I/O of its own.
 */
#ifndef KIT_FEED_H
#define KIT_FEED_H

#include <tocsin/plugin.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
	bool		 bad, quiet, failed;	/* failed: the allocation to fail was asked for */
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

	if (x->fail >= 0 && x->fail-- == 0) {
		x->failed = true;
		return NULL;
	}
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

/* "64M", "7d", "12". */
static inline int64_t
feed_number(const char *text)
{
	static const struct { char unit; int64_t times; } units[] = { { 'K', 1 << 10 }, { 'M', 1 << 20 },
		{ 'G', 1 << 30 }, { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	char *end;
	int64_t n = strtoll(text, &end, 10);
	size_t i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (*end == units[i].unit)
			n *= units[i].times;
	return n;
}

/* The value of one element, of its text. */
static inline struct tcs_val
feed_one(const struct tcs_opt *o, const char *text)
{
	struct tcs_val v = { .n = 1, .type = o->type };
	const char *at, *q;

	switch (o->type) {
	case TCS_T_BOOL:
		v.v.i = strcmp(text, "yes") == 0 || strcmp(text, "true") == 0 || strcmp(text, "on") == 0;
		break;
	case TCS_T_ENUM:
		at = strstr(o->choices, text);
		for (q = o->choices; q < at; q++)
			v.v.i += *q == '|';
		break;
	case TCS_T_INT:
	case TCS_T_SIZE:
	case TCS_T_DURATION:
		v.v.i = feed_number(text);
		break;
	case TCS_T_REAL:
		v.v.r = strtod(text, NULL);
		break;
	default:
		v.v.s = text;
	}
	return v;
}

/* Lists have at most 16, by commas. */
static inline struct tcs_val
feed_val(const struct tcs_opt *o, const char *text, struct tcs_val *list)
{
	struct tcs_val v = { .type = o->type };
	static char kept[8][256];
	static int nkept;
	char *p, *next;

	if (text == NULL)
		return v;
	if (!(o->flags & TCS_O_LIST))
		return feed_one(o, text);
	p = kept[nkept++ % 8];
	snprintf(p, sizeof(kept[0]), "%s", text);
	for (; v.n < 16 && p != NULL && *p != '\0'; p = next) {
		if ((next = strchr(p, ',')) != NULL)
			*next++ = '\0';
		list[v.n++] = feed_one(o, p);
	}
	v.v.list = list;
	return v;
}

struct feed_how {
	const char	*opts[32];	/* "name=value" */
	const char	*want;
	feed_cut	 cut;
	uint64_t	 seed;
	int64_t		 fail;		/* 0: none, else the number of the allocation that fails */
	bool		 quiet;
	bool		 guard;
	bool		 abort;		/* give up where data ends, as if more was to come */
	bool		*broke;		/* when it broke the contract; cells hold any text, "BAD" too */
};

/* ---- the bytes being shown ------------------------------------------------- */

#define FEED_ROOM (UINT64_C(1) << 36)	/* of addresses; used up in turn */
/* For who explains a fault: the room, and what was shown in it last. */
static char *feed_room, *feed_shown;
static size_t feed_nshown;

static inline char *
feed_guarded(const char *data, size_t n)
{
	static size_t next;
	size_t page = (size_t)sysconf(_SC_PAGESIZE), all = (n + page - 1) / page * page;
	char *at;

	if (feed_room == NULL) {
		feed_room = mmap(NULL, FEED_ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		    0);
		if (feed_room == MAP_FAILED)
			abort();
	}
	if (next + all + 2 * page > FEED_ROOM)
		next = 0;
	at = feed_room + next + page;
	next += all + page;
	if (all > 0 && mmap(at, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
	    0) == MAP_FAILED)
		abort();
	if (n > 0)
		memcpy(at + all - n, data, n);
	if (all > 0)
		mprotect(at, all, PROT_READ);
	feed_shown = at + all - n;
	feed_nshown = n;
	return at + all - n;
}

static inline char *
feed_show(const char *data, size_t n, bool guard)
{
	char *buf;

	if (guard)
		return feed_guarded(data, n);
	if ((buf = malloc(n ? n : 1)) == NULL)
		abort();
	if (n)
		memcpy(buf, data, n);
	return buf;
}

static inline void
feed_hide(char *buf, size_t n, bool guard)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), all = (n + page - 1) / page * page;

	if (!guard)
		free(buf);
	else if (all > 0)
		mmap(buf + n - all, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
		    -1, 0);
}

/* ---- one instance ------------------------------------------------------------ */

struct feed_run {
	const struct tcs_plugin	*p;
	const struct feed_how	*how;
	struct tcs_ctx		*x;
	void			*inst;
	char			*text;
	size_t			 size;
	int			 rc;
	/* of the input */
	const char		*data;
	size_t			 n, done, shown;
	uint64_t		 seed;
	bool			 eof;
	struct tcs_val		 val[64], list[16];
};

/* Values of all options: those given, else the defaults. */
static inline void
feed_vals(struct feed_run *r, const struct feed_how *how)
{
	const struct tcs_plugin *p = r->p;
	uint32_t i, k;

	for (i = 0; i < p->nopt && i < 64; i++) {
		const struct tcs_opt *o = (const void *)((const char *)p->opts + (size_t)i * p->optsize);
		const char *t = o->dflt;
		size_t len = strlen(o->name);

		for (k = 0; k < 32 && how->opts[k] != NULL; k++)
			if (strncmp(how->opts[k], o->name, len) == 0 && how->opts[k][len] == '=')
				t = how->opts[k] + len + 1;
		r->val[i] = feed_val(o, t, r->list);
	}
}

static inline void
feed_open(struct feed_run *r, const struct tcs_plugin *p, const struct feed_how *how)
{
	static const struct { struct tcs_source_host h; } table = { {
		{ sizeof(struct tcs_source_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, feed_log, feed_alloc },
		feed_columns, feed_rows, feed_reject, feed_skip } };
	struct tcs_ctx *x = calloc(1, sizeof(*x));

	*r = (struct feed_run){ .p = p, .how = how, .x = x };
	if (x == NULL || (x->out = open_memstream(&r->text, &r->size)) == NULL)
		abort();
	x->want = how->want;
	x->flags = p->ops.source->flags;
	x->fail = how->fail - 1;
	x->quiet = how->quiet;
	feed_vals(r, how);
	r->rc = p->open(x, &table.h.h, r->val, &r->inst);
}

static inline void
feed_begin(struct feed_run *r, const char *data, size_t n)
{
	r->data = data;
	r->n = n;
	r->done = r->shown = 0;
	r->seed = r->how->seed | 1;
	r->eof = false;
	r->x->at = r->x->last = r->x->base = r->x->len = 0;
	if (r->rc == TCS_OK)
		r->rc = r->p->ops.source->begin(r->inst, "input");
}

/* One feed; false: there is no more to do. */
static inline bool
feed_step(struct feed_run *r)
{
	const struct tcs_source *src = r->p->ops.source;
	struct tcs_ctx *x = r->x;
	size_t more, len;
	int64_t used;
	char *buf;

	if (r->rc != TCS_OK || r->eof)
		return false;
	more = r->how->cut(&r->seed, r->n - r->shown);
	if (r->how->abort && more == 0)
		return false;
	r->shown += (src->flags & TCS_S_WHOLE) ? r->n - r->shown : more;
	len = r->shown - r->done;
	r->eof = !r->how->abort && r->shown == r->n && (more == 0 || r->how->cut == feed_whole ||
	    (src->flags & TCS_S_WHOLE));
	buf = feed_show(r->data + r->done, len, r->how->guard);
	x->base = r->done;
	x->len = len;
	used = src->feed(r->inst, buf, len, r->eof);
	feed_drop(x, TCS_BATCH);
	feed_hide(buf, len, r->how->guard);
	if (used < 0) {
		r->rc = (int)used;
		return false;
	}
	if ((uint64_t)used > len || (r->eof && (uint64_t)used != len)) {
		fprintf(x->out, "BAD USE %lld of %zu\n", (long long)used, len);
		x->bad = true;
		r->rc = TCS_EPLUGIN;
		return false;
	}
	r->done += (size_t)used;
	if ((src->flags & TCS_S_TILES) && x->at != r->done) {
		fprintf(x->out, "BAD TILING: %llu told, %zu used\n", (unsigned long long)x->at, r->done);
		x->bad = true;
	}
	return true;
}

static inline void
feed_end(struct feed_run *r)
{
	if (r->inst != NULL)
		r->p->ops.source->end(r->inst, r->rc != TCS_OK || r->how->abort);
	feed_drop(r->x, TCS_INPUT);
}

/* All that was said, to be freed. */
static inline char *
feed_close(struct feed_run *r)
{
	uint32_t i;

	if (r->inst != NULL)
		r->p->close(r->inst);
	feed_drop(r->x, TCS_INSTANCE);
	fprintf(r->x->out, "%s\n", r->rc == TCS_OK ? "ok" : r->rc == TCS_EINPUT ? "input given up" :
	    r->rc == TCS_ENOMEM ? "no memory" : "plugin broken");
	if (r->how->broke != NULL)
		*r->how->broke = r->x->bad || (r->rc != TCS_OK && r->rc != TCS_EINPUT && r->rc != TCS_ENOMEM);
	for (i = 0; i < r->x->nname; i++)
		free(r->x->names[i]);
	fclose(r->x->out);
	free(r->x);
	return r->text;
}

/* All a plugin says of some bytes, as text to be freed. */
static inline char *
feed(const struct tcs_plugin *p, const char *data, size_t n, const struct feed_how *how)
{
	struct feed_run r;

	feed_open(&r, p, how);
	if (r.rc == TCS_OK) {
		feed_begin(&r, data, n);
		while (feed_step(&r))
			;
		feed_end(&r);
	} else
		r.inst = NULL;
	return feed_close(&r);
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
