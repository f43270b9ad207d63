/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of an import: what goes, the registry that comes out, how it
 * differs from the old one, and whether any of it may be taken.
 */
#include <stdlib.h>
#include <string.h>
#include "ledger/ledger.h"
#include "mem.h"
#include "registry_import_int.h"

/* ---- what goes */

static bool
goes(const struct importing *im, enum import_kind kind, uint32_t i)
{
	const struct shelf *s = kind == IMPORT_ORG ? &im->org : kind == IMPORT_ASSET ? &im->asset :
	    &im->contact;
	uint32_t org = kind == IMPORT_ASSET ? ASSET(im, i)->org :
	    kind == IMPORT_CONTACT ? CONTACT(im, i)->org : 0;
	uint8_t keep = kind == IMPORT_ASSET ? ROW_KEEP_ASSETS : ROW_KEEP_CONTACTS;

	if (kind != IMPORT_ORG && (im->org.flag[org] & ROW_GONE))
		return true;
	if (!im->opts->replace || s->keep_all || (s->flag[i] & ROW_NAMED) || im->file[kind].p == NULL)
		return false;
	return kind == IMPORT_ORG || (im->org.flag[org] & keep) == 0;
}

static void
mark_gone(struct importing *im, enum import_kind kind)
{
	struct shelf *s = import_shelf(im, kind);
	uint32_t i;

	for (i = 0; i < s->n; i++)
		if (!(s->flag[i] & ROW_GONE) && goes(im, kind, i))
			s->flag[i] |= ROW_GONE;
}

/* ---- what comes out */

static uint32_t
gather(struct importing *im, enum import_kind kind, void *out)
{
	struct shelf *s = import_shelf(im, kind);
	char *rows = arena_alloc(im->a, ((size_t)s->n + 1) * s->size);
	uint32_t i, n = 0;

	for (i = 0; i < s->n; i++)
		if (!(s->flag[i] & ROW_GONE))
			memcpy(rows + n++ * s->size, (char *)s->row + i * s->size, s->size);
	memcpy(out, &rows, sizeof rows);
	return n;
}

/* From places on the shelf to ids, or to places in what comes out for those who have none. */
static void
make_registry(struct importing *im)
{
	struct registry *r = im->im->new;
	uint32_t *number = xcalloc(im->org.n + 1, sizeof *number), i, n = 0;

	for (i = 0; i < im->org.n; i++)
		if (!(im->org.flag[i] & ROW_GONE)) {
			number[i] = ORG(im, i)->id != 0 ? ORG(im, i)->id : REGISTRY_NEW_ORG(n);
			n++;
		}
	r->norg = gather(im, IMPORT_ORG, &r->org);
	r->nasset = gather(im, IMPORT_ASSET, &r->asset);
	r->ncontact = gather(im, IMPORT_CONTACT, &r->contact);
	for (i = 0; i < r->nasset; i++)
		r->asset[i].org = number[r->asset[i].org];
	for (i = 0; i < r->ncontact; i++)
		r->contact[i].org = number[r->contact[i].org];
	free(number);
}

/* ---- how it differs */

static void
change(struct importing *im, enum import_kind kind, uint32_t i, enum import_did did, const char *detail)
{
	struct import *out = im->im;
	struct import_change *c = &out->change[out->nchange++];
	const struct org *o = kind == IMPORT_ORG ? ORG(im, i) :
	    ORG(im, kind == IMPORT_ASSET ? ASSET(im, i)->org : CONTACT(im, i)->org);

	out->did[kind][did]++;
	if (did != IMPORT_REMOVED)
		import_shelf(im, kind)->flag[i] |= ROW_FRESH;
	*c = (struct import_change){ (uint8_t)kind, (uint8_t)did, arena_strdup(out->arena, o->key), "",
	    detail };
	if (kind == IMPORT_ORG)
		c->what = arena_strdup(out->arena, o->name);
	else if (kind == IMPORT_ASSET)
		c->what = arena_strdup(out->arena, ASSET(im, i)->text);
	else
		c->what = arena_printf(out->arena, "%s %s %s", CONTACT(im, i)->role, CONTACT(im, i)->channel,
		    CONTACT(im, i)->address);
}

/* The old row as the shelf had it: its organisation by place. Only what is compared matters. */
static const void *
old_row(const struct importing *im, enum import_kind kind, uint32_t i)
{
	return kind == IMPORT_ORG ? (const void *)&im->old->org[i] :
	    kind == IMPORT_ASSET ? (const void *)&im->old->asset[i] : (const void *)&im->old->contact[i];
}

static void
find_changes(struct importing *im, enum import_kind kind, bool removed)
{
	const struct shelf *s = import_shelf(im, kind);
	const char *diff;
	uint32_t i;

	for (i = 0; i < s->n; i++) {
		bool gone = (s->flag[i] & ROW_GONE) != 0;

		if (gone != removed || (gone && i >= s->nold))
			continue;
		if (gone)
			change(im, kind, i, IMPORT_REMOVED, "");
		else if (i >= s->nold)
			change(im, kind, i, IMPORT_ADDED, "");
		else if (*(diff = registry_row_diff(im->im->arena, kind, old_row(im, kind, i),
		    (char *)s->row + i * s->size)) != '\0')
			change(im, kind, i, IMPORT_CHANGED, diff);
	}
}

static void
find_stop(struct importing *im)
{
	struct import *out = im->im;
	unsigned k;

	if (out->refused > 0 && !im->opts->partial) {
		out->stop = arena_printf(out->arena, "%u line%s refused, so nothing was taken; --partial "
		    "takes the others", (unsigned)out->refused, out->refused == 1 ? " was" : "s were");
		return;
	}
	for (k = 0; k < IMPORT_KINDS && !im->opts->yes; k++)
		if ((uint64_t)out->did[k][IMPORT_REMOVED] * 20 > out->had[k]) {
			out->stop = arena_printf(out->arena,
			    "%u of %u %ss would go, more than one in twenty, so nothing was taken; "
			    "--yes does it all the same", (unsigned)out->did[k][IMPORT_REMOVED],
			    (unsigned)out->had[k], import_kind_names[k]);
			return;
		}
}

void
import_end(struct importing *im)
{
	uint32_t most = im->org.n + im->asset.n + im->contact.n;
	unsigned k;

	for (k = 0; k < IMPORT_KINDS; k++)
		mark_gone(im, k);
	im->im->change = xmalloc(((size_t)most + 1) * sizeof *im->im->change);
	for (k = 0; k < IMPORT_KINDS; k++)
		find_changes(im, k, false);
	for (k = 0; k < IMPORT_KINDS; k++)
		find_changes(im, k, true);
	make_registry(im);
	find_stop(im);
}
