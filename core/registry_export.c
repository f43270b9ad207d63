/* SPDX-License-Identifier: Apache-2.0 */
/* See registry_export.h. */
#include <stdlib.h>
#include <string.h>
#include "finding.h"
#include "mem.h"
#include "registry_export.h"
#include "registry_value.h"
#include "timefmt.h"

const char *const registry_file_names[IMPORT_KINDS] = { "organisations.csv", "assets.csv", "contacts.csv" };

/* ---- cells */

static void
cell(struct buf *out, const char *s, char after)
{
	const char *p;

	if (strpbrk(s, ",\"\r\n") == NULL && *s != ' ' && (*s == '\0' || s[strlen(s) - 1] != ' ')) {
		buf_str(out, s);
	} else {
		buf_char(out, '"');
		for (p = s; *p != '\0'; p++) {
			if (*p == '"')
				buf_char(out, '"');
			buf_char(out, *p);
		}
		buf_char(out, '"');
	}
	buf_char(out, after);
}

static void
day(struct buf *out, int64_t ns, char after)
{
	char text[TIME_TEXT] = "";

	if (ns != TIME_NONE)
		time_day(ns, text);
	cell(out, text, after);
}

static void
duration(struct buf *out, int64_t s, char after)
{
	char text[TIME_TEXT] = "";

	if (s > 0)
		duration_text(s, text);
	cell(out, text, after);
}

/* ---- order: pointers are sorted, each with its organisation's id */

struct sorted {
	const char	*org;
	const void	*row;
};

/* Networks and ranges by address, then AS numbers, then domains. */
int
asset_cmp(const struct asset *a, const struct asset *b)
{
	int x = a->kind <= ASSET_RANGE ? 0 : a->kind, y = b->kind <= ASSET_RANGE ? 0 : b->kind, c = x - y;

	if (c != 0)
		return c;
	if (x == 0) {
		c = ip_cmp(&a->lo, &b->lo);
		return c != 0 ? c : ip_cmp(&b->hi, &a->hi);
	}
	if (a->kind == ASSET_ASN)
		return a->asn < b->asn ? -1 : a->asn > b->asn;
	return strcmp(a->text, b->text);
}

static int
by_org(const void *x, const void *y)
{
	return strcmp(((const struct sorted *)x)->org, ((const struct sorted *)y)->org);
}

static int
by_asset(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	int c = strcmp(a->org, b->org);

	return c != 0 ? c : asset_cmp(a->row, b->row);
}

static int
by_contact(const void *x, const void *y)
{
	const struct sorted *a = x, *b = y;
	const struct contact *c = a->row, *d = b->row;
	int r = strcmp(a->org, b->org);

	if (r == 0)
		r = strcmp(c->role, d->role);
	if (r == 0)
		r = strcmp(c->channel, d->channel);
	return r != 0 ? r : strcmp(c->address, d->address);
}

static struct sorted *
sort(const struct registry *reg, enum import_kind kind, uint32_t *n)
{
	static int (*const order[])(const void *, const void *) = { by_org, by_asset, by_contact };
	struct sorted *s;
	uint32_t i;

	*n = kind == IMPORT_ORG ? reg->norg : kind == IMPORT_ASSET ? reg->nasset : reg->ncontact;
	s = xmalloc(((size_t)*n + 1) * sizeof *s);
	for (i = 0; i < *n; i++) {
		uint32_t org = kind == IMPORT_ORG ? reg->org[i].id :
		    kind == IMPORT_ASSET ? reg->asset[i].org : reg->contact[i].org;

		s[i].org = registry_org(reg, org)->key;
		s[i].row = kind == IMPORT_ORG ? (const void *)&reg->org[i] :
		    kind == IMPORT_ASSET ? (const void *)&reg->asset[i] : (const void *)&reg->contact[i];
	}
	qsort(s, *n, sizeof *s, order[kind]);
	return s;
}

/* ---- rows */

static void
put_org(struct buf *out, const struct org *o)
{
	cell(out, o->key, ',');
	cell(out, o->name, ',');
	cell(out, o->constituency, ',');
	cell(out, o->sector, ',');
	cell(out, o->language, ',');
	cell(out, o->email, ',');
	cell(out, o->parent_key, ',');
	duration(out, o->interval, '\n');
}

static void
put_asset(struct buf *out, const char *org, const struct asset *a)
{
	cell(out, org, ',');
	cell(out, a->text, ',');
	cell(out, a->verified ? "yes" : "no", ',');
	day(out, a->from, ',');
	day(out, a->until, ',');
	cell(out, asset_role_names[a->role], ',');
	cell(out, asset_use_names[a->use], ',');
	cell(out, a->verified_by, ',');
	cell(out, a->verified_on, ',');
	cell(out, a->method, ',');
	day(out, a->verify_until, ',');
	duration(out, a->interval, '\n');
}

static void
put_contact(struct buf *out, const char *org, const struct contact *c)
{
	cell(out, org, ',');
	cell(out, c->role, ',');
	cell(out, c->channel, ',');
	cell(out, c->address, ',');
	cell(out, c->classes, ',');
	cell(out, c->language, ',');
	cell(out, tlp_names[c->tlp_max], ',');
	day(out, c->confirmed, ',');
	day(out, c->expires, ',');
	cell(out, c->key != NULL ? c->key : "", '\n');
}

void
registry_export(struct buf *out, const struct registry *reg, enum import_kind kind)
{
	static const char *const head[] = {
		"organisation,name,constituency,sector,language,email,parent,interval\n",
		"organisation,asset,verified,valid_from,valid_until,role,use,verified_by,verified_on,"
		    "method,verify_until,interval\n",
		"organisation,role,channel,address,classes,language,tlp_max,confirmed,expires,key\n",
	};
	struct sorted *s;
	uint32_t i, n;

	s = sort(reg, kind, &n);
	buf_str(out, head[kind]);
	for (i = 0; i < n; i++)
		if (kind == IMPORT_ORG)
			put_org(out, s[i].row);
		else if (kind == IMPORT_ASSET)
			put_asset(out, s[i].org, s[i].row);
		else
			put_contact(out, s[i].org, s[i].row);
	free(s);
}
