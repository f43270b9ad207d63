/* SPDX-License-Identifier: Apache-2.0 */
/*
 * warninglist -- stage on matched findings: those whose subject stands in a
 * list of values that are known to be benign (MISP's warning lists): public
 * resolvers, content delivery networks, crawlers.
 *
 * Drops them, or, with action "tag", says so in extra.warning_list and leaves
 * them to whoever follows.  What is dropped is counted by list and version.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include "list.h"

struct warninglist {
	struct tcs_ctx			*ctx;
	const struct tcs_stage_host	*host;
	int				 ip, name;	/* columns */
	bool				 tag;
};

static void
warninglist_drop(void *inst, void *state)
{
	(void)inst;
	if (state != NULL)
		wlists_free(state);
	free(state);
}

static int
warninglist_load(void *inst, const char *option, const void *data, size_t n, void **state)
{
	struct warninglist *x = inst;
	struct wlists *w = calloc(1, sizeof *w);
	char why[240] = "no memory";
	uint32_t i;
	int rc, verdict;

	(void)option;
	if (w == NULL)
		return TCS_ENOMEM;
	rc = wlists_read(w, data, n, why, sizeof why);
	for (i = 0; rc == TCS_OK && i < w->n; i++) {
		if ((verdict = x->host->reason(x->ctx, w->list[i].title)) < 0) {
			tcs_copy(why, sizeof why, TCS_LIT("too many lists"));
			rc = TCS_EINPUT;
		}
		w->list[i].verdict = (uint8_t)verdict;
	}
	if (rc == TCS_OK) {
		*state = w;
		return TCS_OK;
	}
	x->host->h.log(x->ctx, TCS_ERR, "lists: %s", why);
	warninglist_drop(x, w);
	return rc;
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

static const struct wlist *
find(const struct warninglist *x, const struct wlists *w, const struct tcs_batch *b, uint32_t row)
{
	struct tcs_slice ip = cell(b, x->ip, row), name = cell(b, x->name, row);
	uint32_t i;

	for (i = 0; i < w->n; i++)
		if (wlist_ip(&w->list[i], ip) || wlist_name(&w->list[i], name) ||
		    (!w->list[i].hosts && wlist_name(&w->list[i], ip)))
			return &w->list[i];
	return NULL;
}

static int
warninglist_run(void *inst, const void *state, const struct tcs_batch *b)
{
	const struct warninglist *x = inst;
	const struct wlist *l;
	struct tcs_slice v;
	uint32_t i;
	int rc;

	for (i = 0; state != NULL && i < b->nrow; i++) {
		if (b->verdict[i] != 0 || (l = find(x, state, b, i)) == NULL)
			continue;
		if (!x->tag) {
			b->verdict[i] = l->verdict;
			continue;
		}
		v = tcs_str(l->title);
		if ((rc = x->host->set(x->ctx, i, "extra.warning_list", &v)) != TCS_OK)
			return rc;
	}
	return TCS_OK;
}

static int
warninglist_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct warninglist *x = host->alloc(ctx, TCS_INSTANCE, sizeof *x);

	if (x == NULL)
		return TCS_ENOMEM;
	x->ctx = ctx;
	x->host = (const struct tcs_stage_host *)(const void *)host;
	if (!TCS_HAS(host, struct tcs_stage_host, set))
		return TCS_EPLUGIN;
	x->tag = opt[1].v.i == 1;
	x->ip = x->host->want(ctx, "subject.ip");
	x->name = x->host->want(ctx, "subject.name");
	*inst = x;
	return x->ip < 0 || x->name < 0 ? TCS_EPLUGIN : TCS_OK;
}

static void
warninglist_close(void *inst)
{
	(void)inst;
}

static const uint16_t reads[] = { 0 };
static const char *const reasons[] = { NULL };

static const struct tcs_stage stage = {
	.size = sizeof(struct tcs_stage), .flags = TCS_ST_MATCHED, .reads = reads, .reasons = reasons,
	.load = warninglist_load, .drop = warninglist_drop, .run = warninglist_run,
};

static const struct tcs_opt options[] = {
	{ "lists", TCS_T_DATA, TCS_O_LIST, NULL, NULL, "The files of warning lists, told apart by commas." },
	{ "action", TCS_T_ENUM, 0, "drop", "drop|tag", "Whether such findings are dropped or tagged." },
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_STAGE), .name = "warninglist", .version = "1.0", .license = "Apache-2.0",
	.summary = "Drops or tags findings about what is known to be benign.",
	.help = "Reads MISP's warning lists of type cidr, hostname, "
	    "string and substring. What is dropped is counted by "
	    "the list's name and version.",
	.opts = options, .nopt = sizeof options / sizeof *options,
	.open = warninglist_open, .close = warninglist_close, .ops.stage = &stage,
};
