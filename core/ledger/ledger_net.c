/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger_net.h. */
#include "ledger/ledger_int.h"
#include "ledger/ledger_net.h"
#include "timefmt.h"

static bool
net_write(struct ledger *l, const struct net_row *r)
{
	return db_run(l, ST_NET_END, "it", l->now, r->name) &&
	    db_run(l, ST_NET_PUT, "tiituntuuuuuuu", r->name, r->dated, l->now, r->who, r->audit, TIME_NONE,
	    r->files, r->n.networks, r->n.systems, r->n.countries, r->n.parties, r->n.certs, r->n.silent,
	    r->n.refused);
}

bool
ledger_net_put(struct ledger *l, const struct net_row *r, struct err *e)
{
	bool own;

	return own_begin(l, &own, e) &&
	    own_end(l, own, net_write(l, r) || err_set(e, "%s", l->why.text), e);
}

bool
ledger_net_end(struct ledger *l, const char *name, bool *was, struct err *e)
{
	bool own, good;

	if (!own_begin(l, &own, e))
		return false;
	good = db_run(l, ST_NET_END, "it", l->now, name) || err_set(e, "%s", l->why.text);
	*was = good && sqlite3_changes(l->db) > 0;
	return own_end(l, own, good, e);
}

bool
ledger_net_each(struct ledger *l, bool all, bool (*each)(void *arg, const struct net_row *r), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, all ? "SELECT * FROM net_table ORDER BY name, id DESC" :
	    "SELECT * FROM net_table WHERE until IS NULL ORDER BY id", "");
	struct net_row r;
	bool go = true;

	if (st == NULL)
		return false;
	while (go && sqlite3_step(st) == SQLITE_ROW) {
		r = (struct net_row){ .id = col_u32(st, 0), .name = col_text(st, 1),
		    .dated = sqlite3_column_int64(st, 2), .at = sqlite3_column_int64(st, 3),
		    .who = col_text(st, 4), .audit = col_u32(st, 5), .until = sqlite3_column_int64(st, 6),
		    .files = col_text(st, 7), .n = { .networks = col_u32(st, 8), .systems = col_u32(st, 9),
		    .countries = col_u32(st, 10), .parties = col_u32(st, 11), .certs = col_u32(st, 12),
		    .silent = col_u32(st, 13), .refused = col_u32(st, 14) } };
		go = each(arg, &r);
	}
	return rows_end(l, st, e);
}

struct ladder *
ledger_ladder(struct ledger *l, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT t.name, t.dated, s.bytes FROM net_table t "
	    "JOIN staged s ON s.audit = t.audit WHERE t.until IS NULL ORDER BY t.id", "");
	struct ladder *la = ladder_new();
	bool good = st != NULL;

	while (good && sqlite3_step(st) == SQLITE_ROW)
		good = ladder_add(la, col_text(st, 0), sqlite3_column_int64(st, 1) * NS,
		    sqlite3_column_blob(st, 2), (size_t)sqlite3_column_bytes(st, 2), e);
	if (st != NULL && good)
		good = rows_end(l, st, e);
	else if (st != NULL)
		sqlite3_finalize(st);
	if (good) {
		ladder_ready(la);
		return la;
	}
	ladder_free(la);
	return NULL;
}
