/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See policy.h.  A plain list, asked from the top: it reads as it is written, and it is asked
 * per match, not per finding.
 */
#include <stdlib.h>
#include <string.h>
#include "3-match/ladder.h"
#include "4-decide/exploited.h"
#include "lines.h"
#include "mem.h"
#include "near.h"
#include "policy.h"
#include "timefmt.h"

enum column { C_PROBLEM, C_FEED, C_CLASS, C_SEVERITY, C_CONSTITUENCY, C_WARN, C_INTERVAL, C_LANE, C_AGE,
    C_COMMENT, C_LEAST, C_RUNGS, C_EXPLOITED, NCOL };
static const char *const columns[NCOL] = { "problem", "feed", "class", "severity", "constituency", "warn",
	"interval", "lane", "greatest_age", "comment", "least", "rungs", "exploited" };
#define NEEDED (C_COMMENT + 1)		/* the others may be left out */
#define NPATTERN 5

struct policy {
	struct arena		*arena;
	const char		*file;
	const struct config	*config;
	struct policy_row	*row;
	unsigned		 n;
	unsigned		 rungs;		/* of all rows */
	unsigned char		 place[NCOL];	/* of the i-th cell of a line: its column */
	unsigned		 ncell;
};

/* One line of CSV into at most NCOL cells, "..." with "" inside; the line is changed. Returns how many, 0:
 * a quote is open. */
static unsigned
cells(char *line, char *out[NCOL + 1])
{
	unsigned n = 0;
	char *from = line, *to;

	for (;;) {
		out[n < NCOL ? n : NCOL] = to = from;
		n++;
		if (*from == '"') {
			for (from++; *from && !(from[0] == '"' && from[1] != '"'); from++) {
				if (*from == '"')
					from++;
				*to++ = *from;
			}
			if (*from++ == '\0')
				return 0;
		} else {
			from += strcspn(from, ",");
			to = from;
		}
		if (*from != ',') {
			*to = '\0';
			return n;
		}
		from++;
		*to = '\0';
	}
}

static bool
choice(const char *const *names, size_t n, const char *got, int *out, struct err *e, const char *file,
    unsigned line, const char *what)
{
	const char *near;
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(got, names[i]) == 0) {
			*out = (int)i;
			return true;
		}
	near = near_name(got, names, n);
	return err_at(e, file, line, "%s \"%s\": expected %s, %s%s%s%s%s%s", what, got, names[0],
	    names[1], n > 2 ? " or " : "",
	    n > 2 ? names[2] : "", near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static bool
seconds(const char *text, int64_t dflt, int64_t *out, struct err *e, const char *file, unsigned line,
    const char *what)
{
	*out = dflt;
	return *text == '\0' || duration_parse(text, strlen(text), out) ||
	    err_at(e, file, line, "%s \"%s\": expected a duration such as \"7d\", or nothing", what, text);
}

/* "low|medium", or a glob, which may mean anything. */
static bool
severities(const char *text, const char *file, unsigned line, struct err *e)
{
	struct tcs_slice rest = tcs_str(text), part;
	const char *near;
	char one[64];
	unsigned i;

	while (*text != '\0' && tcs_cut(&rest, '|', &part)) {
		if (!tcs_copy(one, sizeof one, tcs_trim(part)) || strpbrk(one, "*?[") != NULL)
			continue;
		for (i = 0; i <= SEV_CRITICAL && strcmp(severity_names[i], one) != 0; i++)
			;
		if (i <= SEV_CRITICAL)
			continue;
		near = near_name(one, severity_names + SEV_INFO, SEV_CRITICAL);
		return err_at(e, file, line,
		    "severity \"%s\": expected info, low, medium, high or critical%s%s%s", one,
		    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	}
	return true;
}

static bool
times(const char *text, unsigned *out, struct err *e, const char *file, unsigned line)
{
	uint64_t n = 0;

	if (*text != '\0' && (!tcs_uint(tcs_str(text), LEAST_MOST, &n) || n == 0))
		return err_at(e, file, line, "least \"%s\": expected on how many days it must be seen, 1 to "
		    "%d, or nothing", text, LEAST_MOST);
	*out = (unsigned)n;
	return true;
}

/* "operator|network|country|hold"; an owner is always told. */
static bool
rungs(const char *text, unsigned *out, struct err *e, const char *file, unsigned line)
{
	struct tcs_slice rest = tcs_str(text), part;
	const char *near;
	char one[64];
	unsigned i;

	*out = *text == '\0' ? RUNGS_REGISTERED : RUNG_BIT(RUNG_OWNER);
	while (*text != '\0' && tcs_cut(&rest, '|', &part)) {
		if (!tcs_copy(one, sizeof one, tcs_trim(part)))
			one[0] = '\0';
		for (i = 0; i < RUNG_MAX && strcmp(rung_names[i], one) != 0; i++)
			;
		*out |= RUNG_BIT(i);
		if (i < RUNG_MAX)
			continue;
		near = near_name(one, rung_names, RUNG_MAX);
		return err_at(e, file, line,
		    "rungs \"%s\": expected owner, operator, network, country or hold, separated by |%s%s%s",
		    one, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	}
	return true;
}

/* "yes", "no", "ransomware", "epss>=0.5", several with |; what is left open stays so. */
static bool
exploitation(const char *text, struct policy_row *r, struct err *e, const char *file, unsigned line)
{
	struct tcs_slice rest = tcs_str(text), part;
	int p;

	r->epss = POLICY_EPSS_NEVER;
	while (*text != '\0' && tcs_cut(&rest, '|', &part)) {
		part = tcs_trim(part);
		if (tcs_is(part, "yes"))
			r->exploited |= POLICY_EXPLOITED;
		else if (tcs_is(part, "no"))
			r->exploited |= POLICY_NOT_EXPLOITED;
		else if (tcs_is(part, "ransomware"))
			r->exploited |= POLICY_RANSOMWARE;
		else if (part.n > 6 && tcs_eq(tcs_slice(part.p, 6), TCS_LIT("epss>=")) &&
		    part.n <= 10 && (p = exploited_percent(tcs_slice(part.p + 6, part.n - 6))) > 0) {
			r->exploited |= POLICY_EPSS;
			r->epss = p < r->epss ? (uint8_t)p : r->epss;
		} else
			return err_at(e, file, line, "exploited \"%.*s\": expected yes, no, ransomware or a "
			    "probability such as epss>=0.5, separated by |", (int)part.n, part.p);
	}
	return true;
}

static bool
exploited_fits(const struct policy_row *r, const struct policy_query *q)
{
	return r->exploited == 0 ||
	    (r->exploited & POLICY_EXPLOITED && q->exploited & EXPLOITED_KNOWN) ||
	    (r->exploited & POLICY_NOT_EXPLOITED && !(q->exploited & EXPLOITED_KNOWN)) ||
	    (r->exploited & POLICY_RANSOMWARE && q->exploited & EXPLOITED_RANSOMWARE) ||
	    (r->exploited & POLICY_EPSS && q->epss >= r->epss);
}

static bool
add_row(struct policy *p, char **c, unsigned line, struct err *e)
{
	static const char *const warns[] = { "no", "yes", "hold" }, *const lanes[] = { "digest", "priority" };
	struct policy_row *r;
	const char *pat[NPATTERN];
	int warn = 0, lane = 0;
	unsigned i;

	if (!severities(c[C_SEVERITY], p->file, line, e))
		return false;
	p->row = xrealloc(p->row, (p->n + 1) * sizeof *p->row);
	r = &p->row[p->n];
	for (i = 0; i < NPATTERN; i++)
		pat[i] = arena_strdup(p->arena, c[i]);
	*r = (struct policy_row){ .problem = pat[0], .feed = pat[1], .class = pat[2], .severity = pat[3],
		.constituency = pat[4], .comment = arena_strdup(p->arena, c[C_COMMENT]), .line = line };
	if (!choice(warns, 3, c[C_WARN], &warn, e, p->file, line, "warn") ||
	    (c[C_LANE][0] && !choice(lanes, 2, c[C_LANE], &lane, e, p->file, line, "lane")) ||
	    !seconds(c[C_INTERVAL], 0, &r->interval, e, p->file, line, "interval") ||
	    !times(c[C_LEAST], &r->least, e, p->file, line) ||
	    !rungs(c[C_RUNGS], &r->rungs, e, p->file, line) ||
	    !exploitation(c[C_EXPLOITED], r, e, p->file, line) ||
	    !seconds(c[C_AGE], p->config->decide.greatest_age, &r->greatest_age, e, p->file, line,
	    "greatest_age"))
		return false;
	p->rungs |= r->rungs;
	r->warn = (enum warn)warn;
	r->lane = lane ? LANE_PRIORITY : LANE_DIGEST;
	p->n++;
	return true;
}

static bool
column_of(struct policy *p, unsigned i, const char *name, struct err *e)
{
	const char *near;
	unsigned k, m;

	for (k = 0; k < NCOL && strcmp(name, columns[k]) != 0; k++)
		;
	for (m = 0; m < i && p->place[m] != k; m++)
		;
	if (k < NCOL && m < i)
		return err_at(e, p->file, 1, "the column %s is there twice", name);
	p->place[i] = (unsigned char)k;
	if (k < NCOL)
		return true;
	near = near_name(name, columns, NCOL);
	return err_at(e, p->file, 1, "column %u is \"%s\": there is no such column%s%s%s", i + 1, name,
	    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

/* Its names in any order. */
static bool
read_header(struct policy *p, char **c, unsigned n, struct err *e)
{
	unsigned i, k;

	for (i = 0; i < n && i < NCOL; i++)
		if (!column_of(p, i, c[i], e))
			return false;
	for (k = 0; k < NEEDED; k++) {
		for (i = 0; i < n && i < NCOL && p->place[i] != k; i++)
			;
		if (i == n || i == NCOL)
			return err_at(e, p->file, 1, "the column %s is missing", columns[k]);
	}
	p->ncell = n;
	return n <= NCOL || err_at(e, p->file, 1, "%u columns, expected %u at most", n, (unsigned)NCOL);
}

static bool
on_line(void *arg, char *text, size_t len, unsigned line, struct err *e)
{
	struct policy *p = arg;
	static char none[] = "";
	char *cell[NCOL + 1], *c[NCOL];
	unsigned n, i;

	(void)len;
	if (line > 1 && (text[0] == '\0' || text[0] == '#'))
		return true;
	if ((n = cells(text, cell)) == 0)
		return err_at(e, p->file, line, "a quote is never closed");
	if (line == 1)
		return read_header(p, cell, n, e);
	if (n != p->ncell)
		return err_at(e, p->file, line, "%u columns, expected %u", n, p->ncell);
	for (i = 0; i < NCOL; i++)
		c[i] = none;
	for (i = 0; i < n; i++)
		c[p->place[i]] = cell[i];
	return add_row(p, c, line, e);
}

static bool
is_last(const struct policy_row *r)
{
	return !*r->problem && !*r->feed && !*r->class && !*r->severity && !*r->constituency &&
	    r->exploited == 0;
}

struct policy *
policy_load(const char *file, const struct config *c, struct err *e)
{
	struct policy *p = xcalloc(1, sizeof *p);
	unsigned last;
	bool good;

	p->arena = arena_new();
	p->file = arena_strdup(p->arena, file);
	p->config = c;
	good = lines_read(file, &(struct lines_sink){ p, on_line }, &last, e);
	if (good && (p->n == 0 || !is_last(&p->row[p->n - 1])))
		good = err_at(e, file, last,
		    "the last row must match everything: leave its first five columns empty, and exploited");
	if (good)
		return p;
	policy_free(p);
	return NULL;
}

void
policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	free(p->row);
	arena_free(p->arena);
	free(p);
}

const char *
policy_file(const struct policy *p)
{
	return p->file;
}

/* "a|b*": any of the globs; empty: all. */
static bool
matches(const char *pattern, const char *text)
{
	struct tcs_slice rest = tcs_str(pattern), part;
	char one[256];

	if (*pattern == '\0')
		return true;
	while (tcs_cut(&rest, '|', &part))
		if (tcs_copy(one, sizeof one, tcs_trim(part)) && tcs_glob(one, tcs_str(text)))
			return true;
	return false;
}

const struct policy_row *
policy_find(struct policy *p, const struct policy_query *q)
{
	unsigned i;

	for (i = 0; i + 1 < p->n; i++) {
		const struct policy_row *r = &p->row[i];

		if (matches(r->class, q->class) && matches(r->severity, q->severity) &&
		    matches(r->problem, q->problem) && matches(r->feed, q->feed) &&
		    matches(r->constituency, q->constituency) && exploited_fits(r, q))
			return r;
	}
	return &p->row[p->n - 1];
}

/* Every alternative of inner is matched by outer, read as text: enough for globs that end in a
 * star, and never wrong. */
static bool
covers(const char *outer, const char *inner)
{
	struct tcs_slice rest = tcs_str(inner), part;
	char one[256];

	if (*outer == '\0')
		return true;
	if (*inner == '\0')
		return false;
	while (tcs_cut(&rest, '|', &part))
		if (!tcs_copy(one, sizeof one, tcs_trim(part)) || !matches(outer, one))
			return false;
	return true;
}

unsigned
policy_shadowed(const struct policy *p, struct buf *out)
{
	unsigned i, j, n = 0;

	for (i = 1; i < p->n; i++)
		for (j = 0; j < i; j++) {
			const struct policy_row *a = &p->row[j], *b = &p->row[i];

			if (a->exploited != 0 || !covers(a->problem, b->problem) ||
			    !covers(a->feed, b->feed) || !covers(a->class, b->class) ||
			    !covers(a->severity, b->severity) || !covers(a->constituency, b->constituency))
				continue;
			buf_printf(out, "%s:%u: never reached: line %u matches all that it would\n", p->file,
			    b->line, a->line);
			n++;
			break;
		}
	return n;
}

unsigned
policy_rungs(const struct policy *p)
{
	return p->rungs;
}
