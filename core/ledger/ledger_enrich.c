/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger_enrich.h. */
#include "ledger/ledger_enrich.h"
#include "ledger/ledger_int.h"

void
ledger_case_exploited(struct ledger *l, uint32_t id, const struct exploited_row *r)
{
	db_run(l, ST_CASE_EXPLOITED, "usssui", id, tcs_str(r->cve), tcs_str(r->version), tcs_str(r->added),
	    (unsigned)r->ransomware, r->at);
}

void
ledger_filtered(struct ledger *l, uint32_t input, const struct filtered_row *r)
{
	db_run(l, ST_FILTERED, "ussi", input, tcs_str(r->stage), tcs_str(r->reason), (int64_t)r->n);
}

bool
ledger_exploited_each(struct ledger *l, uint32_t id, bool (*each)(void *arg,
    const struct exploited_row *r), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT cve, version, added, ransomware, at FROM case_exploited WHERE id = ? ORDER BY cve",
	    "u", id);
	struct exploited_row r;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		r = (struct exploited_row){ col_text(st, 0), col_text(st, 1), col_text(st, 2),
			sqlite3_column_int(st, 3) != 0, sqlite3_column_int64(st, 4) };
		if (!each(arg, &r))
			break;
	}
	return rows_end(l, st, e);
}

bool
ledger_filtered_each(struct ledger *l, uint32_t input, bool (*each)(void *arg, const struct filtered_row *r),
    void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT stage, reason, n FROM filtered WHERE input = ? ORDER BY stage, reason", "u", input);
	struct filtered_row r;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		r = (struct filtered_row){ col_text(st, 0), col_text(st, 1),
			(uint64_t)sqlite3_column_int64(st, 2) };
		if (!each(arg, &r))
			break;
	}
	return rows_end(l, st, e);
}
