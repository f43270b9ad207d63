/* SPDX-License-Identifier: Apache-2.0 */
/*
 * epss -- stage on matched findings: how probable it is that a finding's CVE
 * is exploited within thirty days, by the scores that FIRST publishes daily.
 *
 * Of several CVEs the greatest counts.  The scores are kept as numbers of
 * hundred-thousandths, the precision they are published with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/cve.h>
#include <tocsin/plugin.h>

#define WHOLE 100000u

struct entry {
	uint64_t	 cve;
	uint32_t	 score, percentile;
};

struct scores {
	struct entry	*entry;
	uint32_t	 n, cap;
	char		 version[80];
};

struct epss {
	struct tcs_ctx			*ctx;
	const struct tcs_stage_host	*host;
	int				 cves, identifier;	/* columns */
};

/* ---- the file */

/* "0.01042" as 1042; digits after the fifth are left out. */
static bool
number(struct tcs_slice s, uint32_t *out)
{
	uint32_t unit = WHOLE;
	size_t i;

	if (s.n == 0 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.'))
		return false;
	*out = s.p[0] == '1' ? WHOLE : 0;
	for (i = 2; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		unit /= 10;
		*out += unit * (uint32_t)(s.p[i] - '0');
	}
	return *out <= WHOLE;
}

/* "#model_version:v2025.03.14,score_date:2026-11-20T00:00:00Z" */
static void
take_version(struct scores *l, struct tcs_slice line)
{
	struct tcs_slice part;

	line = tcs_slice(line.p + 1, line.n - 1);
	while (tcs_cut(&line, ',', &part)) {
		struct tcs_slice name;

		if (!tcs_cut(&part, ':', &name))
			continue;
		if (tcs_is(name, "score_date") && part.n > 10)
			part.n = 10;
		if (tcs_is(name, "score_date") || tcs_is(name, "model_version"))
			snprintf(l->version + strlen(l->version), sizeof l->version - strlen(l->version),
			    "%s%.*s",
			    l->version[0] ? " " : "", (int)(part.n < 30 ? part.n : 30), part.p);
	}
}

static int
take_line(struct scores *l, struct tcs_slice line)
{
	struct tcs_slice cve, score, percentile;
	struct entry e, *more;

	if (!tcs_cut(&line, ',', &cve) || !tcs_cut(&line, ',', &score) || !tcs_cut(&line, ',', &percentile) ||
	    (e.cve = tcs_cve(cve)) == 0 || !number(tcs_trim(score), &e.score) ||
	    !number(tcs_trim(percentile), &e.percentile))
		return TCS_EINPUT;
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 1u << 16;
		if ((more = realloc(l->entry, l->cap * sizeof *more)) == NULL)
			return TCS_ENOMEM;
		l->entry = more;
	}
	l->entry[l->n++] = e;
	return TCS_OK;
}

static int
by_cve(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->cve > y->cve) - (x->cve < y->cve);
}

static void
epss_drop(void *inst, void *state)
{
	struct scores *l = state;

	(void)inst;
	if (l != NULL)
		free(l->entry);
	free(l);
}

static int
read_scores(const struct epss *x, struct scores *l, struct tcs_slice rest)
{
	struct tcs_slice line;
	unsigned at = 0;
	bool named = false;
	int rc = TCS_OK;

	while (rc == TCS_OK && tcs_cut(&rest, '\n', &line)) {
		at++;
		line = tcs_trim(line);
		if (line.n > 0 && line.p[0] == '#')
			take_version(l, line);
		else if (line.n > 0 && !named)
			rc = (named = tcs_is(line, "cve,epss,percentile")) ? TCS_OK : TCS_EINPUT;
		else if (line.n > 0)
			rc = take_line(l, line);
	}
	if (rc == TCS_EINPUT)
		x->host->h.log(x->ctx, TCS_ERR, "scores: line %u: expected %s", at,
		    named ? "a CVE number and two numbers from 0 to 1" : "the columns cve,epss,percentile");
	else if (rc == TCS_OK && l->n == 0) {
		x->host->h.log(x->ctx, TCS_ERR, "scores: there are none in it");
		rc = TCS_EINPUT;
	}
	return rc;
}

static int
epss_load(void *inst, const char *option, const void *data, size_t n, void **state)
{
	struct epss *x = inst;
	struct scores *l = calloc(1, sizeof *l);
	int rc;

	(void)option;
	if (l == NULL)
		return TCS_ENOMEM;
	if ((rc = read_scores(x, l, tcs_slice(data, n))) != TCS_OK) {
		epss_drop(x, l);
		return rc;
	}
	qsort(l->entry, l->n, sizeof *l->entry, by_cve);
	*state = l;
	return TCS_OK;
}

/* ---- findings */

static struct tcs_slice
cell(const struct tcs_batch *b, int col, uint32_t row)
{
	const struct tcs_col *c = &b->reads[col];
	struct tcs_slice s = { NULL, 0 };

	if (c->valid == NULL || (c->valid[row / 64] >> row % 64 & 1))
		memcpy(&s, (const char *)c->data + (size_t)row * c->stride, sizeof s);
	return s;
}

static const struct entry *
best(const struct scores *l, struct tcs_slice rest)
{
	const struct entry *e, *greatest = NULL;
	struct entry key = { 0 };
	struct tcs_slice text;

	while ((key.cve = tcs_cve_next(&rest, &text)) != 0) {
		e = bsearch(&key, l->entry, l->n, sizeof key, by_cve);
		if (e != NULL && (greatest == NULL || e->score > greatest->score))
			greatest = e;
	}
	return greatest;
}

static int
say_number(const struct epss *x, uint32_t row, const char *name, uint32_t n)
{
	char text[16];
	struct tcs_slice v;

	snprintf(text, sizeof text, "%u.%05u", (unsigned)(n / WHOLE), (unsigned)(n % WHOLE));
	v = tcs_str(text);
	return x->host->set(x->ctx, row, name, &v);
}

static int
epss_run(void *inst, const void *state, const struct tcs_batch *b)
{
	const struct epss *x = inst;
	const struct scores *l = state;
	const struct entry *e;
	struct tcs_slice v;
	uint32_t i;
	int rc;

	for (i = 0; l != NULL && i < b->nrow; i++) {
		if (b->verdict[i] != 0)
			continue;
		if ((e = best(l, cell(b, x->cves, i))) == NULL && (e = best(l, cell(b, x->identifier,
		    i))) == NULL)
			continue;
		v = tcs_str(l->version);
		if ((rc = say_number(x, i, "extra.epss", e->score)) != TCS_OK ||
		    (rc = say_number(x, i, "extra.epss_percentile", e->percentile)) != TCS_OK ||
		    (rc = x->host->set(x->ctx, i, "extra.epss_version", &v)) != TCS_OK)
			return rc;
	}
	return TCS_OK;
}

static int
epss_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct epss *x = host->alloc(ctx, TCS_INSTANCE, sizeof *x);

	(void)opt;
	if (x == NULL)
		return TCS_ENOMEM;
	x->ctx = ctx;
	x->host = (const struct tcs_stage_host *)(const void *)host;
	if (!TCS_HAS(host, struct tcs_stage_host, set))
		return TCS_EPLUGIN;
	x->cves = x->host->want(ctx, "product.vulnerabilities");
	x->identifier = x->host->want(ctx, "classification.identifier");
	*inst = x;
	return x->cves < 0 || x->identifier < 0 ? TCS_EPLUGIN : TCS_OK;
}

static void
epss_close(void *inst)
{
	(void)inst;
}

static const uint16_t reads[] = { 0 };
static const char *const reasons[] = { NULL };

static const struct tcs_stage stage = {
	.size = sizeof(struct tcs_stage), .flags = TCS_ST_MATCHED, .reads = reads, .reasons = reasons,
	.load = epss_load, .drop = epss_drop, .run = epss_run,
};

static const struct tcs_opt options[] = {
	{ "scores", TCS_T_DATA, 0, NULL, NULL, "The day's scores, CSV or CSV packed with gzip." },
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_STAGE), .name = "epss", .version = "1.0", .license = "Apache-2.0",
	.summary = "Says how probable it is that a finding's vulnerability is exploited.",
	.help = "Reads the scores of EPSS, which FIRST publishes daily. The policy's column exploited can "
	    "go by them: epss>=0.5.",
	.opts = options, .nopt = sizeof options / sizeof *options,
	.open = epss_open, .close = epss_close, .ops.stage = &stage,
};
