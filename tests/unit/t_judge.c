/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who wins, as a table: the assets that claim, the two moments, and what
 * becomes of each.  Claims are given in every order, and the answer must not
 * depend on it.
 */
#include "3-match/match.h"
#include "timefmt.h"
#include "tap.h"

/* Organisations: 1 holding, 2 its subsidiary, 3 the subsidiary's subsidiary, 4 and 5 strangers, 6 an access
 * provider, 7 and 8 each other's parent. */
static struct org orgs[] = {
	{ .id = 1, .key = "holding" }, { .id = 2, .key = "daughter", .parent = 1 },
	{ .id = 3, .key = "granddaughter", .parent = 2 }, { .id = 4, .key = "bakery" },
	{ .id = 5, .key = "shop" }, { .id = 6, .key = "provider" }, { .id = 7, .key = "egg", .parent = 8 },
	{ .id = 8, .key = "hen", .parent = 7 }, { .id = 9, .key = "son", .parent = 1 },
};

enum { V = 1, OP = 2, NO = 4, OLD = 8 };	/* verified, operator, not its own, verified until the 10th */
struct line {
	uint32_t	 id, org;
	const char	*text;
	unsigned	 flags;
	const char	*from, *until;
};
static const struct line lines[] = {
	{ 1, 4, "192.0.2.0/24", V, "", "" },
	{ 2, 5, "192.0.2.0/24", V, "", "" },
	{ 3, 5, "192.0.2.0/28", V, "", "" },
	{ 4, 4, "192.0.2.0/28", V, "", "" },
	{ 5, 5, "192.0.2.0/28", 0, "", "" },
	{ 6, 1, "192.0.2.0/24", V, "", "" },
	{ 7, 2, "192.0.2.0/24", V, "", "" },
	{ 8, 3, "192.0.2.0/24", V, "", "" },
	{ 9, 9, "192.0.2.0/24", V, "", "" },
	{ 10, 4, "AS64496", V, "", "" },
	{ 11, 5, "AS64496", V, "", "" },
	{ 12, 6, "AS64496", V | OP, "", "" },
	{ 13, 6, "192.0.2.0/28", V | OP, "", "" },
	{ 14, 4, "shop.example", V, "", "" },
	{ 15, 5, "www.shop.example", V, "", "" },
	{ 16, 5, "shop.example", V, "", "" },
	{ 17, 4, "192.0.2.5-192.0.2.20", V, "", "" },
	{ 18, 5, "192.0.2.0-192.0.2.9", V, "", "" },
	{ 19, 5, "192.0.2.0-192.0.2.200", V, "", "" },
	{ 20, 4, "192.0.2.0/28", V, "2026-11-01", "2026-11-30" },
	{ 21, 5, "192.0.2.0/28", V, "2026-11-21", "" },
	{ 22, 5, "192.0.2.0/28", V, "", "2026-11-19" },
	{ 23, 7, "192.0.2.0/28", V, "", "" },
	{ 24, 8, "192.0.2.0/28", V, "", "" },
	{ 25, 6, "shop.example", V | OP, "", "" },
	{ 26, 5, "192.0.2.0-192.0.2.255", V, "", "" },
	{ 27, 4, "192.0.2.8/29", NO, "", "" },
	{ 28, 4, "192.0.2.8/32", V, "", "" },
	{ 29, 4, "www.shop.example", NO | V, "", "" },
	{ 30, 4, "192.0.2.8/29", NO, "", "2026-11-01" },
	{ 31, 4, "192.0.2.0/28", V | OLD, "", "" },
};

static void
asset_make(struct asset *s, const struct line *l)
{
	size_t n = strlen(l->text);
	struct ipnet net;

	*s = (struct asset){ .id = l->id, .org = l->org, .text = l->text, .verified = l->flags & V,
	    .from = TIME_NONE, .until = TIME_NONE, .role = l->flags & OP ? ROLE_OPERATOR : ROLE_OWNER };
	if (l->flags & NO)
		s->role = ROLE_NONE;
	if (l->flags & OLD)
		time_parse("2026-11-10", 10, &s->verify_until);
	time_parse(l->from, strlen(l->from), &s->from);
	time_parse(l->until, strlen(l->until), &s->until);
	if (ipnet_parse(l->text, n, &net, NULL)) {
		s->kind = ASSET_NET;
		ipnet_first(&net, &s->lo);
		ipnet_last(&net, &s->hi);
	} else if (iprange_parse(l->text, n, &s->lo, &s->hi))
		s->kind = ASSET_RANGE;
	else
		s->kind = l->text[0] == 'A' ? ASSET_ASN : ASSET_DOMAIN;
}

static struct registry *
registry_make(void)
{
	struct arena *a = arena_new();
	struct registry *r = arena_alloc(a, sizeof *r);
	uint32_t i;

	r->arena = a;
	r->org = orgs;
	r->norg = sizeof orgs / sizeof *orgs;
	r->nasset = sizeof lines / sizeof *lines;
	r->asset = arena_alloc(a, r->nasset * sizeof *r->asset);
	for (i = 0; i < r->nasset; i++)
		asset_make(&r->asset[i], &lines[i]);
	registry_index(r);
	return r;
}

/* A claim as the plugin makes it for 192.0.2.8, www.shop.example, AS64496. */
static struct tcs_claim
claim_of(const struct registry *r, uint32_t id)
{
	const struct asset *s = registry_asset(r, id);
	struct tcs_claim c = { 0, id, TCS_R_NETWORK, 0 };
	struct ipnet part[254], net;
	size_t n, i;

	if (s->kind == ASSET_ASN)
		c.rule = TCS_R_ASN;
	else if (s->kind == ASSET_DOMAIN) {
		c.rule = TCS_R_DOMAIN;
		c.rank = s->text[0] == 'w' ? 3 : 2;
	} else {
		ipnet_parse("192.0.2.8", 9, &net, NULL);
		n = iprange_nets(&s->lo, &s->hi, part);
		for (i = 0; i < n; i++)
			if (ipnet_has(&part[i], &net.ip))
				c.rank = part[i].len;
	}
	return c;
}

/* fates: W won, C conflict, L less specific, R rule after, O operator after owner, P parent, S same
 * organisation, U unverified, T not valid then, N not valid now, X carved out, V the
 * carve-out; in the order of asset[]. */
static const char letters[] = "WCLROPSUTNXV";
static const struct trial {
	const char	*what;
	uint32_t	 asset[6];
	const char	*fates;
	const char	*observed, *now;
} trials[] = {
	{ "nothing claims", { 0 }, "", "", "" },
	{ "one claims", { 1 }, "W", "", "" },
	{ "the longer network wins", { 1, 3 }, "LW", "", "" },
	{ "equal networks of two are a conflict", { 1, 2 }, "CC", "", "" },
	{ "a longer one of a third settles it", { 1, 2, 9, 3 }, "LSLW", "", "" },
	{ "what is wider stays out of a conflict", { 3, 4, 6 }, "CCL", "", "" },
	{ "a second asset of the same", { 1, 4 }, "SW", "", "" },
	{ "unverified is not there", { 1, 5 }, "WU", "", "" },
	{ "unverified alone", { 5 }, "U", "", "" },
	{ "the subsidiary wins from its parent", { 6, 7 }, "PW", "", "" },
	{ "three generations", { 6, 7, 8 }, "PPW", "", "" },
	{ "over a generation", { 6, 8 }, "PW", "", "" },
	{ "sisters are a conflict", { 7, 9 }, "CC", "", "" },
	{ "sisters and their parent", { 6, 7, 9 }, "PCC", "", "" },
	{ "parent, subsidiary and a stranger", { 1, 6, 7 }, "CPC", "", "" },
	{ "each other's parent", { 23, 24 }, NULL, "", "" },
	{ "network before AS", { 1, 11 }, "WR", "", "" },
	{ "equal AS numbers", { 10, 11 }, "CC", "", "" },
	{ "domain before network", { 3, 14 }, "RW", "", "" },
	{ "the longer domain wins", { 14, 15 }, "LW", "", "" },
	{ "equal domains", { 14, 16 }, "CC", "", "" },
	{ "owner before operator, though less specific", { 1, 13 }, "WO", "", "" },
	{ "an owner's AS before an operator's network", { 10, 13 }, "WO", "", "" },
	{ "an owner's AS before an operator's domain", { 10, 25 }, "WO", "", "" },
	{ "an operator alone wins", { 12, 13 }, "SW", "", "" },
	{ "ranges that overlap in part", { 17, 18 }, "CC", "", "" },
	{ "a range inside a network", { 1, 18 }, "LW", "", "" },
	{ "a range that fills most of a network", { 1, 19 }, "LW", "", "" },
	{ "a range that is the network", { 1, 26 }, "CC", "", "" },
	{ "a network inside a range", { 4, 19 }, "WL", "", "" },
	{ "within its days", { 20 }, "W", "2026-11-01", "2026-11-30T23:59:59Z" },
	{ "observed the day before", { 20 }, "T", "2026-10-31T23:59:59Z", "2026-11-20" },
	{ "warned the day after", { 20 }, "N", "2026-11-20", "2026-12-01" },
	{ "not yet valid", { 1, 21 }, "WT", "2026-11-20", "2026-11-21" },
	{ "no longer valid", { 1, 22 }, "WN", "2026-11-19", "2026-11-20" },
	{ "a conflict that is over", { 4, 22 }, "WN", "2026-11-19", "2026-11-20" },
	{ "a part that is not its own", { 1, 27 }, "XV", "", "" },
	{ "its AS neither", { 10, 27 }, "XV", "", "" },
	{ "a piece of that part is", { 1, 27, 28 }, "XVW", "", "" },
	{ "a wider network of another is told", { 4, 26, 27 }, "XWV", "", "" },
	{ "an operator is told", { 1, 12, 27 }, "XWV", "", "" },
	{ "a carve-out of a network says nothing of names", { 14, 27 }, "WV", "", "" },
	{ "a name that is not its own", { 14, 29 }, "XV", "", "" },
	{ "a carve-out that is over", { 1, 30 }, "WV", "", "" },
	{ "a verification that is over", { 1, 31 }, "WU", "", "" },
	{ "on its last day it holds", { 31 }, "W", "2026-11-10", "2026-11-10T23:59:59Z" },
	{ "an unknown asset", { 99, 1 }, "-W", "", "" },
};

static int64_t
moment(const char *s)
{
	int64_t ns;

	return time_parse(*s ? s : "2026-11-20T08:00:00Z", *s ? strlen(s) : 20, &ns) ? ns : TIME_NONE;
}

static char
fate_in(const struct judgement *j, uint32_t asset)
{
	uint32_t i;

	for (i = 0; i < j->n; i++)
		if (j->claim[i].asset->id == asset)
			return letters[j->claim[i].fate];
	return '-';
}

static bool
judge_once(const struct registry *r, const struct trial *t, const struct tcs_claim *claim, uint32_t n)
{
	struct judgement j;
	bool conflict = t->fates != NULL && strchr(t->fates, 'C') != NULL;
	uint32_t i;

	match_judge(r, claim, n, moment(t->observed), moment(t->now), &j);
	for (i = 0; t->fates != NULL && t->fates[i] != '\0'; i++)
		if (fate_in(&j, t->asset[i]) != t->fates[i]) {
			printf("# asset %u: %c\n", t->asset[i], fate_in(&j, t->asset[i]));
			return false;
		}
	if (t->fates != NULL && (j.conflict != conflict || (conflict && j.winner != NULL)))
		return false;
	return j.winner == NULL || (j.n > 0 && fate_in(&j, j.winner->id) == 'W');
}

/* All orders of the claims (Heap's algorithm). */
static bool
judge_all(const struct registry *r, const struct trial *t, struct tcs_claim *c, uint32_t n, uint32_t k)
{
	uint32_t i, x;
	struct tcs_claim swap;

	if (k <= 1)
		return judge_once(r, t, c, n);
	for (i = 0; i < k; i++) {
		if (!judge_all(r, t, c, n, k - 1))
			return false;
		x = k % 2 == 0 ? i : 0;
		swap = c[x], c[x] = c[k - 1], c[k - 1] = swap;
	}
	return true;
}

static void
test_many(const struct registry *r)
{
	struct tcs_claim c[101];
	struct judgement j;
	uint32_t i;

	for (i = 0; i < 100; i++)
		c[i] = claim_of(r, 1);
	c[100] = claim_of(r, 2);
	match_judge(r, c, 101, TIME_NONE, moment(""), &j);
	ok(j.conflict && j.n == 32, "a conflict is seen behind a hundred claims");
	c[100] = claim_of(r, 3);
	match_judge(r, c, 101, TIME_NONE, moment(""), &j);
	ok(j.winner != NULL && j.winner->id == 3 && j.claim[0].asset->id == 3, "and the best is first");
}

int
main(void)
{
	struct registry *r = registry_make();
	struct tcs_claim c[6];
	uint32_t i, n;

	for (i = 0; i < sizeof trials / sizeof *trials; i++) {
		const struct trial *t = &trials[i];

		for (n = 0; n < 6 && t->asset[n] != 0; n++)
			c[n] = t->asset[n] == 99 ? (struct tcs_claim){ 0, 99, TCS_R_NETWORK, 128 } :
			    claim_of(r, t->asset[n]);
		ok(judge_all(r, t, c, n, n), "%s", t->what);
	}
	test_many(r);
	registry_free(r);
	return done_testing();
}
