/* SPDX-License-Identifier: Apache-2.0 */
/* See registry_csv.h. */
#include <stdlib.h>
#include <string.h>
#include "mem.h"
#include "near.h"
#include "registry_csv.h"
#include "utf8.h"
#include <tocsin/csv.h>

struct table {
	const char	*file;
	const struct csv_col *col;
	uint32_t	 ncol;
	struct arena	*a;
	struct tcs_csv	*in;
	uint32_t	 nhead;			/* cells of the header */
	uint8_t		 place[256];		/* of its i-th cell: the column */
};

static struct tcs_slice
cell_of(const struct table *t, const struct tcs_csv_rec *r, uint32_t i)
{
	struct tcs_slice s;
	char *mem;

	if (!tcs_csv_cell(r, i, &s)) {
		mem = arena_alloc(t->a, s.n + 1);
		s = tcs_slice(mem, tcs_csv_unquote(s, mem));
	}
	return tcs_trim(s);
}

/* ---- the header */

static bool
column_put(struct table *t, uint32_t i, struct tcs_slice name, unsigned line, struct err *e)
{
	const char *names[CSV_COLS_MAX], *near, *got = arena_strndup(t->a, name.p, name.n);
	uint32_t k, m;

	for (k = 0; k < t->ncol; k++) {
		names[k] = t->col[k].name;
		if (!tcs_is_nocase(name, names[k]))
			continue;
		for (m = 0; m < i; m++)
			if (t->place[m] == k)
				return err_at(e, t->file, line, "the column %s is there twice", names[k]);
		t->place[i] = (uint8_t)k;
		return true;
	}
	near = near_name(got, names, t->ncol);
	if (near != NULL)
		return err_at(e, t->file, line, "there is no column \"%s\"; did you mean \"%s\"?", got, near);
	return err_at(e, t->file, line, "there is no column \"%s\"", got);
}

static bool
columns_there(const struct table *t, unsigned line, struct err *e)
{
	uint32_t i, k;

	for (k = 0; k < t->ncol; k++) {
		for (i = 0; i < t->nhead && t->place[i] != k; i++)
			;
		if (i == t->nhead && !t->col[k].optional)
			return err_at(e, t->file, line,
			    "the column %s is missing; the first line must name the columns", t->col[k].name);
	}
	return true;
}

/* What most likely separates the cells of the first line. */
static char
delimiter(struct tcs_slice s)
{
	size_t end = tcs_find(s, '\n');
	struct tcs_slice head = tcs_slice(s.p, end);

	if (tcs_find(head, ',') < end)
		return ',';
	return tcs_find(head, ';') < end ? ';' : tcs_find(head, '\t') < end ? '\t' : ',';
}

static bool
read_header(struct table *t, struct err *e)
{
	struct tcs_csv_rec r;
	enum tcs_csv_got got;
	struct tcs_slice name;
	uint32_t i;

	while ((got = tcs_csv_next(t->in, &r)) == TCS_CSV_BLANK)
		;
	if (got == TCS_CSV_END)
		return err_at(e, t->file, 1, "the table is empty; the first line must name the columns");
	if (got != TCS_CSV_RECORD || r.ncell > sizeof t->place)
		return err_at(e, t->file, r.line, "the first line cannot be read; it must name the columns");
	for (i = 0; i < r.ncell; i++) {
		name = cell_of(t, &r, i);
		if (name.n == 0)
			return err_at(e, t->file, r.line, "the name of column %u is empty", i + 1);
		if (!column_put(t, i, name, r.line, e))
			return false;
	}
	t->nhead = r.ncell;
	return columns_there(t, r.line, e);
}

/* ---- lines */

/* C0, DEL, C1, and the characters that turn the direction of writing: none has business in a
 * name or an address. */
static bool
has_control(struct tcs_slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i], d = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
		unsigned char f = i + 2 < s.n ? (unsigned char)s.p[i + 2] : 0;

		if (c < 0x20 || c == 0x7f || (c == 0xc2 && d < 0xa0))
			return true;
		if (c == 0xe2 &&
		    ((d == 0x80 && f >= 0xaa && f <= 0xae) || (d == 0x81 && f >= 0xa6 && f <= 0xa9)))
			return true;
	}
	return false;
}

static const char *
take_cells(struct table *t, const struct tcs_csv_rec *r, struct tcs_slice *cell)
{
	const char *why = NULL;
	uint32_t i, n = r->ncell < t->nhead ? r->ncell : t->nhead;

	for (i = 0; i < n; i++) {
		struct tcs_slice s = cell_of(t, r, i);

		if (!utf8_valid(s.p, s.n) || has_control(s)) {
			if (why == NULL)
				why = arena_printf(t->a, "%s: %s", t->col[t->place[i]].name,
				    utf8_valid(s.p, s.n) ? "a control character" : "not UTF-8");
			continue;
		}
		cell[t->place[i]] = s;
	}
	if (r->ncell > t->nhead)
		return arena_printf(t->a, "%u cells, and the header has %u columns", (unsigned)r->ncell,
		    (unsigned)t->nhead);
	for (i = n; i < t->nhead; i++)
		if (!t->col[t->place[i]].optional)
			return arena_printf(t->a, "the line ends before the column %s",
			    t->col[t->place[i]].name);
	return why;
}

static void
read_lines(struct table *t, registry_csv_line *each, void *arg)
{
	struct tcs_slice cell[CSV_COLS_MAX];
	struct tcs_csv_rec r;
	enum tcs_csv_got got;
	uint32_t i;

	while ((got = tcs_csv_next(t->in, &r)) != TCS_CSV_END) {
		if (got == TCS_CSV_BLANK)
			continue;
		memset(cell, 0, sizeof cell);
		if (got == TCS_CSV_RECORD) {
			for (i = 0; i < t->nhead; i++)
				cell[t->place[i]].p = "";
			each(arg, r.line, cell, take_cells(t, &r, cell));
		} else if (got == TCS_CSV_OPEN)
			each(arg, r.line, cell,
			    "a quote opens here and never closes: the rest of the file cannot be read");
		else if (!r.cont)
			each(arg, r.line, cell, "longer than a line can be (1 MiB)");
	}
}

bool
registry_csv(const char *file, const char *p, size_t n, const struct csv_col *col, struct arena *a,
    registry_csv_line *each, void *arg, struct err *e)
{
	struct table t = { .file = file, .col = col, .a = a };
	struct tcs_slice s = tcs_slice(p, n);
	bool good;

	if (tcs_starts(s, "\xef\xbb\xbf"))
		s = tcs_slice(p + 3, n - 3);
	if (tcs_starts(s, "\xff\xfe") || tcs_starts(s, "\xfe\xff") || tcs_find(s, '\0') < s.n)
		return err_at(e, file, 1, "not UTF-8 text (UTF-16, perhaps): save it as CSV UTF-8");
	while (col[t.ncol].name != NULL)
		t.ncol++;
	t.in = xcalloc(1, sizeof *t.in);
	tcs_csv_init(t.in, delimiter(s));
	tcs_csv_data(t.in, s.p, s.n, true);
	if ((good = read_header(&t, e)))
		read_lines(&t, each, arg);
	free(t.in);
	return good;
}
