/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is tried of a stage: batches with all, no and some values, whole and
 * in parts; its data loaded, cut off and dropped, with the samples as data.
 * The columns lie read-only against a page that cannot be read.
 */
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/fields.h>
#include <tocsin/slice.h>
#include "base/buf.h"
#include "kit/check/check.h"
#include "kit/check/fault.h"
#include "kit/check/source.h"

#define ROWS 256u
#define READS 16
#define CUTS 256
#define ROUNDS 200

enum valid { ALL, NONE, SOME };

struct stage_run {
	struct feed_run		 r;		/* its context, memory and options */
	const struct tcs_stage	*s;
	void			*state;
};

/* Of the batch at hand; one stage is run at a time. */
static struct {
	struct check	*c;
	struct buf	 said;
	uint32_t	 base, nrow;
	bool		 open;
	char		 want[READS][80];	/* columns asked for, 1.1 */
	uint32_t	 nwant, nreason;
} now;

static int
on_claim(struct tcs_ctx *x, const struct tcs_claim *claim, uint32_t n)
{
	uint32_t i;

	(void)x;
	if (!now.open || now.c->p->ops.stage->flags & TCS_ST_MATCHED)
		fail(now.c, "claim in run only, and not of matched findings", "claims outside of run");
	for (i = 0; i < n; i++) {
		const struct tcs_claim *m = &claim[i];

		if (m->row >= now.nrow || m->asset == 0 || m->rule < TCS_R_DOMAIN || m->rule > TCS_R_ASN)
			fail(now.c, "row is below nrow, asset not 0, rule one of enum tcs_rule",
			    "claims row %u of %u, asset %u, rule %u", m->row, now.nrow, m->asset, m->rule);
		buf_printf(&now.said, "claim %u %u %u %u\n", now.base + m->row, m->asset, m->rule, m->rank);
	}
	return TCS_OK;
}

/* Of a stage on matched findings (1.1): every field it asks for is a text column. */
static int
on_want(struct tcs_ctx *x, const char *name)
{
	uint32_t i;

	(void)x;
	for (i = 0; i < now.nwant; i++)
		if (strcmp(now.want[i], name) == 0)
			return (int)i;
	if (now.nwant == READS)
		return -1;
	snprintf(now.want[now.nwant], sizeof now.want[0], "%s", name);
	return (int)now.nwant++;
}

static int
on_reason(struct tcs_ctx *x, const char *text)
{
	uint32_t n = 0;

	(void)x;
	if (now.open)
		fail(now.c, "ask for reasons in open or load", "asks for a reason in run");
	while (now.c->p->ops.stage->reasons != NULL && now.c->p->ops.stage->reasons[n] != NULL)
		n++;
	return text == NULL || n + now.nreason >= 250 ? -1 : (int)(n + ++now.nreason);
}

static int
on_set(struct tcs_ctx *x, uint32_t row, const char *name, const struct tcs_slice *value)
{
	(void)x;
	if (!now.open || row >= now.nrow || name == NULL || strncmp(name, "extra.", 6) != 0 ||
	    value == NULL ||
	    value->p == NULL)
		fail(now.c, "set is for run, rows below nrow and names that begin with extra.",
		    "sets \"%s\" of row %u of %u", name ? name : "", row, now.nrow);
	buf_printf(&now.said, "set %u %s=%.*s\n", now.base + row, name, (int)value->n, value->p);
	return TCS_OK;
}

static const struct tcs_stage_host table = {
	.h = { sizeof(struct tcs_stage_host), TCS_ABI_MAJOR, TCS_ABI_MINOR, feed_log, feed_alloc },
	.claim = on_claim, .want = on_want, .reason = on_reason, .set = on_set,
};

static int
open_stage(struct check *c, struct stage_run *s, int64_t fails)
{
	static struct feed_how how;
	struct feed_run *r = &s->r;

	memset(s, 0, sizeof *s);
	now.c = c;
	now.nwant = now.nreason = 0;
	how.quiet = true;
	memcpy(how.opts, c->opts, sizeof c->opts);
	r->p = c->p;
	r->x = calloc(1, sizeof *r->x);
	if (r->x == NULL || (r->x->out = open_memstream(&r->text, &r->size)) == NULL)
		abort();
	r->x->fail = fails - 1;
	feed_vals(r, &how);
	fault_shown(&feed_room, FEED_ROOM, &feed_shown, &feed_nshown);
	s->s = c->p->ops.stage;
	return r->rc = c->p->open(r->x, &table.h, r->val, &r->inst);
}

static void
close_stage(struct stage_run *s)
{
	if (s->state != NULL)
		s->s->drop(s->r.inst, s->state);
	if (s->r.rc == TCS_OK)
		s->r.p->close(s->r.inst);
	feed_drop(s->r.x, TCS_INSTANCE);
	fclose(s->r.x->out);
	free(s->r.text);
	free(s->r.x);
}

static void
must_open(struct check *c, struct stage_run *s)
{
	if (open_stage(c, s, 0) != TCS_OK)
		not_open(c, &s->r);
}

static const char *
data_option(const struct tcs_plugin *p)
{
	uint32_t i;

	for (i = 0; i < p->nopt; i++) {
		const struct tcs_opt *o = (const void *)((const char *)p->opts + (size_t)i * p->optsize);

		if (o->type == TCS_T_DATA)
			return o->name;
	}
	return NULL;
}

static int
load(struct check *c, struct stage_run *s, const char *p, size_t n)
{
	char *shown = feed_show(p, n, true);
	void *state = NULL;
	int rc = s->s->load(s->r.inst, data_option(c->p), shown, n, &state);

	feed_hide(shown, n, true);
	feed_drop(s->r.x, TCS_BATCH);
	if (rc != TCS_OK && state != NULL)
		fail(c, "leave *state NULL when the data is not taken", "load answers %d and gives a "
		    "state", rc);
	if (rc != TCS_OK && rc != TCS_EINPUT && rc != TCS_ENOMEM)
		fail(c, "data that cannot be used is TCS_EINPUT, with a log that says why", "load answers "
		    "%d", rc);
	s->state = state;
	return rc;
}

/* ---- a batch ---------------------------------------------------------------------- */

static struct {
	uint8_t			 ip[ROWS][16];
	struct tcs_slice	 name[ROWS];
	uint32_t		 asn[ROWS];
	int64_t			 time[ROWS];
} rows;

static void
make_rows(void)
{
	static const char *const names[] = { "www.example", "a.b.shop.example", "example", "x", "192.0.2.1",
		"xn--nxasmq6b.example" };
	uint64_t seed = 4711;
	uint32_t i;

	for (i = 0; i < ROWS; i++) {
		memset(rows.ip[i], 0, 10);
		memset(rows.ip[i] + 10, 0xff, 2);
		memcpy(rows.ip[i] + 12, i % 2 ? "\xc0\x00\x02" : "\xc6\x33\x64", 3);
		rows.ip[i][15] = (uint8_t)feed_rand(&seed);
		if (i % 5 == 0)
			memcpy(rows.ip[i], "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0", 12);
		rows.name[i] = tcs_str(names[feed_rand(&seed) % (sizeof names / sizeof *names)]);
		rows.asn[i] = 64496 + (uint32_t)(feed_rand(&seed) % 16);
		rows.time[i] = INT64_C(1795161600000000000) + (int64_t)i * 1000000000;
	}
}

static struct tcs_col
column(struct check *c, uint16_t field, uint32_t from, uint32_t n, const uint64_t *valid)
{
	struct tcs_col col = { .valid = valid };
	const void *data = rows.time + from;

	col.type = TCS_C_I64;
	col.stride = 8;
	if (field == TCS_F_SUBJECT_IP) {
		col.type = TCS_C_IP, col.stride = 16, data = rows.ip + from;
	} else if (field == TCS_F_SUBJECT_NAME) {
		col.type = TCS_C_TEXT, col.stride = sizeof *rows.name, data = rows.name + from;
	} else if (field == TCS_F_SUBJECT_ASN) {
		col.type = TCS_C_U32, col.stride = 4, data = rows.asn + from;
	} else if (field != TCS_F_TIME_SOURCE)
		fail(c, "stages may read the subject's address, name and AS number, and time.source",
		    "reads field number %u", field);
	col.data = feed_show(data, (size_t)n * col.stride, true);
	return col;
}

/* What a field may hold, by its name; some that no field would. */
static struct tcs_col
text_column(const char *name, uint32_t from, uint32_t n, const uint64_t *valid)
{
	static const char *const words[] = { "cve-2026-0001;cve-2026-0002", "3389", "192.0.2.10", "",
	    "tcp", "cve-",
		"amber", "vulnerable-system", "2001:db8::1" };
	static struct tcs_slice text[ROWS];
	struct tcs_col col = { TCS_C_TEXT, sizeof *text, valid, NULL };
	size_t i, shift = strlen(name);

	for (i = 0; i < ROWS; i++)
		text[i] = tcs_str(words[(i + shift) % (sizeof words / sizeof *words)]);
	col.data = feed_show((const char *)(text + from), n * sizeof *text, true);
	return col;
}

static int
run_part(struct check *c, struct stage_run *s, uint32_t from, uint32_t n, enum valid how)
{
	static const uint64_t bits[] = { ~UINT64_C(0), 0, UINT64_C(0xa5a5f00fdeadbeef) };
	uint64_t valid[ROWS / 64] = { bits[how], bits[how], bits[how], bits[how] };
	struct tcs_col cols[READS];
	struct tcs_batch b = { .size = sizeof b, .nrow = n, .reads = cols };
	uint32_t i, nread = 0, nreason = 0;
	int rc;

	for (; s->s->reads[nread] != 0 && nread < READS; nread++)
		cols[nread] = column(c, s->s->reads[nread], from, n, how == ALL ? NULL : valid);
	for (; (s->s->flags & TCS_ST_MATCHED) && nread < now.nwant; nread++)
		cols[nread] = text_column(now.want[nread], from, n, how == ALL ? NULL : valid);
	while (s->s->reasons != NULL && s->s->reasons[nreason] != NULL)
		nreason++;
	b.verdict = calloc(1, n + 1);
	now.base = from;
	now.nrow = n;
	now.open = true;
	rc = s->s->run(s->r.inst, s->state, &b);
	now.open = false;
	feed_drop(s->r.x, TCS_BATCH);
	for (i = 0; i < n; i++) {
		if (b.verdict[i] > nreason + now.nreason)
			fail(c, "a verdict is 0 or the index of a reason + 1", "gives verdict %u, it has %u "
			    "reasons",
			    b.verdict[i], nreason);
		if (b.verdict[i] != 0)
			buf_printf(&now.said, "verdict %u %u\n", from + i, b.verdict[i]);
	}
	free(b.verdict);
	for (i = 0; i < nread; i++)
		feed_hide((char *)(uintptr_t)cols[i].data, (size_t)n * cols[i].stride, true);
	return rc;
}

/* What is said of all rows, sorted by nothing: in order of the calls. */
static char *
run_rows(struct check *c, struct stage_run *s, uint32_t step, enum valid how)
{
	uint32_t from;
	int rc;

	buf_init(&now.said);
	buf_need(&now.said, 1);
	now.said.p[0] = '\0';
	for (from = 0; from < ROWS; from += step)
		if ((rc = run_part(c, s, from, step, how)) != TCS_OK)
			fail(c, "run must take any batch", "run answers %d (%s)", rc, c->sh->at);
	return buf_take(&now.said);
}

/* ---- trials ---------------------------------------------------------------------------- */

static void
each_state(struct check *c, void (*fn)(struct check *, struct stage_run *, const char *))
{
	struct stage_run s;
	uint32_t i;

	make_rows();
	for (i = 0; i <= c->nsample; i++) {
		must_open(c, &s);
		at(c, "%s", i < c->nsample ? c->sample[i].name : "no data");
		if (i < c->nsample && data_option(c->p) != NULL)
			load(c, &s, c->sample[i].p, c->sample[i].n);
		fn(c, &s, i < c->nsample ? c->sample[i].name : "no data");
		close_stage(&s);
	}
}

static void
batches(struct check *c, struct stage_run *s, const char *name)
{
	static const char *const words[] = { "all values", "no values", "some values" };
	enum valid how;

	for (how = ALL; how <= SOME; how++) {
		char *one, *two;

		at(c, "%s, a batch with %s", name, words[how]);
		one = run_rows(c, s, ROWS, how);
		if (how == NONE && one[0] != '\0')
			fail(c, "look at valid: without its bit a row has no value", "%s: says %.60s",
			    c->sh->at, one);
		two = run_rows(c, s, ROWS, how);
		if (strcmp(one, two) != 0)
			fail(c, "the same rows must give the same", "%s: says something else the second "
			    "time", c->sh->at);
		free(one);
		free(two);
	}
	at(c, "%s, a batch of no rows", name);
	if (run_part(c, s, 0, 0, ALL) != TCS_OK)
		fail(c, "run must take any batch", "run answers an error (%s)", c->sh->at);
}

static int
by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
sorted(char *text)
{
	static char *line[ROWS * 64];
	struct buf out;
	size_t n = 0, i;
	char *p, *rest = text;

	while (n < sizeof line / sizeof *line && (p = strsep(&rest, "\n")) != NULL && *p != '\0')
		line[n++] = p;
	qsort(line, n, sizeof *line, by_line);
	buf_init(&out);
	buf_str(&out, "");
	for (i = 0; i < n; i++)
		buf_printf(&out, "%s\n", line[i]);
	free(text);
	return buf_take(&out);
}

static void
parts(struct check *c, struct stage_run *s, const char *name)
{
	char *one, *two, where[400];

	at(c, "%s, 256 rows in four batches", name);
	one = sorted(run_rows(c, s, ROWS, ALL));
	two = sorted(run_rows(c, s, ROWS / 4, ALL));
	if (strcmp(one, two) != 0) {
		text_first(one, two, where, sizeof where);
		fail(c, "what is said of a row must not depend on those beside it", "%s: %s", c->sh->at,
		    where);
	}
	free(one);
	free(two);
}

static void
try_batches(struct check *c)
{
	each_state(c, batches);
}

static void
try_parts(struct check *c)
{
	each_state(c, parts);
}

static void
try_data(struct check *c)
{
	struct stage_run s;
	uint32_t i;
	size_t n;

	must_open(c, &s);
	for (i = 0; i < c->nsample; i++) {
		const struct sample *d = &c->sample[i];

		at(c, "%s", d->name);
		if (load(c, &s, d->p, d->n) != TCS_OK)
			fail(c, "samples of a stage are its data: name files that it takes", "does not take "
			    "%s", d->name);
		for (n = 0; n <= d->n; n += d->n / CUTS + 1) {
			if (s.state != NULL)
				s.s->drop(s.r.inst, s.state);
			s.state = NULL;
			at(c, "%s cut off after byte %zu", d->name, n);
			load(c, &s, d->p, n);
		}
	}
	close_stage(&s);
}

static void
try_memory(struct check *c)
{
	bool failed = true;
	int64_t k;

	for (k = 1; failed && k < 200; k++) {
		struct stage_run s;
		int rc;

		at(c, "without memory at allocation %lld", (long long)k);
		rc = open_stage(c, &s, k);
		if (rc == TCS_OK && s.s->load != NULL && c->nsample > 0)
			rc = load(c, &s, c->sample[0].p, c->sample[0].n);
		if (rc == TCS_OK) {
			make_rows();
			buf_init(&now.said);
			rc = run_part(c, &s, 0, ROWS, ALL);
			buf_free(&now.said);
		}
		failed = s.r.x->failed;
		if (failed && rc != TCS_ENOMEM && rc != TCS_OK)
			fail(c, "when alloc gives NULL, return TCS_ENOMEM at once", "answers %d (%s)", rc,
			    c->sh->at);
		close_stage(&s);
	}
}

static void
try_growth(struct check *c)
{
	struct mallinfo2 m;
	size_t was = 0;
	uint32_t i;

	make_rows();
	for (i = 0; i < ROUNDS; i++) {
		struct stage_run s;

		at(c, "%u instances", i + 1);
		must_open(c, &s);
		if (s.s->load != NULL && c->nsample > 0)
			load(c, &s, c->sample[0].p, c->sample[0].n);
		buf_init(&now.said);
		run_part(c, &s, 0, ROWS, ALL);
		buf_free(&now.said);
		close_stage(&s);
		m = mallinfo2();
		if (i == ROUNDS / 2)
			was = m.uordblks + m.hblkhd;
	}
	if (m.uordblks + m.hblkhd > was + 16384)
		fail(c, "drop and close must free all that malloc gave", "grows by %zu bytes over %d "
		    "instances",
		    m.uordblks + m.hblkhd - was, ROUNDS / 2);
}

void
check_stage(struct check *c)
{
	trial(c, "batches", try_batches);
	trial(c, "batches in parts", try_parts);
	if (c->nsample > 0)
		trial(c, "data", try_data);
	trial(c, "without memory", try_memory);
	trial(c, "growth", try_growth);
}
