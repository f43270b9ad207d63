/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How two rows of the registry differ, in words: "verified: no -> yes".  What
 * makes them the same thing (id, asset, address) is not compared.
 */
#include <string.h>
#include "finding.h"
#include "registry_import_int.h"
#include "registry_value.h"
#include "timefmt.h"

static void
differ(struct buf *out, const char *what, const char *old, const char *new)
{
	if (strcmp(old, new) == 0)
		return;
	buf_printf(out, "%s%s: %s -> %s", out->n > 0 ? "; " : "", what, *old != '\0' ? old : "-",
	    *new != '\0' ? new : "-");
}

static void
differ_day(struct buf *out, const char *what, int64_t old, int64_t new)
{
	char a[TIME_TEXT] = "", b[TIME_TEXT] = "";

	if (old != TIME_NONE)
		time_day(old, a);
	if (new != TIME_NONE)
		time_day(new, b);
	differ(out, what, a, b);
}

static void
differ_interval(struct buf *out, int64_t old, int64_t new)
{
	char a[TIME_TEXT] = "", b[TIME_TEXT] = "";

	if (old > 0)
		duration_text(old, a);
	if (new > 0)
		duration_text(new, b);
	differ(out, "interval", a, b);
}

static void
differ_org(struct buf *out, const struct org *a, const struct org *b)
{
	differ(out, "name", a->name, b->name);
	differ(out, "constituency", a->constituency, b->constituency);
	differ(out, "sector", a->sector, b->sector);
	differ(out, "language", a->language, b->language);
	differ(out, "email", a->email, b->email);
	differ(out, "parent", a->parent_key, b->parent_key);
	differ_interval(out, a->interval, b->interval);
}

static void
differ_asset(struct buf *out, const struct asset *a, const struct asset *b)
{
	differ(out, "verified", a->verified ? "yes" : "no", b->verified ? "yes" : "no");
	differ_day(out, "valid_from", a->from, b->from);
	differ_day(out, "valid_until", a->until, b->until);
	differ(out, "role", asset_role_names[a->role], asset_role_names[b->role]);
	differ(out, "use", asset_use_names[a->use], asset_use_names[b->use]);
	differ(out, "verified_by", a->verified_by, b->verified_by);
	differ(out, "verified_on", a->verified_on, b->verified_on);
	differ(out, "method", a->method, b->method);
	differ_day(out, "verify_until", a->verify_until, b->verify_until);
	differ_interval(out, a->interval, b->interval);
}

static void
differ_contact(struct buf *out, const struct contact *a, const struct contact *b)
{
	differ(out, "classes", a->classes, b->classes);
	differ(out, "language", a->language, b->language);
	differ(out, "tlp_max", tlp_names[a->tlp_max], tlp_names[b->tlp_max]);
	differ_day(out, "confirmed", a->confirmed, b->confirmed);
	differ_day(out, "expires", a->expires, b->expires);
	differ(out, "key", a->key != NULL ? a->key : "", b->key != NULL ? b->key : "");
}

const char *
registry_row_diff(struct arena *a, enum import_kind kind, const void *old, const void *new)
{
	struct buf b;
	const char *text = "";

	buf_init(&b);
	if (kind == IMPORT_ORG)
		differ_org(&b, old, new);
	else if (kind == IMPORT_ASSET)
		differ_asset(&b, old, new);
	else
		differ_contact(&b, old, new);
	if (b.n > 0)
		text = arena_strndup(a, b.p, b.n);
	buf_free(&b);
	return text;
}
