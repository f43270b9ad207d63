/* SPDX-License-Identifier: Apache-2.0 */
/* The small things: holds, state by name, alarms.  Tables of a few rows, read whole. */
#include <string.h>
#include "ledger/ledger_int.h"

bool
ledger_holds(struct ledger *l, struct arena *a, const char *const **list, uint32_t *n, struct err *e)
{
	sqlite3_stmt *st = rows_begin(l, e, "SELECT what FROM hold ORDER BY what", "");
	const char **all = NULL;

	*n = 0;
	*list = NULL;
	if (st == NULL)
		return false;
	while (sqlite3_step(st) == SQLITE_ROW) {
		all = arena_room(a, all, *n, sizeof *all);
		all[(*n)++] = arena_strdup(a, col_text(st, 0));
	}
	*list = all;
	return rows_end(l, st, e);
}

void
ledger_hold_set(struct ledger *l, const char *what, bool on, uint32_t audit)
{
	if (on)
		db_run(l, ST_HOLD_ON, "tiu", what, l->now, audit);
	else
		db_run(l, ST_HOLD_OFF, "t", what);
}

bool
ledger_state_get(struct ledger *l, struct arena *a, const char *key, const char **value, struct err *e)
{
	sqlite3_stmt *st = db_bind(l, ST_STATE_GET, "t", key);

	*value = NULL;
	if (!l->open)
		l->failed = false;
	if (st != NULL && db_step(l, st)) {
		*value = arena_strdup(a, col_text(st, 0));
		sqlite3_reset(st);
		return true;
	}
	return (st != NULL && !l->failed) || err_set(e, "%s", l->why.text);
}

bool
ledger_state_put(struct ledger *l, const char *key, const char *value, struct err *e)
{
	bool own, good;

	if (!own_begin(l, &own, e))
		return false;
	good = db_run(l, ST_STATE_PUT, "tt", key, value) || err_set(e, "%s", l->why.text);
	return own_end(l, own, good, e);
}

/* That an alarm could not be written is told by the next commit, which fails for the same reason. */
static void
alarm_run(struct ledger *l, bool raise, const char *key, const char *text, int64_t at)
{
	bool own, good;

	if (!own_begin(l, &own, NULL))
		return;
	good = raise ? db_run(l, ST_ALARM, "tti", key, text, at) : db_run(l, ST_ALARM_CLEAR, "t", key);
	own_end(l, own, good, NULL);
}

void
ledger_alarm(struct ledger *l, const char *key, const char *text, int64_t at)
{
	alarm_run(l, true, key, text, at);
}

void
ledger_alarm_clear(struct ledger *l, const char *key)
{
	alarm_run(l, false, key, "", 0);
}
