/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger_coverage.h. */
#include <string.h>
#include "ledger/ledger_coverage.h"
#include "ledger/ledger_int.h"
#include "timefmt.h"
#include <tocsin/plugin.h>

/* Of the inputs of one name the row of the greatest id: SQLite takes the other columns from there. */
#define SUMS(where) "SELECT feed, day, sum(size), count(*), sum(bad), max(arrived) FROM (SELECT feed, day, " \
	"max(id), records - refused AS size, state = 2 AS bad, arrived FROM input WHERE " \
	"state IN (1, 2) AND " where \
	" GROUP BY feed, day, name, member) GROUP BY feed, day ORDER BY feed, day"

bool
ledger_cover_each(struct ledger *l, uint32_t feed, int64_t from,
    void (*each)(void *arg, uint32_t feed, const struct cover_day *d), void *arg, struct err *e)
{
	sqlite3_stmt *st = feed != 0 ? rows_begin(l, e, SUMS("feed = ?1 AND day >= ?2"), "ui", feed, from) :
	    rows_begin(l, e, SUMS("feed <> ?1 AND day >= ?2"), "ui", feed, from);
	struct cover_day d;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		d = (struct cover_day){ sqlite3_column_int64(st, 1), (uint64_t)sqlite3_column_int64(st, 2),
		    col_u32(st, 3), col_u32(st, 4), sqlite3_column_int64(st, 5) };
		each(arg, col_u32(st, 0), &d);
	}
	return rows_end(l, st, e);
}

bool
ledger_listed_each(struct ledger *l, int64_t from,
    void (*each)(void *arg, uint32_t source, int64_t day, uint32_t feed), void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT source, day, feed FROM listed WHERE day >= ? "
	    "ORDER BY source, day, feed", "i", from);

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW)
		each(arg, col_u32(st, 0), sqlite3_column_int64(st, 1), col_u32(st, 2));
	return rows_end(l, st, e);
}

bool
ledger_listed_put(struct ledger *l, uint32_t source, int64_t day, const uint32_t *feed, uint32_t n,
    struct err *e)
{
	bool own, good;
	uint32_t i;

	if (!own_begin(l, &own, e))
		return false;
	good = db_run(l, ST_LISTED_DROP, "ui", source, day) && db_run(l, ST_LISTED, "uiu", source, day, 0u);
	for (i = 0; good && i < n; i++)
		good = db_run(l, ST_LISTED, "uiu", source, day, feed[i]);
	return own_end(l, own, good || err_set(e, "%s", l->why.text), e);
}

/* ---- what waits */

static bool
wait_of(struct ledger *l, struct ledger_wait *w, const char *sql, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, sql, "");

	*w = (struct ledger_wait){ 0, TIME_NONE };
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		w->n = (uint64_t)sqlite3_column_int64(st, 0);
		w->since = col_time(st, 1);
	}
	return rows_end(l, st, e);
}

#define OF_CASES(column, where) "SELECT count(*), min(" column ") FROM cases WHERE seen = 0 AND " where

/* The newest of those that were handed over last; by number, there is no index by time. */
static bool
last_handed_over(struct ledger *l, int64_t *when, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT max(ended) FROM (SELECT ended FROM delivery "
	    "WHERE answer = ? ORDER BY warning DESC LIMIT 200)", "u", (unsigned)TCS_DELIVERED);

	*when = TIME_NONE;
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW)
		*when = col_time(st, 0);
	return rows_end(l, st, e);
}

bool
ledger_waits(struct ledger *l, struct ledger_waits *w, struct err *e)
{
	_Static_assert(TOLD_DUE == 1 && TOLD_HELD == 2 && LANE_PRIORITY == 2 && WHY_CAP_RUN == 15 &&
	    WHY_CAP_RECIPIENT == 16 && W_HELD == 4 && Q_OPEN == 0, "as the statements below say");
	bool good;

	if (!read_begin(l, e))
		return false;
	good = wait_of(l, &w->priority_due, OF_CASES("due", "told = 1 AND lane = 2"), e) &&
	    wait_of(l, &w->held, OF_CASES("changed", "told = 2"), e) &&
	    wait_of(l, &w->priority_held, OF_CASES("changed", "told = 2 AND lane = 2"), e) &&
	    wait_of(l, &w->priority_capped, OF_CASES("changed",
	    "told = 2 AND lane = 2 AND reason IN (15, 16)"),
	    e) && wait_of(l, &w->warnings_held, "SELECT count(*), min(w.made) FROM outbox o JOIN warning w "
	    "ON w.id = o.warning WHERE o.state = 4", e) &&
	    wait_of(l, &w->quarantine, "SELECT count(*), min(at) FROM quarantine WHERE state = 0", e);
	w->handed_over = TIME_NONE;
	if (good && w->priority_due.n > 0)
		good = last_handed_over(l, &w->handed_over, e);
	read_end(l);
	return good;
}

/* ---- alarms that were told */

bool
ledger_told_each(struct ledger *l, void (*each)(void *arg, const struct told_alarm *t), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT hearer, key, text, since, told FROM alarm_told "
	    "ORDER BY hearer, key", "");
	struct told_alarm t;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		t = (struct told_alarm){ col_text(st, 0), col_text(st, 1), col_text(st, 2),
		    sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4) };
		each(arg, &t);
	}
	return rows_end(l, st, e);
}

void
ledger_told_put(struct ledger *l, const struct told_alarm *t)
{
	if (t->told != 0)
		db_run(l, ST_TOLD, "tttii", t->hearer, t->key, t->text, t->since, t->told);
	else
		db_run(l, ST_TOLD_DROP, "tt", t->hearer, t->key);
}
