/* SPDX-License-Identifier: Apache-2.0 */
/* See told_csv.h. */
#include <stdlib.h>
#include <string.h>
#include "4-decide/key.h"
#include "mem.h"
#include "name.h"
#include "near.h"
#include "timefmt.h"
#include "told_csv.h"
#include <tocsin/csv.h>

enum told_field { T_IP, T_NAME, T_URL, T_ACCOUNT, T_PORT, T_PROBLEM, T_MALWARE, T_CVE, T_TYPE, T_SENT,
	T_OBSERVED, T_TICKET, T_MAX };
const char *const told_fields[] = { "ip", "name", "url", "account", "port", "problem", "malware", "cve",
    "type", "sent", "observed", "ticket", NULL };

/* What the columns are called, the better name first. */
static const char *const usual[T_MAX][5] = {
	[T_IP] = { "source.ip", "source_ip", "ip" },
	[T_NAME] = { "source.fqdn", "source_fqdn", "fqdn" },
	[T_URL] = { "source.url", "source_url", "url" },
	[T_ACCOUNT] = { "source.account", "source_account", "account" },
	[T_PORT] = { "source.port", "source_port", "port" },
	[T_PROBLEM] = { "classification.identifier", "classification_identifier", "identifier", "problem" },
	[T_MALWARE] = { "malware.name", "malware_name" },
	[T_CVE] = { "product.vulnerabilities", "cve" },
	[T_TYPE] = { "classification.type", "classification_type", "type" },
	[T_SENT] = { "sent_at", "time.sent", "sent", "notified_at" },
	[T_OBSERVED] = { "time.observation", "time_observation", "time.source", "time_source" },
	[T_TICKET] = { "ticket_number", "ticket", "extra.ticket" },
};

struct table {
	const char	*file;
	struct arena	*a;
	struct tcs_csv	*in;
	int		 at[T_MAX];	/* column, or -1 */
};

static struct tcs_slice
cell(const struct table *t, const struct tcs_csv_rec *r, int i)
{
	struct tcs_slice s;
	char *mem;

	if (i < 0 || (uint32_t)i >= r->ncell)
		return tcs_slice("", 0);
	if (!tcs_csv_cell(r, (uint32_t)i, &s)) {
		mem = arena_alloc(t->a, s.n + 1);
		s = tcs_slice(mem, tcs_csv_unquote(s, mem));
	}
	return tcs_trim(s);
}

static int
column(const struct table *t, const struct tcs_csv_rec *r, struct tcs_slice name)
{
	uint32_t i;

	for (i = 0; i < r->ncell; i++)
		if (tcs_is_nocase(cell(t, r, (int)i), arena_strndup(t->a, name.p, name.n)))
			return (int)i;
	return -1;
}

/* "field=column" of the person. */
static bool
mapped(struct table *t, const struct tcs_csv_rec *r, const char *map, struct err *e)
{
	struct tcs_slice rest = tcs_str(map), line, field;
	const char *near;
	int f;

	while (tcs_cut(&rest, '\n', &line)) {
		if (tcs_trim(line).n == 0)
			continue;
		tcs_cut(&line, '=', &field);
		for (f = 0; f < T_MAX && !tcs_is(field, told_fields[f]); f++)
			;
		if (f == T_MAX) {
			near = near_name(arena_strndup(t->a, field.p, field.n), told_fields, T_MAX);
			return err_set(e, "--map \"%.*s\": there is no such field%s%s%s; expected "
			    "FIELD=COLUMN", (int)field.n, field.p, near ? ", did you mean \"" : "",
			    near ? near : "", near ? "\"?" : "");
		}
		if (line.p == NULL || (t->at[f] = column(t, r, line)) < 0)
			return err_at(e, t->file, 1, "there is no column \"%.*s\"", (int)line.n,
			    line.p != NULL ? line.p : "");
	}
	return true;
}

static bool
header(struct table *t, const char *map, struct err *e)
{
	struct tcs_csv_rec r;
	enum tcs_csv_got got;
	int f, i;

	while ((got = tcs_csv_next(t->in, &r)) == TCS_CSV_BLANK)
		;
	if (got != TCS_CSV_RECORD)
		return err_at(e, t->file, 1, "the first line must name the columns");
	for (f = 0; f < T_MAX; f++)
		for (i = 0, t->at[f] = -1; t->at[f] < 0 && i < 5 && usual[f][i] != NULL; i++)
			t->at[f] = column(t, &r, tcs_str(usual[f][i]));
	if (!mapped(t, &r, map, e))
		return false;
	if (t->at[T_IP] < 0 && t->at[T_NAME] < 0 && t->at[T_URL] < 0 && t->at[T_ACCOUNT] < 0)
		return err_at(e, t->file, 1, "no column says whom it was about; expected source.ip, "
		    "source.fqdn, source.url or source.account, or --map ip=COLUMN");
	if (t->at[T_PROBLEM] < 0 && t->at[T_MALWARE] < 0 && t->at[T_CVE] < 0 && t->at[T_TYPE] < 0)
		return err_at(e, t->file, 1, "no column says what it was about; expected "
		    "classification.identifier, or --map problem=COLUMN");
	if (t->at[T_SENT] < 0 && t->at[T_OBSERVED] < 0)
		return err_at(e, t->file, 1, "no column says when; expected sent_at, time.observation or "
		    "time.source, or --map sent=COLUMN");
	return true;
}

/* ---- lines */

/* What is wrong, by its best name: as a finding's is (4-decide/key.c). */
static struct tcs_slice
problem(const struct table *t, const struct tcs_csv_rec *r)
{
	static const enum told_field order[] = { T_PROBLEM, T_MALWARE, T_CVE, T_TYPE };
	struct tcs_slice s = tcs_slice("", 0);
	size_t i;

	for (i = 0; i < sizeof order / sizeof *order && s.n == 0; i++)
		s = cell(t, r, t->at[order[i]]);
	s.n = t->at[T_CVE] >= 0 ? tcs_find(s, ';') : s.n;
	return s;
}

static struct tcs_slice
name(const struct table *t, const struct tcs_csv_rec *r)
{
	struct tcs_slice s = cell(t, r, t->at[T_ACCOUNT]), out;
	char *low;
	size_t i;

	if (s.n > 0) {
		low = arena_strndup(t->a, s.p, s.n);
		for (i = 0; i < s.n; i++)
			low[i] = tcs_lower(low[i]);
		return tcs_slice(low, s.n);
	}
	if ((s = cell(t, r, t->at[T_NAME])).n == 0)
		s = url_host(cell(t, r, t->at[T_URL]));
	return s.n > 0 && name_normalise(s, t->a, &out) ? out : tcs_slice("", 0);
}

static const char *
read_line(const struct table *t, const struct tcs_csv_rec *r, struct told_line *l)
{
	struct tcs_slice ip = cell(t, r, t->at[T_IP]), port = cell(t, r, t->at[T_PORT]), when;
	uint64_t n;
	int64_t ns;

	if (ip.n > 0 && !(l->has_ip = ip_parse(ip.p, ip.n, &l->ip)))
		return "its address cannot be read";
	l->name = name(t, r);
	if (!l->has_ip && l->name.n == 0)
		return "no address, name or account that it was about";
	if ((l->problem = problem(t, r)).n == 0)
		return "it does not say what it was about";
	if ((when = cell(t, r, t->at[T_SENT])).n == 0)
		when = cell(t, r, t->at[T_OBSERVED]);
	if (when.n == 0 || !time_parse(when.p, when.n, &ns))
		return "its time cannot be read; expected one such as 2026-11-20T08:00:00Z";
	l->at = ns / NS;
	l->port = port.n > 0 && tcs_uint(port, 65535, &n) ? (uint16_t)n : 0;
	l->ticket = cell(t, r, t->at[T_TICKET]);
	return NULL;
}

static void
lines(struct table *t, void (*each)(void *arg, const struct told_line *l), void *arg)
{
	struct told_line l;
	struct tcs_csv_rec r;
	enum tcs_csv_got got;

	while ((got = tcs_csv_next(t->in, &r)) != TCS_CSV_END) {
		if (got == TCS_CSV_BLANK)
			continue;
		memset(&l, 0, sizeof l);
		l.line = r.line;
		l.why = got == TCS_CSV_RECORD ? read_line(t, &r, &l) : "the line cannot be read as CSV";
		if (got == TCS_CSV_RECORD || !r.cont)
			each(arg, &l);
	}
}

bool
told_csv(const char *file, const char *p, size_t n, const char *map, struct arena *a,
    void (*each)(void *arg, const struct told_line *l), void *arg, struct err *e)
{
	struct table t = { .file = file, .a = a };
	struct tcs_slice s = tcs_slice(p, n), head;
	bool good;

	if (tcs_starts(s, "\xef\xbb\xbf"))
		s = tcs_slice(p + 3, n - 3);
	head = tcs_slice(s.p, tcs_find(s, '\n'));
	t.in = xcalloc(1, sizeof *t.in);
	tcs_csv_init(t.in, tcs_find(head, ',') < head.n ? ',' : tcs_find(head, ';') < head.n ? ';' : '\t');
	tcs_csv_data(t.in, s.p, s.n, true);
	if ((good = header(&t, map, e)))
		lines(&t, each, arg);
	free(t.in);
	return good;
}
