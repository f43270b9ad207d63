/* SPDX-License-Identifier: Apache-2.0 */
/* See gate.h.  One case that may not be told any more makes the whole warning stale: it cannot be cut
 * out of finished bytes. */
#include <string.h>
#include "5-compose/group.h"
#include "6-deliver/gate.h"

/* A correction has no cases: what is said of all, or of its organisation, holds it. */
static bool
held_whole(const struct decider *d, const struct warning *w)
{
	const struct org *o = registry_org(d->registry, w->org);
	uint32_t i;

	for (i = 0; i < d->nhold; i++)
		if (strcmp(d->hold[i], "all") == 0 || (o != NULL &&
		    strncmp(d->hold[i], "organisation:", 13) == 0 && strcmp(d->hold[i] + 13, o->key) == 0))
			return true;
	return false;
}

static bool
held(const struct decider *d, const struct warning *w)
{
	uint32_t i;

	if (w->ncase == 0)
		return held_whole(d, w);

	for (i = 0; i < w->ncase; i++) {
		const struct tcase *c = table_id(d->table, w->cases[i]);

		if (c != NULL && hold_covers(d, c))
			return true;
	}
	return false;
}

/* Whom the case would be told to today, if not to this recipient by this notifier. */
static const char *
elsewhere(struct decider *d, const struct tcase *c, const struct warning *w)
{
	struct candidate k;
	enum case_reason why = candidate_of(d, c, &k);

	if (why != WHY_NONE)
		return case_reason_text[why];
	if (strcmp(k.address, w->recipient) != 0)
		return "the contact has another address by now";
	if (strcmp(k.notifier->via != NULL ? k.notifier->via : k.notifier->name, w->notifier) != 0)
		return "it goes by another notifier by now";
	return NULL;
}

static const char *
case_stale(struct decider *d, const struct tcase *c, const struct warning *w)
{
	struct judgement j;
	enum recheck r;

	if (c->answer != ANSWER_NONE && c->told == TOLD_DUE)
		return case_reason_text[answer_reason((enum answer)c->answer)];
	r = recheck(d, c, &j);
	if (r == RECHECK_SAME)
		return elsewhere(d, c, w);
	return case_reason_text[r == RECHECK_CONFLICT ? WHY_CONFLICT : WHY_ASSET_GONE];
}

enum gate
gate(struct decider *d, const struct warning *w, const char **why)
{
	const struct org *o = registry_org(d->registry, w->org);
	const char *redirect = config_redirect(d->config, o != NULL ? o->key : "");
	uint32_t i;

	*why = case_reason_text[WHY_BY_HAND];
	if (held(d, w))
		return GATE_SHUT;
	/* a correction goes where what it takes back went */
	if (w->ncase > 0 && strcmp(redirect != NULL ? redirect : "", w->redirected) != 0) {
		*why = "deliver.redirect is another by now";
		return GATE_STALE;
	}
	for (i = 0; i < w->ncase; i++) {
		const struct tcase *c = table_id(d->table, w->cases[i]);

		if (c != NULL && (*why = case_stale(d, c, w)) != NULL)
			return GATE_STALE;
	}
	return GATE_OPEN;
}
