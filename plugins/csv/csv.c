/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv -- source: tables of text, one finding a row.
 *
 * All about bytes is in <tocsin/csv.h>; here is what an input is: marks and
 * lines to skip, a header that names the columns, rows.  Which columns mean
 * what is the host's to know (etc/feeds); only the wanted ones become cells,
 * and these point into the buffer that is being fed.  A row that is too short
 * has no value in the columns it lacks; one that is too long is kept, and what
 * is left over is counted and logged.  An input of which the header cannot be
 * trusted is given up.
 */
#include <tocsin/csv.h>
#include <tocsin/plugin.h>
#include <stdio.h>

#define BATCH		1024u		/* rows handed over at once */
#define BATCH_CELLS	32768u		/* and cells */
#define MAX_COLUMNS	4096u

enum encoding { UTF_8, LATIN_1, WINDOWS_1252, AUTO };
enum where { AT_MARK, AT_LINES, AT_HEAD, AT_ROWS };

struct csv {
	struct tcs_ctx			*ctx;
	const struct tcs_source_host	*host;
	char				 delim;		/* 0: find out */
	bool				 header, trim, drop_nul, list;
	enum encoding			 encoding;
	char				 comment;
	int64_t				 skip_lines;
	const struct tcs_val		*columns;
	/* of this input */
	enum where			 where;
	int64_t				 lines_left;
	uint32_t			 ncol, nwant;
	uint32_t			*want;		/* which columns */
	struct tcs_slice		*cell;
	uint32_t			 nrow, batch;
	uint32_t			 surplus, surplus_line;
	struct tcs_span			 span[BATCH];
	struct tcs_csv			 in;
};

static const char delims[] = { 0, ',', ';', '\t', '|' };	/* as the option lists them */

/* ---- handing over -------------------------------------------------------- */

static int
flush(struct csv *c)
{
	uint32_t n = c->nrow;

	c->nrow = 0;
	return n ? c->host->rows(c->ctx, n, c->span, NULL, c->cell) : TCS_OK;
}

static struct tcs_span
span_of(const struct tcs_csv_rec *r)
{
	struct tcs_span s = { r->off, r->len, r->line };

	return s;
}

static int
skip(struct csv *c, const struct tcs_csv_rec *r)
{
	struct tcs_span s = span_of(r);
	int rc = flush(c);

	return rc == TCS_OK ? c->host->skip(c->ctx, &s) : rc;
}

static int
reject(struct csv *c, const struct tcs_csv_rec *r, const char *why, const char *detail)
{
	struct tcs_span s = span_of(r);
	int rc = flush(c);

	return rc == TCS_OK ? c->host->reject(c->ctx, &s, why, detail) : rc;
}

static int
give_up(struct csv *c, const struct tcs_csv_rec *r, const char *why, const char *detail)
{
	int rc = reject(c, r, why, detail);

	return rc == TCS_OK ? TCS_EINPUT : rc;
}

/* ---- rows ---------------------------------------------------------------- */

static bool
is_nothing(struct tcs_slice raw)
{
	return raw.n == 0 || tcs_is(raw, "\"\"");
}

static void
note_surplus(struct csv *c, const struct tcs_csv_rec *r)
{
	uint32_t i;

	for (i = c->ncol; i < r->ncell && is_nothing(tcs_csv_raw(r, i)); i++)
		continue;
	if (i < r->ncell && c->surplus++ == 0)
		c->surplus_line = r->line;
}

static bool
without_nul(struct csv *c, struct tcs_slice *s)
{
	size_t i, n = 0;
	char *p;

	if (memchr(s->p, '\0', s->n) == NULL)
		return true;
	if ((p = c->host->h.alloc(c->ctx, TCS_BATCH, s->n)) == NULL)
		return false;
	for (i = 0; i < s->n; i++)
		if (s->p[i] != '\0')
			p[n++] = s->p[i];
	*s = tcs_slice(p, n);
	return true;
}

/* ---- encodings ------------------------------------------------------------ */

/* 0x80 to 0x9f of Windows-1252; what it leaves open is the control character of that number. */
static const uint16_t windows[32] = {
	0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152,
	0x8d, 0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
	0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178
};

static bool
is_utf8(struct tcs_slice s)
{
	size_t i, k, more;

	for (i = 0; i < s.n; i += 1 + more) {
		unsigned char b = (unsigned char)s.p[i], least = 0x80, most = 0xbf;

		if (b < 0x80) {
			more = 0;
			continue;
		}
		if (b < 0xc2 || b > 0xf4)
			return false;
		more = b < 0xe0 ? 1 : b < 0xf0 ? 2 : 3;
		if (i + more >= s.n)
			return false;
		least = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : least;
		most = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : most;
		for (k = 1; k <= more; k++) {
			if ((unsigned char)s.p[i + k] < least || (unsigned char)s.p[i + k] > most)
				return false;
			least = 0x80;
			most = 0xbf;
		}
	}
	return true;
}

/* A text of an encoding with one byte a character, in UTF-8.  False: there is no room. */
static bool
in_utf8(struct csv *c, enum tcs_life life, struct tcs_slice *s)
{
	size_t i, n = 0, high = 0;
	char *p;

	for (i = 0; i < s->n; i++)
		high += (unsigned char)s->p[i] >= 0x80;
	if (high == 0 || (c->encoding == AUTO && is_utf8(*s)))
		return true;
	if ((p = c->host->h.alloc(c->ctx, life, s->n + 2 * high)) == NULL)
		return false;
	for (i = 0; i < s->n; i++) {
		unsigned u = (unsigned char)s->p[i];

		if (u >= 0x80 && u < 0xa0 && c->encoding != LATIN_1)
			u = windows[u - 0x80];
		if (u < 0x80)
			p[n++] = (char)u;
		else if (u < 0x800) {
			p[n++] = (char)(0xc0 | u >> 6);
			p[n++] = (char)(0x80 | (u & 0x3f));
		} else {
			p[n++] = (char)(0xe0 | u >> 12);
			p[n++] = (char)(0x80 | (u >> 6 & 0x3f));
			p[n++] = (char)(0x80 | (u & 0x3f));
		}
	}
	*s = tcs_slice(p, n);
	return true;
}

/* ---- a plain list --------------------------------------------------------- */

static const struct tcs_slice list_columns[] = { TCS_LIT("address"), TCS_LIT("name"), TCS_LIT("url") };

/* Which of the columns of a list a value belongs to, by its looks. */
static uint32_t
list_column(struct tcs_slice v)
{
	bool digits = true, hex = true, colon = false;
	size_t i;

	for (i = 0; i < v.n; i++) {
		char l = tcs_lower(v.p[i]);

		if (l == ':' && i + 2 < v.n && v.p[i + 1] == '/' && v.p[i + 2] == '/')
			return 2;
		colon = colon || l == ':';
		if (l >= '0' && l <= '9')
			continue;
		digits = digits && strchr("./:-", l) != NULL;
		hex = hex && ((l >= 'a' && l <= 'f') || strchr(".:/%", l) != NULL);
	}
	return digits || (hex && colon) ? 0 : 1;
}

/* The one value of a line, without a comment behind it. */
static struct tcs_slice
list_value(struct csv *c, const struct tcs_csv_rec *r)
{
	struct tcs_slice v = tcs_trim(tcs_slice(r->p, r->len));
	size_t i;

	for (i = 1; c->comment != '\0' && i < v.n; i++)
		if (v.p[i] == c->comment && tcs_space(v.p[i - 1]))
			v.n = i;
	v = tcs_trim(v);
	if (v.n > 0 && strchr(",;", v.p[v.n - 1]) != NULL)
		v.n--;
	if (v.n > 1 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = tcs_slice(v.p + 1, v.n - 2);
	return tcs_trim(v);
}

static bool
fill_listed(struct csv *c, const struct tcs_csv_rec *r)
{
	struct tcs_slice *cell = c->cell + (size_t)c->nrow * c->nwant, v = list_value(c, r);
	uint32_t k, at = list_column(v);

	if (c->encoding != UTF_8 && !in_utf8(c, TCS_BATCH, &v))
		return false;
	for (k = 0; k < c->nwant; k++)
		cell[k] = c->want[k] == at ? v : tcs_slice(NULL, 0);
	c->span[c->nrow++] = span_of(r);
	return true;
}

/* ---- cells ---------------------------------------------------------------- */

/* The value of a cell; copied only where there are quotes or NUL bytes inside. */
static bool
value(struct csv *c, const struct tcs_csv_rec *r, uint32_t i, struct tcs_slice *out)
{
	if (!tcs_csv_cell(r, i, out)) {
		char *p = c->host->h.alloc(c->ctx, TCS_BATCH, out->n);

		if (p == NULL)
			return false;
		*out = tcs_slice(p, tcs_csv_unquote(*out, p));
	}
	if (c->drop_nul && c->in.ix.nul && out->n > 0 && !without_nul(c, out))
		return false;
	if (c->encoding != UTF_8 && !in_utf8(c, TCS_BATCH, out))
		return false;
	if (c->trim)
		*out = tcs_trim(*out);
	return true;
}

static bool
fill(struct csv *c, const struct tcs_csv_rec *r)
{
	struct tcs_slice *cell = c->cell + (size_t)c->nrow * c->nwant;
	uint32_t k;

	if (c->list)
		return fill_listed(c, r);
	for (k = 0; k < c->nwant; k++) {
		if (c->want[k] >= r->ncell)
			cell[k] = tcs_slice(NULL, 0);
		else if (!value(c, r, c->want[k], &cell[k]))
			return false;
	}
	c->span[c->nrow++] = span_of(r);
	return true;
}

static int
take_row(struct csv *c, const struct tcs_csv_rec *r)
{
	int rc;

	if (c->in.ix.nul && !c->drop_nul && memchr(r->p, '\0', r->len) != NULL)
		return reject(c, r, "NUL byte", NULL);
	if ((r->ncell == 1 || c->list) && c->ncol > 1 && tcs_trim(tcs_slice(r->p, r->len)).n == 0)
		return skip(c, r);
	if (!c->list && r->ncell > c->ncol)
		note_surplus(c, r);
	if (!fill(c, r)) {		/* room for copies ends with the batch: try once in a new one */
		if ((rc = flush(c)) != TCS_OK)
			return rc;
		if (!fill(c, r))
			return TCS_ENOMEM;
	}
	return c->nrow == c->batch ? flush(c) : TCS_OK;
}

/* ---- the header ---------------------------------------------------------- */

/* Tells the host the columns and makes room for what it wants of them. */
static int
layout(struct csv *c, const struct tcs_slice *name, uint32_t n)
{
	uint8_t *want = c->host->h.alloc(c->ctx, TCS_INPUT, n);
	uint32_t i;
	int rc;

	c->want = c->host->h.alloc(c->ctx, TCS_INPUT, n * sizeof(*c->want));
	if (want == NULL || c->want == NULL)
		return TCS_ENOMEM;
	if ((rc = c->host->columns(c->ctx, name, n, want)) != TCS_OK)
		return rc;
	c->ncol = n;
	c->nwant = 0;
	for (i = 0; i < n; i++)
		if (want[i])
			c->want[c->nwant++] = i;
	c->batch = c->nwant * BATCH > BATCH_CELLS ? BATCH_CELLS / c->nwant : BATCH;
	c->cell = c->host->h.alloc(c->ctx, TCS_INPUT, ((size_t)c->batch * c->nwant + 1) * sizeof(*c->cell));
	c->where = AT_ROWS;
	return c->cell ? TCS_OK : TCS_ENOMEM;
}

/* A name: unquoted, trimmed; a column without one is called by its number. */
static bool
name_of(struct csv *c, const struct tcs_csv_rec *r, uint32_t i, struct tcs_slice *out)
{
	char *p;

	if (!tcs_csv_cell(r, i, out)) {
		if ((p = c->host->h.alloc(c->ctx, TCS_INPUT, out->n)) == NULL)
			return false;
		*out = tcs_slice(p, tcs_csv_unquote(*out, p));
	}
	*out = tcs_trim(*out);
	if (c->encoding != UTF_8 && !in_utf8(c, TCS_INPUT, out))
		return false;
	if (out->n == 0) {
		if ((p = c->host->h.alloc(c->ctx, TCS_INPUT, 16)) == NULL)
			return false;
		*out = tcs_slice(p, (size_t)snprintf(p, 16, "column%u", i + 1));
	}
	return true;
}

static bool
has_twin(const struct tcs_slice *name, uint32_t n, struct tcs_slice *twin)
{
	uint32_t i, k;

	for (i = 1; i < n; i++)
		for (k = 0; k < i; k++)
			if (tcs_eq(name[i], name[k])) {
				*twin = name[i];
				return true;
			}
	return false;
}

static int
take_header(struct csv *c, const struct tcs_csv_rec *r)
{
	struct tcs_slice *name, twin;
	char text[64];
	uint32_t i;
	int rc;

	if (r->ncell > MAX_COLUMNS)
		return give_up(c, r, "too many columns", NULL);
	if ((name = c->host->h.alloc(c->ctx, TCS_INPUT, r->ncell * sizeof(*name))) == NULL)
		return TCS_ENOMEM;
	for (i = 0; i < r->ncell; i++)
		if (!name_of(c, r, i, &name[i]))
			return TCS_ENOMEM;
	if (has_twin(name, r->ncell, &twin)) {
		snprintf(text, sizeof(text), "%.*s", twin.n < 60 ? (int)twin.n : 60, twin.p);
		return give_up(c, r, "two columns of one name", text);
	}
	rc = layout(c, name, r->ncell);
	return rc == TCS_OK ? skip(c, r) : rc;
}

static int
take_columns_option(struct csv *c)
{
	uint32_t n = c->columns->n, i;
	struct tcs_slice *name = c->host->h.alloc(c->ctx, TCS_INPUT, n * sizeof(*name));

	if (name == NULL)
		return TCS_ENOMEM;
	for (i = 0; i < n; i++)
		name[i] = tcs_str(c->columns->v.list[i].v.s);
	return layout(c, name, n);
}

static bool
is_utf16(const struct tcs_csv_rec *r)
{
	size_t i, nul = 0, n = r->len < 1024 ? r->len : 1024;

	if (n >= 2 && (memcmp(r->p, "\xff\xfe", 2) == 0 || memcmp(r->p, "\xfe\xff", 2) == 0))
		return true;
	for (i = 0; i < n; i++)
		nul += r->p[i] == '\0';
	return nul > n / 4;
}

/* The first record: a header, or a row that is as good a place to see what this is. */
static int
take_first(struct csv *c, const struct tcs_csv_rec *r, enum tcs_csv_got got)
{
	int rc;

	if (is_utf16(r))
		return give_up(c, r, "UTF-16, not UTF-8", NULL);
	if (got == TCS_CSV_OPEN)
		return give_up(c, r, "quote never closed", NULL);
	if (got == TCS_CSV_LONG)
		return give_up(c, r, "first line too long", NULL);
	if (memchr(r->p, '\0', r->len) != NULL)
		return give_up(c, r, "NUL byte in the first line", NULL);
	if (c->header)
		return take_header(c, r);
	rc = c->list ? layout(c, list_columns, 3) : take_columns_option(c);
	return rc == TCS_OK ? take_row(c, r) : rc;
}

/* ---- an input ------------------------------------------------------------ */

/* The delimiter there is most of in the first line; false: that line is not complete. */
static bool
guess(struct csv *c)
{
	const char *p = c->in.buf + c->in.start;
	size_t n = c->in.len - c->in.start, max = n < TCS_CSV_MAX ? n : TCS_CSV_MAX, i;
	uint32_t count[sizeof(delims)] = { 0 }, k, best = 1;
	bool in = false;

	if (n > 0 && (p[0] == c->comment || p[0] == '\n' || p[0] == '\r'))
		return true;		/* not yet */
	for (i = 0; i < max && (in || (p[i] != '\n' && p[i] != '\r')); i++) {
		in ^= p[i] == '"';
		for (k = 1; k < sizeof(delims) && !in; k++)
			count[k] += p[i] == delims[k];
	}
	if (i == n && !c->in.eof && i < TCS_CSV_MAX)
		return false;
	for (k = 2; k < sizeof(delims); k++)
		if (count[k] > count[best])
			best = k;
	if (c->in.ix.delim != delims[best])
		tcs_csv_delim(&c->in, delims[best]);
	return true;
}

/* A UTF-8 byte order mark is not part of the first name. False: more must come. */
static int
take_mark(struct csv *c)
{
	struct tcs_span s = { 0, 3, 1 };
	size_t n = c->in.len < 3 ? c->in.len : 3;
	int rc;

	if (memcmp(c->in.buf, "\xef\xbb\xbf", n) != 0)
		c->where = AT_LINES;
	else if (n == 3) {
		if ((rc = c->host->skip(c->ctx, &s)) != TCS_OK)
			return rc;
		c->in.start = 3;
		tcs_csv_forget(&c->in);
		c->where = AT_LINES;
	} else if (c->in.eof)
		c->where = AT_LINES;
	return TCS_OK;
}

static enum tcs_csv_got
next(struct csv *c, struct tcs_csv_rec *r)
{
	enum tcs_csv_got got;

	if (c->where == AT_LINES && c->lines_left > 0 && (got = tcs_csv_line(&c->in, r)) != TCS_CSV_LONG)
		return got;
	if (c->where == AT_LINES)
		c->where = AT_HEAD;
	if (c->where == AT_HEAD && c->delim == 0 && !guess(c))
		return TCS_CSV_END;
	return tcs_csv_next(&c->in, r);
}

static int
take(struct csv *c, const struct tcs_csv_rec *r, enum tcs_csv_got got)
{
	if (c->where == AT_LINES)
		c->lines_left--;
	if (got == TCS_CSV_BLANK || got == TCS_CSV_COMMENT)
		return skip(c, r);
	if (c->where == AT_HEAD)
		return take_first(c, r, got);
	if (got == TCS_CSV_RECORD)
		return take_row(c, r);
	if (got == TCS_CSV_OPEN && r->cont)
		return give_up(c, r, "quote never closed", NULL);
	if (got == TCS_CSV_OPEN)
		return reject(c, r, "quote never closed", NULL);
	return r->cont ? skip(c, r) : reject(c, r, "record too long", NULL);	/* one record, counted once */
}

static int64_t
csv_feed(void *inst, const char *buf, size_t len, int eof)
{
	struct csv *c = inst;
	struct tcs_csv_rec r;
	enum tcs_csv_got got;
	int rc;

	tcs_csv_data(&c->in, buf, len, eof != 0);
	if (c->where == AT_MARK && len > 0 && (rc = take_mark(c)) != TCS_OK)
		return rc;
	if (c->where == AT_MARK)
		return 0;
	while ((got = next(c, &r)) != TCS_CSV_END)
		if ((rc = take(c, &r, got)) != TCS_OK)
			return rc;
	rc = flush(c);
	return rc == TCS_OK ? (int64_t)c->in.start : rc;
}

static int
csv_begin(void *inst, const char *name)
{
	struct csv *c = inst;

	(void)name;
	tcs_csv_init(&c->in, c->delim ? c->delim : ',');
	c->in.comment = c->comment;
	c->where = AT_MARK;
	c->lines_left = c->skip_lines;
	c->nrow = c->surplus = 0;
	return TCS_OK;
}

static int
csv_end(void *inst, int aborted)
{
	struct csv *c = inst;

	(void)aborted;
	if (c->surplus)
		c->host->h.log(c->ctx, TCS_WARNING, "%u row(s) with more cells than there are columns, first "
		    "in line %u; what is left over is only in the raw record", c->surplus, c->surplus_line);
	return TCS_OK;
}

/* ---- the declaration ----------------------------------------------------- */

enum { O_DELIMITER, O_HEADER, O_COLUMNS, O_SKIP_LINES, O_COMMENT, O_TRIM, O_NUL, O_ENCODING, O_LIST };

static const struct tcs_opt opts[] = {
	[O_DELIMITER] = { "delimiter", TCS_T_ENUM, 0, "comma", "auto|comma|semicolon|tab|pipe",
	    "What separates the cells; auto: whichever the first line has most of." },
	[O_HEADER] = { "header", TCS_T_BOOL, 0, "yes", NULL, "Whether the first line names the columns." },
	[O_COLUMNS] = { "columns", TCS_T_STR, TCS_O_LIST | TCS_O_OPTIONAL, NULL, NULL,
	    "The names of the columns, where there is no header." },
	[O_SKIP_LINES] = { "skip-lines", TCS_T_INT, 0, "0", "0..1000",
	    "So many lines at the start are skipped." },
	[O_COMMENT] = { "comment", TCS_T_STR, TCS_O_OPTIONAL, NULL, NULL,
	    "Lines that begin with this character are skipped." },
	[O_TRIM] = { "trim", TCS_T_BOOL, 0, "no", NULL, "Whether white space around a value is cut off." },
	[O_NUL] = { "nul", TCS_T_ENUM, 0, "refuse", "refuse|drop",
	    "A row with NUL bytes is refused, or read without them." },
	[O_ENCODING] = { "encoding", TCS_T_ENUM, 0, "utf-8", "utf-8|iso-8859-1|windows-1252|auto",
	    "How letters beyond ASCII are written; auto: cells that are not UTF-8 are Windows-1252." },
	[O_LIST] = { "list", TCS_T_BOOL, 0, "no", NULL,
	    "One address, name or URL a line: the columns are address, name and url." },
};

static int
refuse(struct tcs_ctx *ctx, const struct tcs_source_host *host, const char *what)
{
	host->h.log(ctx, TCS_ERR, "%s", what);
	return TCS_EPLUGIN;
}

static int
csv_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	const struct tcs_source_host *host = (const struct tcs_source_host *)(const void *)h;
	const char *comment = opt[O_COMMENT].n ? opt[O_COMMENT].v.s : "";
	struct csv *c = h->alloc(ctx, TCS_INSTANCE, sizeof(*c));

	if (c == NULL)
		return TCS_ENOMEM;
	c->ctx = ctx;
	c->host = host;
	c->delim = delims[opt[O_DELIMITER].v.i];
	c->header = opt[O_HEADER].v.i != 0;
	c->columns = &opt[O_COLUMNS];
	c->skip_lines = opt[O_SKIP_LINES].v.i;
	c->comment = comment[0];
	c->trim = opt[O_TRIM].v.i != 0;
	c->drop_nul = opt[O_NUL].v.i != 0;
	c->encoding = (enum encoding)opt[O_ENCODING].v.i;
	c->list = opt[O_LIST].v.i != 0;
	if (c->list && (c->header || c->columns->n > 0))
		return refuse(ctx, host, "list: there are no columns to name: expected header = no only");
	if (c->list && c->delim == 0)
		c->delim = ',';
	if (!c->list && c->header == (c->columns->n > 0))
		return refuse(ctx, host,
		    "columns and header: one must say what the columns are, and not both");
	if (comment[0] != '\0' && (comment[1] != '\0' || strchr("\",;\t|\r\n", comment[0]) != NULL))
		return refuse(ctx, host,
		    "comment: must be one character, and neither a quote nor a delimiter");
	*inst = c;
	return TCS_OK;
}

static void
csv_close(void *inst)
{
	(void)inst;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_TILES | TCS_S_ALONE, .names = "*.csv|*.tsv",
	.begin = csv_begin, .feed = csv_feed, .end = csv_end,
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "csv", .version = "1.0", .license = "Apache-2.0",
	.summary = "Tables of comma-separated values, one finding a row",
	.help = "Reads CSV as Python's csv module does: RFC 4180, and lenient about text behind a closing "
	    "quote.\nColumns have the header's names; a feed file says what they mean.",
	.opts = opts, .nopt = sizeof(opts) / sizeof(opts[0]),
	.open = csv_open, .close = csv_close, .ops.source = &source,
};
