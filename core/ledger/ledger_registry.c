/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registry in the ledger.  Nothing is ever changed in place: what differs
 * ends with the old snapshot and begins anew, under the same id, with the
 * next, so that explain can tell what was true when a match was made.
 */
#include <stdlib.h>
#include <string.h>
#include "clock.h"
#include "ledger/ledger_int.h"
#include "timefmt.h"

/* ---- reading the newest snapshot */

static const char *
dup_col(struct arena *a, sqlite3_stmt *st, int i)
{
	return arena_strdup(a, col_text(st, i));
}

static void
read_org(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct org *)row =
	    (struct org){ .id = col_u32(st, 0), .key = dup_col(a, st, 1), .name = dup_col(a, st, 2),
	    .constituency = dup_col(a, st, 3), .sector = dup_col(a, st, 4), .language = dup_col(a, st, 5),
	    .email = dup_col(a, st, 6), .parent = col_u32(st, 7), .parent_key = dup_col(a, st, 8),
	    .interval = sqlite3_column_int64(st, 9) };
}

static void
read_ip(sqlite3_stmt *st, int i, struct ip *ip)
{
	if (sqlite3_column_bytes(st, i) == sizeof ip->b)
		memcpy(ip->b, sqlite3_column_blob(st, i), sizeof ip->b);
}

static void
read_asset(struct arena *a, sqlite3_stmt *st, void *row)
{
	struct asset *s = row;

	*s = (struct asset){ .id = col_u32(st, 0), .org = col_u32(st, 1), .kind = (uint8_t)col_u32(st, 2),
	    .role = (uint8_t)col_u32(st, 3), .use = (uint8_t)col_u32(st, 4), .verified = col_u32(st, 5) != 0,
	    .text = dup_col(a, st, 6), .asn = col_u32(st, 9), .from = col_time(st, 10),
	    .until = col_time(st, 11), .verified_by = dup_col(a, st, 12), .verified_on = dup_col(a, st, 13),
	    .method = dup_col(a, st, 14), .verify_until = col_time(st, 15),
	    .interval = sqlite3_column_int64(st, 16) };
	read_ip(st, 7, &s->lo);
	read_ip(st, 8, &s->hi);
}

static void
read_contact(struct arena *a, sqlite3_stmt *st, void *row)
{
	*(struct contact *)row =
	    (struct contact){ .id = col_u32(st, 0), .org = col_u32(st, 1), .role = dup_col(a, st, 2),
	    .channel = dup_col(a, st, 3), .address = dup_col(a, st, 4), .classes = dup_col(a, st, 5),
	    .language = dup_col(a, st, 6), .tlp_max = (uint8_t)col_u32(st, 7), .confirmed = col_time(st, 8),
	    .expires = col_time(st, 9), .key = dup_col(a, st, 10) };
}

#define ORG_SQL(which) \
	"SELECT o.id, o.key, o.name, o.constituency, o.sector, o.language, o.email, o.parent, p.key, " \
	"o.interval " \
	"FROM organisation o LEFT JOIN organisation p ON p.id = o.parent AND p.until IS NULL WHERE o.until " \
	    "IS NULL AND o.id " which " 1073741824 ORDER BY o.id"		/* LADDER_FIRST */
#define ASSET_SQL(which) "SELECT id, organisation, kind, role, use, verified, text, lo, hi, asn, from_ns, " \
	"until_ns, verified_by, " \
	"verified_on, method, verify_until_ns, interval FROM asset WHERE until IS NULL AND id " which \
	" 1073741824 " \
	"ORDER BY id"
#define CONTACT_SQL "SELECT id, organisation, role, channel, address, classes, language, tlp_max, " \
	"confirmed_ns, expires_ns, key " \
	"FROM contact WHERE until IS NULL ORDER BY organisation, id"

/* All rows of a list as one array in the arena; it is filled twice as large each time, which wastes at
 * most its own size. */
static bool
read_rows(struct ledger *l, struct arena *a, const char *sql, size_t size,
    void (*row)(struct arena *, sqlite3_stmt *, void *), void *out, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "");
	char *rows = NULL;

	*n = 0;
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		rows = arena_room(a, rows, *n, size);
		row(a, st, rows + (*n)++ * size);
	}
	memcpy(out, &rows, sizeof rows);
	return rows_end(l, st, e);
}

static struct registry *
registry_read(struct ledger *l, struct err *e)
{
	struct arena *a = arena_new();
	struct registry *r = arena_alloc(a, sizeof *r);

	r->arena = a;
	if (read_begin(l, e)) {
		r->snapshot = ledger_snapshot(l);
		if (read_rows(l, a, ORG_SQL("<"), sizeof *r->org, read_org, &r->org, &r->norg, e) &&
		    read_rows(l, a, ASSET_SQL("<"), sizeof *r->asset, read_asset, &r->asset, &r->nasset, e) &&
		    read_rows(l, a, CONTACT_SQL, sizeof *r->contact, read_contact, &r->contact,
		    &r->ncontact, e)) {
			read_end(l);
			return r;
		}
		read_end(l);
	}
	arena_free(a);
	return NULL;
}

/* The parties of the network tables that cases name, and their networks. */
static bool
known_read(struct ledger *l, struct registry *r, struct err *e)
{
	struct org *org;
	struct asset *asset;
	uint32_t n, i;

	r->known = known_new(r->arena, r->snapshot);
	if (!read_rows(l, r->arena, ORG_SQL(">="), sizeof *org, read_org, &org, &n, e))
		return false;
	for (i = 0; i < n; i++)
		known_org_loaded(r->known, &org[i]);
	if (!read_rows(l, r->arena, ASSET_SQL(">="), sizeof *asset, read_asset, &asset, &n, e))
		return false;
	for (i = 0; i < n; i++)
		known_asset_loaded(r->known, &asset[i]);
	return true;
}

struct registry *
ledger_registry(struct ledger *l, struct err *e)
{
	struct registry *r = registry_read(l, e);

	if (r == NULL)
		return NULL;
	registry_index(r);
	if (known_read(l, r, e))
		return r;
	registry_free(r);
	return NULL;
}

uint32_t
ledger_snapshot(struct ledger *l)
{
	sqlite3_stmt *st = db_bind(l, ST_SNAPSHOT, "");
	uint32_t n = 0;

	if (st != NULL && db_step(l, st)) {
		n = col_u32(st, 0);
		sqlite3_reset(st);
	}
	return n;
}

/* ---- writing the difference */

static bool
same(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "") == 0;
}

static bool
same_org(const void *x, const void *y)
{
	const struct org *a = x, *b = y;

	return a->parent == b->parent && a->interval == b->interval &&
	    same(a->key, b->key) && same(a->name, b->name) && same(a->constituency, b->constituency) &&
	    same(a->sector, b->sector) && same(a->language, b->language) && same(a->email, b->email);
}

static bool
same_asset(const void *x, const void *y)
{
	const struct asset *a = x, *b = y;

	return a->org == b->org && a->kind == b->kind && a->role == b->role && a->use == b->use &&
	    a->verified == b->verified && a->asn == b->asn && a->from == b->from && a->until == b->until &&
	    a->interval == b->interval &&
	    ip_cmp(&a->lo, &b->lo) == 0 && ip_cmp(&a->hi, &b->hi) == 0 && same(a->text, b->text) &&
	    same(a->verified_by, b->verified_by) && same(a->verified_on, b->verified_on) &&
	    same(a->method, b->method) && a->verify_until == b->verify_until;
}

static bool
same_contact(const void *x, const void *y)
{
	const struct contact *a = x, *b = y;

	return a->org == b->org && a->tlp_max == b->tlp_max && a->confirmed == b->confirmed &&
	    a->expires == b->expires && same(a->role, b->role) && same(a->channel, b->channel) &&
	    same(a->address, b->address) && same(a->classes, b->classes) && same(a->language, b->language) &&
	    same(a->key != NULL ? a->key : "", b->key != NULL ? b->key : "");
}

static void
put_org(struct ledger *l, uint32_t snapshot, const void *row)
{
	const struct org *o = row;

	db_run(l, ST_ORG_PUT, "uuttttttui", o->id, snapshot, o->key, o->name, o->constituency, o->sector,
	    o->language, o->email, o->parent, o->interval);
}

static void
put_asset(struct ledger *l, uint32_t snapshot, const void *row)
{
	const struct asset *s = row;
	bool net = s->kind == ASSET_NET || s->kind == ASSET_RANGE;

	db_run(l, ST_ASSET_PUT, "uuuuuuutbbunntttni", s->id, snapshot, s->org,
	    (unsigned)s->kind, (unsigned)s->role, (unsigned)s->use, (unsigned)s->verified, s->text,
	    net ? s->lo.b : NULL, sizeof s->lo.b, net ? s->hi.b : NULL, sizeof s->hi.b, s->asn,
	    s->from, s->until, s->verified_by, s->verified_on, s->method,
	    s->verify_until, s->interval);
}

static void
put_contact(struct ledger *l, uint32_t snapshot, const void *row)
{
	const struct contact *c = row;

	db_run(l, ST_CONTACT_PUT, "uuutttttunnt", c->id, snapshot, c->org, c->role, c->channel, c->address,
	    c->classes, c->language, (unsigned)c->tlp_max, c->confirmed, c->expires, c->key);
}

/* Inside a commit; what is there again under another name or address ends and begins anew. */
void
ledger_known_put(struct ledger *l, const struct registry *r)
{
	const struct org *o;
	const struct asset *s;
	uint32_t i;

	for (i = 0; (o = known_org_unsaved(r->known, i)) != NULL; i++) {
		db_run(l, ST_KNOWN_AGAIN, "uu", o->id, r->snapshot);
		db_run(l, ST_ORG_END, "uu", r->snapshot, o->id);
		put_org(l, r->snapshot, o);
	}
	for (i = 0; (s = known_asset_unsaved(r->known, i)) != NULL; i++)
		put_asset(l, r->snapshot, s);
}

/* Rows begin with their id; old and new are sorted by it. */
static uint32_t
row_id(const void *rows, uint32_t i, size_t size)
{
	uint32_t id;

	memcpy(&id, (const char *)rows + i * size, sizeof id);
	return id;
}

struct differ {
	size_t		 size;
	bool		 (*same)(const void *, const void *);
	void		 (*put)(struct ledger *, uint32_t, const void *);
	enum st		 end;
};
static const struct differ diff_org = { sizeof(struct org), same_org, put_org, ST_ORG_END };
static const struct differ diff_asset = { sizeof(struct asset), same_asset, put_asset, ST_ASSET_END };
static const struct differ diff_contact = { sizeof(struct contact), same_contact, put_contact,
	ST_CONTACT_END };

/* How many rows differ; snapshot 0: only counts. */
static uint32_t
differ(struct ledger *l, const struct differ *d, const void *old, uint32_t nold, const void *new,
    uint32_t nnew, uint32_t snapshot)
{
	uint32_t i = 0, k = 0, n = 0, a, b;
	const char *o, *w;

	while (i < nold || k < nnew) {
		a = i < nold ? row_id(old, i, d->size) : UINT32_MAX;
		b = k < nnew ? row_id(new, k, d->size) : UINT32_MAX;
		o = (const char *)old + i * d->size;
		w = (const char *)new + k * d->size;
		i += a <= b;
		k += b <= a;
		if (a == b && d->same(o, w))
			continue;
		n++;
		if (snapshot > 0 && a <= b)
			db_run(l, d->end, "uu", snapshot, a);
		if (snapshot > 0 && b <= a)
			d->put(l, snapshot, w);
	}
	return n;
}

static uint32_t
differ_all(struct ledger *l, const struct registry *old, const struct registry *new, uint32_t snapshot)
{
	return differ(l, &diff_org, old->org, old->norg, new->org, new->norg, snapshot) +
	    differ(l, &diff_asset, old->asset, old->nasset, new->asset, new->nasset, snapshot) +
	    differ(l, &diff_contact, old->contact, old->ncontact, new->contact, new->ncontact, snapshot);
}

static int
by_id(const void *x, const void *y)
{
	uint32_t a = row_id(x, 0, 0), b = row_id(y, 0, 0);

	return a < b ? -1 : a > b;
}

static int
by_org(const void *x, const void *y)
{
	const struct contact *a = x, *b = y;

	return a->org != b->org ? (a->org < b->org ? -1 : 1) : by_id(x, y);
}

/* Ids are never used again, not even those of rows that ended. */
static bool
ids_give(struct ledger *l, const char *sql, void *rows, uint32_t n, size_t size, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "");
	uint32_t next, i;

	if (st == NULL)
		return false;
	next = sqlite3_step(st) == SQLITE_ROW ? col_u32(st, 0) : 0;
	for (i = 0; i < n; i++)
		if (row_id(rows, i, size) == 0) {
			next++;
			memcpy((char *)rows + i * size, &next, sizeof next);
		}
	return rows_end(l, st, e);
}

static uint32_t
org_settle(const struct registry *r, uint32_t org)
{
	uint32_t i = org & ~REGISTRY_NEW_ORG(0);

	return (org & REGISTRY_NEW_ORG(0)) == 0 ? org : i < r->norg ? r->org[i].id : 0;
}

static void
parents_settle(struct registry *r)
{
	uint64_t id;
	uint32_t i;
	struct map *keys = map_new();

	for (i = 0; i < r->norg; i++)
		map_set(keys, r->org[i].key, strlen(r->org[i].key), r->org[i].id);
	for (i = 0; i < r->norg; i++) {
		r->org[i].parent = org_settle(r, r->org[i].parent);
		if (r->org[i].parent == 0 && r->org[i].parent_key != NULL &&
		    map_get(keys, r->org[i].parent_key, strlen(r->org[i].parent_key), &id))
			r->org[i].parent = (uint32_t)id;
	}
	map_free(keys);
}

static bool
ids_settle(struct ledger *l, struct registry *r, struct err *e)
{
	uint32_t i;

	if (!ids_give(l, "SELECT max(id) FROM organisation WHERE id < 1073741824",
	    r->org, r->norg, sizeof *r->org, e) ||
	    !ids_give(l, "SELECT max(id) FROM asset WHERE id < 1073741824",
	    r->asset, r->nasset, sizeof *r->asset, e) ||
	    !ids_give(l, "SELECT max(id) FROM contact", r->contact, r->ncontact, sizeof *r->contact, e))
		return false;
	parents_settle(r);
	for (i = 0; i < r->nasset; i++)
		if ((r->asset[i].org = org_settle(r, r->asset[i].org)) == 0)
			return err_set(e, "registry: asset %s names no organisation", r->asset[i].text);
	for (i = 0; i < r->ncontact; i++)
		if ((r->contact[i].org = org_settle(r, r->contact[i].org)) == 0)
			return err_set(e, "registry: contact %s names no organisation",
			    r->contact[i].address);
	if (r->norg > 0)
		qsort(r->org, r->norg, sizeof *r->org, by_id);
	if (r->nasset > 0)
		qsort(r->asset, r->nasset, sizeof *r->asset, by_id);
	if (r->ncontact > 0)
		qsort(r->contact, r->ncontact, sizeof *r->contact, by_id);
	return true;
}

static bool
registry_write(struct ledger *l, struct registry *new, const char *who, uint32_t audit, struct err *e)
{
	struct registry *old;

	if (!ids_settle(l, new, e) || (old = registry_read(l, e)) == NULL)
		return false;
	if (old->ncontact > 0)
		qsort(old->contact, old->ncontact, sizeof *old->contact, by_id);
	new->snapshot = old->snapshot;
	if (old->snapshot == 0 || differ_all(l, old, new, 0) > 0) {
		new->snapshot++;
		db_run(l, ST_SNAPSHOT_PUT, "uitu", new->snapshot, l->now, who, audit);
		differ_all(l, old, new, new->snapshot);
	}
	arena_free(old->arena);
	if (new->ncontact > 0)
		qsort(new->contact, new->ncontact, sizeof *new->contact, by_org);
	return true;
}

bool
ledger_registry_put(struct ledger *l, struct registry *new, const char *who, uint32_t audit, struct err *e)
{
	bool own;

	return own_begin(l, &own, e) && own_end(l, own, registry_write(l, new, who, audit, e), e);
}
