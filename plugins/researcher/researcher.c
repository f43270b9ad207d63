/* SPDX-License-Identifier: Apache-2.0 */
/*
 * researcher -- source: reports of vulnerable systems by security researchers,
 * in a format of ours (docs/researcher-report.md).
 *
 * An input is a report, a list of reports, or reports one after another.  Each
 * system of a report is a record with its own place in the input; what lies
 * between is told as skipped, and what cannot be read as rejected, so every
 * byte is accounted for.  A system's row also depends on the head of its
 * report, of which a part may stand behind it, so one record does not decode
 * alone (no TCS_S_ALONE).
 */
#include <jansson.h>
#include "report.h"

#define SYSTEM_MAX	(1u << 20)

struct researcher {
	struct reading		 r;
	struct wrong		 wrong;
	struct head		 head;
	struct own		 own, declared;
	bool			 is_declared, is_report;
	bool			 is_cut;		/* the input's end was told as a cut */
	uint64_t		 told;			/* everything before it was told */
	uint32_t		 told_line;
	uint8_t			 want[C_COUNT + OWN_MAX];
	struct tcs_slice	 cell[C_COUNT + OWN_MAX], row[C_COUNT + OWN_MAX];
};

/* ---- telling -------------------------------------------------------------- */

/* From what was told last up to end. */
static struct tcs_span
span_to(struct researcher *x, size_t end)
{
	struct tcs_span s = { x->told, (uint32_t)(end - x->told), x->told_line };
	const char *p = x->r.in.p;

	for (; x->told < end; x->told++)
		x->told_line += p[x->told] == '\n';
	return s;
}

static int
skip_to(struct researcher *x, size_t end)
{
	struct tcs_span s;

	if (end <= x->told)
		return TCS_OK;
	s = span_to(x, end);
	return x->r.host->skip(x->r.ctx, &s);
}

static int
reject(struct researcher *x, size_t off, size_t end, const char *why, const char *detail)
{
	struct tcs_span s;
	int rc = skip_to(x, off);

	if (rc != TCS_OK || end <= x->told)
		return rc;
	s = span_to(x, end);
	return x->r.host->reject(x->r.ctx, &s, why, detail);
}

/* What a reader complained of. */
static int
complain(struct researcher *x, const struct piece *v)
{
	return x->wrong.nomem ? TCS_ENOMEM : reject(x, v->off, v->off + v->len, x->wrong.why, x->wrong.text);
}

static bool
same_own(const struct own *a, const struct own *b)
{
	uint32_t i;

	for (i = 0; i < a->n && i < b->n && tcs_eq(a->name[i], b->name[i]); i++)
		continue;
	return a->n == b->n && i == a->n;
}

/* The columns: the format's own, and an extra for each other key. */
static int
declare(struct researcher *x)
{
	struct tcs_slice name[C_COUNT + OWN_MAX];
	uint32_t i;
	char *p;

	if (x->is_declared && same_own(&x->own, &x->declared))
		return TCS_OK;
	for (i = 0; i < C_COUNT; i++)
		name[i] = tcs_str(column_names[i]);
	for (i = 0; i < x->own.n; i++) {
		struct tcs_slice key = x->own.name[i];

		if ((p = x->r.host->h.alloc(x->r.ctx, TCS_INPUT, key.n + 6)) == NULL)
			return TCS_ENOMEM;
		memcpy(p, "extra.", 6);
		memcpy(p + 6, key.p, key.n);
		name[C_COUNT + i] = tcs_slice(p, key.n + 6);
	}
	x->declared = x->own;
	x->is_declared = true;
	return x->r.host->columns(x->r.ctx, name, C_COUNT + x->own.n, x->want);
}

static int
tell_system(struct researcher *x, const struct piece *v)
{
	struct tcs_span s;
	uint32_t i, n = 0;
	int rc;

	x->wrong.why = NULL;
	x->r.life = TCS_BATCH;
	x->r.line = v->line;
	if (v->len > SYSTEM_MAX)
		return reject(x, v->off, v->off + v->len, "too long", "a system may have 1 MiB");
	x->is_cut = (v->flags & PIECE_OPEN) != 0;
	if (!system_read(&x->r, v, &x->head, &x->own, x->cell))
		return complain(x, v);
	for (i = 0; i < C_COUNT + x->own.n; i++)
		if (x->want[i])
			x->row[n++] = x->cell[i];
	if ((rc = skip_to(x, v->off)) != TCS_OK)
		return rc;
	s = span_to(x, v->off + v->len);
	return x->r.host->rows(x->r.ctx, 1, &s, NULL, x->row);
}

/* ---- reports -------------------------------------------------------------- */

/* Every key that is in a system and not in the format. */
static int
gather_own(struct researcher *x, uint32_t *count)
{
	struct scan s = scan_inside(&x->r.in, &x->head.systems);
	struct piece v;
	enum got got;

	x->own.n = 0;
	*count = 0;
	while ((got = scan_element(&s, &v)) == GOT_VALUE || got == GOT_STRAY) {
		if (got == GOT_VALUE && !own_add(&x->r, &v, &x->own))
			return TCS_ENOMEM;
		*count += got == GOT_VALUE;
	}
	return TCS_OK;
}

static int
tell_systems(struct researcher *x, enum got *got)
{
	struct scan s = scan_inside(&x->r.in, &x->head.systems);
	struct piece v;
	int rc = TCS_OK;

	while (rc == TCS_OK && ((*got = scan_element(&s, &v)) == GOT_VALUE || *got == GOT_STRAY))
		rc = *got == GOT_VALUE ? tell_system(x, &v) :
		    reject(x, v.off, v.off + v.len, "not valid JSON", "a comma, colon or bracket too many");
	return rc;
}

/* The end of a report: skipped, unless it says that something is missing. */
static int
tell_rest(struct researcher *x, const struct piece *report, enum got got)
{
	size_t end = report->off + report->len;

	if (x->is_cut || (!x->head.open && got == GOT_END))
		return skip_to(x, end);
	if (x->told < end)
		return reject(x, x->told, end, x->head.open ? "cut off" : "not valid JSON",
		    x->head.open ? "the input ends within a report" : "the list of systems is not closed");
	x->r.host->h.log(x->r.ctx, TCS_ERR, "cut off: the input ends within a report");
	return TCS_EINPUT;
}

static int
tell_report(struct researcher *x, const struct piece *report)
{
	uint32_t count;
	enum got got = GOT_END;
	int rc;

	x->is_report = true;
	x->wrong = (struct wrong){ .why = NULL };
	x->r.life = TCS_INPUT;
	x->r.line = report->line;
	if (!head_read(&x->r, report, &x->head))
		return complain(x, report);
	if ((rc = gather_own(x, &count)) != TCS_OK)
		return rc;
	if (count == 0 && !x->head.open)
		return reject(x, report->off, report->off + report->len, "says no system",
		    "systems: the list is empty");
	if ((rc = declare(x)) == TCS_OK && (rc = tell_systems(x, &got)) == TCS_OK)
		rc = tell_rest(x, report, got);
	return rc;
}

/* Where, after at, a line begins that is a report by itself: one that never ends costs what is before it. */
static size_t
next_report(const struct scan *in, size_t at)
{
	static const char mark[] = "\"format\"";
	struct piece v;

	for (; at < in->end; at++) {
		const char *nl = memchr(in->p + at, '\n', in->end - at), *end;
		struct scan s = *in;

		if (nl == NULL)
			break;
		at = (size_t)(nl - in->p);
		if (at + 1 == in->end || in->p[at + 1] != '{')
			continue;
		end = memchr(in->p + at + 1, '\n', in->end - at - 1);
		s.at = at + 1;
		s.end = end ? (size_t)(end - in->p) : in->end;
		scan_value(&s, &v);
		if (v.flags == 0 && memmem(in->p + v.off, v.len, mark, sizeof(mark) - 1) != NULL)
			return at + 1;
	}
	return in->end;
}

/* Text that belongs to no report, up to the next line that begins with a bracket. */
static int
tell_garbage(struct researcher *x, struct scan *s, const char *why)
{
	size_t off = s->at;

	while (s->at < s->end && !(s->at > off && s->p[s->at] == '{' && s->p[s->at - 1] == '\n')) {
		s->line += s->p[s->at] == '\n';
		s->at++;
	}
	return reject(x, off, s->at, why, NULL);
}

/* One after another, to the end. */
static int
tell_lines(struct researcher *x, struct scan *s)
{
	struct piece v;
	size_t next;
	int rc = TCS_OK;

	for (scan_space(s); rc == TCS_OK && s->at < s->end; scan_space(s)) {
		if (s->p[s->at] != '{') {
			rc = tell_garbage(x, s,
			    x->is_report ? "text behind a report" : "not a researcher's report");
			continue;
		}
		scan_value(s, &v);
		if ((v.flags & PIECE_OPEN) && (next = next_report(&x->r.in, v.off)) < s->end) {
			struct scan again = { .p = s->p, .at = v.off, .end = next, .line = v.line };

			v.len = next - v.off;
			while (again.at < next)
				again.line += again.p[again.at++] == '\n';
			rc = reject(x, v.off, next, "not valid JSON", "brackets that do not fit");
			again.end = s->end;
			*s = again;
			continue;
		}
		rc = tell_report(x, &v);
	}
	return rc;
}

static int
tell_list(struct researcher *x, struct scan *s)
{
	struct piece v;
	enum got got;
	int rc = TCS_OK;

	s->at++;
	while (rc == TCS_OK && ((got = scan_element(s, &v)) == GOT_VALUE || got == GOT_STRAY))
		rc = got == GOT_VALUE && !(v.flags & PIECE_ALONE) ? tell_report(x, &v) :
		    reject(x, v.off, v.off + v.len, "not valid JSON", "expected reports with commas between");
	if (rc != TCS_OK)
		return rc;
	if (got != GOT_END && x->told < s->end)
		return reject(x, x->told, s->end, "cut off", "the list of reports is not closed");
	scan_space(s);
	return s->at < s->end ? tell_garbage(x, s, "text behind the reports") : TCS_OK;
}

static int
give_up(struct researcher *x, const char *why)
{
	int rc = reject(x, x->told, x->r.in.end, why, NULL);

	return rc == TCS_OK ? TCS_EINPUT : rc;
}

static bool
is_wide(const char *p, size_t n)
{
	return n >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0 || p[0] == '\0' ||
	    p[1] == '\0');
}

static int64_t
researcher_feed(void *inst, const char *buf, size_t len, int eof)
{
	struct researcher *x = inst;
	struct scan s = { .p = buf, .end = len, .line = 1 };
	int rc;

	if (!eof)
		return 0;
	x->r.in = s;
	if (len > INT32_MAX || is_wide(buf, len))
		return give_up(x, len > INT32_MAX ? "too long" : "UTF-16 or UTF-32, not UTF-8");
	if (len >= 3 && memcmp(buf, "\xef\xbb\xbf", 3) == 0)
		s.at = 3;
	scan_space(&s);
	rc = s.at < s.end && buf[s.at] == '[' ? tell_list(x, &s) : tell_lines(x, &s);
	if (rc == TCS_OK && !x->is_report && x->told == 0)
		return give_up(x, "no report in it");
	if (rc == TCS_OK && !x->is_report)
		return TCS_EINPUT;
	if (rc == TCS_OK)
		rc = skip_to(x, len);
	return rc == TCS_OK ? (int64_t)len : rc;
}

static int
researcher_begin(void *inst, const char *name)
{
	struct researcher *x = inst;

	(void)name;
	x->is_declared = x->is_report = x->is_cut = false;
	x->told = 0;
	x->told_line = 1;
	return TCS_OK;
}

static int
researcher_end(void *inst, int aborted)
{
	(void)inst, (void)aborted;
	return TCS_OK;
}

static int
researcher_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct researcher *x = h->alloc(ctx, TCS_INSTANCE, sizeof(*x));

	(void)opt;
	if (x == NULL)
		return TCS_ENOMEM;
	x->r.ctx = ctx;
	x->r.host = (const struct tcs_source_host *)(const void *)h;
	x->r.wrong = &x->wrong;
	json_object_seed((size_t)(uintptr_t)x | 1);	/* else jansson opens a file for it */
	*inst = x;
	return TCS_OK;
}

static void
researcher_close(void *inst)
{
	(void)inst;
}

static const struct tcs_source source = {
	.size = sizeof(source), .flags = TCS_S_WHOLE | TCS_S_TILES | TCS_S_ONE_SHOT,
	.names = "*.json|*.jsonl|*.ndjson", .starts = "{*\"researcher-report/|[*\"researcher-report/|{|[",
	.columns = "source.ip|source.port|protocol.transport|protocol.application|source.fqdn|source.url|"
	    "source.account|product.vulnerabilities|classification.identifier|classification.type|"
	    "classification.taxonomy|event_description.text|severity|time.source|tlp|product.full_name|"
	    "product.version|extra.*",
	.begin = researcher_begin, .feed = researcher_feed, .end = researcher_end,
};

const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE),
	.name = "researcher", .version = "1.0", .license = "Apache-2.0",
	.summary = "Reports of vulnerable systems by security researchers, in JSON",
	.help = "Reads the format of docs/researcher-report.md: who reports, what it is about, and a list\n"
	    "of systems. The names and addresses of reporters become extra.reporter_*, which never leave.",
	.open = researcher_open, .close = researcher_close, .ops.source = &source,
};
