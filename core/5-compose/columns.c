/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See columns.h.  A plain list, asked from the top.  A pattern that is one
 * name without a glob must be a field of IDF or begin with "extra.": a slip of
 * the hand here would silently keep something back.
 */
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/columns.h"
#include "arena.h"
#include "finding.h"
#include "lines.h"
#include "mem.h"
#include "near.h"

/* One alternative of "a|b*".  Most are a name, or end in their only star. */
struct glob {
	const char	*text;
	size_t		 n;		/* of what is compared without fnmatch, if any is */
	enum { GLOB_NAME, GLOB_PREFIX, GLOB_ANY } kind;
};

struct globs {
	struct glob	*list;
	uint32_t	 n;		/* 0: all */
	bool		 all;
};

struct rule {
	struct globs	 feed, report, column;
	bool		 defang;
};

struct columns {
	struct arena	*arena;
	struct rule	*rule;
	size_t		 n;
};

struct reading {
	struct columns	*c;
	const char	*file;
};

#define HEADER	"feed,report,column,defang,comment"

static const char *
near_field(struct tcs_slice name)
{
	const char *names[TCS_F_COUNT];
	char *text = xstrndup(name.p, name.n);
	const char *near;
	size_t n = 0;
	unsigned i;

	for (i = 1; i < TCS_F_COUNT; i++)
		if (field_by_number(i) != NULL)
			names[n++] = field_by_number(i)->name;
	near = near_name(text, names, n);
	free(text);
	return near;
}

static bool
check_column(const char *file, unsigned line, struct tcs_slice pattern, struct err *e)
{
	struct tcs_slice rest = pattern, part;
	const char *near;

	while (tcs_cut(&rest, '|', &part)) {
		if (part.n == 0)
			return err_at(e, file, line,
			    "no column, expected the name of one, such as extra.version");
		if (tcs_find(part, '*') < part.n || tcs_find(part, '?') < part.n ||
		    tcs_find(part, '[') < part.n)
			continue;
		if (tcs_starts(part, "extra.") || field_by_name(part) != NULL)
			continue;
		near = near_field(part);
		return err_at(e, file, line, "column \"%.*s\" is not a field, expected one of IDF or "
		    "extra.NAME%s%s%s", (int)part.n, part.p, near ? "; did you mean \"" : "",
		    near ? near : "", near ? "\"?" : "");
	}
	return true;
}

/* "a|b*"; empty: all. */
static struct globs
globs_of(struct arena *a, struct tcs_slice pattern)
{
	struct globs g = { .list = arena_alloc(a, (pattern.n + 1) * sizeof *g.list), .all = pattern.n == 0 };
	struct tcs_slice part;

	while (tcs_cut(&pattern, '|', &part)) {
		struct glob *one = &g.list[g.n++];

		one->text = arena_strndup(a, part.p, part.n);
		one->n = strcspn(one->text, "*?[\\");
		one->kind = one->n == part.n ? GLOB_NAME :
		    one->n + 1 == part.n && one->text[one->n] == '*' ? GLOB_PREFIX : GLOB_ANY;
	}
	return g;
}

static bool
add_rule(struct columns *c, const char *file, unsigned line, struct tcs_slice s, struct err *e)
{
	struct tcs_slice cell[4];
	unsigned i;

	for (i = 0; i < 4; i++)
		if (!tcs_cut(&s, ',', &cell[i]))
			return err_at(e, file, line, "%u columns, expected " HEADER, i);
	for (i = 0; i < 4; i++) {
		cell[i] = tcs_trim(cell[i]);
		if (tcs_find(cell[i], '"') < cell[i].n)
			return err_at(e, file, line, "a quote, expected names and globs without quotes");
	}
	if (cell[3].n > 0 && !tcs_is(cell[3], "yes"))
		return err_at(e, file, line, "defang \"%.*s\": expected yes, or nothing", (int)cell[3].n,
		    cell[3].p);
	if (!check_column(file, line, cell[2], e))
		return false;
	c->rule = xrealloc(c->rule, (c->n + 1) * sizeof *c->rule);
	c->rule[c->n++] = (struct rule){ .feed = globs_of(c->arena, cell[0]),
		.report = globs_of(c->arena, cell[1]), .column = globs_of(c->arena, cell[2]),
		.defang = cell[3].n > 0 };
	return true;
}

static bool
on_line(void *arg, char *text, size_t n, unsigned line, struct err *e)
{
	const struct reading *r = arg;
	struct tcs_slice s = tcs_trim(tcs_slice(text, n));

	if (line == 1)
		return tcs_is(s, HEADER) || err_at(e, r->file, 1, "expected the header " HEADER);
	if (s.n == 0 || s.p[0] == '#')
		return true;
	return add_rule(r->c, r->file, line, s, e);
}

struct columns *
columns_load(const char *file, struct err *e)
{
	struct columns *c = xcalloc(1, sizeof *c);
	struct reading r = { c, file };
	unsigned last;

	c->arena = arena_new();
	if (lines_read(file, &(struct lines_sink){ &r, on_line }, &last, e) &&
	    (last > 0 || err_at(e, file, 0, "empty, expected the header " HEADER)))
		return c;
	columns_free(c);
	return NULL;
}

void
columns_free(struct columns *c)
{
	if (c == NULL)
		return;
	arena_free(c->arena);
	free(c->rule);
	free(c);
}

static bool
fits(const struct globs *g, struct tcs_slice name)
{
	uint32_t i;

	for (i = 0; i < g->n && !g->all; i++) {
		const struct glob *one = &g->list[i];

		if (one->n > name.n || memcmp(one->text, name.p, one->n) != 0)
			continue;		/* whatever it is, it begins so */
		if (one->kind == GLOB_PREFIX || (one->kind == GLOB_NAME && one->n == name.n) ||
		    (one->kind == GLOB_ANY && fnmatch(one->text, name.p, 0) == 0))
			return true;
	}
	return g->all;
}

bool
columns_may(const struct columns *c, const char *feed, const char *report, const char *column, bool *defang)
{
	struct tcs_slice name = tcs_str(column);
	size_t i;

	for (i = 0; i < c->n; i++) {
		const struct rule *r = &c->rule[i];

		if (fits(&r->column, name) && fits(&r->feed, tcs_str(feed)) &&
		    fits(&r->report, tcs_str(report))) {
			*defang = r->defang;
			return true;
		}
	}
	return false;
}
