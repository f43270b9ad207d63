/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kev -- stage on matched findings: which of a finding's CVEs stand in a list
 * of known exploited vulnerabilities, as CISA publishes it (JSON or CSV).
 *
 * Says on the finding when the CVE was added, whether ransomware uses it, and
 * which version of the list said so.  What follows from that is decide's.  Of
 * several CVEs the one that ransomware uses counts, else the newest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/cve.h>
#include <tocsin/plugin.h>
#include "kev.h"

struct kev {
	struct tcs_ctx			*ctx;
	const struct tcs_stage_host	*host;
	int				 cves, identifier;	/* columns */
};

static int
by_cve(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->cve > y->cve) - (x->cve < y->cve);
}

static const struct entry *
find(const struct list *l, uint64_t cve)
{
	struct entry key = { .cve = cve };

	return l->n > 0 ? bsearch(&key, l->entry, l->n, sizeof key, by_cve) : NULL;
}

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
best(const struct list *l, struct tcs_slice rest)
{
	const struct entry *e, *so_far = NULL;
	struct tcs_slice one;
	uint64_t cve;

	while ((cve = tcs_cve_next(&rest, &one)) != 0) {
		if ((e = find(l, cve)) == NULL || (so_far != NULL && (so_far->ransomware > e->ransomware ||
		    (so_far->ransomware == e->ransomware && strcmp(so_far->added, e->added) >= 0))))
			continue;
		so_far = e;
	}
	return so_far;
}

static int
say(const struct kev *k, uint32_t row, const struct list *l, const struct entry *e)
{
	char cve[40];
	struct { const char *name; struct tcs_slice v; } all[] = {
		{ "extra.known_exploited", tcs_str(e->added) }, { "extra.known_exploited_cve", { cve, 0 } },
		{ "extra.ransomware_use", e->ransomware ? TCS_LIT("Known") : TCS_LIT("Unknown") },
		{ "extra.kev_version", tcs_str(l->version) } };
	size_t i;
	int rc;

	snprintf(cve, sizeof cve, "CVE-%04llu-%04llu", (unsigned long long)(e->cve >> 40),
	    (unsigned long long)(e->cve & ((UINT64_C(1) << 40) - 1)));
	all[1].v = tcs_str(cve);
	for (i = 0; i < sizeof all / sizeof *all; i++)
		if ((rc = k->host->set(k->ctx, row, all[i].name, &all[i].v)) != TCS_OK)
			return rc;
	return TCS_OK;
}

static int
kev_run(void *inst, const void *state, const struct tcs_batch *b)
{
	const struct kev *k = inst;
	const struct list *l = state;
	const struct entry *e;
	uint32_t i;
	int rc;

	for (i = 0; l != NULL && i < b->nrow; i++) {
		if (b->verdict[i] != 0)
			continue;
		e = best(l, cell(b, k->cves, i));
		if (e == NULL)
			e = best(l, cell(b, k->identifier, i));
		if (e != NULL && (rc = say(k, i, l, e)) != TCS_OK)
			return rc;
	}
	return TCS_OK;
}

static void
kev_drop(void *inst, void *state)
{
	struct list *l = state;

	(void)inst;
	if (l == NULL)
		return;
	free(l->entry);
	free(l);
}

static int
kev_load(void *inst, const char *option, const void *data, size_t n, void **state)
{
	struct kev *k = inst;
	struct list *l = calloc(1, sizeof *l);
	char why[160] = "";
	int rc;

	(void)option;
	if (l == NULL)
		return TCS_ENOMEM;
	rc = list_read(l, data, n, why, sizeof why);
	if (rc == TCS_OK && l->n == 0) {
		rc = TCS_EINPUT;
		tcs_copy(why, sizeof why, TCS_LIT("no vulnerabilities in it"));
	}
	if (rc != TCS_OK) {
		k->host->h.log(k->ctx, TCS_ERR, "list: %s", why);
		kev_drop(k, l);
		return rc;
	}
	qsort(l->entry, l->n, sizeof *l->entry, by_cve);
	*state = l;
	return TCS_OK;
}

static int
kev_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct kev *k = host->alloc(ctx, TCS_INSTANCE, sizeof *k);

	(void)opt;
	if (k == NULL)
		return TCS_ENOMEM;
	k->ctx = ctx;
	k->host = (const struct tcs_stage_host *)(const void *)host;
	if (!TCS_HAS(host, struct tcs_stage_host, set))
		return TCS_EPLUGIN;
	k->cves = k->host->want(ctx, "product.vulnerabilities");
	k->identifier = k->host->want(ctx, "classification.identifier");
	*inst = k;
	return k->cves < 0 || k->identifier < 0 ? TCS_EPLUGIN : TCS_OK;
}

static void
kev_close(void *inst)
{
	(void)inst;
}

static const uint16_t reads[] = { 0 };
static const char *const reasons[] = { NULL };

static const struct tcs_stage stage = {
	.size = sizeof(struct tcs_stage), .flags = TCS_ST_MATCHED, .reads = reads, .reasons = reasons,
	.load = kev_load, .drop = kev_drop, .run = kev_run,
};

static const struct tcs_opt options[] = {
	{ "list", TCS_T_DATA, 0, NULL, NULL, "The list of known exploited vulnerabilities, JSON or CSV." },
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_STAGE), .name = "kev", .version = "1.0", .license = "Apache-2.0",
	.summary = "Says which findings are about vulnerabilities known to be exploited.",
	.help = "Reads CISA's catalogue of known exploited vulnerabilities, "
	    "or a list of that form. The policy's column "
	    "exploited and the silence of a case go by it.",
	.opts = options, .nopt = sizeof options / sizeof *options,
	.open = kev_open, .close = kev_close, .ops.stage = &stage,
};
