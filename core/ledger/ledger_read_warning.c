/* SPDX-License-Identifier: Apache-2.0 */
/* Reading warnings: rows with their cases and last attempt, the stored bytes, all attempts. */
#include <string.h>
#include "ledger/ledger_int.h"
#include "ledger/ledger_read.h"
#include "timefmt.h"

const struct warning_filter warning_filter_any = { { TIME_NONE, TIME_NONE }, 0, 0, 0, ANY, ANY, NULL, NULL };

#define WARNINGS_SQL \
	"SELECT w.*, o.key, o.constituency, d.attempt, d.ended, d.answer, d.reply, b.due FROM warning w " \
	"LEFT JOIN organisation o ON o.id = w.organisation " \
	"AND o.since = (SELECT max(since) FROM organisation WHERE id = w.organisation) " \
	"LEFT JOIN delivery d ON d.warning = w.id " \
	"AND d.attempt = (SELECT max(attempt) FROM delivery WHERE warning = w.id) " \
	"LEFT JOIN outbox b ON b.warning = w.id " \
	"WHERE (?1 = 0 OR w.id = ?1) AND (?2 < 0 OR w.organisation = ?2) AND (?3 < 0 OR w.state = ?3) " \
	"AND (?4 IS NULL OR w.made >= ?4) AND (?5 IS NULL OR w.made < ?5) " \
	"AND (?6 = '' OR trim(w.message_id, '<>') = trim(?6, '<>')) AND (?7 = '' OR w.number = ?7) " \
	"AND (?8 = 0 OR EXISTS (SELECT 1 FROM case_warning k WHERE k.id = ?8 AND k.warning = w.id)) " \
	"AND (?9 = '' OR EXISTS (SELECT 1 FROM warning_case k " \
	"JOIN case_feed h ON h.id = k.id JOIN feed y ON y.id = h.feed " \
	"WHERE k.warning = w.id AND substr(y.text, 1, length(?9) + 1) = ?9 || '/')) ORDER BY w.id"
#define WARNING_COLUMNS 20

static void
warning_cases(sqlite3_stmt *st, struct arena *a, struct warning *w)
{
	uint32_t *cases = arena_alloc(a, (w->ncase + 1) * sizeof *cases),
	    *revs = arena_alloc(a, (w->ncase + 1) * sizeof *revs), n = 0;

	sqlite3_reset(st);
	sqlite3_bind_int64(st, 1, w->id);
	for (; n < w->ncase && sqlite3_step(st) == SQLITE_ROW; n++) {
		cases[n] = col_u32(st, 0);
		revs[n] = col_u32(st, 1);
	}
	w->cases = cases;
	w->revs = revs;
	w->ncase = n;
}

static void
warning_rest(sqlite3_stmt *st, struct warning_row *r)
{
	r->state = (uint8_t)col_u32(st, 17);
	r->org = col_text(st, WARNING_COLUMNS);
	r->constituency = col_text(st, WARNING_COLUMNS + 1);
	r->attempts = col_u32(st, WARNING_COLUMNS + 2);
	r->ended = col_time(st, WARNING_COLUMNS + 3);
	r->answer = (int)col_u32(st, WARNING_COLUMNS + 4);
	r->reply = col_text(st, WARNING_COLUMNS + 5);
	r->due = col_time(st, WARNING_COLUMNS + 6);
}

static bool
warnings_list(struct ledger *l, const struct warning_filter *f,
    bool (*each)(void *, const struct warning_row *), void *arg, struct err *e)
{
	sqlite3_stmt *cases = rows_begin(l, e,
	    "SELECT id, rev FROM warning_case WHERE warning = ? ORDER BY id", "");
	sqlite3_stmt *st = cases == NULL ? NULL : rows_begin(l, e, WARNINGS_SQL, "uiinnttut", f->id, f->org,
	    (int64_t)f->state, f->made.since, f->made.until, f->message_id, f->number, f->with_case,
	    ledger_text(l, DICT_SOURCE, f->source));
	struct arena *a = arena_new();
	struct warning_row r;
	bool good;

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		arena_reset(a);
		warning_row(st, &r.w);
		warning_rest(st, &r);
		warning_cases(cases, a, &r.w);
		if (!each(arg, &r))
			break;
	}
	good = st != NULL && rows_end(l, st, e);
	sqlite3_finalize(cases);
	arena_free(a);
	return good;
}

bool
ledger_warnings_each(struct ledger *l, const struct warning_filter *f,
    bool (*each)(void *, const struct warning_row *), void *arg, struct err *e)
{
	bool good;

	if (!read_begin(l, e))
		return false;
	good = warnings_list(l, f, each, arg, e);
	read_end(l);
	return good;
}

bool
ledger_warning_bytes(struct ledger *l, struct arena *a, uint32_t id, const char **bytes, size_t *n,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT bytes FROM message WHERE warning = ?", "u", id);
	bool got;

	if (st == NULL)
		return false;
	if ((got = sqlite3_step(st) == SQLITE_ROW)) {
		*n = (size_t)sqlite3_column_bytes(st, 0);
		*bytes = arena_dup(a, *n > 0 ? sqlite3_column_blob(st, 0) : "", *n);
	}
	return rows_end(l, st, e) && got;
}

bool
ledger_deliveries_each(struct ledger *l, uint32_t warning, bool (*each)(void *, const struct delivery_row *),
    void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT attempt, begun, ended, answer, reply FROM delivery WHERE warning = ? ORDER BY attempt",
	    "u", warning);
	struct delivery_row d;

	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		d = (struct delivery_row){ col_u32(st, 0), sqlite3_column_int64(st, 1), col_time(st, 2),
		    (int)col_u32(st, 3), col_text(st, 4) };
		if (!each(arg, &d))
			break;
	}
	return rows_end(l, st, e);
}
