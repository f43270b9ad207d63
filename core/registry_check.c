/* SPDX-License-Identifier: Apache-2.0 */
/* See registry_check.h. */
#include <stdlib.h>
#include "mem.h"
#include "registry_check.h"
#include "registry_overlap.h"
#include "timefmt.h"

const char *const registry_trouble_names[] = {
#define X(sym, name, grave) name,
	REGISTRY_TROUBLES
#undef X
};
const bool registry_trouble_grave[] = {
#define X(sym, name, grave) grave,
	REGISTRY_TROUBLES
#undef X
};

struct check {
	const struct registry *reg;
	int64_t		 now;
	bool		 (*partner)(void *, const char *);
	void		 (*each)(void *, const struct registry_finding *);
	void		*arg;
	bool		 conflicts;		/* conflicts now, else overlaps */
};

static void
tell(const struct check *c, enum registry_trouble trouble, uint32_t org, const char *what, int64_t day)
{
	struct registry_finding f = { .trouble = trouble, .org = registry_org(c->reg, org), .what = what,
		.day = day };

	c->each(c->arg, &f);
}

static bool
over(int64_t until, int64_t now)
{
	return until != TIME_NONE && now >= until + DAY * NS;
}

/* ---- assets */

static bool
descends(const struct registry *reg, uint32_t child, uint32_t parent)
{
	const struct org *o = registry_org(reg, child);
	int n;

	for (n = 0; o != NULL && o->parent != 0 && n < 16; n++) {
		if (o->parent == parent)
			return true;
		o = registry_org(reg, o->parent);
	}
	return false;
}

static bool
counts(const struct check *c, const struct asset *a)
{
	return a->role != ROLE_NONE && asset_verified(a, c->now) && !over(a->until, c->now);
}

/* Assets that do not count are told as such, and are in nobody's way. */
static bool
matters(void *arg, uint32_t a, uint32_t b)
{
	const struct check *c = arg;
	const struct asset *x = &c->reg->asset[a], *y = &c->reg->asset[b];

	return x->org != y->org && x->role == y->role && counts(c, x) && counts(c, y) &&
	    !descends(c->reg, x->org, y->org) && !descends(c->reg, y->org, x->org);
}

static void
each_overlap(void *arg, uint32_t a, uint32_t b, enum overlap how)
{
	const struct check *c = arg;
	const struct asset *x = &c->reg->asset[a], *y = &c->reg->asset[b];
	struct registry_finding f = { .trouble = how == OVERLAP_INSIDE ? TROUBLE_OVERLAP : TROUBLE_CONFLICT,
	    .org = registry_org(c->reg, x->org), .what = x->text, .other = registry_org(c->reg, y->org),
	    .with = y->text, .day = TIME_NONE };

	if ((how != OVERLAP_INSIDE) == c->conflicts)
		c->each(c->arg, &f);
}

static void
check_overlaps(struct check *c, bool conflicts)
{
	uint32_t *which = xmalloc(((size_t)c->reg->nasset + 1) * sizeof *which), i;

	for (i = 0; i < c->reg->nasset; i++)
		which[i] = i;
	c->conflicts = conflicts;
	registry_overlaps(c->reg->asset, which, c->reg->nasset, matters, each_overlap, c);
	free(which);
}

static void
check_assets(const struct check *c)
{
	const struct asset *a;
	uint32_t i;

	for (i = 0; i < c->reg->nasset; i++) {
		a = &c->reg->asset[i];
		if (a->role == ROLE_NONE)
			;
		else if (!a->verified)
			tell(c, TROUBLE_UNVERIFIED, a->org, a->text, TIME_NONE);
		else if (!asset_verified(a, c->now))
			tell(c, TROUBLE_VERIFY_AGAIN, a->org, a->text, a->verify_until);
		if (over(a->until, c->now))
			tell(c, TROUBLE_EXPIRED, a->org, a->text, a->until);
		else if (a->from != TIME_NONE && c->now < a->from)
			tell(c, TROUBLE_NOT_YET, a->org, a->text, a->from);
	}
}

/* ---- organisations */

static bool
reachable(const struct check *c, const struct org *o)
{
	const struct contact *k;
	uint32_t n = registry_contacts(c->reg, o->id, &k), i;

	if (*o->email != '\0' || (c->partner != NULL && c->partner(c->arg, o->constituency)))
		return true;
	for (i = 0; i < n; i++)
		if (!over(k[i].expires, c->now))
			return true;
	return false;
}

static void
check_orgs(const struct check *c)
{
	uint32_t last = c->reg->norg > 0 ? c->reg->org[c->reg->norg - 1].id : 0, i;
	bool *has = xcalloc((size_t)last + 1, sizeof *has);

	for (i = 0; i < c->reg->nasset; i++)
		has[c->reg->asset[i].org] = true;
	for (i = 0; i < c->reg->norg; i++) {
		if (!reachable(c, &c->reg->org[i]))
			tell(c, TROUBLE_NO_CONTACT, c->reg->org[i].id, NULL, TIME_NONE);
		if (!has[c->reg->org[i].id])
			tell(c, TROUBLE_NO_ASSETS, c->reg->org[i].id, NULL, TIME_NONE);
	}
	free(has);
}

static void
check_contacts(const struct check *c)
{
	const struct contact *k;
	uint32_t i;

	for (i = 0; i < c->reg->ncontact; i++) {
		k = &c->reg->contact[i];
		if (over(k->expires, c->now))
			tell(c, TROUBLE_CONTACT_EXPIRED, k->org, k->address, k->expires);
	}
}

void
registry_check(const struct registry *reg, int64_t now, bool (*partner)(void *, const char *),
    void (*each)(void *, const struct registry_finding *), void *arg)
{
	struct check c = { reg, now, partner, each, arg, false };

	check_overlaps(&c, true);
	check_orgs(&c);
	check_assets(&c);
	check_contacts(&c);
	check_overlaps(&c, false);
}
