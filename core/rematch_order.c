/* SPDX-License-Identifier: Apache-2.0 */
/* The order "rematch": an organisation and a moment; see rematch.h. */
#include <inttypes.h>
#include <string.h>
#include "flatjson.h"
#include "hands.h"
#include "rematch.h"
#include "timefmt.h"

bool
order_rematch(struct host *h, const struct order *o, struct arena *a, struct err *e)
{
	struct decider *d = h->decider;
	const char *key = flat_get(a, o->args, "organisation"), *since = flat_get(a, o->args, "since");
	const struct org *org = key != NULL ? registry_org_key(d->registry, key) : NULL;
	struct rematch r = { .config = h->config, .ledger = d->ledger, .registry = d->registry,
		.stages = d->stages, .sources = h->sources, .decider = d };
	struct rematch_sum sum;
	int64_t t;

	if (org == NULL || org->id >= LADDER_FIRST)
		return hands_answer(h, o, arena_printf(a, "refused: there is no organisation %s",
		    key != NULL ?
		    key : ""), e);
	if (since == NULL || !time_parse(since, strlen(since), &t))
		return hands_answer(h, o, "refused: expected since when", e);
	r.org = org->id;
	r.since = t / NS;
	if (!rematch(&r, &sum, e))
		return false;
	return hands_answer(h, o, arena_printf(a, "%s: %" PRIu32 " inputs since %s read again, %" PRIu64
	    " findings in them; %" PRIu64 " new cases, %" PRIu64 " further sightings, %" PRIu64
	    " known already%s", key, sum.inputs, since, sum.records, sum.fresh, sum.again, sum.already,
	    sum.unread > 0 ? arena_printf(a, "; %" PRIu32 " inputs could not be read", sum.unread) : ""), e);
}
