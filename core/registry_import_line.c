/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of the three files.  A line becomes a row, the row finds its place
 * on the shelf or gets a new one.  Of a refused line as much is remembered as
 * is needed to leave alone what it meant: the row it names, all rows of its
 * organisation, or all rows, whichever could still be read.
 */
#include <string.h>
#include "finding.h"
#include "mem.h"
#include "near.h"
#include "registry_csv.h"
#include "registry_import_int.h"
#include "registry_value.h"
#include "timefmt.h"

#define NAME_MOST 200

enum { O_KEY, O_NAME, O_CONSTITUENCY, O_SECTOR, O_LANGUAGE, O_EMAIL, O_PARENT, O_INTERVAL };
static const struct csv_col org_cols[] =
	{ { "organisation", false }, { "name", false }, { "constituency", false },
	{ "sector", false }, { "language", false }, { "email", false }, { "parent", true },
	{ "interval", true }, { NULL, false } };
enum { A_ORG, A_ASSET, A_VERIFIED, A_FROM, A_UNTIL, A_ROLE, A_USE, A_BY, A_ON, A_METHOD, A_HOLDS,
    A_INTERVAL };
static const struct csv_col asset_cols[] = { { "organisation", false }, { "asset", false },
	{ "verified", false }, { "valid_from", false }, { "valid_until", false }, { "role", true },
	{ "use", true }, { "verified_by", true }, { "verified_on", true },
	{ "method", true }, { "verify_until", true }, { "interval", true }, { NULL, false } };
enum { C_ORG, C_ROLE, C_CHANNEL, C_ADDRESS, C_CLASSES, C_LANGUAGE, C_TLP_MAX, C_CONFIRMED, C_EXPIRES,
	C_KEY };
static const struct csv_col contact_cols[] = { { "organisation", false }, { "role", false },
	{ "channel", false }, { "address", false }, { "classes", true }, { "language", true },
	{ "tlp_max", true }, { "confirmed", true }, { "expires", true }, { "key", true }, { NULL, false } };
static const struct csv_col *const cols[] = { org_cols, asset_cols, contact_cols };

struct reading {
	struct importing *im;
	enum import_kind kind;
	uint32_t	 line;
	const struct tcs_slice *cell;
	struct buf	 key;
};

static const char *
text(const struct reading *r, int i)
{
	return arena_strndup(r->im->a, r->cell[i].p != NULL ? r->cell[i].p : "", r->cell[i].n);
}

/* ---- one row of each kind: false with the reason; what of it was read before stays read */

/* How long it is silent about what was told: as the policy says where nothing is given. */
static bool
read_interval(struct tcs_slice s, int64_t *out, struct err *e)
{
	*out = 0;
	if (s.n == 0 || (duration_parse(s.p, s.n, out) && *out > 0))
		return true;
	return err_set(e, "interval: expected a duration such as 7d or 12h, or nothing");
}

static bool
read_org(const struct reading *r, struct org *o, struct err *e)
{
	struct arena *a = r->im->a;

	*o = (struct org){ .key = "", .parent_key = "" };
	if (!value_key(r->cell[O_KEY], "organisation", a, &o->key, e))
		return false;
	if (r->cell[O_NAME].n > NAME_MOST)
		return err_set(e, "name: of more than %d bytes; expected one that fits the subject of a mail",
		    NAME_MOST);
	if (r->cell[O_NAME].n == 0)
		return err_set(e, "name: empty");
	o->name = text(r, O_NAME);
	o->sector = text(r, O_SECTOR);
	if (r->cell[O_PARENT].n > 0 && !value_key(r->cell[O_PARENT], "parent", a, &o->parent_key, e))
		return false;
	return read_interval(r->cell[O_INTERVAL], &o->interval, e) &&
	    value_word(r->cell[O_CONSTITUENCY], "constituency", "direct", a, &o->constituency, e) &&
	    value_language(r->cell[O_LANGUAGE], a, &o->language, e) &&
	    value_mail(r->cell[O_EMAIL], "email", a, &o->email, e);
}

static bool
read_verified(const struct reading *r, bool *out, struct err *e)
{
	*out = tcs_is_nocase(r->cell[A_VERIFIED], "yes");
	if (!*out && !tcs_is_nocase(r->cell[A_VERIFIED], "no"))
		return err_set(e, "verified: expected yes or no");
	return true;
}

static bool
read_asset(const struct reading *r, struct asset *s, const char **flag, struct err *e)
{
	int64_t on;

	if (!value_asset(r->cell[A_ASSET], r->im->opts->allow_documentation, r->im->a, s, flag, e) ||
	    !read_verified(r, &s->verified, e) || !value_day(r->cell[A_FROM], "valid_from", &s->from, e) ||
	    !value_day(r->cell[A_UNTIL], "valid_until", &s->until, e) ||
	    !value_choice(r->cell[A_ROLE], "role", asset_role_names, &s->role, e) ||
	    !value_choice(r->cell[A_USE], "use", asset_use_names, &s->use, e) ||
	    !value_day(r->cell[A_ON], "verified_on", &on, e) ||
	    !value_day(r->cell[A_HOLDS], "verify_until", &s->verify_until, e) ||
	    !read_interval(r->cell[A_INTERVAL], &s->interval, e))
		return false;
	if (on != TIME_NONE && s->verify_until != TIME_NONE && s->verify_until < on)
		return err_set(e, "verify_until is before verified_on");
	if (s->from != TIME_NONE && s->until != TIME_NONE && s->until < s->from)
		return err_set(e, "valid_until is before valid_from");
	s->verified_by = text(r, A_BY);
	s->verified_on = text(r, A_ON);
	s->method = text(r, A_METHOD);
	return true;
}

static bool
read_address(const struct reading *r, struct contact *c, struct err *e)
{
	struct tcs_slice s = r->cell[C_ADDRESS];

	if (s.n == 0)
		return err_set(e, "address: empty");
	if (strcmp(c->channel, "email") == 0)
		return value_mail(s, "address", r->im->a, &c->address, e);
	if (strcmp(c->channel, "webhook") == 0 && !tcs_starts(s, "https://") && !tcs_starts(s, "http://"))
		return err_set(e, "address: a webhook needs a URL that begins with https://");
	c->address = text(r, C_ADDRESS);
	return true;
}

static bool
channel_known(const char *channel)
{
	return strcmp(channel, "email") == 0 || strcmp(channel, "webhook") == 0 ||
	    strcmp(channel, "phone") == 0 || strcmp(channel, "post") == 0;
}

/* What it is and what it is good for; only mail needs one. */
static bool
read_key(const struct reading *r, struct contact *c, const char **note, struct err *e)
{
	const struct import_opts *o = r->im->opts;
	const char *why;

	c->key = text(r, C_KEY);
	if (*c->key == '\0' || o->key == NULL || strcmp(c->channel, "email") != 0)
		return true;
	why = o->key(o->key_arg, c->key, c->address, r->im->im->arena, note);
	return why == NULL || err_set(e, "key: %s", why);
}

static bool
read_contact(const struct reading *r, struct contact *c, const char **note, struct err *e)
{
	struct arena *a = r->im->a;
	enum tlp tlp = TLP_AMBER;

	if (!value_word(r->cell[C_ROLE], "role", NULL, a, &c->role, e) ||
	    !value_word(r->cell[C_CHANNEL], "channel", NULL, a, &c->channel, e) || !read_address(r, c, e))
		return false;
	if (r->cell[C_TLP_MAX].n > 0 && !tlp_by_name(r->cell[C_TLP_MAX], &tlp))
		return err_set(e, "tlp_max: expected clear, green, amber, amber+strict or red");
	c->tlp_max = (uint8_t)tlp;
	c->classes = text(r, C_CLASSES);
	return read_key(r, c, note, e) && value_language(r->cell[C_LANGUAGE], a, &c->language, e) &&
	    value_day(r->cell[C_CONFIRMED], "confirmed", &c->confirmed, e) &&
	    value_day(r->cell[C_EXPIRES], "expires", &c->expires, e);
}

/* ---- rows and shelves */

static uint32_t
shelf_add(struct shelf *s, const struct buf *key)
{
	if (s->n == s->cap) {
		s->cap *= 2;
		s->row = xrealloc(s->row, s->cap * s->size);
		s->flag = xrealloc(s->flag, s->cap);
		s->line = xrealloc(s->line, s->cap * sizeof *s->line);
	}
	s->flag[s->n] = 0;
	s->line[s->n] = 0;
	map_set(s->key, key->p, key->n, s->n);
	return s->n++;
}

/* The row goes to its place. An old one keeps its id, and is not touched where nothing differs. */
static void
put_row(struct reading *r, void *row, const char *flag)
{
	struct importing *im = r->im;
	struct shelf *s = import_shelf(im, r->kind);
	uint32_t at, id = 0;
	const char *diff;
	char *place;

	import_key(im, r->kind, row, &r->key);
	if (!shelf_find(s, &r->key, &at))
		at = shelf_add(s, &r->key);
	else if (s->flag[at] & ROW_NAMED) {
		diff = registry_row_diff(im->im->arena, r->kind, (char *)s->row + at * s->size, row);
		import_note(im, r->kind, r->line, *diff != '\0' || !(s->flag[at] & ROW_TAKEN),
		    "the same %s as in line %u%s%s", import_kind_names[r->kind], (unsigned)s->line[at],
		    *diff != '\0' ? ", and not alike: " : "", diff);
		return;
	} else
		memcpy(&id, (char *)s->row + at * s->size, sizeof id);
	place = (char *)s->row + at * s->size;
	memcpy(row, &id, sizeof id);		/* each row begins with its id */
	memcpy(place, row, s->size);
	s->flag[at] |= ROW_NAMED | ROW_TAKEN;
	s->line[at] = r->line;
	if (flag != NULL)
		import_note(im, r->kind, r->line, false, "%s", flag);
}

/* ---- refusing */

static bool
find_org(const struct importing *im, const char *key, uint32_t *at)
{
	struct buf b = { .p = (char *)(uintptr_t)key, .n = strlen(key) };

	return shelf_find(&im->org, &b, at);
}

static void
refuse_org(struct reading *r, const char *key, const char *why)
{
	struct importing *im = r->im;
	uint32_t at;

	import_note(im, IMPORT_ORG, r->line, true, "%s", why);
	if (*key == '\0') {
		im->org.keep_all = im->asset.keep_all = im->contact.keep_all = true;
		return;
	}
	map_set(im->refused, key, strlen(key), r->line);
	if (find_org(im, key, &at) && !(im->org.flag[at] & ROW_NAMED)) {
		im->org.flag[at] |= ROW_NAMED;
		im->org.line[at] = r->line;
	}
}

/* known: row has what its key is made of. */
static void
refuse_row(struct reading *r, const void *row, bool known, uint32_t org, const char *why)
{
	struct importing *im = r->im;
	struct shelf *s = import_shelf(im, r->kind);
	uint32_t at;

	import_note(im, r->kind, r->line, true, "%s", why);
	if (org == UINT32_MAX) {
		s->keep_all = true;
		return;
	}
	if (!known) {
		im->org.flag[org] |= r->kind == IMPORT_ASSET ? ROW_KEEP_ASSETS : ROW_KEEP_CONTACTS;
		return;
	}
	import_key(im, r->kind, row, &r->key);
	if (shelf_find(s, &r->key, &at) && !(s->flag[at] & ROW_NAMED)) {
		s->flag[at] |= ROW_NAMED;
		s->line[at] = r->line;
	}
}

/* The organisation a line names. *org UINT32_MAX: it cannot be told which old rows the line means. */
static bool
line_org(struct reading *r, uint32_t *org, struct err *e)
{
	struct importing *im = r->im;
	const char *key = "";
	uint64_t line;
	bool there;

	*org = UINT32_MAX;
	if (!value_key(r->cell[0], "organisation", im->a, &key, e))
		return false;
	there = find_org(im, key, org);
	if (!there)
		*org = UINT32_MAX;
	if (map_get(im->refused, key, strlen(key), &line) && (!there || *org >= im->org.nold))
		return err_set(e, "organisation %s was refused in line %u of %s", key, (unsigned)line,
		    im->file[IMPORT_ORG].name);
	if (!there)
		return err_set(e, "organisation %s is neither in %s nor in the registry", key,
		    im->file[IMPORT_ORG].name);
	if (im->org.flag[*org] & ROW_GONE)
		return err_set(e, "organisation %s was refused in line %u of %s", key,
		    (unsigned)im->org.line[*org], im->file[IMPORT_ORG].name);
	if (im->opts->replace && !(im->org.flag[*org] & ROW_NAMED) && !im->org.keep_all)
		return err_set(e, "organisation %s is not in %s, and goes with --replace", key,
		    im->file[IMPORT_ORG].name);
	return true;
}

/* ---- lines */

static void
each_org(struct reading *r, const char *why)
{
	struct err e = ERR_INIT, e2 = ERR_INIT;
	struct org o = { .key = "" };
	const char *key = "";

	if (why != NULL || !read_org(r, &o, &e)) {
		value_key(r->cell[O_KEY], "", r->im->a, &key, &e2);
		refuse_org(r, key, why != NULL ? why : e.text);
		return;
	}
	put_row(r, &o, NULL);
}

static void
each_asset(struct reading *r, const char *why)
{
	struct err e = ERR_INIT;
	struct asset s = { .from = TIME_NONE, .until = TIME_NONE, .verified_by = "", .verified_on = "" };
	const char *flag = NULL;
	uint32_t org = UINT32_MAX;
	bool has_org = line_org(r, &org, &e);

	s.org = org;
	if (why == NULL && has_org && read_asset(r, &s, &flag, &e))
		put_row(r, &s, flag);
	else
		refuse_row(r, &s, s.text != NULL, org, why != NULL ? why : e.text);
}

static void
each_contact(struct reading *r, const char *why)
{
	struct err e = ERR_INIT;
	struct contact c = { .confirmed = TIME_NONE, .expires = TIME_NONE, .language = "", .key = "" };
	uint32_t org = UINT32_MAX;
	bool has_org = line_org(r, &org, &e);
	const char *note = NULL;

	c.org = org;
	if (why == NULL && has_org && read_contact(r, &c, &note, &e))
		put_row(r, &c, channel_known(c.channel) ? note : "channel: none of email, webhook, phone and "
		    "post: only a notifier plugin of your own could serve it");
	else
		refuse_row(r, &c, c.address != NULL && *c.address != '\0', org, why != NULL ? why : e.text);
}

static void
each_line(void *arg, uint32_t line, const struct tcs_slice *cell, const char *why)
{
	static void (*const each[])(struct reading *, const char *) = { each_org, each_asset, each_contact };
	struct reading *r = arg;

	r->line = line;
	r->cell = cell;
	each[r->kind](r, why);
}

bool
import_lines(struct importing *im, enum import_kind kind, struct err *e)
{
	const struct import_file *f = &im->file[kind];
	struct reading r = { .im = im, .kind = kind };
	bool good;

	if (f->p == NULL)
		return true;
	buf_init(&r.key);
	good = registry_csv(f->name, f->p, f->n, cols[kind], im->a, each_line, &r, e);
	buf_free(&r.key);
	return good;
}
