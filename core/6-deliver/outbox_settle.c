/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the outbox writes.  A flush of the disk costs as much as a hundred
 * mails, so all answers that have come in and all claims of those who are free
 * share a commit; it is durable before any of them goes on.  Meanwhile the
 * other sessions work, and what they answer is the next commit.
 */
#include <stdio.h>
#include <string.h>
#include "6-deliver/outbox_int.h"
#include "buf.h"
#include "utf8.h"

#define AT_ONCE		3		/* so often unknown is tried again at once, where TCS_N_SAME_IS_ONE */
#define AFTER_MOST	(24 * 3600)	/* what a notifier may ask for */

const char *
session_address(const struct session *s)
{
	return *s->d.w.redirected ? s->d.w.redirected : s->d.w.recipient;
}

/* ---- answers */

static int64_t
again_at(const struct session *s, int answer, int64_t now)
{
	int64_t wait = rate_back_off(s->d.attempt);

	if (answer == TCS_UNKNOWN && (s->post->plugin->flags & TCS_N_SAME_IS_ONE) && s->d.attempt <= AT_ONCE)
		return now;
	if (answer == TCS_LATER && s->result.after > wait)
		wait = s->result.after < AFTER_MOST ? s->result.after : AFTER_MOST;
	return now + wait;
}

/* What the other side said, safe to show. */
static void
reply_text(struct session *s, bool gave_up)
{
	struct buf b;

	buf_init(&b);
	if (gave_up)
		buf_printf(&b, "given up after %u attempts: ", s->d.attempt);
	utf8_safe(&b, s->result.reply, strnlen(s->result.reply, sizeof s->result.reply));
	if (s->result.remote[0] != '\0') {
		buf_str(&b, " (");
		utf8_safe(&b, s->result.remote, strnlen(s->result.remote, sizeof s->result.remote));
		buf_char(&b, ')');
	}
	snprintf(s->reply, sizeof s->reply, "%s", b.n ? b.p : "");
	buf_free(&b);
}

/* Into the open commit. */
static bool
put_answer(struct outbox *ob, struct session *s, struct err *e)
{
	bool gave_up;

	s->answer = (int)s->result.answer;
	if (s->answer < TCS_DELIVERED || s->answer > TCS_UNKNOWN)
		s->answer = TCS_UNKNOWN;
	gave_up = s->answer != TCS_DELIVERED && s->answer != TCS_REFUSED && !s->local &&
	    s->d.attempt >= OUTBOX_ATTEMPTS;
	reply_text(s, gave_up);
	if (gave_up)
		s->answer = TCS_REFUSED;
	rates_answer(ob->rates, session_address(s), s->local ? 0 : s->answer, ob->now);
	return ledger_outbox_answer(ob->ledger, &s->d, s->answer, s->reply, ob->now,
	    again_at(s, s->answer, ob->now), e);
}

/* ---- claims */

static int64_t
brake(void *arg, const char *address, bool priority)
{
	struct outbox *ob = arg;

	return rates_when(ob->rates, address, priority, ob->now);
}

static bool
may_claim(const struct outbox *ob, const struct post *p)
{
	return !ob->closing && !ob->shut && ob->now >= p->not_before;
}

static bool
put_claims(struct outbox *ob, struct post *p, struct err *e)
{
	const struct outbox_brake b = { ob, brake };
	uint32_t i, put_off = 0;
	bool got = true;

	for (i = 0; got && i < p->running; i++) {
		struct session *s = &p->s[i];

		if (s->busy && !s->has_result)
			continue;
		arena_reset(s->next_arena);
		if (!ledger_outbox_take(ob->ledger, p->cfg->name, ob->now, &b, s->next_arena, &s->next, &got,
		    &put_off, e))
			return false;
		s->claimed = got;
		if (got)
			rates_sent(ob->rates, *s->next.w.redirected ? s->next.w.redirected :
			    s->next.w.recipient, ob->now);
	}
	ob->more |= put_off >= OUTBOX_PUT_OFF;
	return true;
}

/* ---- the commit */

static bool
write_all(struct outbox *ob, struct err *e)
{
	uint32_t i, k;

	for (i = 0; i < ob->n; i++)
		for (k = 0; k < ob->p[i].running; k++) {
			struct session *s = &ob->p[i].s[k];

			if (s->busy && s->has_result && !put_answer(ob, s, e))
				return false;
		}
	for (i = 0; i < ob->n; i++)
		if (may_claim(ob, &ob->p[i]) && !put_claims(ob, &ob->p[i], e))
			return false;
	return true;
}

static bool
anything(struct outbox *ob)
{
	uint32_t i, k;

	for (i = 0; i < ob->n; i++) {
		struct post *p = &ob->p[i];
		bool unused = false;

		for (k = 0; k < p->running; k++) {
			if (p->s[k].has_result)
				return true;
			unused |= !p->s[k].busy;
		}
		if (unused && may_claim(ob, p) && ledger_outbox_due(ob->ledger, p->cfg->name, ob->now, 1) > 0)
			return true;
	}
	return false;
}

static void
done(struct session *s, const struct outbox_hooks *h)
{
	struct arena *a = s->arena;

	if (s->busy && s->has_result) {
		s->busy = s->has_result = false;
		if (h != NULL && h->answered != NULL)
			h->answered(h->arg, s->d.warning, s->answer, s->reply);
	}
	if (!s->claimed)
		return;
	s->arena = s->next_arena;
	s->next_arena = a;
	s->d = s->next;
	s->busy = s->fresh = true;
	s->claimed = s->local = false;
}

bool
outbox_exchange(struct outbox *ob, const struct outbox_hooks *h, struct err *e)
{
	bool good;
	uint32_t i, k;

	if (!anything(ob))
		return true;
	if (!ledger_begin(ob->ledger, e))
		return false;
	if (!(good = write_all(ob, e)))
		ledger_undo(ob->ledger);
	else
		good = ledger_end(ob->ledger, e);
	for (i = 0; i < ob->n; i++)
		for (k = 0; k < ob->p[i].running; k++)
			if (good)
				done(&ob->p[i].s[k], h);
			else
				ob->p[i].s[k].claimed = false;
	return good;
}

/* ---- the gate's no */

/* Out of attempting first, since only what waits can be held; a kill in between asks again. */
bool
outbox_hold(struct outbox *ob, struct session *s, const struct outbox_hooks *h, const char *why,
    struct err *e)
{
	bool held, withdrawn = false;

	s->busy = s->fresh = false;
	rates_answer(ob->rates, session_address(s), 0, ob->now);
	snprintf(s->reply, sizeof s->reply, "held: %.350s", why != NULL ? why : "");
	if (!ledger_outbox_answer(ob->ledger, &s->d, TCS_LATER, s->reply, ob->now, ob->now, e) ||
	    (h->withdraw != NULL && !h->withdraw(h->arg, s->d.warning, &withdrawn, e)))
		return false;
	if (withdrawn)
		return true;
	if (!ledger_begin(ob->ledger, e))
		return false;
	held = ledger_warning_state(ob->ledger, s->d.warning, W_HELD);
	if (!ledger_end(ob->ledger, e))
		return false;
	if (!held)
		return err_set(e, "warning %s cannot be held", s->d.w.number);
	if (h->answered != NULL)
		h->answered(h->arg, s->d.warning, TCS_LATER, s->reply);
	return true;
}
