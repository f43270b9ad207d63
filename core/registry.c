/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The indexes of a registry snapshot, and its assets as the data of a stage.
 * Numbers are the ledger's own and dense, so that an organisation or an asset
 * is found by one look into a table: a claim is judged by its number, and
 * that happens for every finding that matched.
 */
#include <stdlib.h>
#include <string.h>
#include "map.h"
#include "registry.h"
#include "timefmt.h"

struct index {
	uint32_t	*org, *asset;		/* by id: place in the array + 1 */
	uint32_t	 norg, nasset;		/* ids below these */
	struct map	*keys;
};

static uint32_t
last_id(uint32_t last, uint32_t n)
{
	return n > 0 ? last + 1 : 0;
}

void
registry_index(struct registry *reg)
{
	struct index *ix = arena_alloc(reg->arena, sizeof *ix);
	uint32_t i;

	if (reg->index != NULL)
		map_free(((struct index *)reg->index)->keys);
	ix->norg = last_id(reg->norg > 0 ? reg->org[reg->norg - 1].id : 0, reg->norg);
	ix->nasset = last_id(reg->nasset > 0 ? reg->asset[reg->nasset - 1].id : 0, reg->nasset);
	ix->org = arena_alloc(reg->arena, (size_t)ix->norg * sizeof *ix->org);
	ix->asset = arena_alloc(reg->arena, (size_t)ix->nasset * sizeof *ix->asset);
	ix->keys = map_new();
	for (i = 0; i < reg->norg; i++) {
		ix->org[reg->org[i].id] = i + 1;
		map_set(ix->keys, reg->org[i].key, strlen(reg->org[i].key), i);
	}
	for (i = 0; i < reg->nasset; i++)
		ix->asset[reg->asset[i].id] = i + 1;
	reg->index = ix;
}

void
registry_free(struct registry *reg)
{
	if (reg == NULL)
		return;
	if (reg->index != NULL)
		map_free(((struct index *)reg->index)->keys);
	known_free(reg->known);
	arena_free(reg->arena);
}

const struct org *
registry_org(const struct registry *reg, uint32_t id)
{
	const struct index *ix = reg->index;

	if (id >= LADDER_FIRST)
		return known_org(reg->known, id);
	return id < ix->norg && ix->org[id] > 0 ? &reg->org[ix->org[id] - 1] : NULL;
}

const struct org *
registry_org_key(const struct registry *reg, const char *key)
{
	const struct index *ix = reg->index;
	uint64_t i;

	return map_get(ix->keys, key, strlen(key), &i) ? &reg->org[i] : known_org_key(reg->known, key);
}

const struct asset *
registry_asset(const struct registry *reg, uint32_t id)
{
	const struct index *ix = reg->index;

	if (id >= LADDER_FIRST)
		return known_asset_id(reg->known, id);
	return id < ix->nasset && ix->asset[id] > 0 ? &reg->asset[ix->asset[id] - 1] : NULL;
}

bool
asset_verified(const struct asset *a, int64_t at)
{
	return a->verified && (a->verify_until <= 0 || at < a->verify_until + DAY * NS);
}

uint32_t
registry_contacts(const struct registry *reg, uint32_t org, const struct contact **first)
{
	uint32_t lo = 0, hi = reg->ncontact, mid, n = 0;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (reg->contact[mid].org < org)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo + n < reg->ncontact && reg->contact[lo + n].org == org)
		n++;
	*first = n > 0 ? &reg->contact[lo] : NULL;
	return n;
}

/* ---- the data of a stage */

static void
data_line(struct buf *out, uint32_t id, const char *kind, const char *text)
{
	char number[11];
	size_t i = sizeof number;

	do
		number[--i] = (char)('0' + id % 10);
	while ((id /= 10) > 0);
	buf_add(out, number + i, sizeof number - i);
	buf_str(out, kind);
	buf_str(out, text);
	buf_char(out, '\n');
}

static void
data_range(struct buf *out, const struct asset *a)
{
	struct ipnet net[254];
	char text[IP_TEXT];
	size_t n = iprange_nets(&a->lo, &a->hi, net), i;

	for (i = 0; i < n; i++) {
		ipnet_text(&net[i], text);
		data_line(out, a->id, "\tnet\t", text);
	}
}

void
registry_data(struct buf *out, const struct registry *reg)
{
	uint32_t i;

	for (i = 0; i < reg->nasset; i++) {
		const struct asset *a = &reg->asset[i];

		switch (a->kind) {
		case ASSET_NET:
			data_line(out, a->id, "\tnet\t", a->text);
			break;
		case ASSET_RANGE:
			data_range(out, a);
			break;
		case ASSET_ASN:
			data_line(out, a->id, "\tasn\t", a->text);
			break;
		case ASSET_DOMAIN:
			data_line(out, a->id, "\tdomain\t", a->text);
			break;
		}
	}
}
