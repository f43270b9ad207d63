/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One match into its case: found or opened by its key, its axes changed by
 * rule.c, and what follows from that gathered for the commit.  The newest
 * observation gives the case its evidence, class and label; an older one that
 * arrives late is counted and changes nothing.
 */
#include <stdio.h>
#include <string.h>
#include "4-decide/climb.h"
#include "4-decide/exploited.h"
#include "4-decide/key.h"
#include "4-decide/replay.h"
#include "hash.h"
#include "timefmt.h"

static struct tcs_slice
text(const struct finding *f, unsigned field)
{
	return f->f[field].form == VF_NONE ? tcs_slice(NULL, 0) : f->f[field].text;
}

/* Dictionary number of "taxonomy/type". */
static uint16_t
class_of(struct decider *d, const struct finding *f)
{
	struct tcs_slice tax = text(f, TCS_F_CLASSIFICATION_TAXONOMY),
	    type = text(f, TCS_F_CLASSIFICATION_TYPE);
	char buf[160];
	int n;

	if (tax.n == 0 && type.n > 0 && rsit_taxonomy(type) != NULL)
		tax = tcs_str(rsit_taxonomy(type));
	if (tax.n + type.n + 2 > sizeof buf || tax.n == 0)
		tax = TCS_LIT("other"), type = type.n > 0 && type.n < 100 ? type : TCS_LIT("undetermined");
	n = snprintf(buf, sizeof buf, "%.*s/%.*s", (int)tax.n, tax.p, (int)type.n, type.p);
	return (uint16_t)ledger_intern(d->ledger, DICT_CLASS, tcs_slice(buf, (size_t)n));
}

/* On a network whose addresses change hands, a case is one day's. */
static uint16_t
day_of(const struct fold *x, const struct key_words *w)
{
	const struct asset *a = x->j->winner;

	return a != NULL && a->use != USE_STATIC && w->name.n == 0 ? (uint16_t)(x->observed / DAY) : 0;
}

static bool
key_numbers(struct decider *d, const struct fold *x, uint32_t org, struct case_key *out)
{
	struct key_words w;

	if (!key_of(x->f, org, d->problems, &w))
		return false;
	memset(out, 0, sizeof *out);
	out->day = day_of(x, &w);
	out->org = org;
	out->problem = ledger_intern(d->ledger, DICT_PROBLEM, tcs_str(w.problem));
	out->ip = w.ip;
	out->name = w.name.n > 0 ? ledger_intern(d->ledger, DICT_NAME, w.name) : 0;
	out->port = w.port;
	out->transport = w.transport;
	return true;
}

/* CVEs hang on the case as a dated set; one more is not a new case. */
static bool
fold_cves(struct decider *d, struct tcase *c, const struct fold *x)
{
	struct tcs_slice rest = text(x->f, TCS_F_PRODUCT_VULNERABILITIES), part;
	uint64_t h = rest.n > 0 ? hash_bytes(rest.p, rest.n) >> 1 : 0;
	char cve[32];
	size_t i;

	if (h == 0 || h == c->cves)
		return false;
	c->cves = h;
	while (tcs_cut(&rest, ';', &part)) {
		part = tcs_trim(part);
		if (part.n == 0 || part.n >= sizeof cve)
			continue;
		for (i = 0; i < part.n; i++)
			cve[i] = part.p[i] >= 'a' && part.p[i] <= 'z' ? (char)(part.p[i] - 32) : part.p[i];
		commit_cve(d, c->id, tcs_slice(cve, part.n), x->observed);
	}
	return true;
}

/* The second and further feeds that see a case: it is gone only when none of them sees it any more.  True
 * for one that had not. */
static bool
fold_feed(struct decider *d, const struct tcase *c, const struct fold *x)
{
	uint64_t key = (uint64_t)c->id << 32 | x->feed;

	if (x->feed == c->feed || !map_set(d->also, &key, sizeof key, 1))
		return false;
	commit_feed(d, c->id, x->feed, x->observed);
	return true;
}

static uint16_t
source_port(const struct finding *f)
{
	const struct fvalue *p = &f->f[TCS_F_SOURCE_PORT];

	return f->kind != KIND_SERVICE && p->form != VF_NONE ? (uint16_t)p->i : 0;
}

/* What the newest sighting says of the case; true when a row must be written for it. */
static bool
fold_newest(struct decider *d, struct tcase *c, const struct fold *x)
{
	const struct finding *f = x->f;
	struct tcs_slice id = text(f, TCS_F_CLASSIFICATION_IDENTIFIER);
	struct tcase was = *c;
	const struct asset *a = x->j->winner;

	c->class = class_of(d, f);
	c->identifier = id.n > 0 ? ledger_intern(d->ledger, DICT_IDENTIFIER, id) : 0;
	c->tlp = (uint8_t)(f->tlp == TLP_NONE ? (enum tlp)x->source->tlp : f->tlp);
	c->kind = (uint8_t)f->kind;
	c->part = (uint8_t)f->part;
	c->asset = a != NULL ? a->id : 0;
	c->role = a != NULL ? a->role : ROLE_OWNER;
	c->rule = (uint8_t)x->j->rule;
	c->snapshot = d->registry->snapshot;
	return was.class != c->class || was.identifier != c->identifier || was.tlp != c->tlp ||
	    was.asset != c->asset || was.kind != c->kind;
}

static void
fold_evidence(struct tcase *c, const struct fold *x)
{
	c->last_seen = x->observed;
	c->input = x->in->id;
	c->off = x->f->off;
	c->len = x->f->len;
	c->line = x->f->line;
	c->sub = (uint16_t)x->f->sub;
	c->src_port = source_port(x->f);
}

static void
fold_events(struct decider *d, const struct tcase *c, unsigned change, const struct fold *x)
{
	static const struct { unsigned bit; enum event ev; } events[] = { { RULE_OPENED, EVENT_OPENED },
	    { RULE_RELAPSED, EVENT_RELAPSED }, { RULE_WORSE, EVENT_WORSE },
	    { RULE_EXPLOITED, EVENT_EXPLOITED }, { RULE_DUE, EVENT_DUE },
	    { RULE_HELD, EVENT_HELD }, { RULE_RECORDED, EVENT_RECORDED } };
	size_t i;

	for (i = 0; i < sizeof events / sizeof *events; i++)
		if (change & events[i].bit)
			commit_event(d, c->id, events[i].ev, (enum case_reason)c->reason, x->in->id);
}

static void
tlp_alarm(struct decider *d, const struct fold *x)
{
	char key[160], line[320];

	snprintf(key, sizeof key, "tlp:%s", x->source->name);
	snprintf(line, sizeof line, "source %s: input %u, line %u: a TLP label that is not known; held",
	    x->source->name, x->in->id, x->f->line);
	commit_alarm(d, key, line);
}

/* No owner: the ladder says who is told, if anybody is. */
static bool
fold_climb(struct decider *d, const struct fold *x)
{
	struct tcase like = { .feed = x->feed, .class = class_of(d, x->f) };
	const struct climbing up = { .like = &like, .source = x->source,
		.ip = x->f->has_ip ? &x->f->ip : NULL, .asn = x->asn, .severity = (uint8_t)x->f->severity };

	if (x->j->conflict || (x->j->winner != NULL && x->j->winner->role == ROLE_OWNER))
		return true;
	if (!key_numbers(d, x, 0, &like.key))
		return false;
	climb(d, &up, x->j);
	return true;
}

struct tcase *
case_survivor(struct decider *d, struct tcase *c)
{
	struct tcase *to = c;
	unsigned n;

	for (n = 0; to != NULL && to->merged_into != 0 && n < 64; n++)
		to = table_id(d->table, to->merged_into);
	if (to != NULL && to->merged_into == 0)
		return to;
	c->merged_into = 0;	/* what went on for it ended so long ago that it is not kept */
	return c;
}

/* Its case, found or opened. */
static struct tcase *
case_of(struct decider *d, const struct fold *x, const struct case_key *key, bool *fresh)
{
	struct tcase *c = table_find(d->table, key);

	*fresh = false;
	if (c == NULL)
		c = ports_case(d, key);
	if (c != NULL)
		return c->merged_into == 0 ? c : case_survivor(d, c);
	*fresh = true;
	c = table_add(d->table, key, d->next_case++);
	c->feed = x->feed;
	if (x->j->n > 1)
		commit_claims(d, c->id, x->j);
	return c;
}

/* What the case was before; where the record is its newest sighting already, its severity may fall too. */
static bool
fold_again(struct tcase *c, const struct fold *x, bool fresh, struct replay_was *was)
{
	uint8_t now = (uint8_t)x->f->severity;

	*was = (struct replay_was){ c->class, c->severity, fresh, !fresh && replay_counted(x->again, x->f,
	    c->id) };
	if (!was->counted || c->input != x->in->id || c->off != x->f->off || now >= c->severity)
		return false;
	c->severity = now;
	c->rev++;
	return true;
}

/* The policy of what it would be with this sighting. */
static const struct policy_row *
policy_with(struct decider *d, struct tcase *c, const struct rule_in *in)
{
	uint8_t was = c->exploited;
	const struct policy_row *row;

	c->exploited |= in->exploited;
	row = policy_of(d, c, in->severity > c->severity ? in->severity : c->severity);
	c->exploited = was;
	return row;
}

bool
fold(struct decider *d, const struct fold *x, enum outcome *out)
{
	const struct org *org;
	struct sighting s = { .off = x->f->off, .len = x->f->len, .line = x->f->line,
		.sub = (uint16_t)x->f->sub, .src_port = source_port(x->f), .observed = x->observed };
	struct rule_in in = { .observed = x->observed, .now = x->now, .future = x->future,
		.severity = (uint8_t)x->f->severity };
	struct exploited hot = exploited_of(x->f);
	struct replay_was was = { 0 };
	struct case_key key;
	struct tcase *c;
	unsigned change;
	bool dirty = false;

	if (!fold_climb(d, x))
		return false;
	*out = OUT_UNMATCHED;
	if (x->j->winner == NULL && !x->j->conflict)
		return true;
	if (x->only != 0 && (x->j->winner == NULL || x->j->winner->org != x->only))
		return true;
	org = x->j->winner != NULL ? registry_org(d->registry, x->j->winner->org) : NULL;
	if (!key_numbers(d, x, org != NULL ? org->id : 0, &key))
		return false;
	c = case_of(d, x, &key, &in.fresh);
	if (x->again != NULL)
		dirty = fold_again(c, x, in.fresh, &was);
	in.changed = fold_feed(d, c, x);
	if (in.fresh || x->observed >= c->last_seen) {
		dirty = fold_newest(d, c, x) || dirty;
		dirty = fold_cves(d, c, x) || dirty;
		in.changed = in.changed || dirty;
		dirty = c->epss != hot.epss || dirty;
		c->epss = hot.epss;
	}
	in.exploited = hot.known;
	in.policy = policy_with(d, c, &in);
	in.interval = interval_of(d, in.policy, c);
	in.brake = brakes_of(d, c, x->source, x->f->tlp_unknown);
	in.compromised = (c->answer != ANSWER_NONE || c->told == TOLD_MUTED) && is_compromised(d, c);
	in.history = !in.fresh && c->seen != SEEN_OPEN &&
	    look_history(d, c, x->observed, x->in->day, x->now);
	in.redirected = c->redirected && config_redirect(d->config, org != NULL ? org->key : "") == NULL;
	if (in.fresh && d->elsewhere != NULL)
		c->warned = told_before(d, c);
	change = rule_sighting(c, &in);
	if (hot.known != 0 && (in.fresh || change & (RULE_EXPLOITED | RULE_RELAPSED)))
		exploited_note(d, c, &hot, x->now);
	if (in.fresh && c->warned != 0 && c->told == TOLD_NOTHING && c->reason == WHY_NONE)
		told_take(d, c, c->warned, WHY_TOLD_ELSEWHERE, x->in->id);
	if (change & RULE_HELD)
		c->lane = (uint8_t)in.policy->lane;	/* how long it may be held depends on it */
	if (x->f->tlp_unknown && change & RULE_HELD)
		tlp_alarm(d, x);
	if (in.fresh || x->observed >= c->last_seen)
		fold_evidence(c, x);
	c->count += !was.counted;
	if (dirty || (change & ~(unsigned)RULE_OLD) != 0)
		commit_dirty(d, c->id);
	fold_events(d, c, change, x);
	s.id = c->id;
	if (!was.counted)
		commit_sighting(d, &s);
	if (x->again != NULL)
		replay_note(x->again, x->f, c, &was, change & RULE_DUE);
	*out = x->j->conflict ? OUT_CONFLICT : in.fresh || (was.counted && replay_opened(x->again, c->id)) ?
	    OUT_NEW : OUT_REPEATED;
	if (!x->unbooked)
		commit_tally(d, c->key.problem, c->class, org != NULL ? org->constituency : "", *out, 1);
	if (in.fresh && c->key.port != 0)
		ports_fold(d, c->id);
	return true;
}
