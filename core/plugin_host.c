/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What plugins there are.  Every .so of the folder is described by a worker of
 * its own; some at a time, since loading one is mostly waiting for its
 * libraries.  There is no cache: tens of plugins, not thousands, and a cache
 * would be wrong one day.  A .so that cannot be used stays in the list with
 * the reason.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "digest.h"
#include "frame.h"
#include "mem.h"
#include "near.h"
#include "option.h"
#include "pack.h"
#include "plugin_host.h"
#include "process.h"
#include "worker/wire.h"
#include <tocsin/slice.h>

#define AT_ONCE		8u
#define TIME_LIMIT	20000		/* ms for one to say what it is */
#define MOST_OPTIONS	256u

static const char *const kinds[] = { "plugin", "source", "stage", "sink", "notifier" };

const char *
plugin_kind_name(uint32_t kind)
{
	return kinds[kind < sizeof kinds / sizeof *kinds ? kind : 0];
}

/* ---- one declaration ----------------------------------------------------- */

static bool
take_options(struct unpack *u, struct arena *a, struct plugin *p)
{
	uint32_t i;

	p->nopt = unpack_u32(u);
	if (u->bad || p->nopt > MOST_OPTIONS) {
		p->nopt = 0;
		return false;
	}
	p->opts = arena_alloc(a, (p->nopt + 1) * sizeof *p->opts);
	for (i = 0; i < p->nopt; i++) {
		struct tcs_opt *o = &p->opts[i];

		o->name = unpack_str(u, a);
		o->type = unpack_u32(u);
		o->flags = unpack_u32(u);
		o->dflt = unpack_str(u, a);
		o->choices = unpack_str(u, a);
		o->help = unpack_str(u, a);
		if (u->bad || !o->name || !o->help || o->type < TCS_T_BOOL || o->type > TCS_T_DATA)
			return false;
	}
	return unpack_end(u);
}

static bool
take_declaration(const struct frames *in, struct arena *a, struct plugin *p)
{
	struct unpack u = { in->p, in->n, false };
	const char *name;

	p->kind = unpack_u32(&u);
	if ((name = unpack_str(&u, a)) != NULL)
		p->name = name;
	p->version = unpack_str(&u, a);
	p->license = unpack_str(&u, a);
	p->summary = unpack_str(&u, a);
	p->help = unpack_str(&u, a);
	p->flags = unpack_u32(&u);
	p->names = unpack_str(&u, a);
	p->starts = unpack_str(&u, a);
	p->columns = unpack_str(&u, a);
	p->channel = unpack_str(&u, a);
	p->renders = unpack_u32(&u) != 0;
	p->delivers = unpack_u32(&u) != 0;
	return take_options(&u, a, p) && name && p->version && p->license && p->summary &&
	    (p->kind == TCS_SOURCE || p->kind == TCS_STAGE || p->kind == TCS_NOTIFIER);
}

/* A default that its own type does not take would fail every configuration. */
static void
check_defaults(struct arena *a, struct plugin *p)
{
	struct err e = ERR_INIT;
	uint32_t i;

	for (i = 0; i < p->nopt; i++)
		if (p->opts[i].dflt && !option_default(a, p, i, &e)) {
			p->refused = arena_printf(a, "its default of %s", e.text);
			return;
		}
}

/* What the worker had to say, or why it did not. */
static void
hear_one(struct process *s, struct arena *a, struct plugin *p)
{
	struct frames in;
	struct unpack u;
	char why[160];
	int got, status;

	frames_init(&in, s->fd, W_DECLARATION);
	got = frames_next(&in, TIME_LIMIT);
	if (got == 1 && in.type == W_DECLARES && take_declaration(&in, a, p))
		check_defaults(a, p);
	else if (got == 1 && in.type == W_REFUSES) {
		u = (struct unpack){ in.p, in.n, false };
		p->refused = unpack_str(&u, a);
	} else if (got == 1 || (got < 0 && errno == EMSGSIZE))
		p->refused = "what it says of itself is damaged";
	else if (got == 0)
		p->refused = arena_printf(a, "did not say what it is within %d s", TIME_LIMIT / 1000);
	frames_free(&in);
	status = got == 0 ? process_kill(s) : process_end(s, TIME_LIMIT);
	if (got < 0 && p->refused == NULL) {
		process_why(why, sizeof why, status, 0);
		p->refused = arena_printf(a, "%s while it was being loaded", why);
	}
	if (p->refused == NULL && got != 1)
		p->refused = "said nothing";
}

static void
digest_file(struct plugin *p)
{
	struct sha256_ctx *c = sha256_new();
	uint8_t out[SHA256_LEN];
	char piece[65536];
	FILE *f = fopen(p->path, "rbe");
	size_t n;

	while (f && (n = fread(piece, 1, sizeof piece, f)) > 0)
		sha256_add(c, piece, n);
	sha256_end(c, f ? out : NULL);
	if (f) {
		digest_hex(out, sizeof out, p->sha256);
		fclose(f);
	}
}

/* ---- the folder ---------------------------------------------------------- */

static int
is_plugin(const struct dirent *d)
{
	return d->d_name[0] != '.' && tcs_ends(tcs_str(d->d_name), ".so");
}

static void
list_files(struct plugins *ps, const char *dir, struct dirent **found, int n)
{
	int i;

	ps->list = arena_alloc(ps->arena, ((size_t)n + 1) * sizeof *ps->list);
	for (i = 0; i < n; i++) {
		struct plugin *p = &ps->list[ps->n++];

		p->path = arena_printf(ps->arena, "%s/%s", dir, found[i]->d_name);
		p->name = arena_strndup(ps->arena, found[i]->d_name, strlen(found[i]->d_name) - 3);
		free(found[i]);
	}
	free(found);
}

static void
refuse_twins(struct plugins *ps)
{
	uint32_t i, k;

	for (i = 1; i < ps->n; i++)
		for (k = 0; k < i && ps->list[i].refused == NULL; k++)
			if (ps->list[k].refused == NULL && strcmp(ps->list[i].name, ps->list[k].name) == 0)
				ps->list[i].refused = arena_printf(ps->arena, "its name \"%s\" is that of %s",
				    ps->list[i].name,
				    ps->list[k].path);
}

struct plugins *
plugins_find(const char *dir, struct err *e)
{
	struct process s[AT_ONCE];
	struct plugins *ps;
	struct dirent **found;
	uint32_t i, k;
	int n = scandir(dir, &found, is_plugin, alphasort);

	if (n < 0) {
		err_set(e, "plugins: cannot read the folder %s: %s", dir, strerror(errno));
		return NULL;
	}
	ps = xcalloc(1, sizeof *ps);
	ps->arena = arena_new();
	list_files(ps, dir, found, n);
	for (i = 0; i < ps->n; i += AT_ONCE) {
		for (k = 0; k < AT_ONCE && i + k < ps->n; k++)
			if (!process_start(&s[k], "describe", ps->list[i + k].path, NULL, 0, NULL, e))
				break;
		uint32_t started = k;

		for (k = 0; k < started; k++) {
			digest_file(&ps->list[i + k]);
			hear_one(&s[k], ps->arena, &ps->list[i + k]);
		}
		if (started < AT_ONCE && i + started < ps->n) {
			plugins_free(ps);
			return NULL;
		}
	}
	refuse_twins(ps);
	return ps;
}

void
plugins_free(struct plugins *p)
{
	if (p == NULL)
		return;
	arena_free(p->arena);
	free(p);
}

const struct plugin *
plugin_get(const struct plugins *ps, const char *name, uint32_t kind, struct err *e)
{
	const char **names = xcalloc(ps->n + 1, sizeof *names), *near;
	const struct plugin *other = NULL;
	uint32_t i, n = 0;

	for (i = 0; i < ps->n; i++) {
		const struct plugin *p = &ps->list[i];
		bool same = strcmp(p->name, name) == 0;

		if (same && p->refused == NULL && (kind == 0 || p->kind == kind)) {
			free(names);
			return p;
		}
		if (same && (other == NULL || other->refused))
			other = p;
		if (p->refused == NULL && (kind == 0 || p->kind == kind))
			names[n++] = p->name;
	}
	near = near_name(name, names, n);
	if (other && other->refused)
		err_set(e, "plugin \"%s\" cannot be used: %s %s", name, other->path, other->refused);
	else if (other)
		err_set(e, "plugin \"%s\" is a %s, expected a %s%s%s%s", name, plugin_kind_name(other->kind),
		    plugin_kind_name(kind), near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" :
		    "");
	else
		err_set(e, "there is no %s \"%s\"%s%s%s", kind ? plugin_kind_name(kind) : "plugin", name,
		    near ? ", did you mean \"" : "", near ? near : "", near ? "\"?" :
		    " (tocsin plugin list shows all)");
	free(names);
	return NULL;
}
