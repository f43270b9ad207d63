/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of a warning, told to its cases.  The answer itself is durable
 * before this runs (ledger_outbox_answer), so a kill in between is mended at
 * the next start from the same answer; for the same reason many are settled in
 * one commit.
 */
#include <stdio.h>
#include "4-decide/decider.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

struct settling {
	struct decider	*d;
	uint32_t	 warning;
	int		 answer;
	int64_t		 when;
	bool		 redirected;
	uint32_t	 n;
};

/* Its list was told, and with it what stood in those of the cases that were merged into it. */
static void
list_told(struct decider *d, struct tcase *c)
{
	struct arena *a = arena_new();
	struct err e = ERR_INIT;
	uint32_t *part, n, i;
	struct tcase *p;

	c->told_n = c->listed;
	if (c->key.day != 0 && ledger_merged(d->ledger, a, c->id, &part, &n, &e))
		for (i = 0; i < n; i++)
			if ((p = table_id(d->table, part[i])) != NULL && p->told_n != p->count) {
				p->told_n = p->count;
				commit_dirty(d, p->id);
			}
	arena_free(a);
}

/* More of its day came in while the warning was on its way. */
static void
day_goes_on(struct settling *s, struct tcase *c)
{
	if (c->key.day == 0 || c->merged_into != 0 || c->count <= c->told_n || c->answer != ANSWER_NONE)
		return;
	c->told = TOLD_DUE;
	c->reason = WHY_MORE;
	c->due = s->when + DAY;
	c->warning = 0;
	commit_event(s->d, c->id, EVENT_DUE, WHY_MORE, s->warning);
}

static void
one(void *arg, uint32_t id)
{
	struct settling *s = arg;
	struct tcase *c = table_id(s->d->table, id);

	if (c == NULL || c->warning != s->warning || c->told != TOLD_DUE)
		return;
	if (s->answer == TCS_DELIVERED) {
		c->told = TOLD_HANDED_OVER;
		c->reason = WHY_SILENT_UNTIL;
		c->warned = s->when;
		c->redirected = s->redirected;
		list_told(s->d, c);
	} else {
		c->told = TOLD_HELD;
		c->reason = WHY_REFUSED;
	}
	c->rev++;
	commit_dirty(s->d, id);
	commit_event(s->d, id, s->answer == TCS_DELIVERED ? EVENT_HANDED_OVER : EVENT_REFUSED,
	    (enum case_reason)c->reason, s->warning);
	if (c->merged_into != 0)
		merged_settled(s->d, c);
	else if (s->answer == TCS_DELIVERED)
		day_goes_on(s, c);
	s->n++;
}

static bool
gather(struct decider *d, const struct answered *w, uint32_t *n, struct err *e)
{
	struct settling s = { d, w->warning, w->answer, w->at, false, 0 };
	char key[64], text[320];

	if (w->answer != TCS_DELIVERED && w->answer != TCS_REFUSED)
		return true;
	if (!ledger_warning_cases(d->ledger, w->warning, &s.redirected, one, &s, e))
		return false;
	if (w->answer == TCS_REFUSED) {
		snprintf(key, sizeof key, "refused:%u", w->warning);
		snprintf(text, sizeof text, "warning %u was refused: %.200s", w->warning, w->reply);
		commit_alarm(d, key, text);
	}
	*n += s.n;
	return true;
}

bool
settle(struct decider *d, const struct answered *list, uint32_t n, struct err *e)
{
	uint32_t i, cases = 0;

	for (i = 0; i < n; i++)
		if (!gather(d, &list[i], &cases, e))
			return false;
	return commit_empty(d) || commit_end(d, NULL, 0, NULL, NULL, e);
}

/* ---- withdrawing */

struct withdrawing { struct decider *d; uint32_t warning; bool done; };

/* Due as before; a new revision, so that what is composed of it is another warning. */
static void
set_free(void *arg, uint32_t id)
{
	struct withdrawing *x = arg;
	struct tcase *c = table_id(x->d->table, id);

	if (c == NULL || c->warning != x->warning || c->told != TOLD_DUE)
		return;
	c->warning = 0;
	c->rev++;
	commit_dirty(x->d, id);
	commit_event(x->d, id, EVENT_WITHDRAWN, (enum case_reason)c->reason, x->warning);
	if (c->merged_into != 0)
		merged_settled(x->d, c);
	else if (c->answer != ANSWER_NONE) {	/* answered meanwhile: nothing more is told */
		c->told = TOLD_NOTHING;
		c->reason = (uint8_t)answer_reason((enum answer)c->answer);
	}
}

static bool
cancel(void *arg, struct err *e)
{
	struct withdrawing *x = arg;

	x->done = ledger_warning_state(x->d->ledger, x->warning, W_CANCELLED);
	return x->done || err_set(e, "warning %u cannot be withdrawn", x->warning);
}

bool
withdraw(struct decider *d, uint32_t warning, struct err *e)
{
	struct withdrawing x = { d, warning, false };
	bool redirected;

	return ledger_warning_cases(d->ledger, warning, &redirected, set_free, &x, e) &&
	    commit_end(d, NULL, 0, cancel, &x, e);
}
