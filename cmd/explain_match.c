/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What today's registry says about an address, an AS or a name: who would be
 * told, which claims lose, and where nobody would be, what comes nearest.
 * Goes over all assets instead of the tables of a run: explain is asked
 * seldom, and must also see what those tables leave out.
 */
#include <stdlib.h>
#include <string.h>
#include "3-match/match.h"
#include "cmd/explain.h"
#include "cmd/rows.h"
#include "core/clock.h"
#include "mem.h"
#include "near.h"
#include "timefmt.h"
#include <tocsin/plugin.h>

static const char *
org_key(const struct explain *x, uint32_t id)
{
	const struct org *o = registry_org(x->reg, id);

	return o ? o->key : "?";
}

void
explain_asset_line(struct explain *x, unsigned depth, const struct asset *a, const char *fate)
{
	char from[STORY_TIME], until[STORY_TIME];

	story_text(&x->s, "asset", a->text);
	story_text(&x->s, "organisation", org_key(x, a->org));
	story_text(&x->s, "role", role_words[a->role]);
	story_yes(&x->s, "verified", a->verified);
	story_time(&x->s, "valid_from", a->from == TIME_NONE ? TIME_NONE : a->from / NS);
	story_time(&x->s, "valid_until", a->until == TIME_NONE ? TIME_NONE : a->until / NS);
	story_text(&x->s, "fate", fate);
	story_tell(&x->s, depth, "asset", "%s of %s (%s%s%s%s%s%s)%s%s", a->text, org_key(x, a->org),
	    role_words[a->role], a->verified ? ", verified" : ", NOT VERIFIED",
	    a->from != TIME_NONE ? ", valid from " : "", a->from != TIME_NONE ?
	    story_when(a->from / NS, from) : "", a->until != TIME_NONE ? ", until the day of " : "",
	    a->until != TIME_NONE ? story_when(a->until / NS, until) : "", *fate ? ": " : "", fate);
}

/* ---- claims of today */

struct claims {
	struct tcs_claim	*c;
	uint32_t		 n, cap;
};

static void
claim_add(struct claims *k, const struct asset *a, uint16_t rule, uint16_t rank)
{
	if (k->n == k->cap)
		k->c = xrealloc(k->c, (k->cap = k->cap * 2 + 16) * sizeof *k->c);
	k->c[k->n++] = (struct tcs_claim){ .row = 0, .asset = a->id, .rule = rule, .rank = rank };
}

/* True when somebody would be told. */
static bool
judged(struct explain *x, struct claims *k)
{
	struct judgement j;
	int64_t now = clock_now();
	uint32_t i;

	if (k->n == 0)
		return false;
	match_judge(x->reg, k->c, k->n, now, now, &j);
	if (j.conflict)
		story_tell(&x->s, 1, "conflict",
		    "two organisations claim it equally: what is found there is held for a person");
	else if (j.winner) {
		story_text(&x->s, "organisation", org_key(x, j.winner->org));
		story_text(&x->s, "asset", j.winner->text);
		story_text(&x->s, "rule", rule_name(j.rule));
		story_tell(&x->s, 1, "winner", "today's registry gives it to %s, by %s: %s",
		    org_key(x, j.winner->org), rule_name(j.rule), j.winner->text);
	} else
		story_tell(&x->s, 1, "nobody", "assets cover it, but none that may be used");
	for (i = 0; i < j.n; i++)
		explain_asset_line(x, 2, j.claim[i].asset, claim_fate_text[j.claim[i].fate]);
	return j.winner != NULL || j.conflict;
}

/* ---- addresses */

static unsigned
common_bits(const struct ip *a, const struct ip *b)
{
	unsigned i, bits = 0;
	uint8_t diff;

	for (i = 0; i < 16 && a->b[i] == b->b[i]; i++)
		bits += 8;
	if (i < 16)
		for (diff = a->b[i] ^ b->b[i]; !(diff & 0x80); diff <<= 1)
			bits++;
	return bits;
}

/* The end of a network that ip lies beyond. */
static const struct ip *
edge(const struct asset *a, const struct ip *ip)
{
	return ip_cmp(ip, &a->lo) < 0 ? &a->lo : &a->hi;
}

/* Of two on the same side of ip, is a the nearer? */
static bool
nearer(const struct asset *a, const struct asset *b, const struct ip *ip)
{
	const struct ip *x = edge(a, ip), *y = edge(b, ip);

	return ip_cmp(ip, x) < 0 ? ip_cmp(ip, y) < 0 && ip_cmp(x, y) < 0 : ip_cmp(ip, y) > 0 &&
	    ip_cmp(x, y) > 0;
}

static void
nearest_net(struct explain *x, const struct ip *ip)
{
	const struct asset *best = NULL, *a;
	unsigned bits, most = 0, family = ip_is4(ip) ? 96 : 0;
	uint32_t i;

	for (i = 0; i < x->reg->nasset; i++) {
		a = &x->reg->asset[i];
		if ((a->kind != ASSET_NET && a->kind != ASSET_RANGE) || ip_is4(&a->lo) != ip_is4(ip))
			continue;
		bits = common_bits(ip, edge(a, ip));
		if (best == NULL || bits > most || (bits == most && nearer(a, best, ip))) {
			most = bits;
			best = a;
		}
	}
	if (best == NULL || most < family + 8) {
		story_tell(&x->s, 1, "nobody",
		    "no network covers it, and none is near; a report that names its AS may match by that");
		return;
	}
	story_text(&x->s, "nearest", best->text);
	story_text(&x->s, "organisation", org_key(x, best->org));
	story_number(&x->s, "common_bits", most - family);
	story_tell(&x->s, 1, "nobody", "no network covers it; nearest is %s of %s (the first %u bits are "
	    "the same)", best->text, org_key(x, best->org), most - family);
}

static bool
gone(void *arg, const struct asset_row *r)
{
	struct explain *x = arg;
	const char *who = "";
	char when[STORY_TIME];
	int64_t at = TIME_NONE;
	uint32_t audit = 0;

	ledger_snapshot_of(x->v->l, x->v->arena, r->until, &at, &who, &audit);
	story_text(&x->s, "asset", r->a.text);
	story_text(&x->s, "organisation", r->org);
	story_time(&x->s, "removed", at);
	story_tell(&x->s, 1, "removed", "%s of %s covered it until %s, when %s took it out of the registry",
	    r->a.text, r->org, story_when(at, when), who);
	return true;
}

void
explain_address(struct explain *x, const struct ip *ip)
{
	struct claims k = { NULL, 0, 0 };
	const struct asset *a;
	const char *special;
	bool doc = false;
	uint32_t i;

	for (i = 0; i < x->reg->nasset; i++) {
		a = &x->reg->asset[i];
		if ((a->kind == ASSET_NET || a->kind == ASSET_RANGE) && ip_cmp(ip, &a->lo) >= 0 &&
		    ip_cmp(ip, &a->hi) <= 0)
			claim_add(&k, a, TCS_R_NETWORK, (uint16_t)common_bits(&a->lo, &a->hi));
	}
	for (i = 0; i < x->nby_as; i++)
		if ((a = registry_asset(x->reg, x->by_as[i])) != NULL)
			claim_add(&k, a, TCS_R_ASN, 0);
	if (!judged(x, &k) && k.n == 0)
		nearest_net(x, ip);
	free(k.c);
	ledger_assets_gone(x->v->l, x->v->arena, ip, gone, x, x->e);
	if ((special = ip_special(ip, &doc)) != NULL && !(doc && x->v->cfg->allow_documentation)) {
		story_text(&x->s, "special", special);
		story_tell(&x->s, 1, "special", "it is special-purpose space: %s", special);
	}
}

void
explain_asn(struct explain *x, uint32_t asn)
{
	struct claims k = { NULL, 0, 0 };
	uint32_t i;

	for (i = 0; i < x->reg->nasset; i++)
		if (x->reg->asset[i].kind == ASSET_ASN && x->reg->asset[i].asn == asn)
			claim_add(&k, &x->reg->asset[i], TCS_R_ASN, 0);
	if (!judged(x, &k) && k.n == 0)
		story_tell(&x->s, 1, "nobody", "no organisation has AS%u", asn);
	free(k.c);
}

/* ---- names */

static uint16_t
labels(const char *name)
{
	uint16_t n = 1;

	for (; *name; name++)
		n += *name == '.';
	return n;
}

/* How many labels at the end are the same. */
static unsigned
common_labels(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned same = 0;

	while (n > 0 && m > 0 && tcs_lower(a[n - 1]) == tcs_lower(b[m - 1])) {
		n--, m--;
		if ((n == 0 || a[n - 1] == '.') && (m == 0 || b[m - 1] == '.'))
			same++;
	}
	return same;
}

static void
nearest_name(struct explain *x, const char *name)
{
	const char **domains = xcalloc(x->reg->nasset + 1, sizeof *domains), *near = NULL;
	const struct asset *best = NULL, *a;
	unsigned same, most = 1;
	uint32_t i, n = 0;

	for (i = 0; i < x->reg->nasset; i++) {
		a = &x->reg->asset[i];
		if (a->kind != ASSET_DOMAIN)
			continue;
		domains[n++] = a->text;
		if ((same = common_labels(name, a->text)) > most) {
			most = same;
			best = a;
		}
	}
	if (best == NULL && (near = near_name(name, domains, n)) != NULL)
		for (i = 0; i < x->reg->nasset; i++)
			if (x->reg->asset[i].text == near)
				best = &x->reg->asset[i];
	free(domains);
	if (best) {
		story_text(&x->s, "nearest", best->text);
		story_text(&x->s, "organisation", org_key(x, best->org));
		story_tell(&x->s, 1, "nobody", "no domain covers it; nearest is %s of %s", best->text,
		    org_key(x, best->org));
	} else
		story_tell(&x->s, 1, "nobody", "no domain covers it, and none is near");
}

void
explain_name(struct explain *x, const char *name)
{
	struct claims k = { NULL, 0, 0 };
	const struct asset *a;
	uint32_t i;

	for (i = 0; i < x->reg->nasset; i++) {
		a = &x->reg->asset[i];
		if (a->kind == ASSET_DOMAIN && common_labels(name, a->text) == labels(a->text))
			claim_add(&k, a, TCS_R_DOMAIN, labels(a->text));
	}
	if (!judged(x, &k) && k.n == 0)
		nearest_name(x, name);
	free(k.c);
}
