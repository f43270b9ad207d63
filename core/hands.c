/* SPDX-License-Identifier: Apache-2.0 */
/* See hands.h. */
#include <string.h>
#include "campaign.h"
#include "hands.h"
#include "keep.h"
#include "ledger/ledger_hands.h"
#include "timefmt.h"

static const struct {
	const char	*verb;
	bool		 (*apply)(struct host *, const struct order *, struct arena *, struct err *);
} verbs[] = {
	{ "cancel", order_cancel },
	{ "rematch", order_rematch },
	{ "learn", order_learn },
	{ "replay", order_replay },
	{ KEEP_VERB, order_keep },
	{ "campaign-new", order_campaign }, { "campaign-prepare", order_campaign },
	{ "campaign-approve", order_campaign }, { "campaign-send", order_campaign },
	{ "campaign-drop", order_campaign },
};

bool
hands_apply(struct host *h, const struct order *o, struct arena *a, bool *known, struct err *e)
{
	size_t i;

	*known = false;
	for (i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].verb, o->verb) == 0) {
			*known = true;
			return verbs[i].apply(h, o, a, e);
		}
	return true;
}

bool
hands_answer(struct host *h, const struct order *o, const char *text, struct err *e)
{
	struct ledger *l = h->decider->ledger;

	if (!ledger_begin(l, e))
		return false;
	ledger_order_done(l, o->id, text);
	return ledger_end(l, e);
}

bool
hands_let(struct host *h, const struct delivery *d, struct arena *a, const char **why)
{
	struct ledger *l = h->decider->ledger;
	struct cancel c;
	bool sent;
	int64_t at;
	char when[TIME_TEXT];

	if (ledger_cancel_get(l, a, d->warning, &c)) {
		*why = "it was cancelled by hand";
		return false;
	}
	if (ledger_campaign_of(l, d->warning, &sent) != 0 && !sent) {
		*why = "its campaign is not approved and sent";
		return false;
	}
	/* a second attempt of what this ledger knows of is not what it asks about */
	if (d->attempt == 1 && (at = ledger_left_already(l, d->w.message_id)) != TIME_NONE) {
		time_iso(at * NS, when);
		*why = arena_printf(a, "it left already, %s, before the ledger was restored", when);
		return false;
	}
	return true;
}
