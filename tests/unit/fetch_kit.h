/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of fetch share: a temporary folder, a config with one
 * source, and a sink that writes down what it is told, a line each:
 * "arrived NAME SIZE" or "trouble WHAT: WHY".
 */
#ifndef TESTS_UNIT_FETCH_KIT_H
#define TESTS_UNIT_FETCH_KIT_H

#include <unistd.h>
#include "1-fetch/fetch.h"
#include "buf.h"
#include "tap.h"

struct kit {
	char			 dir[64];
	struct arena		*a;
	struct buf		 told;
	struct config		 c;
	struct cfg_source	 src;
	struct spool		*spool;
	struct fetch		*f;
	struct arrival		 last;
	char			 state[512];	/* what put was given */
	struct buf		 taken;		/* the same, of dir: */
	char			 path[512];
	bool			 refuse, stop;
	struct fetch_sink	 sink;
};

static inline bool
kit_arrived(void *arg, const struct arrival *a, struct err *e)
{
	struct kit *k = arg;

	k->last = *a;
	snprintf(k->path, sizeof k->path, "%s", a->path);
	buf_printf(&k->told, "arrived %s %llu\n", a->name, (unsigned long long)a->blob.size);
	return k->refuse ? err_set(e, "the ledger is full") : true;
}

static inline void
kit_trouble(void *arg, const struct cfg_source *s, const char *what, const char *why)
{
	struct kit *k = arg;
	size_t n = strlen(k->dir);

	(void)s;
	buf_printf(&k->told, "trouble %s: %s\n", strncmp(what, k->dir, n) == 0 ? what + n : what, why);
}

static inline const char *
kit_get(void *arg, struct arena *a, const char *key)
{
	struct kit *k = arg;

	if (strcmp(key, "dir:test:taken") == 0)
		return k->taken.n > 0 ? arena_strdup(a, k->taken.p) : NULL;
	return strcmp(key, "http:test:etag") == 0 && k->state[0] ? k->state : NULL;
}

static inline void
kit_put(void *arg, const char *key, const char *value)
{
	struct kit *k = arg;

	if (strcmp(key, "dir:test:taken") == 0) {
		buf_reset(&k->taken);
		buf_str(&k->taken, value);
	} else
		snprintf(k->state, sizeof k->state, "%s", value);
}

static inline bool
kit_stop(void *arg)
{
	return ((struct kit *)arg)->stop;
}

static inline const char *
kit_at(struct kit *k, const char *name)
{
	return arena_printf(k->a, "%s/%s", k->dir, name);
}

static inline void
kit_open(struct kit *k, const char *name)
{
	struct err e = ERR_INIT;

	snprintf(k->dir, sizeof k->dir, "/tmp/%s.XXXXXX", name);
	if (mkdtemp(k->dir) == NULL)
		exit(99);
	k->a = arena_new();
	k->sink = (struct fetch_sink){ k, kit_arrived, kit_trouble, kit_get, kit_put, kit_stop, NULL };
	k->src.name = "test";
	k->c.source = &k->src;
	k->c.nsource = 1;
	k->c.limits.fetch_size = 1 << 20;
	k->c.limits.http_timeout = 1;
	k->spool = spool_open(kit_at(k, "spool"), &e);
}

/* Points it at another source, with nothing remembered in memory. */
static inline bool
kit_from(struct kit *k, const char *from, struct err *e)
{
	fetch_close(k->f);
	k->src.from = from;
	k->f = fetch_open(&k->c, k->spool, e);
	return k->f != NULL;
}

static inline int
kit_by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of text in order: which of two young files is complete first is not ours to say. */
static inline const char *
kit_sorted(struct kit *k, const char *text)
{
	char *copy = arena_strdup(k->a, text), *line[64], *nl;
	const char *out = "";
	size_t n = 0, i;

	for (; n < 64 && (nl = strchr(copy, '\n')) != NULL; copy = nl + 1) {
		*nl = '\0';
		line[n++] = copy;
	}
	qsort(line, n, sizeof *line, kit_by_text);
	for (i = 0; i < n; i++)
		out = arena_printf(k->a, "%s%s\n", out, line[i]);
	return out;
}

/* One look; what was told is what was wanted, in any order. */
static inline bool
kit_look(struct kit *k, bool settle, const char *want, const char *what)
{
	struct err e = ERR_INIT;

	buf_reset(&k->told);
	buf_str(&k->told, "");
	if (!fetch_look(k->f, &k->src, settle, &k->sink, &e))
		buf_printf(&k->told, "error %s\n", e.text);
	return is_str(kit_sorted(k, k->told.p), kit_sorted(k, want), what);
}

static inline int
kit_close(struct kit *k)
{
	char cmd[200];

	fetch_close(k->f);
	spool_close(k->spool);
	buf_free(&k->told);
	buf_free(&k->taken);
	arena_free(k->a);
	snprintf(cmd, sizeof cmd, "chmod -R u+rwx %s && rm -r %s", k->dir, k->dir);
	return system(cmd);
}

#endif
