/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each claim on a finding is worth, and who wins.  Pure: claims, the
 * registry and two moments in; nothing else matters.  Warning the wrong one
 * is the worst that can happen, so whatever is not plainly more specific is a
 * conflict and goes to nobody.
 *
 * How specific a network is, is asked of the asset and not of the claim: a
 * range reaches a stage in pieces, and the piece that happens to hold the
 * address says nothing about the range.  A network loses to another only when
 * it contains it; two ranges that overlap in part are equals.
 */
#include <string.h>
#include "3-match/match.h"
#include "timefmt.h"

const char *const claim_fate_text[] = {
	[CLAIM_WON] = "won",
	[CLAIM_CONFLICT] = "equal claims of two organisations",
	[CLAIM_LESS_SPECIFIC] = "less specific than the one that won",
	[CLAIM_RULE_AFTER] = "its rule comes after that of the one that won",
	[CLAIM_OPERATOR_AFTER_OWNER] = "an operator comes after an owner",
	[CLAIM_PARENT] = "its subsidiary claims the same",
	[CLAIM_SAME_ORGANISATION] = "another asset of the organisation that won",
	[CLAIM_UNVERIFIED] = "not verified",
	[CLAIM_NOT_VALID_THEN] = "not valid when the problem was observed",
	[CLAIM_NOT_VALID_NOW] = "not valid now",
	[CLAIM_CARVED_OUT] = "the organisation says that this part is not its own",
	[CLAIM_CARVE_OUT] = "says that it is not the organisation's",
};

#define MOST 32
#define GENERATIONS 16			/* of parents; more is a circle */

static bool
valid_at(const struct asset *a, int64_t t)
{
	return (a->from == TIME_NONE || t >= a->from) && (a->until == TIME_NONE || t < a->until + DAY * NS);
}

static uint8_t
drops_out(const struct asset *a, int64_t observed, int64_t now)
{
	if (a->role == ROLE_NONE)
		return CLAIM_CARVE_OUT;
	if (!asset_verified(a, now))
		return CLAIM_UNVERIFIED;
	if (observed != now && !valid_at(a, observed))
		return CLAIM_NOT_VALID_THEN;
	return valid_at(a, now) ? CLAIM_WON : CLAIM_NOT_VALID_NOW;
}

static bool
has_extent(const struct judged *j)
{
	return j->rule == TCS_R_NETWORK && (j->asset->kind == ASSET_NET || j->asset->kind == ASSET_RANGE);
}

/* a contains b, and more. */
static bool
wider(const struct judged *a, const struct judged *b)
{
	int lo, hi;

	if (!has_extent(a) || !has_extent(b))
		return a->rank < b->rank;
	lo = ip_cmp(&a->asset->lo, &b->asset->lo);
	hi = ip_cmp(&a->asset->hi, &b->asset->hi);
	return lo <= 0 && hi >= 0 && (lo < 0 || hi > 0);
}

static unsigned __int128
extent(const struct asset *a)
{
	unsigned __int128 lo = 0, hi = 0;
	int i;

	for (i = 0; i < 16; i++) {
		lo = lo << 8 | a->lo.b[i];
		hi = hi << 8 | a->hi.b[i];
	}
	return hi - lo;
}

/* An order that agrees with wider() and never has equals: the best first, what dropped out last. */
static bool
before(const struct judged *a, const struct judged *b)
{
	bool out_a = a->fate >= CLAIM_UNVERIFIED, out_b = b->fate >= CLAIM_UNVERIFIED;
	unsigned __int128 x, y;

	if (out_a != out_b)
		return out_b;
	if (a->asset->role != b->asset->role)
		return a->asset->role < b->asset->role;
	if (a->rule != b->rule)
		return a->rule < b->rule;
	if (has_extent(a) && has_extent(b)) {
		x = extent(a->asset);
		y = extent(b->asset);
		if (x != y)
			return x < y;
	} else if (a->rank != b->rank)
		return a->rank > b->rank;
	return a->asset->org != b->asset->org ? a->asset->org < b->asset->org : a->asset->id < b->asset->id;
}

static bool
descends(const struct registry *reg, uint32_t child, uint32_t parent)
{
	const struct org *o = registry_org(reg, child);
	int n;

	for (n = 0; o != NULL && o->parent != 0 && n < GENERATIONS; n++) {
		if (o->parent == parent)
			return true;
		o = registry_org(reg, o->parent);
	}
	return false;
}

/* Another organisation's, and as good as the best. */
static bool
rival(const struct judged *j, const struct judged *best)
{
	return j->fate < CLAIM_UNVERIFIED && j->asset->org != best->asset->org &&
	    j->asset->role == best->asset->role && j->rule == best->rule && !wider(j, best);
}

/* ---- over all claims */

struct court {
	const struct registry	*reg;
	const struct tcs_claim	*claim;
	uint32_t		 n;
	int64_t			 observed, now;
};

/* A carve-out of the organisation itself takes away what it lies in, verified or not: it warns nobody. */
static bool
carved(const struct court *c, const struct judged *j)
{
	struct judged out;
	uint32_t i;

	for (i = 0; i < c->n; i++) {
		out = (struct judged){ registry_asset(c->reg, c->claim[i].asset), c->claim[i].rule,
		    c->claim[i].rank, CLAIM_CARVE_OUT };
		if (out.asset == NULL || out.asset->role != ROLE_NONE || out.asset->org != j->asset->org ||
		    !(valid_at(out.asset, c->observed) || valid_at(out.asset, c->now)))
			continue;
		if (out.rule == j->rule ? !wider(&out, j) : out.rule == TCS_R_NETWORK && j->rule == TCS_R_ASN)
			return true;
	}
	return false;
}

static bool
take(const struct court *c, uint32_t i, struct judged *j)
{
	*j = (struct judged){ registry_asset(c->reg, c->claim[i].asset), c->claim[i].rule, c->claim[i].rank,
	    CLAIM_WON };
	if (j->asset == NULL)		/* of a snapshot that is not this one */
		return false;
	j->fate = drops_out(j->asset, c->observed, c->now);
	if (j->fate == CLAIM_WON && carved(c, j))
		j->fate = CLAIM_CARVED_OUT;
	return true;
}

/* The best, or its subsidiary where that claims the same. */
static bool
find_best(const struct court *c, struct judged *best)
{
	struct judged j;
	bool found = false, again = true;
	uint32_t i;
	int n;

	for (i = 0; i < c->n; i++)
		if (take(c, i, &j) && j.fate == CLAIM_WON && (!found || before(&j, best))) {
			*best = j;
			found = true;
		}
	for (n = 0; found && again && n < GENERATIONS; n++)
		for (again = false, i = 0; i < c->n; i++)
			if (take(c, i, &j) && rival(&j, best) &&
			    descends(c->reg, j.asset->org, best->asset->org)) {
				*best = j;
				again = true;
			}
	return found;
}

static uint8_t
fate_of(const struct court *c, const struct judged *j, const struct judged *best)
{
	if (j->fate >= CLAIM_UNVERIFIED)
		return j->fate;
	if (j->asset->id == best->asset->id && j->rule == best->rule)
		return CLAIM_WON;
	if (j->asset->org == best->asset->org)
		return CLAIM_SAME_ORGANISATION;
	if (rival(j, best))
		return descends(c->reg, best->asset->org, j->asset->org) ? CLAIM_PARENT : CLAIM_CONFLICT;
	if (j->asset->role != best->asset->role)
		return CLAIM_OPERATOR_AFTER_OWNER;
	return j->rule != best->rule ? CLAIM_RULE_AFTER : CLAIM_LESS_SPECIFIC;
}

static void
insert(struct judgement *out, const struct judged *j)
{
	uint32_t i = out->n < MOST ? out->n : MOST - 1;

	if (out->n == MOST && !before(j, &out->claim[i]))
		return;
	for (; i > 0 && before(j, &out->claim[i - 1]); i--)
		out->claim[i] = out->claim[i - 1];
	out->claim[i] = *j;
	out->n += out->n < MOST;
}

/* Nobody wins: what would have, and what is the same organisation's as good, is in the conflict too. */
static void
settle_conflict(struct judgement *out, const struct judged *best)
{
	uint32_t i;

	for (i = 0; i < out->n; i++) {
		struct judged *j = &out->claim[i];

		if (j->fate == CLAIM_WON)
			j->fate = CLAIM_CONFLICT;
		else if (j->fate == CLAIM_SAME_ORGANISATION)
			j->fate = j->asset->role != best->asset->role ? CLAIM_OPERATOR_AFTER_OWNER :
			    j->rule != best->rule ? CLAIM_RULE_AFTER : wider(j, best) ? CLAIM_LESS_SPECIFIC :
			    CLAIM_CONFLICT;
	}
}

void
match_judge(const struct registry *reg, const struct tcs_claim *claim, uint32_t n, int64_t observed,
    int64_t now, struct judgement *out)
{
	struct court c = { reg, claim, n, observed == TIME_NONE ? now : observed, now };
	struct judged best, j;
	bool found = find_best(&c, &best);
	uint32_t i;

	out->winner = NULL;
	out->rule = 0;
	out->conflict = false;
	out->n = 0;
	for (i = 0; i < n; i++) {
		if (!take(&c, i, &j))
			continue;
		if (found)
			j.fate = fate_of(&c, &j, &best);
		out->conflict |= j.fate == CLAIM_CONFLICT;
		insert(out, &j);
	}
	if (out->conflict)
		settle_conflict(out, &best);
	else if (found) {
		out->winner = best.asset;
		out->rule = best.rule;
	}
}
