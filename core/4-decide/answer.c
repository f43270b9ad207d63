/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See answer.h.  What cannot be answered so (a compromised system cannot be
 * muted, what is on its way cannot be called back) is passed over and told in
 * the order's result.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "4-decide/answer.h"
#include "clock.h"
#include "flatjson.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

const char *const said_words[] = { "fixed", "false-positive", "not-mine", "risk-accepted", "mute", "none",
	NULL };

static const struct { uint8_t answer, reason; } becomes[] = {
	[SAY_FIXED] = { ANSWER_FIXED, WHY_SAYS_FIXED },
	[SAY_FALSE_POSITIVE] = { ANSWER_FALSE_POSITIVE, WHY_FALSE_POSITIVE },
	[SAY_NOT_MINE] = { ANSWER_NOT_MINE, WHY_NOT_MINE },
	[SAY_RISK_ACCEPTED] = { ANSWER_RISK_ACCEPTED, WHY_ACCEPTED },
	[SAY_MUTE] = { ANSWER_NONE, WHY_MUTED },
};

struct answering {
	struct decider		*d;
	const struct order	*o;
	enum said	 word;
	int64_t			 at, until;	/* s */
	uint32_t		 done, unknown, compromised, sent, same;
	const char		*text;
};

bool
answer_until(const char *text, int64_t now, int64_t *until, struct err *e)
{
	int64_t ns;

	if (!time_parse(text, strlen(text), &ns))
		return err_set(e, "until \"%s\": expected a day, such as 2026-12-31", text);
	*until = ns / NS + (strlen(text) <= 10 ? DAY : 0);
	if (*until <= now)
		return err_set(e, "until %s: that is over", text);
	return *until - now <= ANSWER_LONGEST ||
	    err_set(e, "until %s: expected a day within the next two years", text);
}

static bool
on_its_way(const struct tcase *c)
{
	return c->told == TOLD_DUE && c->warning != 0;
}

static void
closed(struct answering *x, struct tcase *c)
{
	uint8_t reason = becomes[x->word].reason;

	c->answer = becomes[x->word].answer;
	c->answered = x->at;
	c->until = x->until;
	c->rev++;
	if (x->word == SAY_MUTE)
		c->told = TOLD_MUTED;
	else if (!on_its_way(c) && !(c->told == TOLD_HANDED_OVER && x->word == SAY_FIXED))
		c->told = TOLD_NOTHING;
	if (!on_its_way(c))
		c->reason = reason;
	commit_dirty(x->d, c->id);
	commit_event(x->d, c->id, EVENT_ANSWERED, (enum case_reason)reason, x->o->id);
	x->done++;
}

/* As if nothing had been answered: told is told, and what was not is due unless something holds it. */
static void
reopened(struct answering *x, struct tcase *c)
{
	enum warn warn = policy_of(x->d, c, c->severity)->warn;

	c->answer = ANSWER_NONE;
	c->until = 0;
	c->rev++;
	commit_dirty(x->d, c->id);
	commit_event(x->d, c->id, EVENT_REOPENED, WHY_NONE, x->o->id);
	x->done++;
	if (on_its_way(c))
		return;
	c->told = warn == WARN_NO ? TOLD_NOTHING : c->warned != 0 ? TOLD_HANDED_OVER : TOLD_HELD;
	c->reason = warn == WARN_NO ? WHY_POLICY_RECORD : c->warned != 0 ? WHY_SILENT_UNTIL :
	    warn == WARN_HOLD ? WHY_POLICY_HOLD : WHY_BY_HAND;
	if (c->told == TOLD_HELD && warn == WARN_YES)
		case_release(x->d, c, true, x->o->id);
}

static void
one(void *arg, uint32_t id)
{
	struct answering *x = arg;
	struct tcase *c = table_id(x->d->table, id);

	if (c == NULL) {
		x->unknown++;
		return;
	}
	c = case_survivor(x->d, c);
	if (x->word == SAY_NONE) {
		if (c->answer == ANSWER_NONE && c->told != TOLD_MUTED)
			x->same++;
		else
			reopened(x, c);
	} else if (answer_needs_end(x->word) && is_compromised(x->d, c))
		x->compromised++;
	else if (x->word == SAY_MUTE && on_its_way(c))
		x->sent++;
	else
		closed(x, c);
}

/* "12,13" */
static bool
cases_named(struct answering *x, const char *text)
{
	struct tcs_slice rest = tcs_str(text), part;
	uint64_t id;

	while (tcs_cut(&rest, ',', &part)) {
		if (!tcs_uint(tcs_trim(part), UINT32_MAX, &id) || id == 0)
			return false;
		one(x, (uint32_t)id);
	}
	return true;
}

static bool
found(void *arg, const struct warning_row *r)
{
	*(uint32_t *)arg = r->w.id;
	return false;
}

static bool
warning_named(struct answering *x, const char *text, bool *known, struct err *e)
{
	struct warning_filter f = warning_filter_any;
	uint64_t id = 0;
	uint32_t got = 0;
	bool redirected;

	if (tcs_uint(tcs_str(text), UINT32_MAX, &id))
		f.id = (uint32_t)id;
	else
		f.number = text;
	*known = *text != '\0' && ledger_warnings_each(x->d->ledger, &f, found, &got, e) && got != 0;
	return !*known || ledger_warning_cases(x->d->ledger, got, &redirected, one, x, e);
}

/* What is wrong with the order, or NULL. */
static const char *
understood(struct answering *x, struct arena *a, struct err *e)
{
	const char *word = flat_get(a, x->o->args, "answer"), *until = flat_get(a, x->o->args, "until"),
	    *at = flat_get(a, x->o->args, "at");
	int64_t ns;
	int i;

	for (i = 0; word != NULL && said_words[i] != NULL && strcmp(said_words[i], word) != 0; i++)
		;
	if (word == NULL || said_words[i] == NULL)
		return "expected fixed, false-positive, not-mine, risk-accepted, mute or none as the answer";
	x->word = (enum said)i;
	x->at = x->o->at;
	if (at != NULL && time_parse(at, strlen(at), &ns) && ns / NS < x->at)
		x->at = ns / NS;
	if (!answer_needs_end(x->word))
		return NULL;
	if (until == NULL)
		return "it needs an end: until";
	return answer_until(until, x->o->at, &x->until, e) ? NULL : e->text;
}

static void
passed_over(struct buf *b, uint32_t n, const char *why)
{
	if (n > 0)
		buf_printf(b, "; %" PRIu32 " passed over: %s", n, why);
}

static bool
answer_write(void *arg, struct err *e)
{
	struct answering *x = arg;
	struct buf b;

	(void)e;
	buf_init(&b);
	buf_printf(&b, "%s: %" PRIu32 " cases", said_words[x->word], x->done);
	passed_over(&b, x->unknown, "there is no such case, or it ended long ago");
	passed_over(&b, x->compromised, "a compromised system is never muted");
	passed_over(&b, x->sent, "a warning is on its way");
	passed_over(&b, x->same, "nothing was answered");
	buf_char(&b, '\0');
	ledger_order_done(x->d->ledger, x->o->id, b.p);
	buf_free(&b);
	return true;
}

bool
order_answer(struct decider *d, const struct order *o, struct arena *a, struct err *e)
{
	struct answering x = { .d = d, .o = o };
	struct err why = ERR_INIT;
	const char *cases = flat_get(a, o->args, "case"), *warning = flat_get(a, o->args, "warning"),
	    *wrong = understood(&x, a, &why);
	bool known = true;

	if (wrong != NULL)
		return order_answered(d, o, arena_printf(a, "refused: %s", wrong), e);
	if (cases == NULL && warning == NULL)
		return order_answered(d, o, "refused: expected a case or a warning", e);
	if (cases != NULL && !cases_named(&x, cases))
		return order_answered(d, o, "refused: expected numbers of cases, separated by commas", e);
	if (cases == NULL && !warning_named(&x, warning, &known, e))
		return false;
	if (!known)
		return order_answered(d, o, "refused: there is no such warning", e);
	return commit_end(d, NULL, 0, answer_write, &x, e);
}
