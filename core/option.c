/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options checked against their declaration.  Values come as text, wherever
 * they were given; here each becomes a value of its type or an error that says
 * where, what was expected and the nearest name.  A secret is read from its
 * file when it is written "@file" ("@@x" is the text "@x"), and is never
 * repeated in an error.  Data (TCS_T_DATA) is handed over by whoever loads it,
 * so here it is only a name and may be missing.
 */
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "buf.h"
#include "mem.h"
#include "near.h"
#include "option.h"
#include "paths.h"
#include "secret.h"
#include "timefmt.h"
#include <tocsin/slice.h>

#define MOST_ELEMENTS 4096u

static const struct {
	const char	*name, *form;
} types[] = {
	[TCS_T_BOOL] = { "yes/no", "true or false" },
	[TCS_T_INT] = { "integer", "a whole number" },
	[TCS_T_REAL] = { "number", "a number" },
	[TCS_T_STR] = { "text", "a text" },
	[TCS_T_ENUM] = { "choice", "one of its choices" },
	[TCS_T_DURATION] = { "duration", "a time as 30s, 15m, 12h, 7d" },
	[TCS_T_SIZE] = { "size", "a size as 4096, 512K, 64M, 2G" },
	[TCS_T_SECRET] = { "secret", "a text, or \"@file\"" },
	[TCS_T_DATA] = { "data", "the name of a file" },
};

const char *
option_type_name(uint32_t type)
{
	return type >= TCS_T_BOOL && type <= TCS_T_DATA ? types[type].name : "?";
}

const char *
option_type_form(uint32_t type)
{
	return type >= TCS_T_BOOL && type <= TCS_T_DATA ? types[type].form : "?";
}

struct check {
	struct arena		*a;
	const struct plugin	*p;
	const struct tcs_opt	*o;
	const struct given	*g;		/* NULL: the default */
	struct err		*e;
};

/* An error with its place: in the configuration, on the command line, or in a default. */
static bool
wrong(const struct check *c, const char *text, const char *expected, const char *more)
{
	bool secret = c->o->type == TCS_T_SECRET;
	struct buf b;

	buf_init(&b);
	buf_printf(&b, "option \"%s\" of plugin \"%s\"", c->o->name, c->p->name);
	if (text && !secret)
		buf_printf(&b, ": \"%.100s\"", text);
	buf_printf(&b, ": expected %s%s", expected, more ? more : "");
	if (c->g && c->g->file)
		err_at(c->e, c->g->file, c->g->line, "%s", b.p);
	else
		err_set(c->e, "%s", b.p);
	buf_free(&b);
	return false;
}

static bool
read_bool(struct tcs_slice t, int64_t *out)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on" };
	size_t i;

	for (i = 0; i < 6; i++)
		if (tcs_is_nocase(t, words[i])) {
			*out = i & 1;
			return true;
		}
	return false;
}

static bool
read_int(struct tcs_slice t, int64_t *out)
{
	bool minus = t.n > 1 && t.p[0] == '-';
	uint64_t v;

	if (!tcs_uint(minus ? tcs_slice(t.p + 1, t.n - 1) : t, INT64_MAX, &v))
		return false;
	*out = minus ? -(int64_t)v : (int64_t)v;
	return true;
}

/* Digits, then K, M, G or T (of 1,024), then B or nothing. */
static bool
read_size(struct tcs_slice t, int64_t *out)
{
	static const char units[] = "KMGT";
	unsigned shift = 0;
	const char *u;
	uint64_t v;

	if (t.n > 1 && (t.p[t.n - 1] == 'B' || t.p[t.n - 1] == 'b'))
		t.n--;
	if (t.n > 2 && t.p[t.n - 1] == 'i')
		t.n--;
	if (t.n > 1 && (u = strchr(units, tcs_lower(t.p[t.n - 1]) - 'a' + 'A')) != NULL && *u) {
		shift = 10 * (unsigned)(u - units + 1);
		t.n--;
	}
	if (!tcs_uint(t, (uint64_t)INT64_MAX >> shift, &v))
		return false;
	*out = (int64_t)(v << shift);
	return true;
}

/* The point is a point whatever the locale. */
static bool
read_real(struct tcs_slice t, double *out)
{
	char text[64], *end;
	locale_t c, old;

	if (t.n == 0 || !tcs_copy(text, sizeof text, t) || strspn(text, "+-.0123456789eE") != t.n)
		return false;
	c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	old = uselocale(c);
	*out = strtod(text, &end);
	uselocale(old);
	freelocale(c);
	return *end == '\0' && isfinite(*out);
}

static bool
read_number(uint32_t type, struct tcs_slice t, struct tcs_val *v)
{
	switch (type) {
	case TCS_T_BOOL:
		return read_bool(t, &v->v.i);
	case TCS_T_INT:
		return read_int(t, &v->v.i);
	case TCS_T_DURATION:
		return duration_parse(t.p, t.n, &v->v.i);
	case TCS_T_SIZE:
		return read_size(t, &v->v.i);
	case TCS_T_REAL:
		return read_real(t, &v->v.r);
	}
	return false;
}

/* choices of a number are a range, "1..65535"; either end may be left out. */
static bool
in_range(const struct tcs_opt *o, const struct tcs_val *v)
{
	const char *dots = o->choices ? strstr(o->choices, "..") : NULL;
	struct tcs_val end;
	struct tcs_slice part[2];
	int i;

	if (dots == NULL)
		return true;
	part[0] = tcs_slice(o->choices, (size_t)(dots - o->choices));
	part[1] = tcs_str(dots + 2);
	for (i = 0; i < 2; i++) {
		bool below;

		if (part[i].n == 0 || !read_number(o->type, part[i], &end))
			continue;
		below = o->type == TCS_T_REAL ? v->v.r < end.v.r : v->v.i < end.v.i;
		if (i == 0 ? below : !below && (o->type == TCS_T_REAL ? v->v.r > end.v.r : v->v.i > end.v.i))
			return false;
	}
	return true;
}

static bool
take_number(const struct check *c, const char *text, struct tcs_val *v)
{
	char more[120] = "";

	if (c->o->choices)
		snprintf(more, sizeof more, " from %s", c->o->choices);
	if (!read_number(c->o->type, tcs_trim(tcs_str(text)), v) || !in_range(c->o, v))
		return wrong(c, text, types[c->o->type].form, more);
	return true;
}

static bool
take_choice(const struct check *c, const char *text, struct tcs_val *v)
{
	struct tcs_slice rest = tcs_str(c->o->choices), part, t = tcs_trim(tcs_str(text));
	const char *names[64], *near;
	char more[120] = "";
	size_t n = 0;

	while (n < 64 && tcs_cut(&rest, '|', &part)) {
		names[n] = arena_strndup(c->a, part.p, part.n);
		if (tcs_is_nocase(t, names[n])) {
			v->v.i = (int64_t)n;
			return true;
		}
		n++;
	}
	near = near_name(text, names, n);
	if (near)
		snprintf(more, sizeof more, ", did you mean \"%s\"?", near);
	return wrong(c, text, near && strlen(c->o->choices) > 200 ? "one of its choices" : c->o->choices,
	    more);
}

/* A relative name in the configuration is seen from its folder, like all others there. */
static const char *
seen_from(const struct check *c, const char *name)
{
	char *path;
	const char *kept;

	if (c->g == NULL || c->g->file == NULL || name[0] == '\0')
		return arena_strdup(c->a, name);
	path = path_beside(c->g->file, name);
	kept = arena_strdup(c->a, path);
	free(path);
	return kept;
}

/* ---- secrets ------------------------------------------------------------- */

static bool
read_secret(const struct check *c, const char *name, struct tcs_val *v)
{
	struct err why = ERR_INIT;

	if (secret_read(c->a, c->g != NULL ? c->g->file : NULL, name, &v->v.s, &why))
		return true;
	/* "expected a file ..." is its own sentence */
	return wrong(c, NULL, "a file", why.text + strlen("expected a file"));
}

static bool
take_one(const struct check *c, const char *text, struct tcs_val *v)
{
	v->n = 1;
	v->type = c->o->type;
	switch (c->o->type) {
	case TCS_T_ENUM:
		return take_choice(c, text, v);
	case TCS_T_SECRET:
		if (text[0] == '@' && text[1] != '@')
			return read_secret(c, text + 1, v);
		v->v.s = arena_strdup(c->a, text[0] == '@' ? text + 1 : text);
		return true;
	case TCS_T_STR:
		v->v.s = c->o->flags & TCS_O_PATH ? seen_from(c, text) : arena_strdup(c->a, text);
		return true;
	case TCS_T_DATA:
		v->v.s = seen_from(c, text);
		return true;
	}
	return take_number(c, text, v);
}

/* Elements are told apart by commas; a list that is given again goes on. */
static bool
take_list(const struct check *c, const char *text, struct tcs_val *v)
{
	struct tcs_slice rest = tcs_str(text), part;
	struct tcs_val *list = arena_alloc(c->a, MOST_ELEMENTS * sizeof *list);
	uint32_t n = v->n;

	if (n)
		memcpy(list, v->v.list, n * sizeof *list);
	while (tcs_trim(rest).n && tcs_cut(&rest, ',', &part)) {
		part = tcs_trim(part);
		if (n == MOST_ELEMENTS)
			return wrong(c, NULL, "at most 4096 elements", NULL);
		if (!take_one(c, arena_strndup(c->a, part.p, part.n), &list[n++]))
			return false;
	}
	*v = (struct tcs_val){ .n = n, .type = c->o->type, .v.list = list };
	return true;
}

static bool
take(const struct check *c, const char *text, struct tcs_val *v)
{
	return c->o->flags & TCS_O_LIST ? take_list(c, text, v) : take_one(c, text, v);
}

const struct tcs_val *
option_default(struct arena *a, const struct plugin *p, uint32_t i, struct err *e)
{
	struct check c = { a, p, &p->opts[i], NULL, e };
	struct tcs_val *v = arena_alloc(a, sizeof *v);

	v->type = p->opts[i].type;
	return take(&c, p->opts[i].dflt, v) ? v : NULL;
}

/* ---- all of them --------------------------------------------------------- */

/* What stands beside a plugin's options in the configuration (config.c): a slip in one of these
 * looks like an option. */
static const char *const settings[] = { "name", "plugin", "from", "feed", "every", "tlp", "share", "found_by",
	"for", "to", "via", "tlp_max" };

static bool
unknown(const struct plugin *p, const struct given *g, struct err *e)
{
	const char **names = xcalloc(p->nopt + 1, sizeof *names), *near;
	struct buf b;
	uint32_t i;

	for (i = 0; i < p->nopt; i++)
		names[i] = p->opts[i].name;
	near = near_name(g->name, names, p->nopt);
	buf_init(&b);
	buf_printf(&b, "plugin \"%s\" has no option \"%.60s\"", p->name, g->name);
	if (near == NULL)
		near = near_name(g->name, settings, sizeof settings / sizeof *settings);
	if (near)
		buf_printf(&b, ", did you mean \"%s\"?", near);
	else if (p->nopt)
		buf_str(&b, "; it has");
	for (i = 0; i < p->nopt && !near; i++)
		buf_printf(&b, "%s %s", i ? "," : "", names[i]);
	if (g->file)
		err_at(e, g->file, g->line, "%s", b.p);
	else
		err_set(e, "%s", b.p);
	buf_free(&b);
	free(names);
	return false;
}

static bool
take_given(struct arena *a, const struct plugin *p, const struct given *g, struct tcs_val *vals, bool *seen,
    struct err *e)
{
	struct check c = { a, p, NULL, g, e };
	uint32_t i;

	for (i = 0; i < p->nopt && strcmp(p->opts[i].name, g->name) != 0; i++)
		;
	if (i == p->nopt)
		return unknown(p, g, e);
	c.o = &p->opts[i];
	if (seen[i] && (c.o->flags & TCS_O_LIST) == 0)
		return wrong(&c, NULL, "it once", ", it is given twice");
	seen[i] = true;
	return take(&c, g->value, &vals[i]);
}

static bool
missing(const struct plugin *p, const struct tcs_opt *o, const struct given *given, uint32_t n, struct err *e)
{
	if (n && given[0].file)
		return err_at(e, given[0].file, given[0].line, "plugin \"%s\" must be given \"%s\" (%s): %s",
		    p->name, o->name,
		    option_type_name(o->type), o->help);
	return err_set(e, "plugin \"%s\" must be given \"%s\" (%s): %s", p->name, o->name,
	    option_type_name(o->type), o->help);
}

struct tcs_val *
options_check(struct arena *a, const struct plugin *p, const struct given *given, uint32_t n, struct err *e)
{
	struct tcs_val *vals = arena_alloc(a, (p->nopt + 1) * sizeof *vals);
	bool *seen = arena_alloc(a, p->nopt + 1);
	uint32_t i;

	for (i = 0; i < p->nopt; i++)
		vals[i].type = p->opts[i].type;
	for (i = 0; i < n; i++)
		if (!take_given(a, p, &given[i], vals, seen, e))
			return NULL;
	for (i = 0; i < p->nopt; i++) {
		const struct tcs_opt *o = &p->opts[i];
		struct check c = { a, p, o, NULL, e };

		if (seen[i] || (o->dflt == NULL && ((o->flags & TCS_O_OPTIONAL) || o->type == TCS_T_DATA)))
			continue;
		if (o->dflt == NULL) {
			missing(p, o, given, n, e);
			return NULL;
		}
		if (!take(&c, o->dflt, &vals[i]))
			return NULL;
	}
	return vals;
}
