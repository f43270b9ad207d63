/* SPDX-License-Identifier: Apache-2.0 */
/* Of a case: what was answered about it, and which cases are one with it. */
#include <string.h>
#include "cmd/explain.h"
#include "timefmt.h"

void
explain_answer(struct explain *x, const struct tcase *c)
{
	char at[STORY_TIME], until[STORY_TIME];
	bool ends = c->until != 0 && (c->told == TOLD_MUTED || c->answer == ANSWER_RISK_ACCEPTED);

	if (c->answer == ANSWER_NONE && c->told != TOLD_MUTED)
		return;
	story_text(&x->s, "answer", c->told == TOLD_MUTED ? told_names[TOLD_MUTED] :
	    c->answer <= ANSWER_RISK_ACCEPTED ? answer_names[c->answer] : "?");
	story_time(&x->s, "at", c->answered);
	story_time(&x->s, "until", ends ? c->until : TIME_NONE);
	story_text(&x->s, "command", arena_printf(x->v->arena, "tocsin reopen %u", c->id));
	story_tell(&x->s, 1, "answer", "answered %s: %s%s%s; to take it back: tocsin reopen %u",
	    story_when(c->answered, at), c->told == TOLD_MUTED ? told_names[TOLD_MUTED] :
	    c->answer <= ANSWER_RISK_ACCEPTED ? answer_names[c->answer] : "?", ends ? ", silent until " : "",
	    ends ? story_when(c->until, until) : "", c->id);
}

static bool
part(void *arg, const struct case_row *r)
{
	struct merging *q = arg;
	struct explain *x = q->x;

	if (q->n++ == 0)
		story_head(&x->s, 1, "merged into it:");
	explain_case_line(x, 2, r);
	q->count += r->c.count;
	if (q->nid < MERGED_SHOWN)
		q->id[q->nid++] = r->c.id;
	return true;
}

bool
explain_merged(struct explain *x, const struct tcase *c, struct merging *q)
{
	struct case_filter f = case_filter_any;

	*q = (struct merging){ .x = x };
	if (c->key.day != 0)
		story_tell(&x->s, 1, "day", "its network's addresses change hands: it is the case of one "
		    "day, with every sighting of it");
	if (c->key.many)
		story_tell(&x->s, 1, "ports", "on more ports than are told one by one: one case for all");
	if (c->merged_into != 0) {
		story_number(&x->s, "case", c->merged_into);
		story_tell(&x->s, 1, "merged", "case %u goes on for it: tocsin explain case:%u",
		    c->merged_into, c->merged_into);
	}
	f.merged_into = c->id;
	if (!ledger_cases_each(x->v->l, &f, part, q, x->e))
		return false;
	if (q->n > 0)
		story_tell(&x->s, 2, "merged_sightings", "with %u sightings of their own, told by each",
		    q->count);
	return true;
}
