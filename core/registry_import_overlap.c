/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notes on the lines of an import whose assets another organisation has too.
 * Sub-allocations are how it is meant to be, so this refuses nothing; what is
 * ordinary is not told: a holding and its subsidiary, an owner within its
 * operator's network, and what was in the registry before and did not change.
 */
#include <stdlib.h>
#include "mem.h"
#include "registry_import_int.h"
#include "registry_overlap.h"

static bool
matters(void *arg, uint32_t a, uint32_t b)
{
	const struct importing *im = arg;
	const struct asset *x = ASSET(im, a), *y = ASSET(im, b);

	return x->org != y->org && x->role == y->role && x->role != ROLE_NONE &&
	    ((im->asset.flag[a] | im->asset.flag[b]) & ROW_FRESH) != 0 && !import_related(im, x->org, y->org);
}

static void
each(void *arg, uint32_t a, uint32_t b, enum overlap how)
{
	static const char *const is[] = { "the same as", "inside", "overlaps with" };
	static const char *const has[] = { "the same as", "has in it", "overlaps with" };
	struct importing *im = arg;
	bool mine = (im->asset.flag[a] & ROW_FRESH) != 0;
	uint32_t it = mine ? a : b, other = mine ? b : a;

	import_note(im, IMPORT_ASSET, im->asset.line[it], false, "%s: %s %s of %s%s", ASSET(im, it)->text,
	    (mine ? is : has)[how], ASSET(im, other)->text, ORG(im, ASSET(im, other)->org)->key,
	    how == OVERLAP_INSIDE ? "" : ": a conflict, nobody will be warned about it");
}

void
import_overlaps(struct importing *im)
{
	uint32_t *which = xmalloc(((size_t)im->asset.n + 1) * sizeof *which), i, n = 0;

	for (i = 0; i < im->asset.n; i++)
		if (!(im->asset.flag[i] & ROW_GONE))
			which[n++] = i;
	registry_overlaps(im->asset.row, which, n, matters, each, im);
	free(which);
}
