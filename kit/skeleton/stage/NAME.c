/* SPDX-License-Identifier: Apache-2.0 */
/*
 * @NAME@ -- stage: findings of some autonomous systems are not processed further.
 *
 * The host hands over batches of findings by column, those that reads names, in its order; run()
 * says in verdict[row] which finding goes no further, and why.  The list is data: the host reads the
 * file, load() makes a state of it, and the host swaps states when the file changes.
 */
#include <stdlib.h>
#include <tocsin/fields.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>

static const uint16_t reads[] = { TCS_F_SUBJECT_ASN, 0 };
static const char *const reasons[] = { "a system on the list", NULL };
static const struct tcs_opt opts[] = {
	{ "list", TCS_T_DATA, TCS_O_OPTIONAL, NULL, NULL, "AS numbers, one a line; # begins a comment." },
};

struct stage { struct tcs_ctx *ctx; const struct tcs_host *host; };
struct list { size_t n; uint32_t asn[]; };

static int open_stage(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct stage *s = *inst = h->alloc(ctx, TCS_INSTANCE, sizeof *s);

	if (s == NULL)
		return TCS_ENOMEM;
	*s = (struct stage){ ctx, h };
	return TCS_OK;
}

static void drop(void *inst, void *state) { free(state); }
static void close_stage(void *inst) { }		/* the host frees what alloc gave */

static int load(void *inst, const char *option, const void *data, size_t n, void **state)
{
	struct stage *s = inst;
	struct tcs_slice rest = tcs_slice(data, n), line;
	struct list *l = malloc(sizeof *l + (n / 2 + 1) * sizeof l->asn[0]);	/* a number has a line end */
	uint64_t asn;

	if (l == NULL)
		return TCS_ENOMEM;
	for (l->n = 0; tcs_cut(&rest, '\n', &line); ) {
		line = tcs_trim(tcs_slice(line.p, tcs_find(line, '#')));
		if (line.n == 0)
			continue;
		if (!tcs_uint(line, UINT32_MAX, &asn)) {
			s->host->log(s->ctx, TCS_ERR, "expected a number, not \"%.*s\"", (int)line.n, line.p);
			free(l);
			return TCS_EINPUT;
		}
		l->asn[l->n++] = (uint32_t)asn;
	}
	*state = l;
	return TCS_OK;
}

static int run(void *inst, const void *state, const struct tcs_batch *b)
{
	const struct tcs_col *c = &b->reads[0];
	const struct list *l = state;			/* NULL: there is no data */
	size_t row, i;

	for (row = 0; l != NULL && row < b->nrow; row++)
		if (c->valid == NULL || (c->valid[row / 64] >> (row % 64) & 1))
			for (i = 0; i < l->n; i++)
				if (l->asn[i] == *(const uint32_t *)((const char *)c->data + row * c->stride))
					b->verdict[row] = 1;	/* reasons[0] */
	return TCS_OK;
}

static const struct tcs_stage stage = { .size = sizeof stage, .reads = reads, .reasons = reasons,
	.load = load, .drop = drop, .run = run };
TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_STAGE), .name = "@NAME@",
	.version = "0.1", .license = "Apache-2.0", .summary = "Leaves out findings of listed systems",
	.help = "Findings whose AS number is on the list go no further.", .opts = opts, .nopt = 1,
	.open = open_stage, .close = close_stage, .ops.stage = &stage };
