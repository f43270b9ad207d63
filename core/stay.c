/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin run: stays.  One turn does what is there to do - orders, sources whose
 * hour has come or whose folder changed, inputs, a round, deliveries - and
 * every event ends in a turn: a folder, a notifier's answer, a second gone by.
 * A ledger that cannot be written (disk full) is tried again after a pause;
 * nothing was lost.  A ledger that another decider took over ends the program.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "log.h"
#include "loop.h"
#include "mem.h"
#include "run.h"
#include "timefmt.h"

#define TICK		NS		/* orders by hand are seen within a second */
#define PAUSE		(10 * NS)	/* after a failure of the ledger */
#define RETRY		(60 * NS)	/* after a round that could not compose all */
#define WATCH		(60 * NS)	/* alarms are looked for so often */
#define YOUNG		(2 * NS)	/* a file that is being written is looked at again after */
#define FDS_MOST	64

struct stay {
	struct host	*h;
	struct config	*c;
	struct loop	*loop;
	bool		 stop;
	uint64_t	 changed;	/* sources whose folder changed, a bit each */
	int64_t		*look;		/* when each source is looked at next, monotonic */
	int64_t		 answers;	/* when their mailboxes are looked at next, monotonic */
	int64_t		 digest;	/* when the next one goes, ns */
	int64_t		 watch_at;	/* when alarms are looked for next, monotonic */
	uint32_t	 withdrawn;	/* by the last round: cases of theirs are due again */
	int64_t		 quiet_until;	/* monotonic: after a failure */
	int64_t		 retry;		/* monotonic: when the next round is in any case; 0: none */
	bool		 retry_digest;
	int		 fd[FDS_MOST];
	uint32_t	 nfd;
	int		 watch, net;	/* of the folders; of transfers */
	struct err	*e;
};

static void turn(struct stay *s);

static void
on_event(void *arg)
{
	turn(arg);
}

static void
on_folder(void *arg)
{
	struct stay *s = arg;

	s->changed |= fetch_drain(s->h->fetch);
	turn(s);
}

/* A transfer moved on; a turn of all is worth it only when one is whole. */
static void
on_net(void *arg)
{
	struct stay *s = arg;
	struct err e = ERR_INIT;
	bool some = false;
	uint32_t i;

	if (!host_fetch_turn(s->h, &some, &e)) {
		log_err("%s", e.text);
		for (i = 0; i < s->h->config->nsource; i++)
			s->look[i] = 0;		/* what came is asked for again */
		s->quiet_until = loop_now() + PAUSE;
	} else if (some)
		turn(s);
}

static void
on_tick(void *arg)
{
	struct stay *s = arg;

	turn(s);
	loop_timer(s->loop, loop_now() + TICK, on_tick, s);
}

static void
on_stop(void *arg)
{
	struct stay *s = arg;

	s->stop = true;
	loop_stop(s->loop);
}

/* Asked in the middle of a turn. */
static bool
stopping(void *arg)
{
	struct stay *s = arg;

	if (loop_signal_waits(s->loop, SIGTERM) || loop_signal_waits(s->loop, SIGINT))
		s->stop = true;
	return s->stop;
}

/* ---- what there is to do ----------------------------------------------------- */

static bool
looks(struct stay *s, struct err *e)
{
	int64_t now = loop_now();
	bool some;
	uint32_t i;

	for (i = 0; i < s->h->config->nsource && !s->stop; i++) {
		const struct cfg_source *src = &s->h->config->source[i];
		bool changed = (s->changed & (i < 64 ? UINT64_C(1) << i : ~UINT64_C(0))) != 0;

		if (!changed && now < s->look[i])
			continue;
		s->look[i] = now + (changed ? YOUNG : src->every * NS);
		if (!host_fetch_soon(s->h, src, e))
			return false;
	}
	s->changed = 0;
	return host_fetch_turn(s->h, &some, e);
}

static bool
digest_note(struct stay *s, struct err *e)
{
	char now[TIME_TEXT];

	time_iso(clock_now(), now);
	return ledger_state_put(s->h->decider->ledger, "digest", now, e);
}

/* The digest's next hour, after the one that the ledger remembers. */
static bool
digest_plan(struct stay *s, struct err *e)
{
	struct arena *a = arena_new();
	const struct config *c = s->h->config;
	const char *value;
	int64_t last = clock_now();
	bool good = ledger_state_get(s->h->decider->ledger, a, "digest", &value, e);

	if (good && value == NULL)
		good = digest_note(s, e);	/* the first run: the hours from now on are kept, whenever
						 * it is started again */
	else if (good)
		time_parse(value, strlen(value), &last);
	s->digest = time_next_at(last, c->identity.zone, c->decide.digest_hour, c->decide.digest_minute);
	arena_free(a);
	return good;
}

/* All of them when the one that is most in a hurry is due. */
static bool
answers_due(struct stay *s, struct err *e)
{
	const struct config *c = s->h->config;
	int64_t every = DAY;
	uint32_t i;

	if (c->nanswers == 0 || loop_now() < s->answers)
		return true;
	for (i = 0; i < c->nanswers; i++)
		every = c->answers[i].every < every ? c->answers[i].every : every;
	s->answers = loop_now() + every * NS;
	return host_answers(s->h, e);
}

/* What could not be composed is tried again a minute later, digests too where it was one. */
static bool
round_of(struct stay *s, bool digest, bool retry, struct err *e)
{
	uint32_t failed = s->h->sum.failed;

	digest = digest || (s->retry != 0 && s->retry_digest);
	if (!host_round(s->h, digest, retry, e))
		return false;
	s->retry = s->h->sum.failed != failed ? loop_now() + RETRY : 0;
	s->retry_digest = digest;
	return true;
}

/* Its hour has come, and the source-days of today are complete or need not be waited for any more. */
static bool
digest_ready(const struct stay *s)
{
	const struct host *h = s->h;
	int64_t now = clock_now();

	return now >= s->digest && (now >= s->digest + h->config->decide.digest_wait * NS ||
	    !coverage_waits(h->decider->coverage, now / NS));
}

/* Alarms once a minute; what is being told is looked after in each turn. */
static bool
watch(struct stay *s, struct err *e)
{
	if (loop_now() < s->watch_at) {
		alerts_turn(s->h->alerts, clock_now() / NS, 0);
		return true;
	}
	s->watch_at = loop_now() + WATCH;
	return host_watch(s->h, 0, e);
}

static bool
work(struct stay *s, struct err *e)
{
	struct host *h = s->h;
	uint64_t records = h->sum.records;
	uint32_t orders = h->sum.orders;
	bool digest, some;

	if (!answers_due(s, e) || !host_orders(h, e) || !looks(s, e) || !host_intake(h, e))
		return false;
	digest = digest_ready(s);
	some = h->sum.records != records || h->sum.orders != orders || h->sum.withdrawn != s->withdrawn ||
	    (s->retry != 0 && loop_now() >= s->retry);
	s->withdrawn = h->sum.withdrawn;
	if ((some || digest) && !round_of(s, digest, digest || h->sum.orders != orders, e))
		return false;
	if (digest && !(digest_note(s, e) && digest_plan(s, e)))
		return false;
	return s->stop || (host_deliver(h, e) && watch(s, e));
}

static void
watch_notifiers(struct stay *s)
{
	uint32_t i;

	for (i = 0; i < s->nfd; i++)
		loop_fd(s->loop, s->fd[i], NULL, NULL, NULL);
	s->nfd = outbox_fds(s->h->outbox, s->fd, FDS_MOST);
	if (s->nfd > FDS_MOST)
		s->nfd = FDS_MOST;
	for (i = 0; i < s->nfd; i++)
		loop_fd(s->loop, s->fd[i], on_event, s, NULL);
}

static void
turn(struct stay *s)
{
	struct err e = ERR_INIT;

	if (s->stop || loop_now() < s->quiet_until)
		return;
	if (work(s, &e))
		alerts_trouble(s->h->alerts, NULL, 0);
	else {
		log_err("%s", e.text);
		alerts_trouble(s->h->alerts, e.text, clock_now() / NS);
		alerts_turn(s->h->alerts, clock_now() / NS, 0);
		if (ledger_lost(s->h->decider->ledger)) {
			err_set(s->e, "%s", e.text);
			s->stop = true;
		}
		s->quiet_until = loop_now() + PAUSE;
	}
	watch_notifiers(s);
	if (s->stop)
		loop_stop(s->loop);
}

/* ---- a new configuration ------------------------------------------------------ */

static void
looks_begin(struct stay *s)
{
	uint32_t i;

	s->look = xrealloc(s->look, (s->h->config->nsource + 1) * sizeof *s->look);
	for (i = 0; i < s->h->config->nsource; i++)
		s->look[i] = 0;		/* at once */
	s->answers = 0;
	s->watch = fetch_fd(s->h->fetch);
	if (s->watch >= 0)
		loop_fd(s->loop, s->watch, on_folder, s, NULL);
	s->net = fetch_net_fd(s->h->fetch);
	if (s->net >= 0)
		loop_fd(s->loop, s->net, on_net, s, NULL);
}

static void
on_reload(void *arg)
{
	struct stay *s = arg;
	struct err e = ERR_INIT;
	struct config *c = config_load(s->c->file, &e);
	uint32_t i;

	for (i = 0; i < s->nfd; i++)
		loop_fd(s->loop, s->fd[i], NULL, NULL, NULL);
	s->nfd = 0;
	if (s->watch >= 0)
		loop_fd(s->loop, s->watch, NULL, NULL, NULL);
	if (s->net >= 0)
		loop_fd(s->loop, s->net, NULL, NULL, NULL);
	if (c == NULL || !host_configure(s->h, c, &e)) {
		log_err("%s; the old configuration stays", e.text);
		config_free(c);
	} else {
		config_free(s->c);
		s->c = c;
		log_note("%s: read again", c->file);
		digest_plan(s, &e);
	}
	looks_begin(s);
	s->quiet_until = 0;		/* whoever mended the disk need not wait */
	turn(s);
}

bool
run_stay(struct host *h, struct config *c, struct err *e)
{
	struct stay s = { .h = h, .c = c, .watch = -1, .net = -1, .e = e };
	bool good;

	h->stopping = stopping;
	h->arg = &s;
	s.loop = loop_new(e);
	good = s.loop != NULL && loop_signal(s.loop, SIGTERM, on_stop, &s, e) && loop_signal(s.loop, SIGINT,
	    on_stop, &s, e) && loop_signal(s.loop, SIGHUP, on_reload, &s, e) && digest_plan(&s, e);
	if (good) {
		log_note("ready: %u sources, %u notifiers", h->config->nsource, h->config->nnotifier);
		looks_begin(&s);
		loop_timer(s.loop, loop_now(), on_tick, &s);
		good = loop_run(s.loop, e) && e->n == 0 && host_finish(h, e);
	}
	signal(SIGTERM, SIG_IGN);	/* who asks twice gets the same answer */
	signal(SIGINT, SIG_IGN);
	host_close(h);
	if (s.loop != NULL)
		loop_free(s.loop);
	config_free(s.c);
	free(s.look);
	return good;
}
