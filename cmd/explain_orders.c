/* SPDX-License-Identifier: Apache-2.0 */
/* What people ordered about a warning, for its story: taken back, a correction, a campaign. */
#include "cmd/explain.h"
#include "ledger/ledger_campaign.h"
#include "ledger/ledger_hands.h"

static bool
number(void *arg, const struct warning_row *r)
{
	struct { struct arena *a; const char *text; } *n = arg;

	n->text = arena_strdup(n->a, r->w.number);
	return false;
}

static const char *
number_of(struct explain *x, uint32_t id)
{
	struct { struct arena *a; const char *text; } n = { x->v->arena, "?" };
	struct warning_filter f = warning_filter_any;
	struct err e = ERR_INIT;

	f.id = id;
	ledger_warnings_each(x->v->l, &f, number, &n, &e);
	return n.text;
}

static void
cancelled(struct explain *x, const struct cancel *c)
{
	char when[STORY_TIME];
	const char *how = c->state == CANCEL_OPEN ? "while it was being handed over" :
	    c->state == CANCEL_BEFORE ? "before it left" : "after it had left, or may have";

	story_number(&x->s, "order", c->audit);
	story_time(&x->s, "at", c->at);
	story_text(&x->s, "why", c->why);
	story_text(&x->s, "correction", c->correction != 0 ? number_of(x, c->correction) : NULL);
	story_tell(&x->s, 1, "cancelled", "cancelled by hand %s, %s (order %u)%s%s%s%s",
	    how, story_when(c->at, when), c->audit, *c->why ? ": " : "", c->why,
	    c->correction != 0 ? "; correction " : "", c->correction != 0 ? number_of(x, c->correction) : "");
}

static void
campaign_of(struct explain *x, uint32_t warning)
{
	struct campaign *c;
	uint32_t i, n, id;
	bool sent;

	if ((id = ledger_campaign_of(x->v->l, warning, &sent)) == 0 ||
	    !ledger_campaigns(x->v->l, x->v->arena, &c, &n, x->e))
		return;
	for (i = 0; i < n; i++) {
		if (c[i].id != id)
			continue;
		story_text(&x->s, "name", c[i].name);
		story_text(&x->s, "what", c[i].what);
		story_text(&x->s, "creator", c[i].creator);
		story_text(&x->s, "approver", c[i].approver);
		story_tell(&x->s, 1, "campaign", "in campaign %s (%s), by %s%s%s%s", c[i].name, c[i].what,
		    c[i].creator, *c[i].approver ? ", approved by " : "", c[i].approver,
		    sent ? "" : "; it is not sent yet");
	}
}

void
explain_orders(struct explain *x, const struct warning_row *r)
{
	struct cancel c;
	uint32_t of = ledger_corrects(x->v->l, r->w.id);

	if (ledger_cancel_get(x->v->l, x->v->arena, r->w.id, &c))
		cancelled(x, &c);
	else if (r->state == W_CANCELLED)
		story_head(&x->s, 1, "it was withdrawn before it left; its cases were decided anew");
	campaign_of(x, r->w.id);
	if (of != 0)
		story_head(&x->s, 1, "it corrects warning %s", number_of(x, of));
}
