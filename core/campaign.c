/* SPDX-License-Identifier: Apache-2.0 */
/* See campaign.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "5-compose/group.h"
#include "6-deliver/gate.h"
#include "campaign.h"
#include "campaign_select.h"
#include "clock.h"
#include "digest.h"
#include "flatjson.h"
#include "hands.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

struct campaigning {
	struct host		*h;
	const struct order	*o;		/* NULL: by its time */
	struct arena		*a;
	struct campaign		 c;
	uint32_t		*ids, n;	/* cases that it gets, or only now */
	uint32_t		*release, nrelease;
	uint32_t		 warnings, recipients, cases, skipped;
	bool			 sends;
	char			 result[400];
};

/* ---- the hash of a round */

struct hashing { struct sha256_ctx *sum; struct ledger *l; struct arena *a; uint32_t n, recipients;
	char last[256]; bool good; };

static bool
hash_one(void *arg, const struct warning_row *r)
{
	struct hashing *x = arg;
	struct err e = ERR_INIT;
	const char *bytes;
	size_t n;

	x->n++;
	x->recipients += strcmp(x->last, r->w.recipient) != 0;
	snprintf(x->last, sizeof x->last, "%s", r->w.recipient);
	sha256_add(x->sum, r->w.recipient, strlen(r->w.recipient) + 1);
	sha256_add(x->sum, r->w.redirected, strlen(r->w.redirected) + 1);
	sha256_add(x->sum, r->w.notifier, strlen(r->w.notifier) + 1);
	x->good = ledger_warning_bytes(x->l, x->a, r->w.id, &bytes, &n, &e);
	if (x->good)
		sha256_add(x->sum, bytes, n);
	return false;
}

static bool
hash_round(struct ledger *l, const struct campaign *c, struct hashing *x, char out[65], struct err *e)
{
	struct warning_filter f = warning_filter_any;
	struct arena *a = arena_new();
	uint8_t sum[SHA256_LEN];
	uint32_t *ids, n, i;
	bool good = ledger_campaign_warnings(l, a, c->id, c->round, &ids, &n, e);

	*x = (struct hashing){ .sum = sha256_new(), .l = l, .a = arena_new(), .good = true };
	for (i = 0; good && i < n; i++) {
		arena_reset(x->a);
		f.id = ids[i];
		good = ledger_warnings_each(l, &f, hash_one, x, e) &&
		    (x->good || err_set(e, "warning %" PRIu32 " has no bytes", ids[i]));
	}
	sha256_end(x->sum, sum);
	out[0] = '\0';
	if (x->n > 0)
		digest_hex(sum, sizeof sum, out);
	arena_free(x->a);
	arena_free(a);
	return good;
}

bool
campaign_hash(struct ledger *l, const struct campaign *c, char out[65], struct err *e)
{
	struct hashing x;

	return hash_round(l, c, &x, out, e);
}

/* ---- writing */

static bool
write_campaign(void *arg, struct err *e)
{
	struct campaigning *x = arg;
	struct ledger *l = x->h->decider->ledger;
	uint32_t i;

	if (!ledger_campaign_put(l, &x->c))
		return err_set(e, "the campaign cannot be written");
	for (i = 0; i < x->n; i++)
		ledger_campaign_case(l, x->c.id, x->ids[i]);
	for (i = 0; i < x->nrelease; i++)
		if (x->sends ? !ledger_warning_state(l, x->release[i], W_WAITING) :
		    !ledger_warning_state(l, x->release[i], W_CANCELLED))
			return err_set(e, "warning %" PRIu32 " is not in the outbox any more", x->release[i]);
	if (x->sends)
		ledger_campaign_sent(l, x->c.id, x->c.round);
	if (x->o != NULL && *x->result)
		ledger_order_done(l, x->o->id, x->result);
	return true;
}

static bool
commit(struct campaigning *x, struct err *e)
{
	return commit_end(x->h->decider, NULL, 0, write_campaign, x, e);
}

static bool
refuse(struct campaigning *x, const char *why, struct err *e)
{
	return x->o == NULL || hands_answer(x->h, x->o, arena_printf(x->a, "refused: %s", why), e);
}

/* ---- preparing a round */

/* Held for a reason that two people together may set aside. */
static bool
may_take(struct decider *d, const struct tcase *c)
{
	const char *feed = ledger_text(d->ledger, DICT_FEED, c->feed);
	struct judgement j;
	struct brakes b;
	char source[128];

	if (c->told == TOLD_DUE && c->warning != 0)
		return false;			/* on its way already */
	if (c->told == TOLD_HELD && c->reason != WHY_CAMPAIGN && c->reason != WHY_POLICY_HOLD &&
	    c->reason != WHY_CAP_RUN && c->reason != WHY_CAP_RECIPIENT && c->reason != WHY_CAP_PROBLEM &&
	    c->reason != WHY_CAP_NEW && c->reason != WHY_TOO_OLD)
		return false;
	tcs_copy(source, sizeof source, tcs_slice(feed, tcs_find(tcs_str(feed), '/')));
	b = brakes_of(d, c, config_source(d->config, source), false);
	return !b.conflict && !b.not_shared && !b.no_partner && !b.by_hand &&
	    recheck(d, c, &j) == RECHECK_SAME;
}

/* Becomes due again for this; what cannot be told, or is on its way, is left as it is. */
static bool
candidate(struct campaigning *x, struct tcase *c, struct candidate *k)
{
	struct decider *d = x->h->decider;

	if (!campaign_wants(c) || !may_take(d, c) || candidate_of(d, c, k) != WHY_NONE)
		return false;
	c->told = TOLD_DUE;
	if (c->lane == LANE_NONE)
		c->lane = LANE_DIGEST;
	k->lane = c->lane;
	c->reason = c->warned == 0 ? WHY_NEW : WHY_REMINDER;
	c->warning = 0;
	c->rev++;
	commit_dirty(d, c->id);
	return true;
}

/* The campaign's cases of this round are composed, and held. */
static bool
prepare(struct campaigning *x, uint32_t *ids, uint32_t n, struct err *e)
{
	struct decider *d = x->h->decider;
	struct candidate *k = arena_alloc(x->a, (n + 1) * sizeof *k);
	struct round_campaign camp = { x->c.id, x->c.round, *x->c.template ? x->c.template : NULL };
	struct round_sum sum;
	struct hashing sums;
	char hash[65];
	uint32_t i, m = 0;

	for (i = 0; i < n; i++) {
		struct tcase *c = table_id(d->table, ids[i]);

		if (c != NULL && candidate(x, c, &k[m]))
			m++;
	}
	x->skipped = n - m;
	if (!round_campaign(x->h->rounds, k, m, &camp, &sum, e) ||
	    !hash_round(d->ledger, &x->c, &sums, hash, e))
		return false;
	x->cases = sum.cases;
	x->warnings = sums.n;
	x->recipients = sums.recipients;
	x->c.hash = arena_strdup(x->a, hash);
	x->c.state = x->warnings > 0 ? CAMPAIGN_PREPARED : CAMPAIGN_DONE;
	x->c.approver = "";
	x->c.approved = 0;
	x->c.next = 0;
	return true;
}

static const char *
prepared_text(const struct campaigning *x)
{
	return arena_printf(x->a,
	    "%s, round %" PRIu32 ": %" PRIu32 " warnings to %" PRIu32 " recipients, %" PRIu32
	    " cases left out; hash %.16s; a second person approves it", x->c.name, x->c.round, x->warnings,
	    x->recipients, x->skipped, x->c.hash);
}

static bool
order_new(struct campaigning *x, struct err *e)
{
	const char *name = flat_get(x->a, x->o->args, "name"), *what = flat_get(x->a, x->o->args, "what"),
	    *rounds = flat_get(x->a, x->o->args, "rounds"),
	    *template = flat_get(x->a, x->o->args, "template");
	struct decider *d = x->h->decider;
	struct err why = ERR_INIT;
	bool got;

	if (name == NULL || what == NULL)
		return refuse(x, "expected a name and what it is about", e);
	if (!ledger_campaign_get(d->ledger, x->a, name, &x->c, &got, e))
		return false;
	if (got && (x->c.audit != x->o->id || x->c.state != CAMPAIGN_PROPOSED))
		return refuse(x, "there is a campaign of this name", e);
	if (template != NULL && !round_has_template(x->h->rounds, template))
		return refuse(x, arena_printf(x->a, "no language has templates %s.txt and %s.html", template,
		    template), e);
	if (!campaign_select(d, what, x->o->payload, x->o->npayload, x->a, &x->ids, &x->n, &why))
		return refuse(x, why.text, e);
	if (!got) {
		x->c = (struct campaign){ .name = name, .what = what, .state = CAMPAIGN_PROPOSED,
			.template = template != NULL ? template : "", .rounds = rounds != NULL ? rounds : "0",
			.round = 1, .made = clock_now() / NS, .creator = x->o->who, .audit = x->o->id,
			.hash = "", .approver = "", .note = "" };
		if (!commit(x, e))
			return false;
	}
	if (!prepare(x, x->ids, x->n, e))
		return false;
	snprintf(x->result, sizeof x->result, "prepared %s", prepared_text(x));
	return commit(x, e);
}

/* ---- what is there */

static bool
known(struct campaigning *x, const char **no, struct err *e)
{
	const char *name = flat_get(x->a, x->o->args, "name");
	bool got = false;

	*no = NULL;
	if (name != NULL && !ledger_campaign_get(x->h->decider->ledger, x->a, name, &x->c, &got, e))
		return false;
	if (!got)
		*no = "there is no such campaign";
	return true;
}

static bool
order_prepare(struct campaigning *x, struct err *e)
{
	uint32_t *ids, n;

	if (x->c.state != CAMPAIGN_PROPOSED)
		return refuse(x, "it is no proposal", e);
	if (!ledger_campaign_cases(x->h->decider->ledger, x->a, x->c.id, &ids, &n, e))
		return false;
	x->c.creator = x->o->who;
	if (!prepare(x, ids, n, e))
		return false;
	snprintf(x->result, sizeof x->result, "prepared %s", prepared_text(x));
	return commit(x, e);
}

static bool
order_approve(struct campaigning *x, struct err *e)
{
	const char *hash = flat_get(x->a, x->o->args, "hash");
	char now[65];

	if (x->c.state != CAMPAIGN_PREPARED)
		return refuse(x, arena_printf(x->a, "it is %s, not prepared",
		    campaign_state_names[x->c.state]), e);
	if (strcmp(x->o->who, x->c.creator) == 0)
		return refuse(x, arena_printf(x->a, "%s made it; a second person approves it",
		    x->c.creator), e);
	if (!campaign_hash(x->h->decider->ledger, &x->c, now, e))
		return false;
	if (hash == NULL || strcmp(hash, now) != 0 || strcmp(now, x->c.hash) != 0)
		return refuse(x,
		    "what it would send is not what was looked at; look again: tocsin campaign show", e);
	x->c.state = CAMPAIGN_APPROVED;
	x->c.approver = x->o->who;
	x->c.approved = clock_now() / NS;
	snprintf(x->result, sizeof x->result, "approved %s, round %" PRIu32 ", hash %.16s", x->c.name,
	    x->c.round,
	    now);
	return commit(x, e);
}

/* ---- sending: everything is as it was approved, or it is prepared anew */

struct looking { struct campaigning *x; struct buf *changed; uint32_t n; };

static const char *
case_changed(struct decider *d, const struct tcase *c, uint32_t warning)
{
	if (c == NULL || c->warning != warning)
		return "a case is not in it any more";
	if (c->seen != SEEN_OPEN)
		return "a case has ended";
	return hold_covers(d, c) ? "a case is held by hand" : c->answer != ANSWER_NONE ?
	    "a case was answered" : NULL;
}

static bool
look(void *arg, const struct warning_row *r)
{
	struct looking *q = arg;
	struct decider *d = q->x->h->decider;
	const char *why = NULL, *stale;
	uint32_t i;

	for (i = 0; i < r->w.ncase && why == NULL; i++)
		why = case_changed(d, table_id(d->table, r->w.cases[i]), r->w.id);
	if (why == NULL && r->state != W_HELD)
		why = "it is not held any more";
	if (why == NULL && gate(d, &r->w, &stale) != GATE_OPEN)
		why = stale;
	if (why == NULL)
		return true;
	if (q->n++ < 3)
		buf_printf(q->changed, "%s%s: %s", q->changed->n ? "; " : "", r->w.recipient, why);
	return true;
}

static bool
look_all(struct campaigning *x, struct buf *changed, uint32_t *n, struct err *e)
{
	struct looking q = { x, changed, 0 };
	struct warning_filter f = warning_filter_any;
	struct ledger *l = x->h->decider->ledger;
	char hash[65];
	uint32_t i;

	if (!ledger_campaign_warnings(l, x->a, x->c.id, x->c.round, &x->release, &x->nrelease, e) ||
	    !campaign_hash(l, &x->c, hash, e))
		return false;
	for (i = 0; i < x->nrelease; i++) {
		f.id = x->release[i];
		if (!ledger_warnings_each(l, &f, look, &q, e))
			return false;
	}
	if (q.n == 0 && strcmp(hash, x->c.hash) != 0) {
		buf_str(changed, "its bytes or recipients are others");
		q.n++;
	}
	*n = q.n;
	return true;
}

/* The round's warnings are taken back, and their cases are as they were. */
static void
set_free(void *arg, uint32_t id)
{
	struct campaigning *x = arg;
	struct decider *d = x->h->decider;
	struct tcase *c = table_id(d->table, id);
	uint32_t i;

	for (i = 0; c != NULL && i < x->nrelease && x->release[i] != c->warning; i++)
		;
	if (c == NULL || i == x->nrelease || c->told != TOLD_DUE)
		return;
	c->told = c->warned != 0 ? TOLD_HANDED_OVER : TOLD_HELD;
	c->reason = c->warned != 0 ? WHY_SILENT_UNTIL : WHY_CAMPAIGN;
	c->warning = 0;
	c->rev++;
	commit_dirty(d, id);
	commit_event(d, id, EVENT_WITHDRAWN, (enum case_reason)c->reason, x->o->id);
}

/* Of the round, those that still wait. */
static bool
take_back(struct campaigning *x, struct err *e)
{
	struct ledger *l = x->h->decider->ledger;
	uint32_t *ids, n, i;

	if (!ledger_campaign_warnings(l, x->a, x->c.id, x->c.round, &x->release, &x->nrelease, e) ||
	    !ledger_campaign_cases(l, x->a, x->c.id, &ids, &n, e))
		return false;
	for (i = 0; i < n; i++)
		set_free(x, ids[i]);
	return true;
}

static bool
void_approval(struct campaigning *x, const char *changed, uint32_t n, struct err *e)
{
	uint32_t *ids, m;

	x->c.note = changed;
	x->c.state = CAMPAIGN_PREPARED;
	x->c.approver = "";
	if (!take_back(x, e) || !commit(x, e))
		return false;
	x->nrelease = 0;
	if (!ledger_campaign_cases(x->h->decider->ledger, x->a, x->c.id, &ids, &m, e) || !prepare(x, ids, m,
	    e))
		return false;
	snprintf(x->result, sizeof x->result,
	    "refused: the approval is void, %" PRIu32 " warnings changed since: "
	    "%.160s; prepared anew, hash %.16s", n, changed, x->c.hash);
	return commit(x, e);
}

/* Seconds from round r to the next; 0: there is none. */
static int64_t
until_next(const struct campaign *c)
{
	struct tcs_slice rest = tcs_str(c->rounds), part;
	uint64_t s, last = 0;
	uint32_t i;

	for (i = 1; tcs_cut(&rest, ',', &part); i++) {
		if (!tcs_uint(part, INT32_MAX, &s))
			return 0;
		if (i == c->round + 1)
			return s > last ? (int64_t)(s - last) : 1;
		last = s;
	}
	return 0;
}

static bool
order_send(struct campaigning *x, struct err *e)
{
	struct buf changed;
	uint32_t n = 0;
	bool good;

	if (x->c.state != CAMPAIGN_APPROVED)
		return refuse(x, arena_printf(x->a, "it is %s, not approved",
		    campaign_state_names[x->c.state]), e);
	buf_init(&changed);
	if ((good = look_all(x, &changed, &n, e)) && n > 0) {
		good = void_approval(x, arena_strdup(x->a, changed.p), n, e);
	} else if (good) {
		x->sends = true;
		x->c.note = "";
		x->c.next = until_next(&x->c);
		x->c.state = x->c.next > 0 ? CAMPAIGN_SENT : CAMPAIGN_DONE;
		if (x->c.next > 0)
			x->c.next += clock_now() / NS;
		snprintf(x->result, sizeof x->result, "sent %s, round %" PRIu32 ": %" PRIu32 " warnings",
		    x->c.name,
		    x->c.round, x->nrelease);
		good = commit(x, e);
	}
	buf_free(&changed);
	return good;
}

/* Cases that were never told of go on in the ordinary way. */
static void
let_go(struct campaigning *x, uint32_t *ids, uint32_t n)
{
	struct decider *d = x->h->decider;
	uint32_t i;

	for (i = 0; i < n; i++) {
		struct tcase *c = table_id(d->table, ids[i]);

		if (c == NULL || c->told != TOLD_HELD || c->reason != WHY_CAMPAIGN)
			continue;
		if (c->warned != 0) {
			c->told = TOLD_HANDED_OVER;
			c->reason = WHY_SILENT_UNTIL;
			commit_dirty(d, c->id);
		} else
			case_release(d, c, true, x->o->id);
	}
}

static bool
order_drop(struct campaigning *x, struct err *e)
{
	uint32_t *ids, n;

	if (x->c.state == CAMPAIGN_DROPPED || x->c.state == CAMPAIGN_DONE)
		return refuse(x, arena_printf(x->a, "it is %s", campaign_state_names[x->c.state]), e);
	if ((x->c.state == CAMPAIGN_PREPARED || x->c.state == CAMPAIGN_APPROVED) && !take_back(x, e))
		return false;
	if (!ledger_campaign_cases(x->h->decider->ledger, x->a, x->c.id, &ids, &n, e))
		return false;
	let_go(x, ids, n);
	x->c.state = CAMPAIGN_DROPPED;
	x->c.next = 0;
	snprintf(x->result, sizeof x->result, "dropped %s: %" PRIu32 " warnings that waited are taken back",
	    x->c.name, x->nrelease);
	return commit(x, e);
}

bool
order_campaign(struct host *h, const struct order *o, struct arena *a, struct err *e)
{
	static const struct {
		const char	*verb;
		bool		 (*apply)(struct campaigning *, struct err *);
	} verbs[] = { { "campaign-prepare", order_prepare }, { "campaign-approve", order_approve },
	    { "campaign-send", order_send }, { "campaign-drop", order_drop } };
	struct campaigning x = { .h = h, .o = o, .a = a };
	const char *no;
	size_t i;

	if (strcmp(o->verb, "campaign-new") == 0)
		return order_new(&x, e);
	if (!known(&x, &no, e))
		return false;
	if (no != NULL)
		return refuse(&x, no, e);
	for (i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (strcmp(verbs[i].verb, o->verb) == 0)
			return verbs[i].apply(&x, e);
	return refuse(&x, "an order this program does not know", e);
}

/* ---- rounds by their time */

static bool
next_round(struct host *h, const struct campaign *c, struct arena *a, struct err *e)
{
	struct campaigning x = { .h = h, .a = a, .c = *c };
	struct decider *d = h->decider;
	uint32_t *ids, n, i, m = 0;

	if (!ledger_campaign_cases(d->ledger, a, c->id, &ids, &n, e))
		return false;
	for (i = 0; i < n; i++) {
		const struct tcase *k = table_id(d->table, ids[i]);

		if (k != NULL && campaign_wants(k) && k->told == TOLD_HANDED_OVER)
			ids[m++] = ids[i];
	}
	x.c.round++;
	return prepare(&x, ids, m, e) && commit(&x, e);
}

bool
campaigns_turn(struct host *h, struct err *e)
{
	struct arena *a = arena_new();
	struct campaign *list;
	uint32_t i, n;
	int64_t now = clock_now() / NS;
	bool good = ledger_campaigns(h->decider->ledger, a, &list, &n, e);

	for (i = 0; good && i < n; i++)
		if (list[i].state == CAMPAIGN_SENT && list[i].next != 0 && list[i].next <= now)
			good = next_round(h, &list[i], a, e);
	arena_free(a);
	return good;
}
