/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decider reads back at its start and after an answer: which feeds
 * saw a case beside the one that opened it, which cases a warning was about,
 * and which warnings were answered without their cases having been told.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include "ledger/ledger_int.h"
#include "ledger/segment.h"

bool
ledger_load_case_feeds(struct ledger *l, void (*each)(void *arg, uint32_t id, uint32_t feed), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT id, feed FROM case_feed", "");

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		each(arg, col_u32(st, 0), col_u32(st, 1));
	return st != NULL && rows_end(l, st, e);
}

bool
ledger_warning_cases(struct ledger *l, uint32_t warning, bool *redirected,
    void (*each)(void *arg, uint32_t id), void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT c.id, w.redirected <> '' FROM warning_case c JOIN "
	    "warning w ON w.id = c.warning WHERE c.warning = ?", "u", warning);

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		*redirected = sqlite3_column_int(st, 1) != 0;
		each(arg, col_u32(st, 0));
	}
	return st != NULL && rows_end(l, st, e);
}

bool
ledger_answered(struct ledger *l, struct arena *a, struct answered **list, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT w.id, d.answer, max(d.ended), d.reply FROM warning w "
	    "JOIN delivery d ON d.warning = w.id WHERE w.state IN (2, 3) AND d.answer IN (1, 3) AND w.id IN "
	    "(SELECT warning FROM cases WHERE told = 1 AND warning <> 0) GROUP BY w.id", "");
	struct answered *all = NULL;

	_Static_assert(W_HANDED_OVER == 2 && W_REFUSED == 3 && TCS_DELIVERED == 1 && TCS_REFUSED == 3 &&
	    TOLD_DUE == 1, "the numbers in the statement above");
	*n = 0;
	*list = NULL;
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		all = arena_room(a, all, *n, sizeof *all);
		all[(*n)++] = (struct answered){ col_u32(st, 0), sqlite3_column_int(st, 1),
			sqlite3_column_int64(st, 2), arena_strdup(a, col_text(st, 3)) };
	}
	*list = all;
	return rows_end(l, st, e);
}

bool
ledger_outbox_held(struct ledger *l, void (*each)(void *arg, uint32_t warning, uint32_t org), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT o.warning, w.organisation FROM outbox o JOIN warning w "
	    "ON w.id = o.warning WHERE o.state = ?", "u", (unsigned)W_HELD);

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		each(arg, col_u32(st, 0), col_u32(st, 1));
	return st != NULL && rows_end(l, st, e);
}

bool
ledger_input_get(struct ledger *l, struct arena *a, uint32_t id, struct input *in, bool *got, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT " INPUT_COLUMNS " FROM " INPUT_TABLES " WHERE i.id = ?",
	    "u", id);

	*got = false;
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		*got = true;
		input_row(st, in);
		in->name = arena_strdup(a, in->name);
		in->member = arena_strdup(a, in->member);
		in->plugin = arena_strdup(a, in->plugin);
		in->error = arena_strdup(a, in->error);
	}
	return rows_end(l, st, e);
}

bool
ledger_quarantine_get(struct ledger *l, struct arena *a, uint32_t id, struct quarantined *q, bool *got,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT input, state, spans FROM quarantine WHERE id = ?",
	    "u", id);
	struct span *span = NULL;

	*got = false;
	memset(q, 0, sizeof *q);
	if (st == NULL)
		return false;
	if (sqlite3_step(st) == SQLITE_ROW) {
		*got = true;
		q->input = col_u32(st, 0);
		q->state = (enum qstate)sqlite3_column_int(st, 1);
		if (sqlite3_column_type(st, 2) != SQLITE_NULL && !spans_decode(sqlite3_column_blob(st, 2),
		    (size_t)sqlite3_column_bytes(st, 2), &span, &q->n)) {
			rows_end(l, st, NULL);
			return err_set(e, "%s: is damaged (quarantine %u cannot be read)", l->path, id);
		}
		q->span = q->n > 0 ? arena_dup(a, span, q->n * sizeof *span) : NULL;
		free(span);
	}
	return rows_end(l, st, e);
}
