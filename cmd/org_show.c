/* SPDX-License-Identifier: Apache-2.0 */
/* tocsin org list|show|check|export: the registry as it is. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "clock.h"
#include "cmd/list.h"
#include "cmd/org.h"
#include "cmd/keys.h"
#include "mem.h"
#include "near.h"
#include "registry_check.h"
#include "registry_export.h"
#include "registry_value.h"
#include "timefmt.h"
#include "utf8.h"

static int64_t
day_of(int64_t ns)
{
	return ns == TIME_NONE ? TIME_NONE : ns / NS / DAY;
}

/* ---- list */

static const struct list_col org_cols[] = {
	{ "organisation", "ORGANISATION", LIST_TEXT, 0 }, { "name", "NAME", LIST_TEXT, LIST_CUT },
	{ "constituency", "CONSTITUENCY", LIST_TEXT, 0 }, { "sector", NULL, LIST_TEXT, 0 },
	{ "language", "LANG", LIST_TEXT, 0 }, { "email", NULL, LIST_TEXT, 0 },
	{ "parent", "PARENT", LIST_TEXT, 0 }, { "networks", "NETWORKS", LIST_NUMBER, 0 },
	{ "asns", "AS", LIST_NUMBER, 0 }, { "domains", "DOMAINS", LIST_NUMBER, 0 },
	{ "unverified", "UNVERIFIED", LIST_NUMBER, 0 }, { "contacts", "CONTACTS", LIST_NUMBER, 0 },
	{ NULL, NULL, LIST_TEXT, 0 }
};

struct counts { uint32_t nets, asns, domains, unverified; };

static struct counts *
count_assets(const struct registry *reg)
{
	uint32_t last = reg->norg > 0 ? reg->org[reg->norg - 1].id : 0, i;
	struct counts *c = xcalloc((size_t)last + 1, sizeof *c);

	for (i = 0; i < reg->nasset; i++) {
		struct counts *k = &c[reg->asset[i].org];

		k->nets += reg->asset[i].kind == ASSET_NET || reg->asset[i].kind == ASSET_RANGE;
		k->asns += reg->asset[i].kind == ASSET_ASN;
		k->domains += reg->asset[i].kind == ASSET_DOMAIN;
		k->unverified += !reg->asset[i].verified;
	}
	return c;
}

static void
org_row(struct list *t, const struct registry *reg, const struct org *o, const struct counts *c)
{
	const struct contact *first;

	list_text(t, "organisation", o->key);
	list_text(t, "name", o->name);
	list_text(t, "constituency", o->constituency);
	list_some(t, "sector", o->sector);
	list_some(t, "language", o->language);
	list_some(t, "email", o->email);
	list_some(t, "parent", o->parent_key);
	list_number(t, "networks", c->nets);
	list_number(t, "asns", c->asns);
	list_number(t, "domains", c->domains);
	list_number(t, "unverified", c->unverified);
	list_number(t, "contacts", registry_contacts(reg, o->id, &first));
	list_row(t);
}

int
org_list(const struct cmd_args *a)
{
	struct view v;
	struct registry *reg;
	struct counts *c;
	struct list *t;
	uint32_t i;
	int status = org_open(&v, a, &reg);

	if (status != CMD_OK)
		return status;
	c = count_assets(reg);
	t = list_new(org_cols, a->json, stdout, a->json ? 0 : list_width());
	for (i = 0; i < reg->norg; i++)
		org_row(t, reg, &reg->org[i], &c[reg->org[i].id]);
	list_end(t, "no organisations yet; tocsin org import brings them in");
	free(c);
	registry_free(reg);
	return view_done(&v, true, NULL);
}

/* ---- show */

static const struct list_col asset_cols[] = {
	{ "asset", "ASSET", LIST_TEXT, 0 }, { "verified", "VERIFIED", LIST_BOOL, 0 },
	{ "valid_from", "FROM", LIST_DAY, 0 }, { "valid_until", "UNTIL", LIST_DAY, 0 },
	{ "role", "ROLE", LIST_TEXT, 0 }, { "use", "USE", LIST_TEXT, 0 },
	{ "verified_by", "VERIFIED BY", LIST_TEXT, LIST_CUT }, { "verified_on", "ON", LIST_TEXT, 0 },
	{ "method", "HOW", LIST_TEXT, LIST_CUT }, { "verify_until", "HOLDS UNTIL", LIST_DAY, 0 },
	{ NULL, NULL, LIST_TEXT, 0 }
};
static const struct list_col contact_cols[] = {
	{ "role", "ROLE", LIST_TEXT, 0 }, { "channel", "CHANNEL", LIST_TEXT, 0 },
	{ "address", "ADDRESS", LIST_TEXT, 0 }, { "classes", "CLASSES", LIST_TEXT, LIST_CUT },
	{ "language", "LANG", LIST_TEXT, 0 }, { "tlp_max", "TLP", LIST_TEXT, 0 },
	{ "confirmed", "CONFIRMED", LIST_DAY, 0 }, { "expires", "EXPIRES", LIST_DAY, 0 },
	{ "key", "KEY", LIST_TEXT, LIST_CUT }, { NULL, NULL, LIST_TEXT, 0 }
};

static void
show_assets(const struct registry *reg, const struct org *o, bool json, FILE *out)
{
	struct list *t = list_new(asset_cols, json, out, json ? 0 : list_width());
	uint32_t i;

	for (i = 0; i < reg->nasset; i++) {
		const struct asset *s = &reg->asset[i];

		if (s->org != o->id)
			continue;
		list_text(t, "asset", s->text);
		list_bool(t, "verified", s->verified);
		list_day(t, "valid_from", day_of(s->from));
		list_day(t, "valid_until", day_of(s->until));
		list_text(t, "role", role_words[s->role]);
		list_text(t, "use", asset_use_names[s->use]);
		list_some(t, "verified_by", s->verified_by);
		list_some(t, "verified_on", s->verified_on);
		list_some(t, "method", s->method);
		list_day(t, "verify_until", day_of(s->verify_until));
		list_row(t);
	}
	list_end(t, "no assets");
}

static void
show_contacts(const struct registry *reg, const struct org *o, bool json, FILE *out)
{
	struct list *t = list_new(contact_cols, json, out, json ? 0 : list_width());
	const struct contact *c;
	uint32_t n = registry_contacts(reg, o->id, &c), i;

	for (i = 0; i < n; i++) {
		list_text(t, "role", c[i].role);
		list_text(t, "channel", c[i].channel);
		list_text(t, "address", c[i].address);
		list_some(t, "classes", c[i].classes);
		list_some(t, "language", c[i].language);
		list_text(t, "tlp_max", tlp_names[c[i].tlp_max]);
		list_day(t, "confirmed", day_of(c[i].confirmed));
		list_day(t, "expires", day_of(c[i].expires));
		list_some(t, "key", c[i].key);
		list_row(t);
	}
	list_end(t, "no contacts beside the mail address");
}

/* The lines of a list become the elements of an array. */
static void
json_array(struct buf *out, const char *name, const struct registry *reg, const struct org *o,
    void (*show)(const struct registry *, const struct org *, bool, FILE *))
{
	char *text = NULL;
	size_t n = 0, i;
	FILE *f = open_memstream(&text, &n);

	show(reg, o, true, f);
	fclose(f);
	buf_printf(out, ",\"%s\":[", name);
	for (i = 0; i < n; i++)
		if (text[i] != '\n')
			buf_char(out, text[i]);
		else if (i + 1 < n)
			buf_char(out, ',');
	buf_char(out, ']');
	free(text);
}

static void
json_text(struct buf *out, const char *name, const char *s)
{
	buf_printf(out, "%s\"%s\":", out->n > 1 ? "," : "", name);
	buf_json_str(out, *s != '\0' ? s : NULL);
}

static void
show_json(const struct registry *reg, const struct org *o)
{
	struct buf b;

	buf_init(&b);
	buf_char(&b, '{');
	json_text(&b, "organisation", o->key);
	json_text(&b, "name", o->name);
	json_text(&b, "constituency", o->constituency);
	json_text(&b, "sector", o->sector);
	json_text(&b, "language", o->language);
	json_text(&b, "email", o->email);
	json_text(&b, "parent", o->parent_key);
	json_array(&b, "assets", reg, o, show_assets);
	json_array(&b, "contacts", reg, o, show_contacts);
	buf_str(&b, "}\n");
	fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

static void
show_line(const char *what, const char *text)
{
	struct buf safe;

	buf_init(&safe);
	utf8_safe(&safe, text, strlen(text));
	printf("%-14s %s\n", what, safe.n > 0 ? safe.p : "-");
	buf_free(&safe);
}

static void
show_text(const struct registry *reg, const struct org *o)
{
	show_line("organisation", o->key);
	show_line("name", o->name);
	show_line("constituency", o->constituency);
	show_line("sector", o->sector);
	show_line("language", o->language);
	show_line("email", o->email);
	show_line("parent", o->parent_key);
	putchar('\n');
	fflush(stdout);
	show_assets(reg, o, false, stdout);
	putchar('\n');
	show_contacts(reg, o, false, stdout);
}

static int
no_such_org(const struct cmd_args *a, const struct registry *reg)
{
	const char **names = xcalloc((size_t)reg->norg + 1, sizeof *names), *near;
	uint32_t i;

	for (i = 0; i < reg->norg; i++)
		names[i] = reg->org[i].key;
	near = near_name(a->arg[1], names, reg->norg);
	free(names);
	return near != NULL ? cmd_fail(a, CMD_FAILED, "there is no organisation \"%s\"; did you mean \"%s\"?",
	    a->arg[1], near) : cmd_fail(a, CMD_FAILED, "there is no organisation \"%s\"", a->arg[1]);
}

int
org_show(const struct cmd_args *a)
{
	struct view v;
	struct registry *reg;
	const struct org *o;
	int status = org_open(&v, a, &reg);

	if (status != CMD_OK)
		return status;
	if ((o = registry_org_key(reg, a->arg[1])) == NULL)
		status = no_such_org(a, reg);
	else if (a->json)
		show_json(reg, o);
	else
		show_text(reg, o);
	registry_free(reg);
	view_close(&v);
	return status;
}

/* ---- check */

static const struct list_col check_cols[] = {
	{ "trouble", "TROUBLE", LIST_TEXT, 0 }, { "organisation", "ORGANISATION", LIST_TEXT, 0 },
	{ "what", "WHAT", LIST_TEXT, 0 },
	{ "other", "OTHER", LIST_TEXT, 0 }, { "with", "WITH", LIST_TEXT, 0 }, { "day", "DAY", LIST_DAY, 0 },
	{ "grave", NULL, LIST_BOOL, 0 }, { NULL, NULL, LIST_TEXT, 0 }
};

struct checking {
	struct list	*t;
	const struct config *cfg;
	bool		 grave;
};

static void
each_trouble(void *arg, const struct registry_finding *f)
{
	struct checking *c = arg;

	c->grave |= registry_trouble_grave[f->trouble];
	list_text(c->t, "trouble", registry_trouble_names[f->trouble]);
	list_text(c->t, "organisation", f->org->key);
	list_text(c->t, "what", f->what);
	list_text(c->t, "other", f->other != NULL ? f->other->key : NULL);
	list_text(c->t, "with", f->with);
	list_day(c->t, "day", day_of(f->day));
	list_bool(c->t, "grave", registry_trouble_grave[f->trouble]);
	list_row(c->t);
}

/* Keys: a warning that needs one waits for it. */
static void
each_key(void *arg, const struct key_row *r)
{
	struct checking *c = arg;

	list_text(c->t, "trouble", "key");
	list_text(c->t, "organisation", r->whose);
	list_text(c->t, "what", r->text);
	list_text(c->t, "with", r->ails);
	list_bool(c->t, "grave", false);
	list_row(c->t);
}

/* A partner body is a notifier with an address of its own for that constituency. */
static bool
has_partner(void *arg, const char *constituency)
{
	const struct checking *c = arg;
	struct tcs_slice rest, one;
	uint32_t i;

	for (i = 0; i < c->cfg->nnotifier; i++) {
		const struct cfg_notifier *n = &c->cfg->notifier[i];

		if (n->to == NULL || n->constituency == NULL)
			continue;
		for (rest = tcs_str(n->constituency); tcs_cut(&rest, '|', &one); )
			if (tcs_is(one, "*") || tcs_is(one, constituency))
				return true;
	}
	return false;
}

int
org_check(const struct cmd_args *a)
{
	struct view v;
	struct registry *reg;
	struct checking c = { .grave = false };
	int status = org_open(&v, a, &reg);

	if (status != CMD_OK)
		return status;
	c.cfg = v.cfg;
	c.t = list_new(check_cols, a->json, stdout, a->json ? 0 : list_width());
	registry_check(reg, clock_now(), has_partner, each_trouble, &c);
	keys_each(&v, reg, clock_now() / NS, each_key, &c);
	list_end(c.t, "nothing to see to");
	registry_free(reg);
	view_close(&v);
	return c.grave ? CMD_FAILED : CMD_OK;
}

/* ---- export */

/* Whole or not at all: written beside, then renamed. */
static bool
write_file(const char *dir, const char *name, const struct buf *b, bool force, struct err *e)
{
	char *path = xasprintf("%s/%s", dir, name),
	    *made = xasprintf("%s/.%s.%ld", dir, name, (long)getpid());
	FILE *f = !force && access(path, F_OK) == 0 ? NULL : fopen(made, "wb");
	bool good;

	if (f == NULL)
		good = err_set(e, !force && access(path, F_OK) ==
		    0 ? "%s is there already; --force writes over it" : "%s cannot be written: %m", path);
	else {
		good = fwrite(b->p, 1, b->n, f) == b->n;
		good = fflush(f) == 0 && fsync(fileno(f)) == 0 && good;
		good = fclose(f) == 0 && good && rename(made, path) == 0;
		if (!good) {
			err_set(e, "%s cannot be written: %s", path, strerror(errno));
			unlink(made);
		}
	}
	free(path);
	free(made);
	return good;
}

static bool
export_files(const struct cmd_args *a, const struct registry *reg, struct err *e)
{
	const char *dir = a->narg > 1 ? a->arg[1] : ".";
	struct buf b;
	bool good = true;
	unsigned k;

	buf_init(&b);
	for (k = 0; k < IMPORT_KINDS && good; k++) {
		buf_reset(&b);
		registry_export(&b, reg, k);
		good = write_file(dir, registry_file_names[k], &b, cmd_has(a, "force"), e);
		if (good)
			printf("%s/%s\n", dir, registry_file_names[k]);
	}
	buf_free(&b);
	return good;
}

int
org_export(const struct cmd_args *a)
{
	struct view v;
	struct registry *reg;
	struct err e = ERR_INIT;
	bool good = true;
	uint32_t i;
	int status = org_open(&v, a, &reg);

	if (status != CMD_OK)
		return status;
	if (a->json)
		for (i = 0; i < reg->norg; i++)
			show_json(reg, &reg->org[i]);
	else
		good = export_files(a, reg, &e);
	registry_free(reg);
	return view_done(&v, good, &e);
}
