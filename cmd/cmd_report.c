/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin report: counts, each named for what it counts, and whether warning
 * helped.  The numbers are made from the ledger's rows each time; run twice
 * over the same months they are the same.
 */
#include <math.h>
#include <string.h>
#include "cmd/report.h"
#include <tocsin/slice.h>

static const struct list_col cols[] = {
	{ "count", NULL, LIST_TEXT, 0 },
	{ "month", "MONTH", LIST_TEXT, 0 },
	{ "source", "SOURCE", LIST_TEXT, LIST_CUT },
	{ "class", "CLASS", LIST_TEXT, LIST_CUT },
	{ "constituency", "CONSTITUENCY", LIST_TEXT, LIST_CUT },
	{ "requested", "REQUESTED", LIST_TEXT, 0 },
	{ "organisation", "ORGANISATION", LIST_TEXT, LIST_CUT },
	{ "state", "STATE", LIST_TEXT, 0 },
	{ "n", "N", LIST_NUMBER, 0 },
	{ "means", NULL, LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

static const struct list_col effect_cols[] = {
	{ "count", NULL, LIST_TEXT, 0 },
	{ "month", "MONTH", LIST_TEXT, 0 },
	{ "source", "SOURCE", LIST_TEXT, LIST_CUT },
	{ "class", "CLASS", LIST_TEXT, LIST_CUT },
	{ "constituency", "CONSTITUENCY", LIST_TEXT, LIST_CUT },
	{ "requested", "REQUESTED", LIST_TEXT, 0 },
	{ "organisation", "ORGANISATION", LIST_TEXT, LIST_CUT },
	{ "told", "TOLD", LIST_TEXT, 0 },
	{ "n", "N", LIST_NUMBER, 0 },
	{ "gone", "GONE", LIST_NUMBER, 0 },
	{ "relapsed", "BACK", LIST_NUMBER, 0 },
	{ "gone_1", "%1D", LIST_TENTHS, 0 },
	{ "gone_7", "%7D", LIST_TENTHS, 0 },
	{ "gone_14", "%14D", LIST_TENTHS, 0 },
	{ "gone_30", "%30D", LIST_TENTHS, 0 },
	{ "gone_90", "%90D", LIST_TENTHS, 0 },
	{ "median", "MEDIAN", LIST_NUMBER, 0 },
	{ "means", NULL, LIST_TEXT, 0 },
	{ NULL, NULL, 0, 0 }
};

const char *const report_count_names[] = { "inputs", "findings", "cases", "episodes", "answers", "warnings",
	"answered", "recipients", "organisations", "effect", NULL };

static const char *const means[REPORT_OF_MAX + 1] = {
	[REPORT_INPUTS] = "reports, documents and responses as they came, by state; members of "
	    "archives are counted, the archives themselves are not; month: when it arrived",
	[REPORT_FINDINGS] = "records of inputs, by what became of each; month: when the input arrived",
	[REPORT_CASES] = "one problem at one subject of one organisation, by whether it is still "
	    "seen; conflicts are not counted; month: when it was opened; source: that opened it",
	[REPORT_EPISODES] =
	    "stretches of the life of cases: the first, and each relapse; month: when it began",
	[REPORT_ANSWERS] =
	    "cases that somebody said something about, by what stands now; month: when it was said",
	[REPORT_WARNINGS] = "messages handed over, each once, corrections left out, by what is known of "
	    "them; requested: the organisation is registered as the owner; unsolicited: it is told as an "
	    "operator, or by the ladder; "
	    "month: when it was made; by source: one for each source that it speaks of",
	[REPORT_ANSWERED] = "warnings that a person's mail answered",
	[REPORT_RECIPIENTS] = "different addresses with at least one warning handed over",
	[REPORT_ORGANISATIONS] = "different organisations with at least one warning handed over",
	[REPORT_EFFECT] = "episodes of what has an end that can be seen, from the first warning (month: of "
	    "it), or, never warned of, from the opening; gone: the day after the last day it was reported "
	    "for; %: share that was gone within so many days, and median: days until half were, as "
	    "Kaplan and Meier estimate it where coverage ends",
};

static void
dimensions(struct reporting *x, const char *const by[BY_MAX])
{
	unsigned i;

	list_text(x->t, "count", x->name);
	sha256_add(x->rows, x->name, strlen(x->name) + 1);
	for (i = 0; i < BY_MAX; i++) {
		list_some(x->t, report_by_names[i], by[i]);
		sha256_add(x->rows, by[i], strlen(by[i]) + 1);
	}
	x->n++;
}

static bool
one(void *arg, const struct report_row *r)
{
	struct reporting *x = arg;
	char n[24];

	dimensions(x, r->by);
	list_some(x->t, "state", r->state);
	list_number(x->t, "n", (int64_t)r->n);
	sha256_add(x->rows, r->state, strlen(r->state) + 1);
	sha256_add(x->rows, n, (size_t)snprintf(n, sizeof n, "%llu", (unsigned long long)r->n) + 1);
	return true;
}

static bool
one_count(void *arg, const struct report_row *r)
{
	struct reporting *x = arg;
	unsigned of = 0;

	while (report_count_names[of] != x->name)
		of++;
	one(x, r);
	list_text(x->t, "means", means[of]);
	list_row(x->t);
	return true;
}

static bool
one_effect(void *arg, const struct effect_row *r)
{
	static const char *const spans[EFFECT_SPANS] = { "gone_1", "gone_7", "gone_14", "gone_30",
	    "gone_90" };
	struct reporting *x = arg;
	const char *told = r->warned ? "warned" : "unwarned";
	char line[200];
	size_t n;
	int i;

	dimensions(x, r->by);
	list_text(x->t, "told", told);
	list_number(x->t, "n", (int64_t)r->n);
	list_number(x->t, "gone", (int64_t)r->gone);
	list_number(x->t, "relapsed", (int64_t)r->relapsed);
	n = (size_t)snprintf(line, sizeof line, "%s %llu %llu %llu %d", told, (unsigned long long)r->n,
	    (unsigned long long)r->gone, (unsigned long long)r->relapsed, (int)r->median);
	for (i = 0; i < EFFECT_SPANS; i++) {
		list_tenths(x->t, spans[i], r->share[i] < 0 ? -1 : llround(r->share[i] * 1000));
		n += (size_t)snprintf(line + n, sizeof line - n, " %lld", llround(r->share[i] * 1000));
	}
	sha256_add(x->rows, line, n + 1);
	if (r->median >= 0)
		list_number(x->t, "median", r->median);
	list_text(x->t, "means", means[REPORT_EFFECT]);
	list_row(x->t);
	return true;
}

/* Columns that this report is not divided by have no heading. */
static const struct list_col *
headings(struct reporting *x, const struct list_col *from, size_t n)
{
	struct list_col *c = arena_dup(x->v->arena, from, n * sizeof *c);
	unsigned i;

	for (i = 0; x->q.by_given && i < BY_MAX; i++)
		if (!(x->q.by & 1u << i))
			c[1 + i].title = NULL;
	return c;
}

static bool
section(struct reporting *x, unsigned of, bool first, struct err *e)
{
	struct report_query q = x->q;
	bool json = x->v->args->json, good;

	x->name = report_count_names[of];
	if (!json && !x->csv)
		printf("%s%s: %s\n", first ? "" : "\n", x->name, means[of]);
	else if (x->csv && !first)
		printf("\r\n");
	x->t = of == REPORT_EFFECT ?
	    list_new(headings(x, effect_cols, sizeof effect_cols / sizeof *effect_cols), json, stdout,
		list_width()) :
	    list_new(headings(x, cols, sizeof cols / sizeof *cols), json, stdout, list_width());
	if (x->csv)
		list_csv(x->t);
	if (of == REPORT_EFFECT && !q.by_given)
		q.by = 1u << BY_CLASS;
	good = of == REPORT_EFFECT ? effect_each(x->v->l, &q, one_effect, x, e) :
	    ledger_report_each(x->v->l, (enum report_of)of, &q, one_count, x, e);
	list_end(x->t, good ? "none" : NULL);
	return good;
}

/* All counts share one table in CSV; the effect has its own. */
static bool
csv_counts(struct reporting *x, struct err *e)
{
	bool good = true;
	unsigned of;

	x->t = list_new(cols, false, stdout, 0);
	list_csv(x->t);
	for (of = 0; good && of < REPORT_OF_MAX; of++)
		if (x->only & 1u << of) {
			x->name = report_count_names[of];
			good = ledger_report_each(x->v->l, (enum report_of)of, &x->q, one_count, x, e);
		}
	list_end(x->t, NULL);
	return good;
}

static bool
rows(struct reporting *x, struct err *e)
{
	unsigned counts = (1u << REPORT_OF_MAX) - 1, of;
	bool good = true, first = true;

	if (x->csv && (x->only & counts)) {
		good = csv_counts(x, e);
		first = false;
	}
	for (of = 0; good && of <= REPORT_EFFECT; of++)
		if ((x->only & 1u << of) && (!x->csv || of == REPORT_EFFECT)) {
			good = section(x, of, first, e);
			first = false;
		}
	return good;
}

/* Comma-separated words of names, as bits. */
static bool
words(const struct cmd_args *a, const char *opt, const char *const *names, unsigned *bits, struct err *e)
{
	const char *text = cmd_value(a, opt);
	struct tcs_slice rest, word;
	char one_word[40];
	int i;

	*bits = 0;
	if (text == NULL)
		return true;
	for (rest = tcs_str(text); rest.n > 0;) {
		if (!tcs_cut(&rest, ',', &word)) {
			word = rest;
			rest.n = 0;
		}
		snprintf(one_word, sizeof one_word, "%.*s", (int)word.n, word.p);
		if ((i = word_find(opt, one_word, names, e)) < 0)
			return false;
		*bits |= 1u << i;
	}
	return *bits != 0 || err_set(e, "--%s: expected one or more of its words, with commas between", opt);
}

static bool
asked(struct reporting *x, struct err *e)
{
	const struct cmd_args *a = x->v->args;
	const char *lang = cmd_value(a, "sentence");

	x->q = (struct report_query){ x->v->filter.span, x->v->filter.source, x->v->filter.org, 0,
	    cmd_has(a, "by") };
	x->csv = cmd_has(a, "csv");
	if (x->csv && a->json)
		return err_set(e, "--csv and --json: one of them");
	if (lang != NULL && strcmp(lang, "nl") != 0 && strcmp(lang, "en") != 0)
		return err_set(e, "--sentence %s: expected nl or en", lang);
	if (!words(a, "by", report_by_names, &x->q.by, e) ||
	    !words(a, "only", report_count_names, &x->only, e))
		return false;
	if (x->only == 0)
		x->only = (1u << (REPORT_EFFECT + 1)) - 1;
	return true;
}

static int
run(const struct cmd_args *a)
{
	struct err e = ERR_INIT;
	struct view v;
	struct reporting x = { .v = &v };
	const char *lang = cmd_value(a, "sentence"), *manifest = cmd_value(a, "manifest");
	int status;
	bool good;

	if ((status = view_open(&v, a, LEDGER_READ)) != CMD_OK)
		return status;
	if (!asked(&x, &e)) {
		view_close(&v);
		return cmd_fail(a, CMD_USAGE, "%s", e.text);
	}
	x.rows = sha256_new();
	good = lang != NULL ? report_sentence(&x, lang, &e) : rows(&x, &e);
	if (good && manifest != NULL)
		good = report_manifest(&x, manifest, &e);
	else
		sha256_end(x.rows, NULL);
	return view_done(&v, good, &e);
}

static const struct cmd_opt options[] = { FILTER_SINCE, FILTER_UNTIL, FILTER_ORGANISATION, FILTER_SOURCE,
    { "by", "WORDS", "divide by these: month,source,class,constituency,requested,organisation", false },
    { "only", "WORDS", "only these counts: inputs,findings,cases,...,effect", false },
    { "csv", NULL, "CSV instead of tables for people", false },
    { "sentence", "LANGUAGE", "only a sentence to quote: how many, since when, from whom (nl, en)", false },
    { "manifest", "FILE", "write there what the report was made from, as JSON", false },
    FILTER_END };

const struct cmd cmd_report = {
	.name = "report",
	.operands = "",
	.opt = options,
	.run = run,
	.summary = "count what was done, and whether it helped",
	.help = "Inputs, findings, cases, episodes, answers, warnings, recipients and organisations, each\n"
	    "with what it counts, and the effect: how long problems stayed after a warning, beside those\n"
	    "that nobody was warned of.  --by divides by any of its words together; without it each\n"
	    "count has its usual ones.  Inputs and findings have no organisation: with --organisation\n"
	    "they are left out.  The manifest names the inputs with their SHA-256, the configuration's,\n"
	    "the query, the program, where the ledger stood, and a hash of the rows: the same query over\n"
	    "the same ledger gives the same hash.\n",
};
