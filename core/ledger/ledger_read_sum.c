/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sums: what status shows, and the counts of reports.  Every number is made
 * from rows that are there for another reason, so it can be derived again.
 * Months are UTC, by when an input arrived, a case was first seen (of its
 * present episode), a warning was made.
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

/* ---- reports */

#define MONTH(column) "strftime('%Y-%m', " column ", 'unixepoch')"
#define WITHIN(column) "(?1 IS NULL OR " column " >= ?1) AND (?2 IS NULL OR " column " < ?2)"
#define CONSTITUENCY(id) \
	"ifnull((SELECT constituency FROM organisation WHERE id = " id " ORDER BY since DESC LIMIT 1), '')"
#define OF_SOURCE(id) \
	"(?3 = '' OR EXISTS (SELECT 1 FROM case_feed h JOIN feed y ON y.id = h.feed " \
	"WHERE h.id = " id " AND substr(y.text, 1, length(?3) + 1) = ?3 || '/'))"
#define WARNING_OF_SOURCE \
	"(?3 = '' OR EXISTS (SELECT 1 FROM warning_case k WHERE k.warning = w.id AND " OF_SOURCE("k.id") "))"
#define OF_ORG(column) "(?4 < 0 OR " column " = ?4)"

/* ?1, ?2: since, until; ?3: the source's name; ?4: the organisation.
 * Columns: month, source, class, constituency, sort, n. */
static const char *const counts_sql[COUNT_OF_MAX] = {
	[COUNT_INPUTS] =
	    "SELECT " MONTH("i.arrived") ", s.text, '', '', i.state, count(*) "
	    "FROM input i JOIN source s ON s.id = i.source "
	    "WHERE i.state <> 3 AND " WITHIN("i.arrived") " AND (?3 = '' OR s.text = ?3) AND ?4 < 0 "
	    "GROUP BY 1, 2, 5 ORDER BY 1, 2, 5",
	[COUNT_FINDINGS] =
	    "SELECT " MONTH("i.arrived") ", s.text, ifnull(k.text, ''), t.constituency, t.outcome, sum(t.n) "
	    "FROM tally t JOIN input i ON i.id = t.input JOIN source s ON s.id = i.source "
	    "LEFT JOIN class k ON k.id = t.class "
	    "WHERE " WITHIN("i.arrived") " AND (?3 = '' OR s.text = ?3) AND ?4 < 0 "
	    "GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
	[COUNT_CASES] =
	    "SELECT " MONTH("c.first_seen") ", "
	    "ifnull((SELECT substr(y.text, 1, instr(y.text, '/') - 1) FROM feed y WHERE y.id = c.feed), ''), "
	    "ifnull(k.text, ''), " CONSTITUENCY("c.organisation") ", c.seen, count(*) "
	    "FROM cases c LEFT JOIN class k ON k.id = c.class "
	    "WHERE c.organisation <> 0 AND " WITHIN("c.first_seen") " AND " OF_SOURCE("c.id") " "
	    "AND " OF_ORG("c.organisation") " GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5",
	[COUNT_WARNINGS] =
	    "SELECT " MONTH("w.made") ", '', w.topic, " CONSTITUENCY("w.organisation") ", w.requested, "
	    "count(*) FROM warning w WHERE w.state IN (2, 6, 7) AND " WITHIN("w.made") " AND "
	    WARNING_OF_SOURCE " "
	    "AND " OF_ORG("w.organisation") " GROUP BY 1, 3, 4, 5 ORDER BY 1, 3, 4, 5",
	[COUNT_ORGANISATIONS] =
	    "SELECT " MONTH("w.made") ", '', '', " CONSTITUENCY("w.organisation") ", w.requested, "
	    "count(DISTINCT w.organisation) FROM warning w "
	    "WHERE w.state IN (2, 6, 7) AND " WITHIN("w.made") " AND " WARNING_OF_SOURCE " AND "
	    "" OF_ORG("w.organisation") " GROUP BY 1, 4, 5 ORDER BY 1, 4, 5",
};

static const char *
sort_word(enum count_of of, uint32_t v)
{
	switch (of) {
	case COUNT_INPUTS:
		return v <= INPUT_CONTAINER ? input_state_names[v] : "";
	case COUNT_FINDINGS:
		return v < OUT_MAX ? outcome_names[v] : "";
	case COUNT_CASES:
		return v <= SEEN_SUPERSEDED ? seen_names[v] : "";
	case COUNT_WARNINGS:
	case COUNT_ORGANISATIONS:
		return v != 0 ? "requested" : "unsolicited";
	case COUNT_OF_MAX:
		break;
	}
	return "";
}

bool
ledger_counts_each(struct ledger *l, enum count_of of, const struct ledger_read_span *in, uint32_t source,
    int64_t org, bool (*each)(void *, const struct count_row *), void *arg, struct err *e)
{
	struct count_row r;
	sqlite3_stmt *st;
	bool good;

	if (!read_begin(l, e))
		return false;
	st = rows_begin(l, e, counts_sql[of], "nnti", in->since, in->until,
	    ledger_text(l, DICT_SOURCE, source), org);
	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		r = (struct count_row){ of, col_text(st, 0), col_text(st, 1), col_text(st, 2),
		    col_text(st, 3), sort_word(of, col_u32(st, 4)), (uint64_t)sqlite3_column_int64(st, 5) };
		if (!each(arg, &r))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	read_end(l);
	return good;
}
