/* SPDX-License-Identifier: Apache-2.0 */
/* core/2-decode/decode*.c: inputs through real workers: cuts, beginning in the middle, details,
 * and what is refused. */
#include <stdlib.h>
#include <unistd.h>
#include "2-decode/decode.h"
#include "mem.h"
#include "paths.h"
#include "tap.h"
#include "timefmt.h"

#define ROWS 5000

static struct plugins *plugins;

/* ---- an input in memory ------------------------------------------------------ */

struct memory {
	struct reader	 r;
	const char	*p;
	size_t		 n, at, piece;
	bool		 breaks;
};

static int64_t
memory_read(struct reader *r, void *buf, size_t n, struct err *e)
{
	struct memory *m = (struct memory *)r;
	size_t left = m->n - m->at;

	if (m->breaks && left == 0) {
		err_set(e, "the line went dead");
		return -1;
	}
	n = n < m->piece ? n : m->piece;
	n = n < left ? n : left;
	memcpy(buf, m->p + m->at, n);
	m->at += n;
	return (int64_t)n;
}

static void
memory_close(struct reader *r)
{
	(void)r;
}

static struct memory
memory(const struct buf *b)
{
	return (struct memory){ { memory_read, memory_close, NULL }, b->p, b->n, 0, 4096, false };
}

static void
report(struct buf *b)
{
	uint32_t i;

	buf_init(b);
	buf_str(b, "\xef\xbb\xbf# a comment\ntimestamp,ip,port,tag\n");
	for (i = 0; i < ROWS; i++)
		buf_printf(b, "2026-11-20 08:%02u:%02u,%s.%u,%u,\"row\n%u\"\n", i / 60 % 60, i % 60,
		    i % 100 == 7 ? "x" : "192.0.2", i % 256, 1 + i, i);
}

/* ---- what came of it ------------------------------------------------------------ */

struct got {
	uint32_t	 n, nrefused, cuts;
	uint64_t	 off[ROWS], cut[ROWS / 100], records, last;
	uint32_t	 len[ROWS], line[ROWS], sub[ROWS];
	char		*json[ROWS];
	char		 why[64];
	bool		 order, all, stop;
};

static bool
on_batch(void *arg, const struct decoded *d, struct err *e)
{
	struct got *g = arg;
	struct arena *a = arena_new();
	struct finding f;
	struct buf b;
	uint32_t i;

	for (i = 0; i < d->batch->nrow && g->n < ROWS; i++) {
		if (!binding_finding(d->binding, d->rows, d->batch->row[i], a, &f, e))
			return false;
		buf_init(&b);
		if (g->all)
			finding_json(&b, &f);
		g->order = g->order && (f.off > g->last || f.sub > 0 || f.off == 0) && f.off >= g->last;
		g->last = f.off;
		g->off[g->n] = f.off;
		g->len[g->n] = f.len;
		g->line[g->n] = f.line;
		g->sub[g->n] = f.sub;
		g->json[g->n++] = g->all ? buf_take(&b) : NULL;
	}
	arena_free(a);
	return !g->stop || err_set(e, "that is enough");
}

static bool
on_refused(void *arg, const struct refused *r, uint32_t n, struct err *e)
{
	struct got *g = arg;

	(void)e;
	g->nrefused += n;
	snprintf(g->why, sizeof g->why, "%u: %s: %.3s", r[n - 1].line, r[n - 1].why,
	    r[n - 1].raw ? r[n - 1].raw : "-");
	return true;
}

static bool
on_upto(void *arg, uint64_t off, uint64_t records, struct err *e)
{
	struct got *g = arg;

	(void)e;
	g->order = g->order && off > g->last && records >= g->records;
	g->records = records;
	if (g->cuts < ROWS / 100)
		g->cut[g->cuts++] = off;
	return true;
}

static struct got *
run(struct decoder *d, const char *name, struct memory m, uint64_t skip, bool all, enum source_end *end,
    struct err *e)
{
	struct got *g = xcalloc(1, sizeof *g);
	const struct decode_sink sink = { g, on_batch, on_refused, on_upto };

	g->order = true;
	g->all = all;
	g->stop = m.piece == 4095;
	*end = decode_run(d, name, &m.r, skip, all, &sink, e);
	return g;
}

static void
drop(struct got *g)
{
	uint32_t i;

	for (i = 0; i < g->n; i++)
		free(g->json[i]);
	free(g);
}

static struct decoder *
open_or_die(const char *plugin, const struct given *given, uint32_t n)
{
	struct decoder_spec s = { .plugin = plugin, .given = given, .ngiven = n };
	struct err e = ERR_INIT;
	struct decoder *d = decoder_open(plugins, &s, &e);

	if (d == NULL) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	return d;
}

/* ---- the tests --------------------------------------------------------------------- */

static const struct given comment = { "comment", "#", NULL, 0 };

static void
test_run(struct decoder *d, const struct buf *b)
{
	struct err e = ERR_INIT;
	enum source_end end;
	struct got *g = run(d, "2026-11-20-scan_rdp-nl.csv", memory(b), 0, false, &end, &e), *h;
	uint32_t i, k;
	bool good = true;

	ok(end == SOURCE_OK && g->n == ROWS - ROWS / 100 && g->nrefused == ROWS / 100,
	    "all rows are given or refused: %s", e.text);
	ok(g->order, "in order, and a cut is behind all that was given");
	ok(g->cuts >= 4 && g->cut[g->cuts - 1] == b->n && g->records == ROWS,
	    "cuts up to the end, records counted");
	is_str(g->why, "9817: ip: not an address: 202", "what is refused has line, reason and bytes");
	for (i = 0; i < g->cuts; i += 2) {
		h = run(d, "2026-11-20-scan_rdp-nl.csv", memory(b), g->cut[i], false, &end, &e);
		for (k = 0; k < g->n && g->off[k] < g->cut[i]; k++)
			;
		good = good && end == SOURCE_OK && h->n == g->n - k &&
		    (h->n == 0 || (h->off[0] == g->off[k] && h->line[0] == g->line[k]));
		drop(h);
	}
	ok(good, "begun at any cut, exactly the rest is given");
	drop(g);
}

/* Cut off in the middle of a record: all before it, and never the half. */
static void
test_half(struct decoder *d, const struct buf *b)
{
	struct err e = ERR_INIT;
	enum source_end end;
	struct got *all = run(d, "2026-11-20-scan_rdp-nl.csv", memory(b), 0, false, &end, &e), *g;
	uint32_t k, cut;
	bool good = end == SOURCE_OK;

	for (k = 1; k < all->n && good; k += all->n / 5)
		for (cut = 22; cut < all->len[k]; cut += 9) {	/* in the address, the port, the quoted tag */
			struct memory m = memory(b);

			m.n = all->off[k] + cut;
			m.breaks = true;
			e = (struct err)ERR_INIT;
			g = run(d, "2026-11-20-scan_rdp-nl.csv", m, 0, false, &end, &e);
			good = good && end == SOURCE_READ_ERROR && g->n == k;
			drop(g);
		}
	ok(good, "an input that breaks off gives what is whole, and no half record");
	drop(all);
}

static void
test_ends(struct decoder *d, const struct buf *b)
{
	struct memory m = memory(b);
	struct err e = ERR_INIT;
	enum source_end end;
	struct got *g;

	m.piece = 4095;
	g = run(d, "2026-11-20-scan_rdp-nl.csv", m, 0, false, &end, &e);
	ok(end == SOURCE_STOPPED && strcmp(e.text, "that is enough") == 0, "a sink may stop it: %s", e.text);
	drop(g);
	m = memory(b);
	m.breaks = true;
	e = (struct err)ERR_INIT;
	g = run(d, "2026-11-20-scan_rdp-nl.csv", m, 0, false, &end, &e);
	ok(end == SOURCE_READ_ERROR && strstr(e.text, "the line went dead") != NULL &&
	    strncmp(e.text, "2026-11-20-scan_rdp-nl.csv:", 27) == 0, "bytes that cannot be read: %s", e.text);
	drop(g);
	e = (struct err)ERR_INIT;
	g = run(d, "scan_rpd.csv", memory(b), 0, false, &end, &e);
	ok(end == SOURCE_BAD_INPUT && g->n == 0, "a type that is none: %s", e.text);
	drop(g);
	e = (struct err)ERR_INIT;
	g = run(d, "2026-11-20-event4_sinkhole-nl.csv", memory(b), 0, false, &end, &e);
	ok(end == SOURCE_BAD_INPUT && strstr(e.text, "'src_ip'") != NULL, "the columns of another type: %s",
	    e.text);
	drop(g);
	e = (struct err)ERR_INIT;
	g = run(d, "2026-11-20-scan_rdp-nl.csv", memory(b), 0, false, &end, &e);
	ok(end == SOURCE_OK && g->n == ROWS - ROWS / 100, "and the next input is read again: %s", e.text);
	drop(g);
}

struct details {
	const struct got *g;
	const uint32_t	*row;
	uint32_t	 n;
	bool		 same;
};

static void
on_detail(void *arg, uint32_t i, const struct finding *f, const char *raw)
{
	struct details *t = arg;
	uint32_t row = t->row[i];
	struct buf b;

	buf_init(&b);
	finding_json(&b, f);
	t->same = t->same && strcmp(b.p, t->g->json[row]) == 0 && f->off == t->g->off[row] &&
	    f->len == t->g->len[row] && f->line == t->g->line[row] && f->sub == t->g->sub[row] && raw != NULL;
	if (!t->same)
		printf("# %s\n# %s\n", b.p, t->g->json[row]);
	buf_free(&b);
	t->n++;
}

static void
details(struct decoder *d, const char *name, const struct buf *b, const struct got *g, const uint32_t *row,
    uint32_t n, const char *what)
{
	struct evidence_want *want = xcalloc(n + 1, sizeof *want);
	struct details t = { .g = g, .row = row, .same = true };
	struct memory m = memory(b);
	struct err e = ERR_INIT;
	uint32_t i;

	for (i = 0; i < n; i++)
		want[i] = (struct evidence_want){ g->off[row[i]], g->len[row[i]], g->line[row[i]],
		    (uint16_t)g->sub[row[i]] };
	ok(decode_details(d, name, &m.r, want, n, on_detail, &t, &e) && t.same && t.n == n, "%s: %s", what,
	    e.text);
	if (t.n != n)
		printf("# %u of %u\n", t.n, n);
	want[n - 1].off++;		/* nobody begins there */
	m = memory(b);
	t.n = 0;
	t.same = true;
	if (!(decoder_plugin(d)->flags & TCS_S_ALONE))
		ok(decode_details(d, name, &m.r, want, n, on_detail, &t, &e) && t.same && t.n == n - 1,
		    "what is not there is not given");
	free(want);
}

static void
test_details(struct decoder *d, const struct buf *b)
{
	static const uint32_t some[] = { 0, 1, 2, 700, 701, 2400, 4948, 4949 };
	uint32_t *all = xcalloc(ROWS, sizeof *all), i;
	const char *name = "2026-11-20-scan_rdp-nl.csv";
	struct err e = ERR_INIT;
	enum source_end end;
	struct got *g = run(d, name, memory(b), 0, true, &end, &e);

	for (i = 0; i < g->n; i++)
		all[i] = i;
	details(d, name, b, g, some, 8, "a few findings again");
	details(d, name, b, g, some + 7, 1, "the last one");
	details(d, name, b, g, all, g->n, "all of them");
	free(all);
	drop(g);
}

static void
test_whole(void)
{
	static const uint32_t some[] = { 1, 2 };
	struct decoder *d = open_or_die("researcher", NULL, 0);
	struct err e = ERR_INIT;
	enum source_end end;
	struct got *g;
	struct buf b;
	uint32_t i;

	buf_init(&b);
	buf_str(&b, "{ \"format\": \"researcher-report/1\", \"reporter\": { \"name\": \"Sam Example\" }, "
	    "\"title\": \"Old\", \"found\": \"2026-11-19T10:00:00Z\", \"systems\": [\n");
	for (i = 0; i < 3; i++)
		buf_printf(&b, "{ \"address\": \"192.0.2.%u\", \"port\": 25 }%s\n", i, i < 2 ? "," : "] }");
	g = run(d, "report.json", memory(&b), 0, true, &end, &e);
	ok(end == SOURCE_OK && g->n == 3, "a source that takes its input whole: %s", e.text);
	if (g->n == 3)
		details(d, "report.json", &b, g, some, 2, "details of one that does not stand alone");
	drop(g);
	buf_free(&b);
	decoder_close(d);
}

/* Then a warning waits, instead of going out without what its evidence says. */
static void
test_no_worker(const struct buf *b)
{
	const struct evidence_want want = { 300, 100, 2, 0 };
	struct decoder *d = open_or_die("shadowserver", &comment, 1);
	struct plugin *p = (struct plugin *)(uintptr_t)decoder_plugin(d);
	const char *path = p->path;
	struct memory m = memory(b);
	struct err e = ERR_INIT;

	p->path = "/nowhere/gone.so";
	ok(!decode_details(d, "2026-11-20-scan_rdp-nl.csv", &m.r, &want, 1, on_detail, NULL, &e) &&
	    decode_no_worker(d), "no worker starts: that is said (%s)", e.text);
	p->path = path;
	decoder_close(d);
}

static void
test_open(void)
{
	static const struct { const char *plugin, *feed; struct given given; const char *want; } bad[] = {
		{ "shadowservr", NULL, { 0 }, "did you mean \"shadowserver\"?" },
		{ "cvs", NULL, { 0 }, "did you mean \"csv\"?" },
		{ "nothing-like-it", NULL, { 0 }, "there are: " },
		{ "../etc/shadowserver", NULL, { 0 }, "there is no source plugin" },
		{ "maildir", NULL, { 0 }, "maildir" }, { "csv", "nothere.feed", { 0 }, "nothere.feed" },
		{ "shadowserver", NULL, { "delimter", "tab", NULL, 0 }, "delimiter" },
		{ "researcher", "shadowserver", { 0 }, "is for the plugin \"csv\", not for \"researcher\"" },
	};
	struct err e;
	size_t i;

	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct decoder_spec s =
			{ .plugin = bad[i].plugin, .feed = bad[i].feed, .given = &bad[i].given,
			.ngiven = bad[i].given.name != NULL, .file = "t.conf", .line = 3 };

		e = (struct err)ERR_INIT;
		ok(decoder_open(plugins, &s, &e) == NULL && strstr(e.text, bad[i].want) != NULL, "%s: %s",
		    bad[i].plugin, e.text);
	}
}

static void
test_fits(struct decoder *set)
{
	struct decoder *csv = open_or_die("csv", NULL, 0), *desk = open_or_die("researcher", NULL, 0);
	const char *report, head[] = "timestamp,ip\n";
	struct err e = ERR_INIT;
	int64_t day;

	ok(decoder_fits(set, "x/2026-11-20-scan_rdp-nl.csv", head, 13) > decoder_fits(csv,
	    "x/2026-11-20-scan_rdp-nl.csv", head, 13),
	    "the set that takes a name beats the plugin that takes the ending");
	ok(decoder_fits(set, "list.csv", head, 13) == 0 && decoder_fits(csv, "list.csv", head, 13) > 0,
	    "any other table is csv's");
	ok(decoder_fits(set, "2026-11-20-scan_rpd-nl.csv", head, 13) > decoder_fits(csv,
	    "2026-11-20-scan_rpd-nl.csv", head, 13),
	    "what is named like one of the set is for the set to refuse");
	ok(decoder_fits(desk, "report.json", " \n{ \"format\"", 12) > 0 &&
	    decoder_fits(desk, "report.json", head, 13) == 0, "first bytes count");
	ok(decoder_report(set, "2026-11-20-scan_rdp-nl.csv", &report, &day, &e) &&
	    strcmp(report, "scan_rdp") == 0 && day == 20777 * DAY * NS, "a report's type and day");
	ok(decoder_report(csv, "list.csv", &report, &day, &e) && strcmp(report, "csv") == 0 &&
	    day == TIME_NONE, "or the plugin's name");
	decoder_close(csv);
	decoder_close(desk);
}

int
main(void)
{
	struct err e = ERR_INIT;
	struct decoder *d;
	struct buf b;

	if ((plugins = plugins_find(path_plugins(), &e)) == NULL) {
		printf("Bail out! %s\n", e.text);
		return 1;
	}
	d = open_or_die("shadowserver", &comment, 1);
	report(&b);
	test_run(d, &b);
	test_half(d, &b);
	test_ends(d, &b);
	test_details(d, &b);
	test_no_worker(&b);
	test_whole();
	test_open();
	test_fits(d);
	buf_free(&b);
	decoder_close(d);
	plugins_free(plugins);
	return done_testing();
}
