/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See list.h.  JSON lines leave at once.  Of a table the first rows are kept
 * to learn how wide its columns are; what comes after them is written with
 * those widths as it comes, so that a list of any length costs little memory.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "buf.h"
#include "cmd/list.h"
#include "log.h"
#include "mem.h"
#include "timefmt.h"
#include "utf8.h"

#define KEPT	1000		/* rows that decide the widths */
#define LEAST	12		/* no column is cut below this */
#define GAP	2

struct cell {
	bool		 set;
	size_t		 at, n;		/* its text, in row.text or kept.text */
};

struct list {
	const struct list_col	*col;
	unsigned		 ncol, width, hint;	/* hint: cells mostly come in the
							 * order of the columns */
	bool			 json, csv;
	FILE			*out;
	struct cell		*cell;		/* of the row being made */
	struct buf		 text;		/* and their text: JSON, or for people */
	struct buf		 line;
	struct cell		*kept;		/* rows * ncol */
	struct buf		 kept_text;
	size_t			 nkept, rows;
	unsigned		*wide;		/* widths, once known */
};

unsigned
list_width(void)
{
	struct winsize w;
	const char *columns = getenv("COLUMNS");
	unsigned n = 0;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	for (; columns && *columns >= '0' && *columns <= '9' && n < 10000; columns++)
		n = n * 10 + (unsigned)(*columns - '0');
	return n;
}

struct list *
list_new(const struct list_col *cols, bool json, FILE *out, unsigned width)
{
	struct list *l = xcalloc(1, sizeof *l);

	l->col = cols;
	while (cols[l->ncol].name)
		l->ncol++;
	l->json = json;
	l->out = out;
	l->width = width;
	l->cell = xcalloc(l->ncol, sizeof *l->cell);
	return l;
}

/* ---- cells */

static struct cell *
cell_begin(struct list *l, const char *name, enum list_type type)
{
	unsigned i = l->hint, n;

	for (n = 0; n < l->ncol; n++, i = i + 1 < l->ncol ? i + 1 : 0)
		if (strcmp(l->col[i].name, name) == 0)
			break;
	l->hint = i + 1 < l->ncol ? i + 1 : 0;
	if (n == l->ncol || l->col[i].type != type)
		fatal("list: there is no column %s of that type", name);
	l->cell[i].set = true;
	l->cell[i].at = l->text.n;
	return &l->cell[i];
}

static void
cell_end(struct list *l, struct cell *c)
{
	c->n = l->text.n - c->at;
}

static void
text_of(struct list *l, const char *s)
{
	if (l->json)
		buf_json(&l->text, s, strlen(s));
	else if (l->csv)
		buf_str(&l->text, s);
	else
		utf8_safe(&l->text, s, strlen(s));
}

void
list_text(struct list *l, const char *name, const char *s)
{
	struct cell *c = cell_begin(l, name, LIST_TEXT);

	if (s)
		text_of(l, s);
	else
		c->set = false;
	cell_end(l, c);
}

void
list_some(struct list *l, const char *name, const char *s)
{
	list_text(l, name, s && *s ? s : NULL);
}

void
list_number(struct list *l, const char *name, int64_t n)
{
	struct cell *c = cell_begin(l, name, LIST_NUMBER);

	buf_printf(&l->text, "%lld", (long long)n);
	cell_end(l, c);
}

void
list_tenths(struct list *l, const char *name, int64_t tenths)
{
	struct cell *c = cell_begin(l, name, LIST_TENTHS);

	if (tenths < 0)
		c->set = false;
	else
		buf_printf(&l->text, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
	cell_end(l, c);
}

void
list_bool(struct list *l, const char *name, bool yes)
{
	struct cell *c = cell_begin(l, name, LIST_BOOL);

	buf_str(&l->text, l->json ? (yes ? "true" : "false") : yes ? "yes" : "no");
	cell_end(l, c);
}

static void
moment(struct list *l, const char *name, enum list_type type, int64_t ns)
{
	struct cell *c = cell_begin(l, name, type);
	char t[TIME_TEXT];

	if (ns == TIME_NONE)
		c->set = false;
	else if (type == LIST_DAY)
		time_day(ns, t);
	else
		time_iso(ns, t);
	if (c->set && type == LIST_TIME && !l->json)
		buf_printf(&l->text, "%.10s %.5sZ", t, t + 11);
	else if (c->set)
		buf_printf(&l->text, l->json ? "\"%s\"" : "%s", t);
	cell_end(l, c);
}

void
list_time(struct list *l, const char *name, int64_t s)
{
	moment(l, name, LIST_TIME, s == TIME_NONE ? TIME_NONE : s * NS);
}

void
list_day(struct list *l, const char *name, int64_t day)
{
	moment(l, name, LIST_DAY, day == TIME_NONE ? TIME_NONE : time_of_day_number(day));
}

void
list_texts(struct list *l, const char *name, const char *const *s, size_t n)
{
	struct cell *c = cell_begin(l, name, LIST_TEXTS);
	size_t i;

	if (l->json)
		buf_char(&l->text, '[');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_str(&l->text, l->json ? "," : ", ");
		text_of(l, s[i]);
	}
	if (l->json)
		buf_char(&l->text, ']');
	cell_end(l, c);
}

void
list_numbers(struct list *l, const char *name, const uint32_t *v, size_t n)
{
	struct cell *c = cell_begin(l, name, LIST_NUMBERS);
	size_t i;

	if (l->json)
		buf_char(&l->text, '[');
	for (i = 0; i < n; i++)
		buf_printf(&l->text, "%s%u", i == 0 ? "" : l->json ? "," : ", ", v[i]);
	if (l->json)
		buf_char(&l->text, ']');
	cell_end(l, c);
}

/* ---- writing */

static void
json_row(struct list *l)
{
	bool first = true;
	unsigned i;

	buf_reset(&l->line);
	buf_char(&l->line, '{');
	for (i = 0; i < l->ncol; i++) {
		if (l->col[i].flags & LIST_NO_JSON)
			continue;
		if (!first)
			buf_char(&l->line, ',');
		first = false;
		buf_json_str(&l->line, l->col[i].name);
		buf_char(&l->line, ':');
		if (l->cell[i].set)
			buf_add(&l->line, l->text.p + l->cell[i].at, l->cell[i].n);
		else if (l->col[i].type == LIST_TEXTS || l->col[i].type == LIST_NUMBERS)
			buf_str(&l->line, "[]");
		else
			buf_str(&l->line, "null");
	}
	buf_str(&l->line, "}\n");
	fwrite(l->line.p, 1, l->line.n, l->out);
}

/* What a spreadsheet would take for a formula is told to be text. */
static void
csv_cell(struct buf *b, const char *p, size_t n, bool text)
{
	size_t i;

	buf_char(b, '"');
	if (text && n > 0 && strchr("=+-@\t\r", p[0]) != NULL)
		buf_char(b, '\'');
	for (i = 0; i < n; i++) {
		if (p[i] == '"')
			buf_char(b, '"');
		buf_char(b, p[i]);
	}
	buf_char(b, '"');
}

/* heading: the names of the columns instead of cells. */
static void
csv_row(struct list *l, bool heading)
{
	const char *name;
	bool first = true;
	unsigned i;

	buf_reset(&l->line);
	for (i = 0; i < l->ncol; i++) {
		name = l->col[i].name;
		if (l->col[i].flags & LIST_NO_JSON)
			continue;
		if (!first)
			buf_char(&l->line, ',');
		first = false;
		if (heading)
			csv_cell(&l->line, name, strlen(name), false);
		else if (l->cell[i].set)
			csv_cell(&l->line, l->text.n > 0 ? l->text.p + l->cell[i].at : "", l->cell[i].n,
			    l->col[i].type == LIST_TEXT || l->col[i].type == LIST_TEXTS);
	}
	buf_str(&l->line, "\r\n");
	fwrite(l->line.p, 1, l->line.n, l->out);
}

void
list_csv(struct list *l)
{
	l->csv = true;
	csv_row(l, true);
}

/* As much of the text as fits into wide columns. */
static size_t
fits(const char *p, size_t n, unsigned wide)
{
	size_t end = 0, next;

	while (end < n) {
		for (next = end + 1; next < n && ((unsigned char)p[next] & 0xc0) == 0x80; next++)
			;
		if (utf8_width(p, next) > wide)
			break;
		end = next;
	}
	return end;
}

static void
pad(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_char(b, ' ');
}

static void
add_cell(struct list *l, const char *p, size_t n, unsigned wide, bool right, bool last)
{
	size_t w = utf8_width(p, n);

	if (w > wide && l->width > 0) {
		n = fits(p, n, wide - 1);
		w = utf8_width(p, n) + 1;
		buf_add(&l->line, p, n);
		buf_str(&l->line, "\u2026");
	} else {
		if (right && w < wide)
			pad(&l->line, wide - w);
		buf_add(&l->line, p, n);
		if (right)
			return;
	}
	if (!last && w < wide)
		pad(&l->line, wide - w);
}

static bool
shown(const struct list *l, unsigned i)
{
	return l->col[i].title != NULL;
}

static unsigned
last_shown(const struct list *l)
{
	unsigned i, last = 0;

	for (i = 0; i < l->ncol; i++)
		if (shown(l, i))
			last = i;
	return last;
}

/* cell NULL: the headings. */
static void
table_row(struct list *l, const struct cell *cell, const char *text)
{
	unsigned i, last = last_shown(l);
	bool first = true, empty;
	const char *p;

	buf_reset(&l->line);
	for (i = 0; i < l->ncol; i++) {
		if (!shown(l, i))
			continue;
		if (!first)
			pad(&l->line, GAP);
		first = false;
		empty = cell && (!cell[i].set || cell[i].n == 0);
		p = cell == NULL ? l->col[i].title : empty ? "-" : text + cell[i].at;
		add_cell(l, p, cell == NULL || empty ? strlen(p) : cell[i].n, l->wide[i],
		    l->col[i].type == LIST_NUMBER || l->col[i].type == LIST_TENTHS, i == last);
	}
	buf_char(&l->line, '\n');
	fwrite(l->line.p, 1, l->line.n, l->out);
}

static unsigned
total(const struct list *l)
{
	unsigned i, sum = 0;

	for (i = 0; i < l->ncol; i++)
		if (shown(l, i))
			sum += l->wide[i] + (sum > 0 ? GAP : 0);
	return sum;
}

/* Takes from the widest column that may be cut, until all fit. */
static void
squeeze(struct list *l)
{
	unsigned i, widest;

	while (l->width > 0 && total(l) > l->width) {
		for (widest = l->ncol, i = 0; i < l->ncol; i++)
			if (shown(l, i) && (l->col[i].flags & LIST_CUT) && l->wide[i] > LEAST &&
			    (widest == l->ncol || l->wide[i] > l->wide[widest]))
				widest = i;
		if (widest == l->ncol)
			return;
		l->wide[widest]--;
	}
}

static void
widths(struct list *l)
{
	const struct cell *c;
	unsigned i;
	size_t r, w;

	l->wide = xcalloc(l->ncol, sizeof *l->wide);
	for (i = 0; i < l->ncol; i++) {
		if (!shown(l, i))
			continue;
		l->wide[i] = (unsigned)utf8_width(l->col[i].title, strlen(l->col[i].title));
		for (r = 0; r < l->nkept; r++) {
			c = &l->kept[r * l->ncol + i];
			w = c->set ? utf8_width(l->kept_text.p + c->at, c->n) : 1;
			if (w > l->wide[i])
				l->wide[i] = (unsigned)w;
		}
	}
	squeeze(l);
}

static void
flush_kept(struct list *l)
{
	size_t r;

	widths(l);
	table_row(l, NULL, NULL);
	for (r = 0; r < l->nkept; r++)
		table_row(l, &l->kept[r * l->ncol], l->kept_text.p);
}

static void
keep_row(struct list *l)
{
	struct cell *to;
	unsigned i;

	if (l->kept == NULL)
		l->kept = xcalloc(KEPT, l->ncol * sizeof *l->kept);
	to = &l->kept[l->nkept++ * l->ncol];
	memcpy(to, l->cell, l->ncol * sizeof *to);
	for (i = 0; i < l->ncol; i++)
		to[i].at += l->kept_text.n;
	buf_add(&l->kept_text, l->text.p ? l->text.p : "", l->text.n);
	if (l->nkept == KEPT)
		flush_kept(l);
}

void
list_row(struct list *l)
{
	l->rows++;
	if (l->json)
		json_row(l);
	else if (l->csv)
		csv_row(l, false);
	else if (l->wide)
		table_row(l, l->cell, l->text.p);
	else
		keep_row(l);
	memset(l->cell, 0, l->ncol * sizeof *l->cell);
	buf_reset(&l->text);
}

size_t
list_rows(const struct list *l)
{
	return l->rows;
}

void
list_end(struct list *l, const char *none)
{
	if (!l->json && !l->csv && l->rows > 0 && l->wide == NULL)
		flush_kept(l);
	if (!l->json && !l->csv && l->rows == 0 && none)
		fprintf(l->out, "%s\n", none);
	buf_free(&l->text);
	buf_free(&l->line);
	buf_free(&l->kept_text);
	free(l->cell);
	free(l->kept);
	free(l->wide);
	free(l);
}
