/* SPDX-License-Identifier: Apache-2.0 */
/* See host.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "1-fetch/unpack.h"
#include "registry_import.h"
#include "1-fetch/mailbox.h"
#include "6-deliver/gate.h"
#include "4-decide/climb.h"
#include "answers/answers.h"
#include "ledger/ledger_mail.h"
#include "clock.h"
#include "campaign.h"
#include "hands.h"
#include "keep.h"
#include "message.h"
#include "host.h"
#include "ledger/ledger_read.h"
#include "listing.h"
#include "log.h"
#include "mem.h"
#include "process.h"
#include "timefmt.h"

#define FINISH_MS 30000		/* for answers of what is being handed over; less than
				 * a service manager waits */

/* The configuration's part first, so that what is wrong with it is said before anything is made. */
/* Plugins run with what the system has; what it lacks is said once, at start. */
static void
say_fences(void)
{
	struct err e = ERR_INIT;
	uint32_t layers;
	char lacks[240];

	if (!process_probe(&layers, &e)) {
		log_warn("%s", e.text);
		return;
	}
	process_lacks(layers, lacks, sizeof lacks);
	if (lacks[0] != '\0')
		log_warn("plugins are not fenced in for: %s", lacks);
}

static bool
open_all(struct host *h, enum host_fault *fault, struct err *e)
{
	const struct config *c = h->config;
	bool configured;

	say_fences();
	*fault = HOST_CONFIG;
	if ((h->plugins = plugins_find(c->plugins, e)) == NULL ||
	    (h->sources = sources_open(c, h->plugins, e)) == NULL || !host_notifiers(c, h->plugins, e))
		return false;
	h->decider = decider_open(c, h->plugins, &configured, e);
	*fault = configured ? HOST_STATE : HOST_CONFIG;
	if (h->decider == NULL || (h->spool = spool_open(c->spool, e)) == NULL)
		return false;
	sources_spool(h->sources, h->spool);
	*fault = HOST_CONFIG;
	return (h->fetch = fetch_open(c, h->spool, e)) != NULL &&
	    (h->rounds = rounds_open(h->decider, h->sources, e)) != NULL &&
	    (h->outbox = outbox_open(c, h->plugins, h->decider->ledger, e)) != NULL &&
	    (h->alerts = alerts_open(c, h->plugins, h->decider->ledger, e)) != NULL;
}

struct host *
host_open(const struct config *c, enum host_fault *fault, struct err *e)
{
	struct host *h = xcalloc(1, sizeof *h);

	h->config = c;
	h->letting = arena_new();
	if (open_all(h, fault, e))
		return h;
	host_close(h);
	return NULL;
}

/* What is missing has no line of its own: the notifier's is said. */
static bool
notifier_options(struct arena *a, const struct config *c, const struct cfg_notifier *n,
    const struct plugin *pl, struct err *e)
{
	struct err why = ERR_INIT;

	if (options_check(a, pl, n->given, n->ngiven, &why) != NULL)
		return true;
	return n->ngiven > 0 ? err_set(e, "%s", why.text) :
	    err_at(e, c->file, n->line, "notifier \"%s\": %s", n->name, why.text);
}

bool
host_notifiers(const struct config *c, const struct plugins *p, struct err *e)
{
	struct arena *a = arena_new();
	bool good = true;
	uint32_t i;

	for (i = 0; good && i < c->nnotifier; i++) {
		const struct cfg_notifier *n = &c->notifier[i];
		struct err why = ERR_INIT;
		const struct plugin *pl = plugin_get(p, n->plugin, TCS_NOTIFIER, &why);

		if (pl == NULL)
			good = err_at(e, c->file, n->line, "notifier \"%s\": %s", n->name, why.text);
		else if (!pl->delivers && n->via == NULL)
			good = err_at(e, c->file, n->line, "notifier \"%s\": plugin %s only renders; "
			    "expected via = \"NAME\" of a notifier that delivers", n->name, pl->name);
		else if (pl->delivers && n->via != NULL)
			good = err_at(e, c->file, n->line,
			    "notifier \"%s\": plugin %s delivers itself; via is for plugins that only render",
			    n->name, pl->name);
		else
			good = notifier_options(a, c, n, pl, e);
	}
	arena_free(a);
	return good;
}

void
host_close(struct host *h)
{
	if (h == NULL)
		return;
	alerts_close(h->alerts);
	outbox_close(h->outbox);
	rounds_close(h->rounds);
	decider_close(h->decider);
	fetch_close(h->fetch);
	sources_close(h->sources);
	spool_close(h->spool);
	plugins_free(h->plugins);
	arena_free(h->letting);
	free(h);
}

bool
host_configure(struct host *h, const struct config *c, struct err *e)
{
	struct sources *sources = NULL;
	struct fetch *fetch = NULL;
	struct outbox *outbox = NULL;
	struct alerts *alerts = NULL;
	struct rounds *rounds;

	if (strcmp(c->ledger, h->config->ledger) != 0 || strcmp(c->spool, h->config->spool) != 0)
		return err_set(e, "%s: ledger and spool cannot change while it runs; start it anew", c->file);
	if ((sources = sources_open(c, h->plugins, e)) == NULL || !host_notifiers(c, h->plugins, e) ||
	    (fetch = fetch_open(c, h->spool, e)) == NULL ||
	    (outbox = outbox_open(c, h->plugins, h->decider->ledger, e)) == NULL ||
	    (alerts = alerts_open(c, h->plugins, h->decider->ledger, e)) == NULL ||
	    !decider_configure(h->decider, c, e)) {
		alerts_close(alerts);
		outbox_close(outbox);
		fetch_close(fetch);
		sources_close(sources);
		return false;
	}
	sources_spool(sources, h->spool);
	if ((rounds = rounds_open(h->decider, sources, e)) == NULL) {
		decider_configure(h->decider, h->config, NULL);
		alerts_close(alerts);
		outbox_close(outbox);
		fetch_close(fetch);
		sources_close(sources);
		return false;
	}
	host_finish(h, NULL);		/* what it cannot write, it tells at the next turn */
	alerts_close(h->alerts);
	outbox_close(h->outbox);
	rounds_close(h->rounds);
	fetch_close(h->fetch);
	sources_close(h->sources);
	h->config = c;
	h->sources = sources;
	h->fetch = fetch;
	h->rounds = rounds;
	h->outbox = outbox;
	h->alerts = alerts;
	return true;
}

/* ---- fetch ------------------------------------------------------------------ */

bool
host_arrived(struct host *h, const struct arrival *a, struct err *e)
{
	struct ledger *l = h->decider->ledger;
	struct input in = { .source = ledger_intern(l, DICT_SOURCE, tcs_str(a->source->name)),
		.name = a->name, .member = "",
		.day = input_day(h->sources, a->source->name, a->name, "", a->when), .size = a->blob.size,
		.arrived = clock_now() / NS, .state = INPUT_PENDING, .plugin = "", .error = "" };
	bool fresh;

	snprintf(in.sha256, sizeof in.sha256, "%s", a->blob.sha256);
	if (!ledger_input_put(l, &in, &fresh, e))
		return false;
	if (fresh)
		h->sum.inputs++;
	else
		h->sum.known++;
	return true;
}

static bool
on_arrived(void *arg, const struct arrival *a, struct err *e)
{
	struct host *h = arg;

	h->ledger_failed = !host_arrived(h, a, e);
	return !h->ledger_failed;
}

static void
on_trouble(void *arg, const struct cfg_source *s, const char *what, const char *why)
{
	struct host *h = arg;
	char key[200], text[700];

	snprintf(key, sizeof key, "fetch:%s", s->name);
	snprintf(text, sizeof text, "source %s: %s: %s", s->name, what, why);
	log_warn("%s", text);
	ledger_alarm(h->decider->ledger, key, text, clock_now() / NS);
	h->sum.troubles++;
}

static const char *
state_get(void *arg, struct arena *a, const char *key)
{
	struct host *h = arg;
	const char *value;
	struct err e = ERR_INIT;

	return ledger_state_get(h->decider->ledger, a, key, &value, &e) ? value : NULL;
}

static void
state_put(void *arg, const char *key, const char *value)
{
	struct host *h = arg;
	struct err e = ERR_INIT;

	if (!ledger_state_put(h->decider->ledger, key, value, &e))
		log_err("%s", e.text);
}

static bool
on_stop(void *arg)
{
	const struct host *h = arg;

	return h->stopping != NULL && h->stopping(h->arg);
}

/* quiet: without trouble. */
static bool
looked(struct host *h, const struct cfg_source *src, bool quiet, struct err *e)
{
	char key[200], when[TIME_TEXT];

	if (quiet) {
		snprintf(key, sizeof key, "fetch:%s", src->name);
		ledger_alarm_clear(h->decider->ledger, key);
	}
	snprintf(key, sizeof key, "look:%s", src->name);
	time_iso(clock_now(), when);
	return ledger_state_put(h->decider->ledger, key, when, e);
}

/* The look itself failed: by the ledger, by order, or else it is trouble of the source. */
static bool
not_looked(struct host *h, const struct cfg_source *src, const char *why, bool told, struct err *e)
{
	if (h->ledger_failed)
		return err_set(e, "%s", why);
	if (!on_stop(h) && !told)
		on_trouble(h, src, src->from, why);
	return true;
}

static void
on_looked(void *arg, const struct cfg_source *src, bool quiet)
{
	struct host *h = arg;
	struct err e = ERR_INIT;

	if (!looked(h, src, quiet, &e))
		log_err("%s", e.text);
}

bool
host_fetch(struct host *h, const struct cfg_source *src, bool settle, struct err *e)
{
	const struct fetch_sink sink = { h, on_arrived, on_trouble, state_get, state_put, on_stop, NULL };
	uint32_t troubles = h->sum.troubles;
	struct err why = ERR_INIT;

	h->ledger_failed = false;
	if (!fetch_look(h->fetch, src, settle, &sink, &why))
		return not_looked(h, src, why.text, h->sum.troubles > troubles, e);
	return looked(h, src, h->sum.troubles == troubles, e);
}

bool
host_fetch_soon(struct host *h, const struct cfg_source *src, struct err *e)
{
	const struct fetch_sink sink = { h, on_arrived, on_trouble, state_get, state_put, on_stop,
		on_looked };
	uint32_t troubles = h->sum.troubles;
	struct err why = ERR_INIT;
	bool begun;

	h->ledger_failed = false;
	if (!fetch_look_soon(h->fetch, src, &sink, &begun, &why))
		return not_looked(h, src, why.text, h->sum.troubles > troubles, e);
	return begun || looked(h, src, h->sum.troubles == troubles, e);
}

bool
host_fetch_turn(struct host *h, bool *some, struct err *e)
{
	const struct cfg_source *failed;
	struct err why = ERR_INIT;

	h->ledger_failed = false;
	return fetch_turn(h->fetch, some, &failed, &why) || not_looked(h, failed, why.text, false, e);
}

/* ---- decode, match, decide -------------------------------------------------- */

struct expanding { struct host *h; const struct input *parent; struct err *e; bool failed; };

static bool
member_put(void *arg, const char *name)
{
	struct expanding *x = arg;
	struct ledger *l = x->h->decider->ledger;
	struct input in = *x->parent;
	bool fresh;

	in.member = name;
	in.parent = x->parent->id;
	in.day = input_day(x->h->sources, ledger_text(l, DICT_SOURCE, in.source), in.name, name,
	    x->parent->day * DAY * NS);
	if (ledger_input_put(l, &in, &fresh, x->e))
		return true;
	x->failed = true;
	return false;
}

/* Its members become inputs; then it is done itself. */
static bool
expand(struct host *h, struct input *in, const char *path, struct err *e)
{
	struct expanding x = { h, in, e, false };
	struct err why = ERR_INIT;
	bool good = unpack_members(path, in->name, member_put, &x, &why);

	if (x.failed)
		return false;
	if (!ledger_begin(h->decider->ledger, e))
		return false;
	in->state = good ? INPUT_CONTAINER : INPUT_QUARANTINED;
	in->error = good ? "" : why.text;
	if (!good) {
		ledger_quarantine(h->decider->ledger, in->id, "the archive cannot be read", why.text,
		    NULL, 0);
		h->sum.bad_inputs++;
	}
	ledger_input_progress(h->decider->ledger, in);
	return ledger_end(h->decider->ledger, e);
}

static void
add(struct host_sum *sum, const struct intake *one)
{
	sum->records += one->records;
	sum->matched += one->matched;
	sum->fresh += one->fresh;
	sum->unmatched += one->unmatched;
	sum->filtered += one->filtered;
	sum->conflicts += one->conflicts;
	sum->refused += one->refused;
	sum->bad_inputs += one->bad;
}

static void
on_progress(void *arg, const struct intake *so_far, uint64_t off)
{
	struct host *h = arg;

	(void)so_far;
	if (h->progress != NULL)
		h->progress(h->arg, NULL, off, 0);
}

static bool
take(struct host *h, struct input *in, const struct quarantined *q, uint32_t quarantine,
    struct replay *again, struct intake *one, struct err *e)
{
	const char *source = ledger_text(h->decider->ledger, DICT_SOURCE, in->source);
	struct err why = ERR_INIT;
	struct intake_job job = { .in = in, .source = config_source(h->config, source),
		.name = input_report_name(in), .why = &why,
		.decoder = sources_decoder(h->sources, source, &why), .progress = on_progress, .again = again,
		.stop = on_stop, .arg = h };
	bool good;

	if (q != NULL) {
		job.only = q->span;
		job.nonly = q->n;
		job.replay = quarantine;
	}
	if (h->progress != NULL)
		h->progress(h->arg, job.name, 0, in->size);
	job.reader = sources_reader(h->sources, in, &why);
	good = intake(h->decider, &job, one, e);
	if (job.reader != NULL)
		job.reader->close(job.reader);
	return good;
}

bool
host_replay(struct host *h, struct input *in, struct replay *again, struct err *e)
{
	struct intake one;

	return take(h, in, NULL, 0, again, &one, e);
}

static bool
one_input(struct host *h, struct input *in, bool *skipped, struct err *e)
{
	struct arena *a = arena_new();
	const char *source = ledger_text(h->decider->ledger, DICT_SOURCE, in->source);
	const char *path = spool_path(h->spool, a, in->sha256);
	enum packing kind = PACKED_NOT;
	struct intake one;
	bool good = true, bad = false;

	*skipped = config_source(h->config, source) == NULL;
	if (*skipped)
		log_warn("input %" PRIu32 " waits: source \"%s\" is not configured any more", in->id, source);
	else if (message_is(config_source(h->config, source), in)) {
		good = message_expand(h->decider->ledger, h->spool, h->sources,
		    config_source(h->config, source), in, &bad, e);
		h->sum.bad_inputs += bad;
	} else if (listing_is(config_source(h->config, source), in)) {
		good = listing_take(h->decider, h->sources, in, &bad, e);
		h->sum.bad_inputs += bad;
	} else if (in->member[0] == '\0' && unpack_kind(path, &kind, NULL) && kind == PACKED_ZIP)
		good = expand(h, in, path, e);
	else if ((good = take(h, in, NULL, 0, NULL, &one, e)))
		add(&h->sum, &one);
	arena_free(a);
	return good;
}

bool
host_intake(struct host *h, struct err *e)
{
	struct arena *a = arena_new();
	struct input *list;
	uint32_t n, i, left;
	bool good = true, skipped;

	do {			/* archives bring new ones */
		arena_reset(a);
		good = ledger_inputs_pending(h->decider->ledger, a, &list, &n, e);
		for (i = left = 0; good && i < n && !on_stop(h); i++) {
			good = one_input(h, &list[i], &skipped, e);
			left += skipped;
		}
	} while (good && n > left && !on_stop(h));
	if (good)
		good = ledger_roll_up(h->decider->ledger, e);
	arena_free(a);
	return good;
}

bool
host_answers(struct host *h, struct err *e)
{
	int64_t before = clock_now() / NS - h->config->deliver.bounce_window;
	uint32_t n, troubles;

	if (h->config->nanswers == 0)
		return true;
	if (!answers_look(h->decider, h->stopping, h->arg, &n, &troubles, e))
		return false;
	h->sum.answers += n;
	h->sum.troubles += troubles;
	/* A mailbox that was not read may hold what came back. */
	return troubles > 0 || ledger_warnings_reached(h->decider->ledger, before, &n, e);
}

/* ---- orders ----------------------------------------------------------------- */

struct again { struct host *h; const struct input *in; uint32_t quarantine; };

/* The whole input comes back to those that wait; what had effect already is passed over. */
static bool
pend(struct host *h, struct input *in, uint32_t quarantine, struct err *e)
{
	struct ledger *l = h->decider->ledger;

	if (!ledger_begin(l, e))
		return false;
	in->state = INPUT_PENDING;
	in->error = "";
	ledger_input_progress(l, in);
	ledger_quarantine_state(l, quarantine, Q_REPLAYED);
	return ledger_end(l, e);
}

static bool
on_replay(void *arg, uint32_t quarantine, char *result, size_t n, struct err *e)
{
	struct host *h = arg;
	struct arena *a = arena_new();
	struct quarantined q;
	struct input in;
	struct intake one;
	bool got = false, good = ledger_quarantine_get(h->decider->ledger, a, quarantine, &q, &got, e) &&
	    got && ledger_input_get(h->decider->ledger, a, q.input, &in, &got, e) && got;

	if (good &&
	    config_source(h->config, ledger_text(h->decider->ledger, DICT_SOURCE, in.source)) == NULL) {
		snprintf(result, n, "refused: source \"%.100s\" is not configured any more",
		    ledger_text(h->decider->ledger, DICT_SOURCE, in.source));
	} else if (good && q.n == 0) {
		good = pend(h, &in, quarantine, e);
		snprintf(result, n, "input %" PRIu32 " is read again", in.id);
	} else if (good) {
		good = take(h, &in, &q, quarantine, NULL, &one, e);
		snprintf(result, n, "%" PRIu32 " records read again: %" PRIu64 " matched, %" PRIu64
		    " refused", q.n, good ? one.matched : 0, good ? one.refused : 0);
	}
	arena_free(a);
	return good;
}

static bool
on_import(void *arg, const struct order *o, char *result, size_t n, struct err *e)
{
	struct host *h = arg;

	const struct import_opts keys = { .key = signer_import, .key_arg = h->decider->signer };

	return import_apply(h->decider->ledger, o, &keys, result, n, e);
}

static bool
on_more(void *arg, const struct order *o, struct arena *a, bool *known, struct err *e)
{
	return hands_apply(arg, o, a, known, e);
}

bool
host_orders(struct host *h, struct err *e)
{
	const struct order_hooks hooks = { .arg = h, .replay = on_replay, .import = on_import,
		.more = on_more };
	uint32_t n;

	if (!keep_daily(h, e) || !orders_apply(h->decider, &hooks, &n, e))
		return false;
	h->sum.orders += n;
	return true;
}

/* ---- compose, deliver -------------------------------------------------------- */

bool
host_round(struct host *h, bool digest, bool retry, struct err *e)
{
	struct round_sum sum;
	uint32_t ended, superseded;

	climb_alarms(h->decider);
	if (!look_over(h->decider, &ended, e) || !supersede(h->decider, &superseded, e) ||
	    !campaigns_turn(h, e) || !round_compose(h->rounds, digest, retry, &sum, e) ||
	    !alarms_over(h->decider, sum.failed == 0, e))
		return false;
	h->sum.ended += ended;
	h->sum.warnings += sum.warnings;
	h->sum.warned_cases += sum.cases;
	h->sum.held += sum.held;
	h->sum.failed += sum.failed;
	return true;
}

bool
host_watch(struct host *h, int64_t wait_ms, struct err *e)
{
	int64_t now = clock_now() / NS;
	bool good = alarms_watch(h->decider->ledger, h->config, h->decider->coverage, now, e);

	alerts_turn(h->alerts, now, wait_ms);
	return good;
}

static bool
unanswered(void *arg, const struct delivery_row *r)
{
	bool *any = arg;

	*any = *any || r->answer == TCS_UNKNOWN;
	return !*any;
}

/* It may have arrived already: then nothing else may be made of its cases, or they would be told twice
 * under two Message-IDs. */
static bool
may_be_there(struct host *h, const struct delivery *d)
{
	struct err e = ERR_INIT;
	bool any = false;

	return d->attempt > 1 &&
	    (!ledger_deliveries_each(h->decider->ledger, d->warning, unanswered, &any, &e) || any);
}

static bool
on_gate(void *arg, const struct delivery *d, const char **why)
{
	struct host *h = arg;
	enum gate g = gate(h->decider, &d->w, why);

	h->stale = g == GATE_STALE && !may_be_there(h, d);
	if (g != GATE_OPEN)
		return false;
	arena_reset(h->letting);
	return hands_let(h, d, h->letting, why);
}

static bool
on_withdraw(void *arg, uint32_t warning, bool *withdrawn, struct err *e)
{
	struct host *h = arg;

	*withdrawn = h->stale && withdraw(h->decider, warning, e);
	h->sum.withdrawn += *withdrawn;
	return *withdrawn || !h->stale;
}

/* Their answers are durable; what cannot be written now is settled at the next start
 * from the same answers. */
static void
settle_all(struct host *h)
{
	struct err e = ERR_INIT;

	if (h->nanswered > 0 && !settle(h->decider, h->answered, h->nanswered, &e))
		log_err("%s", e.text);
	h->nanswered = 0;
}

static void
on_answered(void *arg, uint32_t warning, int answer, const char *reply)
{
	struct host *h = arg;
	struct answered *w = &h->answered[h->nanswered++];

	h->sum.handed_over += answer == TCS_DELIVERED;
	h->sum.later += answer == TCS_LATER;
	h->sum.refused_warnings += answer == TCS_REFUSED;
	h->sum.unknown += answer == TCS_UNKNOWN;
	snprintf(h->reply[h->nanswered - 1], sizeof *h->reply, "%s", reply);
	*w = (struct answered){ warning, answer, clock_now() / NS, h->reply[h->nanswered - 1] };
	if (h->nanswered == HOST_ANSWERED)
		settle_all(h);
}

static const char *
on_organisation(void *arg, uint32_t org)
{
	const struct host *h = arg;
	const struct org *o = registry_org(h->decider->registry, org);

	return o != NULL ? o->key : NULL;
}

static bool
on_shut(void *arg)
{
	const struct host *h = arg;
	uint32_t i;

	for (i = 0; i < h->decider->nhold; i++)
		if (strcmp(h->decider->hold[i], "outbox") == 0)
			return true;
	return false;
}

static struct outbox_hooks
hooks_of(struct host *h)
{
	return (struct outbox_hooks){ .arg = h, .gate = on_gate, .answered = on_answered,
		.organisation = on_organisation, .withdraw = on_withdraw, .shut = on_shut };
}

bool
host_deliver(struct host *h, struct err *e)
{
	struct outbox_hooks hooks = hooks_of(h);
	bool good = outbox_turn(h->outbox, clock_now() / NS, &hooks, e);

	settle_all(h);
	return good && cancels_settle(h, e);
}

bool
host_finish(struct host *h, struct err *e)
{
	struct outbox_hooks hooks = hooks_of(h);
	bool good = outbox_finish(h->outbox, FINISH_MS, &hooks, e);

	settle_all(h);
	return good && cancels_settle(h, e);
}

bool
host_drain(struct host *h, int64_t wait_ms, bool *idle, struct err *e)
{
	struct outbox_hooks hooks = hooks_of(h);
	bool good = outbox_drain(h->outbox, wait_ms, &hooks, idle, e);

	settle_all(h);
	return good && cancels_settle(h, e);
}
