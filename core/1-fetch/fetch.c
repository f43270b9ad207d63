/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places of the configured sources, and one look at one of them.  What is
 * remembered only saves reading the same bytes twice, and is never needed to
 * be right.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "1-fetch/fetch_int.h"
#include "1-fetch/mailbox.h"
#include "buf.h"
#include "mem.h"
#include "timefmt.h"
#include "utf8.h"
#include <tocsin/slice.h>

int64_t
fetch_monotonic(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NS + ts.tv_nsec;
}

struct mark
fetch_mark(const struct stat *st)
{
	return (struct mark){ st->st_dev, st->st_ino, (uint64_t)st->st_size,
	    st->st_mtim.tv_sec * NS + st->st_mtim.tv_nsec, st->st_ctim.tv_sec * NS + st->st_ctim.tv_nsec };
}

bool
mark_same(const struct mark *a, const struct mark *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->size == b->size && a->mtime == b->mtime &&
	    a->ctime == b->ctime;
}

const char *
fetch_safe(struct arena *a, const char *s)
{
	struct buf b;
	const char *text;

	buf_init(&b);
	utf8_safe(&b, s, strlen(s));
	text = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_free(&b);
	return text;
}

static void
place_file(struct arena *a, struct place *p, const char *path)
{
	const char *slash = strrchr(path, '/');

	p->transport = FROM_FILE;
	p->only = slash ? slash + 1 : path;
	p->from = slash == NULL ? "." : slash == path ? "/" : arena_strndup(a, path, (size_t)(slash - path));
}

static bool
place_open(const struct config *c, struct arena *a, struct place *p, const struct cfg_source *src,
    struct err *e)
{
	struct tcs_slice from = tcs_str(src->from);

	p->source = src;
	p->now = arena_new();
	p->before = arena_new();
	p->events = arena_new();
	if (tcs_starts(from, "dir:")) {
		p->transport = FROM_DIR;
		p->from = src->from + 4;
	} else if (tcs_starts(from, "file:")) {
		place_file(a, p, src->from + 5);
	} else if (mailbox_is(src->from)) {
		p->transport = FROM_MAILBOX;
		p->from = src->from;
		return mails_check(c, src, e);
	} else if (api_is(src->from)) {
		p->transport = FROM_API;
		p->from = src->from;
		return api_check(c, src, e);
	} else {
		p->transport = FROM_HTTP;
		p->from = src->from;
		return http_check(src, e);
	}
	return true;
}

struct fetch *
fetch_open(const struct config *c, struct spool *s, struct err *e)
{
	struct fetch *f = xcalloc(1, sizeof *f);
	uint32_t i;

	if (!http_ready())
		return err_set(e, "libcurl cannot be used"), free(f), NULL;
	f->config = c;
	f->spool = s;
	f->arena = arena_new();
	f->place = xcalloc(c->nsource ? c->nsource : 1, sizeof *f->place);
	f->watch = watch_open();
	f->net = net_open();
	for (i = 0; i < c->nsource; i++) {
		struct err why = ERR_INIT;

		f->nplace++;
		if (!place_open(c, f->arena, &f->place[i], &c->source[i], &why)) {
			err_at(e, c->file != NULL ? c->file : "configuration", c->source[i].line, "%s",
			    why.text);
			fetch_close(f);
			return NULL;
		}
	}
	return f;
}

void
fetch_close(struct fetch *f)
{
	uint32_t i;

	if (f == NULL)
		return;
	fetch_cancel(f);
	net_close(f->net);
	for (i = 0; i < f->nplace; i++) {
		struct place *p = &f->place[i];

		arena_free(p->now);
		arena_free(p->before);
		arena_free(p->events);
		free(p->finished);
		free(p->seen);
	}
	watch_close(f->watch);
	arena_free(f->arena);
	free(f->place);
	free(f);
}

static struct place *
find_place(struct fetch *f, const struct cfg_source *src, struct err *e)
{
	uint32_t i;

	for (i = 0; i < f->nplace; i++)
		if (f->place[i].source == src)
			return &f->place[i];
	err_set(e, "source \"%s\" is not one of this configuration", src->name);
	return NULL;
}

bool
fetch_look(struct fetch *f, const struct cfg_source *src, bool settle, const struct fetch_sink *sink,
    struct err *e)
{
	struct place *p = find_place(f, src, e);

	if (p == NULL)
		return false;
	if (p->transport == FROM_MAILBOX)
		return mails_look(f, p, sink, e);
	if (p->transport == FROM_API)
		return api_look(f, p, sink, e);
	return p->transport == FROM_HTTP ? http_look(f, p, sink, e) : folder_look(f, p, settle, sink, e);
}

bool
fetch_look_soon(struct fetch *f, const struct cfg_source *src, const struct fetch_sink *sink,
    bool *begun, struct err *e)
{
	struct place *p = find_place(f, src, e);

	*begun = p != NULL && p->transport == FROM_HTTP && f->net != NULL;
	return *begun ? fetch_begin(f, p, sink, e) : p != NULL && fetch_look(f, src, false, sink, e);
}

int
fetch_net_fd(const struct fetch *f)
{
	return net_fd(f->net);
}

int
fetch_fd(struct fetch *f)
{
	return watch_fd(f->watch);
}

uint64_t
fetch_drain(struct fetch *f)
{
	return watch_drain(f->watch, f);
}
