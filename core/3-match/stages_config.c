/* SPDX-License-Identifier: Apache-2.0 */
/* From the configuration's `match` to stages: each one's plugin found, its options checked. */
#include "3-match/match.h"
#include "config.h"

struct stages *
stages_of_config(const struct config *c, const struct plugins *plugins, struct arena *a, struct err *e)
{
	const struct plugin **p = arena_alloc(a, (c->nstage + 1) * sizeof *p);
	const struct tcs_val **opt = arena_alloc(a, (c->nstage + 1) * sizeof *opt);
	struct err why = ERR_INIT;
	uint32_t i;

	for (i = 0; i < c->nstage; i++) {
		if ((p[i] = plugin_get(plugins, c->stage[i].plugin, TCS_STAGE, &why)) == NULL) {
			err_at(e, c->file, c->stage[i].line, "%s", why.text);
			return NULL;
		}
		if ((opt[i] = options_check(a, p[i], c->stage[i].given, c->stage[i].ngiven, e)) == NULL)
			return NULL;
	}
	return stages_open(p, opt, c->nstage, e);
}
