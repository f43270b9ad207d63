/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See labels.h.  A slip in a column's name would only show as an English word, so
 * the names of IDF are checked.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "5-compose/labels.h"
#include "finding.h"
#include "lines.h"
#include "map.h"
#include "mem.h"

#define HEADER	"column,label"

struct labels {
	struct arena	*arena;
	struct map	*map;		/* column -> its label, a pointer */
};

struct reading {
	struct labels	*l;
	const char	*file;
};

static bool
add_label(const struct reading *r, unsigned line, struct tcs_slice s, struct err *e)
{
	struct tcs_slice column;
	const char *label;
	uint64_t was;

	if (!tcs_cut(&s, ',', &column) || (column = tcs_trim(column)).n == 0 || (s = tcs_trim(s)).n == 0)
		return err_at(e, r->file, line, "expected " HEADER ", none of the two empty");
	if (!tcs_starts(column, "extra.") && field_by_name(column) == NULL)
		return err_at(e, r->file, line, "column \"%.*s\" is not a field, expected one of IDF or "
		    "extra.NAME", (int)column.n, column.p);
	if (map_get(r->l->map, column.p, column.n, &was))
		return err_at(e, r->file, line, "column \"%.*s\" has a label already, expected one",
		    (int)column.n, column.p);
	label = arena_strndup(r->l->arena, s.p, s.n);
	map_set(r->l->map, arena_strndup(r->l->arena, column.p, column.n), column.n, (uintptr_t)label);
	return true;
}

static bool
on_line(void *arg, char *text, size_t n, unsigned line, struct err *e)
{
	const struct reading *r = arg;
	struct tcs_slice s = tcs_trim(tcs_slice(text, n));

	if (s.n == 0 || s.p[0] == '#' || (line == 1 && tcs_is(s, HEADER)))
		return true;
	return line == 1 ? err_at(e, r->file, 1, "expected the header " HEADER) : add_label(r, line, s, e);
}

struct labels *
labels_load(const char *folder, struct err *e)
{
	struct labels *l = xcalloc(1, sizeof *l);
	char *file = xasprintf("%s/labels.csv", folder);
	struct reading r = { l, file };
	unsigned last;

	l->arena = arena_new();
	l->map = map_new();
	if (access(file, F_OK) == 0 && !lines_read(file, &(struct lines_sink){ &r, on_line }, &last, e)) {
		labels_free(l);
		l = NULL;
	}
	free(file);
	return l;
}

void
labels_free(struct labels *l)
{
	if (l == NULL)
		return;
	map_free(l->map);
	arena_free(l->arena);
	free(l);
}

const char *
labels_get(const struct labels *l, struct arena *a, const char *column)
{
	uint64_t got;
	char *label;
	size_t i;

	if (l != NULL && map_get(l->map, column, strlen(column), &got))
		return (const char *)(uintptr_t)got;
	label = arena_strdup(a, strncmp(column, "extra.", 6) == 0 ? column + 6 : column);
	for (i = 0; label[i] != '\0'; i++)
		if (label[i] == '.' || label[i] == '_')
			label[i] = ' ';
	return label;
}
