/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which names a template uses, and whether they exist.  A name inside of
 * sections may be a member of any of them, innermost first, or stand at the
 * root; so a use is reported with the sections around it, and partials are
 * followed from where they are called.
 */
#include <string.h>
#include "5-compose/mustache_node.h"
#include "near.h"

#define AROUND	((MU_PARTIALS + 1) * MU_SECTIONS)

struct walk {
	struct tcs_slice	 around[AROUND];
	uint32_t		 naround;
	/* being walked; a partial that calls itself is not entered */
	const struct mu		*calls[MU_PARTIALS + 1];
	uint32_t		 ncalls;
	bool			 (*each)(void *arg, const struct mu_use *u);
	void			*arg;
};

static bool
walk_use(struct walk *w, const struct mu *t, const struct mu_node *n)
{
	struct mu_use u = { n->s, w->around, w->naround, t->file, n->line, n->kind == MU_SECTION ||
	    n->kind == MU_INVERTED };

	return tcs_is(n->s, ".") || w->each(w->arg, &u);
}

static bool
walk_entered(const struct walk *w, const struct mu *t)
{
	uint32_t i;

	for (i = 0; i < w->ncalls; i++)
		if (w->calls[i] == t)
			return true;
	return w->ncalls > MU_PARTIALS;
}

/* Recursion is bounded by MU_PARTIALS. */
static bool
walk(struct walk *w, const struct mu *t)
{
	const struct mu_node *n;
	bool on = true;
	uint32_t i;

	if (walk_entered(w, t))
		return true;
	w->calls[w->ncalls++] = t;
	for (i = 0; on && i < t->n; i++) {
		n = &t->node[i];
		if (n->kind == MU_PARTIAL && n->partial)
			on = walk(w, n->partial);
		else if (n->kind == MU_END && t->node[n->other].kind == MU_SECTION)
			w->naround--;
		else if (n->kind != MU_LITERAL && n->kind != MU_END && n->kind != MU_PARTIAL)
			on = walk_use(w, t, n);
		if (n->kind == MU_SECTION)
			w->around[w->naround++] = n->s;
	}
	w->ncalls--;
	return on;
}

void
mu_uses(const struct mu *t, bool (*each)(void *arg, const struct mu_use *u), void *arg)
{
	struct walk w = { .each = each, .arg = arg };

	walk(&w, t);
}

/* ---- the check */

struct check {
	const char *const	*known;
	size_t			 n;
	struct arena		*arena;
	struct err		*e;
	bool			 fine;
};

/* The known name that is prefix, a dot (unless prefix is empty) and name; or NULL. */
static const char *
known_under(const struct check *c, const char *prefix, struct tcs_slice name)
{
	size_t i, n = strlen(prefix);
	const char *k;

	for (i = 0; i < c->n; i++) {
		k = c->known[i];
		if (n > 0) {
			if (strncmp(k, prefix, n) != 0 || k[n] != '.')
				continue;
			k += n + 1;
		}
		if (tcs_is(name, k))
			return c->known[i];
	}
	return NULL;
}

/* Looks name up as the renderer would, in the full names of the sections around it. */
static const char *
known_in(const struct check *c, const char *const *full, uint32_t nfull, struct tcs_slice name)
{
	const char *k = NULL;
	uint32_t i;

	for (i = nfull; i > 0 && k == NULL; i--)
		if (full[i - 1])
			k = known_under(c, full[i - 1], name);
	return k ? k : known_under(c, "", name);
}

/* The nearest name that could stand here, as it would be written here. */
static const char *
nearest(const struct check *c, const char *const *full, uint32_t nfull, const char *name)
{
	const char **names = arena_alloc(c->arena, (c->n * (nfull + 1) + 1) * sizeof(*names));
	size_t n = 0, i, len;
	uint32_t j;

	for (j = nfull; j > 0; j--) {
		len = full[j - 1] ? strlen(full[j - 1]) : 0;
		for (i = 0; len > 0 && i < c->n; i++)
			if (strncmp(c->known[i], full[j - 1], len) == 0 && c->known[i][len] == '.')
				names[n++] = c->known[i] + len + 1;
	}
	for (i = 0; i < c->n; i++)
		names[n++] = c->known[i];
	return near_name(name, names, n);
}

static bool
check_use(void *arg, const struct mu_use *u)
{
	struct check *c = arg;
	const char *full[AROUND], *near, *name;
	uint32_t i;

	for (i = 0; i < u->naround; i++)
		full[i] = known_in(c, full, i, u->around[i]);
	if (known_in(c, full, u->naround, u->name))
		return true;
	name = arena_strndup(c->arena, u->name.p, u->name.n);
	near = nearest(c, full, u->naround, name);
	c->fine = err_at(c->e, u->file, u->line,
	    "\"%s\" is not known here, expected a name of the data model%s%s%s", name,
	    near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
	return false;
}

bool
mu_check(const struct mu *t, const char *const *known, size_t nknown, struct err *e)
{
	struct check c = { known, nknown, arena_new(), e, true };

	mu_uses(t, check_use, &c);
	arena_free(c.arena);
	return c.fine;
}
