/* SPDX-License-Identifier: Apache-2.0 */
/* See gate.h.  One case that may not be told any more holds the whole warning: it cannot be cut
 * out of finished bytes. */
#include "6-deliver/gate.h"

static enum case_reason
case_gate(struct decider *d, const struct tcase *c)
{
	struct judgement j;
	enum recheck r;

	if (hold_covers(d, c))
		return WHY_BY_HAND;
	r = recheck(d, c, &j);
	return r == RECHECK_SAME ? WHY_NONE : r == RECHECK_CONFLICT ? WHY_CONFLICT : WHY_ASSET_GONE;
}

bool
gate(struct decider *d, const struct warning *w, const char **why)
{
	uint32_t i;

	for (i = 0; i < w->ncase; i++) {
		const struct tcase *c = table_id(d->table, w->cases[i]);
		enum case_reason r = c != NULL ? case_gate(d, c) : WHY_NONE;

		if (r != WHY_NONE) {
			*why = case_reason_text[r];
			return false;
		}
	}
	return true;
}
