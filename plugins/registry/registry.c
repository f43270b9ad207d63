/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry -- stage: which registered assets cover a finding.
 *
 * Every asset that covers a row is claimed: all networks from the longest
 * prefix to the widest, the AS, all suffixes of the name.  Which claim counts
 * is the host's to say.  A name is there only where the finding is about a
 * name, and never from reverse DNS, so nothing is decided about that here.
 *
 * A batch is done in pieces of 256 rows and column by column: first what is
 * most specific for each row, then, for the few rows that have anything, the
 * walk up the groups.
 */
#include <tocsin/fields.h>
#include <tocsin/plugin.h>
#include <stdlib.h>
#include "tables.h"

#define PIECE	256u
#define CLAIMS	1024u

struct registry {
	struct tcs_ctx			*ctx;
	const struct tcs_stage_host	*host;
	uint32_t			 nclaim;
	struct tcs_claim		 claim[CLAIMS];
};

/* ---- claims */

static int
flush(struct registry *r)
{
	uint32_t n = r->nclaim;

	r->nclaim = 0;
	return n > 0 ? r->host->claim(r->ctx, r->claim, n) : TCS_OK;
}

static int
claim_group(struct registry *r, const struct groups *gs, uint32_t row, uint32_t group)
{
	const struct group *g;
	uint32_t i;
	int rc;

	for (; group != 0; group = g->up) {
		g = &gs->g[group];
		for (i = 0; i < g->n; i++) {
			if (r->nclaim == CLAIMS && (rc = flush(r)) != TCS_OK)
				return rc;
			r->claim[r->nclaim++] = (struct tcs_claim){ row, gs->asset[g->first + i], g->rule,
			    g->rank };
		}
	}
	return TCS_OK;
}

/* ---- a piece of a batch: rows from..from + n */

struct piece {
	const struct tcs_batch	*b;
	uint32_t		 from, n;
	uint32_t		 net[PIECE], name[PIECE], asn[PIECE];	/* the most specific group; 0: none */
};

static inline bool
has(const struct piece *p, const struct tcs_col *c, uint32_t i)
{
	uint32_t row = p->from + i;

	return p->b->verdict[row] == 0 && (c->valid == NULL || (c->valid[row / 64] >> (row % 64) & 1) != 0);
}

static inline const void *
cell(const struct piece *p, const struct tcs_col *c, uint32_t i)
{
	return (const char *)c->data + (size_t)(p->from + i) * c->stride;
}

static inline bool
is4(const uint8_t *ip)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(ip, mapped, sizeof mapped) == 0;
}

static void
find_nets(const struct lpm *lpm, const uint8_t *const *ip, const uint8_t *row, uint32_t n, uint32_t *out)
{
	uint32_t value[PIECE], i;

	if (n == 0)
		return;
	lpm_find(lpm, ip, n, value);
	for (i = 0; i < n; i++)
		out[row[i]] = value[i];
}

static void
piece_nets(const struct tables *t, struct piece *p)
{
	const struct tcs_col *c = &p->b->reads[0];
	const uint8_t *ip4[PIECE], *ip6[PIECE], *ip;
	uint8_t row4[PIECE], row6[PIECE];
	uint32_t n4 = 0, n6 = 0, i;

	memset(p->net, 0, p->n * sizeof *p->net);
	for (i = 0; i < p->n; i++) {
		if (!has(p, c, i))
			continue;
		ip = cell(p, c, i);
		if (is4(ip)) {
			ip4[n4] = ip;
			row4[n4++] = (uint8_t)i;
		} else {
			ip6[n6] = ip;
			row6[n6++] = (uint8_t)i;
		}
	}
	find_nets(&t->net4, ip4, row4, n4, p->net);
	find_nets(&t->net6, ip6, row6, n6, p->net);
}

static void
piece_names(const struct tables *t, struct piece *p)
{
	const struct tcs_col *c = &p->b->reads[1];
	struct tcs_slice name[PIECE];
	uint8_t row[PIECE];
	uint32_t value[PIECE], n = 0, i;

	memset(p->name, 0, p->n * sizeof *p->name);
	if (!t->has_domain)
		return;
	for (i = 0; i < p->n; i++)
		if (has(p, c, i)) {
			memcpy(&name[n], cell(p, c, i), sizeof *name);
			row[n++] = (uint8_t)i;
		}
	suffixes_find(&t->domain, name, n, value);
	for (i = 0; i < n; i++)
		p->name[row[i]] = value[i];
}

static void
piece_asns(const struct tables *t, struct piece *p)
{
	const struct tcs_col *c = &p->b->reads[2];
	uint32_t asn, i;

	memset(p->asn, 0, p->n * sizeof *p->asn);
	if (!t->has_asn)
		return;
	for (i = 0; i < p->n; i++)
		if (has(p, c, i)) {
			memcpy(&asn, cell(p, c, i), sizeof asn);
			p->asn[i] = asns_find(&t->asn, asn);
		}
}

static int
piece_claim(struct registry *r, const struct groups *gs, const struct piece *p)
{
	uint32_t i;
	int rc;

	for (i = 0; i < p->n; i++) {
		if ((p->name[i] | p->net[i] | p->asn[i]) == 0)
			continue;
		if ((rc = claim_group(r, gs, p->from + i, p->name[i])) != TCS_OK ||
		    (rc = claim_group(r, gs, p->from + i, p->net[i])) != TCS_OK ||
		    (rc = claim_group(r, gs, p->from + i, p->asn[i])) != TCS_OK)
			return rc;
	}
	return TCS_OK;
}

/* ---- what the host calls */

static int
registry_run(void *inst, const void *state, const struct tcs_batch *b)
{
	struct registry *r = inst;
	const struct tables *t = state;
	struct piece p = { .b = b };
	int rc = TCS_OK;

	for (r->nclaim = 0; t != NULL && rc == TCS_OK && p.from < b->nrow; p.from += p.n) {
		p.n = b->nrow - p.from < PIECE ? b->nrow - p.from : PIECE;
		piece_nets(t, &p);
		piece_names(t, &p);
		piece_asns(t, &p);
		rc = piece_claim(r, &t->groups, &p);
	}
	return rc == TCS_OK ? flush(r) : rc;
}

static int
registry_load(void *inst, const char *option, const void *data, size_t n, void **state)
{
	struct registry *r = inst;
	struct data d;
	enum data_rc rc;
	uint32_t line;
	const char *why = NULL;

	(void)option;
	*state = NULL;
	if ((rc = data_read(&d, data, n, &line, &why)) == DATA_OK && (*state = tables_make(&d)) == NULL)
		rc = DATA_NOMEM;
	data_free(&d);
	if (rc == DATA_BAD)
		r->host->h.log(r->ctx, TCS_ERR, "assets: line %u: %s", (unsigned)line, why);
	return rc == DATA_OK ? TCS_OK : rc == DATA_BAD ? TCS_EINPUT : TCS_ENOMEM;
}

static void
registry_drop(void *inst, void *state)
{
	(void)inst;
	tables_free(state);
}

static int
registry_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct registry *r = host->alloc(ctx, TCS_INSTANCE, sizeof *r);

	(void)opt;
	if (r == NULL)
		return TCS_ENOMEM;
	r->ctx = ctx;
	r->host = (const struct tcs_stage_host *)(const void *)host;
	*inst = r;
	return TCS_OK;
}

static void
registry_close(void *inst)
{
	(void)inst;
}

static const uint16_t reads[] = { TCS_F_SUBJECT_IP, TCS_F_SUBJECT_NAME, TCS_F_SUBJECT_ASN, 0 };
static const char *const reasons[] = { NULL };

static const struct tcs_stage stage = {
	.size = sizeof(struct tcs_stage), .reads = reads, .reasons = reasons,
	.load = registry_load, .drop = registry_drop, .run = registry_run,
};

static const struct tcs_opt options[] = {
	{ "assets", TCS_T_DATA, TCS_O_OPTIONAL, NULL, NULL,
	    "The assets to match; the host hands over those of the ledger." },
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_STAGE), .name = "registry", .version = "1.0", .license = "Apache-2.0",
	.summary = "Finds the registered assets that cover a finding",
	.help = "Matches the subject's address by longest prefix, its AS number, and - where the finding is "
	    "about a name - its\n"
	    "name by domain suffix. Every covering asset is claimed; the host judges between them.\n",
	.opts = options, .nopt = sizeof options / sizeof *options,
	.open = registry_open, .close = registry_close, .ops = { .stage = &stage },
};
