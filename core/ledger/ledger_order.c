/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Orders by hand: the audit log.  Each row's hash covers the row and the hash
 * before it, so that a row changed or taken out afterwards shows; triggers
 * refuse both to anybody who uses SQL by mistake.  Who can write the file can
 * of course rewrite the whole chain: to prove more, note the last hash
 * elsewhere from time to time.
 */
#include <string.h>
#include "clock.h"
#include "digest.h"
#include "ledger/ledger_int.h"
#include "timefmt.h"

static void
hash_number(struct sha256_ctx *c, uint64_t n)
{
	uint8_t b[8];
	int i;

	for (i = 0; i < 8; i++)
		b[i] = (uint8_t)(n >> (56 - 8 * i));
	sha256_add(c, b, sizeof b);
}

/* Length first, so that no two rows have the same bytes. */
static void
hash_bytes_of(struct sha256_ctx *c, const void *p, size_t n)
{
	hash_number(c, n);
	sha256_add(c, p, n);
}

struct audit_row {
	uint32_t	 id;
	int64_t		 at;
	const char	*who, *verb, *args;
	const void	*staged;	/* SHA-256 of the payload, or NULL */
	const void	*prev;
};

/* prev, then id and at as 8 bytes big-endian, then who, verb, args and staged, each after its
 * length in 8 bytes. */
static void
audit_hash(const struct audit_row *r, uint8_t out[SHA256_LEN])
{
	struct sha256_ctx *c = sha256_new();

	sha256_add(c, r->prev, SHA256_LEN);
	hash_number(c, r->id);
	hash_number(c, (uint64_t)r->at);
	hash_bytes_of(c, r->who, strlen(r->who));
	hash_bytes_of(c, r->verb, strlen(r->verb));
	hash_bytes_of(c, r->args, strlen(r->args));
	hash_bytes_of(c, r->staged, r->staged != NULL ? SHA256_LEN : 0);
	sha256_end(c, out);
}

static bool
order_add(struct ledger *l, struct order *o)
{
	uint8_t prev[SHA256_LEN] = { 0 }, hash[SHA256_LEN], staged[SHA256_LEN];
	struct audit_row r = { 1, o->at, o->who != NULL ? o->who : "", o->verb,
		o->args != NULL ? o->args : "{}", NULL, prev };
	sqlite3_stmt *st = db_bind(l, ST_AUDIT_LAST, "");

	if (st == NULL)
		return false;
	if (db_step(l, st)) {
		r.id = col_u32(st, 0) + 1;
		if (sqlite3_column_bytes(st, 1) == sizeof prev)
			memcpy(prev, sqlite3_column_blob(st, 1), sizeof prev);
		sqlite3_reset(st);
	}
	if (o->payload != NULL) {
		sha256(o->payload, o->npayload, staged);
		r.staged = staged;
	}
	audit_hash(&r, hash);
	if (!db_run(l, ST_AUDIT_PUT, "uitttbbb", r.id, r.at, r.who, r.verb, r.args, r.staged, sizeof staged,
	    prev, sizeof prev, hash, sizeof hash))
		return false;
	o->id = r.id;
	return o->payload == NULL || db_run(l, ST_STAGED_PUT, "ub", r.id, o->payload, o->npayload);
}

bool
ledger_order_put(struct ledger *l, struct order *o, struct err *e)
{
	bool own, good;

	o->id = 0;
	if (!hand_begin(l, &own, e))
		return false;
	if (o->at == 0)
		o->at = l->now;
	good = order_add(l, o) || err_set(e, "%s", l->why.text);
	return own_end(l, own, good, e);
}

bool
ledger_orders_open(struct ledger *l, struct arena *a, struct order **list, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT a.id, a.at, a.who, a.verb, a.args, s.bytes FROM audit a LEFT JOIN staged s ON s.audit = "
	    "a.id WHERE NOT EXISTS (SELECT 1 FROM applied WHERE audit = a.id) ORDER BY a.id", "");
	struct order *o;

	*n = 0;
	*list = NULL;
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		*list = arena_room(a, *list, *n, sizeof **list);
		o = &(*list)[(*n)++];
		*o = (struct order){ .id = col_u32(st, 0),
		    .at = sqlite3_column_int64(st, 1), .who = arena_strdup(a, col_text(st, 2)),
		    .verb = arena_strdup(a, col_text(st, 3)), .args = arena_strdup(a, col_text(st, 4)) };
		if (sqlite3_column_type(st, 5) == SQLITE_NULL)
			continue;
		o->npayload = (size_t)sqlite3_column_bytes(st, 5);
		o->payload = arena_strndup(a, o->npayload > 0 ? sqlite3_column_blob(st, 5) : "", o->npayload);
	}
	return rows_end(l, st, e);
}

void
ledger_order_done(struct ledger *l, uint32_t id, const char *result)
{
	db_run(l, ST_APPLIED, "uiit", id, l->commit_no, l->now, result);
}

int
ledger_order_result(struct ledger *l, struct arena *a, uint32_t id, const char **result, struct err *e)
{
	sqlite3_stmt *st = db_bind(l, ST_ORDER_RESULT, "u", id);

	*result = "";
	if (!l->open)
		l->failed = false;
	if (st != NULL && db_step(l, st)) {
		*result = arena_strdup(a, col_text(st, 0));
		sqlite3_reset(st);
		return 1;
	}
	if (st != NULL && !l->failed)
		return 0;
	err_set(e, "%s", l->why.text);
	return -1;
}

static bool
audit_row_good(sqlite3_stmt *st, uint32_t want, uint8_t prev[SHA256_LEN])
{
	struct audit_row r = { col_u32(st, 0), sqlite3_column_int64(st, 1), col_text(st, 2), col_text(st, 3),
	    col_text(st, 4), sqlite3_column_blob(st, 5), prev };
	uint8_t hash[SHA256_LEN], staged[SHA256_LEN];

	if (r.id != want || sqlite3_column_bytes(st, 6) != SHA256_LEN || sqlite3_column_bytes(st, 7) !=
	    SHA256_LEN || (r.staged != NULL && sqlite3_column_bytes(st, 5) != SHA256_LEN) ||
	    memcmp(sqlite3_column_blob(st, 6), prev, SHA256_LEN) != 0)
		return false;
	if (sqlite3_column_type(st, 8) != SQLITE_NULL) {
		sha256(sqlite3_column_blob(st, 8), (size_t)sqlite3_column_bytes(st, 8), staged);
		if (r.staged == NULL || memcmp(r.staged, staged, sizeof staged) != 0)
			return false;
	} else if (r.staged != NULL && sqlite3_column_int(st, 9) == 0) {	/* not by retention */
		return false;
	}
	audit_hash(&r, hash);
	if (memcmp(hash, sqlite3_column_blob(st, 7), sizeof hash) != 0)
		return false;
	memcpy(prev, hash, sizeof hash);
	return true;
}

bool
ledger_audit_verify(struct ledger *l, uint32_t *bad, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT a.id, a.at, a.who, a.verb, a.args, a.staged, a.prev, "
	    "a.hash, s.bytes, EXISTS (SELECT 1 FROM staged_gone g WHERE g.audit = a.id) "
	    "FROM audit a LEFT JOIN staged s ON s.audit = a.id ORDER BY a.id", "");
	uint8_t prev[SHA256_LEN] = { 0 };
	uint32_t want = 0;

	*bad = 0;
	if (st == NULL)
		return false;
	while (*bad == 0 && sqlite3_step(st) == SQLITE_ROW)
		if (!audit_row_good(st, ++want, prev))
			*bad = want;
	return rows_end(l, st, e);
}

bool
ledger_audit_last(struct ledger *l, uint32_t *id, char hash[65], struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1", "");

	*id = 0;
	hash[0] = '\0';
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_bytes(st, 1) == SHA256_LEN) {
		*id = col_u32(st, 0);
		digest_hex(sqlite3_column_blob(st, 1), SHA256_LEN, hash);
	}
	return rows_end(l, st, e);
}
