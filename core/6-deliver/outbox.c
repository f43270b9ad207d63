/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See outbox.h.  One session a notifier: a process that is started for its
 * first warning and at most one warning at work.  A session that cannot be
 * started, or cannot begin, pauses: its warnings wait, they are not used up.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "6-deliver/notifier.h"
#include "6-deliver/outbox.h"
#include "answers/token.h"
#include "clock.h"
#include "digest.h"
#include "mem.h"
#include "timefmt.h"
#include "utf8.h"

#define AT_ONCE		3		/* so often unknown is tried again at once, where TCS_N_SAME_IS_ONE */
#define AFTER_MOST	(24 * 3600)	/* what a notifier may ask for */
#define REPLY		400

struct session {
	const struct cfg_notifier	*cfg;
	const struct plugin		*plugin;
	struct tcs_val			*opts;
	struct notifier			*n;		/* NULL: not started */
	struct arena			*arena;		/* of the delivery at work */
	struct delivery			 d;
	bool				 busy;		/* claimed, and its answer not yet durable */
	bool				 has_result, local;	/* local: the notifier itself does not work */
	struct tcs_result		 result;
	unsigned			 failures;	/* to start or begin, one after the other */
	int64_t				 not_before;	/* s */
};

struct outbox {
	const struct config	*c;
	struct ledger		*ledger;
	struct arena		*arena;
	struct session		*s;
	uint32_t		 n;
	uint8_t			 secret[32];	/* behind the tokens of bounces */
	bool			 idle, stray, closing, shut;
	int64_t			 now;
};

/* ---- open, close */

static bool
add_session(struct outbox *ob, const struct cfg_notifier *cfg, const struct plugins *plugins, struct err *e)
{
	struct err why = ERR_INIT;
	struct session *s = &ob->s[ob->n];

	s->cfg = cfg;
	s->plugin = plugin_get(plugins, cfg->plugin, TCS_NOTIFIER, &why);
	if (s->plugin == NULL)
		return err_at(e, ob->c->file ? ob->c->file : "configuration", cfg->line, "%s", why.text);
	if (cfg->via != NULL)
		return true;		/* its mails carry the other's name */
	if (!s->plugin->delivers)
		return err_at(e, ob->c->file ? ob->c->file : "configuration", cfg->line,
		    "notifier \"%s\": plugin %s only renders, expected via = \"NAME\" of one that delivers",
		    cfg->name, cfg->plugin);
	s->opts = options_check(ob->arena, s->plugin, cfg->given, cfg->ngiven, e);
	if (s->opts == NULL)
		return false;
	s->arena = arena_new();
	ob->n++;
	return true;
}

struct outbox *
outbox_open(const struct config *c, const struct plugins *plugins, struct ledger *l, struct err *e)
{
	struct outbox *ob = xcalloc(1, sizeof *ob);
	uint32_t i;

	ob->c = c;
	ob->ledger = l;
	ob->arena = arena_new();
	if (!ledger_secret(l, ob->secret, e)) {
		outbox_close(ob);
		return NULL;
	}
	ob->s = xcalloc(c->nnotifier + 1, sizeof *ob->s);
	for (i = 0; i < c->nnotifier; i++)
		if (!add_session(ob, &c->notifier[i], plugins, e)) {
			outbox_close(ob);
			return NULL;
		}
	return ob;
}

void
outbox_close(struct outbox *ob)
{
	uint32_t i;

	if (ob == NULL)
		return;
	for (i = 0; i < ob->n; i++) {
		notifier_stop(ob->s[i].n);
		arena_free(ob->s[i].arena);
	}
	free(ob->s);
	arena_free(ob->arena);
	free(ob);
}

/* ---- answers */

static int64_t
back_off(uint32_t attempt)
{
	int64_t s = OUTBOX_FIRST;

	while (attempt-- > 1 && s < OUTBOX_MOST)
		s *= 2;
	return s < OUTBOX_MOST ? s : OUTBOX_MOST;
}

static int64_t
again_at(const struct session *s, int answer, int64_t now)
{
	int64_t wait = back_off(s->d.attempt);

	if (answer == TCS_UNKNOWN && (s->plugin->flags & TCS_N_SAME_IS_ONE) && s->d.attempt <= AT_ONCE)
		return now;
	if (answer == TCS_LATER && s->result.after > wait)
		wait = s->result.after < AFTER_MOST ? s->result.after : AFTER_MOST;
	return now + wait;
}

/* What the other side said, safe to show. */
static void
reply_text(const struct session *s, bool gave_up, char *out, size_t n)
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
	snprintf(out, n, "%s", b.n ? b.p : "");
	buf_free(&b);
}

/* Makes what is in s->result durable, then tells it. */
static bool
settle(struct outbox *ob, struct session *s, const struct outbox_hooks *h, struct err *e)
{
	int answer = (int)s->result.answer;
	char reply[REPLY];
	bool gave_up;

	if (answer < TCS_DELIVERED || answer > TCS_UNKNOWN)
		answer = TCS_UNKNOWN;
	gave_up = answer != TCS_DELIVERED && answer != TCS_REFUSED && !s->local &&
	    s->d.attempt >= OUTBOX_ATTEMPTS;
	reply_text(s, gave_up, reply, sizeof reply);
	if (gave_up)
		answer = TCS_REFUSED;
	if (!ledger_outbox_answer(ob->ledger, &s->d, answer, reply, ob->now, again_at(s, answer, ob->now), e))
		return false;
	s->busy = s->has_result = false;
	if (h != NULL && h->answered != NULL)
		h->answered(h->arg, s->d.warning, answer, reply);
	return true;
}

static bool
take_answer(struct outbox *ob, struct session *s, const struct outbox_hooks *h, struct err *e)
{
	if (!s->has_result) {
		memset(&s->result, 0, sizeof s->result);
		if (s->n == NULL || notifier_poll(s->n, 0, &s->result) == 0)
			return true;
		s->has_result = true;
	}
	if (s->failures > 0 && !s->local) {
		char key[120];

		snprintf(key, sizeof key, "notifier:%.100s", s->cfg->name);
		ledger_alarm_clear(ob->ledger, key);
		s->failures = 0;
	}
	return settle(ob, s, h, e);
}

/* ---- beginning */

/* The gate's no: out of attempting first, since only what waits can be held; a kill in between asks again. */
static bool
hold(struct outbox *ob, struct session *s, const struct outbox_hooks *h, const char *why, struct err *e)
{
	char reply[REPLY];
	bool held, withdrawn = false;

	snprintf(reply, sizeof reply, "held: %.350s", why != NULL ? why : "");
	if (!ledger_outbox_answer(ob->ledger, &s->d, TCS_LATER, reply, ob->now, ob->now, e) ||
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
		h->answered(h->arg, s->d.warning, TCS_LATER, reply);
	return true;
}

/* It could not even begin: ours to mend, so the notifier pauses and an alarm says why. */
static bool
pause_session(struct outbox *ob, struct session *s, const struct outbox_hooks *h, const char *why,
    struct err *e)
{
	char key[120], text[REPLY];

	notifier_stop(s->n);
	s->n = NULL;
	s->not_before = ob->now + back_off(++s->failures);
	snprintf(key, sizeof key, "notifier:%.100s", s->cfg->name);
	snprintf(text, sizeof text, "notifier %.60s cannot hand over: %.300s", s->cfg->name, why);
	ledger_alarm(ob->ledger, key, text, ob->now);
	memset(&s->result, 0, sizeof s->result);
	s->result.answer = TCS_LATER;
	snprintf(s->result.reply, sizeof s->result.reply, "%.200s", why);
	s->has_result = true;
	s->local = s->failures > 1;		/* else it may be this warning: others were
						 * handed over in between */
	return settle(ob, s, h, e);
}

static bool
hand_over(struct outbox *ob, struct session *s, const struct outbox_hooks *h, struct err *e)
{
	const struct warning *w = &s->d.w;
	const char *bounce = ob->c->identity.bounce, *org = NULL;
	char key[SHA256_HEX], number[16];
	struct err why = ERR_INIT, again;
	struct tcs_warning t;

	digest_hex(w->key, sizeof w->key, key);
	if (h != NULL && h->organisation != NULL)
		org = h->organisation(h->arg, w->org);
	snprintf(number, sizeof number, "%u", w->org);
	if (ob->c->nanswers > 0 && bounce && *bounce)
		bounce = token_address(s->arena, ob->secret, TOKEN_BOUNCE, w->number, bounce);
	t = (struct tcs_warning){ .size = sizeof t, .tlp = w->tlp, .id = w->number, .key = key,
		.message_id = w->message_id, .answers = *w->answers ? w->answers : NULL,
		.sender = bounce && *bounce ? bounce : ob->c->identity.from,
		.recipient = org != NULL ? org : number,
		.address = *w->redirected ? w->redirected : w->recipient, .language = w->language,
		.subject = w->subject, .bytes = w->bytes, .nbytes = w->nbytes };
	s->busy = true;
	s->local = false;
	if (s->n == NULL)
		s->n = notifier_start(s->plugin, s->opts, &why);
	if (s->n != NULL && notifier_begin(s->n, &t, &why))
		return true;
	again = (struct err)ERR_INIT;
	if (s->n != NULL && notifier_begin(s->n, &t, &again))	/* it had died while idle,
								 * and was started anew */
		return true;
	return pause_session(ob, s, h, s->n != NULL ? again.text : why.text, e);
}

/* The next due one that the gate lets through. */
static bool
begin_next(struct outbox *ob, struct session *s, const struct outbox_hooks *h, struct err *e)
{
	const char *why;
	bool got;

	while (!ob->closing && !ob->shut && !s->busy && ob->now >= s->not_before) {
		arena_reset(s->arena);
		if (!ledger_outbox_claim(ob->ledger, s->cfg->name, ob->now, s->arena, &s->d, &got, e))
			return false;
		if (!got)
			return true;
		why = NULL;
		if (h != NULL && h->gate != NULL && !h->gate(h->arg, &s->d, &why)) {
			if (!hold(ob, s, h, why, e))
				return false;
		} else if (!hand_over(ob, s, h, e))
			return false;
	}
	return true;
}

/* What is due but belongs to no notifier that there is: it would wait for ever in silence. */
static void
look_for_strays(struct outbox *ob)
{
	int64_t next = ledger_outbox_next(ob->ledger);
	bool stray = next > 0 && next <= ob->now && !ob->shut;
	uint32_t i;

	for (i = 0; i < ob->n; i++)
		stray &= !ob->s[i].busy && ob->now >= ob->s[i].not_before;
	if (stray && !ob->stray)
		ledger_alarm(ob->ledger, "outbox:stray",
		    "warnings wait for a notifier that is not configured any more", ob->now);
	else if (!stray && ob->stray)
		ledger_alarm_clear(ob->ledger, "outbox:stray");
	ob->stray = stray;
}

bool
outbox_turn(struct outbox *ob, int64_t now, const struct outbox_hooks *h, struct err *e)
{
	uint32_t i;

	ob->now = now;
	ob->idle = false;
	ob->shut = h != NULL && h->shut != NULL && h->shut(h->arg);
	for (i = 0; i < ob->n; i++) {
		struct session *s = &ob->s[i];

		if (s->busy && !take_answer(ob, s, h, e))
			return false;
		if (!begin_next(ob, s, h, e))
			return false;
	}
	ob->idle = outbox_fds(ob, NULL, 0) == 0;
	look_for_strays(ob);
	return true;
}

/* ---- waiting */

uint32_t
outbox_fds(const struct outbox *ob, int *fd, uint32_t max)
{
	uint32_t i, n = 0;

	for (i = 0; i < ob->n; i++)
		if (ob->s[i].busy) {
			if (n < max)
				fd[n] = ob->s[i].n != NULL ? notifier_fd(ob->s[i].n) : -1;
			n++;
		}
	return n;
}

int64_t
outbox_next(const struct outbox *ob, int64_t now)
{
	int64_t next = ledger_outbox_next(ob->ledger), pause = 0;
	uint32_t i;

	if (outbox_fds(ob, NULL, 0) > 0 && (next == 0 || next > now + OUTBOX_LOOK || next <= now))
		return now + OUTBOX_LOOK;	/* one that hangs never becomes readable */
	if (next == 0 || next > now)
		return next;
	for (i = 0; i < ob->n; i++)
		if (ob->s[i].not_before > now && (pause == 0 || ob->s[i].not_before < pause))
			pause = ob->s[i].not_before;
	return pause > 0 && pause < now + OUTBOX_FIRST ? pause : now + OUTBOX_FIRST;
}

bool
outbox_idle(const struct outbox *ob)
{
	return ob->idle;
}

static int64_t
real_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Turns until nothing is left to do, or the time is over. */
static bool
turns(struct outbox *ob, int64_t wait_ms, const struct outbox_hooks *h, struct err *e)
{
	struct pollfd *p = xcalloc(ob->n + 1, sizeof *p);
	int *fd = xcalloc(ob->n + 1, sizeof *fd);
	int64_t end = real_ms() + wait_ms, left;
	uint32_t i, n;
	bool good;

	while ((good = outbox_turn(ob, clock_now() / NS, h, e)) && !ob->idle &&
	    (left = end - real_ms()) > 0) {
		n = outbox_fds(ob, fd, ob->n);
		for (i = 0; i < n; i++)
			p[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
		poll(p, n, left < 1000 ? (int)left : 1000);
	}
	free(p);
	free(fd);
	return good;
}

bool
outbox_drain(struct outbox *ob, int64_t wait_ms, const struct outbox_hooks *h, bool *idle, struct err *e)
{
	bool good = turns(ob, wait_ms, h, e);

	*idle = ob->idle;
	return good;
}

bool
outbox_finish(struct outbox *ob, int64_t wait_ms, const struct outbox_hooks *h, struct err *e)
{
	bool good;
	uint32_t i;

	ob->closing = true;
	good = turns(ob, wait_ms, h, e);
	for (i = 0; good && i < ob->n; i++) {
		struct session *s = &ob->s[i];

		if (!s->busy)
			continue;
		if (!s->has_result) {
			s->result = (struct tcs_result){ .answer = TCS_UNKNOWN };
			snprintf(s->result.reply, sizeof s->result.reply,
			    "no answer before the program had to go on");
		}
		good = settle(ob, s, h, e);
	}
	ob->closing = false;
	return good;
}
