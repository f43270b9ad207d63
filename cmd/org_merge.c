/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tocsin org merge, tocsin org split: orders that give assets, contacts and
 * cases of one organisation to another.  Checked here against the registry as
 * it is; the decider asks again.
 */
#include <stdlib.h>
#include <string.h>
#include "cmd/order.h"
#include "cmd/org.h"
#include "mem.h"
#include "near.h"

static bool
known(const struct cmd_args *a, const struct registry *reg, const char *key)
{
	const char **keys, *near;
	uint32_t i;

	if (registry_org_key(reg, key) != NULL)
		return true;
	keys = xcalloc(reg->norg + 1, sizeof *keys);
	for (i = 0; i < reg->norg; i++)
		keys[i] = reg->org[i].key;
	near = near_name(key, keys, reg->norg);
	cmd_fail(a, 0, "organisation \"%s\" is not in the registry%s%s%s", key,
	    near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	free(keys);
	return false;
}

static bool
has_asset(const struct cmd_args *a, const struct registry *reg, const char *org, const char *text)
{
	const struct org *o = registry_org_key(reg, org);
	uint32_t i;

	for (i = 0; i < reg->nasset; i++)
		if (reg->asset[i].org == o->id && tcs_is_nocase(tcs_str(text), reg->asset[i].text))
			return true;
	cmd_fail(a, 0, "%s has no asset %s; `tocsin org show %s` lists them", org, text, org);
	return false;
}

static const char *
args_of(struct view *v, const struct cmd_args *a, bool split)
{
	const char *json;
	struct buf b, assets;
	int i;

	buf_init(&b);
	buf_init(&assets);
	for (i = 3; i < a->narg; i++)
		buf_printf(&assets, "%s%s", i > 3 ? "," : "", a->arg[i]);
	buf_str(&b, "{\"from\":");
	buf_json_str(&b, a->arg[1]);
	buf_str(&b, ",\"into\":");
	buf_json_str(&b, a->arg[2]);
	if (split) {
		buf_str(&b, ",\"assets\":");
		buf_json_str(&b, assets.p);
	}
	if (cmd_value(a, "why") != NULL) {
		buf_str(&b, ",\"why\":");
		buf_json_str(&b, cmd_value(a, "why"));
	}
	buf_char(&b, '}');
	json = arena_strndup(v->arena, b.p, b.n);
	buf_free(&b);
	buf_free(&assets);
	return json;
}

static int
give(const struct cmd_args *a, bool split)
{
	struct err e = ERR_INIT;
	struct registry *reg;
	struct view v;
	int i, status = view_open(&v, a, LEDGER_HAND);
	bool good;

	if (status != CMD_OK)
		return status;
	if ((reg = ledger_registry(v.l, &e)) == NULL)
		return view_done(&v, false, &e);
	good = known(a, reg, a->arg[1]) && known(a, reg, a->arg[2]);
	if (good && strcmp(a->arg[1], a->arg[2]) == 0)
		good = cmd_fail(a, 0, "%s twice: expected two organisations", a->arg[1]) != 0;
	for (i = 3; good && split && i < a->narg; i++)
		good = has_asset(a, reg, a->arg[1], a->arg[i]);
	registry_free(reg);
	status = !good ? CMD_USAGE : order_give(&v, split ? "org-split" : "org-merge", args_of(&v, a, split),
	    arena_printf(v.arena, "%s, %s", a->arg[1], a->arg[2]));
	view_close(&v);
	return status;
}

int
org_merge(const struct cmd_args *a)
{
	return give(a, false);
}

int
org_split(const struct cmd_args *a)
{
	return give(a, true);
}
