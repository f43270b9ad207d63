/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parents, once all organisations are read: a line whose parent is nowhere,
 * or that closes a circle, is refused after all.  Who the parent is decides
 * who is warned where both claim the same, so nothing doubtful is kept.
 */
#include <string.h>
#include "registry_import_int.h"

#define NOBODY UINT32_MAX

static bool
stays(const struct importing *im, uint32_t i)
{
	if (im->org.flag[i] & ROW_GONE)
		return false;
	return !im->opts->replace || im->org.keep_all || (im->org.flag[i] & ROW_NAMED) != 0;
}

static uint32_t
parent_of(const struct importing *im, uint32_t i)
{
	const char *key = ORG(im, i)->parent_key;
	struct buf b = { .p = (char *)(uintptr_t)key, .n = strlen(key) };
	uint32_t at;

	return shelf_find(&im->org, &b, &at) && stays(im, at) ? at : NOBODY;
}

/* As if the line had been refused when it was read. */
static void
refuse(struct importing *im, uint32_t i, const char *why)
{
	const char *key = ORG(im, i)->key;

	import_note(im, IMPORT_ORG, im->org.line[i], true, "parent: %s %s", ORG(im, i)->parent_key, why);
	map_set(im->refused, key, strlen(key), im->org.line[i]);
	im->org.flag[i] &= (uint8_t)~ROW_TAKEN;
	if (i >= im->org.nold) {
		im->org.flag[i] |= ROW_GONE;
		return;
	}
	*ORG(im, i) = im->old->org[i];
	ORG(im, i)->parent = 0;
}

static bool
in_circle(const struct importing *im, uint32_t i)
{
	uint32_t at = i, n;

	for (n = 0; n <= im->org.n && *ORG(im, at)->parent_key != '\0'; n++)
		if ((at = parent_of(im, at)) == i)
			return true;
		else if (at == NOBODY)
			return false;
	return false;
}

static bool
look(struct importing *im, uint32_t i)
{
	bool taken = (im->org.flag[i] & ROW_TAKEN) != 0;

	if (!stays(im, i) || *ORG(im, i)->parent_key == '\0')
		return false;
	if (parent_of(im, i) == NOBODY) {
		if (taken)
			refuse(im, i, "is neither in the file nor in the registry");
		else			/* it was refused itself, and its parent goes */
			ORG(im, i)->parent_key = "";
		return true;
	}
	if (taken && in_circle(im, i)) {
		refuse(im, i, "descends from this organisation itself");
		return true;
	}
	return false;
}

static bool
descends(const struct importing *im, uint32_t child, uint32_t parent)
{
	uint32_t n;

	for (n = 0; n < 16 && *ORG(im, child)->parent_key != '\0'; n++)
		if ((child = parent_of(im, child)) == parent)
			return true;
		else if (child == NOBODY)
			return false;
	return false;
}

bool
import_related(const struct importing *im, uint32_t org, uint32_t other)
{
	return descends(im, org, other) || descends(im, other, org);
}

/* Again until nothing changes: who is refused may have been another's parent. */
void
import_parents(struct importing *im)
{
	bool again = true;
	uint32_t i;

	while (again)
		for (again = false, i = 0; i < im->org.n; i++)
			again |= look(im, i);
}
