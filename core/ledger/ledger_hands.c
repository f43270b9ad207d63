/* SPDX-License-Identifier: Apache-2.0 */
/* See ledger_hands.h. */
#include <string.h>
#include "ledger/ledger_hands.h"
#include "ledger/ledger_int.h"
#include "timefmt.h"

void
ledger_cancel_put(struct ledger *l, const struct cancel *c)
{
	db_run(l, ST_CANCEL_PUT, "uiuttuu", c->warning, c->at, c->audit, c->why, c->tell, (unsigned)c->state,
	    c->correction);
}

bool
ledger_cancel_get(struct ledger *l, struct arena *a, uint32_t warning, struct cancel *out)
{
	sqlite3_stmt *st = db_bind(l, ST_CANCEL_GET, "u", warning);

	if (st == NULL || !db_step(l, st))
		return false;
	*out = (struct cancel){ .warning = warning, .at = sqlite3_column_int64(st, 0),
		.audit = col_u32(st, 1), .why = arena_strdup(a, col_text(st, 2)),
		.state = (uint8_t)col_u32(st, 3), .correction = col_u32(st, 4),
		.tell = arena_strdup(a, col_text(st, 5)) };
	sqlite3_reset(st);
	return true;
}

uint32_t
ledger_corrects(struct ledger *l, uint32_t warning)
{
	sqlite3_stmt *st = db_bind(l, ST_CORRECTS, "u", warning);
	uint32_t id = 0;

	if (st != NULL && db_step(l, st)) {
		id = col_u32(st, 0);
		sqlite3_reset(st);
	}
	return id;
}

bool
ledger_cancels_open(struct ledger *l, struct arena *a, struct cancel **list, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT warning, at, audit, why, tell FROM cancel WHERE "
	    "state = ? ORDER BY warning", "u", (unsigned)CANCEL_OPEN);

	*n = 0;
	*list = NULL;
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		*list = arena_room(a, *list, *n, sizeof **list);
		(*list)[(*n)++] = (struct cancel){ .warning = col_u32(st, 0),
			.at = sqlite3_column_int64(st, 1), .audit = col_u32(st, 2),
			.why = arena_strdup(a, col_text(st, 3)),
			.tell = arena_strdup(a, col_text(st, 4)) };
	}
	return rows_end(l, st, e);
}

int64_t
ledger_left_already(struct ledger *l, const char *message_id)
{
	sqlite3_stmt *st = db_bind(l, ST_LEFT_ALREADY, "t", message_id);
	int64_t at = TIME_NONE;

	if (st != NULL && db_step(l, st)) {
		at = sqlite3_column_int64(st, 0);
		sqlite3_reset(st);
	}
	return at;
}

void
ledger_elsewhere_put(struct ledger *l, const struct told_row *t, uint32_t audit)
{
	db_run(l, ST_TOLD_PUT, "ubuuitu", t->key.problem, &t->key.ip, sizeof t->key.ip, t->key.name,
	    t->key.port, t->at, t->ticket, audit);
}

bool
ledger_elsewhere_each(struct ledger *l, void (*each)(void *arg, const struct told_row *t), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT problem, ip, name, port, at, ticket FROM told_elsewhere", "");
	struct told_row t;

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW) {
		memset(&t, 0, sizeof t);
		t.key.problem = col_u32(st, 0);
		t.key.name = col_u32(st, 2);
		t.key.port = col_u32(st, 3);
		if (sqlite3_column_bytes(st, 1) == sizeof t.key.ip)
			memcpy(&t.key.ip, sqlite3_column_blob(st, 1), sizeof t.key.ip);
		t.at = sqlite3_column_int64(st, 4);
		t.ticket = col_text(st, 5);
		each(arg, &t);
	}
	return st != NULL && rows_end(l, st, e);
}

bool
ledger_input_opened(struct ledger *l, uint32_t input, void (*each)(void *arg, uint32_t id), void *arg,
    struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT id FROM event WHERE kind = ? AND ref = ?", "uu",
	    (unsigned)EVENT_OPENED, input);

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		each(arg, col_u32(st, 0));
	return st != NULL && rows_end(l, st, e);
}

bool
ledger_input_books(struct ledger *l, uint32_t input, void (*each)(void *arg, uint32_t problem, uint32_t class,
    const char *constituency, uint8_t outcome, int64_t n), void *arg, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e,
	    "SELECT problem, class, constituency, outcome, n FROM tally WHERE "
	    "input = ? AND n <> 0", "u", input);

	while (st != NULL && sqlite3_step(st) == SQLITE_ROW)
		each(arg, col_u32(st, 0), col_u32(st, 1), col_text(st, 2), (uint8_t)col_u32(st, 3),
		    sqlite3_column_int64(st, 4));
	return st != NULL && rows_end(l, st, e);
}

void
ledger_quarantines_replayed(struct ledger *l, uint32_t input)
{
	db_run(l, ST_QUARANTINES_OLD, "uui", (unsigned)Q_REPLAYED, input, l->commit_no);
}
