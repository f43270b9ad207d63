/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Organisations merge and split, by order.  Merge: what one organisation had -
 * assets, contacts, children, cases with all that was told and answered - is
 * the other's from now on.  Split: named assets become another organisation's,
 * and so do their cases, of which that one was told nothing yet.  Registry and
 * cases change in one commit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "4-decide/decider.h"
#include "flatjson.h"

struct orging {
	struct decider		*d;
	const struct order	*o;
	struct registry		*reg;		/* as it will be */
	const struct org	*from, *into;	/* as it is */
	uint32_t		 assets, contacts, cases;
	const char		*text;
};

static bool
same_asset(const struct asset *a, const struct asset *b)
{
	return a->kind == b->kind && strcmp(a->text, b->text) == 0;
}

/* The same asset of the other organisation, when both have it. */
static const struct asset *
twin(const struct orging *x, const struct asset *a)
{
	uint32_t i;

	for (i = 0; i < x->reg->nasset; i++)
		if (x->reg->asset[i].org == x->into->id && same_asset(&x->reg->asset[i], a))
			return &x->reg->asset[i];
	return NULL;
}

static bool
has_contact(const struct orging *x, const struct contact *c)
{
	const struct contact *k;
	uint32_t i, n = registry_contacts(x->d->registry, x->into->id, &k);

	for (i = 0; i < n; i++)
		if (strcmp(k[i].role, c->role) == 0 && strcmp(k[i].channel, c->channel) == 0 &&
		    strcmp(k[i].address, c->address) == 0)
			return true;
	return false;
}

static void
assets_pass(struct orging *x)
{
	struct registry *r = x->reg;
	uint32_t i, n = 0;

	for (i = 0; i < r->nasset; i++) {
		struct asset a = r->asset[i];

		if (a.org == x->from->id) {
			if (twin(x, &a) != NULL)
				continue;
			a.org = x->into->id;
			x->assets++;
		}
		r->asset[n++] = a;
	}
	r->nasset = n;
}

static void
contacts_pass(struct orging *x)
{
	struct registry *r = x->reg;
	uint32_t i, n = 0;

	for (i = 0; i < r->ncontact; i++) {
		struct contact c = r->contact[i];

		if (c.org == x->from->id) {
			if (has_contact(x, &c))
				continue;
			c.org = x->into->id;
			x->contacts++;
		}
		r->contact[n++] = c;
	}
	r->ncontact = n;
}

static void
org_goes(struct orging *x)
{
	struct registry *r = x->reg;
	uint32_t i, n = 0;

	for (i = 0; i < r->norg; i++) {
		struct org o = r->org[i];

		if (o.id == x->from->id)
			continue;
		if (o.parent == x->from->id && o.id != x->into->id) {
			o.parent = x->into->id;
			o.parent_key = x->into->key;
		} else if (o.parent == x->from->id) {		/* a subsidiary takes its parent's place */
			o.parent = x->from->parent;
			o.parent_key = x->from->parent_key;
		}
		if (o.id == x->into->id && o.email[0] == '\0')
			o.email = x->from->email;
		r->org[n++] = o;
	}
	r->norg = n;
}

static void
cases_pass(struct orging *x)
{
	uint32_t i, n = table_count(x->d->table);

	for (i = 0; i < n; i++) {
		struct tcase *c = table_at(x->d->table, i);
		const struct asset *a = registry_asset(x->d->registry, c->asset), *b;
		struct case_key key = c->key;

		if (key.org != x->from->id || c->merged_into != 0)
			continue;
		key.org = x->into->id;
		if (a != NULL && (b = twin(x, a)) != NULL)
			c->asset = b->id;
		commit_event(x->d, c->id, EVENT_MOVED, WHY_NONE, x->o->id);
		case_refile(x->d, c, &key, MERGE_SAME);
		x->cases++;
	}
}

/* Inside the commit. */
static bool
org_write(void *arg, struct err *e)
{
	struct orging *x = arg;

	if (!ledger_registry_put(x->d->ledger, x->reg, x->o->who, x->o->id, e))
		return false;
	if (x->text != NULL)
		ledger_order_done(x->d->ledger, x->o->id, x->text);
	return true;
}

static bool
org_merge(struct orging *x, struct arena *a, struct err *e)
{
	cases_pass(x);			/* twins are asked of the registry before the assets pass */
	assets_pass(x);
	contacts_pass(x);
	org_goes(x);
	x->text = arena_printf(a, "%s is part of %s now: %" PRIu32 " assets, %" PRIu32 " contacts and "
	    "%" PRIu32 " cases passed", x->from->key, x->into->key, x->assets, x->contacts, x->cases);
	return commit_end(x->d, NULL, 0, org_write, x, e) && decider_registry(x->d, e);
}

/* ---- split */

/* The assets of from that are named; NULL: all were found, else the one that was not. */
static const char *
assets_named(struct orging *x, struct arena *a, const char *names)
{
	struct tcs_slice rest = tcs_str(names), part;
	uint32_t i;

	while (tcs_cut(&rest, ',', &part)) {
		part = tcs_trim(part);
		for (i = 0; i < x->reg->nasset; i++)
			if (x->reg->asset[i].org == x->from->id && tcs_is_nocase(part, x->reg->asset[i].text))
				break;
		if (i == x->reg->nasset)
			return arena_strndup(a, part.p, part.n);
		if (twin(x, &x->reg->asset[i]) == NULL)
			x->reg->asset[i].org = x->into->id;
		else
			memmove(&x->reg->asset[i], &x->reg->asset[i + 1],
			    (--x->reg->nasset - i) * sizeof *x->reg->asset);
		x->assets++;
	}
	return NULL;
}

static bool
split_done(void *arg, struct err *e)
{
	struct orging *x = arg;

	(void)e;
	ledger_order_done(x->d->ledger, x->o->id, x->text);
	return true;
}

/* The registry first: the cases are matched anew on it.  Killed in between, the order comes again, and moves
 * what is left. */
static bool
org_split(struct orging *x, struct arena *a, struct err *e)
{
	const char *from = arena_strdup(a, x->from->key), *into = arena_strdup(a, x->into->key);

	if (!commit_end(x->d, NULL, 0, org_write, x, e) || !decider_registry(x->d, e))
		return false;
	x->cases = cases_refile(x->d, x->o->id);
	x->text = arena_printf(a, "%" PRIu32 " assets of %s are of %s now, and %" PRIu32 " cases", x->assets,
	    from, into, x->cases);
	return commit_end(x->d, NULL, 0, split_done, x, e);
}

bool
order_org(struct decider *d, const struct order *o, bool merge, struct arena *a, struct err *e)
{
	struct orging x = { .d = d, .o = o };
	const char *from = flat_get(a, o->args, "from"), *into = flat_get(a, o->args, "into"),
	    *assets = flat_get(a, o->args, "assets"), *missing;
	bool good;

	x.from = from != NULL ? registry_org_key(d->registry, from) : NULL;
	x.into = into != NULL ? registry_org_key(d->registry, into) : NULL;
	if (x.from == NULL || x.into == NULL || x.from == x.into)
		return order_answered(d, o, arena_printf(a, "refused: expected two organisations that there "
		    "are: %s and %s", from != NULL ? from : "nothing", into != NULL ? into : "nothing"), e);
	if ((x.reg = ledger_registry(d->ledger, e)) == NULL)
		return false;
	if (merge)
		good = org_merge(&x, a, e);
	else if (assets == NULL || (missing = assets_named(&x, a, assets)) != NULL)
		good = order_answered(d, o, arena_printf(a, "refused: %s has no asset %s", from,
		    assets != NULL ? missing : "(none is named)"), e);
	else
		good = org_split(&x, a, e);
	registry_free(x.reg);
	return good;
}
