/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands between a case and its warning today: holds, sharing terms, a
 * constituency nobody serves, a registry that has changed its mind.  Asked
 * when a case is folded and again before a warning leaves.
 */
#include <stdio.h>
#include <string.h>
#include "4-decide/climb.h"
#include "clock.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

bool
notifier_serves(const struct cfg_notifier *n, const char *constituency)
{
	struct tcs_slice rest = tcs_str(n->constituency), part;

	while (tcs_cut(&rest, '|', &part))
		if (tcs_is(tcs_trim(part), "*") || tcs_is(tcs_trim(part), constituency))
			return true;
	return false;
}

const struct cfg_notifier *
route(const struct config *c, const char *constituency)
{
	uint32_t i;

	for (i = 0; i < c->nnotifier; i++)
		if (notifier_serves(&c->notifier[i], constituency))
			return &c->notifier[i];
	return NULL;
}

/* "organisation:ID", "problem:NAME", "feed:NAME" (a source, or source/report), "case:NUMBER", "all". */
bool
hold_matches(const struct decider *d, const char *what, const struct tcase *c)
{
	const struct org *o = registry_org(d->registry, c->key.org);
	const char *feed = ledger_text(d->ledger, DICT_FEED, c->feed);
	struct tcs_slice kind, rest = tcs_str(what);
	uint64_t id;

	if (strcmp(what, "all") == 0)
		return true;
	if (!tcs_cut(&rest, ':', &kind))
		return false;
	if (tcs_is(kind, "organisation"))
		return o != NULL && tcs_is(rest, o->key);
	if (tcs_is(kind, "problem"))
		return tcs_is(rest, ledger_text(d->ledger, DICT_PROBLEM, c->key.problem));
	if (tcs_is(kind, "feed"))
		return tcs_is(rest, feed) ||
		    (strlen(feed) > rest.n && tcs_eq(tcs_slice(feed, rest.n), rest) && feed[rest.n] == '/');
	return tcs_is(kind, "case") && tcs_uint(rest, UINT32_MAX, &id) && id == c->id;
}

bool
hold_covers(const struct decider *d, const struct tcase *c)
{
	uint32_t i;

	for (i = 0; i < d->nhold; i++)
		if ((d->letting == NULL || strcmp(d->letting, d->hold[i]) != 0) &&
		    hold_matches(d, d->hold[i], c))
			return true;
	return false;
}

/* The terms are those of the source whose sighting would be told, which is the newest one's. */
const struct cfg_source *
evidence_source(struct decider *d, const struct tcase *c)
{
	uint64_t feed = c->feed;
	struct arena *a;
	struct input in;
	struct err e = ERR_INIT;
	const char *text;
	char source[128];
	bool got;

	if (c->input != 0 && !map_get(d->feed_of, &c->input, sizeof c->input, &feed)) {
		a = arena_new();
		if (ledger_input_get(d->ledger, a, c->input, &in, &got, &e) && got && in.feed != 0) {
			feed = in.feed;
			map_set(d->feed_of, &c->input, sizeof c->input, feed);
		}
		arena_free(a);
	}
	text = ledger_text(d->ledger, DICT_FEED, (uint32_t)feed);
	tcs_copy(source, sizeof source, tcs_slice(text, tcs_find(tcs_str(text), '/')));
	return config_source(d->config, source);
}

bool
not_shared(const struct tcase *c, const struct cfg_source *source, const struct cfg_notifier *n)
{
	if (source == NULL || n == NULL)
		return false;
	return n->to != NULL || c->role == ROLE_COUNTRY ? !source->share_partner :
	    c->role == ROLE_OWNER ? !source->share_owner : !source->share_operator;
}

struct brakes
brakes_of(struct decider *d, const struct tcase *c, const struct cfg_source *source, bool tlp_unknown)
{
	const struct org *o = registry_org(d->registry, c->key.org);
	const struct cfg_notifier *n = o != NULL ? route(d->config, o->constituency) : NULL;
	struct brakes b = { .conflict = c->key.org == 0, .tlp_unknown = tlp_unknown,
		.by_hand = hold_covers(d, c) };

	b.nobody = o != NULL && strcmp(o->constituency, CONSTITUENCY_NOBODY) == 0;
	b.no_partner = o != NULL && n == NULL && !b.nobody;
	b.not_shared = not_shared(c, source, n);
	return b;
}

const struct policy_row *
policy_for(struct decider *d, const struct tcase *c, const char *constituency, uint8_t severity)
{
	struct { uint32_t problem, feed, class, severity; uint64_t constituency; } key = {
		c->key.problem, c->feed, c->class, severity | (uint32_t)c->exploited << 8 |
		    (uint32_t)c->epss << 16,
		(uint64_t)(uintptr_t)constituency };
	const struct policy_row *row;
	struct policy_query q;
	uint64_t got;

	if (map_get(d->policy_of, &key, sizeof key, &got))
		return (const struct policy_row *)(uintptr_t)got;
	q = (struct policy_query){ ledger_text(d->ledger, DICT_PROBLEM, c->key.problem),
		ledger_text(d->ledger, DICT_FEED, c->feed), ledger_text(d->ledger, DICT_CLASS, c->class),
		severity_names[severity], constituency, c->exploited, c->epss };
	row = policy_find(d->policy, &q);
	map_set(d->policy_of, &key, sizeof key, (uint64_t)(uintptr_t)row);
	return row;
}

const struct policy_row *
policy_of(struct decider *d, const struct tcase *c, uint8_t severity)
{
	const struct org *o = registry_org(d->registry, c->key.org);

	return policy_for(d, c, o != NULL ? o->constituency : "", severity);
}

bool
is_compromised(const struct decider *d, const struct tcase *c)
{
	const char *class = ledger_text(d->ledger, DICT_CLASS, c->class);

	return tcs_starts(tcs_str(class), "malicious-code/") || tcs_starts(tcs_str(class), "intrusions/");
}

/* The more particular wins: the asset, its organisation, the policy, the configuration. */
int64_t
interval_of(const struct decider *d, const struct policy_row *row, const struct tcase *c)
{
	const struct asset *a = registry_asset(d->registry, c->asset);
	const struct org *o;

	if (a != NULL && a->use != USE_STATIC)
		return DAY;		/* tomorrow the address is another customer's */
	if (a != NULL && a->interval > 0)
		return a->interval;
	if ((o = registry_org(d->registry, c->key.org)) != NULL && o->interval > 0)
		return o->interval;
	if (row->interval > 0)
		return row->interval;
	return is_compromised(d, c) ? d->config->decide.repeat_compromised : d->config->decide.repeat_other;
}

/* What the case does not keep (the AS number, the address of a name) is asked of its asset. */
static bool
asset_stands(const struct decider *d, const struct tcase *c)
{
	const struct asset *a = registry_asset(d->registry, c->asset);
	int64_t now = clock_now();

	return a != NULL && a->org == c->key.org && asset_verified(a, now) &&
	    (a->from == TIME_NONE || a->from <= now) && (a->until == TIME_NONE || now < a->until + DAY * NS);
}

enum recheck
recheck(struct decider *d, const struct tcase *c, struct judgement *j)
{
	char text[IP_TEXT];
	const char *query = text;
	struct err e = ERR_INIT;
	uint32_t i;

	if (c->key.name != 0) {
		query = ledger_text(d->ledger, DICT_NAME, c->key.name);
		if (strrchr(query, '@') != NULL)
			query = strrchr(query, '@') + 1;	/* an account: its domain */
	} else
		ip_text(&c->key.ip, text);
	if (!match_query(d->stages, d->registry, query, c->last_seen * NS, clock_now(), j, &e))
		return RECHECK_NONE;
	if (j->conflict)
		return RECHECK_CONFLICT;
	climb_case(d, c, j);
	if (j->winner != NULL)
		return j->winner->org == c->key.org ? RECHECK_SAME : RECHECK_OTHER;
	for (i = 0; i < j->n; i++)
		if (j->claim[i].fate == CLAIM_CARVE_OUT && j->claim[i].asset->org == c->key.org)
			return RECHECK_NONE;
	return (c->rule == TCS_R_ASN || (c->key.name != 0 && c->rule == TCS_R_NETWORK)) &&
	    asset_stands(d, c) ? RECHECK_SAME : RECHECK_NONE;
}
