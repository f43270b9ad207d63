/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small readers: organisations and assets as they were, orders, holds,
 * alarms, state, and who decides.  Lists of inputs, cases and warnings have
 * files of their own.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "ledger/ledger_int.h"
#include "ledger/ledger_read.h"
#include "mem.h"
#include "timefmt.h"

bool
ledger_view_begin(struct ledger *l, struct err *e)
{
	return read_begin(l, e);
}

void
ledger_view_end(struct ledger *l)
{
	read_end(l);
}

/* ---- organisations and assets */

uint32_t
ledger_org_find(struct ledger *l, const char *key)
{
	sqlite3_stmt *st = rows_begin(l, NULL,
	    "SELECT id FROM organisation WHERE key = ? ORDER BY until IS NULL DESC, since DESC LIMIT 1", "t",
	    key);
	uint32_t id = st != NULL && sqlite3_step(st) == SQLITE_ROW ? col_u32(st, 0) : 0;

	sqlite3_finalize(st);
	return id;
}

const char *
ledger_org_key(struct ledger *l, struct arena *a, uint32_t id)
{
	sqlite3_stmt *st = rows_begin(l, NULL,
	    "SELECT key FROM organisation WHERE id = ? ORDER BY since DESC LIMIT 1", "u", id);
	const char *key = arena_strdup(a, st != NULL && sqlite3_step(st) == SQLITE_ROW ? col_text(st, 0) :
	    "");

	sqlite3_finalize(st);
	return key;
}

const char *
ledger_case_org(struct ledger *l, struct arena *a, uint32_t id)
{
	sqlite3_stmt *st = rows_begin(l, NULL, "SELECT organisation FROM cases WHERE id = ?", "u", id);
	uint32_t org = st != NULL && sqlite3_step(st) == SQLITE_ROW ? col_u32(st, 0) : 0;

	sqlite3_finalize(st);
	return ledger_org_key(l, a, org);
}

#define ASSET_ROWS \
	"SELECT s.id, s.organisation, s.kind, s.role, s.use, s.verified, s.text, s.lo, s.hi, s.asn, " \
	    "s.from_ns, " \
	"s.until_ns, s.verified_by, s.verified_on, s.since, s.until, o.key, o.name, o.constituency " \
	"FROM asset s LEFT JOIN organisation o ON o.id = s.organisation " \
	"AND o.since = (SELECT max(since) FROM organisation WHERE id = s.organisation) "
#define ASSET_AT ASSET_ROWS \
	"WHERE s.id = ?1 ORDER BY s.since <= ?2 DESC, s.since DESC LIMIT 1"
#define ASSET_GONE ASSET_ROWS \
	"WHERE s.lo <= ?1 AND s.hi >= ?1 AND s.until IS NOT NULL " \
	"AND NOT EXISTS (SELECT 1 FROM asset n WHERE n.id = s.id AND n.since > s.since) ORDER BY s.id"

static void
asset_row_read(sqlite3_stmt *st, struct arena *a, struct asset_row *out)
{
	struct asset *s = &out->a;

	*s = (struct asset){ .id = col_u32(st, 0), .org = col_u32(st, 1), .kind = (uint8_t)col_u32(st, 2),
	    .role = (uint8_t)col_u32(st, 3),
	    .use = (uint8_t)col_u32(st, 4), .verified = col_u32(st, 5) != 0,
	    .text = arena_strdup(a, col_text(st, 6)), .asn = col_u32(st, 9), .from = col_time(st, 10),
	    .until = col_time(st, 11), .verified_by = arena_strdup(a, col_text(st, 12)),
	    .verified_on = arena_strdup(a, col_text(st, 13)) };
	if (sqlite3_column_bytes(st, 7) == sizeof s->lo.b && sqlite3_column_bytes(st, 8) == sizeof s->hi.b) {
		memcpy(s->lo.b, sqlite3_column_blob(st, 7), sizeof s->lo.b);
		memcpy(s->hi.b, sqlite3_column_blob(st, 8), sizeof s->hi.b);
	}
	out->since = col_u32(st, 14);
	out->until = col_u32(st, 15);
	out->org = arena_strdup(a, col_text(st, 16));
	out->org_name = arena_strdup(a, col_text(st, 17));
	out->constituency = arena_strdup(a, col_text(st, 18));
}

bool
ledger_asset_at(struct ledger *l, struct arena *a, uint32_t asset, uint32_t snapshot, struct asset_row *out)
{
	sqlite3_stmt *st = rows_begin(l, NULL, ASSET_AT, "uu", asset, snapshot);
	bool got = st != NULL && sqlite3_step(st) == SQLITE_ROW;

	memset(out, 0, sizeof *out);
	if (got)
		asset_row_read(st, a, out);
	sqlite3_finalize(st);
	return got;
}

bool
ledger_assets_gone(struct ledger *l, struct arena *a, const struct ip *ip,
    bool (*each)(void *, const struct asset_row *), void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, ASSET_GONE, "b", ip->b, sizeof ip->b);
	struct asset_row r;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		asset_row_read(st, a, &r);
		if (!each(arg, &r))
			break;
	}
	return rows_end(l, st, e);
}

bool
ledger_snapshot_of(struct ledger *l, struct arena *a, uint32_t snapshot, int64_t *at, const char **who,
    uint32_t *audit)
{
	sqlite3_stmt *st = rows_begin(l, NULL, "SELECT at, who, audit FROM snapshot WHERE id = ?", "u",
	    snapshot);
	bool got = st != NULL && sqlite3_step(st) == SQLITE_ROW;

	if (got) {
		*at = sqlite3_column_int64(st, 0);
		*who = arena_strdup(a, col_text(st, 1));
		*audit = col_u32(st, 2);
	}
	sqlite3_finalize(st);
	return got;
}

/* ---- orders, holds, alarms, state */

static void
order_row_read(sqlite3_stmt *st, struct order_row *r)
{
	bool applied = sqlite3_column_type(st, 5) != SQLITE_NULL;

	*r = (struct order_row){ .o = { .id = col_u32(st, 0), .at = sqlite3_column_int64(st, 1),
	    .who = col_text(st, 2),
	    .verb = col_text(st, 3), .args = col_text(st, 4) }, .result = applied ? col_text(st, 5) : NULL,
	    .applied = col_time(st, 6) };
}

bool
ledger_orders_each(struct ledger *l, uint32_t id, bool open_only,
    bool (*each)(void *, const struct order_row *), void *arg, struct err *e)
{
	sqlite3_stmt *st;
	struct order_row r;
	bool good = false;

	if (!read_begin(l, e))
		return false;
	st = rows_begin(l, e, "SELECT a.id, a.at, a.who, a.verb, a.args, p.result, p.at FROM audit a LEFT "
	    "JOIN applied p ON p.audit = a.id WHERE (?1 = 0 OR a.id = ?1) AND (?2 = 0 OR p.audit IS NULL) "
	    "ORDER BY a.id", "uu", id, (unsigned)open_only);
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		order_row_read(st, &r);
		if (!each(arg, &r))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	read_end(l);
	return good;
}

bool
ledger_holds_each(struct ledger *l, bool (*each)(void *, const struct hold_row *), void *arg, struct err *e)
{
	sqlite3_stmt *st;
	struct hold_row r;
	bool good = false;

	if (!read_begin(l, e))
		return false;
	st = rows_begin(l, e, "SELECT h.what, h.since, h.audit, a.who, a.args FROM hold h LEFT JOIN audit a "
	    "ON a.id = h.audit ORDER BY h.since, h.what", "");
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		r = (struct hold_row){ .what = col_text(st, 0), .since = sqlite3_column_int64(st, 1),
		    .audit = col_u32(st, 2), .who = col_text(st, 3), .args = col_text(st, 4) };
		if (!each(arg, &r))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	read_end(l);
	return good;
}

bool
ledger_alarms_each(struct ledger *l, bool (*each)(void *, const char *key, const char *text, int64_t at),
    void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT key, text, at FROM alarm ORDER BY at, key", "");

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW)
		if (!each(arg, col_text(st, 0), col_text(st, 1), sqlite3_column_int64(st, 2)))
			break;
	return rows_end(l, st, e);
}

bool
ledger_state_each(struct ledger *l, const char *prefix, bool (*each)(void *, const char *key,
    const char *value), void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT key, value FROM state WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key", "t", prefix);

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW)
		if (!each(arg, col_text(st, 0), col_text(st, 1)))
			break;
	return rows_end(l, st, e);
}

/* The lock is tried, shared and at once let go: a pid in the file alone may be of a process long dead. */
long
ledger_decider(const char *path)
{
	char *file = xasprintf("%s-decider", path), text[24] = "";
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	uint64_t pid = 0;
	ssize_t n;

	free(file);
	if (fd < 0)
		return 0;
	if (flock(fd, LOCK_SH | LOCK_NB) != 0) {
		n = pread(fd, text, sizeof text - 1, 0);
		tcs_uint(tcs_slice(text, n > 0 ? strspn(text, "0123456789") : 0), INT32_MAX, &pid);
		pid = pid > 0 ? pid : 1;
	}
	close(fd);
	return (long)pid;
}
