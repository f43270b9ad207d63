/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A declaration as bytes.  Read by core/plugin_host.c; both are of one build,
 * so there are no versions here.  load.c has tried it before.
 */
#include "worker.h"

static void
describe_kind(struct buf *out, const struct tcs_plugin *p)
{
	const struct tcs_source *s = p->kind == TCS_SOURCE ? p->ops.source : NULL;
	const struct tcs_notifier *n = p->kind == TCS_NOTIFIER ? p->ops.notifier : NULL;

	pack_u32(out, s ? s->flags : n ? n->flags : p->ops.stage->flags);
	pack_str(out, s ? s->names : NULL);
	pack_str(out, s ? s->starts : NULL);
	pack_str(out, s ? s->columns : NULL);
	pack_str(out, n ? n->channel : NULL);
	pack_u32(out, n && n->render);
	pack_u32(out, n && n->deliver);
}

void
describe(struct buf *out, const struct tcs_plugin *p)
{
	uint32_t i;

	pack_u32(out, p->kind);
	pack_str(out, p->name);
	pack_str(out, p->version);
	pack_str(out, p->license);
	pack_str(out, p->summary);
	pack_str(out, p->help);
	describe_kind(out, p);
	pack_u32(out, p->nopt);
	for (i = 0; i < p->nopt; i++) {
		const struct tcs_opt *o = (const void *)((const char *)p->opts + (size_t)i * p->optsize);

		pack_str(out, o->name);
		pack_u32(out, o->type);
		pack_u32(out, o->flags);
		pack_str(out, o->dflt);
		pack_str(out, o->choices);
		pack_str(out, o->help);
	}
}
