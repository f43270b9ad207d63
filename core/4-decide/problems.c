/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See problems.h.  The table is small and read once; a name that is not in it
 * is remembered too, so that a problem's text is always the same pointer's.
 */
#include <stdlib.h>
#include <string.h>
#include "arena.h"
#include "digest.h"
#include "lines.h"
#include "map.h"
#include "mem.h"
#include "problems.h"

struct problems {
	struct arena	*arena;
	struct map	*map;		/* lower-case alias -> const char * of the problem */
	char		 sha256[2 * SHA256_LEN + 1];
	struct map	*target;	/* problem -> struct target *: the line that names it first */
};

struct target {
	const char	*alias;
	unsigned	 line;
};

static char *
lower(struct arena *a, struct tcs_slice s)
{
	char *out = arena_strndup(a, s.p, s.n);
	size_t i;

	for (i = 0; i < s.n; i++)
		out[i] = tcs_lower(out[i]);
	return out;
}

struct reading {
	struct problems	*p;
	const char	*file;
	struct sha256_ctx *hash;
};

/* One step from a name to its problem: with two, feeds that say the same would not meet. */
static bool
no_chain(struct problems *p, const char *file, unsigned line, const char *key, const char *value,
    struct err *e)
{
	const struct target *t;
	struct target *own;
	uint64_t got;

	if (strcmp(key, value) == 0)
		return true;
	if (map_get(p->target, key, strlen(key), &got)) {
		t = (const struct target *)(uintptr_t)got;
		return err_at(e, file, line, "\"%s\" is what line %u makes of \"%s\"; expected one step: "
		    "give \"%s\" there", key, t->line, t->alias, value);
	}
	if (map_get(p->map, value, strlen(value), &got) && strcmp((const char *)(uintptr_t)got, value) != 0)
		return err_at(e, file, line, "\"%s\" is itself an alias of \"%s\"; expected one step: "
		    "give \"%s\" here", value, (const char *)(uintptr_t)got, (const char *)(uintptr_t)got);
	if (!map_get(p->target, value, strlen(value), NULL)) {
		own = arena_alloc(p->arena, sizeof *own);
		*own = (struct target){ key, line };
		map_set(p->target, value, strlen(value), (uintptr_t)own);
	}
	return true;
}

/* alias,problem[,comment]: names hold neither commas nor quotes, so a plain cut reads them. */
static bool
add_line(struct problems *p, const char *file, unsigned line, struct tcs_slice s, struct err *e)
{
	struct tcs_slice alias, problem;
	const char *key, *value;
	uint64_t old;

	s = tcs_trim(s);
	if (s.n == 0 || s.p[0] == '#')
		return true;
	if (!tcs_cut(&s, ',', &alias) || !tcs_cut(&s, ',', &problem) || tcs_trim(alias).n == 0 ||
	    tcs_trim(problem).n == 0)
		return err_at(e, file, line, "expected alias,problem");
	if (memchr(alias.p, '"', alias.n) || memchr(problem.p, '"', problem.n))
		return err_at(e, file, line, "names of problems hold no quotes");
	key = lower(p->arena, tcs_trim(alias));
	value = lower(p->arena, tcs_trim(problem));
	if (map_get(p->map, key, strlen(key), &old))
		return err_at(e, file, line, "\"%s\" is already an alias of \"%s\"", key,
		    (const char *)(uintptr_t)old);
	if (!no_chain(p, file, line, key, value, e))
		return false;
	map_set(p->map, key, strlen(key), (uintptr_t)value);
	return true;
}

static bool
on_line(void *arg, char *text, size_t n, unsigned line, struct err *e)
{
	const struct reading *r = arg;

	sha256_add(r->hash, text, n);
	sha256_add(r->hash, "\n", 1);
	if (line == 1)
		return tcs_starts(tcs_slice(text, n), "alias,problem") ||
		    err_at(e, r->file, 1, "expected the header alias,problem,comment");
	return add_line(r->p, r->file, line, tcs_slice(text, n), e);
}

struct problems *
problems_load(const char *file, struct err *e)
{
	struct problems *p = xcalloc(1, sizeof *p);
	struct reading r = { p, file, sha256_new() };
	uint8_t hash[SHA256_LEN];
	unsigned last;
	bool good;

	p->arena = arena_new();
	p->map = map_new();
	p->target = map_new();
	good = lines_read(file, &(struct lines_sink){ &r, on_line }, &last, e);
	sha256_end(r.hash, hash);
	digest_hex(hash, sizeof hash, p->sha256);
	if (good)
		return p;
	problems_free(p);
	return NULL;
}

void
problems_free(struct problems *p)
{
	if (p == NULL)
		return;
	map_free(p->map);
	map_free(p->target);
	arena_free(p->arena);
	free(p);
}

const char *
problems_sha256(const struct problems *p)
{
	return p->sha256;
}

const char *
problems_canonical(const struct problems *p, struct tcs_slice name)
{
	char small[256], *key = name.n < sizeof small ? small : xmalloc(name.n);
	size_t i;
	uint64_t value;
	const char *own;

	for (i = 0; i < name.n; i++)
		key[i] = tcs_lower(name.p[i]);
	if (map_get(p->map, key, name.n, &value))
		own = (const char *)(uintptr_t)value;
	else {
		own = arena_strndup(p->arena, key, name.n);
		map_set(p->map, key, name.n, (uintptr_t)own);
	}
	if (key != small)
		free(key);
	return own;
}
