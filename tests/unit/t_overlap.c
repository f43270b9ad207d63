/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlaps of assets against an oracle that compares all pairs: whatever lies
 * on an asset of another organisation is told once, with a true word for how.
 */
#include "registry_overlap.h"
#include "tap.h"

#define MOST 60

static uint64_t seed = 7;

static uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
	return (uint32_t)((seed >> 32) % n);
}

static struct asset rows[MOST];
static uint32_t told[MOST], equals[MOST];

static void
random_row(struct asset *s)
{
	static const char *const names[] = { "example", "a.example", "b.a.example", "c.b.a.example",
		"AS64496", "AS64497", "xa.example" };
	uint32_t lo = rnd(250), hi = lo + rnd(rnd(4) ? 6 : 250 - lo + 1), k;

	*s = (struct asset){ .org = 1 + rnd(4), .kind = rnd(2) ? ASSET_NET : ASSET_RANGE };
	if (rnd(3) == 0) {
		k = rnd(7);
		s->text = names[k];
		s->kind = k == 4 || k == 5 ? ASSET_ASN : ASSET_DOMAIN;
		return;
	}
	s->lo = s->hi = (struct ip){ { [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2 } };
	s->lo.b[15] = (uint8_t)lo;
	s->hi.b[15] = (uint8_t)(hi > 255 ? 255 : hi);
}

static bool
under(const char *name, const char *domain)
{
	size_t n = strlen(name), m = strlen(domain);

	return n > m && name[n - m - 1] == '.' && strcmp(name + n - m, domain) == 0;
}

/* -1: not at all */
static int
lies(const struct asset *a, const struct asset *b)
{
	bool net = a->kind <= ASSET_RANGE;

	if (net != (b->kind <= ASSET_RANGE) || (!net && a->kind != b->kind))
		return -1;
	if (!net)
		return strcmp(a->text, b->text) == 0 ? OVERLAP_SAME :
		    a->kind == ASSET_DOMAIN && under(a->text, b->text) ? OVERLAP_INSIDE : -1;
	if (ip_cmp(&a->lo, &b->hi) > 0 || ip_cmp(&b->lo, &a->hi) > 0)
		return -1;
	if (ip_cmp(&a->lo, &b->lo) == 0 && ip_cmp(&a->hi, &b->hi) == 0)
		return OVERLAP_SAME;
	return ip_cmp(&a->lo, &b->lo) >= 0 && ip_cmp(&a->hi, &b->hi) <= 0 ? OVERLAP_INSIDE : OVERLAP_PART;
}

static bool
matters(void *arg, uint32_t a, uint32_t b)
{
	(void)arg;
	return rows[a].org != rows[b].org;
}

static void
each(void *arg, uint32_t a, uint32_t b, enum overlap how)
{
	uint32_t *bad = arg;

	told[a]++;
	equals[a] += how != OVERLAP_INSIDE;
	*bad += lies(&rows[a], &rows[b]) != (int)how || !matters(NULL, a, b);
}

int
main(void)
{
	uint32_t which[MOST], i, k, m, n, bad = 0, missed = 0, lost = 0, much = 0;

	for (i = 0; i < 20000; i++) {
		memset(told, 0, sizeof told);
		memset(equals, 0, sizeof equals);
		n = 1 + rnd(MOST - 1);
		for (k = 0; k < n; k++) {
			random_row(&rows[k]);
			which[k] = k;
		}
		registry_overlaps(rows, which, n, matters, each, &bad);
		for (k = 0; k < n; k++) {
			much += told[k] > 2;	/* a domain: one of the same name, and one above */
			for (m = 0; m < k; m++)
				lost += matters(NULL, k, m) && (lies(&rows[k], &rows[m]) == OVERLAP_SAME ||
				    lies(&rows[k], &rows[m]) == OVERLAP_PART) && equals[k] + equals[m] == 0 &&
				    lies(&rows[m], &rows[k]) != OVERLAP_INSIDE;
			for (m = 0; m < k; m++)
				missed += matters(NULL, k, m) && (lies(&rows[k], &rows[m]) >= 0 ||
				    lies(&rows[m], &rows[k]) >= 0) && told[k] + told[m] == 0;
		}
	}
	is_int(bad, 0, "what is told is so");
	is_int(missed, 0, "no pair is missed");
	is_int(lost, 0, "no conflict is lost behind a nearer network");
	is_int(much, 0, "nothing is told again and again");
	return done_testing();
}
