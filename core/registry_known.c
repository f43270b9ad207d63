/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parties and networks of the ladder: see registry.h.  They are in the same
 * tables of the ledger as organisations and assets, so that every list and
 * story finds them, and are no part of the registry that people import.
 * Only those that a case names are here, not the millions of the tables.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "map.h"
#include "mem.h"
#include "registry.h"
#include "timefmt.h"

const char *const role_words[] = { [ROLE_OWNER] = "owner", [ROLE_OPERATOR] = "operator",
	[ROLE_NONE] = "none", [ROLE_NETWORK] = "network-owner", [ROLE_COUNTRY] = "national-cert" };

struct party { struct org o; bool fresh; };	/* fresh: new or changed, and not in the ledger yet */

struct known {
	struct arena	*arena;
	uint32_t	 snapshot;
	struct party	**org;			/* pointers: what was handed out stays where it is */
	struct asset	**asset;
	uint32_t	 norg, corg, nasset, casset;
	uint32_t	*fresh;			/* places of those */
	uint32_t	 nfresh, cfresh, asset_saved;
	struct map	*by_key, *by_text;
};

struct known *
known_new(struct arena *a, uint32_t snapshot)
{
	struct known *k = arena_alloc(a, sizeof *k);

	k->arena = a;
	k->snapshot = snapshot;
	k->by_key = map_new();
	k->by_text = map_new();
	return k;
}

void
known_free(struct known *k)
{
	if (k == NULL)
		return;
	map_free(k->by_key);
	map_free(k->by_text);
	free(k->org);
	free(k->asset);
	free(k->fresh);
}

static void *
more(void *list, uint32_t n, uint32_t *cap, size_t size)
{
	if (n < *cap)
		return list;
	*cap = *cap > 0 ? *cap * 2 : 64;
	return xrealloc(list, *cap * size);
}

static const char *
keep(struct known *k, const char *text)
{
	return text != NULL && *text != '\0' ? arena_strdup(k->arena, text) : "";
}

/* So that a constituency has one place in memory: tables are found by it. */
static const char *
constituency(struct known *k, const char *text)
{
	static const char *const all[] = { CONSTITUENCY_NETWORK, CONSTITUENCY_COUNTRY, CONSTITUENCY_NOBODY };
	size_t i;

	for (i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i], text) == 0)
			return all[i];
	return keep(k, text);
}

static struct party *
org_add(struct known *k, const struct org *say, uint32_t id)
{
	struct party *p = arena_alloc(k->arena, sizeof *p);

	k->org = more(k->org, k->norg, &k->corg, sizeof *k->org);
	k->org[k->norg++] = p;
	p->o = (struct org){ .id = id, .key = keep(k, say->key), .name = keep(k, say->name),
		.constituency = constituency(k, say->constituency), .sector = "",
		.language = keep(k, say->language), .email = keep(k, say->email), .parent_key = "" };
	map_set(k->by_key, p->o.key, strlen(p->o.key), k->norg);
	return p;
}

void
known_org_loaded(struct known *k, const struct org *o)
{
	org_add(k, o, o->id);
}

static void
fresh(struct known *k, struct party *p)
{
	if (p->fresh)
		return;
	p->fresh = true;
	k->fresh = more(k->fresh, k->nfresh, &k->cfresh, sizeof *k->fresh);
	k->fresh[k->nfresh++] = p->o.id - LADDER_FIRST;
}

static bool
same(const char *a, const char *b)
{
	return strcmp(a, b != NULL ? b : "") == 0;
}

const struct org *
known_party(struct registry *reg, const struct org *say)
{
	struct known *k = reg->known;
	struct party *p;
	struct org *o;
	uint64_t at;

	if (!map_get(k->by_key, say->key, strlen(say->key), &at)) {
		p = org_add(k, say, LADDER_FIRST + k->norg);
		fresh(k, p);
		return &p->o;
	}
	p = k->org[at - 1];
	o = &p->o;
	if (!same(o->name, say->name) || !same(o->email, say->email) || !same(o->language, say->language)) {
		o->name = keep(k, say->name);
		o->email = keep(k, say->email);
		o->language = keep(k, say->language);
		fresh(k, p);
	}
	return o;
}

/* ---- networks */

static const char *
asset_key(struct known *k, const struct asset *a)
{
	return arena_printf(k->arena, "%u %u %s %s", (unsigned)a->org, (unsigned)a->role, a->text,
	    a->verified_on);
}

static struct asset *
asset_add(struct known *k, const struct asset *say, uint32_t id, const char *key)
{
	struct asset *a = arena_alloc(k->arena, sizeof *a);

	k->asset = more(k->asset, k->nasset, &k->casset, sizeof *k->asset);
	k->asset[k->nasset++] = a;
	*a = *say;
	a->id = id;
	a->text = keep(k, say->text);
	a->verified_by = keep(k, say->verified_by);
	a->verified_on = keep(k, say->verified_on);
	a->method = "";
	a->verify_until = TIME_NONE;
	map_set(k->by_text, key, strlen(key), k->nasset);
	return a;
}

void
known_asset_loaded(struct known *k, const struct asset *a)
{
	asset_add(k, a, a->id, asset_key(k, a));
	k->asset_saved = k->nasset;
}

const struct asset *
known_asset(struct registry *reg, const struct asset *say)
{
	struct known *k = reg->known;
	char small[256];
	int n = snprintf(small, sizeof small, "%u %u %s %s", (unsigned)say->org, (unsigned)say->role,
	    say->text, say->verified_on);
	uint64_t at;

	if (n > 0 && (size_t)n < sizeof small && map_get(k->by_text, small, (size_t)n, &at))
		return k->asset[at - 1];
	return asset_add(k, say, LADDER_FIRST + k->nasset, asset_key(k, say));
}

/* ---- for the ledger */

const struct org *
known_org_unsaved(const struct known *k, uint32_t i)
{
	return k != NULL && i < k->nfresh ? &k->org[k->fresh[i]]->o : NULL;
}

const struct asset *
known_asset_unsaved(const struct known *k, uint32_t i)
{
	return k != NULL && k->asset_saved + i < k->nasset ? k->asset[k->asset_saved + i] : NULL;
}

void
known_saved(struct known *k)
{
	uint32_t i;

	if (k == NULL)
		return;
	for (i = 0; i < k->nfresh; i++)
		k->org[k->fresh[i]]->fresh = false;
	k->nfresh = 0;
	k->asset_saved = k->nasset;
}

/* ---- found */

const struct org *
known_org(const struct known *k, uint32_t id)
{
	return k != NULL && id - LADDER_FIRST < k->norg ? &k->org[id - LADDER_FIRST]->o : NULL;
}

const struct org *
known_org_key(const struct known *k, const char *key)
{
	uint64_t at;

	return k != NULL && map_get(k->by_key, key, strlen(key), &at) ? &k->org[at - 1]->o : NULL;
}

const struct asset *
known_asset_id(const struct known *k, uint32_t id)
{
	return k != NULL && id - LADDER_FIRST < k->nasset ? k->asset[id - LADDER_FIRST] : NULL;
}
