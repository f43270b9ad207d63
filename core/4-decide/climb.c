/* SPDX-License-Identifier: Apache-2.0 */
/* See climb.h. */
#include <stdio.h>
#include <string.h>
#include "4-decide/climb.h"
#include "clock.h"
#include "ledger/ledger_net_order.h"
#include "ledger/ledger_net.h"
#include "timefmt.h"

static bool
terms(const struct rung_in *in, enum rung r)
{
	return r == RUNG_OWNER ? in->owner_terms : r == RUNG_COUNTRY ? in->partner_terms :
	    r == RUNG_HOLD || in->operator_terms;
}

enum rung
rung_of(const struct rung_in *in)
{
	enum rung r, kept = RUNG_MAX;

	if (in->known[RUNG_OWNER])
		return RUNG_OWNER;		/* an owner is told or held, never passed over */
	for (r = RUNG_OPERATOR; r < RUNG_MAX; r++) {
		if (!in->known[r] || (in->rungs[r] & RUNG_BIT(r)) == 0 || (r > RUNG_OPERATOR &&
		    in->records[r]))
			continue;
		if (terms(in, r))
			return r;
		if (r == RUNG_OPERATOR)
			kept = r;
	}
	return kept;
}

/* ---- parties */

static const struct org *
party_org(struct decider *d, const struct ladder_party *p, const char *constituency)
{
	const struct org say = { .key = p->key, .name = p->name, .constituency = constituency,
		.language = p->language, .email = p->mail };

	return known_party(d->registry, &say);
}

static void
range_text(const struct ladder_hit *h, char *text, size_t n)
{
	struct ipnet net[254];
	char lo[IP_TEXT], hi[IP_TEXT];

	if (iprange_nets(&h->lo, &h->hi, net) == 1) {
		ipnet_text(&net[0], text);
		return;
	}
	ip_text(&h->lo, lo);
	ip_text(&h->hi, hi);
	snprintf(text, n, "%s-%s", lo, hi);
}

/* The network as the asset that ties the case to the party. */
static const struct asset *
network_of(struct decider *d, const struct org *o, enum asset_role role, const struct ladder_hit *h)
{
	char text[2 * IP_TEXT + 1], day[TIME_TEXT], by[128];
	struct asset say = { .org = o->id, .kind = h->has_range ? ASSET_RANGE : ASSET_ASN,
		.role = (uint8_t)role, .use = USE_STATIC, .verified = true, .text = text, .lo = h->lo,
		.hi = h->hi, .asn = h->as_lo, .from = TIME_NONE, .until = TIME_NONE, .verified_by = by,
		.verified_on = day };

	if (h->has_range)
		range_text(h, text, sizeof text);
	else
		snprintf(text, sizeof text, "AS%u", (unsigned)h->as_lo);
	snprintf(by, sizeof by, "network table %.80s", h->table->name);
	time_day(h->table->dated, day);
	return known_asset(d->registry, &say);
}

static const struct asset *
nobody(struct decider *d)
{
	const struct org say = { .key = "nobody", .name = "Nobody yet", .constituency = CONSTITUENCY_NOBODY };
	const struct org *o = known_party(d->registry, &say);
	struct asset none = { .org = o->id, .kind = ASSET_ASN, .role = ROLE_NETWORK, .text = "-",
		.from = TIME_NONE, .until = TIME_NONE, .verified_by = "", .verified_on = "" };

	return known_asset(d->registry, &none);
}

/* ---- the climb */

struct rungs {
	struct ladder_hit	 network, country;
	struct rung_in		 in;
};

static void
ask_policy(struct decider *d, const struct climbing *x, struct rung_in *in, enum rung r,
    const char *constituency)
{
	const struct policy_row *row = policy_for(d, x->like, constituency, x->severity);

	in->known[r] = true;
	in->rungs[r] = row->rungs;
	in->records[r] = row->warn == WARN_NO;
}

static void
look(struct decider *d, const struct climbing *x, const struct judgement *j, struct rungs *r)
{
	int64_t now = clock_now();
	const struct ladder_query q = { x->ip, x->asn, now, d->config->decide.table_age * NS };
	const struct org *o = j->winner != NULL ? registry_org(d->registry, j->winner->org) : NULL;

	memset(r, 0, sizeof *r);
	r->in.owner_terms = x->source == NULL || x->source->share_owner;
	r->in.operator_terms = x->source == NULL || x->source->share_operator;
	r->in.partner_terms = x->source == NULL || x->source->share_partner;
	if (o != NULL && j->winner->role <= ROLE_OPERATOR)
		ask_policy(d, x, &r->in, j->winner->role == ROLE_OWNER ? RUNG_OWNER : RUNG_OPERATOR,
		    o->constituency);
	if ((policy_rungs(d->policy) & ~RUNGS_REGISTERED) == 0)
		return;
	if (ladder_network(d->ladder, &q, &r->network))
		ask_policy(d, x, &r->in, RUNG_NETWORK, CONSTITUENCY_NETWORK);
	if (ladder_country(d->ladder, &q, &r->country))
		ask_policy(d, x, &r->in, RUNG_COUNTRY, CONSTITUENCY_COUNTRY);
	ask_policy(d, x, &r->in, RUNG_HOLD, CONSTITUENCY_NOBODY);
}

void
climb(struct decider *d, const struct climbing *x, struct judgement *j)
{
	const struct ladder_hit *h;
	const struct org *o;
	struct rungs r;
	enum rung rung;

	if (j->conflict || (j->winner != NULL && j->winner->role == ROLE_OWNER))
		return;
	look(d, x, j, &r);
	rung = rung_of(&r.in);
	if (rung <= RUNG_OPERATOR)
		return;
	j->winner = NULL;
	j->rule = TCS_R_NETWORK;
	if (rung == RUNG_HOLD)
		j->winner = nobody(d);
	if (rung >= RUNG_HOLD)
		return;
	h = rung == RUNG_NETWORK ? &r.network : &r.country;
	o = party_org(d, h->party, rung == RUNG_NETWORK ? CONSTITUENCY_NETWORK : CONSTITUENCY_COUNTRY);
	j->winner = network_of(d, o, rung == RUNG_NETWORK ? ROLE_NETWORK : ROLE_COUNTRY, h);
	j->rule = h->has_range ? TCS_R_NETWORK : TCS_R_ASN;
}

bool
climb_may(const struct decider *d, const struct ip *ip, uint32_t asn)
{
	unsigned rungs = policy_rungs(d->policy) & ~RUNGS_REGISTERED;

	return rungs != 0 && ((rungs & RUNG_BIT(RUNG_HOLD)) != 0 || ladder_covers(d->ladder, ip, asn));
}

void
climb_case(struct decider *d, const struct tcase *c, struct judgement *j)
{
	const struct asset *a = registry_asset(d->registry, c->asset);
	struct climbing x = { .like = c, .severity = c->severity };

	x.source = evidence_source(d, c);
	if (c->key.name == 0)
		x.ip = &c->key.ip;
	else if (a != NULL && c->key.org >= LADDER_FIRST && a->kind == ASSET_RANGE)
		x.ip = &a->lo;			/* what a name resolved to is not kept: the network is */
	if (a != NULL && a->kind == ASSET_ASN)
		x.asn = a->asn;
	climb(d, &x, j);
}

/* ---- tables */

bool
climb_load(struct decider *d, struct err *e)
{
	struct ladder *l = ledger_ladder(d->ledger, e);

	if (l == NULL)
		return false;
	ladder_free(d->ladder);
	d->ladder = l;
	d->ladder_day = -1;
	return true;
}

bool
climb_order(struct decider *d, const struct order *o, struct err *e)
{
	char result[400] = "";

	if (!ledger_begin(d->ledger, e))
		return false;
	if (!net_apply(d->ledger, o, result, sizeof result, e)) {
		ledger_undo(d->ledger);
		return false;
	}
	ledger_order_done(d->ledger, o->id, result);
	return ledger_end(d->ledger, e) && climb_load(d, e);
}

void
climb_alarms(struct decider *d)
{
	int64_t now = clock_now(), age = d->config->decide.table_age;
	const struct ladder_table *t;
	char key[160], text[300], day[TIME_TEXT];
	uint32_t i;

	if (d->ladder_day == now / NS / DAY)
		return;
	d->ladder_day = now / NS / DAY;
	for (i = 0; (t = ladder_table(d->ladder, i)) != NULL; i++) {
		snprintf(key, sizeof key, "networks:%.120s", t->name);
		time_day(t->dated, day);
		snprintf(text, sizeof text,
		    "the network table %.80s is of %s, older than decide.table_age "
		    "(%d days): it says nothing any more; import a newer "
		    "one", t->name, day, (int)(age / DAY));
		if (now - t->dated > age * NS)
			ledger_alarm(d->ledger, key, text, now / NS);
		else
			ledger_alarm_clear(d->ledger, key);
	}
}
