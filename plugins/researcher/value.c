/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values: each is read by jansson, by itself, so that a complaint knows its
 * line; then checked against the type of its field and made the text that the
 * host expects in the cell.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <tocsin/rsit.h>
#include "value.h"

const char *const expected[] = {
	[T_TEXT] = "a text",
	[T_FORMAT] = "\"researcher-report/1\"",
	[T_PORT] = "a whole number from 1 to 65535",
	[T_CVES] = "a list of CVE numbers, such as [\"CVE-2026-12345\"]",
	[T_LIST] = "a list of texts",
	[T_SEVERITY] = "info, low, medium, high, critical, or a CVSS score from 0 to 10",
	[T_CLASS] = "a type of the RSIT taxonomy",
	[T_YES_NO] = "true or false",
	[T_SYSTEMS] = "a list of systems",
	[T_REPORTER] = "an object",
};

/* ---- complaints ----------------------------------------------------------- */

bool
wrong(struct reading *r, uint32_t line, const char *why, const char *fmt, ...)
{
	struct wrong *w = r->wrong;
	va_list ap;
	int n = line == r->line ? 0 : snprintf(w->text, sizeof(w->text), "line %u: ", line);

	va_start(ap, fmt);
	vsnprintf(w->text + n, sizeof(w->text) - (size_t)n, fmt, ap);
	va_end(ap);
	w->why = why;
	return false;
}

bool
nomem(struct reading *r)
{
	r->wrong->nomem = true;
	return false;
}

/* How many letters must change: Levenshtein's distance, for words of up to 40 letters. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[41], i, k, before, keep, least;
	size_t n = strlen(b);

	if (n > 40 || strlen(a) > 40)
		return 99;
	for (k = 0; k <= n; k++)
		row[k] = k;
	for (i = 0; a[i] != '\0'; i++) {
		before = row[0]++;
		for (k = 0; k < n; k++) {
			keep = row[k + 1];
			least = before + (tcs_lower(a[i]) != b[k]);
			least = row[k] + 1 < least ? row[k] + 1 : least;
			row[k + 1] = keep + 1 < least ? keep + 1 : least;
			before = keep;
		}
	}
	return row[n];
}

void
nearer(const char *word, const char *candidate, const char **best, unsigned *least)
{
	unsigned d = distance(word, candidate);

	if (d < *least) {
		*least = d;
		*best = candidate;
	}
}

static const char *
nearest_class(const char *word)
{
	const char *best = NULL;
	unsigned least = 8;
	int i, k;

	for (i = 0; i < TCS_RSIT_TAXONOMIES; i++)
		for (k = 1; k <= TCS_RSIT_TYPES && tcs_rsit[i][k] != NULL; k++)
			nearer(word, tcs_rsit[i][k], &best, &least);
	return best;
}

static const char *
type_name(const json_t *v)
{
	static const char *const names[] = { [JSON_OBJECT] = "an object", [JSON_ARRAY] = "a list",
		[JSON_STRING] = "a text", [JSON_INTEGER] = "a number", [JSON_REAL] = "a number",
		[JSON_TRUE] = "true", [JSON_FALSE] = "false", [JSON_NULL] = "null" };

	return names[json_typeof(v)];
}

/* ---- values --------------------------------------------------------------- */

json_t *
load(struct reading *r, const struct piece *v)
{
	json_error_t e;
	json_t *j;
	uint32_t line;

	if (v->flags & PIECE_NUL) {
		wrong(r, v->line, "NUL byte", "a NUL byte in a value");
		return NULL;
	}
	if (v->flags & PIECE_DEEP) {
		wrong(r, v->line, "nested too deep", "deeper than %d levels", DEPTH_MAX);
		return NULL;
	}
	j = json_loadb(r->in.p + v->off, v->len, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &e);
	if (j != NULL)
		return j;
	line = v->line + (e.line > 1 ? (uint32_t)e.line - 1 : 0);
	switch (json_error_code(&e)) {
	case json_error_out_of_memory:
		nomem(r);
		break;
	case json_error_invalid_utf8:
		wrong(r, line, "bad UTF-8", "bytes that are not UTF-8");
		break;
	case json_error_null_character:
	case json_error_null_byte_in_key:
		wrong(r, line, "NUL byte", "\\u0000 in a text");
		break;
	case json_error_duplicate_key:
		wrong(r, line, "a key twice", "%s", e.text);
		break;
	default:
		wrong(r, line, "not valid JSON", "%s", e.text);
	}
	return NULL;
}

bool
keep(struct reading *r, const char *p, size_t n, struct tcs_slice *out)
{
	char *q = r->host->h.alloc(r->ctx, r->life, n + 1);

	if (q == NULL)
		return nomem(r);
	memcpy(q, p, n);
	*out = tcs_slice(q, n);
	return true;
}

static bool
unfit(struct reading *r, const struct piece *v, const struct field *f, const json_t *j)
{
	return wrong(r, v->line, "wrong type", "%s: expected %s, found %s", f->name, expected[f->type],
	    type_name(j));
}

/* An empty text is the same as none. */
static bool
read_text(struct reading *r, const json_t *j, struct tcs_slice *out)
{
	struct tcs_slice s = tcs_trim(tcs_slice(json_string_value(j), json_string_length(j)));

	if (s.n == 0) {
		*out = tcs_slice(NULL, 0);
		return true;
	}
	return keep(r, s.p, s.n, out);
}

static bool
read_port(struct reading *r, const struct piece *v, const json_t *j, struct tcs_slice *out)
{
	char text[16];
	int n;

	if (json_integer_value(j) < 1 || json_integer_value(j) > 65535)
		return wrong(r, v->line, "out of range", "port: expected %s", expected[T_PORT]);
	n = snprintf(text, sizeof(text), "%d", (int)json_integer_value(j));
	return keep(r, text, (size_t)n, out);
}

static bool
read_severity(struct reading *r, const struct piece *v, const json_t *j, struct tcs_slice *cell)
{
	static const char *const words[] = { "info", "low", "medium", "high", "critical" };
	static const double most[] = { 0.05, 3.95, 6.95, 8.95, 10 };
	double score;
	size_t i;

	cell[C_SCORE] = tcs_slice(NULL, 0);
	if (json_is_string(j)) {
		for (i = 0; i < 5; i++)
			if (tcs_is_nocase(tcs_slice(json_string_value(j), json_string_length(j)), words[i])) {
				cell[C_SEVERITY] = tcs_str(words[i]);
				return true;
			}
		return wrong(r, v->line, "unknown severity", "severity: expected %s", expected[T_SEVERITY]);
	}
	score = json_number_value(j);
	if (!(score >= 0 && score <= 10))
		return wrong(r, v->line, "out of range", "severity: expected %s", expected[T_SEVERITY]);
	for (i = 0; i < 4 && score >= most[i]; i++)
		continue;
	cell[C_SEVERITY] = tcs_str(words[i]);
	cell[C_SCORE] = tcs_slice(r->in.p + v->off, v->len);
	return true;
}

static bool
read_class(struct reading *r, const struct piece *v, const json_t *j, struct tcs_slice *cell)
{
	const char *word = json_string_value(j), *type, *taxonomy, *near;

	if ((type = tcs_rsit_type(tcs_str(word), &taxonomy)) != NULL) {
		cell[C_TYPE] = tcs_str(type);
		cell[C_TAXONOMY] = tcs_str(taxonomy);
		return true;
	}
	near = nearest_class(word);
	return wrong(r, v->line, "unknown class", "class: \"%.60s\" is not %s%s%s%s", word, expected[T_CLASS],
	    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static bool
is_cve(struct tcs_slice s)
{
	uint64_t n;

	return s.n >= 13 && s.n <= 28 && tcs_is_nocase(tcs_slice(s.p, 4), "cve-") && s.p[8] == '-' &&
	    tcs_uint(tcs_slice(s.p + 4, 4), 9999, &n) &&
	    tcs_uint(tcs_slice(s.p + 9, s.n - 9), UINT64_MAX, &n);
}

#define CVES_MAX 64
struct cve {
	char	text[32];
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* In lower case, sorted, each once, with semicolons between, as the host writes them. */
static bool
join_cves(struct reading *r, struct cve *cve, size_t n, struct tcs_slice *cell)
{
	char all[CVES_MAX * sizeof(struct cve)];
	size_t i, at = 0;

	cell[C_CVES] = cell[C_IDENTIFIER] = tcs_slice(NULL, 0);
	if (n == 0)
		return true;
	if (!keep(r, cve[0].text, strlen(cve[0].text), &cell[C_IDENTIFIER]))
		return false;
	qsort(cve, n, sizeof(*cve), by_text);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(cve[i].text, cve[i - 1].text) != 0)
			at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%s", i ? ";" : "", cve[i].text);
	return keep(r, all, at, &cell[C_CVES]);
}

static bool
read_cves(struct reading *r, const struct piece *v, const json_t *j, struct tcs_slice *cell)
{
	struct cve cve[CVES_MAX];
	size_t i, k, n = json_array_size(j);

	if (n > CVES_MAX)
		return wrong(r, v->line, "out of range", "cves: at most %d, found %zu", CVES_MAX, n);
	for (i = 0; i < n; i++) {
		const json_t *e = json_array_get(j, i);
		struct tcs_slice s = tcs_slice(json_string_value(e), json_string_length(e));

		if (!json_is_string(e))
			return wrong(r, v->line, "wrong type", "cves: expected %s, found %s in it",
			    expected[T_CVES], type_name(e));
		s = tcs_trim(s);
		if (!is_cve(s))
			return wrong(r, v->line, "not a CVE number", "cves: \"%.*s\": expected %s",
			    (int)(s.n < 40 ? s.n : 40), s.p, expected[T_CVES]);
		for (k = 0; k < s.n; k++)
			cve[i].text[k] = tcs_lower(s.p[k]);
		cve[i].text[k] = '\0';
	}
	return join_cves(r, cve, n, cell);
}

static bool
read_list(struct reading *r, const struct piece *v, const struct field *f, const json_t *j,
    struct tcs_slice *out)
{
	size_t i, at = 0, all = 0, n = json_array_size(j);
	char *p;

	for (i = 0; i < n; i++) {
		if (!json_is_string(json_array_get(j, i)))
			return wrong(r, v->line, "wrong type", "%s: expected %s, found %s in it", f->name,
			    expected[f->type], type_name(json_array_get(j, i)));
		all += json_string_length(json_array_get(j, i)) + 1;
	}
	*out = tcs_slice(NULL, 0);
	if (n == 0)
		return true;
	if ((p = r->host->h.alloc(r->ctx, r->life, all)) == NULL)
		return nomem(r);
	for (i = 0; i < n; i++) {
		const json_t *e = json_array_get(j, i);

		if (i > 0)
			p[at++] = ' ';
		memcpy(p + at, json_string_value(e), json_string_length(e));
		at += json_string_length(e);
	}
	*out = tcs_slice(p, at);
	return true;
}

static bool
read_known(struct reading *r, const struct piece *v, const struct field *f, const json_t *j,
    struct tcs_slice *cell)
{
	switch (f->type) {
	case T_PORT:
		return json_is_integer(j) ? read_port(r, v, j, &cell[f->col]) : unfit(r, v, f, j);
	case T_CVES:
		return json_is_array(j) ? read_cves(r, v, j, cell) : unfit(r, v, f, j);
	case T_LIST:
		return json_is_array(j) ? read_list(r, v, f, j, &cell[f->col]) : unfit(r, v, f, j);
	case T_SEVERITY:
		return json_is_string(j) || json_is_number(j) ? read_severity(r, v, j, cell) :
		    unfit(r, v, f, j);
	case T_CLASS:
		return json_is_string(j) ? read_class(r, v, j, cell) : unfit(r, v, f, j);
	case T_YES_NO:
		cell[f->col] = tcs_str(json_is_true(j) ? "yes" : "no");
		return json_is_boolean(j) || unfit(r, v, f, j);
	default:
		return json_is_string(j) ? read_text(r, j, &cell[f->col]) : unfit(r, v, f, j);
	}
}

bool
read_value(struct reading *r, const struct piece *v, const struct field *f, struct tcs_slice *cell)
{
	json_t *j = load(r, v);
	bool fine;

	if (j == NULL)
		return false;
	fine = json_is_null(j) || read_known(r, v, f, j, cell);
	json_decref(j);
	return fine;
}
