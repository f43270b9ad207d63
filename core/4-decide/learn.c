/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was told already.  A site that changes over from another system hands
 * in what that one had warned of (tocsin learn); a case of it, there or yet to
 * come, is silent until its interval is over, and then due as a reminder.
 */
#include <string.h>
#include "4-decide/decider.h"
#include "ledger/ledger_hands.h"

static void
loaded(void *arg, const struct told_row *t)
{
	struct decider *d = arg;

	if (d->elsewhere == NULL)
		d->elsewhere = map_new();
	map_set(d->elsewhere, &t->key, sizeof t->key, (uint64_t)t->at);
}

bool
told_load(struct decider *d, struct err *e)
{
	map_free(d->elsewhere);
	d->elsewhere = NULL;
	return ledger_elsewhere_each(d->ledger, loaded, d, e);
}

int64_t
told_before(const struct decider *d, const struct tcase *c)
{
	struct told_key k;
	uint64_t at;

	if (d->elsewhere == NULL)
		return 0;
	memset(&k, 0, sizeof k);
	k.problem = c->key.problem;
	k.name = c->key.name;
	k.ip = c->key.ip;
	k.port = c->key.port;
	if (map_get(d->elsewhere, &k, sizeof k, &at))
		return (int64_t)at;
	k.port = 0;
	return map_get(d->elsewhere, &k, sizeof k, &at) ? (int64_t)at : 0;
}

void
told_take(struct decider *d, struct tcase *c, int64_t at, enum case_reason why, uint32_t ref)
{
	c->told = TOLD_HANDED_OVER;
	c->reason = (uint8_t)why;
	c->warned = at;
	c->rev++;
	commit_dirty(d, c->id);
	commit_event(d, c->id, EVENT_LEARNED, why, ref);
}
