/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums: what status shows.  Every number is made from rows that are there for
 * another reason, so it can be derived again.  Reports: ledger_report.c.
 */
#include <string.h>
#include "ledger/ledger_int.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

static bool
sum_cases(struct ledger *l, struct ledger_sums *s, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT seen, told, count(*) FROM cases GROUP BY seen, told", "");
	uint32_t seen, told;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		seen = col_u32(st, 0);
		told = col_u32(st, 1);
		if (seen < 5 && told < 5)
			s->cases[seen][told] = (uint64_t)sqlite3_column_int64(st, 2);
	}
	return rows_end(l, st, e);
}

static bool
sum_states(struct ledger *l, const char *sql, uint64_t by[W_MAX], struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "");

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW)
		if (col_u32(st, 0) < W_MAX)
			by[col_u32(st, 0)] = (uint64_t)sqlite3_column_int64(st, 1);
	return rows_end(l, st, e);
}

static bool
sum_rest(struct ledger *l, struct ledger_sums *s, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT (SELECT count(*) FROM quarantine WHERE state = 0), "
	    "(SELECT count(*) FROM input WHERE state = 0), "
	    "(SELECT count(*) FROM audit a WHERE NOT EXISTS (SELECT 1 FROM applied WHERE audit = a.id)), "
	    "(SELECT min(due) FROM outbox WHERE state = 0)", "");

	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		s->quarantine_open = (uint64_t)sqlite3_column_int64(st, 0);
		s->inputs_pending = (uint64_t)sqlite3_column_int64(st, 1);
		s->orders_open = (uint64_t)sqlite3_column_int64(st, 2);
		s->next_due = col_time(st, 3);
	}
	return rows_end(l, st, e);
}

bool
ledger_sums(struct ledger *l, struct ledger_sums *out, struct err *e)
{
	bool good;

	memset(out, 0, sizeof *out);
	out->next_due = TIME_NONE;
	if (!read_begin(l, e))
		return false;
	good = sum_cases(l, out, e) && sum_states(l, "SELECT state, count(*) FROM outbox GROUP BY state",
	    out->outbox, e) && sum_states(l, "SELECT state, count(*) FROM warning GROUP BY state",
	    out->warnings, e) && sum_rest(l, out, e);
	read_end(l);
	return good;
}

bool
ledger_sources_each(struct ledger *l, int64_t today, bool (*each)(void *, const struct source_sum *),
    void *arg, struct err *e)
{
	struct source_sum s;
	sqlite3_stmt *st;
	bool good;

	if (!read_begin(l, e))
		return false;
	st = rows_begin(l, e, "SELECT d.text, count(i.id), sum(i.arrived / 86400 = ?1), "
	    "sum(CASE WHEN i.arrived / 86400 = ?1 THEN i.records ELSE 0 END), "
	    "sum(i.arrived / 86400 = ?1 AND i.state = 2), max(i.arrived) FROM source d LEFT JOIN input i ON "
	    "i.source = d.id GROUP BY d.id ORDER BY d.text", "i", today);
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		s = (struct source_sum){ col_text(st, 0), (uint64_t)sqlite3_column_int64(st, 1),
		    (uint64_t)sqlite3_column_int64(st, 2), (uint64_t)sqlite3_column_int64(st, 3),
		    (uint64_t)sqlite3_column_int64(st, 4), col_time(st, 5) };
		if (!each(arg, &s))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	read_end(l);
	return good;
}
