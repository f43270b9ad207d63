/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CSV part (RFC 4180, UTF-8, a header): one line a system, or, where every
 * sighting is told, one a sighting.  First the fixed columns, then those that
 * columns.csv lets out, by their IDF names; docs/columns.md says what they
 * are.  It will be opened in a spreadsheet: what that would take for a formula
 * gets an apostrophe in front, also behind what a spreadsheet set to another
 * separator would take for the end of a cell.  What is longer than a cell of
 * a spreadsheet is cut.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/view.h"
#include "map.h"
#include "mem.h"
#include "timefmt.h"
#include "utf8.h"

#define CELL_MOST 32000		/* bytes of one cell: a spreadsheet takes 32,767 characters, and a
				 * mail should be sendable */

const char *const csv_columns[] = { "case", "ip", "port", "transport", "hostname", "url", "account", "asn",
	"problem", "identifier", "taxonomy", "type", "severity", "cves", "kind", "part", "observed",
	"source_port", "reported", "first_seen", "last_seen", "count", "episode", "source", "report", "asset",
	"rule", "state", NULL };

/* How many bytes at p are a character that can begin a formula: = + - @, and their full-width forms. */
static size_t
formula(const char *p, size_t n)
{
	static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0" };
	size_t i;

	if (strchr("=+-@", p[0]) != NULL)
		return p[0] != '\0';
	for (i = 0; i < sizeof wide / sizeof *wide; i++)
		if (n >= 3 && memcmp(p, wide[i], 3) == 0)
			return 3;
	return 0;
}

/* The text, defused; control characters as blanks, so that a record is a line and no more than a line. */
static void
defuse(struct buf *out, const char *p, size_t n)
{
	bool start = true;
	size_t i, unsafe;

	buf_need(out, n + 2);
	for (i = 0; i < n; i += unsafe > 0 ? unsafe : 1) {
		unsigned char c = (unsigned char)p[i];

		unsafe = 0;
		if (!start && c >= ' ' && c < 0x7f && c != ';') {
			buf_char(out, (char)c);
			continue;
		}
		unsafe = utf8_unsafe(p + i, n - i);
		if (start && (formula(p + i, n - i) || (i == 0 && (c == '\t' || c == '\r'))))
			buf_char(out, '\'');
		if (c == ';' || c == '\t')
			start = true;
		else if (c > ' ' && c != '"' && c != '\'')
			start = false;
		buf_char(out, unsafe > 0 ? ' ' : (char)c);
	}
}

static void
cell(struct buf *out, const char *p, size_t n)
{
	size_t from = out->n, i, quotes = 0;
	bool quoted = false, cut = n > CELL_MOST;

	if (cut)
		for (n = CELL_MOST; n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80; n--)
			;
	defuse(out, p, n);
	if (cut)
		buf_str(out, " ...");
	for (i = from; i < out->n; i++) {
		quotes += out->p[i] == '"';
		quoted |= out->p[i] < '<' && strchr("\",; '", out->p[i]) != NULL;
	}
	if (quoted) {
		buf_need(out, quotes + 2);
		i = out->n;
		out->n += quotes + 1;
		for (size_t to = out->n; i > from; ) {
			out->p[--to] = out->p[--i];
			if (out->p[to] == '"')
				out->p[--to] = '"';
		}
		out->p[from] = '"';
		buf_char(out, '"');
	}
	buf_char(out, ',');
}

static void
text(struct buf *out, const char *s)
{
	cell(out, s, strlen(s));
}

static void
number(struct buf *out, uint64_t n)
{
	if (n)
		buf_printf(out, "%" PRIu64, n);
	buf_char(out, ',');
}

static void
when(struct buf *out, int64_t s)
{
	char iso[TIME_TEXT];

	time_iso(s * NS, iso);
	text(out, iso);
}

static void
cves(struct buf *out, const struct compose_system *s)
{
	struct buf all;
	uint32_t i;

	buf_init(&all);
	for (i = 0; i < s->ncve; i++) {
		if (i)
			buf_char(&all, ' ');
		buf_str(&all, s->cve[i]);
	}
	cell(out, all.n ? all.p : "", all.n);
	buf_free(&all);
}

static void
fixed(struct buf *out, const struct view *v, const struct compose_sighting *sighting)
{
	const struct compose_system *s = v->s;

	number(out, s->c->id);
	text(out, v->ip);
	if (s->c->key.many)
		text(out, "*");
	else
		number(out, v->port);
	text(out, v->transport);
	text(out, v->hostname);
	text(out, v->url);
	text(out, v->account);
	number(out, v->asn);
	text(out, s->problem);
	text(out, v->identifier);
	text(out, v->taxonomy);
	text(out, v->type);
	text(out, v->severity);
	cves(out, s);
	text(out, kind_names[s->c->kind]);
	text(out, part_names[s->c->part]);
	when(out, sighting ? sighting->observed : v->observed);
	number(out, sighting ? sighting->src_port : v->src_port);
	when(out, v->reported);
	when(out, v->first_seen);
	when(out, v->last_seen);
	number(out, s->c->count);
	number(out, s->c->episode);
	text(out, s->source);
	text(out, s->report);
	text(out, s->asset);
	text(out, v->rule);
	text(out, v->state);
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of all columns that some system has, in order. */
static const char **
all_names(const struct view *v, uint32_t n, size_t *count)
{
	struct map *m = map_new();
	const char **name;
	const void *key;
	size_t i = 0, len, k = 0;
	uint64_t value;
	uint32_t j;

	for (j = 0; j < n; j++)
		for (uint32_t c = 0; c < v[j].ncolumn; c++)
			map_set(m, v[j].column[c].name, strlen(v[j].column[c].name),
			    (uintptr_t)v[j].column[c].name);
	name = xcalloc(map_count(m) + 1, sizeof *name);
	while (map_next(m, &i, &key, &len, &value))
		name[k++] = (const char *)(uintptr_t)value;
	map_free(m);
	if (k > 1)
		qsort(name, k, sizeof *name, name_order);
	*count = k;
	return name;
}

static void
others(struct buf *out, const struct view *v, const char *const *name, size_t n)
{
	uint32_t c = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (c < v->ncolumn && strcmp(v->column[c].name, name[i]) == 0) {
			cell(out, v->column[c].v.text.p, v->column[c].v.text.n);
			c++;
		} else
			buf_char(out, ',');
	}
}

static void
line_end(struct buf *out)
{
	out->n--;		/* the last comma */
	buf_str(out, "\r\n");
}

void
part_csv(struct buf *out, const struct view *v, uint32_t n)
{
	size_t nname, k;
	const char **name = all_names(v, n, &nname);
	uint32_t i, j;

	for (k = 0; csv_columns[k] != NULL; k++)
		text(out, csv_columns[k]);
	for (k = 0; k < nname; k++)
		text(out, name[k]);
	line_end(out);
	for (i = 0; i < n; i++)
		for (j = 0; j == 0 || j < v[i].s->nsighting; j++) {
			fixed(out, &v[i], v[i].s->nsighting ? &v[i].s->sighting[j] : NULL);
			others(out, &v[i], name, nname);
			line_end(out);
		}
	free(name);
}
