/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See outbox.h.  A session is a process with at most one warning at work.  A
 * notifier's first is started for its first warning, further ones when so much
 * is due that they are worth it.  A notifier that cannot be started, or cannot
 * begin, pauses: its warnings wait, they are not used up.  What is written is
 * in outbox_settle.c.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "6-deliver/outbox_int.h"
#include "answers/token.h"
#include "clock.h"
#include "digest.h"
#include "log.h"
#include "mem.h"
#include "timefmt.h"

#define BACKLOG		4		/* due warnings a session that make it worth another one */
#define QUIET		300		/* s without work, after which only one stays */

/* ---- open, close */

static void
add_sessions(struct post *p)
{
	uint32_t i;

	p->n = p->cfg->sessions > 0 ? (uint32_t)p->cfg->sessions : 1;
	p->running = 1;
	p->s = xcalloc(p->n, sizeof *p->s);
	for (i = 0; i < p->n; i++) {
		p->s[i].post = p;
		p->s[i].arena = arena_new();
		p->s[i].next_arena = arena_new();
	}
}

static bool
add_post(struct outbox *ob, const struct cfg_notifier *cfg, const struct plugins *plugins, struct err *e)
{
	struct err why = ERR_INIT;
	struct post *p = &ob->p[ob->n];

	p->cfg = cfg;
	p->plugin = plugin_get(plugins, cfg->plugin, TCS_NOTIFIER, &why);
	if (p->plugin == NULL)
		return err_at(e, ob->c->file ? ob->c->file : "configuration", cfg->line, "%s", why.text);
	if (cfg->via != NULL)
		return true;		/* its mails carry the other's name */
	if (!p->plugin->delivers)
		return err_at(e, ob->c->file ? ob->c->file : "configuration", cfg->line,
		    "notifier \"%s\": plugin %s only renders, expected via = \"NAME\" of one that delivers",
		    cfg->name, cfg->plugin);
	p->opts = options_check(ob->arena, p->plugin, cfg->given, cfg->ngiven, e);
	if (p->opts == NULL)
		return false;
	add_sessions(p);
	ob->n++;
	return true;
}

struct outbox *
outbox_open(const struct config *c, const struct plugins *plugins, struct ledger *l, struct err *e)
{
	struct outbox *ob = xcalloc(1, sizeof *ob);
	bool good = true;
	uint32_t i;

	ob->c = c;
	ob->ledger = l;
	ob->arena = arena_new();
	ob->p = xcalloc(c->nnotifier + 1, sizeof *ob->p);
	for (i = 0; good && i < c->nnotifier; i++)
		good = add_post(ob, &c->notifier[i], plugins, e);
	good = good && ledger_secret(l, ob->secret, e);
	if (good && (ob->rates = rates_open(c, l, clock_now() / NS, e)) != NULL)
		return ob;
	outbox_close(ob);
	return NULL;
}

void
outbox_close(struct outbox *ob)
{
	uint32_t i, k;

	if (ob == NULL)
		return;
	for (i = 0; i < ob->n; i++) {
		for (k = 0; k < ob->p[i].n; k++) {
			notifier_stop(ob->p[i].s[k].n);
			arena_free(ob->p[i].s[k].arena);
			arena_free(ob->p[i].s[k].next_arena);
		}
		free(ob->p[i].s);
	}
	rates_close(ob->rates);
	free(ob->p);
	arena_free(ob->arena);
	free(ob);
}

/* ---- answers */

static void
hear(struct outbox *ob, struct session *s)
{
	struct post *p = s->post;
	char key[120];

	if (!s->busy)
		return;
	p->busy_at = ob->now;
	if (!s->has_result) {
		memset(&s->result, 0, sizeof s->result);
		if (s->n == NULL || notifier_poll(s->n, 0, &s->result) == 0)
			return;
		s->has_result = true;
	}
	if (p->failures > 0 && !s->local) {
		snprintf(key, sizeof key, "notifier:%.100s", p->cfg->name);
		ledger_alarm_clear(ob->ledger, key);
		p->failures = 0;
	}
}

/* ---- beginning */

/* It could not even begin: ours to mend, so the notifier pauses and an alarm says why. */
static void
pause_post(struct outbox *ob, struct session *s, const char *why)
{
	struct post *p = s->post;
	char key[120], text[OUTBOX_REPLY];

	notifier_stop(s->n);
	s->n = NULL;
	p->not_before = ob->now + rate_back_off(++p->failures);
	snprintf(key, sizeof key, "notifier:%.100s", p->cfg->name);
	snprintf(text, sizeof text, "notifier %.60s cannot hand over: %.300s", p->cfg->name, why);
	ledger_alarm(ob->ledger, key, text, ob->now);
	memset(&s->result, 0, sizeof s->result);
	s->result.answer = TCS_LATER;
	snprintf(s->result.reply, sizeof s->result.reply, "%.200s", why);
	s->has_result = true;
	s->local = p->failures > 1;		/* else it may be this warning: others were
						 * handed over in between */
}

static void
hand_over(struct outbox *ob, struct session *s, const struct outbox_hooks *h)
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
		.recipient = org != NULL ? org : number, .address = session_address(s),
		.language = w->language, .subject = w->subject, .bytes = w->bytes, .nbytes = w->nbytes };
	s->fresh = false;
	if (s->n == NULL)
		s->n = notifier_start(s->post->plugin, s->post->opts, &why);
	if (s->n != NULL && notifier_begin(s->n, &t, &why))
		return;
	again = (struct err)ERR_INIT;
	if (s->n != NULL && notifier_begin(s->n, &t, &again))	/* it had died while idle,
								 * and was started anew */
		return;
	pause_post(ob, s, s->n != NULL ? again.text : why.text);
}

/* *again: somebody is free already. */
static bool
begin(struct outbox *ob, struct session *s, const struct outbox_hooks *h, bool *again, struct err *e)
{
	const char *why = NULL;

	if (h != NULL && h->gate != NULL && !h->gate(h->arg, &s->d, &why)) {
		*again = true;
		return outbox_hold(ob, s, h, why, e);
	}
	hand_over(ob, s, h);
	*again |= s->has_result;
	return true;
}

/* One session more where all are at work and much is due; back to one where there was nothing for long. */
static bool
grow(struct outbox *ob, struct post *p)
{
	struct session *s = &p->s[p->running];
	uint32_t i, busy = 0, want = p->running * BACKLOG;
	struct err why = ERR_INIT;

	for (i = 0; i < p->running; i++)
		busy += p->s[i].busy && p->s[i].n != NULL;
	while (busy == 0 && p->running > 1 && ob->now - p->busy_at > QUIET) {
		notifier_stop(p->s[--p->running].n);
		p->s[p->running].n = NULL;
	}
	if (ob->closing || ob->shut || busy < p->running || p->running == p->n || ob->now < p->grow_after ||
	    ob->now < p->not_before || ledger_outbox_due(ob->ledger, p->cfg->name, ob->now, want) < want)
		return false;
	if ((s->n = notifier_start(p->plugin, p->opts, &why)) == NULL) {
		log_warn("notifier %s: no further session: %s", p->cfg->name, why.text);
		p->grow_after = ob->now + OUTBOX_FIRST;
		return false;
	}
	p->running++;
	return true;
}

static bool
busy(const struct post *p)
{
	uint32_t k;

	for (k = 0; k < p->running; k++)
		if (p->s[k].busy)
			return true;
	return false;
}

/* What is due but belongs to no notifier that there is: it would wait for ever in silence. */
static void
look_for_strays(struct outbox *ob)
{
	int64_t next = ledger_outbox_next(ob->ledger);
	bool stray = next > 0 && next <= ob->now && !ob->more && !ob->shut;
	uint32_t i;

	for (i = 0; i < ob->n; i++)
		stray &= !busy(&ob->p[i]) && ob->now >= ob->p[i].not_before;
	if (stray && !ob->stray)
		ledger_alarm(ob->ledger, "outbox:stray",
		    "warnings wait for a notifier that is not configured any more", ob->now);
	else if (!stray && ob->stray)
		ledger_alarm_clear(ob->ledger, "outbox:stray");
	ob->stray = stray;
}

/* Until nobody is free whom something is due for. */
static bool
work(struct outbox *ob, const struct outbox_hooks *h, struct err *e)
{
	uint32_t i, k;
	bool again;

	do {
		again = false;
		if (!outbox_exchange(ob, h, e))
			return false;
		for (i = 0; i < ob->n; i++)
			for (k = 0; k < ob->p[i].running; k++)
				if (ob->p[i].s[k].fresh && !begin(ob, &ob->p[i].s[k], h, &again, e))
					return false;
	} while (again);
	return true;
}

bool
outbox_turn(struct outbox *ob, int64_t now, const struct outbox_hooks *h, struct err *e)
{
	bool grown = false;
	uint32_t i, k;

	ob->now = now;
	ob->idle = ob->more = false;
	ob->shut = h != NULL && h->shut != NULL && h->shut(h->arg);
	for (i = 0; i < ob->n; i++)
		for (k = 0; k < ob->p[i].running; k++)
			hear(ob, &ob->p[i].s[k]);
	if (!work(ob, h, e))
		return false;
	for (i = 0; i < ob->n; i++)
		grown |= grow(ob, &ob->p[i]);
	if (grown && !work(ob, h, e))
		return false;
	ob->idle = outbox_fds(ob, NULL, 0) == 0 && !ob->more;
	look_for_strays(ob);
	return true;
}

/* ---- waiting */

uint32_t
outbox_fds(const struct outbox *ob, int *fd, uint32_t max)
{
	uint32_t i, k, n = 0;

	for (i = 0; i < ob->n; i++)
		for (k = 0; k < ob->p[i].running; k++) {
			const struct session *s = &ob->p[i].s[k];

			if (!s->busy)
				continue;
			if (n < max)
				fd[n] = s->n != NULL ? notifier_fd(s->n) : -1;
			n++;
		}
	return n;
}

int64_t
outbox_next(const struct outbox *ob, int64_t now)
{
	int64_t next = ledger_outbox_next(ob->ledger), pause = 0;
	uint32_t i;

	if (ob->more)
		return now;
	if (outbox_fds(ob, NULL, 0) > 0 && (next == 0 || next > now + OUTBOX_LOOK || next <= now))
		return now + OUTBOX_LOOK;	/* one that hangs never becomes readable */
	if (next == 0 || next > now)
		return next;
	for (i = 0; i < ob->n; i++)
		if (ob->p[i].not_before > now && (pause == 0 || ob->p[i].not_before < pause))
			pause = ob->p[i].not_before;
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
	int64_t end = real_ms() + wait_ms, left;
	struct pollfd *p;
	uint32_t i, n = 0;
	int *fd;
	bool good;

	for (i = 0; i < ob->n; i++)
		n += ob->p[i].n;
	p = xcalloc(n + 1, sizeof *p);
	fd = xcalloc(n + 1, sizeof *fd);
	while ((good = outbox_turn(ob, clock_now() / NS, h, e)) && !ob->idle &&
	    (left = end - real_ms()) > 0) {
		uint32_t at_work = outbox_fds(ob, fd, n);

		for (i = 0; i < at_work; i++)
			p[i] = (struct pollfd){ .fd = fd[i], .events = POLLIN };
		poll(p, at_work, ob->more ? 0 : left < 1000 ? (int)left : 1000);
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
	uint32_t i, k;
	bool good;

	ob->closing = true;
	good = turns(ob, wait_ms, h, e);
	for (i = 0; good && i < ob->n; i++)
		for (k = 0; k < ob->p[i].running; k++) {
			struct session *s = &ob->p[i].s[k];

			if (!s->busy || s->has_result)
				continue;
			s->has_result = true;
			s->result = (struct tcs_result){ .answer = TCS_UNKNOWN };
			snprintf(s->result.reply, sizeof s->result.reply,
			    "no answer before the program had to go on");
		}
	good = good && outbox_exchange(ob, h, e);
	ob->closing = false;
	return good;
}
